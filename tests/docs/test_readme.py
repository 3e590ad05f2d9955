"""The README's promises that a machine can check, beside those that it shares with the handbook."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_readme_stays_one_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_the_wiring_is_what_the_sample_configuration_says() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "wiring"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0
