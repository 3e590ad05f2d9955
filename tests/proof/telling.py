"""A story in plain sentences, for whoever has to find out what went wrong in it."""

from collections.abc import Callable
from typing import Any

from kiosk import effects as do
from kiosk import events as on
from tests.proof import facts
from tests.proof.facts import Chronicle, Fact


def sentences(story: Chronicle) -> list[str]:
    """One line for whatever happened, with the seconds since the beginning."""
    begin = story.facts[0].at if story.facts else 0.0
    lines = ((fact, WORDS[type(fact)](fact)) for fact in story.facts if type(fact) in WORDS)
    return [f"{fact.at - begin:10.2f} s  {words}" for fact, words in lines if words]


def _wrote(fact: facts.Wrote) -> str:
    before = len(fact.before.history) if fact.before else 0
    steps = fact.life.history[before:]
    way = ", ".join(f"{step.state}{f' ({step.why})' if step.why else ''}" for step in steps)
    cause = type(fact.cause).__name__ if fact.cause else "the start"
    what = way or f"{fact.life.state_name} again"
    return f"{_short(fact.life.order.id)}: {what}, on disk, because of {cause}."


def _shown(fact: facts.Shown) -> str:
    code = getattr(fact.screen, "claim_code", "")
    return f"The panel shows {type(fact.screen).__name__}{f' of {code}' if code else ''}."


def _sent(fact: facts.Sent) -> str:
    name = type(fact.act).__name__
    sum_ = f" of Rp {fact.act.amount} as {fact.act.key}" if isinstance(fact.act, do.Refund) else ""
    return f"{name}{sum_} goes to {fact.act.order.gateway} for {_short(fact.act.order.id)}."


def _heard(fact: facts.Heard) -> str:
    event: Any = fact.event
    what = ""
    if isinstance(event, on.StatusReported):
        said = event.report
        whose = f" for {_short(said.order_id)}" if said.order_id not in ("", event.order_id) else ""
        what = f": {said.status.value}, {said.currency or '-'} {said.amount}{whose}"
    elif hasattr(event, "trouble"):
        what = f": {event.trouble.kind.value} ({event.trouble.reason})"
    return f"The machine hears {type(event).__name__} of {_short(event.order_id)}{what}."


def _paid(fact: facts.Paid) -> str:
    return (
        f"Rp {fact.amount} come in for {_short(fact.order_id)} ({'' if fact.is_ours else 'not '}our charge)."
    )


def _gave_back(fact: facts.GaveBack) -> str:
    how = f"as {fact.key}" if fact.key else "on the gateway's own page"
    return f"Rp {fact.amount} of {_short(fact.order_id)} go back, {how}."


def _rose(fact: facts.Rose) -> str:
    pulses = f", pulses {fact.first} to {fact.last}" if fact.last else ""
    return f"THE OUTPUT MOVES for {_short(fact.order.id)}{pulses}."


def _fell(fact: facts.Fell) -> str:
    return (
        f"The output rests; {'all' if fact.done else 'perhaps not all'} was given, sensor: {fact.drop.value}."
    )


def _asked(fact: facts.Asked) -> str:
    return f"Somebody sends {fact.name} {fact.args} as {fact.id}{'' if fact.honest else ', who may not'}."


def _answered(fact: facts.Answered) -> str:
    return f"{fact.reply.id} ({fact.reply.command}) is {fact.reply.status.value} {fact.reply.reason}."


def _ended(fact: facts.Ended) -> str:
    return f"{'THE POWER FAILS' if fact.power else 'THE PROCESS ENDS'} at {fact.point}."


def _started(fact: facts.Started) -> str:
    return f"It starts in {fact.boot}{f', in recovery: {fact.recovery}' if fact.recovery else ''}."


def _short(order_id: str) -> str:
    return order_id[:3] + ".." + order_id[-4:]


WORDS: dict[type[Fact], Callable[[Any], str]] = {
    facts.Wrote: _wrote,
    facts.Shown: _shown,
    facts.Broke: lambda fact: f"The {fact.part.value} is bad.",
    facts.Mended: lambda fact: f"The {fact.part.value} is good again.",
    facts.Froze: lambda _: "The panel does not take the picture.",
    facts.Sent: _sent,
    facts.Heard: _heard,
    facts.Paid: _paid,
    facts.GaveBack: _gave_back,
    facts.Rose: _rose,
    facts.Fell: _fell,
    facts.Asked: _asked,
    facts.Answered: _answered,
    facts.Ended: _ended,
    facts.Started: _started,
    facts.Noted: lambda fact: fact.words,
    facts.Tried: lambda fact: f"{fact.output} moves without a sale, for {fact.command}.",
}
