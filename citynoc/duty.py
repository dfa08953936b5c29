"""What on-call says of this minute, for the state that is exposed. It decides nothing: `collector.oncall` does."""

from datetime import datetime
from zoneinfo import ZoneInfo

from collector.config.oncall import OnCall
from collector.oncall import wake_sites
from collector.outages.state import Duty

MINUTE = 60.0


class OnDuty:
    """Reckoned anew once a minute: hours begin and end on one."""

    def __init__(self, on_call: OnCall | None) -> None:
        self._on_call = on_call
        self._zone = ZoneInfo(on_call.timezone) if on_call is not None else None
        self._minute = -1.0
        self._duty: Duty | None = None

    def at(self, now: float) -> Duty | None:
        """For a Unix time; None without `oncall.yml`."""
        if self._on_call is not None and now // MINUTE != self._minute:
            self._minute = now // MINUTE
            local = datetime.fromtimestamp(now, self._zone)
            delay = self._on_call.escalation[0].after if self._on_call.escalation else None
            self._duty = Duty(wake_sites(self._on_call.wake, local), delay)
        return self._duty
