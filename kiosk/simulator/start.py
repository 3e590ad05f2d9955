"""`kiosk simulate`: opens the world and its page, or plays the tour, and ends both cleanly."""

import argparse
import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from kiosk.errors import KioskError
from kiosk.simulator import profile_tales, profiles, tales, tour
from kiosk.simulator.elsewhere import AMOUNT, ORDER, paid_elsewhere
from kiosk.simulator.merchant import Merchant
from kiosk.simulator.page import Page
from kiosk.simulator.providers import PROVIDERS, SELLING
from kiosk.simulator.serving import Serving, listen
from kiosk.simulator.story import rupiah
from kiosk.simulator.wiring import Files, Plan
from kiosk.simulator.world import World

PORT: Final = 8080


def start(words: list[str]) -> int:
    """Do what the words of the command line ask for."""
    given, plan = _arguments().parse_args(words), plan_of(words)
    if given.profile and (given.story or given.free):
        _arguments().error("--profile says itself what is sold and which stories there are")
    if given.tour:
        told = profile_tales.told(plan) if plan.profile else tales.told_with(plan, given.story)
        played = tour.play(told, given.keep)
    else:
        played = _simulate(plan, given.keep, given.port)
    try:
        return asyncio.run(played)
    except OSError as error:
        raise KioskError(f"the world cannot be opened: {error}") from error


def plan_of(words: list[str]) -> Plan:
    """What the words of the command line want simulated."""
    given = _arguments().parse_args(words)
    plan = Plan(
        gateways=_sellers(given.gateway),
        beside=tuple(dict.fromkeys(name for name in given.gateway if name not in SELLING)),
        free_amount=given.free,
        refunds=given.refunds,
        language=given.language,
        webhooks=not given.no_webhooks,
    )
    return with_profile(plan, given.profile) if given.profile else plan


def with_profile(plan: Plan, name: str) -> Plan:
    """The same for a machine as a sample configuration has it."""
    profile = profiles.profile(name)
    return replace(
        plan, profile=profile, free_amount=profile.free is not None, merchant=Merchant(name=profile.merchant)
    )


def _sellers(names: list[str]) -> tuple[str, ...]:
    """Those that make codes, each once; Midtrans where none does."""
    return tuple(name for name in dict.fromkeys(names) if name in SELLING) or ("midtrans",)


class _Names(argparse.Action):
    """Gathers names that are given again, or with commas."""

    def __call__(self, parser: argparse.ArgumentParser, given: argparse.Namespace, *rest: Any) -> None:
        names = str(rest[0]).split(",")
        for name in names:
            if name not in PROVIDERS:
                raise argparse.ArgumentError(self, f"{name!r} is none of {', '.join(PROVIDERS)}")
        setattr(given, self.dest, [*getattr(given, self.dest), *names])


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk simulate", description="A whole payment world on this machine, without hardware or money."
    )
    parser.add_argument("--tour", action="store_true", help="play a scripted customer, without a browser")
    parser.add_argument(
        "--story", choices=tuple(tales.STORIES), help="which story the tour plays (all that fit)"
    )
    parser.add_argument(
        "--gateway",
        action=_Names,
        default=[],
        metavar="NAME[,NAME]",
        help=f"sell through these, in this order: {', '.join(SELLING)}; indodana answers beside them",
    )
    parser.add_argument("--free", action="store_true", help="a gate with a free amount instead of four slots")
    parser.add_argument(
        "--profile", choices=profiles.NAMES, help="a machine as its sample configuration has it"
    )
    parser.add_argument("--refunds", action="store_true", help="a contract that allows refunds")
    parser.add_argument("--language", choices=("en", "id"), default="en", help="what the panel speaks")
    parser.add_argument(
        "--no-webhooks", action="store_true", help="no webhook service: the kiosk asks its gateway unbidden"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the machine's files there")
    parser.add_argument("--port", type=_port, default=PORT, help="of the page; or the next free one")
    return parser


async def _simulate(plan: Plan, keep: Path | None, port: int) -> int:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with World(plan, keep) as world:
        if "indodana" in plan.beside:
            paid_elsewhere(world.ledger, time.time())
        page = Page(world)
        async with Serving(lambda _: page.app(), listen(port)) as serving:
            world.power.back()
            _say(_welcome(serving.port, world.files, plan, bool(os.environ.get("SSH_CONNECTION"))))
            await ended.wait()
            page.close()
    _say("The power is off, the world is gone.")
    return 0


def _welcome(port: int, files: Files, plan: Plan, over_ssh: bool) -> str:
    lines = [f"A vending machine waits at http://127.0.0.1:{port}"]
    if over_ssh:
        lines += ["On your own computer, first:", f"    ssh -L {port}:127.0.0.1:{port} {_host()}"]
    if "indodana" in plan.beside:
        asked = f"kiosk gateway indodana status {ORDER} --config {files.config}"
        lines += [f"Indodana knows an order of {rupiah(AMOUNT)} that was made elsewhere:", f"    {asked}"]
    lines += [f"Its files: {files.folder}", "Ctrl-C ends everything."]
    return "\n".join(lines)


def _host() -> str:
    server = os.environ.get("SSH_CONNECTION", "").split()
    return server[2] if len(server) > 2 else "this-host"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
