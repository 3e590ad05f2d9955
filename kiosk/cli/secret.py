"""`kiosk secret set NAME`: reads a secret without showing it and writes its file."""

import getpass
import secrets
import sys
from argparse import Namespace
from pathlib import Path

from kiosk import credentials, pin
from kiosk.cli.parsing import parser, takes_config, takes_credentials
from kiosk.config import draft_of
from kiosk.configuration import Draft
from kiosk.drafting import secrets_of
from kiosk.errors import KioskError
from kiosk.gateways import GATEWAYS
from kiosk.keyring import guessable, refusal
from kiosk.leaves import nearest
from kiosk.mqtt import broker
from kiosk.secret import Secret
from kiosk.webhooks import config as webhooks


def main(words: list[str]) -> int:
    """Store one secret."""
    arguments = parser("secret", "Store a secret in its file, readable to its owner only.")
    acts = arguments.add_subparsers(dest="act", required=True, metavar="set")
    storing = acts.add_parser(
        "set", allow_abbrev=False, help="read a secret without showing it, and store it"
    )
    storing.add_argument("name", metavar="NAME", help="the secret's name, such as midtrans.server_key")
    takes_config(storing)
    takes_credentials(storing)
    given = arguments.parse_args(words)
    draft = draft_of(given.config)  # the secret may well come before the file
    path = _folder(given, draft) / _known(given.name)
    secret = _stored(given.name, _asked_for(given.name))
    if reason := guessable(given.name, secret) or (refusal(draft, given.name, secret) if draft else ""):
        raise KioskError(f"{given.name}: {reason}; nothing was stored")
    credentials.write(path, secret)
    print(f"{path}: stored; it is used from the next start on")
    return 0


def _known(name: str) -> str:
    names = [f"{gateway}.{secret}" for gateway in GATEWAYS for secret in secrets_of(gateway)]
    names += [*(f"mqtt.{secret}" for secret in broker.SECRETS), pin.CREDENTIAL, *webhooks.SECRETS]
    if name not in names:
        advice = nearest(name, names) or f"there are: {', '.join(names)}"
        raise KioskError(f"no such secret: {name[:40]!a}; {advice}")
    return name


def _stored(name: str, secret: Secret) -> Secret:
    """What is kept of a secret: all of it, but of the PIN a hash."""
    if name != pin.CREDENTIAL:
        return secret
    if not pin.is_pin(secret.reveal()):
        raise KioskError(f"{name}: {pin.MEANING}; nothing was stored")
    return Secret(pin.hashed(secret.reveal(), secrets.token_bytes(pin.SALT_BYTES)))


def _folder(given: Namespace, draft: Draft | None) -> Path:
    """Where it belongs: never in what systemd hands over, which is made anew at every start."""
    configured = draft.basics.get("credentials") if draft else None
    return Path(given.credentials or configured or credentials.DIRECTORY)


def _asked_for(name: str) -> Secret:
    if sys.stdin.isatty():
        text = getpass.getpass(f"{name} (not shown): ")
    else:
        text = sys.stdin.read(credentials.LARGEST + 1)
    text = text.strip()
    if not text:
        raise KioskError(f"{name}: nothing was given; nothing was stored")
    if len(text.encode()) > credentials.LARGEST:
        raise KioskError(
            f"{name}: is larger than {credentials.LARGEST} bytes, no secret is; nothing was stored"
        )
    return Secret(text)
