"""One connection to the broker, MQTT 3.1.1; the one module that knows paho.

Every try has a new paho client: one that is used again sends what it still held once more, and a number from
the old connection would acknowledge another message of the new one.  Only the link's thread touches it.
Paho's own thread is not used: an exception in a callback ends it without a word, stopping it may take for
ever, and it reconnects in step with every other kiosk.
"""

import math
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, LogLevel, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from kiosk.bell import Bell
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client import reasons
from kiosk.mqtt.client.sieve import LARGEST, Sieve
from kiosk.mqtt.news import Acknowledged, Arrived, Connected, Identity, Item, Message, NotSubscribed, Receipt
from kiosk.mqtt.patience import Ending, Pace

IN_FLIGHT: Final = 16
"""So many messages of ours wait for the broker at once, the rest waits here; none outlives the connection."""
MOST_UNREAD: Final = 64
"""While so many that arrived are not acknowledged nothing more is read, and the broker has to wait."""
LARGEST_PACKET: Final = 4 * 1024 * 1024
"""Bytes; a broker that begins a larger one is left, before it fills our memory."""

_READABLE: Final = select.POLLIN | select.POLLHUP | select.POLLERR


class Delivery(Struct, frozen=True, eq=False):
    """Which message of which connection is to be acknowledged."""

    connection: "Connection"
    number: int
    qos: int


class Connection:
    """From dialling until it ends; other threads only fill `calls`, and ring the bell."""

    def __init__(
        self,
        broker: Broker,
        context: ssl.SSLContext | None,
        identity: Identity,
        pace: Pace,
        put: Callable[[Item], None],
        sieve: Sieve,
    ) -> None:
        self._broker = broker
        self._filters = identity.filters
        self._pace = pace
        self._put = put
        self._sieve = sieve
        self.calls: deque[Callable[[], None]] = deque()
        self.is_up = False
        self.is_over = False
        self._since = 0.0
        self._reason = ""
        self._trouble = ""
        self._hung_up = False
        self._unread = 0
        self._sent: dict[int, Receipt] = {}
        self._farewell: list[Receipt] | None = None
        self._answer_by = self._part_by = math.inf
        self._paho = _paho(identity, context)
        self._paho.connect_timeout = pace.dialling
        self._listen()

    def _listen(self) -> None:
        self._paho.on_log = self._on_log
        self._paho.on_socket_open = self._on_socket_open
        self._paho.on_connect = self._on_connect
        self._paho.on_subscribe = self._on_subscribe
        self._paho.on_message = self._on_message
        self._paho.on_publish = self._on_publish
        self._paho.on_disconnect = self._on_disconnect

    def keep(self, bell: Bell, farewell: Callable[[], tuple[Message, ...] | None]) -> Ending:
        """Connect and stay connected until something ends it, or `farewell` says with what words to part."""
        try:
            self._paho.connect(*self._broker.address, self._broker.keepalive)
        except (OSError, ValueError) as error:
            return Ending(reasons.failure(self._broker.place, error))
        self._answer_by = time.monotonic() + self._pace.dialling
        poll = select.poll()
        poll.register(bell.heard, select.POLLIN)
        while (line := self._paho.socket()) is not None and self._time_left() > 0:
            self._turn(line, poll, bell)
            if (words := farewell()) is not None:
                self._part(words)
        lasted = time.monotonic() - self._since if self._since else 0.0
        return Ending(self._reason or reasons.silence(self._broker.place), lasted, self._hung_up)

    def close(self) -> None:
        """Hang up, if the line is still open; every receipt that is not out is lost now."""
        self.is_up, self.is_over = False, True
        if (line := self._paho.socket()) is not None:
            line.close()

    def send(self, message: Message, qos: int, retain: bool, receipt: Receipt) -> None:
        """Publish; on the link's thread."""
        info = self._paho.publish(*message, qos, retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            receipt.drop()
        elif qos:
            self._sent[info.mid] = receipt
        else:
            receipt.is_out = True

    def acknowledge(self, delivery: Delivery) -> None:
        """Acknowledge what arrived on this very connection; on the link's thread."""
        self._unread -= 1
        self._paho.ack(delivery.number, delivery.qos)

    def _time_left(self) -> float:
        return min(self._answer_by, self._part_by) - time.monotonic()

    def _turn(self, line: Any, poll: select.poll, bell: Bell) -> None:
        """Wait until there is something to do, and do it."""
        reads = self._unread < MOST_UNREAD
        poll.register(line, reads * select.POLLIN | self._paho.want_write() * select.POLLOUT)
        # What TLS has decrypted already wakes nobody.
        ahead = reads and isinstance(line, ssl.SSLSocket) and line.pending() > 0
        ready = dict(poll.poll(0 if ahead else self._milliseconds()))
        bell.hush()
        while self.calls:
            self.calls.popleft()()
        if ahead or ready.get(line.fileno(), 0) & _READABLE:
            self._paho.loop_read()
            self._flee()
        if self._paho.want_write():
            self._paho.loop_write()
        self._paho.loop_misc()

    def _flee(self) -> None:
        """Hang up on a packet under way that is too large; paho would wait for the whole of it."""
        size = self._paho._in_packet["remaining_length"]  # noqa: SLF001  # nothing public tells it in time
        if size > LARGEST_PACKET:
            self._reason = reasons.flood(self._broker.place, size)
            self._answer_by = -math.inf

    def _milliseconds(self) -> int:
        """How long to wait at most: paho looks at the clock long before the broker gives us up."""
        return math.ceil(1000 * max(0.0, min(self._broker.keepalive / 4, self._time_left())))

    def _part(self, words: tuple[Message, ...]) -> None:
        """Say the last words, and when the broker has them, that we go."""
        if self._part_by == math.inf:
            self._part_by = time.monotonic() + self._pace.farewell
        if not self.is_up:
            return
        if self._farewell is None:
            self._farewell = [Receipt(lambda: self.is_over) for _ in words]
            for message, receipt in zip(words, self._farewell, strict=True):
                self.send(message, 1, True, receipt)
        if all(receipt.is_out for receipt in self._farewell):
            self._paho.disconnect()

    def _on_log(self, _paho: Paho, _data: Any, level: int, words: str) -> None:
        if level == LogLevel.MQTT_LOG_ERR:
            self._trouble = words.partition(": ")[2] or words

    def _on_socket_open(self, _paho: Paho, _data: Any, line: Any) -> None:
        # Acknowledgement and answer are two small packets; the second must not wait for the first.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Paho reads a hundred times this before anybody can look how large a packet becomes.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LARGEST)

    def _on_connect(
        self, paho: Paho, _data: Any, flags: ConnectFlags, answer: ReasonCode, _properties: Any
    ) -> None:
        if answer.is_failure:
            self._reason = reasons.refusal(self._broker.place, str(answer))
            return
        self._answer_by = math.inf
        self._since = time.monotonic()
        if self._filters:  # though the session is kept: a broker that was killed may have forgotten
            paho.subscribe([(each, 1) for each in self._filters])
        # What is published from now on comes after the subscription: who reads "online" is listened to.
        self.is_up = True
        self._put(Connected(flags.session_present))

    def _on_subscribe(
        self, _paho: Paho, _data: Any, _number: int, answers: list[ReasonCode], _properties: Any
    ) -> None:
        pairs = zip(self._filters, answers, strict=False)
        if refused := tuple(each for each, answer in pairs if answer.is_failure):
            self._put(NotSubscribed(refused))

    def _on_message(self, paho: Paho, _data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        if not self._sieve.takes(topic, len(message.payload)):
            paho.ack(message.mid, message.qos)
            return
        self._unread += 1
        delivery = Delivery(self, message.mid, message.qos)
        self._put(Arrived(topic, bytes(message.payload), bool(message.retain), delivery))

    def _on_publish(
        self, _paho: Paho, _data: Any, number: int, _answer: ReasonCode, _properties: Any
    ) -> None:
        if receipt := self._sent.pop(number, None):
            receipt.is_out = True
            self._put(Acknowledged())

    def _on_disconnect(
        self, _paho: Paho, _data: Any, _flags: Any, answer: ReasonCode, _properties: Any
    ) -> None:
        name = str(answer)
        accepted = self._since > 0
        self._hung_up = accepted and name == "Unspecified error" and not self._trouble
        self._reason = self._reason or reasons.loss(
            self._broker.place, name, self._trouble, accepted=accepted
        )


def _paho(identity: Identity, context: ssl.SSLContext | None) -> Paho:
    client = Paho(
        CallbackAPIVersion.VERSION2,
        identity.client_id,
        clean_session=not identity.durable,
        protocol=MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
        manual_ack=True,
    )
    client.max_inflight_messages = IN_FLIGHT
    if identity.will:
        client.will_set(*identity.will, 1, retain=True)
    if identity.user or identity.password:
        user = identity.user.reveal() if identity.user else identity.client_id
        client.username_pw_set(user, identity.password.reveal() if identity.password else None)
    if context:
        client.tls_set_context(context)
    return client
