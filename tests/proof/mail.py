"""Who speaks to the machine: customers at its keys, a controller, an operator, and those who pretend to be.

Commands come through the very rules of admission, signed where the machine wants it; a broker brings each
one again until it is written down.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from kiosk import commands as ask
from kiosk import events as on
from kiosk.admission import Admitted, Came, admit, admit_locally
from kiosk.mqtt.messages import Command
from kiosk.mqtt.signatures import command_bytes, sign
from kiosk.secret import Secret
from kiosk.states import Life
from kiosk.till.settling import named
from tests.core.bank import Sale
from tests.proof import facts

if TYPE_CHECKING:
    from tests.proof.plans import Visit
    from tests.proof.story import World

KEY = Secret("k" * 40)
NEXT_KEY = Secret("n" * 40)
THIEF = Secret("t" * 40)
TRIES = 40


class Mail:
    """The broker and whoever uses it; `sent` are the honest commands so far."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.keys = (KEY, NEXT_KEY) if world.plan.signed else ()
        self.asked = self.minted_so_far = 0
        self.is_down = False
        self.sent: list[tuple[str, Command]] = []
        self.looked_for: set[str] = set()

    def minted(self, reference: str, attempt: int = 0) -> on.Minted:
        """An id, which follows from a reference where there is one, and a claim code."""
        self.minted_so_far += 1
        books, number = self.world.machine.disk.books, self.minted_so_far
        name = books.id_of(reference, attempt) if reference else f"K01{number:019d}A"
        return on.Minted(name, f"{number:06d}")

    def visited(self, visit: "Visit") -> Callable[[], None]:
        """Somebody comes to the panel, or a controller wants money."""

        def comes() -> None:
            self.world.hits["another customer meanwhile"] += self.world.is_serving
            if visit.reference:
                self.send("charge", {"reference": visit.reference, **visit.args})
            else:
                self.presses(visit.keys)

        return comes

    def presses(self, keys: str) -> None:
        """One key after the other."""
        for number, key in enumerate(keys):
            self.world.later(0.3 * number, lambda key=key: self.world.machine.happen(on.KeyPressed(key)))  # type: ignore[misc]

    def hinted(self, sale: Sale, hints: tuple[float, ...], paid_after: float) -> None:
        """The gateway's notices of a payment, before it, after it, or often."""
        for hint in hints:
            self.world.later(max(0.05, paid_after + hint), lambda: self.rings(sale.order.id))
        if not hints:
            self.world.hits["hint never comes"] += 1
        elif hints[0] < 0.0:
            self.world.hits["hint before the payment"] += 1
        elif hints[0] > 100.0:
            self.world.hits["hint much later"] += 1
        elif len(hints) > 1:
            self.world.hits["hint again and again"] += 1

    def rings(self, order_id: str) -> None:
        """A doorbell rings."""
        self.world.machine.happen(on.Hinted(order_id))

    def send(self, name: str, args: dict[str, Any]) -> None:
        """An honest command, with a new id."""
        self.asked += 1
        key = NEXT_KEY if self.keys and self.world.draw.random() < 0.2 else KEY
        self.world.hits["command with the next key"] += key is NEXT_KEY
        command = self.signed(name, f"c{self.asked}", args, key)
        self.sent.append((name, command))
        self.world.story.note(facts.Asked, command.id, name, args, True)
        if self.world.draw.random() < self.world.rate / 4:
            self.world.hit("command lost", f"The broker loses {command.id}.")
            return
        self.deliver(name, command, TRIES)
        if self.world.draw.random() < self.world.rate:
            self.world.hit("command again", f"The broker brings {command.id} once more.")
            self.world.later(
                self.world.draw.choice((0.01, 1.0, 30.0)), lambda: self.deliver(name, command, 1)
            )

    def signed(self, name: str, id_: str, args: dict[str, Any], key: Secret, ahead: int = 300) -> Command:
        """A command as its sender writes it."""
        command = Command(id=id_, exp=int(self.world.machine.clock.now.wall) + ahead, args=args)
        if not self.keys:
            return command
        return replace(command, sig=sign(key, command_bytes("K01", topic_of(name), command)))

    def deliver(self, name: str, command: Command, tries: int, *, retained: bool = False) -> None:
        """Brought until it is written down or refused."""
        world = self.world
        if tries == 0:
            return
        if not world.machine.is_up or self.is_down:
            world.later(5.0, lambda: self.deliver(name, command, tries - 1, retained=retained))
            return
        books, clock = world.machine.disk.books, world.machine.clock
        known = books.commands.get(command.id)
        no_clock = on.Part.CLOCK in world.machine.till.faults
        came = Came(topic=topic_of(name), retained=retained, wall=clock.now.wall, clock_ok=not no_clock)
        judged = admit("K01", name, command, came, self.keys, known.digest if known else None)
        if not isinstance(judged, Admitted):
            world.hits[f"not admitted: {getattr(judged, 'reason', 'repeated')}"] += 1
            return
        self.decided(judged)
        if command.id not in world.machine.disk.books.commands:
            world.later(20.0, lambda: self.deliver(name, command, tries - 1, retained=retained))

    def locally(self, name: str, args: dict[str, Any]) -> None:
        """Somebody on the spot asks through the control socket."""
        self.asked += 1
        judged = admit_locally(name, f"l{self.asked}", args, "Budi")
        assert isinstance(judged, Admitted), judged
        self.world.story.note(facts.Asked, judged.id, name, args, True)
        if self.world.machine.is_up:
            self.decided(judged)

    def decided(self, command: Admitted) -> None:
        """Put before the till with all that was looked up for it."""
        machine = self.world.machine
        if command.id in machine.disk.books.commands or command.id in self.looked_for:
            return
        lives = list(machine.disk.lives.values())
        reference = getattr(command.args, "reference", None)
        sale = machine.disk.books.sale(reference, lives) if reference else None
        event = on.Commanded(command=command, sale=sale)
        if isinstance(command.args, ask.Charge):
            event = replace(event, minted=self.minted(command.args.reference))
        elif isinstance(command.args, ask.OfOrder) and named(machine.till, event) is None:
            self.looked_for.add(command.id)
            self.world.later(0.2, lambda: self.looked_for.discard(command.id))
            self.world.soon(0.15, lambda: self._looked_up(event))
            return
        machine.happen(event)

    def _looked_up(self, event: on.Commanded) -> None:
        args, machine = event.command.args, self.world.machine
        assert isinstance(args, ask.OfOrder)
        lives = [life for life in reversed(machine.disk.lives.values()) if _is_named(life, args)]
        machine.happen(replace(event, searched=True, found=lives[0] if lives else None))


def topic_of(name: str) -> str:
    """Where a command is sent."""
    return f"kiosk/v1/K01/cmd/{name}"


def _is_named(life: Life, args: ask.OfOrder) -> bool:
    order = life.order
    names = {"order_id": order.id, "reference": order.reference, "claim_code": order.claim_code}
    return any(getattr(args, way, None) == name for way, name in names.items() if name)
