"""The forty pins of the header: which line is where, and what a line does while nobody drives it."""

# fmt: off
HEADER_PINS = {
    0: 27, 1: 28, 2: 3, 3: 5, 4: 7, 5: 29, 6: 31, 7: 26, 8: 24, 9: 21, 10: 19, 11: 23, 12: 32, 13: 33,
    14: 8, 15: 10, 16: 36, 17: 11, 18: 12, 19: 35, 20: 38, 21: 40, 22: 15, 23: 16, 24: 18, 25: 22, 26: 37,
    27: 13,
}
# fmt: on
PULLED_UP_AT_RESET = range(9)
"""GPIO0 to GPIO8 are pulled up by the chip until a program says otherwise, the others down."""


def called(number: int) -> str:
    """A line as a technician finds it, by BCM number: `GPIO17 (header pin 11)`."""
    return f"GPIO{number} (header pin {HEADER_PINS[number]})" if number in HEADER_PINS else f"GPIO{number}"


def must_rest_off(pin: int, *, active_high: bool, resistor_holds_it_off: bool) -> None:
    """Raise ValueError for a line whose relay is on while nobody drives it, unless a resistor is there."""
    if (danger := _danger(pin, active_high)) and not resistor_holds_it_off:
        raise ValueError(
            f"{danger}; if a resistor on the line prevents that, say so with resistor_holds_it_off = true"
        )


def _danger(pin: int, active_high: bool) -> str:
    line = called(pin)
    if not active_high:
        return (
            f"with active_high = false the relay on {line} is on whenever nothing holds the line high: "
            "before this program starts, and after it died; use a relay that is on when the line is high"
        )
    if pin in PULLED_UP_AT_RESET:
        return (
            f"the chip pulls {line} up at every power-on, before this program can switch the relay off; "
            "use one of GPIO9 to GPIO27"
        )
    return ""
