"""How outputs are energised, as the file says it: what is out of bounds is refused at start, in words."""

from pathlib import Path

import pytest

from hardware.plans import Plan, Train
from kiosk import cautions
from kiosk.config import examine, load
from kiosk.model import Rupiah
from kiosk.trains import Train as Sold
from tests.config.files import RIGHT, written

TRAIN = """
[outputs.spiral1.train]
rupiah_per_pulse = 1000
gap_milliseconds = 200
most_pulses = 20
"""
BY_THE_PULSE = RIGHT.replace("\n[[slots]]", f"{TRAIN}\n[[slots]]")
FREE = """
[free_amount]
name = "Cuci"
minimum = 2000
maximum = 20000
step = 1000
output = "spiral1"
"""
LAUNDRY = BY_THE_PULSE[: BY_THE_PULSE.index("[[slots]]")] + FREE + RIGHT[RIGHT.index("[gateway.midtrans]") :]


def complaints(folder: Path, text: str, *changes: tuple[str, str]) -> list[str]:
    """Everything that is wrong with a changed file, without its path."""
    return [
        str(problem).partition("kiosk.toml:")[2] for problem in examine(written(folder, text, *changes))[1]
    ]


def test_one_pulse_is_what_an_output_gives_where_nothing_else_is_said(tmp_path: Path) -> None:
    configuration = load(written(tmp_path))
    plan = configuration.outputs["spiral1"].config
    assert isinstance(plan, Plan)
    assert (plan.milliseconds, plan.hold, plan.train) == (500, False, None)
    assert configuration.settings.trains == {}


def test_a_train_is_what_the_core_sells_by(tmp_path: Path) -> None:
    configuration = load(written(tmp_path, BY_THE_PULSE))
    assert configuration.settings.trains == {"spiral1": Sold(Rupiah(1000), 20, counted=True)}
    assert configuration.settings.pulses("spiral1", Rupiah(12_000)) == 12


def test_a_gap_too_short_to_write_between_is_not_counted(tmp_path: Path) -> None:
    fast = ("gap_milliseconds = 200", "gap_milliseconds = 199")
    (train,) = load(written(tmp_path, BY_THE_PULSE, fast)).settings.trains.values()
    assert not train.counted


def test_a_free_amount_that_is_paid_in_pulses_is_no_surprise(tmp_path: Path) -> None:
    assert load(written(tmp_path, LAUNDRY)).free_amount is not None
    assert not [line for line in cautions.cautions(load(written(tmp_path, LAUNDRY))) if "chooses" in line]


def test_who_configures_fast_pulses_or_keeps_a_rest_is_told_what_that_means(tmp_path: Path) -> None:
    fast = ("gap_milliseconds = 200", 'gap_milliseconds = 100\nremainder = "round_down"')
    said = "\n".join(cautions.cautions(load(written(tmp_path, BY_THE_PULSE, fast))))
    assert "gaps of 100 ms leave no time" in said
    assert "the rest is kept, up to Rp 999" in said
    assert "spiral1.train" not in "\n".join(cautions.cautions(load(written(tmp_path, BY_THE_PULSE))))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("500", "10001", "milliseconds must be 1 to 10000, not 10001; where so long is meant"),
        ("500", "60001", "at most 60000"),
        ("500", "60001\nhold = true", "at most 60000"),
        ("500", "0", "at least 1"),
        ("500", '500\nhold = "yes"', "true or false"),
    ],
)
def test_a_time_out_of_bounds_is_refused(old: str, new: str, words: str, tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, RIGHT, (f"milliseconds = {old}", f"milliseconds = {new}"))
    assert words in said


def test_a_hold_may_last_a_minute(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT, ("milliseconds = 500", "milliseconds = 60000\nhold = true"))
    assert load(path).outputs["spiral1"].config.milliseconds == 60_000  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rupiah_per_pulse = 1000", "rupiah_per_pulse = 0", "at least 1"),
        ("rupiah_per_pulse = 1000\n", "", "outputs.spiral1.train.rupiah_per_pulse: is missing"),
        ("gap_milliseconds = 200", "gap_milliseconds = 19", "at least 20"),
        ("gap_milliseconds = 200", "gap_millisecond = 200", "gap_milliseconds"),
        ("most_pulses = 20", "most_pulses = 0", "at least 1"),
        ("most_pulses = 20", "most_pulses = 1001", "at most 1000"),
        ("most_pulses = 20", 'most_pulses = 20\nremainder = "keep"', "one of"),
        ("gap_milliseconds = 200", "gap_milliseconds = 5000", "take 105 s, and 60 s are the most"),
        ("milliseconds = 500", "milliseconds = 500\nhold = true", "does one or the other"),
    ],
)
def test_a_train_out_of_bounds_is_refused(old: str, new: str, words: str, tmp_path: Path) -> None:
    said = "\n".join(complaints(tmp_path, BY_THE_PULSE, (old, new)))
    assert words in said
    assert "outputs.spiral1" in said


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ("12500", "is no whole number of pulses of 1000 rupiah; such as 12000; or write remainder"),
        ("21000", "is 21 pulses of 1000 rupiah, and its output gives 20 at most; 20000 rupiah are the most"),
        ("900", "is no whole number of pulses of 1000 rupiah; such as 1000"),
    ],
)
def test_a_price_that_its_output_cannot_give_is_refused(price: str, words: str, tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, BY_THE_PULSE, ("price = 12000", f"price = {price}"))
    assert "slots[1].price" in said
    assert words in said


def test_a_price_that_buys_no_pulse_is_refused_even_where_the_rest_is_kept(tmp_path: Path) -> None:
    down = ("most_pulses = 20", 'most_pulses = 20\nremainder = "round_down"')
    assert complaints(tmp_path, BY_THE_PULSE, down, ("price = 12000", "price = 12500")) == []
    (said,) = complaints(tmp_path, BY_THE_PULSE, down, ("price = 12000", "price = 900"))
    assert "buys no pulse of 1000 rupiah" in said


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("step = 1000", "step = 500", "free_amount.step"),
        ("maximum = 20000", "maximum = 21000", "free_amount.maximum"),
    ],
)
def test_bounds_of_a_free_amount_that_are_no_pulses_are_refused(
    old: str, new: str, key: str, tmp_path: Path
) -> None:
    (said,) = complaints(tmp_path, LAUNDRY, (old, new))
    assert key in said


def test_a_train_in_disorder_leaves_no_second_complaint_about_prices(tmp_path: Path) -> None:
    spoilt = ("rupiah_per_pulse = 1000", 'rupiah_per_pulse = "1000"')
    (said,) = complaints(tmp_path, BY_THE_PULSE, spoilt, ("price = 12000", "price = 12500"))
    assert "rupiah_per_pulse" in said


def test_several_slots_have_several_outputs_of_different_kinds(tmp_path: Path) -> None:
    more = """
[outputs.gate]
driver = "led"
pin = 27
milliseconds = 30000
hold = true

[[slots]]
number = 2
name = "Palang"
price = 5000
output = "gate"
"""
    configuration = load(written(tmp_path, BY_THE_PULSE.replace("\n[gateway", f"{more}\n[gateway")))
    assert configuration.settings.outputs == {"spiral1", "gate"}
    assert set(configuration.settings.trains) == {"spiral1"}


def test_the_pin_of_an_output_that_the_kernel_times_is_taken_too(tmp_path: Path) -> None:
    both = ('driver = "relay"\npin = 17', 'driver = "led"\npin = 13')
    (said,) = complaints(tmp_path, RIGHT, both)
    assert "pin 13 is taken by keypad.rows" in said


def test_an_active_low_output_is_refused_without_the_word_of_its_resistor(tmp_path: Path) -> None:
    for driver in ("relay", "led"):
        low = ('driver = "relay"\npin = 17', f'driver = "{driver}"\npin = 17\nactive_high = false')
        (said,) = complaints(tmp_path, RIGHT, low)
        assert "is on whenever nothing holds the line high" in said
        assert "resistor_holds_it_off = true" in said
        word = (low[0], f"{low[1]}\nresistor_holds_it_off = true")
        assert complaints(tmp_path, RIGHT, word) == []


def test_the_longest_train_is_bounded_to_the_millisecond() -> None:
    train = Train(rupiah_per_pulse=1000, gap_milliseconds=1000, most_pulses=30)
    assert Plan(milliseconds=1033, train=train)
    with pytest.raises(ValueError, match="lower most_pulses"):
        Plan(milliseconds=1034, train=train)
