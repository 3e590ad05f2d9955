"""A process that holds a link and says on its standard output what arrives; killed by the tests.

python -m tests.mqtt.process PORT keep|acknowledge
"""

import sys
from queue import Queue

from kiosk.mqtt.client import Client
from kiosk.mqtt.news import Acknowledged, Arrived, Connected, Item
from tests.mqtt.inbox import HASTE, broker_at, identity


def main(port: int, deed: str) -> None:
    """Speak of everything until killed."""
    inbox = Queue[Item]()
    client = Client(broker_at(port), identity(), inbox.put, pace=HASTE)
    client.start()
    while True:
        match inbox.get():
            case Connected():
                client.publish("aside", b"")
            case Acknowledged():
                say("listening")
            case Arrived() as arrived:
                if deed == "acknowledge":
                    client.acknowledge(arrived)
                say(arrived.payload.decode())


def say(words: str) -> None:
    """One line, at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
