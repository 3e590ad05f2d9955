"""Commands: each does one thing or says why not, and is answered once."""

from typing import Any

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.admission import Admitted, admit_locally
from kiosk.model import Rupiah, Slot, SlotRecord, Status
from kiosk.mqtt.reports import Answer
from kiosk.screens import Idle, Technician, TestPicture
from kiosk.settings import Limits
from kiosk.states import Closed, Closing, Dispensed, Escalated, Refunded, Why
from tests.core.shop import PARKING, REFUSED, SETTINGS, TERMS, UNREACHABLE, Shop, charge_of

COUNTED = replace(SETTINGS, slots=(Slot(1, "Kopi susu", Rupiah(12_000), "spiral1", counts_stock=True),))
PARTS = replace(TERMS, refunds_in_part=True)


def reason(shop: Shop, name: str, **args: Any) -> str:
    reply = shop.commands(name, **args)
    assert reply.status is Answer.REJECTED, reply
    return reply.reason


def charged(shop: Shop, **args: Any) -> Shop:
    """A controller's charge whose code is on the panel."""
    reply = shop.commands("charge", **{"reference": "sale-1", "slot": 1, **args})
    assert reply.status is Answer.ACCEPTED, reply
    order = shop.take(do.Create).order
    shop.happen(on.ChargeMade(order.id, charge_of(order)))
    return shop


def sold(shop: Shop) -> Shop:
    return charged(shop).is_paid().drops()


def claimed(shop: Shop) -> Shop:
    """An order that was cut in mid-release: a person must decide."""
    charged(shop).is_paid().restarts("boot-2")
    assert isinstance(shop.life.state, Escalated)
    return shop


def looked(shop: Shop, status: Status = Status.PAID, **fields: Any) -> Shop:
    return shop.says(status, **fields)


def test_a_charge_is_accepted_with_its_order_in_one_decision(shop: Shop) -> None:
    reply = shop.commands("charge", "c1", reference="sale-1", slot=1)
    assert reply.status is Answer.ACCEPTED
    assert reply.data["order_id"] == shop.order.id
    assert (shop.order.reference, shop.order.command, shop.order.amount) == ("sale-1", "c1", 12_000)


def test_a_charge_that_was_paid_and_released_is_done_once(shop: Shop) -> None:
    sold(shop)
    assert shop.answers["c0"].status is Answer.DONE
    assert shop.answers["c0"].data["state"] == "DISPENSED"
    assert [one.reply.status for one in shop.done if isinstance(one, do.Answer)] == ["accepted", "done"]


def test_events_of_a_charge_carry_its_reference(shop: Shop) -> None:
    sold(shop)
    assert {tell.reference for tell in shop.done if isinstance(tell, do.Tell) and tell.order_id} == {"sale-1"}


def test_a_charge_that_nobody_paid_fails_when_the_gateway_says_so(shop: Shop) -> None:
    charged(shop).commands("cancel", reference="sale-1")
    assert shop.answers["c0"].status is Answer.ACCEPTED
    shop.passes(0).cancels().says(Status.UNPAID_FINAL)
    assert (shop.answers["c0"].status, shop.answers["c0"].reason) == (Answer.FAILED, "cancelled")


def test_a_charge_that_cannot_be_delivered_fails_when_the_money_is_owed_back(shop: Shop) -> None:
    charged(shop).is_paid()
    release = shop.take(do.Release)
    shop.happen(on.ReleaseFailed(release.order.id, energised=False, reason="no such pin"))
    assert (shop.answers["c0"].status, shop.answers["c0"].reason) == (Answer.FAILED, "output_failed")
    shop.refunds()
    assert shop.answers["c0"].reason == "output_failed"


@pytest.mark.parametrize("keys", ["1", "1#", "#1"])
def test_nothing_is_queued_while_somebody_is_at_the_panel(shop: Shop, keys: str) -> None:
    shop.press(keys)
    assert reason(shop, "charge", reference="sale-1", slot=1) == "busy"
    assert shop.asked(do.Create) == []


def test_a_second_charge_waits_for_nothing_and_is_refused(shop: Shop) -> None:
    charged(shop)
    assert reason(shop, "charge", reference="sale-2", slot=1) == "busy"
    assert len(shop.asked(do.Create)) == 1


def test_a_refused_charge_uses_no_reference_up(shop: Shop) -> None:
    shop.press("1")
    reason(shop, "charge", reference="sale-1", slot=1)
    shop.press("*")
    assert shop.commands("charge", reference="sale-1", slot=1).status is Answer.ACCEPTED


def test_the_same_reference_is_the_same_order_for_ever(shop: Shop) -> None:
    sold(shop)
    shop.passes(60)
    reply = shop.commands("charge", reference="sale-1", slot=1)
    assert (reply.status, reply.data["state"]) == (Answer.DUPLICATE, "DISPENSED")
    assert len(shop.asked(do.Create)) == 1


def test_the_same_reference_with_other_arguments_is_refused(shop: Shop) -> None:
    charged(shop)
    assert reason(shop, "charge", reference="sale-1", slot=2) == "reference_used"


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"amount": 12_000}, "slot_needed"),
        ({"slot": 7}, "no_such_slot"),
        ({"slot": 1, "amount": 1}, "amount_not_accepted"),
        ({"slot": 1, "amount": 11_999}, "amount_not_accepted"),
        ({"slot": 1, "amount": 12_001}, "amount_not_accepted"),
    ],
)
def test_a_charge_sells_what_is_sold_at_its_price(shop: Shop, args: dict[str, Any], why: str) -> None:
    assert reason(shop, "charge", reference="r", **args) == why


def test_a_controller_may_ask_for_more_than_the_price_up_to_the_local_limit() -> None:
    shop = Shop(replace(SETTINGS, limits=Limits(highest_charge=20_000)))
    assert reason(shop, "charge", reference="r", slot=1, amount=20_001) == "amount_not_accepted"
    charged(shop, amount=20_000)
    assert shop.order.amount == 20_000


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"slot": 1}, "amount_needed"),
        ({"slot": 1, "amount": 5_000}, "no_such_slot"),
        ({"amount": 1_000}, "amount_not_accepted"),
        ({"amount": 2_500}, "amount_not_accepted"),
        ({"amount": 51_000}, "amount_not_accepted"),
    ],
)
def test_a_free_amount_keeps_its_bounds_for_a_controller_too(args: dict[str, Any], why: str) -> None:
    shop = Shop(replace(SETTINGS, slots=(), free=PARKING))
    assert reason(shop, "charge", reference="r", **args) == why


def test_a_charge_is_refused_while_nothing_is_sold(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    reply = shop.commands("charge", reference="r", slot=1)
    assert (reply.reason, reply.data["code"]) == ("out_of_service", "K204")


def test_a_charge_for_an_empty_slot_is_refused() -> None:
    assert reason(Shop(COUNTED), "charge", reference="r", slot=1) == "sold_out"


def test_a_charge_for_a_stopped_slot_is_refused(shop: Shop) -> None:
    shop.commands("disable", slot=1, who="sari")
    assert reason(shop, "charge", reference="r", slot=1) == "slot_stopped"


def test_a_failover_is_the_same_charge_and_its_end_is_told_once() -> None:
    shop = Shop(replace(SETTINGS, gateways=("midtrans", "doku")), doku=TERMS)
    shop.commands("charge", reference="sale-1", slot=1)
    shop.fails(do.Create, REFUSED)
    assert shop.answers["c0"].status is Answer.ACCEPTED
    assert shop.take(do.Mint) == do.Mint("sale-1", 1)
    shop.happen(on.Minted("K01" + "9" * 19 + "B", "999999"))
    assert (shop.order.reference, shop.order.gateway) == ("sale-1", "doku")
    shop.happen(on.ChargeMade(shop.take(do.Create).order.id, charge_of(shop.order)))
    shop.is_paid().drops()
    assert [one.reply.status for one in shop.done if isinstance(one, do.Answer)] == ["accepted", "done"]


def test_a_failover_that_finds_the_shop_closed_fails_the_charge() -> None:
    shop = Shop(replace(SETTINGS, gateways=("midtrans", "doku")), doku=TERMS)
    shop.commands("charge", reference="sale-1", slot=1)
    shop.fails(do.Create, REFUSED)
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    shop.take(do.Mint)
    shop.happen(on.Minted("K01" + "9" * 19 + "B", "999999"))
    assert (shop.answers["c0"].status, shop.answers["c0"].reason) == (Answer.FAILED, "K204")


def test_a_repeat_gets_the_answer_of_the_first_and_does_nothing(shop: Shop) -> None:
    sold(shop)
    shop.passes(60)
    assert shop.commands("charge", "c0", reference="sale-1", slot=1).status is Answer.DONE
    assert len(shop.asked(do.Create)) == 1


def test_a_charge_whose_order_was_open_at_a_power_cut_is_answered_when_the_gateway_closes_it(
    shop: Shop,
) -> None:
    charged(shop).restarts("boot-2")
    assert shop.answers["c0"].status is Answer.ACCEPTED
    shop.cancels().says(Status.UNPAID_FINAL)
    assert (shop.answers["c0"].status, shop.answers["c0"].reason) == (Answer.FAILED, "power_cut")


def test_a_cancel_takes_the_code_away(shop: Shop) -> None:
    charged(shop)
    reply = shop.commands("cancel", reference="sale-1")
    assert (reply.status, reply.data["state"]) == (Answer.DONE, "CLOSING")


def test_a_cancel_does_not_stop_what_is_paid(shop: Shop) -> None:
    charged(shop).is_paid()
    assert reason(shop, "cancel", reference="sale-1") == "order_over"
    shop.drops()
    assert isinstance(shop.life.state, Dispensed)


def test_a_check_makes_the_machine_ask(shop: Shop) -> None:
    charged(shop).passes(3.0)
    assert shop.commands("check", order_id=shop.order.id).status is Answer.DONE
    assert shop.waits_for(do.Ask)


@pytest.mark.parametrize("name", ["cancel", "check", "refund", "resolve"])
def test_an_order_nobody_knows_is_refused(shop: Shop, name: str) -> None:
    more = {"refund": {"who": "s"}, "resolve": {"who": "s", "as": "void"}}.get(name, {})
    assert reason(shop, name, order_id="K01" + "Z" * 20, **more) == "no_such_order"


def test_released_goods_are_refunded_of_goodwill_only(shop: Shop) -> None:
    sold(shop)
    assert reason(shop, "refund", reference="sale-1", who="s") == "goodwill_needed"


def test_a_refund_by_hand_looks_first_and_is_done_when_the_gateway_confirms(shop: Shop) -> None:
    sold(shop)
    reply = shop.commands("refund", reference="sale-1", who="s", goodwill=True)
    assert (reply.status, shop.asked(do.Refund)) == (Answer.ACCEPTED, [])
    looked(shop).refunds()
    assert isinstance(shop.life.state, Refunded)
    assert (shop.answers[reply.id].status, shop.answers[reply.id].data["refunded"]) == (Answer.DONE, 12_000)


def test_a_refund_that_somebody_made_elsewhere_is_seen_and_not_repeated(shop: Shop) -> None:
    sold(shop)
    reply = shop.commands("refund", reference="sale-1", who="s", goodwill=True)
    looked(shop, Status.REFUNDED)
    assert (shop.asked(do.Refund), shop.answers[reply.id].status) == ([], Answer.DONE)


def test_partial_refunds_are_numbered_and_never_more_than_was_paid() -> None:
    shop = sold(Shop(terms=PARTS))
    for amount, given in ((5_000, 0), (4_000, 5_000)):
        shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=amount)
        status = Status.PARTLY_REFUNDED if given else Status.PAID
        looked(shop, status, refunded=Rupiah(given)).refunds()
        assert isinstance(shop.life.state, Dispensed)
    assert [call.key[-3:] for call in shop.asked(do.Refund)] == ["-R1", "-R2"]
    assert reason(shop, "refund", reference="sale-1", who="s", goodwill=True, amount=3_001) == "above_paid"
    shop.commands("refund", reference="sale-1", who="s", goodwill=True)
    looked(shop, Status.PARTLY_REFUNDED, refunded=Rupiah(9_000)).refunds()
    assert isinstance(shop.life.state, Refunded)
    assert sum(call.amount for call in shop.asked(do.Refund)) == 12_000


def test_a_part_is_refused_where_the_contract_has_none(shop: Shop) -> None:
    sold(shop)
    assert reason(shop, "refund", reference="sale-1", who="s", goodwill=True, amount=1) == "no_refunds"


def test_a_part_whose_reply_was_lost_is_seen_and_not_sent_again() -> None:
    shop = sold(Shop(terms=PARTS))
    shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=5_000)
    looked(shop).fails(do.Refund, UNREACHABLE).passes(60.0)
    looked(shop, Status.PARTLY_REFUNDED, refunded=Rupiah(5_000))
    assert (shop.life.refunded, len(shop.asked(do.Refund))) == (5_000, 1)
    assert isinstance(shop.life.state, Dispensed)


def test_a_part_that_went_out_just_before_a_power_cut_is_known_as_ours() -> None:
    """Told as failed it would be asked for once more, under another number."""
    shop = sold(Shop(terms=PARTS))
    reply = shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=5_000)
    looked(shop).restarts("boot-2")
    looked(shop, Status.PARTLY_REFUNDED, refunded=Rupiah(5_000))
    assert (shop.life.refunded, len(shop.asked(do.Refund))) == (5_000, 1)
    assert (shop.answers[reply.id].status, shop.answers[reply.id].data["refunded"]) == (Answer.DONE, 5_000)
    assert isinstance(shop.life.state, Dispensed)


def test_a_part_that_does_not_add_up_is_a_persons_business() -> None:
    shop = sold(Shop(terms=PARTS))
    shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=5_000)
    looked(shop, Status.PARTLY_REFUNDED, refunded=Rupiah(700))
    assert shop.state(Escalated).why is Why.PARTLY_REFUNDED
    assert shop.asked(do.Refund) == []


def test_what_does_not_add_up_is_not_refunded_from_here_either() -> None:
    """A gateway's answer that is older than the part it told of would let the same money go twice."""
    shop = sold(Shop(terms=PARTS))
    shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=5_000)
    looked(shop, Status.PARTLY_REFUNDED, refunded=Rupiah(700))
    assert reason(shop, "refund", reference="sale-1", who="s", goodwill=True, amount=5_000) == "no_refunds"


def test_a_refund_the_gateway_refuses_leaves_the_order_as_it_was(shop: Shop) -> None:
    sold(shop)
    reply = shop.commands("refund", reference="sale-1", who="s", goodwill=True)
    looked(shop).fails(do.Refund, REFUSED).passes(2.0).says(Status.PAID)
    assert isinstance(shop.life.state, Dispensed)
    assert (shop.answers[reply.id].status, shop.answers[reply.id].reason) == (Answer.FAILED, "refund_refused")


def test_a_refund_tells_no_second_sale(shop: Shop) -> None:
    sold(shop)
    shop.commands("refund", reference="sale-1", who="s", goodwill=True)
    looked(shop).fails(do.Refund, REFUSED).passes(2.0).says(Status.PAID)
    assert len(shop.told("order.dispensed")) == 1
    assert len(shop.told("order.refund_failed")) == 1


def test_a_second_refund_beside_one_under_way_is_refused(shop: Shop) -> None:
    sold(shop)
    shop.commands("refund", reference="sale-1", who="s", goodwill=True)
    assert reason(shop, "refund", reference="sale-1", who="s", goodwill=True) == "refund_under_way"


def never_answered(shop: Shop) -> Shop:
    """The refund that is under way, after a day on which the gateway was silent."""
    looked(shop).fails(do.Refund, UNREACHABLE)
    while not shop.life.is_over:
        shop.passes(3_600.0)
        if shop.waits_for(do.Ask):
            shop.fails(do.Ask, UNREACHABLE)
    assert isinstance(shop.life.state, Escalated)
    assert shop.life.state.why is Why.REFUND_UNANSWERED
    return shop


def test_an_unanswered_refund_keeps_its_number_however_often_it_is_repeated() -> None:
    shop = sold(Shop(terms=PARTS))
    shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=2_000)
    looked(shop).refunds()
    for _ in range(3):
        shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=5_000)
        looked(shop, Status.PARTLY_REFUNDED, refunded=Rupiah(2_000))
        shop.fails(do.Refund, UNREACHABLE).passes(90_000.0)
        shop.waiting.clear()
    assert [call.key[-3:] for call in shop.asked(do.Refund)] == ["-R1", "-R2", "-R2", "-R2"]


def test_an_order_is_not_asked_about_twice_within_two_seconds_for_a_refund_by_hand(shop: Shop) -> None:
    sold(shop).commands("refund", reference="sale-1", who="s", goodwill=True)
    assert not shop.passes(1.9).waits_for(do.Ask)
    assert shop.passes(0.1).waits_for(do.Ask)


def test_an_unanswered_refund_is_repeated_under_its_own_number_or_not_at_all() -> None:
    shop = sold(Shop(terms=PARTS))
    shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=5_000)
    never_answered(shop)
    assert (
        reason(shop, "refund", reference="sale-1", who="s", goodwill=True, amount=4_000) == "refund_under_way"
    )
    shop.commands("refund", reference="sale-1", who="s", goodwill=True, amount=5_000)
    looked(shop).refunds()
    assert {call.key[-3:] for call in shop.asked(do.Refund)} == {"-R1"}
    assert isinstance(shop.life.state, Dispensed)


def test_a_claim_is_refunded_by_hand_with_the_charge_it_had(shop: Shop) -> None:
    claimed(shop).commands("refund", claim_code=shop.order.claim_code, who="s")
    looked(shop).refunds()
    assert isinstance(shop.life.state, Refunded)


def test_a_refund_by_hand_goes_on_after_a_power_cut_and_is_answered_then(shop: Shop) -> None:
    sold(shop)
    reply = shop.commands("refund", reference="sale-1", who="s", goodwill=True)
    shop.restarts("boot-2")
    assert shop.answers[reply.id].status is Answer.ACCEPTED
    looked(shop).refunds()
    assert shop.answers[reply.id].status is Answer.DONE


def test_an_unpaid_order_is_not_refunded(shop: Shop) -> None:
    charged(shop)
    assert reason(shop, "refund", reference="sale-1", who="s") == "not_paid"
    shop.commands("cancel", reference="sale-1")
    shop.cancels().says(Status.UNPAID_FINAL)
    assert isinstance(shop.life.state, Closed)
    assert reason(shop, "refund", reference="sale-1", who="s", goodwill=True) == "not_paid"


def test_a_claim_is_resolved_once_and_the_gateway_is_not_asked(shop: Shop) -> None:
    claimed(shop)
    asked = len(shop.asked(do.Ask))
    reply = shop.commands("resolve", claim_code=shop.order.claim_code, who="s", **{"as": "dispensed"})
    assert reply.status is Answer.DONE
    assert (shop.life.resolved.as_, shop.life.resolved.who) == ("dispensed", "sari")  # type: ignore[union-attr]
    assert isinstance(shop.life.state, Escalated)
    assert len(shop.asked(do.Ask)) == asked
    again = reason(shop, "resolve", claim_code=shop.order.claim_code, who="s", **{"as": "void"})
    assert again == "not_escalated"
    assert shop.told("order.resolved")[0].fields["why"] == "dispensed"


def test_only_a_claim_is_resolved(shop: Shop) -> None:
    sold(shop)
    assert reason(shop, "resolve", reference="sale-1", who="s", **{"as": "void"}) == "not_escalated"


def test_what_was_paid_otherwise_than_asked_is_not_refunded_from_here(shop: Shop) -> None:
    charged(shop).happen(on.Hinted(shop.order.id))
    shop.says(Status.PAID, amount=Rupiah(500))
    assert reason(shop, "refund", reference="sale-1", who="s", goodwill=True) == "no_refunds"


def test_a_resolved_claim_is_refunded_of_goodwill_only(shop: Shop) -> None:
    claimed(shop).commands("resolve", claim_code=shop.order.claim_code, who="s", **{"as": "refunded"})
    assert reason(shop, "refund", claim_code=shop.order.claim_code, who="s") == "goodwill_needed"


def test_all_slots_are_disabled_and_enabled_with_the_machine(shop: Shop) -> None:
    shop.commands("disable", slot=2, who="s")
    shop.commands("disable", slot="all", who="s")
    assert reason(shop, "charge", reference="r", slot=1) == "out_of_service"
    shop.commands("enable", slot="all", who="s")
    assert shop.commands("charge", reference="r", slot=2).status is Answer.ACCEPTED


@pytest.mark.parametrize("name", ["enable", "disable"])
def test_a_slot_that_is_not_there_is_refused(shop: Shop, name: str) -> None:
    assert reason(shop, name, slot=9, who="s") == "no_such_slot"


def test_a_slot_is_filled_where_it_counts() -> None:
    shop = Shop(COUNTED)
    assert shop.commands("stock", slot=1, count=7, who="s").status is Answer.DONE
    assert shop.till.slots[1].stock == 7


def test_a_slot_that_counts_nothing_is_not_filled(shop: Shop) -> None:
    assert reason(shop, "stock", slot=1, count=7, who="s") == "no_stock_counted"


def test_few_left_and_none_left_are_told_once_each() -> None:
    slot = Slot(1, "Kopi susu", Rupiah(12_000), "spiral1", counts_stock=True, low_stock=2)
    shop = Shop(replace(SETTINGS, slots=(slot,)), slots={1: SlotRecord(stock=3)})
    for reference in "abc":
        shop.passes(60.0)
        charged(shop, reference=reference).is_paid().drops()
    assert [tell.fields["stock"] for tell in shop.told("slot.low_stock")] == [2]
    assert [tell.fields["code"] for tell in shop.told("slot.low_stock")] == ["K211"]
    assert [tell.fields["code"] for tell in shop.told("slot.sold_out")] == ["K212"]


def test_a_restart_waits_for_the_order_and_is_done_by_the_next_start(shop: Shop) -> None:
    charged(shop)
    reply = shop.commands("restart")
    shop.passes(10.0)
    assert shop.asked(do.Restart) == []
    shop.is_paid().drops().passes(60.0)
    assert len(shop.asked(do.Restart)) == 1
    shop.restarts()
    assert shop.answers[reply.id].status is Answer.DONE


def test_an_idle_machine_restarts_at_once(shop: Shop) -> None:
    shop.commands("restart")
    assert len(shop.asked(do.Restart)) == 1


def test_a_machine_that_would_not_come_back_is_not_ended(shop: Shop) -> None:
    asked = admit_locally("restart", "r-1", {}, "sari")
    assert isinstance(asked, Admitted)
    shop.happen(on.Commanded(command=asked, searched=True, no_start="kiosk.toml:12: is broken"))
    reply = shop.answers["r-1"]
    assert (reply.status, reply.reason) == (Answer.REJECTED, "would_not_start")
    assert reply.words.endswith("kiosk.toml:12: is broken")
    shop.passes(60.0)
    assert shop.asked(do.Restart) == []
    assert isinstance(shop.screen, Idle)


def test_a_machine_shows_which_one_it_is_for_a_while(shop: Shop) -> None:
    shop.commands("identify")
    assert isinstance(shop.screen, Technician)
    shop.passes(31.0)
    assert isinstance(shop.screen, Idle)


def test_diagnostics_say_what_a_technician_asks_first(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.KEYPAD, "key 5 is stuck"))
    asked = admit_locally("diagnostics", "d-1", {}, "sari")
    assert isinstance(asked, Admitted)
    shop.happen(on.Commanded(command=asked, facts={"epoch": 1}))
    told = shop.answers["d-1"]
    assert (told.status, told.data["epoch"], told.data["closed"]) == (Answer.DONE, 1, "")
    assert told.data["faults"] == {"keypad": "key 5 is stuck"}
    assert [tell.fields["code"] for tell in shop.told("part.failed")] == ["K206"]
    assert told.data["version"] == shop.till.settings.version
    assert (set(told.data["gateways"]), told.data["background"]) == (set(shop.till.terms), 0)


def test_a_customer_is_not_disturbed_by_a_test(shop: Shop) -> None:
    shop.press("1")
    assert reason(shop, "test", part="panel") == "busy"


def test_the_panel_shows_its_test_picture(shop: Shop) -> None:
    shop.commands("test", part="panel")
    assert isinstance(shop.screen, TestPicture)


def test_a_part_that_is_known_to_be_bad_fails_its_test(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.KEYPAD, "key 5 is stuck"))
    reply = shop.commands("test", part="keypad")
    assert (reply.status, reply.words) == (Answer.FAILED, "key 5 is stuck")


def test_an_output_test_moves_it_once_and_is_written_down(shop: Shop) -> None:
    reply = shop.commands("test_output", output="spiral1", who="s")
    assert shop.take(do.TryOutput).output == "spiral1"
    assert reason(shop, "charge", reference="r", slot=1) == "busy"
    shop.happen(on.OutputTried(reply.id, ""))
    assert shop.answers[reply.id].status is Answer.DONE
    assert shop.told("service.output_tested")[0].fields["who"] == "sari"


def test_an_output_test_that_was_cut_is_not_repeated(shop: Shop) -> None:
    reply = shop.commands("test_output", output="spiral1", who="s")
    shop.restarts("boot-2")
    assert shop.answers[reply.id].status is Answer.FAILED
    assert len(shop.asked(do.TryOutput)) == 1


def test_an_output_is_tested_a_few_times_a_day_and_no_more(shop: Shop) -> None:
    for _ in range(20):
        reply = shop.commands("test_output", output="spiral1", who="s")
        shop.happen(on.OutputTried(reply.id, ""))
    assert reason(shop, "test_output", output="spiral1", who="s") == "cap_reached"
    shop.restarts()
    assert reason(shop, "test_output", output="spiral1", who="s") == "cap_reached"


def test_an_output_is_not_tested_beside_a_customer(shop: Shop) -> None:
    shop.shows_code()
    assert reason(shop, "test_output", output="spiral1", who="s") == "busy"


def test_an_order_that_ended_since_it_was_found_is_not_taken_for_what_it_was(shop: Shop) -> None:
    charged(shop).commands("cancel", reference="sale-1")
    old = shop.life
    assert isinstance(old.state, Closing)
    shop.cancels().says(Status.UNPAID_FINAL)
    command = admit_locally("refund", "late", {"reference": "sale-1", "goodwill": True}, "sari")
    assert isinstance(command, Admitted)
    shop.happen(on.Commanded(command=command, found=old))
    assert shop.answers["late"].reason == "no_such_order"
