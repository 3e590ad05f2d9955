"""A running kiosk as the command line sees it: real server, real control, and a till with a script."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from kiosk.admission import Admitted
from kiosk.control import Asked, Control, Server, Standing
from kiosk.lanes import Died
from kiosk.mqtt.reports import Answer, OrderNow, Phase, Reply, SlotNow, State


class Says(NamedTuple):
    """One answer of the script; where `accepted` is the last one, the kiosk ends."""

    status: Answer
    reason: str = ""
    words: str = ""
    data: Mapping[str, Any] = {}


ACCEPTED, DONE = Says(Answer.ACCEPTED), Says(Answer.DONE)

STANDING = Standing(
    kiosk="K01",
    version="0.1.0",
    environment="production",
    up=93_784,
    session=41,
    epoch=1,
    recovery="",
    outbox=2,
    broker="broker.example:8883",
    connected=False,
    state=State(
        phase=Phase.AWAITING_PAYMENT,
        ready=False,
        codes=(),
        order=OrderNow(
            order_id="K013FQ8Z0W5N1T7C2M9R4XA",
            reference="sale-000123",
            state="QR_SHOWN",
            amount=12_000,
            slot=1,
            item="Kopi susu",
            gateway="midtrans",
            claim_code="048217",
        ),
        slots=(
            SlotNow(number=1, name="Kopi susu", price=12_000, reason="", stock=7),
            SlotNow(number=2, name="Teh manis", price=8_000, reason="sold_out", stock=0),
            SlotNow(number=3, name="Air", price=5_000, reason="", stock=None),
        ),
        background=1,
    ),
    faults=(),
)


class Running:
    """What it was asked; it answers every command by the same script."""

    def __init__(self, path: Path, script: Sequence[Says], standing: Standing) -> None:
        self.commands: list[Admitted] = []
        self._script = script
        self._items: SimpleQueue[Asked | Died | None] = SimpleQueue()
        self._control = Control()
        self._standing = standing
        self._server = Server(path, self._items.put)
        self._thread = Thread(target=self._work)

    def start(self) -> None:
        self._server.start()
        self._thread.start()

    def close(self) -> None:
        self._items.put(None)
        self._thread.join()
        self._server.close()

    def _work(self) -> None:
        while (item := self._items.get()) is not None:
            assert isinstance(item, Asked), item
            event = self._control.take(item, lambda: self._standing)
            self.commands += [event.command] if event else []
            for says in self._script if event else ():
                reply = Reply(
                    id=item.id,
                    command=item.name,
                    status=says.status,
                    reason=says.reason,
                    words=says.words,
                    data=dict(says.data),
                )
                self._control.answered(reply)
            if event and self._script[-1].status is Answer.ACCEPTED:
                self._server.close()


@contextmanager
def running(config: Path, *script: Says, standing: Standing = STANDING) -> Iterator[Running]:
    """A kiosk that runs beside this configuration."""
    kiosk = Running(config.parent / "control", script, standing)
    kiosk.start()
    try:
        yield kiosk
    finally:
        kiosk.close()
