"""The control socket itself: real sockets, real threads, bad company."""

import json
import os
import socket
import stat
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import pytest

from kiosk.control import Server, server, visit
from kiosk.control.asking import Asking
from kiosk.control.peers import Credentials
from kiosk.errors import KioskError
from kiosk.lanes import Died
from kiosk.mqtt.reports import Answer
from tests.control.desk import PATIENCE, Inbox, answer, calling, serving


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the socket lies."""
    return tmp_path / "control"


def test_a_request_reaches_the_inbox_and_its_answers_come_back_by_line(path: Path) -> None:
    with serving(path) as inbox, calling(path) as peer:
        peer.say("refund", claim_code="048217", who="Sari")
        asked = inbox.asked()
        assert (asked.name, asked.args) == ("refund", {"claim_code": "048217", "who": "Sari"})
        answer(asked, Answer.ACCEPTED)
        answer(asked, Answer.DONE, refunded=12_000)
        told = [peer.reply(), peer.reply()]
    assert [(each["id"], each["command"], each["status"]) for each in told] == [
        (asked.id, "refund", "accepted"),
        (asked.id, "refund", "done"),
    ]
    assert told[1]["data"] == {"refunded": 12_000}


def test_one_connection_may_ask_again_and_every_request_has_an_id_of_its_own(path: Path) -> None:
    ids = set()
    with serving(path) as inbox, calling(path) as peer:
        for _ in range(3):
            peer.say("ping")
            asked = inbox.asked()
            ids.add(asked.id)
            answer(asked)
            assert peer.reply()["id"] == asked.id
    assert len(ids) == 3


def test_the_next_request_waits_for_the_last_answer_to_the_one_before(path: Path) -> None:
    with serving(path) as inbox, calling(path) as peer:
        peer.say("restart")
        peer.say("ping")
        first = inbox.asked()
        answer(first, Answer.ACCEPTED)
        peer.reply()
        assert inbox.is_empty()
        answer(first)
        assert inbox.asked().name == "ping"


def test_a_peer_that_said_all_still_gets_its_answer(path: Path) -> None:
    with serving(path) as inbox, calling(path) as peer:
        peer.write(b'{"command":"ping"}')
        peer.socket.shutdown(socket.SHUT_WR)
        answer(inbox.asked())
        assert peer.reply()["status"] == "done"
        assert peer.is_hung_up_on()


def test_an_answer_to_a_peer_that_left_is_dropped_and_its_place_is_free(path: Path) -> None:
    with serving(path) as inbox:
        left = []
        for _ in range(server.MOST_VISITS):
            with calling(path) as peer:
                peer.say("refund")
                left.append(inbox.asked())
        with calling(path) as peer:
            peer.say("ping")
            for asked in left:
                answer(asked)
            answer(inbox.asked())
            assert peer.reply()["status"] == "done"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "empty"),
        (b"status", "bad_json"),
        (b"[1]", "bad_json"),
        (b"\xff\xfe", "bad_utf8"),
        (b'{"v":2,"command":"ping"}', "bad_version"),
        (b'{"command":"ping","command":"ping"}', "duplicate_key"),
        (b'{"command":"ping","exp":1}', "unknown_field"),
        (b'{"args":{}}', "missing_field"),
        (b'{"command":"../ping"}', "bad_value"),
        (b'{"command":7}', "bad_value"),
        (b'{"command":"ping","args":[]}', "bad_value"),
        (b'{"command":"stock","args":{"count":1.5}}', "bad_number"),
        (b'{"command":"ping","args":' + b'{"a":' * 20 + b"1" + b"}" * 21, "too_deep"),
    ],
)
def test_nonsense_is_refused_with_a_reason_and_the_next_line_is_heard(
    path: Path, line: bytes, reason: str
) -> None:
    with serving(path) as inbox, calling(path) as peer:
        peer.write(line + b'\n{"command":"ping"}\n')
        told = peer.reply()
        assert (told["status"], told["reason"]) == ("rejected", reason)
        assert inbox.asked().name == "ping"


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_an_oversized_line_is_refused_and_ends_the_connection(path: Path, end: bytes) -> None:
    with serving(path) as inbox, calling(path) as peer:
        peer.write(b"x" * (Asking.largest + 1) + end)
        assert peer.reply()["reason"] == "oversized"
        assert peer.is_hung_up_on()
        assert inbox.is_empty()


def test_the_largest_request_is_heard(path: Path) -> None:
    start = b'{"command":"ping","args":{"a":"'
    with serving(path) as inbox, calling(path) as peer:
        peer.write(start.ljust(Asking.largest - 3, b"x") + b'"}}\n')
        assert inbox.asked().name == "ping"


def test_a_request_may_come_a_byte_at_a_time(path: Path) -> None:
    with serving(path) as inbox, calling(path) as peer:
        for byte in b'{"command":"ping"}\n':
            peer.write(bytes([byte]))
        assert inbox.asked().name == "ping"


def test_nine_at_once_are_one_too_many(path: Path) -> None:
    with serving(path) as inbox, ExitStack() as all_of_them:
        for _ in range(server.MOST_VISITS):
            peer = all_of_them.enter_context(calling(path))
            peer.say("ping")
            inbox.asked()
        last = all_of_them.enter_context(calling(path))
        assert last.reply()["reason"] == "too_many"
        assert last.is_hung_up_on()


def test_silence_ends_a_connection(path: Path) -> None:
    now = [100.0]
    with serving(path, clock=lambda: now[0]) as inbox, calling(path) as mute, calling(path) as slow:
        slow.write(b'{"command":')
        _once_around(path)
        now[0] += visit.IDLE
        _once_around(path)
        assert mute.is_hung_up_on()
        assert slow.is_hung_up_on()
        assert inbox.is_empty()


def test_to_trickle_is_no_way_to_stay(path: Path) -> None:
    now = [100.0]
    with serving(path, clock=lambda: now[0]), calling(path) as peer:
        for _ in range(2):
            peer.write(b" ")
            _once_around(path)
            now[0] += visit.IDLE / 2
        _once_around(path)
        assert peer.is_hung_up_on()


def test_who_waits_for_the_machine_may_wait_long(path: Path) -> None:
    now = [100.0]
    with serving(path, clock=lambda: now[0]) as inbox, calling(path) as waiting:
        waiting.say("refund")
        asked = inbox.asked()
        now[0] += 86_400
        _once_around(path)
        answer(asked)
        assert waiting.reply()["status"] == "done"


def test_a_peer_that_takes_no_answer_is_hung_up_on_and_delays_nobody(path: Path) -> None:
    now = [100.0]
    with serving(path, clock=lambda: now[0]) as inbox, calling(path) as deaf:
        deaf.say("diagnostics")
        answer(inbox.asked(), text="x" * 1_000_000)
        with calling(path) as peer:
            peer.say("ping")
            answer(inbox.asked())
            assert peer.reply()["status"] == "done"
        now[0] += visit.IDLE
        _once_around(path)
        heard = sum(map(len, iter(lambda: deaf.socket.recv(65_536), b"")))
    assert 0 < heard < 1_000_000


def test_a_flood_is_slowed_down_and_answered_whole(path: Path) -> None:
    count = server.A_SECOND + 5
    with serving(path) as inbox, calling(path) as peer:
        sender = Thread(target=peer.write, args=(b'{"command":"ping"}\n' * count,))
        sender.start()
        ids = set()
        for _ in range(count):
            asked = inbox.asked()
            ids.add(asked.id)
            answer(asked)
        sender.join(PATIENCE)
        assert {peer.reply()["id"] for _ in range(count)} == ids


def test_within_one_second_no_more_are_taken(path: Path) -> None:
    now = [100.0]
    with serving(path, clock=lambda: now[0]) as inbox, calling(path) as peer:
        peer.write(b'{"command":"ping"}\n' * (server.A_SECOND + 1))
        for _ in range(server.A_SECOND):
            answer(inbox.asked())
            peer.reply()
        _once_around(path)
        assert inbox.is_empty()
        now[0] += 1
        _once_around(path)
        assert inbox.asked().name == "ping"


def _once_around(path: Path) -> None:
    """Wait until the server has looked after everybody, by somebody who comes and goes."""
    with calling(path) as passer_by:
        passer_by.socket.shutdown(socket.SHUT_WR)
        assert passer_by.is_hung_up_on()


def test_a_stranger_is_turned_away_unheard(path: Path) -> None:
    asked_about = []

    def stranger(connection: socket.socket) -> Credentials:
        asked_about.append(connection.family)
        return Credentials(os.geteuid() + 12_345, frozenset({54_321}))

    with serving(path, stranger) as inbox, calling(path) as peer:
        assert peer.reply()["reason"] == "not_allowed"
        assert peer.is_hung_up_on()
        assert inbox.is_empty()
    assert asked_about == [socket.AF_UNIX]


def test_a_peer_that_the_kernel_cannot_name_is_turned_away(path: Path) -> None:
    def unknown(connection: socket.socket) -> Credentials:
        raise OSError("it is gone")

    with serving(path, unknown) as inbox, calling(path) as peer:
        assert peer.is_hung_up_on()
        assert inbox.is_empty()


def test_the_kernel_says_who_asks_whatever_the_line_says(path: Path) -> None:
    with serving(path, lambda _: Credentials(0, frozenset())) as inbox, calling(path) as peer:
        peer.write(b'{"command":"ping","args":{"who":"somebody else"}}\n')
        assert inbox.asked().peer == "root"


def test_only_the_user_and_the_group_may_open_it(path: Path) -> None:
    with serving(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_the_socket_of_a_dead_process_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with serving(path) as inbox, calling(path) as peer:
        peer.say("ping")
        assert inbox.asked().name == "ping"


def test_the_socket_of_a_live_process_is_left_alone(path: Path) -> None:
    with serving(path) as inbox:
        with pytest.raises(KioskError, match="another kiosk listens there"):
            Server(path, inbox.put)
        with calling(path) as peer:
            peer.say("ping")
            assert inbox.asked().name == "ping"


def test_what_is_no_socket_is_left_alone(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(KioskError, match="is no socket"):
        Server(path, print)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("place", ["missing/control", "x" * 200])
def test_a_place_where_nothing_can_listen_is_named(tmp_path: Path, place: str) -> None:
    with pytest.raises(KioskError, match="cannot listen there"):
        Server(tmp_path / place, print)


def test_the_socket_goes_with_the_server_but_not_another_ones(path: Path) -> None:
    with serving(path):
        path.unlink()
        path.write_text("another")
    assert path.exists()
    path.unlink()
    with serving(path):
        pass
    assert not path.exists()


def test_a_server_that_never_started_leaves_nothing(path: Path) -> None:
    Server(path, print).close()
    assert not path.exists()


def test_the_last_answer_is_said_before_the_end(path: Path) -> None:
    inbox = Inbox()
    listening = Server(path, inbox.put)
    listening.start()
    with calling(path) as peer:
        peer.say("restart")
        answer(inbox.asked())
        listening.close()
        assert peer.reply()["status"] == "done"
        assert peer.is_hung_up_on()


def test_the_death_of_its_thread_is_told(path: Path) -> None:
    inbox, told = Inbox(), OSError("no more descriptors")

    def put(item: object) -> None:
        if not isinstance(item, Died):
            raise told
        inbox.put(item)

    listening = Server(path, put)
    listening.start()
    with calling(path) as peer:
        peer.say("ping")
        died = inbox.items.get(timeout=PATIENCE)
        assert isinstance(died, Died)
        assert (died.thread, died.error) == ("control", told)
        assert peer.is_hung_up_on()
    listening.close()


def test_a_request_is_one_line_of_json_as_documented() -> None:
    line = '{"v":1,"command":"resolve","args":{"claim_code":"048217","as":"void","who":"Sari"}}'
    assert set(json.loads(line)) == set(Asking.__struct_fields__)
