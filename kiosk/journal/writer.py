"""The one writer of the journal: every decision of the machine is one transaction of it.

After any failure it refuses everything: what an fsync could not write is not asked for again as if it could,
and a machine that cannot remember must not act.
"""

import errno
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, assert_never

import msgspec

from kiosk.effects import Answer, Durable, Remember, Save, SavePushed, SaveSlot, Tell
from kiosk.errors import JournalBroken, JournalError
from kiosk.journal import database, files, marker, opening, pruning, rows, sales
from kiosk.journal.commands import Commands
from kiosk.journal.memory import Memory
from kiosk.journal.outbox import Outbox
from kiosk.model import Now
from kiosk.mqtt.reports import Reply
from kiosk.secret import Secret

MIB = 1024 * 1024
MARKED_EVERY = 64


class Journal(Memory):
    """Opens for writing, and tells in `recovery` why nothing new may be sold, "" where all is well.

    Raises JournalMissing, JournalLocked, or JournalError where the disk or a newer version stands in the way.
    A broken file is set aside and what is left of it carried over.  `session` counts the starts;
    `failure` says why everything is refused by now.  `id_secret` is hexadecimal; where the marker is gone it
    is a stand-in, but then nothing is sold.
    """

    def __init__(self, path: Path, marker: Path, *, room: int = 64 * MIB) -> None:
        opening.expect_files(path, marker)
        self._path, self._marker_path, self._room = path, marker, room
        self._pruned_to = 0
        self._lock = files.hold(path)
        try:
            self._open()
        except BaseException:
            os.close(self._lock)
            raise

    def _open(self) -> None:
        self._marker, unmarked = opening.agreed(self._marker_path)
        self._db = opening.trusted(self._path, self._marker)
        self._inode = self._path.stat().st_ino
        try:
            self.recovery = opening.disagreement(self._db, self._marker, unmarked, is_begun=True)
            if self.recovery and rows.head(self._db).epoch <= self._marker.epoch:
                opening.begin_epoch(self._db, self._marker.epoch + 1, self.recovery)
            head = rows.head(self._db)
            self.epoch, self._boot, self.session = head.epoch, head.boot, head.session
            self._outbox, self._commands = Outbox(self._db), Commands(self._db)
        except database.TROUBLE as error:
            self._db.close()
            raise database.in_words(self._path, error) from error
        self.id_secret: Secret = self._marker.secret
        self._acknowledged = 0 if self.recovery else self._marker.acknowledged
        self._mark_start()

    def commit(self, durable: Sequence[Durable], now: Now, *, time_ok: bool = True) -> None:
        """Write one decision as one transaction; once this returns, no power cut takes it back.

        Raises JournalError, after which nothing of it counts and the journal refuses everything.
        """
        if not durable:
            return
        told = [effect for effect in durable if isinstance(effect, Tell)]
        with self._working(), database.transaction(self._db):
            self._expect_in_place()
            last = self._outbox.put(told, self.epoch, now, time_ok=time_ok)
            self._commands.put(durable, now)
            for effect in durable:
                self._put(effect, last)
            self._take_out(last)
            if now.boot != self._boot:
                self._db.execute("UPDATE journal SET boot = ?", (now.boot,))
        self._written(last)
        self._boot = now.boot

    def remove(self, seqs: Iterable[int]) -> None:
        """Take sent messages out; until the next commit a cut makes them be sent again."""
        if self._outbox.drop(seqs):
            self._flush()

    def answer_sent(self, reply: Reply) -> None:
        """An answer is out; it goes with the next commit, and a newer one to the same command stays."""
        self._commands.drop(reply)

    def acknowledged(self, epoch: int, seq: int) -> None:
        """The operator's side has every event up to this one.

        An event we never wrote shows that this journal is an old copy; from then on `recovery` is set.
        """
        if epoch < self.epoch:
            return
        if epoch > self.epoch or seq > self._outbox.seq:
            self._fall_behind(epoch, seq)
        elif seq > self._acknowledged:
            self._acknowledged = seq
            self._mark()

    def prune(self, now: Now, *, by_age_alone: bool = True) -> int:
        """Forget a few old orders and keep the log short; returns how many orders went.

        With `by_age_alone` false only what the operator's side acknowledged goes, and no message ever.
        """
        with self._working():
            gone = self._prune(now, by_age_alone=by_age_alone)
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").close()
        return gone

    def check(self) -> str:
        """Read the whole file, on any thread: "" or what is wrong, and then the next start sets it aside."""
        try:
            opening.expect_sound(self._path)
        except JournalBroken as broken:
            files.suspect(self._path)
            return str(broken)
        except JournalError as error:
            return str(error)
        return ""

    def has_room(self) -> bool:
        """Whether the disk has the room that a new order may need before it is over."""
        try:
            disk = os.statvfs(self._path.parent)
        except OSError:
            return False
        return disk.f_bavail * disk.f_frsize >= self._room

    def accept_loss(self, who: str) -> int:
        """End RECOVERY with a new epoch, under the name of who takes it upon himself; returns its number."""
        if not self.recovery:
            raise JournalError(f"{self._path} is not in RECOVERY: nothing was changed")
        epoch = max(self.epoch, self._marker.epoch) + 1
        accepted = marker.Marker(epoch, self._marker.secret, session=self.session)
        with self._working():
            self._record_loss(epoch, who)
            # the marker last: until it agrees the machine stays in RECOVERY and this can be repeated
            marker.write(self._marker_path, accepted)
        self._marker, self.epoch, self.recovery = accepted, epoch, ""
        return epoch

    def close(self) -> None:
        """Let go of file and lock; may be called again."""
        if self._lock < 0:
            return
        with suppress(JournalError):
            self._flush()
        self._db.close()
        os.close(self._lock)
        self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _expect_in_place(self) -> None:
        """A file that was deleted or exchanged under us would take the orders with it at the next start."""
        if self._path.stat().st_ino != self._inode:
            raise FileNotFoundError(
                errno.ENOENT, "another file stands in the journal's place", str(self._path)
            )

    def _put(self, effect: Durable, told: int) -> None:
        match effect:
            case Save(life):
                sales.keep(self._db, life, is_new=rows.save_life(self._db, life, told))
            case SaveSlot(number, record):
                rows.save_slot(self._db, number, record)
            case SavePushed(pushed):
                rows.save_pushed(self._db, pushed)
            case Tell() | Remember() | Answer():
                pass  # written already, all of a kind together
            case _:
                assert_never(effect)

    def _take_out(self, last: int) -> None:
        self._outbox.take_out(last)
        self._commands.take_out()

    def _written(self, last: int) -> None:
        self._outbox.written(last)
        self._commands.written()

    def _record_loss(self, epoch: int, who: str) -> None:
        wall = time.time()
        told = Tell("journal.loss_accepted", "", {"who": who, "reason": self.recovery})
        with database.transaction(self._db):
            loss = (epoch, who, wall, self.recovery)
            self._db.execute("INSERT INTO losses VALUES (NULL, ?, ?, ?, ?)", loss)
            self._db.execute("UPDATE journal SET epoch = ?, recovery = ''", (epoch,))
            last = self._outbox.put([told], epoch, Now(self._boot, 0.0, wall), time_ok=False)
            for life in rows.open_lives(self._db):
                # goods or money may be gone since: from now on it is no order like those of the new epoch
                rows.save_life(self._db, msgspec.structs.replace(life, doubtful=True), last)
            self._take_out(last)
        self._written(last)

    def _flush(self) -> None:
        if not (self._outbox.is_settled and self._commands.is_settled):
            with self._working(), database.transaction(self._db):
                self._take_out(self._outbox.seq)
            self._written(self._outbox.seq)

    def _prune(self, now: Now, *, by_age_alone: bool) -> int:
        pruning.forget_commands(self._db, now)
        bound = pruning.horizon(self._db, now, self._outbox.seq if by_age_alone else self._acknowledged)
        if bound is None:
            return 0
        with database.transaction(self._db):
            if by_age_alone:
                pruning.forget_messages(self._db, self._outbox.seq, bound)
            gone, self._pruned_to = pruning.forget_orders(self._db, self._pruned_to, bound)
        return gone

    def _fall_behind(self, epoch: int, seq: int) -> None:
        self.recovery = (
            f"it is an old copy: it ends at event {self._outbox.seq} of epoch {self.epoch}, "
            f"the operator has {seq} of {epoch}"
        )
        with self._working():
            opening.begin_epoch(self._db, max(epoch, self.epoch) + 1, self.recovery)
        self.epoch, self._acknowledged = max(epoch, self.epoch) + 1, 0

    def _mark(self) -> None:
        known = self._marker.acknowledged
        if self.recovery or (known and self._acknowledged < known + MARKED_EVERY):
            return
        self._write_marker(msgspec.structs.replace(self._marker, acknowledged=self._acknowledged))

    def _mark_start(self) -> None:
        """After the journal's own count is on disk: a cut between the two must not look like a copy."""
        if not self.recovery:
            self._write_marker(msgspec.structs.replace(self._marker, session=self.session))

    def _write_marker(self, mark: marker.Marker) -> None:
        self._marker = mark
        # a directory that the kiosk cannot write only means that an old copy is noticed later, at the broker
        with suppress(JournalError):
            marker.write(self._marker_path, mark)


def accept_loss(path: Path, marker: Path, who: str) -> int:
    """The way out of RECOVERY while the daemon is down: begins a new epoch and returns its number.

    Raises JournalLocked while it is up, JournalError where nothing was lost.
    """
    with Journal(path, marker) as journal:
        return journal.accept_loss(who)
