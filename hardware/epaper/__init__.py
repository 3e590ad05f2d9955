"""E-paper on SPI: our own driver, because the common ones wait for BUSY for ever.

A picture stays on such a glass without power, and so does a code that can be paid.  Hence the first act of a
driver and its last is to wipe the glass with a full refresh, and a picture that replaces most of another, as
anything does that replaces a code, is refreshed fully too: no ghost of a code can be scanned.

Each picture is one whole cycle: reset, set-up, picture, refresh, deep sleep.  So a controller that lost its
supply, or hung, is well again with the next picture, and no high voltage stays on the glass between them.
SPI has no acknowledgement, but BUSY comes back: it is pulled the way that reads as busy where its wire is
off, it must end within a deadline, and it must begin when a refresh was asked for.
"""

from typing import ClassVar

from hardware.epaper.panel import EPaper, EPaperConfig, Glass
from hardware.epaper.ssd168x import ssd168x
from hardware.epaper.uc8176 import UC8176
from hardware.epaper.waveform import PARTIAL_2_9

_UPRIGHT, _ON_ITS_SIDE = 0, 3


class Ssd1680(EPaper):
    """2.13 inch (250x122) and 2.9 inch (296x128) panels."""

    GLASSES: ClassVar = {
        (250, 122): Glass(ssd168x("ssd1680", 122, 250, sources=0x80), 122, 250, _ON_ITS_SIDE),
        (296, 128): Glass(
            ssd168x("ssd1680", 128, 296, sources=0x80, waveform=PARTIAL_2_9), 128, 296, _ON_ITS_SIDE
        ),
    }
    SIZES = frozenset(GLASSES)

    class Config(EPaperConfig, frozen=True, kw_only=True):
        """Width and height as people say them, before `rotate`."""

        width: int = 250
        height: int = 122


class Ssd1681(EPaper):
    """1.54 inch panels, 200x200."""

    GLASSES: ClassVar = {(200, 200): Glass(ssd168x("ssd1681", 200, 200), 200, 200, _UPRIGHT)}
    SIZES = frozenset(GLASSES)

    class Config(EPaperConfig, frozen=True, kw_only=True):
        """There is one size."""

        width: int = 200
        height: int = 200


class Ssd1683(EPaper):
    """4.2 inch panels, 400x300, of 2023 and later."""

    GLASSES: ClassVar = {(400, 300): Glass(ssd168x("ssd1683", 400, 300), 400, 300, _UPRIGHT)}
    SIZES = frozenset(GLASSES)

    class Config(EPaperConfig, frozen=True, kw_only=True):
        """There is one size."""

        width: int = 400
        height: int = 300


class Uc8176(EPaper):
    """4.2 inch panels, 400x300, of before 2023."""

    GLASSES: ClassVar = {(400, 300): Glass(UC8176, 400, 300, _UPRIGHT)}
    SIZES = frozenset(GLASSES)

    class Config(EPaperConfig, frozen=True, kw_only=True):
        """There is one size."""

        width: int = 400
        height: int = 300
