"""Who is at the other end of a UNIX socket, on the kernel's word, and whether it may command the machine."""

import grp
import pwd
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, TypeAlias

UNMAPPED: Final = 65534
"""What the kernel calls everybody whom the unit's `PrivateUsers=` hides; the groups still tell."""

SO_PEERGROUPS: Final = 59
MOST_GROUPS: Final = 256
_CREDENTIALS: Final = struct.Struct("iII")
_XUCRED: Final = struct.Struct("IIh2x16I")


class Credentials(NamedTuple):
    """The peer's user and every group it is in."""

    uid: int
    groups: frozenset[int]


Inspect: TypeAlias = Callable[[socket.socket], Credentials]


def credentials(connection: socket.socket) -> Credentials:
    """What the kernel knows of the peer since it connected; raises OSError where it is gone."""
    if sys.platform == "darwin":
        return _of_a_mac(connection)
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, gid = _CREDENTIALS.unpack(said)
    return Credentials(uid, frozenset({gid, *_further_groups(connection)}))


def allowed(peer: Credentials, user: int, group: int) -> str:
    """The name of a peer that may command: root, `user`, the members of `group`; "" for all others."""
    if peer.uid == 0:
        return "root"
    if peer.uid == user:
        return user_name(peer.uid)
    # root's own group is no crew; whoever is in it by accident asks with sudo
    if not group or group not in peer.groups:
        return ""
    return f"somebody of {_group(group)}" if peer.uid == UNMAPPED else user_name(peer.uid)


def _further_groups(connection: socket.socket) -> tuple[int, ...]:
    with suppress(OSError):  # an old kernel, or more groups than anybody has: the first group must do
        said = connection.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, 4 * MOST_GROUPS)
        return struct.unpack(f"{len(said) // 4}I", said)
    return ()


def _of_a_mac(connection: socket.socket) -> Credentials:
    """`LOCAL_PEERCRED` of `SOL_LOCAL`: a struct xucred."""
    said = connection.getsockopt(0, 1, _XUCRED.size)
    _, uid, count, *groups = _XUCRED.unpack(said)
    return Credentials(uid, frozenset(groups[: max(0, count)]))


def user_name(uid: int) -> str:
    """The name of a user as this machine knows it, or its number; at most 32 characters."""
    try:
        return pwd.getpwuid(uid).pw_name[:32]
    except KeyError:
        return f"user {uid}"


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name[:32]
    except KeyError:
        return f"group {gid}"
