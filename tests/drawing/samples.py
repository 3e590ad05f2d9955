"""Every screen as a customer would meet it, and with the longest texts the configuration allows."""

from collections.abc import Iterator

from kiosk import screens
from kiosk.model import Language, Rupiah
from kiosk.screens import View
from tests.drawing.staff_samples import STAFF_LONGEST, STAFF_USUAL

GOPAY = (
    "00020101021226620014COM.GO-JEK.WWW011993600914349052630340210G4905263030303UKE51440014ID.CO.QRIS.WWW"
    "0215AID0607336128660303UKE5204341453033605802ID5904Test6007BANDUNG6105402845409789000.00"
    "62475036c032f87c-f773-4619-aefa-675e1f06f9210703A016304A623"
)
INTERACTIVE = (
    "00020101021226680016ID.CO.TELKOM.WWW011893600898025599662702150001952559966270303UMI"
    "51440014ID.CO.QRIS.WWW0215ID10200211817450303UMI520457325303360540825578.005502015802ID"
    "5916InterActive Corp6013KOTA SURABAYA61056013662130509413255111630439B7"
)
DOKU_GENERATED = (
    "00020101021226530012COM.DOKU.WWW0118936008990000002997020429970303UMI51440014ID.CO.QRIS.WWW"
    "0215ID20200622029970303UMI52045411530336054071200.255502025606500.525802ID5911Green Pages"
    "6007Jakarta61051312062430703K455032a98757c8dbc6434ab5dd4c55d9092d9a6304F6EA"
)
DOKU_PAID = (
    "00020101021226530012COM.DOKU.WWW0118936008990000002997020429970303UBE51440014ID.CO.QRIS.WWW"
    "0215ID20200622029970303UBE52045411530336054071200.005502025606500.005802ID5911Green Pages"
    "6007Jakarta61051312062430703K455032072435673f53496a9db872c8caa148996304F8EF"
)
LINK = "https://jokul.doku.com/checkout/link/SU5WFDferd561dfasfasdfae123c20230106103423901"

CONTACT = "WA 0812-3456-7890"
KOPI = Rupiah(12_500)

USUAL: dict[str, screens.Screen] = {
    "starting": screens.Starting("K01", "0.1.0"),
    "idle": screens.Idle(
        "Kopi Kita",
        (
            screens.SlotLine(1, "Kopi susu", Rupiah(12_500)),
            screens.SlotLine(2, "Teh manis", Rupiah(8_000)),
            screens.SlotLine(3, "Air mineral", Rupiah(5_000), available=False),
        ),
    ),
    "idle-four": screens.Idle(
        "Kopi Kita",
        (
            screens.SlotLine(1, "Kopi susu gula aren", Rupiah(18_000)),
            screens.SlotLine(2, "Teh manis", Rupiah(8_000)),
            screens.SlotLine(3, "Air mineral 600 ml", Rupiah(5_000)),
            screens.SlotLine(12, "Roti cokelat", Rupiah(9_500), available=False, stopped=True),
        ),
    ),
    "idle-many": screens.Idle(
        "Kopi Kita", tuple(screens.SlotLine(n, f"Barang {n}", Rupiah(5_000)) for n in range(1, 25))
    ),
    "idle-amount": screens.Idle("Cuci Motor Jaya", (), Rupiah(1_000), Rupiah(50_000)),
    "slot-chosen": screens.SlotChosen("1", "Kopi susu", KOPI),
    "no-such-slot": screens.NoSuchSlot("77"),
    "amount-entry": screens.AmountEntry(KOPI, Rupiah(1_000), Rupiah(50_000), Rupiah(500)),
    "please-wait": screens.PleaseWait(KOPI),
    "pay": screens.PayByCode(GOPAY, Rupiah(12_500), "Kopi Kita", 179, "482913"),
    "pay-checking": screens.PayByCode(
        INTERACTIVE, Rupiah(25_578), "InterActive Corp", 61, "482913", checking=True
    ),
    "pay-link": screens.PayByCode(LINK, Rupiah(150_000), "Green Pages", 899, "482913", link=True),
    "confirm-cancel": screens.ConfirmCancel(KOPI),
    "checking": screens.Checking("482913", CONTACT),
    "confirm-give-up": screens.ConfirmGiveUp("482913"),
    "paid": screens.Paid(KOPI, "Kopi susu"),
    "take-item": screens.TakeItem("Kopi susu"),
    "expired": screens.Expired("482913", CONTACT),
    "cancelled": screens.Cancelled("482913", CONTACT),
    "try-again": screens.TryAgain("K101"),
    "refund-under-way": screens.RefundUnderWay(KOPI, "482913", CONTACT),
    "money-returned": screens.MoneyReturned(KOPI, "482913", CONTACT),
    "call-operator": screens.CallOperator("482913", CONTACT, "K201"),
    "interrupted": screens.Interrupted("482913", CONTACT),
    "busy": screens.Busy(),
    "amount-not-accepted": screens.AmountNotAccepted(
        Rupiah(12_250), Rupiah(1_000), Rupiah(50_000), Rupiah(500)
    ),
    "sold-out": screens.SoldOut("Kopi susu"),
    "slot-stopped": screens.SlotStopped("Kopi susu", "K207"),
    "out-of-service": screens.OutOfService("K201", CONTACT),
    "technician": screens.Technician("0.1.0", "K01", "wlan0 192.168.1.23"),
    **STAFF_USUAL,
    "test-picture": screens.TestPicture(),
}

DEAR = Rupiah(10_000_000)
TYPED = Rupiah(99_999_999)
NAME = "Nasi Goreng Mawar WM"
CALL = "WhatsApp 0812-3456-78901"
MERCHANT = "Warung Makan Mbak Mawarni"
KIOSK = "MWMWMWMWMWMW"

LONGEST: dict[str, screens.Screen] = {
    "starting": screens.Starting(KIOSK, "10.20.30.dev40"),
    "idle": screens.Idle(MERCHANT, tuple(screens.SlotLine(n, NAME, DEAR) for n in (96, 97, 98, 99))),
    "idle-three": screens.Idle(MERCHANT, tuple(screens.SlotLine(n, NAME, DEAR) for n in (97, 98, 99))),
    "idle-empty": screens.Idle(
        MERCHANT, tuple(screens.SlotLine(n, NAME, DEAR, False) for n in (96, 97, 98, 99))
    ),
    "idle-many": screens.Idle(MERCHANT, tuple(screens.SlotLine(n, NAME, DEAR) for n in range(1, 100))),
    "idle-amount": screens.Idle(MERCHANT, (), DEAR, DEAR),
    "slot-chosen": screens.SlotChosen("99", NAME, DEAR),
    "no-such-slot": screens.NoSuchSlot("99"),
    "amount-entry": screens.AmountEntry(TYPED, DEAR, DEAR, DEAR),
    "please-wait": screens.PleaseWait(DEAR),
    "pay": screens.PayByCode(GOPAY, DEAR, MERCHANT, 3599, "482968"),
    "pay-large-code": screens.PayByCode("M" * 380, DEAR, MERCHANT, 3599, "482968"),
    "pay-checking": screens.PayByCode(GOPAY, DEAR, MERCHANT, 3599, "482968", checking=True),
    "pay-link": screens.PayByCode("https://" + "m" * 220, DEAR, MERCHANT, 3599, "482968", link=True),
    "confirm-cancel": screens.ConfirmCancel(DEAR),
    "checking": screens.Checking("482968", CALL),
    "confirm-give-up": screens.ConfirmGiveUp("482968"),
    "paid": screens.Paid(DEAR, NAME),
    "take-item": screens.TakeItem(NAME),
    "expired": screens.Expired("482968", CALL),
    "cancelled": screens.Cancelled("482968", CALL),
    "try-again": screens.TryAgain("K299"),
    "refund-under-way": screens.RefundUnderWay(DEAR, "482968", CALL),
    "money-returned": screens.MoneyReturned(DEAR, "482968", CALL),
    "call-operator": screens.CallOperator("482968", CALL, "K299"),
    "interrupted": screens.Interrupted("482968", CALL),
    "busy": screens.Busy(),
    "amount-not-accepted": screens.AmountNotAccepted(TYPED, DEAR, DEAR, DEAR),
    "sold-out": screens.SoldOut(NAME),
    "slot-stopped": screens.SlotStopped(NAME, "K299"),
    "out-of-service": screens.OutOfService("K299", CALL),
    "technician": screens.Technician("10.20.30.dev40", KIOSK, "wlan0 192.168.100.123 -60 dBm, eth0 down"),
    **STAFF_LONGEST,
    "test-picture": screens.TestPicture(),
}


def golden_views(language: Language) -> Iterator[tuple[str, View]]:
    """The name of each golden picture and what it shows."""
    for name, screen in USUAL.items():
        yield name, View(screen, language)
    for name in ("idle", "pay", "paid"):
        yield f"{name}.test", View(USUAL[name], language, test=True)
