"""The commands that a page or the program prints, with words in place of CODE, NAME and the like."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

FENCE: Final = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND: Final = re.compile(r"^(?:\$ )?(?:sudo )?(?:\.venv/bin/)?((?:kiosk [a-z-]|scripts/).*)")
ENDS: Final = re.compile(r"\s#\s.*|\s#$|\s*[|;>].*|\s+&&.*|\s{2,}#.*")
STANDS_FOR: Final = {
    "CODE": "048217",
    "NAME": "Sari",
    "SLOT": "2",
    "COUNT": "8",
    "N": "8",
    "PAYLOAD": "000201",
    "ID": "K013FQ8Z0W5N1T7C2M9R4XA",
    "ORDER": "K013FQ8Z0W5N1T7C2M9R4XA",
    "NAME.SECRET": "midtrans.server_key",
    "ARGS": "tests/docs",
    "...": "",
}
NAMED: Final = {
    ("gateway", "NAME"): "midtrans",
    ("gateway", "warung"): "midtrans",  # of the page that adds one
    ("set", "NAME"): "mqtt.password",
}
KINDS: Final = {"usage", "python", "toml", "json", "status"}
"""Fences that hold something else; usage lines have a test of their own."""


class Printed(NamedTuple):
    """A command on a page; one that is only mentioned inside a sentence may lack words."""

    page: str
    words: list[str]
    is_mention: bool

    def __str__(self) -> str:
        return f"{self.page}: {' '.join(self.words)}"


def printed(page: Path) -> Iterator[Printed]:
    """Every command of a page: those on lines of their own, then those inside sentences."""
    text = page.read_text(encoding="utf-8")
    for line in _lines(text):
        if found := COMMAND.match(line.strip()):
            yield from _read(page, found[1], is_mention=False)
    for span in re.findall(r"`([^`]+)`", FENCE.sub("", text)):
        if found := COMMAND.match(" ".join(span.split())):
            yield from _read(page, found[1], is_mention=True)


def _lines(text: str) -> Iterator[str]:
    for kind, block in FENCE.findall(text):
        if not KINDS & set(kind.split()):
            yield from block.replace("\\\n", " ").splitlines()
    yield from re.findall(r"^ {4}\S.*$", FENCE.sub("", text), re.MULTILINE)


def _read(page: Path, line: str, *, is_mention: bool) -> Iterator[Printed]:
    for meant in _choices(ENDS.sub("", line) if not is_mention else line):
        words = shlex.split(meant)
        told = [_told(before, word) for before, word in zip(["", *words], words, strict=False)]
        yield Printed(page.name, [word for word in told if word], is_mention)


def _choices(line: str) -> list[str]:
    """A line that offers words in brackets or with bars, once with each."""
    bare = line.replace("[", "").replace("]", "")
    if choice := re.search(r"\b[a-z-]+(?:\|[a-z-]+)+", bare):
        return [bare.replace(choice[0], each) for each in choice[0].split("|")]
    return [bare]


def _told(before: str, word: str) -> str:
    return NAMED.get((before, word), STANDS_FOR.get(word, word))


def advised(source: Path) -> Iterator[Printed]:
    """Every command between backticks in what the program says to people."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for span in re.findall(r"`(kiosk [^`]+)`", node.value):
                bare = span.partition("<")[0]
                yield from _read(source, " ".join(bare.split()), is_mention=True)
