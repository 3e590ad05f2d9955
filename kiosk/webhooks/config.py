"""The webhook service's own file: typed, or every problem in it at once.

Receiver and forwarder read the same file, each with the secrets it needs and no others.
"""

import ssl
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct

from kiosk import credentials
from kiosk.document import placed, read
from kiosk.errors import ConfigError
from kiosk.mqtt.broker import Broker, Host, Port
from kiosk.secret import Secret
from kiosk.tables import Complaint, Problem, Reader, Unparsable
from kiosk.webhooks.verdicts import PROVIDERS, Keys

SECRETS: Final = ("doku.shared_key", "redis.user", "redis.password")
"""Files among the credentials that only this service has; the logins may be missing."""

MOST_PARTITIONS: Final = 64
"""A forwarder has two threads for each."""


class Role(Enum):
    """What a process does; each needs other secrets."""

    RECEIVE = "receive"
    FORWARD = "forward"
    SERVE = "serve"

    @property
    def receives(self) -> bool:
        """Whether it listens to gateways."""
        return self is not Role.FORWARD

    @property
    def forwards(self) -> bool:
        """Whether it speaks to the broker."""
        return self is not Role.RECEIVE


Names = tuple[
    Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z_]{1,30}\.[a-z0-9_.-]{1,40}\Z",
            description='a credential file, such as "midtrans.server_key"',
        ),
    ],
    ...,
]
Node = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9._-]{1,253}:[0-9]{1,5}\Z", description='host and port, such as "10.0.0.1:6379"'
    ),
]
KioskPattern = Annotated[
    str,
    Meta(
        pattern=r"^([A-Z0-9]{3,12}|[A-Z0-9]{0,11}\*)\Z",
        description='a kiosk id, or the beginning of some: "K*"',
    ),
]
Prefix = Annotated[
    str, Meta(pattern=r"^(/[A-Za-z0-9_-]{1,40}){0,4}\Z", description='a path, such as "/hooks", or ""')
]


class Receiver(Struct, frozen=True, kw_only=True):
    """Where gateways are listened to; `prefix` is the path before every route, for a gateway signs it."""

    host: Host = "127.0.0.1"
    port: Port = 8460
    prefix: Prefix = ""
    kiosks: Annotated[tuple[KioskPattern, ...], Meta(min_length=1)] = ("*",)


class Redis(Struct, frozen=True, kw_only=True):
    """Where the stream is.  `replicas`: a notification is answered once so many of them have it, too."""

    nodes: Annotated[tuple[Node, ...], Meta(min_length=1)] = ("127.0.0.1:6379",)
    cluster: bool = False
    partitions: Annotated[int, Meta(ge=1, le=MOST_PARTITIONS, description="a whole number")] = 1
    replicas: Annotated[int, Meta(ge=0, le=5, description="a whole number")] = 0
    tls: bool = False
    ca: Path | None = None

    @property
    def places(self) -> list[tuple[str, int]]:
        """Hosts and ports."""
        pairs = (node.rpartition(":") for node in self.nodes)
        return [(host, int(port)) for host, _, port in pairs]

    def problems(self) -> Iterator[str]:
        """A line for everything that does not fit together, beginning with the field."""
        if len(self.nodes) > 1 and not self.cluster:
            yield "nodes: several are for a cluster; say `cluster = true`, or name one"
        if any(not 0 < port < 65536 for _, port in self.places):
            yield "nodes: a port is 1 to 65535"
        if self.ca and not self.tls:
            yield "ca: is for TLS, which is off"


class Forwarding(Struct, frozen=True, kw_only=True):
    """What is done with what waits: after `oldest_hours` no machine watches the order any more.

    What a forwarder has not brought to the broker for `take_over_seconds` another one takes over.
    """

    oldest_hours: Annotated[int, Meta(ge=1, le=240, description="whole hours")] = 26
    take_over_seconds: Annotated[int, Meta(ge=1, le=600, description="whole seconds")] = 30


class MidtransKeys(Struct, frozen=True, kw_only=True):
    """[midtrans]."""

    server_keys: Names = ()


class DokuKeys(Struct, frozen=True, kw_only=True):
    """[doku]: `secret_keys` prove the JSON form, `shared_keys` the legacy one."""

    secret_keys: Names = ()
    shared_keys: Names = ()


class SecretKeys(Struct, frozen=True, kw_only=True):
    """[doku_indodana] and [indodana]."""

    secret_keys: Names = ()


class NoKeys(Struct, frozen=True, kw_only=True):
    """[interactive], which signs nothing."""


class File(Struct, frozen=True, kw_only=True):
    """The whole file; a gateway without a table has no route."""

    credentials: Path | None = None
    receiver: Receiver = Receiver()
    redis: Redis = Redis()
    forwarder: Forwarding = Forwarding()
    mqtt: Broker | None = None
    midtrans: MidtransKeys | None = None
    doku: DokuKeys | None = None
    doku_indodana: SecretKeys | None = None
    interactive: NoKeys | None = None
    indodana: SecretKeys | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """A file in which everything fits together, with the secrets of one role.

    `keys` has a row for each gateway that is listened to; `secrets` are `redis.user` and so on, where given.
    """

    file: File
    keys: Mapping[str, Keys]
    secrets: Mapping[str, Secret]


def load(path: Path, role: Role, folder: Path | None = None) -> Settings:
    """Read the file for a role; raises ConfigError with every problem.  `folder` replaces its credentials."""
    try:
        text, raw = read(path)
    except Unparsable as error:
        raise ConfigError([str(Problem(str(path), error.line, "", error.reason))]) from error
    reader = Reader(top=("credentials",))
    file = reader.struct(raw, File, ())
    if isinstance(file, File):
        _check(file, role, reader)
    problems = placed(reader.complaints, path, text)
    if not problems:
        settings, problems = _equipped(file, role, folder)
        problems = placed(_files(file, role), path, text) + problems
    if problems:
        raise ConfigError([str(problem) for problem in problems])
    return settings


def _check(file: File, role: Role, reader: Reader) -> None:
    for name in ("redis", "mqtt"):
        table = getattr(file, name)
        for problem in table.problems() if table else ():
            field, _, reason = problem.partition(": ")
            reader.complain((name, field), reason)
    if role.forwards and file.mqtt is None:
        reader.complain(("mqtt",), "is missing: it says where the broker is")
    if role.receives and not any(getattr(file, name) for name in PROVIDERS):
        reader.complain((), "names no gateway", "add a table for each, such as [midtrans]")


def _files(file: File, role: Role) -> Iterator[Complaint]:
    """What TLS cannot use; else it would be one line of many at every try to connect."""
    if trouble := _no_certificate(file.redis.ca):
        yield Complaint(("redis", "ca"), trouble)
    try:
        if file.mqtt and role.forwards:
            file.mqtt.context()
    except ConfigError as error:
        for problem in error.problems:
            key, _, reason = problem.partition(": ")
            yield Complaint(tuple(key.split(".")), reason)


def _no_certificate(ca: Path | None) -> str:
    try:
        if ca:
            ssl.create_default_context(cafile=str(ca))
    except ssl.SSLError:
        return f"{ca}: holds no certificate"
    except OSError as error:
        return f"{ca}: cannot be read: {error.strerror}"
    return ""


def _equipped(file: File, role: Role, folder: Path | None) -> tuple[Settings, list[Problem]]:
    cupboard = _Cupboard(credentials.directory(folder or file.credentials))
    keys = {
        name: _keys(getattr(file, name), cupboard)
        for name in PROVIDERS
        if role.receives and getattr(file, name)
    }
    logins = ["redis.user", "redis.password", *(["mqtt.user", "mqtt.password"] if role.forwards else [])]
    secrets = {name: secret for name in logins if (secret := cupboard.may_have(name))}
    return Settings(file=file, keys=keys, secrets=secrets), cupboard.problems


def _keys(table: Struct, cupboard: "_Cupboard") -> Keys:
    given = {field: getattr(table, field) for field in table.__struct_fields__}
    return {field: tuple(filter(None, map(cupboard.must_have, names))) for field, names in given.items()}


class _Cupboard:
    """The credential files, and what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problems: list[Problem] = []

    def must_have(self, name: str) -> Secret | None:
        """A secret, or a problem more."""
        try:
            return credentials.read(self._folder / name)
        except credentials.SecretError as error:
            self.problems.append(error.problem)
            return None

    def may_have(self, name: str) -> Secret | None:
        """A secret, if there is such a file; an empty one is what systemd hands over for none."""
        path = self._folder / name
        return self.must_have(name) if path.exists() and path.read_bytes().strip() else None
