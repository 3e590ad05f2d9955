"""TLS towards a real mosquitto: who is trusted, and what is said of who is not."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from kiosk.errors import ConfigError
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.news import Disconnected
from tests.mqtt.broker import PLAIN, Mosquitto, Scripted
from tests.mqtt.certificates import Authority
from tests.mqtt.inbox import HASTE, Link, broker_at, identity

Links = Callable[..., Link]

TLS: Final = """
listener {port} 127.0.0.1
allow_anonymous true
log_dest stderr
log_type all
certfile {folder}/broker.crt
keyfile {folder}/broker.key
cafile {folder}/ca.crt
"""
PERSONAL: Final = TLS + "require_certificate true\nuse_identity_as_username true\n"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ca")


@pytest.fixture
def secure(tmp_path: Path, authority: Authority) -> Iterator[Mosquitto]:
    authority.vouches_for("broker", "127.0.0.1")
    with Mosquitto(tmp_path, TLS) as mosquitto:
        yield mosquitto


@pytest.fixture
def personal(tmp_path: Path, authority: Authority) -> Iterator[Mosquitto]:
    authority.vouches_for("broker", "127.0.0.1")
    with Mosquitto(tmp_path, PERSONAL) as mosquitto:
        yield mosquitto


def tls_at(port: int, ca: Path, **more: Any) -> Broker:
    return broker_at(port, tls=True, ca=ca, **more)


def test_a_broker_with_the_right_certificate_is_spoken_to(
    link: Links, secure: Mosquitto, authority: Authority
) -> None:
    kiosk = link(tls_at(secure.port, authority.path))
    kiosk.connects()
    assert kiosk.publishes(b"sold").is_out


def test_large_messages_pass_both_ways(link: Links, secure: Mosquitto, authority: Authority) -> None:
    kiosk = link(tls_at(secure.port, authority.path), identity(filters=("kiosk/v1/K01/event",)))
    kiosk.connects()
    payloads = [bytes([number]) * 30_000 for number in range(10)]
    for payload in payloads:
        kiosk.client.publish("kiosk/v1/K01/event", payload)
    assert [kiosk.takes().payload for _ in payloads] == payloads


def test_what_tls_has_decrypted_already_does_not_wait_for_the_next_packet(
    link: Links, authority: Authority
) -> None:
    """All of it comes in one piece; the next packet would come with the keepalive, minutes later."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.vouches_for("broker", "127.0.0.1"))
    letters = b"".join(b"\x30\x04\x00\x01k" + letter for letter in (b"a", b"b", b"c"))
    with Scripted(b"\x20\x02\x00\x00" + letters, tls=context) as broker:
        pace = msgspec.structs.replace(HASTE, dialling=60, farewell=0.1)
        kiosk = link(tls_at(broker.port, authority.path, keepalive=600), pace=pace)
        assert [kiosk.takes().payload for _ in range(3)] == [b"a", b"b", b"c"]


def test_a_broker_of_another_authority_is_not_spoken_to(
    link: Links, secure: Mosquitto, tmp_path: Path
) -> None:
    other = Authority(tmp_path, "other")
    reason = link(tls_at(secure.port, other.path)).waits_for(Disconnected).reason
    assert "certificate of the broker" in reason
    assert "see `ca`" in reason


def test_a_broker_that_only_the_system_could_trust_is_not_spoken_to(link: Links, secure: Mosquitto) -> None:
    assert "not accepted" in link(broker_at(secure.port, tls=True)).waits_for(Disconnected).reason


def test_the_certificate_of_another_host_is_not_accepted(
    link: Links, tmp_path: Path, authority: Authority
) -> None:
    authority.vouches_for("broker", "127.0.0.2")
    with Mosquitto(tmp_path, TLS) as mosquitto:
        reason = link(tls_at(mosquitto.port, authority.path)).waits_for(Disconnected).reason
    assert "127.0.0.1" in reason
    assert "`host`" in reason


def test_a_port_without_tls_is_explained(link: Links, tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path, PLAIN) as mosquitto:
        reason = link(tls_at(mosquitto.port, authority.path)).waits_for(Disconnected).reason
    assert "does that port want TLS, or none" in reason


def test_a_port_that_wants_tls_is_explained(link: Links, secure: Mosquitto) -> None:
    assert "does that port want TLS" in link(broker_at(secure.port)).waits_for(Disconnected).reason


def test_a_kiosk_can_show_a_certificate(link: Links, personal: Mosquitto, authority: Authority) -> None:
    mine = authority.vouches_for("K01")
    kiosk = link(tls_at(personal.port, authority.path, certificate=mine.certificate, key=mine.key))
    assert kiosk.connects()


def test_a_broker_that_wants_a_certificate_says_so(
    link: Links, personal: Mosquitto, authority: Authority
) -> None:
    reason = link(tls_at(personal.port, authority.path)).waits_for(Disconnected).reason
    assert "or a client certificate?" in reason


def test_a_certificate_that_nobody_vouched_for_is_not_let_in(
    link: Links, personal: Mosquitto, authority: Authority, tmp_path: Path
) -> None:
    forged = Authority(tmp_path, "forger").vouches_for("K01")
    broker = tls_at(personal.port, authority.path, certificate=forged.certificate, key=forged.key)
    assert "or a client certificate?" in link(broker).waits_for(Disconnected).reason


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"host": "mqtt.example.com", "tls": False}, "mqtt.tls: is off and the broker is not this machine"),
        ({"tls": False, "ca": Path("/x")}, "mqtt.ca: is for TLS"),
        ({"certificate": Path("/x")}, "mqtt.certificate: comes with its `key`"),
        ({"key": Path("/x")}, "mqtt.certificate: comes with its `key`"),
        ({"ca": Path("/nowhere/ca.crt")}, "mqtt.ca: /nowhere/ca.crt: cannot be read: No such file"),
    ],
)
def test_what_cannot_work_is_refused_with_the_field(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Broker(**{"host": "127.0.0.1", **table}).context()
    assert words in str(caught.value)


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ca.crt"
    path.write_text("hello")
    with pytest.raises(ConfigError, match="holds nothing that TLS can use"):
        Broker(host="127.0.0.1", ca=path).context()


def test_a_key_under_a_password_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    pair = Authority(tmp_path, "ca").vouches_for("K01", key_password=b"hidden")
    with pytest.raises(ConfigError, match="or not its key"):
        Broker(host="127.0.0.1", certificate=pair.certificate, key=pair.key).context()


def test_a_broker_elsewhere_may_be_plain_if_that_is_said() -> None:
    assert Broker(host="mqtt.example.com", tls=False, insecure=True).context() is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_broker_on_this_machine_may_be_plain(host: str) -> None:
    assert list(Broker(host=host, tls=False).problems()) == []


@pytest.mark.parametrize("host", ["10.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "0.0.0.0"])  # noqa: S104  # it is refused
def test_a_name_that_looks_like_this_machine_is_not_enough(host: str) -> None:
    assert list(Broker(host=host, tls=False).problems()) != []


@pytest.mark.parametrize(("table", "port"), [({}, 8883), ({"tls": False}, 1883), ({"port": 99}, 99)])
def test_the_port_follows_from_tls_unless_it_is_said(table: dict[str, Any], port: int) -> None:
    assert Broker(host="::1", **table).address == ("::1", port)
