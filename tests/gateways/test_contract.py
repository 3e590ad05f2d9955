"""What a configuration comes to, and what no environment but the simulator allows."""

from typing import Any

import msgspec
import pytest

from kiosk.errors import ConfigError
from kiosk.gateways import GATEWAYS
from kiosk.gateways.midtrans import Midtrans
from kiosk.model import Environment, Field, Terms, Tips
from tests.gateways.papers import MERCHANT

REAL = [Environment.PRODUCTION, Environment.SANDBOX]


def terms(environment: Environment, **settings: Any) -> Terms:
    return Midtrans.terms_of(Midtrans.Config(**{"merchant_id": MERCHANT, **settings}), environment)


def problems(environment: Environment, **settings: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        terms(environment, **settings)
    return caught.value.problems


def test_without_settings_the_numbers_are_those_of_the_handbook() -> None:
    declared = terms(Environment.PRODUCTION)
    assert (declared.on_screen, declared.poll, declared.wait_for_code) == (180, (10,), 20)
    assert (declared.create_deadline, declared.status_deadline, declared.claim_window) == (10, 5, 20)
    assert (declared.refunds, declared.refunds_in_part, declared.tips) == (False, False, Tips.REFUSE)
    assert (declared.cancels, declared.repeats_create, declared.lapses_after) == (True, True, None)
    assert declared.carries == frozenset(Field)


def test_what_the_contract_allows_is_declared() -> None:
    declared = terms(Environment.SANDBOX, refunds=True, nmid="ID7", tips=Tips.IGNORE, poll=(10, 20))
    assert (declared.refunds, declared.refunds_in_part, declared.nmid) == (True, True, "ID7")
    assert (declared.tips, declared.poll) == (Tips.IGNORE, (10, 20))


@pytest.mark.parametrize("environment", REAL)
@pytest.mark.parametrize(
    ("setting", "value", "problem"),
    [
        ("poll", (9.9,), "gateway.midtrans.poll: 9.9 s is below 10 s"),
        ("poll", (10, 5), "gateway.midtrans.poll: 5 s is below 10 s"),
        ("create_deadline", 9, "gateway.midtrans.create_deadline: 9 s is below 10 s"),
        ("status_deadline", 4, "gateway.midtrans.status_deadline: 4 s is below 5 s"),
        ("claim_window", 19, "gateway.midtrans.claim_window: 19 s is below 20 s"),
        ("base_url", "http://127.0.0.1:1", "gateway.midtrans.base_url: is for the simulator only"),
    ],
)
def test_real_money_is_not_hurried(environment: Environment, setting: str, value: Any, problem: str) -> None:
    (said,) = problems(environment, **{setting: value})
    assert said.startswith(problem)


def test_the_simulator_may_hurry() -> None:
    declared = terms(
        Environment.SIMULATOR, base_url="http://127.0.0.1:1", poll=(1,), status_deadline=0.2, claim_window=8
    )
    assert (declared.poll, declared.status_deadline, declared.claim_window) == ((1,), 0.2, 8)


def test_the_simulator_must_be_found() -> None:
    assert "base_url: is missing" in problems(Environment.SIMULATOR)[0]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"on_screen": 881}, "on_screen: the code expires (15 min) while it is on the panel"),
        ({"notification_urls": ("http://kiosk.example/",)}, "notification_urls"),
        ({"notification_urls": ("https://kiosk.example:8443/",)}, "notification_urls"),
        ({"notification_urls": ("https://kiosk.example/,https://b",)}, "notification_urls"),
        ({"notification_urls": ("https://kiosk.example/\r\nX: y",)}, "notification_urls"),
        ({"image_hosts": ("https://api.midtrans.com",)}, "image_hosts"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(settings: dict[str, Any], problem: str) -> None:
    (said,) = problems(Environment.PRODUCTION, **settings)
    assert said.startswith(f"gateway.midtrans.{problem}")


def test_every_problem_is_told_at_once() -> None:
    assert len(problems(Environment.PRODUCTION, poll=(1,), claim_window=1, base_url="x")) == 3


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"merchant_id": "G1", "server_key": "x"},
        {"merchant_id": ""},
        {"merchant_id": "G1\n"},
        {"merchant_id": "G1", "expiry_minutes": 14},
        {"merchant_id": "G1", "acquirer": "shopee"},
        {"merchant_id": "G1", "refund_path": "fast"},
        {"merchant_id": "G1", "poll": []},
        {"merchant_id": "G1", "on_screen": 0},
        {"merchant_id": "G1", "notification_urls": ["https://a/"] * 4},
    ],
    ids=str,
)
def test_a_setting_of_the_wrong_kind_is_refused_by_its_type(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, Midtrans.Config)


def test_the_registry_names_it() -> None:
    assert GATEWAYS["midtrans"] == f"{Midtrans.__module__}:{Midtrans.__qualname__}"
