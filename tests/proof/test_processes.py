"""One real kiosk that dies with its relay on; `scripts/prove` lets many die everywhere."""

import asyncio
import os
from unittest.mock import patch

import pytest

from kiosk.simulator import offsite
from tests.proof.deaths import Outcome, Sale, Story, play
from tests.proof.mortal import AFTER, Fate, Point
from tests.proof.mosquitto import MosquittoProcess, program

pytestmark = pytest.mark.skipif(
    program() is None and "CI" not in os.environ, reason="a real mosquitto is told what happened"
)
CUT_IN_RELEASE = Story(1, Sale.CHARGED, (Fate(Point("relay on", AFTER, 1), "killed"),), is_cut=True)


def played(story: Story) -> Outcome:
    with patch.object(offsite, "BrokerProcess", MosquittoProcess):
        return asyncio.run(play(story))


@pytest.mark.power
def test_a_kiosk_that_dies_with_its_relay_on_gives_the_order_to_a_person_and_tells_everybody() -> None:
    outcome = played(CUT_IN_RELEASE)
    assert outcome.complaints == []
    assert outcome.unmet == 0
    assert outcome.ends == ["ESCALATED"]
