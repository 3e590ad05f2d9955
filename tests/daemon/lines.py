"""What the technician would read, line by line as it is written."""

import logging
import time
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from kiosk.logs import log
from tests.daemon.machine import SOON


class Lines(logging.Handler):
    """Hears every line while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: SimpleQueue[logging.LogRecord] = SimpleQueue()

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.put(record)

    def until(self, code: str) -> tuple[str, str]:
        """The order and the reason of the next line with this code; what comes before it is passed over."""
        end = time.monotonic() + SOON
        while True:
            record = self._heard.get(timeout=max(0.0, end - time.monotonic()))
            if getattr(record, "code", "") == code:
                return getattr(record, "order_id", ""), str(getattr(record, "fields", {}).get("reason", ""))

    def __enter__(self) -> Self:
        self._level = log.level
        log.setLevel(logging.INFO)
        log.addHandler(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        log.removeHandler(self)
        log.setLevel(self._level)
        self.close()
