"""What is said to a machine, as types, and how every message is read and written; `reports` has the answers.

`docs/mqtt.md` has an example of each.  What a machine reads is strict: an unknown field is refused, because
it may be the one that mattered.  Times are whole seconds since 1970.
"""

from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from kiosk.mqtt.strict import LARGEST_NUMBER, read, typed
from kiosk.refusals import Reason, Refusal

VERSION: Final = 1

Count = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
Number = Annotated[int, Meta(ge=1, le=LARGEST_NUMBER)]
Moment = Annotated[int, Meta(ge=0, le=9_999_999_999, description="whole seconds since 1970")]
CommandId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}\Z", description="new for every command")]
Signature = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z", description="HMAC-SHA256, see docs/mqtt.md")]
Named = Annotated[str, Meta(pattern=r"^[!-~]{1,100}\Z")]


class Message(Struct, frozen=True, kw_only=True):
    """What every message has; `v` changes when a field changes its meaning.

    `largest`: bytes, more is refused before it is read; `whole`: numbers with a fraction are refused.
    """

    largest: ClassVar[int] = 64 * 1024
    whole: ClassVar[bool] = False

    v: Literal[1] = 1


class Request(Message, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a machine reads.  A fraction has no one way to be written, and some of this is signed."""

    whole: ClassVar[bool] = True


class Command(Request, frozen=True, kw_only=True):
    """Something to do, on `cmd/<name>`; `admission.admit` judges the rest, `args` among it.

    `exp`: when it is too late for it, at most ten minutes ahead.
    """

    largest: ClassVar[int] = 4 * 1024

    id: CommandId
    exp: Moment
    args: dict[str, Any] = {}
    sig: Signature = ""


class Desired(Request, frozen=True, kw_only=True):
    """The configuration the operator wants; every change has a higher version."""

    version: Number
    document: dict[str, Any]
    sig: Signature = ""


class Ack(Request, frozen=True, kw_only=True):
    """The operator's side has every event of this epoch up to this one."""

    largest: ClassVar[int] = 256

    epoch: Count
    seq: Count


class Hint(Request, frozen=True, kw_only=True):
    """A gateway notified the webhook service: an order may have changed, ask.

    `id` is new for every notification; `reference` the order id, or the gateway's own name for the order.
    """

    largest: ClassVar[int] = 1024

    id: CommandId
    reference: Named
    received: Moment


M = TypeVar("M", bound=Message)


def decode(kind: type[M], payload: bytes) -> M | Refusal:
    """The message in these bytes, or why it is none; raises nothing, whatever they hold."""
    fields, refusal = read(payload, kind.largest, whole=kind.whole)
    if refusal:
        return _named(refusal, fields)
    version = fields.get("v", VERSION)
    if type(version) is not int or version != VERSION:
        return _named(Refusal(Reason.BAD_VERSION), fields)
    message = typed(fields, kind)
    return _named(message, fields) if isinstance(message, Refusal) else message


def encode(message: Message) -> bytes:
    """The message as JSON; what `decode` reads back as equal."""
    return msgspec.json.encode(message)


def _named(refusal: Refusal, fields: dict[str, Any]) -> Refusal:
    """With the id or the version, so that whoever sent it learns which one was meant."""
    id_, version = typed({"it": fields.get("id")}, _Id), typed({"it": fields.get("version")}, _Version)
    return msgspec.structs.replace(
        refusal,
        id="" if isinstance(id_, Refusal) else id_.it,
        version=0 if isinstance(version, Refusal) else version.it,
    )


class _Id(Struct, frozen=True):
    it: CommandId


class _Version(Struct, frozen=True):
    it: Number
