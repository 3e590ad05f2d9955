"""What holds on every panel: any texts a configuration allows fit, and what a customer must see is there."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image, ImageChops

from kiosk import screens
from kiosk.drawing import Artist
from kiosk.drawing.blocks import Block, blank, shortened, spread, stack
from kiosk.drawing.fonts import LADDER, LARGE, MIDDLE, SMALL, Fonts, down_from
from kiosk.drawing.page import Sign
from kiosk.drawing.qr import best_side, encode
from kiosk.drawing.shapes import SHAPES, Words, shape_of
from kiosk.drawing.signs import sign
from kiosk.drawing.words import Say
from kiosk.errors import PictureError
from kiosk.model import Language, Rupiah
from kiosk.screens import PayByCode, View
from tests.drawing.samples import DOKU_PAID, GOPAY, INTERACTIVE, LINK

ALL_SHAPES = pytest.mark.parametrize("size", SHAPES, ids=str)
ARTISTS = {size: Artist(size) for size in SHAPES}
PAY = PayByCode(GOPAY, Rupiah(12_500), "Kopi Kita", 179, "482913")
PAGES = [
    *(replace(PAY, payload=payload) for payload in (GOPAY, INTERACTIVE, DOKU_PAID, "M" * 380)),
    replace(PAY, payload=LINK, link=True),
]
CAMERA = (Say.USE_CAMERA, Say.CAMERA)
CODES = pytest.mark.parametrize("payload", [GOPAY, INTERACTIVE, DOKU_PAID, "M" * 380], ids=len)

LETTERS = st.characters(codec="latin-1", exclude_categories=["Cc"])
NAMES = st.text(LETTERS, min_size=1, max_size=20)
CONTACTS = st.text(LETTERS, max_size=40)
AMOUNTS = st.integers(1, 10_000_000).map(Rupiah)
CLAIMS = st.from_regex("[0-9]{6}", fullmatch=True)
SLOTS = st.builds(screens.SlotLine, st.integers(1, 99), NAMES, AMOUNTS, st.booleans(), st.booleans())
SCREENS = st.one_of(
    st.builds(screens.Starting, st.from_regex("[A-Z0-9]{3,12}", fullmatch=True), st.just("10.20.30.dev40")),
    st.builds(screens.Idle, NAMES, st.lists(SLOTS, max_size=5).map(tuple), AMOUNTS, AMOUNTS),
    st.builds(screens.SlotChosen, st.just("99"), NAMES, AMOUNTS),
    st.builds(screens.AmountEntry, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS),
    st.builds(
        PayByCode, st.just(GOPAY), AMOUNTS, NAMES, st.integers(0, 3599), CLAIMS, st.booleans(), st.booleans()
    ),
    st.builds(screens.Checking, CLAIMS, CONTACTS),
    st.builds(screens.Paid, AMOUNTS, NAMES),
    st.builds(screens.TakeItem, NAMES),
    st.builds(screens.Expired, CLAIMS, CONTACTS),
    st.builds(screens.RefundUnderWay, AMOUNTS, CLAIMS, CONTACTS),
    st.builds(screens.MoneyReturned, AMOUNTS, CLAIMS, CONTACTS),
    st.builds(screens.CallOperator, CLAIMS, CONTACTS, st.just("K299")),
    st.builds(screens.SlotStopped, NAMES, st.just("K299")),
    st.builds(screens.OutOfService, st.just("K299"), CONTACTS),
)


@given(SCREENS, st.sampled_from(Language), st.booleans())
@settings(deadline=None, max_examples=150)
def test_whatever_texts_a_configuration_allows_fit_every_panel(
    screen: screens.Screen, language: Language, test: bool
) -> None:
    for size, artist in ARTISTS.items():
        assert artist.draw(View(screen, language, test)).size == size


def changes(size: tuple[int, int], one: PayByCode, other: PayByCode) -> tuple[int, int, int, int] | None:
    """The box in which two pictures of a code differ."""
    return ImageChops.logical_xor(*(ARTISTS[size].draw(View(screen)) for screen in (one, other))).getbbox()


@CODES
@ALL_SHAPES
def test_who_asked_sees_that_it_is_being_checked(size: tuple[int, int], payload: str) -> None:
    assert changes(size, replace(PAY, payload=payload), replace(PAY, payload=payload, checking=True))


@ALL_SHAPES
def test_a_page_for_the_camera_says_so(size: tuple[int, int]) -> None:
    assert changes(size, replace(PAY, payload=LINK), replace(PAY, payload=LINK, link=True))


@CODES
@ALL_SHAPES
def test_merchant_amount_and_time_stand_about_every_code(size: tuple[int, int], payload: str) -> None:
    code = replace(PAY, payload=payload)
    assert changes(size, code, replace(code, merchant="Toko Kita"))
    assert changes(size, code, replace(code, amount=Rupiah(13_500)))
    assert changes(size, code, replace(code, seconds_left=178))


@CODES
@ALL_SHAPES
def test_a_countdown_stays_out_of_the_codes_square(size: tuple[int, int], payload: str) -> None:
    """Neither a module nor a pixel of its quiet zone; and little enough for e-paper to refresh in part."""
    side = encode(payload, best_side(payload, SHAPES[size].code_sides)).side
    box = changes(size, replace(PAY, payload=payload), replace(PAY, payload=payload, seconds_left=120))
    assert box
    assert box[0] >= side or box[1] >= side
    assert (box[2] - box[0]) * (box[3] - box[1]) < 0.04 * size[0] * size[1] or not SHAPES[size].paper


@ALL_SHAPES
@pytest.mark.parametrize("page", PAGES, ids=lambda page: len(page.payload))
def test_no_word_touches_the_light_around_a_code(size: tuple[int, int], page: PayByCode) -> None:
    """On an OLED lit digits would run into the lit ground, on paper into the frame."""
    picture = ARTISTS[size].draw(View(page)).convert("L")
    ground = 255 if SHAPES[size].paper else 0
    code = encode(page.payload, best_side(page.payload, SHAPES[size].code_sides)).side
    lit = code + SHAPES[size].frame
    below = picture.crop((0, lit, size[0], lit + 1)), picture.crop((lit, 0, lit + 1, min(lit, size[1])))
    sides = {Words.COLUMN_BESIDE: below[1:], Words.BAND_BESIDE: below[1:], Words.STRIP_BELOW: below}
    for edge in sides.get(SHAPES[size].words, below[:1]):
        assert edge.getextrema() == (ground, ground)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "size", [size for size in SHAPES if SHAPES[size].words is Words.STRIP_BELOW], ids=str
)
def test_the_word_of_the_camera_is_whole_where_it_runs_down_beside_the_code(
    size: tuple[int, int], language: Language
) -> None:
    page = replace(PAY, payload=LINK, link=True)
    paper = SHAPES[size].paper
    drawn = ARTISTS[size].draw(View(page, language)).convert("L")
    rail = drawn.transpose(Image.Transpose.ROTATE_90).point(lambda dot: 255 * ((dot > 0) is not paper))
    words = [Fonts()[face].line(say.in_(language)) for face in (LARGE, MIDDLE, SMALL) for say in CAMERA]
    assert any(holds(rail, each.convert("L")) for each in words)


def holds(picture: Image.Image, words: Image.Image) -> bool:
    """Whether the words stand in the picture, dot for dot, with nothing more after them."""
    whole = blank(words.width + 3, words.height)
    whole.paste(words, (0, 0))
    places = product(range(picture.width - whole.width), range(picture.height - whole.height))
    found = (picture.crop((x, y, x + whole.width, y + whole.height)) for x, y in places)
    return whole.tobytes() in (each.tobytes() for each in found)


@ALL_SHAPES
def test_the_code_stands_in_its_quiet_zone_on_the_panels_edge(size: tuple[int, int]) -> None:
    code = encode(GOPAY, best_side(GOPAY, SHAPES[size].code_sides)).picture()
    width, height = size
    beside = SHAPES[size].words in {Words.COLUMN_BESIDE, Words.BAND_BESIDE}
    below = SHAPES[size].words in {Words.COLUMN_BELOW, Words.BAND_BELOW}
    at = (0, (height - code.height) // 2) if beside else ((width - code.width) // 2 if below else 0, 0)
    box = (*at, at[0] + code.width, at[1] + code.height)
    assert ARTISTS[size].draw(View(PAY)).crop(box).tobytes() == code.tobytes()


def test_where_paper_goes_on_beyond_a_code_a_frame_ends_its_light() -> None:
    """At 200x200 right of the quiet zone and below it; the other two sides are the panel's own."""
    side = encode(GOPAY, best_side(GOPAY, SHAPES[200, 200].code_sides)).side
    picture = ARTISTS[200, 200].draw(View(PAY)).convert("L")
    assert picture.crop((side, 0, side + 3, side + 3)).getextrema() == (0, 0)
    assert picture.crop((0, side, side + 3, side + 3)).getextrema() == (0, 0)
    assert picture.getpixel((side + 3, side + 3)) == 255


def test_more_room_for_words_is_taken_only_where_it_costs_the_code_nothing() -> None:
    """At 3 pixels a module a code of level M takes 177 or 183, one of level L 171."""
    assert best_side(GOPAY, (171, 183)) == 183
    assert best_side(INTERACTIVE, (171, 183)) == 171
    assert best_side(GOPAY, (177, 183)) == 177, "the fourth module of quiet zone is worth no word"


def test_a_size_of_need_is_taken_before_nothing_fits() -> None:
    def heights(height: int, gaps: tuple[int, ...]) -> list[int]:
        blocks = [
            Block([blank(9, 30), blank(9, 20)], 1, in_need=[blank(9, 10)]),
            Block([blank(9, 20)], 2, in_need=[blank(9, 5)]),
        ]
        return [picture.height for picture in stack(blocks, height, gaps) or []]

    assert heights(52, (1, 0)) == [30, 20]
    assert heights(50, (1, 0)) == [20, 20]
    assert heights(40, (1, 0)) == [20, 20]
    assert heights(39, (0,)) == [10, 20]
    assert heights(29, (0,)) == [20, 5]
    assert heights(14, (0,)) == []


def test_the_foot_takes_no_gap() -> None:
    blocks = [Block([blank(9, 10)]), Block([blank(9, 10)], flush=True)]
    assert stack(blocks, 23, (3,)) is not None
    assert stack(blocks, 22, (3,)) is None


def test_what_is_too_large_for_its_box_is_an_error_and_not_cut() -> None:
    page = blank(50, 20)
    with pytest.raises(PictureError, match="50 pixels of width"):
        spread(page, [blank(51, 5)], (0, 0, 50, 20), 0.5)
    with pytest.raises(PictureError, match="20 pixels of height"):
        spread(page, [blank(5, 11), blank(5, 10)], (0, 0, 50, 20), 0.5)


def test_a_name_is_shortened_to_a_letter_at_the_least() -> None:
    font = Fonts()[SMALL]
    assert shortened(font, "Warung", 0).tobytes() == font.line("W...").tobytes()


def test_the_faces_grow_smaller_down_the_ladder() -> None:
    sheets = [Fonts()[face].line("Mp").height for face in LADDER]
    assert sheets == sorted(sheets, reverse=True)
    assert down_from(SMALL) == (SMALL,)


@pytest.mark.parametrize("which", [each for each in Sign if each is not Sign.NONE])
def test_a_larger_sign_is_drawn_and_not_blown_up(which: Sign) -> None:
    small, large = sign(which), sign(which, 22)
    assert (small.size, large.size) == ((11, 11), (22, 22))
    assert large.tobytes() != small.resize((22, 22), Image.Resampling.NEAREST).tobytes()
    assert large.getbbox() is not None


def test_a_panel_nobody_makes_is_refused_with_those_that_can_be_had() -> None:
    with pytest.raises(PictureError, match="no layout for 64x128: use a panel of 128x64, 128x128, 256x64"):
        shape_of((64, 128))
