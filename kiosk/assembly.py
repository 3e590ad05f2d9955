"""Configuration becomes a running machine: the one place where everything is plugged together.

The order of a start is the order in which harm could be done: outputs off, the panel overwritten, then the
journal, then the world.
"""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from hardware.errors import HardwareError
from kiosk import __version__, logs
from kiosk.config import load
from kiosk.configuration import Configuration
from kiosk.daemon import Daemon, Stop
from kiosk.drawing import Artist
from kiosk.errors import ConfigError, GatewayError, JournalError, JournalLocked, JournalMissing, PictureError
from kiosk.gateways.base import Gateway
from kiosk.journal import Journal
from kiosk.keyring import opened
from kiosk.model import Now
from kiosk.notify import Notifier, from_environment
from kiosk.parts import Parts, open_parts
from kiosk.reopening import Memory, reopen
from kiosk.screens import OutOfService, Screen, Starting, View

TRY_AGAIN_EVERY = 30.0


def run(path: Path) -> int:
    """Run the machine that a configuration describes until asked to stop; returns the exit code."""
    logs.start()
    try:
        configuration = load(path)
        parts = open_parts(configuration)
    except ConfigError as error:
        return _cannot_start(error.problems)
    except HardwareError as error:
        return _cannot_start([str(error)])
    try:
        return _run(configuration, parts)
    except (HardwareError, GatewayError, PictureError, JournalError) as error:
        return _cannot_start([str(error)])
    finally:
        parts.close()


def _cannot_start(reasons: list[str]) -> int:
    for reason in reasons:
        logs.write("K508", fields={"reason": reason})
    return 1


def _run(configuration: Configuration, parts: Parts) -> int:
    notifier = from_environment()
    artist = Artist(parts.panel.size, parts.panel.mode)
    show(parts, artist, configuration, Starting(configuration.kiosk, __version__))
    gateways = open_gateways(configuration)
    for name in configuration.gateways:
        artist.require_room_for(gateways[name].terms.longest_code)
    try:
        with Journal(configuration.state / "journal.db", configuration.marker) as journal:
            daemon = assemble(configuration, parts, artist, gateways, journal, notifier)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: daemon.put(Stop()))
            return daemon.run()
    except (JournalMissing, JournalLocked):
        raise
    except JournalError as error:
        return _out_of_service(configuration, parts, artist, notifier, error)


def assemble(
    configuration: Configuration,
    parts: Parts,
    artist: Artist,
    gateways: dict[str, Gateway],
    journal: Journal,
    notifier: Notifier,
) -> Daemon:
    """A daemon that goes on from where the journal ends."""
    clock = clock_of(parts)
    till, effects = reopen(
        configuration.settings,
        {name: gateway.terms for name, gateway in gateways.items()},
        remembered(journal),
        clock(),
    )
    return Daemon(till, effects, parts, artist, gateways, journal, clock, notifier)


def remembered(journal: Journal) -> Memory:
    """What the journal holds of the time before."""
    return Memory(
        lives=tuple(journal.open_lives()),
        slots=journal.slots(),
        recovery=journal.recovery,
        last_boot=journal.last_boot(),
        unfinished={command.id: command.name for command in journal.unfinished()},
        pushed=journal.pushed(),
    )


def open_gateways(configuration: Configuration) -> dict[str, Gateway]:
    """Every configured gateway, those that only old orders need among them."""
    return {name: opened(configuration, name) for name in configuration.gateway}


def clock_of(parts: Parts) -> Callable[[], Now]:
    """The three times of this machine."""
    boot = parts.boot
    return lambda: Now(boot.id, boot.elapsed(), time.time())


def show(parts: Parts, artist: Artist, configuration: Configuration, screen: Screen) -> None:
    """Put a picture on the panel before there is a daemon."""
    view = View(screen, configuration.language, configuration.environment.is_test)
    parts.panel.show(artist.draw(view))


def _out_of_service(
    configuration: Configuration, parts: Parts, artist: Artist, notifier: Notifier, error: JournalError
) -> int:
    """A journal that cannot be written stops selling, not the process: no crash loop, and words on the panel.

    Ends once the journal can be opened again, so that systemd starts the machine anew.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parts.close_outputs()
    logs.write("K402", fields={"reason": str(error)})
    show(parts, artist, configuration, OutOfService("K402", configuration.contact))
    notifier.tell("READY=1")
    pause = min(notifier.beat or TRY_AGAIN_EVERY, TRY_AGAIN_EVERY)
    next_try = time.monotonic() + TRY_AGAIN_EVERY
    while not stop.wait(pause):
        notifier.tell("WATCHDOG=1")
        if time.monotonic() >= next_try:
            if _can_write(configuration):
                break
            next_try = time.monotonic() + TRY_AGAIN_EVERY
    return 0


def _can_write(configuration: Configuration) -> bool:
    try:
        Journal(configuration.state / "journal.db", configuration.marker).close()
    except JournalError:
        return False
    return True
