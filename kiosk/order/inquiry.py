"""When to ask a gateway about an order.

A hint asks at once; a hint during a question causes one more right after it; a pending answer after a hint is
asked again after 2, 4 and 8 seconds; and never is one order asked about twice within two seconds.  A silent
gateway is asked less and less often, up to every thirty seconds while somebody waits.
"""

from msgspec.structs import replace

from kiosk.states import Inquiry

CLOSEST = 2.0
EAGER = (2.0, 4.0, 8.0)


def begin(now: float, poll: tuple[float, ...]) -> Inquiry:
    """The first question is due one polling interval from now."""
    return Inquiry(next_at=now + poll[0])


def resume(now: float) -> Inquiry:
    """After a start nothing is under way, and the first question is due at once."""
    return Inquiry(next_at=now)


def is_due(inquiry: Inquiry, now: float) -> bool:
    """Whether to ask now."""
    return inquiry.asked_at is None and now >= inquiry.next_at


def sent(inquiry: Inquiry, now: float) -> Inquiry:
    """A question is under way."""
    return replace(inquiry, asked_at=now, last_at=now, again=False)


def hint(inquiry: Inquiry, now: float) -> Inquiry:
    """Ask at once, or right after the question under way."""
    if inquiry.asked_at is not None:
        return replace(inquiry, again=True, hinted=True, eager=0)
    return replace(inquiry, next_at=soonest(inquiry, now), hinted=True, eager=0)


def pending(inquiry: Inquiry, now: float, poll: tuple[float, ...]) -> Inquiry:
    """The answer was: not yet."""
    answered = replace(inquiry, asked_at=None, silent=0, polls=inquiry.polls + 1)
    rhythm = poll[min(inquiry.polls, len(poll) - 1)]
    return _next(answered, now, rhythm)


def silence(inquiry: Inquiry, now: float, poll: tuple[float, ...], longest: float = 30.0) -> Inquiry:
    """The call brought nothing: one polling interval more each time, up to `longest` seconds."""
    quiet = replace(inquiry, asked_at=None, silent=inquiry.silent + 1)
    return _next(quiet, now, min(poll[0] * quiet.silent, max(longest, poll[0])))


def _next(inquiry: Inquiry, now: float, rhythm: float) -> Inquiry:
    """A hint that came meanwhile is owed a question; a hinted one is repeated soon; else the rhythm."""
    if inquiry.again:
        return replace(inquiry, again=False, next_at=soonest(inquiry, now))
    if inquiry.hinted and inquiry.eager < len(EAGER):
        later = max(soonest(inquiry, now), now + EAGER[inquiry.eager])
        return replace(inquiry, eager=inquiry.eager + 1, next_at=later)
    return replace(inquiry, hinted=False, eager=0, next_at=max(soonest(inquiry, now), now + rhythm))


def soonest(inquiry: Inquiry, now: float) -> float:
    """The first moment at which another question is decent."""
    return now if inquiry.last_at is None else max(now, inquiry.last_at + CLOSEST)
