"""The glass of each panel: how large its dots are, how they shine, and from how far away they are read."""

from typing import Final, NamedTuple


class Glass(NamedTuple):
    """A panel that is sold.

    `pitch` is from dot to dot in millimetres, `fill` how much of that is the dot, `dark` and `light` what a
    camera gets from an unlit and a lit dot, of 1.  `distances` are in millimetres.
    """

    size: tuple[int, int]
    name: str
    pitch: float
    fill: float
    dark: float
    light: float
    paper: bool
    distances: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.size[0]}x{self.size[1]}"

    @property
    def side(self) -> int:
        """The shorter one, in dots."""
        return min(self.size)


def _oled(size: tuple[int, int], name: str, pitch: float, *distances: int) -> Glass:
    return Glass(size, name, pitch, 0.875, 0.02, 1.0, paper=False, distances=distances)


def _paper(size: tuple[int, int], name: str, pitch: float, *distances: int) -> Glass:
    return Glass(size, name, pitch, 1.0, 0.12, 0.9, paper=True, distances=distances)


GLASSES: Final = {
    str(glass): glass
    for glass in (
        _oled((128, 64), 'OLED 0.96"', 0.170, 60, 80, 100, 120),
        _oled((128, 128), 'OLED 1.5"', 0.210, 160, 200, 240, 280),
        _oled((256, 64), 'OLED 3.12"', 0.300, 145, 180, 215),
        _paper((200, 200), 'e-paper 1.54"', 0.138, 200, 250, 300),
        _paper((250, 122), 'e-paper 2.13"', 0.194, 190, 230, 270),
        _paper((296, 128), 'e-paper 2.9"', 0.227, 220, 270, 320),
        _paper((400, 300), 'e-paper 4.2"', 0.212, 500, 600, 700),
    )
}
"""By size.  Pitches are the active areas of the makers' data sheets, divided by the dots."""
