"""Who sent a command or a configuration: HMAC-SHA256 over bytes that everybody can make again.

Signed is compact JSON in UTF-8 with the keys of every object sorted, nothing escaped but what must be:
`{v, kiosk, topic, id, exp, args}` of a command, `{v, kiosk, topic, version, document}` of a configuration.
Kiosk and topic are in it, so that a message for one machine or one command is none for another.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kiosk.mqtt.messages import Command, Desired
from kiosk.secret import Secret

SHORTEST_KEY: Final = 32
"""Characters of a key; fewer can be guessed."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way to write these values; they hold whole numbers, texts, truths, lists and objects only."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal: equal for what means the same."""
    return hashlib.sha256(canonical(value)).hexdigest()


def command_bytes(kiosk: str, topic: str, command: Command) -> bytes:
    """What is signed of a command sent on that topic."""
    return canonical(
        {
            "v": command.v,
            "kiosk": kiosk,
            "topic": topic,
            "id": command.id,
            "exp": command.exp,
            "args": command.args,
        }
    )


def desired_bytes(kiosk: str, topic: str, desired: Desired) -> bytes:
    """What is signed of a configuration sent on that topic."""
    return canonical(
        {
            "v": desired.v,
            "kiosk": kiosk,
            "topic": topic,
            "version": desired.version,
            "document": desired.document,
        }
    )


def sign(key: Secret, content: bytes) -> str:
    """The signature in lower-case hexadecimal; the key is the text of the credential file as it is."""
    return hmac.new(key.reveal().encode(), content, hashlib.sha256).hexdigest()


def is_signed(keys: Iterable[Secret], content: bytes, signature: str) -> bool:
    """Whether one of the keys made the signature; two are valid while a key is being changed."""
    given = signature.encode(errors="replace")
    return any(hmac.compare_digest(sign(key, content).encode(), given) for key in keys)
