"""A camera before a panel: dots with the gaps between them, perspective, blur, light and noise.

Geometry is sampled several times a camera pixel and averaged, as a sensor does it; all later steps work on
the frame itself, which is no larger than what is seen of the code.
"""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tests.decodability.conditions import FOCAL, Glare, Shot
from tests.decodability.glasses import Glass

Matrix = NDArray[np.float64]
Levels = NDArray[np.float32]

_BEZEL: Final = 40
_MARGIN: Final = 14
_SUBDOTS: Final = 4
"""Subpixels a dot, where dots have gaps."""
_SAMPLES: Final = 3.2
"""A dot with a gap is sampled so many times in each direction."""
_PAPER_SAMPLES: Final = 1.3


def exposed(picture: Image.Image, glass: Glass) -> Image.Image:
    """What the panel shines, mode `L`: the code's end of the glass, in subpixels where dots have gaps."""
    seen = picture.crop((0, 0, min(glass.size[0], glass.side * 5 // 4), glass.size[1]))
    levels: Levels = np.asarray(seen.convert("L")).astype(np.float32) / np.float32(255)
    levels = (levels * (glass.light - glass.dark) + glass.dark).astype(np.float32)
    if glass.fill < 1:
        levels = np.kron(levels, _dot(glass)).astype(np.float32)
    return Image.fromarray((levels * 255).astype(np.uint8))


def frame(panel: Image.Image, glass: Glass, shot: Shot) -> NDArray[np.uint8]:
    """What the camera hands to a decoder."""
    scale = _SUBDOTS if glass.fill < 1 else 1
    seen = _with_dead_lines(panel, glass, shot, scale)
    onto = _onto_sensor(glass, shot)
    image = _sampled(seen, onto @ _in_dots(seen.size, scale, glass), _fineness(glass, shot))
    image = image.filter(ImageFilter.GaussianBlur(shot.focus))
    if shot.motion > 0.3:
        image = image.filter(_smear(shot.motion, shot.heading))
    return _developed(np.asarray(image, dtype=np.float32), shot)


def _dot(glass: Glass) -> Levels:
    """The lit share of each subpixel: a gap right of the dot and below it."""
    covered = np.clip(glass.fill * _SUBDOTS - np.arange(_SUBDOTS), 0, 1).astype(np.float32)
    return np.outer(covered, covered).astype(np.float32)


def _with_dead_lines(panel: Image.Image, glass: Glass, shot: Shot, scale: int) -> Image.Image:
    if not shot.dead:
        return panel
    panel, level = panel.copy(), int(255 * (glass.light if glass.paper else glass.dark))
    draw = ImageDraw.Draw(panel)
    for column, row in shot.dead:
        left, top = max(0, column) * scale, max(0, row) * scale
        right = left + scale if column >= 0 else panel.width
        bottom = top + scale if row >= 0 else panel.height
        draw.rectangle((left, top, right - 1, bottom - 1), fill=level)
    return panel


def _in_dots(size: tuple[int, int], scale: int, glass: Glass) -> Matrix:
    """From subpixels of the panel to millimetres from its middle."""
    step = glass.pitch / scale
    return np.array([[step, 0, -size[0] * step / 2], [0, step, -size[1] * step / 2], [0, 0, 1]])


def _onto_sensor(glass: Glass, shot: Shot) -> Matrix:
    """From millimetres on the glass to camera pixels from the optical axis."""
    roll, tilt, turn = (math.radians(angle) for angle in (shot.roll, shot.tilt, shot.turn))
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]])
    about_y = np.array([[math.cos(turn), 0, math.sin(turn)], [0, 1, 0], [-math.sin(turn), 0, math.cos(turn)]])
    placed = about_z @ about_x @ about_y
    placed[:, 2] = (
        shot.shift[0] * shot.distance / FOCAL,
        shot.shift[1] * shot.distance / FOCAL,
        shot.distance,
    )
    onto: Matrix = np.diag([FOCAL, FOCAL, 1.0]) @ placed
    return onto


def _fineness(glass: Glass, shot: Shot) -> int:
    wanted = _SAMPLES if glass.fill < 1 else _PAPER_SAMPLES
    return min(4, max(1, math.ceil(wanted * shot.distance / (FOCAL * glass.pitch))))


def _sampled(panel: Image.Image, onto: Matrix, fineness: int) -> Image.Image:
    """The panel in its bezel, as the sensor averages it."""
    width, height = panel.size
    corners = onto @ np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]])
    across, down = corners[0] / corners[2], corners[1] / corners[2]
    left, top = math.floor(across.min()) - _MARGIN, math.floor(down.min()) - _MARGIN
    size = (math.ceil(across.max()) + _MARGIN - left, math.ceil(down.max()) + _MARGIN - top)
    from_fine = np.array([[1 / fineness, 0, left], [0, 1 / fineness, top], [0, 0, 1]])
    back = np.linalg.inv(onto) @ from_fine
    fine = panel.transform(
        (size[0] * fineness, size[1] * fineness),
        Image.Transform.PERSPECTIVE,
        tuple((back / back[2, 2]).ravel()[:8]),
        Image.Resampling.NEAREST,
        fillcolor=_BEZEL,
    )
    return fine.reduce(fineness) if fineness > 1 else fine


def _smear(length: float, heading: float) -> ImageFilter.Kernel:
    """A hand that moved while the shutter was open."""
    weights = np.zeros((5, 5))
    for at in np.linspace(-length / 2, length / 2, 9):
        x, y = 2 + at * math.cos(heading), 2 + at * math.sin(heading)
        left, top = min(3, int(x)), min(3, int(y))
        right, bottom = x - left, y - top
        weights[top : top + 2, left : left + 2] += np.outer((1 - bottom, bottom), (1 - right, right))
    return ImageFilter.Kernel((5, 5), list(weights.ravel() / weights.sum()))


def _developed(light: Levels, shot: Shot) -> NDArray[np.uint8]:
    seen: Levels = light * np.float32(shot.exposure * (1 - shot.flare)) + np.float32(255 * shot.flare)
    if shot.glare:
        seen += np.float32(255 * shot.glare.strength) * _lamp(shot.glare, light.shape)
    grain = _grain()
    start = shot.grain % (grain.size - seen.size)
    seen += np.float32(shot.noise) * grain[start : start + seen.size].reshape(seen.shape)
    frame: NDArray[np.uint8] = np.clip(seen, 0, 255).astype(np.uint8)
    return frame


def _lamp(glare: Glare, shape: tuple[int, ...]) -> Levels:
    down = (np.arange(shape[0], dtype=np.float32) / shape[0] - glare.y) / glare.radius
    across = (np.arange(shape[1], dtype=np.float32) / shape[1] - glare.x) / glare.radius
    return np.outer(np.exp(-(down**2) / 2), np.exp(-(across**2) / 2)).astype(np.float32)


@lru_cache(1)
def _grain() -> Levels:
    """Noise of sigma 1, of which each shot takes a piece."""
    return np.random.default_rng(1).standard_normal(1 << 21, dtype=np.float32)
