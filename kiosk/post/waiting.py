"""Messages that are not acknowledged yet, because what they lead to is not on disk."""

from typing import NamedTuple, TypeAlias

from kiosk.admission import Admitted
from kiosk.mqtt.news import Arrived

Document: TypeAlias = tuple[int, str]
"""A desired configuration: its version and its hash."""


class _Command(NamedTuple):
    digest: str
    arrived: list[Arrived]


class Waiting:
    """Each is taken out exactly once; a repeat that comes meanwhile waits with the first.

    It cannot grow without bound: the link reads nothing more while too much is not acknowledged.
    """

    def __init__(self) -> None:
        self._commands: dict[str, _Command] = {}
        self._documents: dict[Document, list[Arrived]] = {}

    def digest(self, id_: str) -> str | None:
        """The digest of the command that is about to be done under this id, if there is one."""
        found = self._commands.get(id_)
        return found.digest if found else None

    def add_command(self, command: Admitted, arrived: Arrived) -> None:
        """It is acknowledged once the command is on disk."""
        self._commands[command.id] = _Command(command.digest, [arrived])

    def add_repeat(self, id_: str, arrived: Arrived) -> None:
        """It came again before the first was on disk."""
        self._commands[id_].arrived.append(arrived)

    def add_document(self, document: Document, arrived: Arrived) -> bool:
        """It is acknowledged once it is known what becomes of it; whether it is the first of its kind."""
        is_first = document not in self._documents
        self._documents.setdefault(document, []).append(arrived)
        return is_first

    def commanded(self, command: Admitted) -> list[Arrived]:
        """The command is on disk: what may be acknowledged; one from the control socket brings nothing."""
        if self.digest(command.id) != command.digest or command.exp is None:
            return []
        return self._commands.pop(command.id).arrived

    def pushed(self, document: Document) -> list[Arrived]:
        """What became of a configuration is on disk: that of it, and of any that were looked at before."""
        if document not in self._documents:
            return []
        free: list[Arrived] = []
        while document in self._documents:
            free += self._documents.pop(next(iter(self._documents)))
        return free
