"""What a code must say before a customer may see it."""

import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import CodeError
from kiosk.model import QrisCode, Rupiah, Terms, Tips, WebLink
from kiosk.qris import check, crc, nmid_of, read
from tests.codes import GOOD, changed, code, objects

VECTORS = json.loads((Path(__file__).parent / "gateways/vectors/qris.json").read_text(encoding="utf-8"))
CASES = {case["name"]: case for case in VECTORS["cases"]}
READABLE = {name: case for name, case in CASES.items() if case["readable"]}
PRICE = Rupiah(12_000)
LINK_TERMS = Terms(link_hosts=frozenset({"pay.example"}))

characters = st.characters(min_codepoint=32, max_codepoint=126)
values = st.text(characters | st.sampled_from("京運é"), max_size=99)


def why_not(payload: str, terms: Terms | None = None) -> str:
    with pytest.raises(CodeError) as caught:
        check(QrisCode(payload), PRICE, terms or Terms())
    return str(caught.value)


def why_no_link(url: str) -> str:
    with pytest.raises(CodeError) as caught:
        check(WebLink(url), PRICE, LINK_TERMS)
    return str(caught.value)


@pytest.mark.parametrize("case", VECTORS["crc16_ccitt_false"], ids=lambda case: case["input"] or "nothing")
def test_the_checksum_is_that_of_two_other_programs(case: dict[str, str]) -> None:
    assert crc(case["input"]) == case["crc"]


@pytest.mark.parametrize("case", READABLE.values(), ids=READABLE)
def test_a_published_code_is_read_as_others_read_it(case: dict[str, Any]) -> None:
    qris = read(case["payload"])
    assert (qris.nmid, qris.terminal) == (case["nmid"], case["terminal"])
    assert case["tags"] is None or list(map(list, qris.tags.items())) == case["tags"]


@pytest.mark.parametrize("name", sorted(CASES.keys() - READABLE.keys()))
def test_a_broken_code_is_not_read(name: str) -> None:
    with pytest.raises(CodeError):
        read(CASES[name]["payload"])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_published_code_gets_its_verdict(case: dict[str, Any]) -> None:
    price = Rupiah(case["price"] or 2372)
    if case["payable"]:
        check(QrisCode(case["payload"]), price, Terms(tips=Tips.IGNORE))
    else:
        with pytest.raises(CodeError):
            check(QrisCode(case["payload"]), price, Terms(tips=Tips.IGNORE))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["asks_for_tip"]])
def test_a_code_that_asks_for_a_tip_is_refused_unless_tips_are_ignored(name: str) -> None:
    with pytest.raises(CodeError, match="tag 55 asks the payer for a tip"):
        check(QrisCode(CASES[name]["payload"]), Rupiah(CASES[name]["price"]), Terms())


def test_a_code_that_is_right_in_everything_passes() -> None:
    check(QrisCode(code(GOOD)), PRICE, Terms(nmid="ID1020000000001"))


@pytest.mark.parametrize("amount", ["12000", "12000.00", "12000.", "012000"])
def test_an_amount_is_compared_as_a_number(amount: str) -> None:
    check(QrisCode(changed(t54=amount)), PRICE, Terms())


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"t00": "02"}, "tag 00 is '02', not 01"),
        ({"t01": "11"}, "tag 01 is '11', not 12"),
        ({"t01": None}, "tag 01 is missing"),
        ({"t53": "840"}, "tag 53 is '840', not 360"),
        ({"t53": None}, "tag 53 is missing"),
        ({"t58": "SG"}, "tag 58 is 'SG', not ID"),
        ({"t54": None}, "tag 54 asks for missing, the price is 12000"),
        ({"t54": "12001"}, "tag 54 asks for '12001', the price is 12000"),
        ({"t54": "12000.01"}, "tag 54 asks for '12000.01', the price is 12000"),
        ({"t54": "1"}, "tag 54 asks for '1', the price is 12000"),
        ({"t54": "12,000"}, "not an amount"),
        ({"t54": "1.2.0"}, "not an amount"),
        ({"t54": "-12000"}, "not an amount"),
        ({"t54": "12e3"}, "not an amount"),
        ({"t54": ""}, "not an amount"),
        ({"t54": "NaN"}, "not an amount"),
        ({"t55": "01"}, "tag 55 asks the payer for a tip"),
        ({"t56": "500"}, "tag 56 asks the payer for a tip"),
        ({"t57": "5"}, "tag 57 asks the payer for a tip"),
        ({"t51": "0014ID.CO"}, "tag 51 ends in the middle of tag 00"),
        ({"t62": "07"}, "tag 62 has no tag and length at character 1"),
        ({"t59": "KOPI\nKITA"}, "cannot be printed"),
    ],
    ids=str,
)
def test_a_code_that_would_pay_something_else_is_refused(tags: dict[str, str | None], reason: str) -> None:
    assert reason in why_not(changed(**tags))


def test_a_code_that_pays_another_merchant_is_refused() -> None:
    assert "NMID 'ID1020000000001', configured is ID7" in why_not(code(GOOD), Terms(nmid="ID7"))


def test_a_code_without_merchant_is_refused_where_one_is_configured() -> None:
    assert "NMID missing" in why_not(changed(t51=None), Terms(nmid="ID7"))


def test_a_code_too_long_for_the_panel_is_refused() -> None:
    assert "the longest this gateway sends has 100" in why_not(code(GOOD), Terms(longest_code=100))


def test_an_object_that_comes_twice_is_refused() -> None:
    twice = objects(GOOD) + "5405120006304"
    assert "has tag 54 twice" in why_not(twice + crc(twice))


def test_a_checksum_inside_another_object_is_none() -> None:
    hidden = objects({"00": "01"}) + "59086304"
    assert "does not end with tag 63" in why_not(hidden + crc(hidden))


def test_digits_of_another_script_are_no_length() -> None:
    odd = "000201" + "59\u0660\u0663ABC" + "6304"
    assert "no tag and length at character 7" in why_not(odd + crc(odd))


def test_the_merchant_a_code_pays_to_can_be_shown_to_a_person() -> None:
    assert nmid_of(QrisCode(code(GOOD))) == "ID1020000000001"
    assert nmid_of(WebLink("https://pay.example/1")) == ""


def test_a_link_to_an_allowed_host_passes() -> None:
    check(WebLink("https://PAY.example/checkout?id=1#a"), PRICE, LINK_TERMS)


@pytest.mark.parametrize(
    "url",
    [
        "http://pay.example/1",
        "https://pay.example:8443/1",
        "https://pay.example@evil.example/1",
        "https://evil.example\\@pay.example/1",
        "https://pay.example/a b",
        "https://pay.example/\n",
        "javascript:alert(1)",
        "https://",
        "",
    ],
)
def test_a_link_that_is_no_plain_https_address_is_refused(url: str) -> None:
    assert "not a plain https address" in why_no_link(url)


@pytest.mark.parametrize("host", ["evil.example", "pay.example.evil.example", "xpay.example", "pay.example."])
def test_a_link_to_any_other_host_is_refused(host: str) -> None:
    assert "not among the hosts allowed" in why_no_link(f"https://{host}/1")


def test_a_link_too_long_for_the_panel_is_refused() -> None:
    assert "the longest this gateway sends" in why_no_link("https://pay.example/" + "a" * 400)


@given(st.dictionaries(st.from_regex(r"0[2-9]|[1-57-9][0-9]", fullmatch=True), values, max_size=20))
def test_what_was_put_into_a_code_is_read_out_of_it(tags: dict[str, str]) -> None:
    wanted = {"00": "01", **{tag: text for tag, text in tags.items() if tag not in {"51", "54", "62"}}}
    read_back = read(code(wanted)).tags
    assert {tag: text for tag, text in read_back.items() if tag != "63"} == wanted


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_an_amount_is_read_exactly(amount: Decimal) -> None:
    assert read(changed(t54=f"{amount:f}")).amount == amount


@given(st.data())
def test_a_code_with_any_one_character_changed_is_refused(data: st.DataObject) -> None:
    payload = code(GOOD)
    at = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(characters.filter(lambda character: character != payload[at]))
    with pytest.raises(CodeError):
        read(payload[:at] + other + payload[at + 1 :])


@given(st.text() | st.text(st.sampled_from("0123456789AB")).map(lambda text: f"000201{text}6304"))
def test_any_text_is_read_or_refused_in_our_own_words(text: str) -> None:
    for payload in (text, text + crc(text) if text.isprintable() else text):
        with suppress(CodeError):
            read(payload)
