"""A page: what a picture holds, in order and by importance, before anybody knows its pixels."""

from enum import Enum, auto
from typing import TypeAlias

from msgspec import Struct

from kiosk.model import Rupiah


class Style(Enum):
    """How much a line matters."""

    STRONG = auto()
    PLAIN = auto()
    NOTE = auto()


class Sign(Enum):
    """A sign for those who do not read the heading."""

    NONE = auto()
    GOOD = auto()
    WAIT = auto()
    BAD = auto()


class Line(Struct, frozen=True):
    """One sentence; an `optional` one is left out where room is short."""

    text: str
    style: Style = Style.PLAIN
    optional: bool = False


class Money(Struct, frozen=True):
    """An amount, the biggest thing on its page; only a heading that brings good news may be as big."""

    amount: Rupiah


class Choice(Struct, frozen=True):
    """A line of the price list."""

    number: str
    name: str
    price: str


class PriceList(Struct, frozen=True):
    """What can be bought, set as a table."""

    choices: tuple[Choice, ...]


Part: TypeAlias = Line | Money | PriceList


class Page(Struct, frozen=True):
    """A picture's content; `keys` stand at the foot, left and right."""

    heading: str
    parts: tuple[Part, ...] = ()
    keys: tuple[str, str] = ("", "")
    sign: Sign = Sign.NONE
