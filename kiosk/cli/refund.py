"""`kiosk refund`: asks the gateway to send money back, and waits for its word."""

from argparse import Namespace

from kiosk.cli.asking import Matter, settle
from kiosk.cli.parsing import parser, rupiah, takes_config, takes_json, takes_order, takes_who, whole_rupiah
from kiosk.mqtt.reports import Reply

WAITS = "taken; the gateway is being asked, for up to a day if need be (Ctrl-C: it goes on without you)"


def main(words: list[str]) -> int:
    """Send back what is left of the price, or a part; never more than was paid."""
    arguments = parser(
        "refund", "Send a customer's money back through the gateway: all that is left, or a part."
    )
    takes_order(arguments)
    arguments.add_argument("--amount", type=whole_rupiah, metavar="N", help="so many rupiah, not all")
    arguments.add_argument("--goodwill", action="store_true", help="although the goods were released")
    takes_who(arguments)
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    named = next(iter(given.order.values()))
    left = f"the refund goes on in the machine: kiosk orders {named} tells how it ended"
    alone = "only the running kiosk asks a gateway for money"
    return settle(given, Matter("refund", _args(given), _said, WAITS, left, alone))


def _args(given: Namespace) -> dict[str, object]:
    part = {} if given.amount is None else {"amount": given.amount}
    return {**given.order, **part, "goodwill": given.goodwill, "who": given.who}


def _said(reply: Reply) -> str:
    back, price = reply.data.get("refunded", 0), reply.data.get("amount", 0)
    order = reply.data.get("order_id", "the order")
    return f"the gateway confirms: of order {order} {rupiah(int(back))} of {rupiah(int(price))} went back"
