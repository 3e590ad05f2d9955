"""What a wallet does with a QRIS code, for the gateways that offer it: read it, and pay it.

What a customer allowed (a token, or the code it is exchanged for) never stands on a command line, which
everybody on the machine can read: it comes out of a file, or by standard input.
"""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Final

from msgspec import to_builtins

from kiosk.cli.parsing import whole_rupiah
from kiosk.errors import KioskError
from kiosk.model import Order, Rupiah
from kiosk.secret import Secret

STDIN: Final = Path("-")
LARGEST: Final = 8192
"""Characters; a customer's token may have half of that."""


def takes_code(operation: ArgumentParser) -> None:
    """Add the code to read or to pay."""
    operation.add_argument("payload", metavar="PAYLOAD", help="the text of the code")


def takes_payment(operation: ArgumentParser) -> None:
    """Add what is paid, and out of whose wallet."""
    operation.add_argument("--amount", type=whole_rupiah, required=True, metavar="N", help="whole rupiah")
    operation.add_argument("--fee", type=whole_rupiah, default=0, metavar="N", help="a tip beyond the amount")
    allowed = operation.add_mutually_exclusive_group(required=True)
    allowed.add_argument(
        "--token", type=Path, metavar="FILE", help="file with the customer's token; - reads standard input"
    )
    allowed.add_argument(
        "--auth-code", type=Path, metavar="FILE", help="file with the code that is exchanged for a token"
    )


def decode(gateway: Any, order: Order, given: Namespace) -> dict[str, Any]:
    """Let the gateway read a code."""
    return dict(to_builtins(gateway.decode(order, given.payload)))


def pay(gateway: Any, order: Order, given: Namespace) -> dict[str, Any]:
    """Pay a code; repeated under the same order id it never pays twice."""
    token = _text(given.token) if given.token else gateway.customer_token(_text(given.auth_code))
    return dict(to_builtins(gateway.pay(order, given.payload, Rupiah(given.fee), token)))


def _text(path: Path) -> Secret:
    """What stands in a file, or comes by standard input, without the blanks around it."""
    text = _read(path)
    if not text.strip() or len(text) > LARGEST:
        raise KioskError(f"{path}: holds nothing, or more than {LARGEST} characters; nothing was sent")
    return Secret(text.strip())


def _read(path: Path) -> str:
    if path == STDIN:
        return sys.stdin.read(LARGEST + 1)
    with path.open(encoding="utf-8") as file:
        return file.read(LARGEST + 1)
