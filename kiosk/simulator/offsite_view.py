"""What the page shows of the operator's office and of the vending controller."""

from typing import Final

import msgspec
from msgspec import Struct

from kiosk.mqtt.reports import SlotNow
from kiosk.operator.sales import Day, Sale
from kiosk.simulator.controller import Answered, Controller
from kiosk.simulator.office import Office
from kiosk.simulator.office_words import event_words, reported_faults, reported_words, standing_words
from kiosk.simulator.offsite import Offsite
from kiosk.simulator.story import rupiah
from kiosk.simulator.wiring import KIOSK

EVENTS: Final = 20
CLAIMS: Final = 5
WATCH: Final = "mosquitto_sub -p {port} -v -t '{topics}/#'"


class SlotLine(Struct, frozen=True):
    """A slot, or with number 0 the whole machine; `words` say why it does not sell."""

    number: int
    name: str
    price: str
    sells: bool
    words: str


class EventLine(Struct, frozen=True):
    """One event in words; `about` names the order, and the controller's sale where it is one."""

    seq: int
    at: int
    what: str
    words: str
    about: str


class ClaimLine(Struct, frozen=True):
    """An order that waits for a person."""

    order: str
    words: str


class OfficeView(Struct, frozen=True):
    """The operator's office."""

    connected: bool
    standing: str
    slots: list[SlotLine]
    configuration: str
    faults: list[str]
    reported: str
    events: list[EventLine]
    claims: list[ClaimLine]
    books: str
    watch: str


class ControllerView(Struct, frozen=True):
    """The vending controller; `newest` names its newest sale, answers come newest first."""

    connected: bool
    newest: str
    answers: list[Answered]


def office_view(offsite: Offsite) -> OfficeView:
    """The office of this moment."""
    office = offsite.office
    return OfficeView(
        connected=office.is_connected,
        standing=standing_words(KIOSK, office.status, office.state),
        slots=_slots(office),
        configuration=reported_words(office.reported),
        faults=reported_faults(office.reported),
        reported=_as_text(office),
        events=_events(office),
        claims=[ClaimLine(sale.order_id, _claim(sale)) for sale in office.claims()[-CLAIMS:]],
        books=_books(office.books()),
        watch=WATCH.format(port=offsite.broker.port, topics=f"kiosk/v1/{KIOSK}"),
    )


def controller_view(controller: Controller) -> ControllerView:
    """The controller of this moment."""
    newest = controller.newest.reference if controller.newest else ""
    return ControllerView(controller.is_connected, newest, list(controller.answers)[::-1])


def _slots(office: Office) -> list[SlotLine]:
    if office.state is None:
        return []
    is_stopped = "K504" in office.state.codes
    words = "out of service" if is_stopped else ""
    whole = SlotLine(0, "The whole machine", "", sells=not is_stopped, words=words)
    return [*map(_slot, office.state.slots), whole]


def _slot(slot: SlotNow) -> SlotLine:
    words = "out of service" if slot.reason == "disabled" else slot.reason.replace("_", " ")
    return SlotLine(slot.number, slot.name, rupiah(slot.price), sells=not slot.reason, words=words)


def _as_text(office: Office) -> str:
    if office.reported is None:
        return ""
    return msgspec.json.format(msgspec.json.encode(office.reported)).decode()


def _events(office: Office) -> list[EventLine]:
    return [
        EventLine(
            seq=event.seq,
            at=event.time,
            what=event.what,
            words=event_words(event),
            about=", ".join(filter(None, (event.order_id and f"…{event.order_id[-6:]}", event.reference))),
        )
        for event in office.events(EVENTS)
    ]


def _claim(sale: Sale) -> str:
    return f"Claim {sale.claim_code}: {rupiah(sale.amount)} for {sale.item}"


def _books(day: Day) -> str:
    if not day.paid.orders:
        return "Nothing sold yet."
    parts = [
        f"{day.delivered.orders} sold for {rupiah(day.delivered.rupiah)}",
        *([f"{rupiah(day.refunded.rupiah)} sent back"] if day.refunded.orders else []),
        *([f"{rupiah(day.owed.rupiah)} owed to somebody"] if day.owed.orders else []),
    ]
    return ", ".join(parts) + "."
