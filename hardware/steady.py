"""From what is read off a line to what it means: a level counts once it has stood for a while.

No pins, no clock, no thread.
"""


class Steady:
    """One line, which is believed to be at `level`; with a clock that never goes back."""

    def __init__(self, level: bool, settle: float) -> None:
        self.level = level
        self._settle = settle
        self._since: float | None = None

    def changed(self, now: float, level: bool) -> bool:
        """Whether it is believed to be at another level from now on."""
        if level == self.level:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        if now - self._since < self._settle:
            return False
        self.level, self._since = level, None
        return True
