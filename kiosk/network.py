"""Under which addresses this machine is in the network, for whoever stands before it with a laptop."""

import fcntl
import socket
import struct
from typing import Final

ADDRESS_OF: Final = 0x8915
"""SIOCGIFADDR of Linux: the interface's IPv4 address."""
LONGEST_NAME: Final = 15


def addresses() -> tuple[str, ...]:
    """Each interface that has an address but the loopback, such as `wlan0 192.168.1.23`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        found = [(name, _address(asking, name)) for _, name in socket.if_nameindex()]
    return tuple(f"{name} {address}" for name, address in found if address and name != "lo")


def _address(asking: socket.socket, name: str) -> str:
    question = struct.pack("256s", name.encode()[:LONGEST_NAME])
    try:
        answer = fcntl.ioctl(asking, ADDRESS_OF, question)
    except OSError:  # it has none, or this is no Linux
        return ""
    return socket.inet_ntoa(answer[20:24])
