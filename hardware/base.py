"""The contracts between the machine and its parts.

A part is opened by its constructor, which raises `DeviceMissing`; `close` may be called twice.  Parts call
`put` from their own threads with plain values; whoever opened them decides what that means.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Event
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from PIL.Image import Image

from hardware.errors import DeviceFailed, DeviceMissing


@dataclass(frozen=True, slots=True)
class Pulse:
    """One pulse of so many milliseconds, and for how many it stays off before another one of its train."""

    milliseconds: int
    gap: int = 0


def must_fit(image: Image, size: tuple[int, int], mode: str) -> None:
    """Raise `DeviceFailed` for a picture that is not of the panel's size and mode."""
    if (image.size, image.mode) != (size, mode):
        raise DeviceFailed(
            f"a picture of {image.width}x{image.height} in mode {image.mode} is not for this panel of "
            f"{size[0]}x{size[1]} in mode {mode}"
        )


def must_exist(driver: str, size: tuple[int, int], sizes: Collection[tuple[int, int]]) -> None:
    """Raise `DeviceMissing` for a panel in a size that nobody makes."""
    if size not in sizes:
        known = ", ".join(f"{width}x{height}" for width, height in sorted(sizes))
        raise DeviceMissing(f"{driver} has no panel of {size[0]}x{size[1]} pixels: choose from {known}")


def nothing() -> None:
    """What to do where nothing is to be done."""


def no_matter(key: str) -> None:
    """What to do with a held key where holding means nothing."""


class Panel(Protocol):
    """A screen."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as the customer sees them."""

    @property
    def mode(self) -> str:
        """The Pillow mode of the pictures it takes: `1`, `L` or `RGB`."""

    def show(self, image: Image) -> None:
        """Put the picture on the glass before returning; raises `DeviceFailed`."""

    def close(self) -> None:
        """Leave the glass without a picture."""


class SlowPanel(Panel, Protocol):
    """A screen on which a picture takes its time: `presenting.presented` says how it is shown on."""

    @property
    def refresh_seconds(self) -> float:
        """How long a picture takes in the ordinary case, up to a change of the whole screen."""


class Rest(NamedTuple):
    """After how many seconds without a new picture a screen is dimmed and darkened; 0 is never."""

    dim_after: float
    dark_after: float


class GlowingPanel(SlowPanel, Protocol):
    """A screen whose dots wear out by shining."""

    @property
    def rest(self) -> Rest:
        """When to dim and darken it."""

    def glow(self, share: float) -> None:
        """Shine with this share, 0 to 1, of the configured brightness, from the next picture on."""


def refresh_seconds(panel: Panel) -> float:
    """How long a picture takes on this panel; 0 where the panel does not say."""
    seconds: float = getattr(panel, "refresh_seconds", 0.0)
    return seconds


class Keypad(Protocol):
    """Keys 0-9, `#` and `*`."""

    def listen(
        self,
        put: Callable[[str], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
        held: Callable[[str], None] = no_matter,
    ) -> None:
        """Call `put` once for each press, `failed` with a reason when the pad itself is bad.

        `healed` is called when all that was told to `failed` is over; a pad may fail in parts, so keys may
        come all the while.  `held` is called once when a key has been down for 3 s, after its press was told.
        """

    def close(self) -> None:
        """Stop listening."""


class Input(Protocol):
    """A contact or a sensor: active, or not."""

    def listen(
        self,
        put: Callable[[bool], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
    ) -> bool:
        """Call `put` at every change from now on; gives what it is right now; raises `DeviceFailed`.

        `failed` is called with a reason when nothing is seen any more, `healed` when `active` tells again.
        """

    def active(self) -> bool:
        """What it is right now, before anything settled; raises `DeviceFailed`."""

    def watch(self) -> "Watch":
        """Look closely from now on, until the watch is closed."""

    def close(self) -> None:
        """Look no more."""


class Watch:
    """Whether an input became active since this was made; `end` is called once, when it is closed."""

    def __init__(self, end: Callable[[], None] = nothing) -> None:
        self._end = end
        self._over = Event()
        self._seen = False
        self._trouble = ""

    def notice(self) -> None:
        """It is active."""
        self._seen = True
        self._over.set()

    def fail(self, reason: str) -> None:
        """Nothing can be seen any more."""
        self._trouble = reason
        self._over.set()

    def seen(self, seconds: float) -> bool:
        """Wait so long for it; raises `DeviceFailed` where nobody could have seen it."""
        self._over.wait(seconds)
        if self._trouble and not self._seen:
            raise DeviceFailed(self._trouble)
        return self._seen

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()


class Note(NamedTuple):
    """A tone of so many hertz, 0 for silence, and how long it lasts."""

    hertz: int
    milliseconds: int


class Tune(NamedTuple):
    """What is played, and what it is called."""

    name: str
    notes: tuple[Note, ...]


class Sounder(Protocol):
    """Something that can be heard."""

    def play(self, tune: Tune) -> None:
        """Begin to play and return at once; a tune under way gives way.

        Raises `DeviceFailed` when the one before could not be played; this one is begun all the same.
        """

    def close(self) -> None:
        """Be silent."""


class Silence:
    """For a machine without anything that can be heard."""

    def play(self, tune: Tune) -> None:
        """Nobody hears it."""

    def close(self) -> None:
        """It is silent."""


class Output(Protocol):
    """Something that can be energised: off when made, off when closed, off within its own maximum."""

    def release(self, plan: Pulse) -> None:
        """Energise once as planned and return when it is off again.

        Raises `DeviceMissing` when it surely never moved and `DeviceFailed` when it may have.
        """

    def off(self) -> None:
        """Switch off now; idempotent."""

    def close(self) -> None:
        """Switch off and let go of the pin."""


class Boot(Protocol):
    """Which boot this is, and how long ago it was."""

    @property
    def id(self) -> str:
        """Different after every boot, the same for every process of one boot."""

    def elapsed(self) -> float:
        """Seconds since boot, sleep included; never goes back."""
