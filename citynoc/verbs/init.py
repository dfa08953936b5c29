"""`citynoc init [DIR]`: a first configuration for another city. It asks little and overwrites nothing.

What it writes passes `citynoc check`, and `citynoc simulate` answers for it at once. The directory appears whole or
not at all.
"""

import argparse
import shlex
import sys
from pathlib import Path

from citynoc.reference.kinds import kinds
from citynoc.starter.answers import ASKED, READERS, VARIABLE, Answers, WrongAnswerError, zone_of
from citynoc.starter.pages import pages_of
from citynoc.starter.shipped import FOLDERS, NotShippedError, shipped
from citynoc.starter.texts import WORDS
from citynoc.verbs.schema import text_of
from collector import atomic
from collector.config.editor import schema_of

HELP = "write a first configuration for another city"
FOUND_SOMETHING = 1
MISUSE = 2
MOST_TRIES = 5


class NoAnswerError(Exception):
    """Nobody answers; the text says what to do instead."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "directory", nargs="?", type=Path, metavar="DIR", help="a new directory (default: --config)"
    )
    parser.add_argument("--language", metavar="TAG", help="en or vi: of names and messages")
    parser.add_argument("--city", metavar="NAME", help="name of the city")
    parser.add_argument("--district", metavar="NAME", help="name of its first district")
    parser.add_argument("--sites", metavar="N", help="how many sites the district begins with")
    parser.add_argument(
        "--variable", metavar="NAME", help="environment variable that holds the SNMP community"
    )
    parser.add_argument("--timezone", metavar="ZONE", help="time zone, as Asia/Ho_Chi_Minh")
    parser.add_argument("--yes", action="store_true", help="ask nothing: defaults for what no option says")
    parser.add_argument(
        "--shipped", type=Path, metavar="DIR", help="take profiles, telemetry and rules from here instead"
    )


def run(args: argparse.Namespace) -> int:
    """0 when written; 1 if the directory holds something already or cannot be written; 2 for misuse."""
    directory: Path = args.directory or args.config
    try:
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            sys.stderr.write(
                f"citynoc init: {directory} is there already, and nothing is overwritten: name a new directory\n"
            )
            return FOUND_SOMETHING
        source = shipped(args.shipped)
        answers = _answers(args)
        atomic.folder(directory, _files(answers, source))
    except (NoAnswerError, WrongAnswerError) as why:
        sys.stderr.write(f"citynoc init: {why}\n")
        return MISUSE
    except NotShippedError as why:
        sys.stderr.write(f"citynoc init: {why}\n")
        return FOUND_SOMETHING
    except OSError as error:
        sys.stderr.write(f"citynoc init: cannot write {error.filename or directory}: {error.strerror}\n")
        return FOUND_SOMETHING
    written = f"{answers.sites} sites in {answers.district}, times of {answers.timezone}"
    print(f"{directory}: {answers.city}, {written}")
    where = shlex.quote(str(directory))
    sys.stderr.write(
        f"Next:  export {answers.variable}=…   # the SNMP community\n"
        f"       citynoc check --config {where}\n"
        f"       citynoc simulate --config {where}   # answers for every device, until real ones do\n"
        f"       citynoc run --config {where}   # in another terminal; then http://127.0.0.1:9579\n"
    )
    return 0


def _answers(args: argparse.Namespace) -> Answers:
    """From options, then from the terminal. Raises WrongAnswerError for an option, NoAnswerError."""
    asks = not args.yes
    if asks and not sys.stdin.isatty():
        raise NoAnswerError("nobody can be asked here: say --yes for defaults, or run it on a terminal")
    language = _one("language", args, "en", "Language / Ngôn ngữ (en, vi)", asks=asks)
    column = ["en", "vi"].index(language)
    defaults = {
        "city": "My city" if language == "en" else "Thành phố của tôi",
        "district": WORDS[language]["district"],
        "sites": "3",
        "variable": VARIABLE,
        "timezone": zone_of(),
    }
    found = {
        name: _one(name, args, default, ASKED[name][column], asks=asks) for name, default in defaults.items()
    }
    return Answers(
        language, found["city"], found["district"], int(found["sites"]), found["variable"], found["timezone"]
    )


def _one(name: str, args: argparse.Namespace, default: str, question: str, *, asks: bool) -> str:
    """One answer, read once for its mistakes and kept as text."""
    given: str | None = getattr(args, name)
    read = READERS[name]
    if given is not None:
        try:
            return str(read(given))
        except WrongAnswerError as why:
            raise WrongAnswerError(f"--{name}: {why}") from None
    if not asks:
        return str(read(default))
    for _ in range(MOST_TRIES):
        sys.stderr.write(f"{question} [{default}]: ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer:
            raise NoAnswerError("no answer: nothing was written")
        try:
            return str(read(answer.strip() or default))
        except WrongAnswerError as why:
            sys.stderr.write(f"  {why}\n")
    raise NoAnswerError("no answer that can be used: nothing was written")


def _files(answers: Answers, source: Path) -> dict[str, bytes | str]:
    """Everything that a city begins with, by relative name. Raises OSError."""
    files: dict[str, bytes | str] = {}
    for folder in FOLDERS:
        for path in sorted((source / folder).glob("*.yml")):
            files[f"{folder}/{path.name}"] = path.read_bytes()
    for kind, (_, shape) in kinds().items():
        files[f"schema/{kind}.json"] = text_of(schema_of(shape))
    files.update(pages_of(answers))
    return files
