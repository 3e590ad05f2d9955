"""`kiosk stock`: says how many are in a slot now."""

from kiosk.cli.asking import Matter, settle
from kiosk.cli.parsing import count, parser, slot, takes_config, takes_json, takes_who


def main(words: list[str]) -> int:
    """Note what a person counted."""
    arguments = parser("stock", "Say how many are in a slot that counts its stock.")
    arguments.add_argument("slot", metavar="SLOT", type=slot, help="the slot's number")
    arguments.add_argument("count", metavar="N", type=count, help="so many are in it now")
    takes_who(arguments)
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    args = {"slot": given.slot, "count": given.count, "who": given.who}
    return settle(given, Matter("stock", args, lambda _: f"slot {given.slot}: {given.count} in it"))
