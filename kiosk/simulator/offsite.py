"""What is far from the machine and speaks to it over MQTT: the broker, the office, the vending controller."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from msgspec import Struct

from kiosk.mqtt.broker import Broker
from kiosk.simulator.broker import BrokerProcess, kept_ports
from kiosk.simulator.cable import Cable
from kiosk.simulator.changes import Changes
from kiosk.simulator.controller import Controller
from kiosk.simulator.misfortunes import Bench
from kiosk.simulator.office import Office
from kiosk.simulator.serving import LOOPBACK
from kiosk.simulator.story import Story

CUT: Final = "The line between the kiosk and the broker was cut"
MENDED: Final = "The line between the kiosk and the broker was mended"


class Offsite(Struct, frozen=True):
    """The kiosk has the `cable` to the broker, the others lines of their own."""

    broker: BrokerProcess
    cable: Cable
    office: Office
    controller: Controller
    story: Story

    def cut_or_mend(self) -> None:
        """Cut the kiosk's line, or mend it."""
        self.story.tell("broker", MENDED if self.cable.is_cut else CUT)
        if self.cable.is_cut:
            self.cable.mend()
        else:
            self.cable.cut()


@asynccontextmanager
async def opened(story: Story, bench: Bench, changed: Changes) -> AsyncIterator[Offsite]:
    """All of it, running; raises KioskError where the broker does not start."""
    with kept_ports() as draw:
        async with BrokerProcess(story, draw) as process, Cable(process.port) as cable:
            broker = Broker(host=LOOPBACK, port=process.port, tls=False)
            office = Office(broker, story, bench, changed, time.time)
            controller = Controller(broker, story, bench, changed, time.time)
            try:
                yield Offsite(process, cable, office, controller, story)
            finally:
                await office.close()
                await controller.close()
