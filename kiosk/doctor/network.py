"""Whether gateways and broker can be reached and let us in, without asking any of them for money.

A gateway is asked for its front page, and then about an order that never was, which shows whether it takes
our key.  The broker is called under our own name and kept session; nothing is said, and what it delivers
is left unacknowledged, so it comes again to the kiosk.
"""

import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Final

from kiosk import minting
from kiosk.configuration import Configuration, Mqtt
from kiosk.control.standing import Standing
from kiosk.doctor.findings import Finding, bad, doubtful, good
from kiosk.errors import ConfigError, GatewayError, Misconfigured, Refused, Unreachable
from kiosk.gateways.base import Gateway
from kiosk.gateways.online import Online
from kiosk.keyring import opened
from kiosk.model import Now, Order, Rupiah
from kiosk.mqtt import news
from kiosk.mqtt.patience import Pace
from kiosk.mqtt.topics import Topics

PATIENCE: Final = 8.0
ANSWERS_WITHIN: Final = 3 * PATIENCE
"""Seconds for all that is asked of one gateway, or of the broker."""
CLOCKS_APART: Final = 60.0
"""Seconds after which a gateway may refuse what we sign."""
LISTENS: Final = 3.0
"""Seconds in which a broker that let us in refuses to let us listen, also over a slow mobile network."""
_KEYS: Final = "set the key anew with: kiosk secret set; compare environment and contract"


def gateway(configuration: Configuration, name: str) -> Iterator[Finding]:
    """Its name, its port, its certificate, its clock; and whether it takes our key."""
    what, judge = f"gateway {name}", bad if name in configuration.gateways else doubtful
    try:
        one = opened(configuration, name)
    except GatewayError as error:
        yield judge(what, "K105", error.reason, "sudo kiosk check says more")
        return
    try:
        if not isinstance(one, Online):
            yield good(what, "is not asked over the network")
            return
        one.knock(PATIENCE)
        yield _its_clock(what, one.clock_offset, signs_time=one.terms.signs_time)
        yield from _its_door(what, one, configuration)
    except Misconfigured as error:
        yield judge(what, "K105", f"answers, and does not take our key or merchant: {error.reason}", _KEYS)
    except GatewayError as error:
        yield judge(what, "K101", error.reason)
    finally:
        one.close()


def broker(configuration: Configuration, standing: Standing | None) -> Iterator[Finding]:
    """The operator's broker: reached, believed, let in, listened to; a kiosk that is connected knows best."""
    known = configuration.mqtt
    if known is None:
        yield good("broker", "none configured; the operator hears nothing of this machine")
    elif standing and standing.connected:
        waiting = f"; {standing.outbox} events wait" if standing.outbox else ""
        yield good("broker", f"{known.place}: the kiosk is connected{waiting}")
    else:
        yield _tried(configuration, known)


def _its_clock(what: str, offset: float | None, *, signs_time: bool) -> Finding:
    if offset is None:
        return good(what, "answers, and does not say what time it is")
    seconds = round(abs(offset))
    way = "ahead of" if offset > 0 else "behind"
    if seconds <= CLOCKS_APART:
        return good(what, f"answers; its clock is {seconds} s {way} ours")
    advice = "timedatectl; the kiosk makes up for it meanwhile" if signs_time else "timedatectl"
    return doubtful(what, "K104", f"answers, and its clock is {seconds} s {way} ours", advice)


def _its_door(what: str, one: Gateway, configuration: Configuration) -> Iterator[Finding]:
    try:
        one.status(_never_was(configuration, one), None)
    except (Misconfigured, Unreachable):
        raise
    except Refused:
        yield good(what, "knows us; it does not say how an order stands that never was")
    except GatewayError:
        return  # this one is not asked without a charge, or does not answer to it in words
    else:
        yield good(what, "takes our key")


def _never_was(configuration: Configuration, one: Gateway) -> Order:
    return Order(
        id=minting.order_id(configuration.kiosk),
        claim_code="",
        slot=0,
        item="",
        amount=Rupiah(0),
        output="",
        gateway=one.name,
        environment=configuration.environment,
        merchant=configuration.merchant,
        made_at=Now("", 0.0, time.time()),
    )


def _tried(configuration: Configuration, known: Mqtt) -> Finding:
    from kiosk.mqtt.client import Client

    told: SimpleQueue[news.Item] = SimpleQueue()
    secrets = configuration.secrets_of("mqtt")
    identity = news.Identity(
        client_id=configuration.kiosk,
        filters=Topics(configuration.kiosk, known.prefix).filters,
        user=secrets.get("user"),
        password=secrets.get("password"),
    )
    try:
        link = Client(known, identity, told.put, pace=Pace(dialling=PATIENCE, farewell=1.0))
    except ConfigError as error:
        return bad("broker", "K508", error.problems[0])
    link.start()
    try:
        return _heard(known.place, told)
    finally:
        link.close()


def _heard(place: str, told: SimpleQueue[news.Item]) -> Finding:
    """The first thing that counts: no connection, no right to listen, or neither soon after a welcome."""
    is_in, until = False, time.monotonic() + 2 * PATIENCE
    while True:
        try:
            item = told.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            break
        if isinstance(item, news.Disconnected):
            return bad("broker", "K702", item.reason)
        if isinstance(item, news.NotSubscribed):
            return bad("broker", "K704", f"{place} lets us in, but not listen to {item.filters[0]}")
        if isinstance(item, news.Connected):
            is_in, until = True, time.monotonic() + LISTENS
    if is_in:
        return good("broker", f"{place} lets this kiosk in and lets it listen")
    return bad("broker", "K702", f"{place} does not answer")
