"""The one who draws for a panel: knows its size and mode, and keeps what is drawn again and again."""

from PIL import Image

from kiosk.drawing.codepage import code_page
from kiosk.drawing.desk import Desk
from kiosk.drawing.grid import grid
from kiosk.drawing.pages import page
from kiosk.drawing.qr import longest_code
from kiosk.drawing.setting import Sheet, set_page
from kiosk.drawing.shapes import shape_of
from kiosk.drawing.signs import test_mark
from kiosk.drawing.tones import MODES, developed
from kiosk.errors import PictureError
from kiosk.screens import PayByCode, TestPicture, View


class Artist:
    """Draws every screen of one panel, from one thread; `PictureError` where no layout has its size."""

    def __init__(self, size: tuple[int, int], mode: str = "1") -> None:
        self._shape = shape_of(size)
        if mode not in MODES:
            raise PictureError(f"no pictures in mode {mode!r}; there are {', '.join(MODES)}")
        self._mode = mode
        self._desk = Desk()

    def require_room_for(self, longest: int) -> None:
        """`PictureError` where a gateway's longest QRIS string, in characters, could not be read here."""
        held = longest_code(self._shape.code_sides[-1])
        if held < longest:
            width, height = self._shape.size
            raise PictureError(
                f"{width}x{height} holds codes of {held} characters, "
                f"the gateway's have up to {longest}: use a larger panel"
            )

    def draw(self, view: View) -> Image.Image:
        """The picture in the panel's size and mode; `PictureError` where a text or code cannot fit it."""
        shape = self._shape
        if isinstance(view.screen, PayByCode):
            return code_page(view, view.screen, self._desk, shape, self._mode)
        mark = test_mark(self._desk.fonts, view, shape.lettering.mark)
        if isinstance(view.screen, TestPicture):
            return grid(shape.size, mark).convert(self._mode)
        return developed(set_page(page(view), Sheet(self._desk, shape, mark)), self._mode, paper=shape.paper)


def draw(view: View, size: tuple[int, int], mode: str = "1") -> Image.Image:
    """One picture, by an artist who is not kept."""
    return Artist(size, mode).draw(view)
