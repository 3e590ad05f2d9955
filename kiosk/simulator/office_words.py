"""What the kiosk tells its operator, in words for somebody who sees it for the first time; pure."""

from typing import Final

from kiosk.mqtt.reports import Event, Phase, Presence, Reported, State, Status, Taken
from kiosk.operator.outcomes import fault
from kiosk.refusals import WORDS
from kiosk.simulator.providers import title_of
from kiosk.simulator.story import rupiah

EVENTS: Final = {
    "kiosk.started": "the program started, version {version}",
    "order.intent": "wants a code for {item}: {amount}",
    "order.qr_shown": "shows the code of {gateway}",
    "order.closing": "took the code away ({why})",
    "order.settled": "{gateway} says it is paid: {amount}",
    "order.armed": "is about to release",
    "order.dispensed": "released {item}, sold for {amount}",
    "order.refunding": "owes {amount} back ({why})",
    "order.refunded": "{gateway} sent {amount} back",
    "order.refunded_in_part": "{gateway} sent {refunded} back so far",
    "order.refund_failed": "the refund failed ({why})",
    "order.escalated": "needs a person: claim code {claim_code} ({why})",
    "order.resolved": "claim {claim_code} is settled as {why}, says {who}",
    "order.closed": "over, nothing was paid ({why})",
    "config.applied": "took configuration {version}",
    "config.waiting": "keeps configuration {version} until the order is over",
    "config.restarting": "starts anew with configuration {version}",
    "config.rejected": "refused configuration {version}: {words}",
    "slot.disabled": "{place} taken out of service by {who}",
    "slot.enabled": "{place} put back into service by {who}",
    "slot.stopped": "{place} stopped itself ({reason})",
    "slot.filled": "{place} filled by {who}: {stock}",
    "slot.low_stock": "{place} is nearly empty: {stock}",
    "slot.sold_out": "{place} is empty",
    "part.failed": "part {part} is bad: {reason}",
    "part.healed": "part {part} works again",
    "gateway.failed": "{gateway} is left alone for a while ({reason})",
    "gateway.healed": "{gateway} answers again",
    "staff.opened": "the staff menu was opened",
    "broker.taken_over": "another machine seems to use its id",
    "staff.locked": "wrong PINs at the staff menu",
    "service.output_tested": "{who} tried the output {output}",
}
AMOUNTS: Final = ("amount", "refunded")
STANDING: Final = {
    Presence.OFFLINE: "has said goodbye",
    Presence.LOST: "is lost: the broker hears nothing of it",
}

PHASES: Final = {
    Phase.IDLE: "waiting for a customer",
    Phase.CHOOSING: "a customer chooses",
    Phase.PREPARING: "asking for a code",
    Phase.AWAITING_PAYMENT: "showing a code",
    Phase.CHECKING: "asking how it ended",
    Phase.RELEASING: "releasing",
    Phase.NOTICE: "showing a message",
    Phase.OUT_OF_SERVICE: "out of service",
}


class _Fields(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


def event_words(event: Event) -> str:
    """One sentence; an event that nobody foresaw says its name and what is in it."""
    fields = _Fields({name: _field(name, value) for name, value in event.fields.items()})
    fields["place"] = _place(event.fields.get("slot"))
    if event.what in EVENTS:
        return EVENTS[event.what].format_map(fields)
    return " ".join([event.what, *(f"{name}={value}" for name, value in event.fields.items())])


def _field(name: str, value: str | int) -> str:
    if name in AMOUNTS and isinstance(value, int):
        return rupiah(value)
    return title_of(str(value)) if name == "gateway" else str(value).replace("_", " ")


def _place(slot: str | int | None) -> str:
    return f"slot {slot}" if slot else "the whole machine"


def standing_words(kiosk: str, status: Status | None, state: State | None) -> str:
    """Whether it is there, and what it does."""
    if status is None:
        return f"{kiosk} has not been heard yet"
    if status.status is not Presence.ONLINE:
        return f"{kiosk} {STANDING[status.status]}"
    busy = PHASES[state.phase] if state else "not heard yet"
    codes = f" ({', '.join(state.codes)})" if state and state.codes else ""
    return f"{kiosk} is online, {busy}{codes}"


def reported_words(reported: Reported | None) -> str:
    """What became of the newest configuration, and which holds."""
    if reported is None or not reported.version:
        return "Nothing was pushed yet: the machine's own file holds."
    return _TAKEN[reported.taken].format(version=reported.version, holds=_holding(reported))


def reported_faults(reported: Reported | None) -> list[str]:
    """Why it was refused, a line for each fault."""
    if reported is None or reported.taken is not Taken.REJECTED:
        return []
    words = {reason.value: said for reason, said in WORDS.items()}
    return [fault(each) for each in reported.errors] or [words.get(reported.reason, reported.reason)]


def _holding(reported: Reported) -> str:
    return f"version {reported.in_effect} holds" if reported.in_effect else "the machine's own file holds"


_TAKEN: Final = {
    Taken.APPLIED: "Version {version} is in effect.",
    Taken.RESTARTING: "Version {version} is stored; the program starts anew with it.",
    Taken.WAITING: "Version {version} waits for the open order to end; until then {holds}.",
    Taken.REJECTED: "Version {version} was refused; {holds}.",
}
