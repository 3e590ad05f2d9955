"""A stand-in for the kiosk: a program of its own that speaks the box's protocol and does what it is told.

Its words: the socket, then any of `lamp` (switches spiral1 on and keeps it), `leave` (exits 0 when a key
comes), `fail` (exits 3 before it ever connects).
"""

import socket
import sys
import time


def main() -> None:
    path, *words = sys.argv[1:]
    sys.stderr.write("08:00:00 K501 started: stand-in\n")
    sys.stderr.flush()
    if "fail" in words:
        sys.stderr.write("08:00:00 K508 no panel: look at its cable\n")
        raise SystemExit(3)
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)
        incoming = link.makefile()
        sys.stderr.write(f"boot {incoming.readline()}")
        sys.stderr.flush()
        if "lamp" in words:
            link.sendall(b'{"t":"output","name":"spiral1","on":true}\n')
        while "leave" in words:
            if '"key"' in incoming.readline():
                return
        time.sleep(60)


main()
