"""What every provider that is reached over HTTP has: its connections, and what they tell of its clock."""

from kiosk.gateways.base import Gateway
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

    def close(self) -> None:
        self._http.close()
