"""Looks side by side: in order, each for itself, and none for ever."""

from threading import Event

from kiosk.doctor.findings import Finding, good
from kiosk.doctor.probes import Probe, side_by_side


def test_findings_come_in_order_though_the_first_look_ends_last() -> None:
    last = Event()

    def first() -> list[Finding]:
        assert last.wait(30)
        return [good("first", "")]

    def second() -> list[Finding]:
        last.set()
        return [good("second", "")]

    probes = [Probe("first", first, 60), Probe("second", second, 60)]
    assert [each.what for each in side_by_side(probes)] == ["first", "second"]


def test_a_look_that_hangs_is_given_up_and_said() -> None:
    go = Event()

    def hangs() -> list[Finding]:
        go.wait(30)
        return []

    probes = [Probe("bus", hangs, 0.05), Probe("disk", lambda: [good("disk", "")], 60)]
    hung, fine = side_by_side(probes)
    go.set()
    assert (hung.what, hung.verdict, hung.code) == ("bus", "doubtful", "K810")
    assert fine.verdict == "good"


def test_a_look_that_breaks_is_said_without_what_it_saw() -> None:
    def breaks() -> list[Finding]:
        raise ValueError("a secret")

    (finding,) = side_by_side([Probe("bus", breaks)])
    assert (finding.verdict, finding.says) == ("doubtful", "the look itself failed: ValueError")
