"""`kiosk doctor`: everything a technician looks at first, on one page."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from msgspec import to_builtins

from kiosk.cli.parsing import parser, printable, takes_config, takes_json
from kiosk.doctor import Finding, Verdict, examined
from kiosk.doctor.system import shell

MARKS = {Verdict.OK: "ok", Verdict.WARN: "warn", Verdict.BAD: "BAD"}


def main(words: list[str]) -> int:
    """Look, and print each finding as it is made; 1 where anything is bad."""
    arguments = parser(
        "doctor",
        "Everything a technician looks at first, each with what to do.  Costs no money and moves nothing.",
    )
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    findings = _as_json(given.config) if given.json else _as_page(given.config)
    return 1 if any(finding.verdict is Verdict.BAD for finding in findings) else 0


def _as_json(path: Path) -> list[Finding]:
    findings = list(examined(path, shell))
    is_well = not any(finding.verdict is Verdict.BAD for finding in findings)
    document = {"ok": is_well, "findings": to_builtins(findings)}
    print(json.dumps(document, indent=2, ensure_ascii=False))
    return findings


def _as_page(path: Path) -> list[Finding]:
    findings = []
    for finding in examined(path, shell):
        print(line_of(finding), flush=True)
        findings.append(finding)
    print(_summary(findings))
    sys.stdout.flush()
    return findings


def line_of(finding: Finding) -> str:
    """One line, and what to do below it."""
    said = f"{MARKS[finding.verdict]:5} {finding.what:14} {printable(finding.says)}"
    return said + (f"\n{'':21}-> {printable(finding.advice)}" if finding.advice else "")


def _summary(findings: Iterable[Finding]) -> str:
    verdicts = [finding.verdict for finding in findings]
    bad, doubtful = verdicts.count(Verdict.BAD), verdicts.count(Verdict.WARN)
    if bad:
        return f"\n{bad} bad; begin with the first"
    return f"\nnothing bad, {doubtful} to look at" if doubtful else "\nall well"
