"""Waiting for what threads do."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

PATIENCE: Final = 60.0
"""Seconds after which what was waited for will never come."""


def until_it_has(path: Path, lines: int) -> None:
    """Wait until so many lines are in the file."""
    until(lambda: path.exists() and path.read_bytes().count(b"\n") == lines)


def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until it holds; fails when it never does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "what was waited for never came"
        time.sleep(0.01)
