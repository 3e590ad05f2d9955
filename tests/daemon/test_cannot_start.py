"""A machine that cannot start still leaves no code on its glass: somebody could pay it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import assembly
from kiosk import journal as journals
from kiosk.assembly import run
from kiosk.configuration import Configuration
from kiosk.gateways.base import Gateway
from kiosk.keyring import opened
from kiosk.logs import log
from tests.config.files import RIGHT, written
from tests.daemon.lines import Lines
from tests.daemon.test_parts import MATRIX, RELAY
from tests.hardware.box import Box

EMULATED = 'driver = "emulated"\nsocket = "{}"'
FAULTS: dict[str, tuple[tuple[str, str], ...]] = {
    "an output is not there": (),
    "a word is misspelt": (("number = 1\n", "nummer = 1\n"),),
    "a secret is away": (("credentials", "other_credentials"),),
}


@pytest.fixture(autouse=True)
def _terminal() -> Iterator[None]:
    """The machine sends its lines to its own terminal."""
    handlers, propagates = list(log.handlers), log.propagate
    yield
    log.handlers, log.propagate = handlers, propagates


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_keeps_a_machine_from_starting_its_panel_is_wiped(fault: str, tmp_path: Path) -> None:
    with Box() as box, Lines() as lines:
        here, nobody = EMULATED.format(box.path), EMULATED.format("/nobody")
        text = RIGHT.replace('"production"', '"simulator"').replace('driver = "ssd1306"', here)
        text = text.replace(MATRIX, here).replace(RELAY, f'{nobody}\nname = "spiral1"\nmilliseconds = 500')
        assert run(written(tmp_path, text, *FAULTS[fault])) == 1
        lines.until("K508")
        assert box.next()["t"] == "panel_off"


def emulated(folder: Path, box: Box) -> Path:
    """A whole machine in the box; its journal is not there yet."""
    here = EMULATED.format(box.path)
    text = RIGHT.replace('"production"', '"simulator"').replace('driver = "ssd1306"', here)
    text = text.replace(MATRIX, here).replace(RELAY, f'{here}\nname = "spiral1"\nmilliseconds = 500')
    text = f'state = "{folder}/state"\nmarker = "{folder}/epoch"\n{text}[clock]\n{here}\n'
    return written(folder, text.replace("nmid =", 'base_url = "http://127.0.0.1:1"\nnmid ='))


def test_outputs_are_off_and_the_panel_is_overwritten_before_the_journal_is_read(
    tmp_path: Path,
) -> None:
    with Box() as box, Lines() as lines:
        assert run(emulated(tmp_path, box)) == 1
        assert "journal" in lines.until("K508")[1]
        assert [box.next()["t"] for _ in range(4)] == ["output", "panel", "output", "panel_off"]


def test_a_panel_too_small_for_a_gateways_codes_is_refused_with_both_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long_winded(configuration: Configuration, name: str) -> Gateway:
        gateway = opened(configuration, name)
        gateway.terms = type(gateway.terms)(longest_code=500)
        return gateway

    monkeypatch.setattr(assembly, "opened", long_winded)
    journals.create(tmp_path / "state" / "journal.db", tmp_path / "epoch")
    with Box() as box, Lines() as lines:
        assert run(emulated(tmp_path, box)) == 1
        reason = lines.until("K508")[1]
        assert reason.startswith("the panel is too small for midtrans: 128x64 holds codes of 365 characters")


def test_a_machine_that_does_not_know_its_panel_says_what_is_wrong_and_no_more(tmp_path: Path) -> None:
    with Lines() as lines:
        assert run(written(tmp_path, RIGHT, ('driver = "ssd1306"', 'driver = "ssd9999"'))) == 1
        assert "no such driver" in lines.until("K508")[1]
        assert run(tmp_path / "none.toml") == 1
        assert "none.toml" in lines.until("K508")[1]
