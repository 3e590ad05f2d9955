"""Every screen on every panel: as a person approved it, and nothing cut with the longest texts."""

from typing import get_args

import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops

from hardware import PANELS
from kiosk import screens
from kiosk.drawing import Artist, draw
from kiosk.drawing.blocks import Block, blank, shortened, stack, texts
from kiosk.drawing.desk import Codes
from kiosk.drawing.fonts import SMALL, Fonts
from kiosk.drawing.page import Line, PriceList
from kiosk.drawing.pages import PAGES, page
from kiosk.drawing.qr import encode
from kiosk.drawing.shapes import SHAPES
from kiosk.drawing.signs import test_mark as mark_of
from kiosk.drawing.staff_pages import REASONS
from kiosk.drawing.words import Say, countdown, rupiah
from kiosk.errors import PictureError
from kiosk.model import Language, Rupiah
from kiosk.screens import View
from kiosk.staff_screens import OrderFound
from kiosk.states import State, Why
from tests.drawing.golden_pictures import DOCS, GLASSES, GOLDEN, PAGE, SHEETS, Glass, path_of, tiles
from tests.drawing.golden_pictures import page as handbook
from tests.drawing.lettering import dots, places
from tests.drawing.samples import GOPAY, INTERACTIVE, LONGEST, USUAL

SIZE = (128, 64)
REMAKE = "the pictures changed: look at both, and where the new ones are better run scripts/golden"


@pytest.fixture(scope="module")
def artist() -> Artist:
    return Artist(SIZE)


@pytest.mark.parametrize(("glass", "language"), SHEETS, ids=str)
def test_the_pictures_are_the_golden_ones(glass: Glass, language: Language) -> None:
    artist = Artist(glass.size, glass.mode)
    with Image.open(path_of(glass, language)) as opened:
        golden = opened.convert(glass.mode)
    changed = [
        name
        for name, view, box in tiles(glass, language)
        if artist.draw(view).tobytes() != golden.crop(box).tobytes()
    ]
    assert changed == [], REMAKE


def test_there_is_no_golden_picture_of_nothing() -> None:
    assert set(GOLDEN.iterdir()) == {path_of(*each) for each in SHEETS}


def test_the_handbook_shows_every_panel() -> None:
    assert PAGE.read_text(encoding="utf-8") == handbook(), "run scripts/golden"
    shown = {path for path in GOLDEN.iterdir() if f"({path.relative_to(DOCS)})" in handbook()}
    assert shown == set(GOLDEN.iterdir())


def test_every_panel_as_it_is_sold_has_its_golden_pictures() -> None:
    named = " ".join(glass.kind for glass in GLASSES)
    drivers = {name.removesuffix("_spi") for name in PANELS.keys() - {"emulated"}}
    assert {name for name in drivers if f"`{name}`" not in named} == set()


@pytest.mark.parametrize("samples", [USUAL, LONGEST], ids=["usual", "longest"])
def test_every_screen_has_its_samples(samples: dict[str, screens.Screen]) -> None:
    assert {type(screen) for screen in samples.values()} == set(get_args(screens.Screen))


ALL_SHAPES = pytest.mark.parametrize("size", SHAPES, ids=str)


@pytest.mark.parametrize("test", [False, True], ids=["real", "test"])
@pytest.mark.parametrize("language", Language)
@ALL_SHAPES
def test_the_longest_texts_fit(size: tuple[int, int], language: Language, test: bool) -> None:
    """A text that fits in none of its sizes is an error; nothing is ever cut."""
    artist = Artist(size)
    for name, screen in LONGEST.items():
        assert artist.draw(View(screen, language, test)).size == size, name


@pytest.mark.parametrize("language", Language)
@ALL_SHAPES
def test_a_contact_of_forty_letters_still_fits(size: tuple[int, int], language: Language) -> None:
    contact = "Panggil Bu Mawar, WA 0812-3456-7890-1234"
    artist = Artist(size)
    for screen in (
        screens.Checking("482968", contact),
        screens.Expired("482968", contact),
        screens.MoneyReturned(Rupiah(10_000_000), "482968", contact),
        screens.OutOfService("K201", "M" * 40),
    ):
        assert artist.draw(View(screen, language, test=True)).size == size


def test_a_text_longer_than_any_configuration_allows_is_an_error_and_not_half_a_text(artist: Artist) -> None:
    with pytest.raises(PictureError, match="too long for 128x64"):
        artist.draw(View(screens.TakeItem("kopi " * 80)))


@pytest.mark.parametrize("language", Language)
@ALL_SHAPES
def test_every_picture_says_that_the_money_is_not_real(size: tuple[int, int], language: Language) -> None:
    """The mark is there in full, lit on dark or dark on lit, and nowhere where the money is real."""
    artist = Artist(size)
    for name, screen in LONGEST.items():
        assert marks(artist.draw(View(screen, language, test=True))) >= 1, name
        assert marks(artist.draw(View(screen, language))) == 0, name


def marks(picture: Image.Image) -> int:
    """How often `TEST` stands in the picture in a box of its own."""
    faces = {SMALL, SHAPES[picture.size].lettering.mark}
    boxes = [mark_of(Fonts(), View(screens.Busy(), test=True), face) for face in faces]
    words, seen = [word for box in boxes for word in (box, ImageChops.invert(box))], dots(picture)
    return sum(len(list(places(dots(word), seen))) for word in words)


def said(view: View) -> str:
    content = page(view)
    lines = [part.text for part in content.parts if isinstance(part, Line)]
    return " ".join([content.heading, *lines, *content.keys]).lower()


@pytest.mark.parametrize("language", Language)
def test_a_refund_is_promised_only_where_one_is_under_way(language: Language) -> None:
    for name, screen in USUAL.items():
        if not isinstance(screen, screens.PayByCode | screens.TestPicture):
            promised = any(word in said(View(screen, language)) for word in ("refund", "dikembalikan"))
            assert promised == (name == "refund-under-way"), name


@pytest.mark.parametrize(
    ("language", "words"), [("id", "jangan bayar lagi"), ("en", "do not pay again")], ids=["id", "en"]
)
def test_who_is_being_checked_is_told_not_to_pay_again(language: str, words: str) -> None:
    assert words in said(View(USUAL["checking"], Language(language)))


@pytest.mark.parametrize("language", Language)
def test_the_claim_code_and_the_contact_are_on_every_screen_that_has_them(language: Language) -> None:
    for name, screen in USUAL.items():
        if not isinstance(screen, screens.PayByCode | screens.TestPicture):
            for field in ("claim_code", "contact", "code"):
                assert getattr(screen, field, "").lower() in said(View(screen, language)), name


def test_nothing_is_said_in_one_language_only() -> None:
    assert [word for word in Say if not all(word.in_(language) for language in Language)] == []


def test_both_languages_leave_the_same_places_for_values() -> None:
    assert [word for word in Say if len({word.in_(lang).count("{}") for lang in Language}) > 1] == []


def test_four_slots_are_listed_and_of_five_the_number_is_typed() -> None:
    slots = tuple(screens.SlotLine(number, "Teh", Rupiah(5_000)) for number in range(1, 6))
    four, five = (page(View(screens.Idle("Kopi Kita", slots[:count]))) for count in (4, 5))
    assert any(isinstance(part, PriceList) for part in four.parts)
    assert Line("No. 1 - 5") in five.parts


def test_every_screen_but_the_code_has_a_page() -> None:
    assert {*PAGES, screens.PayByCode, screens.TestPicture} == set(get_args(screens.Screen))


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "Rp 0"), (999, "Rp 999"), (12_500, "Rp 12.500"), (10_000_000, "Rp 10.000.000")],
)
def test_rupiah_are_written_as_on_every_price_tag(amount: int, written: str) -> None:
    assert rupiah(Rupiah(amount)) == written


@pytest.mark.parametrize(
    ("seconds", "shown"), [(179, "2:59"), (60, "1:00"), (9, "0:09"), (0, "0:00"), (-3, "0:00")]
)
def test_the_countdown_ends_at_nothing(seconds: int, shown: str) -> None:
    assert countdown(seconds) == shown


def test_the_countdown_changes_no_pixel_of_the_code(artist: Artist) -> None:
    pictures = [
        artist.draw(View(screens.PayByCode(GOPAY, Rupiah(12_500), "Kopi Kita", seconds, "482913")))
        for seconds in (179, 178)
    ]
    changed = ImageChops.logical_xor(*pictures).getbbox()
    assert changed is not None
    assert changed[0] >= 61


def test_a_code_is_encoded_once_and_the_next_one_anew() -> None:
    codes = Codes()
    first = codes.picture(GOPAY, (64,))
    assert codes.picture(GOPAY, (64,)) is first
    assert codes.picture(INTERACTIVE, (64,)).tobytes() != first.tobytes()
    assert codes.picture(GOPAY, (64,)).tobytes() == first.tobytes()
    assert codes.picture(GOPAY, (128,)).size == (122, 122)


@pytest.mark.parametrize("size", [(128, 128), (256, 64)], ids=str)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_grey_and_colour_panels_light_the_same_dots(mode: str, size: tuple[int, int]) -> None:
    plain, fine = Artist(size), Artist(size, mode)
    for name, screen in USUAL.items():
        lit = fine.draw(View(screen)).convert("L").point([0] + [255] * 255, "1")
        assert lit.tobytes() == plain.draw(View(screen)).tobytes(), name


@pytest.mark.parametrize(("mode", "dark", "light"), [("L", 0, 255), ("RGB", (0, 0, 0), (255, 255, 255))])
@pytest.mark.parametrize("size", [(128, 128), (256, 64)], ids=str)
def test_a_code_is_black_on_white_whatever_colours_there_are(
    size: tuple[int, int], mode: str, dark: object, light: object
) -> None:
    side = encode(GOPAY, SHAPES[size].code_sides[0]).side
    code = draw(View(USUAL["pay"]), size, mode).crop((0, 0, side, side))
    assert {code.getpixel((x, y)) for x in range(side) for y in range(side)} == {dark, light}


def colours(picture: Image.Image) -> set[object]:
    return {colour for _, colour in picture.getcolors() or ()}


def test_keys_are_dimmed_and_amounts_and_good_news_coloured_where_a_panel_can() -> None:
    black, white, grey, amber, green = (
        *((0, 0, 0), (255, 255, 255), (136, 136, 136)),
        *((255, 200, 90), (120, 230, 130)),
    )
    chosen, paid, busy = (
        colours(draw(View(USUAL[name]), (128, 128), "RGB")) for name in ("slot-chosen", "paid", "busy")
    )
    assert chosen == {black, white, grey, amber}
    assert paid == {black, white, amber, green}
    assert busy == {black, white}
    assert colours(draw(View(USUAL["slot-chosen"]), (128, 128), "L")) == {0, 136, 255}


def test_paper_is_white_and_its_heading_black() -> None:
    paper = draw(View(USUAL["busy"]), (250, 122))
    assert (paper.getpixel((0, 0)), paper.getpixel((0, 121))) == (0, 255)
    assert paper.convert("L").histogram()[255] > paper.width * paper.height // 2


def test_a_size_without_a_layout_is_refused_by_name() -> None:
    with pytest.raises(PictureError, match="no layout for 200x100: use a panel of 128x64, 128x128"):
        Artist((200, 100))


def test_a_mode_no_panel_has_is_refused() -> None:
    with pytest.raises(PictureError, match="CMYK"):
        Artist(SIZE, "CMYK")


def test_a_name_in_letters_the_font_lacks_is_drawn_with_question_marks(artist: Artist) -> None:
    drawn, marked = (artist.draw(View(screens.TakeItem(name))).tobytes() for name in ("茶 teh", "? teh"))
    assert drawn == marked


def test_a_long_merchant_is_shortened_with_dots_and_never_wider_than_asked() -> None:
    font = Fonts()[SMALL]
    assert shortened(font, "Warung Makan Mbak Mawarni", 64).width <= 64
    assert shortened(font, "Kopi", 64).tobytes() == font.line("Kopi").tobytes()


def test_when_room_is_short_the_block_of_lower_rank_gives_way() -> None:
    def sizes(*heights: int) -> list[Image.Image]:
        return [blank(10, height) for height in heights]

    blocks = [Block(sizes(20, 10), 1), Block(sizes(20, 10), 2)]
    assert [picture.height for picture in stack(blocks, 40) or []] == [20, 20]
    assert [picture.height for picture in stack(blocks, 30) or []] == [10, 20]
    assert stack(blocks, 19) is None


def test_a_word_longer_than_a_line_is_broken_and_not_cut() -> None:
    fonts = Fonts()
    [(_, letters)] = texts(fonts, [SMALL], "M" * 40, 100)
    assert letters.width <= 100
    assert ink(letters) == 40 * ink(fonts[SMALL].line("M"))


def ink(picture: Image.Image) -> int:
    return picture.convert("L").histogram()[255]


def test_a_claim_has_its_reason_in_words_whatever_it_is() -> None:
    wordless = {why for why in Why if why.value not in REASONS}
    assert wordless == {
        *(Why.CANCELLED, Why.EXPIRED, Why.REFUSED, Why.NEVER_SHOWN, Why.BAD_CODE, Why.INHIBITED),
        *(Why.PANEL_FAILED, Why.POWER_CUT, Why.RESTARTED, Why.STOPPING, Why.PAID_LATE, Why.NO_OUTPUT),
        *(Why.OUTPUT_FAILED, Why.NOT_DROPPED, Why.REFUNDED_ELSEWHERE, Why.BY_HAND, Why.GOODWILL),
    }, "these never are the reason of a claim"


def test_an_orders_time_is_the_machines_own() -> None:
    found = USUAL["staff-order"]
    assert "01/01 07:00" in said(View(found))
    assert isinstance(found, OrderFound)
    assert "01/01 09:00" in said(View(replace(found, timezone="Asia/Jayapura")))


@pytest.mark.parametrize("language", Language)
def test_a_typed_pin_is_shown_as_stars_only(language: Language) -> None:
    assert "* * * *" in said(View(USUAL["staff-pin-typed"], language))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", [kind.__struct_config__.tag for kind in get_args(State)])
def test_every_state_an_order_can_be_found_in_is_in_words(state: str, language: Language) -> None:
    found = USUAL["staff-order"]
    assert isinstance(found, OrderFound)
    assert said(View(replace(found, state=state), language))
