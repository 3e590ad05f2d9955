"""An input at which a person sits."""

import io


class Terminal(io.StringIO):
    """What the person types."""

    def isatty(self) -> bool:
        return True
