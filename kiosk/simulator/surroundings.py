"""What stands around a pretended machine: goods that fall through a beam or hang, a car on a loop, a door.

It is the far end of the machine's inputs.  It knows nothing of money, only of what moved and what is touched.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kiosk.simulator.box import Box
from kiosk.simulator.profiles import Profile
from kiosk.simulator.story import Story

FALLS_FOR: Final = 0.15
"""Seconds for which falling goods interrupt the beam."""
DRIVES_AFTER: Final = 1.2
"""Seconds after which a driver has seen that the barrier is open, and is through it."""


class Contact(Struct, frozen=True):
    """What a visitor does to an input of one role, and what the story says of it, when it is on and off."""

    on: str
    off: str
    went_on: str
    went_off: str


CONTACTS: Final = {
    "drop": Contact(
        "Hold a hand in the bin",
        "Take the hand out",
        "A hand is in the bin: the beam is interrupted",
        "The bin is free again",
    ),
    "vend_ok": Contact("Say vended", "Say nothing", "The dispenser says: vended", "The dispenser is silent"),
    "door": Contact("Open the door", "Shut the door", "Somebody opened the door", "The door was shut"),
    "inhibit": Contact(
        "Let it say no", "Let it sell", "The machine says: not now", "The machine is ready again"
    ),
    "loop": Contact(
        "A car drives up", "The car drives away", "A car stands on the loop", "The car drove away"
    ),
}


class Surroundings:
    """Around a machine with a profile; a machine without inputs has surroundings in which nothing happens."""

    def __init__(self, box: Box, profile: Profile | None, story: Story) -> None:
        self.is_jammed = False
        self._box = box
        self._profile = profile
        self._roles = {name: str(table["role"]) for name, table in profile.inputs.items()} if profile else {}
        self._story = story
        self._soon: list[asyncio.TimerHandle] = []

    @property
    def roles(self) -> dict[str, str]:
        """Each input with what it is for."""
        return dict(self._roles)

    def touch(self, name: str, *, active: bool) -> None:
        """Somebody does something to an input; KeyError where there is no such input."""
        contact = CONTACTS[self._roles[name]]
        if self._box.inputs.get(name, False) != active:
            self._story.tell("customer", contact.went_on if active else contact.went_off)
            self._box.touch(name, active)

    def jam(self, *, jammed: bool) -> None:
        """Let the goods hang in the spirals from now on, or no longer."""
        self.is_jammed = jammed
        self._story.tell("trouble", "The spirals are jammed" if jammed else "The spirals were freed")

    def moved(self, output: str) -> str:
        """An output moved for long enough: what came of it in a sentence, empty where goods hang."""
        return self._opened() if output == "gate" else self._dropped()

    def close(self) -> None:
        """Nothing happens any more."""
        for each in self._soon:
            each.cancel()

    def _dropped(self) -> str:
        if self.is_jammed:
            self._story.tell("trouble", "The goods hang in the spiral: nothing fell")
            return ""
        if beam := self._profile.input_for("drop") if self._profile else "":
            self._box.touch(beam, True)
            self._later(FALLS_FOR, lambda: self._box.touch(beam, False))
        return "The goods fell"

    def _opened(self) -> str:
        loop = self._profile.input_for("loop") if self._profile else ""
        if loop and self._box.inputs.get(loop, False):
            self._later(DRIVES_AFTER, lambda: self._drives_through(loop))
        return "The gate opened"

    def _drives_through(self, loop: str) -> None:
        if self._box.inputs.get(loop, False):
            self._story.tell("customer", "The car drove through the gate")
            self._box.touch(loop, False)

    def _later(self, seconds: float, deed: Callable[[], None]) -> None:
        self._soon.append(asyncio.get_running_loop().call_later(seconds, deed))
