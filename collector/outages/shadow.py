"""Who stands in whose shadow, and what a cause amounts to: affected devices and sites, severity. Pure."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from collector.model import Role, SiteCode, Watch
from collector.outages.rootcause import Finding
from collector.outages.state import Severity
from collector.outages.topology import Topology

STANDS_IN = frozenset({Role.AGGREGATION, Role.CORE, Role.SWITCH, Role.GATEWAY, Role.UPS})
"""Roles that serve others: one of them that cuts nobody off is a loss of redundancy, a warning."""


def blame(
    topology: Topology,
    finding: Finding,
    tops: Mapping[int, str],
    links: Mapping[int, str],
    rank: Callable[[str], tuple[float, str]],
) -> dict[int, str]:
    """The outage that each cut-off device is to be reported under.

    `tops` and `links` are the devices and links that outages explain by themselves. Where several uplinks fail
    for different reasons the latest one (by `rank`) completed the cut. Devices of the `frontier` that are not
    among the tops, and what is below them, are left out: nobody has explained them yet.
    """
    found: dict[int, str] = {}
    for device in sorted(finding.gone):
        own = tops.get(device)
        if own is None and device not in finding.frontier:
            above = {
                links.get(link, "") or found.get(parent, "") for link, parent in topology.uplinks[device]
            } - {""}
            own = max(above, key=rank) if above else None
        if own is not None:
            found[device] = own
    return found


def cut_off_sites(topology: Topology, devices: Iterable[int], gone: AbstractSet[int]) -> frozenset[SiteCode]:
    """Sites of these devices whose every way out is gone."""
    sites = {topology.devices[i].site for i in devices}
    return frozenset(site for site in sites if all(i in gone for i in topology.path[site]))


def severity_of(
    topology: Topology,
    devices: AbstractSet[int],
    shadow: AbstractSet[int],
    gone: AbstractSet[int],
    *,
    meeting: bool,
) -> Severity:
    """Warning where others stand in and nobody is cut off, critical where a meeting is at risk, else major.

    An endpoint that is watched for meetings is a notice: rooms that are still dark an hour before a city-wide meeting
    are one list of who cannot join, not five hundred pages.
    """
    if not shadow and all(topology.devices[i].watch is Watch.MEETINGS for i in devices):
        return Severity.NOTICE
    if not shadow and all(_stood_in_for(topology, i, gone) for i in devices):
        return Severity.WARNING
    return Severity.CRITICAL if meeting else Severity.MAJOR


def _stood_in_for(topology: Topology, device: int, gone: AbstractSet[int]) -> bool:
    own = topology.devices[device]
    if device in topology.gateways:
        return not topology.gateways <= gone
    if own.role in STANDS_IN:
        return True
    return any(
        other not in gone and topology.devices[other].role is own.role
        for other in topology.at_site[own.site]
        if other != device
    )
