"""SNAP's two signatures: with an RSA key for a token, with a shared secret for everything else.

Bank Indonesia's standard, as DOKU describes it.  What is signed are the bytes that are sent: the standard's
"minified body" is what `http.serialise` makes.  The RSA library is imported only where a key is read.

https://developers.doku.com/get-started-with-doku-api/signature-component/snap
"""

import hashlib
import hmac
from base64 import b64encode
from typing import TYPE_CHECKING, Final

from kiosk.errors import MissingPart
from kiosk.secret import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SMALLEST_KEY: Final = 2048
_INSTEAD: Final = {
    "PUBLIC KEY-----": "it holds a public key, the half that the provider gets; put the private one there",
    "ENCRYPTED": "it is protected by a passphrase, which nobody can type here; store it without one",
    "CERTIFICATE-----": "it holds a certificate; put the private key there",
}


class PemError(ValueError):
    """A PEM that is no usable RSA private key; says what it is instead, never what it holds."""


class SigningKey:
    """An RSA private key; raises `PemError`, or `MissingPart` without the library."""

    def __init__(self, pem: Secret) -> None:
        self._key = _loaded(pem.reveal())

    def sign(self, text: str) -> str:
        """PKCS#1 v1.5 with SHA-256, in base64: the same text has the same signature."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        return b64encode(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def token_text(client_id: str, timestamp: str) -> str:
    """What is signed to ask for a token."""
    return f"{client_id}|{timestamp}"


def request_text(method: str, path: str, token: str, body: bytes, timestamp: str) -> str:
    """What is signed of a request: everything that travels but the headers that name the sender."""
    return f"{method}:{path}:{token}:{hashlib.sha256(body).hexdigest()}:{timestamp}"


def request_signature(text: str, key: Secret) -> str:
    """The value of X-SIGNATURE of a request: HMAC-SHA512 in base64."""
    return b64encode(hmac.digest(key.reveal().encode(), text.encode(), "sha512")).decode()


def _loaded(text: str) -> "RSAPrivateKey":
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise MissingPart("signing with an RSA key needs cryptography: install the extra `doku`") from error
    for mark, instead in _INSTEAD.items():
        if mark in text:
            raise PemError(instead)
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise PemError("it is no whole PEM of a private key") from None
    if not isinstance(key, RSAPrivateKey):
        raise PemError("it is no RSA key")
    if key.key_size < SMALLEST_KEY:
        raise PemError(f"it has {key.key_size} bits, at least {SMALLEST_KEY} are wanted")
    return key
