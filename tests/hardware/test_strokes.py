"""What a finger did, told from the ups and downs of a keyboard."""

from hardware.strokes import Doubt, Noticed, Strokes

SEVEN, EIGHT = 71, 72


def stroke(strokes: Strokes, code: int, at: float, seconds: float = 0.1) -> Noticed:
    noticed = strokes.change(code, True, at)
    strokes.change(code, False, at + seconds)
    return noticed


def test_a_key_is_pressed_when_it_goes_down_and_not_when_it_comes_up() -> None:
    strokes = Strokes()
    assert strokes.change(SEVEN, True, 1.0) == Noticed(presses=(SEVEN,))
    assert strokes.change(SEVEN, False, 1.1) == Noticed()


def test_three_noughts_of_one_key_are_three_presses() -> None:
    strokes = Strokes()
    presses = [stroke(strokes, SEVEN, 1.0 + n * 0.008, 0.004) for n in range(3)]
    assert presses == [Noticed(presses=(SEVEN,))] * 3


def test_a_key_held_for_three_seconds_is_told_once() -> None:
    strokes = Strokes()
    strokes.change(SEVEN, True, 1.0)
    assert strokes.due == 4.0
    assert strokes.ripen(3.9) == Noticed()
    assert strokes.ripen(4.0) == Noticed(holds=(SEVEN,))
    assert strokes.ripen(4.1) == Noticed()


def test_a_key_that_is_held_another_time_is_told_again() -> None:
    """Else the staff menu would open once and never again."""
    strokes = Strokes()
    for begun in (1.0, 10.0):
        strokes.change(SEVEN, True, begun)
        assert strokes.ripen(begun + 3.0) == Noticed(holds=(SEVEN,))
        strokes.change(SEVEN, False, begun + 3.5)


def test_a_key_down_for_ten_seconds_is_stuck_once_and_believed_again_when_it_comes_up() -> None:
    strokes = Strokes()
    strokes.change(SEVEN, True, 1.0)
    strokes.ripen(4.0)
    assert strokes.due == 11.0
    assert strokes.ripen(11.0) == Noticed(doubts=(Doubt(SEVEN, "stuck"),))
    assert strokes.ripen(12.0) == Noticed()
    assert strokes.due is None
    assert strokes.doubtful
    strokes.change(SEVEN, False, 13.0)
    assert not strokes.doubtful
    assert stroke(strokes, SEVEN, 14.0) == Noticed(presses=(SEVEN,))


def test_another_key_works_while_one_is_stuck() -> None:
    strokes = Strokes()
    strokes.change(SEVEN, True, 1.0)
    strokes.ripen(11.0)
    assert stroke(strokes, EIGHT, 12.0) == Noticed(presses=(EIGHT,))


def test_a_key_that_flickers_is_told_once_and_ignored_until_it_was_quiet_for_a_second() -> None:
    strokes = Strokes()
    noticed = [strokes.change(SEVEN, n % 2 == 0, 1.0 + n * 0.01) for n in range(80)]
    assert sum(len(each.presses) for each in noticed) <= 10
    assert [doubt for each in noticed for doubt in each.doubts] == [Doubt(SEVEN, "bounces")]
    assert strokes.doubtful
    last = 1.0 + 39 * 0.02 + 0.01
    assert strokes.due == last + 1.0
    strokes.ripen(last + 0.9)
    assert strokes.doubtful
    strokes.ripen(last + 1.0)
    assert not strokes.doubtful
    assert stroke(strokes, SEVEN, last + 2.0) == Noticed(presses=(SEVEN,))


def test_a_key_that_comes_up_though_nobody_saw_it_go_down_means_nothing() -> None:
    strokes = Strokes()
    assert strokes.change(SEVEN, False, 1.0) == Noticed()
    assert strokes.due is None


def test_at_rest_nothing_is_ever_due() -> None:
    strokes = Strokes()
    stroke(strokes, SEVEN, 1.0)
    assert strokes.due is None


def test_what_was_down_is_forgotten_with_its_keyboard() -> None:
    strokes = Strokes()
    strokes.change(SEVEN, True, 1.0)
    strokes.forget()
    assert (strokes.due, strokes.ripen(20.0)) == (None, Noticed())
