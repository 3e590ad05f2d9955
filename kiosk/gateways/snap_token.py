"""SNAP's access token: one for all calls, kept for as long as a clock says that nobody sets.

One caller fetches it while the others wait.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

from msgspec import Struct

from kiosk.errors import Unreachable
from kiosk.gateways.answers import AnswerError, text_in
from kiosk.gateways.deadline import Deadline

LONGEST_USE: Final = 840.0
MARGIN: Final = 60.0
"""Seconds a token is left alone before it ends: a call that begins with it must also end with it."""

# It travels in a header, so nothing else may be in it.
_TOKEN: Final = re.compile(r"[!-~]{1,4096}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


class Granted(Struct, frozen=True):
    """A token as it was given; `seconds` is how long it may be used."""

    text: str
    seconds: float


def is_token(text: str) -> bool:
    """Whether a text can stand behind `Bearer`."""
    return _TOKEN.fullmatch(text) is not None


def token_in(body: Mapping[str, Any]) -> str:
    """The accessToken of an answer.  Raises `AnswerError`."""
    text = text_in(body, "accessToken", longest=4096)
    if not is_token(text) or text_in(body, "tokenType").lower() != "bearer":
        raise AnswerError("the answer's accessToken is none that can be used")
    return text


def granted_in(body: Mapping[str, Any]) -> Granted:
    """A token and how long it may be used, from expiresIn, a number or a string.  Raises `AnswerError`."""
    expires = body.get("expiresIn")
    if not isinstance(expires, str | int) or not _SECONDS.fullmatch(str(expires)):
        raise AnswerError("the answer's expiresIn is no number of seconds")
    return Granted(token_in(body), min(LONGEST_USE, int(expires) - MARGIN))


class TokenKeeper:
    """The token of one gateway, for any number of threads; `clock` counts seconds and is never set."""

    def __init__(
        self,
        gateway: str,
        fetch: Callable[[Deadline], Granted],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._fetch = fetch
        self._clock = clock
        self._turn = Lock()
        self._text = ""
        self._until = 0.0

    def current(self, deadline: Deadline, refused: str = "") -> str:
        """A token that still holds and is not `refused`, fetched if there is none."""
        with self._my_turn(deadline):
            asked_at = self._clock()
            if self._text in ("", refused) or asked_at >= self._until:
                self._text = ""
                granted = self._fetch(deadline)
                self._text, self._until = granted.text, asked_at + granted.seconds
            return self._text

    @contextmanager
    def _my_turn(self, deadline: Deadline) -> Iterator[None]:
        try:
            is_mine = self._turn.acquire(timeout=deadline.left())
        except TimeoutError:
            is_mine = False
        if not is_mine:
            raise Unreachable(self._gateway, "token", f"no token within {deadline.seconds:g} s")
        try:
            yield
        finally:
            self._turn.release()
