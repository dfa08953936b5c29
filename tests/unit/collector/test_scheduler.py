from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address
from itertools import pairwise

from collector import plan
from collector.model import DeviceName
from collector.outcome import Answer, Failure, FailureKind, Outcome
from collector.plan import Poll, PollKey, Question
from collector.scheduler import LOST_AFTER, Scheduler
from collector.sources import Deliver
from tests.unit import city


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Wire:
    """A poller that remembers what it was asked and answers when told to."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked: list[tuple[float, PollKey]] = []
        self.waiting: list[tuple[PollKey, Deliver]] = []
        self.forgotten: list[DeviceName] = []
        self.broken = False

    def ask(self, batch: Sequence[Poll], deliver: Deliver, /) -> None:
        if self.broken:
            raise RuntimeError("a bug in a source")
        for poll in batch:
            self.asked.append((self.clock.now, poll.key))
            self.waiting.append((poll.key, deliver))

    def forget(self, device: DeviceName, /) -> None:
        self.forgotten.append(device)

    def answer(self) -> None:
        waiting, self.waiting = self.waiting, []
        for key, deliver in waiting:
            deliver(key, Answer())


class Rig:
    def __init__(self, count: int = 1) -> None:
        self.clock = Clock()
        self.wire = Wire(self.clock)
        self.finished: list[tuple[PollKey, Outcome, float]] = []
        self.stalls: list[float] = []
        self.scheduler = Scheduler(
            self.wire, lambda *news: self.finished.append(news), self.stalls.append, self.clock
        )
        self.devices = [city.device(f"rt-{number}", number + 1) for number in range(count)]
        self.plan = plan.build(city.inventory(*self.devices), city.PROFILES)
        self.scheduler.apply(plan.diff(plan.Plan({}), self.plan))

    def run(self, seconds: float, *, answering: bool = True) -> None:
        for _ in range(round(seconds / 0.05)):
            self.scheduler.step(self.clock.now)
            if answering:
                self.wire.answer()
            self.clock.now += 0.05

    def asked(self, question: Question) -> list[float]:
        return [at for at, key in self.wire.asked if key.question is question]


def test_every_poll_is_asked_once_an_interval_at_its_own_phase():
    rig = Rig(count=20)
    rig.run(60.0)
    assert len(rig.asked(Question.LIVENESS)) == 20 * 12
    assert len(rig.asked(Question.POLL)) == 20 * 2
    by_device: dict[DeviceName, list[float]] = {}
    for at, key in rig.wire.asked:
        if key.question is Question.LIVENESS:
            by_device.setdefault(key.device, []).append(at)
    for times in by_device.values():
        steps = [round(after - before, 3) for before, after in pairwise(times)]
        assert set(steps) == {5.0}


def test_an_open_question_is_skipped_and_counted_not_asked_twice():
    rig = Rig()
    rig.run(12.0, answering=False)
    assert len(rig.asked(Question.LIVENESS)) == 1
    assert rig.scheduler.stats.skipped[Question.LIVENESS] >= 1


def test_a_question_that_is_never_finished_becomes_a_bug_and_the_device_is_asked_again():
    rig = Rig()
    rig.run(5.0 * (LOST_AFTER + 2), answering=False)
    kinds = [outcome.kind for _, outcome, _ in rig.finished if isinstance(outcome, Failure)]
    assert kinds == [FailureKind.BUG]
    assert len(rig.asked(Question.LIVENESS)) == 2


def test_a_stalled_loop_skips_what_it_missed_and_says_so():
    rig = Rig(count=50)
    rig.run(5.0)
    asked = len(rig.wire.asked)
    rig.clock.now += 60.0
    rig.scheduler.step(rig.clock.now)
    assert len(rig.wire.asked) - asked < 10
    assert len(rig.stalls) == 1
    assert rig.scheduler.stats.skipped[Question.LIVENESS] >= 45


def test_a_small_delay_is_caught_up():
    rig = Rig(count=50)
    rig.run(2.0)
    rig.clock.now += 0.5
    rig.run(2.5)
    assert len(rig.asked(Question.LIVENESS)) == 50
    assert not rig.stalls


def test_asking_now_does_not_move_the_schedule():
    rig = Rig()
    rig.scheduler.ask_now([DeviceName("rt-0"), DeviceName("unknown")])
    assert len(rig.wire.asked) == 1
    rig.run(5.0)
    assert len(rig.asked(Question.LIVENESS)) == 2


def test_a_reload_touches_only_what_changed():
    rig = Rig(count=3)
    changed = [city.device("rt-0", 200), *rig.devices[1:2], city.device("rt-9", 9)]
    new = plan.build(city.inventory(*changed), city.PROFILES)
    rig.run(4.9, answering=False)
    rig.scheduler.apply(plan.diff(rig.plan, new))
    assert set(rig.wire.forgotten) == {DeviceName("rt-0"), DeviceName("rt-2")}
    assert dict(rig.scheduler.plan.polls) == dict(new.polls)
    rig.wire.answer()
    assert DeviceName("rt-2") not in {key.device for key, _, _ in rig.finished}
    assert DeviceName("rt-1") in {key.device for key, _, _ in rig.finished}


def test_an_outcome_carries_the_time_at_which_it_was_asked():
    rig = Rig()
    rig.scheduler.ask_now([DeviceName("rt-0")])
    asked_at = rig.clock.now
    rig.clock.now += 0.7
    rig.wire.answer()
    assert [at for _, _, at in rig.finished] == [asked_at]


def test_a_bug_in_a_source_becomes_a_failure_of_those_polls_only():
    rig = Rig()
    rig.wire.broken = True
    rig.run(5.0)
    assert all(
        isinstance(outcome, Failure) and outcome.kind is FailureKind.BUG for _, outcome, _ in rig.finished
    )
    rig.wire.broken = False
    rig.run(5.0)
    assert any(isinstance(outcome, Answer) for _, outcome, _ in rig.finished)


def test_a_reload_disturbs_only_the_question_that_changed():
    rig = Rig(count=3)
    rig.run(7.0)
    before = len(rig.asked(Question.POLL))
    device = rig.devices[1]
    assert device.snmp is not None
    other = replace(device, snmp=replace(device.snmp, liveness_interval=2.5))
    new = plan.build(city.inventory(rig.devices[0], other, rig.devices[2]), city.PROFILES)
    rig.scheduler.apply(plan.diff(rig.scheduler.plan, new))
    assert rig.wire.forgotten == []
    assert dict(rig.scheduler.plan.polls) == dict(new.polls)
    rig.run(30.0)
    assert len(rig.asked(Question.POLL)) - before == 3
    by_device: dict[DeviceName, list[float]] = {}
    for at, key in rig.wire.asked:
        if key.question is Question.LIVENESS and at > 1007.0:
            by_device.setdefault(key.device, []).append(at)
    assert {name: len(times) for name, times in by_device.items()} == {"rt-0": 6, "rt-1": 12, "rt-2": 6}


def test_a_reload_of_one_changed_device_touches_one_device():
    rig = Rig(count=20)
    device = rig.devices[7]
    devices = [*rig.devices]
    devices[7] = replace(device, address=ip_address("127.0.3.3"))
    new = plan.build(city.inventory(*devices), city.PROFILES)
    change = plan.diff(rig.scheduler.plan, new)
    assert {poll.device.name for poll in (*change.changed, *change.renewed, *change.added)} == {device.name}
    rig.scheduler.apply(change)
    assert rig.wire.forgotten == [device.name]
