"""Orders put together from events, and what a day brought."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.operator.sales import NO_DAY, Sum, Told, days, rebuild, together
from tests.operator.told import NOON, SOLD, event, story


def day_of(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def test_a_sale_is_put_together() -> None:
    (sale,) = rebuild(story(*SOLD, gateway_reference="gw-1", rrn="77", told={"reference": "sale-1"}))
    assert (sale.state, sale.paid, sale.delivered, sale.is_owed) == ("DISPENSED", True, True, False)
    assert (sale.began_at, sale.paid_at, sale.ended_at) == (NOON + 1, NOON + 3, NOON + 5)
    assert (sale.reference, sale.gateway_reference, sale.rrn, sale.amount) == ("sale-1", "gw-1", "77", 12_000)


@given(st.permutations(story(*SOLD) * 2))
def test_order_and_repeats_change_nothing(told: list[Told]) -> None:
    assert rebuild(told) == rebuild(story(*SOLD))


def test_a_machine_speaks_for_its_own_orders_only() -> None:
    told = [*story("intent", "qr_shown"), Told("K02", event("order.settled", 9))]
    assert [(sale.kiosk, sale.paid) for sale in rebuild(told)] == [("K02", True), ("K01", False)][::-1]


def test_an_event_about_no_order_is_none() -> None:
    assert rebuild([Told("K01", event("kiosk.started", 1, order=""))]) == []


def test_an_event_of_a_newer_program_changes_no_state() -> None:
    told = [*story(*SOLD), Told("K01", event("order.admired", 6, issuer="gopay"))]
    (sale,) = rebuild(told)
    assert (sale.state, sale.issuer) == ("DISPENSED", "gopay")


@pytest.mark.parametrize(
    ("states", "more", "expected"),
    [
        (("intent", "qr_shown", "closing", "closed"), {}, (False, False, False, "CLOSED")),
        (("intent", "qr_shown", "closing", "refunding"), {}, (True, False, True, "REFUNDING")),
        ((*SOLD[:4], "escalated"), {"why": "cut_in_release"}, (True, False, True, "ESCALATED")),
        (("intent", "refunding", "refunded"), {"refunded": 12_000}, (True, False, False, "REFUNDED")),
        (("intent", "escalated"), {"why": "unresolved"}, (False, False, False, "ESCALATED")),
        ((*SOLD, "refunding", "refunded_in_part"), {"refunded": 5_000}, (True, True, False, "DISPENSED")),
        ((*SOLD, "refunding", "refund_failed"), {}, (True, True, False, "DISPENSED")),
        (
            (*SOLD[:3], "escalated", "refunding", "refunded_in_part"),
            {"refunded": 5_000},
            (True, False, True, "ESCALATED"),
        ),
        ((*SOLD[:3], "escalated", "resolved"), {"why": "void"}, (True, False, False, "ESCALATED")),
    ],
)
def test_who_paid_and_has_neither_goods_nor_money_is_owed(
    states: tuple[str, ...], more: dict[str, Any], expected: tuple[bool, bool, bool, str]
) -> None:
    (sale,) = rebuild(story(*states, **more))
    assert (sale.paid, sale.delivered, sale.is_owed, sale.state) == expected


def test_what_a_person_did_is_told() -> None:
    told = [*story(*SOLD[:3], "escalated"), Told("K01", event("order.resolved", 5, why="refunded"))]
    assert rebuild(told)[0].resolved == "refunded"


def test_a_time_that_the_machine_did_not_believe_is_none() -> None:
    (sale,) = rebuild(story(*SOLD, told={"time_ok": False}))
    assert (sale.began_at, sale.paid_at, sale.ended_at) == (None, None, None)
    assert [day.day for day in days([sale], day_of)] == [NO_DAY]


def test_a_day_is_summed_up() -> None:
    told = [
        *story(*SOLD),
        *story(*SOLD[:3], "escalated", kiosk="K02"),
        *story("intent", "refunding", "refunded", kiosk="K03", refunded=12_000),
        *story("intent", "closed", kiosk="K04"),
    ]
    (day,) = days(rebuild(told), day_of)
    assert (day.day, day.paid, day.delivered) == ("2026-01-01", Sum(3, 36_000), Sum(1, 12_000))
    assert (day.refunded, day.owed, day.unpaid) == (Sum(1, 12_000), Sum(1, 12_000), Sum(1, 12_000))


def test_of_a_part_refund_the_rest_is_owed() -> None:
    told = story(*SOLD[:3], "escalated", "refunding", "refunded_in_part", refunded=5_000)
    (day,) = days(rebuild(told), day_of)
    assert (day.refunded, day.owed) == (Sum(1, 5_000), Sum(1, 7_000))


def test_a_sale_belongs_to_the_day_on_which_it_was_paid() -> None:
    night = [Told("K01", event(f"order.{state}", 43_195 + seq)) for seq, state in enumerate(SOLD)]
    shifted = rebuild(night)
    assert [day.day for day in days(shifted, lambda moment: day_of(moment + 7 * 3600))] == ["2026-01-01"]
    assert [day.day for day in days(shifted, lambda moment: day_of(moment + 12 * 3600 + 3))] == ["2026-01-02"]


def test_all_days_are_one_sum() -> None:
    one, other = story(*SOLD), story(*SOLD, kiosk="K02", told={"time": NOON + 86_400})
    whole = together(days(rebuild([*one, *other]), day_of))
    assert (whole.paid, whole.unpaid) == (Sum(2, 24_000), Sum())


def test_no_day_is_no_sum() -> None:
    assert together([]).paid == Sum()
