"""A screen and a panel's size become a picture."""

from kiosk.drawing.artist import Artist, draw
from kiosk.drawing.render import render

__all__ = ["Artist", "draw", "render"]
