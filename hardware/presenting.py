"""How a panel is shown on by a thread that must not wait: what it needs is put around it here.

A slow one draws in a thread of its own, one that wears out by shining is looked after, and one that is
neither is left as it is.
"""

from collections.abc import Callable
from typing import cast

from hardware.base import GlowingPanel, Panel, refresh_seconds

PATIENCE = 0.25
"""Seconds that the thread which decides may spend on a picture."""


def presented(panel: Panel, failed: Callable[[str], None]) -> Panel:
    """The panel as to be shown on; `failed` hears of failures that no `show` can raise.

    Closing it closes the panel.  It raises from `show` while the panel is known not to work, and no more
    once a picture got through, so that who asks again from time to time learns of both.
    """
    shown_on: Panel = panel
    if hasattr(panel, "glow"):
        from hardware.resting import Resting

        shown_on = Resting(cast("GlowingPanel", panel), failed)
    if is_slow(panel):
        from hardware.newest import Newest

        shown_on = Newest(shown_on, failed)
    return shown_on


def is_slow(panel: Panel) -> bool:
    """Whether a picture takes so long that no countdown should be drawn second by second."""
    return refresh_seconds(panel) > PATIENCE
