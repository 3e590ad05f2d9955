"""How the machine goes on: after a power cut, after a mere restart, and with a journal that is not whole."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, Environment, SlotRecord, Status
from kiosk.screens import (
    CallOperator,
    Checking,
    Expired,
    Idle,
    Interrupted,
    OutOfService,
    Paid,
    PayByCode,
    RefundUnderWay,
    TryAgain,
)
from kiosk.states import Closed, Closing, Escalated, Refunded, Refunding, Settled, Why
from tests.core.shop import PRICE, REFUSED, SETTINGS, TERMS, Shop

DAY = 86_400.0
Beginning: TypeAlias = Callable[[Shop], Shop]


def shown(shop: Shop) -> Shop:
    shop.shows_code()
    return shop


def settled(shop: Shop) -> Shop:
    """Paid in the claim window, the door open."""
    shop.shows_code()
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    return shop.cancels().passes(2.0).says(Status.PAID)


def armed(shop: Shop) -> Shop:
    shop.shows_code()
    return shop.is_paid()


def test_after_a_cut_nothing_that_was_payable_is_shown_again(shop: Shop) -> None:
    shown(shop)
    pictures = len(shop.asked(do.Show))
    shop.restarts(boot="boot-2").passes(600.0)
    assert not any(isinstance(each.view.screen, PayByCode) for each in shop.asked(do.Show)[pictures:])


def test_after_a_cut_an_order_without_a_code_is_closed_in_the_background(shop: Shop) -> None:
    shop.begins()
    shop.restarts(boot="boot-2")
    state = shop.state(Closing)
    assert (state.why, state.charge) == (Why.POWER_CUT, None)
    assert shop.waits_for(do.Cancel)
    assert isinstance(shop.screen, Idle)


def test_after_a_cut_the_customer_of_a_code_reads_the_claim_code(shop: Shop) -> None:
    shown(shop).restarts(boot="boot-2")
    assert shop.state(Closing).why is Why.POWER_CUT
    assert shop.screen == Interrupted("000001", "WA 0812")
    assert shop.till.opened is None


def test_a_payment_found_after_a_cut_goes_back(shop: Shop) -> None:
    shown(shop).restarts(boot="boot-2").cancels().passes(2.0).says(Status.PAID)
    assert not shop.asked(do.Release)
    assert shop.state(Refunding).why is Why.PAID_LATE
    assert isinstance(shop.screen, RefundUnderWay)


def test_a_restart_after_a_cut_opens_no_claim_window_again(shop: Shop) -> None:
    """The old window's end is a time of another boot, which may still be to come in this one."""
    shown(shop).press("**")
    shop.restarts(boot="boot-2").restarts()
    assert shop.till.opened is None
    shop.cancels().passes(2.0).says(Status.PAID)
    assert not shop.asked(do.Release)


def test_after_a_cut_what_was_paid_is_given_back(shop: Shop) -> None:
    settled(shop).restarts(boot="boot-2")
    assert shop.state(Refunding).why is Why.POWER_CUT
    assert shop.waits_for(do.Refund)
    assert shop.screen == RefundUnderWay(PRICE, "000001", "WA 0812")


@pytest.mark.parametrize("boot", ["", "boot-2"])
def test_what_was_being_released_is_a_persons_business(shop: Shop, boot: str) -> None:
    armed(shop).restarts(boot=boot)
    assert shop.state(Escalated).why is Why.CUT_IN_RELEASE
    assert shop.screen == CallOperator("000001", "WA 0812", "K312")
    shop.passes(DAY)
    assert len(shop.asked(do.Release)) == 1
    assert not shop.asked(do.Refund)


def test_a_refund_under_way_at_the_cut_is_looked_for_first(shop: Shop) -> None:
    armed(shop).drops(Drop.NOT_SEEN)
    shop.restarts(boot="boot-2")
    assert shop.waits_for(do.Ask)
    assert len(shop.asked(do.Refund)) == 1
    shop.says(Status.REFUNDED)
    assert isinstance(shop.state(Refunded), Refunded)


def test_a_refund_that_did_not_go_out_before_the_cut_goes_out_after_it(shop: Shop) -> None:
    armed(shop).drops(Drop.NOT_SEEN)
    shop.restarts(boot="boot-2").says(Status.PAID)
    first, second = shop.asked(do.Refund)
    assert first.key == second.key


def test_after_a_cut_the_lapse_is_counted_from_zero_again() -> None:
    """The boot clock of before means nothing now."""
    shop = Shop(terms=replace(TERMS, cancels=False, lapses_after=3900.0))
    shown(shop).passes(3000.0)
    shop.restarts(boot="boot-2").says(Status.PENDING)
    assert shop.state(Closing).began_at == shop.elapsed
    shop.passes(3900.0 - 400.0)
    while shop.waits_for(do.Ask):
        shop.says(Status.PENDING).passes(1.0)
    assert isinstance(shop.life.state, Closing)


@pytest.mark.parametrize(("before", "after"), [(4500.0, 1200.0), (1200.0, 4500.0)])
def test_a_code_that_may_be_paid_longer_than_the_contract_now_says_is_watched_to_its_end(
    before: float, after: float
) -> None:
    """The contract was changed while it could be paid: of the two lapses the longer one counts."""
    shop = Shop(terms=replace(TERMS, cancels=False, lapses_after=before))
    shown(shop)
    shop.terms = {"midtrans": replace(TERMS, cancels=False, lapses_after=after)}
    shop.restarts(boot="boot-2").says(Status.PENDING)
    shop.passes(4500.0 - 400.0)
    while shop.waits_for(do.Ask):
        shop.says(Status.PENDING).passes(1.0)
    assert isinstance(shop.life.state, Closing)
    while shop.till.background:
        shop.passes(60.0)
        if shop.waits_for(do.Ask):
            shop.says(Status.PENDING)
    assert shop.state(Closed).why is Why.POWER_CUT


def test_the_new_count_is_on_disk_even_where_no_window_moved() -> None:
    shop = Shop(terms=replace(TERMS, cancels=False, lapses_after=3900.0))
    shown(shop).passes(600.0)
    shop.restarts(boot="boot-2")
    life = shop.life.state
    assert isinstance(life, Closing)
    assert life.began_at == 10.0


def test_after_a_restart_of_the_program_alone_the_claim_window_goes_on(shop: Shop) -> None:
    shown(shop).passes(180.0).restarts(after=5.0)
    assert isinstance(shop.screen, Checking)
    shop.cancels().passes(2.0).says(Status.PAID)
    assert shop.waits_for(do.Release)


def test_the_window_does_not_begin_anew_at_every_restart(shop: Shop) -> None:
    shown(shop).passes(180.0)
    for _ in range(3):
        shop.restarts(after=5.0)
    until = shop.state(Closing).window_until
    assert until == 1200.0
    shop.restarts(after=10.0)
    assert isinstance(shop.screen, Idle)


def test_after_a_restart_a_code_is_taken_away_but_its_payment_is_still_released(shop: Shop) -> None:
    shown(shop).restarts()
    assert shop.state(Closing).why is Why.RESTARTED
    assert isinstance(shop.screen, Checking)
    shop.cancels().passes(2.0).says(Status.PAID)
    assert shop.waits_for(do.Release)


def test_after_a_restart_an_order_without_a_code_says_so(shop: Shop) -> None:
    shop.begins()
    shop.restarts()
    assert shop.screen == Interrupted("000001", "WA 0812")


def test_after_a_restart_an_order_that_only_its_charge_could_name_is_over() -> None:
    shop = Shop(terms=replace(TERMS, asks_by_charge=True))
    shop.begins()
    shop.restarts()
    assert shop.life.state == Closed(Why.NEVER_SHOWN)
    assert shop.screen == TryAgain("K101")


def test_after_a_restart_what_was_paid_is_still_owed(shop: Shop) -> None:
    settled(shop).restarts(after=2.0)
    assert shop.waits_for(do.Release)
    assert isinstance(shop.screen, Paid)


def test_after_a_long_restart_what_was_paid_is_given_back(shop: Shop) -> None:
    settled(shop).restarts(after=30.0)
    assert isinstance(shop.state(Refunding), Refunding)


def test_after_a_restart_a_stale_answer_is_asked_for_anew(shop: Shop) -> None:
    settled(shop).restarts(after=8.0)
    assert not shop.asked(do.Release)
    shop.says(Status.PAID)
    assert shop.waits_for(do.Release)


def test_what_was_paid_in_the_sandbox_opens_nothing_in_production() -> None:
    shop = Shop(replace(SETTINGS, environment=Environment.SANDBOX))
    settled(shop).restarts(environment=SETTINGS.environment)
    assert not shop.asked(do.Release)
    assert isinstance(shop.state(Refunding), Refunding)


def test_an_order_of_a_gateway_that_is_configured_no_more_is_not_lost(shop: Shop) -> None:
    shown(shop)
    shop.terms = {"other": TERMS}
    shop.restarts(gateways=("other",)).passes(2 * DAY)
    assert shop.state(Escalated).why is Why.UNRESOLVED


@pytest.mark.parametrize("begin", [shown, settled, armed])
def test_a_machine_that_goes_on_says_what_it_found(shop: Shop, begin: Beginning) -> None:
    begin(shop).restarts(boot="boot-2")
    line = shop.logged("K507")[0]
    assert line.order_id == shop.order.id


def test_starting_twice_in_a_row_changes_nothing_more(shop: Shop) -> None:
    shown(shop).restarts(boot="boot-2")
    before = shop.lives.copy()
    shop.restarts(after=0.0)
    assert shop.lives == before


def test_slots_and_their_trouble_are_remembered(shop: Shop) -> None:
    shop.happen(on.SlotDisabled(1, "staff"))
    shop.restarts(boot="boot-2")
    assert shop.till.slots == {1: SlotRecord(stopped="disabled")}


def recovering(begin: Beginning) -> Shop:
    """The journal turned out to be an old copy."""
    shop = Shop()
    begin(shop)
    shop.recovery = "the journal is older than what was acknowledged"
    return shop.restarts()


@pytest.mark.parametrize("begin", [shown, settled, armed])
def test_in_recovery_nothing_is_ever_released(begin: Beginning) -> None:
    shop = recovering(begin)
    released = len(shop.asked(do.Release))
    while not shop.life.is_over:
        shop.passes(60.0)
        for _ in range(3):
            if shop.waits_for(do.Cancel):
                shop.cancels()
            if shop.waits_for(do.Ask):
                shop.says(Status.PAID)
            if shop.waits_for(do.Refund):
                shop.refunds()
    assert len(shop.asked(do.Release)) == released


def test_in_recovery_nothing_new_is_sold() -> None:
    shop = recovering(shown)
    shop.passes(100.0).press("1#")
    assert shop.screen == OutOfService("K401", "WA 0812")


@pytest.mark.parametrize("begin", [shown, settled])
def test_in_recovery_a_payment_is_a_persons_business(begin: Beginning) -> None:
    """The old copy does not know whether the goods were taken; goods and money would be one too many."""
    shop = recovering(begin)
    if shop.waits_for(do.Cancel):
        shop.cancels().passes(2.0).says(Status.PAID)
    assert shop.state(Escalated).why is Why.JOURNAL_LOST
    assert not shop.asked(do.Refund)
    assert shop.screen == CallOperator("000001", "WA 0812", "K401")


def test_in_recovery_an_order_that_only_its_charge_could_name_is_a_persons_business() -> None:
    shop = Shop(terms=replace(TERMS, asks_by_charge=True))
    shop.begins()
    shop.recovery = "the journal is older than what was acknowledged"
    shop.restarts(boot="boot-2")
    assert shop.state(Escalated).why is Why.JOURNAL_LOST


@pytest.mark.parametrize("boot", ["", "boot-2"])
@pytest.mark.parametrize("begin", [shown, settled])
def test_after_the_loss_was_accepted_the_orders_of_before_are_still_a_persons_business(
    begin: Beginning, boot: str
) -> None:
    """The machine sells again; of those its old journal held, it knows no more than it did."""
    shop = begin(Shop())
    shop.doubts().restarts(boot=boot)
    if shop.waits_for(do.Cancel):
        shop.cancels().passes(2.0).says(Status.PAID)
    assert shop.state(Escalated).why is Why.JOURNAL_LOST
    assert not shop.asked(do.Refund)
    assert not shop.asked(do.Release)


def test_in_recovery_a_refund_that_was_begun_is_finished() -> None:
    shop = recovering(lambda shop: armed(shop).drops(Drop.NOT_SEEN))
    shop.says(Status.PAID).refunds()
    assert isinstance(shop.state(Refunded), Refunded)


def test_stopping_takes_the_code_away_and_writes_it_down(shop: Shop) -> None:
    shown(shop).happen(on.Stopping())
    assert shop.state(Closing).why is Why.STOPPING
    assert isinstance(shop.life.state, Closing)
    assert shop.screen == Checking("000001", "WA 0812")


def test_after_stopping_nothing_is_released_any_more(shop: Shop) -> None:
    shown(shop).happen(on.Stopping())
    shop.cancels().passes(2.0).says(Status.PAID)
    assert not shop.asked(do.Release)
    assert isinstance(shop.state(Settled), Settled)


def test_after_stopping_nothing_is_sold_any_more(shop: Shop) -> None:
    shop.press("1#").happen(on.Stopping())
    shop.happen(on.Minted("K010000000000000000009A", "000009"))
    assert not shop.lives


def test_what_was_paid_while_stopping_is_released_by_the_next_program(shop: Shop) -> None:
    shown(shop).happen(on.Stopping())
    shop.cancels().passes(2.0).says(Status.PAID).restarts(after=1.0)
    assert shop.waits_for(do.Release)


def test_a_release_under_way_is_written_down_while_stopping(shop: Shop) -> None:
    armed(shop).happen(on.Stopping())
    shop.drops().restarts(boot="boot-2")
    assert shop.life.state_name == "DISPENSED"
    assert isinstance(shop.screen, Idle)


def test_stopping_with_nobody_in_front_writes_nothing(shop: Shop) -> None:
    shop.happen(on.Stopping())
    assert not shop.lives


def test_a_closing_order_of_before_says_how_it_ended_only_where_it_is_read(shop: Shop) -> None:
    shown(shop).passes(180.0).cancels().passes(2.0).says(Status.UNPAID_FINAL)
    assert isinstance(shop.screen, Expired)
    shop.restarts()
    assert isinstance(shop.screen, Idle)


def test_a_cancel_that_was_refused_before_the_cut_is_tried_again(shop: Shop) -> None:
    shown(shop).passes(180.0).fails(do.Cancel, REFUSED)
    shop.restarts(boot="boot-2")
    assert shop.waits_for(do.Cancel)
