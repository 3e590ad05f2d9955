"""What the operator's office says: a sentence for each event, a word for each standing."""

import string

import pytest

from kiosk.mqtt.reports import Event, Fault, Phase, Presence, Reported, State, Status, Taken
from kiosk.refusals import Reason
from kiosk.simulator.office_words import (
    EVENTS,
    PHASES,
    event_words,
    reported_faults,
    reported_words,
    standing_words,
)
from kiosk.telling import STEP_CODES

ORDER: dict[str, str | int] = {
    "amount": 12_000,
    "refunded": 4_000,
    "item": "Kopi susu",
    "gateway": "doku",
    "claim_code": "048217",
    "why": "cut_in_release",
    "who": "Sari",
}


def event(what: str, **fields: str | int) -> Event:
    return Event(
        event_id="9f86d081884c7d65",
        epoch=1,
        seq=7,
        time=1_767_225_600,
        time_ok=True,
        what=what,
        order_id="",
        reference="",
        fields=fields,
    )


def reported(taken: Taken, **more: object) -> Reported:
    facts = {"version": 7, "hash": "", "in_effect": 6, "reason": "", "errors": (), "effective": {}, **more}
    return Reported(taken=taken, **facts)  # type: ignore[arg-type]  # facts of a test


@pytest.mark.parametrize("state", STEP_CODES)
def test_each_step_of_an_order_has_its_sentence(state: str) -> None:
    words = event_words(event(f"order.{state.lower()}", **ORDER))
    assert "?" not in words
    assert "order." not in words


def test_amounts_gateways_and_reasons_are_said_as_people_say_them() -> None:
    assert event_words(event("order.refunding", **ORDER)) == "owes Rp 12.000 back (cut in release)"
    assert event_words(event("order.settled", **ORDER)) == "DOKU says it is paid: Rp 12.000"
    assert event_words(event("slot.disabled", slot=0, who="Sari")).startswith("the whole machine taken")
    assert event_words(event("slot.disabled", slot=3, who="Sari")).startswith("slot 3 taken")


def test_what_is_missing_leaves_a_gap_and_what_is_unknown_speaks_for_itself() -> None:
    assert event_words(event("order.dispensed")) == "released ?, sold for ?"
    assert event_words(event("moon.rose", phase="full")) == "moon.rose phase=full"


def test_no_sentence_reaches_into_a_value() -> None:
    names = {name for words in EVENTS.values() for _, name, _, _ in string.Formatter().parse(words) if name}
    assert all(name.isidentifier() for name in names)
    assert event_words(event("staff.opened", who="{amount.__class__}")) == "the staff menu was opened"


def test_every_phase_has_its_words() -> None:
    assert set(PHASES) == set(Phase)


def test_a_machine_is_unknown_there_gone_or_lost() -> None:
    state = State(
        phase=Phase.OUT_OF_SERVICE, ready=False, codes=("K201",), order=None, slots=(), background=0
    )
    said = [
        standing_words("K01", Status(status=each, session=1, version="0.1.0"), state) for each in Presence
    ]
    assert standing_words("K01", None, None) == "K01 has not been heard yet"
    assert said == [
        "K01 is online, out of service (K201)",
        "K01 has said goodbye",
        "K01 is lost: the broker hears nothing of it",
    ]


def test_a_configuration_is_told_with_what_holds_instead() -> None:
    assert reported_words(None) == reported_words(reported(Taken.APPLIED, version=0, in_effect=0))
    assert reported_words(reported(Taken.APPLIED)) == "Version 7 is in effect."
    assert reported_words(reported(Taken.REJECTED)) == "Version 7 was refused; version 6 holds."
    assert reported_words(reported(Taken.REJECTED, in_effect=0)).endswith("the machine's own file holds.")
    assert "until then version 6 holds" in reported_words(reported(Taken.WAITING))


def test_a_refused_configuration_names_its_faults_or_else_its_reason() -> None:
    fault = Fault(path="slots[1].price", reason="bad_value", words="must be at least 1", advice="")
    assert reported_faults(reported(Taken.APPLIED)) == []
    assert reported_faults(reported(Taken.REJECTED, errors=(fault,))) == [
        "slots[1].price: must be at least 1"
    ]
    lower = reported(Taken.REJECTED, reason=Reason.LOWER_VERSION.value)
    assert reported_faults(lower) == ["a higher version is known already"]
