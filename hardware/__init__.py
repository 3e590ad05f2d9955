"""Pins, keys and pictures: it knows what is plugged in, and nothing of payments.

The registries name every driver by string, because its libraries exist only where it is used; a new panel,
keypad or output is a file and a line here.  A driver is a class with a nested `Config` (a frozen msgspec
struct) and a constructor `(config, board)`.
"""

PANELS = {
    "emulated": "hardware.emulated:EmulatedPanel",
    "sh1106": "hardware.oled:Sh1106",
    "ssd1306": "hardware.oled:Ssd1306",
}
KEYPADS = {
    "emulated": "hardware.emulated:EmulatedKeypad",
    "matrix": "hardware.matrix_keypad:MatrixKeypad",
}
OUTPUTS = {
    "emulated": "hardware.emulated:EmulatedOutput",
    "relay": "hardware.relay:Relay",
}
BOOTS = {
    "emulated": "hardware.emulated:EmulatedBoot",
    "kernel": "hardware.boot:KernelBoot",
}
