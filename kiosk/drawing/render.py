"""The QR screen of any payload, for `kiosk render`: what a customer would see, without a machine."""

from typing import TYPE_CHECKING

from PIL import Image

from kiosk.drawing.codepage import code_page
from kiosk.drawing.desk import Desk
from kiosk.drawing.shapes import shape_of
from kiosk.errors import CodeError
from kiosk.model import Language, Rupiah
from kiosk.screens import PayByCode, View

if TYPE_CHECKING:
    from kiosk.qris import Qris

_SECONDS = 180
_CLAIM_CODE = "123456"


def render(
    payload: str,
    size: tuple[int, int],
    amount: int | None = None,
    language: Language = Language.INDONESIAN,
) -> tuple[Image.Image, list[str]]:
    """The picture in mode `1`, and what a person should know; `PictureError` where it cannot be drawn.

    Without `amount` it is the code's own.  Whatever is asked for is drawn: a code that a machine would
    refuse only brings a warning.
    """
    code, warnings = _read(payload)
    own = code.amount if code else None
    shown = amount if amount is not None else int(own or 0)
    if own is None and amount is None:
        warnings.append("the code holds no amount: Rp 0 is shown; say --amount")
    elif own is not None and own != shown:
        warnings.append(f"the code asks for {own} and {shown} is shown: the customer pays what the code asks")
    screen = PayByCode(payload, Rupiah(shown), code.merchant if code else "", _SECONDS, _CLAIM_CODE)
    return code_page(View(screen, language), screen, Desk(), shape_of(size)), warnings


def explained(payload: str, size: tuple[int, int]) -> list[str]:
    """Why the code is drawn there as it is, a line for each property; `PictureError` where it cannot be."""
    from kiosk.drawing.reasons import reasons

    return reasons(payload, shape_of(size))


def _read(payload: str) -> tuple["Qris | None", list[str]]:
    from kiosk import qris

    try:
        return qris.read(payload), []
    except CodeError as error:
        return None, [f"a machine would refuse it: {error}"]
