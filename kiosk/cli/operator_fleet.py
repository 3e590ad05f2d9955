"""Commands and configurations for many machines: ask, wait, say who took it."""

import secrets
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kiosk.cli import fleet_words
from kiosk.commands import COMMANDS, Args
from kiosk.errors import KioskError
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.messages import Command, Desired, decode, encode
from kiosk.mqtt.signatures import digest
from kiosk.mqtt.strict import typed
from kiosk.mqtt.topics import Fleet
from kiosk.operator import documents, errands, rollcall, settings
from kiosk.operator.line import Caller, Line, filters
from kiosk.operator.outcomes import Outcome, all_took
from kiosk.operator.rollcall import Present
from kiosk.operator.settings import Keys, Settings
from kiosk.refusals import Refusal
from kiosk.secret import Secret

CONFIGURATION: Final = ("status", "config/desired", "config/reported")
WAITS: Final = 10
TO_THE_END: Final = 600
"""Seconds for answers, unless more is said."""


def command(given: Namespace) -> int:
    """Send one command."""
    asked = _asked(given)
    to_the_end = getattr(given, "to_the_end", False)
    seconds = given.wait or (TO_THE_END if to_the_end else WAITS)
    with _opened(given, ("status",), ("reply",)) as (line, machines, keys), _bar() as progress:
        outcomes = errands.command(
            line,
            keys,
            machines,
            given.command,
            asked,
            follows=given.follows or to_the_end,
            seconds=seconds,
            progress=progress,
        )
    return _told(given, outcomes, id=asked.id)


def push(given: Namespace) -> int:
    """Push one configuration."""
    document = documents.read(given.file)
    with _opened(given, CONFIGURATION) as (line, machines, keys), _bar() as progress:
        version = given.version or 1 + max(machine.highest_version for machine in machines)
        desired = Desired(version=version, document=document)
        if isinstance(refusal := decode(Desired, encode(desired)), Refusal):
            raise KioskError(f"{given.file}: {refusal.words}; nothing was sent")
        seconds = given.wait or WAITS
        outcomes = errands.push(line, keys, machines, desired, seconds=seconds, progress=progress)
    return _told(given, outcomes, version=version, hash=digest(document))


def show(given: Namespace) -> int:
    """What was pushed and what is in effect; 1 where a machine has not said."""
    with _opened(given, CONFIGURATION) as (_, machines, _):
        pass
    if given.json:
        print(fleet_words.configurations_as_json(machines))
    else:
        full = fleet_words.in_full(machines[0]) if len(machines) == 1 else []
        print("\n".join([*fleet_words.configurations(machines), *full]))
    return 0 if all(machine.reported for machine in machines) else 1


def settings_of(given: Namespace) -> Settings:
    """What the file says, or a broker on this very machine."""
    if not (given.host or given.port):
        return settings.read((given.broker or settings.DEFAULT).expanduser())
    if given.broker:
        given.parser.error("--host and --port do not go with --broker")
    broker = Broker(host=given.host or "127.0.0.1", port=given.port, tls=False)
    if problems := list(broker.problems()):
        given.parser.error(f"{problems[0]}; a broker elsewhere is named by --broker FILE")
    return Settings(mqtt=broker)


def caller_of(known: Settings, name: str = "") -> Caller:
    """Who we are to the broker."""
    password = settings.secret(known.password, "password") if known.password else None
    return Caller(Secret(known.user) if known.user else None, password, name)


def machines_of(given: Namespace) -> tuple[str, ...]:
    """The machines that were named, none for all; ends with 2 where neither was said, or both."""
    kiosks = tuple(dict.fromkeys(given.kiosks))
    if bool(kiosks) == getattr(given, "all", False):
        given.parser.error("say either which machines or --all")
    return kiosks


@contextmanager
def _opened(
    given: Namespace, reports: tuple[str, ...], more: tuple[str, ...] = ()
) -> Iterator[tuple[Line, list[Present], Keys]]:
    """The line, who is there by the reports, and what signs for them."""
    kiosks, known = machines_of(given), settings_of(given)
    keys = Keys(given.keys or known.command_keys)
    topics = filters(Fleet(known.mqtt.prefix), kiosks, (*reports, *more))
    with Line(known.mqtt, caller_of(known), topics) as line:
        machines = rollcall.call(line, kiosks, reports)
        if not machines:
            raise KioskError(
                f"no machine under {known.mqtt.prefix} has told its status at {known.mqtt.place} yet"
            )
        yield line, machines, keys


@contextmanager
def _bar() -> Iterator[fleet_words.Bar]:
    bar = fleet_words.Bar()
    try:
        yield bar
    finally:
        bar.close()


def _asked(given: Namespace) -> Command:
    """The command as it will be sent, but for its signature; ends with 2 where a machine would refuse it."""
    kind = COMMANDS[given.command].args
    args = _arguments(given, kind)
    understood = typed(args, kind)
    if isinstance(understood, Refusal):
        given.parser.error(understood.detail or understood.words)
    id_ = given.id or f"op-{secrets.token_hex(8)}"
    asked = Command(id=id_, exp=int(time.time()) + given.expires, args=args)
    if isinstance(refusal := decode(Command, encode(asked)), Refusal):
        given.parser.error(refusal.words)
    return asked


def _arguments(given: Namespace, kind: type[Args]) -> dict[str, Any]:
    values = {name: getattr(given, f"arg_{name}") for name in kind.__struct_encode_fields__}
    return {name: value for name, value in values.items() if value is not None}


def _told(given: Namespace, outcomes: list[Outcome], **about: Any) -> int:
    if given.json:
        print(fleet_words.as_json(outcomes, **about))
    else:
        print("\n".join(fleet_words.table(outcomes)))
    return 0 if all_took(outcomes) else 1
