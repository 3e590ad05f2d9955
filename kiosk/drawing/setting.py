"""A page on a panel of any shape: a lit heading, what matters in the middle, the keys at the foot."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from PIL import Image

from kiosk.drawing import heading
from kiosk.drawing.blocks import Block, Box, above, beside, blank, block, first_stack, spread, stack, texts
from kiosk.drawing.desk import Desk
from kiosk.drawing.fonts import GIANT, SMALL, Face, Font, down_from, smaller
from kiosk.drawing.money import money
from kiosk.drawing.page import Money, Page, Part, PriceList, Style
from kiosk.drawing.pricelist import price_list
from kiosk.drawing.shapes import Shape
from kiosk.drawing.tones import QUIET, toned
from kiosk.errors import PictureError

_RANKS: Final = {Style.STRONG: 4, Style.PLAIN: 2, Style.NOTE: 1}


class Sheet(NamedTuple):
    """What a page is set with: the fonts, the shape, and whether it must say that money is not real."""

    desk: Desk
    shape: Shape
    mark: Image.Image


class Price(NamedTuple):
    """A page's amount, in every size that its figures have in one face."""

    face: Face
    pictures: list[Image.Image]


NO_PRICE: Final = Price(GIANT, [])


def set_page(content: Page, sheet: Sheet) -> Image.Image:
    """The page in tones; `PictureError` where a text is longer than the configuration allows."""
    if sheet.shape.head and not _has_prices(content):
        return _set_beside(content, sheet)
    return _set(content, sheet) or _crowded(content, sheet)


def _has_prices(content: Page) -> bool:
    """Names with prices need the whole width."""
    lists = [part for part in content.parts if isinstance(part, PriceList)]
    return any(choice.price for part in lists for choice in part.choices)


def _set(content: Page, sheet: Sheet) -> Image.Image | None:
    width, height = sheet.shape.size
    head = heading.bar(content, sheet.mark, sheet.desk, sheet.shape)
    bodies = _bodies(content, sheet, width)
    chosen = first_stack([[head, *body] for body in bodies], height, sheet.shape.gaps)
    if not chosen:
        return None
    image = blank(width, height)
    image.paste(chosen[0], (0, 0))
    _fill(image, chosen[1:], (0, chosen[0].height, width, height))
    return image


def _set_beside(content: Page, sheet: Sheet) -> Image.Image:
    shape = sheet.shape
    width, height = shape.size
    chosen = first_stack(list(_bodies(content, sheet, width - shape.head)), height, shape.gaps)
    if not chosen:
        raise _too_long(content, shape)
    image = blank(width, height)
    image.paste(heading.column(content, sheet.mark, sheet.desk, shape), (0, 0))
    _fill(image, chosen, (shape.head, 0, width, height))
    return image


def _bodies(content: Page, sheet: Sheet, width: int) -> Iterator[list[Block]]:
    """The parts and the foot, for each face in which the amount fits: the lines are set in smaller ones."""
    for price in _prices(content, sheet, width - 2 * sheet.shape.edge):
        parts = (_block(part, sheet, width, price) for part in content.parts)
        yield [*parts, _foot(sheet, content.keys, width)]


def _prices(content: Page, sheet: Sheet, width: int) -> list[Price]:
    """The page's amount in each of its faces, largest first; without one, a face above all lines."""
    for part in content.parts:
        if isinstance(part, Money):
            sizes = money(sheet.desk.fonts, part.amount, width, sheet.shape.lettering.money)
            return [Price(face, pictures) for face, pictures in sizes.items()]
    return [NO_PRICE]


def _fill(image: Image.Image, body: list[Image.Image], box: Box) -> None:
    """The foot at the bottom, the rest evenly above it."""
    left, top, right, bottom = box
    *parts, foot = body
    image.paste(foot, (left, bottom - foot.height))
    spread(image, parts, (left, top, right, bottom - foot.height), 0.5)


def _crowded(content: Page, sheet: Sheet) -> Image.Image:
    """A list of three long names takes the place of the keys too, one of four the whole panel.

    Beside the last price there is room for the mark.
    """
    shown = tuple(part for part in content.parts if isinstance(part, PriceList))
    picture = _set(Page(content.heading, shown), sheet) if shown else None
    if picture:
        return picture
    width, height = sheet.shape.size
    chosen = stack([_block(part, sheet, width) for part in shown], height)
    if not chosen:
        raise _too_long(content, sheet.shape)
    image = blank(width, height)
    spread(image, chosen, (0, 0, width, height), 0.5)
    image.paste(sheet.mark, (0, height - sheet.mark.height))
    return image


def _too_long(content: Page, shape: Shape) -> PictureError:
    return PictureError(f"the texts of {content.heading!r} are too long for {shape.size[0]}x{shape.size[1]}")


def _block(part: Part, sheet: Sheet, columns: int, price: Price = NO_PRICE) -> Block:
    fonts, letters = sheet.desk.fonts, sheet.shape.lettering
    width = columns - 2 * sheet.shape.edge
    if isinstance(part, Money):
        return Block(price.pictures, 5)
    if isinstance(part, PriceList):
        prices = price_list(fonts, part.choices, width - 2, letters, sheet.shape.row_gaps)
        return block(prices, letters.note, 4)
    sizes = texts(fonts, smaller(letters.of(part.style), price.face), part.text, width)
    if part.optional:
        return Block([*(picture for _, picture in sizes), blank(width, 0)])
    return block(sizes, letters.note, _RANKS[part.style])


def _foot(sheet: Sheet, keys: tuple[str, str], width: int) -> Block:
    """The keys left and right, or one under the other where they are too long for that."""
    letters = sheet.shape.lettering
    fonts = {face: sheet.desk.fonts[face] for face in down_from(letters.keys)}
    sizes = [(face, _keys(font, keys, width, sheet.shape.edge)) for face, font in fonts.items()]
    fitting = [(face, picture) for face, picture in sizes if picture]
    return block(fitting or [(SMALL, _keys_stacked(sheet, keys, width))], letters.note, 2, flush=True)


def _keys(font: Font, keys: tuple[str, str], width: int, edge: int) -> Image.Image | None:
    margin = max(edge, 1)
    left, right = (font.line(key) if key else blank(0, 0) for key in keys)
    apart = beside(left, right, width - 2 * margin)
    if apart is None:
        return None
    foot = blank(width, apart.height)
    foot.paste(toned(apart, QUIET), (margin, 0))
    return foot


def _keys_stacked(sheet: Sheet, keys: tuple[str, str], width: int) -> Image.Image:
    rows = [
        _keys(sheet.desk.fonts[SMALL], row, width, sheet.shape.edge) for row in ((keys[0], ""), ("", keys[1]))
    ]
    fitting = [row for row in rows if row]
    if len(fitting) < len(rows):
        raise PictureError(f"{' and '.join(keys)} are too long for {width} pixels")
    return above(fitting)
