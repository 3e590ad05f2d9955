"""The command line: a module for each command, loaded only when it is called.

Every command ends with 0 done, 1 failed or 2 wrongly called, and says what went wrong in one line.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

COMMANDS: Final = {
    "run": "sell; this is what systemd starts",
    "check": "read the configuration: every problem, or every value in effect",
    "orders": "the latest orders, or one in full by its id, claim code, amount or a reference",
    "status": "how the running machine stands: selling or not and why, slots, broker",
    "doctor": "everything a technician looks at first, on one page, each with what to do",
    "resolve": "note what a person did about an order that the machine could not settle",
    "refund": "send a customer's money back through the gateway",
    "enable": "put a slot, or the whole machine, back into service",
    "disable": "take a slot, or the whole machine, out of service",
    "stock": "say how many are in a slot now",
    "test": "try a part: relay, panel, keypad, inputs or buzzer",
    "restart": "end the running kiosk between two customers; systemd starts it anew",
    "render": "draw a code as a panel would show it, into a picture",
    "simulate": "a whole payment world on this machine, without hardware or money",
    "gateway": "call a payment gateway by hand",
    "operator": "command many machines over MQTT, follow their events, reconcile the money",
    "secret": "store a secret in its file",
    "webhooks": "on a server: take gateways' notifications and ring the right machine's bell",
    "journal": "create the journal, or accept that an old one is lost",
    "outputs-off": "switch every output off, whatever was running",
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the words default to those the program was called with."""
    words = list(sys.argv[1:] if words is None else words)
    if not words or words[0] in ("-h", "--help", "help"):
        print(_usage())
        return 0 if words else 2
    if words[0] in ("-V", "--version"):
        return _version()
    if words[0] not in COMMANDS:
        return _unknown(words[0])
    return _called(words[0], words[1:])


def _called(command: str, words: list[str]) -> int:
    from hardware.errors import HardwareError
    from kiosk.errors import KioskError

    module = import_module(f"kiosk.cli.{command.replace('-', '_')}")
    try:
        code = int(module.main(words))
        sys.stdout.flush()
    except SystemExit as end:  # argparse ends so: 2 wrongly called, 0 after its help
        return end.code if isinstance(end.code, int) else 1
    except (KioskError, HardwareError) as error:
        return _failed(command, str(error))
    except BrokenPipeError:  # whoever read our output has seen enough
        _close_quietly()
        return 1
    except OSError as error:
        advice = "; try it with sudo" if isinstance(error, PermissionError) else ""
        return _failed(command, f"{error.filename or 'the system'}: {error.strerror}{advice}")
    except UnicodeError:
        return _failed(command, "what was given is no text in UTF-8")
    except (KeyboardInterrupt, EOFError):
        return _failed(command, "interrupted, nothing was done")
    return code


def _failed(command: str, text: str) -> int:
    for line in text.splitlines():
        print(f"kiosk {command}: {line}", file=sys.stderr)
    return 1


def _close_quietly() -> None:
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {what}" for name, what in COMMANDS.items()]
    return "\n".join(["usage: kiosk COMMAND ...", "", *lines, "", "kiosk COMMAND --help says more of each."])


def _version() -> int:
    from kiosk import __version__

    print(f"kiosk {__version__}")
    return 0


def _unknown(command: str) -> int:
    from kiosk.leaves import nearest

    advice = nearest(command, COMMANDS) or "kiosk --help lists them"
    print(f"kiosk: no such command: {command[:40]!a}; {advice}", file=sys.stderr)
    return 2
