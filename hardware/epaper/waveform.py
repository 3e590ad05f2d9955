"""A waveform for partial refresh, for glasses whose own memory holds none.

Five tables of twelve groups say which voltage is applied (0x40 towards black, 0x80 towards white, nought
rests), twelve rows say for how many frames.  Dots that change are driven three times ten frames; all are
refreshed for a frame afterwards, so that what stays does not fade beside what changes.
"""

_GROUPS, _PHASES = 12, 7
_BLACK, _WHITE, _REST = 0x40, 0x80, 0x00


def _table(driven: int, refreshed: int) -> bytes:
    return bytes([driven, refreshed]).ljust(_GROUPS, b"\x00")


_VOLTAGES = b"".join(
    [
        _table(_REST, _BLACK),  # stays black
        _table(_WHITE, _WHITE),  # turns white
        _table(_BLACK, _BLACK),  # turns black
        _table(_REST, _WHITE),  # stays white
        _table(_REST, _REST),  # the common electrode
    ]
)
_TIMES = (
    bytes([10, 0, 0, 0, 0, 0, 2])  # ten frames, and twice more
    + bytes([1, 0, 0, 0, 0, 0, 0])
    + bytes([1, 0, 0, 0, 0, 0, 0])
).ljust(_GROUPS * _PHASES, b"\x00")
_FRAME_RATES = bytes([0x22] * 6)
_GATES_ON = bytes(3)

PARTIAL_2_9 = _VOLTAGES + _TIMES + _FRAME_RATES + _GATES_ON
