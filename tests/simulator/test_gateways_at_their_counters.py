"""The kiosk's own gateways against our faces of the providers: both must read the documents alike."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.cli import main
from kiosk.errors import GatewayError, Refused, Unreachable, Unreadable
from kiosk.gateways.base import Gateway
from kiosk.gateways.doku import Doku
from kiosk.gateways.doku_indodana import DokuIndodana
from kiosk.gateways.indodana import Indodana
from kiosk.gateways.interactive import Interactive
from kiosk.model import Charge, Environment, Evidence, QrisCode, Rupiah, Status, WebLink
from kiosk.qris import check
from kiosk.secret import Secret
from kiosk.simulator.ledger import Open, Payment
from kiosk.simulator.merchant import Merchant
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.providers import ADDRESS, CUSTOMER, PAYLATER_HOST
from kiosk.simulator.wiring import Branch, Files, Plan, furnish
from tests.gateways.papers import ID, order

from .counters import (
    DOKU,
    INDODANA,
    INTERACTIVE,
    PAIR,
    PAYLATER,
    Behind,
    DokuCounter,
    IndodanaCounter,
    InteractiveCounter,
    PaylaterCounter,
)
from .midtrans_world import Door

HERE = Environment.SIMULATOR


def settings(behind: Behind, **own: Any) -> dict[str, Any]:
    return {"base_url": behind.url, "create_deadline": 40.0, "status_deadline": 40.0, **own}


def doku_at(behind: Behind) -> Doku:
    keys = {"secret_key": Secret(DOKU.secret_key), "private_key": Secret(PAIR.private)}
    own = {"client_id": DOKU.client_id, "merchant_id": DOKU.mall_id, "postal_code": "40284"}
    config = Doku.Config(nmid=Merchant().nmid, **settings(behind, **own))
    return Doku(config, HERE, keys, "KSK01", behind.clock)


def paylater_at(behind: Behind) -> DokuIndodana:
    own = {
        "client_id": PAYLATER.client_id,
        "link_hosts": [PAYLATER_HOST],
        "customer": CUSTOMER,
        "billing_address": ADDRESS,
        "callback_url_cancel": "https://kopikita.example/cancelled",
    }
    config = msgspec.convert(settings(behind, **own), DokuIndodana.Config)
    return DokuIndodana(config, HERE, {"secret_key": Secret(PAYLATER.secret_key)}, "KSK01", behind.clock)


def interactive_at(behind: Behind) -> Interactive:
    own = settings(behind, merchant_id=INTERACTIVE.id, nmid=Merchant().nmid)
    keys = {"api_key": Secret(INTERACTIVE.api_key)}
    return Interactive(Interactive.Config(**own), HERE, keys, "KSK01", behind.clock)


def indodana_at(behind: Behind) -> Indodana:
    keys = {"api_key": Secret(INDODANA.api_key), "secret_key": Secret(INDODANA.secret_key)}
    return Indodana(Indodana.Config(**settings(behind)), HERE, keys, "KSK01", behind.clock)


SELLERS: dict[str, tuple[Callable[[Door], Behind], Callable[[Any], Gateway]]] = {
    "doku": (DokuCounter, doku_at),
    "doku_indodana": (PaylaterCounter, paylater_at),
    "interactive": (InteractiveCounter, interactive_at),
}


class Deal:
    """A gateway, and its provider's counter."""

    def __init__(self, behind: Behind, gateway: Gateway) -> None:
        self.behind = behind
        self.gateway = gateway

    def status(self, charge: Charge | None) -> Status:
        return self.gateway.status(order(), charge).status


@pytest.fixture(params=sorted(SELLERS))
def deal(request: pytest.FixtureRequest, door: Door) -> Iterator[Deal]:
    counter, opened = SELLERS[request.param]
    behind = counter(door)
    with closing(opened(behind)) as gateway:
        yield Deal(behind, gateway)


@pytest.fixture
def indodana(door: Door) -> Iterator[Deal]:
    behind = IndodanaCounter(door)
    with closing(indodana_at(behind)) as gateway:
        yield Deal(behind, gateway)


def test_a_code_made_for_an_order_may_be_shown(deal: Deal) -> None:
    charge = deal.gateway.create(order())
    check(charge.code, order().amount, deal.gateway.terms)
    kind = WebLink if deal.gateway.name == "doku_indodana" else QrisCode
    assert isinstance(charge.code, kind)


def test_an_order_is_pending_then_paid(deal: Deal) -> None:
    charge = deal.gateway.create(order())
    assert deal.status(charge) is Status.PENDING
    deal.behind.pay()
    assert deal.status(charge) is Status.PAID


def test_a_code_for_another_amount_is_shown_to_nobody(deal: Deal) -> None:
    deal.behind.bench.arm(Misfortune.WRONG_AMOUNT)
    with pytest.raises((GatewayError, ValueError)):
        check(deal.gateway.create(order()).code, order().amount, deal.gateway.terms)


def test_where_no_code_is_made_none_can_be_paid(deal: Deal) -> None:
    deal.behind.bench.arm(Misfortune.DENIED)
    with pytest.raises((Refused, Unreachable)):
        deal.gateway.create(order())
    assert not any(isinstance(one.standing, Open) for one in deal.behind.ledger.charges())


@pytest.mark.parametrize("misfortune", [Misfortune.GARBAGE, Misfortune.SERVER_ERROR, Misfortune.DOWN])
def test_what_is_no_answer_says_nothing_about_the_money(deal: Deal, misfortune: Misfortune) -> None:
    charge = deal.gateway.create(order())
    deal.behind.bench.arm(misfortune)
    with pytest.raises((Unreachable, Unreadable)):
        deal.gateway.status(order(), charge)


def test_a_lost_answer_costs_a_try_and_no_money(deal: Deal) -> None:
    deal.status(None) if deal.gateway.name == "doku" else None  # its token is there already
    deal.behind.bench.arm(Misfortune.LOST_REPLY)
    with pytest.raises(Unreachable):
        deal.gateway.create(order())
    found = LOST[deal.gateway.name](deal)
    assert found == "" or found == deal.behind.ledger.charges()[-1].payload


def again(deal: Deal) -> str:
    """The code of a second try."""
    code = deal.gateway.create(order()).code
    return code.url if isinstance(code, WebLink) else code.payload


def known_but_lost(deal: Deal) -> str:
    """DOKU does not tell a code twice: the order is there, and can be watched."""
    with pytest.raises(Unreadable):
        deal.gateway.create(order())
    assert deal.status(None) is Status.PENDING
    return ""


LOST: dict[str, Callable[[Deal], str]] = {
    "doku": known_but_lost,
    "doku_indodana": again,
    "interactive": again,
}


def test_who_declined_on_the_page_is_still_awaited(door: Door) -> None:
    behind = PaylaterCounter(door)
    with closing(paylater_at(behind)) as gateway:
        charge = gateway.create(order())
        behind.ledger.note(behind.charge.transaction, attempt="declined")
        assert gateway.status(order(), charge).status is Status.PENDING


def test_a_forged_answer_is_not_believed(door: Door) -> None:
    behind = PaylaterCounter(door)
    with closing(paylater_at(behind)) as gateway:
        charge = gateway.create(order())
        behind.bench.arm(Misfortune.FORGED_ANSWER)
        with pytest.raises(Unreadable):
            gateway.status(order(), charge)


def elsewhere(amount: int = 100_000) -> Any:
    return order("ELSEWHERE1", amount)


def test_indodana_tells_of_an_order_made_elsewhere(indodana: Deal) -> None:
    gateway = indodana.gateway
    assert gateway.status(elsewhere(), None).status is Status.PENDING
    indodana.behind.pay("indodana")
    report = gateway.status(elsewhere(), None)
    assert (report.status, report.amount) == (Status.PAID, 100_000)
    assert gateway.status(order("NOBODY"), None).status is Status.ABSENT


def test_indodana_gives_a_part_back_and_then_the_rest(indodana: Deal) -> None:
    indodana.behind.pay("indodana")
    for number, part in enumerate((40_000, 40_000, 60_000), 1):
        key = f"ELSEWHERE1-R{max(1, number - 1)}"
        made = Charge(QrisCode(""), "")
        indodana.gateway.refund(elsewhere(), made, Evidence(), Rupiah(part), key)
    assert indodana.behind.ledger.spent() == 0


def test_a_person_asks_indodana_and_takes_an_order_back(
    door: Door, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    behind = IndodanaCounter(door)
    behind.pay("indodana")
    keys = {"api_key": INDODANA.api_key, "secret_key": INDODANA.secret_key}
    branches = [
        Branch("midtrans", {"server_key": "SB-1"}, {"base_url": behind.url, "merchant_id": "G1"}),
        Branch("indodana", keys, {"base_url": behind.url}),
    ]
    files = Files(tmp_path, tmp_path / "box.sock")
    furnish(files, Plan(beside=("indodana",)), branches, 1883)

    def asked(*words: str) -> Any:
        assert main(["gateway", "indodana", *words, "--config", str(files.config)]) == 0
        return json.loads(capsys.readouterr().out)

    assert asked("status", "ELSEWHERE1")["status"] == "paid"
    asked("refund", "ELSEWHERE1", "--amount", "100000")
    assert behind.ledger.spent() == 0


def test_a_payment_of_somebody_else_is_no_payment_of_ours(deal: Deal) -> None:
    charge = deal.gateway.create(order())
    other = deal.gateway.create(order(ID[:-1] + "Y"))
    newest = deal.behind.ledger.charges()[-1]
    deal.behind.ledger.pay(newest.transaction, Payment(newest.amount, "gopay", deal.behind.clock()))
    assert deal.status(charge) is Status.PENDING
    assert deal.gateway.status(order(ID[:-1] + "Y"), other).status is Status.PAID
