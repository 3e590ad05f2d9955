"""SNAP's responseCode: seven digits, of which three are HTTP's, two the service's, two the case.

Bank Indonesia's list, as DOKU publishes it.  Each line says what may be concluded about the money; a case
nobody documented is judged by its HTTP class, and says nothing where that could mean both.

https://developers.doku.com/get-started-with-doku-api/response-code/http-status-and-case-code
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, TypeAlias

from msgspec import Struct

from kiosk.errors import GatewayError, Misconfigured, Refused, Unreachable, Unreadable, Unsupported
from kiosk.gateways.answers import AnswerError

_CODE: Final = re.compile(r"([0-9]{3})([0-9]{2})([0-9]{2})")


class Case(Enum):
    """The answers that are no error yet."""

    DONE = "it did as asked"
    ABSENT = "it knows no such transaction"
    STALE_TOKEN = "it does not know its token any more"  # noqa: S105  # a word, no password
    ID_TAKEN = "it saw this X-EXTERNAL-ID today"


Meaning: TypeAlias = Case | type[GatewayError]

ANY: Final = "any operation"
CASES: Final[dict[tuple[str, str], Meaning]] = {
    (ANY, "20000"): Case.DONE,
    (ANY, "20200"): Unreachable,  # in progress
    (ANY, "40000"): Refused,  # bad request
    (ANY, "40001"): Refused,  # a field's format
    (ANY, "40002"): Refused,  # a mandatory field
    (ANY, "40100"): Misconfigured,  # the signature
    (ANY, "40101"): Case.STALE_TOKEN,
    (ANY, "40102"): Refused,  # the customer's token
    (ANY, "40103"): Case.STALE_TOKEN,
    (ANY, "40104"): Refused,  # the customer's token
    (ANY, "40300"): Refused,  # transaction expired
    ("charge", "40301"): Misconfigured,  # feature not allowed: without these two nothing is sold
    ("status", "40301"): Misconfigured,
    (ANY, "40301"): Unsupported,
    (ANY, "40302"): Refused,  # above the limit of an amount
    (ANY, "40303"): Refused,  # suspected fraud
    (ANY, "40304"): Unreachable,  # too often today: later it may pass
    (ANY, "40305"): Refused,  # do not honour
    (ANY, "40306"): Unreachable,  # not allowed at this time
    (ANY, "40314"): Unreachable,  # insufficient funds: the merchant's, for a refund
    (ANY, "40315"): Refused,  # transaction not permitted
    (ANY, "40318"): Misconfigured,  # inactive merchant
    (ANY, "40319"): Misconfigured,  # merchant on a blacklist
    (ANY, "40320"): Unreachable,  # the merchant's limit
    ("charge", "40400"): Unreadable,  # invalid transaction status: so there is one
    (ANY, "40400"): Refused,
    ("charge", "40401"): Unreadable,  # not found, where nothing was looked for
    ("status", "40401"): Case.ABSENT,
    (ANY, "40401"): Refused,
    (ANY, "40402"): Misconfigured,  # invalid routing
    (ANY, "40403"): Refused,  # bank not supported
    ("charge", "40404"): Unreadable,  # transaction cancelled: so there was one
    (ANY, "40404"): Refused,
    (ANY, "40408"): Misconfigured,  # invalid merchant
    (ANY, "40409"): Refused,  # no issuer
    (ANY, "40411"): Refused,  # invalid account
    (ANY, "40412"): Refused,  # invalid bill
    (ANY, "40413"): Refused,  # invalid amount
    ("charge", "40414"): Unreadable,  # already paid
    (ANY, "40414"): Refused,
    (ANY, "40416"): Misconfigured,  # partner not found
    (ANY, "40417"): Misconfigured,  # invalid terminal
    (ANY, "40418"): Unreadable,  # the same reference with other content: so there is one
    ("charge", "40419"): Unreadable,  # expired: so there was one
    (ANY, "40419"): Refused,
    ("charge", "40500"): Misconfigured,  # function not supported
    ("status", "40500"): Misconfigured,
    (ANY, "40500"): Unsupported,
    ("charge", "40501"): Misconfigured,  # method not supported
    ("status", "40501"): Misconfigured,
    (ANY, "40501"): Unsupported,
    (ANY, "40900"): Case.ID_TAKEN,
    (ANY, "40901"): Unreadable,  # this reference was used, with success: ask about it
}
CLASSES: Final[dict[str, Meaning]] = {
    "400": Refused,
    "401": Misconfigured,
    "403": Refused,
    "405": Misconfigured,
    "429": Unreachable,
    "500": Unreachable,
    "502": Unreachable,
    "503": Unreachable,
    "504": Unreachable,
}
"""For a case that is not in the table."""

ADVICE: Final = {
    "40100": "see to the client id, the secret key, the private key and the clock",
    "40301": "ask the provider to enable it for this merchant",
    "40314": "see to the merchant's balance",
    "40318": "ask the provider why the merchant is inactive",
    "40319": "ask the provider why the merchant is on a blacklist",
    "40400": "look at its status, perhaps it is paid",
    "40408": "see to the merchant id",
    "40416": "see to the client id",
    "40417": "see to the terminal",
    "40901": "it exists already, look at its status",
}
"""What a person can do about a case."""

# About who calls, not about what: any service may answer so, the one that keeps the door included.
_SENDER: Final = ("401", "405", "429", "500", "502", "503", "504")


class ResponseCode(Struct, frozen=True):
    """A responseCode in its three parts."""

    http: str
    service: str
    case: str

    def __str__(self) -> str:
        return self.http + self.service + self.case

    @property
    def key(self) -> str:
        """What it says whatever the service."""
        return self.http + self.case


def code_in(body: Mapping[str, Any]) -> ResponseCode:
    """The responseCode of an answer, a string or a number.  Raises `AnswerError`."""
    value = body.get("responseCode")
    is_written = isinstance(value, str | int) and not isinstance(value, bool)
    found = _CODE.fullmatch(str(value).strip()) if is_written else None
    if found is None:
        raise AnswerError("the answer has no responseCode of seven digits")
    return ResponseCode(*found.groups())


def meaning_of(operation: str, service: str, code: ResponseCode) -> Meaning:
    """What may be concluded; another service's word about a transaction is `Unreadable`."""
    if code.service != service and code.http not in _SENDER:
        return Unreadable
    known = CASES.get((operation, code.key)) or CASES.get((ANY, code.key))
    return known or CLASSES.get(code.http, Unreadable)
