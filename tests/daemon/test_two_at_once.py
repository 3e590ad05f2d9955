"""Two people settle one claim in the same moment: the second one is told so, whatever was read meanwhile."""

from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

import pytest

from hardware.errors import DeviceFailed
from kiosk.control import Asked
from kiosk.effects import Answer as Answered
from kiosk.effects import Durable
from kiosk.journal import Ledger
from kiosk.model import Now, Status
from kiosk.mqtt.reports import Answer, Reply
from kiosk.states import Life
from tests.daemon.machine import SOON, Machine

Wish = tuple[str, dict[str, Any]]


def claim_on(machine: Machine) -> Life:
    """A customer paid, and nobody knows whether the goods fell."""
    machine.lamp.fails_with = DeviceFailed("the box takes nothing any more")
    for key in "1#":
        machine.keys.press(key)
    machine.wait_for("QR_SHOWN")
    machine.gateway.status_now = Status.PAID
    return machine.wait_for("ESCALATED")


def ends(machine: Machine, wishes: Sequence[Wish], monkeypatch: pytest.MonkeyPatch) -> list[Reply]:
    """How each ended, where all are looked up before the first is on disk."""
    looked_up, answers, all_asked = SimpleQueue[None](), SimpleQueue[Reply](), Event()
    find, commit = Ledger.find, machine.journal.commit

    def noted(ledger: Ledger, name: str) -> list[Life]:
        assert all_asked.wait(SOON)  # who asks last is heard before the first is answered
        found = find(ledger, name)
        looked_up.put(None)
        return found

    def late(durable: Sequence[Durable], now: Now, *, time_ok: bool = True) -> None:
        if any(isinstance(effect, Answered) for effect in durable) and not seen.is_set():
            seen.set()
            for _ in wishes:
                looked_up.get(timeout=SOON)
        commit(durable, now, time_ok=time_ok)

    seen = Event()
    monkeypatch.setattr(Ledger, "find", noted)
    monkeypatch.setattr(machine.journal, "commit", late)
    for number, (name, args) in enumerate(wishes):
        machine.daemon.put(Asked(f"c-{number}", name, args, "uid 0", answers.put))
    all_asked.set()
    final: dict[str, Reply] = {}
    while len(final) < len(wishes):
        reply = answers.get(timeout=SOON)
        final |= {reply.id: reply} if reply.status is not Answer.ACCEPTED else {}
    return [final[f"c-{number}"] for number in range(len(wishes))]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def resolving(code: str, as_: str) -> Wish:
    return "resolve", {"claim_code": code, "as": as_}


def refunding(code: str) -> Wish:
    return "refund", {"claim_code": code}


PAIRS: dict[str, Callable[[str], list[Wish]]] = {
    "two resolve it": lambda code: [resolving(code, "dispensed"), resolving(code, "void")],
    "one resolves it, one refunds it": lambda code: [resolving(code, "refunded"), refunding(code)],
}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_claim_is_settled_once(pair: str, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    code = claim_on(machine.start()).order.claim_code
    first, second = ends(machine, PAIRS[pair](code), monkeypatch)
    assert machine.stop() == 0
    assert (first.status, second.status) == (Answer.DONE, Answer.REJECTED)
    with Ledger(machine.path) as ledger:
        (life,) = ledger.find(code)
    assert life.resolved
    assert life.resolved.as_ == first.data["resolved"]
    assert [step.state for step in life.history].count("RESOLVED") == 1
