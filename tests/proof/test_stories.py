"""The proof's own stories: told again word for word, judged, and nothing is wrong in them."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

from kiosk.model import Drop
from tests.proof import __main__ as prove
from tests.proof import catalogue, facts, sweep
from tests.proof.facts import Chronicle
from tests.proof.oracles import JUDGES, Case, complaints
from tests.proof.plans import plan
from tests.proof.scenes import SCENES
from tests.proof.stories import failures, kept_runs, kept_seeds, under_two_clocks
from tests.proof.story import tell
from tests.proof.sweep import TWO_CLOCKS, Verdict, command, judged
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
    assert [verdict for verdict in map(under_two_clocks, range(20)) if verdict.judge] == []


def test_a_third_of_the_stories_is_paid_around_its_expiry() -> None:
    late = [plan(seed).customers[0].when.name in ("AROUND_EXPIRY", "IN_THE_WINDOW") for seed in range(400)]
    assert sum(late) >= 0.3 * len(late)


def test_a_story_is_told_in_sentences() -> None:
    said = sentences(judged("sold")[0].story)
    assert any("THE OUTPUT MOVES" in line for line in said)


def printed_by(main: Callable[[], int], *words: str) -> tuple[int, list[str]]:
    """What a program ends with, and its lines."""
    said = StringIO()
    with patch.object(sys, "argv", ["program", *words]), redirect_stdout(said):
        code = main()
    return code, said.getvalue().splitlines()


def complain(case: Case) -> Iterator[str]:
    """A judge who takes every power cut for a crime."""
    yield from ("the power failed" for ended in case.of(facts.Ended) if ended.power)


def test_a_seed_that_fails_tells_its_story_and_the_command_that_tells_the_very_same() -> None:
    with patch.dict(JUDGES, {"I2": complain}):
        code, lines = printed_by(sweep.main, "--seeds", "0:200")
        assert code == 1
        again = next(line for line in lines if line.startswith("again: "))
        program, *words = shlex.split(again.removeprefix("again: "))
        assert program == "scripts/prove"
        assert printed_by(prove.main, *words) == (1, lines[: lines.index(again) + 1])
    assert "WRONG: I2: the power failed" in lines
    assert any("THE POWER FAILS" in line for line in lines)
    assert printed_by(prove.main, *words)[0] == 0, "it was that judge who complained"


def test_a_seed_that_fails_is_kept_and_the_first_ones_story_is_in_the_report(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("[]")
    broken = [
        Verdict("the refund's reply is lost", (12, 30), "I6", "twice"),
        Verdict(7, None, "I1", "unpaid"),
    ]
    first, second = failures(broken, kept)
    assert list(failures(broken, kept))
    assert kept_seeds(kept) == broken
    assert "\n".join(sentences(judged(*broken[0][:2])[0].story)) in first
    assert first.endswith('again: scripts/prove --seed "the refund\'s reply is lost" --cut 12 --cut 30')
    assert "\n" not in second


def test_a_story_that_depends_on_the_wall_clock_is_told_again_under_that_clock() -> None:
    again = command(Verdict(7, None, TWO_CLOCKS, "it ends otherwise"))
    code, lines = printed_by(prove.main, *shlex.split(again)[1:])
    assert again == "scripts/prove --seed 7 --clock -315619200"
    assert code == 0
    assert lines[:3] == sentences(tell(7).story)[:3]


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
    assert sum(bool(row.hits or row.tests) for row in rows) >= 70


def test_what_is_not_injected_has_its_reason_and_what_is_done_about_it_instead() -> None:
    left = [row for row in catalogue.rows() if not row.hits and not row.tests]
    assert [row.number for row in left] == [36, 77, 78]
    assert all(row.why and row.instead for row in left)


@pytest.mark.parametrize(
    "test", sorted({test for row in catalogue.rows() for test in row.tests + row.instead})
)
def test_what_else_injects_a_fault_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8")
