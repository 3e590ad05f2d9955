"""The two things that are asked of many machines: carry out a command, take a configuration."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from kiosk.errors import KioskError
from kiosk.mqtt.messages import Command, Desired, encode
from kiosk.mqtt.reports import Presence
from kiosk.mqtt.signatures import command_bytes, desired_bytes, digest, sign
from kiosk.operator.asking import Letter, Round, judge_replies, judge_reported
from kiosk.operator.line import Wire
from kiosk.operator.outcomes import Outcome, Result, of_reported
from kiosk.operator.rollcall import Present
from kiosk.operator.settings import Keys

Progress = Callable[[int, int], None]
"""Is told how many of how many have answered."""


def command(
    line: Wire,
    keys: Keys,
    machines: Iterable[Present],
    name: str,
    asked: Command,
    *,
    follows: bool,
    seconds: float,
    progress: Progress,
) -> list[Outcome]:
    """Have it carried out by those who are here; to the others nothing is sent that would surprise later."""

    def letter(kiosk: str) -> Letter:
        post = line.fleet.of(kiosk).command(name)
        key = keys.of(kiosk)
        sig = sign(key, command_bytes(kiosk, post.topic, asked)) if key else ""
        return Letter(kiosk, post, encode(replace(asked, sig=sig)))

    absent = [_absent(machine) for machine in machines if not machine.is_here]
    letters, unsent = _written((machine.kiosk for machine in machines if machine.is_here), letter)
    judge = judge_replies(asked.id, follows=follows)
    return _sorted(Round(line, letters, judge).run(seconds, progress), unsent, absent)


def push(
    line: Wire,
    keys: Keys,
    machines: Iterable[Present],
    desired: Desired,
    *,
    seconds: float,
    progress: Progress,
) -> list[Outcome]:
    """Have it taken by all; those who are away find it when they are back."""

    def letter(kiosk: str) -> Letter:
        post = line.fleet.of(kiosk).desired
        key = keys.of(kiosk)
        sig = sign(key, desired_bytes(kiosk, post.topic, desired)) if key else ""
        return Letter(kiosk, post, encode(replace(desired, sig=sig)))

    said = [outcome for machine in machines if (outcome := _said(machine, desired))]
    known = [outcome for outcome in said if outcome.is_final]
    done = {outcome.kiosk for outcome in known}
    letters, unsent = _written((each.kiosk for each in machines if each.kiosk not in done), letter)
    away = {machine.kiosk for machine in machines if not machine.is_here}
    judge = judge_reported(desired.version, digest(desired.document))
    asking = Round(line, letters, judge, away)
    asking.outcomes.update({outcome.kiosk: outcome for outcome in said if not outcome.is_final})
    return _sorted(asking.run(seconds, progress), unsent, known)


def _written(kiosks: Iterable[str], letter: Callable[[str], Letter]) -> tuple[list[Letter], list[Outcome]]:
    """The letters, and for whom none can be signed."""
    letters, unsent = [], []
    for kiosk in kiosks:
        try:
            letters.append(letter(kiosk))
        except KioskError as error:
            unsent.append(Outcome(kiosk=kiosk, result=Result.NOT_SENT, words=str(error)))
    return letters, unsent


def _said(machine: Present, desired: Desired) -> Outcome | None:
    """What a machine said of this very version before: to send it again would change nothing."""
    if machine.reported is None:
        return None
    return of_reported(machine.kiosk, machine.reported, desired.version, digest(desired.document))


def _absent(machine: Present) -> Outcome:
    said = {Presence.LOST: "lost", Presence.OFFLINE: "switched off"}
    words = said[machine.status.status] if machine.status else "never told its status"
    return Outcome(kiosk=machine.kiosk, result=Result.AWAY, words=f"{words}; nothing was sent")


def _sorted(*outcomes: Iterable[Outcome]) -> list[Outcome]:
    return sorted((each for some in outcomes for each in some), key=lambda outcome: outcome.kiosk)
