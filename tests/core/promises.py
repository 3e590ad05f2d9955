"""What a controller and an operator are promised, watched from outside beside the other invariants.

Every command that the machine hears of is written down with its first answer, and ends exactly once.  A
reference is one sale.  A refund goes with somebody's name on it, and all of them together are never more than
was paid.  An order keeps its price, and a configuration holds whole or not at all.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kiosk import effects as do
from kiosk.model import Order
from kiosk.mqtt.reports import Answer, Reply
from kiosk.settings import Settings
from kiosk.states import Dispensed, Life, Refunding
from tests.core.watch import Watch

if TYPE_CHECKING:
    from tests.core.world import World

ENDS = frozenset(Answer) - {Answer.ACCEPTED}
TESTS_A_DAY = 20


class Promises(Watch):
    """Raises where one is broken.

    `orders` are as they were first written; `tests` of outputs are counted by day.
    """

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Order] = {}
        self.tests: Counter[int] = Counter()
        self._sold_with: tuple[str, Settings] | None = None

    def written(self, world: "World", effects: Sequence[do.Effect]) -> None:
        """A decision is on disk."""
        taken = [effect for effect in effects if isinstance(effect, do.Remember)]
        for command in taken:
            assert command.id not in world.books.commands, f"{command.id} is done a second time"
        for effect in effects:
            if isinstance(effect, do.Answer):
                self._answered(world, effect.reply, {command.id for command in taken})
            elif isinstance(effect, do.Save):
                order = effect.life.order
                assert self.orders.setdefault(order.id, order) == order, f"{order} was another order"
        lives = {effect.life.order.id: effect.life for effect in effects if isinstance(effect, do.Save)}
        for effect in effects:
            if isinstance(effect, do.Answer):
                self._is_true(world, effect.reply, lives)
                self._is_newest(world, effect.reply)

    def _answered(self, world: "World", reply: Reply, taken: set[str]) -> None:
        before = world.books.answers.get(reply.id, [])
        if reply.id in taken:
            return
        assert before, f"an answer to a command that nobody wrote down: {reply}"
        assert [each.status for each in before] == [Answer.ACCEPTED], f"{reply} after {before}"
        assert reply.status in ENDS, f"{reply} after {before}"

    def _is_true(self, world: "World", reply: Reply, lives: dict[str, Life]) -> None:
        """What an end says is what the journal has in that very moment."""
        order_id = reply.data.get("order_id")
        if reply.status not in (Answer.ACCEPTED, Answer.DONE, Answer.FAILED) or not order_id:
            return
        life = lives.get(order_id) or world.life(order_id)
        if reply.command == "charge":
            assert reply.data["amount"] == life.order.amount
        if reply.status is Answer.ACCEPTED:
            return
        if reply.command == "charge":
            assert isinstance(life.state, Dispensed) is (reply.status is Answer.DONE), (reply, life)
        if reply.command == "refund":
            assert not isinstance(life.state, Refunding), (reply, life)

    def _is_newest(self, world: "World", reply: Reply) -> None:
        """Who names a reference means its newest order."""
        reference, order_id = world.named.get(reply.id, ""), reply.data.get("order_id")
        if reference and order_id and reply.id not in world.books.answers:
            mine = [order.id for order in self.orders.values() if order.reference == reference]
            assert order_id == mine[-1], f"{reply} of {mine}"

    def tries(self, world: "World", act: do.TryOutput) -> None:
        """An output moves without a sale: not too often, and nobody is served meanwhile."""
        day = int(world.time // 86_400)
        self.tests[day] += 1
        assert self.tests[day] <= TESTS_A_DAY
        assert world.books.unfinished[act.command] == "test_output"
        assert world.releasing is None

    def releases(self, world: "World", order: Order) -> None:
        """One pulse an order, one paid order a reference."""
        super().releases(world, order)
        if order.reference:
            of_reference = [other.id for other in self.orders.values() if other.reference == order.reference]
            assert sum(self.pulses[each] for each in of_reference) == 1, "one reference, two sales"

    def _refunds_as_owed(self, world: "World", act: do.Refund) -> None:
        """Somebody asked for it, or nobody did."""
        state: Any = world.life(act.order.id).state
        assert isinstance(state, Refunding), "not on disk"
        if state.asked is None:
            super()._refunds_as_owed(world, act)
            return
        assert world.books.unfinished.get(state.asked.command) == "refund", "nobody asked for it"
        assert act.amount == state.asked.amount

    def decided(self, world: "World") -> None:
        """A decision is on disk and done."""
        super().decided(world)
        self._holds_whole(world)
        for life in world.all_lives():
            returned = [sum(sale.returned.values()) for sale in world.bank.of_order(life.order.id)]
            assert life.refunded <= max(returned, default=0), f"{life} of {returned}"
            assert life.refunded <= life.order.amount
        shown: Counter[str] = Counter(sale.order.reference for sale in world.seen)
        del shown[""]
        assert all(times == 1 for times in shown.values()), f"two codes for one reference: {shown}"

    def _holds_whole(self, world: "World") -> None:
        """What is sold with is the file or one whole document, and never changes under an order."""
        pushed, till = world.books.pushed, world.till
        if not world.restarts:
            document = pushed.document if pushed.in_effect else {}
            assert till.settings == world.lay(world.settings, document)
        opened = till.opened.order.id if till.opened else ""
        if opened and self._sold_with and self._sold_with[0] == opened:
            assert self._sold_with[1] == till.settings, "another configuration under an order"
        self._sold_with = (opened, till.settings)

    def rests(self, world: "World") -> None:
        """After the last fault: whatever was asked for has had its end."""
        super().rests(world)
        assert not world.books.unfinished
        for life in world.all_lives():
            if life.order.command:
                assert world.books.answers[life.order.command][-1].status in ENDS
