"""DOKU over a real connection: the dance for a token, what is asked, what is concluded."""

import threading
import traceback
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from hmac import digest
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from kiosk.errors import GatewayError, Misconfigured, Refused, Unreachable, Unreadable, Unsupported
from kiosk.gateways.doku import Doku
from kiosk.gateways.doku_wire import Decoded, Payment
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
)
from kiosk.secret import Secret
from tests.gateways import doku_papers as papers
from tests.gateways.conftest import NOON
from tests.gateways.doku_papers import (
    B2B,
    CHARGE,
    CLIENT,
    MALL,
    PAYLOAD,
    REFERENCE,
    REFUND_KEY,
    SECRET,
    charged,
    granted,
    refunded,
    refusal,
    told,
    trouble,
    vectors,
)
from tests.gateways.papers import ID, order
from tests.gateways.provider import (
    PATIENCE,
    Asked,
    Drip,
    Line,
    Reply,
    answer,
    answer_json,
    deadlines,
    raw,
    silence,
    then_hang_up,
)

Made = Callable[..., Doku]
CUSTOMER = Secret("canary.customer.token")
AUTH_CODE = Secret("canary-auth-code")
FIVE_HOURS = 5 * 3600.0


@pytest.fixture
def provider() -> Iterator[papers.Doku]:
    provider = papers.Doku()
    yield provider
    provider.close()


@pytest.fixture
def make(provider: papers.Doku) -> Iterator[Made]:
    made: list[Doku] = []

    def make(kiosk: str = "KSK01", **settings: Any) -> Doku:
        account = {"client_id": CLIENT, "merchant_id": MALL, "postal_code": "13120"}
        config = Doku.Config(
            **{"base_url": provider.url, "refunds": True, "cancels": True, **account, **PATIENCE, **settings}
        )
        secrets = {"secret_key": Secret(SECRET), "private_key": Secret(papers.pem())}
        made.append(Doku(config, Environment.SIMULATOR, secrets, kiosk, lambda: NOON))
        return made[-1]

    yield make
    for each in made:
        each.close()


def charge(gateway: Doku) -> Charge:
    return gateway.create(order())


def ask(gateway: Doku) -> Report:
    return gateway.status(order(), CHARGE)


def cancel(gateway: Doku) -> None:
    gateway.cancel(order(), CHARGE)


def refund(gateway: Doku) -> RefundReceipt:
    return gateway.refund(order(), CHARGE, Evidence(), Rupiah(25_000), REFUND_KEY)


def decode(gateway: Doku) -> Decoded:
    return gateway.decode(order(), PAYLOAD)


def pay(gateway: Doku) -> Payment:
    return gateway.pay(order(), PAYLOAD, Rupiah(0), CUSTOMER)


def exchange(gateway: Doku) -> Secret:
    return gateway.customer_token(AUTH_CODE)


CALLS: list[Callable[[Doku], object]] = [charge, ask, cancel, refund, decode, pay]


def paid(**changes: Any) -> dict[str, Any]:
    """The answer to a payment."""
    body = {
        "responseCode": "2005000",
        "responseMessage": "Request has been processed successfully",
        "referenceNo": REFERENCE,
        "partnerReferenceNo": ID,
        "amount": {"value": 25000, "currency": "IDR"},
        "additionalInfo": {"approvalCode": 328580},
    }
    return {**body, **changes}


def is_signed(asked: Asked) -> bool:
    """Whether a request carries the signature over just the bytes that came."""
    token = asked.headers["authorization"].removeprefix("Bearer ")
    text = f"POST:{asked.target}:{token}:{sha256(asked.body).hexdigest()}:{asked.headers['x-timestamp']}"
    signature = b64encode(digest(SECRET.encode(), text.encode(), "sha512")).decode()
    return asked.headers["x-signature"] == signature


# The token.


def test_a_token_is_asked_for_as_dokus_library_asks(provider: papers.Doku, make: Made) -> None:
    captured = vectors("doku_snap_token")["request"]
    provider.says(answer_json(told()))
    ask(make())
    (asked,) = provider.tokens
    assert (asked.method, asked.target) == (captured["method"], captured["target"])
    named = {"x-signature", "x-timestamp", "x-client-key", "content-type"}
    assert named <= asked.headers.keys() & captured["headers"].keys()
    assert asked.json == {"grantType": "client_credentials"}
    assert (asked.headers["x-client-key"], asked.headers["x-timestamp"]) == (CLIENT, "2026-08-01T03:00:00Z")
    text = f"{CLIENT}|2026-08-01T03:00:00Z".encode()
    signature = b64decode(asked.headers["x-signature"])
    papers.key(2048).public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())


def test_one_token_serves_every_call(provider: papers.Doku, make: Made) -> None:
    gateway = make()
    provider.says(answer_json(charged()), answer_json(told()))
    charge(gateway)
    ask(gateway)
    assert [asked.headers["authorization"] for asked in provider.calls] == ["Bearer canary.b2b.token.1"] * 2
    assert len(provider.tokens) == 1


@pytest.mark.parametrize("expires_in", [60, "60"])
def test_a_token_that_has_ended_is_not_used(provider: papers.Doku, make: Made, expires_in: Any) -> None:
    provider.expires_in = expires_in
    provider.says(answer_json(told()))
    gateway = make()
    ask(gateway)
    ask(gateway)
    used = [asked.headers["authorization"] for asked in provider.calls]
    assert used == ["Bearer canary.b2b.token.1", "Bearer canary.b2b.token.2"]


def test_two_lanes_fetch_one_token(provider: papers.Doku, make: Made) -> None:
    gateway = make()
    provider.says(answer_json(told()))
    lanes = [threading.Thread(target=ask, args=(gateway,)) for _ in range(2)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    assert (len(provider.tokens), len(provider.calls)) == (1, 2)


@pytest.mark.parametrize("code", ["4015101", "4015103", "4017301"])
def test_a_token_that_doku_has_forgotten_is_fetched_anew(
    provider: papers.Doku, make: Made, code: str
) -> None:
    provider.says(refusal(code), answer_json(told()))
    assert ask(make()).status is Status.PAID
    first, second = provider.calls
    assert second.headers["authorization"] == "Bearer canary.b2b.token.2"
    assert first.headers["x-external-id"] != second.headers["x-external-id"]
    assert is_signed(second)


def test_a_token_is_fetched_anew_once_and_not_for_ever(provider: papers.Doku, make: Made) -> None:
    provider.says(refusal("4015101"))
    with pytest.raises(Misconfigured) as caught:
        ask(make())
    assert (caught.value.code, len(provider.tokens), len(provider.calls)) == ("4015101", 2, 2)


def test_keys_that_doku_does_not_know_are_told_to_a_person(provider: papers.Doku, make: Made) -> None:
    provider.door = [answer_json(vectors("doku_snap_token")["refused"], 401)]
    with pytest.raises(Misconfigured, match="see to the client id") as caught:
        ask(make())
    assert (caught.value.operation, caught.value.code, provider.calls) == ("token", "4017300", [])


@pytest.mark.parametrize(
    ("door", "kind"),
    [
        (answer_json(trouble("5007300"), 500), Unreachable),
        (answer_json(trouble("4297300"), 429), Unreachable),
        (answer(b"<html>Welcome to the hotel"), Unreadable),
        (answer_json(granted(accessToken="two words")), Unreadable),
        (answer_json({**granted(), "responseCode": "2004700"}), Unreadable),
        (then_hang_up(), Unreachable),
        (silence, Unreachable),
    ],
)
def test_without_a_token_nothing_is_sent(
    provider: papers.Doku, make: Made, door: Reply, kind: type[GatewayError]
) -> None:
    provider.door = [door]
    with pytest.raises(GatewayError) as caught:
        ask(make(**deadlines(door)))
    assert (type(caught.value), provider.calls) == (kind, [])


def test_token_and_call_share_one_deadline(provider: papers.Doku, make: Made) -> None:
    provider.says(silence)
    with pytest.raises(Unreachable, match=r"within 0\.2 s"):
        ask(make(status_deadline=0.2))


# The request.


def test_a_request_is_signed_over_the_bytes_that_travel(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(charged()))
    charge(make())
    (asked,) = provider.calls
    assert is_signed(asked)
    assert (asked.target, asked.headers["x-partner-id"]) == (f"{B2B}generate", CLIENT)
    assert asked.headers["x-timestamp"] == "2026-08-01T10:00:00+07:00"
    assert (asked.headers["channel-id"], asked.headers["content-type"]) == ("H2H", "application/json")
    assert asked.json["validityPeriod"] == "2026-08-01T10:10:00+07:00"
    assert asked.json["terminalId"] == "KSK01"


def test_a_channel_that_doku_does_not_want_is_not_sent(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(charged()))
    make(channel_id="", terminal="A01").create(order())
    assert "channel-id" not in provider.calls[0].headers
    assert provider.calls[0].json["terminalId"] == "A01"


def test_every_attempt_has_an_id_of_its_own_and_the_same_reference(provider: papers.Doku, make: Made) -> None:
    provider.says(then_hang_up(), answer_json(charged()))
    gateway = make()
    with pytest.raises(Unreachable):
        charge(gateway)
    charge(make())  # as after a restart
    first, second = (asked.headers["x-external-id"] for asked in provider.calls)
    assert first != second
    assert all(number.isdigit() and len(number) == 32 for number in (first, second))
    assert {asked.json["partnerReferenceNo"] for asked in provider.calls} == {ID}


def test_an_id_that_doku_saw_today_is_replaced(provider: papers.Doku, make: Made) -> None:
    provider.says(refusal("4094700"), answer_json(charged()))
    assert charge(make()).reference == REFERENCE
    assert len({asked.headers["x-external-id"] for asked in provider.calls}) == 2
    assert len(provider.tokens) == 1


def test_ids_that_doku_always_saw_say_nothing(provider: papers.Doku, make: Made) -> None:
    provider.says(refusal("4094700"))
    with pytest.raises(Unreachable):
        charge(make())
    assert len(provider.calls) == 2


def test_the_time_that_doku_told_is_the_time_we_tell(provider: papers.Doku, make: Made) -> None:
    provider.door = [answer_json(granted(), date=NOON + FIVE_HOURS)]
    provider.says(answer_json(charged(additionalInfo={"validityPeriod": "2026-08-01T15:10:00+07:00"})))
    gateway = make()
    charge(gateway)
    (asked,) = provider.calls
    assert asked.headers["x-timestamp"] == "2026-08-01T15:00:00+07:00"
    assert asked.json["validityPeriod"] == "2026-08-01T15:10:00+07:00"
    assert gateway.clock_offset == FIVE_HOURS


def test_a_clock_that_is_wrong_costs_one_more_question(provider: papers.Doku, make: Made) -> None:
    provider.door = [answer_json(trouble("4017300"), 401, date=NOON + FIVE_HOURS)]
    provider.says(answer_json(told()))
    assert ask(make()).status is Status.PAID
    moments = [asked.headers["x-timestamp"] for asked in provider.tokens]
    assert moments == ["2026-08-01T03:00:00Z", "2026-08-01T08:00:00Z"]


def test_a_clock_put_right_in_between_costs_one_more_call(provider: papers.Doku, make: Made) -> None:
    """The kiosk's own clock was set after DOKU had told how wrong it was."""
    provider.door = [answer_json(granted(), date=NOON + FIVE_HOURS)]
    unsigned = answer_json(trouble("4015100"), 401, date=NOON)
    provider.says(unsigned, answer_json(told(), date=NOON))
    assert ask(make()).status is Status.PAID
    first, second = (asked.headers["x-timestamp"] for asked in provider.calls)
    assert (first, second) == ("2026-08-01T15:00:00+07:00", "2026-08-01T10:00:00+07:00")


def test_a_signature_refused_at_the_right_time_is_not_repeated(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(trouble("4015100"), 401, date=NOON + 30))
    with pytest.raises(Misconfigured, match="see to the client id"):
        ask(make())
    assert len(provider.calls) == 1


# The code.


def test_a_charge_brings_a_code(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(charged()))
    details = {"valid_until": "2026-08-01T10:10:00+07:00"}
    assert charge(make()) == Charge(QrisCode(PAYLOAD), REFERENCE, MALL, details)


def test_a_reference_that_was_used_means_that_the_charge_exists(provider: papers.Doku, make: Made) -> None:
    provider.says(refusal("4094701", "Duplicate partnerReferenceNo"))
    with pytest.raises(Unreadable, match="look at its status") as caught:
        charge(make())
    assert (caught.value.code, len(provider.calls)) == ("4094701", 1)


def test_a_code_that_could_be_paid_for_a_month_is_not_shown(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(charged(additionalInfo={"validityPeriod": "2026-08-31T10:00:00+07:00"})))
    with pytest.raises(Unreadable, match="longer than was asked"):
        charge(make())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("4004702", Refused),
        ("4034702", Refused),
        ("4034701", Misconfigured),
        ("4044708", Misconfigured),
        ("4044718", Unreadable),
        ("2024700", Unreachable),
        ("4034704", Unreachable),
    ],
)
def test_a_no_is_named_by_what_may_be_concluded(
    provider: papers.Doku, make: Made, code: str, kind: type[GatewayError]
) -> None:
    provider.says(refusal(code, "No."))
    with pytest.raises(GatewayError, match="No\\.") as caught:
        charge(make())
    assert (type(caught.value), caught.value.code) == (kind, code)


@pytest.mark.parametrize("order_id", ["a/b", "", "a" * 33, "a b", "é", "a\r\nb"])
def test_an_order_id_that_doku_would_not_take_is_not_sent(
    provider: papers.Doku, make: Made, order_id: str
) -> None:
    gateway, bad = make(), order(order_id)
    calls: list[Callable[[], object]] = [
        lambda: gateway.create(bad),
        lambda: gateway.status(bad, None),
        lambda: gateway.cancel(bad, None),
        lambda: gateway.refund(bad, CHARGE, Evidence(), bad.amount, REFUND_KEY),
        lambda: gateway.decode(bad, PAYLOAD),
        lambda: gateway.pay(bad, PAYLOAD, Rupiah(0), CUSTOMER),
    ]
    for call in calls:
        with pytest.raises(Refused, match="up to 32 letters"):
            call()
    assert provider.asked == []


# Asking.


def test_a_payment_is_reported_with_its_evidence(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(told()))
    assert ask(make()) == Report(
        Status.PAID,
        order_id=ID,
        amount=Rupiah(25_000),
        currency="IDR",
        detail="Success",
        evidence=Evidence(
            reference=REFERENCE, issuer="BCA", approval_code="328591", paid_at="2026-08-01T10:01:12+07:00"
        ),
    )
    assert provider.calls[0].json["originalReferenceNo"] == REFERENCE


def test_an_order_whose_code_was_lost_can_be_asked_about(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(told("01")))
    assert make().status(order(), None).status is Status.PENDING
    asked = provider.calls[0].json
    assert asked["originalReferenceNo"] == asked["originalPartnerReferenceNo"] == ID


def test_the_service_code_of_a_query_is_the_operators(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(told()))
    ask(make(service_code="47"))
    assert provider.calls[0].json["serviceCode"] == "47"


@pytest.mark.parametrize("reply", [refusal("4045101", "Transaction not found"), answer_json(told("07"))])
def test_an_order_that_doku_does_not_know_is_absent(provider: papers.Doku, make: Made, reply: Reply) -> None:
    provider.says(reply)
    assert ask(make()).status is Status.ABSENT


@pytest.mark.parametrize("code", ["2004700", "2007800", "4044701"])
def test_an_answer_to_another_question_says_nothing(provider: papers.Doku, make: Made, code: str) -> None:
    provider.says(answer_json({**told(), "responseCode": code}, int(code[:3])))
    with pytest.raises(Unreadable):
        ask(make())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("originalPartnerReferenceNo", "KSK01ABCDEFGHIJ012345678Y"),
        ("amount", {"value": 2500, "currency": "IDR"}),
        ("amount", {"value": 25000, "currency": "USD"}),
    ],
)
def test_an_answer_about_something_else_is_told_as_it_is(
    provider: papers.Doku, make: Made, field: str, value: Any
) -> None:
    """The till compares with its journal, and escalates: here nobody knows what was journaled."""
    provider.says(answer_json(told(**{field: value})))
    report = ask(make())
    amount = {"value": report.amount, "currency": report.currency}
    assert {"originalPartnerReferenceNo": report.order_id, "amount": amount}[field] == value


@pytest.mark.parametrize("call", [charge, ask, refund, pay])
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (then_hang_up(), Unreachable),
        (answer(b"<html>", 502), Unreachable),
        (answer_json(trouble("5005100"), 500), Unreachable),
        (answer_json(trouble("5005100")), Unreachable),
        (answer_json(trouble("4295100"), 429), Unreachable),
        (answer(b"<html>Welcome to the hotel"), Unreadable),
        (answer(b"<html>Forbidden", 403), Unreadable),
        (answer(b"", 302, ["Location: https://portal.example"]), Unreadable),
        (answer(b" " * 10_000_000), Unreadable),
        (answer(b'{"responseCode": "2005100", "originalRef'), Unreadable),
        (answer(b'{"responseCode": "2005100", "responseCode": "4045101"}'), Unreadable),
        (answer(b'{"responseCode": "2005100", "value": NaN}'), Unreadable),
        (answer(b'{"a": ' * 10_000 + b"1" + b"}" * 10_000), Unreadable),
        (answer(b'{"responseCode": "2005100"}\xff'), Unreadable),
        (answer(b"[]"), Unreadable),
        (answer(b"{}"), Unreadable),
        (answer_json(trouble("2005100"), 404), Unreadable),
        (answer_json(trouble("7775100")), Unreadable),
        (answer_json(trouble("4010000"), 401, date=NOON), Misconfigured),
    ],
)
def test_an_answer_that_is_none_is_named_by_what_it_leaves_us_with(
    provider: papers.Doku, make: Made, call: Callable[[Doku], object], reply: Reply, kind: type[GatewayError]
) -> None:
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make())
    assert type(caught.value) is kind


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("reply", [silence, Drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 60)])
def test_an_answer_that_does_not_end_in_time_is_none(
    provider: papers.Doku, make: Made, call: Callable[[Doku], object], reply: Reply
) -> None:
    provider.says(reply)
    with pytest.raises(Unreachable, match=r"within 0\.2 s"):
        call(make(create_deadline=0.2, status_deadline=0.2))


# Closing.


def test_a_cancel_proves_nothing_and_names_the_code(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(trouble("2007700", "Successful")))
    cancel(make())
    (asked,) = provider.calls
    assert asked.target == f"{B2B}cancel"
    assert (asked.json["originalReferenceNo"], asked.json["originalPartnerReferenceNo"]) == (REFERENCE, ID)


def test_an_order_that_can_no_longer_be_closed_is_looked_at_again(provider: papers.Doku, make: Made) -> None:
    provider.says(refusal("4047700", "Invalid Transaction Status"))
    with pytest.raises(Refused, match="perhaps it is paid"):
        cancel(make())


@pytest.mark.parametrize("code", ["4037701", "4057700", "4057701"])
def test_a_cancel_that_the_contract_has_not_after_all_is_unsupported(
    provider: papers.Doku, make: Made, code: str
) -> None:
    provider.says(refusal(code))
    with pytest.raises(Unsupported):
        cancel(make())


@pytest.mark.parametrize(("call", "setting"), [(cancel, "cancels"), (refund, "refunds")])
def test_what_the_contract_does_not_allow_is_not_asked_for(
    provider: papers.Doku, make: Made, call: Callable[[Doku], object], setting: str
) -> None:
    with pytest.raises(Unsupported):
        call(make(**{setting: False}))
    assert provider.asked == []


# Refunding.


def test_a_refund_carries_the_approval_of_the_payment(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(told()), answer_json(refunded()))
    assert refund(make()) == RefundReceipt(Rupiah(25_000), "QRISR0001")
    look, asked = provider.calls
    assert (look.target, asked.target) == (f"{B2B}query", f"{B2B}refund")
    assert asked.json["additionalInfo"] == {"approvalCode": "328591"}
    assert asked.json["partnerRefundNo"] == REFUND_KEY
    assert asked.json["refundAmount"] == {"value": "25000.00", "currency": "IDR"}


def test_a_refund_by_hand_needs_no_charge(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(told()), answer_json(refunded()))
    make().refund(order(), Charge(QrisCode(""), ""), Evidence(), Rupiah(25_000), REFUND_KEY)
    assert [asked.json["originalReferenceNo"] for asked in provider.calls] == [ID, REFERENCE]


def test_a_refund_whose_answer_was_lost_is_found_not_repeated(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(told()), then_hang_up(), answer_json(told("04")))
    gateway = make()
    with pytest.raises(Unreachable):
        refund(gateway)
    with pytest.raises(Refused, match="refunded already"):
        refund(gateway)
    assert [asked.target for asked in provider.calls] == [f"{B2B}query", f"{B2B}refund", f"{B2B}query"]


def test_a_refund_repeated_has_the_same_number(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(told()), then_hang_up(), answer_json(told()), answer_json(refunded()))
    gateway = make()
    with pytest.raises(Unreachable):
        refund(gateway)
    refund(gateway)
    sent = [asked for asked in provider.calls if asked.target.endswith("refund")]
    assert {asked.json["partnerRefundNo"] for asked in sent} == {REFUND_KEY}
    assert len({asked.headers["x-external-id"] for asked in sent}) == 2


@pytest.mark.parametrize(
    ("look", "kind"),
    [
        (answer_json(told("03")), Unreadable),
        (answer_json(told(originalPartnerReferenceNo="KSK01ABCDEFGHIJ012345678Y")), Unreadable),
        (answer_json(told(amount={"value": 50_000, "currency": "IDR"})), Refused),
        (refusal("4045101"), Unreadable),
        (answer(b"", 503), Unreachable),
    ],
)
def test_nothing_is_refunded_that_is_not_paid_now(
    provider: papers.Doku, make: Made, look: Reply, kind: type[GatewayError]
) -> None:
    provider.says(look)
    with pytest.raises(GatewayError) as caught:
        refund(make())
    assert (type(caught.value), len(provider.calls)) == (kind, 1)


def test_a_refund_number_that_was_used_is_looked_at(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(told()), refusal("4097801"))
    with pytest.raises(Unreadable, match="look at its status"):
        refund(make())


def test_a_part_is_not_refunded(provider: papers.Doku, make: Made) -> None:
    with pytest.raises(Unsupported):
        make().refund(order(), CHARGE, Evidence(), Rupiah(1), REFUND_KEY)
    assert provider.asked == []


@pytest.mark.parametrize("key", ["", "a b", "a\n", "a" * 65])
def test_a_refund_number_that_doku_would_not_take_is_not_sent(
    provider: papers.Doku, make: Made, key: str
) -> None:
    with pytest.raises(Refused, match="refund key"):
        make().refund(order(), CHARGE, Evidence(), Rupiah(25_000), key)
    assert provider.asked == []


# As a wallet.


def test_a_code_is_decoded(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(vectors("doku_guide")["decode"]["answer"]))
    assert decode(make()).merchant == "Green Pages"
    assert provider.calls[0].target == f"{B2B}decode"


def test_a_code_is_paid_with_a_customers_token(provider: papers.Doku, make: Made) -> None:
    provider.says(answer_json(paid()))
    assert pay(make()) == Payment(REFERENCE, "328580", Rupiah(25_000))
    (asked,) = provider.calls
    assert asked.target == "/snap-adapter/b2b2c/v1.0/qr/qr-mpm-payment"
    assert asked.headers["authorization-customer"] == "Bearer canary.customer.token"
    assert asked.headers["authorization"] == "Bearer canary.b2b.token.1"
    assert is_signed(asked)


@pytest.mark.parametrize("code", ["4015002", "4015004"])
def test_a_customers_token_that_is_over_is_refused(provider: papers.Doku, make: Made, code: str) -> None:
    provider.says(refusal(code))
    with pytest.raises(Refused):
        pay(make())
    assert len(provider.calls) == 1


@pytest.mark.parametrize("token", ["", "two words", "a\r\nX-More: 1", "é", "a" * 4097])
def test_a_token_that_cannot_be_a_header_is_not_sent(provider: papers.Doku, make: Made, token: str) -> None:
    with pytest.raises(Refused, match="customer's token"):
        make().pay(order(), PAYLOAD, Rupiah(0), Secret(token))
    assert provider.asked == []


def test_a_customers_code_is_exchanged_for_a_token(provider: papers.Doku, make: Made) -> None:
    provider.says(
        answer_json(
            {
                "responseCode": "2007400",
                "responseMessage": "Successful",
                "accessToken": "canary.customer.token",
                "tokenType": "Bearer",
                "accessTokenExpiryTime": "2026-08-16T10:00:00+07:00",
            }
        )
    )
    assert exchange(make()) == CUSTOMER
    (asked,) = provider.calls
    assert asked.target == "/authorization/v1/access-token/b2b2c"
    assert asked.json == {"grantType": "authorization_code", "authCode": AUTH_CODE.reveal()}


@pytest.mark.parametrize("code", ["4017400", "4007401"])
def test_a_customers_code_that_is_worth_nothing_gives_no_token(
    provider: papers.Doku, make: Made, code: str
) -> None:
    provider.says(refusal(code))
    with pytest.raises(GatewayError):
        exchange(make())


# What it declares, and what must never be said.


def test_it_declares_what_its_answers_carry(make: Made) -> None:
    terms = make().terms
    assert terms.carries == {Field.ORDER_ID, Field.AMOUNT, Field.CURRENCY}
    assert (terms.signs_time, terms.refunds_in_part, terms.repeats_create, terms.asks_by_charge) == (
        True,
        False,
        True,
        False,
    )
    assert terms.lapses_after == 10 * 60 + 600
    assert (terms.cancels, terms.refunds) == (True, True)


def secrets() -> list[str]:
    """Everything that must not be seen, and the lines of the key."""
    lines = [line for line in papers.pem().splitlines() if "KEY" not in line]
    return [SECRET, "canary.b2b.token.1", CUSTOMER.reveal(), AUTH_CODE.reveal(), *lines]


@pytest.mark.parametrize("call", [*CALLS, exchange])
@pytest.mark.parametrize(
    "reply",
    [
        refusal("4015100", f"no {SECRET} and no other"),
        answer_json(trouble(SECRET)),
        silence,
        then_hang_up(),
        answer(SECRET.encode()),
        answer(b"", 302, [f"Location: https://{SECRET}"]),
        then_hang_up(raw(SECRET.encode() + b"\r\n")),
    ],
)
def test_no_secret_is_in_an_error(
    provider: papers.Doku, make: Made, call: Callable[[Doku], object], reply: Reply
) -> None:
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(make(**deadlines(reply)))
    for error in (caught.value, caught.value.__cause__, caught.value.__context__):
        said = f"{error} {error!r}" + "".join(traceback.format_exception(error))
        assert [secret for secret in secrets() if secret in said] == []


@pytest.mark.parametrize("call", [*CALLS, exchange])
@pytest.mark.parametrize("code", ["4010000", "4000000", "4000099"])
def test_what_a_provider_repeats_is_not_told_on(
    provider: papers.Doku, make: Made, call: Callable[[Doku], object], code: str
) -> None:
    def echo(line: Line) -> bool:
        asked = provider.calls[-1]
        carried = [value for name, value in asked.headers.items() if "authorization" in name]
        words = [*carried, asked.headers["x-signature"], asked.body.decode()]
        return refusal(code, " | ".join(words))(line)

    provider.says(echo)
    with pytest.raises(GatewayError) as caught:
        call(make())
    said = str(caught.value)
    assert [secret for secret in secrets() if secret in said] == []
    assert provider.calls[-1].headers["x-signature"] not in said
