"""The broker's program: listens on the address and the port it is given, until its standard input ends.

It imports nothing of ours: it is started once for every world, and starting is all that takes time.
"""

import logging
import os
import sys
from threading import Thread
from typing import Final

from iotcore import Broker

LARGEST: Final = 256 * 1024
"""Bytes of a message: more than the kiosk says or reads, so that it must refuse what is too large itself."""
MOST: Final = 50
"""Clients; there are three, and whoever looks over their shoulders."""


def main() -> None:
    """Serve until the one who started us is gone."""
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)  # it calls every packet an error
    host, port = sys.argv[1], int(sys.argv[2])
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        Broker(port, host, max_payload_size=LARGEST, max_connections=MOST).run_forever()
    except OSError as error:
        sys.exit(str(error))


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        continue
    os._exit(0)


main()
