"""What the doctor makes of what systemd, the clock and the system's journal say."""

import sys
from pathlib import Path

import pytest

from kiosk.control import Standing
from kiosk.doctor import surroundings, system
from kiosk.doctor.findings import Verdict
from kiosk.doctor.surroundings import Surroundings
from tests.cli.daemon import STANDING
from tests.doctor.system import ENABLED, System, healthy

TODAY = 1_800_000_000.0


@pytest.mark.parametrize(
    ("said", "verdict", "piece", "advice"),
    [
        (ENABLED, "good", "starts with the machine", ""),
        (ENABLED.replace("=active", "=failed"), "bad", "is failed", "systemctl start"),
        (ENABLED.replace("=active", "=inactive"), "bad", "is inactive", "systemctl start"),
        (ENABLED.replace("=enabled", "=disabled"), "doubtful", "does not start with", "systemctl enable"),
        (ENABLED.replace("Restarts=0", "Restarts=17"), "doubtful", "17 times", "journalctl"),
        ("LoadState=not-found\nActiveState=inactive\n", "doubtful", "knows no qris-kiosk", "scripts/install"),
        ("", "doubtful", "knows no qris-kiosk", "scripts/install"),
    ],
)
def test_the_service_is_judged(said: str, verdict: str, piece: str, advice: str) -> None:
    (finding,) = system.service(Surroundings(System(systemctl=said)))
    assert (finding.verdict, piece in finding.says, advice in finding.advice) == (verdict, True, True)


def test_where_there_is_no_systemd_nothing_breaks() -> None:
    assert [each.verdict for each in system.service(Surroundings(System()))] == ["doubtful"]


@pytest.mark.parametrize(
    ("now", "said", "verdict"),
    [
        (TODAY, "yes\n", "good"),
        (TODAY, "no\n", "doubtful"),
        (0.0, "yes\n", "bad"),
        (system.BUILT - 1, "yes\n", "bad"),
    ],
)
def test_the_clock_is_judged(now: float, said: str, verdict: str) -> None:
    (finding,) = system.clock(Surroundings(System(timedatectl=said), now=lambda: now))
    assert finding.verdict == verdict


def test_a_clock_that_nobody_watches_is_believed_and_not_praised() -> None:
    (finding,) = system.clock(Surroundings(System(), now=lambda: TODAY))
    assert (finding.verdict, "as the network says" in finding.says) == ("good", False)


def test_the_last_warnings_are_shown_and_all_are_counted() -> None:
    lines = [f"2027-01-15T15:00:{number:02} kiosk: K101 {number}" for number in range(9)]
    run = System(journalctl="\n".join(lines) + "\n")
    findings = list(system.warnings(Surroundings(run)))
    assert [each.says for each in findings[:-1]] == lines[-5:]
    assert findings[-1].says == "9 within a day, of which these are the last"
    assert {each.verdict for each in findings} == {Verdict.DOUBTFUL}
    assert run.asked[0][:3] == ["journalctl", "--unit", "qris-kiosk"]


def test_a_day_without_warnings_is_well() -> None:
    assert [each.verdict for each in system.warnings(Surroundings(healthy()))] == ["good"]


def test_a_journal_that_cannot_be_read_is_said() -> None:
    (finding,) = system.warnings(Surroundings(System()))
    assert (finding.verdict, finding.advice) == ("doubtful", "try it with sudo")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("print('hello')", "hello\n"),
        ("raise SystemExit(3)", None),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", None),
    ],
)
def test_a_program_of_the_system_is_run_and_its_failure_is_no_answer(
    program: str, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "PATIENCE", 120)
    assert surroundings.shell([sys.executable, "-c", program]) == said


def test_a_program_that_is_not_there_is_no_answer() -> None:
    assert surroundings.shell(["no-such-program-here"]) is None


def test_a_program_that_does_not_end_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "PATIENCE", 0.2)
    assert surroundings.shell([sys.executable, "-c", "import time; time.sleep(60)"]) is None


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("throttled=0x0\n", "good"),
        ("throttled=0x50000\n", "doubtful"),
        ("throttled=0x50005\n", "bad"),
        (None, "good"),
        ("VCHI initialization failed\n", "good"),
    ],
)
def test_the_supply_is_judged_by_what_the_firmware_counted(
    said: str | None, verdict: str, tmp_path: Path
) -> None:
    run = System(vcgencmd=said) if said else System()
    (finding,) = system.power(Surroundings(run, sys=tmp_path))
    assert (finding.verdict, finding.code) == (verdict, "" if verdict == "good" else "K803")


@pytest.mark.parametrize(("degrees", "verdict"), [("48312", "good"), ("82000", "doubtful")])
def test_a_hot_processor_is_told(degrees: str, verdict: str, tmp_path: Path) -> None:
    zone = tmp_path / "class" / "thermal" / "thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "temp").write_text(f"{degrees}\n")
    *_, finding = system.power(Surroundings(healthy(), sys=tmp_path))
    assert (finding.what, finding.verdict) == ("warmth", verdict)


@pytest.mark.parametrize(("standing", "codes"), [(None, [""]), (STANDING, ["", "K809"])])
def test_an_update_without_a_start_is_told(
    standing: Standing | None, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "__version__", "9.9")
    assert [each.code for each in system.versions(standing, Surroundings(System(), sys=tmp_path))] == codes
