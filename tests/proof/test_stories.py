"""The proof's own stories: told again word for word, judged, and nothing is wrong in them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.model import Drop
from tests.proof import catalogue, facts
from tests.proof.facts import Chronicle
from tests.proof.oracles import JUDGES, complaints
from tests.proof.plans import plan
from tests.proof.scenes import SCENES
from tests.proof.stories import clocks_apart, kept_runs
from tests.proof.story import tell
from tests.proof.sweep import judged
from tests.proof.telling import sentences

ROOT = Path(__file__).parents[2]
FEW = range(6)
DIGESTS = f"from tests.proof.story import tell; print([tell(s).story.digest() for s in {list(FEW)}])"


def digests_under(hash_seed: str) -> str:
    around = {**os.environ, "PYTHONHASHSEED": hash_seed}
    program = [sys.executable, "-c", DIGESTS]
    return subprocess.run(program, cwd=ROOT, env=around, capture_output=True, text=True, check=True).stdout


def test_a_seed_is_the_same_story_whatever_python_hashes_with() -> None:
    assert digests_under("1") == digests_under("2") != ""


def test_different_seeds_are_different_stories() -> None:
    assert len({tell(seed).story.digest() for seed in FEW}) == len(FEW)


def test_in_two_hundred_stories_nothing_is_wrong() -> None:
    assert [verdict for verdict in (judged(seed)[1] for seed in range(200)) if verdict.judge] == []


@pytest.mark.parametrize("name", SCENES)
def test_in_a_story_written_by_hand_nothing_is_wrong(name: str) -> None:
    world, verdict = judged(name)
    assert (verdict.judge, verdict.words) == ("", "")
    assert world.story.rests


def test_no_cut_in_a_sale_costs_anybody_anything() -> None:
    steps = tell("sold", ()).machine.steps
    assert [found for cut in range(1, steps + 1) if (found := judged("sold", (cut,))[1]).judge] == []


def test_a_cut_ends_the_process_and_the_story_goes_on() -> None:
    world, _ = judged("sold", (10,))
    assert len(world.story.of(facts.Ended)) == 1
    assert len(world.story.of(facts.Started)) == 2


def test_every_seed_that_ever_failed_is_told_without_a_complaint() -> None:
    assert [verdict for run in kept_runs() if (verdict := judged(*run)[1]).judge] == []


def test_years_on_the_wall_clock_change_nothing() -> None:
    assert [words for seed in range(20) for words in clocks_apart(seed)] == []


def test_a_third_of_the_stories_is_paid_around_its_expiry() -> None:
    late = [plan(seed).customers[0].when.name in ("AROUND_EXPIRY", "IN_THE_WINDOW") for seed in range(400)]
    assert sum(late) >= 0.3 * len(late)


def test_a_story_is_told_in_sentences() -> None:
    said = sentences(judged("sold")[0].story)
    assert any("THE OUTPUT MOVES" in line for line in said)


def without(story: Chronicle, kind: type) -> Chronicle:
    story.facts = [fact for fact in story.facts if type(fact) is not kind]
    return story


def names(story: Chronicle) -> set[str]:
    return {name for name, _ in complaints(story)}


def test_a_release_that_nobody_paid_is_seen() -> None:
    assert "I1" in names(without(tell("sold").story, facts.Paid))


def test_a_second_release_is_seen() -> None:
    story = tell("sold").story
    story.facts += story.of(facts.Rose)
    assert "I2" in names(story)


def test_a_payment_that_leads_nowhere_is_seen() -> None:
    story = tell("never paid").story
    story.stands = [stand._replace(paid=12_000) for stand in story.stands]
    assert "I3" in names(story)


def test_a_record_that_the_sensor_belies_is_seen() -> None:
    story = tell("sold").story
    story.facts = [
        fact._replace(drop=Drop.NOT_SEEN) if isinstance(fact, facts.Fell) else fact for fact in story.facts
    ]
    assert "I4" in names(story)


def test_a_request_before_the_record_is_seen() -> None:
    assert "I5" in names(without(tell("sold").story, facts.Wrote))


def test_a_release_for_somebody_else_is_seen() -> None:
    assert "I7" in names(without(tell("sold").story, facts.Shown))


def test_an_end_that_is_not_told_is_seen() -> None:
    assert "I17" in names(without(tell("sold").story, facts.Told))


def test_every_invariant_but_that_of_two_clocks_has_a_judge() -> None:
    assert JUDGES.keys() == {"core", *(f"I{number}" for number in range(1, 19) if number != 12)}


def test_the_catalogue_has_each_fault_once_and_says_how_it_is_injected() -> None:
    rows = catalogue.rows()
    assert [row.number for row in rows] == list(range(1, 80))
    assert all(row.hits or row.test or row.why for row in rows)
    assert sum(bool(row.hits or row.test) for row in rows) >= 70


@pytest.mark.parametrize("test", [row.test for row in catalogue.rows() if row.test])
def test_what_else_injects_a_fault_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8")
