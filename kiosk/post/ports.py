"""What the operator's side needs of the link to the broker and of the journal, and nothing else of them."""

from collections.abc import Iterable
from typing import Protocol

from kiosk.journal import OutboxRow, Remembered
from kiosk.mqtt.news import Arrived, Message, Receipt
from kiosk.mqtt.reports import Reply


class Link(Protocol):
    """As `kiosk.mqtt.client.Client`."""

    def start(self) -> None:
        """Connect now, and again whenever the connection ends."""

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> Receipt:
        """Send a message; without a connection its receipt is lost at once."""

    def acknowledge(self, arrived: Arrived) -> None:
        """Let the broker forget a message."""

    def close(self, *last: Message) -> None:
        """Publish the last words and disconnect."""


class Memory(Protocol):
    """As `kiosk.journal.Journal`."""

    epoch: int
    session: int
    recovery: str

    def command(self, id_: str) -> Remembered | None:
        """The command that had this id."""

    def unsent(self, limit: int) -> list[OutboxRow]:
        """The oldest messages not removed yet."""

    def remove(self, seqs: Iterable[int]) -> None:
        """Take sent messages out."""

    def unsent_answers(self, limit: int) -> list[Reply]:
        """The newest answers of commands that the broker does not have yet, oldest first."""

    def answer_sent(self, reply: Reply) -> None:
        """The broker has it."""

    def acknowledged(self, epoch: int, seq: int) -> None:
        """The operator's side has every event up to this one."""
