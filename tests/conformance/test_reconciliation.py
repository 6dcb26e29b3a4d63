"""The reconciliation service against the JSON schemas of the Reconciliation Service API 0.2."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from avgraph.web.problems import ProblemError
from avgraph.web.reconciliation.asking import read_extension, read_queries
from reconcilable import BASE, Asking

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "standards" / "reconciliation-0.2"
HUBLOT = BASE + "work/mr-hublot-tt3043542"
#: Folder of examples → schema.
SCHEMAS = {
    "manifest": "manifest", "reconciliation-query-batch": "reconciliation-query-batch",
    "reconciliation-result-batch": "reconciliation-result-batch", "data-extension-query": "data-extension-query",
    "data-extension-response": "data-extension-response",
    "data-extension-property-proposal": "data-extension-property-proposal",
    "suggest-entities-response": "suggest-entities-response", "suggest-types-response": "suggest-types-response",
    "suggest-properties-response": "suggest-properties-response",
}  # fmt: skip


def errors(schema: str, value: Any) -> list[str]:
    """Return what a schema of the standard finds wrong."""
    if not FOLDER.is_dir():
        pytest.skip("needs ../shared/standards/reconciliation-0.2")
    texts = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (FOLDER / "schemas").glob("*.json")}
    # Their $schema names no draft ("http://json-schema.org/schema#"); all that they use is in the seventh.
    resources = [(text["$id"].rstrip("#"), DRAFT7.create_resource(text)) for text in texts.values()]
    registry: Any = Registry().with_resources(resources)
    validator = Draft7Validator(texts[schema], registry=registry)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def examples(kind: str) -> list[Any]:
    """Return the examples of the standard as (folder, file, whether it is valid)."""
    found = []
    for path in sorted(FOLDER.glob(f"examples/*/{kind}/*.json")):
        if path.parts[-3] in SCHEMAS:
            found.append(pytest.param(path.parts[-3], path, id=f"{path.parts[-3]}/{path.stem}"))
    return found or [pytest.param("", Path(), marks=pytest.mark.skip("needs ../shared/standards/reconciliation-0.2"))]


@pytest.mark.parametrize(("folder", "path"), examples("valid"))
def test_valid_examples_of_the_standard_are_valid(folder: str, path: Path) -> None:
    assert errors(SCHEMAS[folder], json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(("folder", "path"), examples("invalid"))
def test_invalid_examples_of_the_standard_are_refused(folder: str, path: Path) -> None:
    assert errors(SCHEMAS[folder], json.loads(path.read_text(encoding="utf-8")))


def answers(asking: Asking) -> dict[str, list[Any]]:
    """Return answers of the service by the schema that they must follow."""
    queries = {
        "q0": {"query": "Mr Hublot", "type": "film", "type_strict": "should", "limit": 3, "properties": [
            {"pid": "director", "v": "Laurent Witz"}, {"pid": "year", "v": 2013}]},
        "q1": {"query": "Pinocchio"}, "q2": {"query": "nobody knows this"}, "q3": {"query": "Tarantula", "limit": 1},
        "q4": {"properties": [{"pid": "imdb", "v": ["tt8333746", "tt1488589"]}]},
    }  # fmt: skip
    properties = [p["id"] for p in asking.get("/properties").json()["properties"]]
    everything = [asking.extend([HUBLOT, BASE + "x"], *properties[at : at + 40]) for at in (0, 40)]
    return {
        "manifest": [asking.get().json()],
        "reconciliation-result-batch": [asking.queries(**queries), asking.queries()],
        "data-extension-response": [*everything, asking.extend([], "year"), asking.extend([HUBLOT])],
        "data-extension-property-proposal": [
            asking.get("/properties").json(), asking.get("/properties", type="Person", limit=3).json(),
        ],
        "suggest-entities-response": [
            asking.get("/suggest/entity", prefix=p).json() for p in ("un", "lux", "gibberish", "")
        ],
        "suggest-types-response": [asking.get("/suggest/type", prefix=p).json() for p in ("", "f", "gibberish")],
        "suggest-properties-response": [asking.get("/suggest/property", prefix=p).json() for p in ("", "p")],
    }  # fmt: skip


def test_every_answer_follows_its_schema(asking: Asking) -> None:
    found = answers(asking)
    assert {schema: [errors(schema, answer) for answer in of] for schema, of in found.items()} == {
        schema: [[]] * len(of) for schema, of in found.items()
    }
    assert any(candidate["match"] for candidate in found["reconciliation-result-batch"][0]["q0"]["result"])
    assert all(of[0] for of in found.values())


def _without(*path: str | int) -> Callable[[Any], None]:
    def broken(answer: Any) -> None:
        *way, last = path
        for step in way:
            answer = answer[step]
        del answer[last]

    return broken


def _with(value: Any, *path: str | int) -> Callable[[Any], None]:
    def broken(answer: Any) -> None:
        *way, last = path
        for step in way:
            answer = answer[step]
        answer[last] = value

    return broken


@pytest.mark.parametrize(
    ("schema", "break_it"),
    [
        ("manifest", _without("identifierSpace")),
        ("manifest", _with(["0.1"], "versions")),
        ("manifest", _with({"url": "https://example.org/"}, "view")),
        ("manifest", _without("preview", "width")),
        ("reconciliation-result-batch", _without("q0", "result", 0, "id")),
        ("reconciliation-result-batch", _with("99", "q0", "result", 0, "score")),
        ("reconciliation-result-batch", _with("yes", "q0", "result", 0, "match")),
        ("reconciliation-result-batch", _with("high", "q0", "result", 0, "features", 0, "value")),
        ("reconciliation-result-batch", _without("q2", "result")),
        ("data-extension-response", _without("meta")),
        ("data-extension-response", _with([{"str": 1}], "rows", HUBLOT, "year")),
        ("data-extension-response", _with([{"id": "x"}], "rows", HUBLOT, "director")),
        ("data-extension-property-proposal", _without("properties", 0, "name")),
        ("suggest-entities-response", _without("result", 0, "name")),
        ("suggest-types-response", _with([{"id": "x"}], "result", 0, "broader")),
        ("suggest-properties-response", _without("result", 0, "id")),
    ],
)  # fmt: skip
def test_a_broken_answer_is_refused(asking: Asking, schema: str, break_it: Callable[[Any], None]) -> None:
    answer = deepcopy(answers(asking)[schema][0])
    assert errors(schema, answer) == []
    break_it(answer)
    assert errors(schema, answer)


def test_queries_are_read_or_refused_as_the_schemas_do() -> None:
    """The types and properties of the examples are those of other services, and refused as such at the most."""
    if not FOLDER.is_dir():
        pytest.skip("needs ../shared/standards/reconciliation-0.2")
    readers: dict[str, Callable[[str], object]] = {
        "reconciliation-query-batch": read_queries, "data-extension-query": read_extension,
    }  # fmt: skip
    told = {
        (path.parts[-2], folder, path.stem): _refused(read, path.read_text(encoding="utf-8"))
        for folder, read in readers.items()
        for path in sorted(FOLDER.glob(f"examples/{folder}/*/*.json"))
    }
    assert len(told) == 9
    for (validity, *_), why in told.items():
        is_read = why is None or "there is no type" in why or "there is no property" in why
        assert is_read == (validity == "valid"), told


def _refused(read: Callable[[str], object], text: str) -> str | None:
    try:
        read(text)
    except ProblemError as error:
        return error.problem.detail
    return None
