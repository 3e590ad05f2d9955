"""The machine's parts, opened as the configuration names them.

The outputs come first, because making one switches it off; nothing missing is ever replaced by a pretence.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pkgutil import resolve_name
from typing import Any, NamedTuple

from hardware import BOOTS, INPUTS, KEYPADS, OUTPUTS, PANELS, SOUNDERS
from hardware.base import Boot, Keypad, Output, Panel, Pulse, Silence, Sounder
from hardware.board import Board
from hardware.errors import HardwareError
from hardware.plans import Plan
from hardware.presenting import presented
from kiosk.configuration import Configuration, Part
from kiosk.senses import Senses


class Parts(NamedTuple):
    """Everything that is plugged in; `plans` says how each output is energised."""

    board: Board
    boot: Boot
    outputs: Mapping[str, Output]
    plans: Mapping[str, Pulse]
    panel: Panel
    keypad: Keypad
    senses: Senses
    sounder: Sounder

    def close_outputs(self) -> None:
        """Switch everything off and let go of it; may be called again."""
        for output in self.outputs.values():
            with suppress(HardwareError):
                output.close()

    def close(self) -> None:
        """Outputs first, then the rest."""
        self.close_outputs()
        self.senses.close()
        for part in (self.keypad, self.panel, self.sounder):
            with suppress(HardwareError):
                part.close()
        self.board.close()


def open_parts(configuration: Configuration, panel_failed: Callable[[str], None]) -> Parts:
    """Open every part; raises HardwareError naming the one that cannot be opened, with nothing left open.

    `panel_failed` hears of a panel that draws by itself, because it is slow, and failed at it.
    """
    board = Board()
    try:
        outputs = {name: _opened(OUTPUTS, part, board) for name, part in configuration.outputs.items()}
        plans = {name: _pulse(part) for name, part in configuration.outputs.items()}
        panel = presented(_opened(PANELS, configuration.panel, board), panel_failed)
        keypad = _opened(KEYPADS, configuration.keypad, board)
        boot = _opened(BOOTS, configuration.clock, board)
        inputs = {
            name: (sense, _opened(INPUTS, sense.part, board)) for name, sense in configuration.inputs.items()
        }
        sounder = _opened(SOUNDERS, configuration.buzzer, board) if configuration.buzzer else Silence()
    except BaseException:
        board.close()
        raise
    return Parts(board, boot, outputs, plans, panel, keypad, Senses(inputs), sounder)


def wipe_panel(part: Part) -> None:
    """Leave the glass of this panel without a picture; one that cannot be opened is left as it is."""
    board = Board()
    try:
        with suppress(HardwareError):
            _opened(PANELS, part, board).close()
    finally:
        board.close()


def _opened(registry: Mapping[str, str], part: Part, board: Board) -> Any:
    return resolve_name(registry[part.driver])(part.config, board)


def _pulse(part: Part) -> Pulse:
    plan = part.config
    assert isinstance(plan, Plan), "every output's Config is one"
    return Pulse(plan.milliseconds, plan.train.gap_milliseconds if plan.train else 0)
