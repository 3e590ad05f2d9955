"""Stories written by hand: one for each way an order can go, so that every cut of every way is tried."""

from typing import Any

from msgspec.structs import replace

from kiosk.events import Part
from kiosk.model import Environment, Rupiah
from kiosk.settings import Limits, Settings
from kiosk.trains import Train
from tests.proof.mishaps import ACCEPTED, FOR_EVER
from tests.proof.plans import (
    HIGHEST_CHARGE,
    SLOTS,
    TERMS,
    Customer,
    Mishap,
    Payment,
    Plan,
    Visit,
)

PAYS = Customer(Payment.EARLY, 10.0, 0, False, (0.3,), (), False)
LATE = PAYS._replace(when=Payment.AROUND_EXPIRY, after=3.0)
TOO_LATE = PAYS._replace(when=Payment.LONG_AFTER, after=400.0)
GOES = PAYS._replace(when=Payment.NEVER)
CANCELS = GOES._replace(keys=((5.0, "*"), (5.5, "*")))
COFFEE = Visit(5.0, "1#", "", {})
TEA = Visit(5.0, "2#", "", {})
FULL, NO_REFUNDS, LAPSES, BY_CHARGE, SLOW = TERMS
PAID_AT = 16.2
"""Seconds after the start: just after a code that was asked for at 5 is paid, 10 s later."""
SHOP = Settings(
    kiosk="K01",
    merchant="Kopi Kita",
    contact="WA 0812",
    version="1.0",
    environment=Environment.PRODUCTION,
    gateways=("first",),
    slots=SLOTS,
    limits=Limits(highest_charge=HIGHEST_CHARGE),
)
PLAIN = Plan(
    settings=SHOP,
    terms={"first": FULL},
    rate=0.0,
    tick=60,
    signed=True,
    stock=3,
    visits=(COFFEE,),
    customers=(PAYS,),
    mishaps=(),
    cuts=(),
    ends_at=300.0,
)


def _with(customer: Customer = PAYS, **fields: Any) -> Plan:
    return PLAIN._replace(customers=(customer,), **fields)


def _befalls(what: str, at: float, seconds: float = 5.0, number: int = 1, part: Part = Part.DOOR) -> Mishap:
    return Mishap(at, what, seconds, part, number)


def _ordered(**args: Any) -> tuple[Visit, ...]:
    return (Visit(5.0, "", "sale-1", args),)


TRAIN = replace(SHOP, trains={"spiral1": Train(Rupiah(4_000), 60, counted=True)})
FAST_TRAIN = replace(SHOP, trains={"spiral1": Train(Rupiah(4_000), 60)})
TWO = replace(SHOP, gateways=("first", "second"))

SCENES: dict[str, Plan] = {
    "sold": _with(),
    "sold without a hint": _with(PAYS._replace(hints=())),
    "sold by the second look": _with(PAYS._replace(hints=(-2.0,))),
    "sold, the stock counted": _with(visits=(TEA,)),
    "sold where nothing cancels": _with(terms={"first": LAPSES}),
    "sold where only the charge names it": _with(terms={"first": BY_CHARGE}),
    "sold where a create is not repeated": _with(terms={"first": SLOW}),
    "paid while it was checked": _with(LATE),
    "paid while it was checked, nothing cancels": _with(LATE, terms={"first": LAPSES}),
    "paid while it was checked, by charge": _with(LATE, terms={"first": BY_CHARGE}),
    "paid too late, given back": _with(TOO_LATE, terms={"first": LAPSES}),
    "paid too late, by charge": _with(TOO_LATE, terms={"first": BY_CHARGE}),
    "never paid": _with(GOES),
    "never paid, lapses": _with(GOES, terms={"first": LAPSES}),
    "cancelled": _with(CANCELS),
    "cancelled, and paid all the same": _with(PAYS._replace(after=5.6, keys=CANCELS.keys)),
    "paid too much": _with(PAYS._replace(twist=1)),
    "paid twice": _with(PAYS._replace(again=True)),
    "the door opens before it is paid": _with(mishaps=(_befalls("part", 14.0),)),
    "paid, and the door opens": _with(mishaps=(_befalls("part", PAID_AT),)),
    "paid, and the door opens for longer than an answer is fresh": _with(
        mishaps=(_befalls("part", PAID_AT, 8.0),)
    ),
    "paid, and the door opens for long": _with(mishaps=(_befalls("part", PAID_AT, 300.0),)),
    "paid, the door opens for long, and an old answer overtakes the refund's": _with(
        PAYS._replace(hints=(0.3, 42.0)),
        terms={"first": LAPSES},
        mishaps=(_befalls("part", 14.0, 300.0), _befalls("slow", 54.0, 12.0)),
    ),
    "paid, and the door opens for long, no refunds": _with(
        terms={"first": NO_REFUNDS}, mishaps=(_befalls("part", PAID_AT, 300.0),)
    ),
    "paid, and the relay is stuck": _with(mishaps=(_befalls("stuck", 1.0, 60.0),)),
    "paid, and nothing drops": _with(mishaps=(_befalls("nothing drops", 1.0, 60.0),)),
    "paid, and nothing drops, no refunds": _with(
        terms={"first": NO_REFUNDS}, mishaps=(_befalls("nothing drops", 1.0, 60.0),)
    ),
    "paid, the door opens, and it is given back": _with(
        mishaps=(_befalls("part", PAID_AT, 10.0), _befalls("dashboard", PAID_AT + 4.0))
    ),
    "paid, the door opens, and the network goes": _with(
        terms={"first": LAPSES}, mishaps=(_befalls("part", 14.0, 13.0), _befalls("silence", 19.0, 14.0))
    ),
    "paid, the door opens, and the gateway falls behind": _with(
        terms={"first": LAPSES}, mishaps=(_befalls("part", 14.0, 25.0), _befalls("past", 19.0, 15.0))
    ),
    "another merchant's payment": _with(GOES, mishaps=(_befalls("mix-up", 1.0, 60.0),)),
    "another currency's payment": _with(mishaps=(_befalls("dollars", 1.0, 60.0),)),
    "the gateway speaks of somebody else": _with(GOES, mishaps=(_befalls("confusion", 1.0, 250.0),)),
    "paid too much where it lapses": _with(PAYS._replace(twist=1), terms={"first": LAPSES}),
    "the gateway is gone for ever": _with(mishaps=(_befalls("silence", 12.0, FOR_EVER),)),
    "the gateway is gone for ever, and it lapses": _with(
        terms={"first": LAPSES}, mishaps=(_befalls("silence", 12.0, FOR_EVER),)
    ),
    "the refund is never answered": _with(
        mishaps=(_befalls("nothing drops", 1.0, 60.0), _befalls("silence", PAID_AT + 0.3, FOR_EVER))
    ),
    "the refund is refused": _with(
        mishaps=(_befalls("nothing drops", 1.0, 60.0), _befalls("refusal", 12.0, 60.0))
    ),
    "the refund's reply is lost": _with(
        mishaps=(_befalls("nothing drops", 1.0, 60.0), _befalls("deaf", PAID_AT + 0.3, 15.0))
    ),
    "no cancel is taken": _with(CANCELS, mishaps=(_befalls("refusal", 8.0, 60.0),)),
    "a code's reply is lost, and no other is given": _with(
        mishaps=(_befalls("deaf", 1.0, 12.0), _befalls("refusal", 13.1, 60.0))
    ),
    "two whose goods do not drop, one refund a day": _with(
        settings=replace(SHOP, limits=Limits(highest_charge=HIGHEST_CHARGE, refunds_per_slot_and_day=1)),
        visits=(COFFEE, Visit(60.0, "1#", "", {})),
        mishaps=(_befalls("nothing drops", 1.0, 200.0),),
    ),
    "the door is open before anybody comes": _with(mishaps=(_befalls("part", 2.0, 60.0),)),
    "the door is open before a controller comes": _with(
        visits=_ordered(slot=1), mishaps=(_befalls("part", 2.0, 60.0),)
    ),
    "the refund is answered late": _with(
        mishaps=(_befalls("nothing drops", 1.0, 60.0), _befalls("silence", PAID_AT + 0.5, 90.0))
    ),
    "the panel dies": _with(mishaps=(_befalls("panel", 8.0, 60.0),)),
    "the disk refuses": _with(mishaps=(_befalls("disk", 12.0, 20.0),)),
    "it hangs": _with(mishaps=(_befalls("stall", 14.5, 8.0),)),
    "it is stopped": _with(mishaps=(_befalls("stop", 12.0, number=0),)),
    "the clock jumps": _with(mishaps=(_befalls("clock", 12.0, number=2),)),
    "refunded by hand": _with(mishaps=(_befalls("refund", 60.0, number=5),)),
    "refunded in part, twice": _with(
        mishaps=(_befalls("refund", 60.0, number=2), _befalls("refund", 90.0, number=8))
    ),
    "refunded on the gateway's page": _with(mishaps=(_befalls("dashboard", 40.0),)),
    "the gateway ends it": _with(GOES, mishaps=(_befalls("expire", 30.0),)),
    "two customers": _with(visits=(COFFEE, Visit(60.0, "1#", "", {}))),
    "a new customer while the old order is closed": _with(
        TOO_LATE, terms={"first": LAPSES}, visits=(COFFEE, Visit(180.0, "1#", "", {}))
    ),
    "by a controller": _with(visits=_ordered(slot=1)),
    "by a controller that vends itself": _with(visits=_ordered(slot=3)),
    "by a controller, cancelled": _with(GOES, visits=_ordered(slot=1), mishaps=(_befalls("cancel", 20.0),)),
    "by a controller, twice": _with(visits=(*_ordered(slot=1), Visit(40.0, "", "sale-1", {"slot": 1}))),
    "pulse by pulse": _with(settings=TRAIN),
    "pulse by pulse, each heard of twice": _with(settings=TRAIN, mishaps=(_befalls("echo", 1.0, 60.0),)),
    "pulses at once": _with(settings=FAST_TRAIN),
    "at the second gateway": _with(
        settings=TWO, terms={"first": replace(FULL, maximum=Rupiah(1)), "second": LAPSES}
    ),
    "another configuration": _with(mishaps=(_befalls("push", 12.0, number=13),)),
    "another configuration, and a start": _with(mishaps=(_befalls("push", 12.0, number=7),)),
    "restarted from afar": _with(mishaps=(_befalls("restart", 12.0),)),
    "an old card is put back": _with(mishaps=(_befalls("copy", 3.0, 60.0),)),
    "an old card is put back, and the loss is accepted": _with(
        mishaps=(_befalls("copy", 8.0, 60.0, number=ACCEPTED),)
    ),
    "an old card is put back, by charge": _with(
        terms={"first": BY_CHARGE}, mishaps=(_befalls("copy", 6.0, 60.0),)
    ),
}
TO_BE_CUT = tuple(
    name for name, of in SCENES.items() if all(mishap.seconds < FOR_EVER for mishap in of.mishaps)
)
"""Those that are short enough to be told once for every moment in them."""
