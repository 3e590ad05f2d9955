"""The token: for how long one is used, and who fetches it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.errors import Unreachable
from kiosk.gateways.answers import AnswerError
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.snap_token import Granted, TokenKeeper, granted_in, token_in
from tests.gateways.doku_papers import granted, vectors
from tests.gateways.provider import PATIENT


class Clock:
    """A clock that a test winds on."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


class Door:
    """Grants tokens numbered from 1."""

    def __init__(self, seconds: float = 840.0) -> None:
        self.seconds = seconds
        self.fetched = 0
        self.open = threading.Event()
        self.open.set()
        self.waiting = threading.Event()

    def __call__(self, deadline: Deadline) -> Granted:
        self.fetched += 1
        number = self.fetched
        self.waiting.set()
        assert self.open.wait(PATIENT)
        return Granted(f"token {number}", self.seconds)


def keeper(door: Callable[[Deadline], Granted], clock: Clock | None = None) -> TokenKeeper:
    return TokenKeeper("doku", door, clock or Clock())


def current(kept: TokenKeeper, refused: str = "", seconds: float = PATIENT) -> str:
    return kept.current(Deadline(seconds), refused)


def test_a_token_is_used_until_its_time_is_over() -> None:
    """Python's library fetches while one is fresh and never once it is stale; Node's never fetches again."""
    sdk = vectors("doku_sdk_behaviour")
    fresh, stale = (sdk["python"][f"is_token_expired({which})"] for which in ("fresh", "from 2020"))
    assert (fresh, stale, sdk["node"]["isTokenInvalid_for_ten_year_old_token"]) == (True, False, False)
    clock, door = Clock(), Door()
    kept = keeper(door, clock)
    assert current(kept) == "token 1"
    clock.time += 839.9
    assert current(kept) == "token 1"
    clock.time += 0.1
    assert current(kept) == "token 2"
    clock.time += 10 * 365 * 86_400
    assert current(kept) == "token 3"


def test_the_time_counts_from_the_question_not_from_the_answer() -> None:
    clock = Clock()

    def slow(deadline: Deadline) -> Granted:
        clock.time += 500
        return Granted(f"token at {clock.time:g}", 840)

    kept = keeper(slow, clock)
    assert current(kept) == "token at 600"
    clock.time += 340
    assert current(kept) == "token at 1440"


def test_a_token_that_was_refused_is_not_given_again() -> None:
    kept = keeper(Door())
    assert current(kept) == "token 1"
    assert current(kept, refused="token 1") == "token 2"
    assert current(kept) == "token 2"


def test_a_token_refused_to_two_is_fetched_anew_once() -> None:
    door = Door()
    kept = keeper(door)
    current(kept)
    assert [current(kept, refused="token 1") for _ in range(2)] == ["token 2", "token 2"]
    assert door.fetched == 2


def test_one_lane_fetches_while_the_other_waits() -> None:
    door = Door()
    door.open.clear()
    kept = keeper(door)
    got: list[str] = []
    lanes = [threading.Thread(target=lambda: got.append(current(kept))) for _ in range(2)]
    for lane in lanes:
        lane.start()
    assert door.waiting.wait(PATIENT)
    door.open.set()
    for lane in lanes:
        lane.join()
    assert (got, door.fetched) == (["token 1", "token 1"], 1)


def test_who_waits_for_anothers_fetch_keeps_to_his_own_deadline() -> None:
    door = Door()
    door.open.clear()
    kept = keeper(door)
    lane = threading.Thread(target=current, args=(kept,))
    lane.start()
    assert door.waiting.wait(PATIENT)
    with pytest.raises(Unreachable, match=r"no token within 0\.2 s"):
        current(kept, seconds=0.2)
    door.open.set()
    lane.join()
    assert current(kept) == "token 1"


def test_a_deadline_that_is_over_waits_for_nobody() -> None:
    with pytest.raises(Unreachable, match="no token"):
        current(keeper(Door()), seconds=0)


def test_a_fetch_that_fails_leaves_the_door_to_the_next() -> None:
    answers: Iterator[Granted | Unreachable] = iter(
        [Unreachable("doku", "token", "gone"), Granted("token 2", 840)]
    )

    def fetch(deadline: Deadline) -> Granted:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = keeper(fetch)
    with pytest.raises(Unreachable):
        current(kept)
    assert current(kept) == "token 2"


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [(900, 840), ("900", 840), (3600, 840), (600, 540), ("90", 30), (60, 0), (0, -60)],
)
def test_a_token_is_left_alone_before_it_ends(expires: Any, seconds: float) -> None:
    assert granted_in(granted(expiresIn=expires)) == Granted("canary.b2b.token.1", seconds)


def test_a_token_too_short_to_keep_serves_one_call() -> None:
    door = Door(seconds=-60)
    kept = keeper(door)
    assert [current(kept), current(kept)] == ["token 1", "token 2"]


def test_the_answer_that_dokus_library_builds_is_understood() -> None:
    assert granted_in(vectors("doku_snap_token")["granted"]) == Granted("tok", 840)


@pytest.mark.parametrize(
    "changes",
    [
        {"expiresIn": None},
        {"expiresIn": "soon"},
        {"expiresIn": -900},
        {"expiresIn": 9.5},
        {"expiresIn": True},
        {"expiresIn": "9" * 30},
        {"accessToken": None},
        {"accessToken": ""},
        {"accessToken": "two words"},
        {"accessToken": "line\r\nX-More: 1"},
        {"accessToken": "é"},
        {"accessToken": "a" * 4097},
        {"tokenType": "Basic"},
        {"tokenType": None},
    ],
    ids=ascii,
)
def test_a_token_that_cannot_be_used_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        granted_in(granted(**changes))


def test_the_type_of_a_token_may_be_written_in_small_letters() -> None:
    assert token_in(granted(tokenType="bearer")) == "canary.b2b.token.1"
