"""What the machine sounds like: short tunes, told apart by their rhythm alone where there is no pitch.

A bare piezo is loudest between 2 and 4 kHz, so that is where they are.
"""

from typing import Final

from hardware import base
from hardware.base import Note
from kiosk.model import Tune

_GAP: Final = Note(0, 60)

TUNES: Final = {
    Tune.REFUSED: base.Tune(Tune.REFUSED, (Note(2_000, 120),)),
    Tune.ACCEPTED: base.Tune(Tune.ACCEPTED, (Note(2_700, 60), _GAP, Note(2_700, 60))),
    Tune.PAID: base.Tune(Tune.PAID, (Note(2_100, 90), _GAP, Note(2_700, 90), _GAP, Note(3_200, 350))),
    Tune.FAILED: base.Tune(Tune.FAILED, (Note(2_400, 400), _GAP, Note(2_000, 400), _GAP, Note(2_000, 400))),
}
