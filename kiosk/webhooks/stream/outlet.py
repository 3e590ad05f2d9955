"""The forwarders' side of the stream: what is new, what is owed, and what others left behind."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from redis import Redis
from redis.exceptions import OutOfMemoryError, ResponseError

from kiosk.webhooks.layout import GROUP, MOST_SET_ASIDE, Noted, aside_of, read, stream_of, written
from kiosk.webhooks.stream.away import TROUBLES, translated
from kiosk.webhooks.stream.clients import Cluster

FORGOTTEN_AFTER: Final = 24 * 3600 * 1000
"""Milliseconds without a sign of life after which a forwarder's empty name is struck from the group."""


class Entry(NamedTuple):
    """What lies in the stream under an id; `noted` is None where it is no hint."""

    id: str
    noted: Noted | None


class Outlet:
    """One forwarder's side of one partition; for one thread."""

    def __init__(self, client: Redis | Cluster, partition: int, name: str) -> None:
        self._client = client
        self._key = stream_of(partition)
        self._aside = aside_of(partition)
        self._name = name
        self._cursor = "0-0"

    def found(self) -> None:
        """Make sure that the group is there, from the oldest entry on; raises StreamAway like all below."""
        with translated():
            try:
                self._client.xgroup_create(self._key, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                # A full Redis refuses even to make what is there; emptying it must go on.
                is_full = isinstance(error, OutOfMemoryError)
                if not (self._has_group() if is_full else str(error).startswith("BUSYGROUP")):
                    raise

    def cautions(self) -> list[str]:
        """Settings of Redis by which it can lose what it was given; none where we may not look."""
        try:
            persistence, memory = self._info("persistence"), self._info("memory")
        except TROUBLES:
            return []
        evicts = memory.get("maxmemory") and memory.get("maxmemory_policy") != "noeviction"
        found = {
            "appendonly is no: a restart loses everything": persistence.get("aof_enabled") == 0,
            f"maxmemory-policy is {memory.get('maxmemory_policy')}: it must be noeviction": evicts,
        }
        return [caution for caution, applies in found.items() if applies]

    def fresh(self, count: int, wait: float) -> list[Entry]:
        """Entries that nobody has read, after at most so many seconds."""
        return self._read(">", count, max(1, int(wait * 1000)))

    def mine(self, count: int) -> list[Entry]:
        """Entries that were read under our name and not acknowledged, the oldest first."""
        return self._read("0", count, None)

    def abandoned(self, count: int, idle: float) -> list[Entry]:
        """Take over entries that another has not acknowledged for so many seconds; a few at each call."""
        with translated():
            answer = self._client.xautoclaim(
                self._key, GROUP, self._name, int(idle * 1000), self._cursor, count=count
            )
        self._cursor = answer[0].decode()
        return _entries(answer[1])

    def acknowledge(self, entries: Sequence[Entry]) -> None:
        """Let the stream go of entries."""
        if entries:
            with translated():
                self._client.xack(self._key, GROUP, *(entry.id for entry in entries))

    def set_aside(self, entry: Entry) -> bool:
        """Let the stream go of an entry that cannot be delivered, kept aside for a person to look at.

        False where Redis had no room to keep it: it may not block those behind it, which make room.
        """
        fields: Any = {"id": entry.id, **(written(entry.noted) if entry.noted else {})}
        is_kept = True
        with translated():
            try:
                self._client.xadd(self._aside, fields, maxlen=MOST_SET_ASIDE)
            except OutOfMemoryError:
                is_kept = False
        self.acknowledge([entry])
        return is_kept

    def tidy(self) -> None:
        """Trim what every forwarder is done with, and strike names that nobody bears any more."""
        with translated():
            if done := self._done():
                self._client.xtrim(self._key, minid=done, approximate=True)
            for one in self._client.xinfo_consumers(self._key, GROUP):
                if one["pending"] == 0 and one["idle"] > FORGOTTEN_AFTER:
                    self._client.xgroup_delconsumer(self._key, GROUP, one["name"])

    def leave(self) -> None:
        """Strike our name, unless entries hang on it; another takes those over."""
        with translated():
            if not self.mine(1):
                self._client.xgroup_delconsumer(self._key, GROUP, self._name)

    def _info(self, section: str) -> dict[str, Any]:
        client: Any = self._client
        is_cluster = isinstance(client, Cluster)
        where = {"target_nodes": client.get_node_from_key(self._key)} if is_cluster else {}
        info: dict[str, Any] = client.info(section, **where)
        return info

    def _done(self) -> str | None:
        """The oldest entry that is still wanted, or the newest one that was read; None without a group."""
        group = next(self._groups(), None)
        if group is None:
            return None
        if not group["pending"]:
            return str(group["last-delivered-id"].decode())
        oldest = self._client.xpending(self._key, GROUP)["min"]
        return oldest.decode() if oldest else None

    def _groups(self) -> Iterator[Any]:
        """What Redis says of the group of forwarders, once."""
        return (one for one in self._client.xinfo_groups(self._key) if one["name"] == GROUP.encode())

    def _has_group(self) -> bool:
        try:
            return any(self._groups())
        except ResponseError:  # no stream
            return False

    def _read(self, start: str, count: int, block: int | None) -> list[Entry]:
        with translated():
            answer: Any = self._client.xreadgroup(
                GROUP, self._name, {self._key: start}, count=count, block=block
            )
        return [entry for _, raw in answer or () for entry in _entries(raw)]


def _entries(raw: Any) -> list[Entry]:
    """What Redis answers; an entry that was deleted meanwhile has no fields."""
    return [Entry(number.decode(), read(fields) if fields else None) for number, fields in raw if number]
