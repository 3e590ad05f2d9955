"""Midtrans over a real connection: what is asked, and what is concluded from every kind of answer."""

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import qrcode

from kiosk.errors import GatewayError, Misconfigured, Refused, Unreachable, Unreadable, Unsupported
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.midtrans import Midtrans
from kiosk.model import Charge, Environment, Evidence, QrisCode, RefundReceipt, Report, Rupiah, Status
from kiosk.secret import Secret
from tests.codes import GOOD, code
from tests.gateways.conftest import NOON
from tests.gateways.papers import (
    CHARGE,
    ID,
    KEY,
    MERCHANT,
    PAYLOAD,
    TRANSACTION,
    charged,
    denied,
    order,
    paper,
    trouble,
)
from tests.gateways.provider import (
    PATIENCE,
    Asked,
    Drip,
    Line,
    Provider,
    Reply,
    answer,
    answer_json,
    deadlines,
    raw,
    silence,
    then_hang_up,
)

VECTORS = Path(__file__).parent / "vectors"
WIRE = json.loads((VECTORS / "midtrans_wire.json").read_text())
CAPTURED = {capture["name"]: capture for capture in WIRE["captures"]}
STATUS_CODES = json.loads((VECTORS / "midtrans_status_codes.json").read_text())["cases"]
HOOK = "https://kiosk.example/hooks/midtrans"
REFUND_KEY = f"{ID}-R1"

Made = Callable[..., Midtrans]


@pytest.fixture
def make(provider: Provider) -> Iterator[Made]:
    made: list[Midtrans] = []

    def make(key: str = KEY, **settings: Any) -> Midtrans:
        account = {"base_url": provider.url, "merchant_id": MERCHANT, "refunds": True}
        config = Midtrans.Config(**{**account, **PATIENCE, **settings})
        made.append(
            Midtrans(config, Environment.SIMULATOR, {"server_key": Secret(key)}, "KSK01", lambda: NOON)
        )
        return made[-1]

    yield make
    for each in made:
        each.close()


def charge(gateway: Midtrans) -> Charge:
    return gateway.create(order())


def ask(gateway: Midtrans) -> Report:
    return gateway.status(order(), CHARGE)


def cancel(gateway: Midtrans) -> None:
    gateway.cancel(order(), CHARGE)


def expire(gateway: Midtrans) -> None:
    gateway.expire(order())


def refund(gateway: Midtrans) -> RefundReceipt:
    return gateway.refund(order(), CHARGE, Evidence(), Rupiah(25_000), REFUND_KEY)


CALLS: list[Callable[[Midtrans], object]] = [charge, ask, cancel, expire, refund]


def receipt(**changes: Any) -> dict[str, Any]:
    """The answer to a refund."""
    said = {"refund_key": REFUND_KEY, "refund_amount": "25000.00", "refund_chargeback_id": 7, **changes}
    return paper("200", "refund", **said)


def listed(*lines: dict[str, Any]) -> Reply:
    """The answer to a status call about a paid order that was refunded so far."""
    return answer_json(paper("200", "settlement", refunds=list(lines)))


def meaningful(asked: Asked) -> dict[str, str]:
    return {name: asked.headers[name] for name in ("accept", "content-type", "authorization")}


def code_picture(payload: str) -> bytes:
    written = BytesIO()
    qrcode.make(payload).save(written)
    return written.getvalue()


def with_picture(url: str) -> Reply:
    actions = [{"name": "generate-qr-code", "method": "GET", "url": url}]
    return answer_json(charged(qr_string=None, actions=actions))


# What goes over the wire, against what the official SDK sends.


@pytest.mark.parametrize(
    ("name", "call", "replies", "settings"),
    [
        ("status", lambda g: g.status(order("KIOSK01-000001"), None), [trouble("404")], {}),
        ("cancel", lambda g: g.cancel(order("KIOSK01-000001"), None), [paper("200", "cancel")], {}),
        ("expire", lambda g: g.expire(order("KIOSK01-000001")), [paper("407", "expire")], {}),
    ],
    ids=["status", "cancel", "expire"],
)
def test_a_call_goes_out_as_the_official_client_sends_it(
    provider: Provider,
    make: Made,
    name: str,
    call: Callable[[Midtrans], None],
    replies: list[Any],
    settings: Any,
) -> None:
    provider.says(*map(answer_json, replies))
    call(make(**settings))
    (asked,) = provider.asked
    captured = CAPTURED[name]
    assert (asked.method, asked.target) == (captured["method"], captured["target"])
    assert (asked.json if asked.body else None) == captured["body"]
    assert meaningful(asked) == captured["headers"]


@pytest.mark.parametrize(("name", "path"), [("refund", "offline"), ("refund_direct", "direct")])
def test_a_refund_goes_out_as_the_official_client_sends_it(
    provider: Provider, make: Made, name: str, path: str
) -> None:
    key = CAPTURED[name]["body"]["refund_key"]
    said = receipt(refund_key=key, order_id="KIOSK01-000001")
    provider.says(listed(), answer_json(said))
    make(refund_path=path).refund(order("KIOSK01-000001"), CHARGE, Evidence(), Rupiah(25_000), key)
    asked, captured = provider.asked[1], CAPTURED[name]
    assert (asked.method, asked.target) == (captured["method"], captured["target"])
    assert asked.json.keys() == captured["body"].keys()
    assert {**asked.json, "reason": ""} == {**captured["body"], "reason": ""}
    assert meaningful(asked) == captured["headers"]


def test_a_charge_goes_out_as_the_official_client_sends_it(provider: Provider, make: Made) -> None:
    captured = CAPTURED["charge_qris"]
    provider.says(
        answer_json(trouble("404"), date=NOON), answer_json(charged(order_id="KIOSK01-000001"), date=NOON)
    )
    gateway = make(acquirer="gopay", notification_urls=(HOOK,))
    gateway.status(order("KIOSK01-000001"), None)
    gateway.create(order("KIOSK01-000001"))
    asked = provider.asked[1]
    assert (asked.method, asked.target) == (captured["method"], captured["target"])
    same = ("payment_type", "transaction_details", "qris", "custom_expiry")
    assert {name: asked.json[name] for name in same} == {name: captured["body"][name] for name in same}
    assert asked.json["item_details"] == [{**captured["body"]["item_details"][0], "id": "slot-1"}]
    headers = {name: asked.headers[name] for name in captured["headers"]}
    assert headers == {**captured["headers"], "idempotency-key": "KIOSK01-000001-charge-1"}


def test_an_order_id_that_would_lead_elsewhere_is_not_sent(provider: Provider, make: Made) -> None:
    provider.says(answer_json(trouble("404")))
    for order_id in ("a/b?c", "..", ".", "", "a" * 33, "a b", "a#b", "%2e", "é", "a\r\nb"):
        with pytest.raises(Refused, match="up to 32 letters"):
            make().status(order(order_id), None)
    assert provider.asked == []


@pytest.mark.usefixtures("pauses")
def test_the_longest_order_id_keeps_every_key_within_46_characters(provider: Provider, make: Made) -> None:
    longest = "KIOSK0123456" + "A" * 20
    provider.says(
        answer_json(denied("900")), answer_json(denied("900")), answer_json(charged(order_id=longest))
    )
    make().create(order(longest))
    provider.says(answer_json(paper("200", "settlement")))
    with pytest.raises(Unreadable):
        make().refund(order(longest), CHARGE, Evidence(), Rupiah(25_000), f"{longest}-R123")
    make().cancel(order(longest), CHARGE)
    keys = [asked.headers.get("idempotency-key", "") for asked in provider.asked]
    assert 41 <= max(map(len, keys)) <= 46


def test_notifications_can_be_added_to_those_of_the_dashboard(provider: Provider, make: Made) -> None:
    provider.says(answer_json(charged()))
    charge(make(notification="append", notification_urls=(HOOK, "https://kiosk.example/2")))
    assert provider.asked[0].headers["x-append-notification"] == f"{HOOK},https://kiosk.example/2"
    assert "x-override-notification" not in provider.asked[0].headers


def test_where_no_notification_is_configured_the_dashboard_decides(provider: Provider, make: Made) -> None:
    provider.says(answer_json(charged()))
    charge(make())
    assert not [name for name in provider.asked[0].headers if "notification" in name]


def test_before_the_time_is_known_midtrans_counts_the_expiry(provider: Provider, make: Made) -> None:
    provider.says(answer_json(charged()))
    charge(make())
    assert provider.asked[0].json["custom_expiry"] == {"expiry_duration": 15, "unit": "minute"}


def test_an_expiry_is_counted_on_midtrans_clock_not_on_ours(provider: Provider, make: Made) -> None:
    provider.says(answer_json(charged(), date=NOON + 5 * 3600))
    gateway = make(expiry_minutes=20)
    charge(gateway)
    charge(gateway)
    expiry = provider.asked[1].json["custom_expiry"]
    assert expiry == {"order_time": "2026-08-01 15:00:00 +0700", "expiry_duration": 20, "unit": "minute"}
    assert gateway.clock_offset == 5 * 3600


# Charging.


def test_a_charge_brings_a_code(provider: Provider, make: Made) -> None:
    provider.says(answer_json(charged()))
    assert charge(make()) == Charge(QrisCode(PAYLOAD), TRANSACTION, MERCHANT)


def test_a_charge_repeated_sends_the_same_key_and_the_same_bytes(provider: Provider, make: Made) -> None:
    provider.says(then_hang_up(), answer_json(charged()))
    gateway = make()
    with pytest.raises(Unreachable):
        charge(gateway)
    assert charge(gateway).reference == TRANSACTION
    first, second = provider.asked
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == f"{ID}-charge-1"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The shares of a call's time that are let pass between two tries; here nobody waits for them."""
    shares: list[float] = []
    monkeypatch.setattr(Deadline, "pause", lambda _, share: shares.append(share))
    return shares


def test_a_temporary_denial_is_tried_again_under_the_next_key(
    provider: Provider, make: Made, pauses: list[float]
) -> None:
    provider.says(answer_json(denied("900")), answer_json(denied("900")), answer_json(charged()))
    assert charge(make()).reference == TRANSACTION
    keys = [asked.headers["idempotency-key"] for asked in provider.asked]
    assert keys == [f"{ID}-charge-{n}" for n in (1, 2, 3)]
    assert pauses == [0.1, 0.3]
    assert len({asked.body for asked in provider.asked}) == 1


@pytest.mark.usefixtures("pauses")
def test_three_temporary_denials_are_a_no(provider: Provider, make: Made) -> None:
    provider.says(answer_json(denied("900")))
    with pytest.raises(Refused) as caught:
        charge(make())
    assert (caught.value.code, len(provider.asked)) == ("900", 3)


@pytest.mark.parametrize(("response_code", "code"), [("202", "202"), (None, "deny")])
def test_any_other_denial_is_a_no_at_once(
    provider: Provider, make: Made, response_code: str | None, code: str
) -> None:
    provider.says(answer_json(denied(response_code)))
    with pytest.raises(Refused) as caught:
        charge(make())
    assert (caught.value.code, len(provider.asked)) == (code, 1)


def test_denials_do_not_outlast_the_one_deadline(provider: Provider, make: Made) -> None:
    provider.says(answer_json(denied("900")), silence)
    with pytest.raises(Unreachable, match=r"within 0\.4 s"):
        charge(make(create_deadline=0.4))


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": "KSK01ABCDEFGHIJ012345678Y"},
        {"order_id": None},
        {"gross_amount": "2500.00"},
        {"gross_amount": "25000.50"},
        {"gross_amount": None},
        {"transaction_status": "settlement"},
        {"transaction_status": "expire"},
        {"transaction_status": None},
        {"transaction_id": None},
        {"merchant_id": None},
        {"transaction_id": "a\ud800"},
        {"qr_string": 7},
        {"qr_string": "0002\n"},
        {"qr_string": "0" * 1001},
        {"qr_string": None},
        {"qr_string": ""},
    ],
    ids=ascii,
)
def test_a_charge_that_is_not_what_was_asked_says_nothing(
    provider: Provider, make: Made, changes: dict[str, Any]
) -> None:
    provider.says(answer_json(charged(**changes)))
    with pytest.raises(Unreadable):
        charge(make())


def test_a_denial_of_another_order_is_none_of_ours(provider: Provider, make: Made) -> None:
    provider.says(answer_json({**denied("202"), "order_id": "KSK01ABCDEFGHIJ012345678Y"}))
    with pytest.raises(Unreadable, match="another order"):
        charge(make())


def test_a_key_of_another_merchant_is_found_out(provider: Provider, make: Made) -> None:
    provider.says(answer_json(charged(merchant_id="G1")))
    with pytest.raises(Misconfigured, match="another merchant"):
        charge(make())


def test_a_taken_order_id_means_that_the_charge_exists(provider: Provider, make: Made) -> None:
    provider.says(answer_json(trouble("406"), 406))
    with pytest.raises(Unreadable) as caught:
        charge(make())
    assert caught.value.code == "406"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("content", [b"", b'{"status_code": "202", "transaction_status": "deny"}'])
def test_an_equal_request_still_running_says_nothing(
    provider: Provider, make: Made, call: Callable[[Midtrans], object], content: bytes
) -> None:
    provider.says(answer(content, 202))
    with pytest.raises(Unreachable, match="still running"):
        call(make())


# The picture instead of the string.


def test_a_code_can_be_read_out_of_midtrans_picture(provider: Provider, make: Made) -> None:
    provider.says(
        with_picture(f"{provider.url}/v2/qris/{TRANSACTION}/qr-code"), answer(code_picture(code(GOOD)))
    )
    assert charge(make()).code == QrisCode(code(GOOD))
    assert provider.asked[1].target == f"/v2/qris/{TRANSACTION}/qr-code"
    assert "authorization" not in provider.asked[1].headers


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "https://evil.example/x", "http://localhost/x", "https://127.0.0.1/x"]
)
def test_a_picture_on_a_host_nobody_named_is_not_fetched(provider: Provider, make: Made, url: str) -> None:
    provider.says(with_picture(url))
    with pytest.raises(Unreadable, match="image_hosts does not name"):
        charge(make())


@pytest.mark.parametrize(
    "picture",
    [
        answer(b"<html>"),
        answer(code_picture(code(GOOD)), 404),
        answer(b"\x89PNG" + b" " * 256 * 1024),
        answer(b"", 302, ["Location: https://evil.example"]),
    ],
    ids=["no picture", "not found", "too large", "elsewhere"],
)
def test_a_picture_that_cannot_be_trusted_says_nothing(
    provider: Provider, make: Made, picture: Reply
) -> None:
    provider.says(with_picture(f"{provider.url}/x"), picture)
    with pytest.raises(Unreadable):
        charge(make())


def test_a_picture_does_not_outlast_the_one_deadline(provider: Provider, make: Made) -> None:
    provider.says(with_picture(f"{provider.url}/x"), silence)
    with pytest.raises(Unreachable, match=r"within 0\.4 s"):
        charge(make(create_deadline=0.4))


def test_without_the_extra_a_person_is_told_which_one(
    provider: Provider, make: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    provider.says(with_picture(f"{provider.url}/x"), answer(code_picture("x")))
    with pytest.raises(Misconfigured, match="install the extra `image`"):
        charge(make())


# Asking.


@pytest.mark.parametrize("case", STATUS_CODES, ids=lambda case: f"{case['http_status']} {case['body'][:24]}")
def test_a_bare_status_code_gets_its_verdict(provider: Provider, make: Made, case: dict[str, Any]) -> None:
    provider.says(answer(case["body"].encode(), case["http_status"]))
    if case["kiosk"] == "ABSENT":
        assert ask(make()).status is Status.ABSENT
    else:
        with pytest.raises(GatewayError) as caught:
            ask(make())
        assert type(caught.value).__name__ == case["kiosk"]


def test_a_settlement_is_paid(provider: Provider, make: Made) -> None:
    provider.says(answer_json(paper("200", "settlement", issuer="gopay")))
    report = ask(make())
    assert (report.status, report.order_id, report.amount) == (Status.PAID, ID, 25_000)
    assert (report.currency, report.merchant, report.evidence.issuer) == ("IDR", MERCHANT, "gopay")


def test_an_order_can_be_asked_about_without_its_charge(provider: Provider, make: Made) -> None:
    provider.says(answer_json(paper("407", "expire")))
    assert make().status(order(), None).status is Status.UNPAID_FINAL


@pytest.mark.parametrize(
    "changes", [{"order_id": "KSK01ABCDEFGHIJ012345678Y"}, {"gross_amount": "2500.00"}, {"merchant_id": "G1"}]
)
def test_an_answer_about_something_else_is_told_as_it_is(
    provider: Provider, make: Made, changes: dict[str, Any]
) -> None:
    """The till compares with its journal, and escalates: here nobody knows what was journaled."""
    provider.says(answer_json(paper("200", "settlement", **changes)))
    report = ask(make())
    told = {
        "order_id": report.order_id,
        "gross_amount": f"{report.amount}.00",
        "merchant_id": report.merchant,
    }
    assert told.items() >= changes.items()


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (then_hang_up(), Unreachable),
        (silence, Unreachable),
        (Drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 60), Unreachable),
        (answer(b"<html>", 502), Unreachable),
        (answer_json(trouble("500")), Unreachable),
        (answer_json(trouble("429"), 429), Unreachable),
        (answer(b"<html>Welcome to the hotel"), Unreadable),
        (answer(b"", 302, ["Location: https://portal.example"]), Unreadable),
        (answer(b" " * 10_000_000), Unreadable),
        (answer(b'{"status_code": "200", "transaction'), Unreadable),
        (answer(b'{"status_code": "200", "status_code": "404"}'), Unreadable),
        (answer(b'{"status_code": "200", "gross_amount": NaN}'), Unreadable),
        (answer(b'{"a": ' * 10_000 + b"1" + b"}" * 10_000), Unreadable),
        (answer(b'{"status_code": "200"}\xff'), Unreadable),
        (answer(b'{"status_code": 200}'), Unreadable),
        (answer(b"[]"), Unreadable),
        (answer(b"{}"), Unreadable),
        (answer_json(trouble("200"), 404), Unreadable),
        (answer_json(trouble("777")), Unreadable),
        (answer_json(trouble("401"), 401), Misconfigured),
        (answer_json(trouble("401")), Misconfigured),
        (answer_json(trouble("402")), Misconfigured),
        (answer_json(trouble("410")), Misconfigured),
        (answer_json(trouble("400"), 400), Refused),
    ],
)
def test_an_answer_that_is_none_is_named_by_what_it_leaves_us_with(
    provider: Provider, make: Made, call: Callable[[Midtrans], object], reply: Reply, kind: type[GatewayError]
) -> None:
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make(**deadlines(reply)))
    assert type(caught.value) is kind


# Closing.


@pytest.mark.parametrize("call", [cancel, expire])
def test_an_order_that_can_no_longer_be_closed_is_looked_at_again(
    provider: Provider, make: Made, call: Callable[[Midtrans], None]
) -> None:
    provider.says(answer_json(trouble("412", "Transaction status cannot be updated.")))
    with pytest.raises(Refused, match="perhaps it is paid"):
        call(make())


@pytest.mark.parametrize(
    ("call", "code", "status"),
    [(cancel, "200", "cancel"), (expire, "407", "expire"), (expire, "200", "expire")],
)
def test_a_closed_order_needs_no_words(
    provider: Provider, make: Made, call: Callable[[Midtrans], None], code: str, status: str
) -> None:
    provider.says(answer_json(paper(code, status)))
    call(make())
    assert provider.asked[0].headers["idempotency-key"] == f"{ID}-{status}-1"


# Refunding.


def test_a_refund_is_confirmed(provider: Provider, make: Made) -> None:
    provider.says(listed(), answer_json(receipt()))
    assert refund(make()) == RefundReceipt(Rupiah(25_000), "7")
    assert provider.asked[1].json["refund_key"] == REFUND_KEY


def test_a_refund_whose_answer_was_lost_is_found_not_repeated(provider: Provider, make: Made) -> None:
    line = {"refund_key": REFUND_KEY, "refund_amount": "25000.00", "refund_chargeback_id": 7}
    provider.says(listed(), then_hang_up(), listed({"refund_key": "another"}, line))
    gateway = make()
    with pytest.raises(Unreachable):
        refund(gateway)
    assert refund(gateway) == RefundReceipt(Rupiah(25_000), "7")
    assert [asked.method for asked in provider.asked] == ["GET", "POST", "GET"]


@pytest.mark.parametrize(
    "changes",
    [{"refund_key": "another"}, {"refund_key": None}, {"refund_amount": "1.00"}, {"refund_amount": None}],
)
def test_a_confirmation_of_another_refund_is_none(
    provider: Provider, make: Made, changes: dict[str, Any]
) -> None:
    provider.says(listed(), answer_json(receipt(**changes)))
    with pytest.raises(Unreadable):
        refund(make())


def test_a_refund_listed_with_another_amount_is_not_repeated(provider: Provider, make: Made) -> None:
    provider.says(listed({"refund_key": REFUND_KEY, "refund_amount": "1.00"}))
    with pytest.raises(Unreadable, match="another refund"):
        refund(make())
    assert len(provider.asked) == 1


def test_a_refund_waits_while_the_merchant_has_no_balance(provider: Provider, make: Made) -> None:
    provider.says(listed(), answer_json(trouble("414")))
    with pytest.raises(Unreachable, match="balance"):
        refund(make())


def test_no_refund_is_sent_while_the_earlier_ones_cannot_be_seen(provider: Provider, make: Made) -> None:
    provider.says(answer(b"", 503))
    with pytest.raises(Unreachable):
        refund(make())
    assert [asked.method for asked in provider.asked] == ["GET"]


def test_a_contract_without_refunds_sends_nothing(provider: Provider, make: Made) -> None:
    with pytest.raises(Unsupported):
        refund(make(refunds=False))
    assert provider.asked == []


def test_a_refund_key_that_cannot_be_a_header_is_not_sent(provider: Provider, make: Made) -> None:
    with pytest.raises(Refused, match="refund key"):
        make().refund(order(), CHARGE, Evidence(), Rupiah(1), "a\r\nb")
    assert provider.asked == []


# What must never be said.


def echo(line: Line) -> bool:
    """What a provider says who repeats our secrets."""
    secret = f"{KEY} {CAPTURED['status']['headers']['authorization']}"
    return answer_json(trouble("401", f"no such key: {secret}"))(line)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "reply",
    [
        echo,
        silence,
        then_hang_up(),
        answer(KEY.encode()),
        answer_json({"status_code": KEY}),
        answer_json(paper(KEY, KEY)),
        answer(b"", 302, [f"Location: https://{KEY}"]),
        then_hang_up(raw(KEY.encode() + b"\r\n")),
    ],
)
def test_the_key_is_in_no_error(
    provider: Provider, make: Made, call: Callable[[Midtrans], object], reply: Reply
) -> None:
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make(**deadlines(reply)))
    encoded = CAPTURED["status"]["headers"]["authorization"].removeprefix("Basic ")
    for error in (caught.value, caught.value.__cause__, caught.value.__context__):
        told = f"{error} {error!r}" + "".join(traceback.format_exception(error))
        assert KEY not in told
        assert encoded not in told


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        (Environment.PRODUCTION, "SB-Mid-server-throwaway0000"),
        (Environment.SANDBOX, "Mid-server-throwaway0000"),
        (Environment.PRODUCTION, ""),
        (Environment.PRODUCTION, "Mid-server-throwaway0000\n"),
        (Environment.PRODUCTION, None),
    ],
)
def test_a_key_that_does_not_fit_is_refused_at_the_start(environment: Environment, key: str | None) -> None:
    secrets = {} if key is None else {"server_key": Secret(key)}
    with pytest.raises(Misconfigured, match=r"midtrans\.server_key") as caught:
        Midtrans(Midtrans.Config(merchant_id=MERCHANT), environment, secrets, "KSK01", lambda: NOON)
    assert "throwaway" not in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "key"),
    [(Environment.PRODUCTION, "Mid-server-x"), (Environment.SANDBOX, "SB-Mid-server-x")],
)
def test_a_key_that_fits_is_taken(environment: Environment, key: str) -> None:
    secrets = {"server_key": Secret(key)}
    gateway = Midtrans(Midtrans.Config(merchant_id=MERCHANT), environment, secrets, "KSK01", lambda: NOON)
    assert (gateway.name, gateway.merchant, gateway.clock_offset) == ("midtrans", MERCHANT, None)
