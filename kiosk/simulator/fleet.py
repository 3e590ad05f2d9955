"""Hundreds of light machines in one process, each with a connection of its own and the real client.

A client has a thread that sleeps until its socket says something; one more thread, the fleet's, decides for
all machines.  So two hundred of them cost less than one browser.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Final, Self

from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client import Client
from kiosk.mqtt.news import (
    Arrived,
    Connected,
    Died,
    Disconnected,
    Identity,
    Item,
    Message,
    Receipt,
)
from kiosk.mqtt.patience import Pace
from kiosk.mqtt.reports import Presence
from kiosk.mqtt.topics import Topics
from kiosk.secret import Secret
from kiosk.simulator.light import LIMITS, Heard, LightMachine, Said

IN_FLIGHT: Final = 8
"""So many messages of a machine are under way at once."""


class Berth:
    """A light machine at its broker; only the fleet's thread touches it.

    What it says waits here in its order until the broker has it, over any number of connections.
    """

    def __init__(
        self,
        machine: LightMachine,
        broker: Broker,
        put: Callable[[Item], None],
        pace: Pace,
        password: Secret | None = None,
    ) -> None:
        self.machine = machine
        self.connections = 0
        self.pauses: list[float] = []
        self._is_closed = False
        self._waiting = deque[Said]()
        self._under_way = deque[tuple[Said, Receipt]]()
        will = machine.status(Presence.LOST)
        identity = Identity(
            client_id=machine.topics.kiosk,
            filters=machine.topics.filters,
            will=Message(will.post.topic, will.payload),
            password=password,
        )
        self.client = Client(broker, identity, put, pace=pace)

    @property
    def is_quiet(self) -> bool:
        """Whether the broker has everything that was said."""
        return not self._waiting and not self._under_way

    def take(self, item: Item) -> None:
        """Something happened on its link."""
        match item:
            case Connected():
                self.say(self.machine.greeting())
                self.connections += 1  # who waits for it finds the greeting said
            case Arrived():
                heard = Heard(
                    topic=item.topic, payload=item.payload, retained=item.retained, wall=time.time()
                )
                self.say(self.machine.hear(heard))
                self.client.acknowledge(item)
            case Disconnected():
                self.pauses.append(item.retry_in)
            case Died():
                raise item.error
        self._settle()

    def say(self, said: Iterable[Said]) -> None:
        """Publish in this order, now or when the broker is back."""
        self._waiting.extend(said)
        self._settle()

    def close(self) -> None:
        """Say goodbye, and nothing after it: it would hear its own last word and put it right."""
        self._is_closed = True
        last = self.machine.status(Presence.OFFLINE)
        self.client.close(Message(last.post.topic, last.payload))

    def _settle(self) -> None:
        if self._is_closed:
            return
        while self._under_way and self._under_way[0][1].is_out:
            self._under_way.popleft()
        if any(receipt.is_lost for _, receipt in self._under_way):
            # the order counts: what went after a lost one goes again as well
            self._waiting.extendleft(said for said, _ in reversed(self._under_way))
            self._under_way.clear()
        while self._waiting and len(self._under_way) < IN_FLIGHT:
            said = self._waiting[0]
            receipt = self.client.publish(said.post.topic, said.payload, said.post.qos, said.post.retain)
            if receipt.is_lost:
                return
            self._under_way.append((said, receipt))  # first, so that nobody finds all quiet in between
            self._waiting.popleft()


class Fleet:
    """Started when made; `berths` by the machines' ids.

    `limits` are those of single machines that differ from the rest, `passwords` what lets them in.
    """

    def __init__(
        self,
        broker: Broker,
        kiosks: Iterable[str],
        *,
        pace: Pace | None = None,
        limits: Mapping[str, Mapping[str, int]] | None = None,
        passwords: Mapping[str, Secret] | None = None,
    ) -> None:
        self._items = Queue[Callable[[], None] | None]()
        self.berths: dict[str, Berth] = {}
        special, known = limits or {}, passwords or {}
        for kiosk in kiosks:
            machine = LightMachine(Topics(kiosk, broker.prefix), limits=special.get(kiosk, LIMITS))
            put = partial(self._put, kiosk)
            self.berths[kiosk] = Berth(machine, broker, put, pace or Pace(), known.get(kiosk))
        self._thread = Thread(target=self._run, name="fleet")
        self._thread.start()
        for berth in self.berths.values():
            berth.client.start()

    def _put(self, kiosk: str, item: Item) -> None:
        self._items.put(lambda: self.berths[kiosk].take(item))

    def do(self, deed: Callable[[Berth], None], kiosks: Iterable[str] | None = None) -> None:
        """Let it be done to each of them, or to all, by the fleet's own thread."""
        for kiosk in list(kiosks or self.berths):
            self._items.put(partial(deed, self.berths[kiosk]))

    def sell(self, kiosks: Iterable[str] | None = None) -> None:
        """Somebody buys something at each of them."""
        self.do(lambda berth: berth.say(berth.machine.sell(time.time())), kiosks)

    def pay(self, kiosks: Iterable[str] | None = None) -> None:
        """Their open orders are paid."""
        self.do(lambda berth: berth.say(berth.machine.pay(time.time())), kiosks)

    def _run(self) -> None:
        while (deed := self._items.get()) is not None:
            deed()

    def close(self) -> None:
        """All say goodbye."""
        self._items.put(None)
        self._thread.join()
        with ThreadPoolExecutor(32) as hands:
            list(hands.map(Berth.close, self.berths.values()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
