"""The answers to commands: the first one is written down together with the command, the last when it is over.

A command is answered once.  Whatever comes again under its id gets the newest answer it had and does nothing.
"""

from typing import Any

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.mqtt.reports import Answer, Reply
from kiosk.order.desk import Effects
from kiosk.refusals import Reason, Refusal
from kiosk.states import Dispensed, Life, Refunding, Why
from kiosk.telling import evidence_of
from kiosk.till.value import Decided, Till

ENDS_WELL = ("REFUNDED", "REFUNDED_IN_PART")


def accepted(event: on.Commanded, **data: Any) -> Effects:
    """It is on disk; how it ended is answered later."""
    return _first(event, Answer.ACCEPTED, data)


def done(event: on.Commanded, **data: Any) -> Effects:
    """It is on disk, and that was all."""
    return _first(event, Answer.DONE, data)


def same(event: on.Commanded, **data: Any) -> Effects:
    """The very charge was asked for before, under another id."""
    return _first(event, Answer.DUPLICATE, data)


def failed(event: on.Commanded, reason: str, words: str) -> Effects:
    """It was tried and did not work."""
    return _first(event, Answer.FAILED, {}, reason, words)


def refused(till: Till, event: on.Commanded, reason: Reason, detail: str = "", **data: Any) -> Decided:
    """Nothing is done, and a repeat is told the same."""
    words = Refusal(reason, detail).words
    return till, _first(event, Answer.REJECTED, data, reason.value, words)


def last_answer(command: str, name: str, status: Answer, reason: str = "", **data: Any) -> do.Answer:
    """The last answer to a command that was accepted before."""
    words = reason.replace("_", " ")
    return do.Answer(Reply(id=command, command=name, status=status, reason=reason, words=words, data=data))


def ended(till: Till, before: Life, life: Life) -> Decided:
    """The last answers that an order's step owes: to its charge, and to a refund that a person asked for."""
    after, effects = _charge_ended(till, life)
    return after, (*effects, *_refund_ended(before, life))


def gave_up(till: Till, command: str, why: str) -> Decided:
    """No further order is begun for a charge."""
    if command not in till.owed:
        return till, ()
    return _settled(till, command), (last_answer(command, "charge", Answer.FAILED, why),)


def standing(life: Life) -> dict[str, Any]:
    """How an order stands, as the data of an answer."""
    order = life.order
    facts = {
        "order_id": order.id,
        "reference": order.reference,
        "state": life.state_name,
        "amount": order.amount,
        "claim_code": order.claim_code,
        "gateway_reference": evidence_of(life).reference or life.reference,
    }
    return {name: fact for name, fact in facts.items() if fact}


def _first(
    event: on.Commanded, status: Answer, data: dict[str, Any], reason: str = "", words: str = ""
) -> Effects:
    told = event.command
    reply = Reply(id=told.id, command=told.name, status=status, reason=reason, words=words, data=data)
    return do.Remember(told.id, told.name, told.digest, told.exp), do.Answer(reply)


def _charge_ended(till: Till, life: Life) -> Decided:
    command = life.order.command
    delivered = isinstance(life.state, Dispensed)
    if till.owed.get(command) != life.order.id or not (life.is_over or isinstance(life.state, Refunding)):
        return till, ()
    status = Answer.DONE if delivered else Answer.FAILED
    reason = "" if delivered else _reason(life)
    return _settled(till, command), (last_answer(command, "charge", status, reason, **standing(life)),)


def _reason(life: Life) -> str:
    why = getattr(life.state, "why", None)
    return why.value if isinstance(why, Why) else life.history[-1].why


def _settled(till: Till, command: str) -> Till:
    return replace(till, owed={name: order for name, order in till.owed.items() if name != command})


def _refund_ended(before: Life, life: Life) -> Effects:
    owed = before.state
    if not isinstance(owed, Refunding) or owed.asked is None or isinstance(life.state, Refunding):
        return ()
    step = life.history[-1]
    well = step.state in ENDS_WELL
    status, reason = (Answer.DONE, "") if well else (Answer.FAILED, step.why)
    told = {**standing(life), "refunded": life.refunded}
    return (last_answer(owed.asked.command, "refund", status, reason, **told),)
