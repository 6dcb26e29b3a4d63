"""Who is served next, and what happens to what takes long, crashes, or needs much memory."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from avgraph.web.worker import Task
from web_tasks import asked, crash, eat, echo, fail, has, looped, make, name, open_pool, wait

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 60))


def test_replies_of_all_sizes_come_back_whole(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            for n in (0, 1, 2, 65_000, 66_000, 250_000, 3_000_000):
                status, body, _ = await asked(pool, Task(echo, ("é" * n,)))
                assert (status, body.decode()) == (200, "é" * n)
            assert len((await asked(pool, Task(make, (2_000_000,))))[1]) == 2_000_000

    run(work())


def test_long_requests_do_not_hold_up_short_ones(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, quick_s=0.2, timeout_s=5) as pool:
            long = [asyncio.ensure_future(asked(pool, Task(wait, (2.0, f"long {i}")), f"l{i}")) for i in range(4)]
            await asyncio.sleep(0.1)
            status, body, took_s = await asked(pool, Task(echo, ("short",)))
            assert (status, body) == (200, b"short")
            assert took_s < 1.9  # four times 0.2 s for those before it, and starts of workers
            assert pool.n_long == 4
            assert [(status, body) for status, body, _ in await asyncio.gather(*long)] == [
                (200, f"long {i}".encode()) for i in range(4)
            ]
            assert pool.n_long == 0

    run(work())


def test_a_request_is_ended_after_its_time(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, timeout_s=1.0) as pool:
            status, body, took_s = await asked(pool, Task(wait, (30.0,)))
            assert status == 504
            assert b"1 seconds" in body
            assert 0.9 < took_s < 2.5
            assert (await asked(pool, Task(echo, ("on",))))[:2] == (200, b"on")

    run(work())


def test_more_long_ones_than_allowed_are_refused(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, quick_s=0.1, timeout_s=3, n_long=2) as pool:
            found = await asyncio.gather(*(asked(pool, Task(wait, (1.5,)), f"c{i}") for i in range(5)))
            assert sorted(status for status, _, _ in found) == [200, 200, 503, 503, 503]
            assert (await asked(pool, Task(echo, ("on",))))[0] == 200

    run(work())


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
def test_memory_is_bounded(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, max_memory_mib=200, quick_s=5, timeout_s=10) as pool:
            assert (await asked(pool, Task(eat, (100,))))[:2] == (200, str(100 * 2**20).encode())
            status, body, _ = await asked(pool, Task(eat, (300,)))
            assert status == 422
            assert b"200 MiB" in body
            assert (await asked(pool, Task(eat, (100,))))[0] == 200

    run(work())


def test_a_crash_is_told_and_others_go_on(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, n_workers=2) as pool:
            tasks = [Task(crash), *(Task(echo, (str(i),)) for i in range(6)), Task(crash)]
            found = await asyncio.gather(*(asked(pool, task) for task in tasks))
            assert [status for status, _, _ in found] == [422, *[200] * 6, 422]
            status, body, _ = await asked(pool, Task(fail))
            assert status == 500
            assert b"secret" not in body

    run(work())


def test_clients_are_served_in_turn(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            many = [pool.run(Task(looped, (str(tmp_path), "many")), "many") for _ in range(20)]
            few = [pool.run(Task(looped, (str(tmp_path), "few")), "few") for _ in range(3)]
            await asyncio.gather(*many, *few)

    run(work())
    order = (tmp_path / "began").read_text().split()
    assert [i for i, who in enumerate(order) if who == "few"] == [2, 4, 6]  # one of the many had begun


def test_what_is_quick_passes_by_what_is_slow_but_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            slow, quick = (Task(looped, (str(tmp_path), part), part) for part in ("slow", "quick"))
            pool.foreseen.learn(slow, 0.05)
            pool.foreseen.learn(quick, 0.001)
            monkeypatch.setattr(pool.foreseen, "learn", lambda *_: None)
            first = pool.run(Task(wait, (0.1,)), "a")
            waiting = [pool.run(slow, "a"), *(pool.run(quick, "a") for _ in range(3))]
            await asyncio.gather(first, *waiting)
            stream = [pool.run(Task(wait, (0.1,)), "a"), pool.run(slow, "a")]
            for _ in range(40):  # quick ones come without end
                stream.append(pool.run(quick, "a"))
                stream.append(pool.run(quick, "a"))
                await asyncio.sleep(0.03)
            await asyncio.gather(*stream)

    run(work())
    order = (tmp_path / "began").read_text().split()
    assert order[:4] == ["quick", "quick", "quick", "slow"]
    assert "quick" in order[4 + order[4:].index("slow") :]


def test_a_few_without_end_do_not_make_a_kind_slow(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            task = Task(echo, ("x",))
            for seconds in (*[0.002] * 20, *[30.0] * 5):
                pool.foreseen.learn(task, seconds)
            assert pool.foreseen.seconds(task) < 0.01
            for _ in range(60):
                pool.foreseen.learn(task, 30.0)
            assert pool.foreseen.seconds(task) > 1
            assert pool.foreseen.seconds(Task(echo, ("x",), "another part")) < 1

    run(work())


def test_workers_are_renewed_one_by_one_with_what_is_loaded(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, n_workers=2, timeout_s=10) as pool:
            before = {(await asked(pool, Task(name)))[1] for _ in range(6)}
            long = asyncio.ensure_future(asked(pool, Task(wait, (0.2, "done")), "b"))
            await asyncio.sleep(0.05)
            await pool.renew(["this"])
            assert (await long)[:2] == (200, b"done")  # it was not ended for that
            found = await asyncio.gather(*(asked(pool, Task(has, ("this",)), str(i)) for i in range(6)))
            assert {body for _, body, _ in found} == {b"True"}
            after = {(await asked(pool, Task(name)))[1] for _ in range(6)}
            assert not before & after

    run(work())


def test_a_client_fills_its_own_line_only(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, n_waiting=8, n_waiting_each=5) as pool:
            many = [asyncio.ensure_future(asked(pool, Task(wait, (0.1,)), "many")) for _ in range(10)]
            await asyncio.sleep(0)
            other = [asyncio.ensure_future(asked(pool, Task(echo, ("x",)), "other")) for _ in range(4)]
            found = [status for status, _, _ in await asyncio.gather(*many)]
            assert found == [200] * 6 + [503] * 4
            assert [status for status, _, _ in await asyncio.gather(*other)] == [200, 200, 200, 503]

    run(work())


def test_nobody_works_for_one_who_left(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            first = pool.run(Task(wait, (0.2,)), "a")
            left = pool.run(Task(looped, (str(tmp_path), "left")), "a")
            left.cancel()
            await first
            assert (await asked(pool, Task(echo, ("on",))))[0] == 200

    run(work())
    assert not (tmp_path / "began").exists()


def test_there_are_as_many_workers_as_there_should_be(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, n_workers=2, quick_s=0.1, timeout_s=0.6) as pool:
            for _ in range(2):  # those that go long, are late and crash at one time
                late = [Task(wait, (9.0,))] * 4
                await asyncio.gather(*(asked(pool, task, f"c{i}") for i, task in enumerate([*late, Task(crash)])))
                await asyncio.sleep(0.5)
            names = await asyncio.gather(*(asked(pool, Task(wait, (0.05,)), f"c{i}") for i in range(8)))
            assert {status for status, _, _ in names} == {200}
            seen = await asyncio.gather(*(asked(pool, Task(name), f"c{i}") for i in range(40)))
            assert len({body for _, body, _ in seen}) <= 2
            assert (len(pool._workers), len(pool._idle)) == (2, 2)

    run(work())


def test_another_graph_takes_its_place(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, quick_s=3) as pool:
            before = asyncio.ensure_future(asked(pool, Task(name)))
            await asyncio.sleep(0)
            pool.serve(replace(pool.served, content="two"))
            assert (await before)[1].endswith(b" one")
            assert (await asked(pool, Task(name)))[1].endswith(b" two")

    run(work())


def test_who_waits_when_it_ends_is_told(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            replies = [pool.run(Task(wait, (5.0,)), "a") for _ in range(3)]
            await asyncio.sleep(0.1)
            await pool.close()
            assert [(await reply).status for reply in replies] == [503, 503, 503]
            assert (await pool.run(Task(echo, ("x",)), "a")).status == 503

    run(work())
