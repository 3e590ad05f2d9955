"""Whether the gateways and the broker can be reached, without asking any of them for money."""

import socket
import ssl
from collections.abc import Iterator
from typing import Final

from kiosk.configuration import Configuration
from kiosk.control.standing import Standing
from kiosk.doctor.findings import Finding, bad, ok, warn
from kiosk.errors import ConfigError, GatewayError
from kiosk.gateways.online import Online
from kiosk.keyring import opened
from kiosk.mqtt.broker import Broker

PATIENCE: Final = 8.0
CLOCKS_APART: Final = 60.0
"""Seconds after which a gateway may refuse what we sign."""


def gateways(configuration: Configuration) -> Iterator[Finding]:
    """Each of them: its name, its port, its certificate, its clock."""
    for name in configuration.gateway:
        yield _gateway(configuration, name)


def broker(configuration: Configuration, standing: Standing | None) -> Iterator[Finding]:
    """The operator's broker; a kiosk that is connected knows best."""
    known = configuration.mqtt
    if known is None:
        yield ok("broker", "none configured; the operator hears nothing of this machine")
    elif standing and standing.connected:
        yield ok("broker", f"{known.place}: connected")
    elif reason := _unreachable(known):
        yield bad(
            "broker", f"{known.place}: {reason}", "look at the network and at [mqtt]; it sells meanwhile"
        )
    elif standing:
        advice = "compare mqtt.user and mqtt.password with the broker's; its log says why"
        yield bad("broker", f"{known.place} answers, but the kiosk is not connected", advice)
    else:
        yield ok("broker", f"{known.place} answers")


def _gateway(configuration: Configuration, name: str) -> Finding:
    what, selling = f"gateway {name}", name in configuration.gateways
    verdict = bad if selling else warn
    try:
        gateway = opened(configuration, name)
    except GatewayError as error:
        return verdict(what, error.reason, "sudo kiosk check says more")
    try:
        if not isinstance(gateway, Online):
            return ok(what, "is not asked over the network")
        gateway.knock(PATIENCE)
        return _its_clock(what, gateway.clock_offset, signs_time=gateway.terms.signs_time)
    except GatewayError as error:
        return verdict(what, error.reason, "look at the network; nothing is sold through it until it answers")
    finally:
        gateway.close()


def _its_clock(what: str, offset: float | None, *, signs_time: bool) -> Finding:
    if offset is None or abs(offset) <= CLOCKS_APART:
        return ok(what, "answers")
    way = "ahead of" if offset > 0 else "behind"
    seconds = round(abs(offset))
    advice = "timedatectl; the kiosk makes up for it meanwhile" if signs_time else "timedatectl"
    return warn(what, f"answers, and its clock is {seconds} s {way} ours", advice)


def _unreachable(known: Broker) -> str:
    """Why a connection with all its TLS cannot be made; "" where it can."""
    try:
        context = known.context()
        with socket.create_connection(known.address, PATIENCE) as plain:
            if context is None:
                return ""
            with context.wrap_socket(plain, server_hostname=known.host):
                return ""
    except ConfigError as error:
        return error.problems[0]
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is not believed: {error.verify_message}"
    except socket.gaierror:
        return "its name cannot be resolved"
    except TimeoutError:
        return f"no answer within {PATIENCE:.0f} seconds"
    except OSError as error:
        return error.strerror or "no connection"
