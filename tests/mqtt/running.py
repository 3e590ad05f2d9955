"""Runs the kiosk of a folder with the [mqtt] table that lies beside its configuration in `mqtt.toml`.

`python tests/mqtt/running.py CONFIGURATION`
"""

import sys
from pathlib import Path

from kiosk.cli import main

if __name__ == "__main__":
    config = Path(sys.argv[1])
    own, _, _ = config.read_text().partition("\n[mqtt]\n")
    config.write_text(f"{own}\n[mqtt]\n{config.with_name('mqtt.toml').read_text()}")
    sys.exit(main(["run", "--config", str(config)]))
