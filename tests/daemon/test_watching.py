"""A release under the eye of a sensor: one movement, whatever the sensor says."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from hardware.base import Pulse, Watch
from hardware.errors import DeviceFailed, DeviceMissing
from kiosk import calls, watching
from kiosk import effects as do
from kiosk import events as on
from kiosk.lanes import Job
from kiosk.model import Drop, Order
from kiosk.roles import Role
from kiosk.senses import Eye
from kiosk.watching import watched
from tests.core.shop import Shop
from tests.daemon.contacts import Wire

PULSE = Pulse(20)
ORDER = Shop().begins()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PATIENCE", 0.1)
    monkeypatch.setattr(watching, "LOOKS_EVERY", 0.001)


class Spiral:
    """An output whose goods fall as the test says, while it turns."""

    def __init__(self, turns: Callable[[], None]) -> None:
        self.turns = turns
        self.moved = 0

    def release(self, plan: Pulse) -> None:
        self.moved += 1
        self.turns()

    def off(self) -> None: ...

    def close(self) -> None: ...


def nothing_falls() -> None:
    """The spiral turns in vain."""


def eye_of(wire: Wire, timeout: float = 0.02) -> Eye:
    return Eye("beam", Role.DROP, wire, timeout)


def job_of(spiral: Spiral, order: Order = ORDER, first: int = 0, last: int = 0) -> tuple[do.Release, Job]:
    act = do.Release(order, first, last)
    return act, calls.release(act, spiral, PULSE)


def released(
    spiral: Spiral, eye: Eye | None, order: Order = ORDER, first: int = 0, last: int = 0
) -> on.Event:
    act, job = job_of(spiral, order, first, last)
    return watched(job, act, eye).work()


def test_without_a_sensor_nobody_can_tell() -> None:
    spiral = Spiral(nothing_falls)
    assert released(spiral, None) == on.Released(ORDER.id, Drop.NO_SENSOR)


def test_goods_that_fall_while_the_spiral_turns_are_seen() -> None:
    wire = Wire()
    assert released(Spiral(wire.fall), eye_of(wire)) == on.Released(ORDER.id, Drop.SEEN)


class Late(Wire):
    """Goods that fall once somebody waits for them."""

    def watch(self) -> Watch:
        watch = super().watch()
        seen = watch.seen

        def wait(seconds: float) -> bool:
            assert seconds == 5.0
            self.fall()
            return seen(seconds)

        watch.seen = wait  # type: ignore[method-assign]  # the moment is the point
        return watch


def test_goods_that_fall_after_the_spiral_turned_are_seen() -> None:
    assert released(Spiral(nothing_falls), eye_of(Late(), 5.0)) == on.Released(ORDER.id, Drop.SEEN)


def test_goods_that_do_not_fall_are_told_and_the_spiral_turned_once() -> None:
    spiral = Spiral(nothing_falls)
    assert released(spiral, eye_of(Wire())) == on.Released(ORDER.id, Drop.NOT_SEEN)
    assert spiral.moved == 1


def test_a_beam_that_is_interrupted_before_moves_nothing() -> None:
    spiral = Spiral(nothing_falls)
    told = released(spiral, eye_of(Wire(active=True)))
    assert isinstance(told, on.ReleaseFailed)
    assert not told.energised
    assert told.reason.startswith("beam: its beam is interrupted though nothing falls")
    assert spiral.moved == 0


def test_a_hand_that_leaves_the_bin_in_time_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PATIENCE", 10.0)
    wire = Wire(active=True)
    looks: list[bool] = []

    def active() -> bool:
        looks.append(wire.level)
        wire.level = len(looks) < 3
        return looks[-1]

    monkeypatch.setattr(wire, "active", active)
    assert released(Spiral(wire.fall), eye_of(wire)) == on.Released(ORDER.id, Drop.SEEN)


def test_a_sensor_that_cannot_be_read_before_moves_nothing() -> None:
    spiral = Spiral(nothing_falls)
    told = released(spiral, eye_of(Wire(trouble="gone")))
    assert told == on.ReleaseFailed(ORDER.id, energised=False, reason="beam: gone")
    assert spiral.moved == 0


def test_a_sensor_that_fails_meanwhile_has_not_said_no() -> None:
    """Unknown is not no: a person looks, instead of goods and money both given."""
    wire = Wire()
    told = released(Spiral(lambda: wire.fail("gone")), eye_of(wire))
    assert told == on.ReleaseFailed(
        ORDER.id, energised=True, reason="released, but beam could not see it: gone"
    )


@pytest.mark.parametrize(("falls", "said"), [(True, "beam saw something"), (False, "beam saw nothing")])
def test_a_release_that_nobody_is_sure_of_is_told_with_what_the_sensor_saw(falls: bool, said: str) -> None:
    wire = Wire()

    def turns() -> None:
        if falls:
            wire.fall()
        raise DeviceFailed("the relay was ended late")

    told = released(Spiral(turns), eye_of(wire))
    assert told == on.ReleaseFailed(ORDER.id, energised=True, reason=f"the relay was ended late; {said}")


def test_an_output_that_surely_did_not_move_is_not_waited_for() -> None:
    def refuses() -> None:
        raise DeviceMissing("the relay is not there")

    told = released(Spiral(refuses), eye_of(Wire(), timeout=3600.0))
    assert told == on.ReleaseFailed(ORDER.id, energised=False, reason="the relay is not there")


def test_the_watch_is_over_with_the_release() -> None:
    wire = Wire()
    released(Spiral(wire.fall), eye_of(wire))
    assert wire.watches == []


def test_of_pulses_only_the_last_is_watched() -> None:
    order = replace(ORDER, pulses=3)
    wire, spiral = Wire(), Spiral(nothing_falls)
    events = [released(spiral, eye_of(wire), order, n, n) for n in (1, 2, 3)]
    assert events == [
        on.Released(ORDER.id, Drop.NO_SENSOR, 1),
        on.Released(ORDER.id, Drop.NO_SENSOR, 2),
        on.Released(ORDER.id, Drop.NOT_SEEN, 3),
    ]


def test_of_pulses_only_the_first_asks_whether_the_sensor_rests() -> None:
    order = replace(ORDER, pulses=2)
    wire = Wire(active=True)
    assert isinstance(released(Spiral(nothing_falls), eye_of(wire), order, 1, 1), on.ReleaseFailed)
    assert isinstance(released(Spiral(nothing_falls), eye_of(wire), order, 2, 2), on.Released)


def test_a_sensor_that_fails_at_the_end_of_a_train_keeps_the_count() -> None:
    order = replace(ORDER, pulses=2)
    wire = Wire()
    told = released(Spiral(lambda: wire.fail("gone")), eye_of(wire), order, 1, 2)
    assert isinstance(told, on.ReleaseFailed)
    assert (told.energised, told.given, told.begun) == (True, 2, 2)


def test_a_release_has_the_time_of_its_sensor_before_it_counts_as_stuck() -> None:
    act, job = job_of(Spiral(nothing_falls))
    assert watched(job, act, eye_of(Wire(), 30.0)).seconds == job.seconds + watching.PATIENCE + 30.0
    assert watched(job, act, None) == job
