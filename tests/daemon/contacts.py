"""Contacts touched by the test."""

from collections.abc import Callable

from hardware.base import Watch, nothing
from hardware.errors import DeviceFailed


class Wire:
    """An input; `trouble` is why it cannot be read, where it cannot."""

    def __init__(self, *, active: bool = False, trouble: str = "") -> None:
        self.level = active
        self.trouble = trouble
        self.is_closed = False
        self.watches: list[Watch] = []
        self._put: list[Callable[[bool], None]] = []
        self._failed: list[Callable[[str], None]] = []
        self._healed: list[Callable[[], None]] = []

    def listen(
        self,
        put: Callable[[bool], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
    ) -> bool:
        level = self.active()
        self._put.append(put)
        self._failed.append(failed)
        self._healed.append(healed)
        return level

    def active(self) -> bool:
        if self.trouble:
            raise DeviceFailed(self.trouble)
        return self.level

    def watch(self) -> Watch:
        watch = Watch(lambda: self.watches.remove(watch))
        self.active()
        self.watches.append(watch)
        return watch

    def close(self) -> None:
        self.is_closed = True

    def touch(self, active: bool) -> None:
        """It is active from now on, or no longer."""
        self.level = active
        for put in self._put:
            put(active)
        for watch in self.watches if active else []:
            watch.notice()

    def fall(self) -> None:
        """Something passes."""
        self.touch(True)
        self.touch(False)

    def fail(self, reason: str) -> None:
        """It cannot be read from now on."""
        self.trouble = reason
        for failed in self._failed:
            failed(reason)
        for watch in self.watches:
            watch.fail(reason)

    def heal(self) -> None:
        """It can be read again."""
        self.trouble = ""
        for healed in self._healed:
            healed()
