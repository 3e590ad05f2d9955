"""Documents against a machine's own file: taken as a whole, or refused with every fault and its place."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from kiosk.configuration import File
from kiosk.errors import PictureError
from kiosk.gateways.midtrans import Midtrans
from kiosk.model import Language, Rupiah, Slot
from kiosk.mqtt.signatures import digest
from kiosk.pushed import Pushed
from kiosk.pushing import Examiner, Own, lay
from kiosk.pushing.allowed import ALLOWED, LIMITS, RESTARTS, Takes, line_of
from kiosk.pushing.judging import told_of
from kiosk.settings import Limits
from tests.config.files import CANARY, RIGHT, store_secret
from tests.config.test_providers import PAGES
from tests.pushing.machine import TWO_GATEWAYS, desired, examined, faults, own, running

# A document, then path, reason, a piece of the words and a piece of the advice of its one fault.
WRONG: dict[str, tuple[Any, str, str, str, str]] = {
    "a price of nothing": (
        {"slots": [{"number": 2, "price": 0}]},
        "slots[1].price",
        "bad_value",
        "at least 1",
        "",
    ),
    "a price in quotes": (
        {"slots": [{"number": 1, "name": "Kopi"}, {"number": 2, "price": "9000"}]},
        "slots[2].price",
        "bad_value",
        "whole number",
        "without quotes",
    ),
    "a misspelt setting": ({"langage": "en"}, "langage", "unknown_field", "no such setting", "language"),
    "a misspelt table": ({"limit": {"cuts": 1}}, "limit", "unknown_field", "no such setting", "limits"),
    "a misspelt setting of a slot": (
        {"slots": [{"number": 1, "prize": 9000}]},
        "slots[1].prize",
        "unknown_field",
        "no such setting",
        "price",
    ),
    "a misspelt choice": ({"language": "eng"}, "language", "bad_value", "one of id, en", "en"),
    "a time zone of nowhere": (
        {"timezone": "Asia/Jakrta"},
        "timezone",
        "bad_value",
        "no such",
        "Asia/Jakarta",
    ),
    "a name too long": ({"merchant": "x" * 21}, "merchant", "bad_value", "1 to 20", ""),
    "nothing for a text": ({"merchant": None}, "merchant", "bad_value", "1 to 20", ""),
    "a slot that is not there": (
        {"slots": [{"number": 3}]},
        "slots[1].number",
        "no_such_slot",
        "",
        "1, 2, 7",
    ),
    "true for a slot": ({"slots": [{"number": True}]}, "slots[1].number", "no_such_slot", "", "1, 2, 7"),
    "a slot without its number": (
        {"slots": [{"price": 1}]},
        "slots[1].number",
        "missing_field",
        "",
        "1, 2, 7",
    ),
    "a slot named twice": (
        {"slots": [{"number": 1}, {"number": 1}]},
        "slots[2].number",
        "bad_value",
        "a second time",
        "",
    ),
    "a slot that is none": ({"slots": [7]}, "slots[1]", "bad_value", "its number", ""),
    "slots that are no list": ({"slots": {"1": {}}}, "slots", "bad_value", "a list of slots", ""),
    "an output of a slot": (
        {"slots": [{"number": 1, "output": "x"}]},
        "slots[1].output",
        "local_only",
        "",
        "own file",
    ),
    "a free amount beside slots": ({"free_amount": {"step": 1}}, "free_amount", "local_only", "by slots", ""),
    "a gateway without credentials": (
        {"gateways": ["midtrans", "doku"]},
        "gateways[2]",
        "cannot_start",
        "not set up",
        "[gateway.doku]",
    ),
    "settings of a gateway that is not set up": (
        {"gateway": {"doku": {}}},
        "gateway.doku",
        "cannot_start",
        "",
        "doku",
    ),
    "a gateway that is none": ({"gateways": ["midtran"]}, "gateways[1]", "bad_value", "no such", "midtrans"),
    "settings of a gateway that is none": (
        {"gateway": {"midtran": {}}},
        "gateway.midtran",
        "unknown_field",
        "no such gateway",
        "midtrans",
    ),
    "no gateway at all": ({"gateways": []}, "gateways", "bad_value", "names none", ""),
    "one gateway twice": ({"gateways": ["midtrans"] * 2}, "gateways[2]", "bad_value", "second time", ""),
    "a list without end": ({"gateways": ["midtrans"] * 101}, "gateways", "bad_value", "more than 100", ""),
    "a secret": (
        {"gateway": {"midtrans": {"server_key": CANARY}}},
        "gateway.midtrans.server_key",
        "local_only",
        "cannot be pushed",
        "kiosk secret set midtrans.server_key",
    ),
    "who is paid": (
        {"gateway": {"midtrans": {"merchant_id": "G666"}}},
        "gateway.midtrans.merchant_id",
        "local_only",
        "",
        "",
    ),
    "whose codes are shown": (
        {"gateway": {"midtrans": {"nmid": "ID666"}}},
        "gateway.midtrans.nmid",
        "local_only",
        "",
        "",
    ),
    "an address": (
        {"gateway": {"midtrans": {"base_url": "https://evil.example"}}},
        "gateway.midtrans.base_url",
        "local_only",
        "",
        "",
    ),
    "a poll that the provider forbids": (
        {"gateway": {"midtrans": {"poll": [1]}}},
        "gateway.midtrans.poll",
        "bad_value",
        "below 10 s",
        "",
    ),
    "a deadline beyond every clock": (
        {"gateway": {"midtrans": {"create_deadline": 2**53 - 1}}},
        "gateway.midtrans.create_deadline",
        "bad_value",
        "at most 86400",
        "",
    ),
    "a misspelt setting of a gateway": (
        {"gateway": {"midtrans": {"claim_windw": 60}}},
        "gateway.midtrans.claim_windw",
        "unknown_field",
        "",
        "claim_window",
    ),
    "a setting of another gateway": (
        {"gateway": {"interactive": {"expiry_minutes": 60}}},
        "gateway.interactive.expiry_minutes",
        "unknown_field",
        "",
        "",
    ),
    "a limit too wide": (
        {"limits": {"unpaid_orders": 7}},
        "limits.unpaid_orders",
        "above_local_limit",
        "at most 6",
        "",
    ),
    "a window too short": (
        {"limits": {"unpaid_within": 599}},
        "limits.unpaid_within",
        "above_local_limit",
        "at least 600",
        "",
    ),
    "a limit of nothing": ({"limits": {"cuts": 0}}, "limits.cuts", "bad_value", "above 0", ""),
    "a price limit that a slot of the file breaks": (
        {"limits": {"highest_price": 10_000}},
        "slots",
        "bad_value",
        "slot 1: price is above limits.highest_price",
        "",
    ),
    "a pin of the panel": ({"panel": {"bus": 0}}, "panel.bus", "local_only", "", ""),
    "another panel": ({"panel": {"driver": "sh1106"}}, "panel.driver", "local_only", "", ""),
    "a light that is none": ({"panel": {"contrast": 256}}, "panel.contrast", "bad_value", "at most 255", ""),
    "a table that is none": ({"limits": [1]}, "limits", "bad_value", "a table", ""),
    "gateways that are no tables": ({"gateway": "midtrans"}, "gateway", "bad_value", "tables", ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_document_is_named_with_path_reason_words_and_advice(name: str, machine: Own) -> None:
    document, path, reason, words, advice = WRONG[name]
    candidate = examined(machine, document)
    assert candidate.settings is None
    (fault,) = candidate.errors
    assert (fault.path, fault.reason) == (path, reason)
    assert words in fault.words
    assert advice in fault.advice
    assert CANARY not in str(candidate.errors)


LOCAL = sorted(set(File.__struct_fields__) - {line.partition(".")[0].removesuffix("[]") for line in ALLOWED})


@pytest.mark.parametrize("name", LOCAL)
def test_what_is_the_machines_own_cannot_be_pushed_and_says_so(name: str, machine: Own) -> None:
    assert faults(machine, {name: {"spiral1": {"pin": 3, "milliseconds": 5000}}}) == [(name, "local_only")]


def test_pins_broker_credentials_and_names_are_the_machines_own() -> None:
    assert {"kiosk", "environment", "credentials", "state", "marker", "mqtt", "outputs", "keypad"} <= {*LOCAL}


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["a limit too wide", "a window too short"], "above_local_limit"),
        (["an output of a slot"], "local_only"),
        (["a gateway without credentials"], "cannot_start"),
        (["a limit too wide", "a misspelt choice"], "not_valid"),
        (["a price of nothing"], "not_valid"),
    ],
)
def test_the_reason_of_the_whole_is_what_all_faults_have_in_common(
    names: list[str], reason: str, machine: Own
) -> None:
    document: dict[str, Any] = {}
    for name in names:
        for key, value in WRONG[name][0].items():
            document[key] = {**document.get(key, {}), **value} if isinstance(value, dict) else value
    assert examined(machine, document).reason == reason


def test_every_fault_is_said_at_once(machine: Own) -> None:
    document = {
        "language": "eng",
        "kiosk": "K99",
        "slots": [{"number": 1, "price": 0}, {"number": 9}, {"number": 7, "nam": "x"}],
        "limits": {"unpaid_orders": 60},
    }
    assert set(faults(machine, document)) == {
        ("language", "bad_value"),
        ("kiosk", "local_only"),
        ("slots[1].price", "bad_value"),
        ("slots[2].number", "no_such_slot"),
        ("slots[3].nam", "unknown_field"),
        ("limits.unpaid_orders", "above_local_limit"),
    }


def test_a_document_of_nothing_but_faults_is_answered_with_fifty(machine: Own) -> None:
    found = examined(machine, {f"x{number}": 0 for number in range(5000)}).errors
    assert len(found) == 50
    assert "more faults" in found[-1].words


def test_a_document_of_nothing_but_faults_is_not_read_to_its_end(
    machine: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking for the nearest right word is slow, and a message can hold thousands of wrong ones."""
    looked_up: list[str] = []

    def recorded(word: str, choices: Iterable[str]) -> str:
        looked_up.append(word)
        return ""

    monkeypatch.setattr("kiosk.pushing.overlay.nearest", recorded)
    examined(machine, {f"x{number}": 0 for number in range(5000)})
    assert len(looked_up) == 51


def test_slots_are_laid_over_those_of_their_number(machine: Own) -> None:
    changes = [{"number": 2, "price": 6_000, "low_stock": 3}, {"number": 1, "name": "Kopi pahit"}]
    settings = examined(machine, {"slots": changes}).settings
    assert settings is not None
    assert settings.slots == (
        Slot(1, "Kopi pahit", Rupiah(12_000), "spiral1"),
        Slot(7, "Teh manis", Rupiah(8_000), "spiral1"),
        Slot(2, "Air", Rupiah(6_000), "spiral1", counts_stock=True, low_stock=3),
    )


def test_names_language_and_limits_are_taken(machine: Own) -> None:
    document = {
        "merchant": "Toko",
        "contact": "",
        "language": "en",
        "limits": {"cuts": 1, "unpaid_within": 900},
    }
    candidate = examined(machine, document)
    settings = candidate.settings
    assert settings is not None
    assert (settings.merchant, settings.contact, settings.language) == ("Toko", "", Language.ENGLISH)
    assert (settings.limits.cuts, settings.limits.unpaid_within, settings.limits.unpaid_orders) == (
        1,
        900.0,
        6,
    )
    assert not candidate.restarts


def test_a_document_that_says_nothing_is_the_machines_own_file(machine: Own) -> None:
    candidate = examined(machine, {})
    assert candidate.settings == machine.configuration.settings
    assert candidate.hash == digest({})


def test_what_stands_in_the_file_already_may_be_pushed_too(machine: Own) -> None:
    """So that one document can be meant for a whole fleet."""
    document = {
        "slots": [{"number": 1, "name": "Kopi susu", "price": 12_000}],
        "limits": {"unpaid_orders": 6},
    }
    assert examined(machine, document).settings == machine.configuration.settings


@pytest.mark.parametrize(
    "document",
    [
        {"gateways": ["interactive", "midtrans"]},
        {"gateways": ["interactive"]},
        {"gateway": {"midtrans": {"on_screen": 240}}},
        {"gateway": {"midtrans": {"refunds": True}}},
        {"panel": {"contrast": 10}},
        {"timezone": "Asia/Makassar"},
    ],
)
def test_what_only_a_start_can_change_asks_for_one(document: dict[str, Any], machine: Own) -> None:
    candidate = examined(machine, document)
    assert candidate.settings is not None, candidate.errors
    assert candidate.restarts
    assert not running(machine, document).examine(desired(document)).restarts
    assert running(machine, document).examine(desired({}, 8)).restarts


def test_a_gateway_named_as_it_is_needs_no_start(machine: Own) -> None:
    document = {"gateways": ["midtrans", "interactive"], "gateway": {"midtrans": {"on_screen": 180}}}
    assert not examined(machine, document).restarts


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ({"minimum": 4_000, "maximum": 20_000, "step": 2_000, "name": "Parkir mobil"}, []),
        ({"minimum": 1_000}, [("free_amount.minimum", "above_local_limit")]),
        ({"maximum": 60_000}, [("free_amount.maximum", "above_local_limit")]),
        ({"step": 500}, [("free_amount.step", "above_local_limit")]),
        ({"step": 4_000}, [("free_amount.minimum", "bad_value"), ("free_amount.maximum", "bad_value")]),
        ({"minimum": 8_000, "maximum": 4_000}, [("free_amount.minimum", "bad_value")]),
        ({"output": "x"}, [("free_amount.output", "local_only")]),
    ],
)
def test_a_free_amount_stays_within_the_machines_own(
    document: dict[str, Any], wrong: list[tuple[str, str]], free: Own
) -> None:
    assert faults(free, {"free_amount": document}) == wrong


def test_prices_stay_within_the_limits_of_the_file(tmp_path: Path) -> None:
    """Whoever holds the broker still gives nothing away for one rupiah."""
    machine = own(tmp_path, TWO_GATEWAYS + "[limits]\nlowest_price = 4000\nhighest_price = 20000\n")
    for price, wrong in ((4_000, False), (3_999, True), (20_000, False), (20_001, True)):
        found = faults(machine, {"slots": [{"number": 1, "price": price}]})
        assert found == ([("slots[1].price", "bad_value")] if wrong else [])
    assert faults(machine, {"limits": {"lowest_price": 1}}) == [("limits.lowest_price", "above_local_limit")]


@pytest.mark.parametrize(
    ("name", "own_value", "narrower", "wider"),
    [
        ("unpaid_orders", 6, 5, 7),
        ("unpaid_within", 600, 601, 599),
        ("background", 50, 49, 51),
        ("refunds_per_slot_and_day", 5, 4, 6),
        ("cuts", 3, 2, 4),
        ("failed_vends", 2, 1, 3),
        ("highest_charge", 20_000, 19_000, 21_000),
        ("lowest_price", 2_000, 3_000, 1_000),
        ("highest_price", 30_000, 29_000, 31_000),
    ],
)
def test_every_limit_is_narrowed_and_none_is_widened(
    name: str, own_value: int, narrower: int, wider: int, tmp_path: Path
) -> None:
    machine = own(tmp_path, TWO_GATEWAYS + f"[limits]\n{name} = {own_value}\n")
    assert faults(machine, {"limits": {name: narrower}}) == []
    assert faults(machine, {"limits": {name: own_value}}) == []
    assert faults(machine, {"limits": {name: wider}}) == [(f"limits.{name}", "above_local_limit")]


def test_a_gateway_whose_codes_the_panel_cannot_show_is_refused(machine: Own) -> None:
    def room(longest: int) -> None:
        raise PictureError("use a larger panel")

    candidate = Examiner(lay(machine, Pushed()), room).examine(desired({"gateways": ["interactive"]}))
    assert candidate.reason == "cannot_start"
    assert [(fault.path, fault.words) for fault in candidate.errors] == [
        ("gateways[1]", "the panel is too small for interactive: use a larger panel")
    ]


def test_a_start_without_its_credential_is_refused_beforehand(machine: Own, tmp_path: Path) -> None:
    (tmp_path / "credentials" / "interactive.api_key").unlink()
    candidate = examined(machine, {"gateways": ["interactive"]})
    assert (candidate.reason, candidate.settings) == ("cannot_start", None)
    assert "interactive.api_key" in candidate.errors[0].words
    assert examined(machine, {"language": "en"}).settings is not None


def test_a_start_with_a_credential_of_another_environment_is_refused_unseen(
    machine: Own, tmp_path: Path
) -> None:
    store_secret(tmp_path / "credentials", f"SB-{CANARY}")
    candidate = examined(machine, {"gateways": ["midtrans"]})
    assert candidate.reason == "cannot_start"
    assert CANARY not in str(candidate.errors)


def test_a_technicians_unfinished_file_is_not_taken_over_by_the_next_price(
    machine: Own, tmp_path: Path
) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(path.read_text().replace("12000", "1"))
    settings = examined(machine, {"language": "en"}).settings
    assert settings is not None
    assert settings.slots[0].price == 12_000


def test_a_start_from_a_file_that_the_document_no_longer_fits_is_refused(
    machine: Own, tmp_path: Path
) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(path.read_text().replace("number = 2", "number = 3"))
    document = {"slots": [{"number": 2, "price": 6_000}]}
    assert examined(machine, document).settings is not None
    assert faults(machine, {"timezone": "Asia/Makassar", **document}) == [("slots[1].number", "no_such_slot")]


def test_a_start_from_a_file_that_is_wrong_by_now_is_refused(machine: Own, tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(path.read_text().replace('"ssd1306"', '"ssd9999"'))
    candidate = examined(machine, {"timezone": "Asia/Makassar"})
    assert candidate.reason == "cannot_start"
    assert "panel.driver" in candidate.errors[0].words


def test_the_values_in_effect_are_told_without_what_is_the_machines_own(machine: Own) -> None:
    told = told_of(machine, {"language": "en", "slots": [{"number": 2, "price": 6_000}]})
    assert told["language"] == "en"
    assert [told[f"slots[{index}].number"] for index in (1, 2, 3)] == [1, 7, 2]
    assert told["slots[3].price"] == 6_000
    assert told["limits.unpaid_orders"] == 6
    assert told["gateway.midtrans.on_screen"] == 180.0
    assert not {key for key in told if "merchant_id" in key or key.startswith(("outputs", "state", "secret"))}


def test_every_limit_has_a_way_that_makes_it_narrower() -> None:
    assert LIMITS.keys() == set(Limits.__struct_fields__)


def test_every_line_of_the_table_is_a_setting_that_there_is(machine: Own) -> None:
    """A name that no file knows would be a line about nothing."""
    tops = {line.partition(".")[0].removesuffix("[]") for line in ALLOWED}
    assert tops <= set(File.__struct_fields__)
    assert {f"gateway.*.{name}" for name in Midtrans.Config.__struct_fields__} & ALLOWED.keys()
    assert line_of(("gateway", "midtrans", "poll")) == "gateway.*.poll"
    assert line_of("slots[12].price") == "slots[].price"


def test_what_takes_a_start_and_what_does_not_never_share_a_table() -> None:
    now = {line.partition(".")[0] for line, takes in ALLOWED.items() if takes is Takes.NOW}
    assert not now & RESTARTS


def test_the_machine_of_one_gateway_refuses_the_other(tmp_path: Path) -> None:
    assert faults(own(tmp_path, RIGHT), {"gateways": ["interactive"]}) == [("gateways[1]", "cannot_start")]


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ({"gateways": ["midtrans", "doku_indodana"], "slots": [{"number": 2, "price": 4_000}]}, []),
        (
            {
                "gateways": ["doku_indodana"],
                "slots": [{"number": 2, "price": 20_000}, {"number": 7, "price": 11_000}],
            },
            [],
        ),
        (
            {
                "gateways": ["doku_indodana"],
                "slots": [{"number": 2, "price": 9_999}, {"number": 7, "price": 11_000}],
            },
            ["slots[1].price"],
        ),
        ({"gateways": ["doku_indodana"]}, ["gateways", "gateways"]),
    ],
)
def test_what_no_gateway_would_make_a_code_for_is_refused(
    document: dict[str, Any], wrong: list[str], tmp_path: Path
) -> None:
    """DOKU Indodana takes 10,000 rupiah and more here; the file's own prices are 12,000, 8,000 and 5,000."""
    pages = PAGES.replace("client_id", "minimum = 10000\nclient_id")
    machine = own(tmp_path, TWO_GATEWAYS + pages)
    assert faults(machine, document) == [(path, "amount_not_accepted") for path in wrong]


def test_a_price_that_the_file_itself_has_wrong_is_not_the_documents_fault(tmp_path: Path) -> None:
    pages = PAGES.replace("client_id", "minimum = 10000\nclient_id")
    machine = own(tmp_path, TWO_GATEWAYS + pages, ('"midtrans", "interactive"', '"doku_indodana"'))
    assert faults(machine, {"slots": [{"number": 1, "price": 15_000}], "language": "en"}) == []
    assert faults(machine, {"slots": [{"number": 7, "price": 9_000}]}) == [
        ("slots[1].price", "amount_not_accepted")
    ]
