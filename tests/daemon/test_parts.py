"""Parts opened as the file names them, all of them drawn in a box."""

from pathlib import Path
from queue import Queue

from hardware.base import Silence
from kiosk.config import load
from kiosk.events import Part, PartFailed, PartHealed
from kiosk.model import Tune
from kiosk.parts import open_parts
from kiosk.senses import Told
from kiosk.tunes import TUNES
from tests.config.files import RIGHT, written
from tests.daemon.machine import SOON
from tests.hardware.box import Box

MATRIX = 'driver = "matrix"\nrows = [5, 6, 13, 19]\ncolumns = [26, 20, 21]'
RELAY = 'driver = "relay"\npin = 17\nmilliseconds = 500'
SENSES = """
[clock]
driver = "emulated"
socket = "SOCKET"

[buzzer]
driver = "emulated"
socket = "SOCKET"

[inputs.bin]
driver = "emulated"
role = "drop"
socket = "SOCKET"
name = "bin"

[inputs.cabinet]
driver = "emulated"
role = "door"
socket = "SOCKET"
name = "cabinet"
"""


def drawn(folder: Path, box: Box, more: str) -> Path:
    text = (
        RIGHT.replace('"production"', '"simulator"')
        .replace('driver = "ssd1306"', 'driver = "emulated"\nsocket = "SOCKET"')
        .replace(MATRIX, 'driver = "emulated"\nsocket = "SOCKET"')
        .replace(RELAY, 'driver = "emulated"\nsocket = "SOCKET"\nname = "spiral1"\nmilliseconds = 500')
        .replace('merchant_id = "G123456789"', 'merchant_id = "G123456789"\nbase_url = "http://127.0.0.1:1"')
    )
    return written(folder, (text + more).replace("SOCKET", box.path))


def test_inputs_and_a_buzzer_are_opened_and_closed_with_the_rest(tmp_path: Path) -> None:
    with Box() as box:
        parts = open_parts(load(drawn(tmp_path, box, SENSES)), print)
        assert box.next()["t"] == "output"
        told = Queue[Told]()
        assert parts.senses.listen(told.put) == []
        box.say(t="input", name="cabinet", active=True)
        assert told.get(timeout=SOON) == PartFailed(Part.DOOR, "cabinet: it is open")
        assert parts.senses.levels() == {"bin": "clear", "cabinet": "open"}
        box.say(t="input", name="cabinet", active=False)
        assert told.get(timeout=SOON) == PartHealed(Part.DOOR)
        parts.sounder.play(TUNES[Tune.PAID])
        assert box.next()["name"] == "paid"
        parts.close()
        assert told.empty()


def test_without_a_buzzer_there_is_silence(tmp_path: Path) -> None:
    with Box() as box:
        clock = SENSES.partition("[buzzer]")[0]
        parts = open_parts(load(drawn(tmp_path, box, clock)), print)
        assert isinstance(parts.sounder, Silence)
        parts.close()
