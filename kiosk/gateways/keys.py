"""The form of a secret, checked before anything is sold: what is wrong names the file, never the content."""

import re
from collections.abc import Mapping
from typing import Final

from kiosk.errors import Misconfigured
from kiosk.secret import Secret

_ONE_WORD: Final = re.compile(r"[!-~]{1,200}")


def word(gateway: str, name: str, secrets: Mapping[str, Secret]) -> Secret:
    """A secret that is one word of printable ASCII; `Misconfigured` otherwise."""
    secret = secrets.get(name)
    if secret is None:
        raise _refused(gateway, name, "is missing")
    if "-----BEGIN" in secret.reveal():
        raise _refused(gateway, name, "is a key in PEM form, and must be one word as the provider gave it")
    if not _ONE_WORD.fullmatch(secret.reveal()):
        raise _refused(gateway, name, "is not one word: up to 200 letters, digits and signs without a blank")
    return secret


def _refused(gateway: str, name: str, why: str) -> Misconfigured:
    reason = f"the credential {gateway}.{name} {why}; set it with `kiosk secret set {gateway}.{name}`"
    return Misconfigured(gateway, "start", reason)
