"""A gateway that is registered is held to the contract; what it is excused of is said, and is needed."""

import pytest

from kiosk.gateways import GATEWAYS
from tests.gateways.contract.accents import ACCENTS, accent_of
from tests.gateways.contract.case import offers
from tests.gateways.contract.table import AGAIN, TABLE

NAMES = {misfortune.name: misfortune for misfortune in TABLE}


def test_every_registered_gateway_is_in_the_suite() -> None:
    assert ACCENTS.keys() == GATEWAYS.keys()


def test_every_misfortune_has_a_name_of_its_own() -> None:
    assert len(NAMES) == len(TABLE)


@pytest.mark.parametrize("name", ACCENTS)
def test_an_accent_speaks_for_the_gateway_of_its_line(name: str) -> None:
    assert accent_of(name).name == name


@pytest.mark.parametrize("name", ACCENTS)
def test_an_excuse_names_a_misfortune_says_why_and_concludes_something_else(name: str) -> None:
    accent = accent_of(name)
    for (call, misfortune), excuse in accent.excuses.items():
        assert offers(accent, call)
        assert len(excuse.because) > 20
        usual = NAMES["arrives" if misfortune == AGAIN else misfortune].conclusion(call)
        assert excuse.conclusion is not usual
