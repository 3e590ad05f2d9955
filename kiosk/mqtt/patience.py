"""How long to wait for the broker, and before the next try to reach it; pure.

After a broker's restart all kiosks of an operator come back at once, so every pause is drawn anew from the
whole window, and the window doubles with every failure.  Two machines with one id throw each other out for
ever: MQTT 3.1.1 tells neither of them why, but a broker that keeps hanging up on connections it had accepted
gives it away.
"""

from msgspec import Struct

CLASHES = 3
"""So many accepted connections ended by the broker, close together, are no coincidence."""


class Pace(Struct, frozen=True, kw_only=True):
    """Seconds: the least and the most to wait, and how long a connection must last to count as stable.

    `contested` is the most to wait while another machine seems to use our id; `dialling` the most for each of
    the connection, TLS and the broker's welcome, `farewell` for the last words.
    """

    least: float = 1.0
    most: float = 120.0
    stable: float = 60.0
    contested: float = 300.0
    dialling: float = 10.0
    farewell: float = 3.0


class Ending(Struct, frozen=True):
    """How a try ended: after how many seconds as an accepted connection (0: never accepted), and why.

    `hung_up` is whether the broker itself ended a connection that it had accepted.
    """

    reason: str
    lasted: float = 0.0
    hung_up: bool = False


class Patience(Struct, frozen=True):
    """What went wrong since the last stable connection."""

    failures: int = 0
    hung_up_at: tuple[float, ...] = ()
    is_contested: bool = False

    def after(self, ending: Ending, now: float, pace: Pace) -> "Patience":
        """What to think once a try has ended; `now` is any clock that never jumps."""
        earlier = Patience() if ending.lasted >= pace.stable else self
        recent = tuple(moment for moment in earlier.hung_up_at if now - moment < pace.stable)
        recent += (now,) if ending.hung_up else ()
        recent = recent[-CLASHES:]
        contested = earlier.is_contested or len(recent) == CLASHES
        return Patience(earlier.failures + 1, recent, contested)

    def pause(self, chance: float, pace: Pace) -> float:
        """Seconds until the next try; `chance` is a random number from 0 to 1."""
        if self.is_contested:
            return _between(pace.most, pace.contested, chance)
        doublings = min(self.failures + 1, 30)
        return _between(pace.least, min(pace.most, pace.least * 2**doublings), chance)


def _between(low: float, high: float, chance: float) -> float:
    return max(low, min(low + (high - low) * chance, high))
