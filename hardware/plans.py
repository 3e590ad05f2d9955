"""How an output is energised, as its table says it: one pulse, a longer hold, or a train of pulses.

What is bounded here is bounded for good: no order, no command and no pushed configuration makes anything stay
on for longer.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

LONGEST_PULSE = 10_000
"""Milliseconds of a pulse; a longer time is asked for with `hold = true`."""
LONGEST_HOLD = 60_000
"""Milliseconds of a hold, and so of anything that is ever on."""
LONGEST_TRAIN = 60_000
"""Milliseconds of a train at its most pulses, gaps included: so long a stopping machine waits for it."""
COUNTED_FROM = 200
"""Milliseconds of a gap that leave time to write each pulse down before it is given."""


class Train(Struct, frozen=True, kw_only=True):
    """`[outputs.NAME.train]`: the amount paid is given in pulses, as a coin acceptor gives them.

    One pulse for every `rupiah_per_pulse`, off for `gap_milliseconds` between two, never more than
    `most_pulses`; an amount that is no whole number of pulses is refused, or its rest is kept.
    """

    rupiah_per_pulse: Annotated[int, Meta(ge=1, le=10_000_000)]
    gap_milliseconds: Annotated[int, Meta(ge=20, le=10_000)]
    most_pulses: Annotated[int, Meta(ge=1, le=1_000)]
    remainder: Literal["refuse", "round_down"] = "refuse"

    @property
    def is_counted(self) -> bool:
        """Whether each pulse is written down before it is given."""
        return self.gap_milliseconds >= COUNTED_FROM


class Plan(Struct, frozen=True, kw_only=True):
    """What every output's `Config` begins with: `milliseconds` is one pulse, and the longest it is ever on.

    `hold` is the word that more than ten seconds are meant; `train` gives pulses for the amount.
    """

    milliseconds: Annotated[int, Meta(ge=1, le=LONGEST_HOLD)]
    hold: bool = False
    train: Train | None = None

    def __post_init__(self) -> None:
        longest = LONGEST_HOLD if self.hold else LONGEST_PULSE
        if not 1 <= self.milliseconds <= longest:
            raise ValueError(_too_long(self.milliseconds, longest))
        if self.train and self.hold:
            raise ValueError("hold = true stands beside a train: an output does one or the other")
        if self.train and (took := _span(self.milliseconds, self.train)) > LONGEST_TRAIN:
            raise ValueError(
                f"{self.train.most_pulses} pulses of {self.milliseconds} ms with gaps of "
                f"{self.train.gap_milliseconds} ms take {took / 1000:g} s, and {LONGEST_TRAIN // 1000} s are "
                "the most: lower most_pulses, or let a pulse be worth more"
            )


def _span(milliseconds: int, train: Train) -> int:
    return train.most_pulses * (milliseconds + train.gap_milliseconds) - train.gap_milliseconds


def _too_long(milliseconds: int, longest: int) -> str:
    words = f"milliseconds must be 1 to {longest}, not {milliseconds}"
    if longest == LONGEST_PULSE and milliseconds <= LONGEST_HOLD:
        return f"{words}; where so long is meant, as for a gate's contact, add hold = true"
    return words
