"""A shop for each test."""

import pytest

from tests.core.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """Open, with nobody in front of it."""
    shop = Shop()
    shop.passes(0.0)
    return shop
