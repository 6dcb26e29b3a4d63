"""The one who writes: changes are whole or nothing, are seen at once, and hold up no reader."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from avgraph.errors import StoreError
from avgraph.graph.answering import DatasetChoice
from avgraph.web.asked import answer_query
from avgraph.web.pool import Pool
from avgraph.web.worker import Task
from avgraph.web.writing import Writer, delete_graph, put_graph, run_update
from web_tasks import crash, open_pool

T = TypeVar("T")
BASE = "http://localhost/sparql"
ENDLESS = "INSERT { <urn:x-a:n> <urn:x-a:p> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } }"
#: Long enough to be noticed, short enough to wait for.
SLOW = "INSERT { <urn:x-a:n> <urn:x-a:p> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } }"


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 120))


@asynccontextmanager
async def open_writer(path: Path, **limits: float) -> AsyncIterator[tuple[Pool, Writer]]:
    async with open_pool(path, **limits) as pool:
        writer = Writer(path / "served", None, pool)
        await writer.start()
        try:
            yield pool, writer
        finally:
            await writer.close()


def update(sparql: str) -> Task:
    return Task(run_update, (sparql, DatasetChoice(), BASE))


def put(turtle: str, graph: str | None = "urn:x-a:g", *, replace: bool = True) -> Task:
    return Task(put_graph, (graph, ((turtle.encode(), "text/turtle"),), BASE, replace))


async def count(pool: Pool) -> int:
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    reply = await pool.run(Task(answer_query, (text, "application/json", DatasetChoice())), "reader")
    assert reply.status == 200, reply.body
    return int(json.loads(reply.body)["results"]["bindings"][0]["n"]["value"])


def many(n: int) -> str:
    return " ".join(f"<urn:x-a:{i}> <urn:x-a:p> {i} ." for i in range(n))


def test_a_change_is_seen_when_it_is_told_to_be_done(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_writer(tmp_path) as (pool, writer):
            assert await count(pool) == 0
            for n in range(1, 6):
                assert (await writer.run(update(f"INSERT DATA {{ <urn:x-a:s> <urn:x-a:p> {n} }}"))).status == 204
                assert await count(pool) == n
            assert (await writer.run(put(many(3)))).status == 201
            assert await count(pool) == 8
            assert (await writer.run(put(many(2)))).status == 204
            assert await count(pool) == 7
            assert (await writer.run(put("<urn:x-a:s> <urn:x-a:p> 77 .", replace=False))).status == 200
            assert await count(pool) == 8
            assert (await writer.run(Task(delete_graph, ("urn:x-a:g",)))).status == 200
            assert await count(pool) == 5
            assert (await writer.run(Task(delete_graph, ("urn:x-a:g",)))).status == 404

    run(work())


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_writer(tmp_path) as (pool, writer):
            await writer.run(put(many(3)))
            content = pool.served.content
            failing = [
                put("<urn:x-a:s> <urn:x-a:p> 1 . nothing"),
                Task(put_graph, ("urn:x-a:g", ((many(9).encode(), "text/turtle"), (b"<", "text/turtle")), BASE, True)),
                Task(put_graph, ("no iri", ((b"", "text/turtle"),), BASE, True)),
                update("DROP GRAPH <urn:x-a:g> ; DROP GRAPH <urn:x-a:none>"),
                update("DROP GRAPH <urn:x-a:g> ; LOAD <http://localhost/x>"),
                update("DROP GRAPH <urn:x-a:g> ; INSERT DATA {"),
            ]
            for task in failing:
                assert (await writer.run(task)).status == 400
                assert await count(pool) == 3
            assert pool.served.content == content  # nothing has to be read anew

    run(work())


def test_a_change_that_takes_too_long_is_undone(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_writer(tmp_path, write_s=1.5) as (pool, writer):
            await writer.run(put(many(2000), None))
            assert (await writer.run(update(ENDLESS))).status == 504
            assert await count(pool) == 2000
            assert (await writer.run(Task(crash))).status == 422
            assert (await writer.run(put(many(1)))).status == 201
            assert await count(pool) == 2001

    run(work())


def test_readers_go_on_while_something_is_written(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_writer(tmp_path) as (pool, writer):
            await writer.run(put(many(1500), None))
            change = asyncio.ensure_future(writer.run(update(SLOW)))
            n_read = 0
            while not change.done():
                # The change may be seen a moment before it is told to be done.
                assert await count(pool) in (1500, 1501)
                n_read += 1
            assert n_read > 5
            assert (await change).status == 204

    run(work())


def test_a_reader_keeps_the_state_it_reads(tmp_path: Path) -> None:
    """Files of an old state are there for as long as somebody may open them, and not much longer."""

    async def work() -> None:
        async with open_writer(tmp_path, timeout_s=5) as (pool, writer):
            for n in range(4):
                await writer.run(put(many(n + 1)))
            states = tmp_path / "served" / "states"
            assert len(list(states.iterdir())) == 5
            await asyncio.to_thread(writer._forget, 0.0)
            assert [path.name for path in states.iterdir()] == [pool.served.content]
            assert await count(pool) == 4

    run(work())


def test_changes_come_one_after_the_other(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_writer(tmp_path) as (pool, writer):
            await writer.run(update("INSERT DATA { <urn:x-a:s> <urn:x-a:n> 0 }"))
            more = "DELETE { ?s ?p ?n } INSERT { ?s ?p ?m } WHERE { ?s ?p ?n BIND(?n + 1 AS ?m) }"
            replies = await asyncio.gather(*(writer.run(update(more)) for _ in range(10)))
            assert {reply.status for reply in replies} == {204}
            text = "ASK { <urn:x-a:s> <urn:x-a:n> 10 }"
            reply = await pool.run(Task(answer_query, (text, "application/json", DatasetChoice())), "")
            assert json.loads(reply.body)["boolean"] is True

    run(work())


def test_it_ends_at_once(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_writer(tmp_path, write_s=60) as (pool, writer):
            await writer.run(put(many(2000), None))
            long = asyncio.ensure_future(writer.run(update(ENDLESS)))
            waiting = asyncio.ensure_future(writer.run(put(many(1))))
            await asyncio.sleep(0.5)
            await asyncio.wait_for(writer.close(), 5)
            assert (await long).status >= 400
            assert (await waiting).status == 503
            assert await count(pool) == 2000

    run(work())


def test_one_folder_has_one_writer(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_writer(tmp_path) as (pool, writer):
            await writer.run(put(many(3)))
            other = Writer(tmp_path / "served", None, pool)
            with pytest.raises(StoreError, match="cannot be written"):
                await other.start()
            await other.close()
            assert await count(pool) == 3
            assert (await writer.run(put(many(4)))).status == 204

    run(work())
