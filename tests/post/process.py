"""A machine in a process of its own, that is killed by the tests or kills itself around its first command.

python -m tests.post.process FOLDER PORT never|before|after
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.effects import Durable, Remember
from kiosk.model import Now
from tests.post.online import Online


def main(folder: Path, port: int, when: str) -> None:
    """Sell until killed; `when`: before or after the commit of the first command."""
    machine = Online(folder, port)
    commit = machine.journal.commit

    def watched(durable: Sequence[Durable], now: Now, *, time_ok: bool = True) -> None:
        commands = any(isinstance(effect, Remember) for effect in durable)
        if commands and when == "before":
            die()
        commit(durable, now, time_ok=time_ok)
        if commands and when == "after":
            die()

    machine.journal.commit = watched  # type: ignore[method-assign]  # the commit is where it dies
    machine.start().ended()


def die() -> None:
    """As a power cut would have it: nothing is closed, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
