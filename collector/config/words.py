"""What stands in a file as a string, or on a command line, and the mistake of writing it wrong. Pure; needs no library."""

from typing import Any
from urllib.parse import urlsplit

LONGEST_ECHO = 60


class WrittenWrongError(ValueError):
    """A value that cannot be read; `hint` says how to write it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


def text_of(value: Any) -> str:
    """The string that stands in the file. Raises WrittenWrongError for a list, a mapping or nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        raise WrittenWrongError("no value is written here", "write a value, or take the line out")
    raise WrittenWrongError("one value is wanted here, not a list or a mapping")


def shown(value: str) -> str:
    """A value as a message quotes it: bounded."""
    return f"'{value}'" if len(value) <= LONGEST_ECHO else f"'{value[:LONGEST_ECHO]}…'"


def read_url(value: Any) -> str:
    """The beginning of an address on the web: no login, no query, no slash at the end."""
    text = text_of(value).rstrip("/")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise WrittenWrongError(f"{shown(text)} is not a URL") from None
    if parts.username is not None or parts.password is not None:
        raise WrittenWrongError("a login does not belong in a URL")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise WrittenWrongError(f"{shown(text)} is not an address on the web", "write http://host:port")
    return text
