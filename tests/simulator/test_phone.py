"""The phone: what it reads, and that it pays what the code says and nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image

from kiosk.simulator.changes import Changes
from kiosk.simulator.glass import Glass
from kiosk.simulator.ledger import Charge, Ledger, Paid
from kiosk.simulator.merchant import Merchant, qris, with_checksum
from kiosk.simulator.misfortunes import Bench, Misfortune
from kiosk.simulator.phone import WALLET, Asking, Dawdling, Phone, Resting, Told, Unreadable, read
from kiosk.simulator.story import Story

CODE = qris(Merchant(), 12_000, "5036c032-f87c-4773-8619-aefa675e1f06")


class Table:
    """A phone in front of a panel that shows a code."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.bench = Bench(time.monotonic)
        self.glass = Glass()
        self.changed = Changes()
        self.ledger.open(
            Charge(
                transaction="t1",
                order="A",
                amount=12_000,
                payload=CODE,
                gateway="midtrans",
                acquirer="gopay",
                made_at=time.time(),
                expires_at=time.time() + 900,
            )
        )
        self.phone = Phone(self.glass, self.ledger, self.bench, Story(time.time), self.changed, late_by=0.01)
        self.show(CODE)

    def show(self, text: str) -> None:
        import qrcode

        picture = qrcode.make(text, box_size=1).get_image().convert("1")
        self.glass._show(picture if text else Image.new("1", (128, 64), 0))
        self.changed()

    def is_paid(self) -> bool:
        return isinstance(self.ledger.charges()[0].standing, Paid)


def played(story: Callable[[Table], Awaitable[None]]) -> None:
    async def run() -> None:
        await story(Table())

    asyncio.run(run())


def test_it_shows_whom_and_how_much_and_pays_that() -> None:
    table = Table()
    table.phone.scan()
    assert table.phone.face == Asking(CODE, "Kopi Kita", "BANDUNG", 12_000)
    table.phone.pay()
    assert table.is_paid()
    assert table.phone.balance == WALLET - 12_000


def test_it_refuses_a_panel_without_a_code() -> None:
    table = Table()
    table.show("")
    table.phone.scan()
    assert isinstance(table.phone.face, Told)
    assert not table.phone.face.good


def test_declining_pays_nothing() -> None:
    table = Table()
    table.phone.scan()
    table.phone.decline()
    table.phone.pay()
    assert table.phone.face == Resting()
    assert not table.is_paid()


def test_a_code_that_was_cancelled_takes_no_money() -> None:
    table = Table()
    table.phone.scan()
    table.ledger.end("t1", "cancel", time.time())
    table.phone.pay()
    assert isinstance(table.phone.face, Told)
    assert not table.phone.face.good
    assert table.phone.balance == WALLET


def test_a_late_payment_waits_until_the_code_is_gone() -> None:
    async def story(table: Table) -> None:
        table.bench.arm(Misfortune.LATE_PAYMENT)
        table.phone.scan()
        table.phone.pay()
        assert isinstance(table.phone.face, Dawdling)
        assert not table.is_paid()
        table.show("")
        assert await table.changed.until(table.is_paid, 60)
        assert not table.bench.is_armed(Misfortune.LATE_PAYMENT)

    played(story)


@pytest.mark.parametrize(
    "text",
    [
        "",
        CODE[:-1] + ("0" if CODE[-1] != "0" else "1"),
        with_checksum(CODE[:-8].replace("540812000.00", "")),
        "https://example.com/pay",
        "6304FFFF",
        "0102ABxx9A",
    ],
)
def test_what_no_wallet_takes_is_not_read(text: str) -> None:
    with pytest.raises(Unreadable):
        read(text)
