"""DOKU's own library for tokens and signatures, unchanged but for the address, against our face of DOKU.

The rest of the library has no QRIS calls, and wants a web framework to be imported at all, so its packages
are entered without their own beginnings.  What it does wrong is worked round here, not in the face.
"""

import importlib
import json
import sys
import sysconfig
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.simulator.doku_gate import AUTH_CODE
from kiosk.simulator.doku_papers import iso

from .counters import DOKU, PAIR, QR, DokuCounter, generation
from .midtrans_world import Door

LIBRARY = "doku_python_library"
INSTALLED = Path(sysconfig.get_path("purelib")) / LIBRARY
PACKAGES = (
    "",
    ".src",
    ".src.commons",
    ".src.model",
    ".src.model.notification",
    ".src.model.token",
    ".src.services",
)


@pytest.fixture
def library(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Its TokenService, talking to the face as if that were the sandbox."""
    for package in PACKAGES:
        entered = types.ModuleType(LIBRARY + package)
        entered.__path__ = [str(INSTALLED.joinpath(*package.split(".")))]
        monkeypatch.setitem(sys.modules, entered.__name__, entered)
    services = importlib.import_module(f"{LIBRARY}.src.services.token_service")
    sandbox = importlib.import_module(f"{LIBRARY}.src.commons.config")._Development
    monkeypatch.setattr(sandbox, "BASE_URL", door.serving.url)
    yield services.TokenService
    for name in [name for name in sys.modules if name.startswith(f"{LIBRARY}.")]:
        del sys.modules[name]


@pytest.fixture
def doku(door: Door) -> DokuCounter:
    return DokuCounter(door)


def granted(library: Any, client: str = DOKU.client_id) -> Any:
    """The token response of its own request, composed as its controller does."""
    stamp = library.get_timestamp()
    signature = library.create_signature(PAIR.private, f"{client}|{stamp}")
    headers = {"X-SIGNATURE": signature, "X-TIMESTAMP": stamp, "X-CLIENT-KEY": client}
    request = library.create_token_b2b_request(signature, stamp, client)
    return library.create_token_b2b(request, is_production=False, headers=headers)


def test_it_is_granted_a_token(doku: DokuCounter, library: Any) -> None:
    response = granted(library)
    assert (response.response_code, response.token_type) == ("2007300", "Bearer")
    assert response.expires_in == 890  # it takes ten seconds off by itself


def test_it_reads_why_it_gets_none(doku: DokuCounter, library: Any) -> None:
    response = granted(library, "BRN-2")
    assert response.response_code == "4017300"
    assert response.access_token is None


def test_its_signature_makes_a_code(doku: DokuCounter, library: Any) -> None:
    """It signs compact JSON and sends it with blanks; the face must read it as DOKU does."""
    token, stamp, path = granted(library).access_token, iso(doku.clock()), QR + "generate"
    body = generation()
    signature = library.generate_symmetric_signature("POST", path, token, body, stamp, DOKU.secret_key)
    headers = {
        "X-PARTNER-ID": DOKU.client_id,
        "X-EXTERNAL-ID": "1234567890123456",
        "X-TIMESTAMP": stamp,
        "X-SIGNATURE": signature,
        "CHANNEL-ID": "SDK",
        "Authorization": f"Bearer {token}",
    }
    sent = requests.Request("POST", doku.url + path, json=body, headers=headers).prepare()
    assert b": " in (sent.body or b"")
    with requests.Session() as session:
        reply = session.send(sent, timeout=20)
    assert reply.json()["responseCode"] == "2004700"
    assert doku.charge.amount == 12_000


def test_it_is_granted_a_customers_token(doku: DokuCounter, library: Any) -> None:
    stamp = library.get_timestamp()
    signature = library.create_signature(PAIR.private, f"{DOKU.client_id}|{stamp}")
    response = library.create_token_b2b2c(
        library.create_token_b2b2c_request(AUTH_CODE), stamp, signature, DOKU.client_id, is_production=False
    )
    assert response.response_code == "2007400"
    assert response.access_token


def test_it_knows_its_own_signature_by_the_public_key(library: Any) -> None:
    signature = library.create_signature(PAIR.private, "BRN-1|now")
    assert library.compare_signatures("BRN-1|now", signature, PAIR.public)


def test_the_pin_is_the_version_that_is_installed() -> None:
    pinned = (Path(__file__).parents[2] / "requirements" / "witness.txt").read_text().split()[0]
    notes = json.dumps([str(each) for each in INSTALLED.parent.glob(f"{LIBRARY}-*")])
    assert pinned.removeprefix("doku-python-library==") in notes
