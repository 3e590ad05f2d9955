"""What an operator agreed with DOKU about Indodana, and the customer and addresses that DOKU asks for.

A machine knows nobody's name, and DOKU wants a customer all the same: the operator's own name, phone and
address stand there.  The lengths are the document's.  Only its "at most 16" for an e-mail address is not
kept: its own sample has 17.
"""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta, Struct

from kiosk.gateways.contract import Contract, Seconds, Shows
from kiosk.model import Environment

ADDRESSES: Final = {
    Environment.PRODUCTION: "https://api.doku.com",
    Environment.SANDBOX: "https://api-sandbox.doku.com",
}
PAGE: Final = "/look-at-the-machine"
"""Where the operator's webhook service has the page that sends a customer back to the machine."""

LAPSE_MARGIN: Final = 600.0
"""Seconds after a page's own end until an unpaid answer is believed to be the last word."""

# A QR code of that many letters and signs still fits a panel of 64 pixels.
LONGEST_LINK: Final = 250
_NO_GOODS: Final = ("ticketing", "games-voucher")
_ORIGIN: Final = re.compile(r"https://[A-Za-z0-9.-]+")

Category = Literal[
    "airlines",
    "arts-crafts-and-collectibles",
    "automotive",
    "baby",
    "beauty-and-fragrances",
    "biller",
    "books-and-magazines",
    "business-to-business-including-mlm",
    "charity-and-non-profit",
    "clothing",
    "community",
    "digital-content",
    "electronics-and-telecom",
    "entertainment-and-media",
    "financial-services-and-products",
    "financial-services-and-technology",
    "food-and-beverage",
    "food-retail-and-service",
    "games-voucher",
    "gifts-and-flowers",
    "government",
    "health-and-personal-care",
    "home-and-garden",
    "hotel-and-travel",
    "insurance",
    "marketplace",
    "nonprofit",
    "offline-store",
    "others",
    "over-the-air",
    "overseas",
    "pets-and-animals",
    "property",
    "public-services",
    "religion-and-spirituality",
    "retail",
    "services",
    "sports-and-outdoors",
    "telco",
    "ticketing",
    "toys-and-hobbies",
    "transportation",
    "travel",
    "vehicle-sales",
    "vehicles-service-and-accessories",
]
"""What a thing sold is, in the document's words."""

_NAME = "1 to 16 letters, digits and signs of English"
_Name = Annotated[str, Meta(pattern=r"^[ -~]{1,16}\Z", description=_NAME)]
_LastName = Annotated[str, Meta(pattern=r"^[ -~]{0,16}\Z", description=_NAME)]
_Phone = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]{7,15}\Z", description="digits that begin with the calling code: 6281122334455"
    ),
]
_Email = Annotated[
    str,
    Meta(
        pattern=r"^(?=.{6,64}\Z)[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z",
        description="an e-mail address of up to 64 characters",
    ),
]
_Line = Annotated[
    str, Meta(pattern=r"^[ -~]{1,128}\Z", description="1 to 128 letters, digits and signs of English")
]
_PostalCode = Annotated[str, Meta(pattern=r"^[0-9]{5}\Z", description="five digits, such as 12960")]
_Country = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description="three capitals, such as IDN")]
_Client = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}\Z", description="the client id DOKU gave: MCH-0001-...")
]
# The characters that DOKU takes in an address of a page.
_Page = Annotated[
    str,
    Meta(
        pattern=r"^(https://[A-Za-z0-9.-]+(/[A-Za-z0-9()=.?;,+/:&_%-]*)?)?\Z",
        description="an https address of letters, digits and ( ) = . ? ; , + / : & _ % -",
    ),
]
_Host = Annotated[
    str, Meta(pattern=r"^[a-z0-9.-]+\Z", description="the name of a host, such as sandbox01.indodana.com")
]


class Customer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who pays, to DOKU: the operator."""

    first_name: _Name
    email: _Email
    phone: _Phone
    last_name: _LastName = ""


class Address(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the bill goes, or the goods."""

    first_name: _Name
    address: _Line
    city: _Line
    postal_code: _PostalCode
    phone: _Phone
    last_name: _LastName = ""
    country_code: _Country = "IDN"


class DokuIndodanaContract(Contract, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gateway.doku_indodana]`, with the tables `customer`, `billing_address` and `shipping_address`.

    `link_hosts`: who may serve the page that customers are sent to.  `shipping_address` is the billing
    address where it is missing; `expiry_minutes` is how long a page can be paid.
    """

    shows: ClassVar[Shows] = Shows.LINK
    longest_code: ClassVar[int] = LONGEST_LINK

    client_id: _Client
    link_hosts: Annotated[tuple[_Host, ...], Meta(min_length=1)]
    customer: Customer
    billing_address: Address
    shipping_address: Address | None = None
    category: Category = "others"
    webhook_service: _Page = ""
    callback_url: _Page = ""
    callback_url_cancel: _Page = ""
    override_notification_url: _Page = ""
    expiry_minutes: Annotated[int, Meta(ge=1, le=99_999)] = 20
    minimum: Annotated[int, Meta(ge=1)] = 1
    maximum: Annotated[int, Meta(ge=1, le=9_999_999_999_999_999)] = 10_000_000
    on_screen: Seconds = 900.0
    poll: Annotated[tuple[Seconds, ...], Meta(min_length=1)] = (15.0,)
    status_deadline: Seconds = 10.0
    claim_window: Seconds = 60.0
    wait_for_code: Seconds = 25.0

    @property
    def lapses_after(self) -> float:
        """Seconds from a page's birth until nobody can have paid on it any more."""
        return self.expiry_minutes * 60 + LAPSE_MARGIN

    @property
    def goods_go_to(self) -> Address | None:
        """The shipping address, which the document wants for all goods but tickets and vouchers."""
        is_delivered = self.category not in _NO_GOODS
        return self.shipping_address or (self.billing_address if is_delivered else None)

    @property
    def finished_page(self) -> str:
        """Where a customer is sent who paid, or empty."""
        return self.callback_url or self._own_page

    @property
    def cancelled_page(self) -> str:
        """Where a customer is sent who gave up."""
        return self.callback_url_cancel or self._own_page

    @property
    def _own_page(self) -> str:
        return f"{self.webhook_service}{PAGE}" if self.webhook_service else ""

    def problems(self, environment: Environment) -> Iterator[str]:
        yield from super().problems(environment)
        if self.on_screen + self.claim_window > self.expiry_minutes * 60:
            yield f"expiry_minutes: the page expires ({self.expiry_minutes} min) while it is on the panel"
        if self.webhook_service and not _ORIGIN.fullmatch(self.webhook_service):
            yield "webhook_service: must be https:// and a host, without a path"
        if not self.cancelled_page:
            yield "callback_url_cancel: is missing; name a page for who gives up, or your webhook_service"
        if self.minimum > self.maximum:
            yield "minimum: is above the maximum"
        if self.refunds:
            yield "refunds: there is no call for them; remove it"
