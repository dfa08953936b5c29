"""What on-call says of this minute, for the state that is exposed. It decides nothing: `collector.oncall` does."""

from datetime import datetime
from zoneinfo import ZoneInfo

from collector.oncall import Rota, wake_sites
from collector.outages.state import Duty

MINUTE = 60.0


class OnDuty:
    """Reckoned anew once a minute: hours begin and end on one."""

    def __init__(self, rota: Rota | None) -> None:
        self._rota = rota
        self._zone = ZoneInfo(rota.timezone) if rota is not None else None
        self._minute = -1.0
        self._duty: Duty | None = None

    def at(self, now: float) -> Duty | None:
        """For a Unix time; None without `oncall.yml`."""
        if self._rota is not None and now // MINUTE != self._minute:
            self._minute = now // MINUTE
            local = datetime.fromtimestamp(now, self._zone)
            self._duty = Duty(wake_sites(self._rota.wake, local), self._rota.escalates_after)
        return self._duty
