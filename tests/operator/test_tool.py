"""`kiosk operator` as a person calls it, against a real broker and light machines."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.commands import COMMANDS
from kiosk.mqtt.messages import encode
from kiosk.mqtt.reports import Fault, Reported, Taken
from kiosk.mqtt.signatures import digest
from kiosk.operator import rollcall
from kiosk.operator.settings import zone_of
from kiosk.operator.sheet import Book
from kiosk.secret import Secret
from kiosk.simulator.fleet import Fleet
from tests.mqtt.broker import Mosquitto, Witness
from tests.mqtt.inbox import broker_at
from tests.operator.conftest import Machines, Tool, settled
from tests.operator.told import SOLD, story
from tests.operator.waiting import PATIENCE, until, until_it_has
from tests.ports import deaf_port

KEY = "an example key, for this page only"
PRICES = "[[slots]]\nnumber = 1\nprice = 13000\n"


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.toml"
    path.write_text(PRICES)
    return path


def results(done: Any) -> dict[str, str]:
    return {each["kiosk"]: each["result"] for each in done.json["outcomes"]}


# --- Commands


def test_a_machine_that_listens_answers(machines: Machines, tool: Tool) -> None:
    machines("K01")
    done = tool("ping", "K01")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1].startswith("K01      took it")


def test_each_of_a_list_is_told_apart(machines: Machines, tool: Tool) -> None:
    fleet = machines("K01", "K02", "K03")
    fleet.berths["K02"].close()
    done = tool("ping", "K01", "K02", "K04", "--json", "--wait", 60)
    assert done.code == 1
    assert results(done) == {"K01": "took it", "K02": "away", "K04": "away"}
    assert fleet.berths["K03"].machine.executed == {}


def test_to_a_machine_that_is_away_nothing_is_sent(
    machines: Machines, tool: Tool, mosquitto: Mosquitto
) -> None:
    fleet = machines("K01")
    fleet.berths["K01"].close()
    with Witness(mosquitto.port, "kiosk/v1/+/cmd/+") as witness:
        done = tool("charge", "K01", "--reference", "sale-1", "--slot", 1)
        assert "switched off; nothing was sent" in done.out
        assert witness.heard.empty()


def test_a_machine_that_never_answers_may_still_have_taken_it(tool: Tool, mosquitto: Mosquitto) -> None:
    with Witness(mosquitto.port) as silent:
        silent.says("kiosk/v1/K01/status", b'{"status": "online", "session": 1, "version": "1"}', retain=True)
    done = tool("ping", "K01", "--wait", 2)
    assert done.code == 1
    assert "no answer  it may still be taken; ask again" in done.out


def test_a_charge_is_accepted_and_the_same_reference_is_the_same_sale(machines: Machines, tool: Tool) -> None:
    fleet = machines("K01")
    words = ("charge", "K01", "--reference", "sale-1", "--slot", 1, "--json")
    first, again = tool(*words).json["outcomes"], tool(*words).json["outcomes"]
    assert (first[0]["result"], again[0]["result"]) == ("accepted", "accepted")
    assert first[0]["data"]["order_id"] == again[0]["data"]["order_id"]
    other = tool("charge", "K01", "--reference", "sale-1", "--slot", 2)
    assert (other.code, "reference_used" in other.out) == (1, True)
    assert "busy" in tool("charge", "K01", "--reference", "sale-2", "--amount", "12.500").out
    assert len(fleet.berths["K01"].machine.events) == 2


def test_a_charge_is_followed_to_its_end(machines: Machines, tool: Tool) -> None:
    fleet = machines("K01")
    fleet.do(lambda berth: pays(berth.machine))
    done = tool("charge", "K01", "--reference", "sale-1", "--slot", 1, "--to-the-end", "--json")
    assert (done.code, results(done)) == (0, {"K01": "took it"})
    again = tool("charge", "K01", "--reference", "sale-1", "--slot", 1, "--to-the-end", "--json")
    assert (again.code, results(again)) == (0, {"K01": "took it"})


def pays(machine: Any) -> None:
    """From now on every code is paid at once."""
    hear = machine.hear
    machine.hear = lambda heard: [*hear(heard), *machine.pay(time.time())]


def test_the_same_id_is_carried_out_once(machines: Machines, tool: Tool) -> None:
    fleet = machines("K01")
    for _ in range(3):
        assert tool("disable", "K01", "--slot", "all", "--who", "Sari", "--id", "c-1").code == 0
    machine = fleet.berths["K01"].machine
    assert machine.executed == {"c-1": 1}
    assert [each.what for each in machine.events] == ["slot.disabled"]


@pytest.mark.parametrize(
    "words",
    [
        ("cancel", "K01", "--order-id", "K01FQ8Z0W5N1T7C2M9R4XXA"),
        ("check", "K01", "--reference", "sale-1"),
        ("refund", "K01", "--claim-code", "048217", "--amount", "5.000", "--goodwill", "--who", "Sari"),
        ("resolve", "K01", "--claim-code", "048217", "--as", "refunded", "--who", "Sari"),
        ("enable", "K01", "--slot", "1", "--who", "Sari"),
        ("stock", "K01", "--slot", "2", "--count", "0", "--who", "Sari"),
        ("restart", "K01"),
        ("diagnostics", "K01"),
        ("identify", "K01"),
        ("test", "K01", "--part", "panel"),
        ("charge", "K01", "--reference", "x", "--amount", "5000", "--description", "Teh"),
    ],
)
def test_every_command_is_understood_by_a_machine(
    words: tuple[str, ...], mosquitto: Mosquitto, machines: Machines, tool: Tool
) -> None:
    fleet = machines("K01")
    done = tool(*words)
    assert "bad_value" not in done.out
    assert "missing_field" not in done.out
    assert sum(fleet.berths["K01"].machine.executed.values()) == 1


def test_there_is_an_act_for_every_command(tool: Tool) -> None:
    for name in COMMANDS:
        assert tool(name, "--help", port=None).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ping",), "say either which machines or --all"),
        (("ping", "K01", "--all"), "say either which machines or --all"),
        (("ping", "k01"), "3 to 12 of A-Z and 0-9"),
        (("ping", "K01", "--expires", "601"), "at most ten minutes"),
        (("ping", "K01", "--id", "a b"), "id"),
        (("pnig", "K01"), "did you mean ping?"),
        (("charge", "K01", "--slot", "1"), "--reference"),
        (("charge", "K01", "--reference", "x"), "needs a slot, an amount, or both"),
        (("charge", "K01", "K02", "--reference", "x", "--slot", "1"), "K02"),
        (("charge", "K01", "--all", "--reference", "x", "--slot", "1"), "--all"),
        (("charge", "K01", "--reference", "x", "--amount", "12,5"), "whole rupiah"),
        (("refund", "K01", "--who", "Sari"), "exactly one name"),
        (("refund", "--all", "--who", "Sari", "--reference", "x"), "KIOSK"),
        (("disable", "K01", "--slot", "x", "--who", "Sari"), "or all"),
        (("charge", "K01", "--reference", "a b", "--slot", "1"), "1 to 64 letters"),
        (("charge", "K01", "--reference", "x", "--slot", "all"), "a slot's number"),
        (("charge", "K01", "--reference", "x", "--slot", "1", "--description", "x" * 21), "at most 20"),
        (("check", "K01", "--order-id", "K01"), "as the events have it"),
        (("refund", "K01", "--claim-code", "123", "--who", "Sari"), "six digits"),
        (("resolve", "K01", "--claim-code", "123456", "--who", "Sari", "--as", "lost"), "dispensed"),
        (("disable", "K01", "--slot", "100", "--who", "Sari"), "1 to 99"),
        (("stock", "K01", "--slot", "1", "--count", "10000", "--who", "Sari"), "0 to 9999"),
        (("test", "K01", "--part", "relay"), "buzzer"),
        (("events", "--all", "--ack"), "--ack needs --name"),
        (("events", "--all", "--ack", "--name", "x", "--what", "order."), "--what"),
        (("events", "--all", "--csv", "--json"), "exclude"),
        (("events", "--all", "--name", "a/b"), "letters"),
        (("config", "push", "x.toml"), "say either"),
        (("reconcile", "x.csv"), "--events"),
        (("reconcile", "x.csv", "--events", "y", "--status", "hold"), "WORD=paid"),
        (("orders", "x", "--day", "today"), "2026-01-31"),
    ],
)
def test_wrong_usage_ends_with_two_and_one_line(
    words: tuple[str, ...], said: str, tool: Tool, tmp_path: Path
) -> None:
    if words[:2] == ("config", "push"):
        (tmp_path / "x.toml").write_text("")
        words = ("config", "push", str(tmp_path / "x.toml"))
    done = tool(*words, port=None)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


def test_a_broker_elsewhere_needs_a_file(tool: Tool) -> None:
    done = tool("ping", "K01", "--host", "broker.example", port=None)
    assert done.code == 2
    assert "--broker FILE" in done.err
    assert tool("ping", "K01", "--host", "127.0.0.1", "--broker", "x", port=None).code == 2


def test_no_broker_is_said_in_one_line(tool: Tool) -> None:
    with deaf_port() as port:
        done = tool("ping", "K01", port=port)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert f"nothing listens at 127.0.0.1:{port}" in done.err
    assert "right? (its address and login:" in done.err


def test_no_machine_at_all_is_no_success(
    mosquitto: Mosquitto, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollcall, "FIRST", 0.1)
    done = tool("ping", "--all")
    assert done.code == 1
    assert "no machine under kiosk/v1 has told its status" in done.err


def test_progress_is_drawn_on_a_terminal_only(
    machines: Machines, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines("K01", "K02")
    assert tool("ping", "--all").err == ""
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    drawn = tool("ping", "--all").err
    assert "] 0 of 2" in drawn
    assert "] 2 of 2" in drawn
    assert drawn.endswith("\r\x1b[K")


def test_garbage_from_a_machine_spoils_nothing(machines: Machines, tool: Tool, mosquitto: Mosquitto) -> None:
    machines("K01")
    with Witness(mosquitto.port) as liar:
        for end in ("status", "config/reported", "config/desired"):
            liar.says(f"kiosk/v1/K66/{end}", b"\xff{", retain=True)
        liar.says("kiosk/v1/K67/status", b'{"status": "online", "session": -1, "version": ""}', retain=True)
    done = tool("ping", "--all", "--json")
    assert results(done) == {"K01": "took it"}


# --- Signatures and settings


def test_signed_commands_are_taken_by_a_machine_with_a_key(
    mosquitto: Mosquitto, machines: Machines, tool: Tool, tmp_path: Path, prices: Path
) -> None:
    fleet = machines("K01")
    fleet.do(lambda berth: setattr(berth.machine, "_keys", (Secret(KEY),)))
    key = tmp_path / "key"
    key.write_text(KEY + "\n")
    key.chmod(0o600)
    assert "unsigned" in tool("ping", "K01").out
    assert tool("ping", "K01", "--keys", key).code == 0
    assert "unsigned" in tool("config", "push", prices, "K01").out
    assert tool("config", "push", prices, "K01", "--keys", key).code == 0


def test_a_machine_whose_key_is_missing_is_named(machines: Machines, tool: Tool, tmp_path: Path) -> None:
    machines("K01", "K02")
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "K01").write_text(KEY)
    (keys / "K01").chmod(0o600)
    done = tool("ping", "K01", "K02", "--keys", keys, "--json")
    assert (done.code, results(done)) == (1, {"K01": "took it", "K02": "not sent"})


def test_the_broker_stands_in_the_operators_file(
    mosquitto: Mosquitto, machines: Machines, tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines("K01")
    text = f'user = "operator"\n[mqtt]\nhost = "127.0.0.1"\nport = {mosquitto.port}\ntls = false\n'
    path = tmp_path / ".config" / "qris-kiosk" / "operator.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert tool("ping", "K01", "--broker", path, port=None).code == 0
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tool("ping", "K01", port=None).code == 0


# --- Configurations


def test_a_price_reaches_all_and_a_refusal_is_named(machines: Machines, tool: Tool, tmp_path: Path) -> None:
    fleet = machines("K01", "K02", "K03", limits={"K02": {"unpaid_orders": 3}})
    path = tmp_path / "prices.json"
    path.write_text(json.dumps({"limits": {"unpaid_orders": 4}, "slots": [{"number": 1, "price": 13_000}]}))
    done = tool("config", "push", path, "--all")
    assert done.code == 1
    assert "K02      refused  above_local_limit: limits.unpaid_orders" in done.out
    prices = {kiosk: berth.machine.prices[1] for kiosk, berth in fleet.berths.items()}
    assert prices == {"K01": 13_000, "K02": 12_000, "K03": 13_000}


def test_each_push_has_a_higher_version_than_any_target_knows(
    machines: Machines, tool: Tool, prices: Path
) -> None:
    machines("K01", "K02")
    assert tool("config", "push", prices, "K01", "--version", 7, "--json").json["version"] == 7
    assert tool("config", "push", prices, "--all", "--json").json["version"] == 8
    assert tool("config", "push", prices, "K02", "--json").json["version"] == 9


def test_the_same_version_and_document_is_answered_at_once(
    machines: Machines, tool: Tool, prices: Path
) -> None:
    fleet = machines("K01")
    tool("config", "push", prices, "K01", "--version", 7)
    before = fleet.berths["K01"].machine.reported
    assert tool("config", "push", prices, "K01", "--version", 7).code == 0
    assert fleet.berths["K01"].machine.reported is before


@pytest.mark.parametrize(("version", "reason"), [(6, "lower_version"), (7, "version_used")])
def test_a_version_that_is_too_low_is_refused(
    machines: Machines, tool: Tool, prices: Path, tmp_path: Path, version: int, reason: str
) -> None:
    machines("K01")
    tool("config", "push", prices, "K01", "--version", 7)
    other = tmp_path / "other.toml"
    other.write_text('language = "en"\n')
    done = tool("config", "push", other, "K01", "--version", version)
    assert (done.code, reason in done.out) == (1, True)


def test_a_machine_that_is_away_finds_the_configuration_when_it_is_back(
    mosquitto: Mosquitto, machines: Machines, tool: Tool, prices: Path
) -> None:
    gone = machines("K01")
    machines("K02")
    gone.berths["K01"].close()
    done = tool("config", "push", prices, "--all", "--json")
    assert (done.code, results(done)) == (1, {"K01": "away", "K02": "took it"})
    with Fleet(broker_at(mosquitto.port), ["K01"]) as back:
        until(lambda: back.berths["K01"].machine.prices[1] == 13_000)


def test_a_machine_that_waits_for_an_order_is_not_counted_as_done(
    mosquitto: Mosquitto, tool: Tool, prices: Path
) -> None:
    hash_ = digest({"slots": [{"number": 1, "price": 13_000}]})
    waiting = {"version": 1, "hash": hash_, "taken": "waiting", "in_effect": 0, "reason": "", "errors": []}
    with Witness(mosquitto.port) as busy:
        busy.says("kiosk/v1/K01/status", b'{"status": "online", "session": 1, "version": "1"}', retain=True)
        busy.says(
            "kiosk/v1/K01/config/reported", json.dumps({**waiting, "effective": {}}).encode(), retain=True
        )
        done = tool("config", "push", prices, "K01", "--version", 1, "--wait", 1)
    assert done.code == 1
    assert "waiting  waiting: an order is open; it is taken when that has ended" in done.out


def test_what_is_in_effect_is_shown(machines: Machines, tool: Tool, prices: Path) -> None:
    machines("K01", "K02")
    tool("config", "push", prices, "K01")
    done = tool("config", "show", "--all")
    assert [line.split() for line in done.out.splitlines()[1:]] == [
        ["K01", "online", "1", "1", "applied"],
        ["K02", "online", "none", "0"],
    ]
    assert "slots[1].price        13000" in tool("config", "show", "K01").out
    assert tool("config", "show", "K01", "--json").json[0]["reported"]["in_effect"] == 1


def test_a_configuration_that_a_machine_could_not_read_is_shown_as_rejected(
    tool: Tool, mosquitto: Mosquitto
) -> None:
    where = Fault(
        path="slots[1].price", reason="bad_number", words="a number is not whole", advice="write 25"
    )
    reported = Reported(
        version=0,
        hash="",
        taken=Taken.REJECTED,
        in_effect=0,
        reason="bad_number",
        errors=(where,),
        effective={},
    )
    with Witness(mosquitto.port) as machine:
        status = b'{"status": "online", "session": 1, "version": "1"}'
        machine.says("kiosk/v1/K01/status", status, retain=True)
        machine.says("kiosk/v1/K01/config/reported", encode(reported), retain=True)
    said = tool("config", "show", "K01").out
    assert said.splitlines()[1].split() == ["K01", "online", "none", "0", "rejected", "bad_number"]
    assert "slots[1].price: a number is not whole (write 25)" in said


def test_what_holds_is_shown_as_applied_though_something_unreadable_came_after_it(
    machines: Machines, tool: Tool, prices: Path, mosquitto: Mosquitto
) -> None:
    fleet = machines("K01")
    tool("config", "push", prices, "K01")
    where = Fault(path="", reason="bad_json", words="no JSON object", advice="publish one")
    told = replace(
        fleet.berths["K01"].machine.reported,
        version=0,
        hash="",
        taken=Taken.REJECTED,
        reason="bad_json",
        errors=(where,),
    )
    with Witness(mosquitto.port) as witness:
        witness.says("kiosk/v1/K01/config/reported", encode(told), retain=True)
    said = tool("config", "show", "K01").out
    row, *rest = said.splitlines()[1:]
    assert row.split(maxsplit=5)[4:] == ["applied", "then refused another: bad_json"]
    assert rest[:3] == ["", "what is wrong with what came last:", "  no JSON object (publish one)"]


# --- Books


def test_events_are_printed_for_people_spreadsheets_and_programs(
    machines: Machines, tool: Tool, mosquitto: Mosquitto
) -> None:
    fleet = machines("K01")
    for shape in ([], ["--csv"], ["--json"]):
        tool("events", "--all", "--name", "books", "--quiet", 1)
        fleet.sell()
        settled(fleet)
        out = tool("events", "--all", "--name", "books", "--quiet", 1, *shape).out
        assert out.count("order.dispensed") == 1
        assert len(out.splitlines()) == 5 + (shape == ["--csv"])


def test_events_are_filtered_and_summed_up(machines: Machines, tool: Tool) -> None:
    fleet = machines("K01", "K02")
    tool("events", "K01", "--name", "books", "--quiet", 1)
    fleet.sell()
    settled(fleet)
    words = ("--name", "books", "--quiet", 1, "--what", "order.dis", "--totals")
    done = tool("events", "K01", *words)
    lines = done.out.splitlines()
    assert (done.code, "order.dispensed" in lines[0], lines[1]) == (0, True, "")
    assert lines[3].split()[1:4] == ["1", "Rp", "12.000"]


def test_ctrl_c_ends_it_with_the_totals(
    mosquitto: Mosquitto, machines: Machines, tool: Tool, tmp_path: Path
) -> None:
    fleet, book = machines("K01"), tmp_path / "events.csv"
    words = [
        "events",
        "--all",
        "--name",
        "books",
        "--out",
        str(book),
        "--totals",
        "--port",
        str(mosquitto.port),
    ]
    ctrl_c = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{ctrl_c}; import sys; from kiosk.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "operator", *words]
    following = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    mosquitto.wait_until_it_says("Received SUBSCRIBE from operator-books")
    fleet.sell()
    until_it_has(book, 1 + 5)
    following.send_signal(signal.SIGINT)
    out, err = following.communicate(timeout=PATIENCE)
    assert (following.returncode, err) == (0, "")
    assert out.splitlines()[-1].split()[1:4] == ["1", "Rp", "12.000"]


def test_a_hole_in_the_events_is_named(mosquitto: Mosquitto, tool: Tool) -> None:
    tool("events", "--all", "--name", "books", "--quiet", 1)
    with Witness(mosquitto.port) as machine:
        for told in story(*SOLD):
            if told.event.seq not in (2, 3):
                machine.says("kiosk/v1/K01/event", encode(told.event))
    done = tool("events", "--all", "--name", "books", "--quiet", 1)
    assert "K01: events 2 to 3 of epoch 1 never came" in done.err


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    told = [
        *story(*SOLD, gateway_reference="gw-1"),
        *story(*SOLD[:4], "escalated", kiosk="K02", order="K02AAAAAAAAAAAAAAAAAAAA", why="cut_in_release"),
    ]
    with Book(path, zone_of("Asia/Jakarta")) as book:
        book.add(told)
    return path


def test_orders_are_listed(events: Path, tool: Tool) -> None:
    lines = tool("orders", events, port=None).out.splitlines()
    assert (
        lines[1].split("  ")[:3]
        == ["2026-01-01 12:00:01", "K01", "   048217"][:2] + lines[1].split("  ")[2:3]
    )
    assert "delivered" in lines[1]
    assert "a person must decide" in lines[2]
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("words", "kiosks"),
    [
        (("--kiosk", "K01"), ["K01"]),
        (("--owed",), ["K02"]),
        (("--day", "2026-01-01"), ["K01", "K02"]),
        (("--day", "2026-01-02"), []),
        (("--day", "2026-01-01", "--timezone", "Pacific/Kiritimati"), ["K01", "K02"]),
    ],
)
def test_orders_are_filtered(events: Path, tool: Tool, words: tuple[str, ...], kiosks: list[str]) -> None:
    assert [each["kiosk"] for each in tool("orders", events, "--json", *words, port=None).json] == kiosks


def test_orders_come_as_csv_and_as_totals(events: Path, tool: Tool) -> None:
    assert tool("orders", events, "--csv", port=None).out.count("\n") == 3
    totals = tool("orders", events, "--totals", port=None).out.splitlines()
    assert totals[1].split() == [
        "2026-01-01",
        "2",
        "Rp",
        "24.000",
        "1",
        "Rp",
        "12.000",
        "0",
        "Rp",
        "0",
        "1",
        "Rp",
        "12.000",
        "0",
    ]


def test_orders_are_read_from_the_input(events: Path, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    with events.open(newline="") as given:
        monkeypatch.setattr(sys, "stdin", given)
        assert len(tool("orders", "-", "--json", port=None).json) == 2


def test_the_gateways_report_is_laid_beside_the_events(events: Path, tool: Tool, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    report.write_text(
        "Order ID;Transaction Status;Gross Amount\n"
        "K01AAAAAAAAAAAAAAAAAAAA;settlement;12.000,00\n"
        "K02AAAAAAAAAAAAAAAAAAAA;settlement;12.000,00\n"
        "K09AAAAAAAAAAAAAAAAAAAA;settlement;7.000,00\n"
    )
    done = tool("reconcile", report, "--events", events, port=None)
    lines = done.out.splitlines()
    assert done.code == 1
    assert lines[1].startswith("paid, not delivered           K02")
    assert lines[2].startswith("only in the gateway's report")
    assert lines[-1] == "1 agree, 2 to look at"
    assert len(tool("reconcile", report, "--events", events, "--json", port=None).json["findings"]) == 2


def test_where_all_agrees_the_exit_code_says_so(events: Path, tool: Tool, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    report.write_text("Reference\tAmount\ngw-1\t12000\n")
    words = (
        "reconcile",
        report,
        "--events",
        events,
        "--all-paid",
        "--to",
        "2025-12-31",
        "--from",
        "2025-12-31",
    )
    done = tool(*words, port=None)
    assert (done.code, done.out) == (0, "1 agree, 0 to look at\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Order ID,Amount,Status\nx,12.50,paid\n", "report.csv: line 2: '12.50' is no amount"),
        (b"Order ID,Amount,Status\nx,100,hold\n", "nobody knows the status"),
        (b"a,b\n", "no column of amount"),
        (b"\xff\xfe", "no text in UTF-8"),
        (b"", "no column of"),
    ],
)
def test_a_report_that_is_unclear_compares_nothing(
    events: Path, tool: Tool, tmp_path: Path, content: bytes, said: str
) -> None:
    report = tmp_path / "report.csv"
    report.write_bytes(content)
    done = tool("reconcile", report, "--events", events, port=None)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert said in done.err
