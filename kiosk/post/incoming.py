"""From a message of the broker to what it asks for; whatever is none changes nothing and is counted.

Nothing here decides about money or goods: a command becomes an event that the till judges, a hint makes it
ask its gateway, a configuration is handed on to be looked through.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from kiosk import events as on
from kiosk.admission import Admitted, Came, admit
from kiosk.model import Now
from kiosk.mqtt.messages import Ack, Command, Desired, Hint, decode
from kiosk.mqtt.news import Arrived
from kiosk.mqtt.reports import Presence, Reply, Status, Taken, rejected
from kiosk.mqtt.signatures import desired_bytes, digest, is_signed
from kiosk.mqtt.topics import AckSent, CommandSent, DesiredSent, HintSent, Sent, StatusSeen, Topics
from kiosk.order.desk import reference_of
from kiosk.post.counting import Bucket, Tally
from kiosk.post.ports import Memory
from kiosk.post.turning_down import TurnedDown, unread
from kiosk.post.waiting import Document, Waiting
from kiosk.pushed import Pushed
from kiosk.refusals import Reason, Refusal
from kiosk.secret import Secret
from kiosk.states import Life
from kiosk.till import Till
from kiosk.till.value import living

AT_ONCE: Final = 60
A_SECOND: Final = 10.0
"""Commands, good or bad, that are looked at; one more is refused."""


class Outcome(NamedTuple):
    """What came of a message.

    `event` is for the till; `reply` and `turned_down` are to be told at once; `stands`: what became of the
    configuration before this one is to be told; `status_is_wrong`: the broker holds a false one of us;
    `is_back`: the one that we told in this life came back to us.  `waits`: it is acknowledged only once the
    event is on disk.
    """

    event: on.Event | None = None
    reply: Reply | None = None
    turned_down: TurnedDown | None = None
    stands: bool = False
    status_is_wrong: bool = False
    is_back: bool = False
    waits: bool = False


class Here(NamedTuple):
    """The message and the moment in which it is looked at."""

    arrived: Arrived
    till: Till
    now: Now


Verdict: TypeAlias = Outcome | Refusal
NOTHING: Final = Outcome()


class Incoming:
    """Reads what the link brings; `keys` are those of which one must have signed, none where nobody signs.

    `examine` is handed a configuration, and in time `on.Pushed` comes of it.
    """

    def __init__(
        self,
        topics: Topics,
        memory: Memory,
        keys: Iterable[Secret],
        examine: Callable[[Desired], None],
        tally: Tally,
    ) -> None:
        self._topics = topics
        self._memory = memory
        self._keys = tuple(keys)
        self._examine = examine
        self._tally = tally
        self._bucket = Bucket(AT_ONCE, A_SECOND)
        self._waiting = Waiting()
        self._readers: dict[type[Sent], Callable[[Any, Here], Verdict]] = {
            CommandSent: self._command,
            HintSent: self._hint,
            DesiredSent: self._desired,
            AckSent: self._ack,
            StatusSeen: self._status,
        }

    def take(self, arrived: Arrived, till: Till, now: Now) -> Outcome:
        """What comes of a message; raises JournalError, and nothing else whatever it holds."""
        sent = self._topics.read(arrived.topic)
        if sent is None:
            verdict: Verdict = Refusal(Reason.BAD_TOPIC)
        elif not arrived.payload and isinstance(sent, _KEPT):
            return _deleted(sent, arrived)
        else:
            verdict = self._readers[type(sent)](sent, Here(arrived, till, now))
        if not isinstance(verdict, Refusal):
            return verdict
        self._tally.refuse(verdict, arrived.topic, now.elapsed)
        return _no(sent, verdict)

    def recorded(self, event: on.Event) -> list[Arrived]:
        """What may be acknowledged now that this event's decision is on disk."""
        match event:
            case on.Commanded(command=command):
                return self._waiting.commanded(command)
            case on.Pushed(candidate=candidate):
                return self._waiting.pushed((candidate.version, candidate.hash))
            case _:
                return []

    def _command(self, sent: CommandSent, here: Here) -> Verdict:
        command = decode(Command, here.arrived.payload)
        if not self._bucket.takes(here.now.elapsed):
            return Refusal(Reason.TOO_MANY, id=command.id)
        return command if isinstance(command, Refusal) else self._judged(sent.name, command, here)

    def _judged(self, name: str, command: Command, here: Here) -> Verdict:
        under_way, known = self._waiting.digest(command.id), self._memory.command(command.id)
        remembered = under_way if known is None else known.digest
        verdict = admit(self._topics.kiosk, name, command, _came(here), self._keys, remembered)
        if isinstance(verdict, Refusal):
            return verdict
        if isinstance(verdict, Admitted):
            self._waiting.add_command(verdict, here.arrived)
            return Outcome(event=on.Commanded(command=verdict), waits=True)
        if known is None:
            self._waiting.add_repeat(command.id, here.arrived)
            return Outcome(waits=True)
        return Outcome(reply=known.answer)

    def _desired(self, sent: DesiredSent, here: Here) -> Verdict:
        desired = decode(Desired, here.arrived.payload)
        if isinstance(desired, Refusal):
            return desired
        document = (desired.version, digest(desired.document))
        if forged := self._forged(desired, here.arrived.topic):
            return Outcome(turned_down=self._turn_down(document, forged, here))
        if _holds(here.till.pushed, document):
            return Outcome(stands=True)
        if self._waiting.add_document(document, here.arrived):
            self._examine(desired)
        return Outcome(waits=True)

    def _forged(self, desired: Desired, topic: str) -> Refusal | None:
        if not self._keys:
            return None
        if not desired.sig:
            return Refusal(Reason.UNSIGNED)
        signed = is_signed(self._keys, desired_bytes(self._topics.kiosk, topic, desired), desired.sig)
        return None if signed else Refusal(Reason.WRONG_SIGNATURE)

    def _turn_down(self, document: Document, refusal: Refusal, here: Here) -> TurnedDown:
        self._tally.refuse(refusal, here.arrived.topic, here.now.elapsed)
        return TurnedDown(*document, refusal)

    def _hint(self, sent: HintSent, here: Here) -> Verdict:
        hint = decode(Hint, here.arrived.payload)
        if isinstance(hint, Refusal):
            return hint
        life = _named(here.till, sent.gateway, hint.reference)
        if life is None:
            self._tally.count("hints.unknown")
            return NOTHING
        self._tally.count("hints")
        return Outcome(event=on.Hinted(life.order.id))

    def _ack(self, sent: AckSent, here: Here) -> Verdict:
        ack = decode(Ack, here.arrived.payload)
        if isinstance(ack, Refusal):
            return ack
        self._memory.acknowledged(ack.epoch, ack.seq)
        behind, till = self._memory.recovery, here.till
        if not behind or till.recovery or on.Part.JOURNAL in till.faults:
            return NOTHING
        return Outcome(event=on.PartFailed(on.Part.JOURNAL, behind))

    def _status(self, sent: StatusSeen, here: Here) -> Verdict:
        """Our own, seen from outside; the one of before that comes with a subscription is replaced anyway."""
        seen = decode(Status, here.arrived.payload)
        if isinstance(seen, Refusal):
            return seen
        if here.arrived.retained:
            return NOTHING
        true = seen.status is Presence.ONLINE and seen.session >= self._memory.session
        return Outcome(status_is_wrong=not true, is_back=true and seen.session == self._memory.session)


_KEPT: Final = (DesiredSent, AckSent, StatusSeen)


def _deleted(sent: Sent, arrived: Arrived) -> Outcome:
    """Somebody deleted what the broker kept."""
    return Outcome(
        stands=isinstance(sent, DesiredSent),
        status_is_wrong=isinstance(sent, StatusSeen) and not arrived.retained,
    )


def _no(sent: Sent | None, refusal: Refusal) -> Outcome:
    """What is said to whoever sent it: a command is answered, and what became of a configuration is told."""
    match sent:
        case CommandSent(name=name):
            return Outcome(reply=rejected(name, refusal))
        case DesiredSent():
            return Outcome(turned_down=unread(refusal))
        case _:
            return NOTHING


def _came(here: Here) -> Came:
    return Came(
        topic=here.arrived.topic,
        retained=here.arrived.retained,
        wall=here.now.wall,
        clock_ok=on.Part.CLOCK not in here.till.faults,
    )


def _holds(pushed: Pushed, document: Document) -> bool:
    """Whether it is in effect already: the broker brings it at every connection."""
    return pushed.taken is Taken.APPLIED and (pushed.version, pushed.hash) == document


def _named(till: Till, gateway: str, reference: str) -> Life | None:
    """The living order that a gateway means, by its id or the gateway's own name for it."""
    named = (life for life in living(till) if life.order.gateway == gateway)
    return next((life for life in named if reference in _names(life)), None)


def _names(life: Life) -> tuple[str, ...]:
    return life.order.id, life.reference, reference_of(life.state)
