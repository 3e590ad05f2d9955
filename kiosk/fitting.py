"""Whether the configured panel can show what it will have to: every screen, and the gateways' longest codes.

Nothing is opened but the gateways' own declarations, which sends nothing.
"""

from collections.abc import Iterator

from msgspec import Struct

from kiosk.configuration import Configuration
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


def _complaints(configuration: Configuration) -> Iterator[Complaint]:
    try:
        artist = Artist(size_of(configuration.panel.config))
    except PictureError as error:
        yield Complaint(("panel",), str(error))
        return
    for name in configuration.gateways:
        gateway = opened(configuration, name)
        gateway.close()
        try:
            artist.require_room_for(gateway.terms.longest_code)
        except PictureError as error:
            yield Complaint(("panel",), f"is too small for {name}: {error}")
