"""The invariants, watched from outside at every act; written from their words, apart from the code.

I1 nothing unpaid, I2 never twice, I3 nobody lost, I4 truthful records, I5 no orphan money, I6 no double
benefit, I7 the right person, I8 one order at a time, I16 an honest screen, I17 told once.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kiosk import effects as do
from kiosk import screens
from kiosk.model import Order
from kiosk.states import (
    Armed,
    Closed,
    Closing,
    Dispensed,
    Escalated,
    Intent,
    Life,
    QrShown,
    Refunded,
    Refunding,
    Settled,
)
from tests.core.bank import Sale, Standing

if TYPE_CHECKING:
    from tests.core.world import World

FRESH = 5.0
CLOSEST = 2.0
ROUNDING = 1e-6
OPEN = (Intent, QrShown, Settled, Armed)
TRUE_WHILE: dict[type, tuple[type, ...]] = {
    screens.PayByCode: (QrShown,),
    screens.Checking: (Closing,),
    screens.ConfirmGiveUp: (Closing,),
    screens.Expired: (Closing, Closed),
    screens.Cancelled: (Closing, Closed),
    screens.Interrupted: (Closing, Closed),
    screens.RefundUnderWay: (Refunding,),
    screens.MoneyReturned: (Refunded,),
    screens.CallOperator: (Escalated,),
}
"""What must be on disk of an order while a screen speaks of it."""
HOLDING = (screens.PayByCode, screens.Checking, screens.ConfirmGiveUp)
STILL_HOLDING = (screens.ConfirmCancel, screens.Paid)


class Watch:
    """Raises where an invariant is broken.

    `holder`: claim code of the order whose screens are on the panel; `left_at`: when its code was taken away.
    """

    def __init__(self) -> None:
        self.pulses: Counter[str] = Counter()
        self.may_have_goods: set[str] = set()
        self.refunds: dict[str, set[tuple[str, int]]] = {}
        self.asked: dict[str, float] = {}
        self.messages: Counter[tuple[str, str]] = Counter()
        self.holder = ""
        self.left_at: float | None = None

    def shows(self, world: "World", screen: screens.Screen) -> None:
        """A picture replaces the one before."""
        code = getattr(screen, "claim_code", "")
        if isinstance(screen, HOLDING):
            self.left_at = None if code != self.holder else self.left_at
            self.holder = code
        elif self.holder and not isinstance(screen, STILL_HOLDING):
            took = isinstance(screen, screens.TakeItem)
            assert took or code == self.holder, f"{screen} leaves {self.holder} without a word"
            self.holder = ""
        if not isinstance(screen, screens.PayByCode | screens.ConfirmCancel) and self.left_at is None:
            self.left_at = world.time

    def calls(self, world: "World", act: do.GatewayCall) -> None:
        """A request leaves."""
        order = act.order
        assert order.id in world.lives, "the gateway heard of an order that is not on disk"
        if isinstance(act, do.Ask):
            pause = world.time - self.asked.get(order.id, -CLOSEST)
            assert pause >= CLOSEST - ROUNDING, f"asked again after {pause} s"
            self.asked[order.id] = world.time
        if isinstance(act, do.Refund):
            self._refunds(world, act)

    def _refunds(self, world: "World", act: do.Refund) -> None:
        sales = world.bank.of_order(act.order.id)
        assert any(sale.standing is Standing.SETTLED for sale in sales), "a refund of what nobody paid"
        self._refunds_as_owed(world, act)

    def _refunds_as_owed(self, world: "World", act: do.Refund) -> None:
        """Nobody asked for it: the goods did not come, and the whole price goes back."""
        assert act.order.id not in self.may_have_goods, "the goods and the money"
        keys = self.refunds.setdefault(act.order.id, set())
        keys.add((act.key, act.amount))
        assert len(keys) == 1, keys
        assert act.amount == act.order.amount

    def releases(self, world: "World", order: Order) -> None:
        """The output moves."""
        self.pulses[order.id] += 1
        self.may_have_goods.add(order.id)
        assert self.pulses[order.id] == 1, "twice"
        assert isinstance(world.life(order.id).state, Armed), "not on disk"
        assert any(self._is_owed(world, sale) for sale in world.bank.of_order(order.id)), "unpaid"
        assert not self.refunds.get(order.id), "the money and the goods"
        assert order.claim_code == self.holder, f"{order.claim_code} while {self.holder} is on the panel"
        assert order.made_at.boot == world.now.boot, "after a power cut"
        window = world.terms[order.gateway].claim_window
        assert self.left_at is None or world.time < self.left_at + window + ROUNDING, "after the claim window"

    def _is_owed(self, world: "World", sale: Sale) -> bool:
        given_back = sale.returned_elsewhere_at
        stale = FRESH + world.terms[sale.order.gateway].status_deadline
        return sale.is_paid_as_asked and (given_back is None or world.time - given_back <= stale)

    def delivered(self, order_id: str, *, surely: bool) -> None:
        """The release ended; without a drop there are no goods."""
        if not surely:
            self.may_have_goods.discard(order_id)

    def written(self, world: "World", effects: Sequence[do.Effect]) -> None:
        """A decision is on disk; what was there before is still in the world's books."""

    def tries(self, world: "World", act: do.TryOutput) -> None:
        """An output moves without a sale."""
        raise AssertionError("nobody asked for it")

    def told(self, message: do.Tell) -> None:
        """A message is in the outbox."""
        if message.order_id:
            self.messages[message.order_id, message.what] += 1

    def restarted(self, world: "World") -> None:
        """The process is gone; whose code was on the panel is owed a word, whose window was open perhaps."""
        self.asked = {}
        owed = [life for life in world.all_lives() if isinstance(life.state, QrShown | Settled | Armed)]
        self.holder = owed[0].order.claim_code if owed else ""
        if owed and isinstance(owed[0].state, QrShown):
            self.left_at = None

    def decided(self, world: "World") -> None:
        """A decision is on disk and done."""
        lives = world.all_lives()
        assert sum(isinstance(life.state, OPEN) for life in lives) <= 1, "two orders are open"
        for life in lives:
            RECORDS.get(type(life.state), _anything)(self, world, life)
        self._honest(world, {life.order.claim_code: life for life in lives})

    def _honest(self, world: "World", by_code: dict[str, Life]) -> None:
        screen: Any = world.screen
        if type(screen) in TRUE_WHILE:
            state = by_code[screen.claim_code].state
            assert isinstance(state, TRUE_WHILE[type(screen)]), f"{screen} while {state}"
        if isinstance(screen, screens.RefundUnderWay):
            assert world.terms[by_code[screen.claim_code].order.gateway].refunds
        if isinstance(screen, screens.Paid):
            assert isinstance(by_code[self.holder].state, Settled | Armed)

    def _closed(self, world: "World", life: Life) -> None:
        for sale in world.bank.of_order(life.order.id):
            lapsed = world.bank.has_lapsed(sale, world.time)
            payable = sale.standing is Standing.PENDING and sale in world.seen and not lapsed
            assert sale.standing is not Standing.SETTLED, f"closed, and paid: {life}"
            assert not payable, f"closed, and payable: {life}"

    def _dispensed(self, world: "World", life: Life) -> None:
        assert self.pulses[life.order.id] == 1
        assert life.order.id in self.may_have_goods

    def _refunded(self, world: "World", life: Life) -> None:
        sales = world.bank.of_order(life.order.id)
        assert any(sale.paid and sum(sale.returned.values()) >= sale.paid for sale in sales)

    def rests(self, world: "World") -> None:
        """After the last fault: nobody is lost, and every end was told exactly once."""
        for life in world.all_lives():
            assert life.is_over, life
            for what, times in Counter(f"order.{step.state.lower()}" for step in life.history).items():
                assert self.messages[life.order.id, what] == times, (what, life)
            paid = any(sale.standing is Standing.SETTLED for sale in world.bank.of_order(life.order.id))
            assert not (paid and isinstance(life.state, Closed)), life


def _anything(watch: Watch, world: "World", life: Life) -> None:
    """Nothing is promised of this state."""


RECORDS = {Closed: Watch._closed, Dispensed: Watch._dispensed, Refunded: Watch._refunded}
"""What a record says must be so."""
