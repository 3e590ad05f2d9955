"""The kiosk's own DOKU gateway against our face of DOKU: both must read the documents alike."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.errors import Misconfigured, Refused, Unreachable, Unreadable
from kiosk.gateways.doku import Doku
from kiosk.model import Charge, Environment, Evidence, QrisCode, RefundReceipt, Rupiah, Status
from kiosk.order.verdict import Verdict, judge
from kiosk.qris import check
from kiosk.secret import Secret
from kiosk.simulator.doku_gate import AUTH_CODE
from kiosk.simulator.misfortunes import Misfortune
from tests.gateways.papers import ID, order

from .counters import DOKU, PAIR, DokuCounter
from .midtrans_world import Door


@pytest.fixture
def doku(door: Door) -> DokuCounter:
    return DokuCounter(door)


Made = Callable[..., Doku]
SOON = 40.0


@pytest.fixture
def make(doku: DokuCounter) -> Iterator[Made]:
    made: list[Doku] = []

    def make(client_id: str = DOKU.client_id, hours_wrong: float = 0, **settings: Any) -> Doku:
        config = Doku.Config(
            base_url=doku.url,
            client_id=client_id,
            merchant_id=DOKU.mall_id,
            postal_code="13120",
            **{
                "refunds": True,
                "cancels": True,
                "create_deadline": SOON,
                "status_deadline": SOON,
                **settings,
            },
        )
        secrets = {"secret_key": Secret(DOKU.secret_key), "private_key": Secret(PAIR.private)}
        now = lambda: doku.clock() + hours_wrong * 3600  # noqa: E731  # a clock that is set wrong
        made.append(Doku(config, Environment.SIMULATOR, secrets, "KSK01", now))
        return made[-1]

    yield make
    for each in made:
        each.close()


def paid(doku: DokuCounter, gateway: Doku) -> Charge:
    charge = gateway.create(order())
    doku.pay("BCA")
    return charge


def status(gateway: Doku, charge: Charge | None = None) -> Status:
    return gateway.status(order(), charge).status


def refund(gateway: Doku, charge: Charge) -> RefundReceipt:
    return gateway.refund(order(), charge, Evidence(), Rupiah(25_000), f"{ID}-R1")


def test_a_code_made_for_an_order_may_be_shown(make: Made) -> None:
    gateway = make()
    check(gateway.create(order()).code, order().amount, gateway.terms)


def test_an_order_is_absent_then_pending_then_paid(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    seen = [status(gateway)]
    charge = gateway.create(order())
    seen.append(status(gateway, charge))
    doku.pay()
    seen.append(status(gateway, charge))
    assert seen == [Status.ABSENT, Status.PENDING, Status.PAID]


def test_a_payment_carries_everything_that_was_asked(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    charge = paid(doku, gateway)
    report = gateway.status(order(), charge)
    assert judge(order(), charge, report, gateway.terms) is Verdict.PAID
    assert report.evidence.reference == charge.reference
    assert all((report.evidence.issuer, report.evidence.approval_code, report.evidence.paid_at))


def test_an_unpaid_order_is_judged_so(make: Made) -> None:
    gateway = make()
    charge = gateway.create(order())
    assert judge(order(), charge, gateway.status(order(), charge), gateway.terms) is Verdict.PENDING


def test_a_charge_whose_answer_was_lost_is_not_made_twice(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    status(gateway)  # has a token by now
    doku.bench.arm(Misfortune.LOST_REPLY)
    with pytest.raises(Unreachable):
        gateway.create(order())
    with pytest.raises(Unreadable, match="look at its status"):
        gateway.create(order())
    assert status(gateway) is Status.PENDING
    assert doku.charge.amount == 25_000


@pytest.mark.parametrize("misfortune", [Misfortune.TOKENS_FORGOTTEN, Misfortune.CONFLICT])
def test_what_can_be_put_right_is_put_right_without_a_word(
    doku: DokuCounter, make: Made, misfortune: Misfortune
) -> None:
    gateway = make()
    status(gateway)
    doku.bench.arm(misfortune)
    assert gateway.create(order()).reference


def test_a_clock_five_hours_wrong_sells(doku: DokuCounter, make: Made) -> None:
    gateway = make(hours_wrong=5)
    charge = paid(doku, gateway)
    assert status(gateway, charge) is Status.PAID
    assert gateway.clock_offset == pytest.approx(-5 * 3600, abs=60)


def test_a_payer_may_come_back_after_the_code_has_gone_until_it_lapses(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    charge = gateway.create(order())
    doku.clock.now += gateway.terms.on_screen
    assert status(gateway, charge) is Status.PENDING
    doku.pay()
    assert status(gateway, charge) is Status.PAID


def test_money_goes_back_whole_and_once(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    charge = paid(doku, gateway)
    assert refund(gateway, charge).amount == 25_000
    assert status(gateway, charge) is Status.REFUNDED
    with pytest.raises(Refused, match="refunded already"):
        refund(gateway, charge)
    assert doku.ledger.spent() == 0


def test_a_refund_by_hand_needs_no_more_than_the_order(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    paid(doku, gateway)
    assert refund(gateway, Charge(QrisCode(""), "")).amount == 25_000


def test_a_refund_waits_while_the_balance_is_low(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    charge = paid(doku, gateway)
    doku.bench.arm(Misfortune.REFUND_REFUSED)
    with pytest.raises(Unreachable, match="balance"):
        refund(gateway, charge)
    assert status(gateway, charge) is Status.PAID


def test_an_order_closed_is_unpaid_for_good(make: Made) -> None:
    gateway = make()
    charge = gateway.create(order())
    gateway.cancel(order(), charge)
    assert status(gateway, charge) is Status.UNPAID_FINAL


def test_an_order_that_is_paid_can_not_be_closed(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    charge = paid(doku, gateway)
    with pytest.raises(Refused, match="perhaps it is paid"):
        gateway.cancel(order(), charge)
    assert status(gateway, charge) is Status.PAID


def test_a_client_whom_doku_does_not_know_gets_nowhere(make: Made) -> None:
    with pytest.raises(Misconfigured, match="see to the client id"):
        make(client_id="BRN-0000").create(order())


def test_a_code_is_read_and_paid_as_a_wallet_does(doku: DokuCounter, make: Made) -> None:
    gateway = make()
    code = gateway.create(order()).code
    assert isinstance(code, QrisCode)
    assert gateway.decode(order("TRY1"), code.payload).amount == 25_000
    token = gateway.customer_token(Secret(AUTH_CODE))
    assert gateway.pay(order("TRY2"), code.payload, Rupiah(0), token).approval_code
    assert status(gateway) is Status.PAID
    assert doku.ledger.spent() == 25_000
