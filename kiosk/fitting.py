"""Whether the configured panel can show what it will have to: every screen, and the gateways' longest codes.

Nothing is opened but the gateways' own declarations, which sends nothing.
"""

import pkgutil
from collections.abc import Iterator

from msgspec import Struct

from hardware import PANELS
from hardware.base import must_exist
from hardware.errors import DeviceMissing
from kiosk.configuration import Configuration, Part
from kiosk.document import placed, read
from kiosk.drawing import Artist
from kiosk.errors import PictureError
from kiosk.keyring import opened
from kiosk.tables import Complaint, Problem


def misfits(configuration: Configuration) -> list[Problem]:
    """A line for each reason why a machine with this panel would not start."""
    complaints = list(_complaints(configuration))
    return placed(complaints, configuration.source, read(configuration.source)[0]) if complaints else []


def size_of(panel: Struct) -> tuple[int, int]:
    """Width and height of a configured panel, as a customer sees it."""
    width, height = getattr(panel, "width", 0), getattr(panel, "height", 0)
    return (height, width) if getattr(panel, "rotate", 0) % 2 else (width, height)


def _must_be_made(panel: Part) -> None:
    """A pretended panel can have any size, a real one those of its controller's glasses."""
    sizes = getattr(pkgutil.resolve_name(PANELS[panel.driver]), "SIZES", None)
    if sizes is not None:
        must_exist(
            panel.driver, (getattr(panel.config, "width", 0), getattr(panel.config, "height", 0)), sizes
        )


def _complaints(configuration: Configuration) -> Iterator[Complaint]:
    try:
        _must_be_made(configuration.panel)
        artist = Artist(size_of(configuration.panel.config))
    except (DeviceMissing, PictureError) as error:
        yield Complaint(("panel",), str(error))
        return
    for name in configuration.gateways:
        gateway = opened(configuration, name)
        gateway.close()
        try:
            artist.require_room_for(gateway.terms.longest_code)
        except PictureError as error:
            yield Complaint(("panel",), f"is too small for {name}: {error}")
