"""Random stories about a kiosk: whatever happens, and in whatever order, the invariants hold.

The same stories are told at every run; `STORIES=100000` tells so many, and new ones each time.
"""

import os
from enum import Enum
from typing import TypeVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, Environment, Field, FreeAmount, Rupiah, Slot, Terms, Trouble, TroubleKind
from kiosk.settings import Limits, Settings
from tests.core.bank import Standing
from tests.core.watch import Watch
from tests.core.world import Call, Trip, World

Thing = TypeVar("Thing")

FULL = Terms(carries=frozenset(Field), merchant="G1", cancels=True, refunds=True)
TERMS = (
    FULL,
    replace(FULL, refunds=False),
    replace(FULL, cancels=False, claim_window=45.0, poll=(5.0,), lapses_after=3900.0, on_screen=60.0),
    Terms(
        carries=frozenset({Field.AMOUNT}),
        poll=(15.0, 30.0),
        claim_window=95.0,
        status_deadline=35.0,
        create_deadline=35.0,
        wait_for_code=40.0,
        lapses_after=3900.0,
        asks_by_charge=True,
    ),
)
"""Gateways as different as they come: with and without cancel, refund, a final no."""
SLOTS = (
    Slot(1, "Kopi susu", Rupiah(12_000), "spiral1"),
    Slot(2, "Teh tarik", Rupiah(8_000), "spiral2", counts_stock=True),
)
PARKING = FreeAmount("Parkir", Rupiah(2_000), Rupiah(50_000), Rupiah(1_000), "gate")
SHOP = Settings(
    kiosk="K01",
    merchant="Kopi Kita",
    contact="WA 0812",
    version="1.0",
    environment=Environment.PRODUCTION,
    gateways=("first",),
    slots=SLOTS,
    limits=Limits(unpaid_orders=50),
)
PAUSES = st.sampled_from([0.0, 0.3, 1.0, 2.0, 5.0, 9.9, 20.0, 20.1, 60.0, 95.0, 180.0, 190.0, 700.0, 3700.0])
TROUBLES = st.sampled_from(
    [TroubleKind.UNREACHABLE, TroubleKind.UNREACHABLE, TroubleKind.UNREADABLE, TroubleKind.MISCONFIGURED]
)
PARTS = st.sampled_from([on.Part.PANEL, on.Part.OUTPUT, on.Part.DOOR, on.Part.LOOP, on.Part.DISK])
WHICH = st.integers(0, 7)
LATELY = st.sampled_from([0, 0, 0, 0, 1, 2])
SELDOM = st.sampled_from([True, False, False, False])
TROUBLE_FREE_DAYS = 4 * 86_400.0


class Fate(Enum):
    """What becomes of a call under way."""

    ANSWERED = "answered"
    REACHES_ONLY = "has its effect, the reply is on its way"
    REPLY_LOST = "has its effect, the reply is lost"
    LOST = "is lost before it has any effect"
    PRETENDED = "is a cancel, taken without any effect"


class Stories(RuleBasedStateMachine):
    """Everything that people, parts, gateways and the power company can do to a kiosk."""

    world: World

    @initialize(
        first=st.sampled_from(TERMS),
        second=st.sampled_from([None, None, *TERMS]),
        free=st.booleans(),
        stock=st.integers(0, 3),
    )
    def it_opens(self, first: Terms, second: Terms | None, free: bool, stock: int) -> None:
        self.product = "7000#" if free else ""
        terms = {"first": first, "second": second} if second else {"first": first}
        settings = replace(SHOP, slots=(), free=PARKING) if free else SHOP
        self.world = self.made(replace(settings, gateways=tuple(terms)), terms)
        self.world.happen(on.TimePassed())
        self.world.happen(on.StockCounted(2, stock, "staff"))

    def made(self, shop: Settings, terms: dict[str, Terms]) -> World:
        return World(shop, terms, Watch())

    @rule(keys=st.sampled_from(["1", "2", "#", "*", "**", "1#", "5", "5000#"]))
    def somebody_presses_keys(self, keys: str) -> None:
        for key in keys:
            self.world.happen(on.KeyPressed(key))

    @rule(
        slot=st.sampled_from(["1#", "2#"]),
        how_far=st.sampled_from([0, 1, 2, 2, 2, 3, 4, 5, 6]),
        after=st.sampled_from([2.0, 2.0, 100.0, 400.0]),
        mended=st.booleans(),
    )
    def a_customer_comes(self, slot: str, how_far: int, after: float, mended: bool) -> None:
        """Somebody who knows what he wants; all goes well up to some point."""
        if mended:
            self._mend()
        self.world.wait(after, patience=0.2)
        self.somebody_presses_keys("*" + (self.product or slot))
        if how_far > 0 and self.world.minting:
            self.world.mint()
        if how_far > 1 and self.world.calls:
            self.world.reply(self.world.calls[-1])
        if how_far > 2 and self.world.seen:
            self.somebody_pays(0, 0, how_far - 3)

    another_customer_comes = a_customer_comes

    @precondition(lambda self: self.world.minting)
    @rule()
    def an_order_id_is_minted(self) -> None:
        self.world.mint()

    @precondition(lambda self: self.world.calls)
    @rule(which=LATELY, fate=st.sampled_from(Fate), kind=TROUBLES)
    def a_call_goes_on(self, which: int, fate: Fate, kind: TroubleKind) -> None:
        call = some(sorted(self.world.calls, key=_is_no_refund), which)
        if fate in (Fate.REACHES_ONLY, Fate.REPLY_LOST):
            self.world.reach(call)
        if fate in (Fate.REPLY_LOST, Fate.LOST):
            self.world.lose(call, Trouble(kind, "lost"))
        if fate is Fate.PRETENDED:
            self.world.pretend(call)
        if fate in (Fate.ANSWERED, Fate.PRETENDED):
            self.world.reply(call)

    @precondition(lambda self: self.world.floating)
    @rule(which=WHICH)
    def a_call_reaches_the_gateway_late(self, which: int) -> None:
        call = some(self.world.floating, which)
        self.world.floating.remove(call)
        self.world.reach(call)

    @precondition(lambda self: self.world.seen)
    @rule(which=LATELY, twist=st.sampled_from([0] * 10 + [1, -1000]), told=st.sampled_from([0, 1, 3, 3]))
    def somebody_pays(self, which: int, twist: int, told: int) -> None:
        """Perhaps a hint comes of it, and perhaps the gateway is quick to confirm."""
        sale = some(self.world.seen[::-1], which)
        self.world.bank.pay(sale, sale.order.amount + twist, self.world.time)
        if told:
            self.world.happen(on.Hinted(sale.order.id))
        for _ in range(told):
            self.world.wait(1.0)
            for call in self.world.calls[:1]:
                self.world.reply(call)

    @precondition(lambda self: self.world.seen)
    @rule(which=LATELY, seldom=SELDOM)
    def the_gateway_or_the_operator_ends_a_sale(self, which: int, seldom: bool) -> None:
        if not seldom:
            return
        sale = some(self.world.seen[::-1], which)
        if sale.standing is Standing.PENDING:
            sale.standing = Standing.CANCELLED
        elif sale.standing is Standing.SETTLED and not sale.returned:
            self.world.bank.give_back_elsewhere(sale, self.world.time)

    @rule(which=LATELY)
    def a_hint_comes(self, which: int) -> None:
        known = ["K01NOSUCHORDERATALL0A", *self.world.lives]
        self.world.happen(on.Hinted(some(known[::-1], which)))

    @rule(seconds=PAUSES, patience=st.sampled_from([0.2, 3.0, 1000.0]))
    def time_passes(self, seconds: float, patience: float) -> None:
        """The gateway answers at once, slowly, or not at all."""
        self.world.wait(seconds, patience)

    @rule(seconds=st.sampled_from([0.5, 3.0, 15.0, 40.0]))
    def the_machine_is_too_busy_to_notice_the_time(self, seconds: float) -> None:
        self.world.oversleep(seconds)

    @precondition(lambda self: self.world.releasing)
    @rule(drop=st.sampled_from(Drop), fails=st.sampled_from([False, False, True]), energised=st.booleans())
    def a_release_ends(self, drop: Drop, fails: bool, energised: bool) -> None:
        if fails:
            self.world.release_fails(energised=energised)
        else:
            self.world.release_ends(drop)

    @rule(part=PARTS, mended=st.booleans(), seldom=SELDOM)
    def a_part_fails_or_all_are_mended(self, part: on.Part, mended: bool, seldom: bool) -> None:
        if not seldom:
            return
        if mended:
            self._mend()
        else:
            self.world.happen(on.PartFailed(part, "broken"))

    @rule(slot=st.integers(0, 2), enabled=st.sampled_from([True, True, False]))
    def staff_see_to_a_slot(self, slot: int, enabled: bool) -> None:
        self.world.happen((on.SlotEnabled if enabled else on.SlotDisabled)(slot, "staff"))
        self.world.happen(on.StockCounted(2, 3, "staff"))

    @rule(
        steps=st.sampled_from([-1, -1, 0, 1, 1, 2, 2, 3, 4, 5]),
        power=st.booleans(),
        stopped=st.booleans(),
        seldom=SELDOM,
    )
    def the_process_ends(self, steps: int, power: bool, stopped: bool, seldom: bool) -> None:
        """Now, or after so many steps of the next decision, which may be the one to stop."""
        if not seldom:
            return
        if steps >= 0:
            self.world.trips.append(Trip(steps, power))
        if stopped and not power:
            self.world.happen(on.Stopping())
        if steps < 0 or stopped:
            self.world.end(power=power)

    def teardown(self) -> None:
        """The faults stop, and the machine comes to rest by itself."""
        if not hasattr(self, "world") or self.world.is_broken:
            return
        world = self.world
        world.trips.clear()
        self._mend()
        self.what_goes_on_ends()
        end = world.time + TROUBLE_FREE_DAYS
        while world.time < end and not world.is_resting:
            self.what_goes_on_ends()
            world.wait(300.0, patience=0.2)
        world.watch.rests(world)

    def what_goes_on_ends(self) -> None:
        """Whatever waits for something but a gateway."""
        if self.world.releasing:
            self.world.release_ends(Drop.SEEN)
        if self.world.minting:
            self.world.mint()

    def _mend(self) -> None:
        for part in on.Part:
            self.world.happen(on.PartHealed(part))


def _is_no_refund(call: Call) -> bool:
    return not isinstance(call.act, do.Refund)


def some(things: list[Thing], which: int) -> Thing:
    return things[which % len(things)]


TOLD = int(os.environ.get("STORIES", "0"))
TestStories = Stories.TestCase
TestStories.settings = settings(
    max_examples=TOLD or 400,
    stateful_step_count=50,
    derandomize=not TOLD,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
