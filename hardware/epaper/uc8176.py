"""UC8176, also sold as IL0398: the 4.2 inch glass before the SSD1683.

BUSY is low while it is busy.  Its own memory holds one waveform, for full refresh; partial refresh would need
five tables of ours and leaves ghosts on this glass, so it does none.
"""

from hardware.epaper.script import Controller, Memory, Send, Wait

PANEL, POWER_OFF, POWER_ON, BOOSTER, DEEP_SLEEP = 0x00, 0x02, 0x04, 0x06, 0x07
OLD_PICTURE, REFRESH, NEW_PICTURE, INTERVAL, RESOLUTION = 0x10, 0x12, 0x13, 0x50, 0x61

WAVEFORM_OF_ITS_OWN = b"\x1f"
WHITE_BORDER, FLOATING_BORDER = b"\x97", b"\xf7"

UC8176 = Controller(
    name="uc8176",
    busy_is_high=False,
    wake=(
        Wait("come out of its reset", 2.0),
        Send(BOOSTER, b"\x17\x17\x17"),
        Send(POWER_ON),
        Wait("raise its voltages", 5.0),
        Send(PANEL, WAVEFORM_OF_ITS_OWN),
        Send(RESOLUTION, (400).to_bytes(2, "big") + (300).to_bytes(2, "big")),
        Send(INTERVAL, WHITE_BORDER),
    ),
    full=(
        Send(OLD_PICTURE, Memory.OLD),
        Send(NEW_PICTURE, Memory.NEW),
        Send(REFRESH),
        Wait("refresh", 20.0, begins_within=0.1),
    ),
    partial=(),
    sleep=(
        Send(INTERVAL, FLOATING_BORDER),
        Send(POWER_OFF),
        Wait("lower its voltages", 5.0),
        Send(DEEP_SLEEP, b"\xa5"),
    ),
    seconds=4.0,
)
