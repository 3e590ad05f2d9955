"""Configuration becomes a running machine: the one place where everything is plugged together.

The order of a start is the order in which harm could be done: outputs off, the panel overwritten, then the
journal, then the world.
"""

import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from msgspec.structs import replace

from hardware.errors import HardwareError
from hardware.presenting import is_slow
from kiosk import __version__, logs, pushing
from kiosk import events as on
from kiosk.config import draft_of
from kiosk.configuration import Configuration, Part
from kiosk.control import NoServer, Server
from kiosk.daemon import Daemon, Equipment, Inbox, Stop
from kiosk.drawing import Artist
from kiosk.errors import (
    ConfigError,
    GatewayError,
    JournalError,
    JournalLocked,
    JournalMissing,
    KioskError,
    PictureError,
)
from kiosk.fitting import why_no_start
from kiosk.gateways.base import Gateway
from kiosk.journal import Journal
from kiosk.keyring import opened
from kiosk.lanes import Job, Lanes
from kiosk.model import Now
from kiosk.mqtt.messages import Desired
from kiosk.network import addresses
from kiosk.notify import Notifier, from_environment
from kiosk.parts import Parts, open_parts, wipe_panel
from kiosk.performing import LOOK, lanes_of
from kiosk.pin import CREDENTIAL
from kiosk.post.opening import open_post
from kiosk.pushed import Pushed
from kiosk.pushing import Examiner, Laid, Own, lay, own_file
from kiosk.pushing.judging import told_of
from kiosk.reopening import Memory, reopen
from kiosk.screens import OutOfService, Screen, Starting, View
from kiosk.searching import Search
from kiosk.sides import About, Sides, facts_of
from kiosk.till.pushing import began

TRY_AGAIN_EVERY = 30.0
EXAMINED_WITHIN = 30.0
SLOW_TICK = 30
"""Seconds between two pictures of the countdown on e-paper."""


def run(path: Path) -> int:
    """Run the machine that a configuration describes until asked to stop; returns the exit code."""
    logs.start()
    inbox: Inbox = SimpleQueue()
    try:
        own = own_file(path)
        laid = lay(own, _pushed(own.configuration))
        parts = open_parts(laid.configuration, partial(_panel_failed, inbox))
    except ConfigError as error:
        wipe(path)
        return _cannot_start(error.problems)
    except HardwareError as error:
        wipe(path)
        return _cannot_start([str(error)])
    try:
        return _run(laid, parts, inbox)
    except ConfigError as error:
        return _cannot_start(error.problems)
    except (HardwareError, GatewayError, PictureError, JournalError) as error:
        return _cannot_start([str(error)])
    finally:
        parts.close()


def wipe(path: Path) -> None:
    """Leave no code on the panel of a machine that cannot start, as far as the file still tells which it is.

    A process that was killed leaves its picture on any glass, a power cut on e-paper, and it could be paid.
    """
    draft = draft_of(path)
    if draft and draft.panel and draft.panel.config is not None:
        wipe_panel(Part(driver=draft.panel.driver, config=draft.panel.config))


def _pushed(configuration: Configuration) -> Pushed:
    """What was pushed; where the journal cannot be read the machine's own file holds, and nothing is sold."""
    try:
        return pushing.remembered(configuration)
    except JournalError:
        return Pushed()


def _panel_failed(inbox: Inbox, reason: str) -> None:
    inbox.put(on.PartFailed(on.Part.PANEL, reason))


def _cannot_start(reasons: list[str]) -> int:
    for reason in reasons:
        logs.write("K508", fields={"reason": reason})
    return 1


def _run(laid: Laid, parts: Parts, inbox: Inbox) -> int:
    configuration = laid.configuration
    notifier = from_environment()
    artist = Artist(parts.panel.size, parts.panel.mode)
    show(parts, artist, configuration, Starting(configuration.kiosk, __version__))
    try:
        with Journal(configuration.journal, configuration.marker) as journal:
            daemon = assemble(laid.own, parts, artist, journal, notifier, inbox)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: daemon.put(Stop()))
            return daemon.run()
    except (JournalMissing, JournalLocked):
        raise
    except JournalError as error:
        return _out_of_service(configuration, parts, artist, notifier, error)


def assemble(
    own: Own, parts: Parts, artist: Artist, journal: Journal, notifier: Notifier, inbox: Inbox
) -> Daemon:
    """A daemon that goes on from where the journal ends.

    What was pushed is laid over the file anew: only now is the panel known, and the journal open.
    """
    stored = journal.pushed()
    laid = lay(own, stored, artist.require_room_for)
    configuration, clock = laid.configuration, clock_of(parts)
    gateways = open_gateways(configuration)
    for name in configuration.gateways:
        require_room(artist, name, gateways[name])
    terms = {name: gateway.terms for name, gateway in gateways.items()}
    till, resumed = reopen(configuration.settings, terms, remembered(journal), clock())
    till, said = began(replace(till, tick=SLOW_TICK if is_slow(parts.panel) else 1), laid.pushed, stored)
    lanes = Lanes(lanes_of(gateways), inbox.put, lambda: clock().elapsed)
    about = About(clock().elapsed, configuration.mqtt.place if configuration.mqtt else "")
    sides = _sides(laid, artist, journal, lanes, inbox, about)
    no_start = partial(why_no_start, configuration.source)
    search = Search(configuration.journal, _pin(configuration), addresses, no_start)
    facts = partial(facts_of, journal, about, addresses, clock)
    equipment = Equipment(
        inbox, parts, artist, gateways, journal, clock, notifier, lanes, sides, search, facts
    )
    return Daemon(equipment, till, (*resumed, *said))


def require_room(artist: Artist, name: str, gateway: Gateway) -> None:
    """`PictureError` that names the gateway whose longest code the panel could not show."""
    try:
        artist.require_room_for(gateway.terms.longest_code)
    except PictureError as error:
        raise PictureError(f"the panel is too small for {name}: {error}") from error


def _sides(laid: Laid, artist: Artist, journal: Journal, lanes: Lanes, inbox: Inbox, about: About) -> Sides:
    """The operator's side, which may be pushed documents to look through, and the one on the spot."""
    examiner = Examiner(laid, artist.require_room_for)
    post = open_post(
        laid.configuration,
        journal,
        inbox.put,
        lambda desired: lanes.do(LOOK, _examining(examiner, desired)),
        partial(told_of, laid.own),
        about.began,
    )
    return Sides(post, _server(laid.configuration, inbox), journal, about)


def _server(configuration: Configuration, inbox: Inbox) -> Server | NoServer:
    """Where nobody on the spot can be heard, customers still can buy."""
    try:
        return Server(configuration.control, inbox.put)
    except KioskError as error:
        logs.write("K513", fields={"reason": str(error)})
        return NoServer()


def _examining(examiner: Examiner, desired: Desired) -> Job:
    return Job(lambda: on.Pushed(examiner.examine(desired)), EXAMINED_WITHIN, on.TimePassed())


def _pin(configuration: Configuration) -> str:
    secret = configuration.secrets.get(CREDENTIAL)
    return secret.reveal() if secret else ""


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
        Journal(configuration.journal, configuration.marker).close()
    except JournalError:
        return False
    return True
