"""What is said to a controller, as data: commands, pictures, and how long it may be busy."""

from enum import Enum, auto
from typing import NamedTuple, TypeAlias


class Memory(Enum):
    """A whole picture that is sent as a command's data."""

    NEW = auto()
    """The one to be shown."""
    OLD = auto()
    """The one on the glass, white where nobody knows."""


class Send(NamedTuple):
    """A command and its data."""

    command: int
    data: bytes | Memory = b""


class Wait(NamedTuple):
    """Be patient while the controller does something, so many seconds at most.

    `begins_within`: after so many seconds it must be seen busy, or it never heard what it was told; 0 where
    it may be done by then.
    """

    act: str
    seconds: float
    begins_within: float = 0.0


Script: TypeAlias = tuple[Send | Wait, ...]


class Controller(NamedTuple):
    """One kind of controller on one kind of glass; `partial` is empty where it is not worth having.

    `seconds` is how long a full refresh takes at room temperature.
    """

    name: str
    busy_is_high: bool
    wake: Script
    full: Script
    partial: Script
    sleep: Script
    seconds: float
