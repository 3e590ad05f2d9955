"""Hints in Redis: receivers append, a group of forwarders reads, and what is acknowledged is trimmed.

The only place that knows Redis.  `Inlet` and `Outlet` are handed their clients, so the tests hand them real
ones, a cluster's or pretended ones; `connect` and `connect_awaiting` make those of production.  Everything
that Redis does wrong is `StreamAway`.
"""

from kiosk.webhooks.stream.away import StreamAway
from kiosk.webhooks.stream.clients import AwaitingClient, Client, connect, connect_awaiting
from kiosk.webhooks.stream.inlet import Inlet
from kiosk.webhooks.stream.outlet import Entry, Outlet

__all__ = [
    "AwaitingClient",
    "Client",
    "Entry",
    "Inlet",
    "Outlet",
    "StreamAway",
    "connect",
    "connect_awaiting",
]
