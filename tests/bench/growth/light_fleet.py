"""So many light machines at a broker, until its input ends; says when the broker knows all of them.

`python -m tests.bench.growth.light_fleet PORT COUNT`
"""

import sys

from kiosk.mqtt.patience import Pace
from kiosk.simulator.fleet import Fleet
from tests.bench.growth.clients import PATIENCE
from tests.mqtt.inbox import broker_at
from tests.operator.waiting import until


def main(port: int, count: int) -> None:
    """Stay there."""
    kiosks = [f"K{number:04}" for number in range(1, count + 1)]
    with Fleet(broker_at(port), kiosks, pace=Pace(least=0.05, most=1.0)) as fleet:
        berths = fleet.berths.values()
        until(lambda: all(berth.connections and berth.is_quiet for berth in berths), PATIENCE)
        print("there", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
