"""What is said over the control socket."""

import secrets
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final, NamedTuple

from msgspec import Meta, field

from kiosk.mqtt.messages import Request
from kiosk.mqtt.reports import Answer, Reply

STATUS: Final = "status"
"""Asks how the machine stands; answered from memory, written down nowhere."""

LONGEST_NAME: Final = 60


class Asking(Request, frozen=True, kw_only=True):
    """One line of a peer: a command as over MQTT, without what the kernel makes needless."""

    largest: ClassVar[int] = 4 * 1024

    command: Annotated[str, Meta(pattern=r"^[a-z_]{1,32}\Z")]
    args: dict[str, Any] = field(default_factory=dict)


class Asked(NamedTuple):
    """Somebody asks; `peer` as the kernel names it, `answer` takes every reply, on any thread."""

    id: str
    name: str
    args: dict[str, Any]
    peer: str
    answer: Callable[[Reply], None]


def fresh_id() -> str:
    """An id for a command that came without one; nobody outside can guess the next."""
    return f"local.{secrets.token_hex(12)}"


def is_final(reply: Reply) -> bool:
    """Whether no further reply to the same command comes."""
    return reply.status is not Answer.ACCEPTED


def signed(peer: str, name: str) -> str:
    """Who did it, for the journal: the kernel's word first, then the person's own, at most 60 characters."""
    return f"{peer}: {name}"[:LONGEST_NAME] if name else peer
