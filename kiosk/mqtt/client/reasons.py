"""Why there is no connection to the broker: what happened, and what a technician can do about it."""

import socket
import ssl
from typing import Final

_LET_IN: Final = "set them with: kiosk secret set mqtt.user, kiosk secret set mqtt.password"
_REFUSALS: Final = {
    "Bad user name or password": f"wrong user or password; {_LET_IN}",
    "Not authorized": f"wrong user, password or client certificate; {_LET_IN}",
    "Client identifier not valid": "it does not take the kiosk's id as a client id",
    "Server unavailable": "it says that it is not available now",
}


def refusal(place: str, name: str) -> str:
    """The broker's answer to our CONNECT, by paho's name for it, in words."""
    return f"the broker at {place} does not let this kiosk in: {_REFUSALS.get(name, name)}"


def failure(place: str, error: Exception) -> str:
    """Why a connection could not be made."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the certificate of the broker at {place} is not accepted ({error.verify_message}); "
            "see `ca` and `host` in [mqtt], and the clock"
        )
    if isinstance(error, ssl.SSLError):
        return f"no TLS with the broker at {place} ({error.reason}); see the port and the client certificate"
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"the name of the broker at {place} cannot be resolved; see to the network or the DNS server"
    if isinstance(error, ConnectionRefusedError):
        return f"nothing listens at {place}; is the broker running, is the port right?"
    if isinstance(error, TimeoutError):
        return silence(place)
    if isinstance(error, ConnectionResetError):
        return _hung_up(place, "")
    words = error.strerror if isinstance(error, OSError) else None
    return f"no connection to the broker at {place}: {words or error}"


def silence(place: str) -> str:
    """It did not answer in time."""
    return f"the broker at {place} does not answer; see to the network and the firewall"


def flood(place: str, size: int) -> str:
    """It began a packet that we will not read."""
    return (
        f"the broker at {place} sends a packet of {size} bytes; "
        "let it refuse such: in mosquitto.conf message_size_limit 65536"
    )


def loss(place: str, name: str, trouble: str, *, accepted: bool) -> str:
    """Why a connection ended: paho's name for it, and what the socket said, "" where the broker hung up."""
    if name == "Keep alive timeout":
        return f"no sign of life from the broker at {place}; see to the network"
    if name == "Protocol error":
        return f"what the broker at {place} says is no MQTT 3.1.1; is the port right?"
    if not accepted:
        return _hung_up(place, trouble)
    if trouble:
        return f"the connection to the broker at {place} broke off: {trouble}"
    return f"the broker at {place} closed the connection"


def _hung_up(place: str, trouble: str) -> str:
    said = f" ({trouble})" if trouble else ""
    return (
        f"the broker at {place} hung up before it answered{said}; "
        "does that port want TLS, or none, or a client certificate?"
    )
