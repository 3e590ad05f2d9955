"""The deciding thread's side: what is let in, what is refused, and whose answer goes where."""

from typing import Any

import pytest

from kiosk import commands as ask
from kiosk.admission import Admitted
from kiosk.control import Asked, Control, Standing, faults_in_words
from kiosk.events import Commanded, Part
from kiosk.mqtt.reports import Answer, Phase, Reply, State

AT_REST = State(phase=Phase.IDLE, ready=False, codes=("K201",), order=None, slots=(), background=1)
STANDING = Standing(
    kiosk="K01",
    version="0.1.0",
    environment="production",
    up=3,
    session=41,
    epoch=1,
    recovery="",
    outbox=2,
    broker="broker.example:8883",
    connected=False,
    state=AT_REST,
    faults=("K201 the panel does not work",),
)


class Window:
    """A control, and what it was told by and tells to."""

    def __init__(self) -> None:
        self.admitted: list[Admitted] = []
        self.told: list[Reply] = []
        self.control = Control()

    def take(self, name: str, peer: str = "root", id_: str = "local.1", **args: Any) -> Commanded | None:
        event = self.control.take(Asked(id_, name, args, peer, self.told.append), lambda: STANDING)
        self.admitted += [event.command] if event else []
        return event

    def reasons(self) -> list[tuple[Answer, str]]:
        return [(reply.status, reply.reason) for reply in self.told]


def reply(id_: str, status: Answer) -> Reply:
    """An answer of the till."""
    return Reply(id=id_, command="resolve", status=status)


def test_a_command_becomes_an_event_for_the_till() -> None:
    event = Window().take("enable", slot=1, who="Sari")
    assert event is not None
    assert (event.command.id, event.command.name, event.command.exp) == ("local.1", "enable", None)


def test_who_did_it_is_the_kernels_word_and_then_the_persons() -> None:
    window = Window()
    window.take("enable", "pi", slot=1, who=" Sari ")
    window.take("enable", "pi", slot=1)
    window.take("enable", "somebody of kiosk", slot=1, who="root: Sari")
    whos = [admitted.args.who for admitted in window.admitted if isinstance(admitted.args, ask.Enable)]
    assert whos == ["pi: Sari", "pi", "somebody of kiosk: root: Sari"]


def test_a_name_without_end_is_cut_behind_what_the_kernel_says() -> None:
    window = Window()
    window.take("enable", slot=1, who="S" * 200)
    args = window.admitted[0].args
    assert isinstance(args, ask.Enable)
    assert args.who == "root: " + "S" * 54


def test_what_only_somebody_on_the_spot_may_ask_is_let_in() -> None:
    window = Window()
    window.take("test_output", output="spiral1", who="Sari")
    assert window.admitted[0].args == ask.TestOutput(output="spiral1", who="root: Sari")


@pytest.mark.parametrize(
    ("name", "args", "reason"),
    [
        ("open_sesame", {}, "unknown_command"),
        ("enable", {"slot": 0, "who": "Sari"}, "bad_value"),
        ("enable", {"slot": 1, "who": 7}, "bad_value"),
        ("enable", {"slot": 1, "who": "Sa\nri"}, "bad_value"),
        ("stock", {"slot": 1, "who": "Sari"}, "missing_field"),
        ("ping", {"who": "Sari"}, "unknown_field"),
        ("resolve", {"as": "void", "who": "Sari"}, "bad_value"),
        ("status", {"slot": 1}, "unknown_field"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_till(
    name: str, args: dict[str, Any], reason: str
) -> None:
    window = Window()
    assert window.take(name, **args) is None
    assert window.reasons() == [(Answer.REJECTED, reason)]
    assert [told.id for told in window.told] == ["local.1"]
    assert window.admitted == []


def test_every_answer_goes_to_who_asked_until_the_last_one() -> None:
    window = Window()
    window.take("resolve", claim_code="048217", who="Sari", **{"as": "void"})
    assert isinstance(window.admitted[0].args, ask.Resolve)
    for status in (Answer.ACCEPTED, Answer.DONE, Answer.DONE):
        window.control.answered(reply("local.1", status))
    assert window.reasons() == [(Answer.ACCEPTED, ""), (Answer.DONE, "")]


def test_an_answer_to_a_command_from_elsewhere_is_not_ours() -> None:
    window = Window()
    window.take("ping")
    window.control.answered(reply("c-1", Answer.DONE))
    assert window.told == []


def test_status_is_answered_at_once_and_is_no_command() -> None:
    window = Window()
    assert window.take("status") is None
    assert window.admitted == []
    data = window.told[0].data
    assert (window.told[0].status, data["state"]["phase"], data["outbox"]) == (Answer.DONE, "idle", 2)


def test_faults_are_said_in_words_with_their_reason_and_what_to_do_once_each() -> None:
    said = faults_in_words(["K401", "K201"], {Part.PANEL: "no answer at 0x3C", Part.CLOCK: "not set"})
    assert [line[:4] for line in said] == ["K401", "K201", "K104"]
    assert "(no answer at 0x3C)" in said[1]
    assert "check the panel's wires" in said[1]
    assert faults_in_words(["K999"], {}) == ("K999",)
