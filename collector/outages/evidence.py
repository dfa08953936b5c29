"""What was heard and what was missed, per device, as the judge may use it. Pure bookkeeping, bounded.

Evidence is dated by when the question was *sent*: an answer clears every miss of a question sent no later, so
the order in which outcomes arrive does not matter. A run of `quiet` misses makes a device silent for the sake of
explaining another's silence; a run of `confirm` misses confirms its own.
"""

from bisect import insort
from collections.abc import Mapping

NEVER = float("-inf")


class Hearing:
    """Latest answers and the present run of misses of `size` devices."""

    def __init__(self, size: int, reasks: int) -> None:
        self.confirm = reasks + 1
        self.quiet = max(2, reasks - 2)
        self.life = [NEVER] * size
        """When the latest answered question was sent."""
        self.heard_at = [NEVER] * size
        self.telemetry = [NEVER] * size
        self.void = [NEVER] * size
        """Misses of questions sent before this prove nothing."""
        self.misses: dict[int, list[float]] = {}
        self.silent: dict[int, float] = {}
        """Quiet devices, each with its witness time: whoever answers a question sent at or after it was
        reachable when this device had already missed `quiet` questions."""
        self.confirmed: set[int] = set()

    def heard(self, device: int, asked_at: float, at: float) -> bool:
        """Take an answer; True if it ended or shortened a run of misses."""
        self.heard_at[device] = max(self.heard_at[device], at)
        if asked_at <= self.life[device]:
            return False
        self.life[device] = asked_at
        run = self.misses.get(device)
        if run is None:
            return False
        self._keep(device, [miss for miss in run if miss > asked_at])
        return True

    def spoke(self, device: int, at: float) -> None:
        """Take a message that the device sent by itself: it lives, whatever its agent does."""
        self.telemetry[device] = max(self.telemetry[device], at)
        self.heard_at[device] = max(self.heard_at[device], at)

    def missed(self, device: int, asked_at: float) -> int:
        """Take a miss; the length of the run it now belongs to, 0 if it proves nothing."""
        if asked_at <= self.life[device] or asked_at < self.void[device]:
            return 0
        run = self.misses.setdefault(device, [])
        if len(run) < self.confirm or asked_at < run[-1]:
            insort(run, asked_at)
            del run[self.confirm :]
            self._keep(device, run)
        return len(run)

    def expire(self, device: int, first: float, witness: float) -> None:
        """Confirm the silence of a device that is not asked but promised to speak."""
        self.misses[device] = [first]
        self.silent[device] = witness
        self.confirmed.add(device)

    def forget(self, device: int, before: float) -> None:
        """Void the present run: it is explained by something that is over."""
        self.void[device] = max(self.void[device], before)
        self._keep(device, [miss for miss in self.misses.get(device, ()) if miss >= before])

    def rewind(self, at: float) -> None:
        """The clock was set back: nothing is dated in the future."""
        for row in (self.life, self.heard_at, self.telemetry, self.void):
            row[:] = [min(value, at) for value in row]
        for device, run in list(self.misses.items()):
            self._keep(device, [min(miss, at) for miss in run])

    def moved(self, numbers: Mapping[int, int], size: int) -> "Hearing":
        """The same evidence under other numbers; who has none left the city."""
        new = Hearing(size, self.confirm - 1)
        for old, number in numbers.items():
            new.life[number] = self.life[old]
            new.heard_at[number] = self.heard_at[old]
            new.telemetry[number] = self.telemetry[old]
            new.void[number] = self.void[old]
            if old in self.misses:
                new.misses[number] = self.misses[old]
            if old in self.silent:
                new.silent[number] = self.silent[old]
            if old in self.confirmed:
                new.confirmed.add(number)
        return new

    def first_miss(self, device: int) -> float:
        """When the first question of the present run was sent; NEVER without a run."""
        run = self.misses.get(device)
        return run[0] if run else NEVER

    def alive_at(self, device: int) -> float:
        """The latest moment at which the device is known to have been reachable."""
        return max(self.life[device], self.telemetry[device])

    def _keep(self, device: int, run: list[float]) -> None:
        if run:
            self.misses[device] = run
        else:
            self.misses.pop(device, None)
        if len(run) >= self.quiet:
            self.silent[device] = run[self.quiet - 1]
        else:
            self.silent.pop(device, None)
        if len(run) >= self.confirm:
            self.confirmed.add(device)
        else:
            self.confirmed.discard(device)
