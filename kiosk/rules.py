"""What must fit together in a configuration: one small rule each, all of them always checked.

A rule gets what could be read of the file and yields its complaints; where a value was bad already, that was
complained of, and the rule says nothing more.
"""

import math
import re
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from kiosk.configuration import Draft, Mqtt, PartDraft, train_of
from kiosk.gateways import GATEWAYS
from kiosk.gateways.contract import Contract, Shows
from kiosk.leaves import nearest
from kiosk.model import Environment
from kiosk.plugs import PLUGS, parts_of
from kiosk.tables import Complaint, Key
from kiosk.trains import Train

_LONGEST_SOCKET = 103
_MAY_BE_NOTHING = ("highest_charge",)


def sells_in_one_way(draft: Draft) -> Iterator[Complaint]:
    """Either slots or a free amount."""
    ways = draft.given & {"slots", "free_amount"}
    if len(ways) == 2:
        yield Complaint(("free_amount",), "stands beside [[slots]]", "keep one of the two")
    elif not ways:
        yield Complaint(("slots",), "nothing is sold", "add [[slots]] tables, or one [free_amount]")


def slot_numbers_differ(draft: Draft) -> Iterator[Complaint]:
    """A number names one slot."""
    seen: set[int] = set()
    for index, slot in enumerate(draft.slots):
        number = slot.get("number")
        if number is None:
            continue
        if number in seen:
            yield Complaint(("slots", index, "number"), f"slot {number} stands here a second time")
        seen.add(number)


def amounts_fit(draft: Draft) -> Iterator[Complaint]:
    """The limits of a free amount can be reached with its step."""
    free = draft.free_amount
    if not {"minimum", "maximum", "step"} <= free.keys():
        return
    if free["minimum"] > free["maximum"]:
        yield Complaint(("free_amount", "minimum"), "is above the maximum")
    for name in ("minimum", "maximum"):
        if free[name] % free["step"]:
            yield Complaint(("free_amount", name), f"is no multiple of the step, {free['step']}")


def limits_are_positive(draft: Draft) -> Iterator[Complaint]:
    """A limit of nothing would stop every sale."""
    for name, value in draft.limits.items():
        if value < 0 or (value == 0 and name not in _MAY_BE_NOTHING):
            least = "at least" if name in _MAY_BE_NOTHING else "above"
            yield Complaint(("limits", name), f"must be {least} 0")


def prices_are_within_limits(draft: Draft) -> Iterator[Complaint]:
    """A price that was mistyped, or pushed by somebody else, gives nothing away."""
    least, most = draft.limits.get("lowest_price", 0), draft.limits.get("highest_price", math.inf)
    slots: list[tuple[Key, Any]] = [
        (("slots", index, "price"), slot.get("price")) for index, slot in enumerate(draft.slots)
    ]
    free = [(("free_amount", name), draft.free_amount.get(name)) for name in ("minimum", "maximum")]
    for key, price in (*slots, *free):
        if price is not None and price < least:
            yield Complaint(key, f"is below limits.lowest_price, {least}")
        if price is not None and price > most:
            yield Complaint(key, f"is above limits.highest_price, {most}")


def outputs_exist(draft: Draft) -> Iterator[Complaint]:
    """Whatever is sold has an output that releases it."""
    sold = [(("slots", index, "output"), slot) for index, slot in enumerate(draft.slots)]
    places: list[tuple[Key, dict[str, Any]]] = [*sold, (("free_amount", "output"), draft.free_amount)]
    for key, thing in places:
        output = thing.get("output")
        if output is not None and output not in draft.named_outputs:
            known = ", ".join(sorted(draft.named_outputs))
            advice = nearest(output, draft.named_outputs) or f"there are: {known or 'none'}"
            yield Complaint(key, "no such output", advice)


def amounts_are_whole_pulses(draft: Draft) -> Iterator[Complaint]:
    """What is sold by the pulse is sold in pulses, no more at once than its output gives."""
    for key, thing, names in _priced(draft):
        train = _train(draft, thing.get("output"))
        for name in names if train else ():
            amount = thing.get(name)
            if train and amount is not None and (wrong := train.refusal(amount)):
                yield Complaint((*key, name), wrong, _by_the_pulse(train, amount))


def _priced(draft: Draft) -> Iterator[tuple[Key, dict[str, Any], tuple[str, ...]]]:
    for index, slot in enumerate(draft.slots):
        yield ("slots", index), slot, ("price",)
    free = draft.free_amount
    train = _train(draft, free.get("output"))
    # every amount between the bounds is one of its steps, so these three speak for all
    steps = () if train is None or train.rounds_down else ("step",)
    yield ("free_amount",), free, ("minimum", "maximum", *steps)


def _train(draft: Draft, output: Any) -> Train | None:
    part = draft.outputs.get(output) if isinstance(output, str) else None
    plan = part.values.get("train") if part else None
    return train_of(plan) if plan else None


def _by_the_pulse(train: Train, amount: int) -> str:
    if amount // train.worth > train.most:
        return f"{train.worth * train.most} rupiah are the most"
    lower = amount - amount % train.worth or train.worth
    return f'such as {lower}; or write remainder = "round_down" in the train, and the rest is kept'


def gateways_are_known(draft: Draft) -> Iterator[Complaint]:
    """Every gateway named exists, once, and has its table."""
    names = draft.basics.get("gateways")
    if names is None:
        return
    if not names:
        yield Complaint(("gateways",), "names none", f"one of {', '.join(GATEWAYS)}")
    for index, name in enumerate(names):
        if name not in GATEWAYS:
            advice = nearest(name, GATEWAYS) or f"one of {', '.join(GATEWAYS)}"
            yield Complaint(("gateways", index), "no such gateway", advice)
        elif name in names[:index]:
            yield Complaint(("gateways", index), f"{name} stands here a second time")
        elif name not in draft.named_gateways:
            yield Complaint(("gateways", index), f"{name} has no settings", f"add [gateway.{name}]")


def gateways_sell(draft: Draft) -> Iterator[Complaint]:
    """What makes no codes is no gateway to sell through."""
    for index, name in enumerate(draft.basics.get("gateways") or ()):
        part = draft.gateway.get(name)
        if part and getattr(part.schema, "shows", None) is Shows.NOTHING:
            advice = "take it out; its own table stays, for status and refunds by hand"
            yield Complaint(("gateways", index), f"{name} makes no codes", advice)


def the_timezone_exists(draft: Draft) -> Iterator[Complaint]:
    """People read times in it."""
    name = draft.basics.get("timezone")
    if name is None:
        return
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        advice = nearest(name, zoneinfo.available_timezones()) or "such as Asia/Jakarta"
        yield Complaint(("timezone",), "no such time zone", advice)


def the_control_socket_fits(draft: Draft) -> Iterator[Complaint]:
    """The kernel takes no longer address for a socket."""
    if len(str(draft.basics.get("control", "")).encode()) > _LONGEST_SOCKET:
        yield Complaint(("control",), f"is longer than the {_LONGEST_SOCKET} bytes of a socket's address")


def nothing_is_pretended_for_real_money(draft: Draft) -> Iterator[Complaint]:
    """Production has no emulated part; the clock is never emulated where a gateway is real."""
    environment = draft.basics.get("environment")
    if environment is not Environment.PRODUCTION:
        return
    for key, part in (*parts_of(draft), *_clock(draft)):
        if part.driver == "emulated":
            yield Complaint((*key, "driver"), "production has no emulated parts", "name the real driver")


def _clock(draft: Draft) -> Iterator[tuple[Key, PartDraft]]:
    if draft.clock:
        yield ("clock",), draft.clock


def pretended_money_moves_nothing(draft: Draft) -> Iterator[Complaint]:
    """In the simulator never, in the sandbox only where somebody says so."""
    environment = draft.basics.get("environment")
    real = [name for name, part in draft.outputs.items() if part.driver != "emulated"]
    if environment is Environment.SIMULATOR:
        for name in real:
            yield Complaint(
                ("outputs", name, "driver"), "the simulator moves no real output", 'write driver = "emulated"'
            )
    if environment is Environment.SANDBOX and not draft.basics.get("sandbox_moves_outputs", True):
        for name in real:
            yield Complaint(
                ("outputs", name, "driver"),
                "the sandbox would give goods for pretended money",
                'write driver = "emulated", or sandbox_moves_outputs = true at the top if you mean it',
            )


def contracts_hold(draft: Draft) -> Iterator[Complaint]:
    """Each gateway says what its environment does not allow: its deadlines, polls and addresses."""
    environment = draft.basics.get("environment")
    if environment is None:
        return
    for name, part in draft.gateway.items():
        contract = _as_far_as_known(part)
        for problem in contract.problems(environment) if isinstance(contract, Contract) else ():
            field, _, reason = problem.partition(": ")
            if field in part.values:
                yield Complaint(("gateway", name, field), reason)


def _as_far_as_known(part: PartDraft) -> Struct | None:
    """The part's settings with defaults where they were bad; None where one that was needed is missing."""
    try:
        return part.config or part.schema(**part.values)
    except (TypeError, ValueError):
        return None


def the_broker_can_be_trusted(draft: Draft) -> Iterator[Complaint]:
    """Encrypted, or on this machine; its files fit together."""
    if not draft.mqtt or "host" not in draft.mqtt:
        return
    for problem in Mqtt(**draft.mqtt).problems():
        field, _, reason = problem.partition(": ")
        yield Complaint(("mqtt", field), reason)


def the_simulator_stays_at_home(draft: Draft) -> Iterator[Complaint]:
    """Its gateway and its broker listen on this machine and nowhere else."""
    if draft.basics.get("environment") is not Environment.SIMULATOR:
        return
    for name, part in draft.gateway.items():
        address = part.values.get("base_url")
        if address and not re.fullmatch(r"https?://127\.0\.0\.1(:[0-9]{1,5})?", address):
            advice = "write http://127.0.0.1: and its port"
            yield Complaint(("gateway", name, "base_url"), "the simulator talks to 127.0.0.1 only", advice)
    if draft.mqtt and draft.mqtt.get("host", "127.0.0.1") != "127.0.0.1":
        advice = 'write host = "127.0.0.1"'
        yield Complaint(("mqtt", "host"), "the simulator talks to 127.0.0.1 only", advice)


RULES: tuple[Callable[[Draft], Iterator[Complaint]], ...] = (
    sells_in_one_way,
    slot_numbers_differ,
    amounts_fit,
    limits_are_positive,
    prices_are_within_limits,
    outputs_exist,
    amounts_are_whole_pulses,
    *PLUGS,
    gateways_are_known,
    gateways_sell,
    the_timezone_exists,
    the_control_socket_fits,
    nothing_is_pretended_for_real_money,
    pretended_money_moves_nothing,
    contracts_hold,
    the_broker_can_be_trusted,
    the_simulator_stays_at_home,
)
