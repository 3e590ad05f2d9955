"""docs/doctor.md: the real `kiosk doctor` in one machine after another, each broken in its own way.

python -m tests.docs.doctor_page    writes the page
"""

import io
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final, NamedTuple
from unittest.mock import patch

from msgspec.structs import replace

from hardware.line_info import Line
from kiosk import __version__, keyring
from kiosk.cli import doctor as command
from kiosk.config import load
from kiosk.control.standing import faults_in_words
from kiosk.doctor.disk import MIB
from kiosk.events import Part
from kiosk.journal import Journal, create
from tests.cli.daemon import STANDING, running
from tests.cli.sales import DELIVERED, STUCK, sell
from tests.config.files import RIGHT, written
from tests.doctor.place import Place
from tests.doctor.test_network import GRANTED, SIMULATED, WELCOME, WRONG_PASSWORD
from tests.mqtt.broker import Scripted
from tests.ports import deaf_port

PAGE: Final = Path(__file__).parents[2] / "docs" / "doctor.md"
WELL: Final = replace(
    STANDING, connected=True, outbox=0, state=replace(STANDING.state, slots=()), version=__version__
)
PINS: Final = (5, 6, 13, 19, 26, 20, 21, 17, 22)
CHANGING: Final = (
    (re.compile(r"it is \d{4}-\S+ \S+ \S+?(?=[, \n])"), "it is 2027-01-15 15:00:00 +0700"),
    (re.compile(r"Python [\d.]+\S*, \w+ [^,]+,"), "Python 3.13.5, Linux 6.12.47+rpt-rpi-v8,"),
    (re.compile(r"\b127\.0\.0\.1:\d+"), "broker.example:8883"),
    (re.compile(r"\b3(5[5-9]|6[0-4])\d s ahead"), "3600 s ahead"),
    (re.compile(r"its clock is [1-5]?\d s (ahead of|behind) ours"), "its clock is 0 s behind ours"),
)
"""What is another with every run, and on every machine."""


class Usage(NamedTuple):
    """What the system says of a disk."""

    free: int


class Patient:
    """A machine before the doctor comes; it is well, until a case changes something of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = Place(folder / "pi")
        self.place.lines = {pin: Line("lg", pin == 17) for pin in PINS}
        self.standing: object = WELL
        self.free = 25_600
        self.ahead = 0
        self.answer = (404, b'{"status_code":"404"}')
        self.broker: tuple[bytes, ...] | None = (WELCOME, GRANTED)
        self.spoils: list[tuple[str, str]] = []
        self.config = written(folder, TEXT.replace("FOLDER", str(folder)))
        create(folder / "state" / "journal.db", folder / "epoch")
        with Journal(folder / "state" / "journal.db", folder / "epoch") as journal:
            sell(journal, DELIVERED)

    def is_down(self, why: str = "failed") -> None:
        """The kiosk does not run, and holds no pin."""
        self.standing, self.place.lines = None, {}
        self.place.run.printed["systemctl"] = (
            f"LoadState=loaded\nActiveState={why}\nUnitFileState=enabled\nNRestarts=0\n"
        )

    def suffers(self, part: Part, reason: str) -> None:
        """The kiosk runs, and knows of a part that is bad."""
        codes = faults_in_words((), {part: reason})
        self.standing = replace(WELL, faults=codes)

    def loses_touch(self) -> None:
        """The kiosk runs, and the broker does not have it."""
        self.standing = replace(WELL, connected=False, outbox=3)


TEXT: Final = RIGHT.replace('driver = "ssd1306"', 'driver = "ssd1327"').replace(
    "\n[panel]",
    'state = "FOLDER/state"\nmarker = "FOLDER/epoch"\ncontrol = "FOLDER/control"\n\n[panel]',
    1,
) + (
    '\n[inputs.drop]\ndriver = "gpio"\nrole = "drop"\npin = 22\nactive = "low"\n'
    '\n[mqtt]\nhost = "127.0.0.1"\nport = 1\ntls = false\n'
)


class Case(NamedTuple):
    """One machine: its heading, what to do about it, and how it was broken."""

    title: str
    remedy: str
    breaks: Callable[[Patient], object]


def _panel_loose(patient: Patient) -> None:
    patient.is_down("activating")
    patient.place.glass.address = -1


def _bus_off(patient: Patient) -> None:
    patient.is_down()
    (patient.place.folder / "dev" / "i2c-1").unlink()


def _pin_taken(patient: Patient) -> None:
    patient.is_down()
    patient.place.lines = {19: Line("i2s", is_output=True)}


def _no_secret(patient: Patient) -> None:
    patient.is_down()
    (patient.folder / "credentials" / "midtrans.server_key").unlink()


def _no_network(patient: Patient) -> None:
    patient.loses_touch()
    patient.answer, patient.broker = (0, b""), None


def _wrong_clock(patient: Patient) -> None:
    patient.ahead = 3600
    patient.place.run.printed["timedatectl"] = "no\n"


def _wrong_password(patient: Patient) -> None:
    patient.loses_touch()
    patient.broker = (WRONG_PASSWORD,)


def _worn(patient: Patient) -> None:
    patient.place.card({"type": "MMC", "name": "BJTD4R", "life_time": "0x0b 0x05", "pre_eol_info": "0x02"})
    patient.place.seconds = [0.41, 0.52, 2.2]


def _read_only(patient: Patient) -> None:
    patient.suffers(Part.JOURNAL, "attempt to write a readonly database")
    patient.place.mounted(str(patient.folder), "ext4", "ro,noatime")
    patient.place.seconds = OSError(30, "Read-only file system")


def _damaged(patient: Patient) -> None:
    patient.is_down("inactive")
    journal = patient.folder / "state" / "journal.db"
    journal.write_bytes(journal.read_bytes().replace(b'"item":"Kopi susu"', b'"item":"Kopi XuXu"'))


def _other_card(patient: Patient) -> None:
    patient.is_down("inactive")
    marker = patient.folder / "epoch"
    marker.write_text(marker.read_text().replace('"epoch":1', '"epoch":3'))


def _claim(patient: Patient) -> None:
    with Journal(patient.folder / "state" / "journal.db", patient.folder / "epoch") as journal:
        sell(journal, STUCK)


CASES: Final = (
    Case(
        "The panel is dark: a wire is loose",
        "Switch the Pi off, push the four wires in again, begin with SDA on pin 3.",
        _panel_loose,
    ),
    Case("The panel is dark: the bus is switched off", "Run the command that it names, restart.", _bus_off),
    Case(
        "The keypad is dead: something else has its pin",
        "An overlay for a sound card holds GPIO19: take it out of config.txt, restart.",
        _pin_taken,
    ),
    Case(
        "The relay is dead",
        "The relay board gets no current, or its wire is off: look at VCC and IN, then `kiosk test relay`.",
        lambda patient: patient.suffers(Part.OUTPUT, "relay on GPIO17 (header pin 11) does not obey"),
    ),
    Case(
        "A secret is missing",
        "Set it, then start the kiosk.",
        _no_secret,
    ),
    Case(
        "The gateway does not take the key",
        "The key is another environment's or another merchant's: copy it anew from the gateway's page.",
        lambda patient: setattr(patient, "answer", (401, b'{"status_code":"401"}')),
    ),
    Case("There is no network", "Look at cable, router and SIM; the kiosk goes on by itself.", _no_network),
    Case(
        "The clock is wrong", "Let the Pi reach a time server (UDP port 123), or fit a clock.", _wrong_clock
    ),
    Case("The broker's password is wrong", "Set it with the two commands, then restart.", _wrong_password),
    Case(
        "The supply is too weak",
        "Change supply and cable, and give the motor a supply of its own, before the card suffers.",
        lambda patient: patient.place.run.printed.update(vcgencmd="throttled=0x50005\n"),
    ),
    Case("The card is worn out", "Copy it today; tomorrow it may take nothing more.", _worn),
    Case(
        "The card says that it keeps what it does not",
        "Change it: after a power cut the journal may be older than what was sold.",
        lambda patient: setattr(patient.place, "seconds", [0.000_04, 0.000_05, 0.003]),
    ),
    Case(
        "The disk has become read-only", "The kernel saw errors: read `dmesg`, change the card.", _read_only
    ),
    Case(
        "The disk is full",
        "Something else fills it, for the journal is bounded: find it with the command.",
        lambda patient: setattr(patient, "free", 12),
    ),
    Case(
        "The root is kept in memory",
        "An overlay root forgets everything: give the journal a partition of its own.",
        lambda patient: patient.place.mounted(str(patient.folder), "overlay", "rw"),
    ),
    Case(
        "The journal is damaged",
        "Copy it away; at the next start what can be read is taken over and people decide the rest.",
        _damaged,
    ),
    Case(
        "The card is another machine's, or an old copy",
        "Put the right card in. Only if it is lost for good: `kiosk journal accept-loss`.",
        _other_card,
    ),
    Case(
        "The configuration has a slip",
        "Correct the line that it names.",
        lambda patient: patient.spoils.append(("price = 12000", 'prise = "12000"')),
    ),
    Case("A customer waits for a decision", "Look at the story of that code, pay out, note it.", _claim),
)


def examined(patient: Patient) -> str:
    """What `kiosk doctor` prints in this machine, in the words of a Pi."""
    out = io.StringIO()
    with ExitStack() as stack:
        port = stack.enter_context(_gateway(patient))
        if patient.broker:
            lines = patient.broker
            _point(patient, stack.enter_context(Scripted(*lines)).port)
        other = patient.folder / "simulated"
        other.mkdir()
        base = 'merchant_id = "G123456789"'
        simulated = load(
            written(other, RIGHT, *SIMULATED, (base, f'{base}\nbase_url = "http://127.0.0.1:{port}"'))
        )
        opened = stack.enter_context(patch("kiosk.doctor.network.opened"))
        opened.side_effect = lambda _, name: keyring.opened(simulated, name)
        stack.enter_context(patch("kiosk.doctor.network.LISTENS", 0.05))
        stack.enter_context(patch("shutil.disk_usage", lambda _: Usage(patient.free * MIB)))
        for old, new in patient.spoils:
            patient.config.write_text(patient.config.read_text().replace(old, new))
        if patient.standing is not None:
            stack.enter_context(running(patient.config, standing=patient.standing))  # type: ignore[arg-type]  # one
        stack.enter_context(redirect_stdout(out))
        command.main(["--config", str(patient.config)], patient.place.around)
    return _in_words_of_a_pi(out.getvalue(), patient)


def _point(patient: Patient, port: int) -> None:
    patient.config.write_text(patient.config.read_text().replace("port = 1\n", f"port = {port}\n"))


@contextmanager
def _gateway(patient: Patient) -> Iterator[int]:
    status, body = patient.answer

    class Face(BaseHTTPRequestHandler):
        """Answers everything alike."""

        def do_GET(self) -> None:
            self.send_response_only(status)
            self.send_header("Date", formatdate(time.time() + patient.ahead, usegmt=True))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    if not status:
        with deaf_port() as port:
            yield port
        return
    with ThreadingHTTPServer(("127.0.0.1", 0), Face) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def _in_words_of_a_pi(text: str, patient: Patient) -> str:
    places = {
        "kiosk.toml": "/etc/qris-kiosk/kiosk.toml",
        "credentials": "/etc/qris-kiosk/credentials",
        "state": "/var/lib/qris-kiosk",
        "epoch": "/var/lib/qris-kiosk-marker/epoch",
        "control": "/run/qris-kiosk/control",
        "pi/dev": "/dev",
    }
    for name, real in places.items():
        text = text.replace(f"{patient.folder}/{name}", real)
    for form, name in CHANGING:
        text = form.sub(name, text)
    return text.replace(str(patient.folder), "/var/lib/qris-kiosk-marker")


def wrong(printed: str) -> str:
    """Without the lines of what is good."""
    lines = printed.splitlines()
    return "\n".join(line for line in lines if line and not line.startswith("good ")) + "\n"


def _seen(breaks: Callable[[Patient], object]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        patient = Patient(Path(folder))
        breaks(patient)
        return examined(patient)


def page() -> str:
    """The whole page."""
    healthy = _seen(lambda _: None)
    parts = [HEAD, f"```console\n$ sudo kiosk doctor\n{healthy}```\n", BETWEEN]
    for case in CASES:
        shown = wrong(_seen(case.breaks))
        parts.append(f"## {case.title}\n\n```text\n{shown}```\n\n{case.remedy}\n")
    return "\n".join(parts)


HEAD: Final = """\
# What `kiosk doctor` finds

This page is made by `scripts/doctor-examples`: the real program on one machine after another, whose devices,
kernel, card, gateway and broker are arranged. Every line is `good`, `doubtful` (it sells, but look at it) or
`BAD`, with the code under which [codes.md](codes.md) explains it; below it stands the next step. What comes
first is often why the rest is bad. It ends with `1` where anything is bad; `--json` says it to programs.

A kiosk that runs is asked through its control socket; its pins, panel and pad are not touched, and the kernel
says who holds a pin. The gateway is asked for its front page and about an order that never was; the broker is
called under the kiosk's name and told nothing. The disk keeps eight pages of a file that is gone afterwards.

## A healthy machine
"""
BETWEEN: Final = "Below are broken ones, each without its good lines.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
