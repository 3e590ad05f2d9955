"""`kiosk render`: what a panel of any size would show of a code."""

import re
import sys
from argparse import ArgumentTypeError
from pathlib import Path

from PIL.Image import Image

from kiosk.cli.parsing import parser, whole_rupiah
from kiosk.errors import KioskError

_LONGEST = 4096


def main(words: list[str]) -> int:
    """Draw one code into a PNG file."""
    arguments = parser("render", "Draw a code as a panel would show it, into a PNG file.")
    arguments.add_argument(
        "payload", metavar="PAYLOAD", help="the code's text, or - to read it from the input"
    )
    arguments.add_argument("--panel", type=size, required=True, metavar="128x64", help="the panel's pixels")
    arguments.add_argument("--amount", type=whole_rupiah, metavar="N", help="the amount beside the code")
    arguments.add_argument("--out", type=Path, metavar="FILE.png", help="where the picture goes")
    arguments.add_argument("--explain", action="store_true", help="say why the code is drawn as it is")
    given = arguments.parse_args(words)
    if not given.out and not given.explain:
        arguments.error("say where the picture goes with --out FILE.png, or --explain")
    payload = sys.stdin.read(_LONGEST + 1).strip() if given.payload == "-" else given.payload
    if not 1 <= len(payload) <= _LONGEST:
        raise KioskError(f"a code has 1 to {_LONGEST} characters, this one {len(payload)}")
    if given.explain:
        explain(payload, given.panel)
    if given.out:
        draw(payload, given.panel, given.amount, given.out)
    return 0


def size(text: str) -> tuple[int, int]:
    """A panel's size as people write it, 128x64; raises ArgumentTypeError."""
    found = re.fullmatch(r"([0-9]{1,4})x([0-9]{1,4})", text)
    if not found or not 16 <= int(found[1]) <= 2048 or not 16 <= int(found[2]) <= 2048:
        raise ArgumentTypeError("a panel's size is width x height in pixels, such as 128x64")
    return int(found[1]), int(found[2])


def draw(payload: str, panel: tuple[int, int], amount: int | None, out: Path) -> None:
    """Write the picture; what is doubtful about it goes to the error stream."""
    from kiosk.drawing.render import render

    image, warnings = render(payload, panel, amount)
    for warning in warnings:
        print(f"kiosk render: warning: {warning}", file=sys.stderr)
    _save(image, out)


def explain(payload: str, panel: tuple[int, int]) -> None:
    """Print version, level, module size and quiet zone, each with its reason."""
    from kiosk.drawing.render import explained

    print("\n".join(explained(payload, panel)))


def _save(image: Image, out: Path) -> None:
    try:
        image.save(out, "PNG")
    except OSError as error:
        raise KioskError(f"{out}: cannot be written: {error.strerror or error}") from error
