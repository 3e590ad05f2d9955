"""Everything a panel says, side by side in Indonesian and English, and how numbers are written.

Short, because 128 pixels hold 16 large letters; plain, because the reader is in a hurry.  "Refund under way"
is said by one screen only.
"""

from enum import Enum

from kiosk.model import Language, Rupiah


class Say(Enum):
    """What is said, by what it means: Indonesian, English."""

    TEST = ("TEST", "TEST")

    # starting, the technician's page
    STARTING = ("Memulai", "Starting up")
    KIOSK = ("Kios", "Kiosk")
    VERSION = ("Versi", "Version")
    TECHNICIAN = ("Teknisi", "Technician")

    # idle, choosing, typing
    TYPE_NUMBER = ("Ketik nomor", "Type number")
    TYPE_AMOUNT = ("Ketik jumlah", "Type amount")
    NUMBERS = ("No.", "No.")
    NONE_LEFT = ("habis", "sold out")
    CLOSED = ("tutup", "closed")
    PAY_WITH_QRIS = ("Bayar pakai QRIS", "Pay with QRIS")
    OTHER_LANGUAGE = ("# English", "# Bahasa")
    KEY_BUY = ("# bayar", "# pay")
    KEY_DELETE = ("* hapus", "* delete")
    NUMBER = ("Nomor", "Number")
    NO_SUCH_NUMBER = ("Nomor tidak ada", "No such number")
    CHOOSE_ANOTHER = ("Pilih yang lain", "Choose another")
    AMOUNT_LIMITS = ("Dari {} sampai {}", "From {} to {}")
    AMOUNT_STEP = ("Kelipatan {}", "In steps of {}")
    AMOUNT_NOT_ACCEPTED = ("Jumlah salah", "Wrong amount")

    # the code
    PLEASE_WAIT = ("Mohon tunggu", "Please wait")
    MAKING_CODE = ("Membuat kode QR", "Making your QR code")
    USE_CAMERA = ("pakai kamera", "use camera")
    CODE_SMALL = ("kode {}", "code {}")
    KEYS_BESIDE_CODE = ("#cek *batal", "#check *stop")
    ASKING = ("sedang dicek", "checking")
    REALLY_CANCEL = ("Batalkan?", "Cancel?")
    KEY_YES = ("* ya", "* yes")
    KEY_NO = ("# tidak", "# no")
    ALREADY_PAID_NO = ("Sudah bayar? Tekan #", "Already paid? Press #")

    # checking
    CHECKING = ("Pembayaran dicek", "Checking payment")
    DO_NOT_PAY_AGAIN = ("Jangan bayar lagi", "Do not pay again")
    CODE = ("Kode {}", "Code {}")
    KEY_PAID = ("# cek lagi", "# check again")
    KEY_LEAVE = ("* selesai", "* leave")
    REALLY_LEAVE = ("Berhenti menunggu?", "Stop waiting?")
    KEEP_CODE = ("Catat kode ini", "Keep this code")
    KEY_KEEP_WAITING = ("# tunggu", "# wait")

    # the good end
    PAID = ("Lunas", "Paid")
    PREPARING = ("Sedang disiapkan", "Just a moment")
    GO_AHEAD = ("Silakan", "Go ahead")
    THANK_YOU = ("Terima kasih", "Thank you")

    # the other ends
    EXPIRED = ("Waktu habis", "Time is over")
    DO_NOT_SCAN = ("Jangan scan kode tadi", "Do not scan that code")
    CANCELLED = ("Dibatalkan", "Cancelled")
    PAID_ANYWAY = ("Terlanjur bayar? Simpan:", "Paid anyway? Keep this:")
    TRY_AGAIN = ("Silakan coba lagi", "Please try again")
    NO_CODE = ("Kode QR gagal dibuat", "QR code not available")
    NOTHING_CHARGED = ("Tidak ada yang ditagih", "Nothing was charged")
    REFUND_UNDER_WAY = ("Sedang dikembalikan", "Refund under way")
    MONEY_RETURNED = ("Uang sudah kembali", "Money returned")
    CALL_OPERATOR = ("Hubungi petugas", "Please contact us")
    INTERRUPTED = ("Listrik terputus", "Power was cut")
    ALREADY_PAID = ("Sudah bayar? Simpan:", "Already paid? Keep this:")

    # not now
    BUSY = ("Sedang dipakai", "In use")
    WAIT_A_LITTLE = ("Mohon tunggu sebentar", "Please wait a little")
    SOLD_OUT = ("Habis", "Sold out")
    SLOT_STOPPED = ("Tidak dijual dulu", "Not for sale now")
    OUT_OF_SERVICE = ("Maaf, tutup dulu", "Out of service")
    CANNOT_SELL = ("Belum bisa beli", "Nothing can be bought")

    def in_(self, language: Language) -> str:
        """The words in a language."""
        indonesian, english = self.value
        return indonesian if language is Language.INDONESIAN else english


def grouped(amount: Rupiah) -> str:
    """Whole rupiah with dots between the thousands: `12.500`."""
    return f"{amount:,}".replace(",", ".")


def rupiah(amount: Rupiah) -> str:
    """An amount as every price tag in Indonesia writes it: `Rp 12.500`."""
    return f"Rp {grouped(amount)}"


def countdown(seconds: int) -> str:
    """Minutes and seconds: `2:59`; never below nothing."""
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes}:{rest:02}"
