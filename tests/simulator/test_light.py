"""A light machine speaks as `docs/mqtt.md` says a machine does."""

from typing import Any

import pytest

from kiosk.mqtt.messages import Ack, Command, Desired, Message, decode, encode
from kiosk.mqtt.reports import Answer, Event, Presence, Reply, Reported, State, Status, Taken
from kiosk.mqtt.signatures import desired_bytes, sign
from kiosk.mqtt.topics import Post, Topics
from kiosk.secret import Secret
from kiosk.simulator.light import Heard, LightMachine, Said

NOW = 1_767_225_600.0
K01 = Topics("K01")
KEY = Secret("an example key, for this page only")
KINDS: dict[str, type[Message]] = {
    "status": Status,
    "state": State,
    "event": Event,
    "config/reported": Reported,
    "reply": Reply,
}


def tells(machine: LightMachine, post: Post, payload: bytes, *, retained: bool = False) -> list[Said]:
    return machine.hear(Heard(topic=post.topic, payload=payload, retained=retained, wall=NOW))


def asked(
    machine: LightMachine, name: str, id_: str = "1", *, retained: bool = False, **args: Any
) -> list[Said]:
    command = Command(id=id_, exp=int(NOW) + 60, args=args)
    return tells(machine, K01.command(name), encode(command), retained=retained)


def replies(said: list[Said]) -> list[tuple[str, str]]:
    found = [decode(Reply, each.payload) for each in said if each.post == K01.reply]
    return [(each.status.value, each.reason) for each in found if isinstance(each, Reply)]


def pushed(machine: LightMachine, version: int, sig: str = "", **document: Any) -> Reported:
    tells(machine, K01.desired, encode(Desired(version=version, document=document, sig=sig)))
    return machine.reported


def test_all_it_says_is_a_message() -> None:
    machine = LightMachine(K01)
    said = [*machine.greeting(), *machine.sell(NOW), *asked(machine, "ping")]
    for each in said:
        end = each.post.topic.removeprefix("kiosk/v1/K01/")
        assert isinstance(decode(KINDS[end], each.payload), KINDS[end])
    assert {each.post.topic.rsplit("/", 1)[-1] for each in said} == {
        "status",
        "state",
        "event",
        "reported",
        "reply",
    }


def test_a_sale_is_told_in_order_with_numbers_that_rise() -> None:
    machine = LightMachine(K01)
    machine.sell(NOW)
    machine.sell(NOW)
    assert [each.seq for each in machine.events] == list(range(1, 11))
    assert [each.what for each in machine.events][:5] == [
        "order.intent",
        "order.qr_shown",
        "order.settled",
        "order.armed",
        "order.dispensed",
    ]


def test_a_charge_is_accepted_paid_and_done() -> None:
    machine = LightMachine(K01)
    assert replies(asked(machine, "charge", reference="sale-1", slot=1)) == [("accepted", "")]
    assert machine.sell(NOW) == []
    assert replies(machine.pay(NOW)) == [("done", "")]
    assert {each.reference for each in machine.events} == {"sale-1"}
    assert machine.pay(NOW) == []
    (again,) = asked(machine, "charge", "2", reference="sale-1", slot=1)
    assert b'"state":"DISPENSED"' in again.payload


@pytest.mark.parametrize(
    ("id_", "args", "answer"),
    [
        ("1", {"reference": "sale-1", "slot": 1}, ("accepted", "")),
        ("1", {"reference": "sale-1", "slot": 2}, ("rejected", "id_used")),
        ("2", {"reference": "sale-1", "slot": 1}, ("duplicate", "")),
        ("2", {"reference": "sale-1", "slot": 2}, ("rejected", "reference_used")),
        ("2", {"reference": "sale-2", "slot": 2}, ("rejected", "busy")),
    ],
)
def test_nothing_is_charged_twice(id_: str, args: dict[str, Any], answer: tuple[str, str]) -> None:
    machine = LightMachine(K01)
    asked(machine, "charge", reference="sale-1", slot=1)
    assert replies(asked(machine, "charge", id_, **args)) == [answer]
    assert len(machine.events) == 2


@pytest.mark.parametrize(
    ("name", "args", "reason"),
    [
        ("charge", {"reference": "x", "slot": 9}, "no_such_slot"),
        ("disable", {"slot": 9, "who": "Sari"}, "no_such_slot"),
        ("refund", {"reference": "x", "who": "Sari"}, "no_such_order"),
        ("explode", {}, "unknown_command"),
        ("ping", {"loud": True}, "unknown_field"),
    ],
)
def test_what_it_cannot_do_is_refused(name: str, args: dict[str, Any], reason: str) -> None:
    assert replies(asked(LightMachine(K01), name, **args)) == [("rejected", reason)]


def test_a_retained_command_is_refused() -> None:
    machine = LightMachine(K01)
    assert replies(asked(machine, "ping", retained=True)) == [("rejected", "retained")]
    assert machine.executed == {}


def test_a_slot_is_switched_off_and_on() -> None:
    machine = LightMachine(K01)
    asked(machine, "disable", "1", slot="all", who="Sari")
    asked(machine, "enable", "2", slot=1, who="Sari")
    state = decode(State, machine.greeting()[1].payload)
    assert isinstance(state, State)
    assert [slot.reason for slot in state.slots] == ["", "disabled"]


def test_a_price_is_taken_and_a_wider_limit_is_not() -> None:
    machine = LightMachine(K01)
    assert pushed(machine, 1, slots=[{"number": 1, "price": 13_000}]).taken is Taken.APPLIED
    wider = pushed(machine, 2, limits={"unpaid_orders": 7}, slots=[{"number": 1, "price": 1}])
    assert (wider.reason, wider.in_effect, machine.prices[1]) == ("above_local_limit", 1, 13_000)
    assert [fault.path for fault in wider.errors] == ["limits.unpaid_orders"]
    assert pushed(machine, 3, limits={"unpaid_orders": 2}).effective["limits.unpaid_orders"] == 2


@pytest.mark.parametrize(
    ("version", "document", "reason"),
    [
        (7, {"language": "en"}, ""),
        (7, {"language": "id"}, "version_used"),
        (6, {"language": "en"}, "lower_version"),
        (8, {"mqtt": {}}, "local_only"),
        (8, {"slots": [{"number": 1, "price": 0}]}, "bad_value"),
        (8, {"slots": [{"price": 1}]}, "missing_field"),
        (8, {"slots": 3, "limits": 4}, "bad_value"),
    ],
)
def test_versions_and_local_things_are_guarded(version: int, document: dict[str, Any], reason: str) -> None:
    machine = LightMachine(K01)
    pushed(machine, 7, language="en")
    after = pushed(machine, version, **document)
    assert (after.reason, after.in_effect) == (reason, 7)


def test_with_a_key_only_signed_messages_are_taken() -> None:
    machine = LightMachine(K01, keys=(KEY,))
    assert replies(asked(machine, "ping")) == [("rejected", "unsigned")]
    assert pushed(machine, 1, language="en").reason == "unsigned"
    assert pushed(machine, 2, "0" * 64, language="en").reason == "wrong_signature"
    signed = sign(
        KEY, desired_bytes("K01", K01.desired.topic, Desired(version=3, document={"language": "en"}))
    )
    assert pushed(machine, 3, signed, language="en").taken is Taken.APPLIED


def test_an_acknowledgement_is_remembered() -> None:
    machine = LightMachine(K01)
    tells(machine, K01.ack, encode(Ack(epoch=1, seq=3)))
    assert machine.acknowledged == Ack(epoch=1, seq=3)


def test_a_late_will_is_put_right() -> None:
    machine = LightMachine(K01)
    lost = machine.status(Presence.LOST)
    assert tells(machine, K01.status, lost.payload) == [machine.status(Presence.ONLINE)]
    assert tells(machine, K01.status, machine.status(Presence.ONLINE).payload) == []


@pytest.mark.parametrize("end", ["cmd/ping", "config/desired", "event/ack", "status", "notify/midtrans"])
@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b"{}", b"x" * 70_000])
def test_garbage_changes_nothing(end: str, payload: bytes) -> None:
    machine = LightMachine(K01)
    before = machine.reported, dict(machine.prices), list(machine.events)
    said = tells(machine, Post(f"kiosk/v1/K01/{end}", 1, False), payload)
    assert all(status == Answer.REJECTED.value for status, _ in replies(said))
    assert (machine.reported, machine.prices, machine.events) == before
    assert machine.executed == {}
