"""What can be heard: a piezo that sounds at the pitch it is given, or a buzzer that has only its own."""

from collections.abc import Callable
from threading import Condition, Thread
from typing import Annotated

from msgspec import Meta, Struct

from hardware.base import Tune
from hardware.board import Board
from hardware.errors import DeviceFailed, HardwareError

Pin = Annotated[int, Meta(ge=0, le=27, description="BCM number")]


class Player:
    """Plays tunes in a thread of its own, the newest only; `voice` sounds at so many hertz, 0 for silence."""

    def __init__(self, voice: Callable[[int], None]) -> None:
        self._voice = voice
        self._changed = Condition()
        self._wanted: list[Tune] = []
        self._closed = False
        self._trouble = ""
        self._thread = Thread(target=self._run, name="sounder", daemon=True)
        self._thread.start()

    def play(self, tune: Tune) -> None:
        """Begin; raises `DeviceFailed` for the one before."""
        with self._changed:
            trouble, self._trouble = self._trouble, ""
            self._wanted = [tune]
            self._changed.notify()
        if trouble:
            raise DeviceFailed(trouble)

    def close(self) -> None:
        """Be silent for good; twice is once."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (tune := self._next()) is not None:
            try:
                self._sound(tune)
            except HardwareError as error:
                self._trouble = str(error)

    def _next(self) -> Tune | None:
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self._closed)
            return None if self._closed else self._wanted.pop()

    def _sound(self, tune: Tune) -> None:
        try:
            for note in tune.notes:
                self._voice(note.hertz)
                if self._gives_way(note.milliseconds / 1000):
                    return
        finally:
            self._voice(0)

    def _gives_way(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._wanted) or self._closed, seconds)


class Piezo:
    """A bare piezo, or a magnetic sounder behind a transistor: it has no tone of its own."""

    class Config(Struct, frozen=True, kw_only=True):
        """`pin` is the BCM number."""

        pin: Pin

    def __init__(self, config: Config, board: Board) -> None:
        self._line = board.pins().tone(config.pin, "piezo")
        self._player = Player(self._line.sound)

    def play(self, tune: Tune) -> None:
        self._player.play(tune)

    def close(self) -> None:
        self._player.close()
        self._line.close()


class Buzzer:
    """A buzzer with a tone of its own: of a tune it knows the rhythm."""

    class Config(Struct, frozen=True, kw_only=True):
        """`pin` is the BCM number; `active_high` is false for a module that sounds while its pin is low."""

        pin: Pin
        active_high: bool = True

    def __init__(self, config: Config, board: Board) -> None:
        self._line = board.pins().output(config.pin, "buzzer", active_high=config.active_high)
        self._player = Player(lambda hertz: self._line.turn(hertz > 0))

    def play(self, tune: Tune) -> None:
        self._player.play(tune)

    def close(self) -> None:
        self._player.close()
        self._line.close()
