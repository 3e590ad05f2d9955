"""What every provider that is reached over HTTP has: its connections, and what they tell of its clock."""

from contextlib import suppress

from kiosk.errors import Unreadable
from kiosk.gateways.base import Gateway
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.http import Http
from kiosk.model import Terms


class Online(Gateway):
    """A gateway behind one address."""

    def __init__(self, terms: Terms, merchant: str, http: Http) -> None:
        super().__init__(terms, merchant)
        self._http = http

    @property
    def clock_offset(self) -> float | None:
        """How many seconds the provider's clock is ahead of ours; None before its first answer."""
        return self._http.offset

    def knock(self, seconds: float) -> None:
        """Ask for its front page, which costs nothing and names no order; raises Unreachable.

        Whatever the page says, somebody answered for that name, and told the time.
        """
        with suppress(Unreadable):
            self._http.send("knock", "GET", "/", deadline=Deadline(seconds), headers={}, once=True)

    def close(self) -> None:
        self._http.close()
