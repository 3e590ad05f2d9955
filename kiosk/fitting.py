"""Whether the configured panel can show what it will have to: every screen, and the gateways' longest codes.

No gateway is opened for it, so it can be told before there are secrets.
"""

import pkgutil
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from hardware import PANELS
from hardware.base import must_exist
from hardware.errors import DeviceMissing
from kiosk.config import mistakes
from kiosk.configuration import Draft
from kiosk.document import placed, read
from kiosk.drafting import drafted
from kiosk.drawing import Artist
from kiosk.errors import PictureError
from kiosk.gateways.contract import Contract
from kiosk.tables import Complaint, Problem, Reader, Unparsable


def misfits(path: Path) -> list[Problem]:
    """A line for each reason why a machine with this panel would not start, as far as it can be read."""
    try:
        text, raw = read(path)
    except Unparsable:
        return []
    complaints = list(_complaints(drafted(raw, Reader())))
    return placed(complaints, path, text) if complaints else []


def why_no_start(path: Path) -> str:
    """What keeps a machine from starting with this file, "" where nothing does; secrets are not looked at."""
    problems = mistakes(path) or misfits(path)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else ""


def size_of(panel: Struct) -> tuple[int, int]:
    """Width and height of a configured panel, as a customer sees it."""
    width, height = getattr(panel, "width", 0), getattr(panel, "height", 0)
    return (height, width) if getattr(panel, "rotate", 0) % 2 else (width, height)


def _must_be_made(driver: str, panel: Struct) -> None:
    """A pretended panel can have any size, a real one those of its controller's glasses."""
    sizes = getattr(pkgutil.resolve_name(PANELS[driver]), "SIZES", None)
    if sizes is not None:
        must_exist(driver, (getattr(panel, "width", 0), getattr(panel, "height", 0)), sizes)


def _complaints(draft: Draft) -> Iterator[Complaint]:
    """Where the panel's own table is wrong already, that is complained of elsewhere."""
    if draft.panel is None or draft.panel.config is None:
        return
    try:
        _must_be_made(draft.panel.driver, draft.panel.config)
        artist = Artist(size_of(draft.panel.config))
    except (DeviceMissing, PictureError) as error:
        yield Complaint(("panel",), str(error))
        return
    for name in draft.basics.get("gateways", ()):
        schema = draft.gateway[name].schema if name in draft.gateway else Contract
        try:
            artist.require_room_for(getattr(schema, "longest_code", Contract.longest_code))
        except PictureError as error:
            yield Complaint(("panel",), f"is too small for {name}: {error}")
