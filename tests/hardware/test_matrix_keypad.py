"""The keypad over mock pins whose wires are joined by pressed keys."""

from collections.abc import Iterator
from queue import Queue

import pytest

from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.matrix_keypad import MatrixKeypad
from tests.hardware.boards import board_with_pins
from tests.hardware.keys import Keys

ROWS, COLUMNS, FOUR_COLUMNS = (5, 6, 13, 19), (16, 20, 21), (16, 20, 21, 26)
DEADLINE = 30


class Customer:
    """Somebody at the pad, whose presses and complaints are kept; scans happen when told."""

    def __init__(self, keys: Keys, board: Board, legends: str = "") -> None:
        self.keys = keys
        self.pad = MatrixKeypad(
            MatrixKeypad.Config(rows=keys.rows, columns=keys.columns, legends=legends), board
        )
        self.pressed: list[str] = []
        self.told: list[str] = []
        self.kept: list[str] = []
        self.healings: list[str] = []
        self.pad._put, self.pad._failed = self.pressed.append, self.told.append
        self.pad._held = self.kept.append
        self.pad._healed = lambda: self.healings.append("healed")
        self.now = 100.0
        self.hold(set())

    def hold(self, keys: set[tuple[int, int]], seconds: float = 0.1) -> None:
        self.keys.pressed = keys
        for _ in range(round(seconds / 0.02)):
            self.now += 0.02
            self.pad.scan(self.now)

    def press(self, row: int, column: int) -> None:
        self.hold({(row, column)})
        self.hold(set())


@pytest.fixture
def keys() -> Keys:
    return Keys(ROWS, COLUMNS)


@pytest.fixture
def board(keys: Keys) -> Iterator[Board]:
    with board_with_pins(keys.factory) as board:
        yield board


@pytest.fixture
def customer(keys: Keys, board: Board) -> Iterator[Customer]:
    customer = Customer(keys, board)
    yield customer
    customer.pad.close()
    assert keys.shorts == [], "two pins drove one wire apart"


def test_every_key_of_a_3x4_pad_says_what_is_printed_on_it(customer: Customer) -> None:
    for row in range(4):
        for column in range(3):
            customer.press(row, column)
    assert "".join(customer.pressed) == "123456789*0#"
    assert customer.told == []


def test_the_letters_of_a_4x4_pad_mean_nothing() -> None:
    keys = Keys(ROWS, FOUR_COLUMNS)
    with board_with_pins(keys.factory) as board:
        customer = Customer(keys, board)
        for row in range(4):
            for column in range(4):
                customer.press(row, column)
        assert "".join(customer.pressed) == "123456789*0#"
        customer.pad.close()


def test_a_letter_can_be_given_a_meaning() -> None:
    keys = Keys(ROWS, FOUR_COLUMNS)
    with board_with_pins(keys.factory) as board:
        customer = Customer(keys, board, legends="123#/456*/789C/*0#D")
        customer.press(0, 3)
        customer.press(1, 3)
        assert customer.pressed == ["#", "*"]
        customer.pad.close()


@pytest.mark.parametrize(
    ("legends", "said"),
    [
        ("123/456/789/*0A", "legends lack #:"),
        ("123/456/781/*0#", "legends lack 9:"),
        ("ABC/DEF/GHI/JKL", "lack # "),
    ],
)
def test_a_pad_without_one_of_the_twelve_keys_is_refused(legends: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MatrixKeypad.Config(rows=ROWS, columns=COLUMNS, legends=legends)


def test_legends_of_another_shape_than_the_wires_are_refused() -> None:
    with pytest.raises(ValueError, match="legends must have 4 rows of 3 keys, such as '123/456/789/"):
        MatrixKeypad.Config(rows=ROWS, columns=COLUMNS, legends="123A/456B/789C/*0#D")


def test_two_keys_in_one_column_are_both_seen_and_short_nothing(customer: Customer) -> None:
    customer.hold({(0, 0), (2, 0)})
    assert customer.pressed == ["1", "7"]


def test_a_bouncing_contact_is_one_press(customer: Customer) -> None:
    for down in (True, False, True, True, True, False, True, False, False):
        customer.hold({(1, 1)} if down else set(), 0.02)
    assert customer.pressed == ["5"]


def test_three_corners_of_a_rectangle_press_nothing_and_are_told(customer: Customer) -> None:
    customer.hold({(0, 0), (0, 1), (1, 0)}, 1)
    assert customer.pressed == []
    assert [line.partition(" cannot")[0] for line in customer.told] == [
        "key 1 (row 1, column 1)",
        "key 2 (row 1, column 2)",
        "key 4 (row 2, column 1)",
        "key 5 (row 2, column 2)",
    ]


def test_a_stuck_key_is_told_once_with_its_place_and_the_rest_works(customer: Customer) -> None:
    customer.hold({(2, 1)}, 15)
    customer.hold({(2, 1), (0, 0)}, 0.1)
    assert customer.pressed == ["8", "1"]
    (told,) = customer.told
    assert told.startswith("key 8 (row 3, column 2) has been down for more than 10 s")


def test_a_held_key_is_told_by_what_is_printed_on_it_after_its_press(customer: Customer) -> None:
    customer.pad._held = lambda key: customer.pressed.append(f"held {key}")
    customer.hold({(3, 0)}, 3.2)
    assert customer.pressed == ["*", "held *"]


def test_a_short_press_is_no_holding(customer: Customer) -> None:
    customer.hold({(3, 0)}, 2.9)
    customer.hold(set())
    assert (customer.pressed, customer.kept) == (["*"], [])


def test_holding_a_letter_means_nothing() -> None:
    keys = Keys(ROWS, FOUR_COLUMNS)
    with board_with_pins(keys.factory) as board:
        customer = Customer(keys, board)
        customer.hold({(0, 3)}, 4)
        assert (customer.pressed, customer.kept) == ([], [])
        customer.pad.close()


def test_a_pad_is_healed_once_when_the_last_of_its_troubles_is_over(customer: Customer) -> None:
    customer.hold({(2, 1), (0, 0)}, 15)
    customer.hold({(2, 1)}, 1)
    assert customer.healings == []
    customer.hold(set(), 1)
    assert customer.healings == ["healed"]
    customer.press(2, 1)
    assert customer.healings == ["healed"]


def test_a_column_that_touches_ground_is_no_press_and_is_told_once(customer: Customer) -> None:
    customer.keys.grounded = {COLUMNS[1]}
    customer.hold(set(), 1)
    customer.press(0, 0)
    assert customer.pressed == []
    (told,) = customer.told
    assert told.startswith(
        "keypad column 2 on GPIO20 (header pin 38) is held low by something that is no key"
    )
    customer.keys.grounded = set()
    customer.hold(set())
    assert customer.healings == ["healed"]
    customer.press(0, 0)
    assert customer.pressed == ["1"]


def test_a_column_that_touches_ground_again_is_told_again(customer: Customer) -> None:
    for _ in range(2):
        customer.keys.grounded = {COLUMNS[1]}
        customer.hold(set())
        customer.keys.grounded = set()
        customer.hold(set())
    assert len(customer.told) == 2


def test_a_column_that_touches_ground_again_while_another_still_does_is_told_again(
    customer: Customer,
) -> None:
    for grounded in ({0, 1}, {0}, {0, 1}):
        customer.keys.grounded = {COLUMNS[n] for n in grounded}
        customer.hold(set())
    assert [told.split(" on ")[0] for told in customer.told] == [
        "keypad column 1",
        "keypad column 2",
        "keypad column 2",
    ]
    assert customer.healings == []


def test_a_row_that_touches_ground_presses_nothing_by_itself(customer: Customer) -> None:
    customer.keys.grounded = {ROWS[1]}
    customer.hold(set(), 1)
    assert customer.pressed == []


def test_the_scanner_hears_the_keys_and_the_failure(keys: Keys, board: Board) -> None:
    pressed, failed, held = Queue[str](), Queue[str](), Queue[str]()
    pad = MatrixKeypad(MatrixKeypad.Config(rows=ROWS, columns=COLUMNS), board)
    seen_at_rest = Queue[float]()
    pad.listen(pressed.put, failed.put, held=held.put)
    board.scanner().add(seen_at_rest.put, failed.put)
    seen_at_rest.get(timeout=DEADLINE)
    keys.pressed = {(3, 2)}
    assert pressed.get(timeout=DEADLINE) == "#"
    assert held.get(timeout=DEADLINE) == "#"
    keys.factory.pin(COLUMNS[0])._get_state = broken
    assert "keypad column 1 on GPIO16 (header pin 36) cannot be read" in failed.get(timeout=DEADLINE)
    del keys.factory.pin(COLUMNS[0])._get_state
    pad.close()


def broken() -> bool:
    """A line the kernel took away."""
    raise OSError("No such device")


def test_a_closed_pad_leaves_its_rows_floating_and_its_pins_free(keys: Keys, board: Board) -> None:
    pad = MatrixKeypad(MatrixKeypad.Config(rows=ROWS, columns=COLUMNS), board)
    pad.close()
    pad.close()
    assert {keys.factory.pin(row).function for row in ROWS} == {"input"}
    MatrixKeypad(MatrixKeypad.Config(rows=(4, *COLUMNS), columns=ROWS[:3]), board).close()


def test_a_pin_that_is_taken_frees_those_already_claimed(keys: Keys, board: Board) -> None:
    taken = board.pins().output(COLUMNS[2], "relay spiral1", active_high=True)
    with pytest.raises(
        DeviceMissing, match=r"keypad column 3 wants GPIO21 .* taken: relay spiral1 on GPIO21"
    ):
        MatrixKeypad(MatrixKeypad.Config(rows=ROWS, columns=COLUMNS), board)
    taken.close()
    MatrixKeypad(MatrixKeypad.Config(rows=ROWS, columns=COLUMNS), board).close()


def test_a_pad_that_cannot_be_read_says_which_line(customer: Customer) -> None:
    customer.keys.factory.pin(COLUMNS[1])._get_state = broken
    with pytest.raises(DeviceFailed, match=r"keypad column 2 on GPIO20 \(header pin 38\) cannot be read"):
        customer.hold(set())
    del customer.keys.factory.pin(COLUMNS[1])._get_state


@pytest.mark.parametrize(
    ("rows", "columns", "legends", "words"),
    [
        ((5, 6), (6, 7), "12/34", "name a pin twice"),
        ((5, 6), (7, 8), "", "2 rows of 2 keys"),
        ((5, 6), (7, 8), "123/456", "2 rows of 2 keys"),
        (ROWS, COLUMNS, "123A/456B/789C/*0#D", "4 rows of 3 keys"),
    ],
)
def test_legends_that_do_not_match_the_pins_are_refused(
    rows: tuple[int, ...], columns: tuple[int, ...], legends: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        MatrixKeypad.Config(rows=rows, columns=columns, legends=legends)
