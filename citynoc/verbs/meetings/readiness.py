"""`citynoc meeting readiness NAME`: who can join and who cannot, and why, from the running service.

A table of everybody who is not GO and a count; `--all` shows everybody. Exit 1 says NO-GO.
"""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from citynoc.access import Access, NoLoginError, access_of, add_access, login_of
from citynoc.meetings.reaching import NotReachedError, NotThereError, Reach
from citynoc.tables import AROUND
from collector.config import load_city

HELP = "who can join a meeting, who cannot, and why"
FOUND_SOMETHING, MISUSE = 1, 2
EVERY = 5.0
WIDTH_IN_A_FILE = 160
NARROWEST = 20
"""Characters that a reason has at least: names, and the heading of a column of single letters, are folded before."""
FOLDED = (2, 3, 5)
INDENT = 2
COLUMNS = (
    "site",
    "name",
    "district",
    "endpoint",
    "verdict",
    "connected",
    "reason",
    "since",
    "outage",
    "text",
)
COLOURS = {"NO-GO": "bold red", "UNKNOWN": "yellow", "GO": "green"}
WORDS = {
    "en": {
        "columns": ("verdict", "site", "name", "district", "endpoint", "in call", "why"),
        "count": "{ready} GO, {not_ready} NO-GO, {unknown} UNKNOWN of {participants}; {connected} in the call",
        "planned": "planned: this is as of now; readiness counts from {when}",
        "preparing": "begins at {when}",
        "running": "running until {when}",
        "ended": "over since {when}; this is how it stood at the end",
        "nobody": "nobody is known to be unable to join",
        "nobody.ended": "nobody was known to be unable to join",
        "report": "what happened: citynoc meeting report {name}",
    },
    "vi": {
        "columns": ("kết luận", "mã", "tên", "quận, huyện", "thiết bị", "trong cuộc gọi", "lý do"),
        "count": "{ready} GO, {not_ready} NO-GO, {unknown} UNKNOWN trên {participants} điểm; {connected} điểm trong cuộc gọi",
        "planned": "chưa đến giờ chuẩn bị: đây là tình trạng lúc này; mức sẵn sàng tính từ {when}",
        "preparing": "bắt đầu lúc {when}",
        "running": "đang họp đến {when}",
        "ended": "đã kết thúc lúc {when}; đây là tình trạng khi kết thúc",
        "nobody": "chưa thấy điểm nào không vào được",
        "nobody.ended": "không thấy điểm nào không vào được",
        "report": "diễn biến cuộc họp: citynoc meeting report {name}",
    },
}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", help="the meeting, as `citynoc meeting list` names it")
    parser.add_argument("--url", help="the running service (default: where city.yml says it listens)")
    add_access(parser)
    parser.add_argument("--all", action="store_true", help="show those who are GO too")
    parser.add_argument(
        "--lang", choices=("en", "vi"), default="en", help="language of reasons (default: en)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--watch", action="store_true", help=f"refresh every {EVERY:.0f} s until the end or Ctrl-C"
    )
    form.add_argument("--json", action="store_true", help="print everything as JSON")
    form.add_argument("--csv", action="store_true", help="print a line a participant as CSV")


def run(args: argparse.Namespace) -> int:
    """0 if nobody is NO-GO, 1 if somebody is or the service cannot be asked, 2 for a name that does not exist or no login."""
    try:
        reach = _reach(args)
        document = reach.get("api", "v1", "meetings", args.name)
        if args.watch:
            document = _watched(reach, args, document)
    except (NoLoginError, NotThereError) as error:
        print(f"citynoc meeting readiness: {error}", file=sys.stderr)
        return MISUSE
    except NotReachedError as error:
        print(f"citynoc meeting readiness: {error}", file=sys.stderr)
        return FOUND_SOMETHING
    if args.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    elif args.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(one, args.lang) for one in document["list"])
    elif not args.watch:
        _console().print(_page(document, args.lang, everybody=args.all))
    return FOUND_SOMETHING if document["not_ready"] or document["ports_missing"] else 0


def _reach(args: argparse.Namespace) -> Reach:
    login = login_of(args.login, os.environ)
    if args.url is not None:
        return Reach(Access(args.url, login, args.ca_file))
    city = load_city(args.config)  # a calendar that is being written at this moment is no reason not to ask
    return Reach(access_of(city, args.config, login, args.ca_file))


def _watched(reach: Reach, args: argparse.Namespace, first: dict[str, Any]) -> dict[str, Any]:
    """Show it again and again until the meeting is over; the last document. A pause of the service is waited out."""
    document, console = first, _console()
    page = _page(document, args.lang, everybody=args.all, watched=True)
    with Live(page, console=console, auto_refresh=False) as live:
        while document["state"] != "ended":
            time.sleep(EVERY)
            trouble = ""
            try:
                document = reach.get("api", "v1", "meetings", args.name)
            except NotReachedError as error:
                trouble = str(error)
            page = _page(document, args.lang, everybody=args.all, watched=True, trouble=trouble)
            live.update(page, refresh=True)
    return document


def _page(
    document: Mapping[str, Any], language: str, *, everybody: bool, watched: bool = False, trouble: str = ""
) -> Group:
    """Head, table, what is wrong with the bridges, counts; a watched window is cut off below, so the table is its last."""
    words = WORDS[language]
    over = document["state"] == "ended"
    title = document["title"].get(language, document["meeting"])
    moments = {"planned": "counts_from", "preparing": "start", "running": "end", "ended": "end"}
    when = datetime.fromisoformat(document[moments[document["state"]]])
    about = str(words[document["state"]]).format(
        when=f"{when:%H:%M %d/%m/%Y}" if language == "vi" else f"{when:%Y-%m-%d %H:%M}"
    )
    head = Text(f"{title} ({document['meeting']}), {about}", style="bold")
    shown = [one for one in document["list"] if everybody or one["verdict"] != "GO"]
    table = [_Listed(shown, language)] if shown else []
    parts: list[Text] = []
    parts.extend(Text(reason[language], style="red") for reason in document["hall"])
    if not document["not_ready"] and not document["ports_missing"]:
        parts.append(Text(str(words["nobody.ended" if over else "nobody"])))
    reasons = ", ".join(f"{one[language]} {one['count']}" for one in document["reasons"])
    count = str(words["count"]).format_map(document)
    parts.append(Text(f"{count} ({reasons})" if reasons else count, style="bold"))
    if over:
        parts.append(Text(str(words["report"]).format(name=document["meeting"])))
    if trouble:
        parts.append(Text(trouble, style="red"))
    return Group(head, *parts, *table) if watched else Group(head, *table, *parts)


class _Listed:
    """The participants: a table where every word fits, else a block each. Chosen anew whenever the window changes."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], language: str) -> None:
        self._names: Sequence[str] = tuple(WORDS[language]["columns"])
        self._rows = [_cells(one, language) for one in rows]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Parts that fit the width."""
        widths = self._widths(options.max_width)
        if widths is None:
            for row in self._rows:
                yield from self._block(row)
            return
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for name, width in zip(self._names, widths, strict=True):
            table.add_column(name, width=width)
        for verdict, *others in self._rows:
            table.add_row(_coloured(verdict), *map(Text, others))
        yield table

    def _widths(self, width: int) -> Sequence[int] | None:
        """Cells of each column; the last has what the others leave, if need be after they fold. None if a word would be cut."""
        columns = [[name, *cells] for name, *cells in zip(self._names, *self._rows, strict=True)]
        least = [max(cell_len(word) for text in cells for word in text.split()) for cells in columns]
        found = [max(map(cell_len, cells)) for cells in columns]
        wanted = max(NARROWEST, least[-1])
        found[-1] = width - AROUND * len(columns) - sum(found[:-1])
        while found[-1] < wanted:
            widest = max(FOLDED, key=lambda number: found[number] - least[number])
            if found[widest] == least[widest]:
                return None
            found[widest] -= 1
            found[-1] += 1
        return found

    def _block(self, row: Sequence[str]) -> Iterator[Text | Padding]:
        verdict, site, name, district, endpoint, connected, why = row
        place = ", ".join(filter(None, (name, district)))
        asked = {"x": self._names[5], "?": f"{self._names[5]}: ?"}.get(connected, "")
        yield Text.assemble(_coloured(verdict), f" {site} {place}".rstrip())
        for line in (", ".join(filter(None, (endpoint, asked))), why):
            if line:
                yield Padding(Text(line), (0, 0, 0, INDENT))


def _coloured(verdict: str) -> Text:
    return Text(verdict, style=COLOURS.get(verdict, ""))


def _cells(one: Mapping[str, Any], language: str) -> tuple[str, ...]:
    return (
        one["verdict"],
        one["site"],
        one["name"] or "",
        one["district_name"] or one["district"] or "",
        one["endpoint"] or "",
        {True: "x", False: "", None: "?"}[one["connected"]],
        "; ".join(_told(one, language)),
    )


def _told(one: Mapping[str, Any], language: str) -> Iterator[str]:
    return (reason[language] for reason in one["reasons"])


def _row(one: Mapping[str, Any], language: str) -> tuple[object, ...]:
    worst: Mapping[str, Any] = one["reasons"][0] if one["reasons"] else {}
    return (
        one["site"],
        one["name"] or "",
        one["district"] or "",
        one["endpoint"] or "",
        one["verdict"],
        {True: "yes", False: "no", None: ""}[one["connected"]],
        worst.get("code", ""),
        worst.get("since") or "",
        worst.get("outage") or "",
        "; ".join(_told(one, language)),
    )


class _Console(Console):
    """A console whose reader may go early: that ends this command as it ends every other."""

    def on_broken_pipe(self) -> None:
        """Called while the error is handled, which would end the process with code 1: a NO-GO here."""
        raise  # noqa: PLE0704  # as said: there is one


def _console() -> Console:
    return _Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDTH_IN_A_FILE)
