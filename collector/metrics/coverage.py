"""Families of coverage: how far the city is from what it promised, by what carriers declare and by what is measured."""

from collector.metrics.family import Family, Kind

_TARGET = ("target",)
_BASIS = ("target", "basis")

RATIO = Family(
    "citynoc_coverage_ratio",
    Kind.GAUGE,
    "Share that is covered, by basis (declared, measured); above 1 if more is declared than the census counts.",
    _BASIS,
    unit="ratio",
)
NUMERATOR = Family(
    "citynoc_coverage_numerator",
    Kind.GAUGE,
    "Households, people or communes that are covered at least; what nobody speaks about is not covered.",
    _BASIS,
)
DENOMINATOR = Family(
    "citynoc_coverage_denominator", Kind.GAUGE, "Households, people or communes that there are.", _BASIS
)
UNKNOWN = Family(
    "citynoc_coverage_unknown",
    Kind.GAUGE,
    "How many of the denominator there is no evidence about, either way.",
    _BASIS,
)
AT_MOST = Family(
    "citynoc_coverage_at_most_ratio",
    Kind.GAUGE,
    "Share that would be covered if no two claims spoke of the same households; above 1 where they must.",
    _TARGET,
    unit="ratio",
)
TARGET_RATIO = Family(
    "citynoc_coverage_target_ratio", Kind.GAUGE, "Share that was promised.", _TARGET, unit="ratio"
)
DEADLINE = Family(
    "citynoc_coverage_deadline_timestamp_seconds",
    Kind.GAUGE,
    "Unix time at which the promise is due: the end of its last day.",
    _TARGET,
    unit="timestamp_seconds",
)
EXPECTED = Family(
    "citynoc_coverage_expected_timestamp_seconds",
    Kind.GAUGE,
    "Unix time at which the pace of the last surveys reaches the target; absent if it is reached, or never will be.",
    _TARGET,
    unit="timestamp_seconds",
)
LATE = Family(
    "citynoc_coverage_late",
    Kind.GAUGE,
    "1 if the promise is not kept and is past due, or the pace does not reach it in time; else 0.",
    _TARGET,
)
DISAGREEMENTS = Family(
    "citynoc_coverage_disagreements",
    Kind.GAUGE,
    "Communes of which carriers and citynoc say different things.",
    _TARGET,
)
FAILING = Family(
    "citynoc_coverage_links_failing",
    Kind.GAUGE,
    "Communes whose office's link is known not to be what the target asks for, by what it lacks; one may lack several.",
    ("target", "quality"),
)
INFO = Family(
    "citynoc_coverage_info",
    Kind.GAUGE,
    "Names of a target, what it counts and who owns it; always 1.",
    ("target", "name", "name_vi", "of", "owner"),
)
UNIT_RATIO = Family(
    "citynoc_coverage_unit_ratio",
    Kind.GAUGE,
    "Share that is covered in one district, or in one unit of a map, by basis.",
    ("target", "basis", "map", "unit", "unit_name"),
    unit="ratio",
)
UNIT_MISSING = Family(
    "citynoc_coverage_unit_missing",
    Kind.GAUGE,
    "Households, people or communes that the unit lacks to the target by what is declared.",
    ("target", "map", "unit", "unit_name"),
)
SURVEY_TIME = Family(
    "citynoc_coverage_survey_timestamp_seconds",
    Kind.GAUGE,
    "Unix time of the day of a carrier's latest survey; absent if it never declared anything.",
    ("carrier",),
    unit="timestamp_seconds",
)
SURVEY_OVERDUE = Family(
    "citynoc_coverage_survey_overdue",
    Kind.GAUGE,
    "1 if the carrier should have declared again by now, else 0.",
    ("carrier",),
)

FAMILIES = (
    RATIO,
    NUMERATOR,
    DENOMINATOR,
    UNKNOWN,
    AT_MOST,
    TARGET_RATIO,
    DEADLINE,
    EXPECTED,
    LATE,
    DISAGREEMENTS,
    FAILING,
    INFO,
    UNIT_RATIO,
    UNIT_MISSING,
    SURVEY_TIME,
    SURVEY_OVERDUE,
)
