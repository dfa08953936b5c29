"""The judge: outcomes go in as they come, a round of verdicts comes out. Pure; the clock is an argument.

Feed `heard`, `missed` and the other news at any rate and in any order, call `round` every 50 to 250 ms, ask the
devices that it names, and expose the state that it returns. See docs/adr/0002-verdicts.md for the guarantees.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from collector.model import DeviceName, VerdictTimes, Watch
from collector.outages.asking import Asking
from collector.outages.docket import Docket
from collector.outages.evidence import NEVER, Hearing
from collector.outages.flap import Patience
from collector.outages.inquiry import Inquiry
from collector.outages.linkwatch import LinkWatch
from collector.outages.promises import Promises
from collector.outages.rootcause import Evidence, Finding, judge
from collector.outages.rounds import NO_CONTEXT, Context, Hint, Round, Via
from collector.outages.sending import Sending
from collector.outages.state import Outage
from collector.outages.topology import Topology
from collector.outages.view import Bench, View

SWEEP = 1.0
"""Seconds between looks at promises that were not kept."""
SOON = 0.3
"""Seconds within which news that can only lead to more questions is looked at."""
AHEAD = 16
"""Devices a round whose neighbours are looked up before anybody needs them."""
SHORT_CUT = 3
"""Misses in a row of a device that came back, from which on what is behind it is given a new chance."""


__all__ = ["NO_CONTEXT", "Context", "Hint", "Judge", "Round", "Via"]


class Judge:
    """Verdicts for one city. Not for sharing between threads.

    `open_outages` are those that the journal says were open (or ended within the hour): they go on with their
    start and id, and end only on fresh evidence. Times are Unix seconds; `asked_at` is when a question was sent,
    `at` when its outcome was known. Unknown device and link names are ignored: a reload may have taken them.
    """

    def __init__(
        self,
        topology: Topology,
        times: VerdictTimes,
        now: float,
        open_outages: Iterable[Outage] = (),
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self._times, self._patience = times, patience
        self._hearing = Hearing(len(topology), times.reasks)
        self._docket = Docket(topology, patience, open_outages, now)
        self._view = View(topology, now)
        self._context = NO_CONTEXT
        self._informed = False
        self._beat_at = self._swept = self._resumed = now
        self._take_up(topology)

    def _take_up(self, topology: Topology) -> None:
        """Everything that is numbered as the topology is and not carried over a reload."""
        self.topology = topology
        self._schedule()
        self._promises = Promises(topology, self._hearing, self._patience.expire)
        self._finding = Finding()
        self._meetings_only = frozenset(
            i for i, device in enumerate(topology.devices) if device.watch is Watch.MEETINGS
        )
        self._ignored: AbstractSet[int] = self._meetings_only
        self._covered: frozenset[int] = frozenset()
        self._sending = Sending()
        self._grace: dict[int, float] = {}
        self._wanted: frozenset[int] = frozenset()
        self._links = LinkWatch(topology, self._patience.link)
        self._touched: set[int] = set(range(len(topology)))
        self._relinked: set[int] = set()
        self._dirty = True
        self._stale = False
        self._evaluated = NEVER
        self._wake = NEVER

    def _schedule(self) -> None:
        self._asking = Asking(self.topology.askable, self._times.reasks, self._times.reask_interval)
        self._inquiry = Inquiry(self.topology, self._hearing, self._asking)

    def update(self, topology: Topology, now: float) -> None:
        """Go on with another configuration: who stayed keeps evidence, verdict and outage, who is new is unknown."""
        old, context, connected = self.topology, self._context, self._promises.connected
        moved = {i: topology.index[name] for i, name in enumerate(old.names) if name in topology.index}
        links = {
            i: topology.link_index[link.name]
            for i, link in enumerate(old.links)
            if topology.link_index.get(link.name) is not None
        }
        reports = self._links.moved(topology, links)
        self._hearing = self._hearing.moved(moved, len(topology))
        self._docket.update(topology, now)
        self._view.update(topology, now, moved, links)
        self._take_up(topology)
        self._links = reports
        self._promises.broker(now, connected=connected)
        for device in self._hearing.misses:
            self._inquiry.draw(device, self._hearing.first_miss(device), now)
        if self._informed:
            self._informed = False
            self._take(context, now)

    # -- news ----------------------------------------------------------------------------------------------

    def heard(
        self,
        device: DeviceName,
        asked_at: float,
        at: float,
        via: Via = Via.LIVENESS,
        *,
        rebooted: bool = False,
    ) -> None:
        """An answer, or a message that the device sent by itself (`asked_at` is ignored then)."""
        number = self.topology.index.get(device)
        if number is None:
            return
        self._beat(at)
        hearing = self._hearing
        if via is Via.TELEMETRY:
            hearing.spoke(number, at)
            if number in hearing.silent or not self.topology.askable[number]:
                if not self.topology.askable[number]:
                    hearing.heard(number, at, at)
                self._touched.add(number)
                self._dirty = True
            return
        fresh = hearing.life[number] < hearing.void[number] or hearing.life[number] == NEVER
        was_silent = number in hearing.silent
        run = len(hearing.misses.get(number, ()))
        ended = hearing.heard(number, asked_at, at)
        if ended and run >= SHORT_CUT and number not in hearing.misses:
            self._back(number, asked_at, at, run)
        if ended or fresh:
            self._touched.add(number)
            self._grace.pop(number, None)
            self._inquiry.end(number)
            self._sending.worked(number)
        if was_silent or fresh or number in self._wanted or number in self._finding.gone:
            self._dirty = True
        if was_silent or rebooted:
            self._asking.once(self.topology.children[number])

    def missed(self, device: DeviceName, asked_at: float, at: float) -> None:
        """A question that was sent and not answered in time, while our own loop ran on time."""
        number = self.topology.index.get(device)
        if number is None:
            return
        self._beat(at)
        if asked_at < self._resumed:
            self._asking.once((number,))  # void, and the next question of the schedule may be minutes away
            return
        run = self._hearing.missed(number, asked_at)
        if run == 0:
            return
        explained = self._view.explained(number)
        if run == 1 and not explained:
            self._inquiry.begin(number, asked_at, at)
        if run == self._hearing.confirm:
            self._touched.add(number)
            self._dirty = self._dirty or not explained
        elif not explained and (run == self._hearing.quiet or number in self._wanted):
            self._stale = True

    def unsent(self, device: DeviceName, at: float) -> None:
        """Sending failed here: proves nothing about the device, and if it is the first hop, that we are blind."""
        number = self.topology.index.get(device)
        if number is None:
            return
        self._beat(at)
        self._sending.failed(number, at)
        self._dirty = self._dirty or number in self.topology.first_hop
        self.missed(device, at, at)  # one unreachable neighbour is that neighbour's silence

    def stalled(self, at: float) -> None:
        """Our own process did not run on time, or the clock was set: every unconfirmed miss so far is void."""
        if at < self._beat_at:
            self._rewind(at)
        else:
            self._docket.paused(at - self._beat_at)
        self._swept = min(self._swept, at)
        self._resumed = self._beat_at = at
        for device in list(self._hearing.misses):
            if device not in self._hearing.confirmed:
                self._hearing.forget(device, at)
                self._inquiry.renew(device, at, at)
        self._dirty = True

    def _rewind(self, at: float) -> None:
        """Nothing that is known may be dated in the future, or it would be believed until then."""
        for known in (self._hearing, self._docket, self._links, self._promises, self._sending):
            known.rewind(at)
        self._grace = {i: min(until, at + self._patience.settle) for i, until in self._grace.items()}
        self._schedule()

    def broker(self, at: float, *, connected: bool) -> None:
        """While the broker is away, silence over MQTT proves nothing."""
        self._promises.broker(at, connected=connected)
        self._dirty = True

    def link_status(self, link: str, *, up: bool, at: float) -> None:
        """An uplink's ifOperStatus as its child reports it, of a question sent at `at`."""
        number = self.topology.link_index.get(link)
        if number is None:
            return
        if self._view.report(number, up=up):
            self._relinked.add(self.topology.link_child[number])
        if self._links.report(number, up=up, at=at, gone=self._finding.gone):
            self._dirty = True

    def power(self, device: DeviceName, *, on_battery: bool, at: float) -> None:
        """What a UPS says of the mains at its site."""
        number = self.topology.index.get(device)
        if number is not None:
            site = self.topology.devices[number].site
            self._dirty |= self._docket.power.report(device, site, at, on_battery=on_battery)

    def hint(self, device: DeviceName, kind: str, at: float) -> None:
        """A trap or a Last Will: look at once."""
        number = self.topology.index.get(device)
        if number is None or kind == Hint.AUTH_FAILURE:
            return
        self._beat(at)
        if kind == Hint.OFFLINE:
            self._promises.offline(number, at)
            self._dirty = self._dirty or number in self._hearing.silent
        self._asking.once((number, *(() if kind == Hint.OFFLINE else self.topology.children[number])))

    @property
    def missing(self) -> bool:
        """Whether any device has not answered its last question."""
        return bool(self._hearing.misses)

    def last_heard(self, device: DeviceName) -> float | None:
        """When the device last answered or spoke; None if never."""
        at = self._hearing.heard_at[self.topology.index[device]]
        return None if at == NEVER else at

    # -- rounds --------------------------------------------------------------------------------------------

    def round(self, now: float, context: Context | None = None) -> Round:
        """The verdicts as of now, and whom to ask. Without a context the last one goes on.

        Until a first one is given no outage ends because nobody cares for it.
        """
        self._beat(now)
        if context is not None:
            self._take(context, now)
        if now - self._swept >= SWEEP:
            self._sweep(now)
        late = now - self._evaluated >= SOON or now < self._evaluated
        if self._dirty or now >= self._wake or (self._stale and late):
            self._evaluate(now)
        self._inquiry.prepare(AHEAD)
        asks, lasting = self._asking.due(now, self._hearing.life)
        for device in lasting:
            if not self._view.explained(device):
                self._inquiry.widen(device, self._ignored, now)
        self._asking.once(self._wanted)
        bench = Bench(self._hearing, self._docket, self._covered, self._ignored)
        changed = self._view.refresh(now, self._touched, self._relinked, bench)
        self._touched, self._relinked = set(), set()
        opened, updated, closed = self._docket.news()
        names = self.topology.names
        return Round(
            asks=tuple(names[i] for i in asks),
            state=self._view.state(now, self._docket, self._context.maintenance),
            changed=tuple(names[i] for i in changed),
            opened=opened,
            updated=updated,
            closed=closed,
        )

    def _beat(self, at: float) -> None:
        """Between two signs of our own life no more than `gap` seconds may pass, or misses prove nothing."""
        if abs(at - self._beat_at) > self._patience.gap:
            self.stalled(at)
        elif at > self._beat_at:
            self._beat_at = at

    def _take(self, context: Context, now: float) -> None:
        if context == self._context and self._informed:
            return
        self._informed = True
        index = self.topology.index
        watched = {index[name] for name in context.watched if name in index}
        covered = frozenset(index[name] for name in context.maintenance if name in index)
        self._touched |= covered ^ self._covered
        ignored = (self._meetings_only - watched) | covered
        for device in self._ignored - ignored:
            self._docket.blamed_from(device, now)
            self._touched.add(device)
        self._touched |= ignored - self._ignored
        self._covered, self._ignored, self._context = covered, ignored, context
        self._dirty = True

    def _back(self, device: int, asked_at: float, now: float, run: int) -> None:
        """What was missed behind the device before it came back was missed because of it."""
        claimed = self._docket.claimed()
        behind = self.topology.dependants(device).intersection(self._hearing.misses)
        for other in sorted(behind - claimed):
            self._hearing.forget(other, asked_at)
            if run >= self._hearing.quiet:
                self._grace[other] = now + self._patience.settle
            self._inquiry.renew(other, asked_at, now)
            self._touched.add(other)

    # -- evaluation ----------------------------------------------------------------------------------------

    def _evaluate(self, now: float) -> None:
        hearing, docket = self._hearing, self._docket
        before = self._finding
        told = docket.blamed
        waiting = self._waiting(now)
        evidence = Evidence(
            silent=hearing.silent,
            confirmed=hearing.confirmed,
            life=hearing.life,
            telemetry=hearing.telemetry,
            links_down=self._links.down(),
            waiting=waiting.keys(),
            claimed=docket.claimed(),
            ignored=self._ignored,
            open_keys=docket.open_keys(),
        )
        finding = judge(self.topology, evidence)
        if not finding.blind and self._sending.impossible(self.topology.first_hop, hearing):
            finding = Finding(blind=True, gone=finding.gone)
        self._finding = finding
        self._wanted = finding.ask
        self._touched |= before.gone ^ finding.gone | before.agents ^ finding.agents
        self._touched |= before.frontier ^ finding.frontier
        if before.blind != finding.blind:
            self._touched.update(range(len(self.topology)))
        if finding.blind:
            docket.blind(now)
        else:
            if before.blind:
                self._regain_sight(now)
                return self._evaluate(now)
            # Who was in a shadow until somebody's answer took it away: asked anew before it is blamed.
            emerged = (finding.frontier & before.gone) - before.frontier - evidence.claimed
            if emerged:
                self._release(emerged, now)
                return self._evaluate(now)
            released = docket.repairs(
                now, finding, hearing, self._links, self._ignored if self._informed else frozenset()
            )
            if released:
                self._release(released, now)
                return self._evaluate(now)
            docket.open_links(now, finding, self._links, self._ignored)
            docket.follow(now, finding, hearing, self._context.meeting_sites)
        docket.acknowledge(self._context.acknowledged)
        self._touched.update(device for device, _ in told.items() ^ docket.blamed.items())
        self._view.finding = finding
        self._dirty = self._stale = False
        self._evaluated = now
        self._wake = min([docket.due(now), self._links.due(now), *waiting.values()])
        return None

    def _waiting(self, now: float) -> dict[int, float]:
        """Devices that must not be blamed yet, and until when."""
        self._grace = {i: until for i, until in self._grace.items() if until > now}
        promised = self._promises.waiting(self._hearing.silent.keys() - self._ignored, now)
        return {**promised, **self._grace}

    def _release(self, devices: AbstractSet[int], now: float) -> None:
        """What was in a shadow that is gone: its misses are explained, it is asked anew, and given time."""
        for device in sorted(devices):
            if device in self._hearing.misses or self._hearing.life[device] < now:
                self._hearing.forget(device, now)
                self._grace[device] = now + self._patience.settle
                self._inquiry.renew(device, now, now)
                self._touched.add(device)

    def _regain_sight(self, now: float) -> None:
        claimed = self._docket.claimed()
        beyond = {i for i in range(len(self.topology)) if i not in claimed and self._hearing.life[i] < now}
        self._release(beyond - self.topology.first_hop, now)
        self._touched.update(range(len(self.topology)))
        self._resumed = now

    def _sweep(self, now: float) -> None:
        """Promises that were not kept."""
        self._swept = now
        silent, unknowable = self._promises.sweep(now, self._resumed)
        self._view.lost(unknowable, now)
        if silent:
            self._touched |= silent
            self._dirty = True
