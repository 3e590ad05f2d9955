"""The pages of the staff menu, and the wishes that a key on them becomes; values only."""

from typing import Any, TypeAlias

from msgspec import Struct

from kiosk.commands import Resolution
from kiosk.screens import Screen
from kiosk.secret import Secret
from kiosk.staff_screens import Purpose
from kiosk.states import Life


class EnterPin(Struct, frozen=True):
    """The PIN is being typed."""

    digits: Secret = Secret("")
    wrong: bool = False


class WithoutPin(Struct, frozen=True):
    """There is no PIN, so there is nothing here but the technician's page."""


class Asking(Struct, frozen=True):
    """An answer is on its way that bears this ticket; `about` tells what it is for."""

    ticket: int
    about: "Wish"


class Trying(Struct, frozen=True):
    """An output moves for this command."""

    command: str


class Menu(Struct, frozen=True):
    """The first or second page of what can be done."""

    page: int = 0


class Tests(Struct, frozen=True):
    """What can be tried."""


class TypeCode(Struct, frozen=True):
    """A claim code is being typed."""

    digits: str = ""


class Orders(Struct, frozen=True):
    """Orders that were found, the newest first, one in view."""

    lives: tuple[Life, ...]
    at: int = 0

    @property
    def life(self) -> Life:
        """The one in view."""
        return self.lives[self.at]


class Settling(Struct, frozen=True):
    """What was done about a claim; `resolution` once it is said, to be confirmed."""

    orders: Orders
    resolution: Resolution | None = None


class Picking(Struct, frozen=True):
    """A slot's number is being typed."""

    purpose: Purpose
    digits: str = ""


class Filling(Struct, frozen=True):
    """The number of things in a slot is being typed."""

    slot: int
    digits: str = ""


class Switching(Struct, frozen=True):
    """A slot, or the machine, is to be taken out of service or put back."""

    slot: int


class Moving(Struct, frozen=True):
    """An output is to be moved, to be confirmed."""

    output: str
    name: str


class TryPanel(Struct, frozen=True):
    """The test picture is on the panel."""


class TryKeys(Struct, frozen=True):
    """Every key is only shown; back twice leaves."""

    keys: str = ""


class Reading(Struct, frozen=True):
    """Pages to leaf through, and where back leads."""

    pages: tuple[Screen, ...]
    home: "Page"
    at: int = 0


class Said(Struct, frozen=True):
    """Something to read; any key leads on."""

    screen: Screen
    then: "Page" = Menu()


Page: TypeAlias = (
    EnterPin
    | WithoutPin
    | Asking
    | Trying
    | Menu
    | Tests
    | TypeCode
    | Orders
    | Settling
    | Picking
    | Filling
    | Switching
    | Moving
    | TryPanel
    | TryKeys
    | Reading
    | Said
)


class Staff(Struct, frozen=True):
    """The menu is on the panel."""

    page: Page


class TryPin(Struct, frozen=True):
    """Whether this is the PIN; it is not kept while the answer is on its way."""

    pin: Secret = Secret("")


class Find(Struct, frozen=True):
    """The orders of this claim code or id, the newest where it is empty; `settle`: to note that at once."""

    name: str
    settle: Resolution | None = None


class LookAround(Struct, frozen=True):
    """Everything the technician's pages show; back leads `home`."""

    home: Page


class Command(Struct, frozen=True):
    """To be done as if it had been asked for by a command of that name."""

    name: str
    args: dict[str, Any]


Wish: TypeAlias = TryPin | Find | LookAround | Command
