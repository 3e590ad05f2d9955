"""The gateway's report beside our orders: each disagreement has one name."""

from typing import Any

import pytest

from kiosk.operator.matching import Comparison, Kind, compare
from kiosk.operator.sales import Sale, Told, rebuild
from kiosk.operator.statement import Row, Standing
from tests.operator.told import SOLD, story

ORDER = "K01AAAAAAAAAAAAAAAAAAAA"
PAID, UNPAID, REFUNDED, PARTLY = Standing


def row(
    standing: Standing = PAID, amount: int = 12_000, *, line: int = 2, order: str = ORDER, reference: str = ""
) -> Row:
    return Row(line, order, reference, amount, standing)


def sales(*states: str, **more: Any) -> list[Sale]:
    return rebuild(story(*states, **more))


def kinds(found: Comparison) -> list[Kind]:
    return [each.kind for each in found.findings]


@pytest.mark.parametrize(
    ("rows", "states", "more", "expected"),
    [
        ([row()], SOLD, {}, []),
        ([row(amount=21_000)], SOLD, {}, [Kind.AMOUNT]),
        ([row(UNPAID)], SOLD, {}, [Kind.NOT_PAID]),
        ([row(UNPAID)], ("intent", "closed"), {}, []),
        ([row()], ("intent", "qr_shown", "closed"), {}, [Kind.NOT_DELIVERED]),
        ([row()], ("intent", "qr_shown"), {}, [Kind.NOT_DELIVERED]),
        ([row()], (*SOLD[:4], "escalated"), {}, [Kind.NOT_DELIVERED]),
        ([row()], (*SOLD[:3], "escalated", "resolved"), {"why": "dispensed"}, []),
        ([row(), row(line=3)], SOLD, {}, [Kind.PAID_TWICE]),
        ([row(UNPAID), row(line=3)], SOLD, {}, []),
        ([row(REFUNDED)], SOLD, {}, [Kind.REFUND]),
        ([row()], ("refunding", "refunded"), {"refunded": 12_000}, [Kind.REFUND]),
        ([row(REFUNDED)], ("refunding", "refunded"), {"refunded": 12_000}, []),
        ([row(), row(REFUNDED, line=3)], ("refunding", "refunded"), {"refunded": 12_000}, []),
        ([row(), row(REFUNDED, 5_000)], (*SOLD, "refunded_in_part"), {"refunded": 5_000}, []),
        ([row(), row(REFUNDED, 4_000)], (*SOLD, "refunded_in_part"), {"refunded": 5_000}, [Kind.REFUND]),
        ([row(PARTLY)], (*SOLD, "refunded_in_part"), {"refunded": 5_000}, []),
        ([row(PARTLY)], SOLD, {}, [Kind.REFUND]),
        (
            [row(PARTLY)],
            (*SOLD[:3], "escalated", "refunded_in_part"),
            {"refunded": 5_000},
            [Kind.NOT_DELIVERED],
        ),
        ([], SOLD, {}, [Kind.ONLY_HERE]),
        ([], ("intent", "closed"), {}, []),
        ([], ("intent", "escalated"), {"why": "unresolved"}, []),
        ([row(order="stranger")], (), {}, [Kind.ONLY_THERE]),
        ([row(UNPAID, order="stranger")], (), {}, []),
    ],
)
def test_each_disagreement_has_its_name(
    rows: list[Row], states: tuple[str, ...], more: dict[str, Any], expected: list[Kind]
) -> None:
    assert kinds(compare(rows, sales(*states, **more))) == expected


def test_an_order_may_have_several_faults() -> None:
    assert kinds(compare([row(amount=1)], sales("intent", "closed"))) == [Kind.NOT_DELIVERED, Kind.AMOUNT]


def test_what_agrees_is_counted_once() -> None:
    found = compare([row(UNPAID), row(line=3), row(UNPAID, order="x")], sales(*SOLD))
    assert (found.agreeing, found.findings, found.ignored) == (1, (), 1)


@pytest.mark.parametrize("name", [{"gateway_reference": "gw-1"}, {"rrn": "gw-1"}])
@pytest.mark.parametrize("column", ["order", "reference"])
def test_an_order_is_found_by_the_gateways_or_the_banks_name_of_it(name: dict[str, str], column: str) -> None:
    there = row(reference="gw-1", order="gw-1" if column == "order" else "")
    assert kinds(compare([there], sales(*SOLD, **name))) == []


def test_the_order_id_counts_more_than_a_reference() -> None:
    mine = sales(*SOLD, gateway_reference="gw-1")
    other = rebuild(story(*SOLD, kiosk="K02", order="K02BBBBBBBBBBBBBBBBBBBB", gateway_reference="gw-2"))
    found = compare([row(order=mine[0].order_id, reference="gw-2")], [*mine, *other])
    assert [(each.kind, each.sale and each.sale.kiosk) for each in found.findings] == [
        (Kind.ONLY_HERE, "K02")
    ]


def test_a_name_of_two_orders_names_neither() -> None:
    told: list[Told] = []
    for kiosk in ("K01", "K02"):
        told += story(*SOLD, kiosk=kiosk, order=f"{kiosk}AAAAAAAAAAAAAAAAAAAA", rrn="77")
    found = compare([row(order="", reference="77")], rebuild(told))
    assert kinds(found) == [Kind.ONLY_THERE, Kind.ONLY_HERE, Kind.ONLY_HERE]


def test_what_the_report_need_not_know_is_not_missed() -> None:
    assert kinds(compare([], sales(*SOLD), lambda sale: sale.gateway == "doku")) == []


def test_what_was_paid_and_not_delivered_comes_first() -> None:
    told = [*story(*SOLD), *story(*SOLD[:4], "escalated", kiosk="K02", order="K02AAAAAAAAAAAAAAAAAAAA")]
    found = compare([row(order="K02AAAAAAAAAAAAAAAAAAAA"), row(order="x")], rebuild(told))
    assert kinds(found) == [Kind.NOT_DELIVERED, Kind.ONLY_THERE, Kind.ONLY_HERE]
