"""The page in a real browser, around the real daemon: what a visitor does and what becomes of the money."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.simulator.ledger import Charge
from kiosk.simulator.page import Page as Server
from kiosk.simulator.serving import Serving, listen
from kiosk.simulator.start import plan_of
from kiosk.simulator.wiring import STAFF_PIN, Plan
from kiosk.simulator.world import World

from .chromium import SOON, chromium
from .loop import LoopThread

pytestmark = pytest.mark.browser

LASTS = 10_000  # milliseconds of a pulse that is cut off before its end
FIRST_CALL_IS_SLOW = """() => {
  const call = window.fetch;
  let late = 500;
  window.fetch = async (...words) => {
    const delay = late;
    late = 0;
    await new Promise((go) => setTimeout(go, delay));
    return call(...words);
  };
}"""
SCANS_AT_ONCE = """() => {
  new MutationObserver((_, seen) => {
    if (at("panel").dataset.readable !== "true") return;
    seen.disconnect();
    at("scan").click();
  }).observe(at("panel"), { attributes: true });
}"""
"""Scans the next code as soon as the page shows it, however busy whoever drives the browser is."""
ARMED_MEANWHILE = """() => new Promise((told) => {
  events.addEventListener("message", ({ data }) => {
    if (JSON.parse(data).bench.some((one) => one.active)) told();
  });
  send("misfortune", { name: "lost_reply", gateway: "" });
})"""
"""Arms something, and waits until the page was told of it."""


class Visit:
    """A visitor's tab, and what is behind the counter."""

    def __init__(self, tab: Page, world: World, loop: LoopThread) -> None:
        self.tab = tab
        self.world = world
        self._loop = loop

    def see(self, selector: str, text: str = "") -> None:
        expect(self.tab.locator(selector)).to_contain_text(text)

    def read(self, sentence: str, times: int = 1) -> None:
        """Wait for a sentence of the story, or for so many lines that hold it."""
        lines = self.tab.locator("#story li").filter(has_text=sentence)
        expect(lines).to_have_count(times) if times > 1 else expect(lines.first).to_be_attached()

    def arm(self, misfortune: str) -> None:
        """Arm it, and take the focus off its button: what is typed then is for the machine."""
        button = self.tab.locator(f"[data-name={misfortune}]")
        button.click()
        button.blur()

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for something behind the counter."""
        assert self._loop.run(self.world.changed.until(holds, SOON / 1000))

    def shows(self, *, code: bool) -> None:
        """Wait until the panel shows a code, or none any more."""
        self.tab.wait_for_selector(f"#panel[data-readable={str(code).lower()}]")

    def buy(self, key: str = "1") -> None:
        """Press the keys for what the key stands for."""
        self.read("The kiosk is ready")
        self.tab.keyboard.press(key)
        self.see("#hint-title", "Press # to buy")
        self.tab.keyboard.press("Enter")

    def choose(self, key: str = "1") -> None:
        """Buy it, up to the code on the panel."""
        self.buy(key)
        self.shows(code=True)

    def scan(self) -> None:
        self.tab.click("#scan")
        self.tab.wait_for_selector("#pay:visible")

    @property
    def charge(self) -> Charge:
        (charge,) = self.world.ledger.charges()
        return charge

    def pulses(self) -> int:
        return len(self.world.box.lamps.of_order(self.charge.order))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@contextmanager
def visited(browser: Browser, plan: Plan, width: int = 1280) -> Iterator[Visit]:
    async def made() -> World:
        return World(plan)

    with LoopThread() as loop:
        world = loop.run(made())
        loop.enter(world)
        server = Server(world)
        serving = Serving(lambda _: server.app(), listen())
        loop.enter(serving)
        tab = browser.new_page(viewport={"width": width, "height": 844})
        tab.set_default_timeout(SOON)
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        try:
            tab.goto(serving.url)
            loop.call(world.power.back)
            yield Visit(tab, world, loop)
            assert errors == []
        finally:
            tab.close()
            loop.call(server.close)
            loop.leave(serving)
            loop.leave(world)


def test_a_visitor_buys_a_coffee_and_it_falls(browser: Browser) -> None:
    with visited(browser, Plan(pulse=300, webhooks=True, poll=60)) as visit:
        visit.choose()
        visit.scan()
        visit.see("#payee", "Kopi Kita")
        visit.see("#amount", "Rp 12.000")
        visit.see("#standing", "online")
        visit.tab.click("#pay")
        visit.read("the sale is complete")
        expect(visit.tab.locator("#fallen svg")).to_have_count(1)
        visit.see("#books tr", "paid")
        visit.see("#balance", "Rp 238.000")
        visit.see("#hint-title", "Sold. Now try a misfortune")
        visit.see("#way-words", "it asked because the hint rang")
        expect(visit.tab.locator("#hands .passed")).to_have_count(5)
        visit.tab.click("[data-link=forwarder_stopped]")
        visit.read("The forwarder was stopped")
        expect(visit.tab.locator("#hands .cut button")).to_have_text("mend")
        assert visit.pulses() == 1


def test_a_cancelled_sale_costs_nothing_even_who_pays_it_afterwards(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.choose("2")
        visit.scan()
        visit.tab.keyboard.press("Backspace")
        visit.see("#hint-title", "The code has left the panel")
        visit.tab.keyboard.press("Backspace")
        visit.read("The order is closed")
        visit.tab.click("#pay")
        visit.read("the gateway had closed the code")
        visit.see("#books tr", "cancelled")
        visit.see("#balance", "Rp 250.000")
        assert visit.pulses() == 0


def test_a_payment_that_comes_too_late_is_for_a_person_to_decide(browser: Browser) -> None:
    with visited(browser, Plan(on_screen=6, claim_window=1, late=1)) as visit:
        visit.arm("late_payment")
        visit.tab.evaluate(SCANS_AT_ONCE)
        visit.buy()
        visit.tab.click("#pay")
        visit.read("this payment will come too late")
        visit.read("this contract has no refunds")
        visit.see("#hint-title", "Look at the panel")
        assert visit.pulses() == 0


def test_a_payment_that_comes_too_late_goes_back_where_the_contract_allows_it(browser: Browser) -> None:
    with visited(browser, Plan(claim_window=1, late=1, refunds=True)) as visit:
        visit.arm("late_payment")
        visit.choose()
        visit.scan()
        visit.tab.click("#pay")
        visit.read("this payment will come too late")
        visit.tab.keyboard.press("Backspace")
        visit.shows(code=False)
        visit.tab.keyboard.press("Backspace")
        visit.read("Midtrans confirmed the refund")
        visit.see("#books tr", "sent back")
        visit.see("#balance", "Rp 250.000")
        assert visit.pulses() == 0


def test_a_power_cut_in_mid_release_releases_nothing_twice(browser: Browser) -> None:
    with visited(browser, Plan(pulse=LASTS)) as visit:
        visit.choose()
        visit.scan()
        visit.tab.click("#pay")
        visit.tab.wait_for_selector("#relay.on")
        visit.tab.click("#power")
        visit.see("#hint-title", "Switch the power on")
        expect(visit.tab.locator("#panel")).to_have_attribute("aria-label", "The panel is dark")
        visit.tab.click("#power")
        visit.read("doing nothing beats releasing twice")
        assert visit.pulses() == 1


def test_a_visitor_sells_through_another_gateway_and_pays_on_its_page(browser: Browser) -> None:
    with visited(browser, Plan(pulse=300)) as visit:
        visit.read("The kiosk is ready")
        visit.tab.select_option("#gateway", "doku_indodana")
        visit.read("a new configuration, for DOKU Indodana")
        visit.read("The kiosk is ready", times=2)
        visit.choose()
        visit.scan()
        visit.see("#payee", "Indodana PayLater")
        visit.see("#city", "sandbox01.indodana.com")
        visit.see("#hint-text", "DOKU Indodana itself says")
        visit.tab.click("#pay")
        visit.read("the sale is complete")
        visit.see("#told-title", "To be paid later")
        visit.see("#balance", "Rp 250.000")
        visit.see("#books tr", "DOKU Indodana")
        assert visit.pulses() == 1


def test_a_gateway_that_closes_nothing_keeps_nobody_waiting(browser: Browser) -> None:
    with visited(browser, Plan(gateways=("doku",), claim_window=5)) as visit:
        visit.choose()
        visit.tab.keyboard.press("Backspace")
        visit.shows(code=False)
        visit.tab.keyboard.press("Backspace")
        visit.see("#hint-title", "The kiosk asks DOKU how it ended")
        visit.see("#hint-title", "Press 1 for Kopi susu")
        visit.see("#books tr", "open")
        assert visit.pulses() == 0


def test_an_order_ends_at_the_gateway_it_was_born_with(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.choose()
        visit.tab.select_option("#gateway", "interactive")
        visit.read("a new configuration, for InterActive")
        visit.read("The kiosk closed the code at Midtrans")
        visit.read("The order is closed")
        assert visit.pulses() == 0


def test_staff_hold_a_key_give_the_pin_and_try_an_output(browser: Browser) -> None:
    with visited(browser, Plan(pulse=300)) as visit:
        visit.read("The kiosk is ready")
        visit.see("#staff-hint", f"PIN {STAFF_PIN}")
        key = visit.tab.locator("[data-key='*']")
        key.hover()
        visit.tab.mouse.down()
        visit.read("You hold *")
        visit.tab.mouse.up()
        visit.see("#hint-title", "Read the panel")
        visit.tab.keyboard.type(f"{STAFF_PIN}#")
        visit.read("The PIN was right")
        visit.tab.keyboard.type("533##")
        visit.read("Staff try an output")
        visit.read("pulsed for")
        assert visit.world.ledger.charges() == []


def test_a_short_press_opens_no_menu_and_a_long_one_is_one_press(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.read("The kiosk is ready")
        visit.tab.click("[data-key='*']")
        visit.tab.hover("[data-key='5']")
        visit.tab.mouse.down()
        visit.read("You hold 5")
        visit.tab.mouse.up()
        visit.tab.click("[data-key='7']")
        visit.read("You pressed 7")
        pressed = [line.text for line in visit.world.story.lines() if line.text.startswith("You")]
        assert pressed == ["You pressed *", "You pressed 5", "You hold 5", "You pressed 7"]


def test_a_vending_controller_asks_for_money_and_hears_how_it_ended(browser: Browser) -> None:
    with visited(browser, Plan(pulse=300)) as visit:
        visit.see("#standing", "waiting for a customer")
        visit.until(lambda: visit.world.offsite.controller.is_connected)
        visit.tab.select_option("#charge-slot", "2")
        visit.tab.fill("#charge-reference", "sale-7")
        visit.tab.press("#charge-reference", "Enter")
        visit.shows(code=True)
        visit.scan()
        visit.tab.click("#pay")
        visit.see("#answers", "done: paid, and the goods were released sale-7")
        visit.tab.click("#again")
        visit.see("#answers", "duplicate")
        visit.read("The controller asks for the sale sale-7 once more")
        visit.see("#events", "released Teh manis, sold for Rp\u00a06.000")
        assert "You pressed" not in visit.tab.inner_text("#story")
        assert visit.pulses() == 1


def test_the_operator_pushes_a_price_and_reads_why_another_was_refused(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.see("#reported", "slots[1].price")
        for price, words in (("13000", "Version 1 is in effect"), ("0", "refused; version 1 holds")):
            visit.tab.fill("#price", price)
            visit.tab.click("#price-form .do")
            visit.see("#configuration", words)
        visit.see("#faults", "slots[1].price")
        visit.see("#spiral1 .price", "Rp 13.000")
        visit.read("The kiosk took the pushed configuration")


def test_the_operator_takes_a_slot_out_of_service_and_puts_it_back(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.tab.click("[data-service='1']")
        visit.see("#slots tr:first-child", "out of service")
        visit.see("#events", "slot 1 taken out of service by Operator")
        visit.tab.click("[data-service='1']")
        visit.see("#slots tr:first-child", "Rp 12.000")


def test_the_operator_settles_what_a_power_cut_left_open(browser: Browser) -> None:
    with visited(browser, Plan(pulse=LASTS)) as visit:
        visit.choose()
        visit.scan()
        visit.tab.click("#pay")
        visit.tab.wait_for_selector("#relay.on")
        visit.tab.click("#power")
        visit.see("#hint-title", "Switch the power on")
        visit.tab.click("#power")
        visit.see("#claims", "Rp 12.000 for Kopi susu")
        visit.see("#hint-title", "Somebody paid and got nothing")
        visit.see("#office-books", "Rp 12.000 owed to somebody")
        visit.tab.click("[data-settle='refunded']")
        visit.read("The operator settles claim")
        expect(visit.tab.locator("#claims-empty")).to_be_visible()


def test_what_is_typed_into_a_form_is_not_for_the_machine(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.see("#standing", "waiting for a customer")
        visit.tab.focus("#price")
        visit.tab.keyboard.type("12")
        visit.tab.keyboard.press("Backspace")
        assert visit.tab.input_value("#price") == "1"
        visit.tab.focus("#charge-slot")
        visit.tab.keyboard.type("3")
        visit.tab.click("[data-key='7']")
        visit.read("You pressed 7")
        pressed = [line.text for line in visit.world.story.lines() if line.who == "customer"]
        assert pressed == ["You pressed 7"]


def test_a_phone_in_the_hand_has_room_for_everything(browser: Browser) -> None:
    with visited(browser, Plan(), width=390) as visit:
        visit.see("#hint-title", "Press 1 for Kopi susu")
        assert visit.tab.evaluate("document.documentElement.scrollWidth") == 390
        visit.tab.click("#hint-show")
        expect(visit.tab.locator("#keypad")).to_be_in_viewport()
        visit.tab.click("[data-key='1']")
        visit.see("#hint-title", "Press # to buy")


def test_keys_typed_quickly_arrive_in_their_order(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.read("The kiosk is ready")
        visit.tab.evaluate(FIRST_CALL_IS_SLOW)
        visit.tab.keyboard.type("1#")
        visit.shows(code=True)


def test_a_button_that_is_held_while_the_page_changes_is_pressed_all_the_same(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.see("#standing", "waiting for a customer")
        visit.tab.hover("[data-name=slow]")
        visit.tab.mouse.down()
        visit.tab.evaluate(ARMED_MEANWHILE)
        visit.tab.mouse.up()
        visit.read("Armed: Answer slowly")
        expect(visit.tab.locator("[data-name=lost_reply]")).to_have_attribute("aria-pressed", "true")


def test_everything_on_the_page_has_a_name(browser: Browser) -> None:
    with visited(browser, Plan()) as visit:
        visit.read("The kiosk is ready")
        for button in visit.tab.get_by_role("button").all():
            expect(button).to_have_accessible_name(re.compile(r"\S"))


def test_a_car_that_drives_away_takes_the_code_with_it(browser: Browser) -> None:
    with visited(browser, plan_of(["--profile", "gate", "--no-webhooks"])) as visit:
        visit.read("The kiosk is ready")
        visit.see("#hint-title", "Let a car drive up")
        visit.tab.click("[data-contact=loop]")
        visit.see("[data-contact=loop]", "The car drives away")
        visit.see("#hint-title", "Press 1 for a car")
        visit.tab.keyboard.type("1#")
        visit.shows(code=True)
        visit.tab.click("[data-contact=loop]")
        visit.shows(code=False)
        visit.read("The order is closed")
        assert visit.pulses() == 0
