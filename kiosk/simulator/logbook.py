"""The kiosk's own log, and what of it belongs into the story."""

import re
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from kiosk.simulator.story import Story

LINE: Final = re.compile(r"^\d\d:\d\d:\d\d (?P<code>K\d{3}) (?P<text>.*)$")
WHY: Final = re.compile(r"\bwhy=(\w+)")
GATEWAY: Final = re.compile(r"\bgateway=(\w+)")
REMEMBERED: Final = 200
ASIDE: Final = ("K320", "K504", "K505", "K521", "K522", "K523", "K701", "K702", "K706")
"""Lines that are no step of an order: its summary, and what comes from afar at any moment."""
ONLY_AFTER: Final = {"K701": "K702"}
"""What is worth telling only when the other was told before."""

SENTENCES: Final = {
    "K101": ("trouble", "The kiosk gets no answer from {gateway}; unknown is not no, so it asks again"),
    "K102": ("trouble", "The kiosk got no code from {gateway}: nothing was sold so far"),
    "K103": ("kiosk", "The kiosk refused to show a code that is not what it asked for"),
    "K109": ("kiosk", "The kiosk got no code from {gateway} and tries the next gateway, with a new order"),
    "K201": ("trouble", "The kiosk noticed that its panel is dead: it sells nothing"),
    "K202": ("trouble", "The kiosk noticed that its relay is dead: it sells nothing"),
    "K207": ("trouble", "The kiosk stopped a slot that failed too often: staff must look at it first"),
    "K208": ("kiosk", "The kiosk noticed that the part works again"),
    "K302": ("kiosk", "The kiosk checked the code and put it on the panel"),
    "K303": ("kiosk", "The kiosk has the word of {gateway} itself: it is paid"),
    "K304": ("kiosk", "The kiosk wrote down that it will release, and only then moves the relay"),
    "K305": ("kiosk", "The kiosk wrote down that it has released: the sale is complete"),
    "K306": ("kiosk", "The kiosk took the code off the panel and asks {gateway} how it ended"),
    "K307": ("kiosk", "The order is closed: nothing was paid, nothing was sold"),
    "K308": ("kiosk", "The kiosk owes the money back and asks {gateway} to return it"),
    "K309": ("kiosk", "{gateway} confirmed the refund"),
    "K310": ("kiosk", "The payment came too late: no goods, the money goes back"),
    "K311": ("kiosk", "A person must decide this one: the panel shows a claim code for the staff"),
    "K313": ("kiosk", "The payment came too late: no goods, and this contract has no refunds"),
    "K314": ("trouble", "Too many unpaid orders in ten minutes: the kiosk sells nothing for a while"),
    "K323": ("kiosk", "The kiosk wrote down how staff settled the claim; the gateway was not asked"),
    "K501": ("kiosk", "The kiosk is ready"),
    "K507": ("kiosk", "The kiosk found orders that were open when it stopped, and asks about each"),
    "K504": ("kiosk", "The kiosk was told to take it out of service: it is not sold until it is put back"),
    "K505": ("kiosk", "The kiosk was told to put it back into service"),
    "K510": ("kiosk", "Staff try an output: it moves once without a sale, and that is written down"),
    "K511": ("kiosk", "The PIN was right: the staff menu is open, and nothing is sold meanwhile"),
    "K512": ("kiosk", "The PIN was wrong: after three wrong ones, each must wait longer than the last"),
    "K521": ("kiosk", "The kiosk took the pushed configuration: it holds from the next order on"),
    "K522": ("kiosk", "The kiosk keeps the pushed configuration until the open order is over"),
    "K523": ("trouble", "The kiosk refused the pushed configuration: nothing of it was taken"),
    "K524": ("kiosk", "The kiosk keeps the pushed configuration, and starts anew with it"),
    "K701": ("kiosk", "The kiosk reached its broker again, and tells what happened meanwhile"),
    "K702": ("trouble", "The kiosk lost its broker: it sells on, and tells later"),
}

REASONS: Final = {
    ("K306", "never_shown"): "No code came in time, so none is shown; {gateway} is asked how it ended",
    ("K307", "never_shown"): "The order is closed: no code came in time, nothing was sold",
    ("K307", "refused"): "The order is closed: {gateway} makes no code, nothing was sold",
    (
        "K311",
        "cut_in_release",
    ): "It was cut while releasing: doing nothing beats releasing twice, so staff decide",
    ("K311", "release_uncertain"): "Did the goods fall? Doing nothing beats trying again, so staff decide",
    (
        "K311",
        "no_refund",
    ): "Paid but not delivered, and this contract has no refunds: staff find it by the claim code",
    ("K311", "refund_refused"): "{gateway} will not send the money back: staff find it by the claim code",
    ("K311", "wrong_amount"): "Another amount was paid than was asked for: staff find it by the claim code",
}
"""What is told instead of a code's sentence, by the reason in the line."""


class Logbook:
    """Hears every line of the kiosk's log; `gateway` is the title of the one that the newest line names.

    `newest` is the code of the newest step, heard at `newest_at` of the monotonic clock.
    """

    def __init__(self, story: Story, title_of: Callable[[str], str]) -> None:
        self.newest = ""
        self.newest_at = 0.0
        self.gateway = "its gateway"
        self.codes: set[str] = set()
        self._story = story
        self._title_of = title_of
        self._lines: deque[str] = deque(maxlen=REMEMBERED)

    def hear(self, line: str) -> None:
        """Keep a line, and tell it where it moves the story on."""
        self._lines.append(line)
        match = LINE.match(line)
        if match is None:
            return
        code = match["code"]
        self.codes.add(code)
        if code not in ASIDE:
            self.newest, self.newest_at = code, time.monotonic()
        if named := GATEWAY.search(line):
            self.gateway = self._title_of(named[1])
        why = WHY.search(line)
        reason = REASONS.get((code, why[1])) if why else None
        if code in SENTENCES and ONLY_AFTER.get(code, code) in self.codes:
            who, sentence = SENTENCES[code]
            self._story.tell(who, (reason or sentence).format(gateway=self.gateway))

    def lines(self) -> list[str]:
        """The newest lines, oldest of them first."""
        return list(self._lines)
