"""What is drawn for a story before it begins: the shop, its customers, the trouble that waits for them."""

from enum import Enum
from random import Random
from typing import Any, NamedTuple

from msgspec.structs import replace

from kiosk.events import Part
from kiosk.model import Environment, Field, FreeAmount, Rupiah, Slot, Terms
from kiosk.settings import NOTHING, Limits, Settings
from kiosk.trains import Train

FULL = Terms(carries=frozenset(Field), merchant="G1", cancels=True, refunds=True, on_screen=120.0)
TERMS: tuple[Terms, ...] = (
    replace(FULL, refunds_in_part=True),
    replace(FULL, refunds=False),
    replace(FULL, cancels=False, claim_window=45.0, poll=(5.0,), lapses_after=3900.0, on_screen=60.0),
    Terms(
        carries=frozenset({Field.AMOUNT}),
        poll=(15.0, 30.0),
        claim_window=95.0,
        status_deadline=35.0,
        create_deadline=35.0,
        wait_for_code=40.0,
        lapses_after=3900.0,
        asks_by_charge=True,
        on_screen=120.0,
    ),
    replace(
        FULL, repeats_create=False, signs_time=True, claim_window=60.0, poll=(15.0,), lapses_after=1500.0
    ),
)
"""Gateways as different as they come."""
SLOTS = (
    Slot(1, "Kopi susu", Rupiah(12_000), "spiral1"),
    Slot(2, "Teh tarik", Rupiah(8_000), "spiral2", counts_stock=True),
    Slot(3, "Bensin", Rupiah(9_000), NOTHING),
)
PARKING = FreeAmount("Parkir", Rupiah(2_000), Rupiah(50_000), Rupiah(1_000), "gate")
HIGHEST_CHARGE = 13_000
PIN = "97531864"
RATES = (0.0, 0.05, 0.2, 0.5)


class Payment(Enum):
    """When somebody pays the code that is before him."""

    EARLY = "early"
    AROUND_EXPIRY = "around the moment when it expires"
    IN_THE_WINDOW = "while it is being checked"
    LONG_AFTER = "long after"
    NEVER = "never"


class Customer(NamedTuple):
    """What one does whose code is on the panel; times from then on.

    `twist`: rupiah that he pays too much or too little; `hints`: when the gateway's notices of it arrive,
    after the payment; `keys`: what he presses, and when.
    """

    when: Payment
    after: float
    twist: int
    again: bool
    hints: tuple[float, ...]
    keys: tuple[tuple[float, str], ...]
    debited_in_vain: bool


class Visit(NamedTuple):
    """Somebody presses keys at the panel, or a controller sends a charge."""

    at: float
    keys: str
    reference: str
    args: dict[str, Any]


class Mishap(NamedTuple):
    """Something that befalls the machine."""

    at: float
    what: str
    seconds: float
    part: Part
    number: int


class Plan(NamedTuple):
    """One story before it begins; `ends_at`: after that nothing goes wrong any more."""

    settings: Settings
    terms: dict[str, Terms]
    rate: float
    tick: int
    signed: bool
    stock: int
    visits: tuple[Visit, ...]
    customers: tuple[Customer, ...]
    mishaps: tuple[Mishap, ...]
    cuts: tuple[int, ...]
    ends_at: float


PARTS = (Part.PANEL, Part.OUTPUT, Part.DOOR, Part.LOOP, Part.INHIBIT, Part.SENSOR, Part.DISK, Part.KEYPAD)
MISHAPS = (
    "part",
    "part",
    "part",
    "part",
    "panel",
    "disk",
    "clock",
    "stall",
    "stall",
    "stop",
    "restart",
    "refund",
    "refund",
    "resolve",
    "cancel",
    "check",
    "push",
    "push",
    "slots",
    "forge",
    "forge",
    "hint",
    "hint",
    "dashboard",
    "expire",
    "broker",
    "test",
    "stuck",
    "nothing drops",
    "silence",
    "deaf",
    "refusal",
    "past",
    "mix-up",
    "staff",
    "keys",
    "flood",
    "identify",
    "copy",
    "copy",
    "copy",
)
CHARGES: tuple[dict[str, Any], ...] = (
    {"slot": 1},
    {"slot": 1},
    {"slot": 2},
    {"slot": 3, "description": "Bensin"},
    {"slot": 1, "amount": 12_500},
    {"amount": 7_000},
    {"slot": 1, "amount": 1},
    {"amount": 500},
)
KEYS = ("1#", "1#", "1#", "1#", "1#", "2#", "2#", "12#", "3#", "1*1#")


def plan(seed: int) -> Plan:
    """The story of that seed; nothing else is drawn for it but what becomes of each call."""
    draw = Random(f"plan {seed}")  # noqa: S311  # to be repeated, not to be secret
    rate = draw.choice(RATES)
    settings, terms = _shop(draw)
    late = draw.random() < 0.35
    visits = _visits(draw, settings, rate)
    ends_at = visits[-1].at + draw.choice((60.0, 200.0, 500.0))
    shown_for = terms["first"].on_screen
    mishaps = _mishaps(draw, rate, visits, shown_for)
    return Plan(
        settings=settings,
        terms=terms,
        rate=rate,
        tick=draw.choice((60, 60, 60, 20)),
        signed=draw.random() < 0.5,
        stock=draw.choice((0, 1, 3, 3, 3)),
        visits=visits,
        customers=tuple(_customer(draw, late=late) for _ in range(6)),
        mishaps=mishaps,
        cuts=_cuts(draw, rate),
        ends_at=ends_at,
    )


def _shop(draw: Random) -> tuple[Settings, dict[str, Terms]]:
    terms = {"first": draw.choice(TERMS)}
    if draw.random() < 0.3:
        terms["second"] = draw.choice(TERMS)
    free = draw.random() < 0.3
    trains = {}
    if draw.random() < 0.2:
        name, worth = ("gate", 1_000) if free else ("spiral1", 4_000)
        trains[name] = Train(Rupiah(worth), 60, rounds_down=True, counted=draw.random() < 0.5)
    settings = Settings(
        kiosk="K01",
        merchant="Kopi Kita",
        contact="WA 0812",
        version="1.0",
        environment=Environment.PRODUCTION,
        gateways=tuple(terms),
        slots=() if free else SLOTS,
        free=PARKING if free else None,
        limits=Limits(
            unpaid_orders=draw.choice((2, 6, 6, 50)),
            highest_charge=HIGHEST_CHARGE,
            refunds_per_slot_and_day=draw.choice((1, 5)),
            background=draw.choice((1, 2, 100)),
        ),
        trains=trains,
        staff_pin=draw.random() < 0.7,
    )
    return settings, terms


def _visits(draw: Random, settings: Settings, rate: float) -> tuple[Visit, ...]:
    found, at = [], 5.0
    for number in range(draw.choice((1, 1, 1, 2, 2, 3))):
        if draw.random() < 0.3:
            args = draw.choice(CHARGES)
            reference = f"sale-{number if draw.random() < 0.8 else 0}"
            found.append(Visit(at, "", reference, args))
        else:
            keys = (
                draw.choice(KEYS)
                if settings.slots
                else draw.choice(("7000#", "7000#", "20000#", "20000#", "500#"))
            )
            found.append(Visit(at, keys, "", {}))
        at += draw.choice((3.0, 40.0, 170.0, 170.0, 400.0)) + draw.random()
    return tuple(found)


def _customer(draw: Random, *, late: bool) -> Customer:
    usual = (Payment.EARLY, Payment.EARLY, Payment.EARLY, Payment.NEVER, Payment.LONG_AFTER)
    when = draw.choice((Payment.AROUND_EXPIRY, Payment.IN_THE_WINDOW)) if late else draw.choice(usual)
    after = {
        Payment.EARLY: draw.uniform(0.5, 30.0),
        Payment.AROUND_EXPIRY: draw.uniform(-15.0, 15.0),
        Payment.IN_THE_WINDOW: draw.uniform(0.0, 1.1),
        Payment.LONG_AFTER: draw.uniform(200.0, 3_000.0),
        Payment.NEVER: 0.0,
    }[when]
    keys: tuple[tuple[float, str], ...] = ()
    if draw.random() < 0.25:
        start = draw.choice((after, 3.0, 20.0, 119.0)) + draw.random()
        keys = tuple((start + 0.4 * n, key) for n, key in enumerate(draw.choice(("#", "**", "*#", "****"))))
    return Customer(
        when,
        after,
        draw.choice((0,) * 9 + (1, -1_000, 12_000)),
        draw.random() < 0.05,
        draw.choice(((0.3,), (0.3,), (), (0.3, 0.4, 0.9), (-2.0,), (120.0,), (40_000.0,))),
        keys,
        draw.random() < 0.02,
    )


def _mishaps(draw: Random, rate: float, visits: tuple[Visit, ...], shown_for: float) -> tuple[Mishap, ...]:
    count = 0 if rate == 0.0 else draw.choice((0, 1, 1, 2, 3))
    if rate == 0.0 and draw.random() < 0.3:
        count = 1
    return tuple(
        Mishap(
            draw.choice(visits).at + _soon_after(draw, shown_for),
            draw.choice(MISHAPS),
            draw.choice((0.5, 3.0, 8.0, 15.0, 60.0, 300.0)),
            draw.choice(PARTS),
            draw.randrange(64),
        )
        for _ in range(count)
    )


def _soon_after(draw: Random, shown_for: float) -> float:
    """Mostly while somebody is served, or while it is looked whether he paid."""
    return draw.choice(
        (
            draw.uniform(0.5, 35.0),
            draw.uniform(0.5, 35.0),
            shown_for + draw.uniform(0.0, 40.0),
            draw.uniform(1.0, 500.0),
        )
    )


def _cuts(draw: Random, rate: float) -> tuple[int, ...]:
    many = draw.choice((0, 0, 0, 1, 1, 2)) if rate else 0
    first = draw.randrange(4, 70)
    return (first, first + draw.randrange(1, 30))[:many]
