"""``avgraph pull wikidata`` in a process of its own, against a real server behind one that fails now and then."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from conftest import Run
from wikidata_shaped import ITEMS, MR_HUBLOT, Fault, Flaky, forwarded_to, serving_wikidata, wikidata_turtle

WORKS = [item for item, about in ITEMS.items() if any(c[0] in ("P57", "P449") for c in about.claims)]


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    """Address of an Oxigraph server filled with Wikidata-shaped data."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("the oxigraph server is not installed (avgraph[dev])")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "serve", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    headers = {"Content-Type": "text/turtle"}
    load = Request(f"http://127.0.0.1:{port}/store?default", wikidata_turtle().encode(), headers, method="POST")
    deadline = time.monotonic() + 30
    try:
        while True:
            try:
                urlopen(load, timeout=30).close()
                break
            except URLError:
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def flaky(oxigraph: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flaky]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "AVGRAPH_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    with serving_wikidata(forwarded_to(oxigraph)) as server:
        yield server


@pytest.fixture
def space(avgraph: Run, tmp_path: Path) -> Path:
    assert avgraph("init", tmp_path / "space").returncode == 0
    return tmp_path / "space"


def arguments(flaky: Flaky, space: Path, *more: str) -> list[str]:
    works = ",".join(WORKS)
    return ["pull", "wikidata", "-g", str(space), "--works", works, "--endpoint", flaky.url, "--pause", "0.05", *more]


def test_a_pull_over_a_bad_line_ends_in_the_graph(avgraph: Run, flaky: Flaky, space: Path) -> None:
    flaky.faults = [Fault(429, {"Retry-After": "1"}), None, Fault(cut=True), Fault(504), None]
    done = avgraph(*arguments(flaky, space, "--contact", "me@example.org"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"works: {len(WORKS)} items for {len(WORKS)} asked about\n")
    assert "me@example.org" in flaky.headers[0]["User-Agent"]
    assert flaky.times[1] - flaky.times[0] >= 1.0
    assert flaky.most_open == 1
    built = avgraph("build", space, "--json")
    assert built.returncode == 0, built.stderr
    shown = avgraph("show", f"wikidata:{MR_HUBLOT}", "-g", space)
    assert "Alexandre Espigares" in shown.stdout
    assert "records/wikidata/works.tsv" in shown.stdout


def wait_for_sleep(pid: int) -> None:
    """Wait until a process waits for its answer.

    Python notices a signal that comes just before a blocking read only after it.
    """
    state = Path(f"/proc/{pid}/stat")
    n_asleep = 0
    deadline = time.monotonic() + 30
    while state.exists() and n_asleep < 4:
        assert time.monotonic() < deadline
        n_asleep = n_asleep + 1 if state.read_text().rpartition(")")[2].split()[0] == "S" else 0
        time.sleep(0.1)


def test_an_interrupted_pull_goes_on_where_it_was(avgraph: Run, flaky: Flaky, space: Path) -> None:
    flaky.judge = lambda query: Fault(delay_s=30) if "ExternalId" in query else None
    command = [sys.executable, "-c", "from avgraph.cli import main; main()", *arguments(flaky, space)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    deadline = time.monotonic() + 60
    while not any("ExternalId" in query for query in flaky.queries):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    wait_for_sleep(process.pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said
    answered = [query for query in flaky.queries if "ExternalId" not in query]
    flaky.judge = lambda query: None
    flaky.queries.clear()
    done = avgraph(*arguments(flaky, space))
    assert done.returncode == 0, done.stderr
    assert not set(flaky.queries) & set(answered)


def test_a_dry_run_asks_nothing(avgraph: Run, flaky: Flaky, space: Path) -> None:
    done = avgraph(*arguments(flaky, space, "--dry-run"))
    assert done.returncode == 0
    assert done.stdout.startswith("PREFIX wd:")
    assert "# 3 requests are known of" in done.stdout
    assert flaky.queries == []


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--endpoint", "https://me:secret@example.org/sparql"], 3, "holds a user name or password"),
        (["--language", "english!"], 2, "no list of language codes"),
        (["--people", "Ada Lovelace"], 2, "neither an id nor a file: 'Ada'"),
        (["--companies", "all"], 3, "nothing is built there yet"),
    ],
)
def test_what_cannot_be_asked_is_told(
    avgraph: Run, flaky: Flaky, space: Path, more: list[str], code: int, said: str
) -> None:
    done = avgraph(*arguments(flaky, space, *more))
    assert done.returncode == code
    assert said in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
    assert flaky.queries == []
