"""What is remembered of one device between polls: rows, series, request size, uptime. Bounded by the device's rows."""

from collector.outcome import Measured, SeriesSet
from collector.plan import Poll, PollKey, Question
from collector.snmp import ber
from collector.snmp.ber import Pdu, Value
from collector.snmp.fast import Column
from collector.snmp.session import Session
from collector.snmp.size import MOST, RequestSize
from collector.snmp.templates import Template, Templates
from collector.snmp.transport import Endpoint, Transport
from collector.snmp.uptime import Uptime
from collector.sources.snmp_access import Access
from collector.sources.snmp_discovery import Discovery, columns_of, rows_of
from collector.sources.snmp_layout import SYS_UPTIME, Block, Layout, Layouts, Row, blocks

REDISCOVER = 600.0  # seconds after which rows and labels are read again without any sign of change
_LIVENESS = (ber.object_identifier(SYS_UPTIME),)


class Agent:
    """One device as the source knows it. `layout` is None until its rows were discovered."""

    __slots__ = (
        "blocks",
        "columns",
        "community",
        "computed",
        "endpoint",
        "facts",
        "glance",
        "heads",
        "identity",
        "key",
        "layout",
        "liveness",
        "liveness_key",
        "poll",
        "rediscover_at",
        "rows",
        "security",
        "settled",
        "signature",
        "size",
        "stale",
        "uptime",
        "version",
        "volatile",
    )

    def __init__(self, poll: Poll, access: Access, templates: Templates) -> None:
        device = poll.device
        version, community = access.version, access.community
        self.poll = poll
        self.key = PollKey(device.name, Question.POLL)
        self.liveness_key = PollKey(device.name, Question.LIVENESS)
        self.identity = (device.name, device.site, device.district, str(device.role))
        self.endpoint = Endpoint.of(device.address, poll.access.port)
        self.version = version
        self.community = community
        self.security = access.security
        self.liveness: Template = templates.get(version, community, _LIVENESS)
        self.size = RequestSize(min(poll.profile.quirks.max_varbinds or MOST, MOST))
        self.uptime = Uptime()
        self.facts: dict[str, str] = {}
        self.rows: tuple[tuple[Row, ...], ...] = ()
        self.layout: Layout | None = None
        self.blocks: tuple[Block, ...] = ()
        # Blocks whose values are the raw numbers, in two parts: columns are shared by devices that are alike.
        self.heads: tuple[SeriesSet, ...] = ()
        self.columns: tuple[Column, ...] = ()
        self.computed: tuple[Block, ...] = ()  # the others
        roots = tuple(ber.object_identifier(table.rows) for table in poll.profile.tables if table.volatile)
        # The question whether tables whose rows come and go have any; None without such tables.
        self.glance = templates.get(version, community, roots, Pdu.GET_NEXT) if roots else None
        self.volatile: dict[int, tuple[tuple[Row, ...], Layout, tuple[Block, ...]]] = {}
        self.signature: tuple[Value, ...] | None = None
        self.settled = False  # what the agent lacks is known and no longer asked
        self.stale = False
        self.rediscover_at = 0.0

    def fits(self, poll: Poll) -> bool:
        """Whether what is remembered is of this poll's device, address, profile and credential; then it is this poll's."""
        mine = self.poll
        if mine.device is poll.device and mine.profile is poll.profile and mine.credential is poll.credential:
            return True
        device = poll.device
        if (
            self.identity != (device.name, device.site, device.district, str(device.role))
            or self.endpoint != Endpoint.of(device.address, poll.access.port)
            or mine.profile != poll.profile
            or mine.credential != poll.credential
        ):
            return False
        self.poll = poll
        return True

    def session(self, transport: Transport) -> Session:
        """This device, asked by hand."""
        return Session(
            transport,
            self.endpoint,
            self.version,
            self.community,
            timeout=self.poll.access.timeout,
            bulk=self.poll.profile.quirks.bulk,
            max_varbinds=self.size.limit,
            security=self.security,
        )

    def learn(self, found: Discovery, layouts: Layouts, now: float) -> Layout:
        """Take discovered rows into use: the next poll asks everything they could have."""
        self.facts = found.facts
        self.rows = layouts.alike(found.rows)
        self.stale = self.settled = False
        # Spread by name, so that a thousand devices found at once are not all looked at again at once.
        self.rediscover_at = now + REDISCOVER * (0.75 + hash(self.identity) % 1024 / 2048)
        self.signature = None
        return self._lay(layouts, frozenset())

    def settle(self, values: list[Value], layouts: Layouts) -> None:
        """Stop asking for what the first poll after a discovery showed to be absent."""
        if self.layout is None or self.settled:
            return
        self.settled = True
        absent = frozenset(
            asked for asked, value in zip(self.layout.asked, values, strict=True) if value is None
        )
        if absent:
            self._lay(layouts, absent)

    def _lay(self, layouts: Layouts, absent: frozenset[bytes]) -> Layout:
        profile = self.poll.profile
        indices = tuple(tuple(row.key for row in rows) for rows in self.rows)
        self.layout = layouts.get(profile, self.version, self.community, indices, absent)
        self.blocks = blocks(self.layout, self.identity, self.rows, self.blocks)
        plain = tuple(number for number, block in enumerate(self.blocks) if block.plain)
        self.columns = self.layout.columns(plain)
        self.heads = tuple(self.blocks[number].series for number in plain)
        self.computed = tuple(block for block in self.blocks if not block.plain)
        return self.layout

    async def poll_volatile(self, session: Session) -> list[Measured]:
        """Read the tables whose rows come and go. Raises FaultError, WalkError."""
        measured: list[Measured] = []
        profile = self.poll.profile
        for number, table in enumerate(profile.tables):
            if not table.volatile:
                continue
            rows = await rows_of(session, table)
            if not rows:
                self.volatile.pop(number, None)
                continue
            kept = self.volatile.get(number)
            if kept is None or kept[0] != rows:
                every = tuple(rows if place == number else () for place in range(len(profile.tables)))
                indices = tuple(tuple(row.key for row in part) for part in every)
                layout = Layout(profile, self.version, self.community, indices, scalars=False)
                old = kept[2] if kept is not None else ()
                kept = self.volatile[number] = rows, layout, blocks(layout, self.identity, every, old)
            found = await columns_of(session, kept[1].names, ((),))
            values = [found.get(oid) for oid in kept[1].names]
            measured += [block for block in (block.measure(values) for block in kept[2]) if block is not None]
        return measured
