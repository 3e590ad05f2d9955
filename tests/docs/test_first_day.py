"""docs/first-day.md: its certificates are made as it says, and are believed."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "first-day.md").read_text(encoding="utf-8")


@pytest.fixture
def openssl() -> str:
    found = shutil.which("openssl")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("openssl is missing:  sudo apt install openssl")
    return found or pytest.skip("openssl is not installed")


def make(folder: Path) -> None:
    """Run the page's lines for a shell."""
    found = re.search(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found
    subprocess.run(["/bin/sh", "-ec", found[1]], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(("name", "believed"), [("broker.example.com", True), ("other.example.com", False)])
def test_the_certificate_of_the_page_is_believed_under_its_name(
    tmp_path: Path, openssl: str, name: str, believed: bool
) -> None:
    make(tmp_path)
    verify = [openssl, "verify", "-CAfile", "ca.crt", "-verify_hostname", name, "broker.crt"]
    done = subprocess.run(verify, cwd=tmp_path, check=False, capture_output=True)
    assert (done.returncode == 0) is believed


def test_the_names_of_the_page_are_those_of_the_sample_configuration() -> None:
    text = (ROOT / "systemd" / "mosquitto" / "mosquitto.conf").read_text(encoding="utf-8")
    named = re.findall(r"^(?:certfile|keyfile|cafile|password_file) (\S+)$", text, re.MULTILINE)
    assert len(named) == 8
    assert [each for each in named if Path(each).name not in PAGE] == []
