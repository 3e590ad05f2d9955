"""What an operator's contract with a provider allows: the part of the configuration every gateway has.

A gateway's own `Config` begins here, with its numbers as defaults.  Those of them that the provider asks for,
or that the money needs, are also the least allowed: only the simulator goes below.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, ClassVar, Final

import msgspec
from msgspec import Meta, Struct

from kiosk.errors import ConfigError
from kiosk.model import Environment, Terms, Tips

Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class Shows(Enum):
    """What a customer gets to see of a provider."""

    QRIS = "a QRIS code"
    LINK = "the address of a page, as a QR code"
    NOTHING = "nothing: it sells no order, it only answers about orders made elsewhere"


_LEAST_IS_DEFAULT: Final = ("poll", "create_deadline", "status_deadline", "claim_window")


class Contract(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds throughout; `base_url` is where the simulator listens, and for the simulator only.

    `poll` is the pauses between two status calls, the last one repeated; `longest_code` is in characters.
    """

    shows: ClassVar[Shows] = Shows.QRIS
    longest_code: ClassVar[int] = 330

    nmid: str = ""
    tips: Tips = Tips.REFUSE
    refunds: bool = False
    on_screen: Seconds = 180.0
    poll: Annotated[tuple[Seconds, ...], Meta(min_length=1)] = (10.0,)
    create_deadline: Seconds = 10.0
    status_deadline: Seconds = 5.0
    claim_window: Seconds = 20.0
    wait_for_code: Seconds = 20.0
    base_url: str = ""

    def problems(self, environment: Environment) -> Iterator[str]:
        """A line for each field that this environment does not allow, beginning with its name."""
        if environment is Environment.SIMULATOR:
            if not self.base_url:
                yield "base_url: is missing; it says where the simulator listens"
        else:
            yield from self._too_small()
            if self.base_url:
                yield "base_url: is for the simulator only; remove it"

    def terms(self, gateway: str, environment: Environment, **declared: Any) -> Terms:
        """The terms this contract comes to, with what the provider declares; `ConfigError` if not allowed."""
        problems = [f"gateway.{gateway}.{problem}" for problem in self.problems(environment)]
        if problems:
            raise ConfigError(problems)
        shared = {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if name in Terms.__struct_fields__
        }
        return Terms(**{**shared, "longest_code": self.longest_code, **declared})

    def _too_small(self) -> Iterator[str]:
        for field in msgspec.structs.fields(self):
            if field.name in _LEAST_IS_DEFAULT:
                value, least = _smallest(getattr(self, field.name)), _smallest(field.default)
                if value < least:
                    yield f"{field.name}: {value:g} s is below {least:g} s, the least outside the simulator"


def _smallest(seconds: float | tuple[float, ...]) -> float:
    return min(seconds) if isinstance(seconds, tuple) else seconds
