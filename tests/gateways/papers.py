"""What Midtrans says, to be changed one field at a time, and an order to say it about."""

from typing import Any

from kiosk.model import Charge, Environment, Now, Order, QrisCode, Rupiah

KEY = "SB-Mid-server-throwaway0000"
MERCHANT = "G490526303"
ID = "KSK01ABCDEFGHIJ012345678Z"
TRANSACTION = "1015a919-b03f-450a-bc85-b38202a79a96"
PAYLOAD = "00020101021226680016ID.CO.EXAMPLE"
CHARGE = Charge(QrisCode(PAYLOAD), TRANSACTION, MERCHANT)


def order(order_id: str = ID, amount: int = 25_000, item: str = "Kopi") -> Order:
    return Order(
        id=order_id,
        claim_code="123456",
        slot=1,
        item=item,
        amount=Rupiah(amount),
        output="spiral1",
        gateway="midtrans",
        environment=Environment.SIMULATOR,
        merchant=MERCHANT,
        made_at=Now("boot", 1.0, 1.0),
    )


def paper(code: str, status: str, **changes: Any) -> dict[str, Any]:
    """A transaction as every answer tells it; a change to None leaves the field out."""
    body = {
        "status_code": code,
        "status_message": "midtrans says so",
        "transaction_id": TRANSACTION,
        "order_id": ID,
        "merchant_id": MERCHANT,
        "gross_amount": "25000.00",
        "currency": "IDR",
        "payment_type": "qris",
        "transaction_time": "2026-08-01 10:00:00",
        "transaction_status": status,
        "fraud_status": "accept",
        "acquirer": "gopay",
        **changes,
    }
    return {field: value for field, value in body.items() if value is not None}


def charged(**changes: Any) -> dict[str, Any]:
    """The answer to a charge."""
    return paper("201", "pending", **{"qr_string": PAYLOAD, **changes})


def denied(response_code: str | None) -> dict[str, Any]:
    """The answer to a charge for which no code could be made."""
    return paper("202", "deny", channel_response_code=response_code)


def trouble(code: str, message: str = "No.") -> dict[str, Any]:
    """An answer that is about no transaction."""
    return {"status_code": code, "status_message": message}
