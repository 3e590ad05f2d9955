"""Who asks the machine for something beside its customers: the operator over MQTT, people on the spot.

Both sides come to one thread, which decides; here is what it hands to each of them, and takes from them.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct

from kiosk import effects as do
from kiosk import events as on
from kiosk.control import Asked, Control, NoServer, Server, Standing, faults_in_words
from kiosk.journal import Journal
from kiosk.lanes import Job
from kiosk.model import Now
from kiosk.mqtt import news
from kiosk.post import NoPost, Post
from kiosk.post.state import state_of
from kiosk.till import Till

COUNTED = 1_000
"""More messages than these are not counted for a person who looks."""


class About(Struct, frozen=True):
    """What does not change while the process runs; `began`: in `Now.elapsed`."""

    began: float
    broker: str


class Sides:
    """Belongs to the deciding thread."""

    def __init__(
        self, post: Post | NoPost, server: Server | NoServer, journal: Journal, about: About
    ) -> None:
        self._post = post
        self._server = server
        self._journal = journal
        self._about = about
        self._control = Control()
        self._connected = False

    def start(self) -> None:
        """Listen to both from now on."""
        self._post.start()
        self._server.start()

    @property
    def is_told(self) -> bool:
        """Whether there is an operator's side that is told what happens."""
        return isinstance(self._post, Post)

    @property
    def due(self) -> float | None:
        """When something is to be told, in `Now.elapsed`."""
        return self._post.due

    def job(self, now: Now) -> Job | None:
        """Slow work for a lane, when it is time for it."""
        return self._post.job(now)

    def heard(self, item: news.Item, till: Till, now: Now) -> on.Event | None:
        """See to what the broker's link tells."""
        if isinstance(item, news.Connected | news.Disconnected):
            self._connected = isinstance(item, news.Connected)
        return self._post.take(item, till, now)

    def asked(self, item: Asked, till: Till, now: Now) -> on.Event | None:
        """See to what somebody on the spot asks."""
        return self._control.take(item, lambda: self._standing(till, now))

    def decided(self, event: on.Event, effects: Iterable[do.Effect], till: Till, now: Now) -> None:
        """What was decided is on disk: it may be acknowledged, answered and told."""
        for effect in effects:
            if isinstance(effect, do.Answer):
                self._control.answered(effect.reply)
        self._post.decided(event, effects, till, now)

    def close(self, code: str = "") -> None:
        """Say goodbye; with a code the operator reads why the machine is out of service."""
        self._post.close(code)
        self._server.close()

    def _standing(self, till: Till, now: Now) -> Standing:
        state = state_of(till, now)
        return Standing(
            kiosk=till.settings.kiosk,
            version=till.settings.version,
            environment=till.settings.environment.value,
            up=round(now.elapsed - self._about.began),
            session=self._journal.session,
            epoch=self._journal.epoch,
            recovery=till.recovery,
            outbox=len(self._journal.unsent(COUNTED)),
            broker=self._about.broker,
            connected=self._connected,
            state=state,
            faults=faults_in_words(state.codes, till.faults),
        )


def facts_of(
    journal: Journal, about: About, addresses: Callable[[], tuple[str, ...]], clock: Callable[[], Now]
) -> dict[str, str | int]:
    """What the process knows of itself, for `diagnostics` and `identify`."""
    found = addresses()
    return {
        "address": found[0] if found else "",
        "addresses": ", ".join(found),
        "session": journal.session,
        "epoch": journal.epoch,
        "up": round(clock().elapsed - about.began),
        "broker": about.broker,
    }
