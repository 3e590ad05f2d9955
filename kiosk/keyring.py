"""Which secrets a configuration needs, and whether its gateways and its broker take them.

A gateway refuses keys of another environment when it is opened; opening one sends nothing.
"""

import pkgutil
import time
from collections.abc import Callable
from pathlib import Path

from kiosk import credentials, pin
from kiosk.configuration import Configuration, Draft
from kiosk.drafting import secrets_of
from kiosk.errors import ConfigError, GatewayError, KioskError
from kiosk.gateways import GATEWAYS
from kiosk.gateways.base import Gateway
from kiosk.model import Environment
from kiosk.mqtt import broker
from kiosk.mqtt.signatures import SHORTEST_KEY
from kiosk.secret import Secret
from kiosk.tables import Problem


def gather(draft: Draft, folder: Path | None) -> tuple[dict[str, Secret], list[Problem]]:
    """The secrets of gateways and broker, as `midtrans.server_key`, and what is wrong with their files.

    A gateway that sells no more still answers for old orders, so it needs its secrets too.  None of the
    broker's must be there, but the key where all must be signed, nor the staff menu's PIN.
    """
    place = credentials.directory(folder or draft.basics.get("credentials"))
    strict = draft.basics.get("environment") is not Environment.SIMULATOR
    secrets: dict[str, Secret] = {}
    problems: list[Problem] = []
    needed = [f"{gateway}.{secret}" for gateway in draft.gateway for secret in secrets_of(gateway)]
    wanted = [f"mqtt.{secret}" for secret in broker.SECRETS] if draft.mqtt is not None else []
    wanted.append(pin.CREDENTIAL)
    # a key whose file was lost must not open the machine to whoever holds the broker
    needed += ["mqtt.command_key"] if (draft.mqtt or {}).get("signed") else []
    wanted = [name for name in wanted if name not in needed]
    for name in (*needed, *wanted):
        try:
            secrets[name] = credentials.read(place / name, strict)
            _expect_unguessable(place / name, secrets[name])
            _expect_pin(place / name, secrets[name])
        except credentials.SecretMissing as error:
            problems += [error.problem] if name in needed else []
        except credentials.SecretError as error:
            problems.append(error.problem)
    return secrets, problems


def _expect_unguessable(path: Path, secret: Secret) -> None:
    if reason := guessable(path.name, secret):
        raise credentials.SecretError(path, reason, f"set a longer one with: kiosk secret set {path.name}")


def _expect_pin(path: Path, secret: Secret) -> None:
    if path.name == pin.CREDENTIAL and not pin.is_stored(secret.reveal()):
        raise credentials.SecretError(path, "is no PIN as `kiosk secret set` stores one")


def guessable(name: str, secret: Secret) -> str:
    """Why this key of ours could be guessed; "" where it could not, or is not ours."""
    ours = name.startswith("mqtt.command_key")
    return f"has fewer than {SHORTEST_KEY} characters" if ours and len(secret.reveal()) < SHORTEST_KEY else ""


def opened(configuration: Configuration, name: str, now: Callable[[], float] = time.time) -> Gateway:
    """One gateway of a configuration, ready to be called; raises GatewayError where it takes no such key."""
    kind = pkgutil.resolve_name(GATEWAYS[name])
    gateway: Gateway = kind(
        configuration.gateway[name],
        configuration.environment,
        configuration.secrets_of(name),
        configuration.kiosk,
        now,
    )
    return gateway


def refusals(configuration: Configuration) -> list[Problem]:
    """Why gateways cannot be opened with this configuration and its secrets, nor TLS with its files."""
    problems = unusable_files(configuration)
    for name in configuration.gateway:
        try:
            opened(configuration, name).close()
        except GatewayError as error:
            problems.append(Problem(str(configuration.source), 0, f"gateway.{name}", error.reason))
    return problems


def unusable_files(configuration: Configuration) -> list[Problem]:
    """Why TLS with the broker cannot be had with the files that are named for it."""
    try:
        if configuration.mqtt:
            configuration.mqtt.context()
    except ConfigError as error:
        parts = (problem.partition(": ") for problem in error.problems)
        return [Problem(str(configuration.source), 0, key, reason) for key, _, reason in parts]
    return []


def refusal(draft: Draft, name: str, secret: Secret) -> str:
    """Why the gateway of a file would not take this secret; "" where it would, or where nobody can tell."""
    gateway, _, field = name.partition(".")
    part, environment = draft.gateway.get(gateway), draft.basics.get("environment")
    if part is None or part.config is None or environment is None or secrets_of(gateway) != (field,):
        return ""
    kind = pkgutil.resolve_name(GATEWAYS[gateway])
    try:
        kind(part.config, environment, {field: secret}, draft.basics.get("kiosk", ""), time.time).close()
    except GatewayError as error:
        return error.reason
    except KioskError:
        return ""
    return ""
