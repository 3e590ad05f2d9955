"""What the machine remembers: orders, slots and the messages it still owes, in one SQLite file.

`Journal` is the one writer, `Ledger` reads beside it.  The epoch marker lies outside the journal's directory,
so that a journal that was lost, restored or exchanged is noticed before it releases anything.
"""

from kiosk.journal.founding import create
from kiosk.journal.ledger import Ledger
from kiosk.journal.records import OutboxRow, Remembered
from kiosk.journal.writer import Journal, accept_loss

__all__ = ["Journal", "Ledger", "OutboxRow", "Remembered", "accept_loss", "create"]
