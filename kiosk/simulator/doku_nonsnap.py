"""How DOKU signs and checks outside SNAP: the same five lines for a request, an answer and a notification.

Written from the documents, with nothing of the kiosk's own signer, so that each is the other's witness.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime


def signature(secret: str, heads: dict[str, str], digest_of: bytes | None) -> str:
    """The `Signature` over these heads in their order; `digest_of` is the raw body, None for a GET."""
    lines = [f"{name}:{text}" for name, text in heads.items()]
    if digest_of is not None:
        lines.append("Digest:" + base64.b64encode(hashlib.sha256(digest_of).digest()).decode())
    raw = hmac.digest(secret.encode(), "\n".join(lines).encode(), "sha256")
    return "HMACSHA256=" + base64.b64encode(raw).decode()


def utc(moment: float) -> str:
    """A time as these headers have it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_in(text: str) -> float | None:
    """The seconds since 1970 that such a time means; None where it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
