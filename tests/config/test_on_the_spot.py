"""What somebody at the machine needs: the place of the control socket, and the staff menu's PIN."""

from pathlib import Path

import pytest

from kiosk import pin
from kiosk.config import basics, examine, load
from kiosk.secret import DOTS
from tests.config.files import RIGHT, store_secret, written

AT_THE_TOP = ("\n[panel]", '\ncontrol = "{}"\n[panel]')


def test_the_control_socket_is_where_systemd_makes_room_for_it(tmp_path: Path) -> None:
    assert basics(written(tmp_path)).control == Path("/run/qris-kiosk/control")


def test_a_control_socket_that_no_kernel_takes_is_refused(tmp_path: Path) -> None:
    old, new = AT_THE_TOP
    path = written(tmp_path, RIGHT, (old, new.format("/run/" + "x" * 100)))
    assert ["control: is longer than the 103 bytes" in str(problem) for problem in examine(path)[1]] == [True]


def test_a_machine_needs_no_pin(tmp_path: Path) -> None:
    without = load(written(tmp_path))
    assert pin.CREDENTIAL not in without.secrets
    assert not without.settings.staff_pin


def test_the_hash_of_a_pin_is_read_and_shown_as_dots(tmp_path: Path) -> None:
    path = written(tmp_path)
    stored = pin.hashed("2468", bytes(16))
    store_secret(tmp_path / "credentials", stored, pin.CREDENTIAL)
    found = load(path)
    secret = found.secrets[pin.CREDENTIAL]
    assert (secret.reveal(), str(secret)) == (stored, DOTS)
    assert found.settings.staff_pin


@pytest.mark.parametrize("text", ["2468", "scrypt$1$8$1$00$00"])
def test_a_pin_that_was_written_by_hand_is_refused_and_not_told(text: str, tmp_path: Path) -> None:
    path = written(tmp_path)
    store_secret(tmp_path / "credentials", text, pin.CREDENTIAL)
    said = [str(problem) for problem in examine(path)[1]]
    assert len(said) == 1
    assert "kiosk secret set staff.pin" in said[0]
    assert text not in said[0]
