"""A machine that takes coins, in the pretended world: the real daemon gives it pulses for the amount."""

import asyncio

from msgspec.structs import replace

from hardware.plans import Train
from kiosk.simulator import tales, tour
from kiosk.simulator.tales import Check, Until
from kiosk.simulator.view import view
from kiosk.simulator.wiring import Plan
from kiosk.simulator.world import World

COINS = Train(rupiah_per_pulse=1_000, gap_milliseconds=200, most_pulses=50)


def pulses(world: World) -> list[int]:
    """How long each pulse was, to 50 ms."""
    return [round(pulse.milliseconds / 50) * 50 for pulse in world.box.lamps.pulses()]


def _tells_all(world: World) -> bool:
    """The box tells of a coin when its pulse is over, which the kiosk may have written down before."""
    return any(line.text.endswith(f"coin {len(pulses(world))}") for line in world.story.lines())


def test_the_drawn_relay_gives_a_pulse_for_every_thousand_rupiah() -> None:
    plain = tales.sale(Plan(free_amount=True))
    booked = next(step for step in plain.steps if isinstance(step, Until) and "books" in step.what)
    steps = [step for step in plain.steps if not (isinstance(step, Until) and "tray" in step.what)]
    tale = replace(
        plain,
        plan=replace(plain.plan, pulse=50, train=COINS),
        steps=(
            *(replace(step, seconds=60.0) if step is booked else step for step in steps),
            Until("the last coin in the story", _tells_all),
        ),
        checks=(
            Check(
                "a pulse for every thousand", lambda world: 1000 * len(pulses(world)) == world.ledger.spent()
            ),
            Check("more than one", lambda world: len(pulses(world)) > 1),
            Check("the page counts them", lambda world: view(world).pulses == len(pulses(world))),
            Check("the story counts them", _tells_all),
        ),
    )
    assert asyncio.run(tour.play([tale], None)) == 0
