"""The page of the handbook: what was measured, how, and how it came out."""

import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.decodability.cells import CLOSE, Cell, Count
from tests.decodability.encoders import ENCODERS, INVERTED, OURS
from tests.decodability.glasses import GLASSES
from tests.decodability.payloads import payloads
from tests.decodability.plot import plot
from tests.decodability.rates import Comparison, comparisons, in_sum, rate
from tests.decodability.readers import READERS

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "decodability.md"
PICTURE: Final = ROOT / "docs" / "decodability.svg"
_PACKAGES: Final = ("zxing-cpp", "pyzbar", "qrcode", "segno", "pillow", "numpy")


def write(counts: Mapping[Cell, Count], command: str) -> None:
    """The page and its picture."""
    PICTURE.write_text(plot(counts), encoding="utf-8")
    PAGE.write_text("\n".join([*_page(counts, command), ""]), encoding="utf-8")


def summary(counts: Mapping[Cell, Count]) -> Iterator[str]:
    """A line a panel, distance and decoder, for a terminal."""
    for each in comparisons(counts):
        yield (
            f"{each.panel:>8} {_distance(each.distance):>6} {each.reader:<6} ours {_interval(each.ours):<20} "
            f"{each.name}: {_interval(each.best)}{'  LOST' if each.lost else ''}"
        )


def _page(counts: Mapping[Cell, Count], command: str) -> Iterator[str]:
    strings = payloads()
    lengths = sorted(map(len, strings))
    taken = next(iter(counts.values())).taken
    yield from (
        "# From how far away the code is read",
        "",
        "Written by a program; do not edit. It was",
        "",
        f"    {command}",
        "",
        f"at commit {_commit()}, with {', '.join(f'{name} {version(name)}' for name in _PACKAGES)};",
        f"{taken:,} pictures a cell, {taken * len(counts):,} in all.",
        "",
        "![Rate of codes read by distance, for each panel and decoder](decodability.svg)",
        "",
        *_outcome(list(comparisons(counts)), counts),
        "",
        *_NARROWEST,
        "",
        "## What is measured",
        "",
        f"{len(strings)} strings of {lengths[0]} to {lengths[-1]} characters: the gateways' published",
        "samples with other amounts and references, every length from 150 on, and a paylater page's address.",
        "Each is drawn on the glass by",
        "",
        *(f"- **{encoder.name}**: {encoder.about}" for encoder in ENCODERS.values()),
        "",
        "The others have the whole height of the glass to themselves.",
        "",
        *_CAMERA,
    )
    for panel in dict.fromkeys(cell.panel for cell in counts):
        yield from _table(panel, counts)


# From runs with other seeds, in which every encoder was seen in the same scenes.
_NARROWEST: Final = """\
The narrowest cell is 256x64 at 14.5 cm with zxing. In 9,680 pairs of pictures with other draws ours was read
there 0.6 points (0.1 to 1.1) less often than `qrcode, whole pixels`, and with zbar 1.1 (0.6 to 1.6) more
often. The cause is the fourth module of quiet zone, which the standard asks for and this machine keeps where
it fits: with three, all that the other has room for with many of these strings, zxing reads 1.7 points (1.0
to 2.4; 2,640 pairs) more of ours on this dark glass.""".splitlines()

_CAMERA: Final = """\
The camera is a model, not a phone: 1,400 pixels of focal length (69 degrees over 1,920 pixels), no zoom.
Each picture draws its own tilt (up to 20 degrees both ways), roll, focus (a sigma of 0.5 to 1.1 camera
pixels), shake (0.8 pixels on average, 4 at most), noise, exposure, stray light (up to 15 %), in one of five
a lamp's reflection, in one of eight a dead line of dots; all encoders are seen under the same draws. The
dots of OLEDs have gaps, and bezels are dark. Not modelled: the flicker of an OLED against a rolling
shutter, a lens that cannot focus so near, compression, sharpening by the phone.

A phone tries several pictures a second, so a rate of one in three is read within a moment; the rates
compare encoders, and say less about any one phone. Distances grow with the dots: the same 128x64 picture is
read from 1.35 times as far away on a glass of 1.3", and from 2.5 times on one of 2.42".""".splitlines()


def _outcome(compared: list[Comparison], counts: Mapping[Cell, Count]) -> Iterator[str]:
    lost = [each for each in compared if each.lost]
    yield "## Outcome"
    yield ""
    for reader in READERS:
        sums = in_sum(counts, reader)
        best = max((name for name in sums if not name.startswith(OURS)), key=lambda name: sums[name])
        total = sum(count.taken for cell, count in counts.items() if cell.encoder == OURS)
        yield (
            f"- **{reader}**, all cells together: ours {sums[OURS] / total:.1%}, the best of the others "
            f"({best}) {sums[best] / total:.1%}, ours inverted {sums[INVERTED] / total:.1%}."
        )
    yield (
        f"- In {len(compared) - len(lost)} of {len(compared)} cells no other encoder's rate lies above "
        "the 95 % interval (Wilson) of ours" + (":" if lost else ".")
    )
    for each in lost:
        yield (
            f"    - {each.panel} at {_distance(each.distance)}, {each.reader}: ours {_interval(each.ours)}, "
            f"{each.name} {_interval(each.best)}"
        )


def _table(panel: str, counts: Mapping[Cell, Count]) -> Iterator[str]:
    glass = GLASSES[panel]
    distances = list(dict.fromkeys(cell.distance for cell in counts if cell.panel == panel))
    yield from ("", f"## {panel}, {glass.name}, dots of {glass.pitch:g} mm", "")
    if CLOSE in distances:
        yield "*Close*: 3 to 6 camera pixels a dot and twelve blurs, with one of which nothing is ever read."
        yield ""
    yield f"Percent read by {' / '.join(READERS)}, with the 95 % interval of ours."
    yield ""
    yield f"| | {' | '.join(map(_distance, distances))} |"
    yield "|---|" + "---|" * len(distances)
    for name in ENCODERS:
        shown = (_shown(counts[Cell(panel, distance, name)], name) for distance in distances)
        yield f"| {_strong(name, name)} | {' | '.join(shown)} |"


def _shown(count: Count, name: str) -> str:
    rates = [rate(count.read[reader], count.taken) for reader in READERS]
    if name != OURS:
        return " / ".join(f"{each.share * 100:.0f}" for each in rates)
    return "<br>".join(_strong(_interval(each), name) for each in rates)


def _strong(words: str, name: str) -> str:
    return f"**{words}**" if name == OURS else words


def _interval(each: tuple[float, float, float]) -> str:
    share, low, high = (100 * value for value in each)
    return f"{share:.1f} ({low:.0f} to {high:.0f})"


def _distance(distance: int) -> str:
    return "close" if distance == CLOSE else f"{distance / 10:g} cm"


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words],  # noqa: S607  # whichever git is installed
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    changed = git("status", "--porcelain", "kiosk/drawing", "tests/decodability")
    return git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")
