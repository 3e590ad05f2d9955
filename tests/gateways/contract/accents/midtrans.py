"""Midtrans: the body's status_code is the outcome, and every answer carries the whole transaction."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from kiosk.model import Charge, Order, QrisCode, TroubleKind
from kiosk.order.verdict import Verdict
from tests.gateways.contract.accent import (
    NMID,
    Accent,
    Call,
    Conclusion,
    Excuse,
    Said,
    Standing,
    Truth,
    payload,
)
from tests.gateways.papers import KEY, MERCHANT, paper, trouble
from tests.gateways.provider import Asked

WORDS = {
    Standing.PENDING: ("201", "pending"),
    Standing.PAID: ("200", "settlement"),
    Standing.LAPSED: ("407", "expire"),
    Standing.REFUNDED: ("200", "refund"),
    Standing.PARTLY_REFUNDED: ("200", "partial_refund"),
    Standing.NONSENSE: ("200", "asleep"),
}


class Midtrans(Accent):
    """An answer is a transaction; what changes is its status_code and its transaction_status."""

    name = "midtrans"
    merchant = MERCHANT
    settings: ClassVar[Mapping[str, Any]] = {"merchant_id": MERCHANT, "nmid": NMID}
    contract: ClassVar[Mapping[str, Any]] = {"refunds": True}
    secrets: ClassVar[Mapping[str, Callable[[], str]]] = {"server_key": lambda: KEY}
    excuses: ClassVar[Mapping[tuple[Call, str], Excuse]] = {
        (Call.CREATE, "of another merchant"): Excuse(
            TroubleKind.MISCONFIGURED, "the answer names whom the key belongs to: a person must see to it"
        ),
    }

    def call_of(self, asked: Asked) -> Call | None:
        last = asked.target.rpartition("/")[2]
        calls = {"charge": Call.CREATE, "status": Call.STATUS, "cancel": Call.CANCEL, "direct": Call.REFUND}
        return calls[last]

    def answer(self, call: Call | None, asked: Asked, truth: Truth) -> Said:
        if truth.standing is Standing.ABSENT:
            return Said(trouble("404"))
        more = {
            "order_id": truth.order_id,
            "gross_amount": f"{truth.amount}.00",
            "currency": truth.currency,
            "merchant_id": truth.merchant,
            "transaction_id": transaction(truth.order_id),
        }
        if call is Call.CREATE:
            more["qr_string"] = payload(truth, MERCHANT)
        if call is Call.REFUND:
            more |= self._refund(truth)
        if call is Call.STATUS and truth.refunded:
            return Said(paper("200", "refund", refunds=[self._refund(truth)], **more))
        code, word = WORDS[truth.standing]
        return Said(paper("200" if call is Call.CANCEL else code, word, **more))

    def no(self, call: Call) -> Said:
        return Said(trouble("400"))

    def stranger(self, call: Call) -> Said:
        return Said(trouble("401"), 401)

    def charge(self, order: Order) -> Charge:
        return Charge(QrisCode(""), transaction(order.id), MERCHANT)

    def standings(self) -> dict[Standing, Conclusion]:
        return {
            Standing.PENDING: Verdict.PENDING,
            Standing.PAID: Verdict.PAID,
            Standing.LAPSED: Verdict.UNPAID,
            Standing.REFUNDED: Verdict.REFUNDED,
            Standing.PARTLY_REFUNDED: Verdict.PARTLY_REFUNDED,
            Standing.ABSENT: Verdict.ABSENT,
        }

    @staticmethod
    def _refund(truth: Truth) -> dict[str, str]:
        return {"refund_key": truth.key, "refund_amount": f"{truth.amount}.00", "refund_chargeback_id": "7"}


def transaction(order_id: str) -> str:
    return f"1015a919-b03f-450a-bc85-{order_id[-12:].lower()}"
