"""The kernel's boot."""

import sys
import time
import uuid
from pathlib import Path

import pytest

from hardware.board import Board
from hardware.boot import KernelBoot, read_boot_id
from hardware.errors import DeviceMissing
from tests.hardware.boards import no_bus, no_pins


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a boot id")
def test_the_kernel_says_one_id_and_a_rising_time() -> None:
    boot = KernelBoot(KernelBoot.Config(), Board(no_pins, no_bus))
    assert uuid.UUID(boot.id)
    assert boot.id == KernelBoot(KernelBoot.Config(), Board(no_pins, no_bus)).id
    before = time.clock_gettime(time.CLOCK_MONOTONIC)
    first = boot.elapsed()
    assert first >= before - 1  # two clocks, which the kernel need not set by each other
    assert boot.elapsed() >= first


def test_a_kernel_that_hides_its_boot_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing, match=r"boot_id is unreadable: No such file .* ProcSubset="):
        read_boot_id(tmp_path / "boot_id")
