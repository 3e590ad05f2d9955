"""[inputs.NAME] and [buzzer]: what is read, and every way in which they do not fit."""

from pathlib import Path

import pytest

from hardware.contact import Contact
from hardware.sounds import Piezo
from kiosk.config import effective, examine, load
from kiosk.errors import ConfigError
from kiosk.roles import HABITS, Role
from tests.config.files import RIGHT, written

DOOR = '\n[inputs.cabinet]\ndriver = "gpio"\nrole = "door"\npin = 22\nactive = "high"\n'
BEAM = '\n[inputs.beam]\ndriver = "gpio"\nrole = "drop"\npin = 23\nactive = "high"\n'
PIEZO = '\n[buzzer]\ndriver = "piezo"\npin = 18\n'


def problems(folder: Path, text: str) -> list[str]:
    return [str(problem).partition("kiosk.toml:")[2] for problem in examine(written(folder, RIGHT + text))[1]]


def test_an_input_has_its_roles_habits_where_nothing_is_said(tmp_path: Path) -> None:
    inputs = load(written(tmp_path, RIGHT + DOOR + BEAM)).inputs
    beam, door = inputs["beam"], inputs["cabinet"]
    assert (beam.role, beam.timeout, beam.slots) == (Role.DROP, 5.0, ())
    assert beam.part.config == Contact.Config(pin=23, active="high", debounce=4)
    assert (door.role, door.timeout) == (Role.DOOR, 0.0)
    assert door.part.config == Contact.Config(pin=22, active="high", debounce=100)


def test_what_is_said_of_an_input_holds(tmp_path: Path) -> None:
    said = BEAM + 'slots = [1]\ntimeout = 8\ndebounce = 12\npull = "down"\n'
    beam = load(written(tmp_path, RIGHT + said)).inputs["beam"]
    assert (beam.slots, beam.timeout) == ((1,), 8.0)
    assert beam.part.config == Contact.Config(pin=23, active="high", debounce=12, pull="down")


def test_a_machine_without_inputs_and_buzzer_has_none(tmp_path: Path) -> None:
    configuration = load(written(tmp_path))
    assert (configuration.inputs, configuration.buzzer) == ({}, None)
    assert not configuration.settings.has_buzzer


def test_the_core_is_told_what_there_is(tmp_path: Path) -> None:
    configuration = load(written(tmp_path, RIGHT + DOOR + PIEZO))
    assert configuration.buzzer is not None
    assert configuration.buzzer.config == Piezo.Config(pin=18)
    assert configuration.settings.has_buzzer
    assert configuration.settings.inputs == {"cabinet"}


def test_the_effective_values_of_an_input_stand_under_its_own_name(tmp_path: Path) -> None:
    settings = effective(load(written(tmp_path, RIGHT + BEAM + PIEZO)))
    shown = {row.key: (row.value, row.origin) for row in settings if row.key.startswith(("inputs", "buzzer"))}
    assert shown == {
        "buzzer.driver": ("piezo", "file"),
        "buzzer.pin": (18, "file"),
        "inputs.beam.driver": ("gpio", "file"),
        "inputs.beam.role": ("drop", "file"),
        "inputs.beam.slots": ([], "default"),
        "inputs.beam.timeout": (5.0, "default"),
        "inputs.beam.pin": (23, "file"),
        "inputs.beam.active": ("high", "file"),
        "inputs.beam.pull": ("up", "default"),
        "inputs.beam.debounce": (4, "default"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            DOOR.replace('role = "door"\n', ""),
            "inputs.cabinet.role: is missing: one of drop, vend_ok, inhibit",
        ),
        (DOOR.replace('"door"', '"dor"'), "inputs.cabinet.role: must be one of drop, vend_ok, inhibit, door"),
        (DOOR.replace('active = "high"\n', ""), "inputs.cabinet.active: is missing: one of"),
        (DOOR.replace("pin = 22", "pin = 17"), "inputs.cabinet.pin: pin 17 is taken by outputs.spiral1.pin"),
        (DOOR.replace('"gpio"', '"gpo"'), "inputs.cabinet.driver: no such driver; did you mean gpio?"),
        (DOOR + "slots = [1]\n", "inputs.cabinet.slots: means nothing for the role door; only a drop sensor"),
        (DOOR + "timeout = 3\n", "inputs.cabinet.timeout: means nothing for the role door"),
        (DOOR + "debounc = 3\n", "inputs.cabinet.debounc: no such setting; did you mean debounce?"),
        (BEAM + "slots = [1, 7]\n", "inputs.beam.slots: there is no slot 7"),
        (BEAM + "timeout = 0\n", "inputs.beam.timeout: must be a number of seconds, above 0, at most 60"),
        (BEAM + "debounce = 9000\n", "inputs.beam.debounce: must be milliseconds, at least 0, at most 5000"),
        (
            BEAM + BEAM.replace("beam", "bin").replace("23", "24"),
            "inputs.bin: every slot is watched by inputs.beam already",
        ),
        (
            BEAM
            + "slots = [1]\n"
            + BEAM.replace("beam", "ok").replace("23", "24").replace("drop", "vend_ok"),
            "inputs.ok: slot 1 is watched by inputs.beam already",
        ),
        (PIEZO.replace("18", "17"), "outputs.spiral1.pin: pin 17 is taken by buzzer.pin"),
        (PIEZO.replace("piezo", "bell"), "buzzer.driver: no such driver; one of buzzer, emulated, piezo"),
        (
            '\n[buzzer]\ndriver = "emulated"\nsocket = "/run/box"\n',
            "buzzer.driver: production has no emulated",
        ),
        (
            '\n[inputs.door]\ndriver = "emulated"\nrole = "door"\nsocket = "/run/box"\nname = "door"\n',
            "inputs.door.driver: production has no emulated parts",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (told,) = problems(tmp_path, text)
    assert told.partition(": ")[2].startswith(said)


def test_two_sensors_may_watch_a_slot_each(tmp_path: Path) -> None:
    second = '\n[[slots]]\nnumber = 2\nname = "Teh"\nprice = 6000\noutput = "spiral1"\n'
    other = BEAM.replace("beam", "ok").replace("23", "24") + "slots = [2]\n"
    assert problems(tmp_path, second + BEAM + "slots = [1]\n" + other) == []


def test_an_input_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="inputs: must be tables"):
        load(written(tmp_path, "inputs = 3\n" + RIGHT))


def test_every_role_has_its_habits() -> None:
    assert set(HABITS) == set(Role)
