"""Every gateway, every call, every misfortune: one right conclusion about the money."""

from itertools import product

import pytest

from kiosk import events as on
from kiosk.model import Field, TroubleKind
from kiosk.order import step
from kiosk.order.desk import Desk
from kiosk.order.verdict import Verdict
from kiosk.states import Inquiry, Life, QrShown, Settled
from tests.core.lives import AT
from tests.gateways.contract.accent import Accent, Call, Conclusion, Outcome, Standing
from tests.gateways.contract.accents import ACCENTS, accent_of
from tests.gateways.contract.case import (
    Turn,
    observed,
    offers,
    order_for,
    others_conclusion,
    teller_for,
    turned,
)
from tests.gateways.contract.table import AGAIN, TABLE, Misfortune

CASES = list(product(ACCENTS, Call, TABLE))
STANDINGS = [(name, standing) for name in ACCENTS for standing in accent_of(name).standings()]
FALSE = {
    Field.ORDER_ID: "for another order",
    Field.AMOUNT: "for another amount",
    Field.CURRENCY: "in another currency",
    Field.MERCHANT: "of another merchant",
}
MISFORTUNES = {misfortune.name: misfortune for misfortune in TABLE}


def right(accent: Accent, call: Call, misfortune: Misfortune) -> Conclusion:
    excuse = accent.excuses.get((call, misfortune.name))
    return excuse.conclusion if excuse else misfortune.conclusion(call)


def right_again(accent: Accent, call: Call, misfortune: Misfortune) -> Conclusion:
    """What the same call concludes once nothing befalls it any more."""
    excuse = accent.excuses.get((call, AGAIN)) if misfortune.effect else None
    return excuse.conclusion if excuse else TABLE[0].conclusion(call)


def named(case: object) -> str:
    return str(case.value) if isinstance(case, Call | Standing) else getattr(case, "name", str(case))


@pytest.mark.parametrize(("name", "call", "misfortune"), CASES, ids=named)
def test_each_misfortune_has_one_conclusion(name: str, call: Call, misfortune: Misfortune) -> None:
    """And leaves nothing behind: another order gets its own answer, and the same call made again its own.

    Where the call is not offered there is one conclusion whatever befalls, and no request to befall.
    """
    accent = accent_of(name)
    seen = observed(accent, call, misfortune)
    if not offers(accent, call):
        assert ({seen.first, seen.other, seen.again}, seen.requests) == ({TroubleKind.UNSUPPORTED}, 0)
        return
    assert seen.first is right(accent, call, misfortune)
    # What comes late is read as the next answer; then nothing may be concluded, least of all about money.
    nothing = {Verdict.FOREIGN, TroubleKind.UNREADABLE, Outcome.NOT_SHOWN} if misfortune.echoes else set()
    assert seen.other in {others_conclusion(call), *nothing}
    assert seen.again in {right_again(accent, call, misfortune), *nothing}
    assert len(seen.hearts) == 1
    excuse = accent.excuses.get((call, misfortune.name))
    assert all(excuse.binds(asked, order_for(accent)) for asked in seen.hearts if excuse and excuse.binds)


@pytest.mark.parametrize(("name", "standing"), STANDINGS, ids=named)
def test_each_standing_is_understood(name: str, standing: Standing) -> None:
    accent = accent_of(name)
    with teller_for(accent, Call.STATUS) as (teller, gateway):
        seen = turned(gateway, teller, Turn(order_for(accent), standing=standing))
    assert seen is accent.standings()[standing]


def test_every_gateway_has_a_word_for_paid_and_for_not_yet() -> None:
    asked = [accent_of(name).standings() for name in ACCENTS]
    assert {each[Standing.PAID] for each in asked} == {Verdict.PAID}
    assert {each[Standing.PENDING] for each in asked} == {Verdict.PENDING}


@pytest.mark.parametrize(("name", "field"), list(product(ACCENTS, Field)))
def test_an_unpaid_answer_about_something_else_says_nothing_of_this_order(name: str, field: Field) -> None:
    """It must not close the order; only a field that no answer carries cannot tell the two apart."""
    accent, misfortune = accent_of(name), MISFORTUNES[FALSE[field]]
    for standing in {Standing.PENDING, Standing.LAPSED} & accent.standings().keys():
        with teller_for(accent, Call.STATUS) as (teller, gateway):
            seen = turned(gateway, teller, Turn(order_for(accent), misfortune, standing))
            carried = field in gateway.terms.carries
        assert seen is (Verdict.FOREIGN if carried else accent.standings()[standing])


@pytest.mark.parametrize("name", ACCENTS)
def test_a_gateway_answers_for_exactly_the_fields_that_it_declares_to_carry(name: str) -> None:
    accent = accent_of(name)
    with teller_for(accent, Call.STATUS) as (_, gateway):
        carries = gateway.terms.carries
    excused = {field for field in Field if (Call.STATUS, FALSE[field]) in accent.excuses}
    assert carries == set(Field) - excused


@pytest.mark.parametrize("name", ACCENTS)
def test_an_older_answer_after_a_newer_one_takes_nothing_back(name: str) -> None:
    """Settled, then a late "pending", "lapsed" or "unknown": the order stays paid."""
    accent = accent_of(name)
    order = order_for(accent)
    charge = accent.charge(order)
    with teller_for(accent, Call.STATUS) as (teller, gateway):
        desk = Desk(order, gateway.terms, AT, on_panel=True, may_release=False, may_refund=False)
        life = Life(order, QrShown(charge, AT.elapsed + 100.0, Inquiry(next_at=AT.elapsed)))
        for standing in (Standing.PAID, Standing.PENDING, Standing.LAPSED, Standing.ABSENT):
            if standing in accent.standings():
                teller.turns = [Turn(order, standing=standing)]
                said = on.StatusReported(order.id, gateway.status(order, charge), AT.elapsed, AT.elapsed)
                life, _ = step(life, said, desk)
                assert isinstance(life.state, Settled)
