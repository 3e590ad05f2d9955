"""A slow panel behind a thread of its own, so that nobody waits for it.

Of the pictures that come while one is being drawn only the newest is kept: a customer wants the last word,
not the way to it.
"""

from collections.abc import Callable
from threading import Condition, Thread

from PIL.Image import Image

from hardware.base import Panel
from hardware.errors import DeviceFailed, HardwareError


class Newest:
    """A panel whose `show` returns at once; a failure is told to `failed`, and at the next `show`."""

    def __init__(self, panel: Panel, failed: Callable[[str], None]) -> None:
        self._panel = panel
        self._failed = failed
        self._changed = Condition()
        self._waiting: list[Image] = []
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

    def show(self, image: Image) -> None:
        """Have the picture drawn next, in place of one that waits.

        Raises `DeviceFailed` when the one before it failed; this one is drawn all the same.
        """
        with self._changed:
            if self._closed:
                raise DeviceFailed("the panel is closed")
            self._waiting = [image.copy()]
            self._changed.notify_all()
            trouble, self._trouble = self._trouble, ""
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
                self._trouble = ""
            except HardwareError as error:
                self._tell(str(error))
            except Exception as error:  # noqa: BLE001  # a thread that died unheard would freeze the panel
                self._tell(f"the panel cannot draw: {error!r}")

    def _next(self) -> Image | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return None if self._closed else self._waiting.pop()

    def _tell(self, why: str) -> None:
        with self._changed:
            self._trouble = why
        self._failed(why)
