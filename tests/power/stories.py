"""What a seed means: a sale, a moment in it, a cut or a kill there, and what else goes wrong."""

from enum import StrEnum
from random import Random

from msgspec import Struct

from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.wiring import Plan


class Moment(StrEnum):
    """When it happens."""

    ASKING = "while the code is asked for"
    CODE_SHOWN = "while the code is on the panel"
    PAID = "just after the phone paid"
    IN_MID_PULSE = "while the relay is on"
    RELEASED = "as the relay goes off"
    REFUNDING = "while the money goes back"


class How(StrEnum):
    """What happens: a new boot, or the same one."""

    POWER_CUT = "power cut"
    KILLED = "daemon killed"


PULSE = 0.4

WINDOW = {
    Moment.ASKING: (0.0, 0.15),
    Moment.CODE_SHOWN: (0.0, 2.5),
    Moment.PAID: (0.0, 2.0),
    Moment.IN_MID_PULSE: (0.0, PULSE),
    Moment.RELEASED: (PULSE - 0.005, PULSE + 0.02),
    Moment.REFUNDING: (0.0, 0.3),
}
"""Seconds after its beginning between which a moment is hit; those about the relay begin when it goes on."""

ON_THE_WAY = (Misfortune.LOST_REPLY, Misfortune.ERROR_AFTERWARDS, Misfortune.PAID_MEANWHILE)
# a refund whose answer was lost is looked for only a minute later: too long for a story
TROUBLES = {moment: (None,) if moment is Moment.REFUNDING else ON_THE_WAY for moment in Moment}


class Story(Struct, frozen=True):
    """One seeded story; seconds throughout."""

    seed: int
    how: How
    moment: Moment
    delay: float
    dark_for: float
    pays_in_the_dark: bool
    again_after: float | None
    refunds: bool
    trouble: Misfortune | None

    @property
    def plan(self) -> Plan:
        """A machine with short times where a story waits for their end; it dies before any of the others."""
        return Plan(
            on_screen=20.0,
            claim_window=1.0,
            poll=0.5,
            wait_for_code=20.0,
            create_deadline=10.0,
            status_deadline=10.0,
            pulse=round(PULSE * 1000),
            refunds=self.refunds or self.moment is Moment.REFUNDING,
        )


def story(seed: int) -> Story:
    """The story of a seed; the moments and both ways to die take turns, the rest is drawn."""
    dice = Random(seed)  # noqa: S311  # a seeded story, not a secret
    moment = list(Moment)[seed % len(Moment)]
    return Story(
        seed=seed,
        how=list(How)[seed // len(Moment) % 2],
        moment=moment,
        delay=dice.uniform(*WINDOW[moment]),
        dark_for=dice.choice((0.0, 0.05, 0.5)),
        pays_in_the_dark=dice.random() < 0.5,
        again_after=dice.uniform(0, 1.0) if dice.random() < 0.3 else None,
        refunds=dice.random() < 0.5,
        trouble=dice.choice(TROUBLES[moment]) if dice.random() < 0.3 else None,
    )
