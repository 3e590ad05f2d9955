"""Under what a picture is taken: where the phone is held, how steadily, in what light, of what panel.

All draws of one shot come from its number, so that every encoder is seen under the same conditions.
"""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from tests.decodability.glasses import Glass

FOCAL: Final = 1400.0
"""Pixels: a phone's main camera, 69 degrees wide, which hands its decoder 1920 pixels."""


class Glare(NamedTuple):
    """A lamp's reflection: how bright, and where and how large in shares of the picture."""

    strength: float
    x: float
    y: float
    radius: float


class Shot(NamedTuple):
    """One picture.

    `distance` in millimetres, angles in degrees, `focus` (a sigma) and `motion` (a length) in camera pixels,
    `noise` in steps of 256, `flare` the light that lies over everything, `dead` lines of dots as
    column and row (-1 is none).
    """

    distance: float
    roll: float
    tilt: float
    turn: float
    shift: tuple[float, float]
    focus: float
    motion: float
    heading: float
    noise: float
    exposure: float
    flare: float
    glare: Glare | None
    dead: tuple[tuple[int, int], ...]
    grain: int


Setting = Callable[[Glass, np.random.Generator], Shot]
"""How the shots of one cell are drawn."""


def held_at(distance: int) -> Setting:
    """By a customer whose hand shakes, so many millimetres from the glass, in any light."""

    def shot(glass: Glass, draw: np.random.Generator) -> Shot:
        return Shot(
            distance=distance,
            roll=draw.uniform(-10, 10),
            tilt=draw.uniform(-20, 20),
            turn=draw.uniform(-20, 20),
            shift=(draw.uniform(0, 1), draw.uniform(0, 1)),
            focus=draw.uniform(0.5, 1.1),
            motion=min(4.0, draw.exponential(0.8)),
            heading=draw.uniform(0, math.pi),
            noise=draw.uniform(2, 9),
            exposure=draw.lognormal(-0.15, 0.25),
            flare=draw.uniform(0, 0.15),
            glare=_glare(draw) if draw.random() < 0.2 else None,
            dead=_dead(glass, draw, 0.12),
            grain=int(draw.integers(1 << 20)),
        )

    return shot


_BLURS: Final = (0.10, 0.15, 0.15, 0.15, 0.20, 0.20, 0.25, 0.25, 0.30, 0.30, 0.35, 0.60)
"""Sigmas in dots; with the last no code is read."""


def close_by(glass: Glass, draw: np.random.Generator) -> Shot:
    """Three to six camera pixels a dot: twelve blurs, one of them hopeless; no dead line."""
    pixels = draw.uniform(3, 6)
    return Shot(
        distance=FOCAL * glass.pitch / pixels,
        roll=draw.uniform(-10, 10),
        tilt=draw.uniform(-15, 15),
        turn=draw.uniform(-15, 15),
        shift=(draw.uniform(0, 1), draw.uniform(0, 1)),
        focus=_BLURS[int(draw.integers(len(_BLURS)))] * pixels,
        motion=0.0,
        heading=0.0,
        noise=draw.uniform(2, 9),
        exposure=1.0,
        flare=draw.uniform(0, 0.1),
        glare=None,
        dead=(),
        grain=int(draw.integers(1 << 20)),
    )


def _glare(draw: np.random.Generator) -> Glare:
    return Glare(draw.uniform(0.15, 0.7), draw.uniform(0, 1), draw.uniform(0, 1), draw.uniform(0.05, 0.25))


def _dead(glass: Glass, draw: np.random.Generator, share: float) -> tuple[tuple[int, int], ...]:
    """One line in most of the panels that have any, else two."""
    count = int(draw.random() < share) + int(draw.random() < share * 0.2)
    return tuple(
        (int(draw.integers(glass.side)), -1) if draw.random() < 0.5 else (-1, int(draw.integers(glass.side)))
        for _ in range(count)
    )
