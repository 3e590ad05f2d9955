"""The gateway's own report, a table from its web site: columns found by their names, every row understood.

Each gateway names its columns in its own way and changes them, so names are looked up tolerantly, and what
they hold is not: an unknown status or an amount that can be read in two ways refuses the whole report.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from kiosk.operator.amounts import Cell, Unclear, whole_rupiah

HEADING_WITHIN: Final = 20
"""Lines; some reports begin with a title."""


class Standing(StrEnum):
    """What the gateway says of a payment."""

    PAID = "paid"
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly refunded"


WORDS: Final[dict[Standing, str]] = {
    Standing.PAID: """
        settlement settled success successful succeeded paid complete completed 00
        sukses berhasil lunas selesai dibayar""",
    Standing.UNPAID: """
        pending expire expired cancel canceled cancelled deny denied declined fail failed failure unpaid
        initiated waiting gagal kedaluwarsa kadaluarsa batal dibatalkan menunggu""",
    Standing.REFUNDED: "refund refunded dikembalikan",
    Standing.PARTLY_REFUNDED: "partialrefund partiallyrefunded partlyrefunded",
}
"""Every status that is known, without blanks and marks."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "order": (
        *("orderid", "orderno", "ordernumber", "merchantorderid", "invoicenumber", "invoiceno"),
        *("partnerreferenceno", "clitrxnumber", "nomorpesanan", "idpesanan"),
    ),
    "reference": (
        *("transactionid", "referenceno", "reference", "referencenumber", "gatewayreference", "refid"),
        *("originalreferenceno", "qrisinvoiceid", "idtransaksi"),
    ),
    "amount": ("amount", "grossamount", "transactionamount", "nominal", "jumlah", "total"),
    "status": ("status", "transactionstatus", "paymentstatus", "latesttransactionstatus"),
}
"""By what names a column may go, without blanks and marks."""


class Row(Struct, frozen=True):
    """One payment of the report; of order and reference one may be empty."""

    line: int
    order_id: str
    reference: str
    amount: int
    standing: Standing


class Reading(Struct, frozen=True, kw_only=True):
    """What a person says about a report: names of columns, and what unknown statuses mean.

    `all_paid`: there is no column of statuses, whatever stands in the report is paid.
    """

    columns: Mapping[str, str] = {}
    statuses: Mapping[str, Standing] = {}
    all_paid: bool = False


def rows(table: Sequence[tuple[int, Sequence[str]]], reading: Reading) -> list[Row]:
    """The payments of a table whose rows bear their line numbers; raises Unclear."""
    start, places = _heading(table, reading)
    body = [(line, cells) for line, cells in table[start + 1 :] if any(cell.strip() for cell in cells)]
    amounts = whole_rupiah(_cell(line, cells, places["amount"]) for line, cells in body)
    return [
        _row(line, cells, amount, places, reading)
        for (line, cells), amount in zip(body, amounts, strict=True)
    ]


def known_columns(table: Sequence[tuple[int, Sequence[str]]], reading: Reading) -> int:
    """How many columns of the best heading can be told by their names; none where it was divided wrongly."""
    names = {name for role in COLUMNS for name in _names(role, reading)}
    return max((sum(bare(cell) in names for cell in cells) for _, cells in table[:HEADING_WITHIN]), default=0)


def _names(role: str, reading: Reading) -> tuple[str, ...]:
    return (bare(reading.columns[role]),) if role in reading.columns else COLUMNS[role]


def _row(line: int, cells: Sequence[str], amount: int, places: Mapping[str, int], reading: Reading) -> Row:
    names = {
        role: _cell(line, cells, places[role]).text.strip() if role in places else ""
        for role in ("order", "reference")
    }
    if not any(names.values()):
        raise Unclear(f"line {line}: names neither an order nor a reference; take the line out")
    standing = Standing.PAID if reading.all_paid else _standing(_cell(line, cells, places["status"]), reading)
    return Row(line, names["order"], names["reference"], amount, standing)


def _cell(line: int, cells: Sequence[str], place: int) -> Cell:
    if place >= len(cells):
        raise Unclear(f"line {line}: has {len(cells)} columns only; is it cut off?")
    # spreadsheets are told by an apostrophe that a number is a text
    return Cell(line, cells[place].removeprefix("'"))


def _standing(cell: Cell, reading: Reading) -> Standing:
    word = bare(cell.text)
    if word in reading.statuses:
        return reading.statuses[word]
    for standing, words in WORDS.items():
        if word in words.split():
            return standing
    raise Unclear(
        f"line {cell.line}: nobody knows the status {cell.text[:40]!a}; say --status WORD=paid, or unpaid"
    )


def _heading(table: Sequence[tuple[int, Sequence[str]]], reading: Reading) -> tuple[int, dict[str, int]]:
    """The first row that names what is needed, and where."""
    needed = {"amount"} if reading.all_paid else {"amount", "status"}
    best: set[str] = set()
    for index, (line, cells) in enumerate(table[:HEADING_WITHIN]):
        places = dict(_places(line, cells, reading))
        if needed <= places.keys() and places.keys() & {"order", "reference"}:
            return index, places
        best = max(best, set(places), key=len)
    missing = sorted(needed - best) + ([] if best & {"order", "reference"} else ["order or reference"])
    raise Unclear(
        f"no column of {', '.join(missing)} is found; name it with --amount-column, --status-column, "
        "--order-column, --reference-column, or say --all-paid where there is no status"
    )


def _places(line: int, cells: Sequence[str], reading: Reading) -> Iterable[tuple[str, int]]:
    for role in COLUMNS:
        wanted = _names(role, reading)
        found = [index for index, cell in enumerate(cells) if bare(cell) in wanted]
        if len(found) > 1 and not (role == "status" and reading.all_paid):
            which = " and ".join(repr(cells[index].strip()[:40]) for index in found)
            raise Unclear(f"line {line}: {which} may both be the {role}; say which with --{role}-column")
        if found:
            yield role, found[0]


def bare(text: str) -> str:
    """A name without blanks, marks and capitals, as names are compared."""
    return re.sub(r"[\W_]", "", text.casefold())
