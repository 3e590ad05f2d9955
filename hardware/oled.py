"""The OLEDs people really buy: for each controller its sizes, and one driver for each bus it comes with."""

from typing import Any, ClassVar

from hardware import oled_chips as chips
from hardware.oled_driver import I2cConfig, OnI2c, OnSpi, SpiConfig


class _I2cSquare(I2cConfig, frozen=True, kw_only=True):
    height: int = 128


class _SpiSquare(SpiConfig, frozen=True, kw_only=True):
    height: int = 128


class _I2cWide(I2cConfig, frozen=True, kw_only=True):
    width: int = 256


class _SpiWide(SpiConfig, frozen=True, kw_only=True):
    width: int = 256


class Ssd1306(OnI2c):
    """0.96 inch panels, nearly all of them."""

    NAME = "ssd1306"
    CHIP = chips.Ssd1306
    SIZES = frozenset({(128, 64), (128, 32), (96, 16), (64, 48), (64, 32)})
    ACCEPTED = frozenset({"ssd1306"})
    Config = I2cConfig


class Ssd1306Spi(OnSpi):
    """The same panels with seven pins."""

    NAME = "ssd1306_spi"
    CHIP = chips.Ssd1306
    SIZES = Ssd1306.SIZES
    Config = SpiConfig


class Sh1106(OnI2c):
    """1.3 inch panels; 132 columns of which the glass shows the middle 128."""

    NAME = "sh1106"
    CHIP = chips.Sh1106
    SIZES = frozenset({(128, 64)})
    ACCEPTED = frozenset({"sh1106"})
    Config = I2cConfig


class Sh1106Spi(OnSpi):
    """The same panels with seven pins."""

    NAME = "sh1106_spi"
    CHIP = chips.Sh1106
    SIZES = Sh1106.SIZES
    Config = SpiConfig


class Ssd1309(OnI2c):
    """1.54 and 2.42 inch panels; their voltage comes from a converter on the module."""

    NAME = "ssd1309"
    CHIP = chips.Ssd1309
    SIZES = frozenset({(128, 64)})
    ACCEPTED = frozenset({"ssd1306"})
    Config = I2cConfig


class Ssd1309Spi(OnSpi):
    """The same panels with seven pins."""

    NAME = "ssd1309_spi"
    CHIP = chips.Ssd1309
    SIZES = Ssd1309.SIZES
    Config = SpiConfig


class Sh1107(OnI2c):
    """1.12 and 1.5 inch square panels, black and white."""

    NAME = "sh1107"
    CHIP = chips.Sh1107
    SIZES = frozenset({(128, 128)})
    ACCEPTED = frozenset({"sh1107"})
    Config = _I2cSquare


class Sh1107Spi(OnSpi):
    """The same panels with seven pins."""

    NAME = "sh1107_spi"
    CHIP = chips.Sh1107
    SIZES = Sh1107.SIZES
    Config = _SpiSquare


class Ssd1327(OnI2c):
    """1.5 inch square panels in grey."""

    NAME = "ssd1327"
    CHIP = chips.Ssd1327
    SIZES = frozenset({(128, 128)})
    MODE = "L"
    Config = _I2cSquare


class Ssd1327Spi(OnSpi):
    """The same panels with seven pins."""

    NAME = "ssd1327_spi"
    CHIP = chips.Ssd1327
    SIZES = Ssd1327.SIZES
    MODE = "L"
    Config = _SpiSquare


class Ssd1362(OnI2c):
    """Wide panels in grey, 2.08 inch."""

    NAME = "ssd1362"
    CHIP = chips.Ssd1362
    SIZES = frozenset({(256, 64)})
    MODE = "L"
    Config = _I2cWide


class Ssd1362Spi(OnSpi):
    """The same panels with seven pins."""

    NAME = "ssd1362_spi"
    CHIP = chips.Ssd1362
    SIZES = Ssd1362.SIZES
    MODE = "L"
    Config = _SpiWide


class Ssd1322(OnSpi):
    """Wide panels in grey, 2.8 to 5.5 inch; there is none on I2C."""

    NAME = "ssd1322"
    CHIP = chips.Ssd1322
    SIZES = frozenset({(256, 64)})
    MODE = "L"
    Config = _SpiWide


class Ssd1351(OnSpi):
    """1.5 inch square panels in colour; there is none on I2C."""

    NAME = "ssd1351"
    CHIP = chips.Ssd1351
    SIZES: ClassVar = frozenset({(128, 128)})
    MODE = "RGB"

    class Config(_SpiSquare, frozen=True, kw_only=True):
        """`bgr = true` where red and blue are exchanged."""

        bgr: bool = False

    def _more(self, config: Any) -> dict[str, Any]:
        return {"bgr": config.bgr}
