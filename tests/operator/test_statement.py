"""The gateway's own report: columns found by name, every row understood or the whole refused."""

import pytest

from kiosk.operator.amounts import Unclear
from kiosk.operator.statement import WORDS, Reading, Row, Standing, known_columns, rows

MIDTRANS = (
    ("Transactions from 2026-01-01",),
    (),
    ("Order ID", "Transaction ID", "Channel", "Transaction Status", "Gross Amount"),
    ("K01AAA", "gw-1", "QRIS", "settlement", "12.000"),
    ("K01BBB", "gw-2", "QRIS", "expire", "8.000"),
)


def numbered(*lines: tuple[str, ...]) -> list[tuple[int, list[str]]]:
    return [(line, list(cells)) for line, cells in enumerate(lines, 1)]


def test_columns_are_found_by_their_names_under_a_title() -> None:
    assert rows(numbered(*MIDTRANS), Reading()) == [
        Row(4, "K01AAA", "gw-1", 12_000, Standing.PAID),
        Row(5, "K01BBB", "gw-2", 8_000, Standing.UNPAID),
    ]


@pytest.mark.parametrize(
    "heading",
    [
        ("order_id", "amount", "status"),
        ("ORDER-ID", "Nominal", "Transaction_Status"),
        ("partnerReferenceNo", "Amount", "latestTransactionStatus"),
        ("Invoice Number", "Total", "Payment Status"),
        ("Reference No.", "Jumlah", "Status"),
    ],
)
def test_other_gateways_names_are_known(heading: tuple[str, ...]) -> None:
    (row,) = rows(numbered(heading, ("x-1", "500", "SUCCESS")), Reading())
    assert (row.order_id or row.reference, row.amount, row.standing) == ("x-1", 500, Standing.PAID)


def test_a_person_may_name_the_columns() -> None:
    reading = Reading(columns={"order": "Pesanan kami", "amount": "Bruto", "status": "Hasil"})
    table = numbered(("Pesanan kami", "Amount", "Bruto", "Hasil"), ("x-1", "1", "500", "paid"))
    assert [row.amount for row in rows(table, reading)] == [500]


def test_two_columns_that_could_be_the_amount_are_a_question() -> None:
    table = numbered(("Order ID", "Amount", "Gross Amount", "Status"), ("x", "1", "2", "paid"))
    with pytest.raises(Unclear, match="'Amount' and 'Gross Amount' may both be the amount"):
        rows(table, Reading())


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        (("Order ID", "Amount"), "status"),
        (("Order ID", "Status"), "amount"),
        (("Amount", "Status"), "order or reference"),
        ((), "amount, status, order or reference"),
    ],
)
def test_a_missing_column_is_named(heading: tuple[str, ...], missing: str) -> None:
    with pytest.raises(Unclear, match=f"no column of {missing} is found"):
        rows(numbered(heading), Reading())


def test_without_a_status_nothing_is_paid_unless_a_person_says_so() -> None:
    table = numbered(("Order ID", "Amount"), ("x", "500"))
    assert [row.standing for row in rows(table, Reading(all_paid=True))] == [Standing.PAID]


def test_an_unknown_status_refuses_the_report() -> None:
    table = numbered(("Order ID", "Amount", "Status"), ("x", "500", "hold"))
    with pytest.raises(Unclear, match="line 2: nobody knows the status 'hold'"):
        rows(table, Reading())
    assert rows(table, Reading(statuses={"hold": Standing.UNPAID}))[0].standing is Standing.UNPAID


def test_an_authorisation_is_not_taken_for_a_payment() -> None:
    with pytest.raises(Unclear, match="'authorize'"):
        rows(numbered(("Order ID", "Amount", "Status"), ("x", "500", "authorize")), Reading())


def test_no_status_means_two_things() -> None:
    words = [word for each in WORDS.values() for word in each.split()]
    assert len(words) == len(set(words))


def test_a_row_that_is_cut_off_is_refused() -> None:
    with pytest.raises(Unclear, match="line 2: has 1 columns only"):
        rows(numbered(("Order ID", "Amount", "Status"), ("x",)), Reading())


def test_a_row_that_names_nothing_is_refused() -> None:
    with pytest.raises(Unclear, match="line 2: names neither"):
        rows(numbered(("Order ID", "Amount", "Status"), (" ", "500", "paid")), Reading())


def test_empty_lines_are_passed_over() -> None:
    table = numbered(("Order ID", "Amount", "Status"), ("", "", ""), (), ("x", "500", "paid"))
    assert [row.line for row in rows(table, Reading())] == [4]


def test_the_apostrophe_of_a_spreadsheet_belongs_to_no_name() -> None:
    table = numbered(("Order ID", "Amount", "Status"), ("'0042", "'500", "paid"))
    assert rows(table, Reading())[0].order_id == "0042"


def test_the_divider_that_shows_the_columns_is_the_right_one() -> None:
    assert known_columns(numbered(*MIDTRANS), Reading()) == 4
    assert known_columns(numbered(("Order ID;Amount;Status",)), Reading()) == 0
