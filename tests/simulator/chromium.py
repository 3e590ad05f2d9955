"""The system's Chromium, with a fresh profile for each test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
SOON = 40_000  # milliseconds that a browser may take for anything
ARGUMENTS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]


def expect_chromium() -> None:
    """Skip where there is no Chromium; fail in CI."""
    if CHROMIUM.exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{CHROMIUM} is missing: the page was not tested")
    pytest.skip(f"{CHROMIUM} is missing")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    expect_chromium()
    expect.set_options(timeout=SOON)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=2 * SOON)
        try:
            yield browser
        finally:
            browser.close()
