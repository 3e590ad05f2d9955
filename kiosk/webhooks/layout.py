"""How hints lie in Redis: one stream, or several by the machine's name.  Pure.

The number in braces is all that a Redis Cluster hashes, so the partitions spread over its masters, and what
belongs to one partition stays together.
"""

import zlib
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

GROUP: Final = "forwarders"
FIELD: Final = "hint"
MOST_SET_ASIDE: Final = 1000
"""So many entries that could not be delivered are kept for a person to look at."""


class Noted(Struct, frozen=True):
    """What is kept of a notification, and nothing else; `received` is in whole seconds since 1970."""

    gateway: str
    kiosk: str
    reference: str
    received: int


def partition_of(kiosk: str, partitions: int) -> int:
    """Where a machine's hints are, from 0; the same in every process."""
    return zlib.crc32(kiosk.encode()) % partitions


def stream_of(partition: int) -> str:
    """The key of a partition."""
    return f"kiosk:hints:{{{partition}}}"


def aside_of(partition: int) -> str:
    """The key of what could not be delivered."""
    return f"{stream_of(partition)}:aside"


def written(noted: Noted) -> dict[str, bytes]:
    """The one field of an entry: JSON, for whoever looks with redis-cli."""
    return {FIELD: msgspec.json.encode(noted)}


def read(fields: Mapping[bytes, bytes]) -> Noted | None:
    """What an entry says; None for what no receiver wrote."""
    try:
        return msgspec.json.decode(fields.get(FIELD.encode(), b""), type=Noted)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
