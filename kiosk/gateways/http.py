"""One call to a provider over HTTP: within its time, within its size, and nothing of it in an error.

Redirects are never followed, TLS is always verified, the environment's proxies are ignored, and plain HTTP
goes to our own simulator only.  This is the one module that knows the HTTP library.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, TypeAlias

from msgspec import Struct
from urllib3.exceptions import HTTPError, SSLError

from kiosk import __version__
from kiosk.errors import Misconfigured, Unreachable, Unreadable
from kiosk.gateways.answers import AnswerError, read_object
from kiosk.gateways.charsets import never_guessed
from kiosk.gateways.deadline import Deadline, Watch, WatchedPool, WatchedTlsPool
from kiosk.model import Environment

with never_guessed():
    import requests
    from requests.adapters import HTTPAdapter

# Its lines hold whole addresses, and there are providers that want their key in the address.
logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)

LARGEST_ANSWER: Final = 64 * 1024
# Routers forget a silent connection without a word; the next sale would wait on it for its whole deadline.
_KEPT_FOR: Final = 30.0
# A Date beyond them would make times that no calendar has.
_YEARS: Final = range(2000, 2100)
# More than a call lasts, less than the windows in which providers accept a moment.
_CLOCK_OFF: Final = 60.0
_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9.-]+)(:[0-9]{1,5})?")
_HEADERS: Final = {"User-Agent": f"qris-kiosk/{__version__}", "Accept-Encoding": "identity"}
_LOST: Final = {
    "kept": "the connection broke off before a whole answer",
    "name": "its name cannot be resolved; see to the network or the DNS server",
    "dialling": "no connection; see to the network",
    "talking": "the connection broke off before a whole answer",
}


class Answer(Struct, frozen=True):
    """What came back, no redirect and nothing of 500 and above; names of headers in small letters."""

    status: int
    content: bytes
    headers: dict[str, str] = {}


def serialise(body: Mapping[str, Any]) -> bytes:
    """The bytes of a request: made once, so that what is signed is what is sent."""
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()


class Http:
    """Calls to one host for one gateway, from any number of threads.

    `now` is the wall clock, in seconds since 1970.  `offset` is how many seconds the gateway's clock is
    ahead of it, None until an answer over verified TLS (or from the simulator) has told.
    """

    def __init__(
        self, gateway: str, base_url: str, environment: Environment, now: Callable[[], float]
    ) -> None:
        self._gateway = gateway
        self._base_url = _checked(gateway, base_url, environment)
        self._now = now
        self._idle: list[_Line] = []
        self.offset: float | None = None

    def send(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        deadline: Deadline,
        headers: Mapping[str, str],
        body: bytes | None = None,
        largest: int = LARGEST_ANSWER,
        once: bool = False,
    ) -> Answer:
        """One answer within the deadline, or `Unreachable` or `Unreadable`.

        Only a GET is ever sent a second time, and only where the provider had closed a kept connection;
        `once` is for a GET that must not: it has a connection of its own, which nothing else goes over.
        """
        call = _Call(method, self._base_url + path, {**_HEADERS, **headers}, body, largest, once)
        outcome = self._carried_out(call, deadline)
        # Raised out here, where no exception of the library, which holds URL and headers, hangs on it.
        if isinstance(outcome, _Lost):
            raise Unreachable(self._gateway, operation, outcome.reason)
        if isinstance(outcome, _Unfit):
            raise Unreadable(self._gateway, operation, outcome.reason)
        if outcome.status >= 500 or outcome.status == 429:
            raise Unreachable(self._gateway, operation, "it answers with an error", str(outcome.status))
        return outcome

    def read(self, operation: str, answer: Answer) -> dict[str, Any]:
        """The JSON object of an answer, or `Unreadable`."""
        with self.reading(operation):
            return read_object(answer.content)

    @contextmanager
    def reading(self, operation: str) -> Iterator[None]:
        """Turns an answer that does not say what it should into `Unreadable`."""
        try:
            yield
        except AnswerError as error:
            raise Unreadable(self._gateway, operation, str(error)) from None

    def gateway_time(self) -> float:
        """The wall clock, put right by what the gateway told; seconds since 1970."""
        return self._now() + (self.offset or 0.0)

    def timed(self, send: Callable[[float], Answer]) -> Answer:
        """What `send` brings for the provider's time; once more where a 401 told that ours was wrong."""
        at = self.gateway_time()
        answer = send(at)
        if answer.status == 401 and abs(self.gateway_time() - at) > _CLOCK_OFF:
            return send(self.gateway_time())
        return answer

    def close(self) -> None:
        """Close the kept connections."""
        while self._idle:
            self._idle.pop().close()

    def _carried_out(self, call: "_Call", deadline: Deadline) -> "_Outcome":
        line = _Line(self._now) if call.once else self._free_line()
        outcome = line.carry_out(call, deadline)
        if isinstance(outcome, _Lost) and outcome.is_stale and call.method == "GET" and not call.once:
            outcome = line.carry_out(call, deadline)
        if isinstance(outcome, Answer) and not call.once:
            self._idle.append(line)
        else:
            line.close()
        if line.offset is not None:
            self.offset = line.offset
        return outcome

    def _free_line(self) -> "_Line":
        with suppress(IndexError):
            while not (line := self._idle.pop()).is_fresh:
                line.close()
            return line
        return _Line(self._now)


def _checked(gateway: str, base_url: str, environment: Environment) -> str:
    found = _ORIGIN.fullmatch(base_url)
    if found is None:
        raise Misconfigured(gateway, "start", "its address must be https://host, without path or user")
    is_loopback = found[2] == "127.0.0.1"
    if is_loopback != (environment is Environment.SIMULATOR):
        raise Misconfigured(gateway, "start", f"its address is not one for the {environment}")
    if found[1] == "http" and not is_loopback:
        raise Misconfigured(gateway, "start", "its address must begin with https://")
    return base_url


class _Call(Struct, frozen=True):
    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    largest: int
    once: bool


class _Lost(Struct, frozen=True):
    """No whole answer; stale means that it failed on a connection kept from an earlier call."""

    reason: str
    is_stale: bool = False


class _Unfit(Struct, frozen=True):
    """An answer that will not be read."""

    reason: str


_Outcome: TypeAlias = Answer | _Lost | _Unfit


class _Adapter(HTTPAdapter):
    """Requests' transport, on connections that a watch can cut."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(WatchedPool, watch=self._watch),
            "https": partial(WatchedTlsPool, watch=self._watch),
        }


class _Session(requests.Session):
    """Knows no redirects: to see where one leads, the library reads and unpacks all of it, without limit."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class _Line:
    """A session with at most one connection, used by one call at a time."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._watch = Watch()
        self._session = _Session()
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter(self._watch))
        self._used_at = time.monotonic()
        self.offset: float | None = None

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self._used_at < _KEPT_FOR

    def carry_out(self, call: _Call, deadline: Deadline) -> _Outcome:
        try:
            with self._watch.over(deadline):
                outcome = self._exchange(call, deadline)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return self._lost(error, deadline)
        self._used_at = time.monotonic()
        # A cut looks like the end of an answer that never said its length.
        return self._lost(TimeoutError(), deadline) if self._watch.is_cut else outcome

    def close(self) -> None:
        self._session.close()

    def _exchange(self, call: _Call, deadline: Deadline) -> Answer | _Unfit:
        with self._session.request(
            call.method,
            call.url,
            headers=call.headers,
            data=call.body,
            timeout=deadline.left(),
            allow_redirects=False,
            stream=True,
        ) as response:
            self._learn_time(response.headers.get("Date", ""))
            if 300 <= response.status_code < 400:
                return _Unfit("it answers with a redirect, which is never followed")
            if response.headers.get("Content-Encoding", "identity") != "identity":
                return _Unfit("it answers in an encoding nobody asked for")
            return _whole(response, call.largest)

    def _learn_time(self, date: str) -> None:
        with suppress(ValueError, TypeError, OverflowError, IndexError):
            moment = parsedate_to_datetime(date[:40])
            if moment.year not in _YEARS:
                return
            self.offset = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - self._now()

    def _lost(self, error: Exception, deadline: Deadline) -> _Lost:
        if self._watch.is_cut or deadline.is_over or isinstance(error, TimeoutError | requests.Timeout):
            return _Lost(f"no whole answer within {deadline.seconds:g} s")
        if isinstance(error, requests.exceptions.SSLError | SSLError):
            return _Lost("its TLS certificate is not accepted; see to the clock and the network")
        return _Lost(_LOST[self._watch.stage], is_stale=self._watch.stage == "kept")


def _whole(response: requests.Response, largest: int) -> Answer | _Unfit:
    content = bytearray()
    for piece in response.raw.stream(8192, decode_content=False):
        content += piece
        if len(content) > largest:
            return _Unfit(f"its answer is longer than {largest} bytes")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, bytes(content), headers)
