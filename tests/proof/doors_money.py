"""What gateways say: the answers to our questions, their notifications, and the code for the panel.

What counts as money is said here once more, apart from the program, by reading the bytes the plain way.
"""

import io
import json
import re
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Final, Self, cast
from unittest.mock import patch

import qrcode
from starlette.types import Message

from kiosk import qris
from kiosk.errors import CodeError
from kiosk.gateways import http
from kiosk.gateways.deadline import Deadline
from kiosk.model import QrisCode, Rupiah, Terms, Tips, WebLink
from kiosk.order.verdict import Verdict
from kiosk.webhooks.receiver import Doors, Receiver
from kiosk.webhooks.tally import Tally
from tests import codes
from tests.gateways.contract.accent import NMID, Accent, Call, Outcome, Standing, Truth, payload
from tests.gateways.contract.accents import accent_of
from tests.gateways.contract.case import NOWHERE, STANDS, concluded, key_of, offers, order_for
from tests.gateways.papers import ID
from tests.gateways.provider import Asked
from tests.proof.door import Door, expect_line, words_of
from tests.webhooks import letters

AMOUNT: Final = 25_000
_STATUS: Final = re.compile("[1-9][0-9][0-9]")


class _Raw:
    """An answer's body as it comes off the wire."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, size: int, *, decode_content: bool) -> Iterator[bytes]:
        assert not decode_content
        return (self._content[at : at + size] for at in range(0, len(self._content), size))


class _Response:
    """What the HTTP library would have made of an answer."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.status_code, self.headers, self.raw = status, headers, _Raw(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _Tape:
    """In the place of the library's session: answers what the door says."""

    def __init__(self, answer: Callable[[Asked], _Response]) -> None:
        self._answer = answer

    def request(
        self, method: str, url: str, *, headers: dict[str, str], data: bytes | None, **_: object
    ) -> _Response:
        target = "/" + url.split("/", 3)[3]
        small = {name.lower(): value for name, value in headers.items()}
        return self._answer(Asked(method, target, small, data or b""))

    def close(self) -> None:
        pass


class _Untimed:
    """A watch that cuts nothing: a tape never hangs."""

    is_cut, stage = False, "talking"

    @contextmanager
    def over(self, _: Deadline) -> Iterator[None]:
        yield


class _TapedLine(http._Line):
    """A line to a tape; everything above the library is the program's own."""

    def __init__(self, now: Callable[[], float], tape: _Tape) -> None:
        self._now, self.offset, self._used_at = now, None, float("inf")
        self._watch, self._session = cast("Any", _Untimed()), cast("Any", tape)


class Gateway(Door):
    """The answers of one provider, to each call it has, through the public calls and all above the socket.

    An input: the call, the HTTP status and further words, then the body.  `bare`: without what stands above
    the provider's answers; `token`: the answer to what prepares the call; every further line is a header.
    """

    share = 75
    provider: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._accent: Accent = accent_of(self.provider)
        self._order = order_for(self._accent)
        self._said: Callable[[Asked], _Response] = self._healthy
        self._picture = _png(payload(self._truth(Standing.PENDING), self._accent.merchant))
        self._patches = (
            patch.object(http, "_Line", self._line),
            patch.object(Deadline, "pause", lambda *_: None),
        )
        for each in self._patches:
            each.start()
        self._gateway = self._accent.opened(NOWHERE, 30.0, self._accent.contract)
        self._calls = [call for call in Call if offers(self._accent, call)]

    def close(self) -> None:
        self._gateway.close()
        for each in self._patches:
            each.stop()

    def _line(self, now: Callable[[], float]) -> http._Line:
        return _TapedLine(now, _Tape(self._answer))

    def _answer(self, asked: Asked) -> _Response:
        return self._said(asked)

    def seeds(self) -> Iterator[bytes]:
        for call in self._calls:
            for standing in self._accent.standings():
                yield self._written(call, self._answered(call, standing))
            for said in (self._accent.no(call), self._accent.stranger(call)):
                yield self._written(call, (said.status, json.dumps(said.body).encode()))
            status, body = self._answered(call, STANDS[call])
            yield f"{call.value} {status} bare\nDate: Sat, 01 Aug 2026 03:00:00 GMT\n\n".encode() + body
            yield f"{call.value} 302\nLocation: http://127.0.0.1/\n\n".encode() + body
            yield f"{call.value} 200\nContent-Encoding: gzip\n\n".encode() + body
            yield f"{call.value} 200 token\n\n".encode() + json.dumps(TOKEN).encode()
            for more in MORE.get((self.provider, call), ()):
                changed = {**json.loads(body), **more}
                kept = {name: value for name, value in changed.items() if value is not None}
                yield f"{call.value} {status}\n\n".encode() + json.dumps(kept).encode()
            for content in (b"", b"null", b"[]", b"<!doctype html><title>Hotel</title>", b"{", b"\xff"):
                yield f"{call.value} 200\n\n".encode() + content

    def _written(self, call: Call, said: tuple[int, bytes]) -> bytes:
        return f"{call.value} {said[0]}\n\n".encode() + said[1]

    def _answered(self, call: Call, standing: Standing) -> tuple[int, bytes]:
        said = self._accent.answer(call, Asked("GET", "/", {}, b"{}"), self._truth(standing))
        return said.status, json.dumps(said.body).encode()

    def _truth(self, standing: Standing) -> Truth:
        return Truth(
            order_id=self._order.id,
            amount=AMOUNT,
            merchant=self._accent.merchant,
            key=key_of(self._order),
            standing=standing,
        )

    def tokens(self) -> Sequence[bytes]:
        bodies = [json.loads(seed.partition(b"\n\n")[2]) for seed in self.seeds() if seed.endswith(b"}")]
        return [*words_of(bodies), b"actions", b"name", b"url", b"refunds", b"refund_amount", b"Date: "]

    def knock(self, data: bytes) -> str:
        head, _, body = data.partition(b"\n\n")
        first, *lines = head.decode("latin-1").split("\n")
        words = first.split(" ")
        call = next((call for call in self._calls if call.value == words[0]), self._calls[0])
        status = next((int(word) for word in words if _STATUS.fullmatch(word)), 200)
        headers = dict(line.split(": ", 1) for line in lines if ": " in line)

        def said(asked: Asked) -> _Response:
            prepares = self._call_of(asked) is not call
            if prepares is not ("token" in words):
                return self._healthy(asked)
            above = () if "bare" in words else self._accent.headers(asked, body)
            return _Response(status, {**dict(line.split(": ", 1) for line in above), **headers}, body)

        self._said = said
        try:
            made = concluded(self._gateway, call, self._order, self._accent)
        finally:
            self._said = self._healthy
        if made in (Verdict.PAID, Outcome.CODE, Outcome.MONEY_BACK) and "token" not in words:
            self._expect_true(call, body)
        return f"{call.value} {made}"

    def _call_of(self, asked: Asked) -> Call | None:
        try:
            return self._accent.call_of(asked)
        except KeyError:  # the picture of a code is no call
            return None

    def _healthy(self, asked: Asked) -> _Response:
        """What only prepares a call goes well, and so does a look before a refund."""
        call = self._call_of(asked)
        if call is None and "qr-code" in asked.target:
            return _Response(200, {}, self._picture)
        said = self._accent.answer(call, asked, self._truth(Standing.PAID))
        content = json.dumps(said.body).encode()
        above = dict(line.split(": ", 1) for line in self._accent.headers(asked, content))
        return _Response(said.status, above, content)

    def _expect_true(self, call: Call, body: bytes) -> None:
        """That the bytes hold, read the plain way, what this conclusion needs."""
        fields = json.loads(body, parse_float=Decimal)
        needs: Mapping[str, tuple[Any, ...]] = NEEDS[self.provider, call]
        for place, allowed in needs.items():
            value: Any = fields
            for step in place.split("."):
                value = value[step]
            assert type(value) in (str, int, Decimal), f"{place} is a {type(value).__name__}"
            assert str(value).strip() in allowed, f"{place} is {value!r}"


def _png(text: str) -> bytes:
    """The picture of a code."""
    made = io.BytesIO()
    qrcode.make(text).save(made)
    return made.getvalue()


MORE: Final[dict[tuple[str, Call], tuple[dict[str, Any], ...]]] = {
    ("midtrans", Call.CREATE): (
        {"qr_string": None, "actions": [{"name": "generate-qr-code", "url": f"{NOWHERE}/qr-code"}]},
        {"qr_string": None, "actions": [{"name": "generate-qr-code-v2", "url": "https://a.b/qr-code"}]},
        {"transaction_status": "deny", "channel_response_code": "14"},
    ),
    ("midtrans", Call.STATUS): (
        {"transaction_status": "refund", "refund_amount": "25000.00", "issuer": "g", "reference_id": "7"},
        {"transaction_status": "partial_refund", "refunds": [{"refund_amount": "1000.00"}]},
    ),
    ("doku", Call.STATUS): (
        {"additionalInfo": {"issuerName": "x", "approvalCode": "7", "convenienceFee": "C00000000500"},
         "paidTime": "2026-08-01T10:00:00+07:00", "feeAmount": {"value": "500.00", "currency": "IDR"}},
    ),
    ("doku", Call.CREATE): ({"additionalInfo": {"validityPeriod": "2026-08-01T10:03:00+07:00"}},),
    ("doku_indodana", Call.STATUS): (
        {"channel": {"id": "INDODANA"}, "acquirer": {"id": "INDODANA"}, "peer_to_peer_info": {
            "identifier": [{"name": "a", "value": "b"}], "created_date": "20260801100000",
            "expired_date": "20260801102000", "expired_date_utc": "2026-08-01T03:20:00Z"}},
    ),
    ("interactive", Call.STATUS): (
        {"data": {"qris_status": "paid", "qris_payment_methodby": "a", "qris_paid_date": "2026-08-01"}},
    ),
    ("indodana", Call.REFUND): ({"cancellationAmount": 25000, "transactionId": "t-1"},),
}  # fmt: skip
"""What healthy answers may say beside."""
TOKEN: Final = {"responseCode": "2007300", "accessToken": "x" * 40, "tokenType": "Bearer", "expiresIn": 900}
_MONEY: Final = tuple(f"{AMOUNT}{end}" for end in ("", ".0", ".00"))
NEEDS: Final[dict[tuple[str, Call], dict[str, tuple[Any, ...]]]] = {
    ("midtrans", Call.STATUS): {
        "order_id": (ID,), "gross_amount": _MONEY, "currency": ("IDR",), "merchant_id": ("G490526303",),
        "transaction_status": ("settlement",), "status_code": ("200",),
    },
    ("midtrans", Call.CREATE): {"order_id": (ID,), "gross_amount": _MONEY},
    ("midtrans", Call.REFUND): {"refund_amount": _MONEY},
    ("doku", Call.STATUS): {
        "originalPartnerReferenceNo": (ID,), "latestTransactionStatus": ("00",), "amount.value": _MONEY,
        "amount.currency": ("IDR",), "responseCode": ("2005100",),
    },
    ("doku", Call.CREATE): {"partnerReferenceNo": (ID,), "responseCode": ("2004700",)},
    ("doku", Call.REFUND): {"partnerRefundNo": (f"{ID}-R1",), "refundAmount.value": _MONEY},
    ("doku_indodana", Call.STATUS): {
        "order.invoice_number": (ID,), "order.amount": _MONEY, "transaction.status": ("SUCCESS",),
    },
    ("doku_indodana", Call.CREATE): {
        "order.invoice_number": (ID,), "order.amount": _MONEY, "payment.status": ("PENDING",),
    },
    ("interactive", Call.STATUS): {"status": ("success",), "data.qris_status": ("paid",)},
    ("interactive", Call.CREATE): {"status": ("success",), "data.qris_nmid": (NMID,)},
    ("indodana", Call.STATUS): {
        "status": ("OK",), "transactionStatus": ("PAID",), "merchantOrderId": (ID,), "amount": _MONEY,
    },
    ("indodana", Call.REFUND): {"status": ("OK",)},
}  # fmt: skip
"""What an answer must say, whatever else is in it, before it is money or a code."""


class Midtrans(Gateway):
    """Midtrans' answers."""

    name = "answers of midtrans"
    provider = "midtrans"


class Doku(Gateway):
    """DOKU's."""

    name = "answers of doku"
    provider = "doku"


class DokuIndodana(Gateway):
    """DOKU's for Indodana."""

    name = "answers of doku_indodana"
    provider = "doku_indodana"


class Interactive(Gateway):
    """InterActive's."""

    name = "answers of interactive"
    provider = "interactive"


class Indodana(Gateway):
    """Indodana's."""

    name = "answers of indodana"
    provider = "indodana"


class Code(Door):
    """The code for the panel, checked against a price: a QRIS string, or an address."""

    name = "QRIS strings"
    share = 120
    _terms = Terms(nmid="ID1020000000001", link_hosts=frozenset({"pay.example"}), longest_code=512)

    def seeds(self) -> Iterator[bytes]:
        right = {"t51": f"0014ID.CO.QRIS.WWW0215{self._terms.nmid}0303UMI", "t54": str(AMOUNT)}
        yield codes.changed(**right).encode()
        changes: tuple[dict[str, str | None], ...] = (
            {"t54": "25000.00"}, {"t54": "25000."}, {"t54": None}, {"t53": "840"}, {"t01": "11"},
            {"t55": "01"},
            {"t59": "CAFÉ"}, {"t62": "0703K01"}, {"t51": None}, {"t55": "02", "t56": "500"},
        )  # fmt: skip
        for change in changes:
            yield codes.changed(**{**right, **change}).encode()
        yield b"https://pay.example/checkout/link/abc?x=1#y"
        yield b"https://PAY.example@evil.example/"

    def tokens(self) -> Sequence[bytes]:
        return [b"5405", b"5303360", b"010212", b"6304", b"0215", b"5502", b"pay.example", b"https://", b"99"]

    def knock(self, data: bytes) -> str:
        text = data.decode("utf-8", "surrogateescape")
        if text.startswith("https"):
            return self._said(WebLink(text))
        if len(data) > 4 * self._terms.longest_code:
            return self._said(QrisCode(text))
        # with and without the checksum that belongs to it, so that what lies behind it is reached
        begun = text[: text.rfind("6304")] + "6304"
        mended = begun + _crc(begun.encode("utf-8", "surrogatepass"))
        return f"{self._said(QrisCode(text))}; {self._said(QrisCode(mended))}"

    def _said(self, code: QrisCode | WebLink) -> str:
        try:
            qris.check(code, Rupiah(AMOUNT), self._terms)
        except CodeError as error:
            return expect_line(error)[24:40]
        if isinstance(code, WebLink):
            assert code.url.lower().startswith(("https://pay.example/", "https://pay.example?")) or (
                code.url.lower() == "https://pay.example"
            ), "another host"
        else:
            self._expect_right(code.payload)
        return "shown"

    def _expect_right(self, payload: str) -> None:
        tags, at = {}, 0
        while at < len(payload):
            size = int(payload[at + 2 : at + 4])
            tags[payload[at : at + 2]] = payload[at + 4 : at + 4 + size]
            at += 4 + size
        assert tags["54"].isascii(), "digits that no wallet reads"
        assert Decimal(tags["54"]) == AMOUNT, "another amount"
        assert (tags["53"], tags["01"]) == ("360", "12"), "not rupiah, or for many payments"
        assert payload[-4:] == _crc(payload[:-4].encode()), "another checksum"
        assert self._terms.nmid in tags["51"], "to somebody else"
        assert self._terms.tips is Tips.REFUSE
        assert not {"55", "56", "57"} & tags.keys(), "with a tip"


def _crc(content: bytes) -> str:
    """CRC-16/CCITT-FALSE, bit by bit."""
    register = 0xFFFF
    for byte in content:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ (0x1021 if register & 0x8000 else 0)) & 0xFFFF
    return f"{register:04X}"


class _Noting:
    """In the stream's place."""

    def __init__(self) -> None:
        self.noted: list[Any] = []

    async def append(self, noted: Any) -> str:
        self.noted.append(noted)
        return ""


class Notifications(Door):
    """Whole requests to the webhook receiver, behind the HTTP server: an address, headers, a body."""

    name = "notifications"
    share = 100
    _may_say = frozenset({200, 400, 403, 404, 405, 413, 415, 429})

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._good = [
            letters.midtrans(), letters.legacy(), letters.nonsnap_letter(), letters.interactive(),
            letters.nonsnap_letter(path="/doku_indodana"), letters.indodana(),
        ]  # fmt: skip

    def seeds(self) -> Iterator[bytes]:
        for letter in self._good:
            lines = "".join(f"{name}: {value}\n" for name, value in letter.headers.items())
            yield f"{letter.path}\n{lines}\n".encode() + letter.body
            yield f"{letter.path}?a=b\ncontent-type: application/json\n\n".encode() + letter.body
            yield f"{letter.path}\ncontent-type: application/x-www-form-urlencoded\n\n".encode() + letter.body
            yield f"{letter.path}\ncontent-length: 99999999\n\n".encode() + letter.body
        yield b"/doku?TRANSACTIONID=%zz&&==\n\n"
        yield b"/interactive/K02\ncontent-type: application/json\n\n" + letters.interactive().body

    def tokens(self) -> Sequence[bytes]:
        bodies = [json.loads(each.body) for each in self._good if each.body.startswith(b"{")]
        names = [name.encode() for each in self._good for name in each.headers]
        form = [b"TRANSACTIONID=", b"WORDS=", b"TXNSTATUS=", b"x-signature"]
        return [*words_of(bodies), *dict.fromkeys(names), *form]

    def knock(self, data: bytes) -> str:
        head, _, body = data.partition(b"\n\n")
        first, *lines = head.split(b"\n")
        path, _, query = first.partition(b"?")
        headers = [
            (name.strip().lower(), value.strip())
            for name, colon, value in (line.partition(b":") for line in lines)
            if colon
        ]
        stream, tally = _Noting(), Tally(lambda: 0.0)
        doors = Doors(letters.KEYS, kiosks=("K01",))
        receiver = Receiver(doors, cast("Any", stream), tally, lambda: 0.0, lambda: 1_800_000_000.0)
        status = _answered(receiver, path, query, headers, body)
        assert status in self._may_say, f"it answers {status}"
        assert not tally.counts["errors"], "an error that nobody expected"
        assert len(stream.noted) <= 1, "one request, noted twice"
        for noted in stream.noted:
            self._expect_ours(noted, path)
        return f"{status} {sorted(tally.counts)}"

    def _expect_ours(self, noted: Any, path: bytes) -> None:
        """A forged notification rings nobody's bell: what is signed was signed with the key."""
        assert path.decode().startswith(f"/{noted.gateway}"), "another gateway's"
        assert noted.kiosk == "K01", "another machine's"
        if noted.gateway in ("midtrans", "doku", "doku_indodana"):
            assert noted.reference == letters.ID, "an order that nobody signed for"
        assert noted.reference.isascii(), "a reference that is none"
        assert len(noted.reference) <= 32, "a reference that is none"


def _answered(
    receiver: Receiver, path: bytes, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes
) -> int:
    """The status of a request, without a loop: nothing in it waits."""
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path.decode("utf-8", "replace"), "raw_path": path, "query_string": query, "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    _run(receiver.application()(scope, receive, send))
    return int(said[0]["status"])


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits for something")


def doors() -> Iterable[type[Door]]:
    """All of them."""
    return (Midtrans, Doku, DokuIndodana, Interactive, Indodana, Code, Notifications)
