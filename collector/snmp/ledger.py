"""Which questions are open, until when, and which were: one timeout queue per class, nothing allocated per question.

Pure; times are arguments. What is remembered of ended questions is bounded.
"""

from collections import deque
from collections.abc import Iterator

from collector.snmp.exchange import Exchange

REMEMBERED = 8_192  # request-ids remembered to tell late and repeated answers from invented ones


class Ledger:
    """`pending` maps request-ids to open questions, `past` notes ended ones: whether they were answered.

    Whoever takes a question out of `pending` notes it in `past`.
    """

    __slots__ = ("_older", "_queues", "past", "pending")

    def __init__(self) -> None:
        self.pending: dict[bytes, Exchange] = {}
        self.past: dict[bytes, bool] = {}
        self._older: dict[bytes, bool] = {}
        self._queues: dict[float, deque[tuple[float, list[bytes]]]] = {}  # per timeout: deadline, request-ids

    def __len__(self) -> int:
        return len(self.pending)

    def opened(self, request_ids: list[bytes], exchanges: list[Exchange], timeout: float, now: float) -> None:
        """Questions of one timeout were sent together."""
        self.pending.update(zip(request_ids, exchanges, strict=True))
        queue = self._queues.get(timeout)
        if queue is None:
            queue = self._queues[timeout] = deque()
        queue.append((now + timeout, request_ids))

    def fresh_ids(self, noise: bytes) -> Iterator[bytes]:
        """A request-id for every four octets of noise: none of them open, positive, four octets in shortest form."""
        mixed = bytearray(noise)
        for at in range(0, len(mixed), 4):
            mixed[at] = mixed[at] & 0x3F | 0x40
        frozen = bytes(mixed)
        fresh = dict.fromkeys(frozen[at : at + 4] for at in range(0, len(frozen) - 3, 4))
        return iter([request_id for request_id in fresh if request_id not in self.pending])

    def closed(self, request_id: bytes, *, answered: bool) -> Exchange | None:
        """Close a question; None if it is not open."""
        exchange = self.pending.pop(request_id, None)
        if exchange is not None:
            self.past[request_id] = answered
        return exchange

    def overdue(self, now: float) -> Iterator[Exchange]:
        """Close and give the questions whose time is up, oldest first within a class."""
        for timeout, queue in list(self._queues.items()):
            while queue and queue[0][0] <= now:
                for request_id in queue.popleft()[1]:
                    exchange = self.closed(request_id, answered=False)
                    if exchange is not None:
                        yield exchange
            if not queue:
                del self._queues[timeout]

    def sent_until(self, moment: float) -> list[Exchange]:
        """Close and give the open questions that were sent no later than this."""
        ended = [request_id for request_id, exchange in self.pending.items() if exchange.sent_at <= moment]
        return [exchange for request_id in ended if (exchange := self.closed(request_id, answered=False))]

    def word_for(self, request_id: bytes) -> str:
        """Why an answer with this request-id, which is not open, counts for nothing."""
        answered = self.past.get(request_id, self._older.get(request_id))
        return "unknown" if answered is None else "duplicate" if answered else "late"

    def tidy(self) -> None:
        """Keep what is remembered within bounds; call now and then."""
        if len(self.past) >= REMEMBERED:
            self.past, self._older = {}, self.past

    def clear(self) -> None:
        """Forget the open questions."""
        self.pending.clear()
        self._queues.clear()
