"""What the pretended gateways push, at the real receiver; and who carries it there, again and again."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from threading import Timer

import fakeredis
import pytest
from msgspec.structs import replace

from kiosk.minting import order_id
from kiosk.secret import Secret
from kiosk.simulator import courier, hooks
from kiosk.simulator.broker import BrokerProcess, kept_ports
from kiosk.simulator.changes import Changes
from kiosk.simulator.courier import post
from kiosk.simulator.hint_way import Way
from kiosk.simulator.hooks import Hooks
from kiosk.simulator.ledger import Charge, Ended, Paid, Payment
from kiosk.simulator.misfortunes import Bench, Misfortune
from kiosk.simulator.notifications import HABITS, PREFIX, Sender, letter
from kiosk.simulator.providers import PROVIDERS
from kiosk.simulator.story import Story
from kiosk.simulator.switch import Switch
from kiosk.simulator.webhook_service import Told, Waiting, WebhookService
from kiosk.simulator.wiring import Branch, Plan

from .test_whole_world import branches

ORDER = order_id("K01")
ECHOES = {
    "interactive": {"invoice": "413255111"},
    "doku_indodana": {"request_id": "request-1", "merchant_unique_reference": ORDER},
}
SIGNING = [name for name in PROVIDERS if name != "interactive"]  # InterActive signs nothing
SOON = 40.0


def paid(gateway: str, order: str = ORDER) -> Charge:
    now = time.time()
    return Charge(
        transaction="9aed5972-5b6a-401e-894b-a32c91ed1a3a",
        order=order,
        amount=12_000,
        payload="a code",
        gateway=gateway,
        acquirer="gopay",
        made_at=now,
        expires_at=now + 900,
        standing=Paid(Payment(12_000, "gopay", now)),
        echo=ECHOES.get(gateway, {}),
    )


def branch_of(gateway: str) -> Branch:
    (branch,) = branches(gateway)
    return branch


def forger(branch: Branch) -> Branch:
    """Somebody who knows everything about a merchant but its secrets."""
    return replace(branch, secrets=dict.fromkeys(branch.secrets, "a guess"))


def run(story: Awaitable[None]) -> None:
    async def waited() -> None:
        await story

    asyncio.run(waited())


async def pushed(gateway: str, *, is_forged: bool) -> tuple[int, int]:
    """The receiver's answer, and how many hints it kept."""
    known = branch_of(gateway)
    service = WebhookService(1, lambda *_: None)
    keys = HABITS[gateway].keys.items()
    service.keys[gateway] = {kind: (Secret(known.secrets[name]),) for kind, name in keys}
    signs = forger(known) if is_forged else known
    sender = Sender(signs, Plan().merchant, PREFIX + HABITS[gateway].path, "number-1", time.time())
    async with service.receiving():
        status = await post(service.port, letter(paid(gateway), sender))
    return status, service.tally.counts["kept"]


@pytest.mark.parametrize("gateway", PROVIDERS)
def test_the_receiver_takes_what_a_gateway_pushes(gateway: str) -> None:
    assert asyncio.run(pushed(gateway, is_forged=False)) == (200, 1)


@pytest.mark.parametrize("gateway", SIGNING)
def test_the_receiver_keeps_nothing_that_somebody_else_signed(gateway: str) -> None:
    status, kept = asyncio.run(pushed(gateway, is_forged=True))
    assert status in (400, 401, 403)
    assert kept == 0


def test_only_what_a_gateway_speaks_of_is_pushed() -> None:
    open_one = replace(paid("midtrans"), standing=Ended("expire", 0.0))
    assert HABITS["midtrans"].about(open_one)
    assert not HABITS["interactive"].about(open_one)
    assert all(habit.about(paid(name)) for name, habit in HABITS.items())


def test_each_gateway_tries_again_as_it_says() -> None:
    assert HABITS["midtrans"].pauses(503) == (2.0, 10.0, 30.0, 90.0)
    assert HABITS["midtrans"].pauses(400) == (2.0, 10.0)
    assert HABITS["midtrans"].pauses(302) == ()
    assert HABITS["midtrans"].pauses(0) == (2.0, 10.0, 30.0, 90.0, 210.0)
    assert HABITS["interactive"].pauses(0) == ()


class Whole:
    """The service and all around it, for one gateway; nobody sells."""

    def __init__(self, gateway: str) -> None:
        self.changed = Changes()
        self.story = Story(time.time)
        self.story.listen(lambda _: self.changed())
        self.bench = Bench(time.monotonic)
        self.way = Way(self.story, time.monotonic, 2.0)
        self.hooks: Hooks
        self._gateway = gateway

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Whole"]:
        """Everything, with a broker of its own."""
        async with AsyncExitStack() as opened:
            draw = opened.enter_context(kept_ports())
            broker = await opened.enter_async_context(BrokerProcess(self.story, draw))
            around = hooks.opened(
                hooks.load(),
                broker.port,
                [branch_of(self._gateway)],
                Plan().merchant,
                self.bench,
                self.way,
                self.story,
                self.changed,
            )
            self.hooks = await opened.enter_async_context(around)
            yield self

    def pay(self, gateway: str = "") -> None:
        """Somebody paid a new order."""
        charge = paid(gateway or self._gateway, order_id("K01"))
        self.way.begin(charge, charge.gateway)
        self.hooks.stands(charge)

    async def stops(self, misfortune: Misfortune, switch: Switch) -> None:
        """Stop a half of the service, and wait until it is down: it first finishes what is under way."""
        self.hooks.inflict(misfortune)
        assert await self.changed.until(lambda: not switch.is_up, SOON)

    async def reads(self, words: str) -> None:
        """Wait until the story says so."""
        said = await self.changed.until(lambda: any(words in line.text for line in self.story.lines()), SOON)
        assert said, [line.text for line in self.story.lines()]

    async def passes(self, hand: str) -> None:
        """Wait until the newest payment's hint is in that hand."""
        assert await self.changed.until(lambda: self.way.newest and hand in self.way.newest.passed, SOON)


async def _redis_goes_and_comes() -> None:
    async with Whole("midtrans").open() as whole:
        whole.hooks.inflict(Misfortune.REDIS_AWAY)
        whole.pay()
        await whole.reads("the webhook service answered only 503: Midtrans tries again in 2 minutes")
        await whole.reads("has no Redis: it answers 503")
        assert whole.way.newest
        assert "stream" not in whole.way.newest.passed
        whole.hooks.inflict(Misfortune.REDIS_AWAY)
        await whole.reads("the webhook service took it (200)")
        await whole.passes("broker")
        assert whole.way.newest.trouble == ""


def test_a_gateway_that_hears_503_pushes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "A_MINUTE", 0.1)
    run(_redis_goes_and_comes())


async def _every_link_is_cut() -> None:
    async with Whole("midtrans").open() as whole:
        await whole.stops(Misfortune.FORWARDER_STOPPED, whole.hooks.forwarder)
        whole.pay()
        await whole.passes("stream")
        assert whole.hooks.service.waiting == 1
        whole.hooks.inflict(Misfortune.FORWARDER_STOPPED)
        await whole.passes("broker")
        await whole.stops(Misfortune.RECEIVER_STOPPED, whole.hooks.receiver)
        whole.pay()
        await whole.reads("the webhook service did not answer")
        whole.hooks.inflict(Misfortune.RECEIVER_STOPPED)
        await whole.passes("broker")


def test_what_a_cut_link_held_up_comes_when_it_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "A_MINUTE", 0.1)
    run(_every_link_is_cut())


async def _a_push_is_lost() -> None:
    async with Whole("interactive").open() as whole:
        whole.bench.arm(Misfortune.PUSH_LOST)
        whole.pay()
        await whole.reads("did not answer: InterActive does not try again")
        assert whole.hooks.service.tally.counts["kept"] == 0


def test_a_gateway_without_a_second_try_leaves_the_kiosk_to_its_own_questions() -> None:
    run(_a_push_is_lost())


async def _another_is_admitted() -> None:
    async with Whole("interactive").open() as whole:
        port = whole.hooks.service.port
        await whole.hooks.admit([branch_of("interactive"), branch_of("doku")])
        whole.pay("doku")
        await whole.passes("broker")
        assert whole.hooks.service.port == port


def test_a_gateway_that_is_chosen_later_pushes_too() -> None:
    run(_another_is_admitted())


def test_the_pretended_redis_lets_its_reader_wait() -> None:
    redis, told = Waiting(server=fakeredis.FakeServer()), Told(lambda *_: None)
    redis.news = told.news
    redis.xgroup_create("hints", "group", mkstream=True)

    def keep() -> None:
        redis.xadd("hints", {"a": "b"})
        told.count("kept")

    later = Timer(0.05, keep)
    later.start()
    assert redis.xreadgroup("group", "me", {"hints": ">"}, block=int(SOON * 1000))
    later.join()
    redis.close()


async def _turns_before_it_is_awaited() -> None:
    changed = Changes()
    waits = changed.next()
    changed()
    await asyncio.wait_for(waits, SOON)


def test_a_change_between_asking_and_awaiting_is_not_missed() -> None:
    run(_turns_before_it_is_awaited())
