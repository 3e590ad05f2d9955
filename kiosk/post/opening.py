"""From a configuration to the operator's side: a link with its will, and all that speaks over it."""

from collections.abc import Callable
from typing import TypeAlias

from kiosk import __version__
from kiosk.configuration import Configuration
from kiosk.journal import Journal
from kiosk.lanes import Died
from kiosk.mqtt import news
from kiosk.mqtt.messages import Desired, encode
from kiosk.mqtt.patience import Pace
from kiosk.mqtt.reports import Presence, Status
from kiosk.mqtt.topics import Topics
from kiosk.post import NoPost, Post
from kiosk.post.board import Board, Effective
from kiosk.post.counting import Tally
from kiosk.post.homeassistant import discovery
from kiosk.post.incoming import Incoming
from kiosk.post.outgoing import Outgoing
from kiosk.post.vitals import Survey
from kiosk.secret import Secret

Put: TypeAlias = Callable[[news.Item | Died], None]


def open_post(
    configuration: Configuration,
    journal: Journal,
    put: Put,
    examine: Callable[[Desired], None],
    effective: Effective,
    began: float,
    *,
    pace: Pace | None = None,
) -> Post | NoPost:
    """The operator's side, not started yet; raises ConfigError where the broker's TLS files are unusable.

    `put` is called from the link's thread; should that end by an error, it puts what a lane puts that died.
    """
    mqtt = configuration.mqtt
    if mqtt is None:
        return NoPost()
    from kiosk.mqtt.client import Client

    topics, tally = Topics(configuration.kiosk, mqtt.prefix), Tally()
    online, offline, lost = (_status(journal, presence) for presence in Presence)
    will = news.Message(topics.status.topic, lost)
    link = Client(mqtt, _identity(configuration, topics, will), lambda item: put(_or_dead(item)), pace=pace)
    notices = discovery(topics, mqtt.home_assistant, __version__) if mqtt.home_assistant else []
    board = Board(link, topics, online, effective, notices)
    survey = Survey(configuration.journal, configuration.timezone)
    incoming = Incoming(topics, journal, _keys(configuration), examine, tally)
    outgoing = Outgoing(link, topics, journal, board, survey, tally, began)
    return Post(link, topics, incoming, outgoing, offline, tally)


def _keys(configuration: Configuration) -> list[Secret]:
    """Either is valid, so that a key can be changed at one machine after the other."""
    secrets = configuration.secrets_of("mqtt")
    return [secrets[name] for name in ("command_key", "command_key_next") if name in secrets]


def _identity(configuration: Configuration, topics: Topics, will: news.Message) -> news.Identity:
    secrets = configuration.secrets_of("mqtt")
    return news.Identity(
        client_id=configuration.kiosk,
        filters=topics.filters,
        will=will,
        user=secrets.get("user"),
        password=secrets.get("password"),
    )


def _status(journal: Journal, presence: Presence) -> bytes:
    return encode(Status(status=presence, session=journal.session, version=__version__))


def _or_dead(item: news.Item) -> news.Item | Died:
    """A link that died is one more thread that did: the process must not go on without it."""
    return Died("mqtt", item.error) if isinstance(item, news.Died) else item
