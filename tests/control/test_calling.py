"""The command line's end of the socket, against the real server."""

import socket
from pathlib import Path
from threading import Event, Thread

import pytest

from kiosk.control import calling
from kiosk.control.calling import Call, HungUp, NotRunning
from kiosk.errors import KioskError
from kiosk.mqtt.reports import Answer
from tests.control.desk import PATIENCE, Inbox, answer, serving


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the socket lies."""
    return tmp_path / "control"


def answering(inbox: Inbox, *statuses: Answer) -> Thread:
    """A deciding thread that answers the next request."""

    def work() -> None:
        asked = inbox.asked()
        for status in statuses:
            answer(asked, status, args=asked.args)

    thread = Thread(target=work)
    thread.start()
    return thread


def test_every_answer_is_given_and_the_last_one_ends_it(path: Path) -> None:
    with serving(path) as inbox, Call(path) as call:
        thread = answering(inbox, Answer.ACCEPTED, Answer.DONE)
        replies = list(call.ask("refund", {"who": "Sari"}))
        thread.join()
    assert [reply.status for reply in replies] == [Answer.ACCEPTED, Answer.DONE]
    assert replies[0].data == {"args": {"who": "Sari"}}


def test_one_call_can_ask_twice(path: Path) -> None:
    with serving(path) as inbox, Call(path) as call:
        for _ in range(2):
            thread = answering(inbox, Answer.DONE)
            assert [reply.status for reply in call.ask("ping", {})] == [Answer.DONE]
            thread.join()


def test_where_nobody_ever_listened_the_kiosk_is_not_running(path: Path) -> None:
    with pytest.raises(NotRunning, match="not running"):
        Call(path)


def test_where_somebody_died_the_kiosk_is_not_running(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(NotRunning, match="not running"):
        Call(path)


def test_an_address_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(KioskError, match="cannot be called"):
        Call(tmp_path / ("x" * 200))


def test_a_kiosk_that_ends_before_its_last_answer_has_hung_up(path: Path) -> None:
    with serving(path) as inbox:
        call = Call(path)
        thread = answering(inbox, Answer.ACCEPTED)
        replies = call.ask("restart", {})
        assert next(replies).status is Answer.ACCEPTED
        thread.join()
    with pytest.raises(HungUp):
        next(replies)
    call.close()


def test_a_kiosk_that_says_nothing_is_not_waited_for_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "ANSWERS_WITHIN", 0.05)
    with serving(path), Call(path) as call, pytest.raises(KioskError, match="no answer within"):
        next(call.ask("ping", {}))


def test_after_the_first_answer_it_waits_as_long_as_it_takes(path: Path) -> None:
    with serving(path) as inbox, Call(path) as call:
        answered = Event()
        thread = Thread(target=lambda: answer_late(inbox, answered))
        thread.start()
        replies = call.ask("refund", {})
        first = next(replies)
        call._socket.settimeout(0.1)  # the patience for a first answer, had it been so short
        answered.set()
        assert [reply.status for reply in (first, *replies)] == [Answer.ACCEPTED, Answer.DONE]
        thread.join()


def answer_late(inbox: Inbox, answered: Event) -> None:
    """The last answer comes after the patience for a first one."""
    asked = inbox.asked()
    answer(asked, Answer.ACCEPTED)
    assert answered.wait(PATIENCE)
    Event().wait(0.3)
    answer(asked, Answer.DONE)


def test_what_answers_and_is_no_kiosk_is_said(path: Path) -> None:
    with socket.create_server(str(path), family=socket.AF_UNIX) as other, Call(path) as call:
        stranger, _ = other.accept()
        with stranger:
            stranger.sendall(b"220 mail.example ESMTP\n")
            with pytest.raises(KioskError, match="no kiosk of this version"):
                next(call.ask("ping", {}))
