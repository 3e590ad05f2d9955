"""`scripts/bench`: measures sections and prints a table, or JSON, with machine, load, commit and command."""

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from tests.bench import charts, report
from tests.bench.figures import Effort, Row
from tests.bench.sections import SECTIONS


def main(words: list[str]) -> int:
    """Measure what was asked for; 1 where a target is missed."""
    options = _parser().parse_args(words)
    unknown = set(options.sections) - SECTIONS.keys()
    if unknown:
        print(f"bench: there is no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
        return 2
    where = {
        "machine": _machine(),
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "commit": _commit(),
        "command": " ".join(["scripts/bench", *words]),
    }
    found = {name: _measured(name, Effort(options.effort)) for name in options.sections or SECTIONS}
    if options.json:
        print(msgspec.json.encode({**where, "sections": found}).decode())
    else:
        print(report.printed(where, found))
    if options.write:
        old = report.PAGE.read_text(encoding="utf-8") if report.PAGE.exists() else ""
        report.PAGE.write_text(report.page(old, where, found), encoding="utf-8")
        for name, rows in found.items():
            charts.write(report.PAGE.parent, name, rows)
    return int(any(row.is_met is False for rows in found.values() for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; all by default"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--write",
        action="store_true",
        help=f"write what was measured into {report.PAGE}, and the drawings beside it",
    )
    efforts = parser.add_mutually_exclusive_group()
    efforts.add_argument(
        "--quick", dest="effort", action="store_const", const="quick", help="within 45 seconds"
    )
    efforts.add_argument(
        "--long", dest="effort", action="store_const", const="long", help="until it is steady"
    )
    parser.set_defaults(effort="usual")
    return parser


def _measured(name: str, effort: Effort) -> list[Row]:
    begun = time.monotonic()

    def tell(words: str) -> None:
        print(f"bench: {time.monotonic() - begun:5.1f} s  {name}: {words}", file=sys.stderr)

    return SECTIONS[name].load()(effort, tell)


def _machine() -> str:
    names = [line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    model = names[0] if names else platform.machine()
    return f"{os.cpu_count()} x {model}, {platform.system()}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S607  # whose repository this is

    return (git("rev-parse", "--short", "HEAD") or "unknown") + (
        " and changes" if git("status", "-s") else ""
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
