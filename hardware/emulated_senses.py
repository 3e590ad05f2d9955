"""Inputs and a sounder of a machine that is only drawn: the other end is the simulator's box."""

from collections.abc import Callable

from msgspec import Struct

from hardware.base import Tune, Watch, nothing
from hardware.board import Board
from hardware.errors import DeviceFailed
from hardware.lines import Sound


class EmulatedInput:
    """A contact that somebody in the box touches; it never bounces."""

    class Config(Struct, frozen=True, kw_only=True):
        """`name` is the input's in the box."""

        socket: str
        name: str

    def __init__(self, config: Config, board: Board) -> None:
        self._name = config.name
        self._part = f"input:{config.name}"
        self._link = board.link(config.socket)
        self._put: list[Callable[[bool], None]] = []
        self._failed: list[Callable[[str], None]] = []
        self._healed: list[Callable[[], None]] = []
        self._watches: list[Watch] = []
        self._link.on_touch(self._name, self._touched)
        self._link.on_trouble(self._part, self._fail, self._heal)

    def listen(
        self,
        put: Callable[[bool], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
    ) -> bool:
        """All three are called from the link's thread."""
        level = self.active()
        self._healed.append(healed)
        self._put.append(put)
        self._failed.append(failed)
        return level

    def active(self) -> bool:
        if reason := self._link.trouble(self._part):
            raise DeviceFailed(reason)
        return self._link.touched(self._name)

    def watch(self) -> Watch:
        """A box that goes away meanwhile has seen nothing that anybody could know of."""
        watch = Watch(lambda: self._watches.remove(watch))
        self._watches.append(watch)
        if reason := self._link.trouble(self._part):
            watch.fail(reason)
        return watch

    def close(self) -> None:
        self._put.clear()
        self._failed.clear()
        self._healed.clear()

    def _touched(self, active: bool) -> None:
        for put in list(self._put):
            put(active)
        for watch in list(self._watches) if active else []:
            watch.notice()

    def _fail(self, reason: str) -> None:
        for failed in list(self._failed):
            failed(reason)
        for watch in list(self._watches):
            watch.fail(reason)

    def _heal(self) -> None:
        for healed in list(self._healed):
            healed()


class EmulatedSounder:
    """Tells the box what is to be heard."""

    class Config(Struct, frozen=True, kw_only=True):
        """The box's socket."""

        socket: str

    def __init__(self, config: Config, board: Board) -> None:
        self._link = board.link(config.socket)

    def play(self, tune: Tune) -> None:
        if reason := self._link.trouble("buzzer"):
            raise DeviceFailed(reason)
        self._link.send(Sound(tune.name, tune.notes))

    def close(self) -> None:
        """The box is silent when the link ends."""
