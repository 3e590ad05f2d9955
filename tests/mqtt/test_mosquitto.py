"""The sample of a broker's configuration, run as it is: only ports and places are this test's own."""

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from kiosk.mqtt.broker import Broker
from kiosk.mqtt.news import Arrived, Connected, Disconnected, Message
from kiosk.mqtt.topics import Topics
from kiosk.secret import Secret
from tests.mqtt.broker import Heard, Mosquitto, Witness
from tests.mqtt.certificates import Authority
from tests.mqtt.inbox import Link, broker_at, identity

Links = Callable[..., Link]

FOLDER: Final = Path(__file__).parents[2] / "systemd" / "mosquitto"
KIOSKS: Final = {"K01": "first", "K02": "second"}
OPERATORS: Final = {"operator": "third", "webhooks": "fourth", "controller-K01": "fifth"}


def sample() -> str:
    return (FOLDER / "mosquitto.conf").read_text()


def moved(text: str) -> str:
    """The sample with the places of a test."""
    places = {
        "listener 8883": "listener {port} 127.0.0.1",
        "listener 8884": "listener {other_port} 127.0.0.1",
        "/etc/mosquitto/certs/": "{folder}/",
        "/etc/mosquitto/ca_certificates/": "{folder}/",
        "/etc/mosquitto/": "{folder}/",
        "/var/lib/mosquitto/": "{folder}/",
        "log_type notice": "log_type notice\nlog_type information",
    }
    for there, here in places.items():
        assert there in text
        text = text.replace(there, here)
    return text


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    authority = Authority(tmp_path, "ca")
    authority.vouches_for("broker", "127.0.0.1")
    return authority


def prepare(folder: Path) -> None:
    """The files that the sample's first lines tell to make."""
    program = shutil.which("mosquitto_passwd")
    assert program, "mosquitto_passwd comes with mosquitto"
    for door, known in (("kiosks", KIOSKS), ("operators", OPERATORS)):
        shutil.copy(FOLDER / f"{door}.acl", folder)
        passwords = folder / f"{door}.passwords"
        passwords.write_text("".join(f"{user}:{password}\n" for user, password in known.items()))
        subprocess.run([program, "-U", str(passwords)], check=True)


@pytest.fixture
def broker(tmp_path: Path, authority: Authority) -> Iterator[Mosquitto]:
    prepare(tmp_path)
    with Mosquitto(tmp_path, moved(sample())) as broker:
        yield broker


@pytest.fixture
def at_the_door(broker: Mosquitto, authority: Authority) -> Broker:
    return broker_at(broker.port, tls=True, ca=authority.path)


@pytest.fixture
def enters(broker: Mosquitto, authority: Authority) -> Iterator[Callable[..., Witness]]:
    """Lets somebody in by the other door."""
    inside: list[Witness] = []

    def entered(user: str, *filters: str) -> Witness:
        context: ssl.SSLContext = authority.trusting()
        inside.append(Witness(broker.other_port, *filters, user=user, password=OPERATORS[user], tls=context))
        return inside[-1]

    yield entered
    for each in inside:
        each.close()


def whole(kiosk: str) -> tuple[str, ...]:
    return Topics(kiosk).filters


def test_a_kiosk_and_its_operator_hear_each_other(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    operator = enters("operator", "kiosk/v1/#")
    kiosk = link(at_the_door, identity("K01", "first", filters=whole("K01")))
    kiosk.connects()
    kiosk.publishes(b"sold", "kiosk/v1/K01/event")
    assert operator.hears() == Heard("kiosk/v1/K01/event", b"sold", retained=False)
    operator.says("kiosk/v1/K01/cmd/ping", b"{}")
    assert kiosk.takes().topic == "kiosk/v1/K01/cmd/ping"


def test_a_kiosk_writes_all_its_own_topics_and_reads_them_all(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    own = Topics("K01")
    posts = (own.status, own.state, own.event, own.telemetry, own.reply, own.reported)
    operator = enters("operator", "kiosk/v1/#")
    kiosk = link(at_the_door, identity("K01", "first", filters=whole("K01")))
    kiosk.connects()
    for post in posts:
        kiosk.client.publish(post.topic, b"out", post.qos, post.retain)
    assert [operator.hears().topic for _ in posts] == [post.topic for post in posts]
    assert kiosk.takes().topic == own.status.topic
    for post in (own.command("ping"), own.desired, own.ack):
        operator.says(post.topic, b"in", post.qos, retain=post.retain)
        assert kiosk.takes().topic == post.topic
    enters("webhooks").says(own.notify("midtrans").topic, b"in")
    assert kiosk.takes().topic == own.notify("midtrans").topic


def test_a_neighbours_topic_is_not_written(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    operator = enters("operator", "kiosk/v1/#")
    kiosk = link(at_the_door, identity("K01", "first"))
    kiosk.connects()
    kiosk.publishes(b"forged", "kiosk/v1/K02/event")
    kiosk.publishes(b"own", "kiosk/v1/K01/event")
    assert operator.hears().payload == b"own"


def test_a_kiosk_cannot_command_itself(link: Links, at_the_door: Broker) -> None:
    """Nobody who steals a machine's password can make what its owner would take for an operator's command."""
    kiosk = link(at_the_door, identity("K01", "first", filters=whole("K01")))
    kiosk.connects()
    kiosk.publishes(b"forged", "kiosk/v1/K01/cmd/charge")
    kiosk.publishes(b"own", "kiosk/v1/K01/status")
    assert kiosk.takes().payload == b"own"


def test_a_neighbours_topics_are_not_read(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    kiosk = link(at_the_door, identity("K01", "first", filters=("kiosk/v1/#", *whole("K02"))))
    kiosk.connects()
    operator = enters("operator")
    operator.says("kiosk/v1/K02/cmd/ping", b"not yours")
    operator.says("kiosk/v1/K01/cmd/ping", b"yours")
    assert kiosk.takes().payload == b"yours"


def test_the_webhook_service_only_gives_hints(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    kiosk = link(at_the_door, identity("K01", "first", filters=whole("K01")))
    kiosk.connects()
    webhooks = enters("webhooks")
    webhooks.says("kiosk/v1/K01/cmd/charge", b"forged")
    webhooks.says("kiosk/v1/K01/notify/midtrans", b"hint")
    assert kiosk.takes().payload == b"hint"


def two_kiosks(link: Links, door: Broker) -> tuple[Link, Link]:
    """K01 and K02, connected."""
    first, second = link(door, identity("K01", "first")), link(door, identity("K02", "second"))
    first.connects()
    second.connects()
    return first, second


def test_a_controller_commands_its_own_kiosk_only(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    first, second = two_kiosks(link, at_the_door)
    controller = enters("controller-K01")
    controller.says("kiosk/v1/K02/cmd/charge", b"not its own")
    controller.says("kiosk/v1/K01/cmd/charge", b"its own")
    enters("operator").says("kiosk/v1/K02/cmd/ping", b"operator")
    assert (first.takes().payload, second.takes().payload) == (b"its own", b"operator")


def test_a_controller_hears_what_becomes_of_its_own_sales_only(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    first, second = two_kiosks(link, at_the_door)
    controller = enters("controller-K01", "kiosk/v1/#")
    own, other = Topics("K01"), Topics("K02")
    for post in (other.reply, other.event, other.state, other.status):
        second.publishes(b"not its own", post.topic)
    heard = (own.reply, own.event, own.state, own.status)
    for post in heard:
        first.publishes(b"its own", post.topic)
    assert [controller.hears().topic for _ in heard] == [post.topic for post in heard]
    assert controller.heard.empty()


def test_a_wrong_password_is_explained_and_not_told(link: Links, at_the_door: Broker) -> None:
    reason = link(at_the_door, identity("K01", "guessed")).waits_for(Disconnected).reason
    assert "kiosk secret set mqtt.password" in reason
    assert "guessed" not in reason


def test_nobody_is_let_in_without_a_password(link: Links, at_the_door: Broker) -> None:
    assert "does not let this kiosk in" in link(at_the_door).waits_for(Disconnected).reason


def test_a_kiosk_cannot_throw_out_its_neighbour_by_taking_its_id(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    honest = link(at_the_door, identity("K01", "first"))
    honest.connects()
    thief = link(at_the_door, identity("K01", "second", user=Secret("K02")))
    thief.connects()
    enters("operator").says("kiosk/v1/K01/cmd/ping", b"still here")
    assert not isinstance(item := honest.items.get(timeout=15), Disconnected)
    assert isinstance(item, Arrived)


def test_a_kiosks_password_does_not_open_the_other_door(
    link: Links, at_the_door: Broker, broker: Mosquitto
) -> None:
    """There it could take any client id."""
    other = msgspec.structs.replace(at_the_door, port=broker.other_port)
    reason = link(other, identity("K01", "second", user=Secret("K02"))).waits_for(Disconnected).reason
    assert "does not let this kiosk in" in reason


def test_a_message_that_is_too_large_does_not_travel_to_the_kiosk(
    link: Links, at_the_door: Broker, enters: Callable[..., Witness]
) -> None:
    kiosk = link(at_the_door, identity("K01", "first"))
    kiosk.connects()
    operator = enters("operator")
    operator.says("kiosk/v1/K01/cmd/charge", b"x" * 65537)
    operator.says("kiosk/v1/K01/cmd/charge", b"x" * 65536)
    assert len(kiosk.takes().payload) == 65536


def test_the_session_outlives_a_restart(link: Links, at_the_door: Broker, broker: Mosquitto) -> None:
    kiosk = link(at_the_door, identity("K01", "first"))
    kiosk.connects()
    broker.stop()
    broker.start()
    assert kiosk.connects() == Connected(session_present=True)


def test_what_is_sent_to_an_absent_kiosk_after_a_restart_waits_for_it(
    link: Links, at_the_door: Broker, broker: Mosquitto, enters: Callable[..., Witness]
) -> None:
    """The broker must still know by which door the kiosk had come, for that door has its rights."""
    first = link(at_the_door, identity("K01", "first"))
    first.connects()
    first.close()
    broker.stop()
    broker.start()
    enters("operator").says("kiosk/v1/K01/cmd/ping", b"while you were away")
    assert link(at_the_door, identity("K01", "first")).takes().payload == b"while you were away"


def test_a_configuration_pushed_before_a_restart_is_still_there(
    link: Links, at_the_door: Broker, broker: Mosquitto, enters: Callable[..., Witness]
) -> None:
    enters("operator").says("kiosk/v1/K01/config/desired", b"prices", retain=True)
    broker.stop()
    broker.start()
    arrived = link(at_the_door, identity("K01", "first")).takes()
    assert (arrived.payload, arrived.retained) == (b"prices", True)


def test_certificates_instead_of_passwords(link: Links, tmp_path: Path, authority: Authority) -> None:
    """The two lines that the sample says to uncomment."""
    prepare(tmp_path)
    text = sample()
    for line in ("require_certificate true", "use_identity_as_username true"):
        assert f"#{line}\n" in text
        text = text.replace(f"#{line}\n", f"{line}\n")
    mine = authority.vouches_for("K01")
    with Mosquitto(tmp_path, moved(text)) as mosquitto:
        door = broker_at(
            mosquitto.port, tls=True, ca=authority.path, certificate=mine.certificate, key=mine.key
        )
        kiosk = link(door, identity("K01", filters=("kiosk/v1/+/status",), will=Message("x", b"")))
        kiosk.connects()
        kiosk.publishes(b"forged", "kiosk/v1/K02/status")
        kiosk.publishes(b"own", "kiosk/v1/K01/status")
        assert kiosk.takes().payload == b"own"


def test_every_block_of_the_sample_begins_with_what_it_is_about() -> None:
    blocks = [block.splitlines() for block in sample().split("\n\n")]
    assert [block for block in blocks if not block[0].startswith("#")] == []
