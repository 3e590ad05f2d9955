"""Secrets come only from files that nobody else can read; nothing here prints one.

A credential is a file `<gateway>.<secret>`, for example `midtrans.server_key`, in one directory.
"""

import os
import stat
import tempfile
from pathlib import Path

from kiosk.errors import ConfigError, KioskError
from kiosk.secret import Secret
from kiosk.tables import Problem

LARGEST = 16 * 1024
"""Bytes; a private key of DOKU's takes four thousand."""

DIRECTORY = Path("/etc/qris-kiosk/credentials")
"""Where secrets are kept unless the configuration or systemd names another place."""


def directory(configured: Path | None) -> Path:
    """Where to read secrets: the configured directory, else the one systemd handed over, else `DIRECTORY`."""
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    return configured or (Path(handed) if handed else DIRECTORY)


class SecretError(ConfigError):
    """A secret cannot be had; its `problem` says what, where and how to set it."""

    def __init__(self, path: Path, reason: str, advice: str = "") -> None:
        how = advice or f"set it with: kiosk secret set {path.name}"
        self.problem = Problem(str(path), 0, "", reason, how)
        super().__init__([str(self.problem)])


class SecretMissing(SecretError):
    """There is no such secret: no file, or the empty one that systemd makes in its place."""


def read(path: Path, strict: bool = True) -> Secret:
    """Read a secret; raises SecretError.  `strict` refuses a file that everybody can read."""
    try:
        return Secret(_text(_content(path, strict), path))
    except FileNotFoundError as error:
        raise SecretMissing(path, "this secret is missing") from error
    except OSError as error:
        advice = "run this as root, or as the user whom it belongs to"
        raise SecretError(path, f"cannot be read: {error.strerror}", advice) from error


def _content(path: Path, strict: bool) -> bytes:
    # a pipe in its place must not block the start
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _inspect(os.fstat(handle), path, strict)
        return os.read(handle, LARGEST + 1)
    finally:
        os.close(handle)


def _inspect(found: os.stat_result, path: Path, strict: bool) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise SecretError(path, "is not a file")
    if strict and is_open_to_all(found.st_mode):
        raise SecretError(path, "everybody on this machine can read this secret", f"chmod 600 {path}")


def is_open_to_all(mode: int) -> bool:
    """Whether a file of that mode can be read or changed by anybody."""
    return bool(mode & (stat.S_IROTH | stat.S_IWOTH))


def _text(content: bytes, path: Path) -> str:
    if len(content) > LARGEST:
        raise SecretError(path, f"is larger than {LARGEST} bytes, no secret is")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise SecretError(path, "holds no text") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text.strip():
        raise SecretMissing(path, "is empty")
    return text


def write(path: Path, secret: Secret) -> None:
    """Put the secret into its file: readable to its owner only, and either the old one or the new, whole."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if os.geteuid() == 0:  # what root writes into the kiosk's own directory must be readable there
                owner = path.parent.stat()
                os.fchown(handle, owner.st_uid, owner.st_gid)
            file.write(secret.reveal() + "\n")
            file.flush()
            os.fsync(handle)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> KioskError:
    return KioskError(
        f"{path}: cannot be written: {error.strerror}; run this as root, or as the directory's owner"
    )
