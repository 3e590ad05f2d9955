"""An order in every state it can be in, and every event that can come to it."""

from msgspec.structs import replace

from kiosk import events as on
from kiosk.model import Charge, Drop, Environment, Now, Order, RefundReceipt, Report, Rupiah, Status
from kiosk.states import (
    Armed,
    CancelStep,
    Closed,
    Closing,
    Dispensed,
    Escalated,
    Inquiry,
    Intent,
    Life,
    QrShown,
    Refunded,
    Refunding,
    Settled,
    State,
    Why,
)
from tests.core.shop import (
    BOOT,
    EVIDENCE,
    MISCONFIGURED,
    MORNING,
    PRICE,
    REFUSED,
    UNREACHABLE,
    UNSUPPORTED,
    charge_of,
    report_of,
)

AT = Now(BOOT, 1000.0, MORNING)
ORDER = Order(
    "K010000000000000000001A",
    "123456",
    1,
    "Kopi susu",
    PRICE,
    "spiral1",
    "midtrans",
    Environment.PRODUCTION,
    "G1",
    AT,
)
CHARGE = charge_of(ORDER)
QUIET = Inquiry(next_at=1000.0)
ASKED = Inquiry(next_at=1000.0, asked_at=995.0, last_at=995.0)
TROUBLES = (UNREACHABLE, REFUSED, UNSUPPORTED, MISCONFIGURED)


def closing(
    charge: Charge | None = CHARGE, inquiry: Inquiry = ASKED, window_until: float = 1010.0, foreign: int = 0
) -> Closing:
    """Being closed since 990."""
    return Closing(
        Why.EXPIRED,
        charge,
        began_at=990.0,
        window_until=window_until,
        cancel=CancelStep.SENT,
        cancel_at=990.0,
        inquiry=inquiry,
        foreign=foreign,
    )


STATES: dict[str, State] = {
    "intent": Intent(give_up_at=1010.0, retry_at=1000.0, in_flight=True, attempts=1),
    "intent waiting": Intent(give_up_at=1010.0, retry_at=1000.0, attempts=2),
    "intent given up": Intent(give_up_at=1000.0, retry_at=1000.0, in_flight=True, attempts=1),
    "shown": QrShown(CHARGE, expires_at=1100.0, inquiry=QUIET),
    "shown and asked": QrShown(CHARGE, expires_at=1100.0, inquiry=ASKED, foreign=4),
    "shown for too long": QrShown(CHARGE, expires_at=1000.0, inquiry=ASKED),
    "closing in its window": closing(),
    "closing": closing(window_until=990.0, inquiry=QUIET, foreign=4),
    "closing, never shown": closing(None, window_until=990.0),
    "settled": Settled(CHARGE, EVIDENCE, seen_at=999.0, until=1010.0, inquiry=QUIET),
    "settled long ago": Settled(CHARGE, EVIDENCE, seen_at=None, until=1000.0, inquiry=ASKED),
    "armed": Armed(CHARGE, EVIDENCE),
    "dispensed": Dispensed(CHARGE, EVIDENCE, Drop.NO_SENSOR),
    "refunding": Refunding(Why.PAID_LATE, CHARGE, EVIDENCE, 5000.0, 1000.0, in_flight=True),
    "refunding, unsure": Refunding(Why.NOT_DROPPED, CHARGE, EVIDENCE, 5000.0, 1000.0, unsure=True),
    "refunding, refused": Refunding(
        Why.PAID_LATE, CHARGE, EVIDENCE, 1000.0, 1000.0, in_flight=True, unsure=True, refused="412"
    ),
    "refunded": Refunded(Why.PAID_LATE, EVIDENCE),
    "escalated": Escalated(Why.WRONG_AMOUNT, EVIDENCE),
    "closed": Closed(Why.EXPIRED),
}
PAID = report_of(ORDER, Status.PAID)
STRANGER = "K01SOMEBODYELSESORDER1A"
WRONG = (replace(PAID, order_id=STRANGER), replace(PAID, amount=Rupiah(1)), Report(Status.PAID))
EVENTS: tuple[on.OfOrder, ...] = (
    on.ChargeMade(ORDER.id, CHARGE),
    *(on.ChargeFailed(ORDER.id, trouble) for trouble in TROUBLES),
    *(on.StatusReported(ORDER.id, report_of(ORDER, status), 999.0, 999.0) for status in Status),
    *(on.StatusReported(ORDER.id, wrong, 999.0, 999.0) for wrong in WRONG),
    *(on.StatusFailed(ORDER.id, trouble) for trouble in TROUBLES),
    on.CancelDone(ORDER.id),
    *(on.CancelFailed(ORDER.id, trouble) for trouble in TROUBLES),
    on.RefundDone(ORDER.id, RefundReceipt(PRICE)),
    on.RefundDone(ORDER.id, RefundReceipt(Rupiah(1))),
    *(on.RefundFailed(ORDER.id, trouble) for trouble in TROUBLES),
    on.Hinted(ORDER.id),
    *(on.CloseAsked(ORDER.id, why) for why in (Why.CANCELLED, Why.INHIBITED, Why.PANEL_FAILED, Why.STOPPING)),
    on.CustomerLeft(ORDER.id),
    *(on.Released(ORDER.id, drop) for drop in Drop),
    on.ReleaseFailed(ORDER.id, True, "stuck"),
    on.ReleaseFailed(ORDER.id, False, "gone"),
)


def life_in(state: State) -> Life:
    """The order in that state."""
    return Life(ORDER, state)
