"""The panel's glass remembers every code that was ever on it."""

import qrcode
from PIL import Image

from hardware.lines import Picture
from kiosk.simulator.glass import Glass


def picture(*texts: str) -> Picture:
    """A panel with these codes side by side."""
    panel = Image.new("1", (128, 64), 0)
    for place, text in enumerate(texts):
        code = qrcode.QRCode(box_size=1, border=2)
        code.add_data(text)
        panel.paste(code.make_image().get_image().convert("1"), (place * 64 + 8, 8))
    return Picture(1, panel.size, panel.mode, panel.tobytes())


def seen(*pictures: Picture) -> list[str]:
    glass = Glass()
    for each in pictures:
        glass.take(each)
    return glass.seen


def test_a_code_that_is_drawn_again_is_the_same_code() -> None:
    assert seen(picture("A"), picture("A")) == ["A"]


def test_a_code_that_comes_back_after_another_was_shown_twice() -> None:
    assert seen(picture("A"), picture("B"), picture("A")) == ["A", "B", "A"]


def test_a_code_that_comes_back_after_text_is_the_same_code() -> None:
    assert seen(picture("A"), picture(), picture("A")) == ["A"]


def test_two_codes_in_one_picture_are_two() -> None:
    assert sorted(seen(picture("A", "B"))) == ["A", "B"]
