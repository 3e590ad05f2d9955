"""DOKU under SNAP: a responseCode for the call, latestTransactionStatus for the money."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from kiosk.model import Charge, Evidence, Order, QrisCode, TroubleKind
from kiosk.order.verdict import Verdict
from tests.gateways import doku_papers as papers
from tests.gateways.contract.accent import (
    KIOSK,
    NMID,
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
from tests.gateways.contract.table import AGAIN
from tests.gateways.provider import Asked

SERVICES = {Call.CREATE: "47", Call.STATUS: "51", Call.REFUND: "78", Call.CANCEL: "77"}
PATHS = {"generate": Call.CREATE, "query": Call.STATUS, "refund": Call.REFUND, "cancel": Call.CANCEL}
WORDS = {
    Standing.PENDING: "03",
    Standing.PAID: "00",
    Standing.LAPSED: "05",
    Standing.REFUNDED: "04",
    Standing.NONSENSE: "77",
}
NO_SUCH_FIELD = "no answer of DOKU's names the merchant; the question did, signed"


def names_the_mall(asked: Asked, order: Order) -> bool:
    return bool(asked.json["merchantId"] == papers.MALL)


class Doku(Accent):
    """Tokens are granted freely; the signatures of questions are other tests' business."""

    name = "doku"
    merchant = papers.MALL
    settings: ClassVar[Mapping[str, Any]] = {
        "client_id": papers.CLIENT,
        "merchant_id": papers.MALL,
        "postal_code": "13120",
        "nmid": NMID,
    }
    contract: ClassVar[Mapping[str, Any]] = {"refunds": True, "cancels": True}
    secrets: ClassVar[Mapping[str, Callable[[], str]]] = {
        "secret_key": lambda: papers.SECRET,
        "private_key": papers.pem,
    }
    evidence = Evidence(reference=papers.REFERENCE, approval_code="328591")
    excuses: ClassVar[Mapping[tuple[Call, str], Excuse]] = {
        (Call.CREATE, AGAIN): Excuse(
            Outcome.NOT_SHOWN, "DOKU never tells a code again: it says that the order exists, so we ask"
        ),
        (Call.REFUND, AGAIN): Excuse(
            TroubleKind.REFUSED, "the look before it says that the money went back; so does the one after it"
        ),
        (Call.CANCEL, "with an unknown status"): Excuse(
            TroubleKind.UNREADABLE, "an answer to a cancel has no other word than its responseCode"
        ),
        (Call.STATUS, "of another merchant"): Excuse(Verdict.PAID, NO_SUCH_FIELD, names_the_mall),
        (Call.REFUND, "of another merchant"): Excuse(Outcome.MONEY_BACK, NO_SUCH_FIELD, names_the_mall),
    }

    def call_of(self, asked: Asked) -> Call | None:
        return PATHS.get(asked.target.rpartition("-")[2])

    def answer(self, call: Call | None, asked: Asked, truth: Truth) -> Said:
        if call is None:
            return Said(papers.granted())
        said = {
            Call.CREATE: self._charged,
            Call.STATUS: self._told,
            Call.REFUND: self._refunded,
            Call.CANCEL: self._closed,
        }[call](truth)
        if truth.standing is Standing.NONSENSE and call is not Call.STATUS:
            return Said({**said.body, "responseCode": f"200{SERVICES[call]}77"})
        return said

    def no(self, call: Call) -> Said:
        return Said(papers.trouble(f"400{SERVICES[call]}02"), 400)

    def stranger(self, call: Call) -> Said:
        return Said(papers.trouble(f"401{SERVICES[call]}00"), 401)

    def charge(self, order: Order) -> Charge:
        return Charge(QrisCode(""), reference(order.id), papers.MALL)

    def standings(self) -> dict[Standing, Conclusion]:
        return {
            Standing.PENDING: Verdict.PENDING,
            Standing.PAID: Verdict.PAID,
            Standing.LAPSED: Verdict.UNPAID,
            Standing.REFUNDED: Verdict.REFUNDED,
            Standing.ABSENT: Verdict.ABSENT,
        }

    def _charged(self, truth: Truth) -> Said:
        if truth.created:
            return Said(papers.trouble("4094701", "Duplicate partnerReferenceNo"), 409)
        return Said(
            papers.charged(
                partnerReferenceNo=truth.order_id,
                referenceNo=reference(truth.order_id),
                qrContent=payload(truth, papers.MALL),
                terminalId=KIOSK,
            )
        )

    def _closed(self, _truth: Truth) -> Said:
        return Said(papers.trouble("2007700", "Successful"))

    def _told(self, truth: Truth) -> Said:
        if truth.standing is Standing.ABSENT:
            return Said(papers.trouble("4045101", "Transaction Not Found"), 404)
        word = "04" if truth.refunded else WORDS[truth.standing]
        return Said(
            papers.told(
                word,
                originalPartnerReferenceNo=truth.order_id,
                originalReferenceNo=reference(truth.order_id),
                amount={"value": truth.amount, "currency": truth.currency},
            )
        )

    def _refunded(self, truth: Truth) -> Said:
        return Said(
            papers.refunded(
                originalPartnerReferenceNo=truth.order_id,
                originalReferenceNo=reference(truth.order_id),
                partnerRefundNo=truth.key,
                refundAmount={"value": truth.amount, "currency": truth.currency},
            )
        )


def reference(order_id: str) -> str:
    return f"7d054649f9ba4c19ae5f{order_id[-12:].lower()}"
