"""A story: one machine, its customers, its gateways and its troubles, all told from one number.

Two chances are drawn from: the world's, and another for what a cut does, so that a cut does not shift the
world.  Time is a heap of moments.  After a while nothing goes wrong any more, and the machine has to come to
rest by itself.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from kiosk import effects as do
from kiosk import events as on
from kiosk.screens import PayByCode
from tests.core.bank import Sale, Standing
from tests.proof import facts
from tests.proof.calls import Calls
from tests.proof.facts import Chronicle
from tests.proof.machine import Machine
from tests.proof.mail import Mail
from tests.proof.mishaps import MISHAPS
from tests.proof.output import Output
from tests.proof.plans import PIN, Payment, Plan, plan
from tests.proof.scenes import SCENES
from tests.proof.shop import laid
from tests.proof.truth import Truth

RESOLVED_WITHIN = 50 * 3_600.0
"""Seconds of peace after which all is over: the longest lapse, a day of asking, a day of giving back."""
TOO_MANY = 20_000
Deed = Callable[[], None]


class Moment(NamedTuple):
    """Something that happens then; of `life` where it is the process's own, 0 for the world's."""

    at: float
    n: int
    life: int
    deed: Deed


class World:
    """Everything around the machine."""

    def __init__(self, of: Plan, seed: int | str, cuts: tuple[int, ...]) -> None:
        self.plan = of
        self.draw = Random(f"world {seed}")  # noqa: S311  # to be repeated, not to be secret
        self.story = Chronicle(of.terms)
        self.story.rate = of.rate
        self.truth = Truth(of.terms, self.story)
        chance = Random(f"cut {seed} {cuts}")  # noqa: S311  # the same
        self.machine = Machine(of.settings, of.terms, laid, of.tick, cuts, chance, self.story)
        self.machine.world = self
        self.story.time = self.machine.clock.time
        self.chance = chance
        self.hits: Counter[str] = self.machine.hits
        self.moments: list[Moment] = []
        self.n = 0
        self.is_peaceful = self.disk_refuses = self.panel_is_dead = False
        self.broken: dict[on.Part, str] = {}
        self.troubles: set[str] = set()
        self.for_ever: set[str] = set()
        self.stalled_until = 0.0
        self.codes: list[Sale] = []
        self.minted = 0
        self.calls = Calls(self)
        self.mail = Mail(self)
        self.output = Output(self)

    @property
    def rate(self) -> float:
        """How often something goes wrong now."""
        return 0.0 if self.is_peaceful else self.plan.rate

    @property
    def is_serving(self) -> bool:
        """Whether an order is open."""
        return self.machine.is_up and self.machine.till.opened is not None

    def hit(self, label: str, words: str) -> None:
        """A fault befalls the machine, and is counted."""
        self.hits[label] += 1
        self.story.note(facts.Noted, words)

    def later(self, seconds: float, deed: Deed) -> None:
        """Whatever becomes of the process, that happens."""
        self._push(seconds, 0, deed)

    def soon(self, seconds: float, deed: Deed) -> None:
        """That happens if this very process is still there."""
        self._push(seconds, self.machine.life_time + 1, deed)

    def put(self, event: on.Event, seconds: float = 0.0) -> None:
        """An event for this very process."""
        self.soon(seconds, lambda: self.machine.happen(event))

    def levels(self) -> Iterator[on.Event]:
        """What the inputs say at a start."""
        for part, reason in list(self.broken.items()):
            yield on.PartFailed(part, reason)

    def process_ended(self, *, power: bool) -> None:
        """Everything that was under way for the process is gone."""
        self.calls.process_ended()
        self.output.process_ended(power=power)
        self.stalled_until = 0.0

    def perform(self, act: do.Effect) -> None:
        """Do it, as the daemon's performer would."""
        match act:
            case do.Show(view=view):
                self._show(view.screen)
            case do.Create() | do.Ask() | do.Cancel() | do.Refund():
                self.calls.send(act)
            case do.Mint():
                self.put(self.mail.minted(act.reference, act.attempt), 0.01)
            case do.Release():
                self.output.release(act)
            case do.TryOutput():
                self.output.tries(act)
            case do.Restart():
                self.soon(0.0, self.stops)
            case do.CheckPin():
                self.put(on.PinChecked(act.ticket, act.pin.reveal() == PIN), 0.3)
            case do.LookUp():
                lives = [
                    life
                    for life in self.machine.disk.lives.values()
                    if act.name in ("", life.order.claim_code)
                ]
                self.put(on.LookedUp(act.ticket, tuple(lives[::-1])), 0.1)
            case do.LookAround():
                self.put(on.LookedAround(act.ticket, ()), 0.1)
            case _:
                pass

    def stops(self) -> None:
        """The process ends in good order."""
        self.machine.happen(on.Stopping())
        self.output.finish()
        if self.machine.is_up:
            self.machine.end(power=False, point="stop")

    def tell(self) -> Chronicle:
        """The whole story; it is at rest in the end, or never."""
        self.machine.start()
        self.put(on.StockCounted(2, self.plan.stock, "staff"))
        for visit in self.plan.visits:
            self.later(visit.at, self.mail.visited(visit))
        for mishap in self.plan.mishaps:
            self.later(mishap.at, MISHAPS[mishap.what](self, mishap))
        self.later(self.plan.ends_at, self._peace)
        end = self.machine.clock.time + self.plan.ends_at + RESOLVED_WITHIN
        while self._goes_on() and self.machine.clock.time < end and self.machine.decisions < TOO_MANY:
            self._next()
        return self._judged()

    def _judged(self) -> Chronicle:
        story, machine = self.story, self.machine
        story.rests = not self._goes_on()
        story.stands = self.truth.stands(machine.clock.time)
        story.lives = list(machine.disk.lives.values())
        story.unfinished = machine.disk.books.unfinished
        story.kept = set(machine.disk.books.commands)
        return story

    def _goes_on(self) -> bool:
        """Whether anything will still happen by itself."""
        machine = self.machine
        if self.moments or not self.is_peaceful or not machine.is_up:
            return True
        if machine.till.restart:
            return True
        return any(not life.is_over for life in (machine.till.opened, *machine.till.background) if life)

    def _peace(self) -> None:
        """From now on nothing goes wrong."""
        self.is_peaceful = True
        self.machine.cuts.clear()
        self.disk_refuses = self.panel_is_dead = False
        self.troubles &= self.for_ever
        self.story.note(facts.Noted, "From now on nothing goes wrong any more.")
        self.truth.makes_slow_ones()
        for part in list(self.broken):
            self.heal(part)
        self.machine.happen(on.TimePassed())

    def breaks(self, part: on.Part, reason: str) -> None:
        """It is bad from now on."""
        self.broken[part] = reason
        self.story.note(facts.Broke, part)
        self.machine.happen(on.PartFailed(part, reason))

    def heal(self, part: on.Part) -> None:
        """It works again."""
        if self.broken.pop(part, None) is not None:
            self.story.note(facts.Mended, part)
            self.machine.happen(on.PartHealed(part))

    def _next(self) -> None:
        clock = self.machine.clock
        wants = self.machine.wants
        wakes_at = clock.time + max(0.0, wants - clock.elapsed) if wants is not None else float("inf")
        wakes_at = max(wakes_at, self.stalled_until)
        if self.moments and self.moments[0].at < wakes_at:
            self._happens(heapq.heappop(self.moments))
            return
        assert wakes_at < float("inf"), "nothing is due and nothing will happen, yet it is not at rest"
        self._sleep_until(wakes_at)
        if wants is not None:
            clock.elapsed = max(clock.elapsed, wants)
        self._wake()

    def _wake(self) -> None:
        machine = self.machine
        before, life = machine.till, machine.life_time
        machine.happen(on.TimePassed())
        if machine.life_time == life and machine.wants is not None:
            moved = machine.wants > machine.clock.elapsed or machine.till != before
            assert moved, "the till goes round in circles"

    def _happens(self, moment: Moment) -> None:
        if moment.life and moment.life != self.machine.life_time + 1:
            return
        if moment.life and moment.at < self.stalled_until:
            self._push(self.stalled_until - self.machine.clock.time, moment.life, moment.deed)
            return
        self._sleep_until(moment.at)
        moment.deed()

    def _sleep_until(self, moment: float) -> None:
        self.machine.clock.advance(moment - self.machine.clock.time)
        self.story.time = self.machine.clock.time

    def _push(self, seconds: float, life: int, deed: Deed) -> None:
        self.n += 1
        heapq.heappush(self.moments, Moment(self.machine.clock.time + seconds, self.n, life, deed))

    def _show(self, screen: object) -> None:
        if self.panel_is_dead:
            self.story.note(facts.Froze)
            self.put(on.PartFailed(on.Part.PANEL, "no answer on the bus"))
            return
        self.machine.show(screen)  # type: ignore[arg-type]
        if on.Part.PANEL in self.machine.till.faults:
            self.put(on.PartHealed(on.Part.PANEL))
        if isinstance(screen, PayByCode):
            self._code_is_seen(screen)

    def _code_is_seen(self, screen: PayByCode) -> None:
        sale = self.truth.sales.get(self.truth.by_code.get(screen.payload, ""))
        if sale is None or sale in self.codes:
            return
        self.codes.append(sale)
        customer = self.plan.customers[len(self.codes) % len(self.plan.customers)]
        terms = self.plan.terms[sale.order.gateway]
        starts = {Payment.AROUND_EXPIRY: terms.on_screen, Payment.LONG_AFTER: terms.on_screen}
        after = starts.get(customer.when, 0.0) + customer.after
        if customer.when is Payment.IN_THE_WINDOW:
            after = terms.on_screen + customer.after * terms.claim_window
        for moment, key in customer.keys:
            self.later(moment, lambda key=key: self.machine.happen(on.KeyPressed(key)))  # type: ignore[misc]
        if customer.when is Payment.NEVER:
            return
        self.hits[f"pays {customer.when.name.lower()}"] += 1
        self.hits["hint of another amount"] += bool(customer.twist and customer.hints)
        self.later(max(0.1, after), lambda: self._pays(sale, customer))
        self.mail.hinted(sale, customer.hints, after)

    def _pays(self, sale: Sale, customer: object) -> None:
        twist, again, in_vain = customer.twist, customer.again, customer.debited_in_vain  # type: ignore[attr-defined]
        now = self.machine.clock.time
        if in_vain and sale.standing is Standing.PENDING:
            sale.standing = Standing.CANCELLED
            self.hit("debited in vain", "A wallet is debited, but the gateway lets the order expire.")
            return
        amount = 2 * sale.order.amount if again else sale.order.amount + twist
        if self.truth.pay(sale, amount, now) and amount != sale.order.amount:
            self.hit("pays twice" if again else "pays another amount", f"Rp {amount} come in.")


def tell(seed: int | str, cuts: tuple[int, ...] | None = None, *, wrong_by: float = 0.0) -> World:
    """The story of that number or name, told to its end.

    `cuts` instead of those that were drawn for it; `wrong_by`: seconds by which the wall clock is off.
    """
    of = SCENES[seed] if isinstance(seed, str) else plan(seed)
    world = World(of, seed, of.cuts if cuts is None else cuts)
    world.machine.clock.wrong_by = wrong_by
    try:
        world.tell()
    except Exception as error:  # noqa: BLE001  # whatever the core raises is a finding like any other
        world.story.broken = f"{type(error).__name__}: {error}"
        world.story.lives = list(world.machine.disk.lives.values())
    return world
