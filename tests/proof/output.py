"""The outputs and the drop sensor: what truly moved, and what the machine hears of it."""

from typing import TYPE_CHECKING

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop
from kiosk.settings import NOTHING
from tests.proof import facts

if TYPE_CHECKING:
    from tests.proof.story import World

PULSE = 0.5
ECHO = 0.1
"""Seconds after which the same word comes once more: in the middle of the next pulse."""


class Output:
    """One release at a time."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.moving: do.Release | None = None

    def release(self, act: do.Release) -> None:
        """Energise it; a slot whose controller vends by itself needs nothing."""
        world, order = self.world, act.order
        boot = world.machine.clock.now.boot
        if order.output == NOTHING:
            world.story.note(facts.Rose, order, act.first, act.last, boot)
            world.story.note(facts.Fell, order.id, True, True, Drop.NO_SENSOR)
            world.put(on.Released(order.id, Drop.NO_SENSOR, act.last))
            return
        if on.Part.OUTPUT in world.broken or "is_stuck" in world.troubles:
            world.hit("relay refuses", "The relay does not move at all.")
            world.put(on.ReleaseFailed(order.id, energised=False, reason="no answer"), 0.05)
            return
        world.story.note(facts.Rose, order, act.first, act.last, boot)
        self.moving = act
        world.soon(PULSE * max(1, act.last - act.first + 1), self._over)

    def finish(self) -> None:
        """A release under way is let finish."""
        if self.moving:
            self._over()

    def process_ended(self, *, power: bool) -> None:
        """The hardware ends the pulse; what was given nobody knows."""
        moving, self.moving = self.moving, None
        if moving:
            self.world.hits["power fails in a pulse" if power else "crash in a pulse"] += 1
            self.world.story.note(facts.Fell, moving.order.id, False, True, Drop.NO_SENSOR)

    def tries(self, act: do.TryOutput) -> None:
        """It moves without a sale."""
        self.world.story.note(facts.Tried, act.output, act.command)
        self.world.put(on.OutputTried(act.command, ""), PULSE)

    def _over(self) -> None:
        act, self.moving = self.moving, None
        if act is None:
            return
        event = self._outcome(act)
        if self.world.machine.passes("pulse>"):
            self.world.machine.happen(event)
        if "echoes" in self.world.troubles:
            self.world.put(event, ECHO)

    def _outcome(self, act: do.Release) -> on.Event:
        world, order_id = self.world, act.order.id
        note = world.story.note
        if "drops_nothing" in world.troubles:
            note(facts.Fell, order_id, True, True, Drop.NOT_SEEN)
            return on.Released(order_id, Drop.NOT_SEEN, act.last)
        if world.draw.random() >= world.rate:
            drop = Drop.SEEN if world.draw.random() < 0.7 else Drop.NO_SENSOR
            note(facts.Fell, order_id, True, True, drop)
            return on.Released(order_id, drop, act.last)
        if world.draw.random() < 0.5:
            world.hit("nothing drops", "The sensor sees nothing drop.")
            note(facts.Fell, order_id, True, True, Drop.NOT_SEEN)
            return on.Released(order_id, Drop.NOT_SEEN, act.last)
        world.hit("relay fails", "The relay stops in the middle.")
        note(facts.Fell, order_id, False, True, Drop.NO_SENSOR)
        return on.ReleaseFailed(order_id, energised=True, reason="the coil is open", begun=act.last)
