"""The faces of DOKU, its Indodana, InterActive and Indodana, each behind a door with its counter."""

import base64
import itertools
import json
import time
from typing import Any

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from kiosk.simulator.counter import Counter
from kiosk.simulator.doku_face import DokuFace
from kiosk.simulator.doku_gate import DokuAccount
from kiosk.simulator.doku_indodana_face import DokuIndodanaFace, IndodanaAccount
from kiosk.simulator.doku_nonsnap import signature, utc
from kiosk.simulator.doku_papers import iso
from kiosk.simulator.doku_signing import KeyPair, symmetric
from kiosk.simulator.elsewhere import made_elsewhere
from kiosk.simulator.indodana_face import IndodanaFace, IndodanaMerchant
from kiosk.simulator.interactive_face import InteractiveAccount, InteractiveFace
from kiosk.simulator.ledger import Charge, Ledger, Payment
from kiosk.simulator.misfortunes import Bench
from kiosk.simulator.providers import Face
from kiosk.simulator.story import Story
from kiosk.simulator.wire import Wire

from .midtrans_world import Clock, Door

PAIR = KeyPair()
DOKU = DokuAccount(client_id="BRN-1", secret_key="SK-1", public_key=PAIR.public, cancels=True)
PAYLATER = IndodanaAccount("MCH-1", "SK-2")
INTERACTIVE = InteractiveAccount(api_key="139139", id="195255685725")
INDODANA = IndodanaMerchant("kopikita", "a-secret")
QR = "/snap-adapter/b2b/v1.0/qr/qr-mpm-"
ORDER = "/indodana-peer-to-peer/v2/generate-order"


class Behind:
    """What every counter has behind it; the clock begins at the true time, as the server's Date."""

    def __init__(self, door: Door) -> None:
        self.url = door.serving.url
        self.clock = Clock(time.time())
        self.ledger = Ledger()
        self.bench = Bench(self.clock)
        self.story = Story(self.clock)
        self.counter = Counter("The provider", self.ledger, self.bench, self.story, self.clock)
        self._door = door

    def serve(self, face: Face) -> None:
        """Let this face answer at the door."""
        self._door.app = Wire(face.app(), self.bench, self.story, self._door.cut)

    @property
    def charge(self) -> Charge:
        """The only charge."""
        (charge,) = self.ledger.charges()
        return charge

    def pay(self, issuer: str = "gopay") -> None:
        """Somebody pays the newest charge, in full."""
        charge = self.ledger.charges()[-1]
        self.ledger.pay(charge.transaction, Payment(charge.amount, issuer, self.clock()))


class DokuCounter(Behind):
    """DOKU under SNAP, and a merchant who signs as he should unless told otherwise."""

    def __init__(self, door: Door, account: DokuAccount = DOKU) -> None:
        super().__init__(door)
        self.serve(DokuFace(account, self.counter))
        self._numbers = itertools.count(int(self.clock()))

    def token(self, path: str = "b2b", body: object = None, **changed: str) -> requests.Response:
        """Ask for a token; `changed` replaces headers, by their names with `_` for `-`."""
        stamp = utc(self.clock())
        headers = {
            "X-CLIENT-KEY": DOKU.client_id,
            "X-TIMESTAMP": stamp,
            "X-SIGNATURE": signed_by(PAIR.private, f"{DOKU.client_id}|{stamp}"),
        }
        address = f"{self.url}/authorization/v1/access-token/{path}"
        wanted = body or {"grantType": "client_credentials"}
        return requests.post(address, json=wanted, headers=headers | _named(changed), timeout=20)

    def post(self, path: str, body: dict[str, Any], **changed: str) -> requests.Response:
        """A signed request, made with a new token."""
        stamp, token = iso(self.clock()), changed.pop("token", "") or self.token().json()["accessToken"]
        raw = json.dumps(body).encode()
        headers = {
            "X-PARTNER-ID": DOKU.client_id,
            "X-EXTERNAL-ID": str(next(self._numbers)),
            "X-TIMESTAMP": stamp,
            "X-SIGNATURE": symmetric(DOKU.secret_key, "POST", path, token, raw, stamp),
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        }
        return requests.post(self.url + path, data=raw, headers=headers | _named(changed), timeout=20)

    def generate(self, reference: str = "K01A", **more: Any) -> requests.Response:
        """Ask for a code."""
        return self.post(QR + "generate", generation(reference, **more))

    def query(self, reference: str = "K01A", own: str = "") -> requests.Response:
        """Ask how it stands."""
        body = {
            "originalReferenceNo": own or reference,
            "originalPartnerReferenceNo": reference,
            "serviceCode": "51",
            "merchantId": DOKU.mall_id,
        }
        return self.post(QR + "query", body)


class PaylaterCounter(Behind):
    """DOKU's Indodana, and a merchant who signs as he should unless told otherwise."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.serve(DokuIndodanaFace(PAYLATER, self.counter))

    def order(self, body: dict[str, Any], number: str = "R1", **changed: str) -> requests.Response:
        """Ask for an order."""
        raw = json.dumps(body).encode()
        headers = self._headers(ORDER, raw, number) | _named(changed)
        return requests.post(self.url + ORDER, data=raw, headers=headers, timeout=20)

    def status(self, key: str) -> requests.Response:
        """Ask how an order stands."""
        path = f"/orders/v1/status/{key}"
        return requests.get(self.url + path, headers=self._headers(path, None, "R9"), timeout=20)

    def _headers(self, path: str, raw: bytes | None, number: str) -> dict[str, str]:
        heads = {
            "Client-Id": PAYLATER.client_id,
            "Request-Id": number,
            "Request-Timestamp": utc(self.clock()),
            "Request-Target": path,
        }
        own = {name: text for name, text in heads.items() if name != "Request-Target"}
        return {**own, "Signature": signature(PAYLATER.secret_key, heads, raw)}


class InteractiveCounter(Behind):
    """InterActive, whose customers put everything into the address."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.serve(InteractiveFace(INTERACTIVE, self.counter))

    def create(self, **changed: str) -> Any:
        """Make an invoice; the answer's JSON."""
        return self._get("show_qris", CREATION | changed)

    def check(self, **changed: str) -> Any:
        """Ask about the newest invoice; the answer's JSON."""
        charge = self.ledger.charges()[-1]
        asked = {
            "do": "checkStatus",
            "apikey": INTERACTIVE.api_key,
            "mID": INTERACTIVE.id,
            "invid": charge.echo["invoice"],
            "trxvalue": str(charge.amount),
            "trxdate": iso(charge.made_at)[:10],
        }
        return self._get("checkpaid_qris", asked | changed)

    def _get(self, page: str, asked: dict[str, str]) -> Any:
        answer = requests.get(f"{self.url}/restapi/qris/{page}.php", params=asked, timeout=20)
        assert answer.status_code == 200
        return answer.json()


class IndodanaCounter(Behind):
    """Indodana, with one order that was made elsewhere."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.serve(IndodanaFace(INDODANA, self.counter))
        self.ledger.open(made_elsewhere(self.clock()))


CREATION = {
    "do": "create-invoice",
    "apikey": INTERACTIVE.api_key,
    "mID": INTERACTIVE.id,
    "cliTrxNumber": "K01A",
    "cliTrxAmount": "12000",
    "useTip": "no",
}


def generation(reference: str = "K01A", **more: Any) -> dict[str, Any]:
    """A body that asks DOKU for a code."""
    return {
        "partnerReferenceNo": reference,
        "amount": {"value": "12000.00", "currency": "IDR"},
        "merchantId": DOKU.mall_id,
        "terminalId": "k45",
        "additionalInfo": {"postalCode": "40284", "feeType": "1"},
        **more,
    }


def paylater_order(**order: Any) -> dict[str, Any]:
    """A body that asks for a page to pay later on; `order` replaces fields of the order."""
    who = {"first_name": "Kopi Kita", "phone": "6281200000000"}
    where = {"address": "Jalan Braga 17", "city": "Bandung", "postal_code": "40284", "country_code": "IDN"}
    item = {"name": "Kopi", "price": 6000, "quantity": 2, "id": "1", "category": "food-and-beverage"}
    return {
        "order": {
            "invoice_number": "K01A",
            "amount": 12_000,
            "line_items": [item],
            "callback_url_cancel": "https://kopikita.example/cancelled",
            **order,
        },
        "peer_to_peer_info": {"expired_time": 20, "merchant_unique_reference": "K01A"},
        "customer": {**who, "email": "kasir@kopikita.example"},
        "billing_address": who | where,
        "shipping_address": who | where,
    }


def signed_by(private: str, text: str) -> str:
    """An RSA signature as DOKU wants it."""
    key = serialization.load_pem_private_key(private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def _named(changed: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): text for name, text in changed.items()}
