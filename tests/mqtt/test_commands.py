"""The commands: what may be asked, and with which arguments."""

from typing import Any

import pytest
from msgspec.structs import fields

from kiosk import commands
from kiosk.admission import Admitted, admit
from kiosk.commands import COMMANDS, LOCAL
from kiosk.mqtt.messages import Command, decode
from kiosk.refusals import Reason, Refusal
from tests.mqtt.asking import GOOD, NOW, ORDER, admitted, came, judged
from tests.mqtt.page import Example, examples


def commands_of_the_page() -> list[Example]:
    return [example for example in examples() if example.topic.startswith("cmd/")]


def test_these_tests_know_every_command() -> None:
    assert GOOD.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", GOOD)
def test_a_good_command_is_admitted_with_typed_arguments(name: str) -> None:
    found = admitted(name, GOOD[name])
    assert (found.id, found.name, found.exp) == ("c-1", name, int(NOW) + 60)
    assert type(found.args) is COMMANDS[name].args


@pytest.mark.parametrize("example", commands_of_the_page(), ids=lambda example: example.topic)
def test_a_command_of_the_page_is_admitted(example: Example) -> None:
    name = example.topic.removeprefix("cmd/")
    found = decode(Command, example.text.encode())
    assert isinstance(found, Command)
    assert isinstance(admit("K01", name, found, came(name), (), None), Admitted)


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("charge", {}, Reason.MISSING_FIELD),
        ("charge", {"slot": 1}, Reason.MISSING_FIELD),
        ("charge", {"reference": "r"}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": None, "amount": None}, Reason.BAD_VALUE),
        ("charge", {"reference": "", "slot": 1}, Reason.BAD_VALUE),
        ("charge", {"reference": "two words", "slot": 1}, Reason.BAD_VALUE),
        ("charge", {"reference": "r" * 65, "slot": 1}, Reason.BAD_VALUE),
        ("charge", {"reference": 7, "slot": 1}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": 0}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": 100}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": "1"}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": "all"}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": True}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "amount": 0}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "amount": -12000}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "amount": 12000.5}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "amount": "12000"}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "amount": 10_000_001}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": 1, "description": "x" * 21}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": 1, "description": "two\nlines"}, Reason.BAD_VALUE),
        ("charge", {"reference": "r", "slot": 1, "output": "spiral1"}, Reason.UNKNOWN_FIELD),
        ("charge", {"reference": "r", "slot": 1, "paid": True}, Reason.UNKNOWN_FIELD),
        ("cancel", {}, Reason.BAD_VALUE),
        ("cancel", {"order_id": ORDER, "reference": "r"}, Reason.BAD_VALUE),
        ("cancel", {"claim_code": "048217"}, Reason.UNKNOWN_FIELD),
        ("check", {"order_id": ORDER.lower()}, Reason.BAD_VALUE),
        ("check", {"order_id": ORDER[:-1] + "9"}, Reason.BAD_VALUE),
        ("check", {"order_id": "../" + ORDER}, Reason.BAD_VALUE),
        ("refund", {"claim_code": "048217"}, Reason.MISSING_FIELD),
        ("refund", {"who": "Sari"}, Reason.BAD_VALUE),
        ("refund", {"claim_code": "048217", "order_id": ORDER, "who": "Sari"}, Reason.BAD_VALUE),
        ("refund", {"claim_code": 48217, "who": "Sari"}, Reason.BAD_VALUE),
        ("refund", {"claim_code": "48217", "who": "Sari"}, Reason.BAD_VALUE),
        ("refund", {"claim_code": "048217", "who": "Sari", "amount": -1}, Reason.BAD_VALUE),
        ("refund", {"claim_code": "048217", "who": "Sari", "goodwill": 1}, Reason.BAD_VALUE),
        ("resolve", {"claim_code": "048217", "as": "paid", "who": "Sari"}, Reason.BAD_VALUE),
        ("resolve", {"claim_code": "048217", "who": "Sari"}, Reason.MISSING_FIELD),
        ("resolve", {"claim_code": "048217", "as": "void"}, Reason.MISSING_FIELD),
        ("enable", {"who": "Budi"}, Reason.MISSING_FIELD),
        ("enable", {"slot": 3}, Reason.MISSING_FIELD),
        ("enable", {"slot": "every", "who": "Budi"}, Reason.BAD_VALUE),
        ("disable", {"slot": 0, "who": "Budi"}, Reason.BAD_VALUE),
        ("disable", {"slot": 3, "who": ""}, Reason.BAD_VALUE),
        ("disable", {"slot": 3, "who": "B\u0007"}, Reason.BAD_VALUE),
        ("stock", {"slot": 3, "count": -1, "who": "Budi"}, Reason.BAD_VALUE),
        ("stock", {"slot": 3, "count": 10_000, "who": "Budi"}, Reason.BAD_VALUE),
        ("stock", {"slot": "all", "count": 1, "who": "Budi"}, Reason.BAD_VALUE),
        ("restart", {"now": True}, Reason.UNKNOWN_FIELD),
        ("ping", {"x": 1}, Reason.UNKNOWN_FIELD),
        ("test", {}, Reason.MISSING_FIELD),
        ("test", {"part": "relay"}, Reason.BAD_VALUE),
        ("test", {"part": "output"}, Reason.BAD_VALUE),
        ("test", {"part": "output:spiral1"}, Reason.BAD_VALUE),
    ],
)
def test_arguments_that_do_not_fit_are_refused(name: str, args: dict[str, Any], expected: Reason) -> None:
    refusal = judged(name, args)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.id) == (expected, "c-1")
    assert refusal.detail.startswith("args")


def test_a_slot_is_its_number_and_the_machine_is_nought() -> None:
    assert commands.Enable(slot=7, who="Budi").number == 7
    assert commands.Disable(slot="all", who="Budi").number == 0


@pytest.mark.parametrize("entry", LOCAL.values(), ids=LOCAL)
def test_arguments_that_may_be_left_out_have_no_say_in_the_digest(entry: commands.Entry) -> None:
    """So that an argument that is added later leaves the digests of before as they are."""
    assert entry.args.__struct_config__.omit_defaults
    assert all(field.required or field.default in (None, "", False) for field in fields(entry.args))
