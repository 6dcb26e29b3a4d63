"""What inspect shows of a file, and the mapping that it drafts."""

from __future__ import annotations

import json
import string
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.errors import SourceError
from avgraph.sources import read_mapping, read_table
from avgraph.sources.heads import cut, head_of
from avgraph.sources.inspection import inspect_table
from avgraph.sources.readers import ROW
from avgraph.sources.rules import TableOptions
from avgraph.sources.suggestion import draft_mapping

FILMS = """\
Titre;Titre original;Année;Pays;Réalisateur;Société de production;Part;Fonds;Montant;Genre;IMDb;Notes
Deux;Deux;2019;FR|LU|BE;Filippo Meneghetti;Paprika Films;60 %;Eurimages;350 000;drame, romance;tt9692684;
Barrage;Barrage;2017;LU|BE|FR;Laura Schroeder;Red Lion;;;;drame;tt5937716;vu
"""


def drafted(tmp_path: Path, text: str, name: str = "films.csv", format_: str = "csv") -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return inspect_table(path, name, TableOptions(format_), None).draft


def test_a_draft_reads_the_table_it_was_made_of(tmp_path: Path) -> None:
    (tmp_path / "films.toml").write_text(drafted(tmp_path, FILMS), encoding="utf-8")
    tables = read_table(read_mapping(tmp_path / "films.toml", tmp_path))
    assert (tables.source["n_read"], tables.source["n_accepted"]) == (2, 2)
    said = {kind: t.height for kind, t in tables.claims.items()}
    assert said == {"PlaceRelation": 6, "Credit": 2, "Participation": 2, "Support": 1, "WorkFact": 3}
    works = tables.mentions.filter(type="Work").select("name", "year", "ids").rows()
    assert works == [("Deux", 2019, ["imdb:tt9692684"]), ("Barrage", 2017, ["imdb:tt5937716"])]
    assert tables.claims["Participation"]["share"].to_list() == [0.6, None]
    assert tables.claims["Support"]["amount"].to_list() == [350_000]
    assert "# not mapped: Notes" in (tmp_path / "films.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Film,Finished,Made in", "Deux,2019,FR/LU", ['year = "{Finished|year}"', 'ids.iso3166 = "{Made in}"']),
        ("Film,Langue", "Deux,fr", ['property = "language"']),
        ("Film,Regie", "Deux,Ann Bee & Cy Dee", ['split = " & "', 'role = "director"']),
        ("Name|of film,x", "Deux,1", ['name = "{Name\\\\|of film}"']),
        ("Show,Sender", "Capitani,RTL", ['kind = "Broadcast"']),
        ("Film,Verleih", "Deux,Samsa", ['kind = "Distribution"']),
        ("A{b},Film", "1,Deux", ["# not mapped: A{b}"]),
        ("Titre\x7f", "Deux", ['name = "{Titre\\u007f}"']),
    ],
)
def test_what_headers_and_cells_suggest(tmp_path: Path, header: str, cells: str, expected: list[str]) -> None:
    draft = drafted(tmp_path, f"{header}\n{cells}\n")
    assert [e for e in expected if e not in draft] == []


def test_a_draft_for_a_file_whose_name_tells_nothing_says_how_it_is_opened(tmp_path: Path) -> None:
    assert 'format = "csv"' in drafted(tmp_path, FILMS, "films.data")
    assert "format =" not in drafted(tmp_path, FILMS)


_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
_words = st.sampled_from(["Title", "Year", "Pays", "Director", "Company", "Fund", "Amount", "Genre", "Share", "Nom"])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(_words, _text), min_size=1, max_size=8), st.data())
def test_every_draft_is_a_mapping_that_runs(tmp_path_factory, headers: list[str], data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("draft")
    columns = list(dict.fromkeys(h.strip() for h in headers if h.strip())) or ["x"]
    rows = data.draw(st.lists(st.lists(_text, min_size=len(columns), max_size=len(columns)), max_size=4))
    records = [json.dumps(dict(zip(columns, row, strict=True))) for row in [["Deux"] * len(columns), *rows]]
    (folder / "films.jsonl").write_text("\n".join(records), encoding="utf-8")
    draft = inspect_table(folder / "films.jsonl", "films.jsonl", TableOptions("jsonl"), None).draft
    if "[entity" not in draft:
        assert "No column names a work" in draft
        return
    (folder / "films.toml").write_text(draft, encoding="utf-8")
    source = read_table(read_mapping(folder / "films.toml", folder)).source
    assert source["n_read"] == source["n_accepted"] + source["n_quarantined"] == len(records)


def test_columns_with_types_shares_samples_and_uses(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"title": "Deux", "year": 2019, "id": "tt9692684", "cast": ["A", "B"], "seen": true, "out": "2020-02-12"}\n'
        '{"title": "Barrage", "year": 2017, "id": "tt5937716", "cast": ["C"], "seen": false}\n'
        '{"title": "", "year": 2018, "id": "\\\\N", "share": "29,5 %"}\n'
    )
    (tmp_path / "a.toml").write_text('[entity.w]\ntype = "Work"\nname = "{title}"\nids.imdb = "{id}"\n')
    seen = inspect_table(tmp_path / "a.jsonl", "a", *_bound(tmp_path))
    found = {c.name: (c.type, round(c.filled, 2), c.samples, c.uses) for c in seen.columns}
    assert found["title"] == ("text", 0.67, ("Deux", "Barrage"), ("entity.w.name",))
    assert found["year"] == ("year", 1.0, ("2019", "2017", "2018"), ())
    assert found["id"] == ("IMDb id", 0.67, ("tt9692684", "tt5937716"), ("entity.w.ids.imdb",))
    assert found["cast"] == ("list of text", 0.67, ("A", "B", "C"), ())
    assert [found[c][0] for c in ("seen", "out", "share")] == ["true or false", "date", "percent"]
    assert (seen.n_read, seen.is_read, seen.whole) == (3, True, True)


def _bound(folder: Path):  # type: ignore[no-untyped-def]
    mapping = read_mapping(folder / "a.toml", folder)
    return mapping.options, mapping


def test_the_first_claims_have_names_quote_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title,director\nDeux,Filippo Meneghetti\n,\nBarrage,Laura Schroeder\n")
    (tmp_path / "a.toml").write_text(
        '[entity.w]\ntype = "Work"\nname = "{title}"\n[entity.p]\ntype = "Person"\nname = "{director}"\n'
        '[[claim]]\nkind = "Credit"\nwork = "w"\nagent = "p"\nrole = "director"\n'
    )
    seen = inspect_table(tmp_path / "a.csv", "a", *_bound(tmp_path), n_claims=1)
    (claim,) = seen.claims
    assert (claim.kind, claim.row, claim.status) == ("Credit", 2, "asserted")
    assert (claim.roles, claim.attributes) == (
        {"work": ("Deux",), "agent": ("Filippo Meneghetti",)}, {"role": "director"},
    )  # fmt: skip
    assert claim.quote == "title: Deux | director: Filippo Meneghetti"
    assert seen.n_claims == {"Credit": 2}
    assert json.loads(json.dumps(seen.to_json()))["claims"][0]["row"] == 2


def test_a_large_file_is_shown_by_its_first_rows_with_their_lines(tmp_path: Path) -> None:
    rows = "".join(f'"film {i}\nsecond line",{1900 + i % 100}\n' for i in range(60_000))
    (tmp_path / "a.csv").write_text("title,year\n" + rows)
    (tmp_path / "a.toml").write_text('[entity.w]\ntype = "Work"\nname = "{title}"\nyear = "{year}"\n')
    seen = inspect_table(tmp_path / "a.csv", "a", *_bound(tmp_path))
    assert not seen.whole
    assert 10_000 < seen.n_read < 60_000
    assert (seen.n_quarantined, seen.issues) == (0, ())
    whole = inspect_table(tmp_path / "a.csv", "a", *_bound(tmp_path), whole=True)
    assert (whole.n_read, whole.whole) == (60_000, True)


def test_the_head_of_a_table_ends_with_a_whole_row() -> None:
    options = TableOptions("csv")
    assert cut(b'a,b\n1,"x\ny"\n2,"z\n', options) == b'a,b\n1,"x\ny"\n'
    assert cut(b"a,b" * 10, options) is None
    assert cut(b'a\tb\n1\t"\n', TableOptions("tsv")) == b'a\tb\n1\t"\n'
    assert cut(b'{"a": 1}\n{"a"', TableOptions("jsonl")) == b'{"a": 1}\n'
    assert cut(b'[\n {"a":\n 1},', TableOptions("json")) is None


def test_a_large_document_is_not_read_without_being_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avgraph.sources.heads.MAX_WHOLE_BYTES", 1_000)
    path = tmp_path / "a.json"
    path.write_text('[{"a": "' + "x" * 1_100_000 + '"}]')
    with pytest.raises(SourceError, match="1 MB") as caught, head_of(path, TableOptions("json")):
        pass
    assert caught.value.hint == "--all reads it as a whole"


def test_wide_encodings_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("title,year\n" + "Deux,2019\n" * 60_000).encode("utf-16"))
    with head_of(path, TableOptions("csv")) as (part, whole):
        assert (part, whole) == (path, True)


def test_a_table_without_anything_to_name_still_gives_toml() -> None:
    frame = pl.DataFrame({ROW: pl.Series([], dtype=pl.Int64)})
    draft = draft_mapping("x.csv", frame, TableOptions("csv"))
    assert "[table]" in draft
    assert "[entity" not in draft
    assert all(c in string.printable for c in draft)
