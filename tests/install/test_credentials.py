"""Every secret of every gateway, of the broker and of the staff has its two lines in the unit."""

from pathlib import Path
from pkgutil import resolve_name

import pytest

from kiosk.gateways import GATEWAYS
from kiosk.mqtt import broker

UNIT = (Path(__file__).parents[2] / "systemd" / "qris-kiosk.service").read_text(encoding="utf-8").splitlines()
PARTS = {name: resolve_name(place).SECRETS for name, place in GATEWAYS.items()} | {
    "mqtt": broker.SECRETS,
    "staff": ("pin",),
}
SECRETS = [f"{name}.{secret}" for name, secrets in PARTS.items() for secret in secrets]


@pytest.mark.parametrize("secret", SECRETS)
def test_systemd_hands_the_secret_over_and_starts_without_it(secret: str) -> None:
    assert f"LoadCredential={secret}:/etc/qris-kiosk/credentials/{secret}" in UNIT
    assert f"SetCredential={secret}:\\n" in UNIT
