"""What becomes of a notification: whose it is, what to answer.  Pure: a request and keys in, a verdict out.

A provider is a table entry.  What it covers with its signature differs and is never enough to believe it: a
right one only means that the machine may ask.  Nothing of a payer leaves this module.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from kiosk.gateways import doku_notices, indodana_notices
from kiosk.gateways.base import order_id_in
from kiosk.gateways.doku_indodana_wire import STATUSES as NONSNAP_STATUSES
from kiosk.gateways.indodana_wire import STATUSES as INDODANA_STATUSES
from kiosk.gateways.interactive_wire import invoice_named_in
from kiosk.gateways.midtrans_wire import STATUSES as MIDTRANS_STATUSES
from kiosk.gateways.midtrans_wire import signature_is_valid
from kiosk.gateways.nonsnap import notification_is_signed
from kiosk.secret import Secret

LARGEST: Final = 64 * 1024
"""Bytes of a body; no notification comes near it."""
MOST_FIELDS: Final = 100
_OURS: Final = re.compile(r"([A-Z0-9]{3,12})[A-Z0-9]{19}[A-Z]")
_KIOSK: Final = re.compile(r"[A-Z0-9]{3,12}")

Fields: TypeAlias = Mapping[str, Any]
Keys: TypeAlias = Mapping[str, tuple[Secret, ...]]
"""A provider's keys by kind, several of a kind while they are changed; none at all: nothing is checked."""


class Notice(Struct, frozen=True):
    """A request as it came: `target` is path and query as the gateway called them, header names are small.

    `kiosk` is what the address says, "" where it names none.
    """

    target: str
    headers: Mapping[str, str]
    body: bytes
    kiosk: str = ""


class Accepted(Struct, frozen=True):
    """A machine should ask about an order of its own: by our id, or by the gateway's.

    `status` is only there to tell two notifications from one that came twice.
    """

    kiosk: str
    reference: str
    status: str


class Nobodys(Struct, frozen=True):
    """In order, but of no machine of ours, now or later: sending it again would help nobody."""

    kind: str


class Rejected(Struct, frozen=True):
    """Not believed or not understood: the HTTP status, and the kind under which it is counted."""

    code: int
    kind: str


Verdict: TypeAlias = Accepted | Nobodys | Rejected


class Reply(Struct, frozen=True):
    """What a gateway wants to read when we have its notification."""

    body: bytes = b""
    media_type: str = "text/plain"


class Form(Struct, frozen=True):
    """One way a provider writes: how it is read, proved and understood.

    `key` is the kind of keys that proves it, "" where nothing does; `claim` finds the signature.
    """

    read: Callable[[Notice], Fields | None]
    name: Callable[[Fields], str | None]
    status: Callable[[Fields], object]
    statuses: Collection[str]
    key: str = ""
    claim: Callable[[Notice, Fields], object] = lambda _notice, _fields: None
    proves: Callable[[Notice, Fields, Secret], bool] = lambda *_: False
    reply: Reply = Reply()


class Provider(Struct, frozen=True):
    """How one provider notifies: its forms by content type; `by_kiosk`: its address names the machine."""

    forms: Mapping[str, Form]
    by_kiosk: bool = False
    unsupported: Callable[[Notice], bool] = lambda _: False


def judge(provider: Provider, notice: Notice, keys: Keys, kiosks: Collection[str]) -> tuple[Verdict, Reply]:
    """The verdict on a request, and what to answer if it was no rejection.

    `kiosks` are those that exist, as `is_ours` reads them.
    """
    form = provider.forms.get(media_type(notice))
    if provider.unsupported(notice):
        return Rejected(404, "unsupported"), Reply()
    if form is None:
        return Rejected(415, "wrong_type"), Reply()
    fields = form.read(notice)
    if fields is None:
        return Rejected(400, "malformed"), Reply()
    return _unproved(form, notice, fields, keys) or _addressee(
        provider, form, notice, fields, kiosks
    ), form.reply


def media_type(notice: Notice) -> str:
    """The content type without its parameters; "" for a request without a body."""
    if not notice.body:
        return ""
    return notice.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_ours(kiosk: str, kiosks: Collection[str]) -> bool:
    """Whether it is one of these: ids, and beginnings of ids with a `*` after them."""
    if not _KIOSK.fullmatch(kiosk):
        return False
    return any(kiosk.startswith(each[:-1]) if each.endswith("*") else kiosk == each for each in kiosks)


def _unproved(form: Form, notice: Notice, fields: Fields, keys: Keys) -> Rejected | None:
    if not form.key or not any(keys.values()):
        return None
    if not form.claim(notice, fields):
        return Rejected(403, "unsigned")
    proved = [form.proves(notice, fields, key) for key in keys.get(form.key, ())]
    return None if any(proved) else Rejected(403, "forged")


def _addressee(
    provider: Provider, form: Form, notice: Notice, fields: Fields, kiosks: Collection[str]
) -> Accepted | Nobodys:
    reference = form.name(fields)
    if reference is None:
        return Nobodys("no_order")
    status = form.status(fields)
    word = status if isinstance(status, str) and status in form.statuses else "other"
    if provider.by_kiosk:
        return Accepted(notice.kiosk, reference, word)
    found = _OURS.fullmatch(reference)
    if found is None:
        return Nobodys("other_order")
    return Accepted(found[1], reference, word) if is_ours(found[1], kiosks) else Nobodys("other_kiosk")


def _json(notice: Notice) -> Fields | None:
    try:
        fields = msgspec.json.decode(notice.body)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _form(notice: Notice) -> Fields | None:
    """The fields of a form, or of the query where there is no body; the first of those that stand twice."""
    text = notice.body or notice.target.partition("?")[2].encode()
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return None
    return dict(reversed(pairs)) or None


def _header(name: str) -> Callable[[Notice, Fields], object]:
    return lambda notice, _: notice.headers.get(name)


def _nonsnap(notice: Notice, _: Fields, key: Secret) -> bool:
    return notification_is_signed(notice.headers, notice.target, notice.body, key)


def _transaction_status(fields: Fields) -> object:
    transaction = fields.get("transaction")
    return transaction.get("status") if isinstance(transaction, dict) else None


_SNAP: Final = ("x-signature", "x-partner-id", "x-client-key")
_MIDTRANS: Final = Form(
    read=_json,
    name=lambda fields: order_id_in(fields.get("order_id")),
    status=lambda fields: fields.get("transaction_status"),
    statuses=frozenset(MIDTRANS_STATUSES),
    key="server_keys",
    claim=lambda _, fields: fields.get("signature_key"),
    proves=lambda _, fields, key: signature_is_valid(fields, key),
)
_LEGACY: Final = Form(
    read=_form,
    name=doku_notices.order_in,
    status=lambda fields: fields.get("TXNSTATUS"),
    statuses=frozenset("SFRV"),
    key="shared_keys",
    claim=lambda _, fields: fields.get("WORDS"),
    proves=lambda _, fields, key: doku_notices.words_are_right(fields, key),
    reply=Reply(b"SUCCESS"),
)
_NONSNAP: Final = Form(
    read=_json,
    name=doku_notices.order_in,
    status=_transaction_status,
    statuses=frozenset(NONSNAP_STATUSES),
    key="secret_keys",
    claim=_header("signature"),
    proves=_nonsnap,
)
_INTERACTIVE: Final = Form(
    read=_json,
    name=invoice_named_in,
    status=lambda fields: fields.get("qris_status"),
    statuses=frozenset({"paid", "success", "unpaid"}),
)
_INDODANA: Final = Form(
    read=_json,
    name=indodana_notices.order_in,
    status=lambda fields: fields.get("transactionStatus"),
    statuses=frozenset(INDODANA_STATUSES),
    key="secret_keys",
    claim=_header("authorization"),
    proves=lambda notice, _, key: indodana_notices.header_is_right(
        notice.headers.get("authorization", ""), key
    ),
    reply=Reply(b'{"status":"OK","message":"OK"}', "application/json"),
)

JSON: Final = "application/json"
PROVIDERS: Final[Mapping[str, Provider]] = {
    "midtrans": Provider({JSON: _MIDTRANS}),
    "doku": Provider(
        {JSON: _NONSNAP, "application/x-www-form-urlencoded": _LEGACY, "": _LEGACY},
        # SNAP's own form would need tokens issued by us, and is described for no QRIS.
        unsupported=lambda notice: any(name in notice.headers for name in _SNAP),
    ),
    "doku_indodana": Provider({JSON: _NONSNAP}),
    "interactive": Provider({JSON: _INTERACTIVE}, by_kiosk=True),
    "indodana": Provider({JSON: _INDODANA}),
}
