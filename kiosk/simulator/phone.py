"""The customer's phone: it scans the panel's pixels, shows whom and how much, and pays or declines.

A code that is an address is opened: the page behind it is the provider's, and asks the same.

It reads QRIS with its own eyes, not with the kiosk's: what it cannot read nobody could pay.
"""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from kiosk.simulator.changes import Changes
from kiosk.simulator.glass import Glass
from kiosk.simulator.ledger import Charge, Ledger, LedgerError, Open, Payment
from kiosk.simulator.merchant import tags_in
from kiosk.simulator.misfortunes import Bench, Misfortune
from kiosk.simulator.story import Story, rupiah

WALLET: Final = 250_000
ISSUER: Final = "gopay"
LATER: Final = "indodana"
"""Who lends what is paid on a page."""
PAGE_TITLE: Final = "Indodana PayLater"


class Resting(Struct, frozen=True, tag="resting"):
    """Nothing scanned yet."""


class Asking(Struct, frozen=True, tag="asking"):
    """Shows what it read and asks whether to pay; on a provider's page, `city` is the page's host."""

    payload: str
    merchant: str
    city: str
    amount: int
    is_page: bool = False


class Dawdling(Struct, frozen=True, tag="dawdling"):
    """Will pay, but only when the panel has long given up."""

    seen: Asking


class Told(Struct, frozen=True, tag="told"):
    """Shows how it went; `good` is whether money moved, `payload` the code it was about."""

    payload: str
    good: bool
    title: str
    text: str


Face: TypeAlias = Resting | Asking | Dawdling | Told


class Unreadable(Exception):
    """The pixels hold a code that no wallet takes; its text is for the customer."""


class Phone:
    """One customer's phone; `late_by` is how many seconds after the code is gone a late payment comes."""

    def __init__(
        self, glass: Glass, ledger: Ledger, bench: Bench, story: Story, changed: Changes, late_by: float
    ) -> None:
        self.face: Face = Resting()
        self._glass = glass
        self._ledger = ledger
        self._bench = bench
        self._story = story
        self._changed = changed
        self._late_by = late_by
        self._late: set[asyncio.Task[None]] = set()

    @property
    def balance(self) -> int:
        """What is left in the wallet, in rupiah; what is paid later is still in it."""
        at_once = [paid for charge, paid in self._ledger.payments() if charge.acquirer != LATER]
        return WALLET - sum(paid.payment.amount - paid.refunded for paid in at_once)

    def scan(self) -> None:
        """Point the camera at the panel."""
        try:
            seen = self._opened(self._glass.code) or read(self._glass.code)
            self._face(seen)
            words = "opened the address in the code" if seen.is_page else "scanned the code on the panel"
            self._story.tell("phone", f"The phone {words}")
        except Unreadable as no:
            self._face(Told("", good=False, title="Nothing to scan", text=str(no)))
            self._story.tell("phone", f"The phone looked at the panel: {no}")

    def pay(self) -> None:
        """Pay what is shown; with the late payment armed it only says so and dawdles."""
        seen = self.face
        if not isinstance(seen, Asking):
            return
        if self._bench.is_armed(Misfortune.LATE_PAYMENT):
            self._face(Dawdling(seen))
            self._story.tell("phone", "The customer dawdles: this payment will come too late")
            self._keep(self._pay_late(seen))
        else:
            self._pay(seen)

    def decline(self) -> None:
        """Put the phone away."""
        if isinstance(self.face, Asking):
            self._story.tell("phone", "The customer declined: nothing was paid")
            self._leave_page(self.face)
        self._face(Resting())

    def _opened(self, text: str) -> Asking | None:
        if not text.startswith("https://"):
            return None
        charge = self._ledger.behind(text, time.time())
        if charge is None or not isinstance(charge.standing, Open):
            raise Unreadable("the page says that this payment link is not valid any more")
        return Asking(text, PAGE_TITLE, urlsplit(text).hostname or "", charge.amount, is_page=True)

    def _leave_page(self, seen: Asking) -> None:
        charge = self._behind(seen) if seen.is_page else None
        if charge is not None and isinstance(charge.standing, Open):
            self._ledger.note(charge.transaction, attempt="declined")

    def _pay(self, seen: Asking) -> None:
        try:
            self._transfer(seen)
        except LedgerError:
            text = "This code is not valid any more. Nothing was taken from your wallet."
            self._face(Told(seen.payload, good=False, title="Not paid", text=text))
            self._story.tell("phone", "The phone tried to pay, but the gateway had closed the code")
            return
        title = "To be paid later" if seen.is_page else "Paid"
        self._face(
            Told(seen.payload, good=True, title=title, text=f"{rupiah(seen.amount)} to {seen.merchant}")
        )
        self._story.tell("phone", f"The phone paid {rupiah(seen.amount)}")

    def _transfer(self, seen: Asking) -> None:
        charge = self._behind(seen)
        if charge is None:
            raise LedgerError("nobody here gave this code out")
        self._ledger.pay(charge.transaction, Payment(seen.amount, ISSUER, time.time()))

    def _behind(self, seen: Asking) -> Charge | None:
        return self._ledger.behind(seen.payload, time.time())

    async def _pay_late(self, seen: Asking) -> None:
        while self._glass.code == seen.payload:
            await self._changed.next()
        await asyncio.sleep(self._late_by)
        self._bench.disarm(Misfortune.LATE_PAYMENT)
        self._pay(seen)

    def _keep(self, late: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(late)
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def close(self) -> None:
        """Forget payments that are still to come."""
        for task in self._late:
            task.cancel()

    def _face(self, face: Face) -> None:
        self.face = face
        self._changed()


def read(text: str) -> Asking:
    """What a wallet reads in a code; raises `Unreadable`."""
    if not text:
        raise Unreadable("there is no code that a camera could read")
    try:
        fields = tags_in(text)
        return Asking(text, fields["59"], fields["60"], int(float(fields["54"])))
    except KeyError as error:
        raise Unreadable("the code does not say whom and how much to pay") from error
    except ValueError as error:
        raise Unreadable("the code is damaged, or no QRIS code") from error
