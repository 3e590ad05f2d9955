"""`kiosk doctor`: everything a technician looks at first, on one page."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from msgspec import to_builtins

from kiosk.cli.parsing import parser, printable, takes_config, takes_json
from kiosk.doctor import Finding, Surroundings, Verdict, examined

MARKS = {Verdict.GOOD: "good", Verdict.DOUBTFUL: "doubtful", Verdict.BAD: "BAD"}


def main(words: list[str], around: Surroundings = Surroundings()) -> int:  # noqa: B008  # immutable
    """Look, and print each finding as it is made; 1 where anything is bad."""
    arguments = parser(
        "doctor",
        "Everything a technician looks at first, each with what to do.  Costs no money and moves nothing.",
    )
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    findings = _as_json(given.config, around) if given.json else _as_page(given.config, around)
    return 1 if any(finding.verdict is Verdict.BAD for finding in findings) else 0


def _as_json(path: Path, around: Surroundings) -> list[Finding]:
    findings = list(examined(path, around))
    is_well = not any(finding.verdict is Verdict.BAD for finding in findings)
    document = {"ok": is_well, "findings": to_builtins(findings)}
    print(json.dumps(document, indent=2, ensure_ascii=False))
    return findings


def _as_page(path: Path, around: Surroundings) -> list[Finding]:
    findings = []
    for finding in examined(path, around):
        print(line_of(finding), flush=True)
        findings.append(finding)
    print(_summary(findings))
    sys.stdout.flush()
    return findings


def line_of(finding: Finding) -> str:
    """One line, and what to do below it."""
    code = printable(finding.code)
    said = f"{MARKS[finding.verdict]:8} {code:4}  {printable(finding.what):18} {printable(finding.says)}"
    return said + (f"\n{'':34}-> {printable(finding.advice)}" if finding.advice else "")


def _summary(findings: Iterable[Finding]) -> str:
    verdicts = [finding.verdict for finding in findings]
    bad, doubtful = verdicts.count(Verdict.BAD), verdicts.count(Verdict.DOUBTFUL)
    if bad:
        return f"\n{bad} bad; begin with the first"
    return f"\nnothing bad, {doubtful} doubtful" if doubtful else "\nall well"
