"""What the page about serving tells a reader to ask is answered, as typed."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from serving import TOKEN, Served, serving

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
CURLS = [line for line in DOCS.splitlines() if line.startswith("curl ")]
ADDRESSES = [
    path for row in re.findall(r"^\| (`/.*?) \|", DOCS, re.MULTILINE) for path in re.findall(r"`(/[^`]*)`", row)
]


@pytest.fixture(scope="module")
def served(example_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("docs") / "my-graph"
    shutil.copytree(example_graph, root)
    with serving(root, writable=True) as server:
        yield server


@pytest.mark.parametrize("line", CURLS)
def test_what_is_typed_is_answered(served: Served, line: str) -> None:
    words = shlex.split(line.replace("$AVGRAPH_TOKEN", TOKEN))[1:]
    method, headers, body, fields, address = "GET", {}, None, [], ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "--data-binary":
            body = words.pop(0)
        elif word == "--data-urlencode":
            fields.append(tuple(words.pop(0).split("=", 1)))
        else:
            address = word
    if fields:
        method, body = "POST", urlencode(fields)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    assert address.startswith("http://localhost:8080/")
    parts = urlsplit(address)
    told = served.ask(method, f"{parts.path}{'?' if parts.query else ''}{parts.query}", body, **headers)
    assert told.status in (200, 201, 204), told.text


def test_every_page_that_is_told_of_is_there(served: Served) -> None:
    assert len(ADDRESSES) > 10
    for path in ADDRESSES:
        assert served.ask("GET", path, Accept="text/html").status == 200, path
