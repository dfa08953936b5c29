"""What to ask one kind of device, as data: flat after `extends` is resolved. Pure.

A profile maps objects to families of the metric catalogue; it cannot invent a metric and holds no code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from collector.model import ProfileName


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of device. Compared by value: an edited profile changes the polls that use it."""

    name: ProfileName
    title: str = ""
    match: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
