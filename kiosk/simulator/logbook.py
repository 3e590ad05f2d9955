"""The kiosk's own log, and what of it belongs into the story."""

import re
from collections import deque
from typing import Final

from kiosk.simulator.story import Story

LINE: Final = re.compile(r"^\d\d:\d\d:\d\d (?P<code>K\d{3}) (?P<text>.*)$")
WHY: Final = re.compile(r"\bwhy=(\w+)")
REMEMBERED: Final = 200
SUMMARY: Final = "K320"
"""Comes after an order's last step and says nothing new."""

SENTENCES: Final = {
    "K101": ("trouble", "The kiosk gets no answer from Midtrans; unknown is not no, so it asks again"),
    "K102": ("kiosk", "The kiosk got no code: nothing was sold, please try again"),
    "K103": ("kiosk", "The kiosk refused to show a code that is not what it asked for"),
    "K201": ("trouble", "The kiosk noticed that its panel is dead: it sells nothing"),
    "K202": ("trouble", "The kiosk noticed that its relay is dead: it sells nothing"),
    "K207": ("trouble", "The kiosk stopped a slot that failed too often: staff must look at it first"),
    "K208": ("kiosk", "The kiosk noticed that the part works again"),
    "K302": ("kiosk", "The kiosk checked the code and put it on the panel"),
    "K303": ("kiosk", "The kiosk has Midtrans' word: it is paid"),
    "K304": ("kiosk", "The kiosk wrote down that it will release, and only then moves the relay"),
    "K305": ("kiosk", "The kiosk wrote down that it has released: the sale is complete"),
    "K306": ("kiosk", "The kiosk took the code off the panel and asks Midtrans how it ended"),
    "K307": ("kiosk", "The order is closed: nothing was paid, nothing was sold"),
    "K308": ("kiosk", "The kiosk owes the money back and asks Midtrans to return it"),
    "K309": ("kiosk", "Midtrans confirmed the refund"),
    "K310": ("kiosk", "The payment came too late: no goods, the money goes back"),
    "K311": ("kiosk", "A person must decide this one: the panel shows a claim code for the staff"),
    "K313": ("kiosk", "The payment came too late: no goods, and this contract has no refunds"),
    "K314": ("trouble", "Too many unpaid orders in ten minutes: the kiosk sells nothing for a while"),
    "K501": ("kiosk", "The kiosk is ready"),
    "K507": ("kiosk", "The kiosk found orders that were open when it stopped, and asks about each"),
}

REASONS: Final = {
    "cut_in_release": "It was cut while releasing: doing nothing beats releasing twice, so staff decide",
    "release_uncertain": "Did the goods fall? Doing nothing beats trying again, so staff decide",
    "no_refund": "Paid but not delivered, and this contract has no refunds: staff find it by the claim code",
    "refund_refused": "Midtrans will not send the money back: staff find it by the claim code",
    "wrong_amount": "Another amount was paid than was asked for: staff find it by the claim code",
}
"""What is told instead of the sentence of K311, by the reason in the line."""


class Logbook:
    """Hears every line of the kiosk's log."""

    def __init__(self, story: Story) -> None:
        self.newest = ""
        self.codes: set[str] = set()
        self._story = story
        self._lines: deque[str] = deque(maxlen=REMEMBERED)

    def hear(self, line: str) -> None:
        """Keep a line, and tell it where it moves the story on."""
        self._lines.append(line)
        match = LINE.match(line)
        if match is None:
            return
        self.codes.add(match["code"])
        if match["code"] != SUMMARY:
            self.newest = match["code"]
        reason = WHY.search(line)
        if match["code"] == "K311" and reason and reason[1] in REASONS:
            self._story.tell("kiosk", REASONS[reason[1]])
        elif match["code"] in SENTENCES:
            self._story.tell(*SENTENCES[match["code"]])

    def lines(self) -> list[str]:
        """The newest lines, oldest of them first."""
        return list(self._lines)
