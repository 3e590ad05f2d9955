"""A canary in every credential, and a machine to which everything bad happens: none is found anywhere.

The real daemon sells in the pretended world, then its gateway breaks off, raves and does not take its key,
its operator pushes rubbish, its broker speaks no TLS, and a technician tries every command.  Searched are its
log, its journal, what the broker passed on, what was printed, and what the kernel tells of the process.
"""

import asyncio
import base64
import io
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final

from kiosk import pin
from kiosk.cli import main
from kiosk.gateways import GATEWAYS
from kiosk.mqtt.broker import SECRETS
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.power import Power
from kiosk.simulator.providers import SELLING
from kiosk.simulator.wiring import STAFF_PIN, Files, Plan
from kiosk.simulator.world import World
from tests.mqtt.broker import DEADLINE, Witness

PLAN: Final = Plan(
    gateways=("midtrans", *(name for name in SELLING if name != "midtrans")),
    beside=("indodana",),
    on_screen=20.0,
    claim_window=1.0,
    poll=0.3,
    wait_for_code=20.0,
    create_deadline=10.0,
    status_deadline=10.0,
    pulse=60,
    webhooks=False,
)
COMMANDS: Final = ("doctor", "check", "check --json", "status", "status --json", "orders", "orders --json")
WRONG: Final = "SB-Mid-server-canary-of-another-shop"
DESIRED: Final = b'{"version":1,"document":{"gateway":{"midtrans":{"server_key":"x"}},"merchant":5}}'
UNSIGNED: Final = b'{"id":"c-1","args":{"slot":1,"reference":"sale-1"}}'


def plant(files: Files) -> dict[str, str]:
    """Every credential there can be, each with something in it that is nowhere else."""
    for name in SECRETS:
        path = files.credentials / f"mqtt.{name}"
        path.touch(mode=0o600)
        path.write_text(f"mqtt-canary-{name}-0123456789-0123456789")
    # the pretended Indodana's is a word that stands elsewhere too
    (files.credentials / "indodana.api_key").write_text("indodana-canary-0123456789")
    canaries = {path.name: canary(path.read_text()) for path in files.credentials.iterdir()}
    needed = {name.partition(".")[0] for name in canaries}
    assert {*GATEWAYS, "mqtt", pin.CREDENTIAL.partition(".")[0]} == needed
    return canaries | {"another key": WRONG}


def canary(text: str) -> str:
    """What would give a secret away: of a key of many lines, one from its middle."""
    lines = text.split()
    return max(lines[len(lines) // 2 - 1 :], key=len) if len(lines) > 2 else text.strip()


def forms(secret: str) -> Iterator[bytes]:
    """As it is, and as it is carried."""
    plain = secret.encode()
    yield plain
    yield plain.hex().encode()
    yield base64.b64encode(plain).rstrip(b"=")
    yield base64.b64encode(plain + b":").rstrip(b"=")


def called(words: str, config: Path) -> bytes:
    """What a technician reads of a command."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        main([*words.split(), "--config", str(config)])
    return said.getvalue().encode()


def kernel_tells(pid: int) -> bytes:
    """The process as others may see it, and its environment; nothing where there is no /proc."""
    names = ("cmdline", "environ", "comm", "status")
    paths = [Path("/proc") / str(pid) / name for name in names]
    return b"".join(path.read_bytes() for path in paths if path.exists())


def listened(power: Power, log: list[str]) -> None:
    """Every line of the kiosk's log, not the newest alone."""
    hear = power._hear

    def both(line: str) -> None:
        log.append(line)
        hear(line)

    power._hear = both


def files_in(folder: Path) -> dict[str, bytes]:
    """All that the machine wrote."""
    there = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "credentials"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in there}


async def sells(world: World) -> None:
    """A customer pays for what is in slot 1."""
    await buys(world)
    await until(world, lambda: world.box.glass.code)
    world.phone.scan()
    world.phone.pay()
    await until(world, lambda: "K305" in world.log.codes)


async def buys(world: World) -> None:
    """A customer asks for a code."""
    for key in "1#":
        before = world.box.glass.number
        world.box.press(key)
        await until(world, lambda seen=before: world.box.glass.number > seen)  # type: ignore[misc]  # bound now


async def until(world: World, holds: Callable[[], object]) -> None:
    assert await world.changed.until(holds, DEADLINE), "\n".join(world.log.lines())


async def story(folder: Path) -> tuple[dict[str, str], dict[str, bytes]]:
    """Everything happens; the canaries, and whatever can be read afterwards, by where it was."""
    found: dict[str, bytes] = {}
    log: list[str] = []
    async with World(PLAN, folder) as world:
        canaries = plant(world.files)
        listened(world.power, log)
        config = world.files.config
        port = re.search(r"^port = (\d+)$", config.read_text(), re.MULTILINE)
        assert port
        witness = await asyncio.to_thread(Witness, int(port[1]), "#")
        world.power.back()
        await until(world, lambda: "K501" in world.log.codes)
        await sells(world)
        for topic, payload in (("config/desired", DESIRED), ("cmd/charge", UNSIGNED), ("cmd/ping", b"\xff{")):
            await asyncio.to_thread(witness.says, f"kiosk/v1/K01/{topic}", payload)
        await until(world, lambda: "K706" in world.log.codes or "K523" in world.log.codes)
        found |= {word: await asyncio.to_thread(called, word, config) for word in COMMANDS}
        found["the process"] = kernel_tells(world.power.pid)
        for misfortune in (Misfortune.GARBAGE, Misfortune.DOWN):
            world.inflict(misfortune, "midtrans")
            words = "gateway midtrans status K01AAAAAAAAAAAAAAAAAAAA"
            found[misfortune] = await asyncio.to_thread(called, words, config)
            world.inflict(misfortune, "midtrans")  # called off again
        await world.power.cut()
        (world.files.credentials / "midtrans.server_key").write_text(WRONG)
        tls = config.with_name("tls.toml")
        text, gateway = config.read_text(), re.search(r"http://127.0.0.1:(\d+)", config.read_text())
        assert gateway
        tls.write_text(text.replace("tls = false", "tls = true").replace(port[0], f"port = {gateway[1]}"))
        found["TLS"] = await asyncio.to_thread(called, "doctor", tls)
        found["wrong key"] = await asyncio.to_thread(called, "doctor", config)
        world.power.back()
        await until(world, lambda: sum("K501" in line for line in log) == 2)
        await buys(world)
        await until(world, lambda: "K105" in world.log.codes)
        await asyncio.to_thread(witness.close)
    found["log"] = "\n".join(log).encode()
    while not witness.heard.empty():
        heard = witness.heard.get()
        found["MQTT"] = found.get("MQTT", b"") + heard.topic.encode() + b" " + heard.payload + b"\n"
    return canaries, found | await asyncio.to_thread(files_in, folder)


def test_no_canary_is_anywhere(tmp_path: Path) -> None:
    canaries, found = asyncio.run(story(tmp_path / "machine"))
    assert {"log", "MQTT", "state/journal.db", "doctor"} <= found.keys()
    assert all(found[place] for place in ("log", "MQTT", "doctor", "status --json", "TLS"))
    assert b"K305" in found["log"]
    assert b"certificate" in found["TLS"] or b"no TLS" in found["TLS"] or b"hung up" in found["TLS"]
    assert STAFF_PIN not in canaries.values()
    seen = [
        (place, name)
        for place, content in found.items()
        for name, secret in canaries.items()
        for form in forms(secret)
        if form in content
    ]
    assert seen == []
