"""docs/codes.md against the table it is made from."""

import re
import subprocess
import sys
from pathlib import Path

from kiosk.codes import CODES
from kiosk.states import Why

ROOT = Path(__file__).parent.parent.parent


def test_the_page_of_codes_is_what_the_table_says() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "codes"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0


def test_every_code_that_the_program_names_is_in_the_table() -> None:
    named = {
        code
        for package in ("kiosk", "hardware")
        for file in (ROOT / package).rglob("*.py")
        for code in re.findall(r"\"(K[1-5]\d\d)\"", file.read_text(encoding="utf-8"))
    }
    assert named <= CODES.keys()
    assert len(named) > 20


def test_every_reason_of_an_escalation_is_explained() -> None:
    page = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`([a-z_]+)`", page))
    assert {
        Why.CUT_IN_RELEASE,
        Why.RELEASE_UNCERTAIN,
        Why.NO_REFUND,
        Why.REFUND_REFUSED,
        Why.REFUND_UNANSWERED,
        Why.REFUND_CAP,
        Why.WRONG_AMOUNT,
        Why.WRONG_CURRENCY,
        Why.WRONG_MERCHANT,
        Why.PAID_BEFORE_SHOWN,
        Why.PARTLY_REFUNDED,
        Why.FOREIGN_ANSWERS,
        Why.UNRESOLVED,
    } <= explained
