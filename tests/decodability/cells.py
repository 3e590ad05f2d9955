"""A cell of the table: one panel, one distance, one encoder, and how many of its pictures each decoder read.

A cell that was measured is kept in a file outside the repository, under what it depends on: the pictures
themselves, the glass and the camera's source.  A run that was cut goes on there, and a better encoder is
measured alone.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from kiosk.errors import PictureError
from tests.decodability import camera, conditions, readers
from tests.decodability.conditions import Setting, close_by, held_at
from tests.decodability.encoders import ENCODERS
from tests.decodability.glasses import GLASSES, Glass
from tests.decodability.payloads import SEED, payloads

CLOSE: Final = 0
"""Stands for the distances of `close_by`."""
_MODEL: Final = (camera, conditions)


class Cell(NamedTuple):
    """What is measured; `distance` in millimetres, or `CLOSE`."""

    panel: str
    distance: int
    encoder: str


class Count(NamedTuple):
    """How many pictures were taken, and how many each decoder read."""

    taken: int
    read: dict[str, int]


class Store:
    """Cells that are measured already, one a line."""

    def __init__(self, path: Path | None = None) -> None:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.path = path or base / "qris-kiosk" / "decodability.jsonl"
        lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        self._known: dict[str, dict[str, int]] = dict(json.loads(line) for line in lines)

    def __getitem__(self, key: str) -> dict[str, int] | None:
        return self._known.get(key)

    def keep(self, key: str, read: dict[str, int]) -> None:
        """For the next run."""
        self._known[key] = read
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, read]) + "\n")


def cells(panels: list[str]) -> list[Cell]:
    """All cells of these panels; the smallest is also looked at from close by."""
    return [
        Cell(panel, distance, encoder)
        for panel in panels
        for distance in ((CLOSE,) if panel == "128x64" else ()) + GLASSES[panel].distances
        for encoder in ENCODERS
    ]


def measured(wanted: list[Cell], count: int, store: Store, workers: int) -> Iterator[tuple[Cell, Count]]:
    """Each cell as it is done, in order."""
    # a copy of this very process could take a lock with it that another thread of it holds
    with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
        keys = [_key(cell, count) for cell in wanted]
        runs = {
            cell: pool.submit(measure, cell, count)
            for cell, key in zip(wanted, keys, strict=True)
            if store[key] is None
        }
        try:
            for cell, key in zip(wanted, keys, strict=True):
                if cell in runs:
                    store.keep(key, runs[cell].result())
                yield cell, Count(count, store[key] or {})
        finally:
            pool.shutdown(cancel_futures=True)


def measure(cell: Cell, count: int) -> dict[str, int]:
    """How many of so many pictures each decoder reads; each has a payload and conditions of its own."""
    glass, setting = GLASSES[cell.panel], _setting(cell.distance)
    shown, read = panels_of(cell.panel, cell.encoder, count), dict.fromkeys(readers.READERS, 0)
    texts = [payload.encode() for payload in payloads()]
    for number in range(count):
        draw = np.random.default_rng([SEED, cell.distance, glass.size[0], glass.size[1], number])
        panel = shown[number % len(shown)]
        if panel:
            seen = camera.frame(panel, glass, setting(glass, draw))
            for name, reader in readers.READERS.items():
                read[name] += reader(seen, texts[number % len(shown)])
    return read


@lru_cache(8)
def panels_of(panel: str, encoder: str, most: int) -> tuple[Image.Image | None, ...]:
    """What the panel shines for the first so many payloads; None where the encoder finds no room."""
    return tuple(_shining(payload, GLASSES[panel], encoder) for payload in payloads()[:most])


def _shining(payload: str, glass: Glass, encoder: str) -> Image.Image | None:
    try:
        return camera.exposed(ENCODERS[encoder].draw(payload, glass), glass)
    except PictureError:
        return None


def _setting(distance: int) -> Setting:
    return held_at(distance) if distance else close_by


@lru_cache(1)
def _model() -> bytes:
    sources = [Path(str(module.__file__)).read_bytes() for module in _MODEL]
    return hashlib.sha256(b"".join(sources)).digest()


def _key(cell: Cell, count: int) -> str:
    digest = hashlib.sha256(_model() + repr(GLASSES[cell.panel][2:6]).encode())
    for panel in panels_of(cell.panel, cell.encoder, count):
        digest.update(panel.tobytes() if panel else b"-")
    return f"{cell.panel} {cell.distance} {cell.encoder} {count} {digest.hexdigest()[:16]}"
