"""DOKU's signature outside SNAP: five lines about a message, proved with the secret key.

Requests, answers and notifications are signed alike; only the name of the moment differs.  The body is
hashed as the raw bytes that travel, never as what they mean.  Pure.

https://developers.doku.com/get-started-with-doku-api/signature-component/non-snap
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from kiosk.secret import Secret

REQUEST: Final = "Request-Timestamp"
RESPONSE: Final = "Response-Timestamp"


class Signed(Struct, frozen=True):
    """What a signature covers; `target` is the path that was called, `body` None where a GET has none.

    `moment` names the header that `timestamp`, in UTC as `2026-08-01T03:00:00Z`, stands in.
    """

    client_id: str
    request_id: str
    timestamp: str
    target: str
    body: bytes | None
    moment: str = REQUEST


def component(message: Signed) -> str:
    """The text that is signed."""
    lines = [
        f"Client-Id:{message.client_id}",
        f"Request-Id:{message.request_id}",
        f"{message.moment}:{message.timestamp}",
        f"Request-Target:{message.target}",
    ]
    if message.body is not None:
        lines.append(f"Digest:{b64encode(hashlib.sha256(message.body).digest()).decode()}")
    return "\n".join(lines)


def signature_of(message: Signed, key: Secret) -> str:
    """The value of the header `Signature`."""
    signed = component(message).encode(errors="replace")
    return "HMACSHA256=" + b64encode(hmac.digest(key.reveal().encode(), signed, "sha256")).decode()


def is_signed(message: Signed, claimed: object, key: Secret) -> bool:
    """Whether who wrote that signature knew the key; compared in constant time."""
    if not isinstance(claimed, str):
        return False
    expected = signature_of(message, key)
    matches: bool = hmac.compare_digest(expected.encode(), claimed.encode(errors="replace"))
    return matches


def notification_is_signed(headers: Mapping[str, str], target: str, body: bytes, key: Secret) -> bool:
    """Whether a notification to our path `target` is DOKU's; its headers' names in any case of letters."""
    named = {name.lower(): value for name, value in headers.items()}
    client_id, request_id, timestamp, claimed = (
        named.get(name, "") for name in ("client-id", "request-id", "request-timestamp", "signature")
    )
    return is_signed(Signed(client_id, request_id, timestamp, target, body), claimed, key)
