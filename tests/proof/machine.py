"""The kiosk's process around the real core: it decides, writes down, acts, ends and starts anew.

Every moment at which it may end is counted: before and after each commit, after each act, when a gateway has
done what it was asked for, and when a release is over and nobody has heard of it yet.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Protocol

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import view
from kiosk.model import Now, Terms
from kiosk.mqtt.reports import Taken
from kiosk.reopening import reopen
from kiosk.screens import Screen, Starting
from kiosk.settings import Settings
from kiosk.till import Till, decide, due
from kiosk.till.pushing import began
from tests.proof import facts
from tests.proof.disk import Disk
from tests.proof.facts import Chronicle

NEVER = float("inf")
OFF_FOR = (3.0, 25.0, 200.0)
"""Seconds without power: shorter than a claim window, longer than most, longer than a code is shown."""
KINDS = ("power", "crash")


class Cut(Exception):
    """The process is gone at this very moment."""


class Surroundings(Protocol):
    """What acts have their effect on."""

    disk_refuses: bool

    def levels(self) -> Iterator[on.Event]:
        """What the inputs say at a start."""

    def perform(self, act: do.Effect) -> None:
        """Do it, as the daemon's performer would."""

    def process_ended(self, *, power: bool) -> None:
        """Everything that was under way for the process is gone."""

    def later(self, seconds: float, deed: Callable[[], None]) -> None:
        """Whatever becomes of the process, that happens."""


class Clock:
    """True time, the time since boot, and what the wall clock says, which is whatever it says."""

    def __init__(self) -> None:
        self.time, self.elapsed, self.boots, self.wrong_by = 1_700_000_000.0, 1_000.0, 1, 0.0

    @property
    def now(self) -> Now:
        """This moment as the kiosk knows it."""
        return Now(f"boot-{self.boots}", self.elapsed, self.time + self.wrong_by)

    def advance(self, seconds: float) -> None:
        """Both go on."""
        if seconds > 0.0:
            self.time += seconds
            self.elapsed += seconds

    def reboot(self) -> None:
        """Another boot, which counts anew."""
        self.boots += 1
        self.elapsed = 2.0


class Machine:
    """One kiosk.  `cuts`: the moments, counted from 1, at which it ends; `chance`: what a cut does."""

    def __init__(
        self,
        settings: Settings,
        terms: dict[str, Terms],
        lay: Callable[[Settings, dict[str, int]], Settings],
        tick: int,
        cuts: tuple[int, ...],
        chance: Random,
        story: Chronicle,
    ) -> None:
        self.settings, self.terms, self.lay, self.tick = settings, terms, lay, tick
        self.cuts, self.chance, self.story = list(cuts), chance, story
        self.clock = Clock()
        self.disk = Disk()
        self.steps = 0
        self.points: Counter[str] = Counter()
        self.cut_at: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()
        self.crashes = 0
        self.is_up = False
        self.life_time = 0
        self.decisions = 0
        self.screen: Screen | None = None
        self.till: Till
        self.wants: float | None = None
        self.world: Surroundings

    def happen(self, event: on.Event) -> None:
        """Let the machine decide and act; where it is not there, nobody hears of it."""
        if not self.is_up:
            return
        self.decisions += 1
        try:
            till, effects = decide(self.till, event, self.clock.now)
            if self.world.disk_refuses and any(isinstance(effect, do.DURABLE) for effect in effects):
                self._cannot_remember()
                return
            self._do(effects, event, lambda: self._become(till))
        except Cut:
            return

    def step(self, point: str) -> None:
        """One moment at which the process may end."""
        self.steps += 1
        self.points[point] += 1
        if self.cuts and self.cuts[0] <= self.steps:
            self.cuts.pop(0)
            raise self._end(point)

    def passes(self, point: str) -> bool:
        """The same between two decisions: whether the process is still there afterwards."""
        if not self.is_up:
            return False
        try:
            self.step(point)
        except Cut:
            return False
        return True

    def end(self, *, power: bool, off_for: float = 2.0, point: str = "between") -> None:
        """The process is killed, or the power fails."""
        self.is_up = False
        self.life_time += 1
        self.wants = None
        self.story.note(facts.Ended, power, point)
        self.crashes = 0 if power else self.crashes + 1
        self.hits["crash after crash"] += self.crashes == 3
        self.world.process_ended(power=power)
        self.world.later(off_for, lambda: self.start(power=power))

    def start(self, *, power: bool = False) -> None:
        """A new process reads what is on disk and goes on; without a disk it waits."""
        if self.world.disk_refuses:
            self.world.later(10.0, lambda: self.start(power=power))
            return
        if power:
            self.clock.reboot()
        self.is_up = True
        self.show(Starting(self.settings.kiosk, self.settings.version))
        self.story.note(facts.Started, self.clock.now.boot, self.disk.recovery)
        memory = self.disk.memory()
        stored = memory.pushed
        laid = replace(stored, taken=Taken.APPLIED) if stored.taken is Taken.RESTARTING else stored
        settings = self.lay(self.settings, stored.document) if stored.in_effect else self.settings
        till, effects = reopen(settings, self.terms, memory, self.clock.now)
        till, said = began(replace(till, tick=self.tick), laid, stored)
        try:
            self._do((*effects, *said), None, lambda: self._become(till))
        except Cut:
            return
        for event in self.world.levels():
            self.happen(event)
        self.happen(on.TimePassed())

    def show(self, screen: Screen) -> None:
        """A picture is on the glass."""
        self.screen = screen
        self.story.note(facts.Shown, screen)

    def _become(self, till: Till) -> None:
        self.till = till
        self.wants = due(till)

    def _do(self, effects: tuple[do.Effect, ...], cause: on.Event | None, become: Callable[[], None]) -> None:
        durable = [effect for effect in effects if isinstance(effect, do.DURABLE)]
        if durable:
            try:
                self.step("commit<")
            except Cut:
                self.hits["configuration cut"] += any(isinstance(each, do.SavePushed) for each in durable)
                # the power failed while it was being written: all of it is there, or nothing
                if self.chance.random() < 0.5:
                    self._write(durable, cause)
                raise
            self._write(durable, cause)
            self.step("commit>")
        become()
        mine = self.life_time
        for act in effects:
            if not isinstance(act, do.DURABLE) and not isinstance(act, do.Log):
                self.world.perform(act)
                if self.life_time != mine:
                    raise Cut
                self.step(f"{type(act).__name__.lower()}>")
        till = self.till
        opened = till.opened.order.id if till.opened else ""
        pushed = self.disk.books.pushed
        document = pushed.document if pushed.in_effect else {}
        self.story.note(facts.Decided, till.settings, opened, len(till.background), document)

    def _write(self, effects: Sequence[do.Durable], cause: on.Event | None) -> None:
        story, before, number = self.story, self.disk.lives, self.disk.commits
        for effect in effects:
            if isinstance(effect, do.Save):
                was = before.get(effect.life.order.id)
                story.note(facts.Wrote, effect.life, was, cause, number)
            elif isinstance(effect, do.Tell):
                story.note(facts.Told, effect.what, effect.order_id, effect.fields, number)
            elif isinstance(effect, do.Remember):
                story.note(facts.Remembered, effect.id, effect.name, number)
            elif isinstance(effect, do.Answer):
                story.note(facts.Answered, effect.reply, number)
        self.disk.write(effects, self.clock.now.boot)

    def _end(self, point: str) -> Cut:
        """What the other chance makes of a cut; it never draws from the world's."""
        power = self.chance.random() < 0.6
        self.cut_at[f"{point} {KINDS[not power]}"] += 1
        off_for = self.chance.choice(OFF_FOR) if power else 2.0
        self.end(power=power, off_for=off_for, point=point)
        return Cut()

    def _cannot_remember(self) -> None:
        """Outputs off, the claim code on the panel, and the end: what the daemon does."""
        till = self.till
        self.show(view.without_memory(till.settings, till.session, till.opened).screen)
        self.end(power=False, off_for=15.0, point="disk")
