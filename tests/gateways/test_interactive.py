"""InterActive over a real connection: what is asked, and what is concluded from every kind of answer."""

import traceback
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import msgspec
import pytest

from kiosk import qris
from kiosk.errors import (
    ConfigError,
    GatewayError,
    Misconfigured,
    Refused,
    Unreachable,
    Unreadable,
    Unsupported,
)
from kiosk.gateways.interactive import Interactive
from kiosk.model import Charge, Environment, Evidence, Report, Rupiah, Status, Terms, Tips
from kiosk.order.verdict import Verdict, judge
from kiosk.secret import Secret
from tests.codes import GOOD, code
from tests.gateways.conftest import NOON
from tests.gateways.interactive_papers import (
    CHARGE,
    CODE,
    INVOICE,
    KEY,
    MERCHANT,
    NMID,
    PAID,
    REQUESTED,
    UNPAID,
    failed,
    invoice,
    order,
)
from tests.gateways.papers import ID
from tests.gateways.provider import (
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

Made = Callable[..., Interactive]
KINDS = [
    ("invalid amount", Refused),
    ("invalid apikey", Misconfigured),
    ("invalid mID", Misconfigured),
    ("transcation number is empty", Refused),
    ("what we do for you?", Misconfigured),
    ("Invoice ID is empty", Refused),
    ("the moon is full", Unreadable),
    (
        "invalid amount / invalid apikey / invalid mID / transcation number is empty / what we do for you?",
        Unreadable,
    ),
    ("", Unreadable),
]


@pytest.fixture
def make(provider: Provider) -> Iterator[Made]:
    made: list[Interactive] = []

    def make(key: str = KEY, **settings: Any) -> Interactive:
        config = Interactive.Config(**{"base_url": provider.url, "merchant_id": MERCHANT, **settings})
        secrets = {"api_key": Secret(key)}
        made.append(Interactive(config, Environment.SIMULATOR, secrets, "KSK01", lambda: NOON))
        return made[-1]

    yield make
    for each in made:
        each.close()


def charge(gateway: Interactive) -> Charge:
    return gateway.create(order())


def ask(gateway: Interactive) -> Report:
    return gateway.status(order(), CHARGE)


CALLS: list[Callable[[Interactive], object]] = [charge, ask]


def query_of(target: str) -> dict[str, str]:
    return {
        name: value for name, (value,) in parse_qs(urlsplit(target).query, keep_blank_values=True).items()
    }


def terms(environment: Environment = Environment.PRODUCTION, **settings: Any) -> Terms:
    return Interactive.terms_of(Interactive.Config(merchant_id=MERCHANT, **settings), environment)


# Creating an invoice.


def test_an_invoice_is_asked_for_as_the_document_says(provider: Provider, make: Made) -> None:
    provider.says(answer_json(invoice()))
    charge(make())
    (asked,) = provider.asked
    assert (asked.method, urlsplit(asked.target).path) == ("GET", "/restapi/qris/show_qris.php")
    sent = query_of(asked.target)
    number = sent.pop("cliTrxNumber")
    assert sent == {
        "do": "create-invoice",
        "apikey": KEY,
        "mID": MERCHANT,
        "cliTrxAmount": "25578",
        "useTip": "no",
    }
    assert number.startswith(f"{ID}-")


def test_an_invoice_brings_its_code_and_what_it_is_asked_about_with(provider: Provider, make: Made) -> None:
    provider.says(answer_json(invoice()))
    made = charge(make())
    number = query_of(provider.asked[0].target)["cliTrxNumber"]
    assert (made.code, made.reference, made.merchant) == (CHARGE.code, INVOICE, MERCHANT)
    assert made.details == {"qris_request_date": REQUESTED, "cliTrxNumber": number}


def test_every_try_has_a_number_of_its_own(provider: Provider, make: Made) -> None:
    provider.says(then_hang_up(), answer_json(invoice()))
    gateway = make()
    with pytest.raises(Unreachable):
        charge(gateway)
    charge(gateway)
    numbers = [query_of(asked.target)["cliTrxNumber"] for asked in provider.asked]
    assert len(set(numbers)) == len(provider.asked) == 2


def test_the_longest_number_is_one_that_the_field_takes(provider: Provider, make: Made) -> None:
    """Nobody says how long it may be; those who store it keep 50 characters."""
    provider.says(answer_json(invoice()))
    make().create(msgspec.structs.replace(order(), id="KIOSK0123456" + "A" * 20))
    assert len(query_of(provider.asked[0].target)["cliTrxNumber"]) == 39


def test_an_invoice_is_never_asked_for_again_by_the_library(provider: Provider, make: Made) -> None:
    """On a connection kept from an earlier question a lost answer would make a second invoice."""
    provider.says(answer_json(UNPAID), then_hang_up(), answer_json(invoice()))
    gateway = make()
    ask(gateway)
    with pytest.raises(Unreachable):
        charge(gateway)
    made = [asked for asked in provider.asked if "create-invoice" in asked.target]
    assert (len(made), provider.connections) == (1, 2)


def test_the_sample_code_passes_the_check_before_it_is_shown(provider: Provider, make: Made) -> None:
    """It asks for a tip, which is declined and could not be seen: the tag is ignored, the amount is not."""
    provider.says(answer_json(invoice()))
    gateway = make(nmid=NMID)
    qris.check(charge(gateway).code, Rupiah(25_578), gateway.terms)


@pytest.mark.parametrize(
    ("settings", "amount"),
    [({"nmid": "ID1020021181746"}, 25_578), ({}, 25_579), ({"tips": Tips.REFUSE}, 25_578)],
)
def test_a_code_for_another_merchant_amount_or_with_a_tip_is_not_shown(
    provider: Provider, make: Made, settings: dict[str, Any], amount: int
) -> None:
    provider.says(answer_json(invoice()))
    gateway = make(**settings)
    with pytest.raises(ValueError, match="must not be shown"):
        qris.check(charge(gateway).code, Rupiah(amount), gateway.terms)


def test_a_code_that_pays_another_than_it_says_is_not_shown(provider: Provider, make: Made) -> None:
    provider.says(answer_json(invoice(qris_content=code(GOOD))))
    with pytest.raises(Unreadable, match="not the one that its code pays to"):
        charge(make())


def test_a_broken_code_is_not_shown(provider: Provider, make: Made) -> None:
    provider.says(answer_json(invoice(qris_content=CODE[:-1] + "8")))
    with pytest.raises(Unreadable, match="checksum"):
        charge(make())


# Asking about it.


def test_an_invoice_is_asked_about_as_the_document_says(provider: Provider, make: Made) -> None:
    provider.says(answer_json(UNPAID))
    ask(make())
    (asked,) = provider.asked
    assert (asked.method, urlsplit(asked.target).path) == ("GET", "/restapi/qris/checkpaid_qris.php")
    assert query_of(asked.target) == {
        "do": "checkStatus",
        "apikey": KEY,
        "mID": MERCHANT,
        "invid": INVOICE,
        "trxvalue": "25578",
        "trxdate": "2020-08-07",
    }


@pytest.mark.parametrize(("body", "status"), [(PAID, Status.PAID), (UNPAID, Status.PENDING)])
def test_an_answer_about_an_invoice_is_judged_by_what_was_asked(
    provider: Provider, make: Made, body: dict[str, Any], status: Status
) -> None:
    """It names neither order nor amount: both stood in the question."""
    provider.says(answer_json(body))
    gateway = make()
    report = ask(gateway)
    assert (report.status, report.evidence) == (status, Evidence(reference=INVOICE))
    assert judge(order(), CHARGE, report, gateway.terms) is Verdict[status.name]


def test_no_late_answer_to_an_earlier_question_is_taken_for_this_one(provider: Provider, make: Made) -> None:
    """An answer names nothing, so one that comes twice would be the next one's."""
    twice = answer_json(PAID)
    provider.says(lambda line: twice(line) and twice(line), answer_json(UNPAID))
    gateway = make()
    assert [ask(gateway).status, ask(gateway).status] == [Status.PAID, Status.PENDING]
    assert provider.connections == 2


@pytest.mark.parametrize(
    "made", [None, Charge(CHARGE.code, INVOICE), Charge(CHARGE.code, "", "", CHARGE.details)]
)
def test_without_its_charge_an_order_cannot_be_asked_about(
    provider: Provider, make: Made, made: Charge | None
) -> None:
    with pytest.raises(Unsupported, match="by its own id and its qris_request_date"):
        make().status(order(), made)
    assert provider.asked == []


# What fails.


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("reason", "kind"), KINDS)
@pytest.mark.parametrize("shape", [0, 1, 2])
@pytest.mark.parametrize("http_status", [200, 400])
def test_every_reason_lets_conclude_the_same_in_every_shape(
    provider: Provider,
    make: Made,
    call: Callable[[Interactive], object],
    reason: str,
    kind: type[GatewayError],
    shape: int,
    http_status: int,
) -> None:
    provider.says(answer_json(failed(reason)[shape], http_status))
    with pytest.raises(GatewayError) as caught:
        call(make())
    assert type(caught.value) is kind


def test_a_key_that_is_not_taken_names_its_file(provider: Provider, make: Made) -> None:
    provider.says(answer_json(failed("invalid apikey")[0]))
    with pytest.raises(Misconfigured, match=r"kiosk secret set interactive\.api_key"):
        charge(make())


@pytest.mark.parametrize(("call", "body"), [(charge, invoice()), (ask, PAID), (ask, UNPAID)])
@pytest.mark.parametrize("http_status", [201, 400, 404])
def test_a_success_under_the_status_of_an_error_says_nothing(
    provider: Provider,
    make: Made,
    call: Callable[[Interactive], object],
    body: dict[str, Any],
    http_status: int,
) -> None:
    provider.says(answer_json(body, http_status))
    with pytest.raises(Unreadable):
        call(make())


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (then_hang_up(), Unreachable),
        (silence, Unreachable),
        (Drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 60), Unreachable),
        (answer(b"<html>", 502), Unreachable),
        (answer_json(PAID, 429), Unreachable),
        (answer(b"<html>Welcome to the hotel"), Unreadable),
        (answer(b"", 302, ["Location: https://portal.example"]), Unreadable),
        (answer(b" " * 10_000_000), Unreadable),
        (answer(b'{"status": "success", "da'), Unreadable),
        (answer(b'{"status": "failed", "status": "success"}'), Unreadable),
        (answer(b'{"a": ' * 10_000 + b"1" + b"}" * 10_000), Unreadable),
        (answer(b"[]"), Unreadable),
        (answer(b"{}"), Unreadable),
    ],
)
def test_an_answer_that_is_none_is_named_by_what_it_leaves_us_with(
    provider: Provider,
    make: Made,
    call: Callable[[Interactive], object],
    reply: Reply,
    kind: type[GatewayError],
) -> None:
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


# What must never be said.


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "reply",
    [
        *(answer_json(body) for body in failed(f"no such key: {KEY}")),
        *(answer_json(body) for body in failed(f"no such key: {quote_plus(KEY)}")),
        answer_json(failed("x" * 70 + KEY)[0]),
        answer_json({"status": KEY, "data": KEY}),
        silence,
        then_hang_up(),
        answer(KEY.encode()),
        answer(KEY.encode(), 500),
        answer(b"", 302, [f"Location: https://{quote_plus(KEY)}"]),
        then_hang_up(raw(KEY.encode() + b"\r\n")),
        then_hang_up(raw(b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\n{}")),
    ],
)
def test_the_key_is_in_no_error_and_in_no_log(
    provider: Provider,
    make: Made,
    call: Callable[[Interactive], object],
    reply: Reply,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make(**deadlines(reply)))
    for error in (caught.value, caught.value.__cause__, caught.value.__context__):
        told = f"{error} {error!r}" + "".join(traceback.format_exception(error)) + caplog.text
        for spelling in (KEY, quote_plus(KEY)):
            assert spelling.lower()[:16] not in told.lower()


# What a configuration comes to.


def test_without_settings_the_numbers_are_those_of_the_handbook() -> None:
    declared = terms()
    assert (declared.on_screen, declared.poll, declared.wait_for_code) == (180, (15, 30), 40)
    assert (declared.create_deadline, declared.status_deadline, declared.claim_window) == (35, 35, 95)
    assert (declared.cancels, declared.refunds, declared.asks_by_charge) == (False, False, True)
    assert (declared.lapses_after, declared.tips, declared.minimum) == (65 * 60, Tips.IGNORE, 100)
    assert (declared.carries, declared.signs_time) == (frozenset(), False)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"on_screen": 1801}, "on_screen: a code is payable for 30 minutes"),
        ({"refunds": True}, "refunds: InterActive has no call for them"),
        ({"poll": (14.0, 30.0)}, "poll: 14 s is below 15 s"),
        ({"create_deadline": 34}, "create_deadline: 34 s is below 35 s"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        terms(**settings)
    (said,) = caught.value.problems
    assert said.startswith(f"gateway.interactive.{problem}")


def test_a_code_may_stand_there_for_half_an_hour() -> None:
    assert terms(on_screen=1800).on_screen == 1800


@pytest.mark.parametrize(
    "settings",
    [{}, {"merchant_id": "G1"}, {"merchant_id": MERCHANT, "host": "qris.example"}, {"merchant_id": ""}],
    ids=str,
)
def test_a_setting_of_the_wrong_kind_is_refused_by_its_type(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, Interactive.Config)


@pytest.mark.parametrize("host", ["qris.online", "qris.id", "qris.interactive.co.id"])
def test_each_of_the_three_hosts_can_hold_the_account(host: str) -> None:
    config = msgspec.convert({"merchant_id": MERCHANT, "host": host}, Interactive.Config)
    gateway = Interactive(config, Environment.PRODUCTION, {"api_key": Secret(KEY)}, "KSK01", lambda: NOON)
    assert (gateway.name, gateway.merchant, gateway.terms.merchant) == ("interactive", MERCHANT, MERCHANT)


def test_there_is_no_sandbox() -> None:
    config = Interactive.Config(merchant_id=MERCHANT)
    with pytest.raises(Misconfigured, match="no sandbox"):
        Interactive(config, Environment.SANDBOX, {"api_key": Secret(KEY)}, "KSK01", lambda: NOON)


@pytest.mark.parametrize("key", [None, "", "two words", "a\nb", "x" * 201, "-----BEGIN PRIVATE KEY-----"])
def test_a_key_that_is_none_names_its_file(key: str | None) -> None:
    secrets = {} if key is None else {"api_key": Secret(key)}
    config = Interactive.Config(merchant_id=MERCHANT)
    with pytest.raises(Misconfigured, match=r"kiosk secret set interactive\.api_key"):
        Interactive(config, Environment.PRODUCTION, secrets, "KSK01", lambda: NOON)
