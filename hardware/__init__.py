"""Pins, keys and pictures: it knows what is plugged in, and nothing of payments.

The registries name every driver by string, because its libraries exist only where it is used; a new panel,
keypad, input or output is a file and a line here.  A driver is a class with a nested `Config` (a frozen
msgspec struct) and a constructor `(config, board)`.
"""

PANELS = {
    "emulated": "hardware.emulated:EmulatedPanel",
    "sh1106": "hardware.oled:Sh1106",
    "sh1106_spi": "hardware.oled:Sh1106Spi",
    "sh1107": "hardware.oled:Sh1107",
    "sh1107_spi": "hardware.oled:Sh1107Spi",
    "ssd1306": "hardware.oled:Ssd1306",
    "ssd1306_spi": "hardware.oled:Ssd1306Spi",
    "ssd1309": "hardware.oled:Ssd1309",
    "ssd1309_spi": "hardware.oled:Ssd1309Spi",
    "ssd1322": "hardware.oled:Ssd1322",
    "ssd1327": "hardware.oled:Ssd1327",
    "ssd1327_spi": "hardware.oled:Ssd1327Spi",
    "ssd1351": "hardware.oled:Ssd1351",
    "ssd1362": "hardware.oled:Ssd1362",
    "ssd1362_spi": "hardware.oled:Ssd1362Spi",
    "ssd1680": "hardware.epaper:Ssd1680",
    "ssd1681": "hardware.epaper:Ssd1681",
    "ssd1683": "hardware.epaper:Ssd1683",
    "uc8176": "hardware.epaper:Uc8176",
}
KEYPADS = {
    "emulated": "hardware.emulated:EmulatedKeypad",
    "matrix": "hardware.matrix_keypad:MatrixKeypad",
    "usb": "hardware.usb_keypad:UsbKeypad",
}
OUTPUTS = {
    "emulated": "hardware.emulated:EmulatedOutput",
    "led": "hardware.led_output:LedOutput",
    "relay": "hardware.relay:Relay",
}
INPUTS = {
    "emulated": "hardware.emulated_senses:EmulatedInput",
    "gpio": "hardware.contact:Contact",
}
SOUNDERS = {
    "buzzer": "hardware.sounds:Buzzer",
    "emulated": "hardware.emulated_senses:EmulatedSounder",
    "piezo": "hardware.sounds:Piezo",
}
BOOTS = {
    "emulated": "hardware.emulated:EmulatedBoot",
    "kernel": "hardware.boot:KernelBoot",
}
