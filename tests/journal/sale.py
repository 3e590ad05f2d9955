"""A whole sale as the till writes it: five decisions, each with what it puts on disk."""

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from kiosk.effects import Answer, Durable, Remember, Save, SaveSlot, Tell
from kiosk.journal import Journal, create
from kiosk.model import (
    Charge,
    Drop,
    Environment,
    Evidence,
    Now,
    Order,
    QrisCode,
    Rupiah,
    SlotRecord,
)
from kiosk.mqtt.reports import Answer as Status
from kiosk.mqtt.reports import Reply
from kiosk.states import (
    Armed,
    CancelStep,
    Closing,
    Dispensed,
    Inquiry,
    Intent,
    Life,
    QrShown,
    Settled,
    State,
    Step,
    Why,
)

BOOT = "6f0c1a52-7f0e-4f0a-9b5e-0d6a3c2b1a90"
MONDAY = 1_800_000_000.0
DAY = 86_400.0
CHARGE = Charge(
    QrisCode("0002010102" + "0123456789ABCDEF" * 15), "7b2c6f0e-5a41-4c55-9e0b-1d2f3a4b5c6d", "G1"
)
EVIDENCE = Evidence("A120251121", "gopay", "gopay", "", "512345678901", "2025-11-21 07:34:00")


def at(elapsed: float = 100.0, wall: float = MONDAY, boot: str = BOOT) -> Now:
    """A moment."""
    return Now(boot, elapsed, wall)


def order(number: int, made: Now | None = None) -> Order:
    """The order with this number; its id and claim code follow from it."""
    return Order(
        f"K01{number:019d}A",
        f"{number % 1_000_000:06d}",
        1,
        "Kopi susu",
        Rupiah(12_000),
        "spiral1",
        "midtrans",
        Environment.SIMULATOR,
        "G1",
        made or at(),
    )


def intent(number: int, made: Now | None = None) -> Life:
    """An order at its beginning."""
    return lived(number, [Intent(120.0, 101.0)], made)


def closing(number: int, made: Now | None = None) -> Life:
    """An order whose code is off the panel and that is still asked about."""
    state = Closing(Why.EXPIRED, CHARGE, 100.0, 120.0, CancelStep.SENT, 101.0, Inquiry(110.0))
    return lived(number, [Intent(120.0, 101.0), state], made)


def dispensed(number: int, made: Now | None = None) -> Life:
    """An order that is over."""
    return lived(number, whole_way(), made)


def whole_way() -> list[State]:
    """The states of a sale without trouble."""
    return [
        Intent(120.0, 101.0),
        QrShown(CHARGE, 280.0, Inquiry(110.0)),
        Settled(CHARGE, EVIDENCE, 130.0, 150.0, Inquiry(140.0)),
        Armed(CHARGE, EVIDENCE),
        Dispensed(CHARGE, EVIDENCE, Drop.SEEN),
    ]


def lived(number: int, states: Sequence[State], made: Now | None = None) -> Life:
    """An order that came through these states."""
    history = tuple(Step(str(type(s).__struct_config__.tag), made or at()) for s in states)
    return Life(order(number, made), states[-1], history)


def sale(number: int, made: Now | None = None) -> list[list[Durable]]:
    """What each of the five decisions of a sale writes."""
    way = whole_way()
    lives = [lived(number, way[: reached + 1], made) for reached in range(len(way))]
    steps: list[list[Durable]] = [[Save(life), told(life)] for life in lives]
    steps[3].append(SaveSlot(1, SlotRecord(stock=20)))
    return steps


def bearing(life: Life, reference: str, command: str) -> Life:
    """The same order, made for a controller."""
    return replace(life, order=replace(life.order, reference=reference, command=command))


def taken(id_: str, exp: int | None = int(MONDAY) + 60, digest: str = "d" * 64) -> list[Durable]:
    """What is written when a charge is taken."""
    return [Remember(id_, "charge", digest, exp), Answer(reply(id_, Status.ACCEPTED))]


def reply(id_: str, status: Status, **data: str | int) -> Reply:
    """An answer to a charge."""
    return Reply(id=id_, command="charge", status=status, data=data)


def controlled_sale(number: int) -> list[list[Durable]]:
    """The same sale, asked for by a controller over MQTT."""
    reference, command = f"sale-{number:06d}", f"c-20260101-{number:06d}"
    steps = [[_controlled(effect, reference, command) for effect in step] for step in sale(number)]
    steps[0] = [*taken(command), *steps[0]]
    steps[4].append(Answer(reply(command, Status.DONE, order_id=order(number).id, rrn=EVIDENCE.rrn)))
    return steps


def _controlled(effect: Durable, reference: str, command: str) -> Durable:
    match effect:
        case Save(life):
            return Save(bearing(life, reference, command))
        case Tell():
            return replace(effect, reference=reference)
        case _:
            return effect


def told(life: Life) -> Tell:
    """The message about an order's newest state."""
    name = f"order.{life.state_name.lower()}"
    return Tell(name, life.order.id, {"amount": life.order.amount, "gateway": life.order.gateway})


class Machine:
    """A state directory and a directory of the marker, with the journal that belongs there."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "state" / "journal.db"
        self.marker = directory / "etc" / "epoch"

    def set_up(self) -> "Machine":
        """Make both files."""
        create(self.path, self.marker)
        return self

    def start(self) -> Journal:
        """Open for writing."""
        return Journal(self.path, self.marker)
