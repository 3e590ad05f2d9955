"""What is remembered of a hint's way, and what the page makes of it."""

import asyncio
import sys
import time
from pathlib import Path

from kiosk.simulator.hint_way import Way
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.story import Story
from kiosk.simulator.view import view
from kiosk.simulator.way_view import way_view
from kiosk.simulator.wiring import Plan
from kiosk.simulator.world import World

from .test_notifications import ORDER, paid

KNOWS = f"14:39:47 K303 the payment is confirmed by the gateway order_id={ORDER} item=Kopi susu"
SOLD = f"14:39:48 K305 released: the sale is complete order_id={ORDER} item=Kopi susu"
BROUGHT = f'\x30kiosk/v1/K01/notify/midtrans{{"id":"0-1","reference":"{ORDER}"}}'.encode()
OTHERS = BROUGHT.replace(ORDER.encode(), b"K01RTECOPVMRVRQD9ZWWN8A")
COMMAND = BROUGHT.replace(b"/notify/", b"/command/")


class Walk:
    """A way with a clock that stands still, unless it is set."""

    def __init__(self) -> None:
        self.now = 100.0
        self.story = Story(time.time)
        self.way = Way(self.story, lambda: self.now, 10.0)
        self.way.begin(paid("midtrans"), "Midtrans")

    def after(self, seconds: float, *lines: str, brought: bytes = b"") -> None:
        self.now = 100.0 + seconds
        self.way.brought(brought)
        for line in lines:
            self.way.hear(line)

    @property
    def said(self) -> str:
        return self.story.lines()[-1].text


def test_a_kiosk_that_was_brought_the_hint_knew_by_it() -> None:
    walk = Walk()
    walk.after(0.004, brought=BROUGHT)
    walk.after(0.05, KNOWS, SOLD)
    assert walk.said.startswith("It knew 0.05 s after the payment: it asked because the hint rang; left")
    assert walk.said.endswith("it asks every 10 s")


def test_a_kiosk_that_was_brought_nothing_about_this_order_asked_of_its_own_accord() -> None:
    for chunk in (b"", OTHERS, COMMAND):
        walk = Walk()
        walk.after(0.004, brought=chunk)
        walk.after(7, KNOWS, SOLD)
        assert (
            walk.said == "It knew 7.00 s after the payment: it asked of its own accord, as it does every 10 s"
        )


def test_a_hint_at_the_broker_that_the_kiosk_was_never_brought_is_not_why_it_asked() -> None:
    walk = Walk()
    walk.way.at_broker(ORDER)
    walk.after(7, KNOWS, SOLD)
    assert "of its own accord" in walk.said


def test_a_hint_that_comes_after_the_kiosk_knew_is_not_why_it_asked() -> None:
    walk = Walk()
    walk.after(7, KNOWS)
    walk.after(8, SOLD, brought=BROUGHT)
    assert "of its own accord" in walk.said


def test_each_hand_keeps_its_first_time() -> None:
    walk = Walk()
    for seconds in (0.002, 0.5):
        walk.now = 100.0 + seconds
        walk.way.passed(ORDER, "gateway")
    assert walk.way.newest
    assert round(walk.way.newest.passed["gateway"], 3) == 0.002


def test_interactives_hint_is_known_by_its_invoice() -> None:
    walk = Walk()
    walk.way.begin(paid("interactive", f"{ORDER}-093f92"), "InterActive")
    walk.way.at_broker("413255111")
    walk.after(1, KNOWS)
    assert walk.way.newest
    assert {"broker", "kiosk"} <= set(walk.way.newest.passed)


async def _strip(folder: Path) -> None:
    async with World(Plan(webhooks=True), folder, lambda _: [sys.executable, "-c", "pass"]) as world:
        assert "see how the news of it comes" in way_view(world).words
        for link in way_view(world).links:
            world.inflict(Misfortune(link.name))
            assert [each.name for each in way_view(world).links if each.cut] == [link.name]
            world.inflict(Misfortune(link.name))
        world.way.begin(paid("midtrans"), "Midtrans")
        world.way.passed(ORDER, "gateway", "receiver")
        world.way.failed(ORDER, "answered 503")
        assert way_view(world).words == "Midtrans's notification is not kept: answered 503."
        world.way.at_broker(ORDER)
        world.way.failed(ORDER, "")
        assert way_view(world).words == "The broker has the hint for the kiosk."
        assert [bool(hand.words) for hand in way_view(world).hands] == [True, True, True, True, False]


def test_the_strip_shows_who_had_the_hint_and_each_link_can_be_cut(tmp_path: Path) -> None:
    asyncio.run(_strip(tmp_path))


async def _alone(folder: Path) -> None:
    async with World(Plan(), folder, lambda _: [sys.executable, "-c", "pass"]) as world:
        world.way.begin(paid("midtrans"), "Midtrans")
        strip = way_view(world)
        assert (len(strip.hands), strip.links) == (2, [])
        assert "of its own accord" in strip.words
        assert not any(trick.place == "the webhook service" for trick in view(world).bench)


def test_without_a_webhook_service_nobody_tells_the_kiosk(tmp_path: Path) -> None:
    asyncio.run(_alone(tmp_path))
