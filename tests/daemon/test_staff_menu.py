"""The staff menu in the real daemon: a hash that is slow, a journal that is read, an output that moves."""

from pathlib import Path

from hardware.errors import DeviceFailed
from kiosk import screens
from kiosk import staff_screens as staff
from kiosk.commands import Resolution
from kiosk.drawing import Artist
from kiosk.journal import Ledger
from kiosk.model import Language, Status
from kiosk.screens import Screen, View
from kiosk.states import Life
from tests.daemon.machine import PRICE, Machine

PIN = "271828"


class Clerk:
    """Somebody from the staff, who goes on when the panel shows what they waited for."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._artist = Artist(machine.glass.size)

    def presses(self, keys: str, sees: Screen) -> None:
        for key in keys:
            self.machine.keys.press(key)
        self.sees(sees)

    def sees(self, screen: Screen) -> None:
        wanted = self._artist.draw(View(screen, Language.INDONESIAN, test=True)).tobytes()
        while self.machine.next_picture().tobytes() != wanted:
            continue

    def opens_the_menu(self) -> None:
        self.machine.keys.press("*")
        self.machine.keys.hold("*")
        self.sees(staff.PinEntry(0))
        self.presses(f"{PIN}#", staff.StaffMenu(0))


def claim_on(machine: Machine) -> Life:
    """A customer paid, and nobody knows whether the goods fell."""
    machine.lamp.fails_with = DeviceFailed("the box takes nothing any more")
    machine.keys.press("1")
    machine.keys.press("#")
    machine.wait_for("QR_SHOWN")
    machine.gateway.status_now = Status.PAID
    life = machine.wait_for("ESCALATED")
    machine.lamp.fails_with = None
    return life


def test_a_claim_is_found_and_settled_at_the_panel_and_stands_in_the_journal(tmp_path: Path) -> None:
    machine = Machine(tmp_path, pin=PIN).start()
    life = claim_on(machine)
    code = life.order.claim_code
    clerk = Clerk(machine)
    machine.boot.sleep(150.0)  # the customer has read it and gone
    machine.keys.press("*")
    clerk.opens_the_menu()
    found = staff.OrderFound(
        at=1,
        count=1,
        claim_code=code,
        amount=PRICE,
        state="ESCALATED",
        why="release_uncertain",
        made_at=life.order.made_at.wall,
        timezone="Asia/Jakarta",
        open_claim=True,
    )
    clerk.presses(f"2{code}#", found)
    clerk.presses("11", staff.ReallySettle(code, PRICE, Resolution.DISPENSED))
    clerk.presses("#", staff.StaffDone())
    assert machine.stop() == 0
    with Ledger(machine.path) as ledger:
        (settled,) = ledger.find(code)
    assert settled.resolved
    assert (settled.resolved.as_, settled.resolved.who) == ("dispensed", "staff menu")
    assert settled.state == life.state


def test_an_output_moves_once_for_whoever_knows_the_pin(tmp_path: Path) -> None:
    machine = Machine(tmp_path, pin=PIN).start()
    clerk = Clerk(machine)
    clerk.opens_the_menu()
    clerk.presses("531##", staff.StaffDone())
    assert machine.stop() == 0
    assert [word for word in machine.happened() if word in ("on", "off")] == ["on", "off"]


def test_a_wrong_pin_opens_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path, pin=PIN).start()
    clerk = Clerk(machine)
    machine.keys.press("*")
    machine.keys.hold("*")
    clerk.presses("000000#", staff.PinEntry(0, wrong=True))
    assert machine.stop() == 0


def test_a_machine_without_a_pin_shows_the_technicians_page_only(tmp_path: Path) -> None:
    machine = Machine(tmp_path).start()
    clerk = Clerk(machine)
    machine.keys.press("*")
    machine.keys.hold("*")
    clerk.sees(staff.NoPin())
    clerk.presses("#", screens.Technician("test", "K01", ""))
    assert machine.stop() == 0
