"""`kiosk restart`: ends the running kiosk between two customers, so that systemd starts it anew."""

from kiosk.cli.asking import Matter, as_json, settle
from kiosk.cli.parsing import parser, takes_config, takes_json
from kiosk.control.calling import HungUp
from kiosk.mqtt.reports import Answer, Reply

ENDED = "the kiosk ended; systemd starts it anew: kiosk status says when it is there"
MATTER = Matter(
    "restart",
    {},
    lambda _: ENDED,
    "taken; it ends once no order is open",
    "it ends once no order is open",
    "so there is nothing to end",
)


def main(words: list[str]) -> int:
    """Wait until it has ended, however long somebody buys something."""
    arguments = parser("restart", "End the running kiosk once no order is open; systemd starts it anew.")
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    try:
        return settle(given, MATTER)
    except HungUp:  # its end is the answer; the next start writes it down
        print(as_json(Reply(id="", command="restart", status=Answer.DONE)) if given.json else ENDED)
        return 0
