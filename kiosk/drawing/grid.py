"""The picture for whoever looks at the glass itself: a frame, a chequer and a diagonal."""

from PIL import Image, ImageDraw


def grid(size: tuple[int, int], mark: Image.Image) -> Image.Image:
    """Half of all pixels lit, every row and column among them: a dead line is a line that is missing."""
    width, height = size
    row = bytes((255, 0)) * (width // 2 + 1)
    dots = b"".join(row[y % 2 :][:width] for y in range(height))
    image = Image.frombytes("L", size, dots).convert("1", dither=Image.Dither.NONE)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width - 1, height - 1), outline=1)
    pen.rectangle((width // 4, height // 4, width - width // 4, height - height // 4), outline=1, fill=0)
    pen.line((width // 4, height // 4, width - width // 4, height - height // 4), fill=1)
    image.paste(mark, (width // 4 + 3, height - height // 4 - mark.height - 2))
    return image
