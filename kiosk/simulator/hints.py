"""One hint of what to do now, for somebody who has never seen this: the first line of a table that fits."""

import time
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kiosk.mqtt.reports import Presence
from kiosk.simulator.phone import Asking, Dawdling, Told
from kiosk.simulator.power import Supply
from kiosk.simulator.wiring import SHELF, STAFF_PIN
from kiosk.simulator.world import World

ENTRY_TIMEOUT: Final = 20.0
"""Seconds after which the kiosk forgets a choice that was not confirmed."""
STAFF_TIMEOUT: Final = 60.0
"""Seconds without a key after which the staff menu closes."""
ENDED_BADLY: Final = ("K308", "K309", "K310", "K311", "K313")


class Hint(Struct, frozen=True):
    """What to do, why, and the part of the page where: power, keypad, panel, phone, tray, bench or office."""

    title: str
    text: str
    place: str


def hint(world: World) -> Hint:
    """The hint of this moment."""
    advice = next(advice for fits, advice in HINTS if fits(world))
    gateway = world.log.gateway
    return Hint(advice.title.format(gateway=gateway), advice.text.format(gateway=gateway), advice.place)


def _has_code_to_scan(world: World) -> bool:
    return bool(world.box.glass.code) and not _was_paid(world)


def _was_paid(world: World) -> bool:
    face, code = world.phone.face, world.box.glass.code
    return bool(code) and isinstance(face, Told) and face.good and face.payload == code


def _newest(*codes: str) -> Callable[[World], bool]:
    return lambda world: world.log.newest in codes


def _is_checking(world: World) -> bool:
    """For as long as the panel says so; some gateways know how it ended only much later."""
    since = time.monotonic() - world.log.newest_at
    return world.log.newest == "K306" and since < world.plan.claim_window


def _is_lost(world: World) -> bool:
    office = world.offsite.office
    return office.is_connected and office.status is not None and office.status.status is Presence.LOST


def _has_no_car(world: World) -> bool:
    loops = [name for name, role in world.around.roles.items() if role == "loop"]
    return any(not world.box.inputs.get(name, False) for name in loops)


def _has_chosen(world: World) -> bool:
    return world.box.pressed(within=ENTRY_TIMEOUT).isdigit() and world.log.newest not in ("K301", "K302")


HINTS: Final[tuple[tuple[Callable[[World], bool], Hint], ...]] = (
    (
        lambda world: world.power.supply is Supply.FAILED,
        Hint("The kiosk did not start", "Its own last words stand on the machine's panel.", "power"),
    ),
    (
        lambda world: world.power.supply is Supply.OFF,
        Hint(
            "Switch the power on",
            "The kiosk reads its journal and asks about every order that was open.",
            "power",
        ),
    ),
    (
        lambda world: not world.box.is_connected or (not world.box.glass.is_lit and not world.box.troubles),
        Hint("The kiosk is starting", "It takes a second or two.", "panel"),
    ),
    (
        lambda world: bool(world.box.troubles),
        Hint("Something is unplugged", "Watch what the kiosk does, then plug it in again.", "bench"),
    ),
    (
        lambda world: isinstance(world.phone.face, Dawdling),
        Hint(
            "Wait: this payment will come too late",
            "The panel gives up first. Then see what happens to the money.",
            "panel",
        ),
    ),
    (
        lambda world: isinstance(world.phone.face, Asking) and not world.box.glass.code,
        Hint(
            "The code has left the panel",
            "Pay all the same, and see what {gateway} and the kiosk make of it. Or decline.",
            "phone",
        ),
    ),
    (
        lambda world: isinstance(world.phone.face, Asking),
        Hint(
            "Pay on the phone",
            "Or decline. The relay moves only when {gateway} itself says that it is paid.",
            "phone",
        ),
    ),
    (
        _was_paid,
        Hint("Paid", "The kiosk hears it from {gateway}, not from the phone. A moment.", "panel"),
    ),
    (
        _has_code_to_scan,
        Hint("Scan the code with the phone", "It reads the panel's very pixels, as a camera would.", "phone"),
    ),
    (_newest("K301"), Hint("The kiosk asks {gateway} for a code", "One for this sale alone.", "panel")),
    (
        _newest("K303", "K304"),
        Hint("Look at the relay", "It pulses once, and only once, whatever happens.", "tray"),
    ),
    (
        _is_checking,
        Hint(
            "The kiosk asks {gateway} how it ended",
            "The code is off the panel, but only the gateway knows that nobody paid.",
            "panel",
        ),
    ),
    (
        lambda world: world.box.held(within=STAFF_TIMEOUT),
        Hint(
            "Read the panel",
            f"The staff menu asks for its PIN: {STAFF_PIN}. Back out of it with *.",
            "keypad",
        ),
    ),
    (_has_chosen, Hint("Press # to buy", "Or another number to choose something else.", "keypad")),
    (
        _newest(*ENDED_BADLY),
        Hint(
            "Look at the panel",
            "Whoever paid and got nothing reads a claim code there, by which the operator finds the sale.",
            "panel",
        ),
    ),
    (
        lambda world: world.offsite.cable.is_cut,
        Hint(
            "Sell something: nobody far away hears it",
            "Then mend the line on the bench, and see the operator's office learn everything, once.",
            "bench",
        ),
    ),
    (
        _is_lost,
        Hint(
            "Wait: the kiosk calls its broker again by itself",
            "Longer after each failure, so that a thousand kiosks do not all come back at once.",
            "office",
        ),
    ),
    (
        lambda world: bool(world.offsite.office.claims()),
        Hint(
            "Somebody paid and got nothing",
            "With the claim code they find the operator, who settles it in the office.",
            "office",
        ),
    ),
    (
        lambda world: bool(world.fallen),
        Hint(
            "Sold. Now try a misfortune",
            "Buy again and cut the power while the code is shown, or let the customer pay too late.",
            "bench",
        ),
    ),
    (
        _has_no_car,
        Hint(
            "Let a car drive up",
            "A gate sells nothing while its loop is empty: the button is above the panel.",
            "panel",
        ),
    ),
    (
        lambda world: world.plan.profile is not None and world.plan.profile.name == "gate",
        Hint(
            "Press 1 for a car, then #",
            "Pay, and it drives through. Or let it drive away meanwhile.",
            "keypad",
        ),
    ),
    (
        lambda world: world.plan.free_amount and world.plan.profile is not None,
        Hint(
            "Type an amount, for example 5000",
            "Then press #. The machine gets a coin for each pulse.",
            "keypad",
        ),
    ),
    (
        lambda world: world.plan.free_amount,
        Hint("Type an amount, for example 5000", "Then press #. A free-amount kiosk opens a gate.", "keypad"),
    ),
    (
        lambda _: True,
        Hint(
            f"Press 1 for {SHELF[0].name}",
            f"That is {SHELF[0].meaning}. Click the keypad, or type on your keyboard.",
            "keypad",
        ),
    ),
)
