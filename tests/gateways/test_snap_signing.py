"""SNAP's two signatures, against what DOKU's own libraries make."""

import sys
import time
from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from kiosk.errors import MissingPart
from kiosk.gateways.http import serialise
from kiosk.gateways.snap_signing import (
    PemError,
    SigningKey,
    request_signature,
    request_text,
    token_text,
)
from kiosk.gateways.times import jakarta, utc
from kiosk.secret import Secret
from tests.gateways.conftest import NOON
from tests.gateways.doku_papers import key, pem, public_pem, vectors

SYMMETRIC = vectors("doku_snap_symmetric")
ASYMMETRIC = vectors("doku_snap_asymmetric")
TOKEN = vectors("doku_snap_token")
SDKS = vectors("doku_sdk_behaviour")


def is_signed(public: str, text: str, signature: str) -> bool:
    loaded = serialization.load_pem_public_key(public.encode())
    assert isinstance(loaded, rsa.RSAPublicKey)
    try:
        loaded.verify(b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("case", SYMMETRIC["cases"], ids=lambda case: str(case["name"]))
def test_a_request_is_signed_as_dokus_library_signs_it(case: dict[str, Any]) -> None:
    body = case["body_as_signed"].encode()
    text = request_text(case["method"], case["path"], case["access_token"], body, case["timestamp"])
    assert text == case["string_to_sign"]
    assert request_signature(text, Secret(case["client_secret"])) == case["signature"]


@pytest.mark.parametrize("case", SYMMETRIC["cases"], ids=lambda case: str(case["name"]))
def test_what_we_send_is_what_dokus_library_would_sign(case: dict[str, Any]) -> None:
    """Even where the libraries differ among themselves: what counts is that ours are the bytes sent."""
    assert serialise(case["body"]).decode() == case["body_as_signed"]
    assert sha256(serialise(case["body"])).hexdigest() == case["body_sha256_hex"]


def test_an_empty_body_and_an_empty_object_are_not_the_same() -> None:
    assert SYMMETRIC["sha256_of_nothing"] in request_text("POST", "/x", "t", b"", "T")
    assert SYMMETRIC["sha256_of_braces"] in request_text("POST", "/x", "t", serialise({}), "T")


def test_a_signature_keeps_the_case_of_its_letters_and_the_blanks_of_its_values() -> None:
    """Two things the Node library loses."""
    assert SDKS["node"]["symmetric_compare_is_case_insensitive"]
    assert SDKS["node"]["minifyString_removes_spaces_inside_values"] == '{"a":"xy"}'
    assert serialise({"a": "x y"}) == b'{"a":"x y"}'
    case = SYMMETRIC["cases"][0]
    signature = request_signature(case["string_to_sign"], Secret(case["client_secret"]))
    assert signature != signature.lower()


@pytest.mark.parametrize("case", ASYMMETRIC["cases"], ids=lambda case: str(case["client_id"]))
def test_a_token_is_asked_for_with_the_text_that_dokus_library_signs(case: dict[str, Any]) -> None:
    text = token_text(case["client_id"], case["timestamp"])
    assert text == case["string_to_sign"]
    assert is_signed(ASYMMETRIC["public_key_pem"], text, case["signature"])
    assert not is_signed(ASYMMETRIC["other_public_key_pem"], text, case["signature"])
    assert not is_signed(ASYMMETRIC["public_key_pem"], f"{text}x", case["signature"])


def test_the_request_of_dokus_library_verifies_as_ours_does() -> None:
    headers = TOKEN["request"]["headers"]
    text = token_text(headers["x-client-key"], headers["x-timestamp"])
    assert is_signed(ASYMMETRIC["public_key_pem"], text, headers["x-signature"])


def test_a_private_key_signs_the_same_text_the_same_way() -> None:
    signing = SigningKey(Secret(pem()))
    assert is_signed(public_pem(), "C|T", signing.sign("C|T"))
    assert signing.sign("C|T") == signing.sign("C|T")


def test_moments_are_written_as_the_two_kinds_of_request_want_them() -> None:
    assert utc(NOON) == "2026-08-01T03:00:00Z"
    assert utc(NOON)[-1] == SDKS["python"]["get_timestamp_format"]
    assert jakarta(NOON + 0.9) == "2026-08-01T10:00:00+07:00"


@pytest.mark.parametrize("zone", SDKS["node"]["timestamp_suffix_by_timezone"])
def test_no_moment_depends_on_where_the_machine_thinks_it_is(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Node library writes the machine's own zone, and -00:00 for UTC."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert (utc(NOON), jakarta(NOON)) == ("2026-08-01T03:00:00Z", "2026-08-01T10:00:00+07:00")
    finally:
        monkeypatch.undo()
        time.tzset()


def elliptic() -> str:
    made = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def locked() -> str:
    encryption = serialization.BestAvailableEncryption(b"open sesame")
    form = serialization.PrivateFormat.PKCS8
    return key(2048).private_bytes(serialization.Encoding.PEM, form, encryption).decode()


def old_form() -> str:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key(2048).private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.mark.parametrize(
    "text", [pem(), pem().strip(), pem().replace("\n", "\r\n"), pem().replace("\n", " "), old_form()]
)
def test_a_private_key_is_read_in_every_usual_form(text: str) -> None:
    assert is_signed(public_pem(), "x", SigningKey(Secret(text)).sign("x"))


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        (public_pem(), "a public key"),
        (locked(), "protected by a passphrase"),
        ("-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----", "a certificate"),
        (pem().splitlines()[0], "no whole PEM"),
        (pem()[:-200], "no whole PEM"),
        ("SK-canary0secret0key", "no whole PEM"),
        ("", "no whole PEM"),
        (elliptic(), "no RSA key"),
        (pem(1024), "has 1024 bits"),
    ],
    ids=[
        "public",
        "locked",
        "certificate",
        "first line",
        "cut",
        "other secret",
        "empty",
        "EC",
        "1024",
    ],
)
def test_what_is_no_usable_key_is_told_without_its_content(text: str, instead: str) -> None:
    with pytest.raises(PemError, match=instead) as caught:
        SigningKey(Secret(text))
    assert not [line for line in text.splitlines() if line and line in str(caught.value)]
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_without_the_library_a_person_is_told_which_extra_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(MissingPart, match="the extra `doku`"):
        SigningKey(Secret(pem()))
