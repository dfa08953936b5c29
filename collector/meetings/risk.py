"""Which meetings an outage puts at risk: those that count now and have somebody whom it cuts off. Pure."""

from collections.abc import Iterable

from collector.meetings.model import Occurrence
from collector.outages.state import Outage


def at_risk(outage: Outage, sittings: Iterable[Occurrence], now: float) -> tuple[Occurrence, ...]:
    """The sittings that are prepared or running and lose a site to the outage, in the order given; none once it is over."""
    if outage.ended is not None:
        return ()
    sites: set[str] = {*outage.affected_sites}
    if outage.site is not None:
        sites.add(outage.site)
    return tuple(one for one in sittings if one.counts(now) and not one.sites.isdisjoint(sites))
