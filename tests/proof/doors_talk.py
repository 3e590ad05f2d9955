"""What is asked of a machine: over MQTT, in a pushed configuration, through the control socket.

Whatever is taken is put before the till itself, and its decision is looked through: no message releases
goods, and a refused one leaves nothing behind but the answer that is remembered.
"""

import json
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.commands import LOCAL
from kiosk.control import Asked, Control
from kiosk.control.visit import Visit
from kiosk.model import Now, Order
from kiosk.mqtt.messages import Desired, decode
from kiosk.mqtt.news import Arrived
from kiosk.mqtt.reports import Answer, Reply, rejected
from kiosk.mqtt.signatures import command_bytes, desired_bytes, sign
from kiosk.refusals import Refusal
from kiosk.states import Closing, Intent, QrShown
from kiosk.till import Till, decide
from tests.control.test_answering import STANDING
from tests.mqtt.asking import GOOD, NOW, command
from tests.mqtt.bad_payloads import BAD_PAYLOADS
from tests.mqtt.page import examples
from tests.post.bench import KEY, TOPICS, Bench
from tests.post.test_any_message import BASE, Operator
from tests.proof.door import SPLIT, Door, words_of
from tests.pushing.machine import FREE, own
from tests.pushing.test_any_document import expect_whole_or_nothing

STILL_OPEN: Final = (Intent, QrShown, Closing)
"""States in which nothing was decided about money or goods."""
MOST_MESSAGES: Final = 6
LARGEST: Final = {"cmd": 4 * 1024, "config": 64 * 1024}
"""Bytes of a message that the machine has a use for, by the first word of its topic; of any other:"""
LARGEST_OTHER: Final = 1024
MOST: Final = 10_000_000


def expect_harmless(till: Till, event: on.Event, now: Now) -> str:
    """Put an event before the till; the names of what it would do, after they were judged."""
    till, _ = decide(till, on.TimePassed(), now)  # whatever is due without any message
    after, effects = decide(till, event, now)
    kinds = {type(effect) for effect in effects}
    charges = isinstance(event, on.Commanded) and event.command.name == "charge"
    assert do.Release not in kinds, "a message moves goods"
    assert do.Create not in kinds or charges, "a code that nobody asked for"
    durable = [effect for effect in effects if isinstance(effect, do.DURABLE)]
    answers = [effect.reply for effect in durable if isinstance(effect, do.Answer)]
    if any(answer.status is Answer.REJECTED for answer in answers):
        assert {type(each) for each in durable} <= {do.Remember, do.Answer}, "refused, and more is left"
        assert after.opened == till.opened, "refused, and the order is another"
        assert after.background == till.background, "refused, and an order is another"
        assert (after.settings, after.pushed) == (till.settings, till.pushed), "refused, and settings differ"
    for effect in durable:
        if isinstance(effect, do.Save):
            assert isinstance(effect.life.state, STILL_OPEN), f"an order becomes {effect.life.state_name}"
            _expect_priced(till, effect.life.order)
    if isinstance(event, on.Commanded):
        assert len(answers) == 1, "a command is answered once"
    return " ".join(sorted(kind.__name__ for kind in kinds))


def _expect_priced(till: Till, order: Order) -> None:
    """Nobody from outside sells for less than the machine's own price, or for parts of a rupiah."""
    slot = till.settings.slot(order.slot)
    assert type(order.amount) is int, f"an amount that is a {type(order.amount).__name__}"
    assert slot is None or slot.price <= order.amount <= MOST, "below the price, or above any"


def looked_up(event: on.Event) -> on.Event:
    """With the id and the claim code that a charge is given before it is decided."""
    if isinstance(event, on.Commanded) and event.command.name == "charge":
        return replace(event, minted=on.Minted("K010000000000000000009A", "654321"))
    return event


class Messages(Door):
    """Messages of the broker, one after the other; `!` before a topic: retained, `+`: recorded after it."""

    name = "MQTT messages"
    share = 130

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._idle = Bench(folder).till

    def seeds(self) -> Iterator[bytes]:
        for each in examples():
            yield f"{each.topic}\n{each.text}".encode()
            yield f"!{each.topic}\n{each.text}".encode()
        for name, args in GOOD.items():
            yield f"+cmd/{name}\n".encode() + msgspec.json.encode(command(args))
            again = f"cmd/{name}\n".encode() + msgspec.json.encode(command(args))
            yield b"+" + again + SPLIT + again
        for amount in (1, 12_000):
            yield b"cmd/charge\n" + msgspec.json.encode(command({"slot": 1, "amount": amount}))
        yield b"cmd/restart\n" + msgspec.json.encode(command({})) + b" " * LARGEST["cmd"]
        yield b'config/desired\n{"version":7,"document":{}}' + b" " * LARGEST["config"]
        for payload, _ in BAD_PAYLOADS.values():
            yield b"cmd/charge\n" + payload[:100_000]
            yield b"config/desired\n" + payload[:100_000]

    def tokens(self) -> Sequence[bytes]:
        topics = [each.topic.encode() for each in examples()]
        return [
            *words_of(each.fields for each in examples()),
            *topics,
            SPLIT,
            b"!",
            b"+",
            b"cmd/",
            b"notify/",
        ]

    def knock(self, data: bytes) -> str:
        operator = Operator(self.folder)
        said = [self._sent(operator, part) for part in data.split(SPLIT)[:MOST_MESSAGES]]
        operator.records()
        acknowledged = Counter(id(each) for each in operator.bench.line.acknowledged)
        assert acknowledged == Counter(id(each) for each in operator.heard), "not acknowledged once"
        return said[0] if len(said) == 1 else str(len(said))

    def _sent(self, operator: Operator, part: bytes) -> str:
        topic, _, payload = part.partition(b"\n")
        marks, end = topic[:2], topic.lstrip(b"!+").decode("utf-8", "replace")
        before, heard = len(operator.events), operator.memory
        operator.sends(end, payload, retained=b"!" in marks)
        bench = operator.bench
        events = [looked_up(event) for event in operator.events[before:]]
        fits = len(payload) <= LARGEST.get(end.partition("/")[0], LARGEST_OTHER)
        assert fits or (not events and operator.memory == heard), "too large, and heard all the same"
        did = [expect_harmless(bench.till, event, bench.now) for event in events]
        did += [expect_harmless(self._idle, event, bench.now) for event in events]
        if b"+" in marks:
            operator.records()
        return f"{did} {sorted(bench.tally.counts)}"


class Signed(Door):
    """The same with a command key: nobody without it is heard, whatever he changes in what he overheard."""

    name = "signed MQTT messages"
    share = 70

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._honest: set[tuple[Any, ...]] = set()
        self._written = list(self._overheard())

    def _overheard(self) -> Iterator[bytes]:
        for name, args in GOOD.items():
            topic = f"{BASE}cmd/{name}"
            said = command(args, id_=f"c-{name}")
            self._honest.add((name, said.id, said.exp, json.dumps(said.args, sort_keys=True)))
            said = replace(said, sig=sign(KEY, command_bytes(TOPICS.kiosk, topic, said)))
            yield f"cmd/{name}\n".encode() + msgspec.json.encode(said)
        desired = Desired(version=7, document={"merchant": "Toko", "slots": [{"number": 1, "price": 9_000}]})
        self._honest.add((desired.version, json.dumps(desired.document, sort_keys=True)))
        signed = desired_bytes(TOPICS.kiosk, f"{BASE}config/desired", desired)
        desired = replace(desired, sig=sign(KEY, signed))
        yield b"config/desired\n" + msgspec.json.encode(desired)

    def seeds(self) -> Iterator[bytes]:
        return iter(self._written)

    def tokens(self) -> Sequence[bytes]:
        return words_of(json.loads(each.partition(b"\n")[2]) for each in self._written)

    def knock(self, data: bytes) -> str:
        bench = Bench(self.folder, (KEY,))
        bench.now = replace(bench.now, wall=NOW)
        topic, _, payload = data.partition(b"\n")
        end = topic.decode("utf-8", "replace")
        event = bench.take(Arrived(BASE + end, payload, False, None))
        if isinstance(event, on.Commanded):
            heard = event.command
            sent = json.dumps(json.loads(payload)["args"], sort_keys=True)
            assert (heard.name, heard.id, heard.exp, sent) in self._honest, "a forged command is heard"
        for desired in bench.looked_at:
            sent = json.dumps(desired.document, sort_keys=True)
            assert (desired.version, sent) in self._honest, "a forged configuration is looked at"
        return f"{type(event).__name__} {len(bench.looked_at)}"


class Documents(Door):
    """Configurations pushed to a machine, which are whole in effect or not at all."""

    name = "pushed documents"
    share = 55
    _good: ClassVar[tuple[dict[str, Any], ...]] = (
        {}, {"merchant": "Toko", "contact": "WA 1", "language": "en", "timezone": "Asia/Makassar"},
        {"slots": [{"number": 1, "price": 9_000}, {"number": 7, "name": "Teh"}, {"number": 2}]},
        {"gateways": ["interactive", "midtrans"], "panel": {"contrast": 9}},
        {"limits": {"unpaid_orders": 3, "unpaid_within": 900}},
        {"gateway": {"midtrans": {"on_screen": 120}, "interactive": {"poll": [20, 40]}}},
        {"free_amount": {"minimum": 2_000}}, {"outputs": {"spiral1": {"pin": 1}}}, {"slots": [{"number": 3}]},
    )  # fmt: skip

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        places = [folder / "slots", folder / "free"]
        for place in places:
            place.mkdir()
        self._machines = [own(places[0]), own(places[1], FREE)]

    def seeds(self) -> Iterator[bytes]:
        for document in self._good:
            yield msgspec.json.encode({"version": 7, "document": document})

    def tokens(self) -> Sequence[bytes]:
        names = (
            "number price output pin milliseconds base_url server_key maximum step poll claim_window refunds"
        )
        return [*words_of(self._good), *names.encode().split(), b"nmid", b"driver"]

    def knock(self, data: bytes) -> str:
        message = decode(Desired, data)
        if isinstance(message, Refusal):
            return message.reason
        said = [expect_whole_or_nothing(machine, message) for machine in self._machines]
        return " ".join(said)


class Lines(Door):
    """Lines of somebody at the control socket, whom the kernel lets in."""

    name = "control socket"
    share = 100

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._bench = Bench(folder)

    def seeds(self) -> Iterator[bytes]:
        for name, args in {**GOOD, "test_output": {"output": "spiral1"}, "status": {}}.items():
            yield json.dumps({"v": 1, "command": name, "args": args}).encode() + b"\n"
        yield b'{"command":"ping"}\n{"command":"status"}\n\n'
        for payload, _ in BAD_PAYLOADS.values():
            yield payload[:20_000] + b"\n"

    def tokens(self) -> Sequence[bytes]:
        said = [{"command": name, "args": args} for name, args in GOOD.items()]
        return [*words_of(said), b"test_output", b"\n"]

    def knock(self, data: bytes) -> str:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.setblocking(False)
            with suppress(BlockingIOError):
                theirs.send(data)
            theirs.shutdown(socket.SHUT_WR)
            return self._served(Visit(ours, "budi (1000)", 0.0), theirs)

    def _served(self, visit: Visit, theirs: socket.socket) -> str:
        said: list[str] = []
        for _ in range(60):
            if visit.is_over:
                break
            visit.hear()
            while visit.has_request and not visit.is_over:
                said.append(self._asked(visit))
                answers = theirs.recv(1 << 20)
                assert answers.endswith(b"\n"), "half an answer"
                json.loads(answers)
        assert visit.is_over, "it never ends"
        return said[0] if len(said) == 1 else str(min(3, len(said)))

    def _asked(self, visit: Visit) -> str:
        asking = visit.request()
        if isinstance(asking, Refusal):
            visit.answer(rejected("", asking), 0.0)
            return asking.reason
        told: list[Reply] = []
        asked = Asked("local.1", asking.command, asking.args, visit.peer, told.append)
        event = Control().take(asked, lambda: STANDING)
        who = getattr(event.command.args, "who", "budi (1000)") if event else "budi (1000)"
        assert who.startswith("budi (1000)"), "somebody else's name"
        did = expect_harmless(self._bench.till, looked_up(event), self._bench.now) if event else "-"
        assert bool(told) is not bool(event), "answered and decided, or neither"
        done = Reply(id="local.1", command=asking.command, status=Answer.DONE)
        visit.answer(told[0] if told else done, 0.0)
        return f"{asking.command if asking.command in LOCAL else '-'} {told[0].reason if told else ''} {did}"


def doors() -> Iterable[type[Door]]:
    """All of them."""
    return (Messages, Signed, Documents, Lines)
