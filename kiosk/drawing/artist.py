"""The one who draws for a panel: knows its size and mode, and keeps what is drawn again and again."""

from collections.abc import Callable
from typing import Final

from PIL import Image

from kiosk.drawing import small
from kiosk.drawing.desk import Desk
from kiosk.drawing.grid import grid
from kiosk.drawing.qr import longest_code
from kiosk.drawing.signs import test_mark
from kiosk.errors import PictureError
from kiosk.screens import TestPicture, View

LAYOUTS: Final[dict[tuple[int, int], Callable[[View, Desk], Image.Image]]] = {
    (small.WIDTH, small.HEIGHT): small.picture,
}
"""The layout of every shape of panel there is one for."""

MODES: Final = ("1", "L", "RGB")


class Artist:
    """Draws every screen of one panel, from one thread; `PictureError` where no layout has its size."""

    def __init__(self, size: tuple[int, int], mode: str = "1") -> None:
        if size not in LAYOUTS:
            raise PictureError(f"no layout for {size[0]}x{size[1]} yet; there is one for {_sizes()}")
        if mode not in MODES:
            raise PictureError(f"no pictures in mode {mode!r}; there are {', '.join(MODES)}")
        self._layout = LAYOUTS[size]
        self._size = size
        self._mode = mode
        self._desk = Desk()

    def require_room_for(self, longest: int) -> None:
        """`PictureError` where a gateway's longest QRIS string, in characters, could not be read here."""
        side = min(self._size)
        if longest_code(side) < longest:
            raise PictureError(
                f"{self._size[0]}x{self._size[1]} holds codes of {longest_code(side)} characters, "
                f"the gateway's have up to {longest}: use a larger panel"
            )

    def draw(self, view: View) -> Image.Image:
        """The picture in the panel's size and mode; `PictureError` where a text or code cannot fit it."""
        grid_wanted = isinstance(view.screen, TestPicture)
        mark = test_mark(self._desk.fonts, view)
        picture = grid(self._size, mark) if grid_wanted else self._layout(view, self._desk)
        return picture if self._mode == "1" else picture.convert(self._mode)


def draw(view: View, size: tuple[int, int], mode: str = "1") -> Image.Image:
    """One picture, by an artist who is not kept."""
    return Artist(size, mode).draw(view)


def _sizes() -> str:
    return ", ".join(f"{width}x{height}" for width, height in LAYOUTS)
