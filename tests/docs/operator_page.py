"""docs/operator.md with its outputs: runs its commands against light machines.

python -m tests.docs.operator_page    writes the outputs into the page
"""

import io
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, redirect_stdout
from pathlib import Path
from typing import Final
from unittest.mock import patch

from kiosk.cli import main
from kiosk.mqtt.patience import Pace
from kiosk.operator.sheet import load
from kiosk.simulator.fleet import Fleet
from tests.mqtt.broker import Mosquitto
from tests.mqtt.inbox import broker_at
from tests.operator.conftest import settled
from tests.operator.lines import Known, Whole

PAGE: Final = Path(__file__).parents[2] / "docs" / "operator.md"
CONSOLE: Final = re.compile(r"^```console\n\$ (kiosk operator .*)\n((?:.*\n)*?)```$", re.MULTILINE)
KIOSKS: Final = ("K01", "K02", "K03", "K04")
NARROW: Final = {"K03": {"unpaid_orders": 3}}
CHANGING: Final = (
    (re.compile(r"\bK0\d[A-Z0-9]{20}\b"), "ORDER"),
    (re.compile(r"\bgw-[a-z0-9]{8}\b"), "gw-reference"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "YYYY-MM-DD"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "HH:MM:SS"),
    (re.compile(r"\b\d{6}\b"), "CLAIM"),
)
"""What is another with every run."""


def parts(text: str) -> list[tuple[str, str]]:
    """Every command of the page, and its output."""
    return [(found[1], found[2]) for found in CONSOLE.finditer(text)]


def block(label: str, text: str) -> str:
    """A fenced part of the page."""
    found = re.search(rf"^```{label}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert found, label
    return found[1]


def settled_words(text: str) -> str:
    """Without what is another with every run."""
    for form, name in CHANGING:
        text = form.sub(name, text)
    return text


class Place:
    """A broker, machines, an operator's home: where the page's commands run."""

    def __init__(self, folder: Path, text: str) -> None:
        self._folder = folder
        self._before: dict[str, Callable[[], None]] = {"events": self._buys, "reconcile": self._report}
        (folder / "prices.toml").write_text(block("toml prices", text))

    def run(self, commands: list[str]) -> Iterator[str]:
        """The output of each, in the order of the page."""
        broker = self._folder / "broker"
        broker.mkdir()
        with Mosquitto(broker) as mosquitto:
            self._port = str(mosquitto.port)
            pace = Pace(least=0.05, most=1, farewell=30)
            with Fleet(broker_at(mosquitto.port), KIOSKS, limits=NARROW, pace=pace) as self._fleet:
                settled(self._fleet)
                self._fleet.berths["K04"].close()
                with chdir(self._folder):
                    yield from map(self._output, commands)

    def _output(self, command: str) -> str:
        words = command.split()[1:]
        self._before.get(words[1], lambda: None)()
        return self._call(words)

    def _call(self, words: list[str]) -> str:
        place = [] if words[1] in ("orders", "reconcile") else ["--port", self._port]
        out = io.StringIO()
        with ExitStack() as stack:
            # what is quiet has told everything then, however slow the computer is
            stack.enter_context(patch("kiosk.cli.operator_books.Line", Whole))
            stack.enter_context(patch("kiosk.cli.operator_fleet.Line", Known))
            stack.enter_context(patch("kiosk.operator.rollcall.QUIET", 0.1))
            stack.enter_context(redirect_stdout(out))
            assert main([*words, *place]) in (0, 1)
        return out.getvalue()

    def _buys(self) -> None:
        """The books are open, and two customers come."""
        self._call(["operator", "events", "--all", "--name", "books", "--quiet", "1"])
        for kiosk in ("K01", "K03"):
            self._fleet.sell([kiosk])
            settled(self._fleet, kiosks=KIOSKS[:3])

    def _report(self) -> None:
        """The gateway knows one sale as we do, one that we wait for, and one that nobody told of."""
        orders = {each.kiosk: each.event.order_id for each in load(self._folder / "events.csv")}
        names = (orders["K01"], orders["K03"], "shop-2026-0042")
        rows = [
            f"{name},settlement,{amount}" for name, amount in zip(names, (13000, 21000, 7000), strict=True)
        ]
        lines = ["Order ID,Transaction Status,Gross Amount", *rows]
        (self._folder / "report.csv").write_text("\n".join(lines) + "\n")


def fresh(text: str) -> str:
    """The page with outputs of now."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = iter(list(Place(Path(folder), text).run([command for command, _ in parts(text)])))
    return CONSOLE.sub(lambda found: f"```console\n$ {found[1]}\n{next(outputs)}```", text)


if __name__ == "__main__":
    PAGE.write_text(fresh(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
