"""Keeps the HTTP library from loading its guesser of charsets: 3 MiB and 15 ms for what is never asked.

The library does without where none is installed, and then takes UTF-8; it warns of that, which nobody needs.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_GUESSERS: Final = ("chardet", "charset_normalizer")
_ITS_WARNING: Final = "Unable to find acceptable character detection"


@contextmanager
def never_guessed() -> Iterator[None]:
    """What is imported inside finds no guesser, unless somebody had loaded one before; not thread-safe."""
    hidden = [name for name in _GUESSERS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None means "not to be found" there
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", _ITS_WARNING)
            yield
    finally:
        for name in hidden:
            del sys.modules[name]
