"""Whatever is committed in whatever order, and whatever byte is spoilt afterwards."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import assert_never

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.effects import Answer, Durable, Remember, Save, SavePushed, SaveSlot, Tell
from kiosk.errors import JournalError
from kiosk.journal import Journal
from kiosk.model import SlotRecord
from kiosk.mqtt.reports import Answer as Status
from kiosk.mqtt.reports import Reply
from kiosk.pushed import Pushed
from kiosk.states import Life
from tests.journal.sale import Machine, at, closing, dispensed, intent, reply, taken

LIVES: Sequence[Callable[[int], Life]] = (intent, closing, dispensed)
numbers = st.integers(1, 5)
saves = st.builds(lambda make, number: Save(make(number)), st.sampled_from(LIVES), numbers)
slots = st.builds(
    SaveSlot, numbers, st.builds(SlotRecord, stock=st.integers(0, 99), stopped=st.text(max_size=9))
)
fields = st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.integers(-(2**53), 2**53), max_size=3)
tells = st.builds(Tell, st.text(max_size=9), st.text(max_size=9), fields)
pushes = st.builds(SavePushed, st.builds(Pushed, version=numbers, document=fields))
decisions: st.SearchStrategy[list[Durable]] = st.lists(st.one_of(saves, slots, tells, pushes), max_size=4)


def commanded(number: int, memory: "Memory") -> list[Durable]:
    """Every decision takes a command or two and answers an earlier one."""
    ways = {0: taken(f"c-{number}"), 1: taken(f"c-{number}", exp=None)}
    done: list[Durable] = [Answer(reply(id_, Status.DONE)) for id_ in list(memory.taken)[:1]]
    return [*ways.get(number % 3, []), *done]


def by_id(lives: Iterable[Life]) -> list[Life]:
    return sorted(lives, key=lambda life: life.order.id)


class Memory:
    """What the journal must hold."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}
        self.slots: dict[int, SlotRecord] = {}
        self.told: list[Tell] = []
        self.taken: dict[str, int | None] = {}
        self.answers: dict[str, Reply] = {}
        self.pushed = Pushed()

    def take(self, decision: list[Durable]) -> None:
        for effect in decision:
            match effect:
                case Save(life):
                    self.lives[life.order.id] = life
                case SaveSlot(number, record):
                    self.slots[number] = record
                case SavePushed(pushed):
                    self.pushed = pushed
                case Tell():
                    self.told.append(effect)
                case Remember() | Answer():
                    self._commanded(effect)
                case _:
                    assert_never(effect)

    def _commanded(self, effect: Remember | Answer) -> None:
        if isinstance(effect, Remember):
            self.taken[effect.id] = effect.exp
        else:
            self.answers[effect.reply.id] = effect.reply

    def agrees_with(self, journal: Journal) -> bool:
        still_open = [life for life in self.lives.values() if not life.is_over]
        told = [(row.what, row.order_id, row.fields) for row in journal.unsent(999)]
        return (
            by_id(journal.open_lives()) == by_id(still_open)
            and journal.slots() == self.slots
            and told == [(tell.what, tell.order_id, tell.fields) for tell in self.told]
            and journal.pushed() == self.pushed
            and self.answered_in(journal)
        )

    def answered_in(self, journal: Journal) -> bool:
        known = {id_: journal.command(id_) for id_ in self.taken}
        unsent = {reply.id: reply for reply in journal.unsent_answers(999)}
        unfinished = {id_ for id_ in self.taken if self.answers[id_].status is Status.ACCEPTED}
        return (
            {id_: one and one.answer for id_, one in known.items()} == self.answers
            and unsent == {id_: self.answers[id_] for id_, exp in self.taken.items() if exp}
            and {one.id for one in journal.unfinished()} == unfinished
        )


@given(st.lists(decisions, max_size=6))
@settings(max_examples=40, deadline=None)
def test_every_start_finds_exactly_the_last_states(story: list[list[Durable]]) -> None:
    memory = Memory()
    with tempfile.TemporaryDirectory() as directory:
        machine = Machine(Path(directory)).set_up()
        with machine.start() as journal:
            for number, decision in enumerate(story):
                told = [*decision, *commanded(number, memory)]
                journal.commit(told, at())
                memory.take(told)
        for _ in range(2):
            with machine.start() as journal:
                assert memory.agrees_with(journal)
                assert journal.check() == ""


@given(st.integers(0), st.integers(1, 255))
@settings(max_examples=80, deadline=None)
def test_a_spoilt_byte_never_makes_up_an_order_nor_hides_one_for_good(place: int, change: int) -> None:
    """It opens as it was, or is known to be damaged: at once, or by the check that follows.

    A byte that makes it the file of a newer version has it refused.
    """
    open_orders = [closing(1), intent(2), closing(3)]
    with tempfile.TemporaryDirectory() as directory:
        machine = Machine(Path(directory)).set_up()
        with machine.start() as journal:
            journal.commit([Save(life) for life in (*open_orders, intent(4), dispensed(4))], at())
        contents = bytearray(machine.path.read_bytes())
        contents[place % len(contents)] ^= change
        machine.path.write_bytes(contents)
        with suppress_newer_version(), machine.start() as journal:
            found = journal.open_lives()
            assert all(life in open_orders for life in found)
            assert found == open_orders or journal.recovery or journal.check()


@contextmanager
def suppress_newer_version() -> Iterator[None]:
    try:
        yield
    except JournalError as refused:
        if "newer version" not in str(refused):
            raise
