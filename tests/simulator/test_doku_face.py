"""DOKU's face lets in who signs as the guide says, and nobody else; its answers are the guide's."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.gateways import doku_notices, nonsnap
from kiosk.secret import Secret
from kiosk.simulator.doku_gate import AUTH_CODE
from kiosk.simulator.doku_notices import json_headers, json_notification, legacy_form, words
from kiosk.simulator.doku_papers import iso
from kiosk.simulator.doku_signing import KeyPair, minified, proves_owner, symmetric
from kiosk.simulator.merchant import tags_in
from kiosk.simulator.misfortunes import Misfortune
from tests.gateways.papers import ID

from .counters import DOKU, QR, DokuCounter, generation, signed_by
from .midtrans_world import Door

VECTORS = Path(__file__).parents[1] / "gateways" / "vectors"
PAY = "/snap-adapter/b2b2c/v1.0/qr/qr-mpm-payment"


@pytest.fixture
def doku(door: Door) -> DokuCounter:
    return DokuCounter(door)


def cases(name: str) -> list[dict[str, Any]]:
    return list(json.loads((VECTORS / f"{name}.json").read_text())["cases"])


def refund(**more: Any) -> dict[str, Any]:
    return {
        "merchantId": DOKU.mall_id,
        "originalPartnerReferenceNo": "K01A",
        "partnerRefundNo": "K01A-R1",
        "refundAmount": {"value": "12000.00", "currency": "IDR"},
        "reason": "not delivered",
        "additionalInfo": {"approvalCode": "0"},
        **more,
    }


@pytest.mark.parametrize("case", cases("doku_snap_symmetric"), ids=lambda case: case["name"])
def test_it_expects_the_signatures_that_official_libraries_make(case: dict[str, Any]) -> None:
    made = symmetric(
        case["client_secret"],
        case["method"],
        case["path"],
        case["access_token"],
        case["body_as_signed"].encode(),
        case["timestamp"],
    )
    assert made == case["signature"]


def test_it_knows_the_owner_of_a_key_as_official_libraries_prove_it() -> None:
    vectors = json.loads((VECTORS / "doku_snap_asymmetric.json").read_text())
    for case in vectors["cases"]:
        known = (case["client_id"], case["timestamp"], case["signature"])
        assert proves_owner(vectors["public_key_pem"], *known)
        assert not proves_owner(vectors["other_public_key_pem"], *known)


def test_blanks_between_the_parts_of_a_body_are_not_signed_and_those_in_its_texts_are() -> None:
    assert minified(b'{ "name" : "Green  \\" Pages",\n "n": 1 }') == b'{"name":"Green  \\" Pages","n":1}'


def test_a_token_lasts_900_seconds(doku: DokuCounter) -> None:
    reply = doku.token().json()
    assert (reply["responseCode"], reply["tokenType"], reply["expiresIn"]) == ("2007300", "Bearer", 900)
    doku.clock.now += 899
    assert doku.post(QR + "generate", generation(), token=reply["accessToken"]).status_code == 200
    doku.clock.now += 2
    late = doku.post(QR + "generate", generation("K01B"), token=reply["accessToken"])
    assert late.json()["responseCode"] == "4014701"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"X_CLIENT_KEY": "BRN-2"}, "4017300"),
        ({"X_SIGNATURE": "AAAA"}, "4017300"),
        ({"X_SIGNATURE": "not base64"}, "4017300"),
        ({"X_SIGNATURE": signed_by(KeyPair().private, "BRN-1|now")}, "4017300"),
        ({"X_TIMESTAMP": "yesterday"}, "4007301"),
        ({"X_TIMESTAMP": "2020-01-01T00:00:00Z"}, "4017300"),
        ({"X_TIMESTAMP": ""}, "4007302"),
    ],
)
def test_a_token_is_for_the_owner_of_the_key(doku: DokuCounter, changed: dict[str, str], code: str) -> None:
    assert doku.token(**changed).json()["responseCode"] == code


def test_another_grant_gets_no_token(doku: DokuCounter) -> None:
    assert doku.token(body={"grantType": "password"}).json()["responseCode"] == "4007301"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"X_SIGNATURE": "AAAA"}, "4014700"),
        ({"X_PARTNER_ID": "BRN-2"}, "4014700"),
        ({"X_TIMESTAMP": "2020-12-21T14:56:11+07:00"}, "4014700"),
        ({"X_TIMESTAMP": "2020-12-21 14:56:11"}, "4004701"),
        ({"X_TIMESTAMP": ""}, "4004702"),
        ({"X_EXTERNAL_ID": "twelve"}, "4004701"),
        ({"Authorization": ""}, "4014703"),
        ({"Authorization": "Bearer somebody-elses"}, "4014701"),
        ({"Authorization": "no bearer"}, "4014701"),
    ],
)
def test_a_request_is_for_who_holds_token_and_secret(
    doku: DokuCounter, changed: dict[str, str], code: str
) -> None:
    reply = doku.post(QR + "generate", generation(), **changed)
    assert reply.json()["responseCode"] == code
    assert str(reply.status_code) == code[:3]
    assert doku.ledger.charges() == []


def test_a_request_number_is_used_once_a_day(doku: DokuCounter) -> None:
    again = {"X_EXTERNAL_ID": "41807553358950093184162180797837"}
    replies = [doku.post(QR + "generate", generation(name), **again) for name in ("K01A", "K01B")]
    doku.clock.now += 24 * 3600
    replies.append(doku.post(QR + "generate", generation("K01C"), **again))
    assert [reply.json()["responseCode"] for reply in replies] == ["2004700", "4094700", "2004700"]


def test_a_request_that_was_not_let_in_uses_up_no_number(doku: DokuCounter) -> None:
    doku.post(QR + "generate", generation(), X_EXTERNAL_ID="7", X_SIGNATURE="AAAA")
    assert doku.post(QR + "generate", generation(), X_EXTERNAL_ID="7").status_code == 200


def test_a_code_is_as_in_the_guides_sample(doku: DokuCounter) -> None:
    reply = doku.generate(validityPeriod=iso(doku.clock() + 600)).json()
    tags = tags_in(reply["qrContent"])
    assert reply["responseCode"] == "2004700"
    assert reply["partnerReferenceNo"] == "K01A"
    assert reply["terminalId"] == "K45"
    assert reply["additionalInfo"]["validityPeriod"] == iso(doku.clock() + 600)
    assert tags["26"].startswith("0012COM.DOKU.WWW0118936008990000002997")
    assert tags["54"] == "12000.00"
    assert tags["62"] == "0703K455004K01A"
    assert "55" not in tags


def test_a_fixed_tip_is_in_the_code(doku: DokuCounter) -> None:
    fee = {"value": "500.00", "currency": "IDR"}
    made = doku.generate(feeAmount=fee, additionalInfo={"feeType": 2}).json()
    tags = tags_in(made["qrContent"])
    assert (tags["55"], tags["56"]) == ("02", "500.00")


def test_a_code_lasts_thirty_days_unless_it_was_said_otherwise(doku: DokuCounter) -> None:
    doku.generate()
    assert doku.charge.expires_at - doku.clock() == 30 * 24 * 3600


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"amount": {"value": 12000, "currency": "IDR"}}, "4004701"),
        ({"amount": {"value": "12000", "currency": "IDR"}}, "4004701"),
        ({"amount": {"value": "12000.00", "currency": "USD"}}, "4004701"),
        ({"amount": {"currency": "IDR"}}, "4004702"),
        ({"terminalId": "K1"}, "4004701"),
        ({"terminalId": "kiosk_1"}, "4004701"),
        ({"partnerReferenceNo": "K" * 33}, "4004701"),
        ({"merchantId": None}, "4004702"),
        ({"merchantId": "1"}, "4044708"),
        ({"validityPeriod": "tomorrow"}, "4004701"),
        ({"validityPeriod": "2020-01-01T00:00:00+07:00"}, "4004701"),
    ],
)
def test_a_malformed_request_makes_no_code(doku: DokuCounter, more: dict[str, Any], code: str) -> None:
    assert doku.generate(**more).json()["responseCode"] == code
    assert doku.ledger.charges() == []


def test_a_reference_is_used_once_for_ever(doku: DokuCounter) -> None:
    doku.generate(validityPeriod=iso(doku.clock() + 600))
    assert doku.generate().json()["responseCode"] == "4094701"
    doku.clock.now += 700
    assert doku.generate().json()["responseCode"] == "4094701"


def test_a_query_tells_pending_paid_and_expired(doku: DokuCounter) -> None:
    own = doku.generate(validityPeriod=iso(doku.clock() + 600)).json()["referenceNo"]
    assert doku.query(own=own).json()["latestTransactionStatus"] == "03"
    doku.pay()
    reply = doku.query(own=own).json()
    assert (reply["responseCode"], reply["latestTransactionStatus"]) == ("2005100", "00")
    assert reply["amount"] == {"value": 12000, "currency": "IDR"}
    assert re.fullmatch(r"SITI RAHAYU +", reply["additionalInfo"]["customerName"])
    doku.generate("K01B", validityPeriod=iso(doku.clock() + 600))
    doku.clock.now += 601
    assert doku.query("K01B").json()["latestTransactionStatus"] == "06"


def test_a_lost_reference_of_dokus_may_be_replaced_by_our_own(doku: DokuCounter) -> None:
    doku.generate()
    assert doku.query("K01A").json()["latestTransactionStatus"] == "03"
    assert doku.query("K01A", own="another").json()["responseCode"] == "4045101"
    assert doku.query("K01B").json()["responseCode"] == "4045101"


def test_money_goes_back_once_under_a_number_and_only_with_the_approval(doku: DokuCounter) -> None:
    doku.generate()
    assert doku.post(QR + "refund", refund()).json()["responseCode"] == "4047800"
    doku.pay()
    approval = doku.query().json()["additionalInfo"]["approvalCode"]
    approved = {"additionalInfo": {"approvalCode": approval}}
    codes = [
        doku.post(QR + "refund", refund(**more)).json()["responseCode"]
        for more in (
            {},
            approved | {"refundAmount": {"value": 5000, "currency": "IDR"}},
            approved | {"refundAmount": {"value": 5000, "currency": "IDR"}},
            approved | {"refundAmount": {"value": 6000, "currency": "IDR"}},
            approved | {"partnerRefundNo": "K01A-R2", "refundAmount": {"value": 9000, "currency": "IDR"}},
            approved | {"partnerRefundNo": "K01A-R3", "refundAmount": {"value": 7000, "currency": "IDR"}},
        )
    ]
    assert codes == ["4047818", "2007800", "2007800", "4047818", "4047813", "2007800"]
    assert doku.query().json()["latestTransactionStatus"] == "04"
    assert doku.ledger.spent() == 0


def test_a_cancelled_code_cannot_be_paid_and_a_paid_one_not_cancelled(doku: DokuCounter) -> None:
    body = {"merchantId": DOKU.mall_id, "originalReferenceNo": "K01A", "reason": "no"}
    doku.generate()
    assert doku.post(QR + "cancel", body).json()["responseCode"] == "2007700"
    assert doku.query().json()["latestTransactionStatus"] == "05"
    doku.generate("K01B")
    doku.pay()
    assert (
        doku.post(QR + "cancel", body | {"originalReferenceNo": "K01B"}).json()["responseCode"] == "4047700"
    )


def test_a_code_of_anybody_is_decoded(doku: DokuCounter) -> None:
    sample = (
        "00020101021226530012COM.DOKU.WWW0118936008990000002997020429970303UMI51440014ID.CO.QRIS.WWW"
        "0215ID20200622029970303UMI52045411530336054071200.255502025606500.525802ID5911Green Pages"
        "6007Jakarta61051312062430703K455032a98757c8dbc6434ab5dd4c55d9092d9a6304F6EA"
    )
    body = {"partnerReferenceNo": "K01A", "qrContent": sample, "scanTime": iso(doku.clock())}
    reply = doku.post(QR + "decode", body).json()
    assert (reply["responseCode"], reply["merchantName"]) == ("2004800", "Green Pages")
    assert reply["transactionAmount"]["value"] == 1200
    assert reply["additionalInfo"]["feeTypeDescription"] == "FIX_TIPS"
    broken = doku.post(QR + "decode", body | {"qrContent": sample[1:]}).json()
    assert broken["responseCode"] == "4004801"


def pays(doku: DokuCounter, amount: object, customer: str) -> str:
    body = {
        "partnerReferenceNo": "P1",
        "amount": {"value": amount, "currency": "IDR"},
        "additionalInfo": {"qrContent": doku.charge.payload},
    }
    return str(doku.post(PAY, body, Authorization_Customer=customer).json()["responseCode"])


def test_a_wallet_pays_with_the_customers_own_token(doku: DokuCounter) -> None:
    doku.generate()
    granted = doku.token("b2b2c", {"grantType": "authorization_code", "authCode": AUTH_CODE}).json()
    assert granted["responseCode"] == "2007400"
    customer = f"Bearer {granted['accessToken']}"
    asked = [(12000, ""), (12000, "Bearer other"), (11000, customer), (12000, customer), (12000, customer)]
    codes = [pays(doku, amount, token) for amount, token in asked]
    assert codes == ["4015004", "4015002", "4045013", "2005000", "4045014"]
    assert doku.ledger.spent() == 12000


def test_a_customer_who_did_not_agree_gets_no_token(doku: DokuCounter) -> None:
    refused = doku.token("b2b2c", {"grantType": "authorization_code", "authCode": "guessed"})
    assert refused.json()["responseCode"] == "4017400"


@pytest.mark.parametrize(
    ("misfortune", "code"),
    [
        (Misfortune.DENIED, "4034706"),
        (Misfortune.TOKENS_FORGOTTEN, "4014701"),
        (Misfortune.CONFLICT, "4094700"),
    ],
)
def test_a_misfortune_makes_no_code(doku: DokuCounter, misfortune: Misfortune, code: str) -> None:
    doku.bench.arm(misfortune)
    assert doku.generate().json()["responseCode"] == code
    assert doku.ledger.charges() == []


def test_an_order_is_not_found_for_a_while(doku: DokuCounter) -> None:
    doku.generate()
    doku.bench.arm(Misfortune.NOT_FOUND_YET)
    assert doku.query().json()["responseCode"] == "4045101"
    doku.clock.now += 7
    assert doku.query().json()["responseCode"] == "2005100"


def test_a_low_balance_sends_nothing_back(doku: DokuCounter) -> None:
    doku.generate()
    doku.pay()
    doku.bench.arm(Misfortune.REFUND_REFUSED)
    assert doku.post(QR + "refund", refund()).json()["responseCode"] == "4037814"


@pytest.mark.parametrize("raw", [b"[]", b"{", b'{"a":1e999', b""])
def test_a_body_that_is_no_object_is_a_bad_request(doku: DokuCounter, raw: bytes) -> None:
    token, stamp = doku.token().json()["accessToken"], iso(doku.clock())
    headers = {
        "X-PARTNER-ID": DOKU.client_id,
        "X-EXTERNAL-ID": "1",
        "X-TIMESTAMP": stamp,
        "X-SIGNATURE": symmetric(DOKU.secret_key, "POST", QR + "query", token, raw, stamp),
        "Authorization": f"Bearer {token}",
    }
    reply = requests.post(doku.url + QR + "query", data=raw, headers=headers, timeout=20)
    assert reply.json()["responseCode"] == "4005100"


@pytest.mark.parametrize("case", cases("doku_words"), ids=lambda case: case["name"])
def test_the_words_of_a_form_are_those_of_dokus_own_plugin(case: dict[str, Any]) -> None:
    assert words(case["form"], case["shared_key"]) == case["calculated"]


def test_a_form_about_a_payment_is_one_that_the_kiosk_takes_for_dokus(doku: DokuCounter) -> None:
    doku.generate(ID)
    doku.pay()
    form = legacy_form(doku.charge, "shared")
    assert (form["AMOUNT"], form["TXNSTATUS"]) == ("12000.00", "S")
    assert doku_notices.order_in(form) == ID
    assert doku_notices.words_are_right(form, Secret("shared"))


def test_a_signed_notification_is_one_that_the_kiosk_takes_for_dokus(doku: DokuCounter) -> None:
    doku.generate(ID)
    doku.pay()
    body = json_notification(doku.charge)
    heads = json_headers(body, "BRN-1", "SK-1", "/hooks/doku", "N1", doku.clock())
    message = nonsnap.Signed("BRN-1", "N1", heads["Request-Timestamp"], "/hooks/doku", body)
    assert nonsnap.is_signed(message, heads["Signature"], Secret("SK-1"))
    assert doku_notices.order_in(json.loads(body)) == ID
