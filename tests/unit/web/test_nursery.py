"""Processes that are copies of one that has loaded what they need."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Iterator

import pytest

from avgraph.web.nursery import Child, Nursery

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are not copied there")

# Of the standard library, and loaded by nothing of avgraph.
_LATER = "antigravity"


def say(word: str, pipe: socket.socket) -> None:
    """Say a word, its process, and whether a module is loaded; then wait to be ended."""
    pipe.sendall(f"{word} {os.getpid()} {_LATER in sys.modules}\n".encode())
    pipe.recv(1)


def fail(_: str, pipe: socket.socket) -> None:
    raise ValueError("on purpose")


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nursery]:
    monkeypatch.setenv("BROWSER", "true")  # the module opens one when it is loaded
    found = Nursery(say)
    yield found
    found.close()


def made(nursery: Nursery, word: str) -> tuple[Child, list[str], socket.socket]:
    ours, theirs = socket.socketpair()
    ours.settimeout(60)
    with theirs:
        child = nursery.make((word,), theirs)
    return child, ours.makefile().readline().split(), ours


def test_a_child_runs_the_function_and_is_gone_when_it_was_ended(nursery: Nursery) -> None:
    child, said, ours = made(nursery, "here")
    assert said == ["here", str(child.pid), "False"]
    assert is_there(child.pid)
    child.step_back()
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == 19
    child.kill()
    child.wait()
    assert not is_there(child.pid)
    assert ours.recv(1) == b""
    ours.close()
    child.kill()  # once more does nothing


def test_children_end_when_nobody_speaks_to_them(nursery: Nursery) -> None:
    child, _, ours = made(nursery, "here")
    ours.close()
    child.wait()
    assert not is_there(child.pid)


def test_what_is_loaded_is_there_in_the_next_child(nursery: Nursery) -> None:
    nursery.load([_LATER])
    child, said, ours = made(nursery, "later")
    assert said[2] == "True"
    ours.close()
    child.wait()


def test_a_nursery_that_was_ended_is_begun_anew_with_what_it_had_loaded(nursery: Nursery) -> None:
    others = set(multiprocessing.active_children())  # of other tests
    first, _, ours = made(nursery, "one")
    nursery.load([_LATER])
    (nest,) = set(multiprocessing.active_children()) - others
    assert nest.pid
    os.kill(nest.pid, signal.SIGKILL)
    nest.join()
    assert is_there(first.pid)  # works on
    second, said, other = made(nursery, "two")
    assert (said[0], said[2]) == ("two", "True")
    for child, pipe in ((first, ours), (second, other)):
        pipe.close()
        child.kill()
        child.wait()


def test_a_child_that_fails_ends() -> None:
    nursery = Nursery(fail)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = nursery.make(("x",), theirs)
        theirs.close()
        assert ours.recv(1) == b""
    child.wait()
    assert not is_there(child.pid)
    nursery.close()
