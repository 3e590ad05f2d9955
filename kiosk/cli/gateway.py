"""`kiosk gateway`: calls a provider by hand; what comes back is JSON.

These calls go past the journal: they are for trying a gateway out, and for what a person settles by hand.
"""

import json
import re
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgspec import to_builtins

from kiosk import minting
from kiosk.cli.parsing import Parser, parser, takes_config, takes_credentials, whole_rupiah
from kiosk.cli.render import draw, size
from kiosk.cli.wallet import decode, pay, takes_code, takes_payment
from kiosk.config import load
from kiosk.configuration import Configuration
from kiosk.errors import GatewayError, KioskError
from kiosk.gateways import GATEWAYS
from kiosk.gateways.base import Gateway
from kiosk.keyring import opened
from kiosk.model import Charge, Evidence, Now, Order, QrisCode, Rupiah


def main(words: list[str]) -> int:
    """Make one call and print its answer, or why there is none."""
    arguments = parser("gateway", "Call a payment gateway by hand; answers are JSON.")
    providers = arguments.add_subparsers(dest="gateway", required=True, metavar="|".join(GATEWAYS))
    for name in GATEWAYS:
        _takes_operations(providers.add_parser(name, allow_abbrev=False, help=f"call {name}"), verbs_of(name))
    given = arguments.parse_args(words)
    configuration = load(given.config, given.credentials)
    if given.gateway not in configuration.gateway:
        raise KioskError(f"{given.config}: there is no [gateway.{given.gateway}]; add it")
    gateway = opened(configuration, given.gateway)
    try:
        return _called(gateway, configuration, given)
    finally:
        gateway.close()


def _takes_operations(provider: Parser, verbs: "dict[str, Verb]") -> None:
    operations = provider.add_subparsers(dest="operation", required=True, metavar="|".join(verbs))
    for name, verb in verbs.items():
        operation = operations.add_parser(name, allow_abbrev=False, help=verb.help, description=verb.help)
        takes_config(operation)
        takes_credentials(operation)
        for takes in verb.takes:
            takes(operation)


def _takes_order(operation: ArgumentParser) -> None:
    operation.add_argument("order", metavar="ORDER-ID", type=order_id)


def _takes_charge_made(operation: ArgumentParser) -> None:
    """What `charge` answered, for providers that cannot be asked by the order id alone."""
    operation.add_argument("--reference", default="", metavar="ID", help="the gateway's own id")
    detail = "one of the details that `charge` printed; may be given again"
    operation.add_argument(
        "--detail", type=detail_of, action="append", default=[], metavar="NAME=TEXT", help=detail
    )


def _takes_amount_asked(operation: ArgumentParser) -> None:
    operation.add_argument("--amount", type=whole_rupiah, default=0, metavar="N", help="whole rupiah")


def _takes_new_order(operation: ArgumentParser) -> None:
    operation.add_argument("--order-id", dest="order", type=order_id, help="instead of a new one")


def _takes_charge(operation: ArgumentParser) -> None:
    operation.add_argument("--amount", type=whole_rupiah, required=True, metavar="N", help="whole rupiah")
    operation.add_argument("--item", default="Test", metavar="NAME", help="what is sold (%(default)s)")
    operation.add_argument("--out", type=Path, metavar="FILE.png", help="a picture of the code")
    operation.add_argument(
        "--panel", type=size, default=(128, 64), metavar="128x64", help="its size (128x64)"
    )


def _takes_refund(operation: ArgumentParser) -> None:
    operation.add_argument("--amount", type=whole_rupiah, required=True, metavar="N", help="whole rupiah")
    operation.add_argument(
        "--key", type=order_id, help="the same key never refunds twice (the order id and -R1)"
    )


def order_id(text: str) -> str:
    """An order id or a refund key as gateways take them; raises ArgumentTypeError."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_~.-]{0,49}", text):
        return text
    raise ArgumentTypeError("at most 50 letters, digits and - _ ~ . are wanted")


def detail_of(text: str) -> tuple[str, str]:
    """`name=text` as a pair; raises ArgumentTypeError."""
    name, equals, value = text.partition("=")
    if name and equals and text.isprintable():
        return name, value
    raise ArgumentTypeError("a detail is NAME=TEXT")


def _called(gateway: Gateway, configuration: Configuration, given: Namespace) -> int:
    order = _order(configuration, given)
    try:
        answer = verbs_of(gateway.name)[given.operation].call(gateway, order, given)
    except GatewayError as error:
        _print({"order_id": order.id, "error": _as_json(error)})
        print(f"kiosk gateway: {type(error).__name__.lower()}: {error}", file=sys.stderr)
        return 1
    _print({"order_id": order.id, **answer})
    if getattr(given, "out", None):  # only now: a picture that fails must not hide a charge that was made
        code = answer["code"]
        draw(code.get("payload") or code["url"], given.panel, order.amount, given.out)
    return 0


def _order(configuration: Configuration, given: Namespace) -> Order:
    return Order(
        id=given.order or minting.order_id(configuration.kiosk),
        claim_code="",
        slot=0,
        item=getattr(given, "item", ""),
        amount=Rupiah(getattr(given, "amount", 0)),
        output="",
        gateway=given.gateway,
        environment=configuration.environment,
        merchant=configuration.merchant,
        made_at=Now("", 0.0, time.time()),
    )


def _as_json(error: GatewayError) -> dict[str, str]:
    return {
        "kind": type(error).__name__.lower(),
        "operation": error.operation,
        "reason": error.reason,
        "code": error.code,
    }


def _print(document: dict[str, Any]) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _charge(gateway: Gateway, order: Order, given: Namespace) -> dict[str, Any]:
    return {"amount": order.amount, **to_builtins(gateway.create(order))}


def _status(gateway: Gateway, order: Order, given: Namespace) -> dict[str, Any]:
    return dict(to_builtins(gateway.status(order, _charge_made(given))))


def _charge_made(given: Namespace) -> Charge | None:
    details = dict(given.detail)
    return Charge(QrisCode(""), given.reference, details=details) if given.reference or details else None


def _cancel(gateway: Gateway, order: Order, given: Namespace) -> dict[str, Any]:
    gateway.cancel(order, _charge_made(given))
    return _asked_to_close("cancel")


def _expire(gateway: Any, order: Order, given: Namespace) -> dict[str, Any]:
    gateway.expire(order)
    return _asked_to_close("expire")


def _asked_to_close(how: str) -> dict[str, Any]:
    return {"asked": how, "next": "only its status says what that came to"}


def _refund(gateway: Gateway, order: Order, given: Namespace) -> dict[str, Any]:
    charge = _charge_made(given) or Charge(QrisCode(""), "")
    key = given.key or f"{order.id}-R1"
    receipt = gateway.refund(order, charge, Evidence(), order.amount, key)
    return {"key": key, **to_builtins(receipt)}


def _takes_reason(operation: ArgumentParser) -> None:
    from kiosk.gateways.indodana_wire import By, Reason

    reasons = [_plain(each) for each in Reason]
    operation.add_argument("--reason", choices=reasons, default=_plain(Reason.OTHERS), help="(%(default)s)")
    askers = [_plain(each) for each in By]
    operation.add_argument("--by", choices=askers, default=_plain(By.SELLER), help="who asks (%(default)s)")


def _plain(word: str) -> str:
    return word.lower().replace(" ", "-")


def _refund_purchase(gateway: Any, order: Order, given: Namespace) -> dict[str, Any]:
    from kiosk.gateways.indodana_wire import By, Reason

    reason = next(each for each in Reason if _plain(each) == given.reason)
    by = next(each for each in By if _plain(each) == given.by)
    key = given.key or f"{order.id}-R1"
    receipt = gateway.cancel_purchase(order, order.amount, key, reason, by)
    return {"key": key, **to_builtins(receipt)}


class Verb(NamedTuple):
    """What may be asked of a gateway: in words, with which arguments, and how."""

    help: str
    takes: tuple[Callable[[ArgumentParser], None], ...]
    call: Callable[[Any, Order, Namespace], dict[str, Any]]


VERBS: Final = {
    "charge": Verb("ask for a code", (_takes_charge, _takes_new_order), _charge),
    "status": Verb(
        "ask how an order stands", (_takes_order, _takes_amount_asked, _takes_charge_made), _status
    ),
    "cancel": Verb("ask to close an unpaid order", (_takes_order, _takes_charge_made), _cancel),
    "refund": Verb(
        "send money back; the journal is not told, so do it only for what a person settles by hand",
        (_takes_order, _takes_refund, _takes_charge_made),
        _refund,
    ),
}
"""What every gateway is asked alike; one that cannot says so, and sends nothing."""

OWN_VERBS: Final[dict[str, dict[str, Verb]]] = {
    "midtrans": {"expire": Verb("ask to expire an unpaid order", (_takes_order,), _expire)},
    "doku": {
        "decode": Verb("read any QRIS code", (takes_code, _takes_new_order), decode),
        "pay": Verb("pay a code as a wallet does", (takes_code, takes_payment, _takes_new_order), pay),
    },
    "indodana": {
        "refund": Verb(
            "give a purchase back, or the part that --amount is",
            (_takes_order, _takes_refund, _takes_reason),
            _refund_purchase,
        )
    },
}
"""What one gateway has beside that, or takes in its own way."""


def verbs_of(gateway: str) -> dict[str, Verb]:
    """Everything that may be asked of a gateway."""
    return {**VERBS, **OWN_VERBS.get(gateway, {})}
