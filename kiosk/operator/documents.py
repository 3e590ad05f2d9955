"""A configuration as the operator wrote it, TOML or JSON, read as it will be sent and signed."""

from pathlib import Path
from typing import Any, Final

from kiosk.errors import KioskError
from kiosk.mqtt.messages import Desired
from kiosk.mqtt.signatures import canonical
from kiosk.mqtt.strict import read_object
from kiosk.refusals import Refusal
from kiosk.tables import Unparsable, parse

LARGEST: Final = Desired.largest


def read(path: Path) -> dict[str, Any]:
    """The document; raises KioskError for what no machine could take."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if path.suffix == ".json":
        return _checked(path, content)
    try:
        document = parse(content.decode("utf-8-sig"))
        return _checked(path, canonical(document))
    except Unparsable as error:
        raise KioskError(f"{path}:{error.line}: {error.reason}") from error
    except UnicodeDecodeError as error:
        raise KioskError(f"{path}: is no text in UTF-8; save it as UTF-8") from error
    except (TypeError, ValueError) as error:
        words = "holds a date or a time; a configuration has none, write it in quotes"
        raise KioskError(f"{path}: {words}") from error


def _checked(path: Path, content: bytes) -> dict[str, Any]:
    document = read_object(content, LARGEST, whole=True)
    if isinstance(document, Refusal):
        raise KioskError(f"{path}: {document.words}; nothing was sent")
    return document
