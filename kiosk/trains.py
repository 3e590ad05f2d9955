"""Sales that are given in pulses: how many an amount buys, and how to say how many were given.

One pulse is worth so many rupiah, as in a coin acceptor.  No pulse can be taken back, and after a cut none is
given by itself: what matters then is to say truly how many there were.
"""

from msgspec import Struct

from kiosk.model import Rupiah


class Train(Struct, frozen=True):
    """What an output gives for money: one pulse for every `worth`, `most` of them at a time.

    `rounds_down`: whether the rest of an amount that is no whole number of pulses is kept; `counted`: whether
    each pulse is on disk before it is given.
    """

    worth: Rupiah
    most: int
    rounds_down: bool = False
    counted: bool = False

    def pulses(self, amount: int) -> int:
        """How many pulses the amount buys; 0 where it must not be sold."""
        whole, rest = divmod(amount, self.worth)
        return 0 if whole > self.most or (rest and not self.rounds_down) else whole

    def refusal(self, amount: int) -> str:
        """Why the amount must not be sold, empty where it may be."""
        whole, rest = divmod(amount, self.worth)
        if whole > self.most:
            return f"is {whole} pulses of {self.worth} rupiah, and its output gives {self.most} at most"
        if rest and not self.rounds_down:
            return f"is no whole number of pulses of {self.worth} rupiah"
        return "" if whole else f"buys no pulse of {self.worth} rupiah"


def given(surely: int, begun: int, total: int) -> str:
    """How many of `total` pulses were given, where `surely` so many and the last of `begun` perhaps not."""
    if surely == begun:
        return f"{surely} of {total} pulses"
    if surely + 1 == begun:
        return f"{surely} or {begun} of {total} pulses"
    return f"up to {begun} of {total} pulses"
