"""A notification is a stranger's word: at most it names an order to be asked about, whatever stands in it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.gateways.base import order_id_in
from kiosk.webhooks.verdicts import PROVIDERS, Form
from tests.webhooks.letters import ID, INVOICE

NAMES = st.sampled_from(
    ("order_id", "order", "invoice_number", "invoice", "TRANSACTIONID", "merchantOrderId", "status", "amount")
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([ID, "../x", "a b", "9" * 99])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=4,
)
NOTIFICATIONS = st.dictionaries(NAMES, VALUES, max_size=4)


FORMS = {
    f"{gateway} {media_type or 'address'}": form
    for gateway, provider in PROVIDERS.items()
    for media_type, form in provider.forms.items()
}


@pytest.mark.parametrize(
    ("form", "notification", "reference"),
    [
        ("midtrans application/json", {"order_id": ID}, ID),
        ("midtrans application/json", {"order_id": "A\n"}, None),
        ("midtrans application/json", {"order_id": "a" * 33}, None),
        ("doku application/json", {"order": {"invoice_number": ID}}, ID),
        ("doku address", {"TRANSACTIONID": ID}, ID),
        ("doku_indodana application/json", {"order": {"invoice_number": ID}}, ID),
        ("doku_indodana application/json", {"order": {"invoice_number": "../x"}}, None),
        ("doku_indodana application/json", {"order": {"invoice_number": 7}}, None),
        ("doku_indodana application/json", {"order": "x"}, None),
        ("interactive application/json", {"invoice": INVOICE, "order_id": ID}, INVOICE),
        ("interactive application/json", {"order_id": ID}, None),
        ("indodana application/json", {"merchantOrderId": ID}, ID),
        ("indodana application/json", {}, None),
    ],
)
def test_a_notification_names_what_its_gateway_calls_an_order(
    form: str, notification: dict[str, Any], reference: str | None
) -> None:
    assert FORMS[form].name(notification) == reference


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_whatever_is_notified_names_a_possible_order_or_nothing(form: Form) -> None:
    @settings(max_examples=50, deadline=None)
    @given(notification=NOTIFICATIONS)
    def named(notification: dict[str, Any]) -> None:
        reference = form.name(notification)
        assert reference is None or order_id_in(reference) == reference

    named()
