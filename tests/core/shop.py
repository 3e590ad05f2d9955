"""A shop around the pure core: it performs nothing, notes what it is asked to do, and lets a test answer.

Its clock stands still until a test lets time pass, and then jumps from one moment the till named to the next.
Its journal holds what would be on disk: at a restart every life comes back through its JSON.
"""

from typing import Any, Self, TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.admission import Admitted, admit_locally
from kiosk.model import (
    Charge,
    Drop,
    Environment,
    Evidence,
    Field,
    FreeAmount,
    Now,
    Order,
    QrisCode,
    RefundReceipt,
    Report,
    Rupiah,
    Sale,
    Slot,
    SlotRecord,
    Status,
    Terms,
    Trouble,
    TroubleKind,
)
from kiosk.mqtt.reports import Answer, Reply
from kiosk.order.inquiry import CLOSEST
from kiosk.reopening import Memory, reopen
from kiosk.screens import Screen
from kiosk.settings import Settings
from kiosk.states import Life, State
from kiosk.till import Till, decide, due
from tests.codes import changed

BOOT = "boot-1"
MORNING = 1_800_000_000.0
PRICE = Rupiah(12_000)
COFFEE = Slot(1, "Kopi susu", PRICE, "spiral1")
TEA = Slot(2, "Teh tarik", Rupiah(8_000), "spiral2")
PARKING = FreeAmount("Parkir", Rupiah(2_000), Rupiah(50_000), Rupiah(1_000), "gate")
TERMS = Terms(
    cancels=True,
    refunds=True,
    carries=frozenset({Field.ORDER_ID, Field.AMOUNT, Field.CURRENCY, Field.MERCHANT}),
    merchant="G1",
)
"""A gateway that can do everything and whose answers carry everything."""
SETTINGS = Settings(
    kiosk="K01",
    merchant="Kopi Kita",
    contact="WA 0812",
    version="1.0",
    environment=Environment.PRODUCTION,
    gateways=("midtrans",),
    slots=(COFFEE, TEA),
)
EVIDENCE = Evidence(reference="A1", issuer="gopay")
UNREACHABLE = Trouble(TroubleKind.UNREACHABLE, "no answer")
REFUSED = Trouble(TroubleKind.REFUSED, "no", "412")
UNSUPPORTED = Trouble(TroubleKind.UNSUPPORTED, "no such call")
MISCONFIGURED = Trouble(TroubleKind.MISCONFIGURED, "wrong key", "401")

Failed: TypeAlias = on.ChargeFailed | on.StatusFailed | on.CancelFailed | on.RefundFailed
Wanted = TypeVar("Wanted", bound=do.Act)
Kind = TypeVar("Kind", bound=State)


class Shop:
    """One machine, from its first start; another till follows from the same journal at every `restart`."""

    def __init__(
        self,
        settings: Settings = SETTINGS,
        terms: Terms = TERMS,
        *,
        slots: dict[int, SlotRecord] | None = None,
        recovery: str = "",
        **more_terms: Terms,
    ) -> None:
        self.settings = settings
        self.terms = {"midtrans": terms, **more_terms}
        self.recovery = recovery
        self.boot, self.last_boot = BOOT, ""
        self.elapsed = 1000.0
        self.wall = MORNING
        self.minted = 0
        self.lives: dict[str, bytes] = {}
        self.records = {number: msgspec.json.encode(record) for number, record in (slots or {}).items()}
        self.remembered: dict[str, do.Remember] = {}
        self.answers: dict[str, Reply] = {}
        self.done: list[do.Effect] = []
        self.waiting: list[do.Act] = []
        self.till = self._reopened()

    @property
    def now(self) -> Now:
        """This moment."""
        return Now(self.boot, self.elapsed, self.wall)

    @property
    def screen(self) -> Screen:
        """What is on the panel."""
        assert self.till.shown is not None
        return self.till.shown.screen

    @property
    def life(self) -> Life:
        """The newest order, as the journal holds it."""
        return self.life_of(next(reversed(self.lives)))

    @property
    def order(self) -> Order:
        """The newest order."""
        return self.life.order

    @property
    def due(self) -> float | None:
        """How many seconds from now the till wants to be woken."""
        moment = due(self.till)
        return None if moment is None else moment - self.elapsed

    def life_of(self, order_id: str) -> Life:
        """An order as the journal holds it."""
        return msgspec.json.decode(self.lives[order_id], type=Life)

    def state(self, kind: type[Kind]) -> Kind:
        """The newest order's state in the till, which must be of that kind."""
        living = (*((self.till.opened,) if self.till.opened else ()), *self.till.background)
        found = next((life for life in living if life.order.id == self.order.id), self.life)
        assert isinstance(found.state, kind), found.state
        return found.state

    def happen(self, event: on.Event) -> None:
        """Let the till decide, write down what is durable, and note the rest."""
        self.till, effects = decide(self.till, event, self.now)
        self._note(effects)

    def asked(self, kind: type[Wanted]) -> list[Wanted]:
        """Every act of that kind so far."""
        return [act for act in self.done if isinstance(act, kind)]

    def told(self, what: str) -> list[do.Tell]:
        """The messages of that name so far."""
        return [act for act in self.done if isinstance(act, do.Tell) and act.what == what]

    def logged(self, code: str) -> list[do.Log]:
        """The lines of that code so far."""
        return [act for act in self.done if isinstance(act, do.Log) and act.code == code]

    def waits_for(self, kind: type[do.Act]) -> bool:
        """Whether an act of that kind is under way."""
        return any(isinstance(act, kind) for act in self.waiting)

    def take(self, kind: type[Wanted]) -> Wanted:
        """An act of that kind that nobody answered yet, the newest order's first; the test answers it."""
        found = [act for act in self.waiting if isinstance(act, kind)]
        assert found, f"no {kind.__name__} is under way"
        return self._taken(next((act for act in found if self._is_newest(act)), found[0]))

    def _is_newest(self, act: do.Act) -> bool:
        order = getattr(act, "order", None)
        return order is not None and order == self.order

    def _taken(self, found: Wanted) -> Wanted:
        self.waiting.remove(found)
        return found

    def passes(self, seconds: float) -> Self:
        """Let time pass, waking the till whenever it wants to be woken."""
        end = self.elapsed + seconds
        while (moment := due(self.till)) is not None and moment <= end:
            self._wait_until(max(moment, self.elapsed))
            before = self.till
            self.happen(on.TimePassed())
            after = due(self.till)
            moved = after is None or after > self.elapsed or self.till != before
            assert moved, "the till goes round in circles"
        self._wait_until(end)
        return self

    def press(self, keys: str) -> Self:
        """Press keys, one after the other."""
        for key in keys:
            self.happen(on.KeyPressed(key))
        return self

    def begins(self, keys: str = "1#") -> Order:
        """A customer orders; the gateway is asked for a code."""
        self.press(keys)
        self.take(do.Mint)
        self.minted += 1
        self.happen(on.Minted(f"K01{self.minted:019d}A", f"{self.minted:06d}"))
        return self.order

    def commands(self, name: str, id_: str = "", **args: Any) -> Reply:
        """A command arrives and is looked up as the daemon does it; the newest answer it has."""
        command = admit_locally(name, id_ or f"c{len(self.remembered)}", args, "sari")
        assert isinstance(command, Admitted), command
        if command.id not in self.remembered:
            self.minted += name == "charge"
            minted = on.Minted(f"K01{self.minted:019d}B", f"{self.minted:06d}") if name == "charge" else None
            sale, found = self._sale(args.get("reference", "")), self._found(args)
            self.happen(on.Commanded(command=command, minted=minted, sale=sale, found=found))
        return self.answers[command.id]

    def _sale(self, reference: str) -> Sale | None:
        """The newest order of a controller's reference, as the journal keeps it for ever."""
        lives = [self.life_of(each) for each in self.lives]
        mine = [life for life in lives if reference and life.order.reference == reference]
        if not mine:
            return None
        order = mine[-1].order
        why = mine[-1].history[-1].why
        digest = self.remembered[order.command].digest
        return Sale(digest, order.id, order.amount, mine[-1].state_name, why)

    def _found(self, args: dict[str, Any]) -> Life | None:
        lives = [self.life_of(each) for each in reversed(self.lives)]
        names = {args.get(way) for way in ("order_id", "reference", "claim_code")} - {None}
        return next(
            (life for life in lives if names & {life.order.id, life.order.reference, life.order.claim_code}),
            None,
        )

    def shows_code(self, keys: str = "1#") -> Order:
        """A customer orders, and the code is on the panel."""
        order = self.begins(keys)
        self.take(do.Create)
        self.happen(on.ChargeMade(order.id, charge_of(order)))
        return order

    def fails(self, kind: type[do.GatewayCall], trouble: Trouble = UNREACHABLE) -> Self:
        """The call under way fails."""
        failures: dict[type[do.GatewayCall], type[Failed]] = {
            do.Create: on.ChargeFailed,
            do.Ask: on.StatusFailed,
            do.Cancel: on.CancelFailed,
            do.Refund: on.RefundFailed,
        }
        self.happen(failures[kind](self.take(kind).order.id, trouble))
        return self

    def says(self, status: Status, **fields: Any) -> Self:
        """The gateway answers the question under way; fields that are not named are as asked for.

        A question may have to wait until it is decent.
        """
        self.passes(0.0 if self.waits_for(do.Ask) else CLOSEST)
        order = self.take(do.Ask).order
        report = replace(report_of(order, status), **fields)
        self.happen(on.StatusReported(order.id, report, self.elapsed, self.elapsed))
        return self

    def cancels(self) -> Self:
        """The gateway takes the cancel under way."""
        self.happen(on.CancelDone(self.take(do.Cancel).order.id))
        return self

    def is_paid(self) -> Self:
        """A hint comes, we ask, and the gateway says that it is paid."""
        self.happen(on.Hinted(self.order.id))
        while not self.waits_for(do.Ask):
            self.passes(1.0)
        return self.says(Status.PAID)

    def drops(self, drop: Drop = Drop.NO_SENSOR) -> Self:
        """The output does its work."""
        self.happen(on.Released(self.take(do.Release).order.id, drop))
        return self

    def refunds(self, amount: Rupiah | None = None) -> Self:
        """The gateway confirms the refund under way."""
        call = self.take(do.Refund)
        receipt = RefundReceipt(call.amount if amount is None else amount, "R1")
        self.happen(on.RefundDone(call.order.id, receipt))
        return self

    def doubts(self) -> Self:
        """A person accepts that the journal was lost: what it holds open is in doubt from then on."""
        for order_id in self.lives:
            doubtful = replace(self.life_of(order_id), doubtful=True)
            self.lives[order_id] = msgspec.json.encode(doubtful)
        return self

    def restarts(self, boot: str = "", after: float = 3.0, **changes: Any) -> Self:
        """The process begins anew; with another `boot` the power was gone, and the clock begins near zero."""
        self.settings = replace(self.settings, **changes)
        self.wall += after
        self.elapsed = 10.0 if boot else self.elapsed + after
        self.boot = boot or self.boot
        self.waiting = []
        self.till = self._reopened()
        self.happen(on.TimePassed())
        return self

    def _reopened(self) -> Till:
        lives = [msgspec.json.decode(each, type=Life) for each in self.lives.values()]
        slots = {number: msgspec.json.decode(each, type=SlotRecord) for number, each in self.records.items()}
        memory = Memory(
            lives=tuple(life for life in lives if not life.is_over),
            slots=slots,
            recovery=self.recovery,
            last_boot=self.last_boot,
            unfinished={
                reply.id: reply.command for reply in self.answers.values() if reply.status is Answer.ACCEPTED
            },
        )
        till, effects = reopen(self.settings, self.terms, memory, self.now)
        self._note(effects)
        return till

    def _note(self, effects: tuple[do.Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, do.Save):
                self.lives[effect.life.order.id] = msgspec.json.encode(effect.life)
            elif isinstance(effect, do.Remember):
                self.remembered[effect.id] = effect
            elif isinstance(effect, do.Answer):
                assert effect.reply.id in self.remembered, "an answer to a command that nobody wrote down"
                self.answers[effect.reply.id] = effect.reply
            elif isinstance(effect, do.SaveSlot):
                self.records[effect.number] = msgspec.json.encode(effect.record)
            elif not isinstance(effect, do.Tell | do.SavePushed | do.Log | do.Show):
                self.waiting.append(effect)
            self.last_boot = self.boot if isinstance(effect, do.DURABLE) else self.last_boot
        self.done += effects

    def _wait_until(self, moment: float) -> None:
        self.wall += moment - self.elapsed
        self.elapsed = moment


def charge_of(order: Order) -> Charge:
    """What a gateway answers to a create: a code that pays exactly the order's amount."""
    return Charge(QrisCode(changed(t54=str(order.amount))), f"ref-{order.id[-5:]}", "G1")


def report_of(order: Order, status: Status) -> Report:
    """An answer about the order in which everything is as asked for."""
    return Report(status, order.id, order.amount, "IDR", order.merchant, evidence=EVIDENCE)
