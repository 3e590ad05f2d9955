"""The installer, staged into a directory: real venvs, real hash-checked packages, no network, no root."""

import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from hardware.plans import LONGEST_HOLD, LONGEST_TRAIN
from kiosk import calls, lanes
from kiosk.configuration import Basics
from tests.hardware.leds import WITH_THE_TRIGGER

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="a kiosk runs on Linux, and so does its installer"
)

ROOT = Path(__file__).parents[2]
PARTS = ("kiosk", "hardware", "systemd", "scripts", "pyproject.toml", "README.md", "LICENSE")
# What building and importing needs; the installer treats the rest of the pins no differently.
CONFIGURATION = "/etc/qris-kiosk/kiosk.toml"
MARKER = "/var/lib/qris-kiosk-marker/epoch"
OLD_MARKER = "/etc/qris-kiosk/epoch"
NEEDED = ("setuptools", "msgspec")
COMPILED = shutil.ignore_patterns("__pycache__")
"""Python writes in there for a moment under other names, and other tests may be importing right now."""
LEDS_ARE_THERE = "ReadWritePaths=-/sys/devices/platform"


def belongs(path: Path) -> bool:
    return ".." not in path.parts and path.suffix != ".pyc" and path.name not in {"INSTALLER", "REQUESTED"}


def wheel_of(installed: Distribution, folder: Path) -> Path:
    """Pack an installed distribution into a wheel again."""
    tag = re.search(r"^Tag: (\S+)$", installed.read_text("WHEEL") or "", re.MULTILINE)
    assert tag
    name = re.sub(r"[-_.]+", "_", installed.metadata["Name"])
    wheel = folder / f"{name}-{installed.version}-{tag[1]}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in installed.files or []:
            if belongs(Path(file)) and file.name != "RECORD":
                archive.write(str(file.locate()), str(file))
            elif file.name == "RECORD":
                rows = [row for row in csv.reader(file.read_text().splitlines()) if belongs(Path(row[0]))]
                archive.writestr(str(file), "".join(f"{row[0]},,\n" for row in rows))
    return wheel


class Bench:
    """A checkout of its own with few pins, the wheels for them, and the root of a machine to be."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.wheels, self.root, self.home = (
            folder / name for name in ("checkout", "wheels", "root", "home")
        )
        for each in (self.checkout / "requirements", self.wheels, self.root, self.home):
            each.mkdir(parents=True)
        for part in PARTS:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, self.checkout / part, ignore=COMPILED)
            else:
                shutil.copy(ROOT / part, self.checkout / part)
        wheels = {name: wheel_of(distribution(name), self.wheels) for name in NEEDED}
        self.pin({name: hashlib.sha256(wheel.read_bytes()).hexdigest() for name, wheel in wheels.items()})

    def pin(self, hashes: dict[str, str]) -> None:
        """Write run.txt."""
        pins = [f"{name}=={distribution(name).version} --hash=sha256:{each}" for name, each in hashes.items()]
        (self.checkout / "requirements" / "run.txt").write_text("\n".join(pins) + "\n")

    def version(self, version: str) -> None:
        """Turn the checkout into another version."""
        path = self.checkout / "kiosk" / "__init__.py"
        path.write_text(re.sub(r'(?m)^__version__ = ".*"$', f'__version__ = "{version}"', path.read_text()))

    def install(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the installer."""
        return subprocess.run(
            [self.checkout / "scripts" / "install", "--root", self.root, "--wheels", self.wheels, *words],
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": f"{Path(sys.base_exec_prefix) / 'bin'}:{os.environ['PATH']}",
                "HOME": str(self.home),
                "PIP_CONFIG_FILE": "/dev/null",
            },
        )

    def path(self, place: str) -> Path:
        """A place on the machine to be."""
        return self.root / place.lstrip("/")

    def current(self) -> str:
        """The version that would run."""
        return str(self.path("/opt/qris-kiosk/current").readlink())

    def versions(self) -> set[str]:
        """Those that are there, finished or not."""
        return {path.name for path in self.path("/opt/qris-kiosk").iterdir() if not path.is_symlink()}

    def tree(self) -> set[str]:
        """Every file in the root that is not inside a version."""
        files = (path for path in self.root.rglob("*") if path.is_symlink() or not path.is_dir())
        every = {f"/{path.relative_to(self.root)}" for path in files}
        return {path for path in every if not re.match(r"/opt/qris-kiosk/[0-9]", path)}


class Chapter(NamedTuple):
    """What one start of the installer said and left behind."""

    said: str
    complained: str
    code: int
    tree: set[str]
    versions: set[str]
    current: str
    configuration: str


class Story:
    """The life of one machine, told once: every test looks at a chapter of it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        bench.version("1.0")
        self.rehearsal = bench.install("--dry-run")
        self.gate = bench.install("--dry-run", "--profile", "gate")
        self.untouched = bench.tree()
        self.first = self._chapter()
        self.greeting = self._greeting()
        with bench.path(CONFIGURATION).open("a") as file:
            file.write("# ours\n")
        bench.path(OLD_MARKER).write_text("marker")
        bench.path(OLD_MARKER).chmod(0o640)
        bench.version("2.0")
        self.update = self._chapter()
        self.again = self._chapter()
        self.back = self._chapter("--rollback")
        self.too_far_back = self._chapter("--rollback")
        self.bench.pin(dict.fromkeys(NEEDED, "0" * 64))
        bench.version("3.0")
        self.forged = self._chapter()

    def _chapter(self, *words: str) -> Chapter:
        done = self.bench.install(*words)
        return Chapter(
            done.stdout,
            done.stderr,
            done.returncode,
            self.bench.tree(),
            self.bench.versions(),
            self.bench.current(),
            self.bench.path(CONFIGURATION).read_text(),
        )

    def _greeting(self) -> str:
        """What the installed program says, run by its own environment and nothing else."""
        python = self.bench.path("/opt/qris-kiosk/1.0/bin/python")
        program = "import kiosk, sys; print(kiosk.__version__, kiosk.__file__)"
        return subprocess.run(
            [python, "-I", "-c", program], capture_output=True, text=True, check=True
        ).stdout


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(Bench(tmp_path_factory.mktemp("bench")))


def test_a_rehearsal_shows_the_steps_and_does_none(story: Story) -> None:
    assert "python3 -m venv --system-site-packages" in story.rehearsal.stdout
    assert "--require-hashes" in story.rehearsal.stdout
    assert (story.rehearsal.returncode, story.untouched) == (0, set())


def test_everything_lands_in_its_place(story: Story) -> None:
    assert story.first.complained == ""
    assert story.first.tree == {
        "/etc/modules-load.d/qris-kiosk.conf",
        "/etc/qris-kiosk/kiosk.toml",
        "/etc/systemd/system/multi-user.target.wants/qris-kiosk.service",
        "/etc/systemd/system/qris-kiosk.service",
        "/etc/sysusers.d/qris-kiosk.conf",
        "/etc/tmpfiles.d/qris-kiosk.conf",
        "/etc/udev/rules.d/60-qris-kiosk.rules",
        "/opt/qris-kiosk/current",
        "/usr/local/bin/kiosk",
    }


def test_the_installed_kiosk_stands_on_its_own(story: Story) -> None:
    version, place = story.greeting.split()
    assert version == "1.0"
    assert Path(place).is_relative_to(story.bench.path("/opt/qris-kiosk/1.0"))


def test_the_secrets_directory_is_closed(story: Story) -> None:
    assert story.bench.path("/etc/qris-kiosk/credentials").stat().st_mode & 0o777 == 0o700


def test_an_image_does_not_name_the_directory_it_was_made_in(story: Story) -> None:
    program = story.bench.path("/opt/qris-kiosk/2.0/bin/kiosk").read_text()
    assert program.startswith("#!/opt/qris-kiosk/2.0/bin/python")


def test_two_machines_never_get_one_journal(story: Story) -> None:
    """The secret of the order ids is made on the machine itself, not in an image that is copied."""
    assert "sudo kiosk journal create" in story.first.said
    assert not {MARKER, OLD_MARKER} & story.first.tree


def test_the_first_configuration_is_the_sample(story: Story) -> None:
    assert story.first.configuration == (ROOT / "systemd" / "kiosk.toml").read_text()


def test_a_machine_can_begin_with_the_sample_of_its_kind(story: Story) -> None:
    laid = r"install -D -m 644 \S+/share/systemd/profiles/gate\.toml \S+/etc/qris-kiosk/kiosk\.toml"
    assert re.search(laid, story.gate.stdout)
    assert "dtoverlay=gpio-led,gpio=27,label=kiosk-gpio27,trigger=oneshot" in story.gate.stdout


@pytest.mark.parametrize("words", [["--profile"], ["--profile", "casino"], ["--profile", "../kiosk"]])
def test_a_sample_that_is_not_there_is_wrong_usage(words: list[str]) -> None:
    done = subprocess.run([ROOT / "scripts" / "install", *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "install: --profile needs the name of a sample: coin gate vending\n",
    )


def test_the_firmware_lines_follow_the_configured_outputs(story: Story) -> None:
    said = [line.strip() for line in story.first.said.splitlines()]
    assert said[said.index("# spiral1 is off before Linux starts") + 1] == "gpio=17=op,dl"
    assert "dtparam=i2c_arm=on" in said


def test_an_update_runs_the_new_version_and_keeps_the_old(story: Story) -> None:
    assert (story.update.current, story.update.versions) == ("2.0", {"1.0", "2.0"})


def test_an_update_keeps_the_configuration(story: Story) -> None:
    assert story.update.configuration == story.first.configuration + "# ours\n"


def test_a_marker_among_the_settings_moves_to_where_the_kiosk_can_write_it(story: Story) -> None:
    moved = story.bench.path(MARKER)
    assert story.update.tree == {*story.first.tree, MARKER}
    assert (moved.read_text(), moved.stat().st_mode & 0o777) == ("marker", 0o640)


def test_a_marker_stays_where_the_configuration_names_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    sample = (ROOT / "systemd" / "kiosk.toml").read_text()
    for path, text in ((CONFIGURATION, f'marker = "{OLD_MARKER}"\n{sample}'), (OLD_MARKER, "marker")):
        bench.path(path).parent.mkdir(parents=True, exist_ok=True)
        bench.path(path).write_text(text)
    said = bench.install("--dry-run")
    assert (said.returncode, "moving the epoch marker" in said.stdout) == (0, False)


def test_the_kiosk_may_write_its_marker_and_nothing_among_the_settings() -> None:
    unit = (ROOT / "systemd" / "qris-kiosk.service").read_text().splitlines()
    (state,) = (line for line in unit if line.startswith("StateDirectory="))
    assert Path(MARKER).parent.name in state.partition("=")[2].split()
    defaults = {field.name: field.default for field in msgspec.structs.fields(Basics)}
    assert defaults["marker"] == Path(MARKER)
    assert [line for line in unit if line.startswith("ReadWritePaths=")] == [LEDS_ARE_THERE]


def test_systemd_waits_for_the_longest_release() -> None:
    unit = (ROOT / "systemd" / "qris-kiosk.service").read_text().splitlines()
    (wait,) = (line for line in unit if line.startswith("TimeoutStopSec="))
    longest = max(LONGEST_HOLD, LONGEST_TRAIN) / 1000
    assert int(wait.partition("=")[2]) > longest + calls.SLACK + lanes.GRACE


def test_udev_gives_the_kiosk_every_file_of_an_output_that_the_kernel_times() -> None:
    rules = (ROOT / "systemd" / "udev" / "60-qris-kiosk.rules").read_text()
    (rule,) = (line for line in rules.splitlines() if line.startswith('SUBSYSTEM=="leds"'))
    (files,) = re.findall(r"for file in ([a-z_ ]+);", rule)
    assert set(files.split()) == {"brightness", "trigger", *WITH_THE_TRIGGER}
    assert 'KERNEL=="kiosk-gpio*"' in rule


def test_a_version_installed_twice_does_not_overwrite_the_one_that_runs(story: Story) -> None:
    assert story.again.current == "2.0-2"


def test_two_versions_are_kept(story: Story) -> None:
    assert story.again.versions == {"2.0", "2.0-2"}


def test_rolling_back_goes_back_one(story: Story) -> None:
    assert (story.back.code, story.back.current) == (0, "2.0")
    assert story.back.configuration == story.update.configuration


def test_rolling_back_further_than_there_is_changes_nothing(story: Story) -> None:
    assert (story.too_far_back.code, story.too_far_back.current) == (1, "2.0")
    assert "1.0, which ran before 2.0, is no longer here" in story.too_far_back.complained


def test_a_package_with_another_hash_is_not_installed(story: Story) -> None:
    assert "DO NOT MATCH THE HASHES" in story.forged.complained
    assert "this step failed, nothing after it was done" in story.forged.complained
    assert (story.forged.code, story.forged.current) == (1, "2.0")


def test_a_wrong_option_is_named() -> None:
    done = subprocess.run(
        [ROOT / "scripts" / "install", "--roll-back"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("install: no such option: --roll-back\n")


def test_on_the_machine_itself_the_journal_is_created_and_given_to_the_kiosk() -> None:
    done = subprocess.run(
        [ROOT / "scripts" / "install", "--dry-run"], capture_output=True, text=True, check=True
    )
    steps = [line.strip() for line in done.stdout.splitlines()]
    created = steps.index("/opt/qris-kiosk/current/bin/kiosk journal create")
    assert steps[created + 1 : created + 4] == [
        f"chgrp kiosk {MARKER}",
        f"chmod 640 {MARKER}",
        "chown -R kiosk:kiosk /var/lib/qris-kiosk",
    ]
    assert steps.index("systemd-sysusers qris-kiosk.conf") < created
