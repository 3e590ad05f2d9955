"""Whether a machine could sell with a document laid over its own file: the file's own rules, and a few more.

Nothing is sent and nothing is kept; every fault is said at once, with its place in the document.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias

from msgspec import Struct

from kiosk.config import built, effective, load_with_table, weighed
from kiosk.configuration import Configuration, Draft
from kiosk.errors import GatewayError, PictureError
from kiosk.keyring import opened
from kiosk.model import Terms
from kiosk.mqtt.reports import Fault
from kiosk.pushing.allowed import ALLOWED, FREE_AMOUNT, LIMITS, Narrower, line_of
from kiosk.pushing.overlay import Overlay, bad, fault
from kiosk.refusals import Reason
from kiosk.tables import Complaint, Key, shown

MOST_FAULTS: Final = 50
"""Faults that are told; a document with more was not meant for a machine."""

Room: TypeAlias = Callable[[int], None]
"""Raises PictureError where a code of so many characters cannot be read on the panel."""

_TOLD: Final = {"kiosk", "environment", "slots[].number", *ALLOWED}
_ALONE: Final = (Reason.LOCAL_ONLY, Reason.ABOVE_LOCAL_LIMIT, Reason.CANNOT_START)


class Own(Struct, frozen=True):
    """The machine's own file as it was read once: what it comes to, and the table that it holds.

    `credentials` is where its secrets were read instead of where the file says, None for there.
    """

    configuration: Configuration
    table: dict[str, Any]
    credentials: Path | None = None


class Judged(Struct, frozen=True):
    """What a document comes to; there is a configuration exactly if there is no fault."""

    configuration: Configuration | None
    faults: tuple[Fault, ...] = ()

    @property
    def reason(self) -> str:
        """Why it was refused as a whole: what all faults have in common, or that it is not valid."""
        reasons = {each.reason for each in self.faults}
        return next((one.value for one in _ALONE if reasons == {one.value}), Reason.NOT_VALID.value)


def own_file(path: Path, credentials: Path | None = None) -> Own:
    """Read the machine's own file; raises ConfigError with every problem."""
    return Own(*load_with_table(path, credentials), credentials)


def judge(own: Own, document: Mapping[str, Any], room: Room) -> Judged:
    """The configuration of a document over the machine's own file, or every fault of it."""
    overlay = Overlay(own.configuration, own.table)
    faults = list(islice(overlay.lay(document), MOST_FAULTS + 1))
    draft, complaints = weighed(overlay.table)
    faults += [_in_document(each, overlay, own.configuration) for each in complaints]
    faults += _widened(draft, own.configuration)
    if faults:
        return Judged(None, _told(faults))
    configuration = _laid(draft, overlay, own.configuration)
    faults = _cannot_sell(configuration, overlay, room)
    return Judged(None, _told(faults)) if faults else Judged(configuration)


def told_of(own: Own, document: Mapping[str, Any]) -> dict[str, Any]:
    """The values in effect with a document that was judged: those that can be pushed; no secret."""
    overlay = Overlay(own.configuration, own.table)
    faults = list(overlay.lay(document))
    assert not faults, "it was judged"
    configuration = _laid(weighed(overlay.table)[0], overlay, own.configuration)
    return {key: value for key, value, _ in effective(configuration) if line_of(key) in _TOLD}


def _laid(draft: Draft, overlay: Overlay, own: Configuration) -> Configuration:
    pushed = frozenset(map(shown, overlay.places))
    return built(draft, own.source, own.secrets, overlay.table, pushed)


def _told(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    found = list(dict.fromkeys(faults))
    if len(found) <= MOST_FAULTS:
        return tuple(found)
    return (*found[: MOST_FAULTS - 1], bad((), "there are more faults; mend these first"))


def _in_document(complaint: Complaint, overlay: Overlay, own: Configuration) -> Fault:
    """What a rule of the file says, placed in the document."""
    place = overlay.place_of(complaint.key)
    match complaint.key:
        case ("slots", int(index), field) if place is None:
            words = f"slot {own.slots[index].number}: {field} {complaint.reason}"
            return bad(("slots",), words, complaint.advice)
        case key:
            return bad(key if place is None else place, complaint.reason, complaint.advice)


def _widened(draft: Draft, own: Configuration) -> Iterator[Fault]:
    """Limits can be narrowed from afar, never widened."""
    bounds: list[tuple[Key, Any, Any, Narrower]] = [
        (("limits", name), draft.limits.get(name), getattr(own.limits, name), way)
        for name, way in LIMITS.items()
    ]
    if own.free_amount:
        bounds += [
            (("free_amount", name), draft.free_amount.get(name), getattr(own.free_amount, name), way)
            for name, way in FREE_AMOUNT.items()
        ]
        step = draft.free_amount.get("step", own.free_amount.step)
        if step % own.free_amount.step:
            words = f"must be a multiple of {own.free_amount.step}, which the machine's own file says"
            yield fault(("free_amount", "step"), Reason.ABOVE_LOCAL_LIMIT, words)
    for at, value, bound, way in bounds:
        if value is not None and (value > bound if way is Narrower.DOWN else value < bound):
            words = f"must be {way.value} {bound:g}, which the machine's own file says"
            yield fault(at, Reason.ABOVE_LOCAL_LIMIT, words)


def _cannot_sell(configuration: Configuration, overlay: Overlay, room: Room) -> list[Fault]:
    terms, faults = _terms(configuration)
    if faults:
        return faults
    selling = {name: terms[name] for name in configuration.gateways}
    return [*_no_room(selling, overlay, room), *_out_of_reach(configuration, selling, overlay)]


def _terms(configuration: Configuration) -> tuple[dict[str, Terms], list[Fault]]:
    """What every gateway declares, and which of them cannot be opened."""
    terms, faults = {}, []
    for name in configuration.gateway:
        try:
            gateway = opened(configuration, name)
        except GatewayError as error:
            faults.append(fault(("gateway", name), Reason.CANNOT_START, error.reason))
        else:
            terms[name] = gateway.terms
            gateway.close()
    return terms, faults


def _no_room(selling: Mapping[str, Terms], overlay: Overlay, room: Room) -> Iterator[Fault]:
    for index, (name, terms) in enumerate(selling.items()):
        try:
            room(terms.longest_code)
        except PictureError as error:
            place = overlay.place_of(("gateways", index)) or ("gateway", name)
            yield fault(place, Reason.CANNOT_START, f"the panel is too small for {name}: {error}")


def _out_of_reach(
    configuration: Configuration, selling: Mapping[str, Terms], overlay: Overlay
) -> Iterator[Fault]:
    """What no gateway would make a code for; what the machine's own file has wrong is not the document's."""
    spans = [(each.minimum, each.maximum) for each in selling.values()]
    prices: list[tuple[Key, int, int]] = [
        (("slots", index, "price"), slot.price, slot.price) for index, slot in enumerate(configuration.slots)
    ]
    if free := configuration.free_amount:
        prices.append((("free_amount", "maximum"), free.minimum, free.maximum))
        prices.append((("free_amount", "minimum"), free.minimum, free.maximum))
    for at, least, most in prices:
        place = overlay.place_of(at) or overlay.place_of(("gateways",))
        if place and not any(low <= most and least <= high for low, high in spans):
            yield fault(
                place, Reason.AMOUNT_NOT_ACCEPTED, f"{shown(at)}: no gateway here takes {most} rupiah"
            )
