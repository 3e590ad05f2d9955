"""Which commands may be put before the till: the rules that need no memory but one line about their id.

What comes over MQTT is judged by how it came, who signed it and when it is meant for; what comes through the
local control socket by its arguments alone, because there the kernel says who asks.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from kiosk.commands import COMMANDS, LOCAL, Args, Entry
from kiosk.mqtt.messages import Command
from kiosk.mqtt.signatures import command_bytes, digest, is_signed
from kiosk.mqtt.strict import typed
from kiosk.refusals import Reason, Refusal
from kiosk.secret import Secret

AHEAD: Final = 600
"""Seconds that `exp` may lie ahead: what is meant for later than that is forgotten and then surprises."""


class Came(Struct, frozen=True, kw_only=True):
    """How a command arrived: on which whole topic, and what our clock said, in seconds since 1970.

    `retained`: the broker had kept it; `clock_ok`: whether that clock can be believed.
    """

    topic: str
    retained: bool
    wall: float
    clock_ok: bool


class Admitted(Struct, frozen=True):
    """A command that may be put before the till.

    `digest` is equal for equal commands, whatever their ids; it is what the journal keeps of an id and of a
    charge's reference.  `exp` is None where it came through the control socket.
    """

    id: str
    name: str
    args: Args
    digest: str
    exp: int | None


class Repeated(Struct, frozen=True):
    """The very command that had this id before: it gets the answer it had, and nothing is done."""

    id: str
    name: str


def admit(
    kiosk: str, name: str, command: Command, came: Came, keys: Iterable[Secret], remembered: str | None
) -> Admitted | Repeated | Refusal:
    """Judge a command from MQTT.

    With any `keys` it must be signed with one of them.  `remembered` is the digest under which the journal
    keeps this id, None for a new one: a repeat that comes after its time still gets its answer.
    """
    known = tuple(keys)
    if came.retained:
        return Refusal(Reason.RETAINED, id=command.id)
    if name not in COMMANDS:
        return Refusal(Reason.UNKNOWN_COMMAND, id=command.id)
    if forged := unsigned(kiosk, command, came.topic, known):
        return forged
    found = _understood(COMMANDS, name, command.id, command.args, command.exp)
    if isinstance(found, Refusal):
        return found
    if remembered == found.digest:
        return Repeated(command.id, name)
    if remembered is not None:
        return Refusal(Reason.ID_USED, id=command.id)
    return untimely(found, came) or found


def admit_locally(name: str, id_: str, args: Mapping[str, Any], who: str) -> Admitted | Refusal:
    """Judge a command from the control socket; `who` is the peer as the kernel names it, whatever it says."""
    entry = LOCAL.get(name)
    if entry is None:
        return Refusal(Reason.UNKNOWN_COMMAND, id=id_)
    signed = {**args, "who": who} if "who" in entry.args.__struct_fields__ else args
    return _understood(LOCAL, name, id_, signed, None)


def unsigned(kiosk: str, command: Command, topic: str, keys: tuple[Secret, ...]) -> Refusal | None:
    """Why the sender is not believed, None where it is; without keys everybody the broker lets in is."""
    if not keys:
        return None
    if not command.sig:
        return Refusal(Reason.UNSIGNED, id=command.id)
    if is_signed(keys, command_bytes(kiosk, topic, command), command.sig):
        return None
    return Refusal(Reason.WRONG_SIGNATURE, id=command.id)


def untimely(admitted: Admitted, came: Came) -> Refusal | None:
    """Why it comes at the wrong time; by a clock that is not set only what carries no money is done."""
    if admitted.exp is None:
        return None
    if not came.clock_ok:
        carries_money = COMMANDS[admitted.name].money
        return Refusal(Reason.CLOCK_NOT_SET, id=admitted.id) if carries_money else None
    if came.wall > admitted.exp:
        return Refusal(Reason.EXPIRED, id=admitted.id)
    ahead = admitted.exp > came.wall + AHEAD
    return Refusal(Reason.TOO_FAR_AHEAD, id=admitted.id) if ahead else None


def _understood(
    table: Mapping[str, Entry], name: str, id_: str, given: Mapping[str, Any], exp: int | None
) -> Admitted | Refusal:
    args = typed(given, table[name].args, "args")
    if isinstance(args, Refusal):
        return msgspec.structs.replace(args, id=id_)
    meaning = {"command": name, "args": msgspec.to_builtins(args)}
    return Admitted(id_, name, args, digest(meaning), exp)
