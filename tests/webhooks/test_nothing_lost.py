"""Whatever dies, each in its turn: what was answered 2xx reaches the broker."""

from contextlib import ExitStack
from pathlib import Path
from threading import Event

from kiosk.minting import order_id
from kiosk.webhooks.layout import GROUP, stream_of
from tests.mqtt.broker import DEADLINE, PLAIN, Mosquitto
from tests.webhooks.processes import MANY_QUEUED, DurableWitness, Program, Sender, configuration
from tests.webhooks.redis_server import DURABLE, FORGETFUL, RedisServer

MANY = 2000


class World:
    """Redis, a broker, two receivers and two forwarders, and somebody who listens."""

    def __init__(self, folder: Path, stack: ExitStack, keeps: tuple[str, ...]) -> None:
        self.redis = stack.enter_context(RedisServer(folder / "redis", *keeps))
        self.broker = stack.enter_context(Mosquitto(folder, PLAIN + MANY_QUEUED))
        self.witness = stack.enter_context(DurableWitness(self.broker.port))
        file = configuration(folder, self.broker.port, self.redis.port)
        self.receivers = [stack.enter_context(Program("receive", file)) for _ in range(2)]
        self.forwarders = [stack.enter_context(Program("forward", file)) for _ in range(2)]

    @property
    def ports(self) -> list[int]:
        return [each.port for each in self.receivers]

    def owes_nothing(self) -> bool:
        """Whether all that was read is acknowledged in the end."""
        with self.redis.client() as client:
            for _ in range(DEADLINE * 20):
                if client.xpending(stream_of(0), GROUP)["pending"] == 0:
                    return True
                Event().wait(0.05)
        return False


def test_every_notification_answered_2xx_reaches_the_broker_whatever_is_killed(tmp_path: Path) -> None:
    orders = [order_id(f"K{number % 90 + 10}") for number in range(MANY)]
    with ExitStack() as stack:
        world = World(tmp_path, stack, DURABLE)
        first, second = world.forwarders
        redis, broker = world.redis, world.broker
        blows = [
            *((receiver.kill, receiver.start) for receiver in world.receivers),
            (first.kill, first.start),
            (second.kill, second.start),
            (redis.kill, redis.start),
            (redis.stop, redis.start),
            (broker.stop, broker.start),
        ]
        sender = stack.enter_context(Sender(world.ports, orders))
        for number, blow in enumerate(blows, 1):
            sender.wait_for(number * MANY // (len(blows) + 1))
            for act in blow:
                act()
        sender.join()
        assert sender.answered == set(orders)
        assert world.witness.hears_all(sender.answered) == set()
        assert sender.answers.keys() - {"200"}, "something really was away"
        assert "500" not in sender.answers
        assert world.owes_nothing()


def test_a_rolling_restart_costs_nothing_that_a_second_try_does_not_mend(tmp_path: Path) -> None:
    orders = [order_id("K01") for _ in range(50)] + [order_id("K02") for _ in range(50)]
    with ExitStack() as stack:
        world = World(tmp_path, stack, FORGETFUL)  # a busy disk would cost a 503
        programs, away = [*world.receivers, *world.forwarders], 0
        sender = stack.enter_context(Sender(world.ports, orders, lanes=1))
        for number, program in enumerate(programs, 1):
            sender.wait_for(number * 20)
            assert program.stop() == 0, "it ends in good order"
            away += program.summed_up("stream_away") * (program in world.receivers)
            program.start()
        sender.join()
        assert world.witness.hears_all(set(orders)) == set()
        assert world.owes_nothing()
        for receiver in world.receivers:
            assert receiver.stop() == 0
            away += receiver.summed_up("stream_away")
        assert sender.answers["503"] <= away, "but for a Redis that a busy machine held up"
        with world.redis.client() as client:
            assert len(client.xinfo_consumers(stream_of(0), GROUP)) <= 2, "who left took his name along"
