"""What can befall a machine besides its calls, its customers and cuts: one small deed each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk import events as on
from kiosk.pushed import Candidate
from kiosk.refusals import Reason
from kiosk.states import Life
from tests.core.bank import Standing
from tests.proof import facts
from tests.proof.machine import OFF_FOR
from tests.proof.mail import KEY, THIEF
from tests.proof.plans import PIN, Mishap
from tests.proof.shop import laid

if TYPE_CHECKING:
    from tests.proof.story import World

Deed = Callable[[], None]
JUMPS = (5 * 3_600.0, -5 * 3_600.0, 3.2e8, -3.2e8, 3.0, -86_400.0)
FOR_EVER = float("inf")
UNTRUE = ("mixes_up", "takes_dollars", "is_confused")
"""Troubles in which a gateway tells what is not so."""
ACCEPTED = 99
"""The number of a copied card after which somebody accepts the loss; none that is drawn."""
HUNG = 10.0
"""Seconds after which systemd's watchdog ends a process that says nothing."""


def _part(world: "World", mishap: Mishap) -> Deed:
    part = mishap.part

    def breaks() -> None:
        if part is on.Part.PANEL:
            _panel(world, mishap)()
            return
        if part in world.broken or world.is_peaceful:
            return
        world.hit(f"{part.value} fails", f"The {part.value} fails.")
        world.breaks(part, "broken")
        world.later(mishap.seconds, lambda: world.heal(part))

    return breaks


def _panel(world: "World", mishap: Mishap) -> Deed:
    def dies() -> None:
        if world.is_peaceful:
            return
        world.panel_is_dead = True
        world.hit("panel dies", "The panel does not answer any more.")
        world.later(mishap.seconds, lives)

    def lives() -> None:
        world.panel_is_dead = False

    return dies


def _disk(world: "World", mishap: Mishap) -> Deed:
    def refuses() -> None:
        if world.is_peaceful:
            return
        world.disk_refuses = True
        world.hit("disk refuses", "Nothing can be written any more.")
        world.later(mishap.seconds, takes)

    def takes() -> None:
        world.disk_refuses = False

    return refuses


def _clock(world: "World", mishap: Mishap) -> Deed:
    def jumps() -> None:
        world.hits["clock jumps under an order"] += world.is_serving
        world.machine.clock.wrong_by += JUMPS[mishap.number % len(JUMPS)]
        world.hit("clock jumps", f"The wall clock is wrong by {world.machine.clock.wrong_by} s now.")
        if mishap.number % 3 == 0 and not world.is_peaceful and on.Part.CLOCK not in world.broken:
            world.breaks(on.Part.CLOCK, "not set")
            world.later(mishap.seconds, lambda: world.heal(on.Part.CLOCK))

    return jumps


def _stall(world: "World", mishap: Mishap) -> Deed:
    def hangs() -> None:
        if not world.machine.is_up:
            return
        world.hit("hangs", f"The process hangs for {mishap.seconds} s.")
        world.stalled_until = world.machine.clock.time + min(mishap.seconds, HUNG)
        if mishap.seconds > HUNG:
            life = world.machine.life_time
            world.later(HUNG, lambda: bites(life))

    def bites(life: int) -> None:
        if world.machine.is_up and world.machine.life_time == life:
            world.hit("watchdog bites", "The watchdog ends the process.")
            world.machine.end(power=False, point="watchdog")

    return hangs


def _stop(world: "World", mishap: Mishap) -> Deed:
    def stops() -> None:
        if not world.machine.is_up:
            return
        kind = ("stopped", "killed", "power fails")[mishap.number % 3]
        world.hit(f"between decisions: {kind}", f"Between two decisions the process is {kind}.")
        if kind == "stopped":
            world.stops()
        else:
            world.machine.end(power=kind == "power fails", off_for=min(200.0, mishap.seconds))

    return stops


def _one(world: "World", number: int) -> Life | None:
    lives = list(world.machine.disk.lives.values())
    return lives[-1 - number % len(lives)] if lives else None


def _of_order(name: str) -> Callable[["World", Mishap], Deed]:
    def of(world: "World", mishap: Mishap) -> Deed:
        def sent() -> None:
            life = _one(world, mishap.number)
            if life is None:
                return
            world.hits[f"command {name}"] += 1
            args = {"order_id": life.order.id, **_more(name, mishap)}
            for _ in range(2 if mishap.number % 7 == 0 else 1):
                world.mail.send(name, args)

        return sent

    return of


def _more(name: str, mishap: Mishap) -> dict[str, Any]:
    if name == "refund":
        amount = (None, None, 1_000, 4_000, 50_000)[mishap.number % 5]
        part = {} if amount is None else {"amount": amount}
        return {"who": "Sari", "goodwill": mishap.number % 3 > 0, **part}
    if name == "resolve":
        return {"who": "Sari", "as": ("dispensed", "refunded", "void")[mishap.number % 3]}
    return {}


def _push(world: "World", mishap: Mishap) -> Deed:
    version, step, wrong = 1 + mishap.number % 9, mishap.number % 3, mishap.number % 5 == 0
    document = {"step": step}

    def pushed() -> None:
        world.hit("bad configuration" if wrong else "configuration", f"Version {version} is pushed.")
        world.hits["configuration under an order"] += world.is_serving
        candidate = Candidate(
            version=version,
            hash=f"{step}-{wrong}",
            document=document,
            settings=None if wrong else laid(world.plan.settings, document),
            reason=Reason.NOT_VALID.value if wrong else "",
            restarts=mishap.number % 7 == 0 and not wrong,
        )
        world.machine.happen(on.Pushed(candidate))

    return pushed


def _slots(world: "World", mishap: Mishap) -> Deed:
    def sent() -> None:
        if not world.plan.settings.slots:
            return
        name = ("disable", "enable", "stock", "disable")[mishap.number % 4]
        args: dict[str, Any] = (
            {"slot": 2, "count": 3} if name == "stock" else {"slot": (1, 2, "all")[mishap.number % 3]}
        )
        world.mail.send(name, {**args, "who": "Sari"})
        if name == "disable":
            world.later(mishap.seconds, lambda: world.mail.send("enable", {**args, "who": "Sari"}))

    return sent


def _forge(world: "World", mishap: Mishap) -> Deed:
    mail = world.mail
    args: dict[str, Any] = (
        {"reference": "thief", "slot": 1}
        if world.plan.settings.slots
        else {
            "reference": "thief",
            "amount": 7_000,
        }
    )

    def forged() -> None:
        id_ = f"x{mishap.number}-{world.n}"
        kinds: tuple[str, ...] = ("retained", "expired", "far ahead", "id used")
        if mail.keys:
            kinds += ("wrong key", "unsigned", "lifted", "other topic", "lifted", "wrong key")
        kind = kinds[mishap.number % len(kinds)]
        ahead = {"expired": -5, "far ahead": 4_000}.get(kind, 300)
        command = mail.signed("charge", id_, args, THIEF if kind == "wrong key" else KEY, ahead)
        name = "charge"
        if kind == "unsigned":
            command = _with(command, sig="")
        elif kind == "lifted":
            command = _with(command, args={**args, "slot": 1, "amount": 1})
        elif kind == "other topic":
            name, command = "charge", mail.signed("check", id_, args, KEY)
        elif kind == "id used":
            if not mail.sent:
                return
            command = mail.signed("charge", mail.sent[0][1].id, args, KEY)
            if mail.sent[0][1].args == args or command.id not in world.machine.disk.books.commands:
                return
        world.hit(f"forged: {kind}", f"Somebody sends a command that is {kind}.")
        if kind != "id used":
            world.story.note(facts.Asked, command.id, name, command.args, False)
        mail.deliver(name, command, 1, retained=kind == "retained")

    return forged


def _with(command: Any, **fields: Any) -> Any:
    from msgspec.structs import replace

    return replace(command, **fields)


def _hint(world: "World", mishap: Mishap) -> Deed:
    def rings() -> None:
        life = _one(world, mishap.number // 4)
        kind = ("unknown order", "forged", "flood", "after the end")[mishap.number % 4]
        world.hit(f"hint: {kind}", f"A doorbell rings: {kind}.")
        order_id = life.order.id if life and kind != "unknown order" else "K01NOSUCHORDERATALL0A"
        for _ in range(20 if kind == "flood" else 1):
            world.mail.rings(order_id)

    return rings


def _dashboard(world: "World", mishap: Mishap) -> Deed:
    def given_back() -> None:
        paid = [sale for sale in world.codes if sale.standing is Standing.SETTLED and not sale.returned]
        if paid:
            world.hit("refund on the gateway's page", "Somebody refunds on the gateway's own page.")
            world.truth.give_back_elsewhere(paid[-1], world.machine.clock.time)

    return given_back


def _expire(world: "World", mishap: Mishap) -> Deed:
    def ends() -> None:
        pending = [sale for sale in world.codes if sale.standing is Standing.PENDING]
        if pending:
            world.hit("gateway ends the order", "The gateway itself ends an order.")
            pending[-1].standing = Standing.CANCELLED

    return ends


def _broker(world: "World", mishap: Mishap) -> Deed:
    def goes() -> None:
        world.hit("broker away", "The broker is away.")
        world.mail.is_down = True
        world.later(mishap.seconds, comes)

    def comes() -> None:
        world.mail.is_down = False

    return goes


def _test(world: "World", mishap: Mishap) -> Deed:
    def tried() -> None:
        outputs = sorted(world.plan.settings.outputs)
        world.hit("output tested", "Somebody on the spot tries an output.")
        world.mail.locally("test_output", {"output": outputs[0], "who": "Budi"})

    return tried


def _while(switch: str, label: str, words: str) -> Callable[["World", Mishap], Deed]:
    """Something is so for a time, or for ever."""

    def of(world: "World", mishap: Mishap) -> Deed:
        def begins() -> None:
            if world.is_peaceful:
                return
            world.hit(label, words)
            world.troubles.add(switch)
            world.story.forsaken |= switch in UNTRUE or mishap.seconds == FOR_EVER
            if mishap.seconds == FOR_EVER:
                world.for_ever.add(switch)
            else:
                world.later(mishap.seconds, lambda: world.troubles.discard(switch))

        return begins

    return of


def _staff(world: "World", mishap: Mishap) -> Deed:
    """Somebody opens the staff menu, with the PIN or without, and presses what there is."""

    def opens() -> None:
        world.hits["staff menu"] += 1
        world.machine.happen(on.KeyHeld("*"))
        pin = PIN if mishap.number % 4 else "00000000"
        rest = "123456789*#0"
        keys = pin + "#" + "".join(rest[(mishap.number * n) % 12] for n in range(1, 9))
        for number, key in enumerate(keys):
            world.later(0.3 * (number + 1), lambda key=key: world.machine.happen(on.KeyPressed(key)))  # type: ignore[misc]

    return opens


def _keys(world: "World", mishap: Mishap) -> Deed:
    def stuck() -> None:
        world.hit("keys run wild", "The keys run wild.")
        for number in range(25):
            key = "123456789*#0"[(mishap.number + number * 7) % 12]
            world.later(0.02 * number, lambda key=key: world.machine.happen(on.KeyPressed(key)))  # type: ignore[misc]

    return stuck


def _flood(world: "World", mishap: Mishap) -> Deed:
    """Somebody begins one order after the other and pays none."""

    def floods() -> None:
        world.hit("flood of orders", "Somebody begins order after order and cancels each.")
        begin = "1#" if world.plan.settings.slots else "7000#"
        for number in range(8):
            world.later(5.0 * number, lambda: world.mail.presses(begin))
            world.later(5.0 * number + 3.5, lambda: world.mail.presses("**"))
            world.later(5.0 * number + 4.5, lambda: world.mail.presses("**"))

    return floods


def _plain(name: str) -> Callable[["World", Mishap], Deed]:
    def of(world: "World", mishap: Mishap) -> Deed:
        def sent() -> None:
            world.hits[f"command {name}"] += 1
            world.mail.send(name, {})

        return sent

    return of


def _copy(world: "World", mishap: Mishap) -> Deed:
    """A card is copied, and put back some time later."""

    def copied() -> None:
        disk = world.machine.disk.copied()
        world.later(mishap.seconds, lambda: put_back(disk))

    def put_back(disk: Any) -> None:
        machine = world.machine
        if not machine.is_up or machine.disk.commits == disk.commits or world.is_peaceful:
            return
        world.hit("old card put back", "Somebody puts an old copy of the card into the machine.")
        machine.end(power=True, off_for=OFF_FOR[1], point="card")
        world.story.lost |= machine.disk.lives.keys() - disk.lives.keys()
        disk.recovery = "the journal is older than what the operator knows"
        machine.disk = disk
        if mishap.number == ACCEPTED:
            world.later(OFF_FOR[1] + 0.1, accepted)

    def accepted() -> None:
        machine = world.machine
        if not machine.is_up:
            world.later(10.0, accepted)
            return
        world.hit("loss accepted", "Somebody takes it upon himself that the newer journal is lost.")
        machine.end(power=False, point="journal accept-loss")
        machine.disk.accept_loss()

    return copied


MISHAPS: dict[str, Callable[["World", Mishap], Deed]] = {
    "part": _part,
    "panel": _panel,
    "disk": _disk,
    "clock": _clock,
    "stall": _stall,
    "stop": _stop,
    "restart": _plain("restart"),
    "identify": _plain("identify"),
    "refund": _of_order("refund"),
    "resolve": _of_order("resolve"),
    "cancel": _of_order("cancel"),
    "check": _of_order("check"),
    "push": _push,
    "slots": _slots,
    "forge": _forge,
    "hint": _hint,
    "dashboard": _dashboard,
    "expire": _expire,
    "broker": _broker,
    "test": _test,
    "stuck": _while("is_stuck", "relay stuck", "The relay does not move any more."),
    "nothing drops": _while("drops_nothing", "spiral jammed", "Nothing drops any more."),
    "silence": _while("is_silent", "network away", "No gateway can be reached any more."),
    "deaf": _while("is_deaf", "replies get lost", "No reply of a gateway comes through any more."),
    "refusal": _while("refuses", "gateway refuses", "The gateways refuse whatever they are asked to do."),
    "past": _while("is_behind", "gateway is behind", "The gateways answer what was true a while ago."),
    "slow": _while("is_slow", "gateway slow", "The gateways answer at the last moment."),
    "echo": _while("echoes", "output heard twice", "What the output says is heard twice."),
    "mix-up": _while("mixes_up", "gateway mixes up", "The gateways answer for another merchant."),
    "dollars": _while("takes_dollars", "another currency", "The gateways answer in another currency."),
    "confusion": _while("is_confused", "gateway confused", "The gateways answer about somebody else."),
    "staff": _staff,
    "keys": _keys,
    "flood": _flood,
    "copy": _copy,
}
