"""The e-paper driver against models of its controllers, down to the code on the glass."""

import subprocess
import sys
from functools import partial
from math import inf

import pytest
import qrcode
import zxingcpp
from msgspec import structs
from PIL import Image
from pyzbar import pyzbar

from hardware.epaper import Ssd1680, Ssd1681, Ssd1683, Uc8176
from hardware.epaper.panel import EPaper, EPaperConfig
from hardware.errors import DeviceFailed, DeviceMissing
from tests.hardware.glass import noise
from tests.hardware.paper import (
    ModelledPort,
    Paper,
    Paper1in54,
    Paper2in9,
    Paper2in13,
    Paper4in2,
    Uc8176Paper,
    board_with_paper,
)

QRIS = (
    "00020101021226610016ID.CO.EXAMPLE.WWW01189360091800000000010210KIOSK000010303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10200000000010303UMI5204581453033605405125005802ID5909KOPI KITA6007JAKARTA"
    "61051011062070703K016304ABCD"
)
KINDS = {
    "1in54": (Ssd1681, Ssd1681.Config(), Paper1in54),
    "2in13": (Ssd1680, Ssd1680.Config(), Paper2in13),
    "2in9": (Ssd1680, Ssd1680.Config(width=296, height=128), Paper2in9),
    "4in2": (Ssd1683, Ssd1683.Config(), Paper4in2),
    "4in2_old": (Uc8176, Uc8176.Config(), Uc8176Paper),
}
PAPERS = pytest.mark.parametrize("kind", KINDS)
QUICK = pytest.mark.parametrize("kind", [name for name in KINDS if name != "4in2_old"])


class Bench:
    """One panel and the controller behind it."""

    def __init__(self, kind: str, **settings: object) -> None:
        driver, config, paper = KINDS[kind]
        self.paper: Paper = paper()
        self.board, self.port, self.watch = board_with_paper(self.paper)
        self._open = partial(driver, structs.replace(config, **settings), self.board, self.watch)

    def open(self) -> EPaper:
        return self._open()


def scattered(size: tuple[int, int]) -> Image.Image:
    """A picture in which every misplaced dot shows, in any size."""
    wide = noise((-(-size[0] // 8) * 8, size[1]))
    return wide.crop((0, 0, *size))


def with_digits(picture: Image.Image, count: int) -> Image.Image:
    """The same picture with so many small marks more, as typing makes them."""
    marked = picture.copy()
    for n in range(count):
        marked.paste(0, (8 + 8 * n, 8, 12 + 8 * n, 16))
    return marked


def code_on_paper(size: tuple[int, int]) -> Image.Image:
    """A QR code as large as the glass holds it."""
    code = qrcode.QRCode(box_size=1, border=4, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(QRIS, optimize=10)
    drawn = code.make_image().get_image().convert("1")
    dots = min(size) // drawn.width
    drawn = drawn.resize((drawn.width * dots, drawn.height * dots), Image.Resampling.NEAREST)
    paper = Image.new("1", size, 255)
    paper.paste(drawn, ((size[0] - drawn.width) // 2, (size[1] - drawn.height) // 2))
    return paper


def codes_seen(picture: Image.Image) -> list[str]:
    """What either decoder reads, enlarged as a camera that is near enough would."""
    near = picture.convert("L").resize((picture.width * 3, picture.height * 3), Image.Resampling.BILINEAR)
    by_zbar = [found.data.decode() for found in pyzbar.decode(near)]
    return [found.text for found in zxingcpp.read_barcodes(near)] + by_zbar


def white(size: tuple[int, int]) -> Image.Image:
    return Image.new("1", size, 255)


@PAPERS
def test_the_first_act_wipes_whatever_was_on_the_glass_fully(kind: str) -> None:
    bench = Bench(kind)
    assert not bench.paper.is_white()
    panel = bench.open()
    assert bench.paper.is_white()
    assert bench.paper.refreshes == ["full"]
    panel.close()


@PAPERS
def test_the_glass_shows_the_picture_that_was_given(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    panel.show(scattered(panel.size))
    assert bench.paper.picture().tobytes() == scattered(panel.size).tobytes()
    panel.close()


@PAPERS
def test_a_code_is_read_again_from_the_glass_by_both_decoders(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    panel.show(code_on_paper(panel.size))
    assert codes_seen(bench.paper.picture()) == [QRIS, QRIS]
    panel.close()


@PAPERS
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_panel_mounted_askew_is_turned(kind: str, turns: int) -> None:
    bench = Bench(kind, rotate=turns)
    panel = bench.open()
    picture = scattered(panel.size)
    panel.show(picture)
    upright = bench.paper.picture().rotate(90 * turns, expand=True)
    assert (upright.size, upright.tobytes()) == (picture.size, picture.tobytes())
    panel.close()


@PAPERS
def test_between_pictures_the_controller_sleeps_deeply(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    assert bench.paper.asleep
    panel.show(scattered(panel.size))
    assert bench.paper.asleep
    panel.close()
    assert bench.paper.asleep


@PAPERS
def test_a_closed_panel_leaves_no_code_on_the_glass(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    panel.show(code_on_paper(panel.size))
    panel.close()
    assert bench.paper.is_white()
    assert bench.paper.refreshes[-1] == "full"
    assert {*bench.paper.old, *bench.paper.new} == {0xFF}, "whoever refreshes next brings nothing back"
    refreshes = len(bench.paper.refreshes)
    panel.close()
    assert len(bench.paper.refreshes) == refreshes
    with pytest.raises(DeviceFailed, match="closed"):
        panel.show(white(panel.size))
    bench.board.close()
    assert bench.port.closed


@PAPERS
def test_even_a_few_words_are_wiped_fully_at_the_end(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    panel.show(with_digits(white(panel.size), 3))
    panel.close()
    assert bench.paper.is_white()
    assert bench.paper.refreshes[-1] == "full"


@QUICK
def test_a_small_change_is_refreshed_in_part_and_leaves_no_ghost(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    for count in (3, 5, 1, 4):
        panel.show(with_digits(white(panel.size), count))
        expected = with_digits(white(panel.size), count)
        assert bench.paper.picture().tobytes() == expected.tobytes()
    assert bench.paper.refreshes == ["full", *["partial"] * 4]
    panel.close()


@PAPERS
def test_a_code_comes_and_goes_with_full_refreshes(kind: str) -> None:
    """A ghost of a code is a code that somebody can pay."""
    bench = Bench(kind)
    panel = bench.open()
    panel.show(with_digits(white(panel.size), 3))
    panel.show(code_on_paper(panel.size))
    panel.show(with_digits(white(panel.size), 4))
    assert bench.paper.refreshes[2:] == ["full", "full"]
    panel.close()


@QUICK
def test_after_so_many_partial_refreshes_comes_a_full_one(kind: str) -> None:
    bench = Bench(kind, full_every=3)
    panel = bench.open()
    for n in range(1, 9):
        panel.show(with_digits(white(panel.size), 1 + n % 5))
    assert bench.paper.refreshes[1:] == [*["partial"] * 3, "full", *["partial"] * 3, "full"]
    panel.close()


@QUICK
def test_the_same_picture_again_is_made_fresh(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    for _ in range(2):
        panel.show(with_digits(white(panel.size), 3))
    assert bench.paper.refreshes == ["full", "partial", "full"]
    panel.close()


@PAPERS
def test_partial_refresh_can_be_switched_off(kind: str) -> None:
    bench = Bench(kind, partial_refresh=False)
    panel = bench.open()
    panel.show(with_digits(white(panel.size), 3))
    assert bench.paper.refreshes == ["full", "full"]
    panel.close()


def test_the_old_glass_of_4_2_inch_is_always_refreshed_fully() -> None:
    bench = Bench("4in2_old")
    panel = bench.open()
    panel.show(with_digits(white(panel.size), 3))
    assert bench.paper.refreshes == ["full", "full"]
    panel.close()


@PAPERS
def test_it_says_that_it_is_slow(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    assert panel.refresh_seconds == bench.paper.FULL
    panel.close()


@PAPERS
def test_a_missing_panel_names_bus_and_wires_after_a_bounded_time(kind: str) -> None:
    bench = Bench(kind)
    bench.paper.unplugged = True
    with pytest.raises(DeviceMissing) as missing:
        bench.open()
    said = str(missing.value)
    assert "SPI bus 0, chip select 0 did not come out of its reset within 2 s" in said
    assert "check BUSY at GPIO24 (header pin 18), RST at GPIO17 (header pin 11), 3V3 and ground" in said
    assert bench.paper.now < 10


@PAPERS
def test_a_missing_panel_leaves_every_line_free_for_the_next_try(kind: str) -> None:
    bench = Bench(kind)
    bench.paper.unplugged = True
    for _ in range(2):
        with pytest.raises(DeviceMissing, match="come out of its reset"):
            bench.open()
    bench.paper.unplugged = False
    bench.open().close()


@PAPERS
def test_a_wedged_panel_is_an_error_after_its_deadline_not_a_hang(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    bench.paper.hung = True
    begun = bench.paper.now
    with pytest.raises(DeviceFailed, match=r"SPI bus 0, chip select 0 did not .* within"):
        panel.show(scattered(panel.size))
    assert bench.paper.now - begun < 60
    bench.paper.hung = False
    panel.close()


@PAPERS
def test_a_refresh_that_never_ends_is_an_error_after_its_deadline(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(kind)
    panel = bench.open()
    begun = bench.paper.now
    with monkeypatch.context() as frozen:
        frozen.setattr(type(bench.paper), "FULL", inf)
        with pytest.raises(DeviceFailed, match="did not refresh within"):
            panel.show(scattered(panel.size))
    assert bench.paper.now - begun < 60
    panel.close()


@QUICK
def test_a_partial_refresh_that_never_ends_is_made_good_by_a_full_one(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(kind)
    panel = bench.open()
    begun = bench.paper.now
    monkeypatch.setattr(type(bench.paper), "PARTIAL", inf)
    panel.show(with_digits(white(panel.size), 3))
    assert bench.paper.refreshes == ["full", "partial", "full"]
    assert bench.paper.now - begun < 30
    panel.close()


@PAPERS
def test_a_panel_that_hears_nothing_is_no_panel_that_is_quick(kind: str) -> None:
    """With its clock wire off, BUSY says nothing but idle; the code before would stay on the glass."""
    bench = Bench(kind)
    panel = bench.open()
    bench.paper.deaf = True
    with pytest.raises(DeviceFailed, match="did not begin to refresh") as failed:
        panel.show(scattered(panel.size))
    assert "DIN at GPIO10 (header pin 19), CLK at GPIO11 (header pin 23)" in str(failed.value)
    assert "CS at GPIO8 (header pin 24), D/C at GPIO25 (header pin 22)" in str(failed.value)
    bench.paper.deaf = False
    panel.close()


@pytest.mark.parametrize(("kind", "paper"), [("4in2", Uc8176Paper), ("4in2_old", Paper4in2)])
def test_the_other_controller_is_recognised_by_its_busy(kind: str, paper: type[Paper]) -> None:
    driver, config, _ = KINDS[kind]
    board, _, watch = board_with_paper(paper())
    with board, pytest.raises(DeviceMissing, match="or another controller is on it"):
        driver(config, board, watch)


@PAPERS
def test_a_panel_that_came_back_in_mid_order_is_refreshed_fully(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    panel.show(code_on_paper(panel.size))
    bench.paper.unplugged = True
    with pytest.raises(DeviceFailed):
        panel.show(with_digits(white(panel.size), 3))
    assert codes_seen(bench.paper.picture())
    bench.paper.unplugged = False
    panel.show(with_digits(code_on_paper(panel.size), 3))
    assert bench.paper.refreshes[-1] == "full"
    panel.close()


@PAPERS
def test_one_spoilt_transfer_is_made_good_within_the_same_show(kind: str) -> None:
    bench = Bench(kind)
    panel = bench.open()
    bench.port.spoil = [*[None] * 12, OSError(5, "Input/output error")]
    panel.show(scattered(panel.size))
    assert bench.paper.picture().tobytes() == scattered(panel.size).tobytes()
    panel.close()


def test_a_transfer_that_fails_twice_names_bus_and_wires() -> None:
    bench = Bench("2in13")
    panel = bench.open()
    bench.port.spoil = [OSError(5, "Input/output error")] * 2
    with pytest.raises(DeviceFailed, match=r"the transfer on SPI bus 0, chip select 0 failed .*: check DIN"):
        panel.show(scattered(panel.size))
    panel.close()


def test_closing_a_panel_that_is_gone_says_that_a_picture_may_have_stayed_and_lets_go_of_its_lines() -> None:
    bench = Bench("2in13")
    panel = bench.open()
    panel.show(code_on_paper(panel.size))
    bench.paper.unplugged = True
    with pytest.raises(DeviceFailed, match="the last picture may still be on the glass"):
        panel.close()
    bench.paper.unplugged = False
    bench.open().close()


def test_a_process_that_ends_leaves_no_code_on_the_glass() -> None:
    program = """
import atexit
from tests.hardware.test_epaper import Bench, code_on_paper
bench = Bench("2in13")
atexit.register(lambda: print(bench.paper.is_white()))
panel = bench.open()
panel.show(code_on_paper(panel.size))
print(bench.paper.is_white())
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("False\nTrue\n", "")


@pytest.mark.parametrize(
    "picture", [Image.new("1", (122, 250)), Image.new("L", (250, 122))], ids=["size", "mode"]
)
def test_a_picture_for_another_panel_is_refused(picture: Image.Image) -> None:
    bench = Bench("2in13")
    panel = bench.open()
    with pytest.raises(DeviceFailed, match="not for this panel of 250x122 in mode 1"):
        panel.show(picture)
    assert bench.paper.refreshes == ["full"]
    panel.close()


def test_a_size_the_controller_does_not_have_is_refused_with_those_it_has() -> None:
    board, _, _ = board_with_paper(Paper2in13())
    with (
        board,
        pytest.raises(DeviceMissing, match=r"ssd1680 has no panel of 200x200.*from 250x122, 296x128"),
    ):
        Ssd1680(Ssd1680.Config(width=200, height=200), board)


def test_a_board_that_switches_the_panels_supply_is_switched_on() -> None:
    bench = Bench("2in13", power_pin=18)
    panel = bench.open()
    assert bench.paper.factory.pin(18).state
    panel.close()


def test_a_taken_line_is_an_error_that_names_both() -> None:
    bench = Bench("2in13")
    bench.board.pins().output(17, "relay", active_high=True)
    with pytest.raises(DeviceMissing, match=r"panel's RST wants GPIO17 .* taken: relay on GPIO17"):
        bench.open()
    bench.board.close()


def test_a_bus_that_is_switched_off_says_how_to_switch_it_on() -> None:
    bench = Bench("2in13", chip_select=1)
    with pytest.raises(DeviceMissing, match=r"no /dev/spidev0\.1: switch SPI on with `sudo raspi-config"):
        bench.open()


def test_every_kind_has_the_pins_of_the_common_board_unless_told_otherwise() -> None:
    for _, config, _ in KINDS.values():
        assert isinstance(config, EPaperConfig)
        assert (config.dc_pin, config.reset_pin, config.busy_pin) == (25, 17, 24)


def test_the_port_is_closed_once_the_board_is() -> None:
    bench = Bench("1in54")
    port: ModelledPort = bench.port
    bench.open().close()
    assert not port.closed
    bench.board.close()
    assert port.closed
