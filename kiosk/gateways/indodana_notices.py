"""Indodana's notifications: which order they name, and whether Indodana wrote them.

The header is the one our own requests carry, made with the same two keys.  It signs a moment and nothing of
the body, so it is only as good as nobody else ever saw it.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, Final

from kiosk.gateways.base import order_id_in
from kiosk.secret import Secret

_BEARER: Final = re.compile(r"Bearer ([!-9;-~]{1,200}:[0-9]{1,12}):([0-9a-f]{64})")


def order_in(notification: Mapping[str, Any]) -> str | None:
    """The order id that a notification names, or None."""
    return order_id_in(notification.get("merchantOrderId"))


def header_is_right(authorization: str, secret_key: Secret) -> bool:
    """Whether who made that header knew the secret key once."""
    found = _BEARER.fullmatch(authorization)
    if found is None:
        return False
    expected = hmac.new(secret_key.reveal().encode(), found[1].encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, found[2])
