"""What each gateway pushes to its merchant's webhook service, signed as it signs, and how often.  Pure.

Written from the documents like the faces, with nothing of the kiosk's own readers.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from kiosk.simulator import doku_indodana_papers, doku_notices, midtrans_papers
from kiosk.simulator.ledger import Charge, Ended, Open, Paid
from kiosk.simulator.merchant import Merchant
from kiosk.simulator.wiring import KIOSK, Branch

JSON: Final = "application/json"
PREFIX: Final = "/hooks"
"""The webhook service's public path before every route, as in its sample."""


class Sender(Struct, frozen=True):
    """A gateway that writes now, to that path; `number` is for this try alone."""

    branch: Branch
    merchant: Merchant
    path: str
    number: str
    now: float


class Letter(Struct, frozen=True):
    """A notification on its way."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Habit(Struct, frozen=True):
    """How a gateway notifies.

    `pauses` are the minutes before each further try, by what was answered (0: nothing); `keys` are its
    secrets by the names under which the webhook service has them.
    """

    about: Callable[[Charge], bool]
    write: Callable[[Charge, Sender], tuple[Mapping[str, str], bytes]]
    pauses: Callable[[int], tuple[float, ...]]
    keys: Mapping[str, str]
    path: str


def letter(charge: Charge, sender: Sender) -> Letter:
    """What a gateway writes about a charge as it stands."""
    headers, body = HABITS[charge.gateway].write(charge, sender)
    return Letter(sender.path, {"Content-Type": JSON, **headers}, body)


def _is_paid(charge: Charge) -> bool:
    return isinstance(charge.standing, Paid) and not charge.standing.refunds


def _is_over(charge: Charge) -> bool:
    return not isinstance(charge.standing, Open)


def _is_paid_or_over(charge: Charge) -> bool:
    return isinstance(charge.standing, Ended) or _is_paid(charge)


def _midtrans(charge: Charge, sender: Sender) -> tuple[Mapping[str, str], bytes]:
    paper = midtrans_papers.found(charge, sender.merchant, sender.branch.secrets["server_key"])
    return {"User-Agent": "Veritrans"}, msgspec.json.encode(paper)


def _doku(charge: Charge, sender: Sender) -> tuple[Mapping[str, str], bytes]:
    return _nonsnap(doku_notices.json_notification(charge), sender)


def _doku_indodana(charge: Charge, sender: Sender) -> tuple[Mapping[str, str], bytes]:
    return _nonsnap(msgspec.json.encode(doku_indodana_papers.found(charge, sender.now)), sender)


def _nonsnap(body: bytes, sender: Sender) -> tuple[Mapping[str, str], bytes]:
    client, secret = sender.branch.settings["client_id"], sender.branch.secrets["secret_key"]
    return doku_notices.json_headers(body, client, secret, sender.path, sender.number, sender.now), body


def _interactive(charge: Charge, sender: Sender) -> tuple[Mapping[str, str], bytes]:
    paid = charge.standing
    assert isinstance(paid, Paid)
    body: dict[str, Any] = {
        "invoice": charge.echo["invoice"],
        "rrn": charge.transaction[:12],
        "qris_status": "paid",
        "qris_payment_customername": "Siti Rahayu",
        "qris_payment_methodby": paid.payment.issuer,
    }
    return {}, msgspec.json.encode(body)


def _indodana(charge: Charge, sender: Sender) -> tuple[Mapping[str, str], bytes]:
    made_at = datetime.fromtimestamp(charge.made_at, UTC)
    body = {
        "amount": charge.amount,
        "paymentType": "3_months",
        "transactionStatus": "PAID",
        "merchantOrderId": charge.order,
        "transactionTime": made_at.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "transactionId": charge.transaction,
    }
    signed = f"{sender.branch.secrets['api_key']}:{int(sender.now)}"
    secret = sender.branch.secrets["secret_key"].encode()
    bearer = f"Bearer {signed}:{hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()}"
    return {"Authorization": bearer}, msgspec.json.encode(body)


MIDTRANS_PAUSES: Final = (2.0, 10.0, 30.0, 90.0, 210.0)
MIDTRANS_TRIES: Final = {301: 0, 302: 0, 303: 0, 400: 2, 404: 2, 500: 1, 503: 4}
"""How often Midtrans tries again after an answer; after any other, and after none, as often as it can."""
DOKU_PAUSES: Final = (30.0, 360.0, 720.0)


def _midtrans_pauses(status: int) -> tuple[float, ...]:
    return MIDTRANS_PAUSES[: MIDTRANS_TRIES.get(status, len(MIDTRANS_PAUSES))]


def _doku_pauses(status: int) -> tuple[float, ...]:
    return DOKU_PAUSES


def _none(status: int) -> tuple[float, ...]:
    """Nothing is documented, so nothing may be hoped for."""
    return ()


_SECRET: Final = {"secret_keys": "secret_key"}
HABITS: Final[Mapping[str, Habit]] = {
    "midtrans": Habit(_is_over, _midtrans, _midtrans_pauses, {"server_keys": "server_key"}, "/midtrans"),
    "doku": Habit(_is_paid, _doku, _doku_pauses, _SECRET, "/doku"),
    "doku_indodana": Habit(_is_paid_or_over, _doku_indodana, _doku_pauses, _SECRET, "/doku_indodana"),
    "interactive": Habit(_is_paid, _interactive, _none, {}, f"/interactive/{KIOSK}"),
    "indodana": Habit(_is_paid, _indodana, _none, _SECRET, "/indodana"),
}
"""How each provider notifies."""
