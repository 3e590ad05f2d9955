"""The picture for whoever looks at the glass itself: a frame, a chequer and a diagonal."""

from PIL import Image, ImageDraw


def grid(size: tuple[int, int], mark: Image.Image) -> Image.Image:
    """Half of all pixels lit, every row and column among them: a dead line is a line that is missing."""
    width, height = size
    tile = Image.new("1", (2, 2))
    tile.putdata([1, 0, 0, 1])
    image = Image.new("1", size)
    for x in range(0, width, 2):
        for y in range(0, height, 2):
            image.paste(tile, (x, y))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width - 1, height - 1), outline=1)
    pen.rectangle((width // 4, height // 4, width - width // 4, height - height // 4), outline=1, fill=0)
    pen.line((width // 4, height // 4, width - width // 4, height - height // 4), fill=1)
    image.paste(mark, (width // 4 + 3, height - height // 4 - mark.height - 2))
    return image
