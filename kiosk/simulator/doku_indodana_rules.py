"""What DOKU's Indodana accepts in a generate-order, as the table of its guide has it.  Pure.

Where table and sample disagree the sample wins: an e-mail address may be longer than 16 characters, an
address is text, a telephone number may begin with 0.  A category must be one of the table's all the same.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from msgspec import Struct

Body = dict[str, Any]
DEFAULT_MINUTES: Final = 60
CATEGORIES: Final = frozenset(
    """
    airlines arts-crafts-and-collectibles automotive baby beauty-and-fragrances biller books-and-magazines
    business-to-business-including-mlm charity-and-non-profit clothing community digital-content
    electronics-and-telecom entertainment-and-media financial-services-and-products
    financial-services-and-technology food-and-beverage food-retail-and-service games-voucher
    gifts-and-flowers government health-and-personal-care home-and-garden hotel-and-travel insurance
    marketplace nonprofit offline-store others over-the-air overseas pets-and-animals property
    public-services religion-and-spirituality retail services sports-and-outdoors telco ticketing
    toys-and-hobbies transportation travel vehicle-sales vehicles-service-and-accessories
    """.split()  # noqa: SIM905  # a list of forty words reads better without quotes
)
NOT_SHIPPED: Final = frozenset({"ticketing", "games-voucher"})
"""Shipping is required for goods, tickets and vouchers excluded."""
_URL: Final = re.compile(r"https?://[a-zA-Z0-9()\-=\\.?;,+/:&_ %]+")

Is = Callable[[Any], bool]


class Rule(Struct, frozen=True):
    """One field, by its path from where the table begins."""

    name: str
    holds: Is
    required: bool = True


def _text(longest: int) -> Is:
    return lambda value: isinstance(value, str) and 0 < len(value) <= longest


def _digits(longest: int) -> Is:
    return lambda value: isinstance(value, str) and re.fullmatch(rf"[0-9]{{1,{longest}}}", value) is not None


def _number(digits: int) -> Is:
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and 0 < value < int("1" + "0" * digits)
    )


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def _is_category(value: Any) -> bool:
    return value in CATEGORIES


def _is_email(value: Any) -> bool:
    return (
        isinstance(value, str) and len(value) <= 128 and re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _address(whose: str) -> tuple[Rule, ...]:
    return (
        Rule(f"{whose}.first_name", _text(64)),
        Rule(f"{whose}.last_name", _text(64), required=False),
        Rule(f"{whose}.address", _text(256)),
        Rule(f"{whose}.city", _text(64)),
        Rule(f"{whose}.postal_code", _digits(10)),
        Rule(f"{whose}.phone", _digits(16)),
        Rule(f"{whose}.country_code", _text(3)),
    )


RULES: Final = (
    Rule("order.invoice_number", _text(64)),
    Rule("order.amount", _number(16)),
    Rule("order.line_items", _is_list),
    Rule("order.callback_url", _is_url, required=False),
    Rule("order.callback_url_cancel", _is_url),
    Rule("peer_to_peer_info.expired_time", _number(5), required=False),
    Rule("peer_to_peer_info.merchant_unique_reference", _text(128)),
    Rule("customer.first_name", _text(16)),
    Rule("customer.last_name", _text(16), required=False),
    Rule("customer.email", _is_email),
    Rule("customer.phone", _digits(16)),
    *_address("billing_address"),
    Rule("additional_info.override_notification_url", _is_url, required=False),
)
SHIPPING: Final = _address("shipping_address")
ITEM: Final = (
    Rule("name", _text(128)),
    Rule("price", _number(16)),
    Rule("quantity", _number(8)),
    Rule("id", _text(64)),
    Rule("category", _is_category),
    Rule("url", _text(256), required=False),
    Rule("image_url", _text(256), required=False),
)


def findings(body: Body) -> list[str]:
    """Everything that is wrong with a body; empty where it is right."""
    found = list(_broken(RULES, body))
    items = value_of(body, "order.line_items")
    if not _is_list(items):
        return found
    found += [f"order.line_items.{name}" for item in items for name in _broken(ITEM, item)]
    if "shipping_address" in body or any(item.get("category") not in NOT_SHIPPED for item in items):
        found += _broken(SHIPPING, body)
    if not found and sum(item["price"] * item["quantity"] for item in items) != body["order"]["amount"]:
        found.append("order.amount is not the sum of its line items")
    return found


def value_of(body: Body, name: str) -> Any:
    """A field by its path; None where it is missing."""
    value: Any = body
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _broken(rules: tuple[Rule, ...], body: Body) -> Iterator[str]:
    for rule in rules:
        value = value_of(body, rule.name)
        if value is None and rule.required:
            yield f"{rule.name} is mandatory"
        elif value is not None and not rule.holds(value):
            yield f"{rule.name} is malformed"
