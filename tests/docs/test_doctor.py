"""docs/doctor.md is what the doctor says today."""

import re

from kiosk.codes import CODES
from tests.docs.doctor_page import CASES, PAGE, page


def test_the_page_is_what_the_doctor_says() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run scripts/doctor-examples"


def test_at_least_eight_machines_are_broken_and_each_is_found() -> None:
    text = PAGE.read_text(encoding="utf-8")
    sections = re.findall(r"^## ([^\n]*)\n\n```text\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    assert [title for title, _ in sections] == [case.title for case in CASES]
    assert len(sections) >= 8
    codes = [re.findall(r"^(?:BAD     |doubtful) (K\d{3}) ", said, re.MULTILINE) for _, said in sections]
    assert [found for found in codes if not found or not set(found) <= CODES.keys()] == []
