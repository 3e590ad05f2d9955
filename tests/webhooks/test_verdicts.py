"""What becomes of each notification: the vectors, right and forged, and our own orders."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.secret import Secret
from kiosk.webhooks.verdicts import (
    PROVIDERS,
    Accepted,
    Keys,
    Nobodys,
    Notice,
    Rejected,
    Reply,
    Verdict,
    is_ours,
    judge,
)
from tests.webhooks import letters
from tests.webhooks.letters import ID, INVOICE, KEYS, SECRET_KEY, Letter, vectors

LETTERS = {
    "midtrans": letters.midtrans(),
    "doku legacy": letters.legacy(),
    "doku json": letters.nonsnap_letter(),
    "doku_indodana": letters.nonsnap_letter(path="/doku_indodana"),
    "indodana": letters.indodana(),
}
FORGED = Rejected(403, "forged")


def verdict(
    letter: Letter, keys: Keys | None = None, kiosks: tuple[str, ...] = ("*",), prefix: str = ""
) -> tuple[Verdict, Reply]:
    gateway, _, kiosk = letter.path.strip("/").partition("?")[0].partition("/")
    notice = Notice(prefix + letter.path, letter.headers, letter.body, kiosk)
    return judge(PROVIDERS[gateway], notice, KEYS[gateway] if keys is None else keys, kiosks)


def opened(letter: Letter) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(letter.body)
    return fields


def sealed(letter: Letter, fields: Any) -> Letter:
    return replace(letter, body=json.dumps(fields).encode())


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_signed_notification_is_for_the_machine_in_its_order_id(letter: Letter) -> None:
    found, _ = verdict(letter)
    assert isinstance(found, Accepted)
    assert (found.kiosk, found.reference) == ("K01", ID)


def test_only_the_order_id_names_the_machine() -> None:
    found, _ = verdict(letters.midtrans(kiosk="K02", kiosk_id="K02", custom_field1="K02"))
    assert isinstance(found, Accepted)
    assert found.kiosk == "K01"


def test_interactives_callback_is_for_the_machine_in_its_address() -> None:
    found, _ = verdict(letters.interactive("K07"))
    assert found == Accepted("K07", INVOICE, "paid")


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_the_old_key_is_good_beside_the_new_one(letter: Letter) -> None:
    gateway = letter.path.strip("/")
    for kept in (slice(0, 1), slice(1, 2)):
        keys = {kind: several[kept] for kind, several in KEYS[gateway].items()}
        found, _ = verdict(letter, keys)
        assert isinstance(found, Rejected) is (kept.start == 0)


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_under_other_keys_it_is_forged(letter: Letter) -> None:
    keys = {kind: (Secret("another"),) for kind in KEYS[letter.path.strip("/")]}
    assert verdict(letter, keys)[0] == FORGED


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_without_any_key_it_is_a_hint_all_the_same(letter: Letter) -> None:
    keys: Keys = dict.fromkeys(KEYS[letter.path.strip("/")], ())
    assert isinstance(verdict(letter, keys)[0], Accepted)


@pytest.mark.parametrize(("kind", "letter"), [("secret_keys", "doku legacy"), ("shared_keys", "doku json")])
def test_a_key_for_the_one_form_leaves_no_door_open_by_the_other(kind: str, letter: str) -> None:
    assert verdict(LETTERS[letter], {kind: KEYS["doku"][kind]})[0] == FORGED


def test_a_notification_without_a_signature_is_unsigned() -> None:
    unsigned = Rejected(403, "unsigned")
    fields = {name: value for name, value in opened(letters.midtrans()).items() if name != "signature_key"}
    assert verdict(sealed(letters.midtrans(), fields))[0] == unsigned
    assert verdict(letters.legacy(WORDS=""))[0] == unsigned
    for name in ("doku json", "indodana"):
        bare = replace(LETTERS[name], headers={"content-type": letters.JSON})
        assert verdict(bare)[0] == unsigned


@pytest.mark.parametrize("case", vectors("midtrans_signature")["cases"], ids=lambda case: str(case["name"]))
def test_midtrans_own_signatures_are_right_and_their_forgeries_are_not(case: dict[str, Any]) -> None:
    keys = {"server_keys": (Secret(case["server_key"]),)}
    letter = sealed(letters.midtrans(), {**case, "transaction_status": "settlement"})
    assert verdict(letter, keys) == (Nobodys("other_order"), Reply())
    for field in ("order_id", "status_code", "gross_amount", "signature_key"):
        forged = sealed(letter, {**case, field: case[field][:-1] + "x"})
        assert verdict(forged, keys)[0] == FORGED


def test_a_status_is_not_covered_by_midtrans_signature_so_it_stays_a_hint() -> None:
    assert verdict(letters.midtrans(transaction_status="cancel"))[0] == Accepted("K01", ID, "cancel")


@pytest.mark.parametrize("case", vectors("doku_words")["cases"], ids=lambda case: str(case["name"]))
def test_dokus_own_words_are_judged_as_doku_judges_them(case: dict[str, Any]) -> None:
    form = {name: str(value) for name, value in case["form"].items()}
    letter = letters.legacy(order_id=form["TRANSACTIONID"], **form)
    found, reply = verdict(letter, {"shared_keys": (Secret(case["shared_key"]),)})
    assert found == (Nobodys("other_order") if case["accepted"] else FORGED)
    assert reply.body == b"SUCCESS"


@pytest.mark.parametrize("case", vectors("doku_nonsnap")["post"], ids=lambda case: str(case["name"]))
@pytest.mark.parametrize("change", ["", "client-id", "request-id", "request-timestamp", "target", "body"])
def test_dokus_own_signatures_cover_headers_path_and_bytes(case: dict[str, Any], change: str) -> None:
    headers = {name: value for name, value in case["headers"].items() if name != "request-target"}
    headers |= {"signature": case["signature"], "content-type": letters.JSON}
    if change in headers:
        headers[change] += "x"
    body = case["body"].encode() + (b"\n" if change == "body" else b"")
    target = case["headers"]["request-target"] + ("/" if change == "target" else "")
    keys = {"secret_keys": (Secret(case["secret"]),)}
    found, _ = judge(PROVIDERS["doku_indodana"], Notice(target, headers, body), keys, ["*"])
    if not case["body"]:
        assert found == Rejected(415, "wrong_type") if change != "body" else Rejected(400, "malformed")
    else:
        assert isinstance(found, Rejected) is bool(change)


def test_indodanas_own_header_is_right_and_its_forgeries_are_not() -> None:
    (case,) = vectors("indodana_auth")["cases"]
    keys = {"secret_keys": (Secret(case["secret"]),)}
    for bearer, is_right in (
        (case["authorization"], True),
        (case["authorization"][:-1], False),
        (case["authorization"].upper(), False),
        (case["authorization"].replace("sudah", "belum"), False),
        (case["authorization"].replace("1562328997", "1562328998"), False),
        ("Bearer ::", False),
        ("Basic é", False),
    ):
        letter = replace(letters.indodana(), headers={"content-type": letters.JSON, "authorization": bearer})
        assert isinstance(verdict(letter, keys)[0], Accepted) is is_right, bearer


def test_doku_signs_the_path_that_strangers_see() -> None:
    letter = letters.nonsnap_letter(signed_path="/hooks/doku")
    assert isinstance(verdict(letter, prefix="/hooks")[0], Accepted)
    assert verdict(letter)[0] == FORGED


def test_doku_may_write_the_form_into_the_address() -> None:
    letter = letters.legacy()
    asked = replace(letter, path=f"/doku?{letter.body.decode()}", body=b"", headers={})
    assert isinstance(verdict(asked)[0], Accepted)


def test_dokus_snap_form_has_no_address_here() -> None:
    letter = letters.nonsnap_letter()
    snap = replace(letter, headers={"x-signature": "s", "x-partner-id": "p", "content-type": letters.JSON})
    assert verdict(snap)[0] == Rejected(404, "unsupported")


@pytest.mark.parametrize(
    ("name", "body"),
    [("midtrans", b""), ("doku legacy", b"SUCCESS"), ("doku json", b""), ("doku_indodana", b""),
     ("indodana", b'{"status":"OK","message":"OK"}')],
)  # fmt: skip
def test_each_gateway_reads_what_it_wants_to_read(name: str, body: bytes) -> None:
    assert verdict(LETTERS[name])[1].body == body


@pytest.mark.parametrize(
    "order_id",
    ["KIOSK01-000001", "K01", ID[:-1] + "1", ID.lower(), "A" * 22, "A" * 32 + "A", "K01" + "-" * 19 + "A"],
)
def test_an_id_that_can_never_be_ours_is_nobodys(order_id: str) -> None:
    expected = "no_order" if len(order_id) > 32 else "other_order"
    assert verdict(letters.midtrans(order_id))[0] == Nobodys(expected)


@pytest.mark.parametrize("order_id", [None, 7, ["x"], {"a": 1}, "../x", "a b", "", "é", "K01\n"])
def test_what_is_no_order_id_names_no_order(order_id: Any) -> None:
    unchecked: Keys = {}
    letter = letters.midtrans(order_id=ID)
    assert verdict(sealed(letter, {"order_id": order_id}), unchecked)[0] == Nobodys("no_order")


@pytest.mark.parametrize(
    ("kiosk", "kiosks", "is_one"),
    [
        ("K01", ("*",), True),
        ("K01", ("K*",), True),
        ("K01", ("K01",), True),
        ("K01", ("K02", "K01"), True),
        ("K01", ("K02",), False),
        ("K011", ("K01",), False),
        ("J01", ("K*",), False),
        ("k01", ("*",), False),
        ("K0", ("*",), False),
        ("K" * 13, ("*",), False),
        ("K/1", ("*",), False),
        ("", ("*",), False),
    ],
)
def test_a_machine_is_ours_by_name_or_by_the_beginning_of_it(
    kiosk: str, kiosks: tuple[str, ...], is_one: bool
) -> None:
    assert is_ours(kiosk, kiosks) is is_one


def test_a_machine_that_the_operator_does_not_have_is_nobodys() -> None:
    assert verdict(letters.midtrans(), kiosks=("J*",))[0] == Nobodys("other_kiosk")


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"x"', b"\xff", b"null", b"7", b'{"a":"\\ud800"}', b"[" * 60_000, b'{"a":' * 10_000,
     b'{"a":NaN}', b"{}x"],
    ids=lambda body: body[:12].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    for name in ("midtrans", "doku json", "indodana"):
        assert verdict(replace(LETTERS[name], body=body))[0] == Rejected(400, "malformed")


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff=1", b"=", b"&&", b"&".join([b"a=1"] * 101), b"a"])
def test_what_is_no_form_is_malformed_or_unsigned(body: bytes) -> None:
    assert isinstance(verdict(replace(letters.legacy(), body=body))[0], Rejected)


def test_a_number_without_end_is_no_invoice() -> None:
    found, _ = verdict(replace(letters.interactive(), body=b'{"invoice":' + b"9" * 60_000 + b"}"))
    assert found in (Nobodys("no_order"), Rejected(400, "malformed"))


@pytest.mark.parametrize("kind", ["text/plain", "", "application/jsonx", "multipart/form-data", letters.FORM])
def test_what_is_no_json_has_the_wrong_type(kind: str) -> None:
    for name in ("midtrans", "doku_indodana", "indodana"):
        letter = replace(LETTERS[name], headers={**LETTERS[name].headers, "content-type": kind})
        assert verdict(letter)[0] == Rejected(415, "wrong_type")


def test_a_status_that_nobody_knows_counts_as_one() -> None:
    """So that who replays a signature with invented words gets no entry for each of them."""
    found = {verdict(letters.midtrans(transaction_status=word))[0] for word in ("a", "b", 7, None)}
    assert found == {Accepted("K01", ID, "other")}


def test_a_field_that_stands_twice_in_a_form_is_read_as_it_is_proved() -> None:
    letter = letters.legacy()
    found, _ = verdict(replace(letter, body=letter.body + b"&TRANSACTIONID=K02" + b"A" * 20))
    assert found == Accepted("K01", ID, "S")


def test_the_gateways_secrets_are_in_no_verdict() -> None:
    assert SECRET_KEY.reveal() not in repr([verdict(letter) for letter in LETTERS.values()])
