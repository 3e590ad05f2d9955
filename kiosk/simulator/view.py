"""What the page shows, as one value: everything, newest state only."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kiosk import __version__
from kiosk.simulator.hints import Hint, hint
from kiosk.simulator.ledger import Charge, Ended, Open, Paid
from kiosk.simulator.misfortunes import CARDS, Misfortune, Place, happens_to
from kiosk.simulator.offsite_view import ControllerView, OfficeView, controller_view, office_view
from kiosk.simulator.phone import Face
from kiosk.simulator.profiles import Goods
from kiosk.simulator.providers import SELLING, title_of
from kiosk.simulator.story import Line, rupiah
from kiosk.simulator.surroundings import CONTACTS
from kiosk.simulator.way_view import WayView, way_view
from kiosk.simulator.wiring import STAFF_PIN
from kiosk.simulator.world import World

LINES = 60
BOOKED = 6


class Panel(Struct, frozen=True):
    """The glass."""

    png: str
    width: int
    height: int
    lit: bool
    readable: bool


class PhoneView(Struct, frozen=True):
    """The phone's screen and wallet."""

    face: Face
    balance: str
    amount: str


class Trick(Struct, frozen=True):
    """One misfortune on the bench; `gateway` names the one it happens to, where it is a gateway's."""

    name: str
    gateway: str
    place: str
    title: str
    explains: str
    active: bool
    seconds: int


class Entry(Struct, frozen=True):
    """One order in the gateway's books, and how often the relay moved for it."""

    order: str
    gateway: str
    amount: str
    standing: str
    pulses: int


class Choice(Struct, frozen=True):
    """The gateways the machine may sell through: in the order of preference, as one word and as words."""

    value: str
    words: str


class ContactView(Struct, frozen=True):
    """One input of the machine; `words` say what touching it would do now."""

    name: str
    role: str
    active: bool
    words: str


class View(Struct, frozen=True):
    """One state of the whole page."""

    version: str
    merchant: str
    staff_pin: str
    gateway: Choice
    gateways: tuple[Choice, ...]
    free_amount: bool
    goods: tuple[Goods, ...]
    machine: str
    contacts: list[ContactView]
    jammed: bool
    supply: str
    complaint: str
    connected: bool
    panel: Panel
    lit: list[str]
    pulses: int
    fallen: list[str]
    phone: PhoneView
    bench: list[Trick]
    books: list[Entry]
    story: list[Line]
    log: list[str]
    hint: Hint
    office: OfficeView
    controller: ControllerView
    way: WayView


def view(world: World) -> View:
    """The page's state of this moment."""
    return View(
        version=__version__,
        merchant=world.plan.merchant.name,
        staff_pin=STAFF_PIN,
        gateway=choice(world.plan.gateways),
        gateways=_choices(world),
        free_amount=world.plan.free_amount,
        goods=_goods(world),
        machine=_machine(world),
        contacts=_contacts(world),
        jammed=world.around.is_jammed,
        supply=world.power.supply,
        complaint=world.power.complaint,
        connected=world.box.is_connected,
        panel=_panel(world),
        lit=world.box.lamps.lit(),
        pulses=_pulses(world),
        fallen=world.fallen,
        phone=_phone(world),
        bench=list(_bench(world)),
        books=[_entry(world, charge) for charge in world.ledger.charges()[-BOOKED:]],
        story=world.story.lines(LINES),
        log=world.log.lines()[-LINES:],
        hint=hint(world),
        office=office_view(world.offsite),
        controller=controller_view(world.offsite.controller),
        way=way_view(world),
    )


def _goods(world: World) -> tuple[Goods, ...]:
    """With the prices as the machine tells them."""
    prices = world.offsite.office.prices()
    return tuple(replace(one, price=prices.get(one.number, one.price)) for one in world.plan.shelf)


def _machine(world: World) -> str:
    if world.plan.profile:
        return world.plan.profile.name
    return "gate" if world.plan.free_amount else "vending"


def _contacts(world: World) -> list[ContactView]:
    touched = world.box.inputs
    return [
        ContactView(name, role, active, CONTACTS[role].off if active else CONTACTS[role].on)
        for name, role in world.around.roles.items()
        for active in [touched.get(name, False)]
    ]


def _panel(world: World) -> Panel:
    glass = world.box.glass
    return Panel(glass.png, *glass.image.size, lit=glass.is_lit, readable=bool(glass.code))


def _phone(world: World) -> PhoneView:
    face = world.phone.face
    seen: Any = msgspec.to_builtins(face)
    amount = seen.get("amount") or seen.get("seen", {}).get("amount", 0)
    return PhoneView(face, rupiah(world.phone.balance), rupiah(amount))


def choice(gateways: tuple[str, ...]) -> Choice:
    """One or more gateways as the page's list has them."""
    return Choice(",".join(gateways), ", then ".join(map(title_of, gateways)))


def _choices(world: World) -> tuple[Choice, ...]:
    offered = [*((name,) for name in SELLING), ("midtrans", "doku"), ("doku", "interactive")]
    return tuple(map(choice, dict.fromkeys([*offered, world.plan.gateways])))


def _bench(world: World) -> Iterator[Trick]:
    for misfortune, card in CARDS.items():
        strikes = any(happens_to(misfortune, name) for name in world.plan.gateways)
        strikes &= card.place is not Place.WEBHOOKS or world.hooks is not None
        if card.place is not Place.GATEWAY and strikes:
            yield _trick(world, misfortune, "", card.place)
    for name in (*world.plan.gateways, *world.plan.beside):
        for misfortune, card in CARDS.items():
            if card.place is Place.GATEWAY and happens_to(misfortune, name):
                yield _trick(world, misfortune, name, title_of(name))


def _trick(world: World, misfortune: Misfortune, gateway: str, place: str) -> Trick:
    card, bench = CARDS[misfortune], world.benches.get(gateway, world.bench)
    left = round(bench.seconds_left(misfortune))
    active = world.is_active(misfortune, gateway)
    return Trick(misfortune, gateway, place, card.title, card.explains, active, left)


def _pulses(world: World) -> int:
    """How many the newest order was given so far."""
    newest = world.ledger.charges()[-1:]
    return len(world.box.lamps.of_order(newest[0].order)) if newest else 0


def _entry(world: World, charge: Charge) -> Entry:
    pulses = len(world.box.lamps.of_order(charge.order))
    return Entry(charge.order, title_of(charge.gateway), rupiah(charge.amount), _standing(charge), pulses)


def _standing(charge: Charge) -> str:
    match charge.standing:
        case Open() if charge.expires_at > time.time():
            return "open"
        case Paid(refunds=refunds):
            return "sent back" if refunds else "paid"
        case Ended(how="cancel"):
            return "cancelled"
        case Ended(how="deny"):
            return "denied"
        case _:
            return "expired"
