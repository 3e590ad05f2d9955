"""DOKU's Indodana over a real connection: what is asked, and what is concluded from every kind of answer."""

import traceback
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from kiosk import qris
from kiosk.errors import (
    CodeError,
    ConfigError,
    GatewayError,
    Misconfigured,
    Refused,
    Unreachable,
    Unreadable,
    Unsupported,
)
from kiosk.gateways.doku_indodana import DokuIndodana
from kiosk.gateways.nonsnap import Signed, is_signed
from kiosk.model import Charge, Environment, Evidence, Field, Report, Rupiah, Status, Terms, WebLink
from kiosk.order.verdict import Verdict, judge
from kiosk.secret import Secret
from tests.gateways.conftest import NOON
from tests.gateways.indodana_papers import (
    CHARGE,
    CLIENT,
    KEY,
    LENDERS_ID,
    LINK,
    SETTINGS,
    order,
    page,
    signed,
    standing,
)
from tests.gateways.papers import ID
from tests.gateways.provider import (
    PATIENCE,
    Asked,
    Drip,
    Provider,
    Reply,
    answer,
    answer_json,
    deadlines,
    raw,
    silence,
    then_hang_up,
)

Made = Callable[..., DokuIndodana]
Told = Callable[[Provider], Reply]
NO = {"error": {"code": "invalid_signature", "message": "Invalid Header Signature", "type": "x"}}


@pytest.fixture
def make(provider: Provider) -> Iterator[Made]:
    made: list[DokuIndodana] = []

    def make(key: str = KEY, **settings: Any) -> DokuIndodana:
        config = DokuIndodana.Config(**{**SETTINGS, "base_url": provider.url, **PATIENCE, **settings})
        secrets = {"secret_key": Secret(key)}
        made.append(DokuIndodana(config, Environment.SIMULATOR, secrets, "KSK01", lambda: NOON))
        return made[-1]

    yield make
    for each in made:
        each.close()


def charge(gateway: DokuIndodana) -> Charge:
    return gateway.create(order())


def ask(gateway: DokuIndodana) -> Report:
    return gateway.status(order(), CHARGE)


CALLS: list[Callable[[DokuIndodana], object]] = [charge, ask]
BODIES: dict[Callable[..., object], dict[str, Any]] = {charge: page(), ask: standing("SUCCESS")}


def message_of(asked: Asked) -> Signed:
    headers = asked.headers
    return Signed(
        headers["client-id"],
        headers["request-id"],
        headers["request-timestamp"],
        asked.target,
        asked.body if asked.method == "POST" else None,
    )


def terms(environment: Environment = Environment.PRODUCTION, **settings: Any) -> Terms:
    return DokuIndodana.terms_of(DokuIndodana.Config(**{**SETTINGS, **settings}), environment)


# What goes over the wire.


@pytest.mark.parametrize(
    ("call", "method", "target"),
    [
        (charge, "POST", "/indodana-peer-to-peer/v2/generate-order"),
        (ask, "GET", f"/orders/v1/status/{ID}"),
    ],
)
def test_a_request_is_signed_over_the_bytes_that_travel(
    provider: Provider, make: Made, call: Callable[[DokuIndodana], object], method: str, target: str
) -> None:
    """A GET has no digest at all."""
    provider.says(signed(provider, BODIES[call]))
    call(make())
    (asked,) = provider.asked
    assert (asked.method, asked.target) == (method, target)
    assert (asked.headers["client-id"], asked.headers["request-timestamp"]) == (
        CLIENT,
        "2026-08-01T03:00:00Z",
    )
    assert is_signed(message_of(asked), asked.headers["signature"], Secret(KEY))


def test_an_order_that_is_repeated_is_the_same_request(provider: Provider, make: Made) -> None:
    pending = signed(provider, standing("PENDING"))
    provider.says(then_hang_up(), signed(provider, page(), 409), pending)
    gateway = make()
    with pytest.raises(Unreachable):
        charge(gateway)
    assert charge(gateway).reference == LENDERS_ID
    first, second, _ = provider.asked
    assert first.body == second.body
    assert first.headers["request-id"] == second.headers["request-id"] == f"{ID}-charge-1"


@pytest.mark.parametrize("word", ["SUCCESS", "REFUNDED", "VOIDED", "PARTIAL_REFUNDED", "EXPIRED"])
def test_a_page_that_was_paid_already_is_not_shown_again(provider: Provider, make: Made, word: str) -> None:
    """A controller's sale whose journal was lost has the same id: goods would go out for the old payment."""
    provider.says(signed(provider, page(), 409), signed(provider, standing(word)))
    with pytest.raises(Unreadable, match="paid already or over"):
        charge(make())


def test_a_page_that_is_made_the_first_time_is_asked_about_no_sooner_than_it_is_shown(
    provider: Provider, make: Made
) -> None:
    provider.says(signed(provider, page()))
    charge(make())
    assert len(provider.asked) == 1


def test_every_question_has_an_id_of_its_own(provider: Provider, make: Made) -> None:
    """Under the same one DOKU would answer as it did the first time."""
    provider.says(signed(provider, standing("PENDING")))
    gateway = make()
    ask(gateway)
    ask(gateway)
    assert len({asked.headers["request-id"] for asked in provider.asked}) == 2


def test_the_time_that_is_signed_is_dokus_not_ours(provider: Provider, make: Made) -> None:
    provider.says(answer_json(NO, 401, date=NOON + 5 * 3600), signed(provider, page()))
    assert charge(make()).reference == LENDERS_ID
    moments = [asked.headers["request-timestamp"] for asked in provider.asked]
    assert moments == ["2026-08-01T03:00:00Z", "2026-08-01T08:00:00Z"]


def test_what_is_refused_at_the_right_time_is_refused(provider: Provider, make: Made) -> None:
    provider.says(answer_json(NO, 401, date=NOON))
    with pytest.raises(Misconfigured):
        charge(make())
    assert len(provider.asked) == 1


def test_what_is_refused_at_dokus_own_time_is_not_tried_a_third_time(provider: Provider, make: Made) -> None:
    provider.says(answer_json(NO, 401, date=NOON + 5 * 3600), answer_json(NO, 401, date=NOON + 9 * 3600))
    with pytest.raises(Misconfigured):
        charge(make())
    assert len(provider.asked) == 2


def test_an_order_id_that_would_lead_elsewhere_is_not_sent(provider: Provider, make: Made) -> None:
    elsewhere = msgspec.structs.replace(order(), id="../x")
    with pytest.raises(Refused, match="up to 32 letters"):
        make().create(elsewhere)
    with pytest.raises(Refused, match="up to 32 letters"):
        make().status(elsewhere, None)
    assert provider.asked == []


# Getting a page.


def test_a_page_is_shown_as_a_link(provider: Provider, make: Made) -> None:
    provider.says(signed(provider, page()))
    gateway = make()
    made = charge(gateway)
    assert (made.code, made.reference, made.merchant) == (WebLink(LINK), LENDERS_ID, CLIENT)
    assert made.details["INDODANA_ORDER_ID"] == LENDERS_ID
    qris.check(made.code, order().amount, gateway.terms)


@pytest.mark.parametrize(
    "url",
    [
        LINK.replace("https", "http"),
        LINK.replace("sandbox01.indodana.com", "sandbox01.indodana.com.evil.example"),
        LINK.replace("sandbox01.indodana.com", "user@sandbox01.indodana.com"),
        LINK + "a" * 200,
    ],
    ids=lambda url: url[:50],
)
def test_a_page_elsewhere_is_not_shown(provider: Provider, make: Made, url: str) -> None:
    provider.says(signed(provider, page(payment__url=url)))
    gateway = make()
    with pytest.raises(CodeError):
        qris.check(charge(gateway).code, order().amount, gateway.terms)


def test_no_page_is_a_no(provider: Provider, make: Made) -> None:
    provider.says(signed(provider, page(payment__status="FAILED", payment__url=None)))
    with pytest.raises(Refused) as caught:
        charge(make())
    assert caught.value.code == "FAILED"


def test_no_page_for_another_order_is_none_of_ours(provider: Provider, make: Made) -> None:
    provider.says(signed(provider, page(payment__status="FAILED", order__invoice_number="INVQ01W")))
    with pytest.raises(Unreadable, match="another order"):
        charge(make())


@pytest.mark.parametrize(
    "changes",
    [
        {"order__invoice_number": "INVQ01W"},
        {"order__amount": 200_000},
        {"payment__status": "SUCCESS"},
        {"payment__url": None},
        {"peer_to_peer_info__expired_date": "20220217232049"},
    ],
    ids=repr,
)
def test_a_page_that_is_not_what_was_asked_says_nothing(
    provider: Provider, make: Made, changes: dict[str, Any]
) -> None:
    provider.says(signed(provider, page(**changes)))
    with pytest.raises(Unreadable):
        charge(make())


def test_a_page_that_lives_longer_than_it_is_watched_is_not_shown(provider: Provider, make: Made) -> None:
    provider.says(signed(provider, page()))
    with pytest.raises(
        Misconfigured, match=r"for 60 minutes; set gateway\.doku_indodana\.expiry_minutes = 60"
    ):
        charge(make(expiry_minutes=58))
    assert charge(make(expiry_minutes=59)).reference == LENDERS_ID


# Asking.


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("SUCCESS", Verdict.PAID),
        ("PENDING", Verdict.PENDING),
        ("FAILED", Verdict.PENDING),
        ("EXPIRED", Verdict.UNPAID),
        ("REFUNDED", Verdict.REFUNDED),
    ],
)
def test_an_answer_lets_conclude_how_the_order_stands(
    provider: Provider, make: Made, word: str, verdict: Verdict
) -> None:
    provider.says(signed(provider, standing(word)))
    gateway = make()
    assert judge(order(), CHARGE, ask(gateway), gateway.terms) is verdict


def test_who_failed_may_still_pay(provider: Provider, make: Made) -> None:
    provider.says(signed(provider, standing("FAILED")), signed(provider, standing("SUCCESS")))
    gateway = make()
    assert [ask(gateway).status, ask(gateway).status] == [Status.PENDING, Status.PAID]


def test_an_order_that_doku_does_not_know_is_absent(provider: Provider, make: Made) -> None:
    provider.says(signed(provider, {"error": {"code": "data_not_found", "message": "Not found"}}, 404))
    assert ask(make()).status is Status.ABSENT


def test_an_order_can_be_asked_about_without_its_charge(provider: Provider, make: Made) -> None:
    provider.says(signed(provider, standing("EXPIRED")))
    assert make().status(order(), None).status is Status.UNPAID_FINAL


# Who answers.


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [200, 409])
@pytest.mark.parametrize(
    "forged",
    [
        {"Signature": None},
        {"Signature": "HMACSHA256=9UPUFzOqJc47aJzD9ESOTcWg6TMsg3mqSP+DnUO8ENE="},
        {"Signature": ""},
        {"Client_Id": "MCH-0002"},
        {"Client_Id": None},
        {"Request_Id": "another"},
        {"Request_Id": None},
        {"Response_Timestamp": "2026-08-01T03:00:02Z"},
        {"Response_Timestamp": None},
        {"key": "SK-of-somebody-else"},
    ],
    ids=repr,
)
def test_an_answer_without_dokus_signature_says_nothing(
    provider: Provider,
    make: Made,
    call: Callable[[DokuIndodana], object],
    status: int,
    forged: dict[str, Any],
) -> None:
    provider.says(signed(provider, BODIES[call], status, **forged))
    with pytest.raises(Unreadable, match="DOKU's signature"):
        call(make())


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Misconfigured),
        (403, Misconfigured),
        (405, Refused),
        (422, Refused),
        (402, Unreadable),
        (418, Unreadable),
        (429, Unreachable),
        (500, Unreachable),
    ],
)
@pytest.mark.parametrize(
    "tell", [lambda _, status: answer_json(NO, status), lambda provider, status: signed(provider, NO, status)]
)
def test_a_no_is_judged_by_its_status_signed_or_not(
    provider: Provider,
    make: Made,
    call: Callable[[DokuIndodana], object],
    status: int,
    kind: type[GatewayError],
    tell: Callable[[Provider, int], Reply],
) -> None:
    provider.says(tell(provider, status))
    with pytest.raises(GatewayError) as caught:
        call(make())
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Unreadable), (404, Unreadable), (422, Unreadable), (401, Misconfigured)]
)
def test_a_forged_no_says_nothing(
    provider: Provider, make: Made, status: int, kind: type[GatewayError]
) -> None:
    """But where our key is wrong every signature is, and the 401 says what to do."""
    provider.says(signed(provider, NO, status, key="SK-of-somebody-else"))
    with pytest.raises(kind):
        ask(make())


def test_a_client_without_indodana_is_told_whom_to_ask(provider: Provider, make: Made) -> None:
    provider.says(answer_json({"message": "no Route matched with those values"}, 404))
    with pytest.raises(Misconfigured, match="ask DOKU to enable Indodana"):
        charge(make())


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("tell", "kind"),
    [
        (lambda _: then_hang_up(), Unreachable),
        (lambda _: silence, Unreachable),
        (lambda _: Drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 60), Unreachable),
        (lambda _: answer(b"<html>", 502), Unreachable),
        (lambda _: answer(b"<html>", 400), Unreadable),
        (lambda _: answer(b"<html>", 404), Unreadable),
        (lambda _: answer(b"<html>Welcome to the hotel"), Unreadable),
        (lambda _: answer(b"", 302, ["Location: https://portal.example"]), Unreadable),
        (lambda _: answer(b" " * 10_000_000), Unreadable),
        (lambda provider: signed(provider, b"<html>"), Unreadable),
        (lambda provider: signed(provider, b'{"order": {'), Unreadable),
        (lambda provider: signed(provider, b'{"order": {}, "order": {}}'), Unreadable),
        (lambda provider: signed(provider, b'{"a": NaN}'), Unreadable),
        (lambda provider: signed(provider, b'{"a": ' * 10_000 + b"1" + b"}" * 10_000), Unreadable),
        (lambda provider: signed(provider, []), Unreadable),
        (lambda provider: signed(provider, {}), Unreadable),
        (lambda provider: signed(provider, {}, 409), Unreadable),
        (lambda provider: signed(provider, page(), 202), Unreadable),
    ],
)
def test_an_answer_that_is_none_is_named_by_what_it_leaves_us_with(
    provider: Provider,
    make: Made,
    call: Callable[[DokuIndodana], object],
    tell: Told,
    kind: type[GatewayError],
) -> None:
    reply = tell(provider)
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make(**deadlines(reply)))
    assert type(caught.value) is kind


def test_what_it_has_no_call_for_is_not_sent(provider: Provider, make: Made) -> None:
    with pytest.raises(Unsupported):
        make().cancel(order(), CHARGE)
    with pytest.raises(Unsupported):
        make().refund(order(), CHARGE, Evidence(), Rupiah(1), f"{ID}-R1")
    assert provider.asked == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "tell",
    [
        lambda _: answer_json({"error": {"message": f"no such key: {KEY}"}}, 401),
        lambda _: answer_json({"message": "x" * 110 + KEY}, 400),
        lambda _: silence,
        lambda _: then_hang_up(),
        lambda _: answer(KEY.encode()),
        lambda provider: signed(provider, {"order": {"invoice_number": KEY}, "transaction": {"status": KEY}}),
        lambda _: answer(b"", 302, [f"Location: https://{KEY}"]),
        lambda _: then_hang_up(raw(KEY.encode() + b"\r\n")),
    ],
)
def test_the_key_is_in_no_error(
    provider: Provider, make: Made, call: Callable[[DokuIndodana], object], tell: Told
) -> None:
    reply = tell(provider)
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make(**deadlines(reply)))
    for error in (caught.value, caught.value.__cause__, caught.value.__context__):
        told = f"{error} {error!r}" + "".join(traceback.format_exception(error))
        assert KEY[:12] not in told


# What a configuration comes to.


def test_without_settings_the_numbers_are_those_of_the_handbook() -> None:
    declared = terms()
    assert (declared.on_screen, declared.poll, declared.wait_for_code) == (900, (15,), 25)
    assert (declared.create_deadline, declared.status_deadline, declared.claim_window) == (10, 10, 60)
    assert (declared.cancels, declared.refunds, declared.asks_by_charge) == (False, False, False)
    assert (declared.repeats_create, declared.signs_time) == (True, True)
    assert declared.lapses_after == 60 * 60 + 600
    assert declared.carries == {Field.ORDER_ID, Field.AMOUNT}
    assert declared.link_hosts == frozenset({"sandbox01.indodana.com"})


def test_a_contracts_limits_are_the_gateways() -> None:
    declared = terms(minimum=10_000, maximum=25_000_000)
    assert (declared.minimum, declared.maximum) == (10_000, 25_000_000)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"expiry_minutes": 15}, "expiry_minutes: the page expires (15 min) while it is on the panel"),
        ({"callback_url_cancel": ""}, "callback_url_cancel: is missing"),
        ({"webhook_service": "https://hooks.example/x"}, "webhook_service: must be https:// and a host"),
        ({"minimum": 2, "maximum": 1}, "minimum: is above the maximum"),
        ({"refunds": True}, "refunds: there is no call for them"),
        ({"poll": (14.0,)}, "poll: 14 s is below 15 s"),
        ({"status_deadline": 9}, "status_deadline: 9 s is below 10 s"),
        ({"claim_window": 59}, "claim_window: 59 s is below 60 s"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        terms(**settings)
    (said,) = caught.value.problems
    assert said.startswith(f"gateway.doku_indodana.{problem}")


WRITTEN = {
    "client_id": CLIENT,
    "link_hosts": ["sandbox01.indodana.com"],
    "customer": {"first_name": "Kopi", "email": "andreas@email.com", "phone": "6281939815480"},
    "billing_address": {
        "first_name": "Kopi",
        "address": "Jalan Teknologi Indonesia No. 25",
        "city": "Jakarta",
        "postal_code": "12960",
        "phone": "6281513114262",
    },
    "callback_url_cancel": "https://merchant.com/cancel-url?a=b&c=(d);e,f+g_%20",
}


def test_the_documents_own_data_are_taken() -> None:
    """Its sample of an e-mail address is longer than the 16 characters it allows."""
    config = msgspec.convert(WRITTEN, DokuIndodana.Config)
    assert (config.customer.email, config.billing_address.country_code) == ("andreas@email.com", "IDN")


@pytest.mark.parametrize(
    ("place", "field", "value"),
    [
        ("customer", "first_name", "x" * 17),
        ("customer", "first_name", ""),
        ("customer", "last_name", "x" * 17),
        ("customer", "phone", "081939815480"),
        ("customer", "phone", "+6281939815480"),
        ("customer", "phone", "6" * 17),
        ("customer", "email", "nobody"),
        ("customer", "email", "a@b.example" * 6),
        ("billing_address", "first_name", "x" * 17),
        ("billing_address", "address", ""),
        ("billing_address", "city", "Jakarta\n"),
        ("billing_address", "postal_code", "1296"),
        ("billing_address", "phone", "081513114262"),
        ("billing_address", "country_code", "ID"),
        ("billing_address", "street", "x"),
        ("", "category", "ELECTRONIC"),
        ("", "client_id", "MCH 1"),
        ("", "link_hosts", []),
        ("", "link_hosts", ["https://sandbox01.indodana.com"]),
        ("", "link_hosts", ["Sandbox01.Indodana.com"]),
        ("", "callback_url", "http://merchant.com/x"),
        ("", "callback_url_cancel", "https://merchant.com/a b"),
        ("", "callback_url_cancel", "https://merchant.com/#x"),
        ("", "callback_url_cancel", "https://user@merchant.com/"),
        ("", "override_notification_url", "https://merchant.com/{id}"),
        ("", "expiry_minutes", 0),
        ("", "expiry_minutes", 100_000),
        ("", "maximum", 10**16),
        ("", "minimum", 0),
    ],
)
def test_a_field_outside_the_documents_limits_is_refused(place: str, field: str, value: object) -> None:
    written: dict[str, Any] = {name: dict(v) if isinstance(v, dict) else v for name, v in WRITTEN.items()}
    (written[place] if place else written)[field] = value
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(written, DokuIndodana.Config)


@pytest.mark.parametrize("field", ["client_id", "link_hosts", "customer", "billing_address"])
def test_what_doku_demands_must_be_configured(field: str) -> None:
    written = {name: value for name, value in WRITTEN.items() if name != field}
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert(written, DokuIndodana.Config)


@pytest.mark.parametrize("key", [None, "", "two words", "SK\n", "-----BEGIN PUBLIC KEY-----"])
def test_a_key_that_is_none_names_its_file(key: str | None) -> None:
    secrets = {} if key is None else {"secret_key": Secret(key)}
    with pytest.raises(Misconfigured, match=r"kiosk secret set doku_indodana\.secret_key"):
        DokuIndodana(DokuIndodana.Config(**SETTINGS), Environment.PRODUCTION, secrets, "KSK01", lambda: NOON)


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.SANDBOX])
def test_a_key_that_fits_is_taken(environment: Environment) -> None:
    secrets = {"secret_key": Secret(KEY)}
    gateway = DokuIndodana(DokuIndodana.Config(**SETTINGS), environment, secrets, "KSK01", lambda: NOON)
    assert (gateway.name, gateway.merchant, gateway.clock_offset) == ("doku_indodana", CLIENT, None)
