"""What the gateways give to pay by: published samples with other amounts and references, and any length."""

import random
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from tests.codes import code
from tests.drawing.samples import DOKU_GENERATED, DOKU_PAID, GOPAY, INTERACTIVE, LINK
from tests.drawing.test_render import LENGTHS, of_length

SEED: Final = 20_260_801
_VARIANTS: Final = 3


class Family(NamedTuple):
    """Who makes such strings, one that is published, and how its tag 62 is filled."""

    name: str
    sample: str
    reference: Callable[[random.Random], str]


def _hex(draw: random.Random, count: int) -> str:
    return "".join(draw.choices("0123456789abcdef", k=count))


def _uuid(draw: random.Random) -> str:
    return "-".join(_hex(draw, count) for count in (8, 4, 4, 4, 12))


FAMILIES: Final = (
    Family("Midtrans", GOPAY, lambda draw: f"5036{_uuid(draw)}0703A01"),
    Family("DOKU", DOKU_GENERATED, lambda draw: f"0703K455032{_hex(draw, 32)}"),
    Family("DOKU, with a fee", DOKU_PAID, lambda draw: f"0703K455032{_hex(draw, 32)}"),
    Family("InterActive", INTERACTIVE, lambda draw: f"0509{draw.randrange(10**9):09}"),
)


def payloads() -> tuple[str, ...]:
    """All of them, each time the same: 22 strings of 81 to 330 characters."""
    draw = random.Random(SEED)  # noqa: S311  # a measurement that can be repeated, no secret
    return (
        *(_varied(family, draw) for family in FAMILIES for _ in range(_VARIANTS)),
        *(of_length(length) for length in LENGTHS),
        *(LINK[:-24] + _hex(draw, 24) for _ in range(_VARIANTS)),
    )


def _varied(family: Family, draw: random.Random) -> str:
    tags = dict(_tags(family.sample))
    amount = 500 * draw.randint(2, 400)
    return code({**tags, "54": f"{amount}.00", "62": family.reference(draw)})


def _tags(payload: str) -> Iterator[tuple[str, str]]:
    """Without the checksum, which is the last."""
    at = 0
    while at < len(payload) - 8:
        length = int(payload[at + 2 : at + 4])
        yield payload[at : at + 2], payload[at + 4 : at + 4 + length]
        at += 4 + length
