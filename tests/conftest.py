"""What a run says at its end; and no test fails because the machine was busy."""

import pytest
from hypothesis import settings

CONTRACT = "test_each_misfortune_has_one_conclusion"

settings.register_profile("patient", parent=settings.default, deadline=None)
settings.load_profile("patient")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cases of the gateways' contract there were; it is seen here when one was left out."""
    counts = {
        outcome: sum(CONTRACT in report.nodeid for report in terminalreporter.getreports(outcome))
        for outcome in ("passed", "failed", "skipped")
    }
    if sum(counts.values()):
        from kiosk.gateways import GATEWAYS
        from tests.gateways.contract.accent import Call
        from tests.gateways.contract.table import TABLE

        whole = f"{len(GATEWAYS)} gateways x {len(Call)} calls x {len(TABLE)} misfortunes"
        said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        cases = len(GATEWAYS) * len(Call) * len(TABLE)
        terminalreporter.write_line(f"contract of the gateways: {whole} = {cases} cases: {said}")
