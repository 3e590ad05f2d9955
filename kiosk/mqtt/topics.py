"""Where a machine and its operator leave messages for each other: every topic, and nothing but these.

A topic is built from checked names, so no wildcard and no neighbour's name gets into one.  Whether a message
is retained is said here once: state and configuration are, commands and events never.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

PREFIX: Final = "kiosk/v1"
_KIOSK: Final = re.compile(r"[A-Z0-9]{3,12}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,30}")
_PREFIX: Final = re.compile(r"[A-Za-z0-9_-]{1,32}(/[A-Za-z0-9_-]{1,32}){0,5}")
REPORTS: Final = ("status", "state", "event", "telemetry", "config/reported", "reply")
"""What a machine tells, by the end of the topic."""
KEPT: Final = ("config/desired", "event/ack")
"""What its operator said and the broker keeps, by the end of the topic."""


class Post(NamedTuple):
    """A topic to publish on, and how."""

    topic: str
    qos: int
    retain: bool


class CommandSent(Struct, frozen=True):
    """A message on `cmd/<name>`; the name is well formed, not necessarily known."""

    name: str


class HintSent(Struct, frozen=True):
    """A message on `notify/<gateway>`; the gateway is well formed, not necessarily known."""

    gateway: str


class DesiredSent(Struct, frozen=True):
    """A message on `config/desired`."""


class AckSent(Struct, frozen=True):
    """A message on `event/ack`."""


class StatusSeen(Struct, frozen=True):
    """A message on our own `status`: an echo, an old session's late will, or somebody with our name."""


Sent: TypeAlias = CommandSent | HintSent | DesiredSent | AckSent | StatusSeen


class Topics(Struct, frozen=True):
    """The topics of one machine; ValueError where kiosk id or prefix are not well formed."""

    kiosk: str
    prefix: str = PREFIX

    def __post_init__(self) -> None:
        _checked(_KIOSK, self.kiosk, "a kiosk id is 3 to 12 of A-Z and 0-9")
        _checked_prefix(self.prefix)

    @property
    def status(self) -> Post:
        """Whether it is there; also the will."""
        return self._post("status", retain=True)

    @property
    def state(self) -> Post:
        """What it does right now."""
        return self._post("state", retain=True)

    @property
    def event(self) -> Post:
        """What happened, from the outbox."""
        return self._post("event")

    @property
    def telemetry(self) -> Post:
        """How it is; may be lost."""
        return self._post("telemetry", qos=0)

    @property
    def desired(self) -> Post:
        """The configuration the operator wants."""
        return self._post("config/desired", retain=True)

    @property
    def reported(self) -> Post:
        """The configuration that is in effect."""
        return self._post("config/reported", retain=True)

    @property
    def reply(self) -> Post:
        """Answers to commands."""
        return self._post("reply")

    @property
    def ack(self) -> Post:
        """How far the operator's side has the events."""
        return self._post("event/ack", retain=True)

    def command(self, name: str) -> Post:
        """One command; ValueError for a name that is not well formed."""
        return self._post(f"cmd/{_checked(_NAME, name, 'a command is a lower-case word')}")

    def notify(self, gateway: str) -> Post:
        """Hints of one gateway; ValueError for a name that is not well formed."""
        return self._post(f"notify/{_checked(_NAME, gateway, 'a gateway is a lower-case word')}")

    @property
    def filters(self) -> tuple[str, ...]:
        """What a machine subscribes to, at QoS 1; its own status is among it."""
        ends = ("cmd/+", "config/desired", "event/ack", "notify/+", "status")
        return tuple(f"{self.prefix}/{self.kiosk}/{end}" for end in ends)

    def read(self, topic: str) -> Sent | None:
        """What a message on this topic is; None for a neighbour's and for what nobody reads."""
        start = f"{self.prefix}/{self.kiosk}/"
        if not topic.startswith(start):
            return None
        end = topic[len(start) :]
        if end in _WHOLE:
            return _WHOLE[end]
        place, _, name = end.partition("/")
        return _NAMED[place](name) if place in _NAMED and _NAME.fullmatch(name) else None

    def _post(self, end: str, qos: int = 1, *, retain: bool = False) -> Post:
        return Post(f"{self.prefix}/{self.kiosk}/{end}", qos, retain)


class Heard(NamedTuple):
    """Which machine told something, or was told it, and what: one of `REPORTS` and `KEPT`."""

    kiosk: str
    report: str


class Fleet(Struct, frozen=True):
    """The topics of all machines under a prefix, as the operator's side listens to them."""

    prefix: str = PREFIX

    def __post_init__(self) -> None:
        _checked_prefix(self.prefix)

    def of(self, kiosk: str) -> Topics:
        """The topics of one of them; ValueError for an id that is not well formed."""
        return Topics(kiosk, self.prefix)

    def filter(self, report: str) -> str:
        """One of `REPORTS` or `KEPT` of every machine, for QoS 1; ValueError for anything else."""
        if report not in REPORTS + KEPT:
            raise ValueError(f"no machine tells {report[:40]!a}; there are {', '.join(REPORTS + KEPT)}")
        return f"{self.prefix}/+/{report}"

    def read(self, topic: str) -> Heard | None:
        """Who told what on this topic; None for anything else."""
        start = f"{self.prefix}/"
        if not topic.startswith(start):
            return None
        kiosk, _, report = topic[len(start) :].partition("/")
        return Heard(kiosk, report) if report in REPORTS + KEPT and _KIOSK.fullmatch(kiosk) else None


def _checked(form: re.Pattern[str], name: str, rule: str) -> str:
    if not form.fullmatch(name):
        raise ValueError(f"{name[:40]!a} cannot stand in a topic: {rule}")
    return name


def _checked_prefix(prefix: str) -> None:
    _checked(_PREFIX, prefix, "a prefix is one to six words of letters, digits, _ and - with / between")


_WHOLE: Final[dict[str, Sent]] = {
    "config/desired": DesiredSent(),
    "event/ack": AckSent(),
    "status": StatusSeen(),
}
_NAMED: Final[dict[str, Callable[[str], Sent]]] = {"cmd": CommandSent, "notify": HintSent}
