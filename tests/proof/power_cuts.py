"""Real power cuts: the journal on an ext4 disk inside a User Mode Linux that is killed while it sells.

SIGKILL of a whole kernel throws away every page it had not written, which SIGKILL of a process never does.
What was said to be on disk is written down outside at once; every start compares.

`python -m tests.proof.power_cuts [CUTS [unsynced]]`: with the second word the journal is opened carelessly,
to see that losses are seen.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from tests.proof.guest import Verdict
from tests.proof.sections import Scale, Section

ROOT: Final = Path(__file__).parents[2]
CUTS: Final = {Scale.QUICK: 0, Scale.DEFAULT: 0, Scale.LONG: 40}
BY_HAND: Final = 8
NEEDED: Final = ("linux.uml", "mkfs.ext4")
DISK_BYTES: Final = 128 << 20
BOOTS_WITHIN: Final = 120.0
LOOKS_EVERY: Final = 0.05
LONGEST_LIFE: Final = 2.0
"""Seconds after the first sale of a boot within which the power goes."""
INIT: Final = """#!/bin/sh
mount -t proc proc /proc
mount -t tmpfs tmpfs /tmp
mount -t ext4 /dev/ubda /mnt || exit 1
mount -t hostfs none /media -o {outside}
cd {root}
exec {python} -B -m tests.proof.guest /mnt /media {careless} >/media/output 2>&1
"""


def missing() -> str:
    """What is not there, with the command that brings it; "" where all is."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    absent = [name for name in NEEDED if shutil.which(name, path=path) is None]
    tools = " and ".join(absent)
    return f"{tools} is needed (sudo apt install user-mode-linux e2fsprogs)" if absent else ""


class Lab:
    """A disk, a place outside of it, and a machine that can be switched on."""

    def __init__(self, folder: Path, careless: str) -> None:
        self._disk, self._init, self._outside = folder / "disk", folder / "init", folder / "outside"
        self._outside.mkdir()
        with self._disk.open("wb") as disk:
            disk.truncate(DISK_BYTES)
        self._run("mkfs.ext4", "-q", "-F", str(self._disk))
        script = INIT.format(outside=self._outside, root=ROOT, python=sys.executable, careless=careless)
        self._init.write_text(script)
        self._init.chmod(0o755)

    def cut(self, dice: Random) -> None:
        """Switch it on, let it look and sell for a while, and take the power away."""
        starts, said = len(self.verdicts()), self._said()
        machine = self._switched_on()
        try:
            end = time.monotonic() + BOOTS_WITHIN
            while len(self.verdicts()) == starts or self._said() == said:
                if machine.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the machine did not sell: {self._output()}")
                time.sleep(LOOKS_EVERY)
            time.sleep(dice.uniform(0, LONGEST_LIFE))
        finally:
            os.killpg(machine.pid, signal.SIGKILL)
            machine.wait()

    def verdicts(self) -> list[Verdict]:
        """What every start found so far."""
        file = self._outside / "verdicts"
        lines = file.read_bytes().splitlines() if file.exists() else []
        return [msgspec.json.decode(line, type=Verdict) for line in lines]

    def _said(self) -> int:
        file = self._outside / "said"
        return file.stat().st_size if file.exists() else 0

    def _output(self) -> str:
        file = self._outside / "output"
        return file.read_text()[-2000:] if file.exists() else "it did not boot"

    def _switched_on(self) -> "subprocess.Popen[bytes]":
        kernel = ["linux.uml", "mem=256M", "rootfstype=hostfs", "rootflags=/", "ro", f"init={self._init}"]
        return subprocess.Popen(
            [*kernel, f"ubd0={self._disk}", "con=null", "quiet"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _run(self, name: str, *words: str) -> None:
        found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        subprocess.run([str(found), *words], check=True, capture_output=True)


def cuts(count: int, careless: str = "", seed: int = 0) -> list[Verdict]:
    """So many power cuts of one machine; what each start after one found."""
    dice = Random(seed)  # noqa: S311  # when the power goes, not a secret
    with tempfile.TemporaryDirectory(prefix="uml-") as folder:
        lab = Lab(Path(folder), careless)
        for _ in range(count + 1):
            lab.cut(dice)
        return lab.verdicts()[1:]


def run(scale: Scale) -> Section:
    """The section of the proof."""
    return section(CUTS[scale])


def section(count: int, careless: str = "") -> Section:
    """So many cuts as a section."""
    title = "Real power cuts"
    if words := missing():
        return Section(title, (), not_run=words)
    if not count:
        return Section(title, (), not_run="only with --long, or by scripts/power-cuts")
    began = time.monotonic()
    verdicts = cuts(count, careless)
    said = verdicts[-1].said if verdicts else 0
    wrong = [
        f"after cut {number}: {words}" for number, each in enumerate(verdicts, 1) for words in each.wrong
    ]
    figures = (
        ("power cuts of a User Mode Linux with the journal on ext4", f"{len(verdicts):,}"),
        ("decisions that were said to be on disk", f"{said:,}"),
        ("missing, half or of no order", f"{len(wrong):,}"),
    )
    return Section(title, figures, tuple(wrong), seconds=time.monotonic() - began)


def main(words: Sequence[str]) -> int:
    """Print the figures; exit 0 when nothing was lost."""
    done = section(int(words[0]) if words else BY_HAND, *words[1:])
    for wrong in done.failures[:20]:
        sys.stdout.write(f"{wrong}\n")
    for name, figure in done.figures:
        sys.stdout.write(f"{name}: {figure}\n")
    sys.stdout.write(f"not run: {done.not_run}\n" if done.not_run else f"{done.seconds:.0f} s\n")
    return 1 if done.failures or done.not_run else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
