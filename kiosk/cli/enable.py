"""`kiosk enable`: puts a slot, or the whole machine, back into service, under the name of who did it."""

from kiosk.cli.asking import Matter, settle
from kiosk.cli.parsing import parser, takes_config, takes_json, takes_slot, takes_who


def main(words: list[str]) -> int:
    """Begin the counters of trouble anew; the stock stays as it was counted."""
    arguments = parser("enable", "Put a slot, or all and the machine itself, back into service.")
    takes_slot(arguments)
    takes_who(arguments)
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    return settle(
        given,
        Matter(
            "enable",
            {"slot": given.slot, "who": given.who},
            lambda _: f"{called(given.slot)}: in service",
        ),
    )


def called(slot: int | str) -> str:
    """A slot as people call it."""
    return "the machine" if slot == "all" else f"slot {slot}"
