"""A relay on one GPIO line: one pulse at a time, and off on every way out.

What Python cannot do is said where it is configured: a line that nothing drives (before this program starts,
with some kernels after it died) floats or follows the chip's own weak pull, and only a resistor holds a relay
off there.
"""

import atexit
from typing import Annotated

from msgspec import Meta

from hardware.base import Pulse
from hardware.board import Board
from hardware.header import must_rest_off
from hardware.plans import Plan
from hardware.switch import Switch


class Relay:
    """Off when made, off when closed, off at exit, off after its longest pulse."""

    class Config(Plan, frozen=True, kw_only=True):
        """`pin` is the BCM number.

        `resistor_holds_it_off` is the technician's word that a resistor on the line (10 kOhm or less, to 3V3
        where active_high is false, to ground otherwise) keeps the relay off while nothing drives the line.
        """

        pin: Annotated[int, Meta(ge=0, le=27)]
        active_high: bool = True
        resistor_holds_it_off: bool = False

        def __post_init__(self) -> None:
            super().__post_init__()
            must_rest_off(
                self.pin, active_high=self.active_high, resistor_holds_it_off=self.resistor_holds_it_off
            )

    def __init__(self, config: Config, board: Board) -> None:
        self._line = board.pins().output(config.pin, "relay", active_high=config.active_high)
        self._switch = Switch(self._line.name, self._line.turn, longest=config.milliseconds)
        atexit.register(self.close)

    def release(self, plan: Pulse) -> None:
        self._switch.pulse(plan.milliseconds)

    def off(self) -> None:
        self._switch.off()

    def close(self) -> None:
        atexit.unregister(self.close)
        try:
            self._switch.close()
        finally:
            self._line.close()
