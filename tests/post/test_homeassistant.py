"""What Home Assistant is told, so that it finds a machine by itself."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import load
from kiosk.journal import Journal, create
from kiosk.mqtt import client
from kiosk.mqtt.news import Connected
from kiosk.mqtt.topics import Topics
from kiosk.post.homeassistant import discovery
from kiosk.post.opening import open_post
from tests.config.files import RIGHT, written
from tests.post.bench import TOPICS, Bench

FOUND = {post.topic: json.loads(payload) for post, payload in discovery(TOPICS, "homeassistant", "1.0")}
SAMPLE = Path(__file__).parents[2] / "systemd" / "mosquitto" / "kiosks.acl"


@pytest.mark.parametrize(
    ("thing", "topic"),
    [
        ("binary_sensor/K01/connection", TOPICS.status.topic),
        ("sensor/K01/phase", TOPICS.state.topic),
        ("sensor/K01/sales_today", TOPICS.telemetry.topic),
        ("sensor/K01/last_fault", TOPICS.state.topic),
    ],
)
def test_each_thing_reads_a_topic_that_everybody_reads(thing: str, topic: str) -> None:
    assert FOUND[f"homeassistant/{thing}/config"]["state_topic"] == topic


def test_all_things_are_of_one_device_and_none_is_taken_for_another() -> None:
    devices = {json.dumps(each["device"]) for each in FOUND.values()}
    other = [json.loads(payload) for _, payload in discovery(Topics("K02"), "homeassistant", "1.0")]
    ids = [each["unique_id"] for each in (*FOUND.values(), *other)]
    assert len(devices) == 1
    assert len(set(ids)) == len(ids) == 8


def test_what_a_machine_shows_is_unavailable_while_it_is_away() -> None:
    sensors = [about for topic, about in FOUND.items() if "/sensor/" in topic]
    assert {each["availability_topic"] for each in sensors} == {TOPICS.status.topic}


def test_the_fields_that_are_read_are_told(bench: Bench) -> None:
    bench.connects()
    job = bench.post.job(bench.now)
    assert job is not None
    job.work()
    bench.decides()
    told = {each.topic: json.loads(each.payload) for each in bench.line.taken()}
    for about in FOUND.values():
        for topic, template in _templates(about):
            (field, *_) = re.findall(r"value_json\.([a-z_]+)", template)
            assert field in told[topic]


def _templates(about: dict[str, Any]) -> list[tuple[str, str]]:
    available = [(about["availability_topic"], about["availability_template"])] if _is_shown(about) else []
    return [(about["state_topic"], about["value_template"]), *available]


def _is_shown(about: dict[str, Any]) -> bool:
    return "availability_topic" in about


@pytest.mark.parametrize(("line", "count"), [("", 0), ('home_assistant = "homeassistant"\n', 4)])
def test_it_is_told_where_that_is_configured_and_nowhere_else(
    line: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    monkeypatch.setattr(client, "Client", lambda *_, **__: bench.line)
    configuration = load(written(tmp_path, f'{RIGHT}\n[mqtt]\nhost = "127.0.0.1"\ntls = false\n{line}'))
    create(tmp_path / "state" / "journal.db", tmp_path / "epoch")
    with closing(Journal(tmp_path / "state" / "journal.db", tmp_path / "epoch", room=0)) as journal:
        post = open_post(configuration, journal, print, print, dict, 0.0)
        bench.line.rises()
        post.take(Connected(session_present=False), bench.till, bench.now)
    found = [each.topic for each in bench.line.taken() if each.topic.endswith("/config")]
    assert len(found) == count


def test_it_is_told_once_and_again_only_to_a_broker_that_has_forgotten(tmp_path: Path) -> None:
    notices = discovery(TOPICS, "homeassistant", "1.0")
    bench = Bench(tmp_path, notices=notices)
    counts = []
    for is_known in (True, True, False):
        bench.connects(is_known=is_known)
        sent = [each for each in bench.line.taken() if each.topic.startswith("homeassistant/")]
        assert all(each.retain for each in sent)
        counts.append(len(sent))
        bench.loses_the_line()
    assert counts == [4, 0, 4]


def test_the_sample_of_a_brokers_rights_has_a_line_for_it() -> None:
    (rule,) = re.findall(r"^#pattern write (homeassistant/\S+)$", SAMPLE.read_text(), re.MULTILINE)
    form = re.escape(rule).replace(r"\+", "[^/]+").replace("%u", "K01")
    assert all(re.fullmatch(form, topic) for topic in FOUND)
