"""The page's server: what it answers, and to whom."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.simulator.page import Page
from kiosk.simulator.providers import SELLING
from kiosk.simulator.serving import Serving, listen
from kiosk.simulator.wiring import SHELF, Plan
from kiosk.simulator.world import World

from .loop import LoopThread

JSON = {"content-type": "application/json"}


class Site:
    """A world without a kiosk, and its page."""

    def __init__(self, url: str, world: World) -> None:
        self.url = url
        self.world = world

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.url + path, headers=headers, timeout=60)

    def do(self, deed: str, wish: object, **headers: str) -> int:
        given = {**JSON, **{name.replace("_", "-"): text for name, text in headers.items()}}
        body = wish if isinstance(wish, bytes) else json.dumps(wish)
        return requests.post(f"{self.url}/do/{deed}", body, headers=given, timeout=60).status_code

    def connected(self) -> None:
        """Wait until the vending controller is at the broker."""
        with requests.get(f"{self.url}/events", stream=True, timeout=60) as stream:
            states = (json.loads(line.removeprefix(b"data: ")) for line in stream.iter_lines() if line)
            assert any(state["controller"]["connected"] for state in states)

    def state(self) -> Any:
        """The first state of the stream."""
        with requests.get(f"{self.url}/events", stream=True, timeout=60) as stream:
            line = next(stream.iter_lines())
        return json.loads(line.removeprefix(b"data: "))


async def _world(folder: Path) -> World:
    return World(Plan(), folder, lambda _: [sys.executable, "-c", "raise SystemExit(1)"])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with LoopThread() as loop:
        world = loop.run(_world(tmp_path))
        loop.enter(world)
        page = Page(world)
        serving = Serving(lambda _: page.app(), listen())
        loop.enter(serving)
        try:
            yield Site(serving.url, world)
        finally:
            loop.call(page.close)
            loop.leave(serving)
            loop.leave(world)


def test_its_files_come_with_a_policy_that_lets_nothing_foreign_in(site: Site) -> None:
    for path, kind in (("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")):
        reply = site.get(path)
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith(kind)
        assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_no_file_of_the_page_names_another_host(site: Site) -> None:
    for path in ("/", "/page.css", "/page.js"):
        assert "://" not in site.get(path).text.replace("http://www.w3.org/", "")


def test_a_name_that_is_rebound_to_this_machine_is_refused(site: Site) -> None:
    assert site.get("/", Host="evil.example:8080").status_code == 403
    assert site.get("/events", Host="evil.example").status_code == 403
    assert site.get("/", Host="localhost:9999").status_code == 200


def test_another_site_cannot_press_a_key(site: Site) -> None:
    assert site.do("press", {"key": "1"}, origin="http://evil.example") == 403
    assert site.do("press", {"key": "1"}, content_type="text/plain") == 403
    assert site.do("press", {"key": "1"}, origin=site.url) == 204
    assert [line.text for line in site.world.story.lines()] == ["You pressed 1"]


@pytest.mark.parametrize(
    ("deed", "wish"),
    [
        ("press", {"key": "x"}),
        ("press", {}),
        ("hold", {"key": "D"}),
        ("misfortune", {"name": "coffee"}),
        ("press", [1]),
        ("press", b"{"),
        ("press", {"key": "1", "more": "x" * 2000}),
        ("gateway", {"names": "paypal"}),
        ("gateway", {"names": "indodana"}),
        ("gateway", {"names": "doku,doku"}),
        ("gateway", {"names": ["doku"]}),
        ("gateway", {}),
    ],
)
def test_nonsense_is_400(site: Site, deed: str, wish: object) -> None:
    assert site.do(deed, wish) == 400


NONSENSE_FOR_AFAR: list[tuple[str, object]] = [
    ("price", {"slot": 1}),
    ("price", {"slot": 1, "price": "13000"}),
    ("price", {"slot": 1, "price": 13000.5}),
    ("price", {"slot": 1, "price": 10**9}),
    ("price", {"slot": 1, "price": -1}),
    ("price", {"slot": 0, "price": 13000}),
    ("price", {"slot": 1, "price": 13000, "version": 7}),
    ("service", {"slot": 100, "on": True}),
    ("service", {"slot": "every", "on": True}),
    ("service", {"slot": 1, "on": "yes"}),
    ("settle", {"order": "x", "how": "void"}),
    ("settle", {"order": "K013FQ8Z0W5N1T7C2M9R4XA", "how": "void"}),
    ("settle", {"order": "K013FQ8Z0W5N1T7C2M9R4XA", "how": "forgotten"}),
    ("charge", {}),
    ("charge", {"reference": "sale-1"}),
    ("charge", {"slot": 1, "reference": "two words"}),
    ("charge", {"slot": 1, "reference": "x" * 65}),
    ("charge", {"amount": 10_000_001}),
    ("charge", {"amount": 0}),
    ("charge", {"slot": 1, "who": "me"}),
]


def test_nonsense_for_those_far_away_is_400_and_asks_for_nothing(site: Site) -> None:
    taken = [(deed, wish) for deed, wish in NONSENSE_FOR_AFAR if site.do(deed, wish) != 400]
    assert taken == []
    assert site.world.story.lines() == []


def test_an_unknown_deed_is_404(site: Site) -> None:
    assert site.do("refund", {}) == 404


def test_a_misfortune_is_armed_and_called_off(site: Site) -> None:
    for active in (True, False):
        assert site.do("misfortune", {"name": "lost_reply"}) == 204
        armed = {one["name"]: one["active"] for one in site.state()["bench"]}
        assert armed["lost_reply"] is active


def test_a_misfortune_of_one_gateway_leaves_the_other_alone(site: Site) -> None:
    assert site.do("gateway", {"names": "midtrans,doku"}) == 204
    assert site.do("misfortune", {"name": "down", "gateway": "doku"}) == 204
    armed = {one["gateway"]: one["active"] for one in site.state()["bench"] if one["name"] == "down"}
    assert armed == {"midtrans": False, "doku": True}


def test_each_gateway_has_its_own_bench(site: Site) -> None:
    shown = {}
    for name in SELLING:
        assert site.do("gateway", {"names": name}) == 204
        shown[name] = {one["name"] for one in site.state()["bench"]}
    assert {name for name, tricks in shown.items() if "forged_answer" in tricks} == {"doku_indodana"}
    assert {name for name, tricks in shown.items() if "tokens_forgotten" in tricks} == {"doku"}
    assert {name for name, tricks in shown.items() if "paid_meanwhile" in tricks} == {"midtrans"}
    assert all({"late_payment", "lost_reply", "down"} <= tricks for tricks in shown.values())


def test_a_gateway_that_was_left_keeps_its_table_for_its_old_orders(site: Site) -> None:
    site.do("gateway", {"names": "interactive"})
    written = site.world.files.config.read_text()
    assert 'gateways = ["interactive"]' in written
    assert "[gateway.midtrans]" in written
    assert site.state()["gateway"] == {"value": "interactive", "words": "InterActive"}


def test_a_message_to_a_kiosk_that_nobody_has_heard_is_told_and_changes_nothing(site: Site) -> None:
    assert site.do("price", {"slot": 1, "price": 13_000}) == 204
    assert site.world.story.lines()[-1].text.startswith("The operator has not heard of the kiosk")
    assert [one["price"] for one in site.state()["goods"]] == [one.price for one in SHELF]


def test_the_same_sale_again_is_nothing_before_the_first(site: Site) -> None:
    assert site.do("again", {}) == 204
    assert site.world.story.lines() == []


def test_a_controllers_charge_leaves_for_the_broker(site: Site) -> None:
    site.connected()
    assert site.do("charge", {"slot": 2, "reference": "sale-7"}) == 204
    assert site.state()["controller"]["newest"] == "sale-7"


def test_the_page_says_how_to_listen_with_another_tool(site: Site) -> None:
    port = site.world.offsite.broker.port
    assert site.state()["office"]["watch"] == f"mosquitto_sub -p {port} -v -t 'kiosk/v1/K01/#'"


def test_the_first_hint_is_the_switch(site: Site) -> None:
    assert site.state()["hint"]["place"] == "power"
