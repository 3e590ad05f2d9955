"""A machine on a bench: recording parts and a gateway that does as it is told, around the real daemon."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

from msgspec.structs import replace
from PIL.Image import Image

from hardware.base import Input, Pulse, Tune, no_matter, nothing
from hardware.board import Board
from hardware.errors import DeviceFailed
from kiosk import journal as journals
from kiosk.assembly import remembered
from kiosk.configuration import Sense
from kiosk.control import Server
from kiosk.daemon import Daemon, Equipment, Inbox, Stop
from kiosk.drawing import Artist
from kiosk.gateways.base import Gateway
from kiosk.journal import Journal
from kiosk.lanes import Lanes
from kiosk.model import (
    Charge,
    Environment,
    Evidence,
    Field,
    Now,
    Order,
    QrisCode,
    RefundReceipt,
    Report,
    Rupiah,
    Slot,
    Status,
    Terms,
)
from kiosk.notify import Notifier
from kiosk.parts import Parts
from kiosk.performing import lanes_of
from kiosk.pin import SALT_BYTES, hashed
from kiosk.post import NoPost, Post
from kiosk.reopening import reopen
from kiosk.searching import Search
from kiosk.senses import Senses
from kiosk.settings import Settings
from kiosk.sides import About, Sides
from kiosk.states import Life

PAYLOAD = (
    "00020101021226690017ID.CO.EXAMPLE.WWW01189360000000000000000215TESTMID000000010303UMI51440014ID.CO.QRIS."
    "WWW0215ID00000000000000303UMI5204581253033605405250005802ID5910KIOSK TEST6007JAKARTA61051011062270114"
    "KIOSK01-0000010705KSK01630443EC"
)
PRICE = Rupiah(25_000)
TERMS = Terms(
    on_screen=1000.0,
    poll=(0.05,),
    create_deadline=1000.0,
    status_deadline=1000.0,
    claim_window=1000.0,
    wait_for_code=1000.0,
    cancels=True,
    refunds=True,
    carries=frozenset(Field),
)
"""Nothing ends because the computer was busy: what is to be over is slept through."""
SETTINGS = Settings(
    kiosk="K01",
    merchant="Kopi Kita",
    contact="WA 0812",
    version="test",
    environment=Environment.SIMULATOR,
    gateways=("bench",),
    slots=(Slot(1, "Kopi susu", PRICE, "spiral1"),),
    has_buzzer=True,
)
UNWATCHED = Notifier(None, None)
SOON = 30.0
"""Seconds any awaited thing may take before a test gives up."""


class Glass:
    """A panel that remembers its pictures; `broken` makes it fail."""

    size = (128, 64)
    mode = "1"

    def __init__(self) -> None:
        self.pictures: SimpleQueue[Image] = SimpleQueue()
        self.broken = False
        self.closed = False

    def show(self, image: Image) -> None:
        if self.broken:
            raise DeviceFailed("nothing answers at 0x3c")
        self.pictures.put(image)

    def close(self) -> None:
        self.closed = True


class Keys:
    """A keypad pressed by the test."""

    def __init__(self) -> None:
        self.press: Callable[[str], None] = lambda _key: None
        self.hold: Callable[[str], None] = lambda _key: None
        self.fail: Callable[[str], None] = lambda _reason: None

    def listen(
        self,
        put: Callable[[str], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
        held: Callable[[str], None] = no_matter,
    ) -> None:
        self.press, self.fail, self.hold = put, failed, held

    def close(self) -> None:
        self.press = lambda _key: None


class Lamp:
    """An output that tells the `diary` when it moved, and holds its pulse while `hold` is clear."""

    def __init__(self, diary: "SimpleQueue[str]") -> None:
        self._diary = diary
        self.hold = Event()
        self.hold.set()
        self.fails_with: BaseException | None = None

    def release(self, plan: Pulse) -> None:
        if self.fails_with:
            raise self.fails_with
        self._diary.put("on")
        assert self.hold.wait(SOON)
        self._diary.put("off")

    def off(self) -> None:
        self._diary.put("made off")

    def close(self) -> None:
        self._diary.put("closed")


class Ear:
    """Hears every tune."""

    def __init__(self) -> None:
        self.heard: SimpleQueue[str] = SimpleQueue()
        self.broken = False

    def play(self, tune: Tune) -> None:
        if self.broken:
            raise DeviceFailed("the buzzer's wire is off")
        self.heard.put(tune.name)

    def close(self) -> None:
        """Nothing is heard any more."""


class BenchBoot:
    """One boot, told by the test."""

    def __init__(self, name: str) -> None:
        self.id = name
        self._began = time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() - self._began

    def sleep(self, seconds: float) -> None:
        """Let so many seconds have passed."""
        self._began -= seconds


class BenchGateway(Gateway):
    """Answers what its `status_now` says; a call waits while `answering` is clear."""

    name = "bench"

    def __init__(self, terms: Terms = TERMS) -> None:
        super().__init__(terms, "M1")
        self.status_now = Status.PENDING
        self.payload = PAYLOAD
        self.answering = Event()
        self.answering.set()
        self.asked: SimpleQueue[str] = SimpleQueue()

    def create(self, order: Order) -> Charge:
        self._hear("create")
        return Charge(QrisCode(self.payload), "T1", "M1")

    def status(self, order: Order, charge: Charge | None) -> Report:
        self._hear("status")
        return Report(self.status_now, order.id, order.amount, "IDR", "M1")

    def cancel(self, order: Order, charge: Charge | None) -> None:
        self._hear("cancel")
        if self.status_now is Status.PENDING:
            self.status_now = Status.UNPAID_FINAL

    def refund(
        self, order: Order, charge: Charge, evidence: Evidence, amount: Rupiah, key: str
    ) -> RefundReceipt:
        self._hear("refund")
        return RefundReceipt(amount, key)

    def _hear(self, call: str) -> None:
        self.asked.put(call)
        assert self.answering.wait(SOON)


class Machine:
    """The daemon in a thread of its own, and everything around it."""

    def __init__(
        self,
        folder: Path,
        boot: str = "first",
        terms: Terms = TERMS,
        notifier: Notifier = UNWATCHED,
        pin: str = "",
        inputs: Mapping[str, tuple[Sense, Input]] | None = None,
    ) -> None:
        self.ear, self.inputs = Ear(), inputs or {}
        self.pin = hashed(pin, bytes(SALT_BYTES)) if pin else ""
        self.path, self.marker = folder / "state" / "journal.db", folder / "epoch"
        if not self.path.exists():
            journals.create(self.path, self.marker)
        self.diary: SimpleQueue[str] = SimpleQueue()
        self.glass, self.keys, self.lamp = Glass(), Keys(), Lamp(self.diary)
        self.gateway = BenchGateway(terms)
        self.boot = BenchBoot(boot)
        self.journal = Journal(self.path, self.marker, room=0)
        self.exit_code: list[int] = []
        self.inbox: Inbox = SimpleQueue()
        self.daemon = self._daemon(notifier)
        self._thread = Thread(target=self._run, name="main under test", daemon=True)

    def start(self) -> "Machine":
        """Begin to sell."""
        self._thread.start()
        self.next_picture()
        return self

    def stop(self) -> int:
        """End the daemon as systemd would and return its exit code."""
        self.daemon.put(Stop())
        return self.ended()

    def ended(self) -> int:
        """The exit code, once the daemon has ended by itself."""
        self._thread.join(SOON * 3)
        assert not self._thread.is_alive()
        if self._server._thread.ident:
            self._server._thread.join(SOON)  # the next machine listens at the same place
        self.journal.close()
        return self.exit_code[0]

    def next_picture(self) -> Image:
        """The next picture on the glass."""
        return self.glass.pictures.get(timeout=SOON)

    def wait_for(self, state: str) -> Life:
        """The newest order, once the journal says that it reached this state."""
        until = time.monotonic() + SOON
        while time.monotonic() < until:
            with journals.Ledger(self.path) as ledger:
                lives = ledger.recent(1)
            if lives and lives[0].state_name == state:
                return lives[0]
            Event().wait(0.01)
        raise AssertionError(f"no order reached {state}: {lives}")

    def happened(self) -> list[str]:
        """What the output did so far."""
        return list(drain(self.diary))

    def _run(self) -> None:
        self.exit_code.append(self.daemon.run())

    def _daemon(self, notifier: Notifier) -> Daemon:
        settings = replace(SETTINGS, staff_pin=bool(self.pin), inputs=frozenset(self.inputs))
        outputs: Mapping[str, Lamp] = {"spiral1": self.lamp}
        plans, senses = {"spiral1": Pulse(50)}, Senses(self.inputs)
        parts = Parts(Board(), self.boot, outputs, plans, self.glass, self.keys, senses, self.ear)
        terms, gateways = {"bench": self.gateway.terms}, {"bench": self.gateway}
        till, effects = reopen(settings, terms, remembered(self.journal), self.now())
        inbox = self.inbox
        lanes = Lanes(lanes_of(gateways), inbox.put, lambda: self.now().elapsed)
        self._server = Server(self.path.parent / "control", inbox.put)
        sides = Sides(self.post(inbox), self._server, self.journal, About(began=0.0, broker=""))
        search = Search(self.path, self.pin, tuple, lambda: "")
        equipment = Equipment(
            inbox=inbox,
            parts=parts,
            artist=Artist(self.glass.size, self.glass.mode),
            gateways=gateways,
            journal=self.journal,
            clock=self.now,
            notifier=notifier,
            lanes=lanes,
            sides=sides,
            search=search,
            facts=dict,
        )
        return Daemon(equipment, till, effects)

    def post(self, inbox: Inbox) -> Post | NoPost:
        """The operator's side over MQTT: none here."""
        return NoPost()

    def now(self) -> Now:
        """The machine's three times."""
        return Now(self.boot.id, self.boot.elapsed(), time.time())


def drain(queue: "SimpleQueue[str]") -> list[str]:
    """Everything in a queue by now."""
    found: list[str] = []
    while True:
        try:
            found.append(queue.get_nowait())
        except Empty:
            return found
