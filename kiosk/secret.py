"""Text that must not be seen."""

from typing import Final

DOTS: Final = "•••"


class Secret:
    """A secret from a credential file; nothing prints it by accident, `reveal` is the one way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one line that needs it."""
        return self._text

    def __repr__(self) -> str:
        return DOTS

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return DOTS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def masked(text: str, *hidden: str) -> str:
    """The text with dots wherever one of the hidden ones stands in it."""
    for each in hidden:
        text = text.replace(each, DOTS) if each else text
    return text
