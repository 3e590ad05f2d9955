"""The machines that have a sample configuration, in the pretended world."""

import asyncio
from pathlib import Path

import pytest

from kiosk import config
from kiosk.simulator import profile_tales, profiles, tour
from kiosk.simulator.start import plan_of, start
from kiosk.simulator.tales import Do, Tale, Until
from kiosk.simulator.wiring import Files, configure

from .test_whole_world import branches

TALES = [tale for name in profiles.NAMES for tale in profile_tales.told(plan_of(["--profile", name]))]


@pytest.fixture(scope="module")
def ends() -> dict[str, int]:
    """How each story ended; they are played at the same time, for most of it is waiting."""

    async def play() -> list[int]:
        return await asyncio.gather(*(tour.play([tale], None) for tale in TALES))

    return dict(zip([tale.title for tale in TALES], asyncio.run(play()), strict=True))


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.title)
def test_every_story_of_the_three_machines_ends_right(tale: Tale, ends: dict[str, int]) -> None:
    assert ends[tale.title] == 0


@pytest.mark.parametrize("name", profiles.NAMES)
def test_what_is_simulated_is_what_the_sample_says(name: str, tmp_path: Path) -> None:
    plan, files = plan_of(["--profile", name]), Files(tmp_path, tmp_path / "box.sock")
    configure(files, plan, branches("midtrans"), 1883)
    drafted, simulated = config.draft_of(profiles.FOLDER / f"{name}.toml"), config.load(files.config)
    assert drafted is not None
    assert [slot.name for slot in simulated.slots] == [slot["name"] for slot in drafted.slots]
    assert (simulated.free_amount is None) == (drafted.free_amount == {})
    assert simulated.outputs.keys() == drafted.outputs.keys()
    pulses = {key: getattr(part.config, "milliseconds", 0) for key, part in simulated.outputs.items()}
    assert pulses == {key: part.values["milliseconds"] for key, part in drafted.outputs.items()}
    roles = {key: sense.role for key, sense in simulated.inputs.items()}
    assert roles == {key: each.values["role"] for key, each in drafted.inputs.items()}


def test_a_spiral_that_is_not_jammed_does_not_end_as_one_that_is() -> None:
    (_, hang) = profile_tales.told(plan_of(["--profile", "vending"]))
    steps = [step for step in hang.steps if not isinstance(step, Do)]
    soon = [
        Until(step.what, step.holds, 4.0) if isinstance(step, Until) and "claim" in step.what else step
        for step in steps
    ]
    tale = Tale(hang.title, hang.plan, tuple(soon), hang.checks)
    assert asyncio.run(tour.play([tale], None)) == 1


@pytest.mark.parametrize("words", [["--free"], ["--story", "sale"]])
def test_a_profile_says_itself_what_is_sold(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        start(["--profile", "gate", *words])
    assert ended.value.code == 2
