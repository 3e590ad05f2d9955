"""The USB pad over pipes, through the kernel's own bytes."""

import errno
import time
from collections.abc import Iterator
from queue import Queue

import msgspec
import pytest

from hardware.errors import DeviceMissing
from hardware.event_devices import EVENT, KEY, SYNC, Event, Identity
from hardware.usb_keypad import UsbKeypad
from tests.hardware.pads import MOUSE, NUMERIC, PAD, Sockets, board_with, stroke

DEADLINE = 30
ENTER, BACKSPACE, POINT, TIMES, DELETE, NUMLOCK, PLUS = 96, 14, 83, 55, 111, 69, 78
DIGITS = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73)
WITHOUT_NUMLOCK = (110, 107, 108, 109, 105, 76, 106, 102, 103, 104)
"""Ins, End, Down, PgDn, Left, 5, Right, Home, Up, PgUp."""


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    sockets = Sockets(event0=MOUSE, event1=PAD)
    yield sockets
    sockets.close()


class Customer:
    """Somebody at the pad, whose presses and complaints are kept."""

    def __init__(self, sockets: Sockets, **config: str) -> None:
        self.pad = UsbKeypad(UsbKeypad.Config(**config), board_with(sockets))
        self.sockets = sockets
        self.pressed, self.failed = Queue[str](), Queue[str]()
        self.healed, self.held = Queue[None](), Queue[str]()

    def listen(self) -> None:
        self.pad.listen(self.pressed.put, self.failed.put, lambda: self.healed.put(None), held=self.held.put)

    def types(self, *codes: int, node: str = "event1") -> str:
        """What comes of these keys; a last 0 marks the end."""
        for code in (*codes, DIGITS[0]):
            self.sockets.send(node, stroke(code, 1, 0))
        heard = ""
        while not heard.endswith("0"):
            heard += self.pressed.get(timeout=DEADLINE)
        return heard[:-1]


@pytest.fixture
def customer(sockets: Sockets) -> Iterator[Customer]:
    customer = Customer(sockets)
    customer.listen()
    yield customer
    customer.pad.close()


def test_digits_enter_and_backspace_are_what_is_printed_on_them(customer: Customer) -> None:
    assert customer.types(*DIGITS[1:], ENTER, BACKSPACE) == "123456789#*"


@pytest.mark.parametrize("key", [BACKSPACE, POINT, TIMES, DELETE])
def test_every_key_that_takes_back_is_the_star(customer: Customer, key: int) -> None:
    assert customer.types(key) == "*"


def test_digits_are_digits_on_a_pad_whose_numlock_is_off(customer: Customer) -> None:
    assert customer.types(*WITHOUT_NUMLOCK[1:]) == "123456789"


def test_a_pad_that_switches_numlock_around_every_key_types_the_key_alone(customer: Customer) -> None:
    assert customer.types(NUMLOCK, DIGITS[7], NUMLOCK) == "7"


def test_keys_without_a_meaning_mean_nothing(customer: Customer) -> None:
    assert customer.types(PLUS, DIGITS[3], NUMLOCK) == "3"


def test_the_kernels_repeat_of_a_held_key_is_no_press(customer: Customer, sockets: Sockets) -> None:
    sockets.send("event1", stroke(DIGITS[7], 1, 2, 2, 2, 0))
    assert customer.types() == "7"


def test_an_event_that_arrives_in_two_pieces_is_one(customer: Customer, sockets: Sockets) -> None:
    data = stroke(DIGITS[5], 1, 0)
    sockets.send("event1", data[:40])
    sockets.send("event1", data[40:])
    assert customer.types() == "5"


def test_what_was_pressed_before_anybody_listened_means_nothing(sockets: Sockets) -> None:
    customer = Customer(sockets)
    sockets.send("event1", stroke(DIGITS[9], 1, 0))
    customer.listen()
    assert customer.types(DIGITS[1]) == "1"
    customer.pad.close()


def test_the_first_numeric_pad_is_found_among_others_and_grabbed(sockets: Sockets) -> None:
    customer = Customer(sockets)
    assert (sockets.grabs("event0"), sockets.grabs("event1")) == (0, 1)
    assert sockets.open_devices() == ["/dev/input/event1"]
    customer.pad.close()
    assert sockets.open_devices() == []


@pytest.mark.parametrize(
    "config", [{"name": "Other pad"}, {"id": "1a2c:0b2a"}, {"device": "/dev/input/event2"}]
)
def test_a_pad_is_found_by_name_id_or_path(sockets: Sockets, config: dict[str, str]) -> None:
    sockets.plug("event2", Identity("Other pad", 0x1A2C, 0x0B2A, NUMERIC))
    customer = Customer(sockets, **config)
    assert (sockets.grabs("event1"), sockets.grabs("event2")) == (0, 1)
    customer.pad.close()


def test_a_keyboard_without_a_pad_is_taken_only_where_it_is_named(sockets: Sockets) -> None:
    row = Identity("Remote", 0x1, 0x2, frozenset({*range(2, 12), 28, 14}))
    sockets.unplug("event1")
    sockets.plug("event3", row)
    with pytest.raises(DeviceMissing, match="no USB keypad with digits and Enter among 2 input devices"):
        Customer(sockets)
    customer = Customer(sockets, name="Remote")
    customer.listen()
    for code in (2, 3, 28):
        sockets.send("event3", stroke(code, 1, 0))
    assert [customer.pressed.get(timeout=DEADLINE) for _ in "12#"] == ["1", "2", "#"]
    customer.pad.close()


def test_a_pad_pulled_out_in_mid_entry_is_told_and_goes_on_when_it_is_back(
    customer: Customer, sockets: Sockets
) -> None:
    sockets.send("event1", stroke(DIGITS[4], 1))  # pulled out while the key is down
    assert customer.pressed.get(timeout=DEADLINE) == "4"
    sockets.unplug("event1")
    told = customer.failed.get(timeout=DEADLINE)
    assert "SIGMACHIP USB Keyboard (1c4f:0002, /dev/input/event1) is gone" in told
    assert customer.healed.empty()
    sockets.plug("event5")
    customer.healed.get(timeout=DEADLINE)
    assert sockets.grabs("event5") == 1
    assert sockets.open_devices() == ["/dev/input/event5"]
    assert customer.types(DIGITS[2], ENTER, node="event5") == "2#"
    customer.pad.close()  # its thread may still be at the end of the last key
    customer.pad.ripen(time.monotonic() + 20.0)
    assert (customer.failed.empty(), customer.held.empty()) == (True, True)


def test_half_an_event_of_a_pad_that_was_pulled_out_spoils_none_of_the_next(
    customer: Customer, sockets: Sockets
) -> None:
    sockets.send("event1", stroke(DIGITS[4], 1, 0) + stroke(DIGITS[5], 1)[:10])
    assert customer.pressed.get(timeout=DEADLINE) == "4"
    sockets.unplug("event1")
    sockets.plug("event5")
    customer.healed.get(timeout=DEADLINE)
    assert customer.types(DIGITS[2], ENTER, node="event5") == "2#"


def test_another_pad_is_not_taken_for_one_that_is_gone(sockets: Sockets) -> None:
    customer = Customer(sockets, name=PAD.name)
    customer.listen()
    sockets.unplug("event1")
    customer.failed.get(timeout=DEADLINE)
    sockets.plug("event2", Identity("Other pad", 1, 1, NUMERIC))
    sockets.plug("event3")
    customer.healed.get(timeout=DEADLINE)
    assert (sockets.grabs("event2"), sockets.grabs("event3")) == (0, 1)
    customer.pad.close()


@pytest.fixture
def by_hand(sockets: Sockets) -> Iterator[Customer]:
    """Somebody whose pad takes events from the test alone: no thread reads it."""
    customer = Customer(sockets)
    customer.pad._put, customer.pad._failed = customer.pressed.put, customer.failed.put
    customer.pad._held, customer.pad._healed = customer.held.put, lambda: customer.healed.put(None)
    yield customer
    customer.pad.close()


def test_a_held_and_a_stuck_key_are_told_in_words_and_heal(by_hand: Customer) -> None:
    customer, pad = by_hand, by_hand.pad
    pad.take(Event(KEY, TIMES, 1), 100.0)
    pad.ripen(103.0)
    pad.ripen(110.0)
    assert (customer.pressed.get_nowait(), customer.held.get_nowait()) == ("*", "*")
    assert customer.failed.get_nowait().startswith("key * has been down for more than 10 s: free it")
    assert customer.healed.empty()
    pad.take(Event(KEY, TIMES, 0), 120.0)
    pad.ripen(120.0)
    customer.healed.get_nowait()


def test_the_kernels_repeats_are_no_release_of_a_held_key(by_hand: Customer) -> None:
    customer = by_hand
    customer.pad.take(Event(KEY, TIMES, 1), 100.0)
    for tenth in range(30):
        customer.pad.take(Event(KEY, TIMES, 2), 100.0 + tenth / 10)
    customer.pad.ripen(103.0)
    assert customer.held.get_nowait() == "*"


def test_after_events_were_lost_no_key_is_taken_to_be_down(by_hand: Customer) -> None:
    customer, pad = by_hand, by_hand.pad
    pad.take(Event(KEY, TIMES, 1), 100.0)
    pad.take(Event(SYNC, 3, 0), 101.0)
    pad.ripen(120.0)
    assert (customer.held.empty(), customer.failed.empty()) == (True, True)


def test_a_key_that_is_held_is_told_though_nothing_more_is_heard_of_it(
    customer: Customer, sockets: Sockets
) -> None:
    sockets.send("event1", stroke(TIMES, 1))
    assert customer.held.get(timeout=DEADLINE) == "*"


def test_a_machine_without_a_pad_says_where_to_look() -> None:
    sockets = Sockets()
    with pytest.raises(DeviceMissing, match=r"no USB keypad with digits and Enter is plugged in: `cat /proc"):
        Customer(sockets)


def test_a_pad_that_is_not_there_is_named(sockets: Sockets) -> None:
    with pytest.raises(DeviceMissing, match="no USB keypad at /dev/input/by-id/usb-x: plug it in"):
        Customer(sockets, device="/dev/input/by-id/usb-x")
    with pytest.raises(DeviceMissing, match="named Tastatur with the id 1234:abcd among 2 input devices"):
        Customer(sockets, name="Tastatur", id="1234:abcd")


def test_a_pad_that_may_not_be_opened_is_told_with_the_rule_that_helps(sockets: Sockets) -> None:
    sockets.refuses = {"/dev/input/event1": errno.EACCES}
    with pytest.raises(DeviceMissing, match=r"no permission for /dev/input/event1: scripts/install brings"):
        Customer(sockets)


def test_a_pad_that_another_program_holds_is_told(sockets: Sockets) -> None:
    sockets.is_held = True
    with pytest.raises(DeviceMissing, match=r"/dev/input/event1 is held by another program: `sudo fuser"):
        Customer(sockets)


def test_a_mouse_that_fails_to_open_hides_no_pad(sockets: Sockets) -> None:
    sockets.refuses = {"/dev/input/event0": errno.ENODEV}
    Customer(sockets).pad.close()
    assert sockets.grabs("event1") == 1


@pytest.mark.parametrize(
    "config", [{"device": "/dev/sda"}, {"device": "event3"}, {"id": "1a2c"}, {"id": "1A2C:0B2A"}]
)
def test_a_device_that_cannot_be_one_is_refused(config: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(config, UsbKeypad.Config)


def test_a_pad_is_closed_twice_without_a_word(sockets: Sockets) -> None:
    pad = Customer(sockets).pad
    pad.close()
    pad.close()


def test_recorded_bytes_of_a_pad_are_read_as_the_kernel_wrote_them() -> None:
    recorded = bytes.fromhex(
        "12a1526500000000 70f3020000000000 0400 0400 59000700"
        "12a1526500000000 70f3020000000000 0100 4f00 01000000"
        "12a1526500000000 70f3020000000000 0000 0000 00000000"
    )
    assert [tuple(fields[2:]) for fields in EVENT.iter_unpack(recorded)] == [
        (4, 4, 0x70059),
        (1, 79, 1),
        (0, 0, 0),
    ]
