"""Setting up: what it does when, and what it says where it cannot.

The Python here only writes down what it is asked for, so nothing is fetched.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "cat", "chmod", "cmp", "cp", "dirname", "grep", "mkdir", "rm", "tail", "tee", "touch")
PYTHON = """#!/usr/bin/env bash
echo "$*" >>"$DIARY"
case "$*" in
  *"$REFUSED"*) [ "$(grep -c -e "$REFUSED" "$DIARY")" -gt "$TIMES" ] || { echo "$WORDS"; exit 1; } ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *--editable*) touch .venv/bin/kiosk && chmod +x .venv/bin/kiosk ;;
esac
"""


class Checkout:
    """A fresh checkout on a machine with one Python."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.diary = folder / "checkout", folder / "bin", folder / "diary"
        for each in (self.root / "scripts", self.bin):
            each.mkdir(parents=True)
        shutil.copytree(ROOT / "requirements", self.root / "requirements")
        shutil.copy(ROOT / "scripts" / "setup", self.root / "scripts")
        shutil.copy(ROOT / "pyproject.toml", self.root)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (self.bin / tool).symlink_to(found)
        self.python = self.bin / "python3"
        self.python.write_text(PYTHON)
        self.python.chmod(0o755)

    def setup(
        self, which: str, refused: str = "nothing", words: str = "", times: int = 99
    ) -> subprocess.CompletedProcess[str]:
        """Run scripts/setup; the Python fails with `words` at whatever holds `refused`, so many times."""
        self.diary.write_text("")
        around = {"DIARY": str(self.diary), "REFUSED": refused, "WORDS": words, "TIMES": str(times)}
        return subprocess.run(
            [self.bin / "bash", self.root / "scripts" / "setup", which],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": str(self.bin), **around},
        )

    def installed(self) -> list[str]:
        """What pip was asked for in the last run."""
        asked = [line.split()[-1] for line in self.diary.read_text().splitlines() if " install " in line]
        return ["the kiosk" if each == "." else each for each in asked]

    def made_anew(self) -> bool:
        """Whether the last run made .venv."""
        return "-m venv .venv" in self.diary.read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_start_installs_the_pins_and_then_the_kiosk(checkout: Checkout) -> None:
    assert checkout.setup("simulate").returncode == 0
    assert checkout.made_anew()
    assert checkout.installed() == ["requirements/simulate.txt", "the kiosk"]


def test_only_what_is_pinned_by_hash_is_installed(checkout: Checkout) -> None:
    checkout.setup("simulate")
    assert "--require-hashes --only-binary :all: -r requirements/simulate.txt" in checkout.diary.read_text()


def test_the_second_start_installs_nothing_and_says_nothing(checkout: Checkout) -> None:
    checkout.setup("simulate")
    assert checkout.setup("simulate").stderr == ""
    assert (checkout.made_anew(), checkout.installed()) == (False, [])


def test_the_tests_add_to_what_the_simulator_has(checkout: Checkout) -> None:
    checkout.setup("simulate")
    checkout.setup("test")
    assert not checkout.made_anew()
    assert checkout.installed() == ["requirements/test.txt", "requirements/witness.txt"]


def test_going_back_to_the_simulator_installs_nothing(checkout: Checkout) -> None:
    checkout.setup("test")
    checkout.setup("simulate")
    assert checkout.installed() == []


def test_a_changed_pin_is_installed(checkout: Checkout) -> None:
    checkout.setup("simulate")
    with (checkout.root / "requirements" / "simulate.txt").open("a") as pins:
        pins.write("# another\n")
    checkout.setup("simulate")
    assert checkout.installed() == ["requirements/simulate.txt"]


def test_a_changed_project_is_installed_again(checkout: Checkout) -> None:
    checkout.setup("simulate")
    with (checkout.root / "pyproject.toml").open("a") as project:
        project.write("# another\n")
    checkout.setup("simulate")
    assert checkout.installed() == ["the kiosk"]


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.setup("simulate")
    (checkout.root / ".venv" / "bin" / "python").unlink()
    assert checkout.setup("simulate").returncode == 0
    assert checkout.made_anew()


def test_an_environment_that_was_half_made_is_made_anew(checkout: Checkout) -> None:
    assert checkout.setup("simulate", refused="--require-hashes").returncode == 1
    assert checkout.setup("simulate").returncode == 0
    assert checkout.made_anew()


def test_an_environment_that_was_moved_is_made_anew(checkout: Checkout) -> None:
    """Its programs name the place where they were made."""
    checkout.setup("simulate")
    checkout.root = checkout.root.rename(checkout.root.with_name("elsewhere"))
    checkout.setup("simulate")
    assert checkout.made_anew()


@pytest.mark.parametrize(
    ("refused", "words", "advice"),
    [
        ("version_info", "", "sudo apt install python3 python3-venv"),
        ("ensurepip", "", "sudo apt install python3-venv"),
        ("--require-hashes", "WARNING: Retrying (Retry(total=4))", "Connect this machine to the network"),
        ("--require-hashes", "THESE PACKAGES DO NOT MATCH THE HASHES", "Do not work round this"),
        ("--require-hashes", "OSError: No space left on device", "the disk is full"),
        ("--require-hashes", "ERROR: what nobody foresaw", "ERROR: what nobody foresaw"),
    ],
)
def test_what_is_missing_is_said_with_what_mends_it(
    checkout: Checkout, refused: str, words: str, advice: str
) -> None:
    done = checkout.setup("simulate", refused, words)
    assert done.returncode == 1
    assert advice in done.stderr


@pytest.mark.parametrize(
    "words",
    ["ERROR: Connection broken: IncompleteRead", "THESE PACKAGES DO NOT MATCH THE HASHES", "timed out"],
)
def test_a_download_that_breaks_off_is_begun_again(checkout: Checkout, words: str) -> None:
    done = checkout.setup("simulate", "--require-hashes", words, times=2)
    assert done.returncode == 0
    assert checkout.installed() == [*["requirements/simulate.txt"] * 3, "the kiosk"]


def test_what_fails_for_another_reason_is_not_tried_again(checkout: Checkout) -> None:
    assert checkout.setup("simulate", "--require-hashes", "OSError: No space left on device").returncode == 1
    assert checkout.installed() == ["requirements/simulate.txt"]


def test_a_set_that_does_not_exist_is_wrong_usage(checkout: Checkout) -> None:
    assert checkout.setup("everything").returncode == 2
