"""The receiver as gateways meet it: over HTTP, with a real Redis behind it or a pretended one."""

import logging
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event

import pytest
from msgspec.structs import replace

from kiosk.webhooks.layout import Noted, read, stream_of
from tests.mqtt.broker import DEADLINE
from tests.webhooks import letters
from tests.webhooks.letters import ID, INVOICE, Letter
from tests.webhooks.redis_server import FORGETFUL, FakeServer, RedisServer, Store
from tests.webhooks.serving import Answer, Service

ALL = {
    "midtrans": letters.midtrans(),
    "doku legacy": letters.legacy(),
    "doku json": letters.nonsnap_letter(),
    "doku_indodana": letters.nonsnap_letter(path="/doku_indodana"),
    "interactive": letters.interactive(),
    "indodana": letters.indodana(),
}


def entries(store: Store, partition: int = 0) -> list[Noted]:
    with store.client() as client:
        found = [read(fields) for _, fields in client.xrange(stream_of(partition))]
    return [noted for noted in found if noted]


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


@pytest.fixture
def service(fake: FakeServer) -> Iterator[Service]:
    with Service(fake) as each:
        yield each


@pytest.mark.parametrize("name", ALL)
def test_a_notification_is_in_the_stream_when_it_is_answered(store: Store, name: str) -> None:
    with Service(store) as service:
        answer = service.takes(ALL[name])
        (entry,) = entries(store)
    assert answer.status == 200
    reference = INVOICE if name == "interactive" else ID
    assert (entry.gateway, entry.kiosk, entry.reference) == (name.partition(" ")[0], "K01", reference)


def test_nothing_of_a_payer_is_kept_or_logged(fake: FakeServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    letter = letters.legacy(CUSTOMERNAME="SITI RAHAYU", CUSTOMERPAN="9360050110001187249")
    with Service(fake) as service:
        assert service.takes(letter).status == 200
        assert service.takes(letters.legacy(CUSTOMERNAME="SITI RAHAYU", WORDS="forged")).status == 403
        assert service.takes(letters.interactive()).status == 200
    with fake.client() as client:
        kept = repr(client.xrange(stream_of(0)))
    told = kept + caplog.text + repr([vars(record) for record in caplog.records])
    assert ID in kept
    for secret in ("SITI", "93600501", "A PAYER", letters.SHARED_KEY.reveal()):
        assert secret not in told


def test_the_same_again_within_a_minute_is_one_entry(service: Service, fake: FakeServer) -> None:
    answers = [service.takes(letters.midtrans()).status for _ in range(3)]
    answers += [service.takes(letters.midtrans(transaction_status="cancel")).status]
    assert answers == [200] * 4
    assert len(entries(fake)) == 2
    assert service.counts == {"kept": 2, "repeated": 2}


def test_the_same_order_from_two_gateways_are_two_entries(service: Service, fake: FakeServer) -> None:
    service.takes(letters.indodana(status="new word"))
    service.takes(letters.nonsnap_letter(path="/doku_indodana", status="new word"))
    assert [entry.gateway for entry in entries(fake)] == ["indodana", "doku_indodana"]


def test_one_machine_cannot_be_flooded(service: Service, fake: FakeServer) -> None:
    """InterActive signs nothing, so anybody can invent invoices; neighbours and other gateways are heard."""
    answers = [service.takes(letters.interactive(invoice=number)).status for number in range(1, 100)]
    assert set(answers) == {200, 429}
    assert len(entries(fake)) == 60
    assert service.takes(letters.interactive("K02")).status == 200
    assert service.takes(letters.midtrans()).status == 200


BAD: dict[str, tuple[Letter, int, str]] = {
    "forged": (letters.midtrans(signature_key="0" * 128), 403, "refused.midtrans.forged"),
    "unsigned": (letters.midtrans(signature_key=""), 403, "refused.midtrans.unsigned"),
    "forged legacy": (letters.legacy(WORDS="0" * 40), 403, "refused.doku.forged"),
    "malformed": (replace(letters.midtrans(), body=b"{"), 400, "refused.midtrans.malformed"),
    "wrong type": (
        replace(letters.midtrans(), headers={"content-type": "text/xml"}), 415, "refused.midtrans.wrong_type"
    ),
    "too large": (replace(letters.midtrans(), body=b" " * 65537), 413, "refused.midtrans.too_large"),
    "snap": (
        replace(letters.nonsnap_letter(), headers={"x-signature": "s", "content-type": letters.JSON}),
        404, "refused.doku.unsupported",
    ),
    "not ours": (letters.midtrans("KIOSK01-000001"), 200, "nobodys.midtrans.other_order"),
    "no order": (letters.interactive(invoice="../x"), 200, "nobodys.interactive.no_order"),
    "unknown kiosk": (letters.midtrans("J01" + ID[3:]), 200, "nobodys.midtrans.other_kiosk"),
    "unknown kiosk's address": (letters.interactive("J01"), 404, "refused.interactive.no_such_address"),
    "no kiosk's address": (letters.interactive("k1"), 404, "refused.interactive.no_such_address"),
    "kiosk in disguise": (letters.interactive("%4b01"), 404, "refused.interactive.no_such_address"),
    "gateway in disguise": (
        replace(letters.midtrans(), path="/%6didtrans"), 404, "refused.midtrans.no_such_address"
    ),
    "path tricks": (replace(letters.midtrans(), path="/interactive/../midtrans"), 404,
                    "refused.no_such_address"),
    "slash before": (replace(letters.midtrans(), path="//midtrans"), 404, "refused.no_such_address"),
    "slash behind": (replace(letters.midtrans(), path="/midtrans/"), 404, "refused.no_such_address"),
    "capitals": (replace(letters.midtrans(), path="/MIDTRANS"), 404, "refused.no_such_address"),
    "kiosk with a path": (letters.interactive("K01/../K02"), 404, "refused.no_such_address"),
    "token": (replace(letters.midtrans(), path="/authorization/v1/access-token/b2b"), 404,
              "refused.no_such_address"),
}  # fmt: skip


@pytest.fixture(scope="module")
def strict() -> Iterator[tuple[Service, FakeServer]]:
    """One service for all that is refused; its machines begin with a K."""
    with FakeServer() as fake, Service(fake, kiosks=("K*",)) as service:
        yield service, fake


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_its_answer_one_counter_and_no_entry(
    strict: tuple[Service, FakeServer], name: str
) -> None:
    service, fake = strict
    letter, status, kind = BAD[name]
    before = Counter(service.counts)
    assert service.takes(letter).status == status
    assert Counter(service.counts) - before == {kind: 1}
    assert entries(fake) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_another_method_is_told_which_one_there_is(strict: tuple[Service, FakeServer], method: str) -> None:
    service, _ = strict
    before = Counter(service.counts)
    answer = service.asked("/midtrans", method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert Counter(service.counts) - before == {"refused.wrong_method": 1}


def test_a_flood_of_bad_input_is_one_line_a_second(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kiosk")
    service.tally._now = lambda: 0.0
    for _ in range(50):
        service.takes(letters.midtrans(signature_key="0" * 128))
        service.takes(replace(letters.midtrans(), body=b"{"))
    lines = [vars(record)["fields"]["kind"] for record in caplog.records]
    assert lines == ["refused.midtrans.forged", "refused.midtrans.malformed"]
    assert set(service.counts.values()) == {50}


def test_what_is_no_http_is_one_line_a_second_too(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    service.tally._now = lambda: 0.0
    for _ in range(20):
        service.says(b"HELLO\r\n\r\n")
    assert [record.name for record in caplog.records] == ["kiosk"]
    assert service.counts == {"refused.no_http": 20}


def test_a_gateway_without_a_table_has_no_address(fake: FakeServer) -> None:
    with Service(fake, gateways=("midtrans",)) as service:
        assert service.takes(letters.midtrans()).status == 200
        assert service.takes(letters.indodana()).status == 404


def test_everything_for_gateways_is_under_the_public_prefix(fake: FakeServer) -> None:
    letter = letters.nonsnap_letter(path="/hooks/pay/doku")
    with Service(fake, prefix="/hooks/pay") as service:
        assert service.takes(letter).status == 200
        assert service.takes(letters.nonsnap_letter()).status == 404
        assert service.asked("/hooks/pay/look-at-the-machine").status == 200
        assert service.asked("/healthz").status == 200


def test_what_stands_behind_the_address_is_signed_too(fake: FakeServer) -> None:
    with Service(fake) as service:
        assert service.takes(letters.nonsnap_letter(path="/doku?a=b%20c")).status == 200
        moved = replace(letters.nonsnap_letter(path="/doku?a=b"), path="/doku?a=c")
        assert service.takes(moved).status == 403


def test_the_page_after_a_paylater_sends_the_customer_back_to_the_machine(service: Service) -> None:
    answer = service.asked("/look-at-the-machine?anything=1")
    assert answer.status == 200
    assert b"Lihat layar mesin" in answer.body
    assert b"Look at the machine" in answer.body
    assert "server" not in answer.headers, "strangers need not know what serves"


def test_a_body_in_pieces_of_unknown_length_is_bounded_too(service: Service) -> None:
    pieces = b"10000\r\n" + b" " * 65536 + b"\r\n" + b"1\r\n \r\n0\r\n\r\n"
    head = b"POST /midtrans HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    assert service.says(head + pieces).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\nx: " + b"y" * 20_000 + b"\r\n\r\n", b"431"),
        (b"GET /" + b"y" * 20_000 + b" HTTP/1.1\r\n\r\n", b"431"),
        (b"GET /healthz HTTP/1.1\r\n" + b"x: y\r\n" * 5000 + b"\r\n", b"431"),
        (b"GET /healthz HTTP/1.1\r\nx: " + b"y" * 20_000, b"431"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"400"),
        (b"HELLO\r\n\r\n", b"400"),
        (b"POST /midtrans HTTP/1.1\r\ncontent-length: -1\r\n\r\n", b"400"),
        (b"POST /midtrans HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n", b"413"),
        (
            b"POST /midtrans HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            b"400",
        ),
    ],
)
def test_what_is_no_request_of_ours_is_answered_and_hung_up_on(
    service: Service, raw: bytes, status: bytes
) -> None:
    assert service.says(raw).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    "start",
    [b"", b"P", b"POST /midtrans HTTP/1.1\r\n", b"POST /midtrans HTTP/1.1\r\ncontent-length: 9\r\n\r\n{"],
)
def test_who_is_slow_is_cut_off(fake: FakeServer, start: bytes) -> None:
    with Service(fake, in_time=0.2) as service:
        assert b" 200 " not in service.says(start)
        assert service.counts["refused.slow"] == 1
    assert entries(fake) == []


def test_who_hangs_up_in_the_middle_is_counted_and_is_no_error_of_ours(
    service: Service, fake: FakeServer
) -> None:
    with socket.create_connection(("127.0.0.1", service.state.port), timeout=DEADLINE) as line:
        line.sendall(b"POST /midtrans HTTP/1.1\r\ncontent-length: 9\r\n\r\n{")
        assert service.asked("/healthz").status == 200, "it has read what came before"
    assert service.tally.reaches("gone", 1)
    assert service.counts == {"gone": 1}
    assert entries(fake) == []


def test_who_drips_is_cut_off_however_often(fake: FakeServer) -> None:
    """A byte now and then is no sign of good will."""
    with (
        Service(fake, in_time=2.0) as service,
        socket.create_connection(("127.0.0.1", service.state.port), timeout=DEADLINE) as line,
    ):
        line.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 200")
        line.settimeout(0.05)
        for _ in range(200):
            try:
                line.sendall(b"\r\n")
                if not line.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("it was never cut off")
        assert service.counts == {"refused.slow": 1}


def test_who_comes_while_too_many_are_there_is_told_to_come_again_and_counted(
    fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.webhooks.impatience.AT_ONCE", 2)
    with Service(fake) as service, socket.create_connection(("127.0.0.1", service.state.port)) as idle:
        assert service.takes(letters.midtrans()).status == 503
        assert service.counts == {"refused.crowded": 1}
        idle.close()
        while service.takes(letters.midtrans()).status == 503:
            Event().wait(0.01)  # until it is noticed that he left
    assert len(entries(fake)) == 1


def is_gone(service: Service) -> bool:
    try:
        service.asked("/healthz")
    except OSError:
        return True
    return False


def test_what_is_under_way_is_finished_by_who_is_told_to_stop(service: Service, fake: FakeServer) -> None:
    letter = letters.midtrans()
    head = f"POST /midtrans HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {len(letter.body)}"
    with socket.create_connection(("127.0.0.1", service.state.port), timeout=DEADLINE) as line:
        line.sendall(head.encode() + b"\r\n\r\n" + letter.body[:9])
        assert service.asked("/healthz").status == 200, "it has read what came before"
        service.leaves()
        assert any(is_gone(service) for _ in range(10_000)), "nobody else is let in"
        Event().wait(0.3)  # uvicorn gives a tenth of a second to everybody, and nobody tells when it is over
        line.sendall(letter.body[9:])
        assert line.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert len(entries(fake)) == 1


def test_a_connection_is_used_again(service: Service) -> None:
    letter = letters.midtrans()
    size = len(letter.body)
    head = f"POST /midtrans HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {size}\r\n".encode()
    both = head + b"\r\n" + letter.body + head + b"connection: close\r\n\r\n" + letter.body
    assert service.says(both).count(b"HTTP/1.1 200 OK") == 2


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path / "redis", *FORGETFUL) as server:
        yield server


def state_of(service: Service) -> tuple[Answer, Answer, Answer]:
    return service.takes(letters.midtrans()), service.asked("/readyz"), service.asked("/healthz")


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_without_redis_gateways_are_told_to_come_again_and_with_it_all_is_well(
    redis_server: RedisServer, how: str, in_haste: Callable[[], AbstractContextManager[None]]
) -> None:
    away, back = {
        "killed": (redis_server.kill, redis_server.start),
        "frozen": (redis_server.freeze, redis_server.thaw),
    }[how]
    with Service(redis_server) as service:
        assert [answer.status for answer in state_of(service)] == [200, 200, 200]
        away()
        with in_haste():
            assert service.takes(letters.midtrans(transaction_status="cancel")).status == 503
            assert service.asked("/readyz").status == 503
            assert service.asked("/healthz").status == 200
        back()
        assert [answer.status for answer in state_of(service)] == [200, 200, 200]
        counts = service.counts
    assert (counts["kept"], counts["stream_away"], counts["stream_back"]) == (2, 1, 1)
    assert "repeated" not in counts, "nobody knows what a Redis that was away has lost"


def test_the_same_again_is_not_promised_while_nobody_knows_of_the_first(
    redis_server: RedisServer, in_haste: Callable[[], AbstractContextManager[None]]
) -> None:
    with Service(redis_server) as service, ThreadPoolExecutor(2) as hands:
        redis_server.freeze()
        with in_haste():
            answers = [*hands.map(service.takes, [letters.midtrans()] * 2)]
        redis_server.thaw()
        assert [answer.status for answer in answers] == [503, 503]
        assert service.takes(letters.midtrans()).status == 200


def test_a_redis_without_room_is_one_that_is_away(redis_server: RedisServer) -> None:
    with redis_server.client() as client, Service(redis_server) as service:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        assert service.takes(letters.midtrans()).status == 503
        client.config_set("maxmemory", "0")
        assert service.takes(letters.midtrans()).status == 200


def test_an_error_of_ours_is_503_and_says_nothing_of_the_payer(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("SITI RAHAYU")

    monkeypatch.setattr("kiosk.webhooks.receiver.judge", broken)
    assert service.takes(letters.midtrans()).status == 503
    assert service.counts == {"errors": 1}
    assert "SITI" not in caplog.text + repr([vars(record) for record in caplog.records])


def test_hints_lie_where_their_machine_belongs(fake: FakeServer) -> None:
    with Service(fake, partitions=4) as service:
        for number in range(10, 30):
            assert service.takes(letters.interactive(f"K{number}")).status == 200
    found = [{entry.kiosk for entry in entries(fake, partition)} for partition in range(4)]
    assert sum(map(len, found)) == 20
    assert all(found)
