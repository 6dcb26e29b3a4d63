"""Which form is preferred, for whatever a client says (RFC 9110, 12.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avgraph.graph.answering import RDF_TYPES, RESULT_TYPES
from avgraph.web.negotiation import accepts_gzip, choose, preferred
from avgraph.web.problems import ProblemError

OFFERED = ("text/turtle", "application/ld+json", "text/csv", "application/json")
RANGES = (*OFFERED, "text/*", "application/*", "*/*", "image/png")

ranges = st.dictionaries(st.sampled_from(RANGES), st.integers(0, 1000), min_size=1)
spaces = st.text(" \t", max_size=2)


def written(told: dict[str, int]) -> str:
    return ", ".join(f"{name};q={quality / 1000:g}" for name, quality in told.items())


def liking(told: dict[str, int], media_type: str) -> int:
    """Return how much a type is liked: as the most precise range that it falls in says."""
    for name in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        if name in told:
            return told[name]
    return 0


@given(told=ranges)
def test_the_most_liked_is_given_and_of_equals_the_first(told: dict[str, int]) -> None:
    best = max(OFFERED, key=lambda media_type: (liking(told, media_type), -OFFERED.index(media_type)))
    assert preferred(written(told), OFFERED) == (best if liking(told, best) else None)


@given(told=ranges, data=st.data())
def test_order_case_and_space_do_not_matter(told: dict[str, int], data: st.DataObject) -> None:
    parts = []
    for name, quality in data.draw(st.permutations(list(told.items()))):
        name = data.draw(st.sampled_from([name, name.upper()]))
        space = [data.draw(spaces) for _ in range(4)]
        more = data.draw(st.sampled_from(["", ";charset=utf-8", ";level=1"]))
        quality_name = data.draw(st.sampled_from("qQ"))
        parts.append(f"{space[0]}{name}{space[1]}{more};{space[2]}{quality_name}={quality / 1000:g}{space[3]}")
    assert preferred(",".join(parts), OFFERED) == preferred(written(told), OFFERED)


@given(header=st.text(max_size=80))
def test_any_text_is_taken(header: str) -> None:
    assert preferred(header, OFFERED) in (None, *OFFERED)
    assert accepts_gzip(header) in (True, False)


@given(header=st.text(st.sampled_from("*/;,q=.01 textcsv"), max_size=60))
def test_texts_that_look_like_it_are_taken(header: str) -> None:
    assert preferred(header, OFFERED) in (None, *OFFERED)


@given(told=ranges)
def test_what_cannot_be_given_is_refused_with_what_can(told: dict[str, int]) -> None:
    if any(liking(told, media_type) for media_type in OFFERED):
        assert choose(written(told), OFFERED) in OFFERED
        return
    with pytest.raises(ProblemError) as caught:
        choose(written(told), OFFERED)
    assert caught.value.problem.status == 406
    assert caught.value.problem.more["available"] == list(OFFERED)


@pytest.mark.parametrize(
    ("accept", "offered", "wanted"),
    [
        ("", RESULT_TYPES, "application/sparql-results+json"),
        ("*/*", RESULT_TYPES, "application/sparql-results+json"),
        ("application/json", RESULT_TYPES, "application/json"),
        ("application/xml;q=0.9, text/html", RESULT_TYPES, "application/xml"),
        ("text/html, */*;q=0.1", RDF_TYPES, "text/turtle"),
        ("text/html", RDF_TYPES, None),
        ("application/*;q=0.5, text/turtle;q=0.4", RDF_TYPES, "application/n-triples"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', RDF_TYPES, "application/ld+json"),
        ("text/turtle;q=0", RDF_TYPES, None),
        ("text/turtle;q=0, */*", RDF_TYPES, "application/n-triples"),
        ("*/*;q=0.9, text/*;q=0.1", ("text/csv", "application/json"), "application/json"),
        ("text/turtle;q=1.2.3, text/plain;q=0.1", RDF_TYPES, "text/plain"),
        ("text/turtle;q=0.0001, text/plain;q=x", RDF_TYPES, "text/plain"),
    ],
)
def test_headers_as_clients_send_them(accept: str, offered: tuple[str, ...], wanted: str | None) -> None:
    assert preferred(accept, offered) == wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [("gzip", True), ("GZIP", True), ("br;q=1.0, gzip;q=0.001", True), ("*", True), ("*;q=0", False), ("", False),
     ("gzip;q=0.000", False), ("br, deflate", False), ("identity", False), ("gzip ; q = 0", False)],
)  # fmt: skip
def test_gzip_is_sent_to_those_who_take_it(header: str, wanted: bool) -> None:
    assert accepts_gzip(header) is wanted
