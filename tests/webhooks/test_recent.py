"""What a receiver remembers: for a minute, and never without bound."""

import pytest

from kiosk.webhooks.recent import MINUTE, MOST, MOST_A_MINUTE, Kept, Quota


def test_what_is_kept_is_known_for_a_minute() -> None:
    kept = Kept()
    kept.add("a", 10.0)
    assert (kept.has("a", 10.0), kept.has("a", 10.0 + MINUTE - 1), kept.has("b", 10.0)) == (True, True, False)
    assert not kept.has("a", 10.0 + MINUTE)


def test_what_comes_again_after_a_minute_is_known_anew() -> None:
    kept = Kept()
    kept.add("a", 0.0)
    kept.add("a", MINUTE)
    assert kept.has("a", MINUTE + 1)


def test_a_machine_gets_so_many_a_minute_and_then_as_many_again() -> None:
    quota = Quota()
    for _ in range(MOST_A_MINUTE):
        assert quota.allows("K01", 0.0)
        quota.count("K01", 0.0)
    assert not quota.allows("K01", MINUTE - 1)
    assert quota.allows("K02", 0.0)
    assert quota.allows("K01", MINUTE)
    quota.count("K01", MINUTE)
    assert quota.allows("K01", MINUTE)


@pytest.mark.parametrize("kind", [Kept, Quota])
def test_strangers_cannot_fill_the_memory(kind: type[Kept] | type[Quota]) -> None:
    memory = kind()
    see = memory.add if isinstance(memory, Kept) else memory.count
    for number in range(MOST + 100):
        see(str(number), 0.0)
    assert len(memory) == MOST
    see("later", MINUTE)
    assert len(memory) == 1
