"""Did an agent restart? Told from sysUpTime, which wraps after 497 days. Pure. Source: RFC 3418, TimeTicks of RFC 2578."""

WRAP = 2**32  # hundredths of a second
SLACK = 6_000  # hundredths that an agent's clock and ours may differ near the wrap


class Uptime:
    """The last sysUpTime heard of one agent."""

    __slots__ = ("_heard_at", "ticks")

    def __init__(self) -> None:
        self.ticks: int | None = None
        self._heard_at = 0.0

    def heard(self, ticks: int, asked_at: float, now: float) -> bool:
        """Note an answer to a question sent at `asked_at` (our monotonic seconds); True if the agent restarted.

        Answers that overtook each other prove nothing: a question sent before the last answer came is not compared.
        """
        before, heard_at = self.ticks, self._heard_at
        if before is not None and asked_at < heard_at:
            return False
        self.ticks = ticks
        self._heard_at = now
        if before is None or ticks >= before:
            return False
        passed = (now - heard_at) * 100
        wrapped = before + passed + SLACK >= WRAP and ticks <= passed + SLACK
        return not wrapped
