"""One connection to the control socket: bytes in, requests out; replies in, bytes out.  Never blocks."""

import select
import socket
from typing import Final

from kiosk.control.asking import Asking, is_final
from kiosk.mqtt.messages import decode, encode
from kiosk.mqtt.reports import Reply
from kiosk.refusals import Reason, Refusal

IDLE: Final = 30.0
"""Seconds for a whole request, counted from the last answer, and for taking an answer."""
LARGEST: Final = Asking.largest


class Visit:
    """A peer that was let in; it has one request under way at a time, and the next waits in its socket.

    `peer` is its name on the kernel's word, `is_over` once nothing more can come of it.
    """

    def __init__(self, connection: socket.socket, peer: str, now: float) -> None:
        connection.setblocking(False)
        self._connection = connection
        self.peer = peer
        self.is_over = False
        self._is_busy = False
        self._said_all = False
        self._heard = b""
        self._to_send = b""
        self._since = now

    def fileno(self) -> int:
        """For the poll."""
        return self._connection.fileno()

    @property
    def wants(self) -> int:
        """What to wait for; a peer that hung up is reported in any case."""
        listening = not (self._is_busy or self._said_all or self._to_send or self.has_request)
        return (select.POLLIN if listening else 0) | (select.POLLOUT if self._to_send else 0)

    @property
    def has_request(self) -> bool:
        """Whether a request, good or bad, could be taken now."""
        whole = b"\n" in self._heard or len(self._heard) > LARGEST or (self._said_all and self._heard)
        return bool(whole) and not (self._is_busy or self._to_send)

    @property
    def due_at(self) -> float | None:
        """When it is late: no whole request, or an answer not taken; None while it waits for us."""
        return None if self._is_busy and not self._to_send else self._since + IDLE

    def hear(self) -> None:
        """Read what is there, a request at most."""
        try:
            heard = self._connection.recv(LARGEST + 1)
        except BlockingIOError:
            return
        except OSError:
            self.is_over = True
            return
        self._heard += heard
        self._said_all = not heard
        self._end()

    def request(self) -> Asking | Refusal:
        """The request that is there; after one that is too long no next one could be told from its rest."""
        line, _, rest = self._heard.partition(b"\n")
        self._is_busy = True
        if len(line) > LARGEST:
            self._heard, self._said_all = b"", True
            return Refusal(Reason.OVERSIZED, f"at most {LARGEST} bytes in a line")
        self._heard = rest
        return decode(Asking, line)

    def answer(self, reply: Reply, now: float) -> None:
        """Send a reply as far as the peer takes it."""
        self._is_busy = not is_final(reply)
        self._to_send += encode(reply) + b"\n"
        self._since = now
        self.send(now)

    def send(self, now: float) -> None:
        """Send more of what waits."""
        try:
            sent = self._connection.send(self._to_send)
        except BlockingIOError:
            return
        except OSError:
            self.is_over = True
            return
        self._to_send = self._to_send[sent:]
        self._since = now
        self._end()

    def close(self) -> None:
        """Hang up."""
        self.is_over = True
        self._connection.close()

    def _end(self) -> None:
        """A peer that will ask nothing more still gets its answers."""
        owed = self._is_busy or self._to_send or self._heard
        self.is_over = self.is_over or (self._said_all and not owed)
