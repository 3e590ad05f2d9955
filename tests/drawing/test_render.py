"""`kiosk render`: the QR screen of any payload on a panel of any shape, and what is doubtful about it."""

import pytest

from kiosk.drawing import Artist, draw, render
from kiosk.errors import PictureError
from kiosk.model import Language, Rupiah
from kiosk.screens import PayByCode, View
from tests.codes import changed
from tests.drawing.eyes import seen, zbar, zxing
from tests.drawing.samples import DOKU_GENERATED, GOPAY

PANELS = [(128, 64), (128, 128), (256, 64), (200, 200), (250, 122), (296, 128), (400, 300), (122, 250)]


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
def test_a_panel_that_cannot_show_it_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError):
        render(GOPAY, size)


def test_a_panel_that_cannot_hold_a_gateways_longest_code_is_refused() -> None:
    artist = Artist((128, 64))
    artist.require_room_for(330)
    with pytest.raises(
        PictureError, match="128x64 holds codes of 365 characters, the gateway's have up to 500"
    ):
        artist.require_room_for(500)
