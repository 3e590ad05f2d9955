"""Redis does not do what it should: in our words, and without what was sent to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from redis.exceptions import RedisClusterException, RedisError

from kiosk.errors import KioskError

TROUBLES: Final = (RedisError, RedisClusterException, OSError)


class StreamAway(KioskError):
    """Redis does not answer, or not as it should; nothing is known of what was under way."""


def away(error: BaseException) -> StreamAway:
    """What is wrong, in one line."""
    if isinstance(error, StreamAway):
        return error
    said = " ".join(str(error).split()).rpartition(" of pipeline caused error: ")[2]
    return StreamAway(f"Redis: {said[:160] or type(error).__name__}")


@contextmanager
def translated() -> Iterator[None]:
    """Every failure of Redis as StreamAway."""
    try:
        yield
    except TROUBLES as error:
        raise away(error) from error
