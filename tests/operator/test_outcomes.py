"""What a machine's words say about what was asked of it."""

import pytest

from kiosk.mqtt.reports import Answer, Fault, Presence, Reply, Reported, Status, Taken
from kiosk.operator.outcomes import Result, newest, of_reply, of_reported


def reported(taken: Taken, version: int = 7, hash_: str = "h", **more: object) -> Reported:
    fault = Fault(path="slots[1].price", reason="bad_value", words="must be whole", advice="12500")
    errors = (fault,) if taken is Taken.REJECTED else ()
    reason = "bad_value" if errors else ""
    return Reported(
        version=version, hash=hash_, taken=taken, in_effect=6, reason=reason, errors=errors, effective={}
    )


@pytest.mark.parametrize(
    ("answer", "follows", "result", "is_final", "took"),
    [
        (Answer.ACCEPTED, False, Result.ACCEPTED, True, True),
        (Answer.ACCEPTED, True, Result.ACCEPTED, False, True),
        (Answer.DONE, True, Result.TOOK, True, True),
        (Answer.REJECTED, True, Result.REFUSED, True, False),
        (Answer.FAILED, True, Result.FAILED, True, False),
    ],
)
def test_an_answer_says_who_took_it(
    answer: Answer, follows: bool, result: Result, is_final: bool, took: bool
) -> None:
    outcome = of_reply("K01", Reply(id="1", command="ping", status=answer, reason="why"), follows=follows)
    assert (outcome.kiosk, outcome.reason) == ("K01", "why")
    assert (outcome.result, outcome.is_final, outcome.took) == (result, is_final, took)


@pytest.mark.parametrize(
    ("state", "result", "is_final"),
    [
        ("INTENT", Result.ACCEPTED, False),
        ("QR_SHOWN", Result.ACCEPTED, False),
        ("ARMED", Result.ACCEPTED, False),
        ("DISPENSED", Result.TOOK, True),
        ("CLOSED", Result.FAILED, True),
        ("REFUNDING", Result.FAILED, True),
        ("REFUNDED", Result.FAILED, True),
        ("ESCALATED", Result.FAILED, True),
    ],
)
def test_a_sale_that_was_asked_for_before_is_taken_for_what_it_is(
    state: str, result: Result, is_final: bool
) -> None:
    reply = Reply(id="2", command="charge", status=Answer.DUPLICATE, data={"state": state, "why": "declined"})
    outcome = of_reply("K01", reply, follows=True)
    assert (outcome.result, outcome.is_final) == (result, is_final)
    assert outcome.words == "asked before, under another id"


@pytest.mark.parametrize(
    ("taken", "result", "is_final"),
    [
        (Taken.APPLIED, Result.TOOK, True),
        (Taken.RESTARTING, Result.TOOK, True),
        (Taken.WAITING, Result.WAITING, False),
        (Taken.REJECTED, Result.REFUSED, True),
    ],
)
def test_a_report_says_who_took_it(taken: Taken, result: Result, is_final: bool) -> None:
    outcome = of_reported("K01", reported(taken), 7, "h")
    assert outcome
    assert (outcome.kiosk, outcome.result, outcome.is_final) == ("K01", result, is_final)


def test_a_refusal_names_every_fault() -> None:
    outcome = of_reported("K01", reported(Taken.REJECTED), 7, "h")
    assert outcome
    assert (outcome.reason, outcome.words) == ("bad_value", "slots[1].price: must be whole (12500)")


@pytest.mark.parametrize(("version", "hash_"), [(6, "h"), (8, "h"), (7, "other")])
def test_a_report_of_another_document_says_nothing(version: int, hash_: str) -> None:
    assert of_reported("K01", reported(Taken.APPLIED, version, hash_), 7, "h") is None


@pytest.mark.parametrize(
    ("known", "heard", "counts"),
    [
        (None, (Presence.LOST, 3), (Presence.LOST, 3)),
        ((Presence.ONLINE, 4), (Presence.LOST, 3), (Presence.ONLINE, 4)),
        ((Presence.ONLINE, 4), (Presence.LOST, 4), (Presence.LOST, 4)),
        ((Presence.LOST, 4), (Presence.ONLINE, 5), (Presence.ONLINE, 5)),
        ((Presence.ONLINE, 9), (Presence.ONLINE, 1), (Presence.ONLINE, 1)),
    ],
)
def test_a_late_will_of_an_older_session_means_nothing(
    known: tuple[Presence, int] | None, heard: tuple[Presence, int], counts: tuple[Presence, int]
) -> None:
    said = [known and Status(status=known[0], session=known[1], version="1"), None]
    now = newest(said[0], Status(status=heard[0], session=heard[1], version="1"))
    assert (now.status, now.session) == counts
