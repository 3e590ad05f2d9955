"""The page: what a browser is shown and may do.  It answers only to this machine's own browser.

A page of another site can neither read it (the Host must be loopback's, against DNS rebinding) nor press its
buttons (a foreign Origin is refused, and only JSON is taken).
"""

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kiosk.simulator.box import KEYS
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.offsite_deeds import deeds
from kiosk.simulator.providers import is_choice
from kiosk.simulator.view import view
from kiosk.simulator.world import World

OWN_HOSTS: Final = ("127.0.0.1", "localhost")
LONGEST_BODY: Final = 1024
FILES: Final = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js"}
PACE: Final = 0.05
"""Seconds between two states at least: a browser gets the newest, not each."""
HEARTBEAT: Final = 1.0
HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Page:
    """The application; `close` ends every stream."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._is_open = True
        self._deeds: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "press": self._press,
            "hold": self._hold,
            "scan": self._scan,
            "pay": self._pay,
            "decline": self._decline,
            "power": self._power,
            "misfortune": self._misfortune,
            "gateway": self._gateway,
            "touch": self._touch,
            "jam": self._jam,
            **deeds(world.offsite),
        }

    def app(self) -> ASGIApp:
        """The routes, behind the guard."""
        routes = [Route(path, self._file) for path in FILES]
        routes += [Route("/events", self._events), Route("/do/{deed}", self._do, methods=["POST"])]
        return Guard(Starlette(routes=routes))

    def close(self) -> None:
        """End the streams."""
        self._is_open = False
        self._world.changed()

    async def _file(self, request: Request) -> Response:
        name = FILES[request.url.path]
        content = resources.files("kiosk.simulator").joinpath("page", name).read_bytes()
        return Response(content, media_type=mimetypes.guess_type(name)[0], headers=HEADERS)

    async def _events(self, request: Request) -> Response:
        return StreamingResponse(self._states(), media_type="text/event-stream", headers=HEADERS)

    async def _states(self) -> AsyncIterator[bytes]:
        last = b""
        while self._is_open:
            state = msgspec.json.encode(view(self._world))
            if state != last:
                yield b"data: " + state + b"\n\n"
                last = state
                await asyncio.sleep(PACE)
            await self._world.changed.until(self._since(state), HEARTBEAT)

    def _since(self, state: bytes) -> Callable[[], bool]:
        return lambda: not self._is_open or msgspec.json.encode(view(self._world)) != state

    async def _do(self, request: Request) -> Response:
        deed = self._deeds.get(request.path_params["deed"])
        if deed is None:
            return PlainTextResponse("no such deed", 404)
        try:
            await deed(await _wish(request))
        except (ValueError, KeyError):
            return PlainTextResponse("this cannot be done", 400)
        return Response(status_code=204)

    async def _press(self, wish: dict[str, Any]) -> None:
        self._world.box.press(_key(wish))

    async def _hold(self, wish: dict[str, Any]) -> None:
        self._world.box.hold(_key(wish))

    async def _scan(self, wish: dict[str, Any]) -> None:
        self._world.phone.scan()

    async def _pay(self, wish: dict[str, Any]) -> None:
        self._world.phone.pay()

    async def _decline(self, wish: dict[str, Any]) -> None:
        self._world.phone.decline()

    async def _power(self, wish: dict[str, Any]) -> None:
        if wish["on"]:
            self._world.power.back()
        else:
            await self._world.power.cut()

    async def _misfortune(self, wish: dict[str, Any]) -> None:
        self._world.inflict(Misfortune(wish["name"]), str(wish.get("gateway", "")))

    async def _gateway(self, wish: dict[str, Any]) -> None:
        names = tuple(str(wish["names"]).split(","))
        if not is_choice(names):
            raise ValueError("no such gateways")
        await self._world.choose(names)

    async def _touch(self, wish: dict[str, Any]) -> None:
        self._world.around.touch(str(wish["name"]), active=bool(wish["active"]))

    async def _jam(self, wish: dict[str, Any]) -> None:
        self._world.around.jam(jammed=bool(wish["jammed"]))


class Guard:
    """Lets through only what this machine's own browser asks of its own accord."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        complaint = _complaint(scope)
        answer = PlainTextResponse(complaint, 403) if complaint else self._app
        await answer(scope, receive, send)


def _complaint(scope: Scope) -> str:
    headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
    host = headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in OWN_HOSTS:
        return f"this page is at http://127.0.0.1, not at {host}"
    if headers.get("origin", f"http://{host}") != f"http://{host}":
        return "another site asked for this"
    if scope["method"] == "POST" and headers.get("content-type") != "application/json":
        return "only JSON is taken"
    return ""


def _key(wish: dict[str, Any]) -> str:
    if wish["key"] not in tuple(KEYS):
        raise ValueError("no such key")
    return str(wish["key"])


async def _wish(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise ValueError("too long")
    return msgspec.json.decode(body, type=dict[str, Any])
