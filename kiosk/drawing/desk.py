"""What drawing needs again and again: the fonts, and the code that is on the panel now."""

from PIL import Image

from kiosk.drawing.fonts import Fonts
from kiosk.drawing.qr import best_side, encode


class Codes:
    """The newest code's picture: the countdown redraws it every second, and encoding it costs the most."""

    def __init__(self) -> None:
        self._of: tuple[str, tuple[int, ...]] | None = None
        self._picture = Image.new("1", (0, 0))

    def picture(self, payload: str, sides: tuple[int, ...]) -> Image.Image:
        """The code in its quiet zone on one of these squares, in pixels; not to be drawn on."""
        if self._of != (payload, sides):
            self._picture = encode(payload, best_side(payload, sides)).picture()
            self._of = (payload, sides)
        return self._picture


class Desk:
    """Kept by whoever draws for one panel."""

    def __init__(self) -> None:
        self.fonts = Fonts()
        self.codes = Codes()
