"""Links in messages that lead back to whoever reads them: warnings where somebody reads them on another machine. Pure.

On a phone 127.0.0.1 is the phone. An example whose messages stay on this machine is in order as it is.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from collector.config.document import Document, Steps
from collector.config.oncall import OnCall
from collector.config.problems import Problem, Severity
from collector.config.schema_channels import WebhookShape
from collector.config.shape import Shape
from collector.model import only_here

Link = tuple[Document, Steps, str, str]
"""Where a link's beginning is written, the beginning, and what is reached by it."""


def dead_ends(on_call: OnCall, city: Document, public_url: str) -> list[Problem]:
    """A warning for each beginning of links that no other machine can follow, if messages go to one."""
    away = next(_away(on_call), None)
    if away is None:
        return []
    links: list[Link] = [(city, ("public_url",), public_url, "the live page")]
    for name, beginning in (("grafana", on_call.links.grafana), ("runbooks", on_call.links.runbooks)):
        if beginning is not None:
            links.append((on_call.document, ("links", name), beginning, name.capitalize()))
    return [
        document.problem(
            steps,
            f"links in messages begin with this machine's own address, and {away} is read on another",
            f"write the address at which those on duty reach {what}, like https://noc.city.example",
            Severity.WARNING,
        )
        for document, steps, beginning, what in links
        if _own(beginning)
    ]


def _away(on_call: OnCall) -> Iterator[str]:
    """Channels that leave this machine, in words."""
    for name, receiver in on_call.receivers.items():
        for channel in receiver.channels:
            if not _stays(channel):
                yield f"the {channel.noun} of '{name}'"


def _stays(channel: Shape) -> bool:
    """A webhook to this machine: what listens there has the message, and nobody is known to read it elsewhere."""
    return isinstance(channel, WebhookShape) and isinstance(channel.url, str) and _own(channel.url)


def _own(url: str) -> bool:
    """Whether the address means the machine that asks for it: loopback, or the wildcard that a server binds."""
    host = urlsplit(url).hostname or ""
    try:
        return only_here(host) or ip_address(host).is_unspecified
    except ValueError:
        return False
