"""Why a code is drawn on a panel as it is, in words: version, level, module size and quiet zone."""

from msgspec import Struct

from kiosk.drawing.qr import FULL_QUIET, GOOD_QUIET, LEAST_QUIET, LEVELS, QrCode, best_side, encode, needed
from kiosk.drawing.shapes import Shape


class _Drawn(Struct, frozen=True):
    payload: str
    code: QrCode
    side: int

    def pixels(self, modules: int, module: int, quiet: int) -> int:
        """Of a square with so many modules a side."""
        return (modules + 2 * quiet) * module


def reasons(payload: str, shape: Shape) -> list[str]:
    """A line for each property; `PictureError` where the code does not fit the panel."""
    side = best_side(payload, shape.code_sides)
    drawn = _Drawn(payload, encode(payload, side), side)
    rows = {
        "panel": _panel(shape, drawn),
        "version": _version(drawn),
        "level": _level(drawn),
        "module": _module(drawn),
        "quiet zone": _quiet(drawn),
    }
    return [f"{name:<11} {words}" for name, words in rows.items()]


def _panel(shape: Shape, drawn: _Drawn) -> str:
    width, height = shape.size
    left = height - drawn.side
    kept = f": {left} rows are kept for the price" if left else ", its whole height"
    return f"{width}x{height}, a square of {drawn.side} pixels for the code{kept}"


def _version(drawn: _Drawn) -> str:
    count = len(drawn.code.matrix)
    need = needed(drawn.payload, drawn.code.level)
    assert need, "it was drawn"
    return (
        f"{drawn.code.version}, {count} modules a side: the smallest whose level {drawn.code.level} holds "
        f"{len(drawn.payload)} characters, {need.bits} of {need.limit} bits"
    )


def _level(drawn: _Drawn) -> str:
    code = drawn.code
    if code.level == LEVELS[-1]:
        return f"{code.level}, the strongest: it costs no pixel of module size"
    higher = LEVELS[LEVELS.index(code.level) + 1]
    need = needed(drawn.payload, higher)
    if need is None:
        return f"{code.level}: no version holds it at {higher}"
    pixels = drawn.pixels(need.modules, code.module, min(code.quiet, GOOD_QUIET))
    return f"{code.level}: {higher} needs version {need.version}, {pixels} pixels, and there are {drawn.side}"


def _module(drawn: _Drawn) -> str:
    larger = drawn.code.module + 1
    need = needed(drawn.payload, LEVELS[0])
    assert need, "it was drawn"
    pixels = drawn.pixels(need.modules, larger, LEAST_QUIET)
    return (
        f"{_counted(drawn.code.module, 'pixel')}: with {larger} it would take {pixels} pixels at the least, "
        f"and there are {drawn.side}"
    )


def _quiet(drawn: _Drawn) -> str:
    code = drawn.code
    if code.quiet == FULL_QUIET:
        return f"{code.quiet} modules, all that the standard asks for"
    pixels = drawn.pixels(len(code.matrix), code.module, FULL_QUIET)
    return (
        f"{code.quiet} modules: all {FULL_QUIET} would take {pixels} pixels, and there are {drawn.side}; "
        f"phones read from {LEAST_QUIET} on"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)
