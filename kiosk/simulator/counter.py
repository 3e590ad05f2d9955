"""What every gateway does behind its counter, whatever it speaks: it keeps the books, and takes its time."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from starlette.requests import Request

from kiosk.simulator.ledger import Charge, Ended, Ledger, Open
from kiosk.simulator.misfortunes import SLOWNESS, Bench, Misfortune
from kiosk.simulator.story import Story, rupiah

LONGEST_BODY: Final = 16 * 1024
EXCESS: Final = 1000
"""Rupiah by which a code's amount is wrong when that misfortune strikes."""


class TooLong(Exception):
    """A request body longer than any gateway takes."""


class Counter:
    """One gateway's share of the world; `now` is seconds since 1970, `title` what people call it."""

    def __init__(
        self, title: str, ledger: Ledger, bench: Bench, story: Story, now: Callable[[], float]
    ) -> None:
        self.title = title
        self.ledger = ledger
        self.bench = bench
        self.now = now
        self.story = story
        self._closed = asyncio.Event()

    def close(self) -> None:
        """Answer at once what is being answered slowly: the world ends."""
        self._closed.set()

    def tell(self, words: str) -> None:
        """Add a line to the story, said of the gateway."""
        self.story.tell("gateway", words)

    def tell_asked(self, charge: Charge) -> None:
        """Tell that a code was made."""
        self.tell(f"The kiosk asked {self.title} for a code: {rupiah(charge.amount)}")

    def tell_status(self, charge: Charge) -> None:
        """Tell that the kiosk asked, and what it heard."""
        self.tell(f"The kiosk asked {self.title} whether it was paid: {_word(charge)}")

    def tell_refund(self, amount: int) -> None:
        """Tell that money went back."""
        self.tell(f"{self.title} sent {rupiah(amount)} back to the phone")

    def tell_refused(self, why: str) -> None:
        """Tell that a request was turned down."""
        self.tell(f"{self.title} refused: {why}")

    def excess(self) -> int:
        """What the next code asks for too much."""
        return EXCESS if self.bench.strikes(Misfortune.WRONG_AMOUNT) else 0

    async def linger(self) -> None:
        """Take as long as the bench wants."""
        if self.bench.strikes(Misfortune.SLOW):
            self.tell(f"{self.title} takes {SLOWNESS:.0f} seconds to answer")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), SLOWNESS)


async def raw_body(request: Request) -> bytes:
    """The bytes of a request; raises `TooLong`."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LONGEST_BODY:
            raise TooLong
    return raw


def _word(charge: Charge) -> str:
    match charge.standing:
        case Open():
            return "not yet"
        case Ended():
            return "it is over"
        case _:
            return "yes, it is paid"
