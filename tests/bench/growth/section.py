"""Everything that grows, one thing after the other."""

from collections.abc import Callable

from tests.bench.figures import Effort, Row
from tests.bench.growth import clients, machines, workers


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Rows that draw themselves."""
    rows = [row for axis in machines.AXES for row in machines.measured(axis, effort, tell)]
    return [*rows, *workers.measured(effort, tell), *clients.measured(effort, tell)]
