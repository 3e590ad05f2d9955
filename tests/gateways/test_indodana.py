"""Indodana's merchant API over a real connection: how a purchase stands, and giving it back."""

import json
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.errors import (
    ConfigError,
    GatewayError,
    Misconfigured,
    Refused,
    Unreachable,
    Unreadable,
    Unsupported,
)
from kiosk.gateways.answers import AnswerError
from kiosk.gateways.indodana import Indodana
from kiosk.gateways.indodana_wire import By, Reason, authorization, report_in
from kiosk.model import (
    Charge,
    Environment,
    Evidence,
    Field,
    QrisCode,
    RefundReceipt,
    Report,
    Rupiah,
    Status,
    Terms,
)
from kiosk.order.verdict import Verdict, judge
from kiosk.secret import Secret
from tests.gateways.conftest import NOON
from tests.gateways.indodana_papers import checked, error, order
from tests.gateways.papers import ID
from tests.gateways.provider import (
    PATIENCE,
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

VECTORS = json.loads((Path(__file__).parent / "vectors/indodana_auth.json").read_text())["cases"]
API_KEY = "canary-api-key"
KEY = "canary-secret-key"
SECRETS = {"api_key": Secret(API_KEY), "secret_key": Secret(KEY)}
REFUND_KEY = f"{ID}-R1"
NOWHERE = Charge(QrisCode(""), "")

Made = Callable[..., Indodana]


@pytest.fixture
def make(provider: Provider) -> Iterator[Made]:
    made: list[Indodana] = []

    def make(secrets: dict[str, Secret] | None = None, **settings: Any) -> Indodana:
        config = Indodana.Config(**{"base_url": provider.url, **PATIENCE, **settings})
        made.append(Indodana(config, Environment.SIMULATOR, secrets or SECRETS, "KSK01", lambda: NOON))
        return made[-1]

    yield make
    for each in made:
        each.close()


def ask(gateway: Indodana) -> Report:
    return gateway.status(order(), None)


def refund(gateway: Indodana) -> RefundReceipt:
    return gateway.refund(order(), NOWHERE, Evidence(), Rupiah(100_000), REFUND_KEY)


CALLS: list[Callable[[Indodana], object]] = [ask, refund]
WELL: dict[Callable[..., object], dict[str, Any]] = {ask: checked(), refund: {"status": "OK"}}


def terms(environment: Environment = Environment.PRODUCTION, **settings: Any) -> Terms:
    return Indodana.terms_of(Indodana.Config(**settings), environment)


# Who asks.


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["content"])
def test_the_header_is_what_the_official_client_sends(case: dict[str, Any]) -> None:
    made = authorization(Secret(case["api_key"]), Secret(case["secret"]), case["nonce"] + 0.9)
    assert made == case["authorization"]
    assert made.endswith(f":{case['signature']}")


@pytest.mark.parametrize("call", CALLS)
def test_every_request_proves_who_asks_and_when(
    provider: Provider, make: Made, call: Callable[[Indodana], object]
) -> None:
    provider.says(answer_json(WELL[call]))
    call(make())
    (asked,) = provider.asked
    assert asked.headers["authorization"] == authorization(Secret(API_KEY), Secret(KEY), NOON)


def test_the_time_that_is_signed_is_indodanas_not_ours(provider: Provider, make: Made) -> None:
    provider.says(
        answer_json(error("UNAUTHORIZED", "Invalid nonce"), 401, date=NOON + 3600), answer_json(checked())
    )
    assert ask(make()).status is Status.PAID
    nonces = [asked.headers["authorization"].split(":")[1] for asked in provider.asked]
    assert nonces == [f"{NOON:.0f}", f"{NOON + 3600:.0f}"]


# How a purchase stands.


def test_a_purchase_is_asked_about_as_the_document_says(provider: Provider, make: Made) -> None:
    provider.says(answer_json(checked()))
    ask(make())
    (asked,) = provider.asked
    target = f"/chermes/merchant/v1/transactions/qris/check_status?merchantOrderId={ID}"
    assert (asked.method, asked.target, asked.body) == ("GET", target, b"")


def test_an_answer_is_read_field_by_field_and_its_payer_dropped() -> None:
    report = report_in(checked())
    assert report == Report(
        Status.PAID,
        order_id=ID,
        amount=Rupiah(100_000),
        detail="PAID",
        evidence=Evidence(reference="5d8c5b1a", issuer="Indodana", paid_at="2019-09-26T13:24:26+07:00"),
    )
    assert "ANDREAS" not in repr(report)


@pytest.mark.parametrize(
    ("time", "paid_at"),
    [
        ("2019-09-12T18:18:18+07:00", "2019-09-12T18:18:18+07:00"),
        ("2019-09-12T11:18:18+0000", "2019-09-12T18:18:18+07:00"),
        ("2019-09-12T23:59:59+0000", "2019-09-13T06:59:59+07:00"),
        ("2019-09-12T11:18:18Z", "2019-09-12T18:18:18+07:00"),
        ("yesterday", ""),
        ("9999-12-31T23:59:59-2359", ""),
        ("0001-01-01T00:00:00+2359", ""),
        (None, ""),
    ],
)
def test_both_ways_to_write_a_moment_are_the_same_moment(time: str | None, paid_at: str) -> None:
    assert report_in(checked(transactionTime=time)).evidence.paid_at == paid_at


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("INITIATED", Verdict.PENDING),
        ("PAID", Verdict.PAID),
        ("REJECTED", Verdict.UNPAID),
        ("EXPIRED", Verdict.UNPAID),
    ],
)
def test_only_paid_is_paid(provider: Provider, make: Made, word: str, verdict: Verdict) -> None:
    provider.says(answer_json(checked(transactionStatus=word)))
    gateway = make()
    assert judge(order(), None, ask(gateway), gateway.terms) is verdict


@pytest.mark.parametrize(
    "changes",
    [
        {"transactionStatus": "SUCCESS"},
        {"transactionStatus": "paid"},
        {"transactionStatus": None},
        {"transactionStatus": ["PAID"]},
        {"status": "ERROR"},
        {"status": None},
        {"fraudStatus": "CHALLENGE"},
        {"fraudStatus": ""},
        {"amount": None},
        {"amount": "100000.5"},
        {"merchantOrderId": None},
    ],
    ids=repr,
)
def test_an_answer_that_lacks_anything_says_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        report_in(checked(**changes))


def test_an_order_that_indodana_does_not_know_is_absent(provider: Provider, make: Made) -> None:
    provider.says(answer_json(error("NOT_FOUND", "Order not found"), 404))
    assert ask(make()).status is Status.ABSENT


def test_a_server_that_knows_no_such_address_knows_nothing_of_an_order(
    provider: Provider, make: Made
) -> None:
    provider.says(answer_json({"message": "no Route matched with those values"}, 404))
    with pytest.raises(GatewayError):
        ask(make())


# Giving it back.


def test_a_purchase_is_given_back_as_the_document_says(provider: Provider, make: Made) -> None:
    provider.says(answer_json({"status": "OK"}))
    assert refund(make()) == RefundReceipt(Rupiah(100_000), REFUND_KEY)
    (asked,) = provider.asked
    assert (asked.method, asked.target) == ("POST", "/chermes/merchant/v3/order_cancellation")
    assert asked.json == {
        "refundId": REFUND_KEY,
        "merchantOrderId": ID,
        "cancellationAmount": 100_000,
        "cancellationReason": "Others",
        "cancelledBy": "SELLER",
        "cancellationDate": "2026-08-01T10:00:00+07:00",
    }


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.EXPIRED, "Expired"),
        (Reason.OUT_OF_STOCK, "Out of Stock"),
        (Reason.ITEMS_RETURNED, "Items Returned"),
        (Reason.OTHERS, "Others"),
    ],
)
def test_a_part_can_be_given_back_for_every_reason_of_the_document(
    provider: Provider, make: Made, reason: Reason, said: str, by: By
) -> None:
    provider.says(answer_json({"status": "OK", "cancellationAmount": 50_000}))
    receipt = make().cancel_purchase(order(), Rupiah(50_000), REFUND_KEY, reason, by)
    assert receipt.amount == 50_000
    sent = provider.asked[0].json
    assert (sent["cancellationAmount"], sent["cancellationReason"], sent["cancelledBy"]) == (50_000, said, by)


def test_a_refund_whose_answer_was_lost_is_repeated_under_its_key(provider: Provider, make: Made) -> None:
    provider.says(then_hang_up(), answer_json({"status": "OK"}))
    gateway = make()
    with pytest.raises(Unreachable):
        refund(gateway)
    refund(gateway)
    assert [asked.json["refundId"] for asked in provider.asked] == [REFUND_KEY] * 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "ERROR"},
        {"status": "ok"},
        {"status": "OK", "refundId": "another"},
        {"status": "OK", "merchantOrderId": "KSK01ABCDEFGHIJ012345678Y"},
        {"status": "OK", "cancellationAmount": 1},
        {"status": "OK", "cancellationAmount": None},
        error("UNKNOWN", "?"),
    ],
    ids=repr,
)
def test_a_confirmation_of_something_else_is_none(
    provider: Provider, make: Made, body: dict[str, Any]
) -> None:
    provider.says(answer_json(body))
    with pytest.raises(Unreadable):
        refund(make())


def test_a_refund_that_may_exist_already_is_a_persons_business(provider: Provider, make: Made) -> None:
    provider.says(answer_json(error("DUPLICATE", "refundId exists"), 409))
    with pytest.raises(Unreadable, match="may have been made already"):
        refund(make())


def test_a_contract_without_refunds_sends_nothing(provider: Provider, make: Made) -> None:
    with pytest.raises(Unsupported):
        refund(make(refunds=False))
    assert provider.asked == []


@pytest.mark.parametrize("key", ["", "a\nb", "x" * 51, "../x"])
def test_a_refund_key_of_another_form_is_not_sent(provider: Provider, make: Made, key: str) -> None:
    with pytest.raises(Refused, match="refund key"):
        make().refund(order(), NOWHERE, Evidence(), Rupiah(1), key)
    assert provider.asked == []


# What it does not do, and what fails.


def test_it_makes_no_code_and_says_what_to_use_instead(provider: Provider, make: Made) -> None:
    with pytest.raises(Unsupported, match="sell through doku_indodana"):
        make().create(order())
    with pytest.raises(Unsupported):
        make().cancel(order(), None)
    assert provider.asked == []


def test_an_order_id_that_would_lead_elsewhere_is_not_sent(provider: Provider, make: Made) -> None:
    elsewhere = msgspec.structs.replace(order(), id="a&b")
    with pytest.raises(Refused, match="up to 32 letters"):
        make().status(elsewhere, None)
    with pytest.raises(Refused, match="up to 32 letters"):
        make().refund(elsewhere, NOWHERE, Evidence(), Rupiah(1), REFUND_KEY)
    assert provider.asked == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Misconfigured),
        (403, Misconfigured),
        (409, Unreadable),
        (418, Unreadable),
        (422, Refused),
        (429, Unreachable),
        (500, Unreachable),
        (503, Unreachable),
    ],
)
def test_every_http_status_lets_conclude_one_thing(
    provider: Provider,
    make: Made,
    call: Callable[[Indodana], object],
    status: int,
    kind: type[GatewayError],
) -> None:
    provider.says(answer_json(error("SOMETHING", "No."), status))
    with pytest.raises(GatewayError) as caught:
        call(make())
    assert type(caught.value) is kind


def test_a_refund_of_an_order_nobody_knows_is_refused(provider: Provider, make: Made) -> None:
    provider.says(answer_json(error("NOT_FOUND", "Order not found"), 404))
    with pytest.raises(Refused, match="it knows no such order"):
        refund(make())


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (then_hang_up(), Unreachable),
        (silence, Unreachable),
        (Drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 60), Unreachable),
        (answer(b"<html>", 502), Unreachable),
        (answer(b"<html>", 400), Unreadable),
        (answer(b"<html>Welcome to the hotel"), Unreadable),
        (answer(b"", 302, ["Location: https://portal.example"]), Unreadable),
        (answer(b" " * 10_000_000), Unreadable),
        (answer(b'{"status": "OK", "tra'), Unreadable),
        (answer(b'{"status": "ERROR", "status": "OK"}'), Unreadable),
        (answer(b'{"status": "OK", "amount": NaN}'), Unreadable),
        (answer(b'{"a": ' * 10_000 + b"1" + b"}" * 10_000), Unreadable),
        (answer(b"[]"), Unreadable),
        (answer_json(checked(), 201), Unreadable),
    ],
)
def test_an_answer_that_is_none_is_named_by_what_it_leaves_us_with(
    provider: Provider, make: Made, call: Callable[[Indodana], object], reply: Reply, kind: type[GatewayError]
) -> None:
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make(**deadlines(reply)))
    assert type(caught.value) is kind


def echo(line: Line) -> bool:
    """What a provider says who repeats our secrets."""
    return answer_json(error("INVALID", f"no such key: {API_KEY} {KEY}"), 401)(line)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "reply",
    [
        echo,
        silence,
        then_hang_up(),
        answer(KEY.encode()),
        answer_json({"status": KEY, "transactionStatus": API_KEY}),
        answer_json(error(KEY, ""), 400),
        answer(b"", 302, [f"Location: https://{KEY}"]),
        then_hang_up(raw(KEY.encode() + b"\r\n")),
    ],
)
def test_the_keys_are_in_no_error(
    provider: Provider, make: Made, call: Callable[[Indodana], object], reply: Reply
) -> None:
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make(**deadlines(reply)))
    for each in (caught.value, caught.value.__cause__, caught.value.__context__):
        told = f"{each} {each!r}" + "".join(traceback.format_exception(each))
        assert "canary" not in told


# What a configuration comes to.


def test_without_settings_it_refunds_and_asks() -> None:
    declared = terms()
    assert (declared.refunds, declared.refunds_in_part, declared.cancels) == (True, True, False)
    assert (declared.create_deadline, declared.status_deadline, declared.signs_time) == (10, 10, True)
    assert declared.carries == {Field.ORDER_ID, Field.AMOUNT}
    assert terms(refunds=False).refunds_in_part is False


@pytest.mark.parametrize(
    ("environment", "settings", "host"),
    [
        (Environment.PRODUCTION, {}, "https://api.indodanafinance.co.id"),
        (Environment.SANDBOX, {}, "https://stg-k-api.indodanafinance.com"),
        (
            Environment.SANDBOX,
            {"host": "sandbox01-api.indodanafinance.co.id"},
            "https://sandbox01-api.indodanafinance.co.id",
        ),
        (Environment.PRODUCTION, {"host": "api.indodana.com"}, "https://api.indodana.com"),
    ],
)
def test_it_is_asked_where_the_account_lives(
    environment: Environment, settings: dict[str, Any], host: str
) -> None:
    config = msgspec.convert(settings, Indodana.Config)
    gateway = Indodana(config, environment, SECRETS, "KSK01", lambda: NOON)
    assert (gateway._http._base_url, gateway.name, gateway.clock_offset) == (host, "indodana", None)


def test_the_simulator_has_one_address() -> None:
    with pytest.raises(ConfigError, match="host: is not for the simulator"):
        terms(Environment.SIMULATOR, base_url="http://127.0.0.1:1", host="api.indodana.com")


def test_a_host_is_a_name() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"host": "https://api.indodana.com"}, Indodana.Config)


@pytest.mark.parametrize("name", ["api_key", "secret_key"])
@pytest.mark.parametrize("text", [None, "", "two words"])
def test_a_key_that_is_none_names_its_file(name: str, text: str | None) -> None:
    secrets = {each: secret for each, secret in SECRETS.items() if each != name}
    if text is not None:
        secrets[name] = Secret(text)
    with pytest.raises(Misconfigured, match=rf"kiosk secret set indodana\.{name}"):
        Indodana(Indodana.Config(), Environment.PRODUCTION, secrets, "KSK01", lambda: NOON)
