"""A way in for a stranger's bytes: what is usually said there, and how what comes of an input is judged."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

SPLIT: Final = b"\n--\n"
"""Between the parts of an input that is more than one message."""


class Door:
    """One way in, opened in a folder of its own.

    `knock` brings an input in and names what came of it, in few words; whatever it raises is a fault: an
    exception that is not declared, or an assertion about what an input may do.  `share`: how many inputs of a
    thousand are for it in the short run.
    """

    name: ClassVar[str]
    share: ClassVar[int]

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def seeds(self) -> Iterable[bytes]:
        """Good inputs and well-known bad ones; one of them is what an input normally costs."""
        raise NotImplementedError

    def tokens(self) -> Sequence[bytes]:
        """Words that the reader knows."""
        return ()

    def knock(self, data: bytes) -> str:
        """Bring an input in."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what was opened."""


def expect_line(error: Exception) -> str:
    """The letters of what an exception says, which must be one line that a person reads."""
    said = str(error)
    assert said.isprintable(), "more than a line, or not printable"
    assert len(said) < 2_000, "a line that nobody reads"
    return "".join(letter for letter in said if letter.isascii() and letter.isalpha())


def words_of(values: Iterable[Any]) -> list[bytes]:
    """Every name, text and number in values as JSON has them, each once, in their order."""
    return list(dict.fromkeys(word for value in values for word in _words(value)))


def _words(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield str(name).encode("utf-8", "replace")
            yield from _words(child)
    elif isinstance(value, list):
        for child in value:
            yield from _words(child)
    else:
        yield (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")
