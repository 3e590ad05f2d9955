"""The inputs of the machine while it runs: what keeps it from selling, and who saw the goods fall.

Each input is listened to by whoever looks at it; what it means follows from its role.  A part is known to be
bad while any of its inputs is, and the till hears of the first and of the last.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock, Timer
from typing import NamedTuple, TypeAlias

from hardware.base import Input
from hardware.errors import HardwareError
from kiosk import events as on
from kiosk.configuration import Sense
from kiosk.roles import HABITS, Habit, Role

Told: TypeAlias = on.PartFailed | on.PartHealed


class Eye(NamedTuple):
    """A sensor that says how a release ended, within `timeout` seconds after it."""

    name: str
    role: Role
    input: Input
    timeout: float


class Senses:
    """All inputs by name; the thread that decides listens, releases ask for their eye."""

    def __init__(self, inputs: Mapping[str, tuple[Sense, Input]]) -> None:
        self._inputs = inputs
        self._put: Callable[[Told], None] = _nobody
        self._bad: dict[str, str | None] = {}
        self._waiting: dict[str, Timer] = {}
        self._changing = Lock()

    def listen(self, put: Callable[[Told], None]) -> list[Told]:
        """Call `put` with what changes from now on, from any thread; gives what is known to be bad now."""
        first: list[Told] = []
        self._put = first.append
        for name, (sense, input_) in self._inputs.items():
            self._listen(name, HABITS[sense.role], input_)
        with self._changing:
            self._put = put
        return first

    def eye(self, slot: int) -> Eye | None:
        """The sensor that watches over this slot."""
        for name, (sense, input_) in self._inputs.items():
            if HABITS[sense.role].is_waited_for and (not sense.slots or slot in sense.slots):
                return Eye(name, sense.role, input_, sense.timeout)
        return None

    def levels(self) -> dict[str, str]:
        """What each input says right now, in a technician's words."""
        return {name: _level(HABITS[sense.role], input_) for name, (sense, input_) in self._inputs.items()}

    def close(self) -> None:
        """Listen no more."""
        with self._changing:
            self._put = _nobody
            for timer in self._waiting.values():
                timer.cancel()
        for _, input_ in self._inputs.values():
            with suppress(HardwareError):
                input_.close()

    def _listen(self, name: str, habit: Habit, input_: Input) -> None:
        def put(active: bool) -> None:
            self._changed(name, habit, active)

        def failed(reason: str) -> None:
            with self._changing:
                self._turn(name, habit, reason)

        def healed() -> None:
            try:
                put(input_.active())
            except HardwareError as error:
                failed(str(error))

        try:
            put(input_.listen(put, failed, healed))
        except HardwareError as error:
            failed(str(error))

    def _changed(self, name: str, habit: Habit, active: bool) -> None:
        with self._changing:
            if timer := self._waiting.pop(name, None):
                timer.cancel()
            if active != habit.bad:
                self._turn(name, habit, None)
            elif habit.patience:
                self._wait(name, habit)
            else:
                self._turn(name, habit, habit.reason)

    def _wait(self, name: str, habit: Habit) -> None:
        """Goods that fall interrupt a beam too; what stays in it is another matter."""

        def over() -> None:
            with self._changing:
                if self._waiting.get(name) is timer:
                    del self._waiting[name]
                    self._turn(name, habit, habit.reason)

        timer = self._waiting[name] = Timer(habit.patience, over)
        timer.daemon = True
        timer.start()

    def _turn(self, name: str, habit: Habit, reason: str | None) -> None:
        """One input is good from now on, or bad for a reason; and with it perhaps its part."""
        before = self._reasons(habit.part)
        self._bad[name] = f"{name}: {reason}" if reason else reason
        after = self._reasons(habit.part)
        if after and after != before:
            self._put(on.PartFailed(habit.part, "; ".join(filter(None, after))))
        if before and not after:
            self._put(on.PartHealed(habit.part))

    def _reasons(self, part: on.Part) -> list[str]:
        bad = [self._bad.get(name) for name, (sense, _) in self._inputs.items() if _part(sense) is part]
        return [reason for reason in bad if reason is not None]


def _part(sense: Sense) -> on.Part:
    return HABITS[sense.role].part


def _level(habit: Habit, input_: Input) -> str:
    try:
        return habit.active if input_.active() else habit.resting
    except HardwareError as error:
        return str(error)


def _nobody(told: Told) -> None:
    """Nobody listens yet, or any more."""
