"""`kiosk run` itself at a real mosquitto: what its parts promise holds for the process, over deaths."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.mqtt.reports import Answer, Phase, Presence, State, Status, Taken
from kiosk.states import Dispensed
from tests.mqtt.broker import Mosquitto
from tests.mqtt.whole import Whole, plain
from tests.post.online import TOPICS, Operator

Makes = Callable[[], Whole]


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    (tmp_path / "broker").mkdir()
    with Mosquitto(tmp_path / "broker") as mosquitto:
        yield mosquitto


@pytest.fixture
def operator(mosquitto: Mosquitto) -> Iterator[Operator]:
    operator = Operator(mosquitto.port).connects()
    yield operator
    operator.close()


@pytest.fixture
def whole(tmp_path: Path, mosquitto: Mosquitto, operator: Operator) -> Whole:
    return Whole(tmp_path / "kiosk", plain(mosquitto.port), operator)


def test_a_process_killed_with_an_open_charge_answers_it_in_its_next_life(whole: Whole) -> None:
    async def story() -> None:
        async with whole:
            await whole.charges()
            await whole.pays()
            whole.world.power.kill_daemon()
            end = await whole.end("c-1")
            # the same boot: its claim window may still be open, and then the goods come
            (life,) = whole.orders()
            assert (end.status is Answer.DONE) is isinstance(life.state, Dispensed)
            await whole.until(lambda: len(whole.world.box.lamps.pulses()) == (end.status is Answer.DONE))
            await whole.asks("charge", "c-3", reference="sale-1", slot=1)
            again = await whole.answer("c-3")
            assert (again.status, again.data["order_id"]) == (Answer.DUPLICATE, life.order.id)

    asyncio.run(story())


def test_a_price_that_comes_while_an_order_is_open_waits_for_its_end(whole: Whole) -> None:
    async def story() -> None:
        async with whole:
            await whole.charges()
            await whole.pushes(1, {"slots": [{"number": 1, "price": 15_000}]})
            assert (await whole.reported(1, Taken.WAITING)).effective["slots[1].price"] == 12_000
            await whole.pays()
            assert (await whole.told("order.dispensed")).fields["amount"] == 12_000
            assert (await whole.reported(1, Taken.APPLIED)).effective["slots[1].price"] == 15_000

    asyncio.run(story())


def test_what_only_a_start_can_change_ends_the_process_and_holds_in_the_next(whole: Whole) -> None:
    async def story() -> None:
        async with whole:
            first = await whole.starts()
            await whole.pushes(1, {"gateway": {"midtrans": {"on_screen": 25.0}}, "merchant": "Toko Baru"})
            refused = await whole.reported(1, Taken.REJECTED)
            assert [fault.path for fault in refused.errors] == ["gateway.midtrans.on_screen"]
            await whole.pushes(1, {"gateway": {"midtrans": {"on_screen": 25}}, "merchant": "Toko Baru"})
            await whole.reported(1, Taken.RESTARTING)
            await whole.hears(TOPICS.status, Status, lambda told: told.status is Presence.OFFLINE)
            assert (await whole.is_online()).session == first.session + 1
            applied = await whole.reported(1, Taken.APPLIED)
            assert applied.effective["gateway.midtrans.on_screen"] == 25
            assert applied.effective["merchant"] == "Toko Baru"

    asyncio.run(story())


def test_a_broker_that_is_killed_hears_every_event_and_every_answer_afterwards(
    whole: Whole, mosquitto: Mosquitto
) -> None:
    async def story() -> None:
        async with whole:
            await whole.charges()
            # then everything up to the code is told, and what is told the broker saves
            await whole.hears(TOPICS.state, State, lambda told: told.phase is Phase.AWAITING_PAYMENT)
            await asyncio.to_thread(mosquitto.wait_until_saved)
            mosquitto.kill()
            await whole.pays()
            await whole.until(lambda: "K305" in whole.world.log.codes)
            await asyncio.to_thread(mosquitto.start)
            assert (await whole.end("c-1")).status is Answer.DONE
            told = sorted({event.seq for event in whole.operator.events("order.dispensed")})
            assert told == list(range(1, len(told) + 1))
            await whole.asks("refund", "c-2", reference="sale-1", goodwill=True, who="Sari", amount=5_000)
            assert (await whole.end("c-2")).data["refunded"] == 5_000

    asyncio.run(story())
