"""Indodana: no code of its own; how a purchase stands, and giving it back."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from kiosk.model import Charge, Order, QrisCode
from kiosk.order.verdict import Verdict
from tests.gateways.contract.accent import (
    Accent,
    Call,
    Conclusion,
    Excuse,
    Outcome,
    Said,
    Standing,
    Truth,
)
from tests.gateways.provider import Asked

KEY = "canary-api-key"
SECRET_KEY = "canary0indodana0merchant0secret"
WORDS = {
    Standing.PENDING: "INITIATED",
    Standing.PAID: "PAID",
    Standing.LAPSED: "EXPIRED",
    Standing.NONSENSE: "ASLEEP",
}
ONLY_RUPIAH = "Indodana knows rupiah only, and no answer names a currency"
NO_MERCHANT = "no answer names the merchant; the key in the question does"


def bears_our_key(asked: Asked, order: Order) -> bool:
    return asked.headers["authorization"].startswith(f"Bearer {KEY}:")


class Indodana(Accent):
    """A purchase is given back once for each refundId."""

    name = "indodana"
    merchant = ""
    secrets: ClassVar[Mapping[str, Callable[[], str]]] = {
        "api_key": lambda: KEY,
        "secret_key": lambda: SECRET_KEY,
    }
    settings: ClassVar[Mapping[str, Any]] = {}
    excuses: ClassVar[Mapping[tuple[Call, str], Excuse]] = {
        (Call.STATUS, "in another currency"): Excuse(Verdict.PAID, ONLY_RUPIAH, bears_our_key),
        (Call.STATUS, "of another merchant"): Excuse(Verdict.PAID, NO_MERCHANT, bears_our_key),
        (Call.REFUND, "in another currency"): Excuse(Outcome.MONEY_BACK, ONLY_RUPIAH, bears_our_key),
        (Call.REFUND, "of another merchant"): Excuse(Outcome.MONEY_BACK, NO_MERCHANT, bears_our_key),
    }

    def call_of(self, asked: Asked) -> Call | None:
        return Call.STATUS if asked.method == "GET" else Call.REFUND

    def answer(self, call: Call | None, asked: Asked, truth: Truth) -> Said:
        if truth.standing is Standing.ABSENT:
            return Said({"status": "ERROR", "error": {"kind": "NOT_FOUND", "message": "Not found"}}, 404)
        if call is Call.STATUS:
            return Said(
                {
                    "status": "OK",
                    "fraudStatus": "ACCEPT",
                    "amount": truth.amount,
                    "transactionStatus": WORDS[truth.standing],
                    "merchantOrderId": truth.order_id,
                    "transactionTime": "2026-08-01T03:00:00+0000",
                    "transactionId": transaction(truth.order_id),
                }
            )
        word = "ASLEEP" if truth.standing is Standing.NONSENSE else "OK"
        return Said(
            {
                "status": word,
                "refundId": truth.key,
                "merchantOrderId": truth.order_id,
                "cancellationAmount": truth.amount,
                "transactionId": transaction(truth.order_id),
            }
        )

    def no(self, call: Call) -> Said:
        return Said({"status": "ERROR", "error": {"kind": "INVALID", "message": "not valid"}}, 400)

    def stranger(self, call: Call) -> Said:
        return Said({"status": "ERROR", "error": {"kind": "UNAUTHORIZED", "message": "who?"}}, 401)

    def charge(self, order: Order) -> Charge:
        return Charge(QrisCode(""), transaction(order.id))

    def standings(self) -> dict[Standing, Conclusion]:
        return {
            Standing.PENDING: Verdict.PENDING,
            Standing.PAID: Verdict.PAID,
            Standing.LAPSED: Verdict.UNPAID,
            Standing.ABSENT: Verdict.ABSENT,
        }


def transaction(order_id: str) -> str:
    return f"5d8c{order_id[-12:].lower()}"
