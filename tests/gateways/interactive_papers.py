"""What InterActive says, to be changed one field at a time, and an order to say it about."""

from typing import Any

from kiosk.model import Charge, Order, QrisCode
from tests.gateways import papers

KEY = "139139canary+/=&0123456789"
MERCHANT = "195255685725"
INVOICE = "413255111"
REQUESTED = "2020-08-07 11:13:42"
NMID = "ID1020021181745"
CODE = (
    "00020101021226680016ID.CO.TELKOM.WWW011893600898025599662702150001952559966270303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10200211817450303UMI520457325303360540825578.005502015802ID5916InterActive Corp6013KOTA SURABAYA"
    "61056013662130509413255111630439B7"
)
"""The code of the document's sample, for Rp 25.578."""

CHARGE = Charge(QrisCode(CODE), INVOICE, MERCHANT, {"qris_request_date": REQUESTED})


def order(amount: int = 25_578) -> Order:
    return papers.order(amount=amount)


def invoice(**changes: Any) -> dict[str, Any]:
    """The document's answer to a create; a change to None leaves the field out."""
    data = {
        "qris_content": CODE,
        "qris_request_date": REQUESTED,
        "qris_invoiceid": INVOICE,
        "qris_nmid": NMID,
        **changes,
    }
    return {
        "status": "success",
        "data": {field: value for field, value in data.items() if value is not None},
    }


def standing(status: str, word: str, **more: str) -> dict[str, Any]:
    """An answer to a check."""
    return {"status": status, "data": {"qris_status": word, **more}}


PAID = standing("success", "paid")
UNPAID = standing("failed", "unpaid")


def failed(reason: str) -> list[dict[str, Any]]:
    """Both shapes in which the document shows a failure, and the one in which it shows none of the two."""
    return [
        {"status": "failed", "data": reason},
        {"status": "failed", "data": {"qris_status": reason}},
        {"status": f"failed, {reason}", "data": []},
    ]
