"""The command line of the bench:  scripts/decodability --help."""

import argparse
import json
import os
import shlex
import sys
from pathlib import Path

from tests.decodability import report
from tests.decodability.cells import Cell, Count, Store, cells, measured
from tests.decodability.glasses import GLASSES
from tests.decodability.rates import comparisons

_FULL, _QUICK = 1000, 22


def main(arguments: list[str]) -> int:
    """1 where this machine lost a cell."""
    chosen = _parser().parse_args(arguments)
    count = chosen.count or (_QUICK if chosen.quick else _FULL)
    wanted = cells(chosen.panel or list(GLASSES))
    counts: dict[Cell, Count] = {}
    try:
        for cell, result in measured(wanted, count, Store(chosen.store), chosen.workers):
            counts[cell] = result
            _progress(len(counts), len(wanted), cell)
    except KeyboardInterrupt:
        sys.stderr.write("\nThe same command goes on where this one was cut.\n")
        return 130
    if chosen.json:
        sys.stdout.write(
            json.dumps([cell._asdict() | result._asdict() for cell, result in counts.items()]) + "\n"
        )
    else:
        sys.stdout.writelines(f"{line}\n" for line in report.summary(counts))
    if chosen.write:
        report.write(counts, shlex.join(["scripts/decodability", *arguments]))
    return int(any(each.lost for each in comparisons(counts)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/decodability",
        description="Measures from how far away the codes are read, beside other encoders on the same glass. "
        "What was measured is kept, so a run that was cut goes on. Exits with 1 where another encoder wins.",
    )
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} pictures a cell instead of {_FULL}")
    parser.add_argument("--count", type=int, metavar="N", help="so many pictures a cell")
    parser.add_argument(
        "--panel", action="append", choices=list(GLASSES), help="this one only; may be repeated"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes; one a core")
    parser.add_argument("--json", action="store_true", help="the counts as JSON instead of a summary")
    parser.add_argument("--write", action="store_true", help="write docs/decodability.md and its picture")
    parser.add_argument("--store", type=Path, help="where measured cells are kept, instead of ~/.cache")
    return parser


def _progress(done: int, total: int, cell: Cell) -> None:
    if sys.stderr.isatty():
        bar = "#" * (40 * done // total)
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r\033[K[{bar:<40}] {done} of {total}: {cell.panel}, {cell.encoder}{end}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
