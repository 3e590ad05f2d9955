"""A disk that loses its power: what was synced stays, of the rest anything may be there.

A write that was not synced is kept or dropped; torn, when only some of its sectors are there; or trashed,
when the sectors it touches hold noise, neighbouring bytes included.  Names follow a journalled file system:
they reach the disk in their order, and a sync of anything brings all earlier ones with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Final, NamedTuple, TypeAlias

from tests.proof.recording import Call, Made, Removed, Renamed, Resized, Said, Synced, Wrote

SECTORS: Final = (512, 4096)
"""What a card may trash at once."""

Image: TypeAlias = dict[str, bytes]


class Change(NamedTuple):
    """Something done to a file's bytes that was not synced: a write, or a new size."""

    inode: int
    place: int
    data: bytes | None


class Platter:
    """A disk to which recorded calls are done one after another."""

    def __init__(self) -> None:
        self._durable: dict[int, bytearray] = {}
        self._names: dict[str, int] = {}
        self._newest_names: dict[str, int] = {}
        self._renaming: list[dict[str, int]] = []
        self.pending: list[Change] = []

    def take(self, call: Call) -> None:
        """One more call."""
        match call:
            case Made(file, emptied):
                self._make(file, emptied)
            case Wrote(file, place, data):
                self.pending.append(Change(self._newest_names[file], place, data))
            case Resized(file, size):
                self.pending.append(Change(self._newest_names[file], size, None))
            case Synced(file):
                self._sync(file)
            case Renamed(old, new):
                self._rename({**_without(self._newest_names, old), new: self._newest_names[old]})
            case Removed(file):
                self._rename(_without(self._newest_names, file))
            case Said():
                pass

    @property
    def is_settled(self) -> bool:
        """Whether a cut now could lose nothing."""
        return not (self.pending or self._renaming)

    def image(self, loss: "Loss", dice: Random) -> Image:
        """The files as somebody finds them after a cut now."""
        files = {inode: bytearray(data) for inode, data in self._durable.items()}
        for change in loss.of(self.pending, dice):
            _apply(files[change.inode], change)
        for change in loss.noise(self.pending, dice):
            _overwrite(files[change.inode], change)
        names = [self._names, *self._renaming][loss.names(len(self._renaming), dice)]
        return {name: bytes(files[inode]) for name, inode in names.items()}

    def _make(self, file: str, emptied: bool) -> None:
        inode = self._newest_names.get(file)
        if inode is None:
            inode = len(self._durable)
            self._durable[inode] = bytearray()
            self._rename({**self._newest_names, file: inode})
        elif emptied:
            self.pending.append(Change(inode, 0, None))

    def _sync(self, file: str) -> None:
        inode = self._newest_names.get(file)  # None: a directory
        for change in self.pending:
            if change.inode == inode:
                _apply(self._durable[change.inode], change)
        self.pending = [change for change in self.pending if change.inode != inode]
        self._names = self._newest_names
        self._renaming.clear()

    def _rename(self, names: dict[str, int]) -> None:
        self._newest_names = names
        self._renaming.append(names)


class Loss(NamedTuple):
    """What a cut does to what was not synced."""

    of: Callable[[Sequence[Change], Random], Iterator[Change]]
    noise: Callable[[Sequence[Change], Random], Iterator[Change]]
    names: Callable[[int, Random], int]


def _kept(changes: Sequence[Change], dice: Random) -> Iterator[Change]:
    yield from changes


def _none(changes: Sequence[Change], dice: Random) -> Iterator[Change]:
    yield from ()


def _some(changes: Sequence[Change], dice: Random) -> Iterator[Change]:
    share = dice.choice((0.2, 0.5, 0.9))
    yield from (change for change in changes if dice.random() < share)


def _torn(changes: Sequence[Change], dice: Random) -> Iterator[Change]:
    """Of each write some sectors, whether it was kept or not."""
    for change in _some(changes, dice):
        if change.data is None:
            yield change
        else:
            yield from (piece for piece in _sectors(change, 512) if dice.random() < 0.5)


def _first(changes: Sequence[Change], dice: Random) -> Iterator[Change]:
    """In order, up to one that is there in part."""
    last = dice.randrange(len(changes) + 1)
    yield from changes[:last]
    if last < len(changes) and changes[last].data is not None:
        pieces = list(_sectors(changes[last], 512))
        yield from pieces[: dice.randrange(len(pieces) + 1)]


def _noise(changes: Sequence[Change], dice: Random) -> Iterator[Change]:
    """The sectors under one write, or under its ends, hold noise."""
    writes = [change for change in changes if change.data]
    if not writes:
        return
    hit, sector = dice.choice(writes), dice.choice(SECTORS)
    assert hit.data
    begin = hit.place // sector * sector
    end = -(-(hit.place + len(hit.data)) // sector) * sector
    whole = dice.random() < 0.5
    for place in range(begin, end, sector) if whole else {begin, end - sector}:
        yield Change(hit.inode, place, dice.randbytes(sector))


def _all_names(count: int, dice: Random) -> int:
    return count


def _no_names(count: int, dice: Random) -> int:
    return 0


def _some_names(count: int, dice: Random) -> int:
    return dice.randint(0, count)


LOSSES: Final[Mapping[str, Loss]] = {
    "kept": Loss(_kept, _none, _all_names),
    "dropped": Loss(_none, _none, _no_names),
    "dropped, named": Loss(_none, _none, _all_names),
    "mixed": Loss(_some, _none, _some_names),
    "cut short": Loss(_first, _none, _some_names),
    "torn": Loss(_torn, _none, _some_names),
    "trashed": Loss(_some, _noise, _some_names),
    "kept, trashed": Loss(_kept, _noise, _all_names),
    "dropped, trashed": Loss(_none, _noise, _all_names),
}
"""By name; the certain ones give one image at each moment, the others as many as are asked for."""


def _sectors(change: Change, sector: int) -> Iterator[Change]:
    assert change.data is not None
    place, end = change.place, change.place + len(change.data)
    while place < end:
        until = min(end, place // sector * sector + sector)
        yield Change(change.inode, place, change.data[place - change.place : until - change.place])
        place = until


def _apply(file: bytearray, change: Change) -> None:
    if change.data is None:
        del file[change.place :]
        file.extend(bytes(change.place - len(file)))
        return
    file.extend(bytes(max(0, change.place - len(file))))
    file[change.place : change.place + len(change.data)] = change.data


def _overwrite(file: bytearray, noise: Change) -> None:
    """Noise makes no file longer."""
    assert noise.data is not None
    end = min(len(file), noise.place + len(noise.data))
    if noise.place < end:
        file[noise.place : end] = noise.data[: end - noise.place]


def _without(names: Mapping[str, int], name: str) -> dict[str, int]:
    return {known: inode for known, inode in names.items() if known != name}
