"""The person in front of the panel: what the keys mean on each screen, and what each screen says.

A session knows nothing about money.  A key changes what is shown, or becomes a wish (buy, cancel, look again,
leave) that the till may grant.  What an open order shows follows from the order's own state.
"""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from kiosk import screens
from kiosk.model import Language, Rupiah, Slot, SlotRecord
from kiosk.settings import NOTHING, Settings
from kiosk.staff import Staff
from kiosk.states import Closing, Life, QrShown

ENTRY_TIMEOUT = 20.0
CONFIRM_TIMEOUT = 8.0
STAFF_TIMEOUT = 60.0
UNREAD = 1.5
LONGEST_AMOUNT = 8
MEANT = frozenset("0123456789#*")


class Idle(Struct, frozen=True):
    """Nobody, or somebody who has not begun."""


class Choosing(Struct, frozen=True):
    """A slot's number is being typed."""

    digits: str


class Typing(Struct, frozen=True):
    """A free amount is being typed."""

    digits: str


class Draft(Struct, frozen=True):
    """What is about to be ordered; `reference` and `command` are the controller's, empty for the keypad's."""

    slot: int
    item: str
    amount: Rupiah
    output: str
    reference: str = ""
    command: str = ""


class Ordering(Struct, frozen=True):
    """Confirmed; an id is being minted.  `tried`: gateways that gave this customer no code."""

    draft: Draft
    tried: tuple[str, ...] = ()


class Serving(Struct, frozen=True):
    """An order is open; `asked_until` is set while "really?" is on the panel.

    `tried`: gateways that gave this customer no code.
    """

    asked_until: float | None = None
    tried: tuple[str, ...] = ()


class Notice(Struct, frozen=True):
    """Something to read, until `until` or a key; `order_id` where it is about an order."""

    screen: screens.Screen
    since: float
    until: float
    order_id: str = ""


Stage: TypeAlias = Idle | Choosing | Typing | Ordering | Serving | Notice | Staff


class Session(Struct, frozen=True):
    """One person's time at the panel."""

    stage: Stage
    language: Language
    touched_at: float = 0.0


class Counter(Struct, frozen=True):
    """What a session may know of the shop; `closed` is the code why nothing is sold, empty while selling.

    `tick`: seconds by which the countdown goes, as the till has it.
    """

    settings: Settings
    slots: dict[int, SlotRecord]
    closed: str
    minimum: Rupiah
    maximum: Rupiah
    tick: int


class Buy(Struct, frozen=True):
    """The customer confirmed."""

    draft: Draft


class LookAgain(Struct, frozen=True):
    """The customer says that it is paid."""


class CancelOrder(Struct, frozen=True):
    """The customer cancels, asked twice."""


class Leave(Struct, frozen=True):
    """The customer gives up waiting, asked twice."""


Wish: TypeAlias = Buy | LookAgain | CancelOrder | Leave
Reply: TypeAlias = tuple[Session, Wish | None]


def press(session: Session, key: str, opened: Life | None, counter: Counter, now: float) -> Reply:
    """What a key does on the screen that is shown; keys other than 0-9, `#` and `*` mean nothing."""
    if key not in MEANT:
        return session, None
    touched = replace(session, touched_at=now)
    return KEYS[type(session.stage)](touched, key, opened, counter, now)


def wait(session: Session, language: Language, now: float) -> Session:
    """What the mere passing of time does; in the end the machine speaks its own `language` again."""
    end = due(session)
    if end is None or now < end:
        return session
    if isinstance(session.stage, Serving):
        return unasked(session)
    return Session(Idle(), language)


def due(session: Session) -> float | None:
    """When this screen ends by itself."""
    match session.stage:
        case Choosing() | Typing():
            return session.touched_at + ENTRY_TIMEOUT
        case Staff():
            return session.touched_at + STAFF_TIMEOUT
        case Serving(asked_until=until) | Notice(until=until):
            return until
        case Idle() if session.touched_at:
            return session.touched_at + ENTRY_TIMEOUT
        case _:
            return None


def unasked(session: Session) -> Session:
    """Back from "really?" to the order's own screen."""
    stage = session.stage
    return replace(session, stage=replace(stage, asked_until=None)) if isinstance(stage, Serving) else session


def notify(
    session: Session, screen: screens.Screen, seconds: float, now: float, order_id: str = ""
) -> Session:
    """Show something to read for so many seconds."""
    return replace(session, stage=Notice(screen, now, now + seconds, order_id))


def _at_rest(session: Session, key: str, opened: Life | None, counter: Counter, now: float) -> Reply:
    if key == "#":
        return replace(session, language=_other(session.language)), None
    if not key.isdigit():
        return session, None
    if counter.closed:
        screen = screens.OutOfService(counter.closed, counter.settings.contact)
        return notify(session, screen, 5.0, now), None
    stage: Stage = Choosing(key) if counter.settings.slots else Typing(key.lstrip("0"))
    return replace(session, stage=stage), None


def _other(language: Language) -> Language:
    return Language.ENGLISH if language is Language.INDONESIAN else Language.INDONESIAN


def _choosing(session: Session, key: str, opened: Life | None, counter: Counter, now: float) -> Reply:
    stage = session.stage
    assert isinstance(stage, Choosing)
    if key == "#":
        return _confirm_slot(session, counter.settings.slot(int(stage.digits)), counter, now)
    two_digits = max(slot.number for slot in counter.settings.slots) > 9
    if key == "*":
        digits = stage.digits[:-1]
    else:
        digits = stage.digits + key if two_digits and len(stage.digits) < 2 else key
    return replace(session, stage=Choosing(digits) if digits else Idle()), None


def _confirm_slot(session: Session, slot: Slot | None, counter: Counter, now: float) -> Reply:
    if slot is None or slot.output == NOTHING:
        return session, None
    record = counter.slots.get(slot.number, SlotRecord())
    if record.stopped:
        return notify(session, screens.SlotStopped(slot.name, "K207"), 6.0, now), None
    if slot.counts_stock and record.stock <= 0:
        return notify(session, screens.SoldOut(slot.name), 6.0, now), None
    draft = Draft(slot.number, slot.name, slot.price, slot.output)
    return _order(session, draft, Rupiah(1), counter, now)


def _typing(session: Session, key: str, opened: Life | None, counter: Counter, now: float) -> Reply:
    stage = session.stage
    assert isinstance(stage, Typing)
    if key == "#":
        return _confirm_amount(session, Rupiah(int(stage.digits or "0")), counter, now)
    digits = stage.digits[:-1] if key == "*" else (stage.digits + key).lstrip("0")
    if key == "*" and not stage.digits:
        return replace(session, stage=Idle()), None
    if len(digits) > LONGEST_AMOUNT:
        return session, None
    return replace(session, stage=Typing(digits)), None


def _confirm_amount(session: Session, amount: Rupiah, counter: Counter, now: float) -> Reply:
    free = counter.settings.free
    assert free is not None
    if not free.minimum <= amount <= free.maximum or amount % free.step:
        screen = screens.AmountNotAccepted(amount, free.minimum, free.maximum, free.step)
        return notify(session, screen, 6.0, now), None
    return _order(session, Draft(0, free.name, amount, free.output), free.step, counter, now)


def _order(session: Session, draft: Draft, steps: Rupiah, counter: Counter, now: float) -> Reply:
    if counter.closed:
        closed = screens.OutOfService(counter.closed, counter.settings.contact)
        return notify(session, closed, 6.0, now), None
    sold = counter.settings.gives(draft.output, draft.amount)
    if not sold or not counter.minimum <= draft.amount <= counter.maximum:
        screen = screens.AmountNotAccepted(draft.amount, counter.minimum, counter.maximum, steps)
        return notify(session, screen, 6.0, now), None
    return replace(session, stage=Ordering(draft)), Buy(draft)


def _ordering(session: Session, key: str, opened: Life | None, counter: Counter, now: float) -> Reply:
    return session, None


def _serving(session: Session, key: str, opened: Life | None, counter: Counter, now: float) -> Reply:
    stage = session.stage
    assert isinstance(stage, Serving)
    wish = SERVING_WISHES.get(type(opened.state)) if opened else None
    if wish is None:
        return session, None
    if stage.asked_until is not None:
        return unasked(session), wish() if key == "*" else None
    if key == "*":
        return replace(session, stage=replace(stage, asked_until=now + CONFIRM_TIMEOUT)), None
    return session, LookAgain() if key == "#" else None


SERVING_WISHES: dict[type, type[CancelOrder | Leave]] = {QrShown: CancelOrder, Closing: Leave}


def _reading(session: Session, key: str, opened: Life | None, counter: Counter, now: float) -> Reply:
    stage = session.stage
    assert isinstance(stage, Notice)
    if now < stage.since + UNREAD:
        return session, None
    return replace(session, stage=Idle()), None


KEYS: dict[type[Stage], Callable[[Session, str, Life | None, Counter, float], Reply]] = {
    Idle: _at_rest,
    Choosing: _choosing,
    Typing: _typing,
    Ordering: _ordering,
    Serving: _serving,
    Notice: _reading,
}
