"""What systemd itself thinks of the units: how much of the machine each of them could reach if it were taken.

`scripts/check` fails above the same limits; here the figures go into the report.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.proof.sections import Scale, Section

UNITS: Final = Path(__file__).parents[2] / "systemd"
MOST_OF_THE_KIOSK: Final = 1.3
MOST_OF_THE_WEBHOOKS: Final = 1.5
LEVEL: Final = re.compile(r"exposure level for \S+: ([0-9.]+)")


def run(scale: Scale) -> Section:
    """Each unit's score, of 10."""
    title = "Hardening"
    if shutil.which("systemd-analyze") is None:
        return Section(title, (), not_run="systemd-analyze is needed (sudo apt install systemd)")
    scores = {unit.name: exposure(unit) for unit in sorted(UNITS.glob("*.service"))}
    figures = tuple(
        (f"exposure of `{name}`", f"{score} of 10, at most {limit(name)}") for name, score in scores.items()
    )
    failures = tuple(
        f"{name} is exposed with {score}" for name, score in scores.items() if score > limit(name)
    )
    return Section(title, figures, failures)


def limit(unit: str) -> float:
    """The most that a unit may have."""
    return MOST_OF_THE_WEBHOOKS if "webhooks" in unit else MOST_OF_THE_KIOSK


def exposure(unit: Path) -> float:
    """How much a unit may reach, in systemd's opinion, from 0 to 10."""
    program = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    found = LEVEL.search(said)
    assert found, said
    return float(found[1])
