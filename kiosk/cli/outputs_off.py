"""`kiosk outputs-off`: after a SIGKILL, and before every start.

It needs neither secrets nor a journal, and switches off what it can even where the rest is broken.
"""

import pkgutil
import sys
from pathlib import Path

from hardware import OUTPUTS
from hardware.board import Board
from hardware.errors import HardwareError
from kiosk.cli.parsing import parser, takes_config
from kiosk.config import outputs
from kiosk.configuration import Part


def main(words: list[str]) -> int:
    """Switch off what can be switched off; an output that is not there never stops a start."""
    arguments = parser("outputs-off", "Switch every configured output off.")
    takes_config(arguments)
    given = arguments.parse_args(words)
    parts, problems = outputs(given.config)
    for problem in problems:
        print(problem, file=sys.stderr)
    board = Board()
    try:
        for name, part in parts.items():
            _switch_off(name, part, board, given.config)
    finally:
        board.close()
    return 1 if problems else 0


def _switch_off(name: str, part: Part, board: Board, config: Path) -> None:
    try:
        output = pkgutil.resolve_name(OUTPUTS[part.driver])(part.config, board)
        output.off()
        output.close()
    except (HardwareError, ImportError) as error:
        print(f"{config}: outputs.{name}: not switched off: {error}", file=sys.stderr)
    else:
        print(f"outputs.{name}: off")
