"""What drawing needs again and again: the fonts, and the code that is on the panel now."""

from PIL import Image

from kiosk.drawing.fonts import Fonts
from kiosk.drawing.qr import encode


class Codes:
    """The newest code's picture: the countdown redraws it every second, and encoding it costs the most."""

    def __init__(self) -> None:
        self._of: tuple[str, int] | None = None
        self._picture = Image.new("1", (0, 0))

    def picture(self, payload: str, side: int) -> Image.Image:
        """The code in its quiet zone on a square of so many pixels, not to be drawn on."""
        if self._of != (payload, side):
            self._picture = encode(payload, side).picture()
            self._of = (payload, side)
        return self._picture


class Desk:
    """Kept by whoever draws for one panel."""

    def __init__(self) -> None:
        self.fonts = Fonts()
        self.codes = Codes()
