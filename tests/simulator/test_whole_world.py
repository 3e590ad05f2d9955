"""The pretended world with the real daemon in it, and no browser."""

import asyncio
import socket
import time
from collections.abc import Awaitable
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk import config, keyring
from kiosk.simulator import tales, tour
from kiosk.simulator.counter import Counter
from kiosk.simulator.ledger import Ledger
from kiosk.simulator.misfortunes import Bench, Misfortune
from kiosk.simulator.providers import PROVIDERS, SELLING, title_of
from kiosk.simulator.serving import listen
from kiosk.simulator.story import Story
from kiosk.simulator.tales import Check, Inflict, Pay, Until
from kiosk.simulator.wiring import Branch, Files, Plan, furnish

SLOW = Misfortune.SLOW
SOLD = "the sale in the kiosk's books"


def branches(*names: str) -> list[Branch]:
    counter = Counter("", Ledger(), Bench(time.monotonic), Story(time.time), time.time)
    return [PROVIDERS[name].opened(Plan(), counter).branch(name, "http://127.0.0.1:1") for name in names]


@pytest.mark.parametrize("plan", [Plan(), Plan(free_amount=True, refunds=True, language="id")])
def test_its_configuration_is_one_that_the_kiosk_takes(tmp_path: Path, plan: Plan) -> None:
    files = Files(tmp_path, tmp_path / "box.sock")
    furnish(files, plan, branches("midtrans"), 1883)
    configuration = config.load(files.config)
    assert configuration.environment == "simulator"
    assert configuration.mqtt
    assert configuration.mqtt.address == ("127.0.0.1", 1883)


def test_all_gateways_fit_into_one_configuration(tmp_path: Path) -> None:
    files = Files(tmp_path, tmp_path / "box.sock")
    furnish(files, Plan(gateways=SELLING, beside=("indodana",)), branches(*PROVIDERS), 1883)
    configuration = config.load(files.config)
    assert configuration.gateways == SELLING
    assert set(configuration.gateway) == set(PROVIDERS)
    assert keyring.refusals(configuration) == []


def test_a_second_start_keeps_the_journal(tmp_path: Path) -> None:
    files = Files(tmp_path, tmp_path / "box.sock")
    furnish(files, Plan(), branches("midtrans"), 1883)
    before = files.journal.read_bytes()
    furnish(files, Plan(language="id"), branches("midtrans"), 1883)
    assert files.journal.read_bytes() == before


def played(story: Awaitable[int]) -> int:
    async def run() -> int:
        return await story

    return asyncio.run(run())


def tour_of(*gateways: str, story: str | None = None) -> int:
    return played(tour.play(tales.told_with(Plan(gateways=gateways), story), None))


@pytest.mark.parametrize("gateway", SELLING)
def test_a_tour_through_any_gateway_ends_by_the_hint(
    gateway: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert played(tour.play([tales.sale(Plan(gateways=(gateway,), webhooks=True))], None)) == 0
    said = capsys.readouterr().out
    assert f"{title_of(gateway)} pushed a notification" in said
    assert "it asked because the hint rang; left to itself it asks every 10 s" in said
    assert "✓ it asked its gateway once, and then it was paid" in said
    assert f"The kiosk has the word of {title_of(gateway)} itself: it is paid" in said
    assert "✓ the relay pulsed exactly once" in said
    assert "✗" not in said


def test_a_first_gateway_that_is_down_leaves_the_sale_to_the_second(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tour_of("doku", "interactive", story="failover") == 0
    said = capsys.readouterr().out
    assert "it asked of its own accord, as it does every 1 s" in said
    assert "The kiosk got no code from DOKU and tries the next gateway" in said
    assert "✓ one code was ever on the panel" in said
    assert "✓ the code was the second gateway's" in said


def test_a_code_that_comes_when_the_next_gateway_has_sold_is_shown_to_nobody() -> None:
    """The first gateway makes its code and answers too late: it could be paid, so nobody may see it."""
    tale = tales.failover(Plan(gateways=("doku", "interactive")))
    late = [replace(step, misfortune=SLOW) if isinstance(step, Inflict) else step for step in tale.steps]
    made = Check("both made a code", lambda world: len(world.ledger.charges()) == 2)
    checks = [made if "made none" in check.what else check for check in tale.checks]
    slow = replace(tale, steps=tuple(late), checks=tuple(checks))
    assert played(tour.play([slow], None)) == 0


def test_a_gate_sells_an_amount_that_was_typed() -> None:
    assert played(tour.play([tales.sale(Plan(free_amount=True))], None)) == 0


def test_a_lone_gateway_is_given_another_to_fall_back_on() -> None:
    (tale,) = tales.told_with(Plan(gateways=("doku",)), "failover")
    assert tale.plan.gateways == ("doku", "midtrans")


def needs_money(step: tales.Step) -> bool:
    """Whether it comes to nothing where nobody pays."""
    return isinstance(step, Pay) or (isinstance(step, Until) and step.what in ("the goods in the tray", SOLD))


def test_every_story_that_fits_is_told() -> None:
    several, lone = (
        tales.told_with(Plan(gateways=names), None) for names in (("doku", "midtrans"), ("doku",))
    )
    assert len(several) == len(tales.STORIES)
    assert len(lone) == len(tales.STORIES) - 1


@pytest.mark.parametrize("plan", [Plan(), Plan(gateways=("doku",), free_amount=True)])
def test_a_controller_asks_and_hears_that_it_is_done(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    assert played(tour.play(tales.told_with(plan, "controller"), None)) == 0
    said = capsys.readouterr().out
    assert 'The controller hears "accepted"' in said
    assert 'The controller hears "done"' in said
    assert 'The controller hears "duplicate"' in said
    assert "You pressed" not in said


def test_a_controllers_story_can_be_played_twice_with_one_journal(tmp_path: Path) -> None:
    for _ in range(2):
        assert played(tour.play([tales.controller(Plan())], tmp_path)) == 0


def test_a_controllers_story_fails_where_it_never_hears_that_it_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tale = tales.controller(Plan())
    done = next(step for step in tale.steps if isinstance(step, Until) and "done" in step.what)
    steps = tuple(step for step in tale.steps[: tale.steps.index(done)] if not needs_money(step))
    assert played(tour.play([replace(tale, steps=(*steps, replace(done, seconds=0.5)))], None)) == 1
    assert "waited in vain for done for the controller" in capsys.readouterr().out


def test_a_controllers_story_fails_where_the_relay_never_pulsed() -> None:
    assert played(tour.play([replace(tales.controller(Plan()), steps=(tales.READY,))], None)) == 1


def test_a_check_that_fails_fails_the_tour() -> None:
    tale = replace(tales.sale(Plan()), steps=(), checks=(Check("the moon is cheese", lambda _: False),))
    assert played(tour.play([tale], None)) == 1


def test_a_story_that_gets_stuck_fails_the_tour_and_shows_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stuck = Until("something that never comes", lambda _: False, seconds=0.1)
    tale = replace(tales.sale(Plan()), steps=(tales.READY, stuck))
    assert played(tour.play([tale], None)) == 1
    said = capsys.readouterr().out
    assert "something that never comes" in said
    assert "K501" in said


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listen(port) as found:
            assert found.getsockname()[1] > port
