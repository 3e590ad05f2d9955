"""What the operator pushed: which version counts, and when it takes effect.

A version only rises, and stands for one document for ever.  A configuration is taken as a whole, between two
customers: it waits while somebody stands at the panel or an order is open.  It is on disk before anything
follows from it; what only a start can change ends the process, and the next one lays it over its own file.
Orders in the background keep the gateway, the environment and the merchant they were born with.

A refused one is judged again when the broker brings it again: what it lacked may be there by then.
"""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Now
from kiosk.mqtt.reports import Taken
from kiosk.order.desk import Effects
from kiosk.pushed import Candidate, Pushed
from kiosk.refusals import WORDS, Reason
from kiosk.session import Idle, Notice
from kiosk.settings import Settings
from kiosk.till.value import Decided, Till

LINES = {
    Taken.APPLIED: "K521",
    Taken.WAITING: "K522",
    Taken.REJECTED: "K523",
    Taken.RESTARTING: "K524",
}
LEFT_OFF = "K525"
SETTLED = (Taken.APPLIED, Taken.RESTARTING)


def pushed(till: Till, event: on.Pushed, now: Now) -> Decided:
    """Take it, let it wait, or refuse it; what is known already changes nothing."""
    candidate, known = event.candidate, till.pushed
    if reason := _misnumbered(candidate, known):
        return _refused(till, candidate, _came(candidate, known, Taken.REJECTED, reason))
    if _is_settled(candidate, till):
        return till, ()
    highest = replace(known, highest=candidate.version, highest_hash=candidate.hash)
    if candidate.settings is None:
        refused = _came(candidate, highest, Taken.REJECTED, candidate.reason)
        return _refused(till, candidate, replace(refused, errors=candidate.errors))
    waiting = replace(till, waiting=candidate, pushed=_came(candidate, highest, Taken.WAITING))
    if _is_free(till):
        return apply_waiting(waiting, now)
    return waiting, _said(Taken.WAITING, candidate, waiting.pushed)


def apply_waiting(till: Till, now: Now) -> Decided:
    """Let a configuration that waits take effect, once nobody stands at the panel and no order is open."""
    candidate, known = till.waiting, till.pushed
    if candidate is None or not _is_free(till):
        return till, ()
    taken = Taken.RESTARTING if candidate.restarts else Taken.APPLIED
    # another may have come and been refused while this one waited; then that is what is told
    kept = replace(known, taken=taken) if _is_last(candidate, known) else known
    kept = replace(kept, in_effect=candidate.version, document=candidate.document)
    after, lines = replace(till, waiting=None, pushed=kept), _said(taken, candidate, kept)
    if candidate.restarts:
        return after, (*lines, do.Restart())
    assert candidate.settings is not None, "what waits was found good"
    return _with(after, candidate.settings), lines


def began(till: Till, laid: Pushed, stored: Pushed) -> Decided:
    """The first word of a start about what was pushed; `stored` is the journal's, `laid` what came of it.

    One that was left off stays in the journal, so that it is tried again at the next start.
    """
    after = replace(till, pushed=laid)
    if laid == stored:
        return after, ()
    if laid.in_effect:
        return after, (do.SavePushed(laid), *_words(LINES[laid.taken], laid.taken, laid.version, laid))
    return after, _words(LEFT_OFF, Taken.REJECTED, stored.in_effect, laid)


def _misnumbered(candidate: Candidate, known: Pushed) -> str:
    if candidate.version < known.highest:
        return Reason.LOWER_VERSION.value
    same_number = candidate.version == known.highest
    return Reason.VERSION_USED.value if same_number and candidate.hash != known.highest_hash else ""


def _is_settled(candidate: Candidate, till: Till) -> bool:
    """Whether the very same came last, and is in effect or waits already."""
    taken, waits = till.pushed.taken, till.waiting is not None
    return _is_last(candidate, till.pushed) and (taken in SETTLED or (taken is Taken.WAITING and waits))


def _is_last(candidate: Candidate, known: Pushed) -> bool:
    return (candidate.version, candidate.hash) == (known.version, known.hash)


def _is_free(till: Till) -> bool:
    return till.opened is None and not till.trying and isinstance(till.session.stage, Idle | Notice)


def _came(candidate: Candidate, known: Pushed, taken: Taken, reason: str = "") -> Pushed:
    """It is the one that came last; what is in effect is another question."""
    named = replace(known, version=candidate.version, hash=candidate.hash)
    return replace(named, taken=taken, reason=reason, errors=())


def _refused(till: Till, candidate: Candidate, refused: Pushed) -> Decided:
    if refused == till.pushed:
        return till, ()
    return replace(till, pushed=refused), _said(Taken.REJECTED, candidate, refused)


def _with(till: Till, settings: Settings) -> Till:
    """The same machine with other settings; the panel speaks another language only where that was pushed."""
    speaks = settings.language is till.settings.language
    session = till.session if speaks else replace(till.session, language=settings.language)
    return replace(till, settings=settings, session=session)


def _said(taken: Taken, candidate: Candidate, kept: Pushed) -> Effects:
    return (do.SavePushed(kept), *_words(LINES[taken], taken, candidate.version, kept))


def _words(code: str, taken: Taken, version: int, kept: Pushed) -> Effects:
    """What the operator is told, and the technician."""
    fields: dict[str, str | int] = {"version": version, "in_effect": kept.in_effect}
    if taken is Taken.REJECTED:
        fields |= {"reason": kept.reason, "errors": len(kept.errors), **_first(kept)}
    return do.Tell(f"config.{taken.value}", "", fields), do.Log(code, "", fields)


def _first(kept: Pushed) -> dict[str, str | int]:
    """The first of the faults, or the reason in words where there is none in the document."""
    if not kept.errors:
        return {"words": WORDS[Reason(kept.reason)]}
    return {"path": kept.errors[0].path, "words": kept.errors[0].words}
