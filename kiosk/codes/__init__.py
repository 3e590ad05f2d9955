"""Every condition that is logged or shown, with its stable code.

A code never changes its meaning and is never used again.  `docs/codes.md` is made from this table.
K1xx gateway, K2xx hardware, K3xx orders, K4xx journal, K5xx the machine and its people, K6xx the webhook
service, K7xx the operator's side, K8xx what only `kiosk doctor` finds.
"""

from kiosk.codes.code import ERROR, INFO, NOTICE, WARNING, Code
from kiosk.codes.looks import LOOKS
from kiosk.codes.machine import MACHINE
from kiosk.codes.parts import PARTS
from kiosk.codes.services import SERVICES

__all__ = ["CODES", "ERROR", "INFO", "NOTICE", "WARNING", "Code"]

CODES: dict[str, Code] = {**PARTS, **MACHINE, **SERVICES, **LOOKS}
