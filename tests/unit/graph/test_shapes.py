"""Claim tables and full SHACL agree on which claims meet the shapes, and on which shape is broken."""

from __future__ import annotations

import builtins
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.dates import is_partial_date
from avgraph.errors import AvgraphError
from avgraph.graph.shapes import QUARANTINE_SCHEMA, ShapesError, check_claims, validate_graph
from avgraph.model import KINDS, SCHEMES, ClaimKind, claim_schema, empty_claims
from avgraph.resources import resource
from avgraph.vocabulary import AV, OA, PROV, RDF, XSD, concept, term

AVS = "https://w3id.org/avgraph/shapes#"
BASE = "https://example.org/"
EVIDENCE = "/evidence"


def sample(kind: ClaimKind, claim: str = "c", **changes: Any) -> dict[str, Any]:
    """Return a claim with its required columns, all of them valid, then `changes`."""
    row: dict[str, Any] = dict.fromkeys(claim_schema(kind))
    row |= {"claim": BASE + claim, "source": "records/films.csv", "status": "asserted", "confidence": 1.0,
            "method": "test@1", "row": 2, "quote": "title: A"}  # fmt: skip
    for role in kind.roles:
        if role.required or role.name in kind.any_of[:1]:
            row[role.name] = [BASE + role.name] if role.many else BASE + role.name
    for attribute in kind.attributes:
        if attribute.required:
            row[attribute.name] = SCHEMES[attribute.scheme][0] if attribute.scheme else "2014"
    if kind.name == "Partnership":
        row["instrument"] = BASE + "treaty"
    return row | changes


def tables(name: str, *rows: dict[str, Any]) -> dict[str, pl.DataFrame]:
    return empty_claims() | {name: pl.DataFrame(list(rows), schema=claim_schema(KINDS[name]))}


def literal(value: str, datatype: str) -> str:
    return '"{}"^^<{}{}>'.format(value.replace("\\", "\\\\").replace('"', '\\"'), XSD, datatype)


def date(value: str) -> str:
    plain = value.removesuffix("~")
    return literal(plain, {4: "gYear", 7: "gYearMonth"}.get(len(plain), "date"))


def object_of(kind: ClaimKind, name: str, value: Any) -> str:
    """Return the term of an attribute, as the writer of quads types it."""
    attribute = next(a for a in kind.attributes if a.name == name)
    if attribute.scheme:
        return f"<{concept(attribute.scheme, value)}>"
    if attribute.dtype == "date" or (kind.name == "WorkFact" and name == "value" and is_partial_date(value)):
        return date(value)
    if attribute.dtype == "boolean":
        return literal(str(value).lower(), "boolean")
    return literal(str(value), attribute.dtype)


def ntriples(name: str, *rows: dict[str, Any]) -> bytes:
    """Return claims as a graph."""
    kind, lines = KINDS[name], []
    for row in rows:
        said = [(RDF + "type", f"<{AV}{name}>")]
        for role in kind.roles:
            values = row[role.name] if role.many else [row[role.name]]
            said += [(term(role.name), f"<{v}>") for v in values or () if v is not None]
        said += [(term(a.name), object_of(kind, a.name, row[a.name])) for a in kind.attributes
                 if row[a.name] is not None]  # fmt: skip
        if row["status"] is not None:
            said.append((AV + "status", f"<{concept('status', row['status'])}>"))
        if row["confidence"] is not None:
            said.append((AV + "confidence", literal(str(row["confidence"]), "decimal")))
        said += [(term(c), date(row[c])) for c in ("valid_from", "valid_to", "observed") if row[c] is not None]
        if row["source"] is not None:
            said.append((PROV + "wasDerivedFrom", f"<{BASE}{row['source']}>"))
        claim = row["claim"]
        for suffix, class_, columns in (
            ("-text", OA + "TextPositionSelector", ("start", "end")),
            ("-row", AV + "RowSelector", ("row",)),
        ):
            if any(row[c] is not None for c in columns):
                node = f"{claim}{EVIDENCE}{suffix}"
                said.append((AV + "evidence", f"<{node}>"))
                parts = [(RDF + "type", f"<{class_}>")]
                parts += [(AV + c if c == "row" else OA + c, literal(str(row[c]), "integer")) for c in columns
                          if row[c] is not None]  # fmt: skip
                if row["quote"] is not None:
                    parts.append((OA + "exact", literal(row["quote"], "string")))
                lines += [f"<{node}> <{p}> {o} ." for p, o in parts]
        lines += [f"<{claim}> <{p}> {o} ." for p, o in said]
    return "\n".join(lines).encode()


def from_tables(name: str, *rows: dict[str, Any]) -> set[tuple[str, str]]:
    _, quarantined = check_claims(tables(name, *rows))
    return {(c.removeprefix(BASE), s.removeprefix(AVS)) for c, s in quarantined.select("claim", "shape").iter_rows()}


def from_graph(name: str, *rows: dict[str, Any]) -> set[tuple[str, str]]:
    pytest.importorskip("pyshacl")
    found = validate_graph(ntriples(name, *rows), "nt")
    return {(v.focus.removeprefix(BASE).partition(EVIDENCE)[0], v.shape.removeprefix(AVS)) for v in found}


# kind, changes to a valid claim, the shapes that break (none: the claim is valid)
CASES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("Credit", {}, set()),
    ("Credit", {"role": "executive producer", "character": 'a "b"', "job_title": "", "billing": 0}, set()),
    ("Credit", {"work": None}, {"Credit-work"}),
    ("Credit", {"role": None}, {"Credit-role"}),
    ("Credit", {"role": "chef", "agent": None}, {"Credit-role", "Credit-agent"}),
    ("Credit", {"billing": -1}, {"Credit-billing"}),
    ("Credit", {"status": "rumoured"}, {"status"}),
    ("Credit", {"status": None}, {"status"}),
    ("Credit", {"confidence": 1.01}, {"confidence"}),
    ("Credit", {"confidence": -0.5}, {"confidence"}),
    ("Credit", {"confidence": None}, {"confidence"}),
    ("Credit", {"source": None}, {"source"}),
    ("Credit", {"row": None, "quote": None}, {"evidence"}),
    ("Credit", {"row": 0}, {"RowEvidence-row"}),
    ("Credit", {"quote": ""}, {"RowEvidence-exact"}),
    ("Credit", {"quote": None}, set()),
    ("Credit", {"row": None, "start": 3, "end": 9}, set()),
    ("Credit", {"row": None, "start": 9, "end": 9}, {"TextEvidence-start"}),
    ("Credit", {"row": None, "start": -1, "end": 9}, {"TextEvidence-start"}),
    ("Credit", {"row": None, "start": 3}, {"TextEvidence-end"}),
    ("Credit", {"row": None, "end": 3}, {"TextEvidence-start"}),
    ("Credit", {"row": None, "start": 3, "end": 9, "quote": None}, {"TextEvidence-exact"}),
    ("Credit", {"start": 3, "end": 9}, {"evidence"}),
    ("Credit", {"valid_from": "2014", "valid_to": "2014-02~", "observed": "2014-02-28"}, set()),
    ("Credit", {"valid_from": "2014-02-30"}, {"validFrom"}),
    ("Credit", {"valid_to": "14 Feb"}, {"validTo"}),
    ("Credit", {"observed": "2014-02-3"}, {"observed"}),
    ("Participation", {"organization": None, "country": BASE + "lu"}, set()),
    ("Participation", {"organization": None}, {"Participation"}),
    ("Participation", {"share": 0.0, "standing": "minority"}, set()),
    ("Participation", {"share": 1.0}, set()),
    ("Participation", {"share": 35.0}, {"Participation-share"}),
    ("Participation", {"share": -0.1, "standing": "tiny"}, {"Participation-share", "Participation-standing"}),
    ("Support", {"amount": 60000.0, "currency": "EUR", "date": "2019-05"}, set()),
    ("Support", {"amount": -1.0}, {"Support-amount"}),
    ("Support", {"currency": "euro"}, {"Support-currency"}),
    ("Support", {"currency": "EURO"}, {"Support-currency"}),
    ("Support", {"date": "2019-5"}, {"Support-date"}),
    ("Support", {"work": None}, {"Support"}),
    ("Support", {"work": None, "organization": BASE + "o"}, set()),
    ("Support", {"stage": "shooting"}, {"Support-stage"}),
    ("Broadcast", {"territories": [BASE + "be", BASE + "lu"]}, set()),
    ("Broadcast", {"territories": []}, set()),
    ("Broadcast", {"role": "director"}, {"Broadcast-role"}),
    ("Distribution", {"distribution": "world sales"}, set()),
    ("Distribution", {"distribution": None}, {"Distribution-distribution"}),
    ("AwardOutcome", {"year": 1870}, set()),
    ("AwardOutcome", {"year": 1869}, {"AwardOutcome-year"}),
    ("AwardOutcome", {"year": 2101}, {"AwardOutcome-year"}),
    ("AwardOutcome", {"work": None, "recipients": [BASE + "p"]}, set()),
    ("AwardOutcome", {"work": None, "recipients": []}, {"AwardOutcome"}),
    ("AwardOutcome", {"work": None}, {"AwardOutcome"}),
    ("AwardOutcome", {"result": "lost"}, {"AwardOutcome-result"}),
    ("Screening", {"screening": "out of competition"}, set()),
    ("Screening", {"event": None}, {"Screening-event"}),
    ("Partnership", {}, set()),
    ("Partnership", {"instrument": None, "parties": [BASE + "a", BASE + "b"]}, set()),
    ("Partnership", {"instrument": None}, {"Partnership"}),
    ("Partnership", {"instrument": None, "parties": [BASE + "a", BASE + "a"]}, {"Partnership"}),
    ("Partnership", {"parties": []}, {"Partnership-parties"}),
    ("Partnership", {"parties": None, "instrument": None}, {"Partnership", "Partnership-parties"}),
    ("Affiliation", {"role": "part of"}, set()),
    ("Affiliation", {"agent": None}, {"Affiliation-agent"}),
    ("PlaceRelation", {"relation": "country of origin", "rank": 1}, set()),
    ("PlaceRelation", {"relation": "season of"}, {"PlaceRelation-relation"}),
    ("WorkRelation", {"relation": "season of", "season": 2, "episode": 0}, set()),
    ("WorkRelation", {"season": -2}, {"WorkRelation-season"}),
    ("WorkFact", {}, set()),
    ("WorkFact", {"property": "genre", "value": "drama"}, set()),
    ("WorkFact", {"property": "release date", "value": "2014-05-03~"}, set()),
    ("WorkFact", {"property": "release date", "value": "spring 2014"}, {"WorkFact"}),
    ("WorkFact", {"property": "production year", "value": "2014/15"}, {"WorkFact"}),
    ("WorkFact", {"property": "genre", "value": ""}, {"WorkFact-value"}),
    ("WorkFact", {"property": "genre", "value": None}, {"WorkFact-value"}),
    ("WorkFact", {"property": None, "value": "drama"}, {"WorkFact-property"}),
    ("Statistic", {"value": -3.5, "approximate": True, "parties": [BASE + "a"]}, set()),
    ("Statistic", {"measure": ""}, {"Statistic-measure"}),
]


def test_cases_cover_every_kind() -> None:
    assert {kind for kind, _, _ in CASES} == set(KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_tables_and_graph_agree(name: str) -> None:
    cases = [(changes, shapes) for kind, changes, shapes in CASES if kind == name]
    rows = [sample(KINDS[name], f"c{i}", **changes) for i, (changes, _) in enumerate(cases)]
    expected = {(f"c{i}", shape) for i, (_, shapes) in enumerate(cases) for shape in shapes}
    assert from_tables(name, *rows) == expected
    assert from_graph(name, *rows) == expected


def test_full_run_over_a_dataset_joins_its_graphs() -> None:
    pytest.importorskip("pyshacl")
    row = sample(KINDS["Credit"], role="chef")
    lines = ntriples("Credit", row).decode().splitlines()
    quads = "\n".join(f"{line[:-1]} <{BASE}graph/{i % 2}> ." for i, line in enumerate(lines)).encode()
    (violation,) = validate_graph(quads, "nquads")
    assert (violation.focus, violation.shape, violation.path) == (BASE + "c", AVS + "Credit-role", AV + "role")
    assert violation.value == concept("credit", "chef")
    assert violation.message.startswith("Set `role` to one of: director")


def test_nothing_is_lost_and_reasons_are_given() -> None:
    kind = KINDS["Participation"]
    rows = [sample(kind, "good"), sample(kind, "bad", share=2.0, row=7), sample(kind, "worse", share=2.0, work=None)]
    claims = tables("Participation", *rows) | tables("Credit", sample(KINDS["Credit"], "fine"))
    claims["Participation"] = tables("Participation", *rows)["Participation"]
    valid, quarantined = check_claims(claims)
    assert valid["Participation"].equals(claims["Participation"][:1])
    assert valid["Credit"].equals(claims["Credit"])
    assert set(valid) == set(KINDS)
    assert dict(quarantined.schema) == QUARANTINE_SCHEMA
    assert quarantined.select("claim", "shape").rows() == [
        (BASE + "bad", AVS + "Participation-share"),
        (BASE + "worse", AVS + "Participation-share"),
        (BASE + "worse", AVS + "Participation-work"),
    ]
    first = quarantined.row(0, named=True)
    assert (first["kind"], first["source"], first["row"]) == ("Participation", "records/films.csv", 7)
    assert first["path"] == AV + "share"
    assert first["message"] == "Set `share` to a number from 0 to 1 (0.35 for 35 %), or leave it empty."


def test_result_does_not_depend_on_row_order() -> None:
    kind = KINDS["Credit"]
    rows = [sample(kind, f"c{i}", role="chef", billing=-i) for i in range(6)]
    _, forward = check_claims(tables("Credit", *rows))
    _, backward = check_claims(tables("Credit", *rows[::-1]))
    assert forward.equals(backward)


def test_messages_come_in_french() -> None:
    rows = sample(KINDS["Partnership"], instrument=None, share=None)
    rows.pop("share")
    _, quarantined = check_claims(tables("Partnership", rows), language="fr")
    assert quarantined["message"].to_list() == [
        "Donnez au moins deux `parties`, ou une seule et l’`instrument` qui la lie."
    ]
    assert quarantined["path"].to_list() == [None]


def test_every_message_is_given_in_both_languages() -> None:
    text = resource("ontology", "shapes.ttl").read_text(encoding="utf-8")
    shapes = re.split(r"\n\n(?=avs:)", text)[1:]
    for shape in shapes:
        if "sh:PropertyShape" in shape or "sh:or" in shape:
            assert re.search(r'sh:message "[^"]+\."@en ,\n        "[^"]+\."@fr', shape), shape


def test_not_a_number_is_no_number() -> None:
    assert from_tables("Statistic", sample(KINDS["Statistic"], value=float("nan"))) == {("c", "Statistic-value")}
    assert from_tables("Support", sample(KINDS["Support"], amount=float("inf"))) == {("c", "Support-amount")}


def test_months_are_those_of_the_calendar() -> None:
    # Tables only: rdflib, and so pySHACL, does not look into the digits of an xsd:gYearMonth.
    assert from_tables("Credit", sample(KINDS["Credit"], observed="2014-13")) == {("c", "observed")}


def test_full_run_says_nothing_beside_its_result(caplog: pytest.LogCaptureFixture) -> None:
    assert from_graph("Credit", sample(KINDS["Credit"], observed="2014-02-30")) == {("c", "observed")}
    assert caplog.records == []


def test_an_empty_reference_is_no_entity() -> None:
    assert from_tables("Credit", sample(KINDS["Credit"], work="")) == {("c", "Credit-work")}
    parties = [BASE + "a", BASE + "b", ""]
    assert from_tables("Partnership", sample(KINDS["Partnership"], parties=parties)) == {("c", "Partnership-parties")}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.from_regex(r"[0-9]{4}(-[0-9]{2}){0,2}~?", fullmatch=True) | st.text(max_size=11), min_size=1))
def test_dates_are_those_of_the_dates_module(dates: list[str]) -> None:
    kind = KINDS["Support"]
    rows = [sample(kind, str(i), date=text) for i, text in enumerate(dates)]
    # Digits of other scripts read as digits in Python; a date is written in ASCII.
    wrong = {(str(i), "Support-date") for i, text in enumerate(dates) if not (text.isascii() and is_partial_date(text))}
    assert from_tables("Support", *rows) == wrong


def test_kinds_unknown_to_the_model_are_refused() -> None:
    with pytest.raises(ShapesError, match="no kind of claim"):
        check_claims({"Rumour": pl.DataFrame()})


@pytest.fixture
def shapes_file(tmp_path: Path) -> Any:
    """Return a function that writes the shipped shapes with one change."""

    def write(old: str, new: str) -> Path:
        text = resource("ontology", "shapes.ttl").read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "shapes.ttl"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("sh:maxInclusive 1.0 ;", "sh:hasValue 1.0 ;", "sh:hasValue"),
        ("sh:maxInclusive 1.0 ;", "sh:not [ sh:in ( 1 ) ] ;", "sh:not"),
        ("sh:maxInclusive 1.0 ;", "sh:maxInclusive 1.0 ; sh:severity sh:Warning ;", "sh:severity"),
        ("sh:maxInclusive 1.0 ;", 'sh:pattern "x" ;', "sh:pattern"),
        ("sh:targetClass av:Credit ;", "sh:targetClass av:Credit ; sh:closed true ;", "sh:closed"),
        ("sh:targetClass av:Credit ;", "sh:targetClass av:Credit , av:Mention ;", "a target"),
        ("sh:targetClass av:Credit ;", "sh:targetNode av:Credit ;", "a target"),
        ("sh:path av:confidence ;", "sh:path av:mood ;", "path https://w3id.org/avgraph/ontology#mood"),
        ("sh:path av:confidence ;", "sh:path [ sh:inversePath av:confidence ] ;", "the path"),
        ("sh:datatype xsd:decimal ;", "sh:datatype xsd:float ;", "sh:datatype"),
        ("[ sh:datatype xsd:date ]", "[ sh:datatype xsd:date ; sh:flags 'i' ]", "sh:flags"),
        ("( avc:status-asserted", "( avc:status-rumoured avc:status-asserted", "status-rumoured"),
        ("sh:lessThan oa:end ;", "sh:lessThan oa:exact ;", "sh:lessThan"),
        ("avs:confidence ,", "avs:nowhere ,", "the path"),
    ],
)  # fmt: skip
def test_constructs_that_cannot_be_checked_are_refused(shapes_file: Any, old: str, new: str, named: str) -> None:
    path = shapes_file(old, new)
    with pytest.raises(ShapesError) as caught:
        check_claims(empty_claims(), shapes=path)
    assert named in caught.value.message
    assert caught.value.where == str(path)
    assert caught.value.hint


def test_a_kind_without_a_shape_is_refused(shapes_file: Any) -> None:
    with pytest.raises(ShapesError, match="no shape targets av:Credit"):
        check_claims(empty_claims(), shapes=shapes_file("sh:targetClass av:Credit ;", "sh:targetClass av:Support ;"))


def test_own_shapes_are_used(shapes_file: Any) -> None:
    path = shapes_file("sh:maxInclusive 1.0 ;", "sh:maxExclusive 1.0 ;")
    _, quarantined = check_claims(tables("Credit", sample(KINDS["Credit"])), shapes=path)
    assert quarantined["shape"].to_list() == [AVS + "confidence"]


def test_broken_shapes_file_says_where(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("avs:x a", encoding="utf-8")
    with pytest.raises(ShapesError, match=re.escape(str(path))):
        check_claims(empty_claims(), shapes=path)


@pytest.mark.parametrize(("data", "format"), [(b"<a> <b>", "turtle"), (b"a b c d", "nquads"), (b"", "papyrus")])
def test_graphs_that_cannot_be_read_are_refused(data: bytes, format: str) -> None:
    pytest.importorskip("pyshacl")
    with pytest.raises(ShapesError, match=f"cannot be read as {format}"):
        validate_graph(data, format)


def test_missing_pyshacl_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "pyshacl":
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(AvgraphError, match=re.escape("avgraph[shacl]")):
        validate_graph(b"", "turtle")
