"""Whatever is sent to the reconciliation service, it answers or says what is wrong."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.web.reconciliation.terms import properties, types
from reconcilable import Asking

TYPES = st.sampled_from([t.id for t in types()])
PIDS = st.sampled_from([p.id for p in properties()])
NAMES = st.sampled_from([
    "Mr. Hublot", "Unité 42", "Season 2", "Tarantula", "Laurent Witz", "imdb:tt3043542", "tt3043542", "https://x y",
    "a, b and c", "BE;LU", "2013", "'\"<>", "", " ",
])  # fmt: skip
TEXTS = NAMES | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = TEXTS | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES |= st.fixed_dictionaries({"id": TEXTS}, optional={"name": TEXTS})
QUERIES = st.dictionaries(
    TEXTS,
    st.fixed_dictionaries(
        {"query": TEXTS},
        optional={
            "type": TYPES | st.lists(TYPES, max_size=3),
            "type_strict": st.sampled_from(["any", "all", "should"]),
            "limit": st.integers(1, 9),
            "properties": st.lists(
                st.fixed_dictionaries({"pid": PIDS, "v": VALUES | st.lists(VALUES, max_size=3)}), max_size=3
            ),
        },
    ),
    max_size=3,
)
#: Halves of surrogate pairs, numbers that are none, and what JSON there is.
JUNK = st.recursive(
    st.none() | st.floats() | VALUES | st.text(st.characters(categories=["Cs", "Cc"]), max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def spoilt(value: Any, path: list[int], junk: Any) -> Any:
    """Return a JSON value with junk at a place in it."""
    if not path or not isinstance(value, dict | list) or not value:
        return junk
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    key, inner = items[path[0] % len(items)]
    copy: Any = value.copy()
    copy[key] = spoilt(inner, path[1:], junk)
    return copy


@given(QUERIES)
@settings(max_examples=150, deadline=None)
def test_queries_are_answered(asking: Asking, queries: Any) -> None:
    told = asking.post(queries=json.dumps(queries)).json()
    assert {*told} == {*queries}
    for key, query in queries.items():
        found = told[key]["result"]
        assert len(found) <= query.get("limit", 10)
        assert all(0 <= candidate["score"] <= 100 for candidate in found)
        assert sum(candidate["match"] for candidate in found) <= 1
        assert [c["score"] for c in found] == sorted((c["score"] for c in found), reverse=True)


@given(st.lists(TEXTS, max_size=3), st.lists(PIDS, max_size=3), st.integers(0, 9))
@settings(max_examples=50, deadline=None)
def test_extensions_are_answered(asking: Asking, ids: list[str], wanted: list[str], limit: int) -> None:
    told = asking.extend(ids, *({"id": name, "settings": {"limit": limit}} for name in wanted))
    assert {*told["rows"]} == {*ids}
    assert all({*row} == {*wanted} for row in told["rows"].values())


@given(QUERIES, st.lists(st.integers(0, 9), max_size=5), JUNK)
@settings(max_examples=200, deadline=None)
def test_what_is_spoilt_is_refused_or_answered(asking: Asking, queries: Any, path: list[int], junk: Any) -> None:
    for parameter in ("queries", "extend"):
        answer = asking.post(**{parameter: json.dumps(spoilt(queries, path, junk))})
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 400:
            assert answer.json()["where"].startswith(parameter)


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=50, deadline=None)
def test_any_text_is_refused_or_answered(asking: Asking, text: str) -> None:
    for parameter in ("queries", "extend"):
        assert asking.post(**{parameter: text}).status_code in (200, 400)
    for kind in ("entity", "type", "property"):
        assert asking.get(f"/suggest/{kind}", prefix=text).status_code == 200
    assert asking.get("/preview", id=text).status_code == 404
