"""The code in a stranger's picture."""

import sys
import zlib
from io import BytesIO

import pytest
import qrcode
from PIL import Image

from kiosk.errors import CodeError, MissingPart
from kiosk.gateways.image import code_in
from tests.codes import GOOD, code


def png(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def picture(*payloads: str) -> bytes:
    """The codes side by side."""
    codes = [qrcode.make(payload).get_image().convert("L") for payload in payloads]
    sheet = Image.new("L", (sum(each.width for each in codes) or 50, 700), 255)
    for place, each in enumerate(codes):
        sheet.paste(each, (place * codes[0].width, 0))
    return png(sheet)


def with_size(width: int, height: int) -> bytes:
    """A picture that claims a size, and holds nothing."""
    header = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x01\x00\x00\x00\x00"
    chunk = (13).to_bytes(4) + header + zlib.crc32(header).to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IEND\xaeB`\x82"


def test_the_string_in_a_picture_is_read_exactly() -> None:
    assert code_in(picture(code(GOOD))) == code(GOOD)


@pytest.mark.parametrize("payloads", [(), ("one", "two")], ids=["none", "two"])
def test_a_picture_without_exactly_one_code_is_refused(payloads: tuple[str, ...]) -> None:
    with pytest.raises(CodeError, match=f"holds {len(payloads)} codes"):
        code_in(picture(*payloads))


@pytest.mark.parametrize("size", [(60_000, 60_000), (2049, 10), (0, 10)], ids=str)
def test_a_picture_that_claims_an_absurd_size_is_not_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(CodeError, match=f"is {size[0]} by {size[1]} pixels"):
        code_in(with_size(*size))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + b"\x00" * 40,
        b"\x89PNG\r\n\x1a\n0000JUNK" + b"\x00" * 9,
    ],
)
def test_what_is_no_png_is_refused(content: bytes) -> None:
    with pytest.raises(CodeError, match="is no PNG"):
        code_in(content)


def test_a_broken_picture_is_refused() -> None:
    whole = picture("one")
    for broken in (with_size(10, 10), whole[: len(whole) // 2], whole[:60] + b"\xff" * 40 + whole[100:]):
        with pytest.raises(CodeError, match="cannot be read"):
            code_in(broken)


def test_without_the_reader_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(MissingPart, match="install the extra `image`"):
        code_in(picture("one"))
