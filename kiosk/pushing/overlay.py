"""A pushed document over the table of the machine's own file, setting by setting.

What may be pushed goes into a copy of the table; everything else is a fault, with its path in the document.
A slot is laid over the one of its number.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from kiosk.configuration import Configuration, File, FreeAmountTable, SlotTable
from kiosk.drafting import secrets_of
from kiosk.gateways import GATEWAYS
from kiosk.leaves import nearest
from kiosk.mqtt.reports import Fault
from kiosk.pushing.allowed import ALLOWED, KNOWN, line_of
from kiosk.refusals import WORDS, Reason
from kiosk.settings import Limits
from kiosk.tables import Key, shown

LONGEST_LIST: Final = 100
"""Entries of a list; no setting has a use for more."""

_TABLES: Final = frozenset({"free_amount", "limits", "panel"})
_PLAIN: Final[Mapping[str, frozenset[str]]] = {
    "slots": frozenset(SlotTable.__struct_fields__),
    "free_amount": frozenset(FreeAmountTable.__struct_fields__),
    "limits": frozenset(Limits.__struct_fields__),
}


class Overlay:
    """`table` is the machine's own with the document over it, complete once `lay` was read to its end.

    `places` says for every setting laid where it stood in the document.
    """

    def __init__(self, own: Configuration, table: Mapping[str, Any]) -> None:
        self._own = own
        self._slots = {slot.number: index for index, slot in enumerate(own.slots)}
        self.table: dict[str, Any] = deepcopy(dict(table))
        self.places: dict[Key, Key] = {}

    def lay(self, document: Mapping[str, Any]) -> Iterator[Fault]:
        """Lay what may be pushed, and say what may not."""
        for name, value in document.items():
            if name == "slots":
                yield from self._lay_slots(value)
            elif name == "gateway":
                yield from self._lay_gateways(value)
            elif name in _TABLES:
                yield from self._lay_table((name,), (name,), value)
            else:
                yield from self._lay_setting((name,), (name,), value)

    def place_of(self, at: Key) -> Key | None:
        """Where in the document a place of the table was set, or a list that it stands in; None: nowhere."""
        for length in range(len(at), 0, -1):
            if (place := self.places.get(at[:length])) is not None:
                return (*place, *at[length:])
        return None

    def _lay_slots(self, value: Any) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield bad(("slots",), "must be a list of slots, each with its number")
            return
        seen: set[int] = set()
        for index, entry in enumerate(value):
            yield from self._lay_slot(("slots", index), entry, seen)

    def _lay_slot(self, key: Key, entry: Any, seen: set[int]) -> Iterator[Fault]:
        if not isinstance(entry, dict):
            yield bad(key, "must be a slot: its number, and what is to change")
            return
        number = entry.get("number")
        if type(number) is not int or number not in self._slots:
            yield self._no_such_slot(key, entry)
        elif number in seen:
            yield bad((*key, "number"), f"slot {number} stands here a second time")
        else:
            seen.add(number)
            changes = {name: value for name, value in entry.items() if name != "number"}
            yield from self._lay_table(("slots", self._slots[number]), key, changes)

    def _no_such_slot(self, key: Key, entry: Mapping[str, Any]) -> Fault:
        there = ", ".join(map(str, sorted(self._slots))) or "none"
        advice = f"the machine's own file has: {there}"
        if "number" not in entry:
            return fault((*key, "number"), Reason.MISSING_FIELD, "is missing", advice)
        words = "there is no such slot; one is neither added nor taken out from afar"
        return fault((*key, "number"), Reason.NO_SUCH_SLOT, words, advice)

    def _lay_gateways(self, value: Any) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield bad(("gateway",), "must be tables, each under the name of a gateway")
            return
        for name, table in value.items():
            key = ("gateway", name)
            if name in self._own.gateway:
                yield from self._lay_table(key, key, table)
            elif name in GATEWAYS:
                yield not_set_up(key, name)
            else:
                advice = nearest(name, self._own.gateway)
                yield fault(key, Reason.UNKNOWN_FIELD, "there is no such gateway", advice)

    def _lay_table(self, at: Key, key: Key, value: Any) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield bad(key, "must be a table")
        elif at == ("free_amount",) and self._own.free_amount is None:
            yield fault(key, Reason.LOCAL_ONLY, "this machine sells by slots, which is set on itself")
        else:
            for name, each in value.items():
                yield from self._lay_setting((*at, name), (*key, name), each)

    def _lay_setting(self, at: Key, key: Key, value: Any) -> Iterator[Fault]:
        if line_of(at) not in ALLOWED or at[-1] not in self._names(at[:-1]):
            yield self._refused(at, key)
        elif isinstance(value, list) and len(value) > LONGEST_LIST:
            yield bad(key, f"has more than {LONGEST_LIST} entries")
        elif missing := [*_strangers(at, value, self._own)]:
            yield from missing
        else:
            self._put(at, value)
            self.places[at] = key

    def _put(self, at: Key, value: Any) -> None:
        table: Any = self.table
        for part in at[:-1]:
            table = table[part] if isinstance(part, int) else table.setdefault(part, {})
        table[at[-1]] = value

    def _refused(self, at: Key, key: Key) -> Fault:
        name, names = str(at[-1]), self._names(at[:-1])
        if name not in names:
            allowed = [each for each in names if line_of((*at[:-1], each)) in KNOWN]
            return fault(key, Reason.UNKNOWN_FIELD, "there is no such setting", nearest(name, allowed))
        advice = "set it in the machine's own file"
        if at[0] == "gateway" and name in secrets_of(str(at[1])):
            advice = f"this one was sent, so take a new one; on the machine: kiosk secret set {at[1]}.{name}"
        return fault(key, Reason.LOCAL_ONLY, WORDS[Reason.LOCAL_ONLY], advice)

    def _names(self, around: Key) -> frozenset[str]:
        """Every setting there is in that table of this machine, those that are its own among them."""
        match around:
            case ():
                return frozenset(File.__struct_fields__)
            case ("panel",):
                return frozenset({"driver", *type(self._own.panel.config).__struct_fields__})
            case ("gateway", str(name)):
                config = type(self._own.gateway[name])
                return frozenset({*config.__struct_fields__, *secrets_of(name)})
            case _:
                return _PLAIN[str(around[0])]


def _strangers(at: Key, value: Any, own: Configuration) -> Iterator[Fault]:
    """Gateways that exist and that this machine has no settings for."""
    if at != ("gateways",) or not isinstance(value, list):
        return
    for index, name in enumerate(value):
        if isinstance(name, str) and name in GATEWAYS and name not in own.gateway:
            yield not_set_up(("gateways", index), name)


def fault(key: Key, reason: Reason, words: str, advice: str = "") -> Fault:
    """What is wrong at a place of the document, lists counted from 1."""
    return Fault(path=shown(key), reason=reason.value, words=words, advice=advice)


def bad(key: Key, words: str, advice: str = "") -> Fault:
    """A value of another kind, or out of its bounds."""
    return fault(key, Reason.BAD_VALUE, words, advice)


def not_set_up(key: Key, gateway: str) -> Fault:
    """A gateway without settings and credentials on this machine."""
    advice = f"add [gateway.{gateway}] to the machine's own file, and its secrets with: kiosk secret set"
    return fault(key, Reason.CANNOT_START, f"{gateway} is not set up on this machine", advice)
