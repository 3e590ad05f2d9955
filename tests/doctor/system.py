"""A system that prints what a test says, and remembers what it was asked."""

from collections.abc import Sequence

ENABLED = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNRestarts=0\n"


class System:
    """Answers by the name of the program; one that is not there answers None."""

    def __init__(self, **printed: str) -> None:
        self.printed = printed
        self.asked: list[list[str]] = []

    def __call__(self, words: Sequence[str]) -> str | None:
        self.asked.append(list(words))
        return self.printed.get(words[0])


THROTTLED = "throttled=0x0\n"


def healthy() -> System:
    """A Pi on which everything is as it should be."""
    return System(systemctl=ENABLED, timedatectl="yes\n", journalctl="", vcgencmd=THROTTLED)
