"""`kiosk disable`: takes a slot, or the whole machine, out of service, under the name of who did it."""

from kiosk.cli.asking import Matter, settle
from kiosk.cli.enable import called
from kiosk.cli.parsing import parser, takes_config, takes_json, takes_slot, takes_who


def main(words: list[str]) -> int:
    """Sell nothing more of it once the open order is over."""
    arguments = parser("disable", "Take a slot, or the whole machine, out of service after the open order.")
    takes_slot(arguments)
    takes_who(arguments)
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    return settle(
        given,
        Matter(
            "disable",
            {"slot": given.slot, "who": given.who},
            lambda _: f"{called(given.slot)}: out of service, until somebody enables it",
        ),
    )
