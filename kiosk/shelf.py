"""What is remembered of a slot: its stock, its trouble in a row, and the refunds of the day.

Trouble stops a slot until a person puts it back into service, so that a jammed spiral does not sell again and
a taped flap does not earn refunds.
"""

from msgspec.structs import replace

from kiosk.model import Now, SlotRecord
from kiosk.settings import Limits
from kiosk.states import Armed, Dispensed, Escalated, Refunding, State, Why

DAY = 86_400
FAILED_VENDS = (Why.NOT_DROPPED, Why.OUTPUT_FAILED, Why.RELEASE_UNCERTAIN)


def may_refund(record: SlotRecord, now: Now, limits: Limits) -> bool:
    """Whether the cap of the slot and day leaves room for one more; a clock gone back begins no day."""
    return record.refund_day < day_of(now) or record.refunds < limits.refunds_per_slot_and_day


def remember(
    record: SlotRecord, before: State, state: State, now: Now, limits: Limits, *, counts_stock: bool
) -> SlotRecord:
    """The record after an order of this slot left one state and reached another."""
    match state:
        case Armed():
            return replace(record, stock=max(0, record.stock - 1)) if counts_stock else record
        case Dispensed() if isinstance(before, Armed):
            return replace(record, failed_vends=0, cuts=0)
        case Refunding(why=why, asked=None):
            return _count_refund(_trouble(record, before, why, limits), now)
        case Escalated(why=why, detail=detail):
            return _trouble(record, before, Why(detail) if detail in list(Why) else why, limits)
        case _:
            return record


def _trouble(record: SlotRecord, before: State, why: Why, limits: Limits) -> SlotRecord:
    """Counted once, at the end of the release: what becomes of the refund says nothing about the slot."""
    if not isinstance(before, Armed):
        return record
    if why is Why.CUT_IN_RELEASE:
        cuts = record.cuts + 1
        return replace(record, cuts=cuts, stopped=record.stopped or _reason(cuts, limits.cuts, why))
    if why in FAILED_VENDS:
        failed = record.failed_vends + 1
        stopped = record.stopped or _reason(failed, limits.failed_vends, why)
        return replace(record, failed_vends=failed, stopped=stopped)
    return record


def vouched_for(record: SlotRecord, now: Now) -> SlotRecord:
    """Its counters begin anew; its day of refunds goes on, unless a wrong clock put it into the future."""
    fresh = replace(record, stopped="", cuts=0, failed_vends=0)
    today = day_of(now)
    return fresh if record.refund_day <= today else replace(fresh, refund_day=today, refunds=0)


def _reason(count: int, limit: int, why: Why) -> str:
    return why.value if count >= limit else ""


def _count_refund(record: SlotRecord, now: Now) -> SlotRecord:
    day = max(record.refund_day, day_of(now))
    refunds = record.refunds + 1 if record.refund_day == day else 1
    return replace(record, refund_day=day, refunds=refunds)


def day_of(now: Now) -> int:
    """Days since 1970, as the clock says."""
    return int(now.wall // DAY)
