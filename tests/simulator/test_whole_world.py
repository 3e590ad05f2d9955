"""The pretended world with the real daemon in it, and no browser."""

import asyncio
import socket
from collections.abc import Awaitable
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk import config
from kiosk.simulator import tour
from kiosk.simulator.serving import listen
from kiosk.simulator.tour import Check, Until
from kiosk.simulator.wiring import Files, Plan, furnish


@pytest.mark.parametrize("plan", [Plan(), Plan(free_amount=True, refunds=True, language="id")])
def test_its_configuration_is_one_that_the_kiosk_takes(tmp_path: Path, plan: Plan) -> None:
    files = Files(tmp_path, tmp_path / "box.sock")
    furnish(files, plan, "http://127.0.0.1:1")
    assert config.load(files.config).environment == "simulator"


def test_a_second_start_keeps_the_journal(tmp_path: Path) -> None:
    files = Files(tmp_path, tmp_path / "box.sock")
    furnish(files, Plan(), "http://127.0.0.1:1")
    before = files.journal.read_bytes()
    furnish(files, Plan(), "http://127.0.0.1:2")
    assert files.journal.read_bytes() == before


def played(story: Awaitable[int]) -> int:
    async def run() -> int:
        return await story

    return asyncio.run(run())


def test_the_tour_goes_as_it_must(capsys: pytest.CaptureFixture[str]) -> None:
    assert played(tour.play(None)) == 0
    said = capsys.readouterr().out
    assert "✓ the relay pulsed exactly once" in said
    assert "✗" not in said


def test_a_check_that_fails_fails_the_tour(monkeypatch: pytest.MonkeyPatch) -> None:
    tale = replace(tour.TALES[0], steps=(), checks=(Check("the moon is cheese", lambda _: False),))
    monkeypatch.setattr(tour, "TALES", (tale,))
    assert played(tour.play(None)) == 1


def test_a_story_that_gets_stuck_fails_the_tour_and_shows_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ready, *_ = tour.TALES[0].steps
    stuck = Until("something that never comes", lambda _: False, seconds=0.1)
    monkeypatch.setattr(tour, "TALES", (replace(tour.TALES[0], steps=(ready, stuck)),))
    assert played(tour.play(None)) == 1
    said = capsys.readouterr().out
    assert "something that never comes" in said
    assert "K501" in said


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listen(port) as found:
            assert found.getsockname()[1] > port
