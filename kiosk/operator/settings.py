"""The operator's own small file: which broker, who we are to it, and where our secrets lie.

user = "operator"
password = "/etc/qris-operator/password"
command_keys = "/etc/qris-operator/keys"

[mqtt]
host = "broker.example"
port = 8884
"""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from kiosk import credentials
from kiosk.document import placed
from kiosk.errors import ConfigError, KioskError
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.signatures import SHORTEST_KEY
from kiosk.secret import Secret
from kiosk.tables import Problem, Reader, Unparsable, parse

DEFAULT = Path("~/.config/qris-kiosk/operator.toml")
LARGEST = 64 * 1024
"""Bytes of the file."""


class Settings(Struct, frozen=True, kw_only=True):
    """What stands in the file; `password` and `command_keys` are files that only their owner can read.

    `command_keys` is one file for all machines, or a directory with a file for each, named by its id.
    """

    mqtt: Broker
    user: str = ""
    password: Path | None = None
    command_keys: Path | None = None
    timezone: str = "Asia/Jakarta"


def zone_of(name: str) -> ZoneInfo:
    """The time zone of days and tables; raises KioskError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise KioskError(f"no such time zone: {name[:60]!a}; write it as in Asia/Jakarta") from None


def read(path: Path) -> Settings:
    """Read the file; raises ConfigError with every problem."""
    text = _text(path)
    try:
        raw = parse(text)
    except Unparsable as error:
        raise ConfigError([str(Problem(str(path), error.line, "", error.reason))]) from error
    reader = Reader(top=Settings.__struct_fields__)
    found = reader.struct(raw, Settings, ())
    problems = placed(reader.complaints, path, text)
    if isinstance(found, Settings):
        problems += [Problem(str(path), 0, "mqtt", problem) for problem in found.mqtt.problems()]
    if problems or not isinstance(found, Settings):
        raise ConfigError([str(problem) for problem in sorted(problems)])
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise KioskError(
            f"{path}: is not there; --broker names another file, docs/operator.md shows one"
        ) from error
    if len(content) > LARGEST:
        raise KioskError(f"{path}: is larger than {LARGEST} bytes, no such file is")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise KioskError(f"{path}: is no text in UTF-8; save it as UTF-8") from error


def secret(path: Path, what: str) -> Secret:
    """A secret from its file; raises KioskError."""
    if not path.exists():
        raise KioskError(f"{path}: is not there; write the {what} into it, and let nobody else read it")
    return credentials.read(path)


class Keys:
    """Signs for each machine; raises KioskError when made where a key is no key."""

    def __init__(self, path: Path | None) -> None:
        self._folder = path if path and path.is_dir() else None
        self._one = _key(path) if path and not self._folder else None

    def of(self, kiosk: str) -> Secret | None:
        """The machine's key, None where nothing is signed; raises KioskError where its file is missing."""
        return _key(self._folder / kiosk) if self._folder else self._one


def _key(path: Path) -> Secret:
    key = secret(path, "command key")
    if len(key.reveal()) < SHORTEST_KEY:
        raise KioskError(f"{path}: is shorter than {SHORTEST_KEY} characters, no command key is")
    return key
