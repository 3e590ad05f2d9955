"""The link to the broker, against a real mosquitto that is restarted, killed and frozen."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.mqtt.client import Client
from kiosk.mqtt.client.connection import MOST_UNREAD
from kiosk.mqtt.client.sieve import LARGEST
from kiosk.mqtt.news import (
    Acknowledged,
    Arrived,
    Connected,
    Died,
    Disconnected,
    Dropped,
    Identity,
    Item,
    Message,
    NotSubscribed,
    TakenOver,
)
from kiosk.mqtt.patience import CLASHES
from tests.mqtt.broker import DEADLINE, Heard, Mosquitto, Scripted, Witness, free_port, hangs_up, resets
from tests.mqtt.inbox import (
    BASE,
    CHARGE,
    EVENT,
    HASTE,
    OFFLINE,
    STATUS,
    Link,
    broker_at,
    identity,
)

Links = Callable[..., Link]
ROOT = Path(__file__).parents[2]
WELCOME = b"\x20\x02\x00\x00"


class NoRoom(Exception):
    """What an inbox may say in the worst case."""


class Ears:
    """The lines of a process, and its end."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self._lines = Queue[str]()
        self._thread = Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.strip())

    def hears(self, words: str) -> list[str]:
        """Wait for a line; all lines before it."""
        before = []
        while (line := self._lines.get(timeout=DEADLINE)) != words:
            before.append(line)
        return before

    def close(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE)
        self._thread.join()


@contextmanager
def process(port: int, deed: str) -> Iterator[Ears]:
    """A link in a process of its own, killed in the end."""
    command = [sys.executable, "-m", "tests.mqtt.process", str(port), deed]
    ears = Ears(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT))
    try:
        yield ears
    finally:
        ears.close()


# --- What arrives


def test_a_command_arrives_as_it_was_sent(link: Links, witness: Witness) -> None:
    kiosk = link()
    kiosk.connects()
    witness.says(CHARGE, b'{"id":"1"}')
    arrived = kiosk.gets()
    assert (arrived.topic, arrived.payload, arrived.retained) == (CHARGE, b'{"id":"1"}', False)


def test_what_was_retained_is_told_apart(link: Links, witness: Witness) -> None:
    witness.says(CHARGE, b"stale", retain=True)
    kiosk = link()
    assert kiosk.gets().retained


def test_what_is_not_acknowledged_comes_again(link: Links, witness: Witness) -> None:
    first = link()
    first.connects()
    witness.says(CHARGE, b"1")
    first.gets()
    first.close()
    assert link().gets().payload == b"1"


def test_what_is_acknowledged_never_comes_again(link: Links, witness: Witness) -> None:
    first = link()
    first.connects()
    witness.says(CHARGE, b"1")
    first.takes()
    first.close()
    witness.says(CHARGE, b"2")
    assert link().gets().payload == b"2"


def test_an_acknowledgement_from_an_old_connection_is_not_taken_for_another_message(
    link: Links, mosquitto: Mosquitto, witness: Witness
) -> None:
    """The broker counts anew after it has lost its session: the old number names the new message."""
    kiosk = link()
    kiosk.connects()
    witness.says(CHARGE, b"old")
    old = kiosk.gets()
    mosquitto.kill()
    mosquitto.forget()
    mosquitto.start()
    kiosk.connects()
    with Witness(mosquitto.port) as again:
        again.says(CHARGE, b"new")
    new = kiosk.gets()
    assert new.receipt.number == old.receipt.number
    kiosk.client.acknowledge(old)
    kiosk.close()
    assert link().gets().payload == b"new"


def test_a_process_killed_before_it_acknowledged_gets_the_message_again(
    mosquitto: Mosquitto, witness: Witness
) -> None:
    with process(mosquitto.port, "keep") as first:
        first.hears("listening")
        witness.says(CHARGE, b"charge")
        first.hears("charge")
    with process(mosquitto.port, "keep") as second:
        second.hears("charge")


def test_a_process_killed_after_it_acknowledged_does_not_get_the_message_again(
    mosquitto: Mosquitto, witness: Witness
) -> None:
    with process(mosquitto.port, "acknowledge") as first:
        first.hears("listening")
        witness.says(CHARGE, b"charge")
        mosquitto.wait_until_it_says("Received PUBACK from K01")
    witness.says(CHARGE, b"another")
    with process(mosquitto.port, "keep") as second:
        assert "charge" not in second.hears("another")


def test_a_command_sent_while_the_kiosk_is_away_waits_for_it(link: Links, witness: Witness) -> None:
    first = link()
    first.connects()
    first.close()
    witness.says(CHARGE, b"1")
    assert link().gets().payload == b"1"


def test_while_many_messages_are_not_acknowledged_no_more_are_read(link: Links, witness: Witness) -> None:
    most, here, inbox = 0, 0, Queue[Arrived]()

    def put(item: Item) -> None:
        nonlocal most, here
        if isinstance(item, Arrived):
            here += 1
            most = max(most, here)
            inbox.put(item)

    for number in range(5 * MOST_UNREAD):
        witness.says(f"{BASE}/cmd/n{number}", b"x", retain=True)
    kiosk = link(None, identity(filters=()), put=put)
    subscriber = link(None, identity("K02", filters=(f"{BASE}/cmd/+",)), put=put)
    for _ in range(5 * MOST_UNREAD):
        arrived = inbox.get(timeout=DEADLINE)
        here -= 1
        subscriber.client.acknowledge(arrived)
    assert kiosk.client.in_flight == 0
    assert most <= MOST_UNREAD


# --- What is published


def test_a_receipt_is_out_once_the_broker_has_it(link: Links, witness: Witness) -> None:
    kiosk = link()
    kiosk.connects()
    receipt = kiosk.client.publish(EVENT, b"sold")
    kiosk.waits_for(Acknowledged)
    assert (receipt.is_out, receipt.is_lost, kiosk.client.in_flight) == (True, False, 0)
    assert witness.hears() == Heard(EVENT, b"sold", retained=False)


def test_a_receipt_is_not_out_while_the_broker_is_silent(link: Links, mosquitto: Mosquitto) -> None:
    kiosk = link()
    kiosk.connects()
    kiosk.publishes(b"first")
    mosquitto.freeze()
    receipt = kiosk.client.publish(EVENT, b"second")
    assert (receipt.is_out, receipt.is_lost, kiosk.client.in_flight) == (False, False, 1)
    mosquitto.thaw()
    # the first message's acknowledgement may still be waiting to be heard
    while not receipt.is_out:
        kiosk.waits_for(Acknowledged)


def test_telemetry_is_handed_to_the_network_and_forgotten(link: Links, witness: Witness) -> None:
    kiosk = link()
    kiosk.connects()
    receipt = kiosk.client.publish(f"{BASE}/telemetry", b"42", 0)
    kiosk.publishes(b"event")
    assert receipt.is_out
    assert witness.hears().payload == b"42"


def test_state_is_retained(link: Links, mosquitto: Mosquitto) -> None:
    kiosk = link()
    kiosk.connects()
    receipt = kiosk.client.publish(f"{BASE}/state", b"idle", retain=True)
    kiosk.waits_for(Acknowledged)
    assert receipt.is_out
    with Witness(mosquitto.port, f"{BASE}/state") as late:
        assert late.hears() == Heard(f"{BASE}/state", b"idle", retained=True)


def test_what_is_published_while_the_broker_is_away_is_lost_and_never_sent(
    link: Links, mosquitto: Mosquitto
) -> None:
    kiosk = link()
    kiosk.connects()
    mosquitto.stop()
    kiosk.waits_for(Disconnected)
    receipt = kiosk.client.publish(EVENT, b"away")
    assert (receipt.is_out, receipt.is_lost, kiosk.client.in_flight) == (False, True, 0)
    mosquitto.start()
    with Witness(mosquitto.port, EVENT) as again:
        kiosk.connects()
        kiosk.publishes(b"back")
        assert again.hears().payload == b"back"


def test_what_was_in_flight_when_the_broker_died_is_lost_and_not_sent_again(
    link: Links, mosquitto: Mosquitto
) -> None:
    kiosk = link()
    kiosk.connects()
    mosquitto.freeze()
    receipt = kiosk.client.publish(EVENT, b"in flight")
    mosquitto.kill()  # frozen still: it never read this
    kiosk.waits_for(Disconnected)
    assert receipt.is_lost
    mosquitto.start()
    with Witness(mosquitto.port, EVENT) as again:
        kiosk.connects()
        kiosk.publishes(b"back")
        assert again.hears().payload == b"back"


def test_more_in_flight_than_anybody_needs_is_lost_at_once(link: Links, mosquitto: Mosquitto) -> None:
    kiosk = link()
    kiosk.connects()
    mosquitto.freeze()
    receipts = [kiosk.client.publish(EVENT, b"%d" % number) for number in range(100)]
    assert [receipt.is_lost for receipt in receipts] == [False] * 64 + [True] * 36
    mosquitto.thaw()
    while kiosk.client.in_flight:
        kiosk.waits_for(Acknowledged)
    assert all(receipt.is_out for receipt in receipts[:64])


@pytest.mark.parametrize("topic", ["", "kiosk/+/event", "kiosk/#", "a\x00b", "a" * 257])
def test_a_topic_that_no_broker_takes_is_a_mistake_of_ours(link: Links, topic: str) -> None:
    with pytest.raises(ValueError, match="topic"):
        link(broker_at(free_port())).client.publish(topic, b"")


def test_a_payload_that_no_kiosk_would_read_is_a_mistake_of_ours(link: Links) -> None:
    with pytest.raises(ValueError, match="65537 bytes"):
        link(broker_at(free_port())).client.publish(EVENT, b"x" * (LARGEST + 1))


# --- A broker that comes and goes


def test_after_a_restart_of_the_broker_the_session_is_there(link: Links, mosquitto: Mosquitto) -> None:
    kiosk = link()
    assert kiosk.connects() == Connected(session_present=False)
    mosquitto.stop()
    mosquitto.start()
    assert kiosk.connects() == Connected(session_present=True)
    with Witness(mosquitto.port) as witness:
        witness.says(CHARGE, b"1")
    assert kiosk.gets().payload == b"1"


def test_a_broker_that_forgot_everything_is_subscribed_to_anew(link: Links, mosquitto: Mosquitto) -> None:
    kiosk = link()
    kiosk.connects()
    mosquitto.kill()
    mosquitto.forget()
    mosquitto.start()
    assert kiosk.connects() == Connected(session_present=False)
    with Witness(mosquitto.port) as witness:
        witness.says(CHARGE, b"1")
    assert kiosk.gets().payload == b"1"


def test_what_the_broker_saved_for_an_absent_kiosk_survives_its_being_killed(
    link: Links, mosquitto: Mosquitto, witness: Witness
) -> None:
    first = link()
    first.connects()
    first.close()
    witness.says(CHARGE, b"1")
    mosquitto.wait_until_saved()
    mosquitto.kill()
    mosquitto.start()
    second = link()
    assert second.connects() == Connected(session_present=True)
    assert second.gets().payload == b"1"


def test_a_broker_that_freezes_is_noticed(link: Links, mosquitto: Mosquitto) -> None:
    kiosk = link(broker_at(mosquitto.port, keepalive=2))  # by 1 it hangs up after a second's silence
    kiosk.connects()
    mosquitto.freeze()
    assert "no sign of life" in kiosk.waits_for(Disconnected).reason
    mosquitto.thaw()
    kiosk.connects()


def test_the_next_try_is_announced_within_the_bounds(link: Links) -> None:
    kiosk = link(broker_at(free_port()))
    pauses = [kiosk.waits_for(Disconnected).retry_in for _ in range(8)]
    assert all(HASTE.least <= pause <= HASTE.most for pause in pauses)


# --- Who is there: the will, the goodbye, the other one with the same id


def test_a_killed_process_is_reported_as_lost(mosquitto: Mosquitto, witness: Witness) -> None:
    with process(mosquitto.port, "keep") as kiosk:
        kiosk.hears("listening")
    assert witness.hears() == Heard(STATUS, b"lost", retained=False)


def test_the_will_is_retained(mosquitto: Mosquitto, witness: Witness) -> None:
    with process(mosquitto.port, "keep") as kiosk:
        kiosk.hears("listening")
    witness.hears()
    with Witness(mosquitto.port, STATUS) as late:
        assert late.hears() == Heard(STATUS, b"lost", retained=True)


def test_a_goodbye_is_published_instead_of_the_will(
    link: Links, mosquitto: Mosquitto, witness: Witness
) -> None:
    kiosk = link()
    kiosk.connects()
    kiosk.close()
    mosquitto.wait_until_it_says("Client K01 disconnected.")
    witness.says(EVENT, b"marker")
    assert [witness.hears().payload, witness.hears().payload] == [b"offline", b"marker"]


def test_acknowledgements_go_out_before_the_goodbye(link: Links, witness: Witness) -> None:
    kiosk = link()
    kiosk.connects()
    witness.says(CHARGE, b"1")
    kiosk.takes()
    kiosk.close()
    witness.says(CHARGE, b"2")
    assert link().gets().payload == b"2"


def test_a_goodbye_is_no_lost_connection(link: Links) -> None:
    kiosk = link()
    kiosk.connects()
    kiosk.close()
    assert kiosk.items.get_nowait() == Acknowledged()
    assert kiosk.items.empty()


def test_the_goodbye_does_not_wait_for_a_frozen_broker(link: Links, mosquitto: Mosquitto) -> None:
    kiosk = link(pace=msgspec.structs.replace(HASTE, farewell=0.1))
    kiosk.connects()
    mosquitto.freeze()
    kiosk.close()
    kiosk.client._thread.join(DEADLINE)
    assert not kiosk.client._thread.is_alive()


def test_the_goodbye_does_not_wait_for_a_broker_that_is_away(link: Links) -> None:
    kiosk = link(broker_at(free_port()), pace=msgspec.structs.replace(HASTE, least=600, most=600))
    kiosk.waits_for(Disconnected)
    kiosk.close()
    assert not kiosk.client._thread.is_alive()


def test_two_machines_with_one_id_find_out(link: Links) -> None:
    first, second = link(), link()
    first.waits_for(TakenOver)
    second.waits_for(TakenOver)


def test_a_broker_that_restarts_once_is_no_other_machine(link: Links, mosquitto: Mosquitto) -> None:
    kiosk = link()
    kiosk.connects()
    mosquitto.stop()
    before = [kiosk.items.get(timeout=DEADLINE) for _ in range(CLASHES)]
    mosquitto.start()
    assert TakenOver() not in before + kiosk.passes(Connected)


@pytest.mark.parametrize(("lines", "then"), [((WELCOME,), resets), ((), hangs_up)])
def test_what_breaks_off_otherwise_again_and_again_is_no_other_machine(
    link: Links, lines: tuple[bytes, ...], then: Callable[[socket.socket], None]
) -> None:
    with Scripted(*lines, then=then) as broker:
        kiosk = link(broker_at(broker.port))
        assert TakenOver() not in [item for _ in range(3 * CLASHES) for item in kiosk.passes(Disconnected)]


# --- What must not be read


def test_a_message_that_is_too_large_is_dropped_and_does_not_come_again(
    link: Links, witness: Witness
) -> None:
    first = link()
    first.connects()
    witness.says(CHARGE, b"x" * 1_000_000)
    assert first.waits_for(Dropped) == Dropped(f"1000000 bytes for '{CHARGE}' are too many", 1, CHARGE)
    first.close()
    witness.says(CHARGE, b"small")
    assert not any(isinstance(item, Dropped) for item in link().passes(Arrived))


def test_a_broker_that_begins_a_packet_without_end_is_left(link: Links) -> None:
    with Scripted(WELCOME + b"\x30\xff\xff\xff\x7f" + bytes(100_000)) as broker:
        reason = link(broker_at(broker.port)).waits_for(Disconnected).reason
    assert "a packet of 268435455 bytes" in reason


def test_the_largest_message_arrives(link: Links, witness: Witness) -> None:
    kiosk = link()
    kiosk.connects()
    witness.says(CHARGE, b"x" * LARGEST)
    assert len(kiosk.gets().payload) == LARGEST


def test_a_topic_that_is_too_long_is_dropped(link: Links, witness: Witness) -> None:
    kiosk = link()
    kiosk.connects()
    witness.says(f"{BASE}/cmd/" + "x" * 1000, b"")
    assert "0 bytes" in kiosk.waits_for(Dropped).reason


def test_a_topic_that_is_no_text_does_no_harm(link: Links) -> None:
    with Scripted(WELCOME + b"\x32\x06\x00\x01\xff\x00\x07x" + b"\x32\x06\x00\x01k\x00\x08x") as broker:
        kiosk = link(broker_at(broker.port), pace=msgspec.structs.replace(HASTE, farewell=0.1))
        assert [kiosk.takes().topic, kiosk.takes().topic] == ["", "k"]


packets = st.builds(
    lambda kind, body: bytes([kind, len(body)]) + body, st.integers(0, 255), st.binary(max_size=20)
)


@given(st.lists(packets, max_size=5), st.binary(max_size=20))
@settings(max_examples=50, deadline=None)
def test_nothing_that_a_broker_says_ends_more_than_the_connection(said: list[bytes], rest: bytes) -> None:
    with Scripted(WELCOME + b"".join(said) + rest, then=hangs_up) as broker:
        kiosk = Link(broker_at(broker.port), pace=msgspec.structs.replace(HASTE, farewell=0.1))
        try:
            assert not any(isinstance(item, Died) for item in kiosk.passes(Disconnected))
        finally:
            kiosk.close()


def test_rights_that_are_missing_are_told(link: Links) -> None:
    """Mosquitto accepts every subscription and stays silent; other brokers say so."""
    with Scripted(WELCOME, b"\x90\x04\x00\x01\x01\x80") as broker:
        kiosk = link(broker_at(broker.port), pace=msgspec.structs.replace(HASTE, farewell=0.1))
        assert kiosk.waits_for(NotSubscribed) == NotSubscribed((f"{BASE}/config/desired",))


# --- Threads


def test_an_exception_in_put_is_reported_and_the_message_comes_again(link: Links, witness: Witness) -> None:
    items = Queue[Item]()

    def put(item: Item) -> None:
        if isinstance(item, Arrived):
            raise NoRoom
        items.put(item)

    broken = link(put=put)
    assert items.get(timeout=DEADLINE) == Connected(session_present=False)
    broken.client.publish("aside", b"")
    assert items.get(timeout=DEADLINE) == Acknowledged()
    witness.says(CHARGE, b"1")
    died = items.get(timeout=DEADLINE)
    assert isinstance(died, Died)
    assert isinstance(died.error, NoRoom)
    assert broken.client.publish(EVENT, b"").is_lost
    assert link().gets().payload == b"1"


def test_a_machine_whose_link_died_is_lost_to_the_operator(link: Links, witness: Witness) -> None:
    def put(item: Item) -> None:
        if isinstance(item, Connected):
            raise NoRoom

    link(put=put)
    assert witness.hears().payload == b"lost"


def test_a_link_that_was_never_started_can_be_closed(mosquitto: Mosquitto) -> None:
    Client(broker_at(mosquitto.port), identity(), Queue[Item]().put).close(OFFLINE)


# --- Why there is no connection


def refused(code: int) -> bytes:
    return b"\x20\x02\x00" + bytes([code])


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((refused(1),), "is no MQTT 3.1.1"),
        ((refused(2),), "does not take the kiosk's id"),
        ((refused(3),), "not available now"),
        ((refused(4),), "kiosk secret set mqtt.user"),
        ((refused(5),), "kiosk secret set mqtt.password"),
        ((b"HTTP/1.1 400 Bad Request\r\n" + 100 * b" ",), "is no MQTT 3.1.1"),
    ],
)
def test_a_broker_that_does_not_let_us_in_is_explained(
    link: Links, lines: tuple[bytes, ...], words: str
) -> None:
    with Scripted(*lines) as broker:
        assert words in link(broker_at(broker.port)).waits_for(Disconnected).reason


def test_a_broker_that_says_nothing_is_explained(link: Links) -> None:
    with Scripted() as broker:
        kiosk = link(broker_at(broker.port), pace=msgspec.structs.replace(HASTE, dialling=0.1))
        assert "does not answer" in kiosk.waits_for(Disconnected).reason


def test_a_port_where_nobody_listens_is_explained(link: Links) -> None:
    port = free_port()
    assert f"nothing listens at 127.0.0.1:{port}" in link(broker_at(port)).waits_for(Disconnected).reason


def test_a_name_that_does_not_exist_is_explained(link: Links) -> None:
    kiosk = link(broker_at(1883, host="broker.invalid", insecure=True))
    assert "cannot be resolved" in kiosk.waits_for(Disconnected).reason


# --- Others than kiosks


def test_somebody_without_a_session_misses_what_came_while_away(link: Links, witness: Witness) -> None:
    guest: dict[str, Any] = {"client_id": "operator-1", "filters": ("kiosk/v1/+/event",), "durable": False}
    first = link(None, Identity(**guest))
    first.connects()
    first.close()
    witness.says(EVENT, b"missed")
    second = link(None, Identity(**guest))
    assert second.connects() == Connected(session_present=False)
    witness.says(EVENT, b"seen")
    assert second.gets().payload == b"seen"


def test_somebody_who_only_publishes_needs_neither_filters_nor_a_will(link: Links, witness: Witness) -> None:
    service = link(None, Identity(client_id="forwarder", durable=False))
    service.connects()
    service.publishes(b"{}", f"{BASE}/notify/midtrans")
    assert witness.hears().topic == f"{BASE}/notify/midtrans"
    service.client.close(Message(STATUS, b"several"), Message(EVENT, b"words"))
    assert [witness.hears().payload, witness.hears().payload] == [b"several", b"words"]
