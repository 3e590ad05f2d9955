"""Every OLED family on every bus it comes with, against a model of its controller."""

import atexit
import errno
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
import qrcode
import zxingcpp
from PIL import Image, ImageChops
from pyzbar import pyzbar

from hardware import PANELS, oled
from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.presenting import is_slow
from tests.hardware.boards import board_with_part
from tests.hardware.glass import (
    ModelledBus,
    Sh1106Glass,
    Sh1107Glass,
    Ssd1306Glass,
    Ssd1309Glass,
    noise,
)
from tests.hardware.grey_glass import (
    ModelledSpi,
    Ssd1322Glass,
    Ssd1327Glass,
    Ssd1351Glass,
    Ssd1362Glass,
    board_with_spi,
)

QRIS = (
    "00020101021226610016ID.CO.EXAMPLE.WWW01189360091800000000010210KIOSK000010303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10200000000010303UMI5204581453033605405125005802ID5909KOPI KITA6007JAKARTA"
    "61051011062070703K016304ABCD"
)
ON_I2C = {
    "ssd1306": (oled.Ssd1306, Ssd1306Glass),
    "sh1106": (oled.Sh1106, Sh1106Glass),
    "ssd1309": (oled.Ssd1309, Ssd1309Glass),
    "sh1107": (oled.Sh1107, Sh1107Glass),
    "ssd1327": (oled.Ssd1327, Ssd1327Glass),
    "ssd1362": (oled.Ssd1362, Ssd1362Glass),
}
ON_SPI = {
    "ssd1306_spi": (oled.Ssd1306Spi, Ssd1306Glass),
    "sh1106_spi": (oled.Sh1106Spi, Sh1106Glass),
    "ssd1309_spi": (oled.Ssd1309Spi, Ssd1309Glass),
    "sh1107_spi": (oled.Sh1107Spi, Sh1107Glass),
    "ssd1327_spi": (oled.Ssd1327Spi, Ssd1327Glass),
    "ssd1362_spi": (oled.Ssd1362Spi, Ssd1362Glass),
    "ssd1322": (oled.Ssd1322, Ssd1322Glass),
    "ssd1351": (oled.Ssd1351, Ssd1351Glass),
}
ALL: dict[str, Any] = {**ON_I2C, **ON_SPI}
PANEL = pytest.mark.parametrize("name", ALL)
SPI = pytest.mark.parametrize("name", ON_SPI)
I2C = pytest.mark.parametrize("name", ON_I2C)


class Bench:
    """One panel, the controller behind it, and the bus between them."""

    def __init__(self, name: str, **settings: object) -> None:
        driver, glass = ALL[name]
        self.glass: Any = glass()
        self.board: Board
        self.bus: ModelledBus | ModelledSpi
        if name in ON_I2C:
            self.board, self.bus = board_with_part(0x3C, self.glass)
        else:
            self.board, self.bus = board_with_spi(self.glass)
        self.open: Callable[[], Any] = lambda: driver(driver.Config(**settings), self.board)


def scattered(panel: Any) -> Image.Image:
    """A picture in which every misplaced dot, and every lost shade, shows."""
    if panel.mode == "1":
        return noise(panel.size)
    width, height = panel.size
    ramps = [
        Image.frombytes("L", (width, height), bytes(n * step >> 3 & 0xFF for n in range(width * height)))
        for step in (31, 77, 131)
    ]
    return ramps[0] if panel.mode == "L" else Image.merge("RGB", ramps)


def most_unlike(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of a dot in any colour."""
    assert (one.size, one.mode) == (other.size, other.mode)
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(high for _, high in difference.getextrema())  # type: ignore[misc]  # three bands


def code_on_glass(panel: Any) -> Image.Image:
    """A QR code as large as the glass holds it, on a lit ground."""
    code = qrcode.QRCode(box_size=1, border=4, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(QRIS, optimize=10)
    drawn = code.make_image().get_image().convert("1")
    dots = min(panel.size) // drawn.width
    drawn = drawn.resize((drawn.width * dots, drawn.height * dots), Image.Resampling.NEAREST)
    glass = Image.new("1", panel.size, 255)
    glass.paste(drawn, ((panel.size[0] - drawn.width) // 2, (panel.size[1] - drawn.height) // 2))
    return glass.convert(panel.mode)


def test_every_line_of_the_registry_is_tried_here() -> None:
    lines = {name: place for name, place in PANELS.items() if place.startswith("hardware.oled:")}
    tried = {name: f"hardware.oled:{driver.__name__}" for name, (driver, _) in ALL.items()}
    assert tried == lines
    assert all(name == driver.NAME for name, (driver, _) in ALL.items())


@PANEL
def test_the_glass_shows_the_picture_that_was_given_as_finely_as_it_can(name: str) -> None:
    bench = Bench(name)
    panel = bench.open()
    picture = scattered(panel)
    panel.show(picture)
    coarse = {"1": 0, "L": 15, "RGB": 7}[panel.mode]
    assert most_unlike(bench.glass.picture(), picture) <= coarse
    panel.close()


@PANEL
def test_a_code_is_read_again_from_the_controllers_memory_by_both_decoders(name: str) -> None:
    bench = Bench(name)
    panel = bench.open()
    panel.show(code_on_glass(panel))
    seen = bench.glass.picture().convert("L")
    near = seen.resize((seen.width * 4, seen.height * 4), Image.Resampling.NEAREST)
    assert [found.text for found in zxingcpp.read_barcodes(near)] == [QRIS]
    assert [found.data.decode() for found in pyzbar.decode(near)] == [QRIS]
    panel.close()


@PANEL
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_panel_mounted_askew_is_turned(name: str, turns: int) -> None:
    bench = Bench(name, rotate=turns)
    panel = bench.open()
    picture = scattered(panel)
    panel.show(picture)
    upright = bench.glass.picture().rotate(90 * turns, expand=True)
    assert most_unlike(upright, picture) <= 15
    panel.close()


@PANEL
def test_a_fresh_panel_is_on_and_shows_nothing_of_what_its_memory_held(name: str) -> None:
    bench = Bench(name)
    panel = bench.open()
    assert bench.glass.on
    assert bench.glass.lit()
    assert bench.glass.picture().getbbox() is None
    panel.close()


@PANEL
def test_a_closed_panel_is_dark_and_its_memory_empty(name: str) -> None:
    bench = Bench(name)
    panel = bench.open()
    panel.show(code_on_glass(panel))
    panel.close()
    panel.close()
    assert not bench.glass.on
    bench.glass.on = True
    assert bench.glass.picture().getbbox() is None
    with pytest.raises(DeviceFailed, match="closed"):
        panel.show(scattered(panel))


@PANEL
def test_a_controller_that_lost_its_supply_is_set_up_by_the_next_picture(name: str) -> None:
    bench = Bench(name)
    panel = bench.open()
    panel.show(scattered(panel))
    whole = bench.glass.picture().tobytes()
    bench.glass.power_up()
    panel.show(scattered(panel))
    assert bench.glass.picture().tobytes() == whole
    panel.close()


@PANEL
def test_no_picture_is_preceded_by_darkness(name: str) -> None:
    """Set-up goes out before each picture, and one that switched the glass off would make it flicker."""
    bench = Bench(name)
    panel = bench.open()
    panel.show(scattered(panel))
    offs: list[int] = []
    receive = bench.glass.receive

    def watched(control: int, block: list[int]) -> None:
        receive(control, block)
        offs.append(not bench.glass.on)

    bench.glass.receive = watched
    panel.show(scattered(panel))
    assert offs
    assert not any(offs)
    del bench.glass.receive
    panel.close()


def brightness(glass: Any) -> int:
    level: int = glass.contrast() if hasattr(glass, "contrast") else glass.registers[0x81]
    return level


@PANEL
def test_it_shines_as_configured_and_less_when_told_to(name: str) -> None:
    bench = Bench(name, contrast=200)
    panel = bench.open()
    assert brightness(bench.glass) == 200
    panel.glow(0.2)
    panel.show(scattered(panel))
    assert brightness(bench.glass) == 40
    panel.glow(1.0)
    panel.show(scattered(panel))
    assert brightness(bench.glass) == 200
    panel.close()


@PANEL
def test_one_spoilt_transfer_is_made_good_within_the_same_show(name: str) -> None:
    bench = Bench(name)
    panel = bench.open()
    panel.show(scattered(panel))
    whole = bench.glass.picture().tobytes()
    panel.show(Image.new(panel.mode, panel.size))
    bench.bus.spoil = [None, OSError(errno.EIO, "Input/output error")]
    panel.show(scattered(panel))
    assert bench.glass.picture().tobytes() == whole
    panel.close()


@PANEL
@pytest.mark.parametrize("change", ["size", "mode"])
def test_a_picture_for_another_panel_is_refused(name: str, change: str) -> None:
    bench = Bench(name)
    panel = bench.open()
    other = {"1": "L", "L": "RGB", "RGB": "1"}[panel.mode]
    picture = Image.new(panel.mode, (8, 8)) if change == "size" else Image.new(other, panel.size)
    with pytest.raises(DeviceFailed, match=r"not for this panel of \d+x\d+ in mode"):
        panel.show(picture)
    panel.close()


@PANEL
def test_a_size_nobody_makes_is_refused(name: str) -> None:
    bench = Bench(name, width=320)
    with pytest.raises(DeviceMissing, match=rf"{name} has no panel of 320x\d+ pixels: choose from"):
        bench.open()


@I2C
def test_a_missing_panel_names_bus_address_and_wires_and_leaves_nothing_behind(name: str) -> None:
    bench = Bench(name)
    assert isinstance(bench.bus, ModelledBus)
    bench.bus.parts.clear()
    before = atexit._ncallbacks()
    for _ in range(2):
        with pytest.raises(DeviceMissing, match=r"nothing answers at 0x3c on I2C bus 1: check SDA \(pin 3\)"):
            bench.open()
    assert atexit._ncallbacks() == before


@I2C
def test_a_panel_unplugged_in_mid_order_is_told_of_and_well_again_when_it_is_back(name: str) -> None:
    bench = Bench(name)
    assert isinstance(bench.bus, ModelledBus)
    panel = bench.open()
    panel.show(code_on_glass(panel))
    whole = bench.glass.picture().tobytes()
    bench.bus.parts.clear()
    with pytest.raises(DeviceFailed, match="nothing answers at 0x3c on I2C bus 1"):
        panel.show(scattered(panel))
    bench.glass.power_up()
    bench.bus.parts[0x3C] = bench.glass
    panel.show(code_on_glass(panel))
    assert bench.glass.picture().tobytes() == whole
    panel.close()


@pytest.mark.parametrize(
    ("name", "glass", "found"),
    [
        ("ssd1306", Sh1106Glass, "sh1106"),
        ("ssd1306", Sh1107Glass, "sh1107"),
        ("ssd1309", Sh1106Glass, "sh1106"),
        ("sh1106", Ssd1306Glass, "ssd1306"),
        ("sh1106", Sh1107Glass, "sh1107"),
        ("sh1107", Sh1106Glass, "sh1106"),
    ],
)
def test_another_controller_is_named_where_it_lets_itself_be_asked(
    name: str, glass: type[Any], found: str
) -> None:
    """The wrong one acknowledges everything and shows a code that no phone reads."""
    driver: Any = ON_I2C[name][0]
    with (
        board_with_part(0x3C, glass())[0] as board,
        pytest.raises(
            DeviceMissing,
            match=f'at 0x3c on I2C bus 1 says that it is {found}, not {name}: write driver = "{found}"',
        ),
    ):
        driver(driver.Config(), board)


def test_a_controller_that_lies_about_itself_can_be_overruled() -> None:
    board, _ = board_with_part(0x3C, Sh1106Glass())
    with board:
        oled.Ssd1306(oled.Ssd1306.Config(check_controller=False), board).close()


def test_red_and_blue_can_be_exchanged() -> None:
    bench = Bench("ssd1351", bgr=True)
    panel = bench.open()
    assert bench.glass.registers[0xA0] == (0x74,)
    panel.close()


@SPI
def test_an_spi_panel_is_reset_before_anything_is_sent(name: str) -> None:
    bench = Bench(name)
    resets: list[bool] = []
    bench.glass.power_up = lambda: resets.append(True)
    panel = bench.open()
    assert resets == [True]
    panel.close()


@SPI
def test_an_spi_panel_lets_go_of_its_lines_when_it_is_closed_or_cannot_be_opened(name: str) -> None:
    bench = Bench(name)
    bench.bus.spoil = [OSError(errno.EIO, "Input/output error")] * 2
    with pytest.raises(DeviceMissing, match="the transfer on SPI bus 0, chip select 0 failed"):
        bench.open()
    bench.open().close()
    bench.open().close()


def test_an_spi_bus_that_is_switched_off_says_how_to_switch_it_on() -> None:
    bench = Bench("ssd1351", spi=1)
    with pytest.raises(DeviceMissing, match=r"no /dev/spidev1\.0: switch SPI on with dtoverlay=spi1-3cs"):
        bench.open()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "the user must be in the group spi"),
        (OSError(errno.EBUSY, "Device or resource busy"), r"/dev/spidev0\.0 cannot be opened"),
        (ImportError("No module named 'spidev'"), "sudo apt install python3-spidev"),
    ],
)
def test_an_spi_bus_that_cannot_be_opened_says_what_to_do(error: Exception, words: str) -> None:
    def refuse(bus: int, chip_select: int) -> NoReturn:
        raise error

    board = Board(open_spi=refuse)
    with board, pytest.raises(DeviceMissing, match=words):
        board.spi(0, 0, 1_000_000)


@PANEL
def test_only_many_shades_over_i2c_are_slow(name: str) -> None:
    bench = Bench(name)
    panel = bench.open()
    assert is_slow(panel) is (name in {"ssd1327", "ssd1362"})
    panel.close()
