"""`kiosk webhooks`: the service on the operator's server that takes gateways' notifications."""

from argparse import ArgumentTypeError
from pathlib import Path

from kiosk.cli.parsing import parser, takes_credentials
from kiosk.errors import MissingPart

ACTS = {
    "receive": "take notifications from gateways and keep them in Redis",
    "forward": "pass on to the broker what is in Redis",
    "serve": "both in one process, for one server",
    "check": "read the configuration and its secrets: every problem, or none",
}


def main(words: list[str]) -> int:
    """Do one of them until told to stop."""
    arguments = parser("webhooks", "Take gateways' notifications and ring the right machine's bell.")
    acts = arguments.add_subparsers(dest="act", required=True, metavar="|".join(ACTS))
    for name, what in ACTS.items():
        act = acts.add_parser(name, allow_abbrev=False, help=what, description=what)
        act.add_argument(
            "--config", type=Path, default=Path("/etc/qris-kiosk/webhooks.toml"), help="(%(default)s)"
        )
        takes_credentials(act)
        if name in ("receive", "serve"):
            act.add_argument("--port", type=_port, help="instead of the configured one")
    given = arguments.parse_args(words)
    try:
        return _done(given.act, given.config, given.credentials, getattr(given, "port", None))
    except ModuleNotFoundError as error:
        raise MissingPart(
            f"the package {error.name} is not installed; it comes with: pip install 'qris-kiosk[webhooks]'"
        ) from error


def _done(act: str, path: Path, folder: Path | None, port: int | None) -> int:
    from msgspec.structs import replace

    from kiosk.webhooks.config import Role, load

    if act == "check":
        load(path, Role.SERVE, folder)
        print(f"{path}: no problems")
        return 0
    settings = load(path, Role(act), folder)
    if port is not None:
        file = replace(settings.file, receiver=replace(settings.file.receiver, port=port))
        settings = replace(settings, file=file)
    from kiosk.webhooks.service import run

    return run(settings, Role(act))


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536:
        return int(text)
    raise ArgumentTypeError("a port is 1 to 65535")
