"""A shop for each test."""

import pytest

from kiosk import events as on
from tests.core.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """Open, with nobody in front of it."""
    shop = Shop()
    shop.happen(on.TimePassed())
    return shop
