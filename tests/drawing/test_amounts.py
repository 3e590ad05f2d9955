"""The amount is the biggest thing after the code on every panel; who asked if it is paid keeps the claim."""

from itertools import cycle, product

import pytest
from msgspec.structs import replace

from kiosk import screens
from kiosk.drawing import Artist
from kiosk.drawing.fonts import GIANT, LADDER, LARGE, Face
from kiosk.drawing.page import Line, Money, Page
from kiosk.drawing.pages import page
from kiosk.drawing.shapes import SHAPES, Words
from kiosk.drawing.words import Say, countdown, grouped
from kiosk.model import Language, Rupiah
from kiosk.screens import PayByCode, View
from tests.drawing.lettering import FONTS, Dots, face_of, found, views
from tests.drawing.samples import GOPAY, INTERACTIVE, LINK, LONGEST, MERCHANT, USUAL

ALL_SHAPES = pytest.mark.parametrize("size", SHAPES, ids=str)
ROWS = pytest.mark.parametrize(
    "size", [size for size in SHAPES if SHAPES[size].words is not Words.COLUMN_BESIDE], ids=str
)
LANGUAGES = pytest.mark.parametrize("language", Language)
ARTISTS = {size: Artist(size) for size in SHAPES}
PAY = PayByCode(GOPAY, Rupiah(12_500), "Kopi Kita", 179, "482913")
CODES = [
    *(replace(PAY, payload=payload) for payload in (GOPAY, INTERACTIVE, "M" * 380)),
    replace(PAY, payload=LINK, link=True),
]
AMOUNTS = [Rupiah(amount) for amount in (12_500, 888_888, 10_000_000)]
TIMES = (3_588, 179, 9, 599, 60)
GOOD_NEWS = {screens.Paid}
"""What a customer reads from afar may be as large."""


def not_smaller(words: set[str], face: Face, seen: tuple[Dots, Dots]) -> set[str]:
    """Which of the words stand there in the face of the amount, or in a larger one."""
    faces = LADDER[: LADDER.index(face) + 1]
    return {word for word in words if any(any(found(word, large, seen)) for large in faces)}


def about(code: PayByCode, language: Language) -> set[str]:
    """Every word that can stand about a code."""
    keys = Say.ASKING if code.checking else Say.KEYS_BESIDE_CODE
    said = [say.in_(language).format(code.claim_code) for say in (keys, Say.CODE_SMALL, Say.USE_CAMERA)]
    return set(" ".join([code.merchant, countdown(code.seconds_left), *said]).split())


@LANGUAGES
@ALL_SHAPES
def test_about_a_code_no_word_is_as_high_as_the_amount(size: tuple[int, int], language: Language) -> None:
    turns = cycle(product(TIMES, (False, True)))
    for code, amount in product(CODES, AMOUNTS):
        seconds, asked = next(turns)
        shown = replace(code, amount=amount, seconds_left=seconds, checking=asked)
        seen = views(ARTISTS[size].draw(View(shown, language)))
        face = face_of(grouped(amount), seen)
        assert face, "the amount is there"
        assert not_smaller(about(shown, language), face, seen) == set(), (len(code.payload), amount)
        assert LADDER.index(face) <= LADDER.index(LARGE) or amount > Rupiah(999_999)
        assert face_of(countdown(shown.seconds_left), seen), "the time is there too"


def said(content: Page) -> set[str]:
    lines = [part.text for part in content.parts if isinstance(part, Line)]
    return set(" ".join([content.heading, *lines, *content.keys]).split())


@LANGUAGES
@ALL_SHAPES
def test_on_no_page_a_word_is_as_high_as_the_amount(size: tuple[int, int], language: Language) -> None:
    for name, screen in [*USUAL.items(), *LONGEST.items()]:
        if isinstance(screen, PayByCode | screens.TestPicture):
            continue
        content = page(View(screen, language))
        for amount in [grouped(part.amount) for part in content.parts if isinstance(part, Money)]:
            words = {word for word in said(content) if len(word) > 1 and word not in amount}
            news = set(content.heading.split()) if type(screen) in GOOD_NEWS else set()
            seen = views(ARTISTS[size].draw(View(screen, language)))
            face = face_of(amount, seen)
            assert face, "the amount is there"
            assert not_smaller(words - news, face, seen) == set(), name


@ROWS
def test_the_time_does_not_run_into_the_amount(size: tuple[int, int]) -> None:
    """In a row they stand further apart than the figures of either: nobody reads them as one number."""
    for code, amount in product(CODES, AMOUNTS):
        seen = views(ARTISTS[size].draw(View(replace(code, amount=amount))))[:1]
        left, top, face = place(grouped(amount), seen)
        end, foot = left + FONTS[face].width(grouped(amount)), top + FONTS[face].figures("8").height
        time, at, _ = place(countdown(code.seconds_left), seen)
        assert time >= end + face.gap + face.space // 2 or at >= foot or at < top, (len(code.payload), amount)


def place(text: str, seen: tuple[Dots, ...]) -> tuple[int, int, Face]:
    """Left and top of the text, and its face."""
    face = face_of(text, seen) or GIANT
    left, top = next(found(text, face, seen))
    return left, top, face


@LANGUAGES
@ALL_SHAPES
def test_who_asked_does_not_lose_the_claim_code(size: tuple[int, int], language: Language) -> None:
    """And at 200x200, where a line runs down beside the code, the name gives way to it."""
    for code, name in product(CODES, ("Kopi Kita", MERCHANT)):
        before, asked = (replace(code, merchant=name, checking=checking) for checking in (False, True))
        there = face_of(code.claim_code, views(ARTISTS[size].draw(View(asked, language))))
        if size == (200, 200) or not there:
            shown = face_of(code.claim_code, views(ARTISTS[size].draw(View(before, language))))
            assert there or (size != (200, 200) and not shown), (len(code.payload), name)
