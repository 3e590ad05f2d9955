"""What DOKU says, to be changed one field at a time, and a DOKU on loopback that grants tokens."""

import functools
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kiosk.model import Charge, QrisCode
from tests.gateways.conftest import NOON
from tests.gateways.papers import ID
from tests.gateways.provider import Asked, Provider, Reply, answer_json

SECRET = "SK-canary0secret0key"
CLIENT = "BRN-0201-0000000000000"
MALL = "2115"
REFERENCE = "7d054649f9ba4c19ae5f95950c99be4d"
PAYLOAD = "00020101021226530012COM.DOKU.WWW"
CHARGE = Charge(QrisCode(PAYLOAD), REFERENCE, MALL)
REFUND_KEY = f"{ID}-R1"
TOKEN_PATH = "/authorization/v1/access-token/b2b"
B2B = "/snap-adapter/b2b/v1.0/qr/qr-mpm-"
VECTORS = Path(__file__).parent / "vectors"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


@functools.cache
def key(bits: int) -> rsa.RSAPrivateKey:
    """A key made for this run of the tests."""
    return rsa.generate_private_key(65537, bits)


def pem(bits: int = 2048) -> str:
    return (
        key(bits)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def public_pem() -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key(2048).public_key().public_bytes(encoding, form).decode()


def granted(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The answer to a token request."""
    body = {
        "responseCode": "2007300",
        "responseMessage": "Successful",
        "accessToken": f"canary.b2b.token.{number}",
        "tokenType": "Bearer",
        "expiresIn": 900,
        "additionalInfo": "",
    }
    return {**body, **changes}


def trouble(code: str, message: str = "No.") -> dict[str, Any]:
    """An answer that is about no transaction."""
    return {"responseCode": code, "responseMessage": message}


def refusal(code: str, message: str = "No.") -> Reply:
    """The same with the HTTP status that belongs to it."""
    return answer_json(trouble(code, message), int(code[:3]), date=NOON)


def charged(**changes: Any) -> dict[str, Any]:
    """The answer to a generate; a change to None leaves the field out."""
    body = {
        "responseCode": "2004700",
        "responseMessage": "Request has been processed successfully",
        "referenceNo": REFERENCE,
        "partnerReferenceNo": ID,
        "qrContent": PAYLOAD,
        "terminalId": "KSK01",
        "additionalInfo": {"validityPeriod": "2026-08-01T10:10:00+07:00"},
        **changes,
    }
    return without_nothing(body)


def told(status: str = "00", **changes: Any) -> dict[str, Any]:
    """The answer to a query; a change to None leaves the field out."""
    body = {
        "responseCode": "2005100",
        "responseMessage": "Request has been processed successfully",
        "originalReferenceNo": REFERENCE,
        "originalPartnerReferenceNo": ID,
        "serviceCode": "51",
        "latestTransactionStatus": status,
        "transactionStatusDesc": "Success",
        "paidTime": "2026-08-01T10:01:12+07:00",
        "amount": {"value": 25000, "currency": "IDR"},
        "feeAmount": {"value": 0, "currency": "IDR"},
        "additionalInfo": {
            "approvalCode": "328591",
            "convenienceFee": "C00000000",
            "issuerId": "93600014",
            "issuerName": "BCA",
            "terminalId": "A01             ",
            "customerName": "JANE CANARY                       ",
        },
        **changes,
    }
    return without_nothing(body)


def refunded(**changes: Any) -> dict[str, Any]:
    """The answer to a refund; a change to None leaves the field out."""
    body = {
        "responseCode": "2007800",
        "responseMessage": "Request has been processed successfully",
        "originalReferenceNo": REFERENCE,
        "originalPartnerReferenceNo": ID,
        "refundNo": "QRISR0001",
        "partnerRefundNo": REFUND_KEY,
        "refundAmount": {"value": 25000, "currency": "IDR"},
        "refundTime": "2026-08-01T10:51:48+07:00",
        **changes,
    }
    return without_nothing(body)


def without_nothing(body: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in body.items() if value is not None}


class Doku(Provider):
    """Grants tokens numbered from 1, `expires_in` seconds each, and says the rest as it is told."""

    def __init__(self) -> None:
        self.tokens: list[Asked] = []
        self.calls: list[Asked] = []
        self.expires_in: Any = 900
        self.door: list[Reply] = []
        super().__init__()

    def reply_to(self, asked: Asked) -> Reply:
        if asked.target != TOKEN_PATH:
            self.calls.append(asked)
            return super().reply_to(asked)
        self.tokens.append(asked)
        if self.door:
            return self.door.pop(0)
        return answer_json(granted(len(self.tokens), expiresIn=self.expires_in), date=NOON)
