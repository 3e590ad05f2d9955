"""`kiosk render`: the picture of a code, read back by a phone's eyes."""

import io
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.cli import main
from kiosk.simulator.merchant import Merchant, qris

CODE = qris(Merchant(), 12_000, "A01")


def read(path: Path) -> tuple[tuple[int, int], list[str]]:
    """The picture's size, and what is read in it enlarged four times."""
    with Image.open(path) as picture:
        enlarged = picture.convert("L").resize(
            (picture.width * 4, picture.height * 4), Image.Resampling.NEAREST
        )
        return picture.size, [found.text for found in zxingcpp.read_barcodes(enlarged)]


@pytest.mark.parametrize("panel", ["128x64", "128x128", "250x122", "400x300"])
def test_the_picture_has_the_panels_size_and_holds_the_very_code(panel: str, tmp_path: Path) -> None:
    out = tmp_path / "code.png"
    assert main(["render", CODE, "--panel", panel, "--amount", "12000", "--out", str(out)]) == 0
    size, codes = read(out)
    assert (f"{size[0]}x{size[1]}", codes) == (panel, [CODE])


def test_what_is_doubtful_about_a_code_is_said_and_it_is_drawn_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "code.png"
    assert main(["render", CODE, "--panel", "128x64", "--amount", "9000", "--out", str(out)]) == 0
    assert "kiosk render: warning: the code asks for 12000" in capsys.readouterr().err
    assert out.exists()


def test_a_code_can_come_from_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(CODE + "\n"))
    out = tmp_path / "code.png"
    assert main(["render", "-", "--panel", "128x64", "--out", str(out)]) == 0
    assert read(out)[1] == [CODE]


@pytest.mark.parametrize(("code", "panel"), [(CODE * 9, "128x64"), (CODE, "17x17"), (CODE * 30, "400x300")])
def test_a_code_too_long_for_the_panel_fails_in_one_line(
    code: str, panel: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "code.png"
    assert main(["render", code, "--panel", panel, "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert (said.startswith("kiosk render: "), said.count("\n"), out.exists()) == (True, 1, False)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "none" / "code.png"
    assert main(["render", CODE, "--panel", "128x64", "--out", str(out)]) == 1
    assert f"{out}: cannot be written" in capsys.readouterr().err


def test_why_a_code_is_drawn_so_is_printed_without_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", CODE, "--panel", "250x122", "--explain"]) == 0
    names = [line[:12].strip() for line in capsys.readouterr().out.splitlines()]
    assert names == ["panel", "version", "level", "module", "quiet zone"]


def test_a_picture_can_be_explained_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "code.png"
    assert main(["render", CODE, "--panel", "400x300", "--out", str(out), "--explain"]) == 0
    assert out.exists()
    assert "quiet zone  2 modules: all 4 would take 318 pixels" in capsys.readouterr().out


def test_neither_a_picture_nor_a_reason_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", CODE, "--panel", "400x300"]) == 2
    assert "--out" in capsys.readouterr().err


def test_a_panel_without_a_layout_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", CODE, "--panel", "128x32", "--explain"]) == 1
    assert "no layout for 128x32: use a panel of 128x64, 128x128" in capsys.readouterr().err
