"""A configuration or its problems as octets, from one process of ours to another of the same version.

Only for a child's answer to its parent: pickle believes whatever it is given.
"""

import copyreg
import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from collector.config.configuration import Configuration
from collector.config.problems import Problem
from collector.metrics import CATALOG, Family

_BEGIN = b"\0citynoc\0"
"""What goes before it may be anything: a Python that greets at its start does so on the same pipe."""

Answer = Configuration | tuple[Problem, ...]
"""What was read, or everything that is wrong with it."""


def pack(answer: Answer) -> bytes:
    """The octets of an answer; a configuration goes without the shapes of its receivers."""
    if isinstance(answer, Configuration):
        answer = replace(answer, on_call=None)
    stream = io.BytesIO()
    stream.write(_BEGIN)
    packer = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    packer.dispatch_table = {**copyreg.dispatch_table, **_TRAVEL}
    packer.dump(answer)
    return stream.getvalue()


def unpack(data: bytes) -> Answer:
    """The answer. Raises ValueError for octets that are none."""
    try:
        answer = pickle.loads(data.partition(_BEGIN)[2])  # noqa: S301 - our own child's words, through a pipe that nobody else holds
    except (pickle.UnpicklingError, EOFError) as error:
        raise ValueError(f"this is no answer: {error}") from None
    if not isinstance(answer, Configuration | tuple):
        raise ValueError("this is no answer")  # noqa: TRY004 - about the octets
    return answer


def _read_only(values: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(values)


def _family(name: str) -> Family:
    return CATALOG[name]


_TRAVEL: Mapping[type, Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]] = MappingProxyType(
    {
        MappingProxyType: lambda values: (_read_only, (dict(values),)),
        Family: lambda family: (_family, (family.name,)),
    }
)
"""What pickle cannot do, read-only mappings, and families, which are compared by identity: one of the catalogue each."""
