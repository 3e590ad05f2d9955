"""Small pictures are put beside, above and inside one another; nothing is ever cut.

A block is the same content in several sizes, best first.  `stack` takes the best sizes that fit together, or
none: a text that fits in no size is an error and not half a text.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from PIL import Image

from kiosk.drawing.fonts import LADDER, Face, Font, Fonts
from kiosk.errors import PictureError

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom, as Pillow counts."""


class Block(NamedTuple):
    """Pictures of one content, best first; the one of higher rank keeps its size when room is short.

    `in_need` are smaller ones, for where not everything fits otherwise.  A `flush` one stands at an edge,
    without a gap.
    """

    sizes: Sequence[Image.Image]
    rank: int = 0
    flush: bool = False
    in_need: Sequence[Image.Image] = ()

    def rows(self, picture: Image.Image, gap: int) -> int:
        """What the picture takes of the height, its gap included."""
        return picture.height + gap if picture.height and not self.flush else picture.height

    def pressed(self) -> "Block":
        """The block with the smaller sizes among the others."""
        return self._replace(sizes=[*self.sizes, *self.in_need])


def block(
    pictures: Iterable[tuple[Face, Image.Image]], least: Face, rank: int, *, flush: bool = False
) -> Block:
    """A block of pictures set in these faces, those smaller than `least` only in need."""
    legible = LADDER[: LADDER.index(least) + 1]
    found = list(pictures)
    sizes = [picture for face, picture in found if face in legible]
    smaller = [picture for face, picture in found if face not in legible]
    return Block(sizes, rank, flush, smaller) if sizes else Block(smaller, rank, flush)


def blank(width: int, height: int) -> Image.Image:
    """A picture without ink, to be composed on: it takes tones too."""
    return Image.new("L", (width, height))


def beside(left: Image.Image, right: Image.Image, width: int, gap: int = 3) -> Image.Image | None:
    """One at the left edge and one at the right; None where they do not fit with a gap between."""
    if left.width + right.width + gap > width:
        return None
    image = blank(width, max(left.height, right.height))
    place(image, left, 0)
    place(image, right, width - right.width)
    return image


def row_of(pictures: Sequence[Image.Image]) -> Image.Image:
    """One after another, half way down."""
    image = blank(sum(picture.width for picture in pictures), max(picture.height for picture in pictures))
    x = 0
    for picture in pictures:
        place(image, picture, x)
        x += picture.width
    return image


def place(image: Image.Image, picture: Image.Image, x: int) -> None:
    """Paste the picture half way down."""
    image.paste(picture, (x, (image.height - picture.height) // 2))


def above(pictures: Sequence[Image.Image], gap: int = 0, align: float = 0.0) -> Image.Image:
    """One under another; `align` is 0 for the left, 0.5 for the middle."""
    pictures = [picture for picture in pictures if picture.height]
    width = max(picture.width for picture in pictures)
    image = blank(width, sum(picture.height + gap for picture in pictures) - gap)
    y = 0
    for picture in pictures:
        image.paste(picture, (int((width - picture.width) * align), y))
        y += picture.height + gap
    return image


def inverted(picture: Image.Image, margin: int = 2) -> Image.Image:
    """The ink dark on a lit ground, with so many pixels more of it left and right."""
    image = Image.new("L", (picture.width + 2 * margin, picture.height), 255)
    image.paste(0, (margin, 0), picture)
    return image


def lines(font: Font, text: str, width: int, most: int, align: float) -> Image.Image | None:
    """The text in at most so many lines, wrapped between words; None where that is too few."""
    rows = list(_wrapped(font, text, width)) or [""]
    if len(rows) > most or any(font.width(row) > width for row in rows):
        return None
    return above([font.line(row) for row in _evened(font, text, rows)], 0, align)


def texts(
    fonts: Fonts, faces: Iterable[Face], text: str, width: int, most: int = 2, align: float = 0.5
) -> list[tuple[Face, Image.Image]]:
    """The text in every face in which it fits; in the smallest, a word that is too long is broken."""
    faces = list(faces)
    found = [(face, lines(fonts[face], text, width, most, align)) for face in faces]
    fitting = [(face, picture) for face, picture in found if picture]
    return fitting or [(faces[-1], above([*_broken(fonts[faces[-1]], text, width)], 0, align))]


def shortened(font: Font, text: str, width: int) -> Image.Image:
    """The text in one line, its end replaced by dots where it is too long; for a merchant's name only.

    A letter and the dots are the least, however narrow the room.
    """
    short = text
    while len(short) > len("A...") and font.width(short) > width:
        short = short.removesuffix("...")[:-1].rstrip() + "..."
    return font.line(short)


def stack(blocks: Sequence[Block], height: int, gaps: Sequence[int] = (0,)) -> list[Image.Image] | None:
    """The best sizes with which all blocks fit one under another, a gap after each; None where none do.

    Of the gaps the first is taken with which anything fits, and no gap at all before the sizes of need.
    """
    return first_stack([blocks], height, gaps)


def first_stack(
    choices: Sequence[Sequence[Block]], height: int, gaps: Sequence[int] = (0,)
) -> list[Image.Image] | None:
    """The same of the first of these choices that fits; the last of them with a gap before one without."""
    pressed = [[each.pressed() for each in blocks] for blocks in choices]
    found = (_stacked(each, height, gap) for among in (choices, pressed) for gap in gaps for each in among)
    return next((chosen for chosen in found if chosen is not None), None)


def _stacked(blocks: Sequence[Block], height: int, gap: int) -> list[Image.Image] | None:
    def taken(at: int) -> int:
        return blocks[at].rows(chosen[at], gap)

    chosen = [min(block.sizes, key=lambda picture: picture.height) for block in blocks]
    spare = height - sum(map(taken, range(len(blocks))))
    if spare < 0:
        return None
    for at in sorted(range(len(blocks)), key=lambda at: -blocks[at].rank):
        room = spare + taken(at)
        chosen[at] = next(size for size in blocks[at].sizes if blocks[at].rows(size, gap) <= room)
        spare = room - taken(at)
    return chosen


def spread(image: Image.Image, pictures: Sequence[Image.Image], box: Box, align: float) -> None:
    """Paste the pictures one under another, white evenly between; `PictureError` if the box is too small."""
    left, top, right, bottom = box
    shown = [picture for picture in pictures if picture.height]
    if any(picture.width > right - left for picture in shown):
        raise PictureError(f"a text is too long for {right - left} pixels of width")
    free = bottom - top - sum(picture.height for picture in shown)
    if free < 0:
        raise PictureError(f"the texts are too long for {bottom - top} pixels of height")
    for count, picture in enumerate(shown, 1):
        y = top + free * count // (len(shown) + 1)
        image.paste(picture, (left + int((right - left - picture.width) * align), y))
        top += picture.height


def _wrapped(font: Font, text: str, width: int) -> Iterator[str]:
    row = ""
    for word in text.split():
        longer = f"{row} {word}".strip()
        if row and font.width(longer) > width:
            yield row
            row = word
        else:
            row = longer
    if row:
        yield row


def _evened(font: Font, text: str, rows: list[str]) -> list[str]:
    """As many rows, the longest as short as may be: no word is left alone on the last."""
    widest = max(map(font.width, rows))
    narrower = list(_wrapped(font, text, widest - 1))
    if len(narrower) == len(rows) > 1 and max(map(font.width, narrower)) < widest:
        return _evened(font, text, narrower)
    return rows


def _broken(font: Font, text: str, width: int) -> Iterator[Image.Image]:
    row = ""
    for letter in text:
        if font.width(row + letter) > width:
            yield font.line(row)
            row = ""
        row += letter
    yield font.line(row)
