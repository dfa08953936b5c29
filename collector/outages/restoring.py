"""An outage that an earlier life left open, as a case to go on with. Pure.

The journal does not say whether a cable that is only a warning had silenced its riders or failed between living ends:
what is heard and reported after the start decides.
"""

from collector.model import DeviceName
from collector.outages.cover import Key
from collector.outages.flap import Case
from collector.outages.linkwatch import LinkWatch
from collector.outages.state import CauseKind, Outage, Severity
from collector.outages.topology import Topology


def restored_case(outage: Outage, net: Topology) -> Case:
    """The case under this configuration's numbers; without members and links if its cause has left it."""
    links = frozenset(net.link_index[name] for name in outage.causes if name in net.link_index)
    if outage.kind is CauseKind.CABLE and outage.severity is Severity.WARNING:
        links = frozenset(net.cables.get(outage.causes[0], ()))
    keys = tuple(sorted(_key_of(outage.kind, name, net) for name in outage.causes))
    members = {net.index[DeviceName(name)] for name in outage.causes if name in net.index}
    affected = {net.index[name] for name in outage.affected_devices if name in net.index}
    for key in keys:
        if key.kind is CauseKind.CABLE:
            members |= affected.intersection(net.riders.get(key.names[0], ()))
    return Case(outage, keys, frozenset(members), links, proof=outage.started)


def decide(case: Case, links: LinkWatch, *, silent: bool, unreported: bool) -> None:
    """Let the case be about its members or about its links, as soon as that is known.

    `silent`: some of its members are. `unreported`: they all live, and whatever is reported was reported by now.
    """
    if silent or (unreported and not links.down().keys() & case.links):
        case.links = frozenset()
    elif any(map(links.failed, case.links)):
        case.members = frozenset()


def _key_of(kind: CauseKind, name: str, net: Topology) -> Key:
    if kind is CauseKind.GROUP:
        kind = CauseKind.DEVICE if name in net.index else CauseKind.CABLE
    elif kind is CauseKind.SITE:
        device = net.index.get(DeviceName(name))
        if device is not None:
            return Key(CauseKind.SITE, (net.devices[device].site,))
    return Key(kind, (name,))
