"""OLED drivers against models of both controllers' memories."""

import atexit
import errno
import subprocess
import sys

import pytest
import qrcode
import zxingcpp
from PIL import Image

from hardware.errors import DeviceFailed, DeviceMissing
from hardware.oled import Sh1106, Ssd1306
from tests.hardware.boards import board_with_bus, board_with_part
from tests.hardware.glass import Controller, ModelledBus, Sh1106Glass, Ssd1306Glass, noise

KINDS = pytest.mark.parametrize(
    ("driver", "controller"), [(Ssd1306, Ssd1306Glass), (Sh1106, Sh1106Glass)], ids=["ssd1306", "sh1106"]
)
QRIS = (
    "00020101021226610016ID.CO.EXAMPLE.WWW01189360091800000000010210KIOSK000010303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10200000000010303UMI5204581453033605405125005802ID5909KOPI KITA6007JAKARTA"
    "61051011062070703K016304ABCD"
)


def code_on_glass(size: tuple[int, int]) -> Image.Image:
    """A QR code at one pixel a module on a lit ground."""
    code = qrcode.QRCode(box_size=1, border=2, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(QRIS, optimize=10)
    drawn = code.make_image().get_image().convert("1")
    glass = Image.new("1", size, 255)
    glass.paste(drawn, ((size[0] - drawn.width) // 2, (size[1] - drawn.height) // 2))
    return glass


@KINDS
def test_the_glass_shows_the_picture_that_was_given(
    driver: type[Ssd1306 | Sh1106], controller: type[Controller]
) -> None:
    glass = controller()
    with board_with_part(0x3C, glass)[0] as board:
        panel = driver(driver.Config(), board)
        panel.show(noise(panel.size))
        assert glass.picture().tobytes() == noise((128, 64)).tobytes()
        panel.close()


@KINDS
def test_a_code_is_read_again_from_the_controllers_memory(
    driver: type[Ssd1306 | Sh1106], controller: type[Controller]
) -> None:
    glass = controller()
    with board_with_part(0x3C, glass)[0] as board:
        panel = driver(driver.Config(), board)
        panel.show(code_on_glass(panel.size))
        (found,) = zxingcpp.read_barcodes(glass.picture().convert("L"))
        assert found.text == QRIS
        panel.close()


@KINDS
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_panel_mounted_askew_is_turned(
    driver: type[Ssd1306 | Sh1106], controller: type[Controller], turns: int
) -> None:
    glass = controller()
    with board_with_part(0x3C, glass)[0] as board:
        panel = driver(driver.Config(rotate=turns), board)
        picture = noise(panel.size)
        panel.show(picture)
        upright = glass.picture().rotate(90 * turns, expand=True)
        assert upright.tobytes() == picture.tobytes()
        panel.close()


def test_a_short_panel_shows_its_picture() -> None:
    glass = Ssd1306Glass()
    with board_with_part(0x3C, glass)[0] as board:
        panel = Ssd1306(Ssd1306.Config(height=32), board)
        panel.show(noise((128, 32)))
        assert glass.picture().tobytes() == noise((128, 32)).tobytes()
        panel.close()


@KINDS
def test_a_fresh_panel_shows_nothing_of_what_its_memory_held(
    driver: type[Ssd1306 | Sh1106], controller: type[Controller]
) -> None:
    glass = controller()
    with board_with_part(0x3C, glass)[0] as board:
        panel = driver(driver.Config(), board)
        assert glass.on
        assert glass.picture().getbbox() is None
        panel.close()


@KINDS
def test_a_closed_panel_is_dark_and_its_memory_empty(
    driver: type[Ssd1306 | Sh1106], controller: type[Controller]
) -> None:
    glass = controller()
    with board_with_part(0x3C, glass)[0] as board:
        panel = driver(driver.Config(), board)
        panel.show(code_on_glass(panel.size))
        panel.close()
        panel.close()
        assert not glass.on
        glass.on = True
        assert glass.picture().getbbox() is None
        with pytest.raises(DeviceFailed, match="closed"):
            panel.show(noise(panel.size))


@KINDS
def test_a_controller_that_lost_its_supply_is_set_up_by_the_next_picture(
    driver: type[Ssd1306 | Sh1106], controller: type[Controller]
) -> None:
    glass = controller()
    with board_with_part(0x3C, glass)[0] as board:
        panel = driver(driver.Config(), board)
        panel.show(noise(panel.size))
        glass.power_up()
        assert glass.picture().getbbox() is None
        panel.show(noise(panel.size))
        assert glass.picture().tobytes() == noise((128, 64)).tobytes()
        panel.close()


def test_the_contrast_reaches_the_controller_and_survives_a_lost_supply() -> None:
    glass = Ssd1306Glass()
    with board_with_part(0x3C, glass)[0] as board:
        panel = Ssd1306(Ssd1306.Config(contrast=9), board)
        glass.power_up()
        panel.show(noise(panel.size))
        assert glass.registers[0x81] == 9
        panel.close()


def test_one_spoilt_transfer_is_made_good_within_the_same_show() -> None:
    glass = Ssd1306Glass()
    board, bus = board_with_part(0x3C, glass)
    with board:
        panel = Ssd1306(Ssd1306.Config(), board)
        bus.spoil = [None] * 10 + [OSError(errno.EREMOTEIO, "Remote I/O error")]
        panel.show(noise(panel.size))
        assert glass.picture().tobytes() == noise((128, 64)).tobytes()
        panel.close()


def test_a_panel_that_came_back_is_usable_again() -> None:
    glass = Ssd1306Glass()
    board, bus = board_with_part(0x3C, glass)
    with board:
        panel = Ssd1306(Ssd1306.Config(), board)
        del bus.parts[0x3C]
        with pytest.raises(DeviceFailed, match="nothing answers at 0x3c on I2C bus 1"):
            panel.show(noise(panel.size))
        glass.power_up()
        bus.parts[0x3C] = glass
        panel.show(noise(panel.size))
        assert glass.picture().tobytes() == noise((128, 64)).tobytes()
        panel.close()


def test_closing_a_panel_that_is_gone_is_no_error() -> None:
    board, bus = board_with_part(0x3C, Ssd1306Glass())
    with board:
        panel = Ssd1306(Ssd1306.Config(), board)
        bus.parts.clear()
        panel.close()


@KINDS
def test_a_missing_panel_names_bus_address_and_wires(
    driver: type[Ssd1306 | Sh1106], controller: type[Controller]
) -> None:
    bus = ModelledBus({0x3D: controller()})
    with board_with_bus(bus) as board:
        with pytest.raises(DeviceMissing) as missing:
            driver(driver.Config(), board)
        assert str(missing.value) == (
            "nothing answers at 0x3c on I2C bus 1: check SDA (pin 3), SCL (pin 5), 3V3 and ground; "
            "`i2cdetect -y 1`"
        )
        assert bus.transfers == 1


def test_a_missing_panel_leaves_nothing_behind_however_often_it_is_tried() -> None:
    """Left to luma every try would be hooked into the process's end, and kept for ever."""
    with board_with_bus(ModelledBus({})) as board:
        before = atexit._ncallbacks()
        for _ in range(3):
            with pytest.raises(DeviceMissing):
                Ssd1306(Ssd1306.Config(), board)
        assert atexit._ncallbacks() == before


def test_a_process_that_ends_leaves_no_code_on_the_glass() -> None:
    """The witness registers its exit hook first, so that it speaks last."""
    program = """
import atexit
from hardware.oled import Ssd1306
from tests.hardware.boards import board_with_part
from tests.hardware.glass import Ssd1306Glass, noise
glass = Ssd1306Glass()
def witness():
    was_on, glass.on = glass.on, True
    print(was_on, glass.picture().getbbox())
atexit.register(witness)
board, _ = board_with_part(0x3C, glass)
panel = Ssd1306(Ssd1306.Config(), board)
panel.show(noise(panel.size))
assert glass.picture().getbbox()
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False None\n"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ETIMEDOUT, "never ended, a wire is shorted or held low: check SDA"),
        (errno.EBUSY, "held by a kernel driver: remove its dtoverlay"),
        (errno.EINVAL, "failed .*: check SDA"),
    ],
)
def test_every_silence_says_where_to_look(number: int, words: str) -> None:
    board, bus = board_with_part(0x3C, Ssd1306Glass())
    with board:
        panel = Ssd1306(Ssd1306.Config(), board)
        bus.spoil = [OSError(number, "an error")] * 2
        with pytest.raises(DeviceFailed, match=words):
            panel.show(noise(panel.size))
        panel.close()


def test_a_bus_that_is_switched_off_says_how_to_switch_it_on() -> None:
    with (
        board_with_bus(ModelledBus({})) as board,
        pytest.raises(DeviceMissing, match=r"no /dev/i2c-3: switch I2C on with `sudo raspi-config"),
    ):
        Ssd1306(Ssd1306.Config(bus=3), board)


@pytest.mark.parametrize(
    "picture", [Image.new("1", (64, 128)), Image.new("L", (128, 64))], ids=["size", "mode"]
)
def test_a_picture_for_another_panel_is_refused(picture: Image.Image) -> None:
    board, bus = board_with_part(0x3C, Ssd1306Glass())
    with board:
        panel = Ssd1306(Ssd1306.Config(), board)
        before = bus.transfers
        with pytest.raises(DeviceFailed, match="not for this panel of 128x64 in mode 1"):
            panel.show(picture)
        assert bus.transfers == before
        panel.close()


def test_a_size_the_controller_does_not_have_is_refused_with_those_it_has() -> None:
    with (
        board_with_part(0x3C, Sh1106Glass())[0] as board,
        pytest.raises(DeviceMissing, match="sh1106 has no panel of 96x16 pixels: choose from 128x64"),
    ):
        Sh1106(Sh1106.Config(width=96, height=16), board)


def test_two_panels_share_one_bus() -> None:
    left, right = Ssd1306Glass(), Sh1106Glass()
    bus = ModelledBus({0x3C: left, 0x3D: right})
    with board_with_bus(bus) as board:
        one, other = Ssd1306(Ssd1306.Config(), board), Sh1106(Sh1106.Config(address=0x3D), board)
        one.show(noise(one.size))
        other.show(Image.new("1", other.size, 255))
        assert left.picture().tobytes() == noise((128, 64)).tobytes()
        assert right.picture().tobytes() == Image.new("1", (128, 64), 255).tobytes()
        one.close()
        other.close()
    assert bus.closed
