"""What an operator agreed with DOKU, and the two keys that prove it: checked before anything is sold."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from msgspec import Meta

from kiosk.errors import Misconfigured, MissingPart
from kiosk.gateways import keys
from kiosk.gateways.contract import Contract, Seconds
from kiosk.gateways.snap import Partner
from kiosk.gateways.snap_signing import PemError, SigningKey
from kiosk.model import Environment
from kiosk.secret import Secret

ADDRESSES: Final = {
    Environment.PRODUCTION: "https://api.doku.com",
    Environment.SANDBOX: "https://api-sandbox.doku.com",
}
LAPSE_MARGIN: Final = 600.0
"""Seconds after a code's own end until an unpaid answer is believed to be the last word."""

_ClientId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9-]{1,64}\Z",
        description="the client id DOKU gave, such as BRN-0201-1234567890123",
    ),
]
_MerchantId = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9]{1,64}\Z", description="the mall id DOKU gave, such as 2115")
]
_PostalCode = Annotated[str, Meta(pattern=r"^[0-9]{5}\Z", description="five digits, such as 13120")]
_Terminal = Annotated[
    str, Meta(pattern=r"^([A-Za-z0-9]{3,16})?\Z", description="3 to 16 letters and digits, such as A01")
]
_ServiceCode = Annotated[str, Meta(pattern=r"^[0-9]{2}\Z", description="two digits, 51 or 47")]
_Channel = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{0,5}\Z", description="H2H, or nothing")]


class DokuContract(Contract, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gateway.doku]`.  `postal_code` is the machine's own; `terminal` is the kiosk's id where it is empty.

    `service_code` is what a query calls itself: DOKU's QRIS guide says 51, the standard reads 47.  `cancels`
    is for contracts with the call "Cancel QRIS".
    """

    client_id: _ClientId
    merchant_id: _MerchantId
    postal_code: _PostalCode
    terminal: _Terminal = ""
    service_code: _ServiceCode = "51"
    channel_id: _Channel = "H2H"
    validity_minutes: Annotated[int, Meta(ge=1, le=1440)] = 10
    cancels: bool = False
    poll: Annotated[tuple[Seconds, ...], Meta(min_length=1)] = (5.0,)
    claim_window: Seconds = 45.0

    def problems(self, environment: Environment) -> Iterator[str]:
        yield from super().problems(environment)
        if self.on_screen + self.claim_window > self.validity_minutes * 60:
            yield f"validity_minutes: the code expires ({self.validity_minutes} min) while it is on the panel"

    @property
    def lapses_after(self) -> float:
        """Seconds from a code's birth until nobody can have paid it any more."""
        return self.validity_minutes * 60 + LAPSE_MARGIN


def checked_partner(contract: DokuContract, secrets: Mapping[str, Secret]) -> Partner:
    """Who we are to DOKU, if the keys have the right form; `Misconfigured` otherwise."""
    secret_key = keys.word("doku", "secret_key", secrets)
    private_key = _signing_key(secrets.get("private_key"))
    return Partner(contract.client_id, secret_key, private_key, contract.channel_id)


def _signing_key(pem: Secret | None) -> SigningKey:
    try:
        return SigningKey(pem or Secret(""))
    except MissingPart as missing:
        raise Misconfigured("doku", "start", str(missing)) from missing
    except PemError as error:
        wanted = "an RSA private key is wanted, from `-----BEGIN PRIVATE KEY-----` to its END line"
        advice = "set it with `kiosk secret set doku.private_key < FILE.pem`"
        raise Misconfigured(
            "doku", "start", f"the credential doku.private_key: {error}; {wanted}; {advice}"
        ) from None
