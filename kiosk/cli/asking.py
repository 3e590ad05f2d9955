"""What every command has in common that asks the machine for something: put it, wait, say how it ended.

The running kiosk is asked through its control socket.  Where it is not running, what needs neither gateway
nor parts is decided here by the very same rules, under the journal's lock.
"""

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from msgspec import to_builtins

from kiosk.cli.parsing import printable
from kiosk.config import basics
from kiosk.control.calling import START, Call, HungUp, NotRunning
from kiosk.errors import KioskError
from kiosk.mqtt.reports import Answer, Reply
from kiosk.refusals import Reason

ADVICE: Final[dict[str, str]] = {
    Reason.NO_SUCH_ORDER: "kiosk orders lists the newest",
    Reason.NOT_ESCALATED: "kiosk orders ORDER tells how it ended",
    Reason.NOT_PAID: "kiosk orders ORDER tells how it ended",
    Reason.GOODWILL_NEEDED: "add --goodwill if you mean it",
    Reason.NO_REFUNDS: "pay it out by hand, then: kiosk resolve ORDER --as refunded --who NAME",
    Reason.REFUND_UNDER_WAY: "kiosk orders ORDER tells how it stands",
    Reason.BUSY: "try it again once nobody stands at the panel",
    Reason.CAP_REACHED: "try it again tomorrow",
    Reason.NO_SUCH_SLOT: "kiosk status lists them",
    Reason.NO_STOCK_COUNTED: "write counts_stock = true in its [[slots]] table",
    Reason.NO_SUCH_PART: "kiosk check lists what is configured",
    Reason.WOULD_NOT_START: "mend the file; to end it all the same: sudo systemctl restart qris-kiosk",
    Reason.UNKNOWN_COMMAND: "the running kiosk is of another version: sudo systemctl restart qris-kiosk",
}
"""What to do about a refusal."""


class Matter(NamedTuple):
    """What is asked, and the words around it.

    `done` says how it ended; `waits` is said where that takes a while, `left` where a person stops waiting;
    `alone` is why it cannot be done while the kiosk is not running, "" where it can.
    """

    name: str
    args: dict[str, Any]
    done: Callable[[Reply], str]
    waits: str = ""
    left: str = ""
    alone: str = ""


def settle(given: Namespace, matter: Matter) -> int:
    """Ask, wait and print; the exit code: 0 done, 1 failed or refused."""
    last: Reply | None = None
    try:
        for reply in _replies(given, matter):
            last = reply
            if reply.status is Answer.ACCEPTED and matter.waits:
                print(matter.waits, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        raise KioskError(_interrupted(matter, last)) from None
    except HungUp as error:
        raise HungUp("; ".join(filter(None, (str(error), matter.left)))) from error
    assert last is not None, "it ends with an answer or an error"
    return _print(given, matter, last)


def as_json(reply: Reply) -> str:
    """A reply for programs."""
    return json.dumps(to_builtins(reply), indent=2, ensure_ascii=False)


def refusal(reply: Reply) -> str:
    """Why it was not done, and what to do about it, in one line."""
    if reply.status is Answer.FAILED:
        return f"it failed: {_in_words(reply)}"
    words = reply.words or reply.reason
    return "; ".join(filter(None, (printable(words), ADVICE.get(reply.reason, ""))))


def _in_words(reply: Reply) -> str:
    from kiosk.cli.accounts import REASONS

    return REASONS.get(reply.reason) or printable(reply.words or reply.reason)


def _replies(given: Namespace, matter: Matter) -> Iterator[Reply]:
    place = basics(given.config).control
    try:
        call = Call(place)
    except NotRunning as error:
        if matter.alone:
            raise KioskError(f"{error}, and {matter.alone}; start it: {START}") from error
        yield _alone(given, matter)
        return
    with call:
        yield from call.ask(matter.name, matter.args)


def _alone(given: Namespace, matter: Matter) -> Reply:
    from kiosk.cli import alone

    return alone.decided(given.config, matter.name, matter.args)


def _interrupted(matter: Matter, last: Reply | None) -> str:
    if last is None:
        return "interrupted before the kiosk answered; it may have been done all the same"
    return f"interrupted; {matter.left or 'it goes on in the machine'}"


def _print(given: Namespace, matter: Matter, last: Reply) -> int:
    is_done = last.status is Answer.DONE
    if given.json:
        print(as_json(last))
    elif is_done:
        print(printable(matter.done(last)))
    else:
        raise KioskError(refusal(last))
    return 0 if is_done else 1
