"""Commands to ask with, and how one is judged."""

from typing import Any

from kiosk.admission import Admitted, Came, Repeated, admit
from kiosk.mqtt.messages import Command
from kiosk.refusals import Reason, Refusal
from kiosk.secret import Secret

NOW = 1767225600.0
ORDER = "K013FQ8Z0W5N1T7C2M9R4XA"
KEY = Secret("a key for these tests, and no other")
GOOD: dict[str, dict[str, Any]] = {
    "charge": {"reference": "sale-1", "slot": 1},
    "cancel": {"reference": "sale-1"},
    "check": {"order_id": ORDER},
    "refund": {"claim_code": "048217", "who": "Sari"},
    "resolve": {"claim_code": "048217", "as": "void", "who": "Sari"},
    "enable": {"slot": 3, "who": "Budi"},
    "disable": {"slot": "all", "who": "Budi"},
    "stock": {"slot": 3, "count": 0, "who": "Budi"},
    "restart": {},
    "diagnostics": {},
    "identify": {},
    "ping": {},
    "test": {"part": "panel"},
}
MONEY = ("charge", "refund", "resolve")


def command(args: dict[str, Any], exp: float = NOW + 60, id_: str = "c-1", sig: str = "") -> Command:
    return Command(id=id_, exp=int(exp), args=args, sig=sig)


def came(name: str, *, retained: bool = False, wall: float = NOW, clock_ok: bool = True) -> Came:
    return Came(topic=f"kiosk/v1/K01/cmd/{name}", retained=retained, wall=wall, clock_ok=clock_ok)


def judged(name: str, args: dict[str, Any]) -> Admitted | Repeated | Refusal:
    return admit("K01", name, command(args), came(name), (), None)


def admitted(name: str, args: dict[str, Any]) -> Admitted:
    found = judged(name, args)
    assert isinstance(found, Admitted), found
    return found


def reason(verdict: Admitted | Repeated | Refusal) -> Reason | None:
    return verdict.reason if isinstance(verdict, Refusal) else None
