"""Replies that are kept, named and packed."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from starlette.requests import Request
from starlette.responses import Response

from avgraph.web.pool import Pool
from avgraph.web.replies import PART_BYTES, Replies, client_of, response_of
from avgraph.web.worker import Task
from web_tasks import crash, echo, looped, make, name, open_pool, wait

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 60))


def get(method: str = "GET", client: str = "192.0.2.1", **headers: str) -> Request:
    told = [(name_.replace("_", "-").lower().encode(), value.encode()) for name_, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "headers": told, "client": (client, 5)})


async def sent(response: Response) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def receive() -> Any:
        raise AssertionError

    await response({"type": "http", "method": "GET", "headers": []}, receive, send)
    return messages


def n_begun(folder: Path) -> int:
    path = folder / "began"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_an_equal_request_is_worked_on_once(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, n_workers=2) as pool:
            replies = Replies(pool)
            task = Task(looped, (str(tmp_path), "x"))
            at_once = await asyncio.gather(*(replies.respond(get(client=f"192.0.2.{i}"), task) for i in range(20)))
            assert {response.status_code for response in at_once} == {200}
            assert n_begun(tmp_path) == 1
            later = await replies.respond(get(), Task(looped, (str(tmp_path), "x")))
            assert later.headers["ETag"] == at_once[0].headers["ETag"]
            assert n_begun(tmp_path) == 1
            await replies.respond(get(), Task(looped, (str(tmp_path), "y")))
            assert n_begun(tmp_path) == 2

    run(work())


def test_what_somebody_has_is_not_sent_again(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            replies = Replies(pool)
            first = await replies.respond(get(), Task(echo, ("x",)))
            assert (first.status_code, first.body) == (200, b"x")
            tag = first.headers["ETag"]
            for told in (tag, f'"a", {tag} , W/"b"', tag.removeprefix("W/")):
                again = await replies.respond(get(If_None_Match=told), Task(echo, ("x",)))
                assert (again.status_code, again.body, again.headers["ETag"]) == (304, b"", tag)
            for method, told in (("GET", '"a"'), ("GET", ""), ("POST", tag)):
                again = await replies.respond(get(method, If_None_Match=told), Task(echo, ("x",)))
                assert (again.status_code, again.body) == (200, b"x")
            other = await replies.respond(get(If_None_Match=tag), Task(echo, ("y",)))
            assert (other.status_code, other.body) == (200, b"y")

    run(work())


def test_another_graph_has_other_answers(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            replies = Replies(pool)
            first = await replies.respond(get(), Task(name))
            pool.serve(replace(pool.served, content="two"))
            second = await replies.respond(get(If_None_Match=first.headers["ETag"]), Task(name))
            assert second.status_code == 200
            assert bytes(second.body).endswith(b" two")
            assert second.headers["ETag"] != first.headers["ETag"]
            assert len(replies._kept) == 1
            pool.serve(replace(pool.served, content="one"))
            assert bytes((await replies.respond(get(), Task(name))).body).endswith(b" one")

    run(work())


def test_a_reply_that_comes_late_is_not_kept_for_the_next_graph(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, quick_s=5) as pool:
            replies = Replies(pool)
            coming = asyncio.ensure_future(replies.respond(get(), Task(wait, (0.3, "old"))))
            await asyncio.sleep(0.1)
            pool.serve(replace(pool.served, content="two"))
            assert (await coming).body == b"old"
            assert not replies._kept

    run(work())


def test_problems_are_not_kept(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            replies = Replies(pool)
            for _ in range(2):
                response = await replies.respond(get(), Task(crash))
                assert response.status_code == 422
                assert "ETag" not in response.headers
            assert not replies._kept

    run(work())


def test_one_who_leaves_does_not_take_it_from_the_others(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, quick_s=5) as pool:
            replies = Replies(pool)
            first, second = (asyncio.ensure_future(replies.respond(get(), Task(wait, (0.3, "x")))) for _ in range(2))
            await asyncio.sleep(0.1)
            first.cancel()
            assert (await second).body == b"x"

    run(work())


def test_what_is_kept_is_bounded(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, cache_mib=1) as pool:
            replies = Replies(pool)
            for i in range(40):
                await replies.respond(get(Accept_Encoding="gzip"), Task(make, (60_000 + 2 * i,)))
                assert replies._n_bytes == sum(kept.n_bytes for kept in replies._kept.values())
                assert replies._n_bytes <= 2**20
            assert len(replies._kept) > 5
            # A small answer to a long question costs little, and many such are no way to fill the memory.
            for i in range(1200):
                await replies.respond(get(), Task(echo, (f"{i}",)))
            assert len(replies._kept) < 800
            await replies.respond(get(), Task(make, (200_000,)))  # more than an eighth
            assert max(kept.n_bytes for kept in replies._kept.values()) < 2**17

    run(work())


def test_the_one_asked_for_last_stays(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, cache_mib=1) as pool:
            replies = Replies(pool)
            used = Task(looped, (str(tmp_path), "used"))
            for i in range(40):
                await replies.respond(get(), used)
                await replies.respond(get(), Task(make, (60_000 + 2 * i,)))
            assert n_begun(tmp_path) == 1

    run(work())


def test_nothing_is_kept_without_memory_for_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, cache_mib=0) as pool:
            replies = Replies(pool)
            for _ in range(3):
                await replies.respond(get(), Task(looped, (str(tmp_path), "x")))
            assert n_begun(tmp_path) == 3

    run(work())


@pytest.mark.parametrize("n_chars", [10, 1100, 40_000, 700_000])
def test_who_takes_gzip_gets_it(tmp_path: Path, n_chars: int) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            replies = Replies(pool)
            task = Task(echo, ("x" * n_chars,))
            plain = await replies.respond(get(), task)
            assert plain.body == b"x" * n_chars
            assert plain.headers["Content-Length"] == str(n_chars)
            assert "Accept-Encoding" in plain.headers["Vary"]
            packed = await asyncio.gather(*(replies.respond(get(Accept_Encoding="br, gzip"), task) for _ in range(3)))
            for response in packed:
                assert (response.headers.get("Content-Encoding") == "gzip") == (n_chars > 1024)
                body = bytes(response.body)
                assert (gzip.decompress(body) if n_chars > 1024 else body) == b"x" * n_chars
                assert response.headers["ETag"] == plain.headers["ETag"]
            refused = await replies.respond(get(Accept_Encoding="gzip;q=0"), task)
            assert "Content-Encoding" not in refused.headers
            assert replies._n_bytes == sum(kept.n_bytes for kept in replies._kept.values())

    run(work())


@pytest.mark.parametrize("n_chars", [3_000, 400_000])
def test_what_was_packed_is_kept_packed_alone_and_unpacked_for_others(tmp_path: Path, n_chars: int) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, cache_mib=4) as pool:
            replies = Replies(pool)
            tasks = [
                Task(echo, (f"{i % 10}" * n_chars + str(i),)) for i in range(20)
            ]  # too much for the cache, but not as gzip
            for _ in range(2):
                for i, task in enumerate(tasks):
                    packed = await replies.respond(get(Accept_Encoding="gzip"), task)
                    plain = await replies.respond(get(), task)
                    assert (
                        gzip.decompress(bytes(packed.body)).decode()
                        == bytes(plain.body).decode()
                        == f"{i % 10}" * n_chars + str(i)
                    )
                    assert "Content-Encoding" not in plain.headers
                    assert plain.headers["ETag"] == packed.headers["ETag"]
            assert all(kept.packed and not kept.reply.body for kept in replies._kept.values())
            assert len(replies._kept) == len(tasks)

    run(work())


def test_a_long_body_goes_out_in_parts(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            replies = Replies(pool)
            for n in (0, 1, PART_BYTES, PART_BYTES + 2, 3 * PART_BYTES):
                response = await replies.respond(get(), Task(make, (n,)) if n > 1 else Task(echo, ("x" * n,)))
                begin, *parts = await sent(response)
                assert dict(begin["headers"])[b"content-length"] == str(len(response.body)).encode()
                assert b"".join(part["body"] for part in parts) == response.body
                assert [part["more_body"] for part in parts] == [True] * (len(parts) - 1) + [False]
                assert max(len(part["body"]) for part in parts) <= PART_BYTES
                assert len(parts) == max(1, -(-n // PART_BYTES))
            assert not replies._sent

    run(work())


async def untaken(replies: Replies, i: int, client: str) -> asyncio.Task[None] | None:
    """Begin to send a long body that the client does not take; None where it is refused."""

    async def send(_: Any) -> None:
        await asyncio.sleep(3600)

    async def receive() -> Any:
        raise AssertionError

    response = await replies.respond(get(client=client), Task(make, (400_000 + 2 * i,)))
    if response.status_code != 200:
        assert response.status_code == 503
        return None
    sending = asyncio.ensure_future(response({"type": "http", "method": "GET", "headers": []}, receive, send))
    await asyncio.sleep(0)
    return sending


def test_one_who_takes_nothing_gets_no_more(tmp_path: Path) -> None:
    async def work() -> None:
        async with open_pool(tmp_path, max_bytes=500_000) as pool:
            replies = Replies(pool)
            slow = [await untaken(replies, i, "192.0.2.1") for i in range(5)]
            assert [task is not None for task in slow] == [True, True, True, False, False]
            others = [await untaken(replies, i, f"192.0.2.{i}") for i in range(2, 12)]
            assert 5 < sum(task is not None for task in others) < 10
            assert (await replies.respond(get(), Task(echo, ("short",)))).status_code == 200
            for task in [*slow, *others]:
                if task is not None:
                    task.cancel()
            await asyncio.sleep(0.01)
            assert await untaken(replies, 99, "192.0.2.1") is not None

    run(work())


def test_clients_are_told_apart_by_their_networks() -> None:
    assert client_of(get(client="192.0.2.1")) != client_of(get(client="192.0.2.2"))
    assert client_of(get(client="2001:db8::1")) == client_of(get(client="2001:db8::2:3"))
    assert client_of(get(client="2001:db8::1")) != client_of(get(client="2001:db8:0:1::1"))
    assert client_of(get(client="fe80::1%eth0")) == "fe80::/64"
    assert client_of(get(client="::nothing")) == "::nothing"


def test_a_reply_to_a_change_is_not_to_be_kept(tmp_path: Path) -> None:
    async def work() -> Response:
        async with open_pool(tmp_path) as pool:
            return response_of(get(Accept_Encoding="gzip"), await pool.run(Task(make, (5000,)), ""))

    response = run(work())
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Cache-Control"] == "no-cache"
    assert "ETag" not in response.headers
    assert len(gzip.decompress(bytes(response.body))) == 5000


def test_a_pool_is_needed_once(tmp_path: Path) -> None:
    """What is kept needs no worker: it is answered where there is none left."""

    async def work() -> None:
        async with open_pool(tmp_path) as pool:
            replies = Replies(pool)
            await replies.respond(get(), Task(echo, ("x",)))
            await Pool.close(pool)
            assert (await replies.respond(get(), Task(echo, ("x",)))).body == b"x"
            assert (await replies.respond(get(), Task(echo, ("y",)))).status_code == 503

    run(work())
