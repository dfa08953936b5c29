"""`citynoc meeting readiness NAME`: who can join and who cannot, and why, from the running service.

A table of everybody who is not GO and a count; `--all` shows everybody. Exit 1 says NO-GO.
"""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from citynoc.access import Access, NoLoginError, access_of, add_access, login_of
from citynoc.meetings.reaching import NotReachedError, NotThereError, Reach
from collector.config import load_city

HELP = "who can join a meeting, who cannot, and why"
FOUND_SOMETHING, MISUSE = 1, 2
EVERY = 5.0
WIDTH_IN_A_FILE = 160
NARROWEST = 20
"""Characters that a reason has at least: names are folded before."""
FOLDED = (2, 3)
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
    table = [_table(shown, words["columns"], language)] if shown else []
    parts: list[Table | Text] = []
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


def _table(rows: list[dict[str, Any]], columns: Any, language: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns[:-1]):
        table.add_column(name, no_wrap=number not in FOLDED, overflow="fold")
    table.add_column(columns[-1], overflow="fold", min_width=NARROWEST)
    for one in rows:
        table.add_row(
            Text(one["verdict"], style=COLOURS.get(one["verdict"], "")),
            one["site"],
            Text(one["name"] or ""),
            Text(one["district_name"] or one["district"] or ""),
            one["endpoint"] or "",
            {True: "x", False: "", None: "?"}[one["connected"]],
            Text("; ".join(_told(one, language))),
        )
    return table


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
