"""What systemd is told: ready, alive, stopping."""

import os
import socket
from typing import Final

PATIENCE: Final = 0.2
"""Seconds for which a manager that does not read may hold the deciding thread up."""


class Notifier:
    """The service manager's socket; silent where there is none."""

    def __init__(self, address: str | None, watchdog_usec: str | None) -> None:
        self._address = "\0" + address[1:] if address and address.startswith("@") else address
        self.beat = int(watchdog_usec) / 2_000_000 if watchdog_usec else None
        """Seconds between two signs of life, half of what systemd allows; None where nobody watches."""

    def tell(self, message: str) -> None:
        """Send one message such as `READY=1`; a manager that is gone is no reason to stop selling."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
                manager.settimeout(PATIENCE)
                manager.sendto(message.encode(), self._address)
        except OSError:
            return


def from_environment() -> Notifier:
    """The manager that started us, if one did."""
    return Notifier(os.environ.get("NOTIFY_SOCKET"), os.environ.get("WATCHDOG_USEC"))
