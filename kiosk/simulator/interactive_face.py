"""InterActive's QRIS Open API over the ledger: two GETs, the key in the address, and HTTP 200 for everything.

Every call of the first makes another invoice.  Failures come in two shapes, as its guide shows them.
"""

import itertools
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiosk.simulator.counter import Counter
from kiosk.simulator.doku_papers import WIB
from kiosk.simulator.ledger import Charge, Paid
from kiosk.simulator.merchant import Account, Merchant, dynamic, field
from kiosk.simulator.misfortunes import Misfortune

Paper = dict[str, Any]
ACCOUNT: Final = Account(domain="ID.CO.TELKOM.WWW", number="936008980255996627", id="000195255996627")
LEAST: Final = 100
LASTS: Final = 3600.0
"""Seconds that an invoice can be paid by the guide; others who use it count on 1800."""
FIRST_INVOICE: Final = 413_255_111
API_VERSION: Final = "2206091709"
NO_INVOICE: Final[Paper] = {"status": "failed, Invoice ID is empty", "data": []}
CATCH_ALL: Final = "what we do for you?"


class InteractiveAccount(Struct, frozen=True, kw_only=True):
    """A merchant's account at InterActive."""

    api_key: str
    id: str
    merchant: Merchant = Merchant()
    lasts: float = LASTS


class InteractiveFace:
    """The HTTP interface."""

    name = "interactive"

    def __init__(self, account: InteractiveAccount, counter: Counter) -> None:
        self._account = account
        self._counter = counter
        self._numbers = itertools.count(FIRST_INVOICE)
        self.close = counter.close

    def app(self) -> Starlette:
        """The routes of the gateway."""
        return Starlette(
            routes=[
                Route("/restapi/qris/show_qris.php", self.create, methods=["GET"]),
                Route("/restapi/qris/checkpaid_qris.php", self.check, methods=["GET"]),
            ]
        )

    async def create(self, request: Request) -> Response:
        """`GET /restapi/qris/show_qris.php?do=create-invoice`."""
        return await self._answer(self._created(dict(request.query_params)))

    async def check(self, request: Request) -> Response:
        """`GET /restapi/qris/checkpaid_qris.php?do=checkStatus`."""
        return await self._answer(self._checked(dict(request.query_params)))

    async def _answer(self, paper: Paper) -> Response:
        await self._counter.linger()
        return JSONResponse(paper)

    def _created(self, asked: dict[str, str]) -> Paper:
        if wrong := self._stranger(asked, "create-invoice"):
            return self._refused(wrong)
        if not asked.get("cliTrxNumber"):
            return self._refused("transcation number is empty")
        amount = asked.get("cliTrxAmount", "")
        if not (amount.isdecimal() and amount.isascii() and LEAST <= int(amount) < 10**10):
            return self._refused("invalid amount", bare=True)
        if self._counter.bench.strikes(Misfortune.DENIED):
            return self._refused("invalid amount", bare=True)
        charge = self._charge_for(asked, int(amount))
        self._counter.ledger.add(charge)
        self._counter.tell_asked(charge)
        return {
            "status": "success",
            "data": {
                "qris_content": charge.payload,
                "qris_request_date": wib(charge.made_at),
                "qris_invoiceid": charge.echo["invoice"],
                "qris_nmid": self._account.merchant.nmid,
            },
        }

    def _charge_for(self, asked: dict[str, str], amount: int) -> Charge:
        now, invoice = self._counter.now(), str(next(self._numbers))
        tip = "" if asked.get("useTip") == "no" else field("55", "01")
        shown = amount + self._counter.excess()
        return Charge(
            transaction=str(uuid.uuid4()),
            order=asked["cliTrxNumber"],
            amount=amount,
            payload=dynamic(self._account.merchant, ACCOUNT, shown, field("05", invoice), tip),
            gateway=self.name,
            acquirer="interactive",
            made_at=now,
            expires_at=now + self._account.lasts,
            echo={"invoice": invoice},
        )

    def _checked(self, asked: dict[str, str]) -> Paper:
        if wrong := self._stranger(asked, "checkStatus"):
            return self._refused(wrong)
        if not asked.get("invid"):
            return NO_INVOICE
        charge = next((one for one in self._of_account() if _is_meant(one, asked)), None)
        if charge is None:
            self._counter.tell(f"{self._counter.title} found no such invoice of that day and amount")
        else:
            self._counter.tell_status(charge)
        return _paid(charge.standing) if charge and isinstance(charge.standing, Paid) else UNPAID

    def _of_account(self) -> list[Charge]:
        return [one for one in self._counter.ledger.charges() if one.gateway == self.name]

    def _stranger(self, asked: dict[str, str], deed: str) -> str:
        reasons: tuple[tuple[Callable[[], bool], str], ...] = (
            (lambda: asked.get("do") == deed, CATCH_ALL),
            (lambda: asked.get("apikey") == self._account.api_key, "invalid apikey"),
            (lambda: asked.get("mID") == self._account.id, "invalid mID"),
        )
        return next((reason for holds, reason in reasons if not holds()), "")

    def _refused(self, why: str, *, bare: bool = False) -> Paper:
        self._counter.tell_refused(why)
        return {"status": "failed", "data": why if bare else {"qris_status": why}}


UNPAID: Final[Paper] = {"status": "failed", "data": {"qris_status": "unpaid"}}


def wib(moment: float) -> str:
    """A time as InterActive prints it: Jakarta, without an offset."""
    return datetime.fromtimestamp(moment, WIB).strftime("%Y-%m-%d %H:%M:%S")


def _is_meant(charge: Charge, asked: dict[str, str]) -> bool:
    """Whether number, amount and day are those of the invoice; the day may carry a time."""
    return (
        charge.echo["invoice"] == asked["invid"]
        and str(charge.amount) == asked.get("trxvalue")
        and wib(charge.made_at)[:10] == asked.get("trxdate", "")[:10]
    )


def _paid(paid: Paid) -> Paper:
    return {
        "status": "success",
        "data": {
            "qris_status": "paid",
            "qris_payment_customername": "Siti Rahayu",
            "qris_payment_methodby": paid.payment.issuer,
            "qris_paid_date": wib(paid.payment.at),
        },
        "qris_api_version_code": API_VERSION,
    }
