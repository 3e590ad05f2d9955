"""The box's end of the wires, against a kiosk of a few lines."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image

from kiosk.simulator.box import Box
from kiosk.simulator.changes import Changes
from kiosk.simulator.story import Story

PATIENCE = 60.0


class Kiosk:
    """The other end of the box's socket, as JSON."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def say(self, **line: Any) -> None:
        self.writer.write(json.dumps(line).encode() + b"\n")

    async def hear(self) -> Any:
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self._reader.readline() or "null")

    async def hang_up(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


class Bench:
    """A box, its changes, and kiosks to connect to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.changed = Changes()
        self.box = Box(path, Story(lambda: 0.0), lambda: "K01ORDER", self.changed)
        self._kiosks: list[Kiosk] = []

    async def kiosk(self) -> Kiosk:
        one = Kiosk(*await asyncio.open_unix_connection(self._path))
        self._kiosks.append(one)
        return one

    async def greeting(self) -> Any:
        """What a kiosk hears that comes and goes."""
        kiosk = await self.kiosk()
        heard = await kiosk.hear()
        await kiosk.hang_up()
        await self.box.until_gone()
        return heard

    async def until(self, holds: Callable[[], object]) -> None:
        assert await self.changed.until(holds, PATIENCE)

    async def close(self) -> None:
        for kiosk in self._kiosks:
            await kiosk.hang_up()


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    one = Bench(folder / "box.sock")
    async with one.box:
        try:
            yield one
        finally:
            await one.close()


Story_ = Callable[[Bench], Awaitable[None]]


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Story_], None]:
    """Play a story with a box on an event loop of its own."""

    async def played(story: Story_) -> None:
        async with bench(tmp_path) as one:
            await story(one)

    return lambda story: asyncio.run(played(story))


def picture(text: str, number: int = 1) -> dict[str, Any]:
    code = qrcode.make(text, box_size=1, border=4).get_image().convert("1")
    glass = Image.new("1", (128, 64), 0)
    glass.paste(code, (0, 0))
    pixels = base64.b64encode(glass.tobytes()).decode()
    return {"t": "panel", "n": number, "size": [128, 64], "mode": "1", "pixels": pixels}


def test_a_second_kiosk_cannot_take_the_wires_of_a_living_one(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        first = await one.kiosk()
        await first.hear()
        second = await one.kiosk()
        assert await second.hear() is None
        first.say(**picture("still here"))
        assert (await first.hear())["t"] == "shown"

    play(story)


def test_the_boot_is_said_first_and_a_new_boot_has_a_new_name(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        first = await one.greeting()
        same = await one.greeting()
        one.box.boot_anew()
        fresh = await one.greeting()
        assert first["t"] == "boot"
        assert first["id"] == same["id"] != fresh["id"]
        assert first["elapsed"] <= same["elapsed"]

    play(story)


def test_a_picture_is_acknowledged_when_it_is_on_the_glass(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        kiosk = await one.kiosk()
        await kiosk.hear()
        kiosk.say(**picture("a code", number=7))
        assert await kiosk.hear() == {"t": "shown", "n": 7}
        assert one.box.glass.code == "a code"
        kiosk.say(t="panel_off")
        await one.until(lambda: not one.box.glass.is_lit)
        assert one.box.glass.code == ""

    play(story)


def test_a_key_reaches_the_kiosk(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        kiosk = await one.kiosk()
        await kiosk.hear()
        one.box.press("5")
        assert await kiosk.hear() == {"t": "key", "key": "5"}

    play(story)


def test_a_held_key_reaches_the_kiosk_after_its_press(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        kiosk = await one.kiosk()
        await kiosk.hear()
        one.box.press("*")
        one.box.hold("*")
        assert await kiosk.hear() == {"t": "key", "key": "*"}
        assert await kiosk.hear() == {"t": "held", "key": "*"}

    play(story)


def test_a_pulse_is_written_down_for_the_newest_order(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        kiosk = await one.kiosk()
        kiosk.say(t="output", name="spiral1", on=True)
        await one.until(lambda: one.box.lamps.lit() == ["spiral1"])
        kiosk.say(t="output", name="spiral1", on=False)
        await one.until(lambda: not one.box.lamps.lit())
        (pulse,) = one.box.lamps.of_order("K01ORDER")
        assert pulse.ended > pulse.began
        assert not pulse.was_cut

    play(story)


def test_a_pulse_is_as_long_as_the_kiosk_made_it_however_late_its_lines_are_read(
    play: Callable[[Story_], None],
) -> None:
    async def story(one: Bench) -> None:
        kiosk = await one.kiosk()
        for on, at in ((True, 100.0), (False, 100.3)):
            kiosk.say(t="output", name="spiral1", on=on, at=at)
        await one.until(one.box.lamps.pulses)
        await one.until(lambda: not one.box.lamps.lit())
        assert [pulse.milliseconds for pulse in one.box.lamps.pulses()] == [300]

    play(story)


def test_every_lamp_drops_when_the_kiosk_is_gone(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        kiosk = await one.kiosk()
        kiosk.say(t="output", name="spiral1", on=True)
        await one.until(one.box.lamps.lit)
        await kiosk.hang_up()
        await one.box.until_gone()
        (pulse,) = one.box.lamps.pulses()
        assert pulse.was_cut

    play(story)


def test_what_is_unplugged_stays_so_for_the_next_kiosk(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        one.box.unplug("panel", "no cable")
        kiosk = await one.kiosk()
        await kiosk.hear()
        assert await kiosk.hear() == {"t": "trouble", "part": "panel", "reason": "no cable"}
        kiosk.say(**picture("unseen", number=1))
        kiosk.say(t="output", name="spiral1", on=True)
        await one.until(one.box.lamps.lit)
        one.box.plug_in("panel")
        assert await kiosk.hear() == {"t": "heal", "part": "panel"}
        kiosk.say(**picture("seen", number=2))
        assert await kiosk.hear() == {"t": "shown", "n": 2}

    play(story)


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b'{"t":"panel","n":1,"size":[128,64],"mode":"1","pixels":"AAAA"}\n',
        b'{"t":"coffee"}\n',
        b"x" * 70_000 + b"\n",
    ],
)
def test_a_line_that_makes_no_sense_ends_the_connection(play: Callable[[Story_], None], line: bytes) -> None:
    async def story(one: Bench) -> None:
        kiosk = await one.kiosk()
        await kiosk.hear()
        kiosk.writer.write(line)
        assert await kiosk.hear() is None
        await one.box.until_gone()

    play(story)


def test_what_the_inputs_are_comes_with_the_boot_and_every_touch_after_it(
    play: Callable[[Story_], None],
) -> None:
    async def story(one: Bench) -> None:
        one.box.touch("car", active=True)
        kiosk = await one.kiosk()
        assert (await kiosk.hear())["inputs"] == {"car": True}
        one.box.touch("car", active=False)
        assert await kiosk.hear() == {"t": "input", "name": "car", "active": False}
        await kiosk.hang_up()
        await one.box.until_gone()
        assert (await one.greeting())["inputs"] == {"car": False}

    play(story)


def test_a_tune_is_heard_for_a_while(play: Callable[[Story_], None]) -> None:
    async def story(one: Bench) -> None:
        kiosk = await one.kiosk()
        assert one.box.heard(60.0) is None
        kiosk.say(t="sound", name="paid", notes=[[2700, 90], [0, 60]])
        await one.until(lambda: one.box.heard(60.0))
        heard = one.box.heard(60.0)
        assert heard
        assert (heard.name, heard.notes) == ("paid", ((2700, 90), (0, 60)))
        assert one.box.heard(0.0) is None

    play(story)
