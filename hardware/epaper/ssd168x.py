"""SSD1680, SSD1681 and SSD1683: one family that differs in rows and columns.

Picture memory is two planes, 0x24 for what shall be shown and 0x26, meant for red, which display mode 2 reads
as what is on the glass: it drives the difference only, quickly and without flashing.  The plane is written
each time, because neither deep sleep nor a power dip can be trusted to keep it.
"""

from hardware.epaper.script import Controller, Memory, Script, Send, Wait

SOFT_RESET, DEEP_SLEEP = 0x12, 0x10
GATES, ENTRY, BORDER, SENSOR = 0x01, 0x11, 0x3C, 0x18
X_WINDOW, Y_WINDOW, X_COUNTER, Y_COUNTER = 0x44, 0x45, 0x4E, 0x4F
NEW_PLANE, OLD_PLANE = 0x24, 0x26
CONTROL_1, CONTROL_2, ACTIVATE, WAVEFORM = 0x21, 0x22, 0x20, 0x32

BOTH_UPWARDS = b"\x03"
BUILT_IN_SENSOR = b"\x80"
FOLLOW_WAVEFORM, FLOAT = b"\x05", b"\x80"
OLD_PLANE_AS_NOUGHT, OLD_PLANE_AS_IT_IS = 0x40, 0x00

# Control 2: clock on 80, analog on 40, load temperature 20, load waveform 10, mode 2 08, display 04,
# analog off 02, clock off 01.
FULL, PARTIAL = b"\xf7", b"\xff"
LOAD_ONLY, PARTIAL_BY_OUR_WAVEFORM = b"\xb1", b"\xcf"

FULL_SECONDS, PARTIAL_SECONDS = 15.0, 8.0
RESET_SECONDS = 2.0


def ssd168x(name: str, columns: int, rows: int, *, sources: int = 0, waveform: bytes = b"") -> Controller:
    """The scripts for a glass; `sources` says from which column driver on it is connected."""
    home: Script = (Send(X_COUNTER, b"\x00"), Send(Y_COUNTER, b"\x00\x00"))
    return Controller(
        name=name,
        busy_is_high=True,
        wake=_wake(columns, rows),
        full=(
            Send(BORDER, FOLLOW_WAVEFORM),
            Send(CONTROL_1, bytes([OLD_PLANE_AS_NOUGHT, sources])),
            *(*home, Send(OLD_PLANE, Memory.NEW), *home, Send(NEW_PLANE, Memory.NEW)),
            *_activate(FULL, Wait("refresh", FULL_SECONDS, begins_within=0.1)),
        ),
        partial=(
            Send(BORDER, FLOAT),
            Send(CONTROL_1, bytes([OLD_PLANE_AS_IT_IS, sources])),
            *(*home, Send(OLD_PLANE, Memory.OLD), *home, Send(NEW_PLANE, Memory.NEW)),
            *_refresh_partly(waveform),
        ),
        sleep=(Send(DEEP_SLEEP, b"\x01"),),
        seconds=2.0,
    )


def _wake(columns: int, rows: int) -> Script:
    last_gate = (rows - 1).to_bytes(2, "little")
    return (
        Wait("come out of its reset", RESET_SECONDS),
        Send(SOFT_RESET),
        Wait("come out of its reset", RESET_SECONDS),
        Send(GATES, last_gate + b"\x00"),
        Send(ENTRY, BOTH_UPWARDS),
        Send(X_WINDOW, bytes([0, (columns - 1) // 8])),
        Send(Y_WINDOW, b"\x00\x00" + last_gate),
        Send(SENSOR, BUILT_IN_SENSOR),
    )


def _refresh_partly(waveform: bytes) -> Script:
    wait = Wait("refresh in part", PARTIAL_SECONDS, begins_within=0.05)
    if not waveform:
        return _activate(PARTIAL, wait)
    return (  # the voltages are the glass' own, only the waveform is ours
        *_activate(LOAD_ONLY, Wait("load its waveform", RESET_SECONDS)),
        Send(WAVEFORM, waveform),
        *_activate(PARTIAL_BY_OUR_WAVEFORM, wait),
    )


def _activate(sequence: bytes, wait: Wait) -> Script:
    return Send(CONTROL_2, sequence), Send(ACTIVATE), wait
