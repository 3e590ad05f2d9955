"""A configuration file as text and tables, and the place in it of everything that is wrong."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from kiosk.tables import Complaint, Problem, Text, Unparsable, parse, shown

LARGEST: Final = 64 * 1024
"""Bytes of a configuration file; ninety-nine slots take ten thousand."""


def read(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a file and its tables; raises Unparsable."""
    text = _text(path)
    return text, parse(text)


def placed(complaints: Iterable[Complaint], path: Path, text: str) -> list[Problem]:
    """Look up the lines, one parse of the text for many complaints, in the order of the file."""
    lines = Text(text)
    found = {
        Problem(str(path), lines.line_of(one.key), shown(one.key), one.reason, one.advice)
        for one in complaints
    }
    return sorted(found)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise Unparsable(0, "is not there; scripts/install brings one, --config names another") from error
    except OSError as error:
        raise Unparsable(0, f"cannot be read: {error.strerror}; try it with sudo") from error
    if len(content) > LARGEST:
        raise Unparsable(0, f"is larger than {LARGEST} bytes, no configuration is")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unparsable(line, "is no text in UTF-8; save it as UTF-8") from error
