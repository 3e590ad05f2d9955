"""Which broker to speak to and how: the table `[mqtt]` of the configuration, and the TLS that follows.

TLS is always verified.  Without TLS a broker must be this very machine, unless the operator says `insecure`.
"""

import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from kiosk.errors import ConfigError

SECRETS = ("user", "password", "command_key", "command_key_next")
"""Files `mqtt.user` and so on among the credentials; any of them may be missing.

With a `command_key` commands must be signed; `command_key_next` is valid too, while a key is being changed.
"""

Host = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9:._-]{1,253}\Z", description="a host's name or its address, in quotes")
]
Port = Annotated[int, Meta(ge=1, le=65535, description="a port")]
Prefix = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{1,32}(/[A-Za-z0-9_-]{1,32}){0,5}\Z",
        description="words of letters, digits, dashes and underlines, divided by /",
    ),
]
Keepalive = Annotated[int, Meta(ge=10, le=600, description="whole seconds")]


class Broker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the broker listens; `keepalive` is in seconds.

    `ca` is who may vouch for the broker, by default whom the system trusts.  `certificate` and `key` say to
    the broker who we are.
    """

    host: Host
    port: Port | None = None
    prefix: Prefix = "kiosk/v1"
    tls: bool = True
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    keepalive: Keepalive = 60
    insecure: bool = False

    @property
    def address(self) -> tuple[str, int]:
        """Host and port; 8883 and, without TLS, 1883 are what brokers listen on."""
        return self.host, self.port or (8883 if self.tls else 1883)

    @property
    def place(self) -> str:
        """Host and port for a person."""
        return f"{self.host}:{self.address[1]}"

    def problems(self) -> Iterator[str]:
        """A line for everything that does not fit together, beginning with the field."""
        if bool(self.certificate) != bool(self.key):
            yield "certificate: comes with its `key`, and neither without the other"
        if self.tls:
            return
        if not (self.insecure or _is_loopback(self.host)):
            yield (
                "tls: is off and the broker is not this machine: anybody in between can read and forge "
                "everything; switch it on, or say `insecure = true`"
            )
        for name in ("ca", "certificate", "key"):
            if getattr(self, name):
                yield f"{name}: is for TLS, which is off"

    def context(self) -> ssl.SSLContext | None:
        """What TLS needs, None without it; raises ConfigError naming the file that cannot be used."""
        if problems := [f"mqtt.{problem}" for problem in self.problems()]:
            raise ConfigError(problems)
        return self._trusting() if self.tls else None

    def _trusting(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = _Socket
        if self.ca is None:
            context.load_default_certs()
        else:
            _load("ca", self.ca, lambda: context.load_verify_locations(self.ca))
        if self.certificate and self.key:
            pair = self.certificate, self.key
            # Without a password of ours OpenSSL asks for one on the terminal.
            _load("certificate", pair[0], lambda: context.load_cert_chain(*pair, password=""))
        return context


class _Socket(ssl.SSLSocket):
    """Closed when its handshake fails; paho leaves that to chance."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def _load(field: str, path: Path, load: Any) -> None:
    try:
        load()
    except ssl.SSLError as error:
        raise ConfigError(
            [f"mqtt.{field}: {path}: holds nothing that TLS can use, or not its key"]
        ) from error
    except OSError as error:
        raise ConfigError([f"mqtt.{field}: {path}: cannot be read: {error.strerror}"]) from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
