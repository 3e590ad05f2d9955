"""The deciding thread's side of the control socket: what is asked becomes a command for the till."""

from collections.abc import Callable
from typing import Any

from msgspec import to_builtins

from kiosk.admission import Admitted, admit_locally
from kiosk.control.asking import STATUS, Asked, is_final, signed
from kiosk.control.standing import Standing
from kiosk.events import Commanded
from kiosk.mqtt.reports import Answer, Reply, rejected
from kiosk.refusals import Reason, Refusal


class Control:
    """Lets in what may be decided, and carries the answers back to who asked."""

    def __init__(self) -> None:
        self._waiting: dict[str, Callable[[Reply], None]] = {}

    def take(self, asked: Asked, standing: Callable[[], Standing]) -> Commanded | None:
        """The command to decide; None where it is answered already: a look, or a refusal.

        `standing` says how the machine stands.
        """
        if asked.name == STATUS:
            asked.answer(_status(asked, standing))
            return None
        admitted = _admitted(asked)
        if isinstance(admitted, Refusal):
            asked.answer(rejected(asked.name, admitted))
            return None
        self._waiting[asked.id] = asked.answer
        return Commanded(command=admitted)

    def answered(self, reply: Reply) -> None:
        """Pass an answer on, once it is on disk; one to a command that came another way is not ours."""
        answer = self._waiting.get(reply.id)
        if answer is None:
            return
        if is_final(reply):
            del self._waiting[reply.id]
        answer(reply)


def _status(asked: Asked, standing: Callable[[], Standing]) -> Reply:
    if asked.args:
        return rejected(STATUS, Refusal(Reason.UNKNOWN_FIELD, "args: status takes none", asked.id))
    data: dict[str, Any] = to_builtins(standing())
    return Reply(id=asked.id, command=STATUS, status=Answer.DONE, data=data)


def _admitted(asked: Asked) -> Admitted | Refusal:
    given = asked.args.get("who", "")
    if not isinstance(given, str):
        return Refusal(Reason.BAD_VALUE, "args.who: a text is wanted", asked.id)
    return admit_locally(asked.name, asked.id, asked.args, signed(asked.peer, given.strip()))
