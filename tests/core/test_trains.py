"""Sales in pulses: as many as were paid for, each at most once, and a true word about a broken train."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, FreeAmount, Rupiah, Slot
from kiosk.mqtt.reports import Answer
from kiosk.screens import AmountNotAccepted, CallOperator, Paid, RefundUnderWay, TakeItem
from kiosk.settings import Limits, Settings
from kiosk.states import Armed, Dispensed, Escalated, Refunding, Settled, Why
from kiosk.trains import Train
from kiosk.trains import given as given_words
from tests.core.shop import SETTINGS, Shop

WASH = FreeAmount("Cuci", Rupiah(1_000), Rupiah(10_000), Rupiah(1_000), "coin")
DRYER = Slot(1, "Pengering", Rupiah(3_000), "coin")
SLOW = Train(Rupiah(1_000), 10, counted=True)
FAST = replace(SLOW, counted=False)


def laundry(train: Train = SLOW, free: FreeAmount = WASH) -> Settings:
    """A washing machine that believes in coins."""
    return replace(SETTINGS, slots=(), free=free, trains={"coin": train})


def paid(train: Train = SLOW, keys: str = "3000#") -> Shop:
    """Paid; the first pulse is under way, or all of them."""
    shop = Shop(laundry(train))
    shop.shows_code(keys)
    return shop.is_paid()


def pulse(shop: Shop, times: int = 1) -> Shop:
    """The output gives what it was asked for, so many times."""
    for _ in range(times):
        asked = shop.take(do.Release)
        shop.happen(on.Released(asked.order.id, Drop.NO_SENSOR, asked.last))
    return shop


def asked_for(shop: Shop) -> list[int]:
    """The number of every pulse that the output was ever asked for."""
    return [number for act in shop.asked(do.Release) for number in range(act.first, act.last + 1)]


def breaks(shop: Shop, *, energised: bool, begun: int, given: int) -> Shop:
    """A pulse fails."""
    asked = shop.take(do.Release)
    shop.happen(on.ReleaseFailed(asked.order.id, energised, "the coil is open", given, begun))
    return shop


def test_the_pulses_follow_the_amount() -> None:
    shop = paid()
    assert shop.order.pulses == 3
    pulse(shop, 3)
    assert asked_for(shop) == [1, 2, 3]
    assert isinstance(shop.life.state, Dispensed)
    assert shop.screen == TakeItem("Cuci")


def test_each_slow_pulse_is_on_disk_before_it_is_given() -> None:
    shop = pulse(paid(), 2)
    order: list[tuple[str, int]] = []
    for each in shop.done:
        if isinstance(each, do.Release):
            order.append(("pulse", each.first))
        elif isinstance(each, do.Save) and isinstance(each.life.state, Armed):
            order.append(("save", each.life.state.begun))
    assert order == [("save", 1), ("pulse", 1), ("save", 2), ("pulse", 2), ("save", 3), ("pulse", 3)]


def test_fast_pulses_are_on_disk_together_and_asked_for_together() -> None:
    shop = paid(FAST)
    assert [(act.first, act.last) for act in shop.asked(do.Release)] == [(1, 3)]
    assert isinstance(shop.life.state, Armed)
    assert (shop.life.state.given, shop.life.state.begun) == (0, 3)
    assert isinstance(pulse(shop).life.state, Dispensed)


def test_a_single_pulse_of_a_train_is_a_whole_sale() -> None:
    shop = pulse(paid(keys="1000#"))
    assert isinstance(shop.life.state, Dispensed)
    assert asked_for(shop) == [1]


def test_a_train_has_one_line_of_history_however_many_pulses_it_has() -> None:
    shop = pulse(paid(), 3)
    assert [step.state for step in shop.life.history].count("ARMED") == 1
    assert len(shop.told("order.armed")) == 1
    assert shop.told("order.dispensed")[0].fields["pulses"] == 3


def test_the_customer_reads_that_it_is_paid_while_the_pulses_go() -> None:
    assert pulse(paid(), 2).screen == Paid(Rupiah(3_000), "Cuci")


def test_the_same_end_of_a_pulse_told_twice_gives_no_further_pulse() -> None:
    shop = pulse(paid())
    shop.happen(on.Released(shop.order.id, Drop.NO_SENSOR, 1))
    assert asked_for(shop) == [1, 2]


@pytest.mark.parametrize(
    "fault",
    [
        on.PartFailed(on.Part.DOOR, "open"),
        on.PartFailed(on.Part.INHIBIT, "busy with the coin"),
        on.PartFailed(on.Part.PANEL, "gone"),
        on.Stopping(),
    ],
)
def test_a_train_that_was_begun_goes_on_because_it_is_paid(fault: on.Event) -> None:
    """A coin acceptor's machine inhibits as soon as it believes in its first coin."""
    shop = pulse(paid())
    shop.happen(fault)
    assert isinstance(pulse(shop, 2).life.state, Dispensed)
    assert asked_for(shop) == [1, 2, 3]


@pytest.mark.parametrize("boot", ["", "boot-2"])
@pytest.mark.parametrize(
    ("done", "words"), [(0, "0 or 1 of 3 pulses"), (1, "1 or 2 of 3 pulses"), (2, "2 or 3 of 3 pulses")]
)
def test_a_cut_at_any_slow_pulse_says_how_many_and_gives_no_more(boot: str, done: int, words: str) -> None:
    shop = pulse(paid(), done).restarts(boot).passes(4 * 86_400.0)
    assert shop.state(Escalated).why is Why.CUT_IN_RELEASE
    assert shop.state(Escalated).detail == words
    assert asked_for(shop) == list(range(1, done + 2))
    told = shop.told("order.escalated")[0].fields
    assert (told["detail"], told["pulses"], told["code"]) == (words, 3, "K311")


def test_a_cut_in_a_fast_train_says_up_to() -> None:
    shop = paid(FAST).restarts("boot-2")
    assert shop.state(Escalated).detail == "up to 3 of 3 pulses"
    assert asked_for(shop) == [1, 2, 3]


def test_a_cut_of_a_single_release_says_nothing_of_pulses() -> None:
    shop = Shop()
    shop.shows_code()
    shop.is_paid().restarts("boot-2")
    assert shop.state(Escalated).detail == ""
    assert "pulses" not in shop.told("order.escalated")[0].fields


def test_a_first_pulse_that_surely_never_was_gives_the_money_back() -> None:
    shop = breaks(paid(), energised=False, given=0, begun=0)
    assert shop.state(Refunding).why is Why.OUTPUT_FAILED
    assert isinstance(shop.screen, RefundUnderWay)


@pytest.mark.parametrize(
    ("energised", "given", "begun", "words"),
    [
        (False, 1, 1, "1 of 3 pulses: the coil is open"),
        (True, 1, 2, "1 or 2 of 3 pulses: the coil is open"),
    ],
)
def test_a_pulse_that_fails_in_mid_train_is_a_persons_business(
    energised: bool, given: int, begun: int, words: str
) -> None:
    """What was given cannot be taken back, so the whole price is not sent back by itself."""
    shop = breaks(pulse(paid()), energised=energised, given=given, begun=begun)
    assert shop.state(Escalated).why is Why.RELEASE_UNCERTAIN
    assert shop.state(Escalated).detail == words
    assert isinstance(shop.screen, CallOperator)
    assert asked_for(shop) == [1, 2]
    assert not shop.asked(do.Refund)


@pytest.mark.parametrize(
    ("energised", "given", "begun", "words"),
    [
        (False, 2, 2, "2 of 3 pulses: the coil is open"),
        (True, 0, 1, "0 or 1 of 3 pulses: the coil is open"),
        (True, 0, 0, "up to 3 of 3 pulses: the coil is open"),
    ],
)
def test_a_fast_train_that_fails_says_what_the_output_counted(
    energised: bool, given: int, begun: int, words: str
) -> None:
    shop = breaks(paid(FAST), energised=energised, given=given, begun=begun)
    assert shop.state(Escalated).detail == words


def test_the_rest_of_a_broken_train_can_be_sent_back_by_a_person() -> None:
    shop = Shop(laundry(), replace(Shop().terms["midtrans"], refunds_in_part=True))
    shop.shows_code("3000#")
    breaks(pulse(shop.is_paid()), energised=False, given=1, begun=1)
    reply = shop.commands("refund", claim_code=shop.order.claim_code, amount=2_000)
    assert reply.status is Answer.ACCEPTED


@pytest.mark.parametrize("keys", ["500#", "1500#", "11000#"])
def test_an_amount_that_is_no_whole_number_of_pulses_is_refused_before_any_charge(keys: str) -> None:
    """The configuration refuses such bounds; here they got in all the same."""
    loose = replace(WASH, minimum=Rupiah(500), maximum=Rupiah(20_000), step=Rupiah(500))
    shop = Shop(laundry(free=loose))
    shop.press(keys)
    assert isinstance(shop.screen, AmountNotAccepted)
    assert not shop.asked(do.Mint)


def test_where_the_rest_is_kept_the_amount_is_rounded_down_to_pulses() -> None:
    loose = replace(WASH, step=Rupiah(500))
    shop = Shop(laundry(replace(SLOW, rounds_down=True), loose))
    shop.shows_code("2500#")
    assert shop.order.pulses == 2
    assert shop.order.amount == 2_500


def test_a_controllers_amount_that_is_no_whole_number_of_pulses_is_rejected() -> None:
    settings = replace(SETTINGS, slots=(DRYER,), trains={"coin": SLOW}, limits=Limits(highest_charge=50_000))
    shop = Shop(settings)
    odd = shop.commands("charge", reference="A1", amount=3_500)
    assert (odd.status, odd.reason) == (Answer.REJECTED, "amount_not_accepted")
    assert "no whole number of pulses of 1000 rupiah" in odd.words
    much = shop.commands("charge", reference="A2", amount=11_000)
    assert (much.status, much.reason) == (Answer.REJECTED, "amount_not_accepted")
    assert shop.commands("charge", reference="A3", amount=5_000).status is Answer.ACCEPTED
    assert shop.order.pulses == 5


@pytest.mark.parametrize("trains", [{}, {"coin": SLOW}])
def test_an_output_that_was_changed_since_gives_the_money_back(trains: dict[str, Train]) -> None:
    """Five pulses of a spiral would be five coffees, one coin for fifty thousand rupiah a theft."""
    shop = Shop(laundry() if not trains else replace(laundry(), trains={}))
    shop.shows_code("5000#")
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    shop.cancels().is_paid()
    assert isinstance(shop.state(Settled), Settled)
    shop.restarts(trains=trains).is_paid()
    assert not shop.asked(do.Release)
    shop.passes(30.0)
    assert shop.state(Refunding).why is Why.NO_OUTPUT


@pytest.mark.parametrize(
    ("surely", "begun", "words"),
    [(3, 3, "3 of 9 pulses"), (3, 4, "3 or 4 of 9 pulses"), (0, 9, "up to 9 of 9 pulses")],
)
def test_what_is_known_of_the_pulses_is_said(surely: int, begun: int, words: str) -> None:
    assert given_words(surely, begun, 9) == words


@given(
    worth=st.integers(1, 20_000), most=st.integers(1, 99), down=st.booleans(), amount=st.integers(1, 10**7)
)
def test_no_amount_buys_more_pulses_than_it_pays_for(worth: int, most: int, down: bool, amount: int) -> None:
    train = Train(Rupiah(worth), most, rounds_down=down)
    pulses = train.pulses(amount)
    assert 0 <= pulses <= most
    assert pulses * worth <= amount
    assert (pulses == 0) == bool(train.refusal(amount))
    assert down or pulses in (0, amount / worth)


HAPPENINGS = st.lists(
    st.sampled_from(["pulse", "twice", "stale", "fails", "fails unmoved", "cut", "boot", "waits", "fault"]),
    max_size=12,
)


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(amount=st.integers(1, 10), counted=st.booleans(), happenings=HAPPENINGS)
def test_whatever_happens_no_pulse_is_given_twice_and_none_that_was_not_paid(
    amount: int, counted: bool, happenings: list[str]
) -> None:
    shop = paid(replace(SLOW, counted=counted), f"{amount}000#")
    sure = 0
    for happening in happenings:
        sure += _happens(shop, happening, counted)
        numbers = asked_for(shop)
        assert numbers == list(range(1, len(numbers) + 1)), "each once, in order"
        assert len(numbers) <= amount, "more than was paid for"
        _is_truthful(shop, sure)


def _happens(shop: Shop, happening: str, counted: bool) -> int:
    """Let it happen; how many more pulses were given for sure."""
    waiting = [act for act in shop.waiting if isinstance(act, do.Release)]
    match happening:
        case "pulse" | "twice" if waiting:
            pulse(shop)
            if happening == "twice":
                shop.happen(on.Released(shop.order.id, Drop.NO_SENSOR, waiting[0].last))
            return waiting[0].last - waiting[0].first + 1
        case "stale":
            shop.happen(on.Released(shop.order.id, Drop.NO_SENSOR, 0))
        case "fails" | "fails unmoved" if waiting:
            first = waiting[0].first
            moved = happening == "fails"
            breaks(shop, energised=moved, given=first - 1, begun=first if moved else first - 1)
        case "cut" | "boot":
            shop.restarts("" if happening == "cut" else f"boot-{shop.elapsed}")
        case "waits":
            shop.passes(30.0)
        case "fault":
            shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    return 0


def _is_truthful(shop: Shop, sure: int) -> None:
    state = shop.life.state
    if isinstance(state, Dispensed):
        assert sure == shop.order.pulses
    if isinstance(state, Refunding):
        assert sure == 0, "the pulses and the money"
    if isinstance(state, Escalated) and state.why in (Why.CUT_IN_RELEASE, Why.RELEASE_UNCERTAIN):
        said = state.detail.split(" of ")[0]
        least = 0 if said.startswith("up to") else int(said.split()[0])
        most = int(said.split()[-1])
        assert least <= sure <= most
