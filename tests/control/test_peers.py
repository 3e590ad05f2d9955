"""Who may command, and that it is the kernel who says so."""

import grp
import os
import pwd
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kiosk.control.peers import UNMAPPED, Credentials, allowed, credentials
from tests.control.desk import answer, serving

KIOSK, CREW = 987, 986
NOBODY = pwd.getpwnam("nobody").pw_uid

CALLER = """
import contextlib, os, socket, sys
os.setgroups([int(group) for group in sys.argv[2:]])
os.setgid(12345)
os.setuid(12345)
with socket.socket(socket.AF_UNIX) as caller:
    caller.connect(sys.argv[1])
    with contextlib.suppress(BrokenPipeError):  # turned away already
        caller.sendall(b'{"command":"ping"}\\n')
    sys.stdout.buffer.write(caller.recv(4096))
"""


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        (Credentials(0, frozenset({0})), "root"),
        (Credentials(KIOSK, frozenset()), f"user {KIOSK}"),
        (Credentials(NOBODY - 1, frozenset({7, CREW})), f"user {NOBODY - 1}"),
        (Credentials(UNMAPPED, frozenset({UNMAPPED, CREW})), f"somebody of group {CREW}"),
        (Credentials(12_345, frozenset({12_345})), ""),
        (Credentials(12_345, frozenset({0})), ""),
        (Credentials(UNMAPPED, frozenset({UNMAPPED})), ""),
        (Credentials(CREW, frozenset({KIOSK})), ""),
    ],
)
def test_root_the_kiosk_and_its_group_may_command(peer: Credentials, name: str) -> None:
    assert allowed(peer, KIOSK, CREW) == name


def test_the_group_of_root_is_no_crew() -> None:
    assert allowed(Credentials(12_345, frozenset({0})), 0, 0) == ""


def test_the_kernel_knows_the_other_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        found = credentials(ours)
    assert found.uid == os.geteuid()
    assert os.getegid() in found.groups


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can call as somebody else")
@pytest.mark.parametrize(("further", "answered"), [([], False), ([str(CREW)], True)])
def test_another_user_is_heard_only_as_a_member_of_the_group(
    further: list[str], answered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getegid", lambda: CREW)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "control"
        with serving(path) as inbox:
            path.chmod(0o666)  # as if the file's own mode had let it through
            words = [sys.executable, "-I", "-S", "-c", CALLER, str(path), *further]
            caller = subprocess.Popen(words, stdout=subprocess.PIPE)
            if answered:
                asked = inbox.asked()
                assert asked.peer == "user 12345"
                answer(asked)
            told, _ = caller.communicate(timeout=30)
            assert inbox.is_empty()
    assert (b'"done"' in told, b'"not_allowed"' in told) == (answered, not answered)


def test_a_user_and_a_group_with_names_are_called_by_them() -> None:
    assert allowed(Credentials(NOBODY, frozenset()), NOBODY, CREW) == "nobody"
    first = grp.getgrall()[1]
    peer = Credentials(UNMAPPED, frozenset({first.gr_gid}))
    assert allowed(peer, KIOSK, first.gr_gid) == f"somebody of {first.gr_name}"
