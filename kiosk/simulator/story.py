"""The story so far, in plain sentences: one short line for each thing that happened.

The same sentence again straight away is counted, not repeated.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

REMEMBERED: Final = 400

Teller = Callable[["Line"], None]


class Line(Struct, frozen=True):
    """One thing that happened.

    `who`: customer, phone, gateway, machine, kiosk, operator, controller, broker, power or trouble.
    """

    number: int
    at: float
    who: str
    text: str
    times: int = 1


class Story:
    """What happened, oldest first; `now` is seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lines: deque[Line] = deque(maxlen=REMEMBERED)
        self._listeners: list[Teller] = []
        self._count = 0

    def tell(self, who: str, text: str) -> None:
        """Add a line, or count the last one once more."""
        last = self._lines[-1] if self._lines else None
        if last is not None and (last.who, last.text) == (who, text):
            line = self._lines[-1] = replace(last, times=last.times + 1)
        else:
            self._count += 1
            line = Line(self._count, self._now(), who, text)
            self._lines.append(line)
        for listener in self._listeners:
            listener(line)

    def listen(self, listener: Teller) -> None:
        """Call `listener` with every line from now on, and again when a line is counted once more."""
        self._listeners.append(listener)

    def lines(self, newest: int = REMEMBERED) -> list[Line]:
        """The newest lines, oldest of them first."""
        return list(self._lines)[-newest:]


def rupiah(amount: int) -> str:
    """An amount as Indonesians write it, for example `Rp 12.500`."""
    return "Rp " + f"{amount:,}".replace(",", ".")
