"""`kiosk resolve`: notes what a person did about an order that the machine could not settle."""

from kiosk.cli.asking import Matter, settle
from kiosk.cli.parsing import parser, takes_config, takes_json, takes_order, takes_who
from kiosk.commands import Resolution

MEANING = """\
Note how an order ended about which "a person must decide".  dispensed: the customer has the goods; refunded:
the money was given back by hand; void: nothing was owed.  The gateway is not asked."""


def main(words: list[str]) -> int:
    """Write it down, once."""
    arguments = parser("resolve", MEANING)
    takes_order(arguments)
    choices = [each.value for each in Resolution]
    arguments.add_argument("--as", dest="as_", required=True, choices=choices, help="what was done about it")
    takes_who(arguments)
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    args = {**given.order, "as": given.as_, "who": given.who}
    named = next(iter(given.order.values()))
    return settle(given, Matter("resolve", args, lambda _: f"{named}: noted as {given.as_}"))
