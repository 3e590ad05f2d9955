"""What DOKU's words mean, without a network: the samples of its own guide, and every change to them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.gateways.answers import AnswerError, read_object
from kiosk.gateways.doku_contract import DokuContract
from kiosk.gateways.doku_wire import (
    STATUSES,
    Decoded,
    Payment,
    cancel_request,
    charge_in,
    charge_request,
    decode_request,
    decoded_in,
    money,
    payment_in,
    payment_request,
    refund_in,
    refund_request,
    report_in,
    status_request,
)
from kiosk.model import Evidence, Order, QrisCode, Report, Rupiah, Status
from kiosk.qris import read
from tests.gateways.conftest import NOON
from tests.gateways.doku_papers import (
    CLIENT,
    MALL,
    PAYLOAD,
    REFERENCE,
    REFUND_KEY,
    charged,
    refunded,
    told,
    vectors,
)
from tests.gateways.papers import ID, order

GUIDE = "a98757c8dbc6434ab5dd4c55d9092d9a"
QUERIED = "7d054649f9ba4c19ae5f95950c99be4d"
CONTRACT = DokuContract(
    client_id=CLIENT, merchant_id=MALL, postal_code="13120", base_url="http://127.0.0.1:1"
)
SAMPLES = vectors("doku_guide")
TOLD, PAID = SAMPLES["status"]["answer"], SAMPLES["pay"]["answer"]


def report(status: str = "00", **changes: Any) -> Report:
    return report_in(told(status, **changes), order())


# The samples of the guide, field by field.


def test_the_guides_code_is_taken_as_it_is() -> None:
    answer = SAMPLES["charge"]["answer"]
    charge = charge_in(answer, order(GUIDE, 1000), NOON)
    assert (charge.code, charge.reference) == (QrisCode(answer["qrContent"]), GUIDE)
    assert charge.details == {"valid_until": "2023-11-08T17:38:42+07:00"}
    assert read(answer["qrContent"]).terminal == answer["terminalId"] == "K45"


def test_the_guides_payment_is_paid() -> None:
    evidence = Evidence(
        reference=QUERIED,
        issuer="BCA",
        approval_code="328591",
        paid_at="2023-08-18T23:12:21+07:00",
        tip=Rupiah(500),
    )
    assert report_in(TOLD, order(QUERIED, 1200)) == Report(
        Status.PAID,
        order_id=QUERIED,
        amount=Rupiah(1200),
        currency="IDR",
        detail="Success",
        evidence=evidence,
    )


def test_the_payers_name_is_in_no_report() -> None:
    assert "JOHN" not in str(report_in(TOLD, order(QUERIED, 1200)))
    assert "CANARY" not in str(report())


def test_the_guides_refund_is_confirmed() -> None:
    assert refund_in(SAMPLES["refund"]["answer"], Rupiah(1200), "QRISR0001") == "QRISR0001"


def test_the_guides_code_is_decoded() -> None:
    assert decoded_in(SAMPLES["decode"]["answer"]) == Decoded(
        reference="25571a62302c43a881c684cccc7ecbae",
        merchant="Green Pages",
        amount=Rupiah(1200),
        fee=Rupiah(500),
        kind="DYNAMIC",
        fee_kind="FIX_TIPS",
    )


def test_the_guides_payment_out_of_a_wallet_is_made() -> None:
    paid = order("91cbe52caf27471482d3430c37d174fc", 1200)
    assert payment_in(PAID, paid) == Payment("91cbe52caf27471482d3430c37d174fc", "328580", Rupiah(1200))


# What we ask.


@pytest.mark.parametrize(
    ("call", "request_made", "left_out"),
    [
        ("charge", charge_request(order(), CONTRACT, "KSK01", NOON), {"feeAmount"}),
        ("status", status_request(order(), REFERENCE, CONTRACT), set()),
        ("refund", refund_request(order(), Evidence(), Rupiah(1), REFUND_KEY, CONTRACT), set()),
        ("decode", decode_request(ID, PAYLOAD, NOON), set()),
        ("pay", payment_request(order(), PAYLOAD, Rupiah(500)), set()),
    ],
)
def test_a_request_has_the_fields_of_the_guides_sample(
    call: str, request_made: dict[str, Any], left_out: set[str]
) -> None:
    sample = SAMPLES[call]["request"]
    assert sample.keys() - request_made.keys() == left_out
    assert request_made.keys() <= sample.keys()
    inner = [name for name, value in sample.items() if isinstance(value, dict) and name in request_made]
    assert all(request_made[name].keys() == sample[name].keys() for name in inner)


def test_a_code_is_asked_for_with_an_end_and_without_a_tip() -> None:
    assert charge_request(order(), CONTRACT, "KSK01", NOON) == {
        "partnerReferenceNo": ID,
        "amount": {"value": "25000.00", "currency": "IDR"},
        "merchantId": "2115",
        "terminalId": "KSK01",
        "validityPeriod": "2026-08-01T10:10:00+07:00",
        "additionalInfo": {"postalCode": 13120, "feeType": 1},
    }


@pytest.mark.parametrize(("reference", "asked"), [(REFERENCE, REFERENCE), ("", ID)])
def test_our_reference_stands_for_one_that_was_lost(reference: str, asked: str) -> None:
    assert status_request(order(), reference, CONTRACT) == {
        "originalReferenceNo": asked,
        "originalPartnerReferenceNo": ID,
        "serviceCode": "51",
        "merchantId": "2115",
    }
    assert cancel_request(order(), reference, CONTRACT)["originalReferenceNo"] == asked


def test_a_refund_names_the_payment_and_its_approval() -> None:
    evidence = Evidence(reference=REFERENCE, approval_code="328591")
    assert refund_request(order(), evidence, Rupiah(25_000), REFUND_KEY, CONTRACT) == {
        "merchantId": "2115",
        "originalPartnerReferenceNo": ID,
        "originalReferenceNo": REFERENCE,
        "partnerRefundNo": REFUND_KEY,
        "refundAmount": {"value": "25000.00", "currency": "IDR"},
        "reason": "the goods were not delivered",
        "additionalInfo": {"approvalCode": "328591"},
    }


def test_a_scan_is_told_with_its_moment() -> None:
    assert decode_request(ID, PAYLOAD, NOON) == {
        "partnerReferenceNo": ID,
        "qrContent": PAYLOAD,
        "scanTime": "2026-08-01T10:00:00+07:00",
    }


@pytest.mark.parametrize(("fee", "tip"), [(0, {}), (500, {"feeAmount": money(500)})])
def test_a_payment_names_a_tip_only_where_there_is_one(fee: int, tip: dict[str, Any]) -> None:
    assert payment_request(order(), PAYLOAD, Rupiah(fee)) == {
        "partnerReferenceNo": ID,
        "amount": money(25_000),
        **tip,
        "additionalInfo": {"qrContent": PAYLOAD},
    }


# The code.


@pytest.mark.parametrize(
    "changes",
    [
        {"partnerReferenceNo": "KSK01ABCDEFGHIJ012345678Y"},
        {"partnerReferenceNo": None},
        {"referenceNo": None},
        {"referenceNo": "a\ud800"},
        {"referenceNo": "a" * 101},
        {"qrContent": None},
        {"qrContent": 7},
        {"qrContent": "0" * 1001},
        {"additionalInfo": {"validityPeriod": "2026-08-31T10:00:00+07:00"}},
        {"additionalInfo": {"validityPeriod": "2026-08-01T10:20:01"}},
        {"additionalInfo": {"validityPeriod": "2026-08-01T10:10:00Z"}},
    ],
    ids=ascii,
)
def test_a_code_that_is_not_what_was_asked_says_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        charge_in(charged(**changes), order(), NOON + CONTRACT.lapses_after)


@pytest.mark.parametrize(
    "more",
    [None, {}, [], {"validityPeriod": "soon"}, {"validityPeriod": "2026-08-01T10:20:00"}],
    ids=str,
)
def test_a_code_without_a_later_end_is_taken(more: Any) -> None:
    answer = charged(additionalInfo=more)
    assert charge_in(answer, order(), NOON + CONTRACT.lapses_after).reference == REFERENCE


# The money.


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("00", Status.PAID),
        ("01", Status.PENDING),
        ("02", Status.PENDING),
        ("03", Status.PENDING),
        ("04", Status.REFUNDED),
        ("05", Status.UNPAID_FINAL),
        ("06", Status.PENDING),
        ("07", Status.ABSENT),
        ("08", Status.PENDING),
        ("09", Status.PENDING),
        (" 00 ", Status.PAID),
    ],
)
def test_every_status_has_its_meaning(word: str, status: Status) -> None:
    assert report(word).status is status
    assert word.strip() in STATUSES


def test_a_failed_attempt_is_not_the_end_of_a_code() -> None:
    """The wallet had no balance, the payer tries another one: only the lapse or a cancel ends it."""
    assert report("06", transactionStatusDesc="Failed").status is Status.PENDING


@pytest.mark.parametrize("word", ["10", "0", "", "000", "PAID", 0, None, ["00"], {"00": "00"}, True])
def test_a_status_nobody_knows_says_nothing(word: Any) -> None:
    with pytest.raises(AnswerError, match="latestTransactionStatus"):
        report_in({**told(), "latestTransactionStatus": word}, order())


@pytest.mark.parametrize("value", ["25000", "25000.0", "25000.00", "00025000.00"])
def test_an_amount_may_be_a_string_or_a_number(value: str) -> None:
    assert report(amount={"value": value, "currency": "IDR"}).amount == 25_000
    if not value.startswith("0"):
        number = read_object(json.dumps(told()).replace('"value": 25000', f'"value": {value}', 1).encode())
        assert report_in(number, order()).amount == 25_000


@pytest.mark.parametrize(
    "amount",
    [
        None,
        {},
        [],
        25_000,
        {"value": "25000.50", "currency": "IDR"},
        {"value": "25.000,00", "currency": "IDR"},
        {"value": "-25000", "currency": "IDR"},
        {"value": 2.5e4, "currency": "IDR"},
        {"value": True, "currency": "IDR"},
        {"value": None, "currency": "IDR"},
        {"value": "25000.00"},
        {"value": "25000.00", "currency": 360},
    ],
    ids=str,
)
@pytest.mark.parametrize("status", ["00", "04"])
def test_money_without_a_whole_amount_says_nothing(status: str, amount: Any) -> None:
    with pytest.raises(AnswerError):
        report(status, amount=amount)


@pytest.mark.parametrize("status", ["01", "02", "03", "05", "06"])
def test_an_unpaid_order_may_leave_the_amount_to_the_question(status: str) -> None:
    assert (report(status, amount=None).amount, report(status, amount=None).currency) == (25_000, "IDR")


@pytest.mark.parametrize("status", ["01", "05"])
def test_an_amount_that_an_unpaid_order_does_tell_is_told_on(status: str) -> None:
    assert report(status, amount={"value": 1, "currency": "USD"}).amount == 1


@pytest.mark.parametrize("status", ["00", "01", "04", "05"])
def test_an_answer_that_names_no_order_says_nothing(status: str) -> None:
    with pytest.raises(AnswerError, match="originalPartnerReferenceNo"):
        report(status, originalPartnerReferenceNo=None)


def test_an_unknown_transaction_needs_no_other_field() -> None:
    assert report_in({"latestTransactionStatus": "07"}, order()) == Report(Status.ABSENT, detail="07")


def test_a_refunded_order_was_refunded_whole() -> None:
    assert (report("04").refunded, report("00").refunded) == (25_000, 0)


@pytest.mark.parametrize(
    ("convenience", "fee", "tip"),
    [
        ("C00000000", None, 0),
        ("C00000500", None, 500),
        ("C00000500", 0, 500),
        ("C00000000", 500, 500),
        ("C00000000", "500.00", 500),
        ("D00000500", None, 0),
        ("500", None, 0),
        (None, "500.52", 0),
        (None, "much", 0),
    ],
)
def test_a_tip_is_for_the_books_only(convenience: str | None, fee: Any, tip: int) -> None:
    fee_amount = None if fee is None else {"value": fee, "currency": "IDR"}
    more = {"convenienceFee": convenience}
    assert report(additionalInfo=more, feeAmount=fee_amount).evidence.tip == tip


def test_padding_is_no_part_of_a_field() -> None:
    more = {"approvalCode": "328591   ", "issuerName": "  BCA  "}
    evidence = report(additionalInfo=more, originalReferenceNo=f"{REFERENCE}   ").evidence
    assert (evidence.reference, evidence.approval_code, evidence.issuer) == (REFERENCE, "328591", "BCA")


@pytest.mark.parametrize("code", ["328591", 328591])
def test_an_approval_code_may_be_a_string_or_a_number(code: Any) -> None:
    assert report(additionalInfo={"approvalCode": code}).evidence.approval_code == "328591"


@pytest.mark.parametrize(
    "changes",
    [
        {"partnerRefundNo": "another"},
        {"partnerRefundNo": None},
        {"refundAmount": {"value": 1, "currency": "IDR"}},
        {"refundAmount": None},
        {"refundAmount": {"value": "25000.50", "currency": "IDR"}},
    ],
    ids=str,
)
def test_a_confirmation_of_another_refund_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        refund_in(refunded(**changes), Rupiah(25_000), REFUND_KEY)


def test_a_refund_without_a_number_of_its_own_has_ours() -> None:
    assert refund_in(refunded(refundNo=None), Rupiah(25_000), REFUND_KEY) == REFUND_KEY


@pytest.mark.parametrize(
    "changes",
    [{"partnerReferenceNo": ID}, {"partnerReferenceNo": None}, {"amount": {"value": 1}}, {"amount": None}],
    ids=str,
)
def test_a_payment_of_something_else_is_none_of_ours(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        payment_in({**PAID, **changes}, order("91cbe52caf27471482d3430c37d174fc", 1200))


def test_a_static_code_has_no_amount() -> None:
    decoded = decoded_in({**SAMPLES["decode"]["answer"], "transactionAmount": None, "feeAmount": None})
    assert (decoded.amount, decoded.fee) == (None, None)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["00", "01", "IDR", ID]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def concluded(body: dict[str, Any], asked: Order) -> Report | None:
    try:
        return report_in(body, asked)
    except AnswerError:
        return None


@given(st.sampled_from(sorted(told())), JSON)
def test_no_spoilt_field_makes_an_order_paid_that_is_not(field: str, value: Any) -> None:
    concluded_from = concluded({**told("01"), field: value}, order())
    if concluded_from and field != "latestTransactionStatus":
        assert concluded_from.status is Status.PENDING


@given(st.sampled_from(["amount", "originalPartnerReferenceNo", "latestTransactionStatus"]), JSON)
def test_paid_is_only_what_tells_status_order_and_amount(field: str, value: Any) -> None:
    concluded_from = concluded({**told(), field: value}, order())
    if concluded_from and concluded_from.status is Status.PAID:
        assert (concluded_from.amount is not None, bool(concluded_from.order_id)) == (True, True)
