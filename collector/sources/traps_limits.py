"""How much of what others send is looked at: token buckets, what was seen before, and hints that are not repeated. Pure."""

from collections import OrderedDict
from collections.abc import Hashable


class Buckets:
    """One token bucket per key: `rate` a second, up to `burst` at once, for the `most` keys that came last."""

    def __init__(self, rate: float, burst: float, most: int) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()  # tokens, and when

    def take(self, key: Hashable, now: float) -> bool:
        """Whether the key may do one more thing now."""
        tokens, at = self._left.get(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        allowed = tokens >= 1.0
        self._left[key] = (tokens - 1.0 if allowed else tokens, now)
        self._left.move_to_end(key)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return allowed

    def __len__(self) -> int:
        return len(self._left)


class Seen:
    """What came before, for `memory` seconds and the `most` that came last."""

    def __init__(self, memory: float, most: int) -> None:
        self._memory = memory
        self._most = most
        self._at: OrderedDict[Hashable, float] = OrderedDict()

    def again(self, key: Hashable, now: float) -> bool:
        """Note it; True if it is remembered from before."""
        before = self._at.get(key)
        if before is not None and now - before < self._memory:
            return True
        self._at[key] = now
        self._at.move_to_end(key)
        if len(self._at) > self._most:
            self._at.popitem(last=False)
        return False
