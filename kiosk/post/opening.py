"""From a configuration to the operator's side: a link with its will, and all that speaks over it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from kiosk import __version__
from kiosk.configuration import Configuration, Mqtt
from kiosk.journal import Journal
from kiosk.lanes import Died
from kiosk.mqtt import news
from kiosk.mqtt.messages import Desired, encode
from kiosk.mqtt.reports import Presence, Status
from kiosk.mqtt.topics import Topics
from kiosk.post import NoPost, Post
from kiosk.post.board import Board, Effective
from kiosk.post.counting import Tally
from kiosk.post.homeassistant import discovery
from kiosk.post.incoming import Incoming
from kiosk.post.outgoing import Outgoing
from kiosk.post.ports import Link
from kiosk.post.vitals import Survey

Put: TypeAlias = Callable[[news.Item | Died], None]
JOURNAL = "journal.db"


def open_post(
    configuration: Configuration,
    journal: Journal,
    put: Put,
    examine: Callable[[Desired], None],
    effective: Effective,
    began: float,
) -> Post | NoPost:
    """The operator's side, not started yet; raises ConfigError where the broker's TLS files are unusable.

    `put` is called from the link's thread; should that end by an error, it puts what a lane puts that died.
    """
    mqtt = configuration.mqtt
    if mqtt is None:
        return NoPost()
    from kiosk.mqtt.client import Client

    topics = Topics(configuration.kiosk, mqtt.prefix)
    will = news.Message(topics.status.topic, _status(journal, Presence.LOST))
    link = Client(mqtt, _identity(configuration, topics, will), lambda item: put(_or_dead(item)))
    return joined(configuration, mqtt, link, topics, journal, examine, effective, began)


def joined(
    configuration: Configuration,
    mqtt: Mqtt,
    link: Link,
    topics: Topics,
    journal: Journal,
    examine: Callable[[Desired], None],
    effective: Effective,
    began: float,
) -> Post:
    """The same with a link that is there already."""
    tally = Tally()
    secrets = configuration.secrets_of("mqtt")
    keys = [secrets[name] for name in ("command_key", "command_key_next") if name in secrets]
    notices = discovery(topics, mqtt.home_assistant, __version__) if mqtt.home_assistant else []
    board = Board(link, topics, _status(journal, Presence.ONLINE), effective, notices)
    survey = Survey(_journal_of(configuration), configuration.timezone)
    incoming = Incoming(topics, journal, keys, examine, tally)
    outgoing = Outgoing(link, topics, journal, board, survey, tally, began)
    return Post(link, topics, incoming, outgoing, _status(journal, Presence.OFFLINE), tally)


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


def _journal_of(configuration: Configuration) -> Path:
    return configuration.state / JOURNAL


def _or_dead(item: news.Item) -> news.Item | Died:
    """A link that died is one more thread that did: the process must not go on without it."""
    return Died("mqtt", item.error) if isinstance(item, news.Died) else item
