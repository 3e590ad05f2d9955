"""What must fit together in a configuration about what is plugged in: pins, and inputs with what they watch.

Rules like those of `rules`.
"""

from collections.abc import Callable, Iterator

from kiosk.configuration import Draft, PartDraft
from kiosk.roles import HABITS
from kiosk.tables import Complaint, Key

_I2C_PINS = (2, 3)
_SPI_PINS = {0: range(7, 12), 1: range(16, 22)}
"""What the kernel takes once a bus is switched on, its chip selects among them."""


def pins_are_used_once(draft: Draft) -> Iterator[Complaint]:
    """Two parts on one pin would move each other."""
    users = _bus_pins(draft.panel)
    for key, part in parts_of(draft):
        for name, pin in _pins(part):
            if pin in users:
                yield Complaint((*key, name), f"pin {pin} is taken by {users[pin]}")
            else:
                users[pin] = ".".join(map(str, (*key, name)))


def _bus_pins(panel: PartDraft | None) -> dict[int, str]:
    values = panel.values if panel else {}
    i2c = _I2C_PINS if values.get("bus") == 1 else ()
    spi = _SPI_PINS.get(values.get("spi", -1), ())
    return dict.fromkeys(i2c, "the panel's I2C") | dict.fromkeys(spi, "the panel's SPI")


def parts_of(draft: Draft) -> Iterator[tuple[Key, PartDraft]]:
    """Everything that has a driver, but the clock."""
    single = {"panel": draft.panel, "keypad": draft.keypad, "buzzer": draft.buzzer}
    yield from (((name,), part) for name, part in single.items() if part)
    yield from ((("outputs", name), part) for name, part in draft.outputs.items())
    yield from ((("inputs", name), each.part) for name, each in draft.inputs.items() if each.part)


def _pins(part: PartDraft) -> Iterator[tuple[str, int]]:
    for name, value in part.values.items():
        if name in ("pin", "pins", "rows", "columns") or name.endswith(("_pin", "_pins")):
            listed = value if isinstance(value, (list, tuple)) else [value]
            yield from ((name, pin) for pin in listed if isinstance(pin, int))


def inputs_watch_what_is_there(draft: Draft) -> Iterator[Complaint]:
    """A sensor belongs to slots that exist; the other inputs to the whole machine, at all times."""
    numbers = {slot["number"] for slot in draft.slots if "number" in slot}
    for name, each in draft.inputs.items():
        role = each.values.get("role")
        if role is None:
            continue
        if not HABITS[role].is_waited_for:
            for setting in ("slots", "timeout"):
                if each.values.get(setting):
                    advice = "only a drop sensor and a vend_ok have it"
                    yield Complaint(("inputs", name, setting), f"means nothing for the role {role}", advice)
        elif wrong := sorted(set(each.values.get("slots", ())) - numbers):
            yield Complaint(("inputs", name, "slots"), f"there is no slot {wrong[0]}")


def one_sensor_has_the_last_word(draft: Draft) -> Iterator[Complaint]:
    """Two sensors that watch one slot could contradict each other."""
    watched: dict[int, str] = {}
    for name, each in draft.inputs.items():
        role = each.values.get("role")
        if role is None or not HABITS[role].is_waited_for:
            continue
        of = each.values.get("slots") or [0, *(slot["number"] for slot in draft.slots if "number" in slot)]
        if taken := [slot for slot in of if slot in watched]:
            slot = f"slot {taken[0]}" if taken[0] else "every slot"
            yield Complaint(("inputs", name), f"{slot} is watched by inputs.{watched[taken[0]]} already")
        watched |= dict.fromkeys(of, name)


PLUGS: tuple[Callable[[Draft], Iterator[Complaint]], ...] = (
    pins_are_used_once,
    inputs_watch_what_is_there,
    one_sensor_has_the_last_word,
)
