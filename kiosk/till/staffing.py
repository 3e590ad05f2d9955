"""The staff menu's door, and what its wishes come to.

Whatever changes anything goes the way of a command and is answered and written down like one; the menu only
says who asked.  An order that is not over is never touched from here.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import readiness, session
from kiosk.admission import admit_locally
from kiosk.model import MACHINE, Now
from kiosk.mqtt.reports import Answer
from kiosk.order.desk import Effects
from kiosk.refusals import Refusal
from kiosk.screens import Screen, Technician
from kiosk.session import Idle
from kiosk.staff import Page, Staff, Wish, keys
from kiosk.staff.door import locked_for, opened, tried
from kiosk.staff.pages import (
    Asking,
    Command,
    EnterPin,
    Find,
    LookAround,
    Menu,
    Orders,
    Reading,
    Said,
    Trying,
    TryPin,
    TypeCode,
    WithoutPin,
)
from kiosk.staff_screens import (
    CodesNow,
    GatewayLine,
    GatewaysNow,
    NoOrder,
    PinLocked,
    StaffDone,
    StaffFailed,
    StaffRefused,
)
from kiosk.states import Life
from kiosk.till import commanding, people
from kiosk.till.value import Decided, Till, breaker_of, closed_code, find

WHO: Final = "staff menu"
KEY: Final = "*"
LOCKED_FOR: Final = 8.0
ADDRESSES_A_PAGE: Final = 2
GATEWAYS_A_PAGE: Final = 4
CODES_A_PAGE: Final = 6
NOT_MOVED: Final = "K215"
UNREAD: Final = "K405"


def key_held(till: Till, event: on.KeyHeld, now: Now) -> Decided:
    """Open the door, where nobody is served and nobody tried the PIN too often."""
    if event.key != KEY or till.opened or not isinstance(till.session.stage, Idle):
        return till, ()
    if not till.settings.staff_pin:
        return _turn_to(till, WithoutPin(), now), ()
    return _locked(till, now) or (_turn_to(till, EnterPin(), now), ())


def key_pressed(till: Till, event: on.KeyPressed, now: Now) -> Decided:
    """A key in the menu, or anywhere else."""
    if not isinstance(till.session.stage, Staff):
        return people.key_pressed(till, event, now)
    if event.key not in session.MEANT:
        return till, ()
    stopped = frozenset(number for number, record in till.slots.items() if record.stopped)
    page, wish = keys.press(till.session.stage.page, event.key, till.settings, stopped)
    touched = replace(till.session, stage=Staff(page) if page else Idle(), touched_at=now.elapsed)
    after = replace(till, session=touched)
    return GRANTS[type(wish)](after, wish, now) if wish else (after, ())


def pin_checked(till: Till, event: on.PinChecked, now: Now) -> Decided:
    """Let in who knew the PIN; the others try again, later and later."""
    if not isinstance(_about(till, event.ticket), TryPin):
        return till, ()
    if event.ok:
        let_in = replace(_turn(till, Menu()), door=opened(till.door))
        return let_in, (do.Tell("staff.opened", "", {"who": WHO, "code": "K511"}), do.Log("K511"))
    fields: dict[str, str | int] = {"tries": till.door.wrong, "seconds": locked_for(till.door, now.elapsed)}
    line = do.Log("K512", "", fields)
    locked = _locked(till, now)
    if locked is None:
        return _turn(till, EnterPin(wrong=True)), (line,)
    return locked[0], (do.Tell("staff.locked", "", {**fields, "code": "K512"}), line)


def looked_up(till: Till, event: on.LookedUp, now: Now) -> Decided:
    """Orders were found, to look at or to settle the first of them."""
    about = _about(till, event.ticket)
    if not isinstance(about, Find):
        return till, ()
    if event.trouble:
        return _failed(till, UNREAD, event.trouble, Menu())
    lives = tuple(find(till, life.order.id) or life for life in event.lives)
    if not lives:
        return _turn(till, Said(NoOrder(about.name), TypeCode() if about.name else Menu())), ()
    if about.settle is None:
        return _turn(till, Orders(lives)), ()
    wish = Command("resolve", {"order_id": about.name, "as": about.settle.value})
    return _command(till, wish, now, lives[0])


def looked_around(till: Till, event: on.LookedAround, now: Now) -> Decided:
    """The technician's pages, as everything is at this moment."""
    about = _about(till, event.ticket)
    if not isinstance(about, LookAround):
        return till, ()
    return _turn(till, Reading(_technical(till, event.addresses, now), about.home)), ()


def output_tried(till: Till, event: on.OutputTried, now: Now) -> Decided:
    """An output moved without a sale; who asked for it in the menu is told."""
    after, effects = commanding.output_tried(till, event, now)
    if _page(till) != Trying(event.command):
        return after, effects
    if event.reason:
        after, line = _failed(after, NOT_MOVED, event.reason, Menu(1))
        return after, (*effects, *line)
    return _turn(after, Said(StaffDone(), Menu(1))), effects


def _failed(till: Till, code: str, reason: str, home: Page) -> Decided:
    """A sentence on the panel, in its language; the part's own words are for the technician's log."""
    return _turn(till, Said(StaffFailed(code), home)), (do.Log(code, "", {"reason": reason}),)


def _page(till: Till) -> Page | None:
    stage = till.session.stage
    return stage.page if isinstance(stage, Staff) else None


def _about(till: Till, ticket: int) -> Wish | None:
    """What the answer with this ticket is for; None where nobody waits for it any more."""
    page = _page(till)
    return page.about if isinstance(page, Asking) and page.ticket == ticket else None


def _turn(till: Till, page: Page) -> Till:
    return replace(till, session=replace(till.session, stage=Staff(page)))


def _turn_to(till: Till, page: Page, now: Now) -> Till:
    touched = replace(till.session, touched_at=now.elapsed)
    return _turn(replace(till, session=touched), page)


def _locked(till: Till, now: Now) -> Decided | None:
    seconds = locked_for(till.door, now.elapsed)
    if not seconds:
        return None
    return replace(
        till, session=session.notify(till.session, PinLocked(seconds), LOCKED_FOR, now.elapsed)
    ), ()


def _asking(till: Till, about: Wish) -> tuple[Till, int]:
    ticket = till.door.tickets + 1
    door = replace(till.door, tickets=ticket)
    return _turn(replace(till, door=door), Asking(ticket, about)), ticket


def _try_pin(till: Till, wish: TryPin, now: Now) -> Decided:
    """Counted before it is looked at, so that no answer need come for it to count."""
    asking, ticket = _asking(till, TryPin())
    return replace(asking, door=tried(asking.door, now.elapsed)), (do.CheckPin(ticket, wish.pin),)


def _find(till: Till, wish: Find, now: Now) -> Decided:
    after, ticket = _asking(till, wish)
    return after, (do.LookUp(ticket, wish.name),)


def _look_around(till: Till, wish: LookAround, now: Now) -> Decided:
    after, ticket = _asking(till, wish)
    return after, (do.LookAround(ticket),)


def _command(till: Till, wish: Command, now: Now, found: Life | None = None) -> Decided:
    """As if it had come through the control socket, with the menu out of its own way while it is decided."""
    id_ = f"staff.{now.boot}.{round(now.elapsed * 1e6)}"
    admitted = admit_locally(wish.name, id_, wish.args, WHO)
    if isinstance(admitted, Refusal):
        return _turn(till, Said(StaffRefused(admitted.reason.value))), ()
    free = replace(till, session=replace(till.session, stage=Idle()))
    after, effects = commanding.commanded(free, on.Commanded(command=admitted, found=found), now)
    return _turn(replace(after, session=till.session), _answered(id_, effects)), effects


def _answered(command: str, effects: Effects) -> Page:
    reply = next(effect.reply for effect in effects if isinstance(effect, do.Answer))
    match reply.status:
        case Answer.ACCEPTED:
            return Trying(command)
        case Answer.DONE:
            return Said(StaffDone())
        case _:
            return Said(StaffRefused(reply.reason))


GRANTS: dict[type[Wish], Callable[[Till, Any, Now], Decided]] = {
    TryPin: _try_pin,
    Find: _find,
    LookAround: _look_around,
    Command: _command,
}


def _technical(till: Till, addresses: tuple[str, ...], now: Now) -> tuple[Screen, ...]:
    settings = till.settings
    places = [", ".join(each) for each in _in_pages(addresses, ADDRESSES_A_PAGE)] or [""]
    gateways = [GatewayLine(name, _works(till, name, now)) for name in settings.gateways]
    return (
        *(Technician(settings.version, settings.kiosk, place) for place in places),
        *(GatewaysNow(each) for each in _in_pages(gateways, GATEWAYS_A_PAGE)),
        *([CodesNow(each) for each in _in_pages(_codes(till, now), CODES_A_PAGE)] or [CodesNow(())]),
    )


def _in_pages(items: Iterable[Any], most: int) -> list[tuple[Any, ...]]:
    all_of_them = tuple(items)
    return [all_of_them[at : at + most] for at in range(0, len(all_of_them), most)]


def _works(till: Till, gateway: str, now: Now) -> bool:
    return breaker_of(till, gateway).left_alone_until <= now.elapsed


def _codes(till: Till, now: Now) -> list[str]:
    """Everything that is known to be bad, the reason why nothing is sold before the rest."""
    bad = [readiness.code_of(part) for part in till.faults]
    slots = ["K207" for number, record in till.slots.items() if number != MACHINE and record.stopped]
    gateways = [] if all(_works(till, name, now) for name in till.settings.gateways) else ["K101"]
    return list(dict.fromkeys(filter(None, [closed_code(till, now), *bad, *gateways, *slots])))
