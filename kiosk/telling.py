"""What an order's steps say to the operator (messages) and to the technician (log lines)."""

from kiosk import effects as do
from kiosk.model import Evidence
from kiosk.states import Armed, Dispensed, Escalated, Life, Refunded, Refunding, Settled, Step

STEP_CODES = {
    "INTENT": "K301",
    "QR_SHOWN": "K302",
    "CLOSING": "K306",
    "SETTLED": "K303",
    "ARMED": "K304",
    "DISPENSED": "K305",
    "REFUNDING": "K308",
    "REFUNDED": "K309",
    "ESCALATED": "K311",
    "CLOSED": "K307",
    "REFUNDED_IN_PART": "K321",
    "REFUND_FAILED": "K322",
    "RESOLVED": "K323",
}


def tell(before: int, life: Life) -> tuple[do.Effect, ...]:
    """Messages and lines for every step of the history past the first `before`."""
    steps = life.history[before:]
    words = tuple(effect for step in steps for effect in (_message(life, step), _line(life, step)))
    return (*words, summary(life)) if steps and steps[-1].state == life.state_name and life.is_over else words


def summary(life: Life) -> do.Log:
    """One line an order, with its latencies in milliseconds where both ends are known."""
    order = life.order
    fields: dict[str, str | int] = {
        "item": order.item,
        "amount": order.amount,
        "gateway": order.gateway,
        "end": life.state_name,
        "claim_code": order.claim_code,
    }
    why = life.history[-1].why
    return do.Log("K320", order.id, fields | ({"why": why} if why else {}) | _latencies(life))


def _latencies(life: Life) -> dict[str, str | int]:
    spans = (
        ("shown_ms", "INTENT", "QR_SHOWN"),
        ("paid_ms", "QR_SHOWN", "SETTLED"),
        ("released_ms", "SETTLED", "DISPENSED"),
    )
    times = {step.state: step.at for step in reversed(life.history)}
    return {
        name: round((times[end].elapsed - times[start].elapsed) * 1000)
        for name, start, end in spans
        if start in times and end in times and times[start].boot == times[end].boot
    }


def _message(life: Life, step: Step) -> do.Tell:
    order = life.order
    fields: dict[str, str | int] = {
        "amount": order.amount,
        "slot": order.slot,
        "item": order.item,
        "gateway": order.gateway,
        "claim_code": order.claim_code,
    }
    if step.why:
        fields["why"] = step.why
    evidence = evidence_of(life)
    reference = evidence.reference or life.reference
    named = {"gateway_reference": reference, "issuer": evidence.issuer, "rrn": evidence.rrn}
    fields.update({name: value for name, value in named.items() if value})
    if order.pulses:
        fields["pulses"] = order.pulses
    if detail := getattr(life.state, "detail", ""):
        fields["detail"] = detail
    if life.refunded:
        fields["refunded"] = life.refunded
    if life.resolved:
        fields["who"] = life.resolved.who
    return do.Tell(f"order.{step.state.lower()}", order.id, fields | _code(step), order.reference)


def _code(step: Step) -> dict[str, str | int]:
    """A claim that a person must settle is an event with a code."""
    return {"code": STEP_CODES[step.state]} if step.state == "ESCALATED" else {}


def _line(life: Life, step: Step) -> do.Log:
    order = life.order
    fields: dict[str, str | int] = {"item": order.item, "amount": order.amount, "gateway": order.gateway}
    if step.why:
        fields["why"] = step.why
    return do.Log(STEP_CODES[step.state], order.id, fields)


def evidence_of(life: Life) -> Evidence:
    """What the gateway said of the payment; empty where there was none."""
    match life.state:
        case (
            Settled(evidence=evidence)
            | Armed(evidence=evidence)
            | Dispensed(evidence=evidence)
            | Refunding(evidence=evidence)
            | Refunded(evidence=evidence)
            | Escalated(evidence=evidence)
        ):
            return evidence
        case _:
            return Evidence()
