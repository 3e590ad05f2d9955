"""The kiosk's own Midtrans gateway against our face of Midtrans: both must read the documents alike."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from kiosk.errors import Misconfigured, Refused, Unreachable, Unreadable
from kiosk.gateways import midtrans
from kiosk.gateways.midtrans import Midtrans
from kiosk.model import Charge, Environment, Evidence, Order, Rupiah, Status
from kiosk.qris import check, nmid_of
from kiosk.secret import Secret
from kiosk.simulator.merchant import Merchant
from kiosk.simulator.midtrans_face import Account
from kiosk.simulator.misfortunes import Misfortune
from tests.gateways.papers import ID, order

from .midtrans_world import KEY, Door, MidtransWorld

SOON = 40.0


@pytest.fixture
def world(door: Door) -> MidtransWorld:
    return MidtransWorld(door, Account(KEY, refunds=True))


def gateway_for(world: MidtransWorld, key: str = KEY) -> Midtrans:
    config = Midtrans.Config(
        base_url=world.url,
        merchant_id=Merchant().id,
        nmid=Merchant().nmid,
        refunds=True,
        create_deadline=SOON,
        status_deadline=SOON,
    )
    return Midtrans(config, Environment.SIMULATOR, {"server_key": Secret(key)}, "KSK01", world.clock)


@pytest.fixture
def gateway(world: MidtransWorld) -> Iterator[Midtrans]:
    with closing(gateway_for(world)) as gateway:
        yield gateway


def status(gateway: Midtrans, asked: Order | None = None) -> Status:
    return gateway.status(asked or order(), None).status


def refund(gateway: Midtrans, charge: Charge, amount: int, number: int) -> Rupiah:
    key = f"{ID}-R{number}"
    return gateway.refund(order(), charge, Evidence(), Rupiah(amount), key).amount


def test_a_code_made_for_an_order_may_be_shown(gateway: Midtrans) -> None:
    charge = gateway.create(order())
    check(charge.code, order().amount, gateway.terms)
    assert nmid_of(charge.code) == Merchant().nmid


def test_an_order_is_absent_then_pending_then_paid(world: MidtransWorld, gateway: Midtrans) -> None:
    seen = [status(gateway)]
    gateway.create(order())
    seen.append(status(gateway))
    world.pay(ID)
    seen.append(status(gateway))
    assert seen == [Status.ABSENT, Status.PENDING, Status.PAID]


def test_a_payment_carries_everything_that_was_asked(world: MidtransWorld, gateway: Midtrans) -> None:
    charge = gateway.create(order())
    world.pay(ID)
    report = gateway.status(order(), charge)
    assert (report.order_id, report.amount, report.currency) == (ID, 25_000, "IDR")
    assert report.merchant == charge.merchant == gateway.merchant
    assert report.evidence.reference == charge.reference


@pytest.mark.parametrize("close", ["cancel", "expire"])
def test_an_order_closed_is_unpaid_for_good(gateway: Midtrans, close: str) -> None:
    charge = gateway.create(order())
    if close == "cancel":
        gateway.cancel(order(), charge)
    else:
        gateway.expire(order())
    assert status(gateway) is Status.UNPAID_FINAL


def test_a_payment_in_mid_cancel_is_found(world: MidtransWorld, gateway: Midtrans) -> None:
    charge = gateway.create(order())
    world.bench.arm(Misfortune.PAID_MEANWHILE)
    with pytest.raises(Refused):
        gateway.cancel(order(), charge)
    assert status(gateway) is Status.PAID


@pytest.mark.parametrize("misfortune", [Misfortune.LOST_REPLY, Misfortune.ERROR_AFTERWARDS])
def test_a_charge_whose_answer_was_lost_is_one_charge(
    world: MidtransWorld, gateway: Midtrans, misfortune: Misfortune
) -> None:
    world.bench.arm(misfortune)
    with pytest.raises(Unreachable):
        gateway.create(order())
    world.bench.disarm(misfortune)
    charge = gateway.create(order())
    assert [each.transaction for each in world.ledger.charges()] == [charge.reference]


def test_a_denial_that_lasts_leaves_nothing_to_pay(
    world: MidtransWorld, gateway: Midtrans, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(midtrans, "_PAUSES", (0.0, 0.0))
    world.bench.arm(Misfortune.DENIED)
    with pytest.raises(Refused, match="900"):
        gateway.create(order())
    assert status(gateway) is Status.UNPAID_FINAL


def test_a_code_that_comes_as_a_picture_only_is_read(world: MidtransWorld, gateway: Midtrans) -> None:
    world.bench.arm(Misfortune.IMAGE_ONLY)
    check(gateway.create(order()).code, order().amount, gateway.terms)


def test_garbage_says_nothing(world: MidtransWorld, gateway: Midtrans) -> None:
    world.bench.arm(Misfortune.GARBAGE)
    with pytest.raises((Unreadable, Unreachable)):
        gateway.status(order(), None)


def test_money_goes_back_in_parts_and_never_twice(world: MidtransWorld, gateway: Midtrans) -> None:
    charge = gateway.create(order())
    world.pay(ID)
    sent = [refund(gateway, charge, 5_000, 1), refund(gateway, charge, 5_000, 1)]
    report = gateway.status(order(), charge)
    assert (sent, report.status, report.refunded) == ([5_000, 5_000], Status.PARTLY_REFUNDED, 5_000)
    refund(gateway, charge, 20_000, 2)
    report = gateway.status(order(), charge)
    assert (report.status, report.refunded) == (Status.REFUNDED, 25_000)


def test_a_refund_whose_answer_was_lost_is_one_refund(world: MidtransWorld, gateway: Midtrans) -> None:
    charge = gateway.create(order())
    world.pay(ID)
    status(gateway)
    world.bench.arm(Misfortune.ERROR_AFTERWARDS)
    with pytest.raises(Unreachable):
        refund(gateway, charge, 5_000, 1)
    world.bench.disarm(Misfortune.ERROR_AFTERWARDS)
    assert refund(gateway, charge, 5_000, 1) == 5_000
    assert gateway.status(order(), charge).refunded == 5_000


def test_a_wrong_key_is_for_a_person_to_mend(world: MidtransWorld) -> None:
    with (
        closing(gateway_for(world, "SB-Mid-server-other")) as gateway,
        pytest.raises(Misconfigured, match="see to the server key"),
    ):
        gateway.create(order())


def test_a_code_for_another_amount_is_never_shown(world: MidtransWorld, gateway: Midtrans) -> None:
    world.bench.arm(Misfortune.WRONG_AMOUNT)
    charge = gateway.create(order())
    with pytest.raises(ValueError, match="the price is 25000"):
        check(charge.code, order().amount, gateway.terms)
