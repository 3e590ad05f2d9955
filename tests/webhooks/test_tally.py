"""What is counted, and how seldom the log hears of it."""

from typing import Any

import pytest

from kiosk.webhooks.tally import PAUSE, Tally


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level("INFO", "kiosk")
    return lambda: [vars(record)["fields"] for record in caplog.records]


def test_each_kind_has_one_line_a_second_with_its_count_so_far(lines: Any) -> None:
    now = [0.0]
    tally = Tally(lambda: now[0])
    for _ in range(3):
        tally.tell("K603", "forged", reason="a reason")
        tally.tell("K603", "malformed")
    now[0] = PAUSE
    tally.tell("K603", "forged", 7)
    assert lines() == [
        {"kind": "forged", "count": 1, "reason": "a reason"},
        {"kind": "malformed", "count": 1},
        {"kind": "forged", "count": 10},
    ]
    assert tally.counts == {"forged": 10, "malformed": 3}


def test_a_summary_holds_every_count_and_is_written_only_when_there_is_news(lines: Any) -> None:
    tally = Tally()
    tally.sum_up()
    assert lines() == []
    tally.count("kept", 2)
    tally.count("forwarded")
    tally.sum_up()
    tally.sum_up()
    assert lines() == [{"forwarded": 1, "kept": 2}]
