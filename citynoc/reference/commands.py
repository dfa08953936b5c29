"""`docs/reference/commands.md`: every verb with its arguments, from the parser itself. Pure.

It writes its own synopsis: argparse draws the same parser differently from one Python to the next.
"""

import argparse
from collections.abc import Iterator

HEAD = """\
# Commands: every verb

Made by `make docs` from the command itself; a test compares. Results go to stdout, talk to stderr. Exit code 0: good;
1: something was found (a wrong configuration, a NO-GO); 2: the command was misused. `--config DIR` goes with every verb,
before or after it; it is `./config` without it.
"""
COMMON = {"--config", "--help", "-h"}


def page(parser: argparse.ArgumentParser) -> str:
    """The page of a parser whose verbs are its sub-parsers."""
    lines = [HEAD]
    verbs = dict(subparsers_of(parser))
    lines += [f"- [`{name}`](#{_anchor(verb)}): {_help_of(parser, name)}" for name, verb in verbs.items()]
    for verb in verbs.values():
        lines += _section(verb, "##")
    return "\n".join(lines) + "\n"


def subparsers_of(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The verbs, or actions of a verb, by name."""
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            yield from action.choices.items()


def arguments_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Arguments of the verb itself, without those that every verb has."""
    for action in parser._actions:  # noqa: SLF001
        if not isinstance(action, argparse._SubParsersAction) and not COMMON & set(action.option_strings):  # noqa: SLF001
            yield action


def _section(parser: argparse.ArgumentParser, level: str) -> list[str]:
    lines = ["", f"{level} `{parser.prog}`", ""]
    if parser.description:
        lines += [" ".join(parser.description.split()), ""]
    actions = dict(subparsers_of(parser))
    positional = [_shown(action) for action in arguments_of(parser) if not action.option_strings]
    options = [action for action in arguments_of(parser) if action.option_strings]
    required = [f"{action.option_strings[-1]} {_metavar(action)}" for action in options if action.required]
    rest = ["[OPTIONS]"] if len(options) > len(required) else []
    words = [parser.prog, *positional, *required, *rest, *(["ACTION"] if actions else [])]
    lines += ["```text", " ".join(words), "```"]
    rows = [_row(action) for action in arguments_of(parser)]
    if rows:
        lines += ["", "| argument | what | default |", "|---|---|---|", *rows]
    for action in actions.values():
        lines += _section(action, f"{level}#")
    return lines


def _row(action: argparse.Action) -> str:
    name = ", ".join(f"`{word}`" for word in action.option_strings) or f"`{_metavar(action)}`"
    if action.option_strings and action.nargs != 0:
        name += f" `{_metavar(action)}`"
    text = " ".join((action.help or "").split()).replace("%%", "%")
    if "%(" in text:
        text = text % vars(action)
    if action.choices is not None and action.metavar is not None:
        text += f" ({', '.join(map(str, action.choices))})"
    default = action.default
    if default in (None, False, argparse.SUPPRESS, [], ()) or f"default: {default}" in text:
        shown = ""
    else:
        shown = f"`{default}`"
    return f"| {name} | {text} | {shown} |".replace("|  |", "| |").replace(" |  |", " | |")


def _shown(action: argparse.Action) -> str:
    """A positional argument as a synopsis has it."""
    name = _metavar(action)
    if action.nargs == "?":
        return f"[{name}]"
    if action.nargs == "*":
        return f"[{name} …]"
    return f"{name} …" if action.nargs == "+" else name


def _metavar(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices is not None:
        return "|".join(map(str, action.choices)).join("{}")
    return action.dest.upper() if action.option_strings else action.dest


def _help_of(parser: argparse.ArgumentParser, name: str) -> str:
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for choice in action._choices_actions:  # noqa: SLF001
                if choice.dest == name:
                    return choice.help or ""
    return ""


def _anchor(parser: argparse.ArgumentParser) -> str:
    return parser.prog.replace(" ", "-")
