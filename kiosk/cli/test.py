"""`kiosk test`: tries a part of the machine, which is what a technician does first."""

from argparse import Namespace

from kiosk.cli.asking import Matter, settle
from kiosk.cli.parsing import parser, takes_config, takes_json, who
from kiosk.config import outputs
from kiosk.errors import KioskError
from kiosk.mqtt.reports import Reply

RELAY = "relay"
DONE = {
    "panel": "panel: it shows a test picture for half a minute; look at it",
    "keypad": "keypad: it answers; press keys, and see them on the panel",
    "inputs": "inputs: ",
    "buzzer": "buzzer: it plays what is heard when an order is paid",
}
ALONE = "only the running kiosk moves its parts"


def main(words: list[str]) -> int:
    """Try one part; never while somebody buys, and an output only so many times a day."""
    arguments = parser(
        "test", "Try a part, with nobody at the machine.  relay: MOVES an output, goods may drop."
    )
    arguments.add_argument("part", choices=[RELAY, *DONE], help="what to try")
    arguments.add_argument("--output", metavar="NAME", help="which output, where there are several")
    arguments.add_argument("--who", type=who, metavar="NAME", help="your name, for the record of relay")
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    if given.part != RELAY:
        return settle(
            given, Matter("test", {"part": given.part}, lambda reply: _words(given.part, reply), alone=ALONE)
        )
    if given.who is None:
        arguments.error("relay moves an output, so --who is needed")
    return _move(given)


def _words(part: str, reply: Reply) -> str:
    levels = reply.data.get("inputs", {})
    return DONE[part] + ", ".join(f"{name} {level}" for name, level in levels.items())


def _move(given: Namespace) -> int:
    name = given.output or _only_one(given)
    return settle(
        given,
        Matter(
            "test_output",
            {"output": name, "who": given.who},
            lambda _: f"output {name}: moved once",
            f"output {name}: moves now",
            "it moves all the same",
            ALONE,
        ),
    )


def _only_one(given: Namespace) -> str:
    names = sorted(outputs(given.config)[0])
    if len(names) != 1:
        there = ", ".join(names) or "none"
        raise KioskError(f"{given.config}: say which output with --output; there are: {there}")
    return names[0]
