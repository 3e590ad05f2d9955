"""The ledger's own rules."""

import pytest

from kiosk.simulator.ledger import (
    Charge,
    Ended,
    Ledger,
    NotOpen,
    NotRefundable,
    Open,
    Paid,
    Payment,
    Refund,
    Taken,
)


def charge(
    transaction: str = "t1", order: str = "A", made_at: float = 0.0, expires_at: float = 900.0
) -> Charge:
    return Charge(
        transaction=transaction,
        order=order,
        amount=12000,
        payload=f"code of {transaction}",
        gateway="midtrans",
        acquirer="gopay",
        made_at=made_at,
        expires_at=expires_at,
    )


def opened(*charges: Charge) -> Ledger:
    ledger = Ledger()
    for one in charges:
        ledger.open(one)
    return ledger


def paid(ledger: Ledger) -> Ledger:
    ledger.pay("t1", Payment(12000, "gopay", 1.0))
    return ledger


def test_an_open_order_id_is_taken() -> None:
    with pytest.raises(Taken):
        opened(charge(), charge("t2"))


def test_a_paid_order_id_stays_taken() -> None:
    with pytest.raises(Taken):
        paid(opened(charge())).open(charge("t2"))


def test_an_ended_order_id_is_free_and_the_newest_charge_answers_for_it() -> None:
    ledger = opened(charge())
    ledger.end("t1", "cancel", 1.0)
    ledger.open(charge("t2", made_at=2.0))
    found = ledger.find("A", 3.0)
    assert found is not None
    assert found.transaction == "t2"


def test_nobody_pays_twice() -> None:
    with pytest.raises(NotOpen):
        paid(paid(opened(charge())))


def test_nobody_pays_what_was_cancelled() -> None:
    ledger = opened(charge())
    ledger.end("t1", "cancel", 0.5)
    with pytest.raises(NotOpen):
        paid(ledger)


def test_an_open_charge_lapses_at_its_time() -> None:
    ledger = opened(charge(expires_at=900.0))
    assert ledger.find("t1", 899.9) == charge()
    lapsed = ledger.find("t1", 900.0)
    assert lapsed is not None
    assert lapsed.standing == Ended("expire", 900.0)


def test_a_paid_charge_never_lapses() -> None:
    found = paid(opened(charge())).find("t1", 10_000.0)
    assert found is not None
    assert isinstance(found.standing, Paid)


def test_a_code_leads_to_its_charge() -> None:
    found = opened(charge(), charge("t2", "B")).behind("code of t2", 1.0)
    assert found is not None
    assert (found.order, found.standing) == ("B", Open())


def test_a_refund_key_counts_once() -> None:
    ledger = paid(opened(charge()))
    for _ in range(2):
        ledger.refund("t1", Refund("k", 5000, "", 2.0))
    assert ledger.spent() == 7000


def test_no_more_comes_back_than_was_paid() -> None:
    ledger = paid(opened(charge()))
    ledger.refund("t1", Refund("a", 12000, "", 2.0))
    with pytest.raises(NotRefundable):
        ledger.refund("t1", Refund("b", 1, "", 3.0))


def test_an_unpaid_charge_has_nothing_to_send_back() -> None:
    with pytest.raises(NotRefundable):
        opened(charge()).refund("t1", Refund("a", 1, "", 2.0))
