"""The list of planted bugs stays true to the code it is planted into; scripts/prove hunts them."""

import pytest

from tests.proof.planted import ROOT, Bug, bugs, planted

LIST = bugs()


def named(bug: Bug) -> str:
    return bug.name


def test_there_are_enough_of_them() -> None:
    assert len({bug.name for bug in LIST}) == len(LIST) >= 40


@pytest.mark.parametrize("bug", LIST, ids=named)
def test_a_bug_has_its_one_place_and_leaves_a_program(bug: Bug) -> None:
    source = (ROOT / bug.file).read_text()
    assert compile(planted(bug, source), bug.file, "exec")


@pytest.mark.parametrize("bug", [bug for bug in LIST if bug.by], ids=named)
def test_the_tests_that_guard_an_edge_are_there(bug: Bug) -> None:
    assert all((ROOT / test.partition("::")[0]).exists() for test in bug.by)
