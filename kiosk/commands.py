"""What may be asked of a machine from outside: the table of commands and their arguments.

A command comes over MQTT or through the local control socket, with the same names and arguments.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

from msgspec import Meta, Struct, field

_ONE_LINE: Final = r"^[^\x00-\x1f\x7f]{%s}\Z"

Amount = Annotated[int, Meta(ge=1, le=10_000_000, description="whole rupiah")]
SlotNumber = Annotated[int, Meta(ge=1, le=99)]
Stocked = Annotated[int, Meta(ge=0, le=9_999)]
Reference = Annotated[
    str, Meta(pattern=r"^[!-~]{1,64}\Z", description="the controller's own name of a sale, used once")
]
OrderId = Annotated[str, Meta(pattern=r"^[A-Z0-9]{22,31}[A-Z]\Z")]
ClaimCode = Annotated[str, Meta(pattern=r"^[0-9]{6}\Z")]
Description = Annotated[str, Meta(pattern=_ONE_LINE % "0,20", description="shown instead of the slot's name")]
Who = Annotated[str, Meta(pattern=_ONE_LINE % "1,60", description="the person, for the journal")]
OutputName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}\Z")]
Everything: TypeAlias = Literal["all"]


class Args(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The arguments of a command.  A field that is added later has a default, so that old digests hold."""


class Charge(Args, frozen=True, kw_only=True):
    """Show a code for an amount; the same reference is the same order for ever."""

    reference: Reference
    slot: SlotNumber | None = None
    amount: Amount | None = None
    description: Description = ""

    def __post_init__(self) -> None:
        if self.slot is None and self.amount is None:
            raise ValueError("needs a slot, an amount, or both")


class OfOrder(Args, frozen=True, kw_only=True):
    """About one order, named in exactly one way."""

    order_id: OrderId | None = None
    reference: Reference | None = None

    def __post_init__(self) -> None:
        ways = ("order_id", "reference", "claim_code")
        given = sum(getattr(self, way, None) is not None for way in ways)
        if given != 1:
            raise ValueError("needs exactly one name of the order")


class Cancel(OfOrder, frozen=True, kw_only=True):
    """Take the code away; the gateway says how the order ends."""


class Check(OfOrder, frozen=True, kw_only=True):
    """Ask the gateway now; a hint like any other."""


class Refund(OfOrder, frozen=True, kw_only=True):
    """Send money back: all of it, or `amount`.  `goodwill`: although the goods were released."""

    who: Who
    claim_code: ClaimCode | None = None
    amount: Amount | None = None
    goodwill: bool = False


class Resolution(StrEnum):
    """How a person settled what the machine could not: goods given, money given, or nothing was owed."""

    DISPENSED = "dispensed"
    REFUNDED = "refunded"
    VOID = "void"


class Resolve(OfOrder, frozen=True, kw_only=True):
    """Note what a person did about an escalated order; claims nothing in the gateway's name."""

    who: Who
    resolution: Resolution = field(name="as")
    claim_code: ClaimCode | None = None


class _OfSlot(Args, frozen=True, kw_only=True):
    slot: SlotNumber | Everything
    who: Who

    @property
    def number(self) -> int:
        """The slot's number as events have it: 0 is the whole machine."""
        return 0 if self.slot == "all" else self.slot


class Enable(_OfSlot, frozen=True, kw_only=True):
    """Put a slot, or the whole machine, back into service."""


class Disable(_OfSlot, frozen=True, kw_only=True):
    """Take a slot, or the whole machine, out of service after the current order."""


class Stock(Args, frozen=True, kw_only=True):
    """So many are in the slot now."""

    slot: SlotNumber
    count: Stocked
    who: Who


class Restart(Args, frozen=True, kw_only=True):
    """End the program when no order is open, so that systemd starts it anew."""


class Diagnostics(Args, frozen=True, kw_only=True):
    """Answer with everything a technician asks first."""


class Identify(Args, frozen=True, kw_only=True):
    """Make itself noticed, so that the right machine is found among many."""


class Ping(Args, frozen=True, kw_only=True):
    """Answer, and nothing else."""


class Part(StrEnum):
    """What can be tried from afar; an output never is."""

    PANEL = "panel"
    KEYPAD = "keypad"
    INPUTS = "inputs"
    BUZZER = "buzzer"


class Test(Args, frozen=True, kw_only=True):
    """Try a part, when nobody stands in front of the machine."""

    part: Part


class TestOutput(Args, frozen=True, kw_only=True):
    """Move an output once without a sale: a technician's first question, asked on the spot only."""

    output: OutputName
    who: Who


class Entry(NamedTuple):
    """A command's arguments, and whether it moves money or says where money went."""

    args: type[Args]
    money: bool = False


COMMANDS: Final[dict[str, Entry]] = {
    "charge": Entry(Charge, money=True),
    "cancel": Entry(Cancel),
    "check": Entry(Check),
    "refund": Entry(Refund, money=True),
    "resolve": Entry(Resolve, money=True),
    "enable": Entry(Enable),
    "disable": Entry(Disable),
    "stock": Entry(Stock),
    "restart": Entry(Restart),
    "diagnostics": Entry(Diagnostics),
    "identify": Entry(Identify),
    "ping": Entry(Ping),
    "test": Entry(Test),
}
"""What can be asked over MQTT."""

LOCAL: Final[dict[str, Entry]] = {**COMMANDS, "test_output": Entry(TestOutput)}
"""What can be asked through the control socket."""
