"""Forty seeded stories of a real daemon that loses its power or is killed in the middle of a sale."""

import asyncio

import pytest

from .playing import play_all
from .stories import How, Moment, story

BATCHES = 4
STORIES = 40


@pytest.mark.power
@pytest.mark.parametrize("batch", range(BATCHES))
def test_money_and_goods_are_right_whenever_the_power_goes(batch: int) -> None:
    stories = map(story, range(batch, STORIES, BATCHES))
    wrong = [one.complaints for one in asyncio.run(play_all(stories)) if one.complaints]
    assert wrong == [], "\n\n".join("\n".join(lines) for lines in wrong)


def test_the_stories_meet_every_moment_in_both_ways() -> None:
    met = {(one.moment, one.how) for one in map(story, range(STORIES))}
    assert met == {(moment, how) for moment in Moment for how in How}
