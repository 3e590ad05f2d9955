"""What the doctor makes of the disk: its room, where it is, how fast it keeps, what its card says."""

from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk.config import basics
from kiosk.doctor import disk
from kiosk.doctor.findings import Finding
from kiosk.doctor.probes import begun
from kiosk.doctor.surroundings import WRITES, device_of, kept_in
from tests.doctor.place import Place


class Usage(NamedTuple):
    """What the system says of a disk."""

    free: int


@pytest.fixture(autouse=True)
def room(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state directory on a disk with much room."""
    (config.parent / "state").mkdir()
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(9_000 * disk.MIB))


def look(config: Path, place: Place) -> list[Finding]:
    kept = begun(lambda: place.around.keep(config.parent))
    kept.exception(30)
    return list(disk.disk(basics(config), place.around, kept))


def wrong(findings: list[Finding]) -> list[tuple[str, str]]:
    """Verdict and code of everything that is not good."""
    return [(each.verdict.value, each.code) for each in findings if each.verdict != "good"]


def test_a_good_card_is_well_and_named(config: Path, place: Place) -> None:
    found = look(config, place)
    assert wrong(found) == []
    assert [each.says for each in found][1:] == [
        "it keeps a page in 5 ms, at most 12 ms",
        "SD SC32G of 09/2025",
    ]


@pytest.mark.parametrize(
    ("free", "verdicts"), [(63, [("bad", "K403")]), (500, [("doubtful", "K403")]), (5_000, [])]
)
def test_the_room_is_judged(
    free: int,
    verdicts: list[tuple[str, str]],
    config: Path,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(free * disk.MIB))
    assert wrong(look(config, place)) == verdicts


def test_without_the_state_directory_it_is_bad(config: Path, place: Place) -> None:
    (config.parent / "state").rmdir()
    assert wrong(look(config, place)) == [("bad", "K402")]


@pytest.mark.parametrize(
    ("seconds", "verdicts"),
    [
        ([0.3, 0.4, 0.5], [("doubtful", "K805")]),
        ([0.004, 0.004, 7.0], [("doubtful", "K805")]),
        ([0.000_05, 0.000_06, 0.002], [("doubtful", "K806")]),
        (PermissionError(13, "Permission denied"), [("doubtful", "K813")]),
        (OSError(30, "Read-only file system"), [("bad", "K402")]),
    ],
)
def test_the_time_until_a_page_is_kept_is_judged(
    seconds: list[float] | OSError, verdicts: list[tuple[str, str]], config: Path, place: Place
) -> None:
    place.seconds = seconds
    assert wrong(look(config, place)) == verdicts


def test_another_disk_than_a_card_may_be_fast(config: Path, place: Place) -> None:
    place.card({"type": "0"})
    place.seconds = [0.000_05]
    assert wrong(look(config, place)) == []


def test_a_disk_that_keeps_nothing_is_bad_and_nobody_waits_for_it(config: Path, place: Place) -> None:
    never: Future[list[float]] = Future()
    found = list(disk.disk(basics(config), place.around, never))
    assert wrong(found) == [("bad", "K805")]


@pytest.mark.parametrize(
    ("kind", "options", "verdicts"),
    [
        ("tmpfs", "rw", [("bad", "K808")]),
        ("overlay", "rw", [("bad", "K808")]),
        ("ext4", "ro,noatime", [("bad", "K402")]),
        ("ext4", "rw,nobarrier", [("doubtful", "K806")]),
        ("ext4", "rw", []),
    ],
)
def test_what_the_state_and_its_marker_lie_on_is_judged(
    kind: str, options: str, verdicts: list[tuple[str, str]], config: Path, place: Place
) -> None:
    place.mounted(str(config.parent), kind, options)
    assert wrong(look(config, place)) == verdicts


@pytest.mark.parametrize(
    ("facts", "verdicts"),
    [
        ({"type": "MMC", "life_time": "0x02 0x01", "pre_eol_info": "0x01"}, []),
        ({"type": "MMC", "life_time": "0x0a 0x01"}, [("doubtful", "K807")]),
        ({"type": "MMC", "pre_eol_info": "0x02"}, [("bad", "K807")]),
        ({"type": "MMC", "pre_eol_info": "0x03"}, [("bad", "K807")]),
        ({"serial": "0x00000000"}, [("doubtful", "K807")]),
        ({"manfid": "0x000000"}, [("doubtful", "K807")]),
    ],
)
def test_what_the_card_says_of_itself_is_judged(
    facts: dict[str, str], verdicts: list[tuple[str, str]], config: Path, place: Place
) -> None:
    place.card(facts)
    assert wrong(look(config, place)) == verdicts


def test_of_a_partition_its_card_is_asked_and_its_file_system_for_errors(config: Path, place: Place) -> None:
    blocks = place.folder / "sys" / "dev" / "block"
    (blocks / "179:2").rename(place.folder / "sys" / "mmcblk0")
    (place.folder / "sys" / "mmcblk0" / "mmcblk0p2").mkdir()
    (blocks / "179:2").symlink_to(place.folder / "sys" / "mmcblk0" / "mmcblk0p2")
    place.says("sys/fs/ext4/mmcblk0p2/errors_count", "3")
    found = look(config, place)
    assert wrong(found) == [("doubtful", "K807")]
    assert found[-1].says == "SD SC32G of 09/2025"


def test_the_pages_are_written_for_real_and_nothing_stays(tmp_path: Path) -> None:
    folder = tmp_path / "written"
    folder.mkdir()
    assert len(kept_in(folder)) == WRITES
    assert list(folder.iterdir()) == []
    assert device_of(folder).count(":") == 1
