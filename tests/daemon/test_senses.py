"""What contacts and sensors come to, among parts touched by the test."""

from queue import Queue

import pytest
from msgspec.structs import replace

from hardware.contact import Contact
from kiosk import roles, senses
from kiosk.configuration import Part, Sense
from kiosk.events import Part as Of
from kiosk.events import PartFailed, PartHealed
from kiosk.roles import HABITS, Role
from kiosk.senses import Senses, Told
from tests.daemon.contacts import Wire
from tests.daemon.machine import SOON

NOWHERE = Part(driver="gpio", config=Contact.Config(pin=4, active="high"))


def sense(role: Role, *slots: int) -> Sense:
    return Sense(role=role, slots=slots, timeout=HABITS[role].timeout, part=NOWHERE)


class Around:
    """Inputs by name, and what is told of them."""

    def __init__(self, **inputs: tuple[Role, Wire]) -> None:
        self.senses = Senses({name: (sense(role), wire) for name, (role, wire) in inputs.items()})
        self.told = Queue[Told]()
        self.first = self.senses.listen(self.told.put)


@pytest.mark.parametrize(
    ("role", "part", "bad", "reason"),
    [
        (Role.DOOR, Of.DOOR, True, "it: it is open"),
        (Role.INHIBIT, Of.INHIBIT, True, "it: the dispenser says no"),
        (Role.LOOP, Of.LOOP, False, ""),
    ],
)
def test_a_contact_tells_when_its_part_is_bad_and_when_it_is_good_again(
    role: Role, part: Of, bad: bool, reason: str
) -> None:
    wire = Wire(active=not bad)
    around = Around(it=(role, wire))
    assert around.first == []
    wire.touch(bad)
    assert around.told.get_nowait() == PartFailed(part, reason)
    wire.touch(not bad)
    assert around.told.get_nowait() == PartHealed(part)


def test_what_is_bad_at_first_is_given_at_once() -> None:
    around = Around(cabinet=(Role.DOOR, Wire(active=True)), car=(Role.LOOP, Wire()))
    assert [told.part for told in around.first] == [Of.DOOR, Of.LOOP]
    assert around.told.empty()


def test_a_contact_that_cannot_be_read_is_bad() -> None:
    assert Around(car=(Role.LOOP, Wire(trouble="gone"))).first == [PartFailed(Of.LOOP, "car: gone")]
    wire = Wire()
    around = Around(cabinet=(Role.DOOR, wire))
    wire.fail("gone")
    assert around.told.get_nowait() == PartFailed(Of.DOOR, "cabinet: gone")
    wire.heal()
    assert around.told.get_nowait() == PartHealed(Of.DOOR)


def test_a_contact_that_heals_and_cannot_be_read_is_bad_still() -> None:
    wire = Wire()
    around = Around(cabinet=(Role.DOOR, wire))
    wire.fail("gone")
    around.told.get_nowait()
    for healed in wire._healed:
        healed()
    assert around.told.empty()


def test_a_part_is_good_again_only_when_the_last_of_its_contacts_is() -> None:
    front, back = Wire(), Wire()
    around = Around(front=(Role.DOOR, front), back=(Role.DOOR, back))
    front.touch(True)
    back.touch(True)
    reasons = [around.told.get_nowait() for _ in "ab"]
    assert reasons == [
        PartFailed(Of.DOOR, "front: it is open"),
        PartFailed(Of.DOOR, "front: it is open; back: it is open"),
    ]
    front.touch(False)
    assert around.told.get_nowait() == PartFailed(Of.DOOR, "back: it is open")
    back.touch(False)
    assert around.told.get_nowait() == PartHealed(Of.DOOR)


def test_goods_that_fall_are_no_trouble_and_what_stays_in_the_beam_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire()
    around = Around(beam=(Role.DROP, wire))
    wire.fall()
    assert (around.told.empty(), around.senses._waiting) == (True, {})
    quick = replace(HABITS[Role.DROP], patience=0.05)
    monkeypatch.setitem(roles.HABITS, Role.DROP, quick)
    wire = Wire()
    around = Around(beam=(Role.DROP, wire))
    wire.touch(True)
    told = around.told.get(timeout=SOON)
    assert told == PartFailed(Of.SENSOR, f"beam: {quick.reason}")
    wire.touch(False)
    assert around.told.get_nowait() == PartHealed(Of.SENSOR)


def test_a_beam_that_is_free_again_is_waited_for_no_more() -> None:
    wire = Wire()
    around = Around(beam=(Role.DROP, wire))
    wire.touch(True)
    (timer,) = around.senses._waiting.values()
    wire.touch(False)
    assert timer.finished.is_set()


def test_a_beam_that_is_interrupted_at_first_is_waited_for() -> None:
    around = Around(beam=(Role.DROP, Wire(active=True)))
    assert around.first == []
    (timer,) = around.senses._waiting.values()
    timer.function()  # which it calls when its time is over
    assert isinstance(around.told.get_nowait(), PartFailed)
    around.senses.close()
    timer.cancel()


def test_closing_forgets_what_is_waited_for() -> None:
    wire = Wire()
    around = Around(beam=(Role.DROP, wire))
    wire.touch(True)
    (timer,) = around.senses._waiting.values()
    around.senses.close()
    timer.join(SOON)
    assert not timer.is_alive()
    assert wire.is_closed
    assert around.told.empty()


def test_a_closed_sense_tells_nothing_more() -> None:
    wire = Wire()
    around = Around(cabinet=(Role.DOOR, wire))
    around.senses.close()
    wire.touch(True)
    assert around.told.empty()


def test_the_eye_of_a_slot_is_the_sensor_that_watches_over_it() -> None:
    all_of_them, second = Wire(), Wire()
    inputs = {"cabinet": (sense(Role.DOOR), Wire()), "tray": (sense(Role.VEND_OK, 2), second)}
    watching = Senses({**inputs, "beam": (sense(Role.DROP, 1, 3), all_of_them)})
    eyes = [watching.eye(slot) for slot in (0, 1, 2, 3)]
    assert [eye.name if eye else "" for eye in eyes] == ["", "beam", "tray", "beam"]
    everywhere = Senses({"beam": (sense(Role.DROP), all_of_them)})
    assert everywhere.eye(0) == senses.Eye("beam", Role.DROP, all_of_them, 5.0)


def test_the_levels_are_told_in_a_technicians_words() -> None:
    around = Around(
        cabinet=(Role.DOOR, Wire(active=True)),
        beam=(Role.DROP, Wire()),
        car=(Role.LOOP, Wire(active=True)),
        broken=(Role.INHIBIT, Wire(trouble="input on GPIO4 cannot be read: gone")),
    )
    assert around.senses.levels() == {
        "cabinet": "open",
        "beam": "clear",
        "car": "a car",
        "broken": "input on GPIO4 cannot be read: gone",
    }
