"""Listens to gateways: judges what they say, keeps it in the stream, and only then says that it did.

What is refused has the status that makes the gateway do the right thing, one counter, and at most one line of
the log a second.  Redis being away is 503, and so is an error of ours: 500 makes Midtrans give up early.
"""

import time
from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import Final

from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from kiosk.gateways.doku_indodana_contract import PAGE
from kiosk.webhooks.layout import Noted
from kiosk.webhooks.recent import Kept, Quota
from kiosk.webhooks.stream import Inlet, StreamAway
from kiosk.webhooks.tally import Tally
from kiosk.webhooks.verdicts import (
    LARGEST,
    PROVIDERS,
    Accepted,
    Keys,
    Nobodys,
    Notice,
    Rejected,
    Reply,
    is_ours,
    judge,
)

LOOK: Final = """<!doctype html>
<html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Lihat mesin / Look at the machine</title>
<body style="font: 1.4rem/1.5 sans-serif; text-align: center; padding: 3rem 1rem">
<h1>Lihat layar mesin</h1><p>Mesin menunjukkan apakah pembayaran sudah diterima.</p>
<h1 lang="en">Look at the machine</h1><p lang="en">Its screen says whether the payment has arrived.</p>
"""
"""Where a wallet sends a customer back to; it claims nothing about the payment."""


class Doors(Struct, frozen=True):
    """Which gateways are listened to and their keys, under which path, for which machines."""

    keys: Mapping[str, Keys]
    prefix: str = ""
    kiosks: Collection[str] = ("*",)


class Receiver:
    """One process's receiver; for one event loop."""

    def __init__(
        self,
        doors: Doors,
        inlet: Inlet,
        tally: Tally,
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._doors = doors
        self._inlet = inlet
        self._tally = tally
        self._now = now
        self._clock = clock
        self._kept = Kept()
        self._quota = Quota()
        self._is_away = False

    def application(self) -> Starlette:
        """The ASGI application: a route for each gateway, the page, and two for whoever watches."""
        prefix = self._doors.prefix
        routes = [
            Route(f"{prefix}{_path(name)}", partial(self._notified, name), methods=["POST"])
            for name in self._doors.keys
        ]
        routes += [
            Route(f"{prefix}{PAGE}", _look, methods=["GET"]),
            Route("/healthz", _alive, methods=["GET"]),
            Route("/readyz", self._ready, methods=["GET"]),
        ]
        application = Starlette(routes=routes, exception_handlers={HTTPException: self._misdirected})
        application.router.redirect_slashes = False
        return application

    async def _notified(self, gateway: str, request: Request) -> Response:
        try:
            return await self._answered(gateway, request)
        except ClientDisconnect:
            self._tally.count("gone")
            return Response(status_code=400)
        except Exception as error:  # noqa: BLE001  # 500 makes gateways give up; its text may hold a payer
            self._tally.tell("K613", "errors", reason=f"{gateway}: {type(error).__name__}")
            return Response(status_code=503)

    async def _answered(self, gateway: str, request: Request) -> Response:
        kiosk = request.path_params.get("kiosk", "")
        if _is_disguised(request) or (kiosk and not is_ours(kiosk, self._doors.kiosks)):
            return self._refused(gateway, Rejected(404, "no_such_address"))
        body = await _body(request)
        if body is None:
            return self._refused(gateway, Rejected(413, "too_large"))
        notice = Notice(_target(request), _headers(request), body, kiosk)
        verdict, reply = judge(PROVIDERS[gateway], notice, self._doors.keys[gateway], self._doors.kiosks)
        match verdict:
            case Accepted():
                return await self._kept_or_not(gateway, verdict, reply)
            case Nobodys():
                self._tally.tell("K603", f"nobodys.{gateway}.{verdict.kind}")
                return _said(reply)
            case Rejected():
                return self._refused(gateway, verdict)

    async def _kept_or_not(self, gateway: str, accepted: Accepted, reply: Reply) -> Response:
        key = (gateway, accepted)
        if self._kept.has(key, self._now()):
            self._tally.count("repeated")
            return _said(reply)
        if not self._quota.allows((gateway, accepted.kiosk), self._now()):
            return self._refused(gateway, Rejected(429, "too_many"))
        try:
            trouble = await self._inlet.append(
                Noted(gateway, accepted.kiosk, accepted.reference, int(self._clock()))
            )
        except StreamAway as error:
            return self._away(error)
        self._back()
        if trouble:
            self._tally.tell("K614", "detours", reason=trouble)
        self._kept.add(key, self._now())
        self._quota.count((gateway, accepted.kiosk), self._now())
        self._tally.count("kept")
        return _said(reply)

    def _away(self, error: StreamAway) -> Response:
        self._is_away = True
        self._kept.forget()
        self._tally.tell("K604", "stream_away", reason=str(error))
        return Response(status_code=503)

    def _back(self) -> None:
        if self._is_away:
            self._is_away = False
            self._tally.tell("K605", "stream_back")

    def _refused(self, gateway: str, rejected: Rejected) -> Response:
        self._tally.tell("K603", f"refused.{gateway}.{rejected.kind}")
        # What was not read to its end is not read at all.
        headers = {"connection": "close"} if rejected.code == 413 else None
        return Response(status_code=rejected.code, headers=headers)

    async def _misdirected(self, _: Request, error: Exception) -> Response:
        """No such address, or not by that method."""
        assert isinstance(error, HTTPException)
        kind = {404: "no_such_address", 405: "wrong_method"}.get(error.status_code, "other")
        self._tally.tell("K603", f"refused.{kind}")
        return Response(status_code=error.status_code, headers=error.headers)

    async def _ready(self, _: Request) -> Response:
        try:
            await self._inlet.check()
        except StreamAway as error:
            return PlainTextResponse(f"{error}\n", 503)
        return PlainTextResponse("ready\n")


async def _alive(_: Request) -> Response:
    return PlainTextResponse("alive\n")


async def _look(_: Request) -> Response:
    return HTMLResponse(LOOK, headers={"cache-control": "max-age=86400"})


def _path(gateway: str) -> str:
    return f"/{gateway}/{{kiosk}}" if PROVIDERS[gateway].by_kiosk else f"/{gateway}"


def _is_disguised(request: Request) -> bool:
    """Whether the address was written otherwise than it is; no gateway does that."""
    path: str = request.scope["path"]
    raw: bytes = request.scope["raw_path"]
    return raw != path.encode()


def _target(request: Request) -> str:
    """Path and query as the gateway called them: that is what it signs."""
    query: bytes = request.scope["query_string"]
    path: str = request.scope["path"]
    return f"{path}?{query.decode('latin-1')}" if query else path


def _headers(request: Request) -> dict[str, str]:
    """By small names, the first of those that come twice."""
    pairs: list[tuple[bytes, bytes]] = request.scope["headers"]
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(pairs)}


async def _body(request: Request) -> bytes | None:
    """The body, or None for one that is too large; it is not read further than to know that."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:10]) > LARGEST:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)


@cache
def _said(reply: Reply) -> Response:
    """The same for every notification: it holds nothing of any."""
    return Response(reply.body, 200, media_type=reply.media_type)
