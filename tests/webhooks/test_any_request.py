"""Whatever is sent, the answer is one that a gateway understands, and it is never 500."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.webhooks import letters
from tests.webhooks.letters import Letter
from tests.webhooks.redis_server import FakeServer
from tests.webhooks.serving import Service

LETTERS = (
    letters.midtrans(),
    letters.legacy(),
    letters.nonsnap_letter(),
    letters.nonsnap_letter(path="/doku_indodana"),
    letters.interactive(),
    letters.indodana(),
)
EXPECTED = {str(status).encode() for status in (200, 400, 403, 404, 405, 411, 413, 415, 417, 429, 431, 503)}
UPGRADE = b"Upgrade: websocket\r\nConnection: upgrade\r\n"
SNIPPETS = st.sampled_from(
    [b"", b"\x00", b"\r\n", b"\r\n\r\n", b"%2e%2e/", b"../", b"\xff\xfe", b"9" * 400, b"{", b'"', b"[" * 200,
     b"Transfer-Encoding: chunked\r\n", b"Content-Length: 7\r\n", UPGRADE, b"Expect: 100-continue\r\n",
     b"content-encoding: gzip\r\n", b"null", b"1e999", b"\\ud800", b"&&==%zz"]
)  # fmt: skip


def raw(letter: Letter) -> bytes:
    headers = {**letter.headers, "host": "x", "connection": "close", "content-length": str(len(letter.body))}
    lines = [f"POST {letter.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + letter.body


LONG = raw(replace(letters.interactive(), body=b'{"invoice":' + b"9" * 5000 + b"}"))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A notification with a few places cut out, doubled or overwritten."""
    message = raw(draw(st.sampled_from(LETTERS)))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(message)))
        end = min(len(message), start + draw(st.integers(0, 12)))
        filling = draw(SNIPPETS | st.binary(max_size=12) | st.just(message[start:end] * 2))
        message = message[:start] + filling + message[end:]
    return message


@pytest.fixture(scope="module")
def impatient() -> Iterator[Service]:
    with FakeServer() as fake, Service(fake, in_time=0.1) as each:
        yield each


def statuses(service: Service, message: bytes) -> list[bytes]:
    return [part[:3] for part in service.says(message).split(b"HTTP/1.1 ")[1:]]


GOODBYE = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
"""Ends a connection whose request no longer says that it is the last."""


@settings(max_examples=200, deadline=None)
@example(message=LONG)
@given(message=mutated())
def test_any_request_is_answered_or_hung_up_on_and_never_500(impatient: Service, message: bytes) -> None:
    before = impatient.counts.get("errors", 0)
    assert set(statuses(impatient, message + GOODBYE)) <= {*EXPECTED, b"100"}
    assert impatient.counts.get("errors", 0) == before, "an error that nobody expected"


def test_the_notifications_that_are_mutated_are_good_ones() -> None:
    with FakeServer() as fake, Service(fake) as service:
        assert [statuses(service, raw(letter)) for letter in LETTERS] == [[b"200"]] * len(LETTERS)
