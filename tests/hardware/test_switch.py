"""One bounded pulse at a time, with threads that hang and outputs that fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Event, Thread, Timer, current_thread
from time import sleep

import pytest

from hardware.errors import DeviceFailed, DeviceMissing
from hardware.switch import MAXIMUM_MILLISECONDS, Switch

DEADLINE = 30


def obey(on: bool) -> None:
    """Switch as told, at once."""


class Coil:
    """An output that remembers its edges; `on_edge` is called within each of them."""

    def __init__(self, on_edge: Callable[[bool], None] = obey) -> None:
        self.edges: list[bool] = []
        self.energised, self.released = Event(), Event()
        self.on_edge = on_edge

    def turn(self, on: bool) -> None:
        self.edges.append(on)
        (self.energised if on else self.released).set()
        self.on_edge(on)


@contextmanager
def in_a_thread(work: Callable[[], None]) -> Iterator[Queue[str]]:
    """Do the work beside us; the queue gets what it raised, or an empty string."""
    outcome = Queue[str]()

    def run() -> None:
        try:
            work()
        except (DeviceMissing, DeviceFailed) as error:
            outcome.put(f"{type(error).__name__}: {error}")
        else:
            outcome.put("")

    thread = Thread(target=run, daemon=True)
    thread.start()
    yield outcome
    thread.join()


def test_a_pulse_is_on_once_and_off_before_it_returns() -> None:
    coil = Coil()
    Switch("relay", coil.turn, longest=500, grace=DEADLINE).pulse(1)
    assert coil.edges == [True, False]


def test_one_pulse_may_follow_another() -> None:
    coil = Coil()
    switch = Switch("relay", coil.turn, longest=500, grace=DEADLINE)
    switch.pulse(1)
    switch.pulse(1)
    assert coil.edges == [True, False] * 2


@pytest.mark.parametrize("milliseconds", [0, -1, 501])
def test_a_pulse_outside_its_bounds_never_begins(milliseconds: int) -> None:
    coil = Coil()
    with pytest.raises(DeviceMissing, match=r"does 1 to 500 ms: nothing was released"):
        Switch("relay", coil.turn, longest=500, grace=DEADLINE).pulse(milliseconds)
    assert coil.edges == []


def test_no_configuration_makes_a_pulse_longer_than_the_maximum() -> None:
    coil = Coil()
    with pytest.raises(DeviceMissing, match=f"1 to {MAXIMUM_MILLISECONDS} ms"):
        Switch("relay", coil.turn, longest=3_600_000).pulse(MAXIMUM_MILLISECONDS + 1)
    assert coil.edges == []


def test_a_second_pulse_during_the_first_is_refused() -> None:
    coil = Coil()
    switch = Switch("relay on GPIO17", coil.turn, longest=MAXIMUM_MILLISECONDS)
    with in_a_thread(lambda: switch.pulse(MAXIMUM_MILLISECONDS)) as outcome:
        assert coil.energised.wait(DEADLINE)
        with pytest.raises(DeviceMissing, match="GPIO17 is in the middle of a pulse: nothing was released a"):
            switch.pulse(1)
        assert coil.edges == [True]
        switch.off()
        assert outcome.get(timeout=DEADLINE).startswith(
            "DeviceFailed: relay on GPIO17 was switched off in the"
        )


def test_off_in_mid_pulse_is_off_at_once_and_the_pulse_says_so() -> None:
    coil = Coil()
    switch = Switch("relay", coil.turn, longest=MAXIMUM_MILLISECONDS)
    with in_a_thread(lambda: switch.pulse(MAXIMUM_MILLISECONDS)) as outcome:
        assert coil.energised.wait(DEADLINE)
        switch.off()
        assert coil.edges[:2] == [True, False]
        assert "in the middle of its pulse" in outcome.get(timeout=DEADLINE)
    assert True not in coil.edges[1:]


def test_off_is_idempotent_and_does_not_spoil_the_next_pulse() -> None:
    coil = Coil()
    switch = Switch("relay", coil.turn, longest=500, grace=DEADLINE)
    switch.off()
    switch.off()
    switch.pulse(1)
    assert coil.edges == [False, False, True, False]


def test_a_pulse_whose_thread_hangs_is_ended_by_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that releases is stuck within its own switching on, as in a driver that never answers."""
    stuck = Event()

    def hang(on: bool) -> None:
        if on:
            stuck.wait(DEADLINE)

    def once_it_is_on(seconds: float, work: Callable[[], None]) -> Timer:
        return Timer(seconds, lambda: work() if coil.energised.wait(DEADLINE) else None)

    monkeypatch.setattr("hardware.switch.Timer", once_it_is_on)
    coil = Coil(hang)
    switch = Switch("relay", coil.turn, longest=500, grace=0.01)
    with in_a_thread(lambda: switch.pulse(1)) as outcome:
        assert coil.energised.wait(DEADLINE)
        assert coil.released.wait(DEADLINE)
        assert coil.edges == [True, False]
        stuck.set()
        assert outcome.get(timeout=DEADLINE).startswith("DeviceFailed: relay stayed on longer than its limit")


def test_a_pulse_that_outlasted_its_limit_while_the_process_was_stopped_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No thread of a stopped process runs, so the one that guards the end comes too late here."""
    monkeypatch.setattr("hardware.switch.Timer", lambda _seconds, work: Timer(DEADLINE, work))

    def stopped(on: bool) -> None:
        if on:
            Event().wait(0.05)

    coil = Coil(stopped)
    with pytest.raises(DeviceFailed, match="relay stayed on longer than its limit"):
        Switch("relay", coil.turn, longest=500, grace=0.01).pulse(1)
    assert coil.edges == [True, False]


def test_a_pulse_that_its_limit_ended_is_not_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.switch.Timer", lambda _seconds, work: Timer(0.01, work))
    monkeypatch.setattr("hardware.switch.MAXIMUM_MILLISECONDS", 3_600_000)
    switch = Switch("relay", Coil().turn, longest=3_600_000)
    with in_a_thread(lambda: switch.pulse(3_600_000)) as outcome:
        assert outcome.get(timeout=DEADLINE).startswith("DeviceFailed: relay stayed on longer")


def test_a_limit_that_comes_at_the_last_moment_is_over_before_the_next_pulse_may_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else it would switch that one off; here it is slow about it, and the pulse waits for its end."""
    monkeypatch.setattr("hardware.switch.Timer", lambda _seconds, work: Timer(0.01, work))
    late, ended = Event(), Event()

    def by_turns(on: bool) -> None:
        if on:
            late.wait(DEADLINE)
        elif isinstance(current_thread(), Timer):
            late.set()
            sleep(0.1)
            ended.set()

    coil = Coil(by_turns)
    switch = Switch("relay", coil.turn, longest=500, grace=DEADLINE)
    with pytest.raises(DeviceFailed, match="stayed on longer than its limit"):
        switch.pulse(1)
    assert ended.is_set()


def test_off_does_not_wait_for_ever_for_a_thread_that_hangs() -> None:
    stuck, came_loose = Event(), Event()

    def hang(on: bool) -> None:
        if on:
            stuck.wait(DEADLINE)
            came_loose.set()

    coil = Coil(hang)
    switch = Switch("relay", coil.turn, longest=MAXIMUM_MILLISECONDS, grace=0.01)
    with in_a_thread(lambda: switch.pulse(MAXIMUM_MILLISECONDS)) as outcome:
        assert coil.energised.wait(DEADLINE)
        switch.close()
        assert not came_loose.is_set()
        assert coil.edges == [True, False]
        assert outcome.empty()
        stuck.set()
        assert "in the middle of its pulse" in outcome.get(timeout=DEADLINE)


def test_an_output_that_fails_to_switch_on_is_switched_off_and_may_have_moved() -> None:
    def refuse(on: bool) -> None:
        if on:
            raise DeviceFailed("no")

    coil = Coil(refuse)
    with pytest.raises(DeviceFailed):
        Switch("relay", coil.turn, longest=500, grace=DEADLINE).pulse(1)
    assert coil.edges == [True, False]


def test_any_exception_in_mid_pulse_leaves_the_output_off() -> None:
    def interrupt(on: bool) -> None:
        if on:
            raise KeyboardInterrupt

    coil = Coil(interrupt)
    switch = Switch("relay", coil.turn, longest=500, grace=DEADLINE)
    with pytest.raises(KeyboardInterrupt):
        switch.pulse(1)
    assert coil.edges == [True, False]
    coil.on_edge = obey
    switch.pulse(1)
    assert coil.edges == [True, False] * 2


def test_an_output_that_fails_to_switch_off_says_so() -> None:
    def refuse(on: bool) -> None:
        if not on:
            raise DeviceFailed("relay cannot be switched off")

    with pytest.raises(DeviceFailed, match="cannot be switched off"):
        Switch("relay", Coil(refuse).turn, longest=500, grace=DEADLINE).pulse(1)


def test_a_closed_switch_is_off_and_stays_off() -> None:
    coil = Coil()
    switch = Switch("relay", coil.turn, longest=500, grace=DEADLINE)
    switch.close()
    with pytest.raises(DeviceMissing, match="is closed: nothing was released"):
        switch.pulse(1)
    assert coil.edges == [False]


def test_an_output_switched_off_just_before_its_pulse_is_not_switched_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coil = Coil()
    switch = Switch("relay", coil.turn, longest=500, grace=DEADLINE)
    start = Timer.start

    def start_and_switch_off(timer: Timer) -> None:
        start(timer)
        switch.off()

    monkeypatch.setattr("hardware.switch.Timer.start", start_and_switch_off)
    with pytest.raises(DeviceFailed, match="was switched off in the middle"):
        switch.pulse(500)
    assert True not in coil.edges


def test_no_pulse_begins_without_a_thread_to_guard_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more_threads(timer: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("hardware.switch.Timer.start", no_more_threads)
    coil = Coil()
    with pytest.raises(DeviceMissing, match="was not switched on, nothing would have guarded its end"):
        Switch("relay", coil.turn, longest=500, grace=DEADLINE).pulse(1)
    assert True not in coil.edges
