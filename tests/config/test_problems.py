"""Wrong files: every problem at once, each in its line, with the nearest right word."""

from pathlib import Path

import pytest

import hardware
from kiosk.config import examine, load
from kiosk.errors import ConfigError
from tests.config.files import RIGHT, written

# What is exchanged for what in the right file; then line, key, a piece of the reason, a piece of the advice.
WRONG: dict[str, tuple[str, str, int, str, str, str]] = {
    "a kiosk id with small letters": ('"K01"', '"k01"', 1, "kiosk", "A-Z and 0-9", ""),
    "a kiosk id too short": ('"K01"', '"K1"', 1, "kiosk", "3 to 12", ""),
    "a kiosk id too long": ('"K01"', '"K012345678901"', 1, "kiosk", "3 to 12", ""),
    "a kiosk id with a line end": ('"K01"', '"K01\\n"', 1, "kiosk", "3 to 12", ""),
    "a misspelt setting": ("merchant =", "merchnt =", 3, "merchnt", "no such setting", "merchant"),
    "a setting left out": ('merchant = "Kopi Kita"', "", 0, "merchant", "is missing", ""),
    "a misspelt environment": ('"production"', '"prodution"', 2, "environment", "one of", "production"),
    "a number in quotes": ("12000", '"12000"', 24, "slots[1].price", "whole number", "without quotes"),
    "a thousands separator": ("12000", "12.000", 24, "slots[1].price", "whole number", "without separators"),
    "a price of nothing": ("12000", "0", 24, "slots[1].price", "at least 1", ""),
    "a price above QRIS": ("12000", "10000001", 24, "slots[1].price", "at most 10000000", ""),
    "a price without end": ("12000", "1" * 400, 24, "slots[1].price", "at most 10000000", ""),
    "a name without letters": ('"Kopi susu"', '""', 23, "slots[1].name", "1 to 20", ""),
    "a name too long": ('"Kopi susu"', '"Kopi susu dengan gula"', 23, "slots[1].name", "1 to 20", ""),
    "a number for a text": ('"Kopi susu"', "7", 23, "slots[1].name", "1 to 20", "in quotes"),
    "slot number 100": ("number = 1", "number = 100", 22, "slots[1].number", "at most 99", ""),
    "slot number 0": ("number = 1", "number = 0", 22, "slots[1].number", "at least 1", ""),
    "an unknown output": (
        'output = "spiral1"',
        'output = "spira1"',
        25,
        "slots[1].output",
        "no such",
        "spiral1",
    ),
    "an unknown panel": ('"ssd1306"', '"sd1306"', 9, "panel.driver", "no such driver", "ssd1306"),
    "no panel driver": ('driver = "ssd1306"', "", 8, "panel.driver", "is missing", ""),
    "a driver that is a number": ('"ssd1306"', "1306", 9, "panel.driver", "no such driver", "one of"),
    "a panel that is no table": ('[panel]\ndriver = "ssd1306"', "panel = 7", 8, "panel", "a table", ""),
    "a setting of another driver": (
        "milliseconds",
        "miliseconds",
        19,
        "outputs.spiral1.miliseconds",
        "",
        "milli",
    ),
    "a pin that is none": ("pin = 17", "pin = 40", 18, "outputs.spiral1.pin", "at most 27", ""),
    "a pin of the keypad": (
        "pin = 17",
        "pin = 13",
        18,
        "outputs.spiral1.pin",
        "pin 13 is taken by keypad.rows",
        "",
    ),
    "a pin of the I2C bus": ("[26, 20, 21]", "[26, 20, 3]", 14, "keypad.columns", "the panel's I2C", ""),
    "a pin of the SPI bus": (
        '"ssd1306"\n\n[keypad]\ndriver = "matrix"\nrows = [5,',
        '"ssd1306_spi"\n\n[keypad]\ndriver = "matrix"\nrows = [7,',
        13,
        "keypad.rows",
        "pin 7 is taken by the panel's SPI",
        "",
    ),
    "a pin of the panel": (
        '"ssd1306"',
        '"ssd1680"',
        18,
        "outputs.spiral1.pin",
        "pin 17 is taken by panel.reset_pin",
        "",
    ),
    "a top setting too low": (
        "[panel]",
        '[panel]\nlanguage = "id"',
        9,
        "panel.language",
        "no such",
        "at the top",
    ),
    "an unknown gateway": ('["midtrans"]', '["midtran"]', 5, "gateways[1]", "no such gateway", "midtrans"),
    "a gateway named twice": (
        '["midtrans"]',
        '["midtrans", "midtrans"]',
        5,
        "gateways[2]",
        "second time",
        "",
    ),
    "no gateway": ('["midtrans"]', "[]", 5, "gateways", "names none", "midtrans"),
    "a gateway without a table": (
        "[gateway.midtrans]",
        "[gateway.midtran]",
        5,
        "gateways[1]",
        "no settings",
        "",
    ),
    "a secret in the file": (
        'nmid = "ID',
        'server_key = "x"\nnmid = "ID',
        29,
        "gateway.midtrans.server_key",
        "never stands in this file",
        "kiosk secret set midtrans.server_key",
    ),
    "an unknown time zone": (
        "\n[panel]",
        'timezone = "Asia/Jakrta"\n[panel]',
        7,
        "timezone",
        "no such time zone",
        "Asia/Jakarta",
    ),
    "a relative path": ('"CREDENTIALS"', '"credentials"', 6, "credentials", "begins with /", ""),
    "both ways of selling": (
        "[gateway.midtrans]",
        (
            '[free_amount]\nname = "Cuci"\nminimum = 1000\nmaximum = 5000\nstep = 1000\noutput = "spiral1"\n'
            "[gateway.midtrans]"
        ),
        27,
        "free_amount",
        "beside [[slots]]",
        "keep one",
    ),
    "an emulated keypad": (
        'driver = "matrix"\nrows = [5, 6, 13, 19]\ncolumns = [26, 20, 21]',
        'driver = "emulated"',
        12,
        "keypad.driver",
        "no emulated parts",
        "real driver",
    ),
    "an emulated clock": (
        "[gateway.midtrans]",
        '[clock]\ndriver = "emulated"\n[gateway.midtrans]',
        28,
        "clock.driver",
        "no emulated parts",
        "real driver",
    ),
    "a limit of nothing": (
        "[gateway.midtrans]",
        "[limits]\nunpaid_orders = 0\n[gateway.midtrans]",
        28,
        "limits.unpaid_orders",
        "above 0",
        "",
    ),
    "a price below the lowest": (
        "[gateway.midtrans]",
        "[limits]\nlowest_price = 12001\n[gateway.midtrans]",
        24,
        "slots[1].price",
        "below limits.lowest_price, 12001",
        "",
    ),
    "a price above the highest": (
        "[gateway.midtrans]",
        "[limits]\nhighest_price = 11999\n[gateway.midtrans]",
        24,
        "slots[1].price",
        "above limits.highest_price, 11999",
        "",
    ),
    "a sandbox that gives goods": (
        '"production"',
        '"sandbox"',
        17,
        "outputs.spiral1.driver",
        "goods for pretended money",
        "sandbox_moves_outputs = true",
    ),
    "a simulator that gives goods": (
        '"production"',
        '"simulator"',
        17,
        "outputs.spiral1.driver",
        "moves no real output",
        "emulated",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_line_is_named_with_its_reason_and_advice(name: str, tmp_path: Path) -> None:
    old, new, line, key, reason, advice = WRONG[name]
    configuration, problems = examine(written(tmp_path, RIGHT, (old, new)))
    assert configuration is None
    found = [problem for problem in problems if (problem.line, problem.key) == (line, key)]
    assert found, problems
    assert any(reason in problem.reason and advice in problem.advice for problem in found), found


def test_every_problem_is_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    names = ["a kiosk id too short", "a misspelt environment", "a thousands separator", "slot number 100"]
    changes = [WRONG[name][:2] for name in names]
    _, problems = examine(written(tmp_path, RIGHT, *changes))
    assert [problem.line for problem in problems] == [1, 2, 22, 24]


def test_a_problem_is_one_line_with_file_line_key_reason_and_advice(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT, ("12000", '"12000"'))
    with pytest.raises(ConfigError) as raised:
        load(path)
    assert raised.value.problems == [
        (
            f"{path}:24: slots[1].price: must be a whole number of rupiah, at least 1, at most 10000000; "
            "write it without quotes"
        )
    ]


def test_a_list_over_many_lines_is_found_where_it_begins(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT, ("[5, 6, 13, 19]", "[\n  5, 6,  # above\n\n  13, 99,\n]"))
    assert [(problem.line, problem.key) for problem in examine(path)[1]] == [(13, "keypad.rows")]


def test_windows_line_ends_and_its_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT, ("12000", "0"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert [problem.line for problem in examine(path)[1]] == [24]


def test_a_second_slot_of_the_same_number_is_refused_at_the_second(tmp_path: Path) -> None:
    slot = RIGHT[RIGHT.index("[[slots]]") : RIGHT.index("[gateway.midtrans]")]
    path = written(tmp_path, RIGHT, ("[gateway.midtrans]", slot + "[gateway.midtrans]"))
    assert [(problem.line, problem.key) for problem in examine(path)[1]] == [(28, "slots[2].number")]


def test_something_must_be_sold(tmp_path: Path) -> None:
    slot = RIGHT[RIGHT.index("[[slots]]") : RIGHT.index("[gateway.midtrans]")]
    problems = examine(written(tmp_path, RIGHT, (slot, "")))[1]
    assert [(problem.key, problem.reason) for problem in problems] == [("slots", "nothing is sold")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("kiosk = K01\n", 1, "TOML"),
        ('a = 1\nkiosk = "K01\n', 2, "TOML"),
        ("a = 1\na = 2\n", 2, "TOML"),
        ("[a]\nb = {\n", 2, "TOML"),
        ("a = " + "[" * 5000, 0, "nest too deep"),
        ("a = 2021-02-31\n", 1, "TOML"),
        ("a" * 300_000, 0, "larger than"),
    ],
)
def test_a_text_that_is_no_toml_is_one_problem(text: str, line: int, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(text)
    problems = examine(path)[1]
    assert [problem.line for problem in problems] == [line]
    assert reason in problems[0].reason


def test_bytes_that_are_no_utf8_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_bytes(b'a = 1\nb = "\xe9"\n')
    assert str(examine(path)[1][0]) == f"{path}:2: is no text in UTF-8; save it as UTF-8"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    problems = examine(tmp_path / "kiosk.toml")[1]
    assert (
        str(problems[0])
        == f"{tmp_path / 'kiosk.toml'}: is not there; scripts/install brings one, --config names another"
    )


def test_a_text_that_was_refused_is_never_repeated(tmp_path: Path) -> None:
    """It may be a secret in the wrong place."""
    canary = '"Mid-server-canary"'
    changes = [
        ('"production"', canary),
        ('"ssd1306"', canary),
        ("17", canary),
        ("500", canary),
        ("12000", canary),
    ]
    problems = examine(written(tmp_path, RIGHT, *changes))[1]
    assert len(problems) >= len(changes)
    assert not [problem for problem in problems if "canary" in str(problem)]


def test_a_missing_library_is_a_problem_of_the_driver_that_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(hardware.PANELS, "oracle", "hardware.no_such_module:Oracle")
    problems = examine(written(tmp_path, RIGHT, ('"ssd1306"', '"oracle"'), ("12000", "0")))[1]
    assert [(problem.line, problem.key) for problem in problems] == [
        (9, "panel.driver"),
        (24, "slots[1].price"),
    ]
    assert "hardware.no_such_module" in problems[0].reason


@pytest.mark.parametrize(
    ("minimum", "maximum", "step", "keys"),
    [
        (1000, 5000, 1000, []),
        (5000, 1000, 1000, ["free_amount.minimum"]),
        (1500, 5000, 1000, ["free_amount.minimum"]),
        (1000, 5500, 1000, ["free_amount.maximum"]),
    ],
)
def test_a_free_amount_can_be_typed_in_its_steps(
    minimum: int, maximum: int, step: int, keys: list[str], tmp_path: Path
) -> None:
    slot = RIGHT[RIGHT.index("[[slots]]") : RIGHT.index("[gateway.midtrans]")]
    free = f'[free_amount]\nname = "Cuci"\nminimum = {minimum}\nmaximum = {maximum}\nstep = {step}\n'
    problems = examine(written(tmp_path, RIGHT, (slot, free + 'output = "spiral1"\n')))[1]
    assert [problem.key for problem in problems] == keys


@pytest.mark.parametrize(
    ("limits", "keys"),
    [
        ("lowest_price = 1000\nhighest_price = 5000", []),
        ("lowest_price = 1001", ["free_amount.minimum"]),
        ("highest_price = 4999", ["free_amount.maximum"]),
    ],
)
def test_a_free_amount_stays_between_the_lowest_and_the_highest_price(
    limits: str, keys: list[str], tmp_path: Path
) -> None:
    slot = RIGHT[RIGHT.index("[[slots]]") : RIGHT.index("[gateway.midtrans]")]
    free = '[free_amount]\nname = "Cuci"\nminimum = 1000\nmaximum = 5000\nstep = 1000\noutput = "spiral1"\n'
    problems = examine(written(tmp_path, RIGHT, (slot, f"{free}[limits]\n{limits}\n")))[1]
    assert [problem.key for problem in problems] == keys
