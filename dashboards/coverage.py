"""Coverage: how far the city is from its broadband targets, by what is declared and by what is measured."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import Family, coverage
from dashboards import palette, panels, queries, targets, variables
from dashboards.panels import Column, Frame
from dashboards.queries import Query, number_of, select, worst
from dashboards.sheet import sheet
from dashboards.targets import BY, CHOSEN, title_of
from dashboards.words import Speaker

NAME = "coverage"
TARGET_BASIS = ("target", "basis")


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    return sheet(
        say,
        name=NAME,
        title=say("Broadband coverage", "Phủ băng rộng"),
        description=say(
            "Share against target, gap and pace; by district or unit; declared against measured.",
            "Tỷ lệ so với mục tiêu, khoảng cách và tốc độ; theo quận huyện hoặc đơn vị; kê khai so với đo được.",
        ),
        panels=[*_tiles(say), *_now(say), *_over_time(say), *_places(say), *_declarers(say)],
        chosen=[variables.target(say), variables.area_map(say)],
        since="now-30d",
    )


def _figure(family: Family, **matchers: str) -> str:
    return worst(BY, select(family, target=CHOSEN, **matchers))


def _tiles(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    late, promised = _figure(coverage.LATE), _figure(coverage.TARGET_RATIO)
    declared = _figure(coverage.RATIO, basis="declared")
    overdue = worst(("carrier",), select(coverage.SURVEY_OVERDUE))
    none = say("Nothing is promised", "Chưa có mục tiêu nào")
    return [
        targets.shares(
            say,
            Frame(
                1,
                say("Share of each target", "Tỷ lệ đạt của từng mục tiêu"),
                say(
                    "What carriers declare and citynoc counts as proven, as a share of what was promised: 100 % is kept.",
                    "Số liệu kê khai được tính là chắc chắn, so với cam kết: 100 % là đạt.",
                ),
                none,
                (0, 0, 12, 8),
            ),
            CHOSEN,
        ),
        panels.tile(
            Frame(
                2,
                say("Targets kept", "Mục tiêu đã đạt"),
                say(
                    "Targets whose declared share has reached what was promised, of all.",
                    "Số mục tiêu có tỷ lệ kê khai đạt cam kết, trên tổng số.",
                ),
                none,
                (12, 0, 6, 4),
            ),
            [
                Query(
                    number_of(f"{declared} >= on (target) {promised}", among=promised),
                    say("kept", "đã đạt"),
                    instant=True,
                ),
                Query(number_of(promised, among=promised), say("of", "trên"), instant=True),
            ],
        ),
        panels.tile(
            Frame(
                3,
                say("Targets late", "Mục tiêu chậm"),
                say(
                    "Past due, or the pace of the last surveys does not reach them in time.",
                    "Đã quá hạn, hoặc với tốc độ của các kỳ khảo sát gần đây sẽ không kịp.",
                ),
                none,
                (18, 0, 6, 4),
            ),
            [Query(number_of(f"{late} == 1", among=late), instant=True)],
            steps=palette.caution(),
        ),
        panels.tile(
            Frame(
                4,
                say("Communes that disagree", "Xã, phường không khớp"),
                say(
                    "Communes of which carriers and citynoc's own measurement say different things.",
                    "Xã, phường mà kê khai của nhà mạng và đo đạc của citynoc nói khác nhau.",
                ),
                say("No target is measured", "Không mục tiêu nào được đo"),
                (12, 4, 6, 4),
            ),
            [Query(f"max({_figure(coverage.DISAGREEMENTS)})", instant=True)],
            steps=palette.caution(),
        ),
        panels.tile(
            Frame(
                5,
                say("Surveys overdue", "Khảo sát quá hạn"),
                say("Carriers that should have declared again.", "Nhà mạng đã đến hạn kê khai lại."),
                say("No carrier declares", "Chưa nhà mạng nào kê khai"),
                (18, 4, 6, 4),
            ),
            [Query(number_of(f"{overdue} == 1", among=overdue), instant=True)],
            steps=palette.caution(),
        ),
    ]


def _now(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    share = palette.unit(coverage.RATIO)
    late = palette.mapping(
        {0: (say("in time", "kịp"), palette.GREEN), 1: (say("late", "chậm"), palette.ORANGE)}
    )
    declared = _figure(coverage.RATIO, basis="declared")
    gap = say("Gap", "Còn thiếu")
    title = title_of(say)
    return [
        panels.rows(
            Frame(
                6,
                say("Targets", "Các mục tiêu"),
                say(
                    "Share that is proven, that may be, and that is measured; what is missing; when it is due and when the pace leads there. "
                    "At most adds all carriers' claims up: above 100% some speak of the same.",
                    "Tỷ lệ chắc chắn, tối đa có thể, và đo được; còn thiếu bao nhiêu; hạn và ngày dự kiến theo tốc độ. "
                    "Tối đa là tổng kê khai của mọi nhà mạng: trên 100% nghĩa là có trùng lặp.",
                ),
                say("Nothing is promised", "Chưa có mục tiêu nào"),
                (0, 8, 24, 8),
            ),
            [
                Query(_figure(coverage.TARGET_RATIO), table=True),
                Query(declared, table=True),
                Query(_figure(coverage.AT_MOST), table=True),
                Query(_figure(coverage.RATIO, basis="measured"), table=True),
                Query(f"clamp_min({_figure(coverage.TARGET_RATIO)} - {declared}, 0)", table=True),
                Query(_figure(coverage.UNKNOWN, basis="declared"), table=True),
                Query(f"{_figure(coverage.DEADLINE)} * 1000", table=True),
                Query(f"{_figure(coverage.EXPECTED)} * 1000", table=True),
                Query(_figure(coverage.LATE), table=True),
                Query(worst(("target", title, "of"), select(coverage.INFO, target=CHOSEN)), table=True),
            ],
            [
                Column(title, say("Target", "Mục tiêu")),
                Column("Value #A", say("Promised", "Cam kết"), unit=share, width=100),
                Column("Value #B", say("Declared", "Kê khai"), unit=share, width=100),
                Column("Value #C", say("At most", "Tối đa"), unit=share, width=100),
                Column("Value #D", say("Measured", "Đo được"), unit=share, width=100),
                Column("Value #E", gap, unit=share, width=90),
                Column("Value #F", say("Not known", "Chưa rõ"), unit="short", width=100),
                Column("of", say("Counts", "Tính theo"), width=110),
                Column("Value #G", say("Due", "Hạn"), unit="dateTimeAsLocal", width=170),
                Column("Value #H", say("Expected", "Dự kiến"), unit="dateTimeAsLocal", width=170),
                Column("Value #I", say("Pace", "Tiến độ"), values=late, width=100, coloured=True),
                Column("target", say("Id", "Mã mục tiêu"), width=190),
            ],
            by="target",
            first=gap,
        )
    ]


def _over_time(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    none = say("Nothing recorded yet", "Chưa có số liệu")
    return [
        panels.lines(
            Frame(
                7,
                say("Share over time", "Tỷ lệ theo thời gian"),
                say(
                    "Declared and measured share of each target, and what was promised. A step is a survey.",
                    "Tỷ lệ kê khai và đo được của từng mục tiêu, và mức cam kết. Bậc nhảy là một kỳ khảo sát.",
                ),
                none,
                (0, 16, 24, 9),
            ),
            [
                Query(
                    worst(TARGET_BASIS, select(queries.TARGET_SHARE, target=CHOSEN, basis="declared")),
                    say("{{target}} declared", "{{target}} kê khai"),
                ),
                Query(
                    worst(TARGET_BASIS, select(queries.TARGET_SHARE, target=CHOSEN, basis="measured")),
                    say("{{target}} measured", "{{target}} đo được"),
                ),
                Query(
                    worst(BY, select(queries.TARGET_PROMISED, target=CHOSEN)),
                    say("{{target}} promised", "{{target}} cam kết"),
                ),
            ],
            unit=palette.unit(coverage.RATIO),
        ),
    ]


def _places(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    unit = ("target", "unit", "unit_name")
    share = palette.unit(coverage.UNIT_RATIO)
    # One field to join by: a unit has a row for each of the chosen targets.
    keyed = 'label_join({}, "row", " ", "target", "unit")'

    def by_unit(family: Family, labels: tuple[str, ...], **matchers: str) -> str:
        return keyed.format(worst(labels, select(family, target=CHOSEN, map="$map", **matchers)))

    lacks = say("Missing", "Còn thiếu")
    code_only = ("target", "unit")
    return [
        panels.rows(
            Frame(
                8,
                say("By district or unit", "Theo quận, huyện hoặc đơn vị"),
                say(
                    "Declared and measured share in each unit of the chosen map, and what it lacks; most is missing on top.",
                    "Tỷ lệ kê khai và đo được ở từng đơn vị của bản đồ đã chọn, và còn thiếu bao nhiêu; thiếu nhiều nhất ở trên.",
                ),
                say("No unit is reckoned", "Chưa tính được đơn vị nào"),
                (0, 25, 16, 16),
            ),
            [
                Query(by_unit(coverage.UNIT_RATIO, unit, basis="declared"), table=True),
                Query(by_unit(coverage.UNIT_RATIO, code_only, basis="measured"), table=True),
                Query(by_unit(coverage.UNIT_MISSING, code_only), table=True),
            ],
            [
                Column("unit_name", say("Unit", "Đơn vị")),
                Column("Value #A", say("Declared", "Kê khai"), unit=share, width=110),
                Column("Value #B", say("Measured", "Đo được"), unit=share, width=110),
                Column("Value #C", lacks, unit="short", width=110),
                Column("row", say("Target and code", "Mục tiêu và mã"), width=280),
            ],
            by="row",
            first=lacks,
        ),
        panels.bars(
            Frame(
                9,
                say("Where most is missing", "Nơi thiếu nhiều nhất"),
                say(
                    "The units of the chosen map that lack most households, people or communes to the chosen targets.",
                    "Các đơn vị của bản đồ đã chọn còn thiếu nhiều hộ, người hoặc xã phường nhất so với mục tiêu đã chọn.",
                ),
                say("No unit is reckoned", "Chưa tính được đơn vị nào"),
                (16, 25, 8, 16),
            ),
            [
                Query(
                    f"topk(15, {worst(unit, select(coverage.UNIT_MISSING, target=CHOSEN, map='$map'))} > 0)",
                    "{{unit_name}} {{target}}",
                    instant=True,
                )
            ],
            unit="short",
        ),
    ]


def _declarers(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    overdue = palette.mapping(
        {0: (say("in time", "đúng hạn"), palette.GREEN), 1: (say("overdue", "quá hạn"), palette.ORANGE)}
    )
    last = f"min by (carrier) ({select(coverage.SURVEY_TIME)}) * 1000"
    state = say("State", "Tình trạng")
    return [
        panels.rows(
            Frame(
                10,
                say("Who declares", "Nhà mạng kê khai"),
                say(
                    "The day of each carrier's latest survey, and whether the next is overdue.",
                    "Ngày khảo sát gần nhất của từng nhà mạng, và kỳ tới đã quá hạn chưa.",
                ),
                say("No carrier declares", "Chưa nhà mạng nào kê khai"),
                (0, 41, 24, 6),
            ),
            [
                Query(worst(("carrier",), select(coverage.SURVEY_OVERDUE)), table=True),
                Query(last, table=True),
            ],
            [
                Column("carrier", say("Carrier", "Nhà mạng")),
                Column("Value #A", state, values=overdue, width=140, coloured=True),
                Column(
                    "Value #B", say("Last survey", "Khảo sát gần nhất"), unit="dateTimeAsLocal", width=190
                ),
            ],
            by="carrier",
            first=state,
        )
    ]
