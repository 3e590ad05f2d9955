"""The line between the kiosk and a gateway, and what can happen on it.

Wraps any gateway's face.  Each misfortune of the wire is a line of the table: nothing arrives, the answer is
lost, somebody else answers.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.simulator.misfortunes import Bench, Misfortune
from kiosk.simulator.serving import Cut
from kiosk.simulator.story import Story

CAPTIVE_PORTAL: Final = (
    "<!doctype html><title>Hotel Wi-Fi</title><p>Please accept our terms to go online.</p>"
)

Mishap = Callable[[Scope, Receive, Send], Awaitable[None]]


class Wire:
    """An ASGI application around a face; asks the bench at every call.  `title` is told in the story."""

    def __init__(
        self, face: ASGIApp, bench: Bench, story: Story, cut: Cut, title: str = "The gateway"
    ) -> None:
        self._face = face
        self._bench = bench
        self._story = story
        self._cut = cut
        self._mishaps: tuple[tuple[Misfortune, str, Mishap], ...] = (
            (Misfortune.DOWN, f"{title} hung up: it is down", self._hang_up),
            (Misfortune.SERVER_ERROR, f"{title} answered only: busy (503)", self._be_busy),
            (Misfortune.GARBAGE, f"A hotel's login page answered instead of {title}", self._be_a_hotel),
            (Misfortune.LOST_REPLY, f"{title} did it, but its answer was lost on the way", self._lose),
            (Misfortune.ERROR_AFTERWARDS, f"{title} did it and claimed that it failed (500)", self._lie),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for misfortune, words, mishap in self._mishaps:
                if self._bench.strikes(misfortune):
                    self._story.tell("trouble", words)
                    await mishap(scope, receive, send)
                    return
        await self._face(scope, receive, send)

    async def _hang_up(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._cut(scope["client"])
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _be_busy(self, scope: Scope, receive: Receive, send: Send) -> None:
        busy = {"status_code": "503", "status_message": "Service is temporarily unavailable."}
        await JSONResponse(busy, status_code=503)(scope, receive, send)

    async def _be_a_hotel(self, scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse(CAPTIVE_PORTAL)(scope, receive, send)

    async def _lose(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._face(scope, receive, _nowhere)
        await self._hang_up(scope, receive, send)

    async def _lie(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._face(scope, receive, _nowhere)
        sorry = {"status_code": "500", "status_message": "Sorry, we encountered an internal server error."}
        await JSONResponse(sorry, status_code=500)(scope, receive, send)


async def _nowhere(message: Message) -> None:
    pass
