"""Two hundred machines: a price for all, a broker that goes and comes, nothing twice and nothing lost."""

from pathlib import Path

import pytest

from kiosk.operator.sheet import load
from tests.mqtt.broker import Mosquitto
from tests.operator.conftest import Machines, Tool, acknowledged, settled
from tests.operator.lines import following
from tests.operator.waiting import until_it_has

KIOSKS = [f"K{number:03}" for number in range(1, 201)]
NARROW = {"K117": {"unpaid_orders": 3}}
MOST = 5.0
"""Seconds between two tries of a machine to reach its broker."""


def test_two_hundred_machines_take_a_price_and_outlive_a_restart_of_the_broker(
    mosquitto: Mosquitto,
    machines: Machines,
    tool: Tool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prices, book = tmp_path / "prices.toml", tmp_path / "events.csv"
    prices.write_text("[limits]\nunpaid_orders = 4\n[[slots]]\nnumber = 1\nprice = 13000\n")
    fleet = machines(*KIOSKS, limits=NARROW, most=MOST)

    pushed = tool("config", "push", prices, "--all")
    assert pushed.code == 1
    assert "took it  199  " in pushed.out
    assert "K117     refused  above_local_limit: limits.unpaid_orders: " in pushed.out
    taken = {kiosk for kiosk, berth in fleet.berths.items() if berth.machine.prices[1] == 13_000}
    assert taken == set(KIOSKS) - {"K117"}

    follow = ("events", "--all", "--name", "books", "--out", book, "--ack", "--json")
    assert tool(*follow, "--quiet", 1).code == 0
    switch = ("disable", "--all", "--slot", 2, "--who", "Sari", "--id", "once", "--json")
    with following(lambda: tool(*follow), monkeypatch):
        fleet.sell()
        until_it_has(book, 1 + 200 * 5)
        first = tool(*switch).code
        fleet.sell()
        mosquitto.stop()
        fleet.sell()
        mosquitto.start()
        settled(fleet, connections=2)
        again = tool(*switch).code
        fleet.sell()
        acknowledged(fleet, 21)

    assert (first, again) == (0, 0)
    berths = fleet.berths.values()
    assert {berth.connections for berth in berths} == {2}
    assert 0 < max(pause for berth in berths for pause in berth.pauses) <= MOST
    assert {berth.machine.executed["once"] for berth in berths} == {1}
    told = {(kiosk, 1, event.seq) for kiosk in KIOSKS for event in fleet.berths[kiosk].machine.events}
    written = [each.name for each in load(book)]
    assert len(written) == len(set(written)) == 200 * (4 * 5 + 1)
    assert set(written) == told
