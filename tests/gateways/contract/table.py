"""The table: each misfortune of a call, and the one right conclusion about the money from it.

The order is paid at the provider, so whatever is read too kindly gives goods away; and whatever is read too
sternly loses a sale.  Where a gateway must conclude something else, its accent says what, and why.
"""

import gzip
import json
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from kiosk.model import TroubleKind
from kiosk.order.verdict import Verdict
from kiosk.states import Why
from tests.gateways.contract.accent import Accent, Call, Conclusion, Outcome, Standing, Truth
from tests.gateways.papers import MERCHANT
from tests.gateways.provider import Asked, Line, Reply, answer, raw, then_hang_up

OTHER_ID = "KSK01ZZZZZZZZZ9876543210A"
OTHER_AMOUNT = 24_999
OTHER_MERCHANT = f"{MERCHANT[:-1]}0"
AGAIN = "again, after it took effect"
CROSSED = "overtaken by the answer about a later order"
PATIENCE = 6.0
"""Seconds after which what hangs comes to an end, whole, so that who waited for it would be found out."""
BYTES = 120


class Scene(NamedTuple):
    """A request, the truth about its order, and who speaks."""

    accent: Accent
    call: Call | None
    asked: Asked
    truth: Truth

    def whole(self, content: bytes | None = None, status: int | None = None) -> Reply:
        """The healthy answer, or another one in its clothes."""
        said = self.accent.answer(self.call, self.asked, self.truth)
        content = json.dumps(said.body).encode() if content is None else content
        return self._dressed(content, said.status if status is None else status)

    def content(self) -> bytes:
        """The bytes of the healthy answer."""
        return json.dumps(self.accent.answer(self.call, self.asked, self.truth).body).encode()

    def no(self) -> Reply:
        """The provider's final no."""
        said = self.accent.no(self._call)
        return self._dressed(json.dumps(said.body).encode(), said.status)

    def stranger(self) -> Reply:
        """The provider's answer to a wrong credential."""
        said = self.accent.stranger(self._call)
        return self._dressed(json.dumps(said.body).encode(), said.status)

    @property
    def _call(self) -> Call:
        assert self.call is not None, "nothing befalls what only prepares a call"
        return self.call

    def _dressed(self, content: bytes, status: int, *more: str) -> Reply:
        headers = ["Content-Type: application/json", *self.accent.headers(self.asked, content), *more]
        return answer(content, status, headers)


Happens: TypeAlias = Callable[[Scene], Reply]
Falsifies: TypeAlias = Callable[[Truth], Truth]


class Misfortune(NamedTuple):
    """What befalls one answer.

    `effect`: whether the provider did what was asked all the same; `hangs`: whether only our own deadline
    ends it; `echoes`: whether it comes once more, before the next answer on the same connection.
    """

    name: str
    conclusions: tuple[Conclusion, Conclusion, Conclusion, Conclusion]
    happens: Happens = Scene.whole
    falsifies: Falsifies = lambda truth: truth
    effect: bool = True
    hangs: bool = False
    echoes: bool = False

    def conclusion(self, call: Call) -> Conclusion:
        """What this lets conclude from that call."""
        return self.conclusions[list(Call).index(call)]


class Breath:
    """Takes down what is said instead of sending it."""

    def __init__(self) -> None:
        self.said = b""

    def sendall(self, text: bytes) -> None:
        self.said += text


def hung_up(_scene: Scene) -> Reply:
    return then_hang_up()


def cut_short(scene: Scene) -> Reply:
    content = scene.content()
    head = f"HTTP/1.1 200 X\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    return then_hang_up(raw(head + content[: len(content) // 2]))


def in_silence(scene: Scene) -> Reply:
    def reply(line: Line) -> bool:
        line.wait(PATIENCE)
        return scene.whole()(line)

    return reply


def byte_by_byte(scene: Scene) -> Reply:
    """One byte a second to whom gives four seconds: each one comes in time, the whole does not."""

    def reply(line: Line) -> bool:
        content = scene.content()
        line.say(f"HTTP/1.1 200 X\r\nContent-Length: {len(content)}\r\n\r\n".encode())
        for at in range(BYTES):
            line.say(content[at : at + 1])
            line.wait(PATIENCE / BYTES)
        line.say(content[BYTES:])
        return False

    return reply


def under(status: int) -> Happens:
    """The healthy answer under another HTTP status."""
    return partial(Scene.whole, status=status)


def page(status: int) -> Happens:
    """A page for people."""
    return lambda scene: scene.whole(b"<!doctype html><title>Sorry</title>", status)


def bare(scene: Scene) -> Reply:
    """Without what stands above the provider's answers."""
    return answer(scene.content(), scene.accent.answer(scene.call, scene.asked, scene.truth).status)


def redirect(scene: Scene) -> Reply:
    content = scene.content()
    return answer(content, 302, [f"Location: {scene.asked.target}"])


def saying(content: bytes) -> Happens:
    return lambda scene: scene.whole(content)


def with_more(more: bytes) -> Happens:
    """The healthy answer with something added at its end."""
    return lambda scene: scene.whole(scene.content()[:-1] + b"," + more + b"}")


def half(scene: Scene) -> Reply:
    content = scene.content()
    return scene.whole(content[: len(content) // 2])


def a_key_twice(scene: Scene) -> Reply:
    content = scene.content()
    first = content[1 : content.index(b":")]
    return scene.whole(b"{" + first + b':"",' + content[1:])


def zipped(scene: Scene) -> Reply:
    return answer(gzip.compress(scene.content()), 200, ["Content-Encoding: gzip"])


def twice(scene: Scene) -> Reply:
    """In one breath, so that the second one is there before the next question."""

    def reply(line: Line) -> bool:
        breath = Breath()
        scene.whole()(Line(breath, line.over))  # type: ignore[arg-type]  # it is only said to
        line.say(breath.said * 2)
        return True

    return reply


WELL = (Outcome.CODE, Verdict.PAID, Outcome.ASKED, Outcome.MONEY_BACK)
NOTHING_HEARD = (TroubleKind.UNREACHABLE,) * 4
NOTHING_UNDERSTOOD = (
    Outcome.NOT_SHOWN,
    TroubleKind.UNREADABLE,
    TroubleKind.UNREADABLE,
    TroubleKind.UNREADABLE,
)

TABLE: tuple[Misfortune, ...] = (
    # What is no misfortune.
    Misfortune("arrives", WELL),
    Misfortune("with extra fields", WELL, with_more(b'"extra":{"a":[1,2.5,null,true,"\\u00e9"]}')),
    Misfortune("without its headers", WELL, bare),
    Misfortune("twice", WELL, twice),
    Misfortune("twice, the second time late", WELL, echoes=True),
    Misfortune(CROSSED, WELL),
    # What is lost, late, or trouble in the house: nothing is known.
    Misfortune("lost before the effect", NOTHING_HEARD, hung_up, effect=False),
    Misfortune("lost after the effect", NOTHING_HEARD, hung_up),
    Misfortune("cut short", NOTHING_HEARD, cut_short),
    Misfortune("silence", NOTHING_HEARD, in_silence, hangs=True),
    Misfortune("byte by byte", NOTHING_HEARD, byte_by_byte, hangs=True),
    Misfortune("429", NOTHING_HEARD, page(429), effect=False),
    Misfortune("500 over a healthy answer", NOTHING_HEARD, under(500)),
    Misfortune("502 with a page", NOTHING_HEARD, page(502)),
    Misfortune("503 with a page", NOTHING_HEARD, page(503), effect=False),
    Misfortune("504 with a page", NOTHING_HEARD, page(504)),
    # What the provider says no to, in its own words.
    Misfortune("a final no", (TroubleKind.REFUSED,) * 4, Scene.no, effect=False),
    Misfortune("a credential not taken", (TroubleKind.MISCONFIGURED,) * 4, Scene.stranger, effect=False),
    # What says nothing that could be used: nothing is known either.
    Misfortune("300 over a healthy answer", NOTHING_UNDERSTOOD, under(300)),
    Misfortune("400 over a healthy answer", NOTHING_UNDERSTOOD, under(400)),
    Misfortune("403 with a page", NOTHING_UNDERSTOOD, page(403)),
    Misfortune("404 with a page", NOTHING_UNDERSTOOD, page(404)),
    Misfortune("a redirect", NOTHING_UNDERSTOOD, redirect),
    Misfortune("a page for people", NOTHING_UNDERSTOOD, page(200)),
    Misfortune("empty", NOTHING_UNDERSTOOD, saying(b"")),
    Misfortune("an empty object", NOTHING_UNDERSTOOD, saying(b"{}")),
    Misfortune("a list", NOTHING_UNDERSTOOD, saying(b"[]")),
    Misfortune("truncated", NOTHING_UNDERSTOOD, half),
    Misfortune("not UTF-8", NOTHING_UNDERSTOOD, with_more(b'"extra":"\xff"')),
    Misfortune("NaN", NOTHING_UNDERSTOOD, with_more(b'"extra":NaN')),
    Misfortune("a number of absurd size", NOTHING_UNDERSTOOD, with_more(b'"extra":1e999999999')),
    Misfortune("duplicate keys", NOTHING_UNDERSTOOD, a_key_twice),
    Misfortune("10,000 deep", NOTHING_UNDERSTOOD, with_more(b'"extra":' + b"[" * 10_000 + b"]" * 10_000)),
    Misfortune("10 MB", NOTHING_UNDERSTOOD, with_more(b'"extra":"' + b"x" * 10_000_000 + b'"')),
    Misfortune("in an encoding nobody asked for", NOTHING_UNDERSTOOD, zipped),
    # What speaks of something else.
    Misfortune(
        "for another order",
        (Outcome.NOT_SHOWN, Verdict.FOREIGN, Outcome.ASKED, TroubleKind.UNREADABLE),
        falsifies=lambda truth: replace(truth, order_id=OTHER_ID, key=f"{OTHER_ID}-R1"),
    ),
    Misfortune(
        "for another amount",
        (Outcome.NOT_SHOWN, Why.WRONG_AMOUNT, Outcome.ASKED, TroubleKind.UNREADABLE),
        falsifies=lambda truth: replace(truth, amount=OTHER_AMOUNT),
    ),
    Misfortune(
        "in another currency",
        (Outcome.NOT_SHOWN, Why.WRONG_CURRENCY, Outcome.ASKED, TroubleKind.UNREADABLE),
        falsifies=lambda truth: replace(truth, currency="USD"),
    ),
    Misfortune(
        "of another merchant",
        (Outcome.NOT_SHOWN, Why.WRONG_MERCHANT, Outcome.ASKED, TroubleKind.UNREADABLE),
        falsifies=lambda truth: replace(truth, merchant=OTHER_MERCHANT),
    ),
    Misfortune(
        "with an unknown status",
        (Outcome.NOT_SHOWN, TroubleKind.UNREADABLE, Outcome.ASKED, TroubleKind.UNREADABLE),
        falsifies=lambda truth: replace(truth, standing=Standing.NONSENSE),
    ),
)
