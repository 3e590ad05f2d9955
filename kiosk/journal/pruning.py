"""What is forgotten, and when: by age, a little at a time, and never on the word of a clock alone.

The wall clock is only a label, so three things bound what a wrong one can do: nothing goes unless the clock
agrees roughly with the newest order, the newest thousand stay whatever their date, and one call removes
little.
"""

import sqlite3

from msgspec import Struct

from kiosk.journal import rows
from kiosk.journal.database import transaction
from kiosk.model import Now

DAY = 86_400.0
KEEP = 180 * DAY
CLOCK_MAY_LAG = 1 * DAY
CLOCK_MAY_LEAD = 45 * DAY
NEWEST_ALWAYS_KEPT = 1_000
MOST_ORDERS = 200_000
MOST_MESSAGES = 800_000
MOST_COMMANDS = 20_000
AT_ONCE = 200

NEWEST = "SELECT row, made_at FROM orders ORDER BY row DESC LIMIT 1"
NEXT_ORDERS = """SELECT row, claim_code, over, told, made_at FROM orders
    WHERE row > ? AND row <= ? ORDER BY row LIMIT ?"""
OLD_MESSAGES = """SELECT seq FROM (SELECT seq, message FROM outbox WHERE seq <= ? ORDER BY seq LIMIT ?)
    WHERE json_extract(message, '$.time') < ? OR seq <= ?"""
NEWEST_COMMAND = "SELECT row, at FROM commands ORDER BY row DESC LIMIT 1"
OLD_COMMANDS = """SELECT row FROM
    (SELECT row, until FROM commands WHERE row <= ? AND unfinished = 0 ORDER BY row LIMIT ?)
    WHERE until < ? OR row <= ?"""


class Horizon(Struct, frozen=True):
    """Which rows may go.

    None after `last_row`, none with events after `told`; of the rest those made before the wall time `before`
    and all up to `crowded_row`.
    """

    last_row: int
    before: float
    crowded_row: int
    told: int


def horizon(db: sqlite3.Connection, now: Now, told: int) -> Horizon | None:
    """What may go now; None while the clock and the newest order do not agree, or there is no order."""
    newest = db.execute(NEWEST).fetchone()
    if newest is None or not _agrees(now, newest[1]):
        return None
    return Horizon(newest[0] - NEWEST_ALWAYS_KEPT, now.wall - KEEP, newest[0] - MOST_ORDERS, told)


def forget_orders(db: sqlite3.Connection, after: int, bound: Horizon) -> tuple[int, int]:
    """Delete among the next few rows; returns how many went and the row to go on after, 0 to begin again."""
    looked_at = db.execute(NEXT_ORDERS, (after, bound.last_row, AT_ONCE)).fetchall()
    gone = [(row, code) for row, code, *about in looked_at if _may_go(bound, row, *about)]
    db.executemany("DELETE FROM orders WHERE row = ?", [(row,) for row, _ in gone])
    db.executemany("DELETE FROM claim_codes WHERE order_row = ? AND code = ?", gone)
    goes_on = len(looked_at) == AT_ONCE and looked_at[-1][4] < bound.before
    return len(gone), looked_at[-1][0] if goes_on else 0


def forget_messages(db: sqlite3.Connection, newest: int, bound: Horizon) -> None:
    """Delete the oldest messages: for a machine without an operator's side, where nobody fetches them."""
    old = db.execute(
        OLD_MESSAGES, (newest - NEWEST_ALWAYS_KEPT, AT_ONCE, bound.before, newest - MOST_MESSAGES)
    )
    rows.remove_messages(db, [seq for (seq,) in old.fetchall()], newest)


def forget_commands(db: sqlite3.Connection, now: Now) -> None:
    """Delete a few of the oldest commands whose time and a day are over, but none still to be answered.

    The newest command vouches for the clock as the newest order does elsewhere.  A crowd goes sooner: so many
    cannot have come within the few minutes that a command is good for.
    """
    newest = db.execute(NEWEST_COMMAND).fetchone()
    if newest is None or not _agrees(now, newest[1]):
        return
    bounds = (newest[0] - NEWEST_ALWAYS_KEPT, AT_ONCE, now.wall, newest[0] - MOST_COMMANDS)
    old = db.execute(OLD_COMMANDS, bounds).fetchall()
    if old:
        with transaction(db):
            db.executemany("DELETE FROM commands WHERE row = ?", old)


def _agrees(now: Now, newest: float) -> bool:
    return -CLOCK_MAY_LAG <= now.wall - newest <= CLOCK_MAY_LEAD


def _may_go(bound: Horizon, row: int, over: int, told: int, made_at: float) -> bool:
    old = made_at < bound.before or row <= bound.crowded_row
    return bool(over) and told <= bound.told and old
