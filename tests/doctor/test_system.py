"""What the doctor makes of what systemd, the clock and the system's journal say."""

import sys

import pytest

from kiosk.doctor import system
from kiosk.doctor.findings import Verdict
from tests.doctor.system import ENABLED, System, healthy

TODAY = 1_800_000_000.0


@pytest.mark.parametrize(
    ("said", "verdict", "piece", "advice"),
    [
        (ENABLED, "ok", "starts with the machine", ""),
        (ENABLED.replace("=active", "=failed"), "bad", "is failed", "systemctl start"),
        (ENABLED.replace("=active", "=inactive"), "bad", "is inactive", "systemctl start"),
        (ENABLED.replace("=enabled", "=disabled"), "warn", "does not start with", "systemctl enable"),
        (ENABLED.replace("Restarts=0", "Restarts=17"), "warn", "17 times", "journalctl"),
        ("LoadState=not-found\nActiveState=inactive\n", "warn", "knows no qris-kiosk", "scripts/install"),
        ("", "warn", "knows no qris-kiosk", "scripts/install"),
    ],
)
def test_the_service_is_judged(said: str, verdict: str, piece: str, advice: str) -> None:
    (finding,) = system.service(System(systemctl=said))
    assert (finding.verdict, piece in finding.says, advice in finding.advice) == (verdict, True, True)


def test_where_there_is_no_systemd_nothing_breaks() -> None:
    assert [each.verdict for each in system.service(System())] == ["warn"]


@pytest.mark.parametrize(
    ("now", "said", "verdict"),
    [
        (TODAY, "yes\n", "ok"),
        (TODAY, "no\n", "warn"),
        (0.0, "yes\n", "bad"),
        (system.BUILT - 1, "yes\n", "bad"),
    ],
)
def test_the_clock_is_judged(now: float, said: str, verdict: str) -> None:
    (finding,) = system.clock(System(timedatectl=said), lambda: now)
    assert finding.verdict == verdict


def test_a_clock_that_nobody_watches_is_believed_and_not_praised() -> None:
    (finding,) = system.clock(System(), lambda: TODAY)
    assert (finding.verdict, "as the network says" in finding.says) == ("ok", False)


def test_the_last_warnings_are_shown_and_all_are_counted() -> None:
    lines = [f"2027-01-15T15:00:{number:02} kiosk: K101 {number}" for number in range(9)]
    run = System(journalctl="\n".join(lines) + "\n")
    findings = list(system.warnings(run))
    assert [each.says for each in findings[:-1]] == lines[-5:]
    assert findings[-1].says == "9 within a day"
    assert {each.verdict for each in findings} == {Verdict.WARN}
    assert run.asked[0][:3] == ["journalctl", "--unit", "qris-kiosk"]


def test_a_day_without_warnings_is_well() -> None:
    assert [each.verdict for each in system.warnings(healthy())] == ["ok"]


def test_a_journal_that_cannot_be_read_is_said() -> None:
    (finding,) = system.warnings(System())
    assert (finding.verdict, finding.advice) == ("warn", "try it with sudo")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("print('hello')", "hello\n"),
        ("raise SystemExit(3)", None),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", None),
    ],
)
def test_a_program_of_the_system_is_run_and_its_failure_is_no_answer(program: str, said: str | None) -> None:
    assert system.shell([sys.executable, "-c", program]) == said


def test_a_program_that_is_not_there_is_no_answer() -> None:
    assert system.shell(["no-such-program-here"]) is None


def test_a_program_that_does_not_end_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "PATIENCE", 0.2)
    assert system.shell([sys.executable, "-c", "import time; time.sleep(60)"]) is None
