"""A screen and a panel's size become a picture."""

from kiosk.drawing.artist import Artist, draw
from kiosk.drawing.render import explained, render

__all__ = ["Artist", "draw", "explained", "render"]
