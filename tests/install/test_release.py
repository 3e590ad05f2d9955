"""A release: a commit builds into the same bytes wherever that is done, and nothing of it is left out."""

import importlib.machinery
import importlib.util
import subprocess
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
READY = "# Changelog\n\n## 1.2.3 (2026-01-02)\n\n- It sells.\n"
PROJECT = """[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "qris-kiosk"
license-files = ["LICENSE"]
dynamic = ["version"]
[tool.setuptools.packages.find]
include = ["kiosk*"]
[tool.setuptools.package-data]
kiosk = ["fonts/*"]
[tool.setuptools.dynamic]
version = { attr = "kiosk.__version__" }
"""


def program() -> ModuleType:
    """The script as a module; it has no ending that Python would know it by."""
    loader = importlib.machinery.SourceFileLoader("release", str(ROOT / "scripts" / "release"))
    spec = importlib.util.spec_from_loader("release", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


release = program()


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com"]
    subprocess.run([release.GIT, "-C", folder, *who, *words], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small project with everything that can be forgotten."""
    root = tmp_path / "checkout"
    files = {
        "pyproject.toml": PROJECT,
        "MANIFEST.in": "graft scripts\ninclude CHANGELOG.md\n",
        "CHANGELOG.md": READY,
        "LICENSE": "MIT",
        "kiosk/__init__.py": '__version__ = "1.2.3"\n',
        "kiosk/fonts/five.pbm": "P1\n",
        "scripts/run": "#!/bin/sh\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "scripts" / "run").chmod(0o755)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


def test_two_builds_of_a_commit_are_the_same_and_hold_all_of_it(checkout: Path, tmp_path: Path) -> None:
    built = release.build_twice(checkout, tmp_path)
    assert (built.wheel.name, built.archive.name) == (
        "qris_kiosk-1.2.3-py3-none-any.whl",
        "qris_kiosk-1.2.3.tar.gz",
    )
    assert {"kiosk/fonts/five.pbm", "qris_kiosk-1.2.3.dist-info/licenses/LICENSE"} <= set(
        zipfile.ZipFile(built.wheel).namelist()
    )
    with tarfile.open(built.archive) as archive:
        assert archive.getmember("qris_kiosk-1.2.3/scripts/run").mode == 0o755
        assert {member.uname for member in archive.getmembers()} == {""}


def test_a_file_left_out_is_named(tmp_path: Path) -> None:
    built = release.Built(tmp_path / "wheel", tmp_path / "archive")
    with zipfile.ZipFile(built.wheel, "w") as wheel:
        wheel.writestr("kiosk/__init__.py", "")
    with tarfile.open(built.archive, "w") as archive:
        for name in ("kiosk/__init__.py", "kiosk/fonts/five.pbm"):
            archive.addfile(tarfile.TarInfo(f"qris_kiosk-1.2.3/{name}"))
    committed = ["kiosk/__init__.py", "kiosk/fonts/five.pbm", "scripts/run", ".ci/run"]
    assert [each.partition(",")[0] for each in release.missing(built, committed)] == [
        "the wheel lacks kiosk/fonts/five.pbm",
        "the source archive lacks scripts/run",
    ]


def test_two_builds_that_differ_are_no_release(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one(root: Path, commit: str, folder: Path, around: object) -> Any:
        built = release.Built(folder / "wheel", folder / "archive")
        folder.mkdir()
        built.wheel.write_text(folder.name)
        built.archive.write_text("the same")
        return built

    monkeypatch.setattr(release, "build", one)
    monkeypatch.setattr(release, "DIST", tmp_path / "dist")
    with pytest.raises(release.Wrong, match="two builds differ: compare"):
        release.build_twice(checkout, tmp_path)


def test_what_is_committed_told_and_new_may_be_released(checkout: Path) -> None:
    git(checkout, "tag", "v1.2.3")
    assert list(release.complaints(checkout)) == []


def test_what_is_not_committed_is_not_released(checkout: Path) -> None:
    (checkout / "LICENSE").write_text("ours")
    assert list(release.complaints(checkout)) == ["not everything is committed: M LICENSE and 0 more"]


@pytest.mark.parametrize("heading", ["1.2.3 (unreleased)", "1.2.4 (2026-01-02)", "1.2.30 (2026-01-02)"])
def test_the_changelog_begins_with_this_version_and_its_day(checkout: Path, heading: str) -> None:
    (checkout / "CHANGELOG.md").write_text(f"# Changelog\n\n## {heading}\n\n{READY}")
    git(checkout, "commit", "-q", "-a", "-m", "tell")
    assert list(release.complaints(checkout)) == [
        "CHANGELOG.md does not begin with  ## 1.2.3 (YYYY-MM-DD)",
    ]


def test_a_version_is_released_once(checkout: Path) -> None:
    git(checkout, "tag", "v1.2.3")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "more")
    assert list(release.complaints(checkout)) == [
        "v1.2.3 is tagged at another commit: raise __version__ in kiosk/__init__.py",
    ]


def test_the_project_itself_is_packed_whole() -> None:
    """What is at the top and in none of the packages has to be named in MANIFEST.in."""
    named = (ROOT / "MANIFEST.in").read_text().split()
    listed = subprocess.run(
        [release.GIT, "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True
    ).stdout
    tops = {name.partition("/")[0] for name in listed.splitlines()}
    of_itself = {"pyproject.toml", "README.md", "LICENSE", "MANIFEST.in", "kiosk", "hardware", ".ci"}
    assert tops - of_itself <= set(named)
