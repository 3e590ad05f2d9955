"""What InterActive's words mean, without a network."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.gateways.answers import AnswerError
from kiosk.gateways.interactive_wire import (
    CHECK,
    CREATE,
    REASONS,
    Invoice,
    address,
    check_query,
    create_query,
    invoice_in,
    invoice_named_in,
    reason_in,
    report_in,
)
from kiosk.model import Evidence, Report, Rupiah, Status
from kiosk.secret import Secret
from tests.codes import GOOD, code
from tests.gateways.interactive_papers import (
    CHARGE,
    CODE,
    INVOICE,
    MERCHANT,
    PAID,
    REQUESTED,
    UNPAID,
    failed,
    invoice,
    standing,
)

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["success", "failed", "paid", "unpaid", CODE]),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["status", "data", "qris_status"]), inner)
    ),
)


def asked_on(requested: str) -> Any:
    query = check_query(MERCHANT, replace(CHARGE, details={"qris_request_date": requested}), Rupiah(1))
    return query["trxdate"] if query else None


def test_an_invoice_is_asked_for_without_a_tip() -> None:
    assert create_query(MERCHANT, "KSK01A", Rupiah(25_578)) == {
        "do": "create-invoice",
        "mID": MERCHANT,
        "cliTrxNumber": "KSK01A",
        "cliTrxAmount": 25_578,
        "useTip": "no",
    }


def test_an_invoice_is_asked_about_by_its_id_its_amount_and_its_day() -> None:
    assert check_query(MERCHANT, CHARGE, Rupiah(25_578)) == {
        "do": "checkStatus",
        "mID": MERCHANT,
        "invid": INVOICE,
        "trxvalue": 25_578,
        "trxdate": "2020-08-07",
    }


@pytest.mark.parametrize("requested", ["2026-08-01 23:59:59", "2026-08-02 00:00:00"])
def test_the_day_is_the_one_in_jakarta_on_which_the_invoice_was_made(requested: str) -> None:
    """Whatever the day is when it is asked about: a minute later it may be tomorrow."""
    assert asked_on(requested) == requested[:10]


@pytest.mark.parametrize(
    "requested", ["", "2026-08-01", "2026-13-01 10:00:00", "2026-08-01T10:00:00", "2026-08-01 10:00:00&x=1"]
)
def test_without_the_moment_of_the_invoice_there_is_no_question(requested: str) -> None:
    assert asked_on(requested) is None


@pytest.mark.parametrize("reference", ["", "41a", "1&invid=2", "1" * 21, "-1"])
def test_without_the_id_of_the_invoice_there_is_no_question(reference: str) -> None:
    assert check_query(MERCHANT, replace(CHARGE, reference=reference), Rupiah(1)) is None


def test_a_key_cannot_break_out_of_the_query() -> None:
    assert address(CREATE, {"do": "x"}, Secret("a&b=c #+")) == f"{CREATE}?apikey=a%26b%3Dc+%23%2B&do=x"


def test_the_addresses_are_those_of_the_document() -> None:
    assert (CREATE, CHECK) == ("/restapi/qris/show_qris.php", "/restapi/qris/checkpaid_qris.php")


def test_the_sample_of_an_invoice_is_read_field_by_field() -> None:
    assert invoice_in(invoice()) == Invoice(content=CODE, requested=REQUESTED, id=INVOICE)


def test_an_invoice_id_may_be_a_number() -> None:
    read = invoice_in(invoice(qris_invoiceid=9))
    assert read is not None
    assert read.id == "9"


@pytest.mark.parametrize(
    "changes",
    [
        {"qris_content": None},
        {"qris_content": 7},
        {"qris_content": "0" * 1001},
        {"qris_content": CODE[:-1] + "8"},
        {"qris_content": CODE[:60]},
        {"qris_content": code({**GOOD, "51": "0014ID.CO.QRIS.WWW0215ID10200211817460303UMI"})},
        {"qris_content": code({tag: value for tag, value in GOOD.items() if tag != "51"})},
        {"qris_nmid": "ID1020021181746"},
        {"qris_nmid": None},
        {"qris_nmid": ""},
        {"qris_request_date": None},
        {"qris_request_date": "2020-08-07"},
        {"qris_request_date": "2020-02-30 11:13:42"},
        {"qris_request_date": "07-08-2020 11:13:42"},
        {"qris_invoiceid": None},
        {"qris_invoiceid": ""},
        {"qris_invoiceid": "41a"},
        {"qris_invoiceid": "1&invid=2"},
        {"qris_invoiceid": -1},
        {"qris_invoiceid": True},
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_an_invoice_that_could_not_be_shown_and_asked_about_says_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        invoice_in(invoice(**changes))


@pytest.mark.parametrize("data", [None, [], "paid", 7])
def test_a_success_without_an_invoice_says_nothing(data: object) -> None:
    with pytest.raises(AnswerError, match="brings no invoice"):
        invoice_in({"status": "success", "data": data})


def test_a_code_that_pays_another_merchant_is_named() -> None:
    with pytest.raises(AnswerError, match="qris_nmid is not the one that its code pays to"):
        invoice_in(invoice(qris_nmid="ID1020021181746"))


def test_paid_is_success_and_paid() -> None:
    assert report_in(PAID, INVOICE) == Report(
        Status.PAID, detail="paid", evidence=Evidence(reference=INVOICE)
    )


def test_who_paid_is_dropped_and_how_is_kept() -> None:
    told = {
        "qris_payment_customername": "EDWIN PERDANA",
        "qris_payment_methodby": "BCA",
        "qris_paid_date": "2020-08-07 11:20:00",
    }
    report = report_in(
        {**standing("success", "paid", **told), "qris_api_version_code": "2505011709"}, INVOICE
    )
    assert report is not None
    assert report.evidence == Evidence(reference=INVOICE, issuer="BCA", paid_at="2020-08-07 11:20:00")
    assert "EDWIN" not in repr(report)


def test_unpaid_is_no_error_and_not_final() -> None:
    assert report_in(UNPAID, INVOICE) == Report(
        Status.PENDING, detail="unpaid", evidence=Evidence(reference=INVOICE)
    )


@pytest.mark.parametrize(
    "body",
    [
        standing("failed", "paid"),
        standing("success", "unpaid"),
        standing("success", "pending"),
        standing("failed, Invoice ID is empty", "unpaid"),
        {"status": "success", "data": "paid"},
        {"status": "success", "data": []},
        {"status": "success", "data": {}},
        {"status": "success"},
        {"status": "Success", "data": {"qris_status": "paid"}},
        {"data": {"qris_status": "paid"}},
    ],
    ids=repr,
)
def test_an_answer_that_contradicts_itself_is_not_money(body: dict[str, Any]) -> None:
    with pytest.raises(AnswerError, match="contradict"):
        report_in(body, INVOICE)


@pytest.mark.parametrize("body", [*failed("invalid amount"), {}, {"status": "error", "data": {}}], ids=repr)
def test_a_failed_question_is_no_report(body: dict[str, Any]) -> None:
    assert report_in(body, INVOICE) is None


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_found_in_every_shape(reason: str) -> None:
    assert [reason_in(body) for body in failed(reason)] == [reason] * 3
    assert [reason_in(body) for body in failed(f" {reason.upper()} ")] == [reason] * 3


@pytest.mark.parametrize(
    "reason",
    [
        "invalid amount",
        "invalid apikey",
        "invalid mID",
        "transcation number is empty",
        "what we do for you?",
        "Invoice ID is empty",
    ],
)
def test_every_reason_of_the_document_is_known(reason: str) -> None:
    assert reason.lower() in REASONS


@pytest.mark.parametrize("body", [{}, {"status": "error"}, {"status": ["failed"]}, PAID], ids=repr)
def test_what_is_neither_success_nor_failure_has_no_reason(body: dict[str, Any]) -> None:
    with pytest.raises(AnswerError, match="neither success nor a failure"):
        reason_in(body)


@given(st.dictionaries(st.sampled_from(["status", "data"]), ANYTHING))
def test_only_the_two_words_together_are_money(body: dict[str, Any]) -> None:
    report = None
    with suppress(AnswerError):
        report = report_in(body, INVOICE)
    if report is not None and report.status is Status.PAID:
        assert (body["status"], body["data"]["qris_status"]) == ("success", "paid")


@pytest.mark.parametrize(
    ("said", "invoice_id"),
    [(INVOICE, INVOICE), (413255111, INVOICE), ("41a", None), ("", None), (None, None), ([1], None)],
)
def test_a_callback_names_its_invoice(said: object, invoice_id: str | None) -> None:
    callback = {
        "invoice": said,
        "rrn": "123456789012",
        "note": "",
        "qris_status": "paid",
        "qris_paid_date": "2026-08-01 10:02:00",
        "qris_payment_methodby": "GoPay",
        "qris_payment_customername": "ANDREAS",
    }
    assert invoice_named_in(callback) == invoice_id
