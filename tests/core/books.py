"""What is on disk beside the orders: commands with their answers, and what was pushed."""

import zlib
from collections.abc import Iterable

from kiosk import effects as do
from kiosk.model import Sale
from kiosk.mqtt.reports import Answer, Reply
from kiosk.pushed import Pushed
from kiosk.states import Life


class Books:
    """Written by one decision at a time, and asked what the journal is asked before the next."""

    def __init__(self) -> None:
        self.commands: dict[str, do.Remember] = {}
        self.answers: dict[str, list[Reply]] = {}
        self.pushed = Pushed()

    def write(self, effects: Iterable[do.Effect]) -> None:
        """Everything of one decision."""
        for effect in effects:
            if isinstance(effect, do.Remember):
                self.commands[effect.id] = effect
            elif isinstance(effect, do.Answer):
                self.answers.setdefault(effect.reply.id, []).append(effect.reply)
            elif isinstance(effect, do.SavePushed):
                self.pushed = effect.pushed

    @property
    def unfinished(self) -> dict[str, str]:
        """Commands whose end was not answered, by id."""
        return {
            id_: replies[-1].command
            for id_, replies in self.answers.items()
            if replies[-1].status is Answer.ACCEPTED
        }

    def sale(self, reference: str, lives: Iterable[Life]) -> Sale | None:
        """What is kept for ever of a reference."""
        mine = [life for life in lives if life.order.reference == reference]
        if not mine:
            return None
        newest = mine[-1]
        digest, why = self.commands[newest.order.command].digest, newest.history[-1].why
        return Sale(digest, newest.order.id, newest.order.amount, newest.state_name, why)

    def id_of(self, reference: str, attempt: int) -> str:
        """The one order id of a reference at this attempt."""
        return f"K01{zlib.crc32(f'{attempt}:{reference}'.encode()):019d}B"
