"""A notification is a stranger's word: at most it names an order to be asked about, whatever stands in it."""

from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.gateways.base import order_id_in
from tests.gateways.contract.accents import ACCENTS, accent_of
from tests.gateways.contract.case import NOWHERE
from tests.gateways.papers import ID

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


@pytest.mark.parametrize("name", ACCENTS)
def test_whatever_is_notified_names_a_possible_order_or_nothing(name: str) -> None:
    with closing(accent_of(name).opened(NOWHERE, 1.0, {})) as gateway:

        @settings(max_examples=50, deadline=None)
        @given(notification=NOTIFICATIONS)
        def named(notification: dict[str, Any]) -> None:
            order_id = gateway.order_named_in(notification)
            assert order_id is None or order_id_in(order_id) == order_id
            reference = gateway.reference_named_in(notification)
            assert reference is None or (reference.isalnum() and len(reference) <= 40)

        named()
