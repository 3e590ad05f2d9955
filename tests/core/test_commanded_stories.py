"""The random stories once more, with a vending controller, an operator and their broker in them.

The same stories are told at every run; `STORIES=100000` tells so many, and new ones each time.
"""

import os
from enum import Enum
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import precondition, rule
from msgspec.structs import replace

from kiosk import commands as ask
from kiosk import effects as do
from kiosk import events as on
from kiosk.admission import Admitted, admit_locally
from kiosk.model import Drop, Rupiah, Slot, Terms, Trouble, TroubleKind
from kiosk.pushed import Candidate
from kiosk.refusals import Reason
from kiosk.settings import NOTHING, Settings
from kiosk.states import Dispensed, Escalated, Life
from kiosk.till.settling import named
from tests.core.bank import No
from tests.core.promises import Promises
from tests.core.test_stories import LATELY, SELDOM, TROUBLES, WHICH, Stories, some
from tests.core.world import UNREACHABLE, Call, World

REFERENCES = st.sampled_from(["sale-1", "sale-2", "sale-3", "sale-4", "sale-5", "sale-6"])
CHARGES = st.sampled_from(
    [
        {"slot": 1},
        {"slot": 1},
        {"slot": 2},
        {"slot": 3, "description": "Bensin"},
        {"slot": 1, "amount": 12_500},
        {"amount": 7_000},
        {"amount": 7_000},
        {"amount": 500},
    ]
)
A_DAY = 87_000.0
PARTS = st.sampled_from([None, None, 1_000, 4_000, 8_000, 12_000, 50_000])
WAYS = st.sampled_from(["order_id", "claim_code", "reference"])


class Fate(Enum):
    """What becomes of a call for a refund."""

    ANSWERED = "answered"
    REPLY_LOST = "has its effect, the reply is lost"
    SLOW = "is taken, and made some other time"
    NONE = "is still under way"


FATES = st.sampled_from([Fate.ANSWERED, *Fate])


class CommandedStories(Stories):
    """What comes over MQTT or through the control socket, and a broker that brings it again."""

    def made(self, shop: Settings, terms: dict[str, Terms]) -> World:
        self.asked = 0
        self.kept: dict[str, Admitted] = {}
        slots = (*shop.slots, Slot(3, "Bensin", Rupiah(9_000), NOTHING)) if shop.slots else ()
        limits = replace(shop.limits, highest_charge=13_000)
        more = {name: _gives_back(each) for name, each in terms.items()}
        return World(replace(shop, slots=slots, limits=limits), more, Promises(), laid)

    @rule(reference=REFERENCES, args=CHARGES, quick=st.integers(0, 4))
    def a_controller_charges(self, reference: str, args: dict[str, Any], quick: int) -> None:
        """Perhaps everything goes quickly from there."""
        if quick:
            self._mend()
            self.world.wait(60.0, patience=0.2)
        self._ask("charge", reference=reference, **args)
        if quick > 1 and self.world.calls:
            self.world.reply(self.world.calls[-1])
        if quick > 2 and self.world.seen:
            self.somebody_pays(0, 0, quick)

    a_controller_charges_again = a_controller_charges

    @precondition(lambda self: self.asked)
    @rule(which=WHICH)
    def a_command_comes_again(self, which: int) -> None:
        """The same packet once more, however it was answered."""
        if command := self.kept.get(f"c{self.asked - which % self.asked}"):
            self._brought(command)

    @rule(which=LATELY, way=WAYS, name=st.sampled_from(["cancel", "check"]))
    def somebody_cancels_or_checks(self, which: int, way: str, name: str) -> None:
        way = "order_id" if way == "claim_code" else way
        if life := self._one(which):
            self._ask(name, **_naming(life, way))

    @rule(
        which=LATELY,
        way=WAYS,
        amount=PARTS,
        goodwill=st.sampled_from([True, True, False]),
        quick=st.sampled_from([True, True, True, False]),
        fates=st.lists(FATES, max_size=4),
        days=st.sampled_from([0, 0, 1]),
        times=st.sampled_from([1, 1, 1, 3]),
    )
    def an_operator_refunds(
        self,
        which: int,
        way: str,
        amount: int | None,
        goodwill: bool,
        quick: bool,
        fates: list[Fate],
        days: int,
        times: int,
    ) -> None:
        """Perhaps of an order that is over, and looked up at once; each call then has its fate."""
        if quick:
            self._comes_to_an_end()
        life = self._one(which, Dispensed | Escalated if quick else object)
        if life is None:
            return
        part = {} if amount is None else {"amount": amount}
        args = {"goodwill": goodwill, "who": "Sari", **part, **_naming(life, way)}
        for _ in range(times):
            self._ask("refund", **args)
            while quick and self.world.looking:
                self._looked_up(self.world.looking[0], "")
            for fate in fates:
                self._goes_on(fate)
                self.world.wait(61.0, patience=1_000.0)
            self.world.wait(days * A_DAY, patience=0.2)

    an_operator_refunds_again = an_operator_refunds
    an_operator_refunds_once_more = an_operator_refunds

    @rule(which=LATELY, way=WAYS, amount=PARTS)
    def two_refund_the_same(self, which: int, way: str, amount: int | None) -> None:
        """Both are looked up before either is decided."""
        life = self._one(which, Dispensed | Escalated)
        part = {} if amount is None else {"amount": amount}
        for _ in range(2 if life else 0):
            assert life
            self._ask("refund", goodwill=True, who="Sari", **part, **_naming(life, way))

    @rule(which=LATELY, way=WAYS, what=st.sampled_from(list(ask.Resolution)))
    def an_operator_resolves(self, which: int, way: str, what: ask.Resolution) -> None:
        if life := self._one(which, Escalated):
            self._ask("resolve", who="Sari", **{"as": what.value}, **_naming(life, way))

    @precondition(lambda self: self.world.looking)
    @rule(which=WHICH, fails=SELDOM)
    def an_order_is_looked_up(self, which: int, fails: bool) -> None:
        self._looked_up(some(self.world.looking, which), "the journal takes too long" if fails else "")

    @rule(
        name=st.sampled_from(["disable", "enable", "stock", "restart", "ping", "identify", "test"]),
        slot=st.sampled_from([1, 2, "all"]),
        seldom=SELDOM,
    )
    def an_operator_sees_to_the_machine(self, name: str, slot: int | str, seldom: bool) -> None:
        args: dict[str, dict[str, Any]] = {
            "disable": {"slot": slot, "who": "Sari"},
            "enable": {"slot": slot, "who": "Sari"},
            "stock": {"slot": 2, "count": 3, "who": "Sari"},
            "test": {"part": "panel"},
        }
        if seldom:
            self._ask(name, **args.get(name, {}))

    @rule(seldom=SELDOM)
    def somebody_on_the_spot_tries_an_output(self, seldom: bool) -> None:
        if seldom:
            outputs = sorted(self.world.settings.outputs)
            self._ask("test_output", output=outputs[0], who="Budi")

    @precondition(lambda self: self.world.trying)
    @rule(fails=SELDOM)
    def an_output_was_tried(self, fails: bool) -> None:
        self.world.output_tried("the coil is open" if fails else "")

    @rule(version=st.integers(1, 9), step=st.integers(0, 3), restarts=SELDOM, wrong=SELDOM)
    def an_operator_pushes_prices(self, version: int, step: int, restarts: bool, wrong: bool) -> None:
        document = {"step": step}
        candidate = Candidate(
            version=version,
            hash=f"{step}-{wrong}",
            document=document,
            settings=None if wrong else laid(self.world.settings, document),
            reason=Reason.NOT_VALID.value if wrong else "",
            restarts=restarts and not wrong,
        )
        self.world.happen(on.Pushed(candidate))

    @precondition(lambda self: any(map(_is_refund, self.world.calls)))
    @rule(kind=TROUBLES)
    def a_refund_is_taken_and_made_later(self, kind: Any) -> None:
        call = next(filter(_is_refund, self.world.calls))
        assert isinstance(call.act, do.Refund)
        if call.answer is None:
            try:
                self.world.bank.take_slowly(call.act)
            except No as no:
                trouble = no.trouble
            self.world.calls.remove(call)
            self.world.happen(on.RefundFailed(call.act.order.id, Trouble(kind, trouble.reason)))

    @rule(days=st.sampled_from([0, 0, 1, 2]))
    def refunds_that_were_taken_are_made(self, days: int) -> None:
        self.world.wait(days * A_DAY, patience=0.2)
        self.world.bank.makes_slow_ones()

    def what_goes_on_ends(self) -> None:
        """And the broker brings whatever was not written down."""
        super().what_goes_on_ends()
        if self.world.trying:
            self.world.output_tried("")
        self.world.bank.makes_slow_ones()
        while self.world.looking:
            self._looked_up(self.world.looking[0], "")
        for command in self.kept.values():
            self._brought(command)

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "world") and not self.world.is_broken:
            assert self.kept.keys() == self.world.books.commands.keys(), "a command was lost"

    def _ask(self, name: str, **args: Any) -> None:
        """A new command, with a new id."""
        self.asked += 1
        command = admit_locally(name, f"c{self.asked}", args, "sari")
        assert isinstance(command, Admitted), command
        self.kept[command.id] = command
        self.world.named[command.id] = args.get("reference", "")
        self._brought(command)

    def _brought(self, command: Admitted) -> None:
        """The broker brings it, perhaps again; what is known gets the answer it had."""
        under_way = any(each.command.id == command.id for each in self.world.looking)
        if command.id in self.world.books.commands or under_way:
            return
        reference = getattr(command.args, "reference", None)
        sale = self.world.books.sale(reference, self.world.all_lives()) if reference else None
        event = on.Commanded(command=command, sale=sale)
        if isinstance(command.args, ask.Charge):
            event = replace(event, minted=self.world.fresh(command.args.reference))
        elif isinstance(command.args, ask.OfOrder) and named(self.world.till, event) is None:
            self.world.looking.append(event)
            return
        self.world.happen(event)

    def _looked_up(self, event: on.Commanded, trouble: str) -> None:
        self.world.looking.remove(event)
        args = event.command.args
        assert isinstance(args, ask.OfOrder)
        lives = [life for life in reversed(self.world.all_lives()) if _is_named(life, args)]
        found = lives[0] if lives and not trouble else None
        self.world.happen(replace(event, searched=True, found=found, trouble=trouble))

    def _one(self, which: int, kind: Any = object) -> Life | None:
        lives = [life for life in self.world.all_lives()[::-1] if isinstance(life.state, kind)]
        return some(lives, which) if lives else None

    def _comes_to_an_end(self) -> None:
        if self.world.releasing:
            self.world.release_ends(Drop.NO_SENSOR)
        self.world.wait(200.0, patience=0.2)

    def _goes_on(self, fate: Fate) -> None:
        """Answer whatever comes before a refund; then it has its fate."""
        for _ in range(5):
            if any(map(_is_refund, self.world.calls)):
                break
            if self.world.calls:
                self.world.reply(self.world.calls[0])
            else:
                self.world.wait(2.5, patience=1_000.0)
        for call in [call for call in self.world.calls if _is_refund(call)][:1]:
            if fate is Fate.SLOW:
                self.a_refund_is_taken_and_made_later(TroubleKind.UNREACHABLE)
            elif fate is Fate.REPLY_LOST:
                self.world.reach(call)
                self.world.lose(call, UNREACHABLE)
            elif fate is Fate.ANSWERED:
                self.world.reply(call)


def _gives_back(terms: Terms) -> Terms:
    """Most gateways here give money back, also in parts; more of those stories are told."""
    return replace(terms, refunds=True, refunds_in_part=terms.cancels) if not terms.asks_by_charge else terms


def laid(shop: Settings, document: dict[str, int]) -> Settings:
    """A shop whose prices are some steps higher."""
    more = 1_000 * document.get("step", 0)
    free = shop.free and replace(shop.free, minimum=Rupiah(shop.free.minimum + more))
    return replace(
        shop,
        free=free,
        slots=tuple(replace(slot, price=Rupiah(slot.price + more)) for slot in shop.slots),
    )


def _is_refund(call: Call) -> bool:
    return isinstance(call.act, do.Refund)


def _naming(life: Life, way: str) -> dict[str, str]:
    order = life.order
    name = {"order_id": order.id, "claim_code": order.claim_code, "reference": order.reference}[way]
    return {way: name} if name else {"order_id": order.id}


def _is_named(life: Life, args: ask.OfOrder) -> bool:
    order = life.order
    names = {"order_id": order.id, "reference": order.reference, "claim_code": order.claim_code}
    return any(getattr(args, way, None) == name for way, name in names.items() if name)


TOLD = int(os.environ.get("STORIES", "0"))
TestCommandedStories = CommandedStories.TestCase
TestCommandedStories.settings = settings(
    max_examples=TOLD or 250,
    stateful_step_count=50,
    derandomize=not TOLD,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
