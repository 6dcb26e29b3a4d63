"""What can be served and what cannot, and how a server begins and ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from serving import TOKEN, eventually, serving

Run = Callable[..., subprocess.CompletedProcess[str]]
SMALL = '<urn:x-a:s> <urn:x-a:p> "1" <urn:x-a:g> .\n'


def tree(pid: int) -> set[int]:
    """Return a process and all that it started."""
    children = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return {pid}.union(*(tree(int(child)) for of_thread in children for child in of_thread))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see processes")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@needs_proc
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_goes_on_after_its_end(tmp_path: Path, how: signal.Signals) -> None:
    with serving(tmp_path, writable=True) as server:
        assert server.query("ASK {}").status == 200
        processes = tree(server.process.pid)
        assert len(processes) >= 4  # the server, what copies workers, workers, the writer
        os.kill(server.process.pid, how)
        server.process.wait(20)
        assert eventually(lambda: not any(map(is_running, processes)))
        assert "Traceback" not in server.said()


@needs_proc
def test_work_that_nobody_waits_for_ends_itself(tmp_path: Path) -> None:
    (tmp_path / "many.nt").write_text("".join(f"<urn:x-a:{i}> <urn:x-a:p> <urn:x-a:o> .\n" for i in range(500)))
    with serving(tmp_path / "many.nt", "--timeout", "1") as server:
        processes = tree(server.process.pid)
        with pytest.raises(TimeoutError):
            server.ask("POST", "/sparql", ENDLESS, Content_Type="application/sparql-query", timeout_s=0.5)
        server.process.kill()
        server.process.wait()
        assert any(map(is_running, processes))
        assert eventually(lambda: not any(map(is_running, processes)), timeout_s=20)


def test_what_is_written_to_an_empty_folder_stays(tmp_path: Path) -> None:
    for n_before in range(2):
        with serving(tmp_path, writable=True) as server:
            assert len(list((tmp_path / ".avgraph" / "served" / "states").iterdir())) == 1
            assert len(server.rows("SELECT * { ?s ?p ?o }")) == n_before
            assert server.update(f"INSERT DATA {{ <urn:x-a:s> <urn:x-a:p> {n_before} }}").status == 204
            assert len(server.rows("SELECT * { ?s ?p ?o }")) == n_before + 1


def test_a_store_is_written_by_one_server(tmp_path: Path, avgraph: Run) -> None:
    with serving(tmp_path, writable=True) as server:
        assert server.update("INSERT DATA { <urn:x-a:s> <urn:x-a:p> 1 }").status == 204
        second = avgraph("serve", tmp_path, "--writable", "--port", "0")
        assert second.returncode == 3
        assert "does another server write it?" in second.stderr
        assert len(server.rows("SELECT * { ?s ?p ?o }")) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("absent",), "no workspace, snapshot, RDF file or endpoint there"),
        (("absent", "--writable"), "there is no such folder"),
        (("some.nq", "--writable"), "a file cannot be written by a server"),
        ((".", "--writable"), "something lies there that is no workspace"),
        (("broken.nq",), "not the RDF that its suffix tells"),
        (("space",), "nothing is built there yet"),
        (("some.nq", "--host", "192.0.2.1"), "cannot listen there"),
        (("some.nq", "--address", "films.example.org"), "give it as https://films.example.org"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "says",
)
def test_what_cannot_be_served_is_said(tmp_path: Path, avgraph: Run, options: tuple[str, ...], said: str) -> None:
    (tmp_path / "some.nq").write_text(SMALL)
    (tmp_path / "broken.nq").write_text("<urn:x-a:s>")
    (tmp_path / "space").mkdir()
    (tmp_path / "space" / "avgraph.toml").write_text('[workspace]\nname = "x"\n')
    told = avgraph("serve", *options, "--port", "0", cwd=tmp_path)
    assert told.returncode in (1, 2, 3)
    assert said in told.stderr
    assert told.stdout == ""
    assert "Traceback" not in told.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.nq", "some.nq", "space"]


def test_a_workspace_without_a_build_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "avgraph.toml").write_text('[workspace]\nname = "x"\n')
    with serving(tmp_path, writable=True) as server:
        told = {"Content_Type": "text/turtle", "Authorization": f"Bearer {TOKEN}"}
        assert server.ask("PUT", "/graph-store?graph=urn:x-a:g", "<urn:x-a:s> <urn:x-a:p> 1 .", **told).status == 201
        assert server.ask("GET", "/graph-store?graph=urn:x-a:g").status == 200
