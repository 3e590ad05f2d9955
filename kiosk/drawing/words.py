"""Everything a panel says, side by side in Indonesian and English, and how numbers are written.

Short, because 128 pixels hold 16 large letters; plain, because the reader is in a hurry.  "Refund under way"
is said by one screen only.
"""

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

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
    CAMERA = ("kamera", "camera")
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

    # the staff menu: its door
    STAFF = ("Petugas", "Staff")
    TYPE_PIN = ("Ketik PIN", "Type the PIN")
    WRONG_PIN = ("PIN salah", "Wrong PIN")
    TOO_MANY_TRIES = ("Terlalu sering salah", "Too many tries")
    TRY_IN = ("Coba lagi dalam {}", "Try again in {}")
    NO_PIN = ("PIN belum ada", "No PIN is set")
    SET_PIN = ("Di komputer: {}", "At a shell: {}")
    KEY_OK = ("# ok", "# ok")
    KEY_MORE = ("# lagi", "# more")
    KEY_BACK = ("* kembali", "* back")
    KEY_LEAVE_MENU = ("* keluar", "* leave")
    KEY_TECHNICIAN = ("# teknisi", "# technician")
    KEY_DO_IT = ("# ya", "# yes")
    KEY_DO_NOT = ("* tidak", "* no")

    # the staff menu: what can be done
    LAST_ORDERS = ("Pesanan terakhir", "Last orders")
    FIND_CODE = ("Cari kode", "Find a code")
    FILL_SLOT = ("Isi barang", "Fill a slot")
    SWITCH_SLOT = ("Buka / tutup", "Sell / stop")
    TESTS = ("Tes alat", "Tests")
    TEST_PANEL = ("Layar", "Panel")
    TEST_KEYS = ("Tombol", "Keypad")
    TEST_OUTPUT = ("Gerakkan alat", "Move an output")
    TYPE_CODE = ("Ketik kode", "Type the code")
    SIX_DIGITS = ("6 angka", "6 digits")

    # the staff menu: orders and claims
    NOT_FOUND = ("Tidak ditemukan", "Not found")
    NO_ORDERS = ("Belum ada pesanan", "No orders yet")
    NOT_PAID_YET = ("Belum dibayar", "Not paid yet")
    BEING_CHECKED = ("Sedang dicek", "Being checked")
    BEING_RELEASED = ("Lunas, diproses", "Paid, under way")
    WAS_RELEASED = ("Lunas, sudah keluar", "Paid, released")
    MONEY_ON_ITS_WAY = ("Uang jalan kembali", "Money on its way")
    NEEDS_A_PERSON = ("Perlu diselesaikan", "Needs a person")
    NEVER_PAID = ("Tidak dibayar", "Never paid")
    DID_IT_COME_OUT = ("Barang sudah keluar?", "Did it come out?")
    MONEY_STILL_OWED = ("Uang belum kembali", "Money still owed")
    DOES_NOT_FIT = ("Bayarannya tidak cocok", "Payment does not fit")
    NEVER_ANSWERED = ("Gateway tidak menjawab", "Gateway never answered")
    RECORDS_LOST = ("Catatan mesin hilang", "Records were lost")
    SETTLED_AS = ("Selesai: {}", "Settled: {}")
    KEY_SETTLE = ("1 selesaikan", "1 settle")
    WHAT_WAS_DONE = ("Diselesaikan apa?", "What was done?")
    GOODS_GIVEN = ("barang diberi", "goods given")
    MONEY_GIVEN = ("uang diberi", "money given")
    NOTHING_OWED = ("tidak ada utang", "nothing owed")
    NOTE_IT = ("Sudah benar?", "Is that right?")

    # the staff menu: slots and tests
    WHICH_NUMBER = ("Nomor berapa?", "Which number?")
    WHOLE_MACHINE = ("0 = seluruh mesin", "0 = whole machine")
    MACHINE = ("Seluruh mesin", "Whole machine")
    HOW_MANY = ("Isinya berapa?", "How many in it?")
    SO_FAR = ("Tercatat {}", "Noted: {}")
    STOCK = ("Isi {}", "Stock {}")
    SELLS = ("Dijual", "On sale")
    DOES_NOT_SELL = ("Tidak dijual", "Not on sale")
    KEY_STOP = ("# tutup", "# stop")
    KEY_SELL = ("# buka", "# sell")
    MOVE_IT = ("Gerakkan?", "Move it?")
    IT_MOVES_ONCE = ("Bergerak satu kali", "It moves once")
    PRESS_KEYS = ("Tekan tombol", "Press keys")
    KEY_TWICE_LEAVES = ("** selesai", "** leave")
    DONE = ("Beres", "Done")
    NOTED = ("Sudah dicatat", "It is noted")
    NOT_DONE = ("Tidak bisa", "Not done")
    ALREADY_SETTLED = ("Sudah diselesaikan", "Settled already")
    NOTHING_COUNTED = ("Isi tidak dihitung", "No stock is counted")
    ENOUGH_TODAY = ("Cukup untuk hari ini", "Enough for today")
    NO_OUTPUT = ("Tidak ada alatnya", "It has no output")
    OUTPUT_FAILED = ("Alat bermasalah", "The output failed")
    RECORDS_UNREAD = ("Catatan tak terbaca", "Records not readable")

    # the technician's pages
    NO_NETWORK = ("Tidak ada jaringan", "No network")
    GATEWAYS = ("Gateway", "Gateways")
    WORKS = ("baik", "ok")
    LEFT_ALONE = ("putus", "down")
    CODES = ("Kode gangguan", "Trouble codes")
    NO_TROUBLE = ("Tidak ada gangguan", "No trouble")

    def in_(self, language: Language) -> str:
        """The words in a language."""
        indonesian, english = self.value
        return indonesian if language is Language.INDONESIAN else english


Words: TypeAlias = Callable[[Say], str]
"""The words in the language of a screen."""


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
