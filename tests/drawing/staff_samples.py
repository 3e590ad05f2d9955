"""Every screen of the staff menu as staff would meet it, and with the longest texts there can be."""

from kiosk import screens
from kiosk import staff_screens as staff
from kiosk.commands import Resolution
from kiosk.drawing.staff_pages import FAILURES
from kiosk.model import Rupiah

KOPI = Rupiah(12_500)
DEAR = Rupiah(10_000_000)
NAME = "Nasi Goreng Mawar WM"
OUTPUT = "motor_spiral_kiri_atas_nomor_99_mwmwmwmw"
ON_A_MORNING = 1_767_225_600.0


def order(state: str, **more: object) -> staff.OrderFound:
    """An order in that state, the second of ten."""
    known: dict[str, object] = {"why": "", "made_at": ON_A_MORNING, "timezone": "Asia/Jakarta", **more}
    return staff.OrderFound(2, 10, "482913", KOPI, state, **known)  # type: ignore[arg-type]  # fields by name


STAFF_USUAL: dict[str, screens.Screen] = {
    "staff-pin": staff.PinEntry(0),
    "staff-pin-typed": staff.PinEntry(4),
    "staff-pin-wrong": staff.PinEntry(0, wrong=True),
    "staff-pin-locked": staff.PinLocked(60),
    "staff-no-pin": staff.NoPin(),
    "staff-menu": staff.StaffMenu(0),
    "staff-menu-more": staff.StaffMenu(1),
    "staff-tests": staff.StaffTests(),
    "staff-wait": staff.StaffWait(),
    "staff-find": staff.FindOrder("4829"),
    "staff-order": order("DISPENSED"),
    "staff-order-closed": order("CLOSED", why="expired"),
    "staff-order-claim": order("ESCALATED", why="cut_in_release", open_claim=True),
    "staff-order-settled": order("ESCALATED", why="cut_in_release", resolved="refunded"),
    "staff-no-order": staff.NoOrder("482913"),
    "staff-no-orders": staff.NoOrder(""),
    "staff-settle": staff.Settle("482913", KOPI),
    "staff-really-settle": staff.ReallySettle("482913", KOPI, Resolution.REFUNDED),
    "staff-pick-fill": staff.PickSlot("1", "Kopi susu", staff.Purpose.FILL),
    "staff-pick-switch": staff.PickSlot("", "", staff.Purpose.SWITCH),
    "staff-pick-machine": staff.PickSlot("0", "", staff.Purpose.SWITCH),
    "staff-fill": staff.FillSlot(1, "Kopi susu", "", 3),
    "staff-fill-typed": staff.FillSlot(1, "Kopi susu", "12", 3),
    "staff-switch": staff.SwitchSlot(1, "Kopi susu", sells=True, stock=3),
    "staff-switch-machine": staff.SwitchSlot(0, "K01", sells=False),
    "staff-really-try": staff.ReallyTry("spiral1", "Kopi susu"),
    "staff-keys": staff.KeysPressed("123#*0"),
    "staff-gateways": staff.GatewaysNow(
        (staff.GatewayLine("midtrans", works=True), staff.GatewayLine("doku", works=False))
    ),
    "staff-codes": staff.CodesNow(("K201", "K207")),
    "staff-no-trouble": staff.CodesNow(()),
    "staff-done": staff.StaffDone(),
    "staff-refused": staff.StaffRefused("cap_reached"),
    "staff-failed": staff.StaffFailed("K215"),
}

STATES = "INTENT QR_SHOWN CLOSING SETTLED ARMED DISPENSED REFUNDING REFUNDED ESCALATED CLOSED".split()  # noqa: SIM905  # ten words read better without quotes

STAFF_LONGEST: dict[str, screens.Screen] = {
    "staff-pin": staff.PinEntry(8, wrong=True),
    "staff-pin-locked": staff.PinLocked(3600),
    "staff-no-pin": staff.NoPin(),
    "staff-menu": staff.StaffMenu(0),
    "staff-menu-more": staff.StaffMenu(1),
    "staff-tests": staff.StaffTests(),
    "staff-wait": staff.StaffWait(),
    "staff-find": staff.FindOrder("482968"),
    **{
        f"staff-order-{state.lower()}": staff.OrderFound(
            20, 20, "482968", DEAR, state, "foreign_answers", ON_A_MORNING, "Asia/Jakarta"
        )
        for state in STATES
    },
    **{
        f"staff-claim-{why}": staff.OrderFound(
            20, 20, "482968", DEAR, "ESCALATED", why, ON_A_MORNING, "Asia/Jakarta", open_claim=True
        )
        for why in ("cut_in_release", "refund_unanswered", "unresolved", "journal_lost", "not_known_here")
    },
    **{
        f"staff-settled-{as_}": staff.OrderFound(
            20, 20, "482968", DEAR, "ESCALATED", "foreign_answers", ON_A_MORNING, "Asia/Jakarta", as_.value
        )
        for as_ in Resolution
    },
    "staff-no-order": staff.NoOrder("482968"),
    "staff-settle": staff.Settle("482968", DEAR),
    **{f"staff-really-settle-{as_}": staff.ReallySettle("482968", DEAR, as_) for as_ in Resolution},
    **{f"staff-pick-{purpose}": staff.PickSlot("99", NAME, purpose) for purpose in staff.Purpose},
    "staff-fill": staff.FillSlot(99, NAME, "9999", 9_999),
    "staff-fill-empty": staff.FillSlot(99, NAME, "", 9_999),
    "staff-switch": staff.SwitchSlot(99, NAME, sells=False, stock=9_999),
    "staff-switch-machine": staff.SwitchSlot(0, "MWMWMWMWMWMW", sells=False),
    "staff-really-try": staff.ReallyTry(OUTPUT, NAME),
    "staff-keys": staff.KeysPressed("############"),
    "staff-gateways": staff.GatewaysNow(
        tuple(
            staff.GatewayLine(name, works=False)
            for name in ("midtrans", "doku", "doku_indodana", "interactive")
        )
    ),
    "staff-codes": staff.CodesNow(("K404", "K403", "K201", "K202", "K204", "K203")),
    "staff-done": staff.StaffDone(),
    **{
        f"staff-refused-{reason}": staff.StaffRefused(reason)
        for reason in (
            "busy",
            "not_escalated",
            "no_stock_counted",
            "cap_reached",
            "no_such_part",
            "no_such_slot",
            "no_such_order",
        )
    },
    **{f"staff-failed-{code}": staff.StaffFailed(code) for code in FAILURES},
}
