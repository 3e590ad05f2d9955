"""What a light machine makes of a configuration: the rules of `docs/mqtt.md` in small, pure."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from kiosk.mqtt.messages import Desired
from kiosk.mqtt.reports import Fault, Reported, Taken
from kiosk.mqtt.signatures import digest
from kiosk.mqtt.strict import typed
from kiosk.refusals import WORDS, Reason, Refusal

LOCAL: Final = ("mqtt", "credentials", "panel", "keypad", "outputs", "state", "marker")
"""What belongs to the machine and cannot be pushed."""


class SlotWanted(Struct, frozen=True):
    """What a document may say of a slot."""

    number: Annotated[int, Meta(ge=1, le=99)]
    name: str = ""
    price: Annotated[int, Meta(ge=1)] | None = None


class Document(Struct, frozen=True):
    """What a light machine understands of one; the rest it takes as it is."""

    limits: dict[str, int] = {}
    slots: tuple[SlotWanted, ...] = ()


def untouched(limits: Mapping[str, int]) -> Reported:
    """The report of a machine to which nothing was ever pushed."""
    effective = {f"limits.{name}": value for name, value in limits.items()}
    return Reported(
        version=0, hash="", taken=Taken.APPLIED, in_effect=0, reason="", errors=(), effective=effective
    )


def taken(known: Reported, desired: Desired, limits: Mapping[str, int], forged: Reason | None) -> Reported:
    """The report that follows; the known one itself where it is the same again.

    `limits` are the machine's own, `forged` says what is wrong with the signature.
    """
    hash_ = digest(desired.document)
    if (desired.version, hash_) == (known.version, known.hash):
        return known
    now = replace(known, version=desired.version, hash=hash_, reason="", errors=())
    if reason := forged or _too_low(known, desired):
        return replace(now, taken=Taken.REJECTED, reason=reason)
    if faults := tuple(_faults(desired.document, limits)):
        return replace(now, taken=Taken.REJECTED, reason=faults[0].reason, errors=faults)
    effective = {**known.effective, **dict(_effective(desired.document))}
    return replace(now, taken=Taken.APPLIED, in_effect=desired.version, effective=effective)


def prices(desired: Desired) -> dict[int, int]:
    """The prices that a document sets, by the slot's number; of one that was taken."""
    document = msgspec.convert(desired.document, Document)
    return {slot.number: slot.price for slot in document.slots if slot.price}


def _too_low(known: Reported, desired: Desired) -> Reason | None:
    if desired.version > known.version:
        return None
    return Reason.LOWER_VERSION if desired.version < known.version else Reason.VERSION_USED


def _faults(document: Mapping[str, Any], limits: Mapping[str, int]) -> Iterator[Fault]:
    yield from (_fault(name, Reason.LOCAL_ONLY) for name in LOCAL if name in document)
    understood = typed(document, Document)
    if isinstance(understood, Refusal):
        yield _fault(understood.detail.partition(":")[0], understood.reason)
        return
    for name, value in understood.limits.items():
        if value > limits.get(name, 0):
            yield _fault(f"limits.{name}", Reason.ABOVE_LOCAL_LIMIT, f"at most {limits.get(name, 0)} here")


def _fault(path: str, reason: Reason, advice: str = "") -> Fault:
    return Fault(path=path, reason=reason, words=WORDS[reason], advice=advice)


def _effective(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    understood = msgspec.convert(document, Document)
    yield from ((f"limits.{name}", value) for name, value in understood.limits.items())
    yield from ((f"slots[{slot.number}].price", slot.price) for slot in understood.slots if slot.price)
