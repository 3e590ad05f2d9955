"""The start of a machine with what was pushed, and without it where the two fit together no more."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.config import effective, load
from kiosk.effects import SavePushed
from kiosk.errors import ConfigError, JournalError, PictureError
from kiosk.journal import Journal
from kiosk.model import Now
from kiosk.mqtt.reports import Taken
from kiosk.pushed import Pushed
from kiosk.pushing import Own, lay, own_file, remembered
from tests.pushing.machine import TWO_GATEWAYS, desired, in_effect, journaled, own, running

DOCUMENT: dict[str, Any] = {
    "language": "en",
    "gateways": ["interactive", "midtrans"],
    "gateway": {"midtrans": {"on_screen": 240}},
    "limits": {"unpaid_orders": 4},
    "panel": {"contrast": 20},
    "slots": [{"number": 2, "price": 6_000}],
}
SAME_IN_THE_FILE = (
    ("contact =", 'language = "en"\ncontact ='),
    ('["midtrans", "interactive"]', '["interactive", "midtrans"]'),
    ("nmid =", "on_screen = 240\nnmid ="),
    ('driver = "ssd1306"', 'driver = "ssd1306"\ncontrast = 20'),
    ("price = 5000", "price = 6000"),
    ("[gateway.midtrans]", "[limits]\nunpaid_orders = 4\n\n[gateway.midtrans]"),
)


def test_a_document_comes_to_the_same_as_if_it_stood_in_the_file(machine: Own, tmp_path: Path) -> None:
    pushed = lay(machine, in_effect(DOCUMENT)).configuration
    written = own(tmp_path, TWO_GATEWAYS, *SAME_IN_THE_FILE).configuration
    assert replace(pushed, given=frozenset(), pushed=frozenset()) == replace(written, given=frozenset())


def test_every_value_in_effect_says_whether_it_was_pushed(machine: Own) -> None:
    origins = {key: origin for key, _, origin in effective(lay(machine, in_effect(DOCUMENT)).configuration)}
    pushed = {key for key, origin in origins.items() if origin == "pushed"}
    assert pushed == {
        "language",
        "gateways",
        "gateway.midtrans.on_screen",
        "limits.unpaid_orders",
        "panel.contrast",
        "slots[3].price",
    }
    assert (origins["slots[3].name"], origins["limits.cuts"]) == ("file", "default")


def test_nothing_pushed_is_the_file_alone(machine: Own) -> None:
    assert lay(machine, Pushed()).configuration == machine.configuration


def test_a_start_that_was_asked_for_has_happened(machine: Own) -> None:
    pushed = replace(in_effect(DOCUMENT), taken=Taken.RESTARTING)
    assert lay(machine, pushed).pushed == replace(pushed, taken=Taken.APPLIED)


@pytest.mark.parametrize("taken", [Taken.APPLIED, Taken.WAITING, Taken.REJECTED])
def test_what_came_of_a_later_one_is_still_told_after_a_start(taken: Taken, machine: Own) -> None:
    pushed = replace(in_effect(DOCUMENT), taken=taken, version=8)
    assert lay(machine, pushed).pushed == pushed


def test_where_a_technician_took_the_slot_out_the_file_alone_holds(tmp_path: Path) -> None:
    machine = own(tmp_path, TWO_GATEWAYS, ("number = 2", "number = 3"))
    laid = lay(machine, in_effect(DOCUMENT))
    assert laid.configuration == machine.configuration
    assert (laid.pushed.taken, laid.pushed.reason) == (Taken.REJECTED, "not_valid")
    assert [fault.path for fault in laid.pushed.errors] == ["slots[1].number"]
    assert (laid.pushed.in_effect, laid.pushed.document) == (0, {})


def test_where_a_limit_was_narrowed_on_the_spot_the_file_alone_holds(tmp_path: Path) -> None:
    machine = own(tmp_path, f"{TWO_GATEWAYS}[limits]\nunpaid_orders = 3\n")
    assert lay(machine, in_effect(DOCUMENT)).pushed.errors[0].reason == "above_local_limit"


def test_where_a_smaller_panel_was_put_in_the_file_alone_holds(machine: Own) -> None:
    def room(longest: int) -> None:
        raise PictureError("use a larger panel")

    laid = lay(machine, in_effect({"gateways": ["interactive"]}), room)
    assert (laid.pushed.reason, laid.configuration) == ("cannot_start", machine.configuration)


def test_a_file_that_is_wrong_by_itself_is_not_mended_by_a_document(machine: Own, tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(path.read_text().replace('merchant = "Kopi Kita"', "merchant = 7"))
    with pytest.raises(ConfigError, match="merchant"):
        own_file(path)


def test_the_same_document_is_refused_in_the_same_words_at_the_start_and_when_it_comes_again(
    tmp_path: Path,
) -> None:
    """So that its coming again is no news."""
    machine = own(tmp_path, TWO_GATEWAYS, ("number = 2", "number = 3"))
    laid = lay(machine, in_effect(DOCUMENT))
    again = running(machine).examine(desired(DOCUMENT))
    assert (again.reason, again.errors) == (laid.pushed.reason, laid.pushed.errors)


def test_what_the_journal_holds_is_read_beside_its_writer(tmp_path: Path) -> None:
    configuration = load(journaled(tmp_path))
    assert remembered(configuration) == Pushed()
    with Journal(tmp_path / "state" / "journal.db", tmp_path / "epoch") as journal:
        journal.commit([SavePushed(in_effect(DOCUMENT))], Now("boot-1", 1.0, 1_800_000_000.0))
        assert remembered(configuration) == in_effect(DOCUMENT)
    laid = lay(own_file(configuration.source), remembered(configuration))
    assert laid.configuration.slots[2].price == 6_000


def test_without_a_journal_nothing_was_pushed_and_a_broken_one_is_said(tmp_path: Path) -> None:
    configuration = load(journaled(tmp_path))
    path = tmp_path / "state" / "journal.db"
    path.write_bytes(b"no journal at all" * 500)
    with pytest.raises(JournalError):
        remembered(configuration)
    path.unlink()
    assert remembered(configuration) == Pushed()
