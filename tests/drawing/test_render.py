"""`kiosk render`: the QR screen of any payload on a panel of any shape, and what is doubtful about it."""

import hashlib
import re

import pytest

from kiosk.drawing import Artist, draw, explained, render
from kiosk.drawing.qr import best_side, encode
from kiosk.drawing.shapes import SHAPES
from kiosk.errors import PictureError
from kiosk.model import Language, Rupiah
from kiosk.screens import PayByCode, View
from tests.codes import changed
from tests.drawing.eyes import seen, zbar, zxing
from tests.drawing.samples import DOKU_GENERATED, GOPAY

PANELS = list(SHAPES)
LENGTHS = (150, 180, 210, 240, 270, 300, 330)


def of_length(length: int) -> str:
    """A QRIS string of so many characters: a reference of letters and digits, the rest digits."""
    digest = hashlib.sha512(b"%d" % length).hexdigest()
    filling = digest[:24] + str(int(digest, 16)) * 2
    more = length - len(changed(t51=None, t62=None))
    count = -(-more // 103)
    shares = [more // count + (at < more % count) - 8 for at in range(count)]
    begins = [sum(shares[:at]) for at in range(count)]
    added = zip(("t62", "t80", "t81"), begins, shares, strict=False)
    return changed(t51=None, **{tag: f"05{share:02}{filling[at : at + share]}" for tag, at, share in added})


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("size", PANELS, ids=str)
def test_codes_of_every_length_are_read_blurred_from_the_whole_picture(
    size: tuple[int, int], length: int
) -> None:
    payload = of_length(length)
    assert len(payload) == length
    image, warnings = render(payload, size)
    module = encode(payload, best_side(payload, SHAPES[size].code_sides)).module
    frames = [seen(image, module, blur, 4 * module) for blur in (0.4, 0.3, 0.2)]
    read = [next(filter(None, map(decoder, frames)), []) for decoder in (zxing, zbar)]
    assert (warnings, read) == ([], [[payload.encode()]] * 2)


@pytest.mark.parametrize("size", PANELS)
def test_the_code_is_read_from_the_whole_picture_of_any_panel(size: tuple[int, int]) -> None:
    image, warnings = render(GOPAY, size)
    camera = seen(image, 1)
    assert (image.size, warnings) == (size, [])
    assert (zxing(camera), zbar(camera)) == ([GOPAY.encode()], [GOPAY.encode()])


def test_without_an_amount_the_codes_own_is_drawn() -> None:
    assert render(GOPAY, (128, 64))[0].tobytes() == render(GOPAY, (128, 64), 789_000)[0].tobytes()


def test_another_amount_is_drawn_all_the_same_with_a_warning() -> None:
    image, warnings = render(GOPAY, (128, 64), 5_000)
    assert image.tobytes() != render(GOPAY, (128, 64))[0].tobytes()
    assert warnings == ["the code asks for 789000.00 and 5000 is shown: the customer pays what the code asks"]


def test_sen_are_not_silently_left_out() -> None:
    assert render(DOKU_GENERATED, (128, 64))[1] == [
        "the code asks for 1200.25 and 1200 is shown: the customer pays what the code asks"
    ]


def test_a_code_without_an_amount_asks_for_one() -> None:
    open_code = changed(t54=None)
    assert render(open_code, (128, 64))[1] == ["the code holds no amount: Rp 0 is shown; say --amount"]
    assert render(open_code, (128, 64), 5_000)[1] == []


def test_what_a_machine_would_refuse_is_drawn_with_a_warning() -> None:
    image, warnings = render(GOPAY[:-1] + "0", (128, 64), 789_000)
    assert zxing(seen(image, 1)) == [GOPAY[:-1].encode() + b"0"]
    assert [warning.split(":")[0] for warning in warnings] == ["a machine would refuse it"]


def test_it_is_the_picture_a_machine_shows() -> None:
    screen = PayByCode(GOPAY, Rupiah(789_000), "Test", 180, "123456")
    shown = draw(View(screen, Language.ENGLISH), (128, 64))
    assert render(GOPAY, (128, 64), language=Language.ENGLISH)[0].tobytes() == shown.tobytes()


@pytest.mark.parametrize("size", [(16, 16), (64, 64), (128, 32), (60, 20)])
def test_a_panel_without_a_layout_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError):
        render(GOPAY, size)


def test_a_panel_that_cannot_hold_a_gateways_longest_code_is_refused() -> None:
    artist = Artist((128, 64))
    artist.require_room_for(330)
    with pytest.raises(
        PictureError, match="128x64 holds codes of 365 characters, the gateway's have up to 500"
    ):
        artist.require_room_for(500)


def test_why_a_code_is_drawn_as_it_is_stands_in_words() -> None:
    held = "247 characters, 1412 of 1552 bits"
    assert explained(GOPAY, (128, 128)) == [
        "panel       128x128, a square of 114 pixels for the code: 14 rows are kept for the price",
        f"version     8, 49 modules a side: the smallest whose level L holds {held}",
        "level       L: M needs version 9, 118 pixels, and there are 114",
        "module      2 pixels: with 3 it would take 159 pixels at the least, and there are 114",
        "quiet zone  4 modules, all that the standard asks for",
    ]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("size", PANELS, ids=str)
def test_every_reason_is_a_true_one(size: tuple[int, int], length: int) -> None:
    """What it says would be needed is more than there is, and it names what is drawn."""
    payload = of_length(length)
    panel, version, level, module, quiet = explained(payload, size)
    side = int(re.findall("square of ([0-9]+) pixels", panel)[0])
    code = encode(payload, side)
    told = [re.split("[ ,:]+", line[12:])[0] for line in (version, level, module, quiet)]
    assert told == [str(code.version), code.level, str(code.module), str(code.quiet)]
    for line in (level, module, quiet):
        for wanted, there in re.findall("([0-9]+) pixels(?: at the least)?, and there are ([0-9]+)", line):
            assert int(wanted) > int(there) == side
