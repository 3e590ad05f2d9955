"""What a configuration may hold and its owner should still know; `kiosk check` says it, nothing stops."""

import math
from collections.abc import Iterator
from typing import Final

from hardware.plans import COUNTED_FROM
from kiosk.configuration import Configuration
from kiosk.errors import JournalError
from kiosk.gateways.contract import Shows
from kiosk.journal import Ledger
from kiosk.model import Charge, Environment
from kiosk.qris import nmid_of

LOOKED_AT = 200
"""Orders among which a code is looked for."""
FROM_SAMPLES: Final = {
    "G000000000": "orders made now are not looked after once it is corrected; write the account's own",
    "WA 0812-3456-7890": "customers with a claim would call a stranger; write whom they can reach",
    "broker.example.com": "no broker is there, and nobody hears of a sale; write yours, or take [mqtt] out",
}
"""What stands in the files that are handed out and is nobody's, and why it cannot stay."""
ONE_PIXEL_A_MODULE = 64
"""Rows up to which a code gets no more."""


def cautions(configuration: Configuration) -> list[str]:
    """One line for each thing that may surprise: where, what, what to do."""
    return [line for caution in CAUTIONS for line in caution(configuration)]


def _the_customer_chooses(configuration: Configuration) -> Iterator[str]:
    free = configuration.free_amount
    if free and free.output not in configuration.trains:
        yield (
            f"free_amount: output {free.output} gives the same for every amount, so the customer chooses the "
            f"price, from Rp {free.minimum} on; use [[slots]] where the goods have a price"
        )


def _pulses_nobody_counts(configuration: Configuration) -> Iterator[str]:
    for name, train in configuration.trains.items():
        if not train.is_counted:
            yield (
                f"outputs.{name}.train: gaps of {train.gap_milliseconds} ms leave no time to write each "
                "pulse down, so after a power cut nobody knows how many there were; "
                f"write gap_milliseconds = {COUNTED_FROM} if the machine takes it"
            )
        if train.remainder == "round_down":
            yield (
                f"outputs.{name}.train: of an amount that is no whole number of pulses the rest is kept, up "
                f"to Rp {train.rupiah_per_pulse - 1}; tell your customers, or choose amounts that leave none"
            )


def _no_nmid(configuration: Configuration) -> Iterator[str]:
    for name in configuration.gateways:
        contract = configuration.gateway[name]
        if _shows(contract) is Shows.QRIS and not getattr(contract, "nmid", "-"):
            seen = _nmid_seen(configuration, name)
            known = f"its codes so far name {seen}: compare" if seen else "compare, it begins with ID"
            yield (
                f"gateway.{name}.nmid: not set, so another merchant's code would be shown; the NMID stands "
                f'on your QRIS sticker ({known}): write nmid = "{seen or "ID..."}" there'
            )


def _nmid_seen(configuration: Configuration, gateway: str) -> str:
    """What the oldest of the newest codes named; only ever printed, for it may be the forger's own."""
    try:
        with Ledger(configuration.journal) as ledger:
            lives = [life for life in ledger.recent(LOOKED_AT) if life.order.gateway == gateway]
    except JournalError:
        return ""
    charges = (getattr(life.state, "charge", None) for life in reversed(lives))
    return next((nmid_of(charge.code) for charge in charges if isinstance(charge, Charge)), "")


def _shows(contract: object) -> object:
    return getattr(contract, "shows", Shows.QRIS)


def _nobody_to_call(configuration: Configuration) -> Iterator[str]:
    if not configuration.contact:
        yield "contact: not set, so a customer with a claim code does not know whom to call; add one"


def _left_from_the_sample(configuration: Configuration) -> Iterator[str]:
    given = {"contact": configuration.contact, "mqtt.host": getattr(configuration.mqtt, "host", "")}
    for name, contract in configuration.gateway.items():
        given[f"gateway.{name}.merchant_id"] = getattr(contract, "merchant_id", "")
    for key, value in given.items():
        if value in FROM_SAMPLES:
            yield f'{key}: "{value}" is still the sample\'s, so {FROM_SAMPLES[value]}'


def _unused(configuration: Configuration) -> Iterator[str]:
    sold = {slot.output for slot in configuration.slots}
    sold |= {configuration.free_amount.output} if configuration.free_amount else set()
    for name in configuration.outputs.keys() - sold:
        yield f"outputs.{name}: nothing is sold through it; give it a slot or take it out"
    for name in configuration.gateway.keys() - set(configuration.gateways):
        if _shows(configuration.gateway[name]) is Shows.NOTHING:
            continue
        yield f"gateway.{name}: for old orders only; name it in gateways to sell through it"


def _moves_for_nothing(configuration: Configuration) -> Iterator[str]:
    pretended = configuration.environment is Environment.SANDBOX and configuration.sandbox_moves_outputs
    if pretended and any(part.driver != "emulated" for part in configuration.outputs.values()):
        yield "sandbox_moves_outputs: goods are given for pretended money; take it out before you leave"


def _marginal_panel(configuration: Configuration) -> Iterator[str]:
    panel = configuration.panel.config
    height = min(getattr(panel, name, math.inf) for name in ("width", "height"))
    if configuration.panel.driver != "emulated" and height <= ONE_PIXEL_A_MODULE:
        yield (
            "panel: 64 rows show a code with one pixel a module, which some phones read only from close by; "
            "try yours with: kiosk render"
        )


def _unheard_panel(configuration: Configuration) -> Iterator[str]:
    panel = configuration.panel.config
    if hasattr(panel, "spi") and not hasattr(panel, "busy_pin"):
        yield (
            "panel: by SPI nobody hears whether this panel is there, so codes are sold on one that is dark; "
            "the same panel by I2C, or e-paper, is noticed when it fails"
        )


CAUTIONS = (
    _the_customer_chooses,
    _pulses_nobody_counts,
    _no_nmid,
    _nobody_to_call,
    _left_from_the_sample,
    _unused,
    _moves_for_nothing,
    _marginal_panel,
    _unheard_panel,
)
