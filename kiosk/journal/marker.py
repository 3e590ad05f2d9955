"""The epoch marker: a small file outside the journal's directory that a journal must agree with.

It holds the number of the epoch, the secret that order ids of commands are derived from, how far the
operator's side is known to have followed, and how often the journal was opened.  A journal that says
otherwise was lost, restored or exchanged.
"""

import os
import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

from kiosk.errors import JournalBroken, JournalError
from kiosk.journal import files
from kiosk.secret import Secret

NONE_AGREED = 0


class Marker(Struct, frozen=True):
    """`epoch`: the one a journal must bear to be trusted; `acknowledged`: an event number of that epoch.

    `session`: the number of the journal's newest start, 0 where no start was noted yet.
    """

    epoch: int
    secret: Secret
    acknowledged: int = 0
    session: int = 0


def fresh(epoch: int) -> Marker:
    """A marker with a new secret of 32 random bytes, written as hexadecimal."""
    return Marker(epoch, Secret(secrets.token_hex(32)))


def read(path: Path) -> Marker | None:
    """The marker, None where there is no file; raises JournalBroken where it says nothing readable."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}; the epoch marker cannot be read") from error
    return _understood(text, path)


def write(path: Path, marker: Marker) -> None:
    """Replace the marker as a whole: after a power cut it is the old one or the new one."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        files.begin(new)
        _keep_owner(path, new)
        new.write_bytes(msgspec.json.encode(marker, enc_hook=_shown) + b"\n")
        files.put_in_place(new, path)
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}; the epoch marker cannot be written") from error


def _understood(text: bytes, path: Path) -> Marker:
    try:
        marker = msgspec.json.decode(text, type=Marker, dec_hook=_hidden)
        sound = len(bytes.fromhex(marker.secret.reveal())) == 32
    except (ValueError, RecursionError) as error:
        raise JournalBroken(f"{path}: this is no epoch marker") from error
    if not sound or marker.epoch <= NONE_AGREED or min(marker.acknowledged, marker.session) < 0:
        raise JournalBroken(f"{path}: this epoch marker is damaged")
    return marker


def _keep_owner(path: Path, new: Path) -> None:
    if path.exists():
        old = path.stat()
        new.chmod(old.st_mode & 0o777)
        if os.geteuid() == 0:
            os.chown(new, old.st_uid, old.st_gid)


def _shown(secret: Secret) -> str:
    return secret.reveal()


def _hidden(_: type, text: object) -> Secret:
    """Whatever stands there; what is no text is refused, or it would fail where its bytes are wanted."""
    if not isinstance(text, str):
        raise ValueError("the secret is no text")  # noqa: TRY004  # what a file holds, not a caller's type
    return Secret(text)
