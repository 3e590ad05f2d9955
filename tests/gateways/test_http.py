"""One call: within its time, within its size, and nothing of it in an error."""

import shutil
import socket
import ssl
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from os import environ
from pathlib import Path
from typing import NoReturn

import pytest
from urllib3.exceptions import HTTPError

from kiosk.errors import GatewayError, Misconfigured, Unreachable, Unreadable
from kiosk.gateways.deadline import Deadline, Watch, WatchedTlsPool
from kiosk.gateways.http import Answer, Http, serialise
from kiosk.model import Environment
from tests.gateways.conftest import NOON
from tests.gateways.provider import (
    PATIENT,
    Drip,
    Line,
    Provider,
    Reply,
    answer,
    answer_json,
    raw,
    silence,
    then_hang_up,
)
from tests.ports import deaf_port

CANARY = "canary-key-0123456789"
NOTHING = Answer(200, b"{}", {"content-length": "2"})
WITH_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"
WITHOUT_LENGTH = b"HTTP/1.1 200 OK\r\n\r\n{}"


def call(http: Http, method: str = "GET", seconds: float = PATIENT, body: bytes | None = None) -> Answer:
    headers = {"Authorization": f"Basic {CANARY}"}
    return http.send(
        "status", method, f"/v2/{CANARY}", deadline=Deadline(seconds), headers=headers, body=body
    )


def everything_in(error: BaseException | None) -> str:
    """Whatever a log or a curious program could find on an error and the errors behind it."""
    if error is None:
        return ""
    said = f"{error} {error!r} {vars(error)} {error.args}" + "".join(traceback.format_exception(error))
    return said + everything_in(error.__cause__) + everything_in(error.__context__)


def test_an_answer_comes_back_as_it_was_sent(provider: Provider, http: Http) -> None:
    provider.says(answer(b"{}", 404))
    assert call(http, "POST", body=b"[1]") == Answer(404, b"{}", {"content-length": "2"})
    assert (provider.asked[0].method, provider.asked[0].body) == ("POST", b"[1]")


def printed(program: str) -> str:
    """What it prints in an interpreter of its own, in which a warning is an error."""
    words = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout


def test_no_guesser_of_charsets_is_loaded_and_nobody_is_warned_of_that() -> None:
    program = "import sys, kiosk.gateways.http; print({'chardet', 'charset_normalizer'} & sys.modules.keys())"
    assert printed(program) == "set()\n"


def test_who_wants_to_guess_charsets_still_can() -> None:
    program = "import kiosk.gateways.http, charset_normalizer; print(charset_normalizer.__name__)"
    assert printed(program) == "charset_normalizer\n"


def test_names_of_headers_come_in_small_letters(provider: Provider, http: Http) -> None:
    provider.says(answer(b"{}", headers=["SigNature: HMACSHA256=a+b/c="]))
    assert call(http).headers["signature"] == "HMACSHA256=a+b/c="


def test_the_library_logs_no_address(
    provider: Provider, http: Http, caplog: pytest.LogCaptureFixture
) -> None:
    """There are providers that want their key in it; a broken header alone makes the library say it."""
    caplog.set_level("DEBUG")
    provider.says(then_hang_up(raw(b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\n{}")))
    with suppress(GatewayError):
        call(http)
    assert CANARY not in caplog.text


def test_a_chunked_answer_is_put_together(provider: Provider, http: Http) -> None:
    provider.says(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
    assert call(http).content == b"{}"


def test_what_is_serialised_is_compact_and_has_no_number_that_is_none() -> None:
    assert serialise({"name": "Kopi é", "price": 1}) == b'{"name":"Kopi \\u00e9","price":1}'
    with pytest.raises(ValueError, match="JSON compliant"):
        serialise({"price": float("nan")})


@pytest.mark.parametrize(
    "reply",
    [
        silence,
        Drip(b" " * 40, WITH_LENGTH),
        Drip(b" " * 40, WITHOUT_LENGTH),
        Drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 60 + b"\r\nContent-Length: 0\r\n\r\n"),
    ],
    ids=["silent", "slow body", "slow body without length", "slow headers"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_call_is_over_at_its_deadline(provider: Provider, http: Http, reply: Reply, method: str) -> None:
    provider.says(reply)
    with pytest.raises(Unreachable, match=r"no whole answer within 0\.3 s"):
        call(http, method, seconds=0.3)
    provider.close()
    assert len(provider.asked) <= 1, "on a busy machine the time may be over before"


def test_a_call_whose_time_is_over_is_not_sent(provider: Provider, http: Http) -> None:
    with pytest.raises(Unreachable, match="no whole answer within 0 s"):
        call(http, seconds=0)
    assert provider.connections == 0


def endless(line: Line) -> bool:
    line.say(b"HTTP/1.1 200 OK\r\n\r\n")
    while not line.over.is_set():
        line.say(b" " * 8192)
    return False


@pytest.mark.parametrize(
    "reply",
    [
        endless,
        answer(b" " * (64 * 1024 + 1)),
        answer(b" " * 10_000_000),
    ],
    ids=["endless", "a byte too many", "10 MB"],
)
def test_an_answer_too_long_is_not_read(provider: Provider, http: Http, reply: Reply) -> None:
    provider.says(reply)
    with pytest.raises(Unreadable, match="longer than 65536 bytes"):
        call(http)


def test_the_longest_answer_is_read(provider: Provider, http: Http) -> None:
    provider.says(answer(b" " * 64 * 1024))
    assert len(call(http).content) == 64 * 1024


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(provider: Provider, http: Http, status: int) -> None:
    provider.says(answer(b"{}", status, [f"Location: {provider.url}/elsewhere"]))
    with pytest.raises(Unreadable, match="redirect"):
        call(http)
    assert len(provider.asked) == 1


def test_the_rest_of_a_redirect_is_not_read(provider: Provider, http: Http) -> None:
    """It could be of any length, and packed; the library would unpack all of it."""
    head = raw(b"HTTP/1.1 302 X\r\nLocation: /\r\nContent-Length: 1000000000\r\n\r\n")
    provider.says(lambda line: head(line) and silence(line))
    with pytest.raises(Unreadable, match="redirect"):
        call(http)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_trouble_on_the_other_side_says_nothing_whatever_the_body(
    provider: Provider, http: Http, status: int
) -> None:
    provider.says(answer(b"<html>", status))
    with pytest.raises(Unreachable) as caught:
        call(http)
    assert caught.value.code == str(status)


def test_a_packed_answer_is_not_unpacked(provider: Provider, http: Http) -> None:
    provider.says(answer(b"\x1f\x8b", 200, ["Content-Encoding: gzip"]))
    with pytest.raises(Unreadable, match="encoding nobody asked for"):
        call(http)
    assert provider.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "reply",
    [
        then_hang_up(),
        then_hang_up(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}")),
        then_hang_up(raw(b"SSH-2.0-OpenSSH\r\n")),
        then_hang_up(raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")),
        then_hang_up(
            raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n")
        ),
    ],
    ids=["nothing", "half a body", "no HTTP", "a broken chunk", "200 headers"],
)
def test_an_answer_that_breaks_off_says_nothing(provider: Provider, http: Http, reply: Reply) -> None:
    provider.says(reply)
    with pytest.raises(Unreachable, match="broke off"):
        call(http, "POST")
    assert len(provider.asked) == 1


def test_nobody_listening_says_nothing() -> None:
    with deaf_port() as port:
        http = Http("midtrans", f"http://127.0.0.1:{port}", Environment.SIMULATOR, lambda: NOON)
        with pytest.raises(Unreachable, match="no connection"):
            call(http)


def test_a_name_without_address_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the resolver says it; asked itself, it may take longer over a name than a call has."""

    def resolve(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    http = Http("midtrans", "https://kiosk.invalid", Environment.PRODUCTION, lambda: NOON)
    with pytest.raises(Unreachable, match="name cannot be resolved"):
        call(http)


def test_a_connection_is_kept_for_the_next_call(provider: Provider, http: Http) -> None:
    provider.says(answer(b"{}"))
    assert [call(http), call(http, "POST"), call(http)] == [NOTHING] * 3
    assert provider.connections == 1


def test_a_connection_long_unused_is_not_trusted(provider: Provider, http: Http) -> None:
    provider.says(answer(b"{}"))
    call(http)
    http._idle[0]._used_at -= 31
    call(http, "POST")
    assert provider.connections == 2


def test_a_question_is_asked_again_where_a_kept_connection_had_been_closed(
    provider: Provider, http: Http
) -> None:
    provider.says(answer(b"{}"), then_hang_up(), answer(b"{}"))
    call(http)
    assert call(http) == NOTHING
    assert (provider.connections, len(provider.asked)) == (2, 3)


def test_an_order_is_never_sent_twice(provider: Provider, http: Http) -> None:
    provider.says(answer(b"{}"), then_hang_up(), answer(b"{}"))
    call(http)
    with pytest.raises(Unreachable):
        call(http, "POST")
    assert [asked.method for asked in provider.asked] == ["GET", "POST"]


def test_what_must_be_sent_once_is_sent_once_and_over_a_connection_of_its_own(
    provider: Provider, http: Http
) -> None:
    """A GET that makes an invoice would make two."""
    provider.says(answer(b"{}"), then_hang_up(), answer(b"{}"))
    call(http)
    with pytest.raises(Unreachable):
        http.send("charge", "GET", "/", deadline=Deadline(PATIENT), headers={}, once=True)
    assert (provider.connections, len(provider.asked)) == (2, 2)


def test_a_connection_of_its_own_is_closed_behind_the_answer(provider: Provider, http: Http) -> None:
    """Kept, it would be one more open file for each poll."""
    provider.says(answer(b"{}"))
    for _ in range(3):
        http.send("charge", "GET", "/", deadline=Deadline(PATIENT), headers={}, once=True)
        assert http._idle == []
    assert provider.connections == 3


def test_a_question_is_asked_again_only_once(provider: Provider, http: Http) -> None:
    provider.says(answer(b"{}"), then_hang_up())
    call(http)
    with pytest.raises(Unreachable, match="broke off"):
        call(http)
    assert len(provider.asked) == 3


def test_a_call_after_a_failed_one_begins_anew(provider: Provider, http: Http) -> None:
    provider.says(silence)
    with pytest.raises(Unreachable):
        call(http, seconds=0.2)
    provider.says(answer(b"{}"))
    assert call(http) == NOTHING


def test_two_lanes_do_not_wait_for_each_other(provider: Provider, http: Http) -> None:
    both = threading.Barrier(2, timeout=PATIENT)

    def meet(line: Line) -> bool:
        both.wait()
        return answer(b"{}")(line)

    provider.says(meet)
    outcomes: list[Answer] = []
    lane = threading.Thread(target=lambda: outcomes.append(call(http)))
    lane.start()
    outcomes.append(call(http))
    lane.join()
    assert outcomes == [NOTHING] * 2


def test_no_cookie_is_kept(provider: Provider, http: Http) -> None:
    provider.says(answer(b"{}", 200, ["Set-Cookie: portal=1; Path=/"]))
    call(http)
    call(http)
    assert "cookie" not in provider.asked[1].headers


def test_the_proxies_of_the_environment_are_ignored(
    provider: Provider, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    provider.says(answer(b"{}"))
    assert call(http) == NOTHING


def test_the_time_is_learnt_from_an_answer(provider: Provider, http: Http) -> None:
    provider.says(answer(b"{}", date=NOON + 18_000))
    assert (http.offset, http.gateway_time()) == (None, NOON)
    call(http)
    assert (http.offset, http.gateway_time()) == (18_000, NOON + 18_000)


LAST_DAY = "Fri, 31 Dec 9999 23:59:59 -2359"


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 99 Aug 2026 03:00:00 GMT", "1" * 100, LAST_DAY])
def test_a_date_that_is_none_teaches_nothing(provider: Provider, http: Http, date: str) -> None:
    provider.says(answer(b"{}", 200, [f"Date: {date}"]))
    call(http)
    assert http.offset is None


@pytest.mark.parametrize(
    ("base_url", "environment"),
    [
        ("http://api.midtrans.com", Environment.PRODUCTION),
        ("http://127.0.0.1:8080", Environment.PRODUCTION),
        ("https://127.0.0.1", Environment.SANDBOX),
        ("http://192.168.0.1", Environment.SIMULATOR),
        ("https://api.midtrans.com", Environment.SIMULATOR),
        ("http://localhost", Environment.SIMULATOR),
        ("https://user@api.midtrans.com", Environment.PRODUCTION),
        ("https://api.midtrans.com/v2", Environment.PRODUCTION),
        ("ftp://127.0.0.1", Environment.SIMULATOR),
        ("", Environment.PRODUCTION),
    ],
)
def test_an_address_not_fit_for_its_environment_is_refused(base_url: str, environment: Environment) -> None:
    with pytest.raises(Misconfigured, match="address"):
        Http("midtrans", base_url, environment, lambda: NOON)


@pytest.mark.parametrize(
    "reply",
    [
        silence,
        then_hang_up(),
        answer(CANARY.encode(), 302, [f"Location: http://127.0.0.1/{CANARY}"]),
        answer(CANARY.encode(), 500),
        then_hang_up(raw(f"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{CANARY}".encode())),
        then_hang_up(raw(CANARY.encode() + b"\r\n")),
        answer(CANARY.encode() * 10_000),
    ],
)
def test_no_error_holds_a_secret_or_an_address(provider: Provider, http: Http, reply: Reply) -> None:
    provider.says(reply)
    with pytest.raises(GatewayError) as caught:
        call(http, "POST", seconds=0.3, body=CANARY.encode())
    told = everything_in(caught.value)
    assert CANARY not in told
    assert "127.0.0.1" not in told


def test_an_error_about_unreadable_json_does_not_hold_it(provider: Provider, http: Http) -> None:
    provider.says(answer(f'{{"a": {CANARY}'.encode()))
    with pytest.raises(Unreadable) as caught:
        http.read("status", call(http))
    assert CANARY not in everything_in(caught.value)


def test_a_header_that_cannot_be_sent_is_not_told(provider: Provider, http: Http) -> None:
    with pytest.raises(Unreachable) as caught:
        http.send(
            "status", "GET", "/", deadline=Deadline(PATIENT), headers={"Authorization": f"{CANARY}\r\n"}
        )
    assert CANARY not in everything_in(caught.value)


def test_json_of_an_answer_is_read(provider: Provider, http: Http) -> None:
    provider.says(answer_json({"status_code": "200"}))
    assert http.read("status", call(http)) == {"status_code": "200"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        assert "CI" not in environ, "openssl is needed for the tests of TLS"
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    made_of = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run([openssl, "req", "-x509", *made_of, *named, *files], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


@pytest.fixture
def tls_provider(certificate: Path) -> Iterator[Provider]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    provider = Provider(context)
    yield provider
    provider.close()


def test_a_certificate_nobody_vouches_for_is_refused(tls_provider: Provider) -> None:
    tls_provider.says(answer(b"{}", date=NOON + 5))
    http = Http("midtrans", f"https://127.0.0.1:{tls_provider.port}", Environment.SIMULATOR, lambda: NOON)
    with pytest.raises(Unreachable, match="certificate is not accepted"):
        call(http)
    assert (tls_provider.asked, http.offset) == ([], None)


def test_a_provider_silent_before_tls_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        http = Http("midtrans", url, Environment.SIMULATOR, lambda: NOON)
        with pytest.raises(Unreachable, match=r"no whole answer within 0\.3 s"):
            call(http, seconds=0.3)


@pytest.mark.parametrize("reply", [silence, Drip(b" " * 40, WITH_LENGTH), Drip(b" " * 40, WITHOUT_LENGTH)])
def test_a_call_over_tls_is_cut_at_its_deadline(
    tls_provider: Provider, certificate: Path, reply: Reply
) -> None:
    tls_provider.says(answer(b"{}"), reply)
    watch = Watch()
    pool = WatchedTlsPool("127.0.0.1", tls_provider.port, watch=watch, ca_certs=str(certificate))
    with watch.over(Deadline(PATIENT)):  # so that no handshake is what lasts too long
        pool.request("GET", "/", timeout=PATIENT, retries=False)
    received = b""
    with suppress(HTTPError), watch.over(Deadline(0.3)):
        received = pool.request("GET", "/", timeout=PATIENT, retries=False).data
    pool.close()
    assert watch.is_cut
    assert len(received) < 40
