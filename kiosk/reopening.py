"""How the machine goes on after a start: the first decision of every life.

After another boot nothing is shown again and nothing moves: what was payable is closed, what was paid is
given back, what was being released is a person's business.  After a restart of the daemon alone, in the
same boot, the customer may still stand there: a claim window goes on.
"""

from msgspec import Struct
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import session
from kiosk.model import Evidence, Now, SlotRecord, Terms
from kiosk.mqtt.reports import Answer
from kiosk.order import arrive, inquiry
from kiosk.order.closing import close
from kiosk.order.desk import Desk, Effects, Outcome
from kiosk.order.refunding import DAY, escalate, refund
from kiosk.order.releasing import cut
from kiosk.pushed import Pushed
from kiosk.session import Serving, Session
from kiosk.settings import Settings
from kiosk.states import Armed, CancelStep, Closed, Closing, Intent, Life, QrShown, Refunding, Settled, Why
from kiosk.till.answering import last_answer
from kiosk.till.placing import arrived, holds_panel, say_last_word
from kiosk.till.value import Decided, Till, desk_for

SHOWED = (QrShown, Settled, Armed)


class Memory(Struct, frozen=True, kw_only=True):
    """What the journal holds of the time before: `lives` that are not over, oldest first.

    `last_boot` is that of its last commit; `unfinished` are the commands whose end was not answered, by id.
    """

    lives: tuple[Life, ...]
    slots: dict[int, SlotRecord] = {}
    recovery: str = ""
    last_boot: str = ""
    unfinished: dict[str, str] = {}
    pushed: Pushed = Pushed()


def reopen(settings: Settings, terms: dict[str, Terms], memory: Memory, now: Now) -> Decided:
    """The till of a new process."""
    same_boot = memory.last_boot == now.boot and not memory.recovery
    till = Till(
        settings=settings,
        terms=terms,
        session=Session(session.Idle(), settings.language),
        slots=memory.slots,
        recovery=memory.recovery,
        pushed=memory.pushed,
        owed=_owed(memory),
    )
    effects = _interrupted(memory, Why.RESTARTED if same_boot else Why.POWER_CUT)
    for life in memory.lives:
        till, more = _resume(till, life, now, same_boot=same_boot)
        effects = (*effects, *more)
    return till, effects


def _owed(memory: Memory) -> dict[str, str]:
    """The charges that still wait for their end, each with the newest order that was made for it."""
    commands = {life.order.command: life.order.id for life in memory.lives}
    return {command: order for command, order in commands.items() if command in memory.unfinished}


def _interrupted(memory: Memory, why: Why) -> Effects:
    """Commands that nothing goes on with are answered now; the start itself is what `restart` asked for."""
    states = [life.state for life in memory.lives]
    asked = {state.asked.command for state in states if isinstance(state, Refunding) and state.asked}
    going_on = asked | _owed(memory).keys()
    return tuple(
        last_answer(command, name, Answer.DONE)
        if name == "restart"
        else last_answer(command, name, Answer.FAILED, why.value)
        for command, name in memory.unfinished.items()
        if command not in going_on
    )


def _resume(till: Till, life: Life, now: Now, *, same_boot: bool) -> Decided:
    """One order goes on; in front of the customer only where it held the panel within the same boot.

    What was paid in another environment is never released in this one, nor what a lost journal held.
    """
    held = isinstance(life.state, SHOWED) or (same_boot and holds_panel(life, now))
    goes_on = same_boot and life.order.environment is till.settings.environment and not life.doubtful
    placed = replace(till, opened=life) if held and goes_on and till.opened is None else till
    desk = desk_for(placed, life, now)
    resumed, effects = arrive(life, _outcome(life, desk, same_boot=same_boot), now)
    after, done = arrived(placed, life, resumed, effects, now)
    line = do.Log("K507", life.order.id, {"was": life.state_name, "is": resumed.state_name})
    if after.opened is not None:
        after = replace(after, session=replace(after.session, stage=Serving()))
    elif held:
        after = say_last_word(after, resumed, now)
    return after, (line, *done)


def _outcome(life: Life, desk: Desk, *, same_boot: bool) -> Outcome:
    why = Why.RESTARTED if same_boot else Why.POWER_CUT
    fresh = inquiry.resume(desk.at)
    match life.state:
        case Intent() if desk.terms.asks_by_charge:
            return _without_charge(why, desk)
        case Intent():
            return close(why, None, fresh, 0.0, desk)
        case QrShown(charge=charge):
            return close(why, charge, fresh, desk.terms.claim_window if desk.on_panel else 0.0, desk)
        case Closing() as closing:
            return Outcome(_again(closing, desk, same_boot=same_boot))
        case Settled() as settled if desk.on_panel and desk.at < settled.until:
            return Outcome(replace(settled, inquiry=fresh))
        case Settled(charge=charge, evidence=evidence):
            return refund(why, charge, evidence, desk)
        case Armed() as armed:
            return cut(armed, desk)
        case Refunding() as owed:
            return Outcome(_owe_again(owed, desk))
        case state:
            return Outcome(state)


def _without_charge(why: Why, desk: Desk) -> Outcome:
    """Its gateway cannot be asked; an old journal may not know of a code that was shown, and paid."""
    if not desk.knows_all:
        return escalate(Why.JOURNAL_LOST, Evidence(), desk, detail=why.value)
    return Outcome(Closed(Why.NEVER_SHOWN))


def _again(closing: Closing, desk: Desk, *, same_boot: bool) -> Closing:
    """Ask and cancel anew; after another boot the clock of the lapse begins again."""
    return replace(
        closing,
        began_at=closing.began_at if same_boot else desk.at,
        window_until=closing.window_until if same_boot else desk.at,
        cancel=CancelStep.TO_DO if desk.terms.cancels else CancelStep.OVER,
        cancel_at=desk.at,
        inquiry=inquiry.resume(desk.at),
        absent_since=closing.absent_since if same_boot else None,
    )


def _owe_again(owed: Refunding, desk: Desk) -> Refunding:
    """A refund may have gone out just before the end: look first."""
    return replace(owed, in_flight=False, unsure=True, refused="", next_at=desk.at, give_up_at=desk.at + DAY)
