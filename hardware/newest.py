"""A slow panel behind a thread of its own, so that nobody waits for it.

Of the pictures that come while one is being drawn only the newest is kept: a customer wants the last word,
not the way to it.  A picture that is on the glass already is not drawn again, but once a day, because a glass
that never moves keeps a shadow.
"""

from collections.abc import Callable
from threading import Condition, Thread

from PIL.Image import Image

from hardware.base import Panel, refresh_seconds
from hardware.errors import DeviceFailed, HardwareError

A_DAY = 86_400.0


class Newest:
    """A panel whose `show` returns at once.

    A failure is told to `failed`, once each time, and at every `show` until a picture is on the glass again.
    """

    def __init__(self, panel: Panel, failed: Callable[[str], None], *, afresh_every: float = A_DAY) -> None:
        self._panel = panel
        self._failed = failed
        self._afresh_every = afresh_every
        self._changed = Condition()
        self._waiting: list[Image] = []
        self._on_glass: list[Image] = []
        self._trouble = ""
        self._closed = False
        self._thread = Thread(target=self._run, name="newest", daemon=True)
        self._thread.start()

    @property
    def size(self) -> tuple[int, int]:
        return self._panel.size

    @property
    def mode(self) -> str:
        return self._panel.mode

    @property
    def refresh_seconds(self) -> float:
        return refresh_seconds(self._panel)

    def show(self, image: Image) -> None:
        """Have the picture drawn next, in place of one that waits.

        Raises `DeviceFailed` while the last one that was drawn failed; this one is drawn all the same.
        """
        with self._changed:
            if self._closed:
                raise DeviceFailed("the panel is closed")
            self._waiting = [image.copy()]
            self._changed.notify_all()
            trouble = self._trouble
        if trouble:
            raise DeviceFailed(trouble)

    def close(self) -> None:
        """Draw nothing more after the picture that is being drawn, and close the panel."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        self._panel.close()

    def _run(self) -> None:
        while (image := self._next()) is not None:
            try:
                self._panel.show(image)
            except HardwareError as error:
                self._fail(str(error))
            except Exception as error:  # noqa: BLE001  # a thread that died unheard would freeze the panel
                self._fail(f"the panel cannot draw: {error!r}")
            else:
                self._remember([image], "")

    def _next(self) -> Image | None:
        """The next picture to draw, or the one on the glass when it is a day old; None at the end."""
        with self._changed:
            while not self._closed:
                if not self._changed.wait_for(lambda: self._waiting or self._closed, self._afresh_every):
                    self._waiting = self._on_glass
                elif self._waiting == self._on_glass:
                    self._waiting = []
                    continue
                if self._waiting and not self._closed:
                    image, self._waiting = self._waiting[0], []
                    return image
            return None

    def _fail(self, why: str) -> None:
        self._remember([], why)
        self._failed(why)

    def _remember(self, on_glass: list[Image], trouble: str) -> None:
        with self._changed:
            self._on_glass, self._trouble = on_glass, trouble
