"""What lies on the disk and hangs on the machine: its file, its journal, its papers, its keypad.

Nobody's message, but a technician's slip, a worn card or a cheap keypad can say anything too.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec

from hardware.event_devices import DROPPED, EVENT, SYNC, Events
from hardware.lines import LONGEST_LINE, Lines, heard
from hardware.usb_keypad import MEANING, UsbKeypad
from kiosk import pin
from kiosk.config import effective, examine
from kiosk.credentials import SecretError
from kiosk.credentials import read as read_secret
from kiosk.errors import JournalBroken, JournalError, JournalMissing
from kiosk.journal import marker
from kiosk.states import Life
from tests.config.files import CANARY, RIGHT, store_secret
from tests.hardware.pads import NUMERIC, PAD, Sockets, board_with, stroke
from tests.journal.sale import Machine, at, controlled_sale, intent, sale
from tests.proof.door import Door, expect_line
from tests.pushing.machine import FREE, TWO_GATEWAYS

SAMPLE: Final = Path(__file__).parents[2] / "systemd" / "kiosk.toml"


class Configuration(Door):
    """A configuration file, whoever wrote it."""

    name = "configuration files"
    share = 25

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path = folder / "kiosk.toml"
        self._credentials = folder / "credentials"
        store_secret(self._credentials)
        store_secret(self._credentials, "interactive-canary-0123456789", "interactive.api_key")

    def seeds(self) -> Iterator[bytes]:
        for text in (RIGHT, TWO_GATEWAYS, FREE):
            yield text.encode()
        yield SAMPLE.read_bytes()
        for text in ("", "kiosk", "kiosk = 1", "[[slots]]\n" * 120, "a = [" * 300, "\x00", "slots = 1\n"):
            yield text.encode()

    def tokens(self) -> Sequence[bytes]:
        lines = [line for text in (RIGHT, FREE) for line in text.splitlines()]
        words = {word.strip() for line in lines for word in line.split(" = ")}
        more = [
            '"',
            "'''",
            "[",
            "[[",
            "]]",
            "=",
            "\n",
            "inf",
            "nan",
            "07:30:00",
            "1979-05-27",
            "{",
            "#",
            "\\u0000",
        ]
        more += [
            "0x7f",
            "1e3",
            "[limits]",
            "[mqtt]",
            'host = "x"',
            "[inputs.door]",
            'driver = "led"',
            "1_000",
        ]
        return [word.encode() for word in (*sorted(words), *more)]

    def knock(self, data: bytes) -> str:
        self._path.write_bytes(data)
        configuration, problems = examine(self._path, self._credentials)
        assert (configuration is None) == bool(problems), "neither a configuration nor a problem, or both"
        for problem in problems:
            said = str(problem)
            assert CANARY not in said, "a secret is told"
            assert "\n" not in said, "more than a line"
            assert len(said) < 2_000, "a line that nobody reads"
        if configuration is None:
            return f"{min(9, len(problems))} {_gist(str(problems[0]))}"
        for slot in configuration.slots:
            assert type(slot.price) is int, "a price that is no whole number"
            assert 1 <= slot.price <= 10_000_000, "a price out of all bounds"
            assert slot.output in (*configuration.outputs, "none"), "an output that is not there"
        assert CANARY not in str(list(effective(configuration))), "a secret is told"
        return "right"


def _gist(text: str) -> str:
    return "".join(letter for letter in text.rpartition(": ")[2] if letter.isascii() and letter.isalpha())[
        :24
    ]


class Papers(Door):
    """The small files beside the journal: `marker`, a `secret`, the staff's `pin`."""

    name = "marker, secrets and PIN"
    share = 60

    def seeds(self) -> Iterator[bytes]:
        yield b"marker\n" + msgspec.json.encode(marker.fresh(3), enc_hook=lambda each: each.reveal())
        yield b'marker\n{"epoch":1,"secret":"' + b"0" * 64 + b'","acknowledged":7}\n'
        yield b"secret\n" + CANARY.encode() + b"\n"
        yield b"secret\n\xff"
        stored = "scrypt$16$1$1$" + "ab" * 16 + "$" + "cd" * 32  # cheap to verify
        yield b"pin\n" + stored.encode()
        yield b"pin\n" + stored.replace("16$", "1048576$", 1).encode()

    def tokens(self) -> Sequence[bytes]:
        kinds = [b"marker\n", b"secret\n", b"pin\n"]
        return [b"epoch", b"secret", b"acknowledged", b"scrypt$", b"$", b"ab" * 16, *kinds]

    def knock(self, data: bytes) -> str:
        kind, _, content = data.partition(b"\n")
        path = self.folder / "paper"
        path.write_bytes(content)
        path.chmod(0o600)
        reader = {b"marker": self._marker, b"pin": self._pin}.get(kind, self._secret)
        return reader(path)

    def _marker(self, path: Path) -> str:
        try:
            read = marker.read(path)
        except JournalBroken:
            return "broken"
        assert read is not None
        assert type(read.epoch) is int, "an epoch that is none"
        assert read.epoch > marker.NONE_AGREED, "an epoch that is none"
        assert len(bytes.fromhex(read.secret.reveal())) == 32, "a secret that derives no ids"
        assert read.acknowledged >= 0, "an event before the first"
        marker.write(path, read)
        assert marker.read(path) == read, "read back differently"
        return "marker"

    def _secret(self, path: Path) -> str:
        try:
            return "secret" if read_secret(path).reveal().strip() else "empty"
        except SecretError as error:
            said = str(error)
        assert "canary" not in said, "a secret is told"
        return "refused"

    def _pin(self, path: Path) -> str:
        text = path.read_bytes().decode("utf-8", "replace")
        stored = pin.is_stored(text)
        if stored:
            n, r, p = (int(each) for each in text.split("$")[1:4])
            assert 128 * r * (n + p + 2) <= pin.MOST_MEMORY, "it takes the machine's memory"
            assert n * r * p <= 2**20, "it takes the machine's minutes"
        cheap = stored and int(text.split("$")[1]) <= 64
        assert not (cheap and pin.verifies("1234", text)), "a PIN that nobody set"
        assert stored or not pin.verifies("1234", text), "no PIN, and it fits"
        return f"pin {stored}"


class Journals(Door):
    """A journal with damage: `at OFFSET HEX`, `cut OFFSET`, `wal ...`, `mark ...`, `sql STATEMENT`."""

    name = "damaged journals"
    share = 12
    _statements: ClassVar[tuple[str, ...]] = (
        "UPDATE orders SET over = 0", "UPDATE orders SET over = 1", "UPDATE orders SET checksum = 1",
        "UPDATE orders SET life = '{}'", "UPDATE orders SET life = X'00'", "UPDATE orders SET order_id = 'X'",
        "DELETE FROM orders", "DELETE FROM journal", "UPDATE journal SET epoch = epoch - 1",
        "UPDATE journal SET epoch = 'one'", "UPDATE journal SET seq = -1", "UPDATE journal SET boot = NULL",
        "UPDATE journal SET recovery = 'x'", "UPDATE slots SET record = NULL",
        "UPDATE slots SET number = 1000",
        "UPDATE outbox SET message = 'x'", "UPDATE outbox SET seq = seq + 9223372036854770000",
        "UPDATE commands SET record = ''", "UPDATE commands SET id = X'ff'",
        "UPDATE commands SET at = 'noon'",
        "UPDATE sales SET key = 'x'", "UPDATE sales SET record = '[]'", "DROP TABLE sales",
        "DROP INDEX open_orders",
        "PRAGMA user_version = 0", "PRAGMA user_version = 99", "PRAGMA application_id = 1",
    )  # fmt: skip

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._good = folder / "good"
        machine = Machine(self._made(self._good)).set_up()
        with machine.start() as journal:
            self._known = self._filled(journal)
            for path in machine.path.parent.iterdir():  # as it lies there in mid-work, its log beside it
                shutil.copy(path, self._made(folder / "under way") / path.name)
        self._was = {name: (self._good / name).read_bytes() for name in ("state/journal.db", "etc/epoch")}
        self._log = (folder / "under way" / "journal.db-wal").read_bytes()

    def _made(self, folder: Path) -> Path:
        for place in (folder, folder / "state", folder / "etc"):
            place.mkdir(exist_ok=True)
        return folder

    def _filled(self, journal: Any) -> dict[str, Life]:
        for number in range(3):
            for step in (*sale(number), *controlled_sale(number + 100)):
                journal.commit(step, at())
        for number in (7, 8, 9):
            for step in sale(number)[: number - 6]:
                journal.commit(step, at())
        return {life.order.id: life for life in journal.open_lives()}

    def seeds(self) -> Iterator[bytes]:
        yield b""
        for offset in (0, 24, 28, 100, 108, 4096, 4104, 8192, 12288, 16384, 20480, 40960):
            yield f"at {offset} ff00ff".encode()
            yield f"cut {offset}".encode()
        yield b"wal 0 00\nwal 32 ffff\nwal 5000 00"
        yield b"mark 10 39"
        for statement in self._statements:
            yield f"sql {statement}".encode()

    def tokens(self) -> Sequence[bytes]:
        words = [f"sql {each}\n".encode() for each in self._statements]
        size = len(self._was["state/journal.db"])
        places = [f"at {at} {at % 256:02x}\n".encode() for at in range(96, size, 397)]
        return [*words, *places, b"cut ", b"wal 40 ff\n", b"mark 9 ff\n", b" 00", b" 7f", b"4096", b"\n"]

    def knock(self, data: bytes) -> str:
        machine = self._laid_out(data)
        try:
            with machine.start() as journal:
                return self._judged(machine, journal)
        except JournalMissing:
            raise AssertionError("there was one") from None
        except JournalError as error:
            expect_line(error)
            return type(error).__name__

    def _judged(self, machine: Machine, journal: Any) -> str:
        lives = journal.open_lives()
        if not journal.recovery:
            made_up = [life for life in lives if life != self._known.get(life.order.id) and not life.is_over]
            assert not made_up, "an order that never was"
        journal.slots()
        journal.unsent(100)
        journal.unsent_answers(100)
        journal.pushed()
        with suppress(JournalError):  # a page that it has not read until now
            journal.commit(sale(50)[0], at())
            assert intent(50) in journal.open_lives(), "taken, and not there"
        with suppress(JournalError):
            journal.check()
        return f"open, {len(lives)}, {_gist(journal.recovery)}"

    def _laid_out(self, data: bytes) -> Machine:
        folder = self.folder / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        machine = Machine(self._made(folder))
        parts = {"at": bytearray(self._was["state/journal.db"]), "mark": bytearray(self._was["etc/epoch"])}
        parts["wal"] = bytearray()
        statements = []
        for line in data.decode("latin-1").split("\n")[:20]:
            word, _, rest = line.partition(" ")
            if word == "sql":
                statements.append(rest)
            if word == "wal" and not parts["wal"]:
                under_way = self.folder / "under way" / "journal.db"
                parts["wal"], parts["at"] = bytearray(self._log), bytearray(under_way.read_bytes())
            _damage(parts, word, rest)
        machine.path.write_bytes(parts["at"])
        machine.marker.write_bytes(parts["mark"])
        if parts["wal"]:
            machine.path.with_name("journal.db-wal").write_bytes(parts["wal"])
        _edit(machine.path, [each for each in statements if each in self._statements])
        return machine


def _damage(parts: dict[str, bytearray], word: str, rest: str) -> None:
    offset, _, new = rest.partition(" ")
    if not (offset.isascii() and offset.isdigit()):
        return
    where = parts.get("at" if word == "cut" else word)
    if where is None or int(offset[:9]) >= len(where):
        return
    if word == "cut":
        del where[int(offset[:9]) :]
        return
    with suppress(ValueError):
        put = bytes.fromhex(new)[: len(where) - int(offset[:9])]
        where[int(offset[:9]) : int(offset[:9]) + len(put)] = put


def _edit(path: Path, statements: Sequence[str]) -> None:
    if not statements:
        return
    with suppress(sqlite3.Error, ValueError):
        db = sqlite3.connect(path, isolation_level=None)
        try:
            for statement in statements:
                with suppress(sqlite3.Error, OverflowError):
                    db.execute(statement)
        finally:
            db.close()


class Keypad(Door):
    """Bytes of an event device, in any pieces: keys, repeats, other things, halves of events."""

    name = "keypad"
    share = 60

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._sockets = Sockets(event0=PAD)

    def close(self) -> None:
        self._sockets.close()

    def seeds(self) -> Iterator[bytes]:
        for code in sorted(NUMERIC):
            yield stroke(code, 1, 0)
        yield stroke(79, 1) + stroke(80, 1, 2, 0) + stroke(79, 0)
        yield EVENT.pack(0, 0, SYNC, DROPPED, 0) + stroke(79, 0, 1)
        yield stroke(79, 1, 0)[:40]

    def tokens(self) -> Sequence[bytes]:
        keys = [stroke(code, 1, 0) for code in (79, 96, 14, 1, 111, 355)]
        return [*keys, EVENT.pack(0, 0, SYNC, DROPPED, 0)]

    def knock(self, data: bytes) -> str:
        heard_keys: list[str] = []
        pad = UsbKeypad(UsbKeypad.Config(), board_with(self._sockets))
        try:
            pad._put = pad._held = heard_keys.append
            pad._failed = _expect_line
            events, half = Events(), len(data) // 3
            whole = [*events.feed(data[:half]), *events.feed(data[half:])]
            assert whole == Events().feed(data), "other events in other pieces"
            for number, event in enumerate(whole[:2_000]):
                pad.take(event, number * 0.03)
            pad.ripen(1_000.0)
            pad.ripen(2_000.0)
        finally:
            pad.close()
        assert set(heard_keys) <= set(MEANING.values()), "a key that there is not"
        return "".join(sorted(set(heard_keys)))


def _expect_line(words: str) -> None:
    assert words.isprintable(), "a complaint that is not one line"


class BoxLines(Door):
    """Lines of the simulator's box, in any pieces."""

    name = "emulated parts"
    share = 50

    def seeds(self) -> Iterator[bytes]:
        yield b'{"t":"boot","id":"b-1","elapsed":7.5}\n{"t":"key","key":"1"}\n{"t":"held","key":"*"}\n'
        yield b'{"t":"shown","n":7}\n{"t":"trouble","part":"p","reason":""}\n{"t":"heal","part":"panel"}\n'
        yield b'{"t":"touch","name":"door","on":true}\n\n'

    def tokens(self) -> Sequence[bytes]:
        return [
            b'"t"',
            b"boot",
            b"key",
            b"shown",
            b"trouble",
            b"heal",
            b"touch",
            b"\n",
            b"inputs",
            b"elapsed",
        ]

    def knock(self, data: bytes) -> str:
        def said(*pieces: bytes) -> list[str]:
            lines, kinds = Lines(), []
            for piece in pieces:
                try:
                    for line in lines.feed(piece):
                        assert len(line) < LONGEST_LINE, "a line that is too long"
                        kinds.append(type(heard(line)).__name__)
                except ValueError:  # as the link has it: this ends the connection
                    return [*kinds, "over"]
            return kinds

        whole = said(data)
        if len(data) < LONGEST_LINE:
            assert said(data[: len(data) // 2], data[len(data) // 2 :]) == whole, (
                "other lines in other pieces"
            )
        return " ".join(dict.fromkeys(whole))


def doors() -> Iterable[type[Door]]:
    """All of them."""
    assert os.name == "posix"
    return (Configuration, Papers, Journals, Keypad, BoxLines)
