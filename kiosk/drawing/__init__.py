"""A screen and a panel's size become a picture."""

from kiosk.drawing.artist import Artist, draw

__all__ = ["Artist", "draw"]
