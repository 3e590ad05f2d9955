"""DOKU's notifications about QRIS payments: which order they name, and whether DOKU wrote them.

Two forms are understood.  The legacy one (a form or a query in capital letters) is proved by WORDS, which
covers neither amount nor status nor order; the other (JSON, see `nonsnap`) is signed whole.  Both are only
hints.  A third one, SNAP's own, would need tokens issued by us and is not described for QRIS: it names
nobody here.

https://developers.doku.com/get-started-with-doku-api/notification
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

from kiosk.gateways.base import order_id_in
from kiosk.secret import Secret

_COVERED: Final = ("ISSUERID", "TXNDATE", "MERCHANTPAN", "INVOICE")


def order_in(notification: Mapping[str, Any]) -> str | None:
    """The order id that a notification of either form names, or None."""
    order = notification.get("order")
    if isinstance(order, dict):
        return order_id_in(order.get("invoice_number"))
    return order_id_in(notification.get("TRANSACTIONID"))


def words_of(form: Mapping[str, Any], shared_key: Secret) -> str:
    """What WORDS must be: SHA-1, because that is what DOKU's legacy form has."""
    signed = "".join(str(form.get(name, "")) for name in _COVERED) + shared_key.reveal()
    return hashlib.sha1(signed.encode(errors="replace"), usedforsecurity=False).hexdigest()


def words_are_right(form: Mapping[str, Any], shared_key: Secret) -> bool:
    """Whether who sent the form knew the shared key once."""
    claimed = form.get("WORDS")
    if not isinstance(claimed, str) or not all(isinstance(form.get(name), str) for name in _COVERED):
        return False
    expected = words_of(form, shared_key)
    matches: bool = hmac.compare_digest(expected.encode(), claimed.encode(errors="replace"))
    return matches
