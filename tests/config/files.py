"""A right configuration, to be spoilt one line at a time."""

from pathlib import Path

RIGHT = """\
kiosk = "K01"
environment = "production"
merchant = "Kopi Kita"
contact = "WA 0812-1111-2222"
gateways = ["midtrans"]
credentials = "CREDENTIALS"

[panel]
driver = "ssd1306"

[keypad]
driver = "matrix"
rows = [5, 6, 13, 19]
columns = [26, 20, 21]

[outputs.spiral1]
driver = "relay"
pin = 17
milliseconds = 500

[[slots]]
number = 1
name = "Kopi susu"
price = 12000
output = "spiral1"

[gateway.midtrans]
merchant_id = "G123456789"
nmid = "ID1020021181745"
"""

CANARY = "Mid-server-canary-0123456789"
"""A secret that must turn up nowhere."""


def store_secret(
    folder: Path, text: str = CANARY, name: str = "midtrans.server_key", mode: int = 0o600
) -> Path:
    """Put a credential into its directory."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def written(folder: Path, text: str = RIGHT, *changes: tuple[str, str]) -> Path:
    """Write a configuration with some of its text exchanged, its credential beside it."""
    store_secret(folder / "credentials")
    for old, new in changes:
        assert old in text, f"{old!r} is to be exchanged, and is not there"
        text = text.replace(old, new, 1)
    path = folder / "kiosk.toml"
    path.write_text(text.replace("CREDENTIALS", str(folder / "credentials")))
    return path
