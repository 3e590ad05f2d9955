"""Asking many machines over a wire that loses letters: the very same goes again, nobody counts twice."""

import time
from collections import deque

import pytest

from kiosk.mqtt.messages import Desired, Message, encode
from kiosk.mqtt.news import Acknowledged, Arrived, Connected, Item, Receipt
from kiosk.mqtt.reports import Answer, Presence, Reply, Reported, Status, Taken
from kiosk.mqtt.topics import Fleet, Post
from kiosk.operator import rollcall
from kiosk.operator.asking import UNDER_WAY, Letter, Round, judge_replies
from kiosk.operator.line import Wire
from kiosk.operator.outcomes import Outcome, Result
from kiosk.operator.rollcall import Present, call


class Script:
    """A wire on which only what stands here happens.

    The first `refused` letters are lost at once, the next `dropped` ones on their way; the rest go out.
    """

    def __init__(self, *items: Item | Message, refused: int = 0, dropped: int = 0) -> None:
        self.fleet = Fleet()
        self.sent: list[tuple[Post, bytes, Receipt]] = []
        self.acknowledged = 0
        self._items = deque(items)
        self._refused = refused
        self._dropped = dropped

    def next(self, until: float) -> Item | None:
        for index, (_, _, receipt) in enumerate(self.sent):
            if index < self._dropped:
                receipt.drop()
            else:
                receipt.is_out = True
        item = self._items.popleft() if self._items else None
        return Arrived(*arrival(item)) if isinstance(item, Message) else item

    def publish(self, post: Post, payload: bytes) -> Receipt:
        receipt = Receipt(lambda: False)
        if self._refused:
            self._refused -= 1
            receipt.drop()
        else:
            self.sent.append((post, payload, receipt))
        return receipt

    def acknowledge(self, arrived: Arrived) -> None:
        self.acknowledged += 1


def arrival(message: Message, kiosk: str = "K01") -> tuple[str, bytes, bool, None]:
    topics = Fleet().of(kiosk)
    kinds: dict[type[Message], Post] = {
        Status: topics.status,
        Reply: topics.reply,
        Reported: topics.reported,
        Desired: topics.desired,
    }
    return kinds[type(message)].topic, encode(message), True, None


def answer(status: Answer, id_: str = "c-1") -> Reply:
    return Reply(id=id_, command="ping", status=status)


def unseen(done: int, of: int) -> None:
    """Progress that nobody looks at."""


def asked(wire: Wire, *kiosks: str, away: tuple[str, ...] = ()) -> dict[str, Result]:
    letters = [Letter(kiosk, wire.fleet.of(kiosk).command("ping"), b"{}") for kiosk in kiosks or ("K01",)]
    asking = Round(wire, letters, judge_replies("c-1", follows=True), away)
    return {each.kiosk: each.result for each in asking.run(0, unseen)}


def test_a_letter_that_the_line_did_not_take_goes_again() -> None:
    wire = Script(Connected(True), Acknowledged(), answer(Answer.DONE), refused=1)
    assert asked(wire) == {"K01": Result.TOOK}
    assert [payload for _, payload, _ in wire.sent] == [b"{}"]


def test_a_letter_that_was_lost_on_its_way_goes_again_as_it_was() -> None:
    wire = Script(Acknowledged(), Acknowledged(), dropped=1)
    assert asked(wire) == {"K01": Result.SILENT}
    assert len(wire.sent) == 2
    assert wire.sent[0][:2] == wire.sent[1][:2]


def test_the_answer_to_another_command_is_none() -> None:
    wire = Script(answer(Answer.DONE, "c-2"), Acknowledged())
    assert asked(wire) == {"K01": Result.SILENT}
    assert wire.acknowledged == 1


def test_the_end_of_a_command_stands() -> None:
    wire = Script(answer(Answer.REJECTED), answer(Answer.DONE), Acknowledged())
    assert asked(wire, "K01", "K02") == {"K01": Result.REFUSED, "K02": Result.SILENT}


def test_accepted_is_followed_by_its_end() -> None:
    assert asked(Script(answer(Answer.ACCEPTED), answer(Answer.FAILED))) == {"K01": Result.FAILED}
    assert asked(Script(answer(Answer.ACCEPTED), Acknowledged())) == {"K01": Result.ACCEPTED}


def standing(state: str) -> dict[str, str]:
    return {"order_id": "K01FQ8Z0W5N1T7C2M9R4XXA", "reference": "sale-1", "state": state}


def sale(status: Answer, id_: str = "c-1", state: str = "") -> Reply:
    return Reply(id=id_, command="charge", status=status, data=standing(state))


def asked_again(*replies: Reply) -> Outcome:
    wire = Script(*replies, Acknowledged())
    letters = [Letter("K01", wire.fleet.of("K01").command("charge"), b"{}")]
    (outcome,) = Round(wire, letters, judge_replies("c-1", follows=True)).run(0, unseen)
    return outcome


def test_a_sale_that_was_asked_for_before_is_followed_to_the_end_that_the_first_is_told() -> None:
    still = sale(Answer.DUPLICATE, state="QR_SHOWN")
    assert asked_again(still).result is Result.ACCEPTED
    elsewhere = Reply(id="c-9", command="charge", status=Answer.DONE, data={"reference": "sale-2"})
    assert asked_again(still, elsewhere).result is Result.ACCEPTED
    assert asked_again(still, sale(Answer.DONE, "c-0", "DISPENSED")).result is Result.TOOK
    assert asked_again(still, sale(Answer.FAILED, "c-0", "CLOSED")).result is Result.FAILED


def test_the_end_of_another_command_about_the_same_sale_is_not_the_end_of_the_sale() -> None:
    refund = Reply(id="c-8", command="refund", status=Answer.DONE, data=standing("REFUNDED"))
    assert asked_again(sale(Answer.DUPLICATE, state="QR_SHOWN"), refund).result is Result.ACCEPTED


def test_what_the_broker_never_confirmed_was_not_sent() -> None:
    assert asked(Script(refused=9)) == {"K01": Result.NOT_SENT}


def test_of_those_who_are_away_no_answer_is_waited_for() -> None:
    wire = Script(Acknowledged(), answer(Answer.DONE))
    assert asked(wire, "K02", away=("K02",)) == {"K02": Result.AWAY}


def test_only_so_many_are_under_way_at_once() -> None:
    wire = Script()
    asked(wire, *(f"K{number:03}" for number in range(UNDER_WAY + 5)))
    assert len(wire.sent) == UNDER_WAY


def present(*items: Message) -> Present:
    (found,) = call(Script(*items), ("K01",), ("status", "config/desired", "config/reported"))
    return found


class Far(Script):
    """A wire over which every answer takes two seconds."""

    def next(self, until: float) -> Item | None:
        return super().next(until) if until > time.monotonic() + 2 else None


def test_the_brokers_first_word_is_waited_for_over_a_slow_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollcall, "QUIET", 0.1)
    (found,) = call(Far(status(Presence.ONLINE, 2)), ("K01",), ("status",))
    assert found.is_here


def status(presence: Presence, session: int) -> Status:
    return Status(status=presence, session=session, version="1")


@pytest.mark.parametrize(
    ("said", "is_here"),
    [
        ((), False),
        ((status(Presence.ONLINE, 2),), True),
        ((status(Presence.ONLINE, 2), status(Presence.LOST, 1)), True),
        ((status(Presence.ONLINE, 2), status(Presence.LOST, 2)), False),
        ((status(Presence.OFFLINE, 2),), False),
    ],
)
def test_who_is_there_is_said_by_the_newest_session(said: tuple[Message, ...], is_here: bool) -> None:
    assert present(*said).is_here == is_here


def reported(version: int, in_effect: int = 0) -> Reported:
    return Reported(
        version=version, hash="", taken=Taken.APPLIED, in_effect=in_effect, reason="", errors=(), effective={}
    )


@pytest.mark.parametrize(
    ("said", "highest"),
    [
        ([], 0),
        ([Desired(version=3, document={})], 3),
        ([reported(7)], 7),
        ([Desired(version=8, document={}), reported(7)], 8),
        ([Desired(version=3, document={}), reported(7)], 7),
        ([reported(0, in_effect=7)], 7),
    ],
)
def test_the_highest_version_is_that_of_all_that_was_ever_said(said: list[Message], highest: int) -> None:
    assert present(*said).highest_version == highest


def test_an_outcome_that_is_no_success_is_none() -> None:
    assert [result for result in Result if Outcome(kiosk="K01", result=result).took] == [
        Result.TOOK,
        Result.ACCEPTED,
    ]
