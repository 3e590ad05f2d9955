"""How DOKU knows its merchants under SNAP: an RSA signature for a token, an HMAC over every request.

Written from the documents, with nothing of the kiosk's own signer, so that each is the other's witness.
"""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SKEW: Final = 300.0
"""Seconds that a timestamp may be off; DOKU publishes no number."""
_STRING_OR_SPACE: Final = re.compile(rb'("(?:\\.|[^"\\])*")|[ \t\r\n]+')
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


class KeyPair:
    """A merchant's key pair as PEM texts: he keeps the private one, DOKU is given the public one."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        self.public = (
            key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )


def proves_owner(public: str, client_id: str, timestamp: str, signature: str) -> bool:
    """Whether the signature of a token request was made with the other half of this public key."""
    key = serialization.load_pem_public_key(public.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, f"{client_id}|{timestamp}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error):
        return False
    return True


def symmetric(secret: str, method: str, target: str, token: str, body: bytes, timestamp: str) -> str:
    """The `X-SIGNATURE` of a request, `target` being its path with the query."""
    digest = hashlib.sha256(minified(body)).hexdigest()
    text = f"{method}:{target}:{token}:{digest}:{timestamp}"
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha512")).decode()


def minified(body: bytes) -> bytes:
    """JSON without the blanks between its parts; those within strings stay."""
    return _STRING_OR_SPACE.sub(lambda found: found[1] or b"", body)


def moment_in(timestamp: str) -> float | None:
    """The seconds since 1970 that an ISO timestamp with an offset means; None where it is none."""
    if not _MOMENT.fullmatch(timestamp):
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return None
