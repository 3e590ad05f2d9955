"""The bill of materials against the pins that it is made from."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def bill(name: str) -> str:
    command = [sys.executable, str(ROOT / "scripts" / "sbom"), name]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", ["run", "webhooks"])
def test_the_bill_names_every_pin_with_its_hashes(name: str) -> None:
    pins = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(bill(name))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    components = document["components"]
    assert {f"{each['name']}=={each['version']}" for each in components} == set(
        re.findall(r"^([\w.-]+==[^\s;\\]+)", pins, re.MULTILINE)
    )
    hashes = [one["hashes"][0]["content"] for each in components for one in each["externalReferences"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:(\w{64})", pins))
    assert len({each["bom-ref"] for each in components}) == len(components)
    licensed = [each for each in components if each.get("licenses")]
    assert len(licensed) >= len(components) / 2


def test_the_same_pins_make_the_same_bill() -> None:
    assert bill("run") == bill("run")


def test_a_file_of_pins_that_is_not_there_is_wrong_usage() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "sbom"), "nothing"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, "usage: scripts/sbom" in ended.stderr) == (2, True)
