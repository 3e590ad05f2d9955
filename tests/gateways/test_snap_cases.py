"""What SNAP's response codes let us conclude about the money."""

from typing import Any

import pytest

from kiosk.errors import GatewayError, Misconfigured, Refused, Unreachable, Unreadable, Unsupported
from kiosk.gateways.answers import AnswerError
from kiosk.gateways.snap_cases import ANY, CASES, Case, Meaning, ResponseCode, code_in, meaning_of

OPERATIONS = ("charge", "status", "refund", "cancel", "decode", "pay", "token")


def meaning(operation: str, code: str, service: str = "47") -> Meaning:
    return meaning_of(operation, service, code_in({"responseCode": code}))


@pytest.mark.parametrize("value", ["2004700", 2004700, " 2004700 "])
def test_a_code_is_read_in_its_parts(value: str | int) -> None:
    assert code_in({"responseCode": value}) == ResponseCode("200", "47", "00")
    assert str(code_in({"responseCode": value})) == "2004700"


@pytest.mark.parametrize(
    "value", [None, "", "200", "20047000", "2004x00", 200470, 2004700.0, True, ["2004700"]]
)
def test_what_is_no_code_of_seven_digits_says_nothing(value: Any) -> None:
    with pytest.raises(AnswerError, match="seven digits"):
        code_in({"responseCode": value})


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2004700", Case.DONE),
        ("2024700", Unreachable),
        ("2004701", Unreadable),
        ("4004700", Refused),
        ("4004777", Refused),
        ("4014700", Misconfigured),
        ("4014701", Case.STALE_TOKEN),
        ("4014702", Refused),
        ("4014703", Case.STALE_TOKEN),
        ("4014777", Misconfigured),
        ("4034702", Refused),
        ("4034704", Unreachable),
        ("4034714", Unreachable),
        ("4034718", Misconfigured),
        ("4034777", Refused),
        ("4044708", Misconfigured),
        ("4044713", Refused),
        ("4044718", Unreadable),
        ("4044777", Unreadable),
        ("4094700", Case.ID_TAKEN),
        ("4094701", Unreadable),
        ("4094777", Unreadable),
        ("4294700", Unreachable),
        ("5004702", Unreachable),
        ("5044700", Unreachable),
        ("3014700", Unreadable),
        ("0000000", Unreadable),
    ],
)
def test_a_code_means_the_same_to_every_operation(operation: str, code: str, expected: Meaning) -> None:
    assert meaning(operation, code) is expected


@pytest.mark.parametrize(
    ("code", "meanings"),
    [
        ("4044701", {"charge": Unreadable, "status": Case.ABSENT, "refund": Refused, "cancel": Refused}),
        ("4044700", {"charge": Unreadable, "refund": Refused, "cancel": Refused}),
        ("4034701", {"charge": Misconfigured, "status": Misconfigured, "refund": Unsupported}),
        ("4054701", {"charge": Misconfigured, "cancel": Unsupported, "decode": Unsupported}),
    ],
)
def test_some_codes_mean_what_the_operation_makes_of_them(code: str, meanings: dict[str, Meaning]) -> None:
    assert {operation: meaning(operation, code) for operation in meanings} == meanings


def test_no_case_lets_a_charge_be_given_up_that_may_exist() -> None:
    """Whatever tells of a transaction with our reference is no refusal of the charge."""
    telling = ("40400", "40401", "40404", "40414", "40418", "40419", "40901")
    assert {meaning("charge", f"{case[:3]}47{case[3:]}") for case in telling} == {Unreadable}


@pytest.mark.parametrize("code", ["2005100", "4045101", "4005100", "4095101"])
def test_another_services_word_about_a_transaction_says_nothing(code: str) -> None:
    assert meaning("charge", code, service="47") is Unreadable


@pytest.mark.parametrize(("code", "expected"), [("4017301", Case.STALE_TOKEN), ("5000000", Unreachable)])
def test_a_word_about_who_calls_may_come_from_any_service(code: str, expected: Meaning) -> None:
    assert meaning("charge", code, service="47") is expected


def test_the_table_is_written_in_cases_that_exist() -> None:
    assert {operation for operation, _ in CASES} <= {ANY, *OPERATIONS}
    assert all(len(case) == 5 and case.isdigit() for _, case in CASES)
    assert all(isinstance(each, Case) or issubclass(each, GatewayError) for each in CASES.values())
