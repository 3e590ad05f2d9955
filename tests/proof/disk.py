"""What is on disk: everything of one decision or nothing of it.  The real journal is proven elsewhere."""

import copy
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from kiosk import effects as do
from kiosk.model import SlotRecord
from kiosk.reopening import Memory
from kiosk.states import Life
from tests.core.books import Books

LIFE = msgspec.json.Decoder(Life)
RECORD = msgspec.json.Decoder(SlotRecord)


class Disk:
    """Orders, slots, commands, what was pushed, the last boot; `recovery` as a start finds it."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}
        self.slots: dict[int, SlotRecord] = {}
        self.books = Books()
        self.last_boot = ""
        self.recovery = ""
        self.commits = 0

    def write(self, effects: Iterable[do.Effect], boot: str) -> None:
        """Everything of one decision."""
        self.commits += 1
        self.last_boot = boot
        self.books.write(effects)
        for effect in effects:
            if isinstance(effect, do.Save):
                self.lives[effect.life.order.id] = effect.life
            elif isinstance(effect, do.SaveSlot):
                self.slots[effect.number] = effect.record

    def memory(self) -> Memory:
        """What a new process reads, through the very bytes that the journal keeps."""
        going = (life for life in self.lives.values() if not life.is_over)
        encode = msgspec.json.encode
        return Memory(
            lives=tuple(LIFE.decode(encode(life)) for life in going),
            slots={number: RECORD.decode(encode(each)) for number, each in self.slots.items()},
            recovery=self.recovery,
            last_boot=self.last_boot,
            unfinished=self.books.unfinished,
            pushed=self.books.pushed,
        )

    def accept_loss(self) -> None:
        """What a person's word does to the journal: it is trusted again, but for what was open in it."""
        self.recovery = ""
        for id_, life in self.lives.items():
            if not life.is_over:
                self.lives[id_] = replace(life, doubtful=True)

    def copied(self) -> "Disk":
        """The same once more, as a card is copied."""
        other = copy.copy(self)
        other.lives, other.slots, other.books = dict(self.lives), dict(self.slots), copy.copy(self.books)
        other.books.commands = dict(self.books.commands)
        other.books.answers = {id_: list(replies) for id_, replies in self.books.answers.items()}
        return other
