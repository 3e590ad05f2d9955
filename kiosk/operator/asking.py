"""Something is asked of many machines, and their answers are gathered until all are in or time is over."""

import time
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Final

from msgspec import Struct

from kiosk.mqtt.messages import decode
from kiosk.mqtt.news import Arrived, Item, Receipt
from kiosk.mqtt.reports import Answer, Reply, Reported
from kiosk.mqtt.topics import Heard, Post
from kiosk.operator.line import Wire
from kiosk.operator.outcomes import Outcome, Result, of_reply, of_reported

UNDER_WAY: Final = 32
"""So many letters wait for the broker at once."""

Judge = Callable[[Heard, bytes], Outcome | None]
"""What a message says about what was asked; None where it speaks of something else."""


class Letter(Struct, frozen=True):
    """What is sent to one machine."""

    kiosk: str
    post: Post
    payload: bytes


def judge_replies(id_: str, *, follows: bool) -> Judge:
    """Looks for the answers to the command with this id.

    A sale that was asked for before ends with the last answer to the charge that asked for it first.
    """
    before: dict[str, str] = {}

    def judge(heard: Heard, payload: bytes) -> Outcome | None:
        reply = decode(Reply, payload) if heard.report == "reply" else None
        if not isinstance(reply, Reply):
            return None
        sale = _sale_of(reply)
        if reply.id == id_ and reply.status is Answer.DUPLICATE:
            before[heard.kiosk] = sale
        if reply.id == id_ or (sale and sale == before.get(heard.kiosk)):
            return of_reply(heard.kiosk, reply, follows=follows)
        return None

    return judge


def _sale_of(reply: Reply) -> str:
    """The controller's name of the sale that a charge's answer tells of, empty where it tells of none."""
    return str(reply.data.get("reference", "")) if reply.command == "charge" else ""


def judge_reported(version: int, hash_: str) -> Judge:
    """Looks for what became of this configuration."""

    def judge(heard: Heard, payload: bytes) -> Outcome | None:
        reported = decode(Reported, payload) if heard.report == "config/reported" else None
        return of_reported(heard.kiosk, reported, version, hash_) if isinstance(reported, Reported) else None

    return judge


class Round:
    """One question to many; `outcomes` holds what is known so far, a line for each letter once it is over.

    A letter that the broker did not confirm is sent again, the very same: a machine answers a repeat with
    its first answer, and does nothing twice.  Of those who are `away` no answer is waited for.
    """

    def __init__(
        self, line: Wire, letters: Iterable[Letter], judge: Judge, away: Container[str] = ()
    ) -> None:
        self._line = line
        self._judge = judge
        self._away = away
        self._letters: Mapping[str, Letter] = {letter.kiosk: letter for letter in letters}
        self._waiting = deque(self._letters.values())
        self._under_way: list[tuple[Letter, Receipt]] = []
        self._sent: set[str] = set()
        self.outcomes: dict[str, Outcome] = {}

    @property
    def answered(self) -> int:
        """So many have answered for good."""
        return sum(outcome.is_final for outcome in self.outcomes.values())

    @property
    def _is_over(self) -> bool:
        if self._waiting or self._under_way:
            return False
        finals = {kiosk for kiosk, outcome in self.outcomes.items() if outcome.is_final}
        return all(kiosk in finals or kiosk in self._away for kiosk in self._letters)

    def run(self, seconds: float, progress: Callable[[int, int], None]) -> list[Outcome]:
        """Ask, and wait at most so long; `progress` is told how many of how many have answered."""
        until = time.monotonic() + seconds
        self._send()
        progress(0, len(self._letters))
        while not self._is_over and (item := self._line.next(until)) is not None:
            before = self.answered
            self._take(item)
            self._send()
            if self.answered != before:
                progress(self.answered, len(self._letters))
        return [self.outcomes.get(kiosk) or self._unanswered(kiosk) for kiosk in self._letters]

    def _take(self, item: Item) -> None:
        if not isinstance(item, Arrived):
            return
        self._line.acknowledge(item)
        heard = self._line.fleet.read(item.topic)
        if heard is None or heard.kiosk not in self._letters:
            return
        outcome = self._judge(heard, item.payload)
        known = self.outcomes.get(heard.kiosk)
        if outcome and not (known and known.is_final):
            self.outcomes[heard.kiosk] = outcome

    def _send(self) -> None:
        still = [(letter, receipt) for letter, receipt in self._under_way if not receipt.is_out]
        self._sent.update(letter.kiosk for letter, receipt in self._under_way if receipt.is_out)
        self._waiting.extend(letter for letter, receipt in still if receipt.is_lost)
        self._under_way = [(letter, receipt) for letter, receipt in still if not receipt.is_lost]
        while self._waiting and len(self._under_way) < UNDER_WAY:
            letter = self._waiting[0]
            receipt = self._line.publish(letter.post, letter.payload)
            if receipt.is_lost:
                return
            self._under_way.append((self._waiting.popleft(), receipt))

    def _unanswered(self, kiosk: str) -> Outcome:
        if kiosk not in self._sent:
            return Outcome(kiosk=kiosk, result=Result.NOT_SENT, words="the broker did not confirm it")
        if kiosk in self._away:
            return Outcome(kiosk=kiosk, result=Result.AWAY, words="finds it when it is back")
        return Outcome(kiosk=kiosk, result=Result.SILENT, words="it may still be taken; ask again")
