"""The outputs as the world sees them: lamps that are on or off, and every pulse they ever gave."""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

DROPS_AFTER: Final = 0.5
"""The share of a whole pulse after which a spiral has turned far enough for the goods to fall."""


class Pulse(Struct, frozen=True):
    """One time of being on; `order` is the newest order at the gateway when it began, `ended` 0 while on."""

    output: str
    order: str
    began: float
    ended: float = 0.0
    was_cut: bool = False

    @property
    def milliseconds(self) -> int:
        """How long it lasted."""
        return round((self.ended - self.began) * 1000)


class Lamps:
    """All outputs of one machine."""

    def __init__(self) -> None:
        self._on: dict[str, Pulse] = {}
        self._pulses: list[Pulse] = []

    def on(self, output: str, order: str, now: float) -> bool:
        """Switch on; False when it was on already."""
        if output in self._on:
            return False
        self._on[output] = Pulse(output, order, now)
        return True

    def off(self, output: str, now: float, was_cut: bool = False) -> Pulse | None:
        """Switch off; the pulse that ended, or None where it was off already."""
        pulse = self._on.pop(output, None)
        if pulse is None:
            return None
        ended = replace(pulse, ended=now, was_cut=was_cut)
        self._pulses.append(ended)
        return ended

    def all_off(self, now: float) -> list[Pulse]:
        """Everything drops because nobody holds it any more."""
        cut = [self.off(output, now, was_cut=True) for output in list(self._on)]
        return [pulse for pulse in cut if pulse is not None]

    def lit(self) -> list[str]:
        """The outputs that are on."""
        return sorted(self._on)

    def pulses(self) -> list[Pulse]:
        """Every pulse that ended, and those that are still on, oldest first."""
        return [*self._pulses, *self._on.values()]

    def of_order(self, order: str) -> list[Pulse]:
        """The pulses of one order."""
        return [pulse for pulse in self.pulses() if pulse.order == order]
