"""An OLED that is left alone: its dots wear out by shining, and a picture that stays is burnt in.

After a while without a new picture it is dimmed and moved by a dot every minute; after a longer one there is
only a small mark that wanders, so that people see that the machine is on.  The next new picture is bright
again.
"""

import time
from collections.abc import Callable
from threading import Condition, Thread
from typing import NamedTuple

from PIL.Image import Image, new

from hardware.base import GlowingPanel, Rest
from hardware.errors import DeviceFailed, HardwareError

MOVED_EVERY = 60.0
DIMMED = 0.2
MARK = 2
_STEPS = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))


class Care(NamedTuple):
    """How a picture is shown that has been there for a while; `step` counts its moves."""

    dim: bool = False
    dark: bool = False
    step: int = 0


def care(rest: Rest, quiet: float, every: float = MOVED_EVERY) -> Care:
    """The care after so many seconds without a new picture."""
    since = min((after for after in rest if after), default=quiet + 1)
    if quiet < since:
        return Care()
    dark = bool(rest.dark_after) and quiet >= rest.dark_after
    return Care(dim=True, dark=dark, step=int((quiet - since) // every))


def next_care(rest: Rest, quiet: float, every: float = MOVED_EVERY) -> float | None:
    """Seconds from then until the care changes; None where it never does."""
    changes = [after - quiet for after in rest if after > quiet]
    since = min((after for after in rest if after), default=quiet + 1)
    if quiet >= since:
        changes.append(every - (quiet - since) % every)
    return min(changes, default=None)


def cared_for(image: Image, how: Care) -> Image:
    """The picture as it is shown."""
    x, y = _STEPS[how.step % len(_STEPS)]
    shown = new(image.mode, image.size)
    if how.dark:
        mark = new(image.mode, (MARK, MARK), "white")
        shown.paste(mark, _wandered(image.size, how.step))
    else:
        shown.paste(image, (x, y))
    return shown


def _wandered(size: tuple[int, int], step: int) -> tuple[int, int]:
    """Over the whole glass in the course of a day or so, no spot preferred."""
    across, down = size[0] // MARK, size[1] // MARK
    spot = step * 61 % (across * down)
    return spot % across * MARK, spot // across * MARK


class Resting:
    """A panel that looks after itself while nothing new is shown; a failure then is told to `failed`."""

    def __init__(
        self,
        panel: GlowingPanel,
        failed: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        moved_every: float = MOVED_EVERY,
    ) -> None:
        self._panel = panel
        self._failed = failed
        self._clock = clock
        self._every = moved_every
        self._changed = Condition()
        self._shown: list[Image] = []
        self._since = 0.0
        self._closed = False
        self._thread = Thread(target=self._run, name="resting", daemon=True)
        self._thread.start()

    @property
    def size(self) -> tuple[int, int]:
        return self._panel.size

    @property
    def mode(self) -> str:
        return self._panel.mode

    @property
    def refresh_seconds(self) -> float:
        return self._panel.refresh_seconds

    def show(self, image: Image) -> None:
        """Show it brightly, unless it is the picture that rests there already."""
        with self._changed:
            if self._closed:
                raise DeviceFailed("the panel is closed")
            if self._shown != [image]:
                self._shown, self._since = [image.copy()], self._clock()
                self._changed.notify_all()
            self._draw()

    def close(self) -> None:
        """Stop looking after it, and close the panel."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        self._panel.close()

    def _draw(self) -> None:
        how = care(self._panel.rest, self._clock() - self._since, self._every)
        self._panel.glow(DIMMED if how.dim else 1.0)
        self._panel.show(cared_for(self._shown[0], how) if how.dim else self._shown[0])

    def _run(self) -> None:
        while self._wait():
            try:
                with self._changed:
                    if not self._closed:
                        self._draw()
            except HardwareError as error:
                self._failed(str(error))
            except Exception as error:  # noqa: BLE001  # a thread that died unheard would burn the glass
                self._failed(f"the panel cannot be looked after: {error!r}")

    def _wait(self) -> bool:
        """Wait until the care of the picture changes; whether there is still one to care for."""
        with self._changed:
            while not self._closed:
                left = self._left()
                woken = self._changed.wait(left)
                if not woken:
                    return True
            return False

    def _left(self) -> float | None:
        if not self._shown:
            return None
        return next_care(self._panel.rest, self._clock() - self._since, self._every)
