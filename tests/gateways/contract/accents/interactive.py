"""InterActive: what an answer says of an invoice names neither it nor its amount."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from kiosk.model import Charge, Order, QrisCode
from kiosk.order.verdict import Verdict
from tests.gateways.contract.accent import (
    NMID,
    OTHERS_NMID,
    Accent,
    Call,
    Conclusion,
    Excuse,
    Outcome,
    Said,
    Standing,
    Truth,
    payload,
)
from tests.gateways.provider import Asked

MERCHANT = "195255685725"
KEY = "canary0139139211228"
MADE = "2026-08-01 10:00:00"
UNBOUND = "an answer names nothing that could be compared; the question named it, over TLS"


def asked_about(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.target).query).items()}


def names_the_invoice(asked: Asked, order: Order) -> bool:
    return asked_about(asked)["invid"] == invoice(order.id)


def names_the_number(asked: Asked, order: Order) -> bool:
    return asked_about(asked)["cliTrxNumber"].startswith(order.id)


def names_the_amount(asked: Asked, order: Order) -> bool:
    return asked_about(asked)["trxvalue"] == str(order.amount)


def names_the_merchant(asked: Asked, order: Order) -> bool:
    return asked_about(asked)["mID"] == MERCHANT


class Interactive(Accent):
    """A create makes a new invoice each time it is asked."""

    name = "interactive"
    merchant = MERCHANT
    settings: ClassVar[Mapping[str, Any]] = {"merchant_id": MERCHANT, "nmid": NMID}
    secrets: ClassVar[Mapping[str, Callable[[], str]]] = {"api_key": lambda: KEY}
    excuses: ClassVar[Mapping[tuple[Call, str], Excuse]] = {
        (Call.CREATE, "for another order"): Excuse(
            Outcome.ANOTHERS,
            "an answer names no order: the invoice that it brings is the one that is shown and asked about",
            names_the_number,
        ),
        (Call.STATUS, "for another order"): Excuse(Verdict.PAID, UNBOUND, names_the_invoice),
        (Call.STATUS, "for another amount"): Excuse(Verdict.PAID, UNBOUND, names_the_amount),
        (Call.STATUS, "of another merchant"): Excuse(Verdict.PAID, UNBOUND, names_the_merchant),
        (Call.STATUS, "in another currency"): Excuse(
            Verdict.PAID, "the API knows rupiah only; the code on the panel said 360", names_the_amount
        ),
    }

    def call_of(self, asked: Asked) -> Call | None:
        return Call.CREATE if "show_qris" in asked.target else Call.STATUS

    def answer(self, call: Call | None, asked: Asked, truth: Truth) -> Said:
        if call is Call.STATUS:
            return self._told(truth.standing)
        if truth.standing is Standing.NONSENSE:
            return Said({"status": "asleep", "data": {}})
        data = {
            "qris_content": payload(truth, MERCHANT),
            "qris_request_date": MADE,
            "qris_invoiceid": invoice(truth.order_id, truth.created),
            "qris_nmid": NMID if truth.merchant == MERCHANT else OTHERS_NMID,
        }
        return Said({"status": "success", "data": data})

    def no(self, call: Call) -> Said:
        if call is Call.CREATE:
            return Said({"status": "failed", "data": "invalid amount"})
        return Said({"status": "failed, Invoice ID is empty", "data": []})

    def stranger(self, call: Call) -> Said:
        return Said({"status": "failed", "data": {"qris_status": "invalid apikey"}})

    def charge(self, order: Order) -> Charge:
        return Charge(QrisCode(""), invoice(order.id), MERCHANT, {"qris_request_date": MADE})

    def owns(self, order: Order, charge: Charge) -> bool:
        return charge.reference[:-1] == invoice(order.id)[:-1]

    def standings(self) -> dict[Standing, Conclusion]:
        return {Standing.PENDING: Verdict.PENDING, Standing.PAID: Verdict.PAID}

    @staticmethod
    def _told(standing: Standing) -> Said:
        if standing is Standing.PAID:
            return Said({"status": "success", "data": {"qris_status": "paid"}})
        word = "unpaid" if standing is Standing.PENDING else "asleep"
        return Said({"status": "failed" if word == "unpaid" else "success", "data": {"qris_status": word}})


def invoice(order_id: str, times: int = 0) -> str:
    """The number of an order's invoice; its last digit counts the invoices made before."""
    return f"{int(order_id[-8:], 36)}{times}"
