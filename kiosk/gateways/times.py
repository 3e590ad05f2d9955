"""Moments as providers write them: in UTC, or in Jakarta's time (WIB)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

WIB: Final = timezone(timedelta(hours=7))
"""Jakarta's time, which never changes by the season."""


def utc(at: float) -> str:
    """Seconds since 1970 as `2026-08-01T03:00:00Z`."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def jakarta(at: float) -> str:
    """Seconds since 1970 as `2026-08-01T10:00:00+07:00`."""
    return datetime.fromtimestamp(at, WIB).isoformat(timespec="seconds")


def moment_in(text: str, shape: str) -> datetime | None:
    """A moment of that shape (strptime's), Jakarta's time where it names no zone; None where it is none."""
    try:
        moment = datetime.strptime(text, shape)  # noqa: DTZ007  # the next line adds the zone
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=WIB)
