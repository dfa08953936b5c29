"""One connection to the broker: login, TLS, subscriptions, messages in. With `mqtt_rounds` all that knows aiomqtt.

Never decides what a message means or when to come back. aiomqtt's own exceptions end here: above there is only
`BrokerLost` with a sentence for an operator.
"""

import asyncio
import secrets
import ssl
from collections.abc import Callable, Iterable, Sequence

import aiomqtt
import structlog
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.reasoncodes import ReasonCode

from collector.model import Broker, Credential
from collector.sources.mqtt_rounds import RoundsClient

KEEPALIVE = 10
"""Seconds; a broker that hangs is noticed within two of them, before silence is blamed on anybody."""

_ORDERS_HELD = 1000

Take = Callable[[str, bytes, bool], None]
"""Takes a message's topic, payload and whether it was retained; its return is the acknowledgement."""


class BrokerLost(Exception):  # noqa: N818 - what happened, not a fault of ours
    """The broker cannot be reached, refused us, or is gone; the text says which."""


class Connection:
    """A connection that lives until it is lost or `end` is called."""

    def __init__(self, broker: Broker, credential: Credential | None) -> None:
        self._broker = broker
        self._credential = credential
        self._inbox: _Inbox | None = None
        self._log = structlog.get_logger(__name__)

    async def run(self, filters: Iterable[str], take: Take, opened: Callable[[], None]) -> None:
        """Connect, subscribe at QoS 1, say `opened`, and hand every message to `take`; return after `end`.

        Raises:
            BrokerLost: there is no connection, or it ended.
        """

        def inbox(maxsize: int) -> _Inbox:
            self._inbox = _Inbox(take, maxsize)
            return self._inbox

        try:
            async with await self._client(inbox) as client:
                await self._subscribe(client, sorted(filters))
                opened()
                async for order in client.messages:
                    if order is _END:
                        return
                    await client.publish(order.topic.value, order.payload)
        except MqttConnectError as error:
            raise BrokerLost(f"the broker refused the login: {error}") from error
        except (aiomqtt.MqttError, OSError) as error:
            what = (
                error.__cause__ or error
            )  # aiomqtt has what happened as the cause: the wire's fault, or `take`'s
            if not isinstance(what, aiomqtt.MqttError | OSError):
                self._log.error("mqtt.bug", exc_info=what)
            raise BrokerLost(str(what) or type(what).__name__) from error
        finally:
            self._inbox = None

    def end(self) -> None:
        """Let `run` return soon; nothing happens if it does not run."""
        if self._inbox is not None:
            self._inbox.order(_END)

    def publish(self, topic: str, payload: bytes) -> None:
        """Send at QoS 0 when the loop comes to it; dropped if not connected or if too many are waiting."""
        if self._inbox is not None and self._inbox.qsize() < _ORDERS_HELD:
            self._inbox.order(_order(topic, payload))

    async def _subscribe(self, client: aiomqtt.Client, topics: list[str]) -> None:
        """All in one question, so that a broker which dies meanwhile is not waited for once a topic."""
        if not topics:
            return
        codes: Sequence[int | ReasonCode] = await client.subscribe([(topic, 1) for topic in topics])
        for topic, code in zip(topics, codes, strict=True):
            if not isinstance(code, int) and code.is_failure:
                raise BrokerLost(f"the broker does not let us read {topic}: {code.getName()}")

    async def _client(self, inbox: Callable[[int], "_Inbox"]) -> aiomqtt.Client:
        credential = self._credential
        password = credential.password if credential else None
        return RoundsClient(
            self._broker.host,
            self._broker.port,
            # Two collectors with the same configuration must not throw each other out.
            identifier=f"{self._broker.client_id}-{secrets.token_hex(4)}",
            username=credential.username if credential else None,
            password=password.reveal() if password else None,
            clean_session=True,
            keepalive=KEEPALIVE,
            queue_type=inbox,  # type: ignore[arg-type] # called with maxsize only; a type is more than it needs
            tls_context=await asyncio.to_thread(self._tls) if self._broker.tls else None,
        )

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._broker.ca_file)


class _Inbox(asyncio.Queue[aiomqtt.Message]):
    """Where aiomqtt puts what arrives: taken at once, so that a message is acknowledged after it counted.

    Nothing waits here but our own orders to publish; a slow collector slows the broker's socket down
    and the broker's queue, which is sized for it, fills instead of our memory.
    """

    def __init__(self, take: Take, maxsize: int) -> None:
        super().__init__(maxsize)
        self._take = take

    def put_nowait(self, item: aiomqtt.Message) -> None:
        """Called by aiomqtt for each message."""
        self._take(item.topic.value, item.payload, item.retain)

    def order(self, item: aiomqtt.Message) -> None:
        """Let the connection's own task publish this, or end."""
        super().put_nowait(item)


def _order(topic: str, payload: bytes) -> aiomqtt.Message:
    return aiomqtt.Message(topic, payload, 0, False, 0, None)


_END = _order("end", b"")
