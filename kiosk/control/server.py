"""The thread that listens on the control socket; it decides nothing, it fills the inbox.

A handful of peers at once, small requests, not many a second: whoever talks without end, stays silent or does
not listen is hung up on, and the machine goes on selling.
"""

import os
import select
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Final

from msgspec.structs import replace

from kiosk.bell import Bell
from kiosk.control import place
from kiosk.control.asking import Asked, fresh_id
from kiosk.control.peers import Inspect, allowed, credentials
from kiosk.control.visit import Visit
from kiosk.lanes import Died
from kiosk.mqtt.messages import encode
from kiosk.mqtt.reports import Reply, rejected
from kiosk.refusals import Reason, Refusal

NAME: Final = "control"
MOST_VISITS: Final = 8
A_SECOND: Final = 20
"""Requests that are taken in one second, of all peers together; the next ones wait."""
FAREWELL: Final = 2.0
"""Seconds for the thread to end."""


class Server:
    """Listens from the moment it is made, and raises KioskError where it cannot; `start` begins to answer.

    `put` is called from its thread: with what somebody asks, and once with `Died` should the thread end.
    `clock`: seconds, never back.
    """

    def __init__(
        self,
        path: Path,
        put: Callable[[Asked | Died], None],
        inspect: Inspect = credentials,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._put = put
        self._clock = clock
        self._inspect = inspect
        self._listening = place.listening(path)
        self._place = place.Place(path)
        self._bell = Bell()
        self._poll = select.poll()
        self._visits: dict[int, Visit] = {}
        self._answers: SimpleQueue[tuple[Visit, Reply]] = SimpleQueue()
        self._taken = 0
        self._second = 0.0
        self._closing = Event()
        self._thread = Thread(target=self._work, name=NAME, daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Say what is to be said still, hang up and take the socket away."""
        self._closing.set()
        self._bell.ring()
        if self._thread.ident is None:
            self._let_go()
        else:
            self._thread.join(FAREWELL)

    def _work(self) -> None:
        try:
            self._serve()
        except BaseException as error:  # noqa: BLE001  # whatever it is, the deciding thread must hear of it
            self._put(Died(NAME, error))
        finally:
            self._let_go()

    def _serve(self) -> None:
        for heard in (self._listening, self._bell.heard):
            self._poll.register(heard, select.POLLIN)
        while not self._closing.is_set():
            now = self._clock()
            self._tend(now)
            for descriptor, what in self._poll.poll(self._pause(now) * 1000):
                self._attend(descriptor, what)
            self._bell.hush()
            self._pass_on()

    def _tend(self, now: float) -> None:
        """Take the next requests, part with who is late or gone, and wait for what each wants."""
        if now - self._second >= 1:
            self._second, self._taken = now, 0
        for visit in list(self._visits.values()):
            while visit.has_request and not visit.is_over and self._taken < A_SECOND:
                self._taken += 1
                self._ask(visit, now)
            if visit.is_over or (visit.due_at is not None and now >= visit.due_at):
                self._part(visit)
            else:
                self._poll.modify(visit, visit.wants)

    def _ask(self, visit: Visit, now: float) -> None:
        asking, id_ = visit.request(), fresh_id()
        if isinstance(asking, Refusal):
            visit.answer(rejected("", replace(asking, id=id_)), now)
        else:
            self._put(Asked(id_, asking.command, asking.args, visit.peer, partial(self._answered, visit)))

    def _answered(self, visit: Visit, reply: Reply) -> None:
        """Called by the deciding thread, which must not wait for a peer."""
        self._answers.put((visit, reply))
        self._bell.ring()

    def _pass_on(self) -> None:
        while True:
            try:
                visit, reply = self._answers.get_nowait()
            except Empty:
                return
            if not visit.is_over:
                visit.answer(reply, self._clock())

    def _pause(self, now: float) -> float:
        """Seconds until somebody is late, or more requests may be taken."""
        late = [due for visit in self._visits.values() if (due := visit.due_at) is not None]
        waits = any(visit.has_request for visit in self._visits.values())
        return max(0.0, min([*late, *([self._second + 1] if waits else []), now + 3600]) - now)

    def _attend(self, descriptor: int, what: int) -> None:
        if descriptor == self._listening.fileno():
            self._let_in()
        elif visit := self._visits.get(descriptor):
            if what & select.POLLIN:
                visit.hear()
            elif what & select.POLLOUT:
                visit.send(self._clock())
            if what & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                visit.is_over = True

    def _let_in(self) -> None:
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, ConnectionError):  # it has left again
            return
        try:
            name = allowed(self._inspect(connection), os.geteuid(), os.getegid())
        except OSError:
            connection.close()
            return
        if not name or len(self._visits) >= MOST_VISITS:
            _turn_away(connection, Reason.TOO_MANY if name else Reason.NOT_ALLOWED)
            return
        visit = Visit(connection, name, self._clock())
        self._visits[visit.fileno()] = visit
        self._poll.register(visit, 0)

    def _part(self, visit: Visit) -> None:
        self._poll.unregister(visit)
        del self._visits[visit.fileno()]
        visit.close()

    def _let_go(self) -> None:
        self._pass_on()
        for visit in list(self._visits.values()):
            visit.close()
        self._listening.close()
        self._place.leave()
        self._bell.close()


def _turn_away(connection: socket.socket, reason: Reason) -> None:
    connection.setblocking(False)
    try:
        connection.send(encode(rejected("", Refusal(reason))) + b"\n")
    except OSError:
        return
    finally:
        connection.close()


class NoServer:
    """In the place of a `Server` where none could be opened: nobody is heard."""

    def start(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""
