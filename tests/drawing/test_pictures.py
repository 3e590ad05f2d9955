"""Every screen on 128x64: pixel by pixel as a person approved it, and nothing cut with the longest texts."""

from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops

from kiosk import screens
from kiosk.drawing import Artist, draw
from kiosk.drawing.blocks import Block, blank, shortened, stack, texts
from kiosk.drawing.desk import Codes
from kiosk.drawing.fonts import SMALL, Fonts
from kiosk.drawing.page import Line, PriceList
from kiosk.drawing.pages import PAGES, page
from kiosk.drawing.signs import test_mark as mark_of
from kiosk.drawing.staff_pages import REASONS
from kiosk.drawing.words import Say, countdown, rupiah
from kiosk.errors import PictureError
from kiosk.model import Language, Rupiah
from kiosk.screens import View
from kiosk.staff_screens import OrderFound
from kiosk.states import State, Why
from tests.drawing.samples import GOPAY, INTERACTIVE, LONGEST, USUAL, golden_views

SIZE = (128, 64)
GOLDEN = Path(__file__).parent / "golden"
REMAKE = "the picture changed: look at both, and where the new one is better run scripts/golden"


@pytest.fixture(scope="module")
def artist() -> Artist:
    return Artist(SIZE)


@pytest.mark.parametrize(("name", "view"), [pytest.param(*each, id=each[0]) for each in golden_views()])
def test_the_picture_is_the_golden_one(name: str, view: View, artist: Artist) -> None:
    drawn = artist.draw(view)
    with Image.open(GOLDEN / f"{name}.png") as golden:
        assert (drawn.mode, drawn.size) == (golden.mode, golden.size)
        assert ImageChops.logical_xor(drawn, golden).getbbox() is None, REMAKE


def test_there_is_no_golden_picture_of_nothing() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {name for name, _ in golden_views()}


@pytest.mark.parametrize("samples", [USUAL, LONGEST], ids=["usual", "longest"])
def test_every_screen_has_its_samples(samples: dict[str, screens.Screen]) -> None:
    assert {type(screen) for screen in samples.values()} == set(get_args(screens.Screen))


@pytest.mark.parametrize("test", [False, True], ids=["real", "test"])
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", LONGEST)
def test_the_longest_texts_fit(name: str, language: Language, test: bool, artist: Artist) -> None:
    """A text that fits in none of its sizes is an error; nothing is ever cut."""
    picture = artist.draw(View(LONGEST[name], language, test))
    assert picture.size == SIZE


@pytest.mark.parametrize("language", Language)
def test_a_contact_of_forty_letters_still_fits(language: Language, artist: Artist) -> None:
    contact = "Panggil Bu Mawar, WA 0812-3456-7890-1234"
    for screen in (
        screens.Checking("482968", contact),
        screens.Expired("482968", contact),
        screens.MoneyReturned(Rupiah(10_000_000), "482968", contact),
        screens.OutOfService("K201", "M" * 40),
    ):
        assert artist.draw(View(screen, language, test=True)).size == SIZE


def test_a_text_longer_than_any_configuration_allows_is_an_error_and_not_half_a_text(artist: Artist) -> None:
    with pytest.raises(PictureError, match="too long for 128x64"):
        artist.draw(View(screens.TakeItem("kopi " * 80)))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", [*LONGEST])
def test_every_picture_says_that_the_money_is_not_real(name: str, language: Language, artist: Artist) -> None:
    """The mark is there in full, lit on dark or dark on lit, and nowhere where the money is real."""
    screen = LONGEST[name]
    assert marks(artist.draw(View(screen, language, test=True))) >= 1
    assert marks(artist.draw(View(screen, language))) == 0


def marks(picture: Image.Image) -> int:
    """How often `TEST` stands in the picture in a box of its own."""
    mark = mark_of(Fonts(), View(screens.Busy(), test=True))
    return sum(occurrences(rows(word), rows(picture)) for word in (mark, ImageChops.invert(mark)))


def rows(picture: Image.Image) -> list[bytes]:
    dots = picture.convert("L").tobytes()
    return [dots[at : at + picture.width] for at in range(0, len(dots), picture.width)]


def occurrences(word: list[bytes], picture: list[bytes]) -> int:
    found = 0
    for y in range(len(picture) - len(word) + 1):
        x = picture[y].find(word[0])
        while x >= 0:
            found += all(picture[y + down].startswith(row, x) for down, row in enumerate(word))
            x = picture[y].find(word[0], x + 1)
    return found


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
    first = codes.picture(GOPAY, 64)
    assert codes.picture(GOPAY, 64) is first
    assert codes.picture(INTERACTIVE, 64).tobytes() != first.tobytes()
    assert codes.picture(GOPAY, 64).tobytes() == first.tobytes()
    assert codes.picture(GOPAY, 128).size == (122, 122)


@pytest.mark.parametrize(("mode", "dark", "light"), [("L", 0, 255), ("RGB", (0, 0, 0), (255, 255, 255))])
def test_grey_and_colour_panels_get_the_same_picture(mode: str, dark: object, light: object) -> None:
    picture = draw(View(USUAL["paid"]), SIZE, mode)
    colours = {picture.getpixel((x, y)) for x in range(128) for y in range(64)}
    assert (picture.mode, colours) == (mode, {dark, light})


def test_a_size_without_a_layout_is_refused_by_name() -> None:
    with pytest.raises(PictureError, match="no layout for 200x200 yet"):
        Artist((200, 200))


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
    letters = texts(fonts, [SMALL], "M" * 40, 100)[-1]
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
