"""What an operator agreed with Midtrans, and the key that proves it: checked before anything is sold."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta

from kiosk.errors import Misconfigured
from kiosk.gateways import keys
from kiosk.gateways.contract import Contract
from kiosk.model import Environment
from kiosk.secret import Secret

ADDRESSES: Final = {
    Environment.PRODUCTION: "https://api.midtrans.com",
    Environment.SANDBOX: "https://api.sandbox.midtrans.com",
}
_NOTIFIED: Final = re.compile(r"https://[A-Za-z0-9.-]+(:443)?(/[A-Za-z0-9._~/?=&%-]*)?")
_HOST: Final = re.compile(r"[a-z0-9.-]+")

_MerchantId = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9-]{1,40}\Z", description="the merchant id Midtrans gave, such as G123456789"),
]


class MidtransContract(Contract, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gateway.midtrans]`.  Refunds are off because POS contracts begin without them.

    `image_hosts` may serve the picture of a code, beside Midtrans itself.
    """

    merchant_id: _MerchantId
    acquirer: Literal["", "gopay", "airpay shopee"] = ""
    refund_path: Literal["offline", "direct"] = "direct"
    notification_urls: Annotated[tuple[str, ...], Meta(max_length=3)] = ()
    notification: Literal["override", "append"] = "override"
    expiry_minutes: Annotated[int, Meta(ge=15, le=7200)] = 15
    image_hosts: tuple[str, ...] = ()

    def problems(self, environment: Environment) -> Iterator[str]:
        yield from super().problems(environment)
        if self.on_screen + self.claim_window > self.expiry_minutes * 60:
            yield f"on_screen: the code expires ({self.expiry_minutes} min) while it is on the panel"
        for url in self.notification_urls:
            if not _NOTIFIED.fullmatch(url):
                yield f"notification_urls: {url!r} must be an https address on port 443"
        for host in self.image_hosts:
            if not _HOST.fullmatch(host):
                yield f"image_hosts: {host!r} must be the name of a host, such as api.midtrans.com"


def checked_key(secrets: Mapping[str, Secret], environment: Environment) -> Secret:
    """The server key, if it is one of that environment; `Misconfigured` otherwise."""
    key = keys.word("midtrans", "server_key", secrets)
    is_for_sandbox = key.reveal().startswith("SB-")
    if environment is not Environment.SIMULATOR and is_for_sandbox != (environment is Environment.SANDBOX):
        form = "begins with SB-" if environment is Environment.SANDBOX else "does not begin with SB-"
        reason = f"the credential midtrans.server_key is not one for {environment}, which {form}"
        raise Misconfigured("midtrans", "start", f"{reason}; set the right one, or change `environment`")
    return key
