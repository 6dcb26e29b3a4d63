"""How a served graph bears a crowd, and how many requests it answers in a second beside Oxigraph's own server.

Run it with ``python benchmarks/serving.py``; a workspace of about a million quads is written by `workspace_data` and
built, unless `--workspace` names one that is built already. Clients are connections of one process on this machine, so
that they share its processors with the server; each sends its next request when its last is answered.

The crowd (`--only crowd`): pages, named queries and SPARQL, mixed. The n-th of the entities, those with most claims
first, is asked for 1/n as often as the first (Zipf's law, as page views are); so are sets of values of named queries.
One run begins with nothing worked out or kept, a second follows it, and in that there are queries that would run for
ever. Told are the status codes and the times of good requests, what became of those without end, and the memory of all
processes of the server.

The rate (`--only rate`): the same SPARQL queries, sent to ``avgraph serve`` and to ``oxigraph serve-read-only`` on the
same quads in turn. Each request has a comment of its own, so that no answer is a kept one; a third round sends equal
texts, whose answers may be kept.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph
from measuring import proportional_mib
from queries import Values, p95
from workspace_data import write_workspace

from avgraph.build import build_workspace
from avgraph.graph.backend import OxigraphBackend
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.knowledge.directory import Directory
from avgraph.queries import named_queries
from avgraph.workspace import Workspace

T = TypeVar("T")
GOAL_P95_MS = 300
GOAL_RATIO = 0.8
_ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c != ?i) }"
_LOOKUPS = (
    "SELECT ?p ?o { <%s> ?p ?o }",
    "SELECT ?s ?p { ?s ?p <%s> } LIMIT 50",
    "SELECT ?label { <%s> rdfs:label ?label }",
    "ASK { ?claim ?role <%s> }",
)
_PREFIXES = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


@dataclass(frozen=True)
class Request:
    """A request, and which of several kinds it is."""

    kind: str
    sent: bytes


@dataclass
class Told:
    """What clients were told: milliseconds of good requests by kind, and all status codes."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def all_ms(self) -> list[float]:
        """The times of all requests."""
        return [value for values in self.ms.values() for value in values]


def get(kind: str, path: str, accept: str = "text/html") -> Request:
    """Return a request for a page or data."""
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nAccept-Encoding: gzip\r\n\r\n"
    return Request(kind, head.encode())


def query(kind: str, path: str, sparql: str) -> Request:
    """Return a request that posts a query."""
    body = urlencode({"query": sparql}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/sparql-results+json\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Request(kind, head.encode() + body)


class _Popular(Generic[T]):
    """Values of which the n-th is drawn 1/n as often as the first."""

    def __init__(self, values: list[T], chance: random.Random) -> None:
        self._values = values
        self._chance = chance
        self._weights = list(accumulate(1 / n for n in range(1, len(values) + 1)))

    def draw(self) -> T:
        """Return one."""
        return self._chance.choices(self._values, cum_weights=self._weights)[0]


class Crowd:
    """What people and programs ask of a graph, drawn by chance.

    Parameters
    ----------
    kg
        The graph.
    chance
        Draws.
    """

    def __init__(self, kg: KnowledgeGraph, chance: random.Random) -> None:
        assert kg.snapshot is not None
        self._chance = chance
        rows = Directory(kg.snapshot).table.select("entity", "label").rows()  # those with most claims first
        self._entities = _Popular(rows, chance)
        self._articles = [row["path"] for row in kg.sources() if row["kind"] == "article"]
        values = Values(kg)
        self.named = [(named, values.of(named)) for named in named_queries()]
        spans = [(since, since + n) for n in (5, 10, 3, 1) for since in range(2015, 1980, -1)]
        self._years = _Popular([(), *spans], chance)
        self._asked = [(named, _Popular(sets, chance)) for named, sets in self.named]

    def path_of(self, iri: str) -> str:
        """Return the path of an entity within ``/page`` and ``/data``: the kind and the name in its IRI."""
        return "/".join(iri.rsplit("/", 2)[-2:])

    def __iter__(self) -> Iterator[Request]:
        makers: list[Callable[[], Request]] = [
            *[self._entity] * 6, *[self._search] * 4, *[self._article] * 3, self._conflicts, self._network, self._data,
            *[self._named] * 8, *[self._lookup] * 8,
        ]  # fmt: skip
        while True:
            yield self._chance.choice(makers)()

    def _entity(self) -> Request:
        return get("page of an entity", f"/page/{quote(self.path_of(self._entities.draw()[0]))}")

    def _search(self) -> Request:
        words = self._entities.draw()[1].split()
        return get("search", "/search?" + urlencode({"q": self._chance.choice(words)}))

    def _article(self) -> Request:
        return get("page of an article", f"/page/source/{quote(self._chance.choice(self._articles))}")

    def _conflicts(self) -> Request:
        return get("conflicts", f"/conflicts?page={self._chance.randint(1, 5)}")

    def _network(self) -> Request:
        years = self._years.draw()
        return get("network", "/network/company" + (f"?from={years[0]}&until={years[1]}" if years else ""))

    def _data(self) -> Request:
        path = f"/data/{quote(self.path_of(self._entities.draw()[0]))}"
        return get("data of an entity", path, "text/turtle")

    def _named(self) -> Request:
        named, sets = self._chance.choice(self._asked)
        ending = self._chance.choice(("", ".json", ".csv"))
        accept = {"": "text/html", ".json": "application/json", ".csv": "text/csv"}[ending]
        return get("named query", f"/queries/{named.name}{ending}?{urlencode(sets.draw())}", accept)

    def _lookup(self) -> Request:
        text = self._chance.choice(_LOOKUPS) % self._entities.draw()[0]
        return query("SPARQL", "/sparql", _PREFIXES + text)


async def ask(
    place: tuple[str, int], requests: Iterator[Request], until: float, told: Told, pause_s: float = 0.0
) -> None:
    """Send requests over one connection, one after another, as long as there is time, with pauses of some mean."""
    chance = random.Random()
    reader, writer = await asyncio.open_connection(*place, limit=1 << 20)
    for request in requests:
        if time.perf_counter() >= until:
            break
        began = time.perf_counter()
        writer.write(request.sent)
        status = await _answered(reader)
        told.statuses[status] += 1
        told.ms[request.kind].append((time.perf_counter() - began) * 1000)
        if pause_s:
            await asyncio.sleep(chance.expovariate(1 / pause_s))
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _answered(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if "transfer-encoding: chunked" in head:
        while n_bytes := int(await reader.readline(), 16):
            await reader.readexactly(n_bytes + 2)
        await reader.readline()
    elif "content-length: " in head:
        await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0]))
    return int(head.split(" ", 2)[1])


@contextmanager
def started(command: list[str | Path], place: tuple[str, int] | None) -> Iterator[tuple[tuple[str, int], int]]:
    """Start a server; yield where it listens and the number of its process."""
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield place or _place_of(process), process.pid
        finally:
            process.terminate()


def _place_of(process: subprocess.Popen[bytes]) -> tuple[str, int]:
    assert process.stdout is not None
    text = b""
    for line in process.stdout:
        text += line
        if line.startswith(b"}"):
            parts = urlsplit(json.loads(text)["listening"])
            return parts.hostname or "", parts.port or 0
    raise SystemExit(f"the server did not start: {text.decode()}")


def serve(root: Path, *options: str) -> list[str | Path]:
    """Return the command that serves a workspace."""
    main = "from avgraph.cli import main; main()"
    return [sys.executable, "-c", main, "serve", root, "--port", "0", "--json", *options]


async def crowd(
    place: tuple[str, int], pid: int, requests: Iterator[Request], arguments: argparse.Namespace, n_endless: int
) -> bool:
    """Let clients ask; print what they were told, and return whether the goals are met."""
    told, endless, memory = Told(), Told(), [proportional_mib(pid)]
    began = time.perf_counter()
    until = began + arguments.seconds
    clients = [
        asyncio.create_task(ask(place, requests, until, told, arguments.pause)) for _ in range(arguments.clients)
    ]
    await asyncio.sleep(min(5, arguments.seconds / 4))
    runaways = [
        asyncio.create_task(ask(place, iter([query("endless", "/sparql", f"{_ENDLESS} #{i}")]), until, endless))
        for i in range(n_endless)
    ]
    while time.perf_counter() < until:
        await asyncio.sleep(1)
        memory.append(proportional_mib(pid))
    await asyncio.gather(*clients, *runaways)
    took_s = time.perf_counter() - began
    print(f"\n{arguments.clients} clients, {took_s:.0f} s, {n_endless} queries without end")
    print(f"{'kind':<22}{'requests':>10}{'median ms':>11}{'p95':>9}{'p99':>9}{'longest':>9}")
    for kind, values in [*sorted(told.ms.items()), ("all", told.all_ms)]:
        ordered = sorted(values)
        p50, p99 = ordered[len(ordered) // 2], ordered[math.ceil(0.99 * len(ordered)) - 1]
        print(f"{kind:<22}{len(values):>10,}{p50:>11.1f}{p95(values):>9.1f}{p99:>9.1f}{ordered[-1]:>9.1f}")
    print(f"{len(told.all_ms) / took_s:,.0f} requests/s; status codes: {dict(told.statuses)}")
    if ends := sorted(endless.all_ms):
        print(
            f"without end: status codes {dict(endless.statuses)}, after {ends[0] / 1000:.1f} to {ends[-1] / 1000:.1f} s"
            f" (time-out {arguments.timeout} s)"
        )
    parts = [memory[at : at + 10] for at in range(0, len(memory), 10)]
    print("most memory in each 10 s, MiB, shared pages once: " + ", ".join(f"{max(part):,.0f}" for part in parts))
    is_good = not any(status >= 400 for status in told.statuses) and set(endless.statuses) <= {504, 422}
    is_quick = p95(told.all_ms) <= GOAL_P95_MS
    print(f"good requests all answered, those without end ended: {is_good}; p95 within {GOAL_P95_MS} ms: {is_quick}")
    return is_good and is_quick


def texts(kg: KnowledgeGraph, chance: random.Random) -> tuple[list[str], list[str]]:
    """Return named queries, each with one set of values, and lookups of entities."""
    crowd_ = Crowd(kg, chance)
    assert kg.snapshot is not None
    entities = kg.snapshot.table("entities")["entity"].to_list()
    return (
        [kg.sparql(named, **chance.choice(sets)) for named, sets in crowd_.named],
        [_PREFIXES + chance.choice(_LOOKUPS) % chance.choice(entities) for _ in range(100)],
    )


def endlessly(path: str, asked: list[str], *, is_each_new: bool) -> Iterator[Request]:
    """Yield requests of queries in an order by chance, with a comment of its own each or as they are."""
    chance, n = random.Random(11), 0
    while True:
        for text in chance.sample(asked, len(asked)):
            n += 1
            yield query("SPARQL", path, f"{text}\n# {n}" if is_each_new else text)


async def rate(place: tuple[str, int], requests: Iterator[Request], n_clients: int, seconds: float) -> Told:
    """Return what clients were told in some seconds."""
    told = Told()
    until = time.perf_counter() + seconds
    await asyncio.gather(*(ask(place, requests, until, told) for _ in range(n_clients)))
    return told


def n_rows(place: tuple[str, int], path: str, text: str) -> int | bool:
    """Return how many rows an answer has, or what ASK answers."""
    connection = http.client.HTTPConnection(*place, timeout=120)
    headers = {"Accept": "application/sparql-results+json", "Content-Type": "application/sparql-query"}
    connection.request("POST", path, text.encode(), headers)
    found = json.loads(connection.getresponse().read())
    connection.close()
    return found["boolean"] if "boolean" in found else len(found["results"]["bindings"])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workspace", type=Path, help="a workspace that is built; without it one is made")
    parser.add_argument("--only", choices=("crowd", "rate"))
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--runaways", type=int, default=10)
    parser.add_argument("--timeout", type=int, default=30)
    parser.add_argument("--pause", type=float, default=0.0, help="mean seconds between an answer and the next request")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = arguments.workspace
        if root is None:
            root = Path(folder) / "workspace"
            write_workspace(root, 1300, 1000, 40)
            build_workspace(Workspace.load(root))
        kg = open_graph(root)
        assert kg.snapshot is not None
        print(f"{kg.snapshot.manifest['quads']['count']:,} quads")
        if arguments.only != "rate":
            with started(serve(root, "--timeout", str(arguments.timeout)), None) as (place, pid):
                requests = iter(Crowd(kg, random.Random(7)))
                for n_endless in (0, arguments.runaways):
                    asyncio.run(crowd(place, pid, requests, arguments, n_endless))
                time.sleep(5)
                print(f"memory five seconds after: {proportional_mib(pid):,.0f} MiB")
        if arguments.only != "crowd":
            compare(root, Path(folder), kg, arguments)


def compare(root: Path, folder: Path, kg: KnowledgeGraph, arguments: argparse.Namespace) -> None:
    """Print how many queries each server answers in a second, in turn."""
    quads, store = folder / "quads.nq", folder / "oxigraph"
    assert isinstance(kg.backend, OxigraphBackend)
    kg.backend.store.dump(str(quads), format=pyoxigraph.RdfFormat.N_QUADS)
    oxigraph = Path(sys.executable).with_name("oxigraph")
    subprocess.run([oxigraph, "load", "--location", store, "--file", quads], check=True, capture_output=True)
    named, lookups = texts(kg, random.Random(5))
    peer_place = ("127.0.0.1", 7897)
    peer = [oxigraph, "serve-read-only", "--location", store, "--union-default-graph", "--bind", "127.0.0.1:7897"]
    with started(serve(root), None) as (place, _), started(peer, peer_place):
        time.sleep(3)
        for what, asked in (("named queries and lookups", named + lookups), ("lookups alone", lookups)):
            differ = [text for text in asked if n_rows(place, "/sparql", text) != n_rows(peer_place, "/query", text)]
            print(f"\n{len(asked)} {what}, {arguments.clients} clients; answers of another length: {len(differ)}")
            in_turn(place, peer_place, asked, arguments)


def in_turn(
    place: tuple[str, int], peer_place: tuple[str, int], asked: list[str], arguments: argparse.Namespace
) -> None:
    """Print how many of some queries each server answers in a second."""
    print(f"{'server':<34}{'round':>6}{'requests/s':>12}{'p95 ms':>9}  status codes")
    rates: dict[str, list[float]] = defaultdict(list)
    for number in range(1, arguments.rounds + 1):
        for name, at, path, is_new in (
            ("oxigraph serve-read-only", peer_place, "/query", True),
            ("avgraph serve", place, "/sparql", True),
            ("avgraph serve, equal texts", place, "/sparql", False),
        ):
            requests = endlessly(path, asked, is_each_new=is_new)
            began = time.perf_counter()
            told = asyncio.run(rate(at, requests, arguments.clients, arguments.seconds / arguments.rounds))
            rates[name].append(len(told.all_ms) / (time.perf_counter() - began))
            print(
                f"{name:<34}{number:>6}{rates[name][-1]:>12,.0f}{p95(told.all_ms):>9.1f}  {dict(told.statuses)}",
                flush=True,
            )
    peers = sum(rates["oxigraph serve-read-only"])
    for name in ("avgraph serve", "avgraph serve, equal texts"):
        print(f"{name}: {sum(rates[name]) / peers:.2f} of oxigraph's rate (goal {GOAL_RATIO})")


if __name__ == "__main__":
    main()
