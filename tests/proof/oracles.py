"""The invariants I1 to I18, one judge for each, written from their words alone.

A judge reads what happened and yields what is wrong, in words.  None of them knows how the machine decides.
"""

from binascii import crc_hqx
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from kiosk import effects as do
from kiosk import events as on
from kiosk import screens
from kiosk.model import Drop, Field, Order, Status, Terms
from kiosk.mqtt.reports import Answer
from kiosk.settings import Settings
from kiosk.staff_screens import KeysPressed
from kiosk.states import Life
from tests.core.books import Books
from tests.proof import facts
from tests.proof.facts import Chronicle

ROUNDING = 1e-6
FRESH = 5.0
"""Seconds that the last good answer before a release may be old."""
CLOSEST = 2.0
"""Seconds between two questions about one order."""
TESTS_A_DAY = 20
MOST_AT_ONCE = 100
OVER = ("DISPENSED", "REFUNDED", "ESCALATED", "CLOSED")
OPEN = ("INTENT", "QR_SHOWN", "SETTLED", "ARMED")
CANARIES = ("k" * 40, "t" * 40, "97531864")
"""What is secret in the stories: two keys, and the staff's PIN."""


class Case:
    """A chronicle as the judges read it: facts by their kind, and what was written of each order."""

    def __init__(self, story: Chronicle) -> None:
        self.story = story
        self.kinds: dict[type, list[Any]] = {}
        for fact in story.facts:
            self.kinds.setdefault(type(fact), []).append(fact)
        self.written: dict[str, list[facts.Wrote]] = {}
        for wrote in self.of(facts.Wrote):
            self.written.setdefault(wrote.life.order.id, []).append(wrote)
        self.stands: dict[str, list[facts.Stand]] = {}
        for stand in story.stands:
            self.stands.setdefault(stand.order_id, []).append(stand)

    def of(self, kind: type) -> list[Any]:
        """The facts of one kind, in their order."""
        return self.kinds.get(kind, [])

    def about(self, kind: type, order_id: str) -> list[Any]:
        """Those of one order."""
        return [fact for fact in self.of(kind) if fact.order_id == order_id]

    def on_disk(self, order_id: str, n: int) -> Life | None:
        """The order as it was on disk just before that fact."""
        earlier = [wrote for wrote in self.written.get(order_id, ()) if wrote.n < n]
        return earlier[-1].life if earlier else None


Judge = Callable[[Case], Iterator[str]]


def i1_nothing_unpaid(case: Case) -> Iterator[str]:
    """No output moves but for an order that is paid in full, on its gateway's word, and written down so."""
    for rose in case.of(facts.Rose):
        if rose.first <= 1 and not _was_just_said(case, rose):
            yield f"{rose.order.id} is released, and the newest answer does not say paid, or is old"
        life = case.on_disk(rose.order.id, rose.n)
        if life is None or life.state_name != "ARMED" or life.order != rose.order:
            yield f"{rose.order.id} is released while its record says {life and life.state_name}"
        elif "SETTLED" not in [step.state for step in life.history]:
            yield f"{rose.order.id} is released and was never written down as settled"
        if not _was_paid(case, rose):
            yield f"{rose.order.id} is released and Rp {rose.order.amount} never came in"


def _was_paid(case: Case, rose: facts.Rose) -> bool:
    """Paid exactly, not given back long before, and the gateway said so to a question of ours."""
    order = rose.order
    paid = [one for one in case.about(facts.Paid, order.id) if one.n < rose.n and one.is_ours]
    stale = FRESH + case.story.terms[order.gateway].status_deadline
    back = [
        one for one in case.about(facts.GaveBack, order.id) if one.n < rose.n and one.at < rose.at - stale
    ]
    gone = {one.reference for one in back} if rose.first <= 1 else set()
    heard = any(_says_paid(case, one.event, order) for one in case.of(facts.Heard) if one.n < rose.n)
    return heard and any(one.amount == order.amount and one.reference not in gone for one in paid)


def _was_just_said(case: Case, rose: facts.Rose) -> bool:
    """Whether the newest answer about the order says paid, and is fresh."""
    mine = [one for one in case.of(facts.Heard) if one.n < rose.n and _answers(one.event, rose.order)]
    is_fresh = bool(mine) and rose.at - mine[-1].at <= FRESH + ROUNDING
    return is_fresh and _says_paid(case, mine[-1].event, rose.order)


def _answers(event: Any, order: Order) -> bool:
    return isinstance(event, on.StatusReported) and event.order_id == order.id


def _says_paid(case: Case, event: Any, order: Order) -> bool:
    """Whether it is an answer that this order is paid: its sum, in rupiah, to its merchant."""
    if not _answers(event, order) or event.report.status is not Status.PAID:
        return False
    terms, report = case.story.terms[order.gateway], event.report
    is_in_rupiah = Field.CURRENCY not in terms.carries or report.currency == "IDR"
    is_to_us = Field.MERCHANT not in terms.carries or report.merchant == (order.merchant or report.merchant)
    return is_in_rupiah and is_to_us and _speaks_of(event, order, terms)


def i2_never_twice(case: Case) -> Iterator[str]:
    """Each order is released at most once; each of its pulses given at most once, and no more than agreed."""
    given: dict[str, int] = {}
    for rose in case.of(facts.Rose):
        id_ = rose.order.id
        if id_ in given and rose.first <= given[id_]:
            yield f"{id_} is released twice"
        if rose.last != rose.order.pulses and (rose.last > rose.order.pulses or rose.first != rose.last):
            yield f"{id_} gets pulses {rose.first} to {rose.last} of {rose.order.pulses}"
        given[id_] = max(rose.last, given.get(id_, 0))


def i3_nobody_lost(case: Case) -> Iterator[str]:
    """In the end every order is over; who paid has goods, money or a person, and the rest is closed."""
    if not case.story.rests:
        yield "the machine does not come to rest in time"
        return
    forgot = any(one.recovery for one in case.of(facts.Started))
    forsaken = case.story.forsaken
    for life in case.story.lives:
        paid = any(stand.paid for stand in case.stands.get(life.order.id, ()))
        if life.state_name not in OVER:
            yield f"{life.order.id} is {life.state_name} for ever"
        elif paid and life.state_name == "CLOSED":
            yield f"{life.order.id} is paid, and closed"
        elif not paid and life.state_name in ("DISPENSED", "REFUNDED"):
            yield f"{life.order.id} is {life.state_name}, and nobody paid"
        elif not paid and life.state_name == "ESCALATED" and case.story.rate == 0.0 and not forgot | forsaken:
            yield f"{life.order.id} is a person's business, and nobody paid"


def i4_truthful_records(case: Case) -> Iterator[str]:
    """A record says what was so: one whole release, money back to the rupiah, nobody can pay any more."""
    for wrote in _ends(case):
        truth = TRUTHS.get(wrote.life.state_name)
        if truth:
            yield from truth(case, wrote)
    seen = _seen_by_customers(case)
    for life in case.story.lives:
        for stand in case.stands.get(life.order.id, ()):
            if life.state_name == "CLOSED" and stand.payable and stand.reference in seen:
                yield f"{life.order.id} is closed, and can still be paid"
        returned = sum(stand.returned for stand in case.stands.get(life.order.id, ()))
        if life.refunded > returned:
            yield f"{life.order.id} says Rp {life.refunded} went back, and Rp {returned} did"


def _seen_by_customers(case: Case) -> set[str]:
    """The gateways' references of the codes that were on the panel."""
    shown = {getattr(one.screen, "payload", "") for one in case.of(facts.Shown)}
    return {made.charge.reference for made in case.of(facts.Made) if made.charge.code.payload in shown}


def _ends(case: Case) -> Iterator[facts.Wrote]:
    """The moments at which an order ended."""
    for all_of_it in case.written.values():
        for wrote in all_of_it:
            was = wrote.before.state_name if wrote.before else ""
            if wrote.life.is_over and was != wrote.life.state_name and not wrote.life.resolved:
                yield wrote


def _dispensed(case: Case, wrote: facts.Wrote) -> Iterator[str]:
    life, id_ = wrote.life, wrote.life.order.id
    falls = [fell for fell in case.about(facts.Fell, id_) if fell.n < wrote.n]
    back_again = wrote.before is not None and wrote.before.state_name == "REFUNDING"
    if not falls or not all(fell.done for fell in falls):
        yield f"{id_} says dispensed, and its release did not come to its end"
    elif falls[-1].drop is Drop.NOT_SEEN:
        yield f"{id_} says dispensed, and nothing dropped"
    elif not back_again and getattr(life.state, "drop", None) is not falls[-1].drop:
        yield f"{id_} says {life.state}, and the sensor said {falls[-1].drop}"


def _refunded(case: Case, wrote: facts.Wrote) -> Iterator[str]:
    id_ = wrote.life.order.id
    paid = sum(one.amount for one in case.about(facts.Paid, id_) if one.n < wrote.n)
    back = sum(one.amount for one in case.about(facts.GaveBack, id_) if one.n < wrote.n)
    if not paid or back < wrote.life.order.amount:
        yield f"{id_} says refunded, and Rp {back} of Rp {paid} went back"


def _closed(case: Case, wrote: facts.Wrote) -> Iterator[str]:
    """On the gateway's word, or where no code was ever had; never on silence or our own clock."""
    life, id_ = wrote.life, wrote.life.order.id
    terms = case.story.terms[life.order.gateway]
    if any(one.is_ours for one in case.about(facts.Paid, id_) if one.n < wrote.n):
        yield f"{id_} is closed although it is paid"
    reports = [
        one.event.report.status
        for one in case.of(facts.Heard)
        if one.n < wrote.n and _speaks_of(one.event, life.order, terms)
    ]
    was_shown = _was_shown(life)
    if not was_shown and terms.asks_by_charge:
        return
    refused = isinstance(wrote.cause, on.ChargeFailed) and wrote.cause.trouble.is_final
    creates = [
        one for one in case.of(facts.Sent) if isinstance(one.act, do.Create) and one.act.order.id == id_
    ]
    refused = refused and len(creates) == 1
    last = reports[-1:] or [None]
    lapsed = last[0] is Status.PENDING and terms.lapses_after is not None
    absent = not was_shown and reports[-2:] == [Status.ABSENT, Status.ABSENT]
    if last[0] is not Status.UNPAID_FINAL and not lapsed and not absent and not (refused and not was_shown):
        yield f"{id_} is closed, and the last that the gateway said was {last[0]}"


def _speaks_of(event: Any, order: Order, terms: Terms) -> bool:
    """Whether it is an answer about this order, as far as this gateway says what it speaks of."""
    if not isinstance(event, on.StatusReported) or event.order_id != order.id:
        return False
    report = event.report
    named = {Field.ORDER_ID: (report.order_id, order.id), Field.AMOUNT: (report.amount, order.amount)}
    told = [pair for field, pair in named.items() if field in terms.carries]
    return report.status is Status.ABSENT or all(said == meant for said, meant in told)


TRUTHS: dict[str, Callable[[Case, facts.Wrote], Iterator[str]]] = {
    "DISPENSED": _dispensed,
    "REFUNDED": _refunded,
    "CLOSED": _closed,
}


def _was_shown(life: Life) -> bool:
    return any(step.state == "QR_SHOWN" for step in life.history)


def i5_no_orphan_money(case: Case) -> Iterator[str]:
    """No gateway hears of an order that is not on disk; a repeated create is the very same."""
    created: dict[str, Order] = {}
    for sent in case.of(facts.Sent):
        order = sent.act.order
        if case.on_disk(order.id, sent.n) is None:
            yield f"{order.id} goes to the gateway and is not on disk"
        if isinstance(sent.act, do.Create):
            if order.id in created and not case.story.terms[order.gateway].repeats_create:
                yield f"{order.id} is asked for again where that would make another charge"
            if created.setdefault(order.id, order) != order:
                yield f"{order.id} is asked for twice, with different contents"
    known = {life.order.id for life in case.story.lives} | case.story.lost
    for stand in case.story.stands:
        if stand.order_id not in known:
            yield f"the gateway has {stand.order_id}, and nobody here knows it"


def i6_no_double_benefit(case: Case) -> Iterator[str]:
    """Not both goods and money, unless a person gave it; one key a refund, never more than came in."""
    by_itself: dict[str, list[facts.Sent]] = {}
    for sent in case.of(facts.Sent):
        if isinstance(sent.act, do.Refund):
            state: Any = getattr(case.on_disk(sent.act.order.id, sent.n), "state", None)
            asked = getattr(state, "asked", None)
            if asked is None:
                by_itself.setdefault(sent.act.order.id, []).append(sent)
            elif not _is_asked_for(case, asked.command, sent.n):
                yield f"{sent.act.order.id} is refunded for {asked.command}, which nobody asked"
    for id_, refunds in by_itself.items():
        yield from _owed_by_itself(case, id_, refunds)
    yield from _sent_blindly(case)
    for stand in case.story.stands:
        if stand.returned > stand.paid:
            yield f"{stand.order_id} got back Rp {stand.returned} of Rp {stand.paid}"


def _owed_by_itself(case: Case, order_id: str, refunds: list[facts.Sent]) -> Iterator[str]:
    """What the machine gives back without being asked: the whole price, once, and never the goods as well."""
    acts: list[Any] = [sent.act for sent in refunds]
    if len({act.key for act in acts}) > 1 or any(act.amount != act.order.amount for act in acts):
        yield f"{order_id} has several refunds or parts: {[(act.key, act.amount) for act in acts]}"
    if any(_may_have_goods(case, order_id, sent.n) for sent in refunds):
        yield f"{order_id} has its goods, and money goes back by itself"
    if any(rose.order.id == order_id and rose.n > refunds[0].n for rose in case.of(facts.Rose)):
        yield f"{order_id} gets its goods after its money"


def _sent_blindly(case: Case) -> Iterator[str]:
    """A refund that perhaps went through is looked for, by a newer question, before it is sent once more."""
    sent_at: dict[str, float] = {}
    for fact in case.story.facts:
        if isinstance(fact, facts.Heard) and isinstance(fact.event, on.StatusReported):
            event = fact.event
            asked_at = fact.at - (event.answered_at - event.asked_at)
            if asked_at > sent_at.get(event.order_id, asked_at) - ROUNDING:
                sent_at.pop(event.order_id, None)
        elif isinstance(fact, facts.Sent) and isinstance(fact.act, do.Refund):
            id_ = fact.act.order.id
            if id_ in sent_at:
                yield f"{id_} is refunded again, and nobody looked whether the first one went through"
            sent_at[id_] = fact.at


def _may_have_goods(case: Case, order_id: str, n: int) -> bool:
    rose = [one for one in case.of(facts.Rose) if one.order.id == order_id and one.n < n]
    falls = [fell for fell in case.about(facts.Fell, order_id) if fell.n < n]
    return bool(rose) and not (falls and falls[-1].drop is Drop.NOT_SEEN)


def _is_asked_for(case: Case, command: str, n: int) -> bool:
    named = [one for one in case.of(facts.Remembered) if one.id == command and one.n < n]
    return bool(named) and named[0].name == "refund"


HOLDING = (screens.PayByCode, screens.Checking, screens.ConfirmGiveUp)
STILL_HOLDING = (screens.ConfirmCancel, screens.Paid)


def i7_right_person(case: Case) -> Iterator[str]:
    """A release is for the order on the panel, within its claim window, and never after a power cut."""
    holder, left_at = "", None
    for fact in case.story.facts:
        if isinstance(fact, facts.Shown):
            screen: Any = fact.screen
            if isinstance(screen, HOLDING):
                left_at = None if screen.claim_code != holder else left_at
                holder = screen.claim_code
            elif not isinstance(screen, (*STILL_HOLDING, screens.Starting)):
                holder = ""
            if not isinstance(screen, screens.PayByCode | screens.ConfirmCancel) and left_at is None:
                left_at = fact.at
        elif isinstance(fact, facts.Rose) and fact.first <= 1:
            yield from _is_theirs(case, fact, holder, left_at)


def _is_theirs(case: Case, rose: facts.Rose, holder: str, left_at: float | None) -> Iterator[str]:
    order = rose.order
    window = case.story.terms[order.gateway].claim_window
    if order.claim_code != holder:
        yield f"{order.id} is released while the panel is {holder or 'nobody'}'s"
    if rose.boot != order.made_at.boot:
        yield f"{order.id} of {order.made_at.boot} is released in {rose.boot}"
    if left_at is not None and rose.at > left_at + window + ROUNDING:
        yield f"{order.id} is released {rose.at - left_at:.1f} s after its code left the panel"


def i8_one_command_one_order(case: Case) -> Iterator[str]:
    """A command is taken once, its reference is one sale, and its order's id follows from it."""
    again = Counter(one.id for one in case.of(facts.Remembered))
    if case.story.lost or any(one.recovery for one in case.of(facts.Started)):
        return
    for id_, times in again.items():
        if times > 1:
            yield f"{id_} is taken {times} times"
    sold, shown = Counter[str](), Counter[str]()
    for rose in case.of(facts.Rose):
        sold[rose.order.reference] += rose.first <= 1
    for id_, all_of_it in case.written.items():
        reference = all_of_it[0].life.order.reference
        shown[reference] += _was_shown(all_of_it[-1].life)
        if reference and id_ not in {_id_of(reference, attempt) for attempt in range(4)}:
            yield f"{id_} does not follow from {reference}"
    for what, counted in (("releases", sold), ("codes", shown)):
        for reference, times in counted.items():
            if reference and times > 1:
                yield f"{reference} has {times} {what}"


def _id_of(reference: str, attempt: int) -> str:
    return Books().id_of(reference, attempt)


def i9_right_price(case: Case) -> Iterator[str]:
    """What is asked for is the price, or what somebody who may says within the limits."""
    asked = {one.id: one for one in case.of(facts.Asked)}
    for one in case.of(facts.Remembered):
        if one.id in asked and not asked[one.id].honest:
            yield f"{one.id} is forged or stale, and taken"
    for all_of_it in case.written.values():
        order = all_of_it[0].life.order
        if not any(_is_price(settings, order) for settings in _settings(case, all_of_it[0].n)):
            yield f"{order.id} costs Rp {order.amount}, which is nobody's price"
    for shown in case.of(facts.Shown):
        if isinstance(shown.screen, screens.PayByCode):
            yield from _pays_exactly(shown.screen)


def _settings(case: Case, n: int) -> list[Settings]:
    """What the machine sold with right before that moment, and right after it."""
    decided = case.of(facts.Decided)
    before = [one.settings for one in decided if one.n < n][-1:]
    return before + [one.settings for one in decided if one.n > n][:1]


def _is_price(settings: Settings, order: Order) -> bool:
    if settings.free:
        free = settings.free
        return free.minimum <= order.amount <= free.maximum and order.amount % free.step == 0
    slot = settings.slot(order.slot)
    if slot is None:
        return False
    highest = max(slot.price, settings.limits.highest_charge) if order.command else slot.price
    return slot.price <= order.amount <= highest


def _pays_exactly(screen: screens.PayByCode) -> Iterator[str]:
    tags = emv(screen.payload)
    if tags is None:
        yield f"what is shown is no QRIS code: {screen.payload!r}"
    elif tags.get("54") != str(screen.amount) or tags.get("53") != "360" or tags.get("01") != "12":
        yield f"what is shown does not ask for Rp {screen.amount}: {screen.payload!r}"


def emv(payload: str) -> dict[str, str] | None:
    """The objects of a code; None where its lengths or its checksum are wrong."""
    tags, rest = {}, payload
    while len(rest) >= 4 and rest[2:4].isdigit():
        tags[rest[:2]], rest = rest[4 : 4 + int(rest[2:4])], rest[4 + int(rest[2:4]) :]
    checksum = f"{crc_hqx(payload[:-4].encode(), 0xFFFF):04X}"
    return tags if not rest and tags.get("63") == checksum else None


WANTED = (on.Part.OUTPUT, on.Part.DOOR, on.Part.LOOP, on.Part.INHIBIT, on.Part.SENSOR)
"""Parts without which nothing is offered, and nothing given."""


def i10_fail_safe_output(case: Case) -> Iterator[str]:
    """Never two releases at once, none while a part is bad, none without an order but a test on the spot."""
    yield from _released_in_vain(case)
    moving = ""
    tests = Counter[int]()
    for fact in case.story.facts:
        if isinstance(fact, facts.Rose):
            if moving:
                yield f"{fact.order.id} is released during the release of {moving}"
            moving = fact.order.id
        elif isinstance(fact, facts.Fell):
            moving = ""
        elif isinstance(fact, facts.Tried):
            tests[int(fact.at // 86_400)] += 1
            taken = [one for one in case.of(facts.Remembered) if one.id == fact.command and one.n < fact.n]
            if moving or not taken or taken[0].name != "test_output":
                yield f"{fact.output} moves for {fact.command or 'nobody'}"
    if any(times > TESTS_A_DAY for times in tests.values()):
        yield "outputs are tried too often"


def _released_in_vain(case: Case) -> Iterator[str]:
    """A release begins only while every part that it wants is good."""
    bad: set[on.Part] = set()
    for fact in case.story.facts:
        if isinstance(fact, facts.Broke) and fact.part in WANTED:
            bad.add(fact.part)
        elif isinstance(fact, facts.Mended):
            bad.discard(fact.part)
        elif isinstance(fact, facts.Rose) and fact.first <= 1 and bad:
            yield f"{fact.order.id} is released, and {', '.join(part.value for part in bad)} is bad"


def i11_doorbell(case: Case) -> Iterator[str]:
    """Only an answer to our own question makes an order paid."""
    for all_of_it in case.written.values():
        for wrote in all_of_it:
            before = [step.state for step in wrote.before.history] if wrote.before else []
            after = [step.state for step in wrote.life.history]
            if (
                "SETTLED" in after
                and "SETTLED" not in before
                and not _says_paid(case, wrote.cause, wrote.life.order)
            ):
                yield f"{wrote.life.order.id} is settled by {type(wrote.cause).__name__}"


def i13_bounded(case: Case) -> Iterator[str]:
    """Few orders are watched at once, and no gateway is asked about one more often than every two seconds."""
    last: dict[str, float] = {}
    open_ = 0
    for fact in case.story.facts:
        if isinstance(fact, facts.Started):
            last = {}
        elif isinstance(fact, facts.Sent) and isinstance(fact.act, do.Ask):
            id_ = fact.act.order.id
            if fact.at - last.get(id_, -CLOSEST) < CLOSEST - ROUNDING:
                yield f"{id_} is asked about after {fact.at - last[id_]:.3f} s"
            last[id_] = fact.at
        elif isinstance(fact, facts.Decided):
            open_ = max(open_, fact.background)
    if open_ > MOST_AT_ONCE:
        yield f"{open_} orders are watched at once"
    yield from _refunds_of_a_day(case)


def _refunds_of_a_day(case: Case) -> Iterator[str]:
    """What a slot gives back by itself in one day is limited."""
    if case.story.lost or any(one.recovery for one in case.of(facts.Started)):
        return
    days: dict[int, list[int]] = {}
    for wrote in case.of(facts.Wrote):
        life, was = wrote.life, wrote.before.state_name if wrote.before else ""
        if life.state_name == "REFUNDING" != was and life.state.asked is None:
            day = int(life.history[-1].at.wall // 86_400)
            before = days.get(life.order.slot, [])
            days[life.order.slot] = [*(one for one in before if one == day), day]
            most = max(one.limits.refunds_per_slot_and_day for one in _settings(case, wrote.n))
            if len(days[life.order.slot]) > most:
                yield f"{life.order.id} is refund {len(days[life.order.slot])} of its slot on one day"


ECHOES = (screens.AmountEntry, screens.AmountNotAccepted, KeysPressed)
"""Screens that show which keys were pressed; who types a PIN there has shown it himself."""


def i14_secrets_stay(case: Case) -> Iterator[str]:
    """No key and no PIN in anything that is told, answered or shown."""
    for kind in (facts.Told, facts.Answered, facts.Shown):
        for fact in case.of(kind):
            said = "" if isinstance(getattr(fact, "screen", None), ECHOES) else repr(fact)
            if any(canary in said for canary in CANARIES):
                yield f"a secret is in {type(fact).__name__}"


def i15_configuration_is_atomic(case: Case) -> Iterator[str]:
    """What is sold with is the machine's own file or one whole document, and the same under one order."""
    sold: dict[str, Any] = {}
    for fact in case.of(facts.Decided):
        if fact.opened and sold.setdefault(fact.opened, fact.settings) != fact.settings:
            yield f"another configuration under {fact.opened}"
        sold = {fact.opened: fact.settings} if fact.opened else {}


TRUE_WHILE: dict[type, tuple[str, ...]] = {
    screens.PayByCode: ("QR_SHOWN",),
    screens.Checking: ("CLOSING",),
    screens.ConfirmGiveUp: ("CLOSING",),
    screens.Expired: ("CLOSING", "CLOSED"),
    screens.Cancelled: ("CLOSING", "CLOSED"),
    screens.Interrupted: ("CLOSING", "CLOSED"),
    screens.RefundUnderWay: ("REFUNDING",),
    screens.MoneyReturned: ("REFUNDED",),
    screens.CallOperator: ("ESCALATED",),
}
"""What must be on disk of the order that a screen names."""
SAID_OF_SOMEBODY: dict[type, tuple[str, ...]] = {
    screens.Paid: ("SETTLED", "ARMED"),
    screens.TakeItem: ("DISPENSED",),
}
"""What must have become of some order while a screen is true that names none."""
WITHOUT_MEMORY = "K402"
"""The code of the last picture of a machine that cannot write: it sends everybody to a person."""


def i16_honest_screen(case: Case) -> Iterator[str]:
    """What the panel says is what the record says; who perhaps paid is never left without a word."""
    states: dict[str, Life] = {}
    screen: Any = None
    holder = ""
    yield from _offered_in_vain(case)
    for fact in case.story.facts:
        if isinstance(fact, facts.Wrote):
            states[fact.life.order.claim_code] = fact.life
        elif isinstance(fact, facts.Shown):
            screen = fact.screen
            code = getattr(screen, "claim_code", "")
            if isinstance(screen, HOLDING):
                holder = code
            elif isinstance(screen, screens.Starting):
                holder = ""
            elif holder and not isinstance(screen, STILL_HOLDING):
                if code != holder and not isinstance(screen, screens.TakeItem):
                    yield f"{type(screen).__name__} leaves {holder} without a word"
                holder = ""
            yield from _honest(screen, states, case)
        elif isinstance(fact, facts.Froze):
            screen, holder = None, ""
        elif isinstance(fact, facts.Decided):
            yield from _honest(screen, states, case)


def _offered_in_vain(case: Case) -> Iterator[str]:
    """No code comes to the panel while it is known that nothing can be given for it."""
    bad: dict[object, str] = {}
    last: Any = None
    for fact in case.story.facts:
        if isinstance(fact, facts.Broke) and fact.part in WANTED:
            bad[fact.part] = f"the {fact.part.value} is bad"
        elif isinstance(fact, facts.Mended):
            bad.pop(fact.part, None)
        elif isinstance(fact, facts.Started):
            bad.pop("", None)
            bad |= {"": fact.recovery} if fact.recovery else {}
        elif isinstance(fact, facts.Shown):
            if bad and isinstance(fact.screen, screens.PayByCode) and not isinstance(last, screens.PayByCode):
                yield f"{fact.screen.claim_code} is asked to pay while {', '.join(bad.values())}"
            last = fact.screen


def _honest(screen: Any, states: dict[str, Life], case: Case) -> Iterator[str]:
    true_of = SAID_OF_SOMEBODY.get(type(screen))
    if true_of and not any(step.state in true_of for life in states.values() for step in life.history[-3:]):
        yield f"{type(screen).__name__} is said to nobody"
    true_while = TRUE_WHILE.get(type(screen))
    if true_while is None or getattr(screen, "code", "") == WITHOUT_MEMORY:
        return
    life = states.get(screen.claim_code)
    state = life.state_name if life else "unknown"
    if state not in true_while:
        yield f"{type(screen).__name__} of {screen.claim_code} while it is {state}"
    if (
        life
        and isinstance(screen, screens.RefundUnderWay)
        and not case.story.terms[life.order.gateway].refunds
    ):
        yield "a refund is promised where there is none"


def i17_told_once(case: Case) -> Iterator[str]:
    """Every arrow of an order is told once, in the transaction that has it; every command has one end."""
    told = Counter((one.order_id, one.what, one.transaction) for one in case.of(facts.Told) if one.order_id)
    due: Counter[tuple[str, str, int]] = Counter()
    for id_, all_of_it in case.written.items():
        for wrote in all_of_it:
            before = len(wrote.before.history) if wrote.before else 0
            for step in wrote.life.history[before:]:
                due[id_, f"order.{step.state.lower()}", wrote.transaction] += 1
    for (id_, what, _), times in (told - due).items():
        yield f"{id_}: {what} is told {times} times too often"
    for (id_, what, _), times in (due - told).items():
        yield f"{id_}: {what} is told {times} times too little"
    if case.story.lost or any(one.recovery for one in case.of(facts.Started)):
        return
    ends = Counter(one.reply.id for one in case.of(facts.Answered) if one.reply.status is not Answer.ACCEPTED)
    for one in case.of(facts.Remembered):
        if ends[one.id] > 1 or (case.story.rests and ends[one.id] == 0):
            yield f"{one.id} has {ends[one.id]} ends"


def i18_amnesia_guard(case: Case) -> Iterator[str]:
    """With an old journal nothing is released."""
    recovery = ""
    for fact in case.story.facts:
        if isinstance(fact, facts.Started):
            recovery = fact.recovery
        elif isinstance(fact, facts.Rose) and recovery:
            yield f"{fact.order.id} is released although {recovery}"


def core_stands(case: Case) -> Iterator[str]:
    """The core itself finds nothing impossible."""
    if case.story.broken:
        yield case.story.broken


JUDGES: dict[str, Judge] = {
    "core": core_stands,
    "I1": i1_nothing_unpaid,
    "I2": i2_never_twice,
    "I3": i3_nobody_lost,
    "I4": i4_truthful_records,
    "I5": i5_no_orphan_money,
    "I6": i6_no_double_benefit,
    "I7": i7_right_person,
    "I8": i8_one_command_one_order,
    "I9": i9_right_price,
    "I10": i10_fail_safe_output,
    "I11": i11_doorbell,
    "I13": i13_bounded,
    "I14": i14_secrets_stay,
    "I15": i15_configuration_is_atomic,
    "I16": i16_honest_screen,
    "I17": i17_told_once,
    "I18": i18_amnesia_guard,
}
"""I12 compares two stories: `clocks_apart`."""


def complaints(story: Chronicle) -> list[tuple[str, str]]:
    """Every breach of every invariant under its name; only the core's own where it stopped the story."""
    case = Case(story)
    if story.broken:
        return [("core", story.broken)]
    return [(name, words) for name, judge in JUDGES.items() for words in judge(case)]


def i12_wall_clock(one: Chronicle, other: Chronicle) -> Iterator[str]:
    """Two stories that differ in their wall clocks only have the same releases and the same ends."""
    ends = [{life.order.id: life.state_name for life in story.lives} for story in (one, other)]
    moved = [[rose.order.id for rose in story.of(facts.Rose)] for story in (one, other)]
    if ends[0] != ends[1] or moved[0] != moved[1]:
        yield f"with another wall clock it ends otherwise: {ends[0]} and {ends[1]}"
