"""The curator's file: reading dirt, writing, binding, and undoing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from avgraph.errors import NotFoundError, SourceError
from avgraph.identity import (
    Decision,
    Decisions,
    Resolution,
    append_decision,
    explain,
    read_decisions,
    remove_decision,
    resolve,
)
from avgraph.model import Collector, concat_claims

BASE = "https://example.org/id/"
HEADER = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
MANUAL = "semapv:ManualMappingCuration"


def world() -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    a, b, c = Collector("records/a.csv"), Collector("records/b.csv"), Collector("articles/c.txt")
    a.mention("1", "Person", "Sam Garbarski", ids=["imdb:nm1"])
    b.mention("1", "Person", "Sam Gabarski")
    c.mention("1", "Person", "Sam Garbarski", start=0)
    c.mention("2", "Work", "Irina Palm", start=0)
    tables = [x.tables({}) for x in (a, b, c)]
    return pl.concat([t.mentions for t in tables]), concat_claims(t.claims for t in tables)


def solve(*lines: tuple[str, str, str]) -> Resolution:
    rows = tuple(Decision(s, o, v, i + 2) for i, (s, v, o) in enumerate(lines))
    return resolve(*world(), Decisions(rows), BASE)


def entity(r: Resolution, ref: str) -> str:
    return dict(r.assignment.iter_rows())[ref]


def same_tables(left: Resolution, right: Resolution) -> bool:
    return all(getattr(left, t).equals(getattr(right, t)) for t in ("entities", "assignment", "matches"))


class TestVerdicts:
    def test_same_by_reference_iri_and_external_id(self) -> None:
        plain = solve()
        misspelt = entity(plain, "records/b.csv#1")
        assert plain.entities.height == 3
        for subject, object_ in (
            ("records/b.csv#1", "imdb:nm1"),
            (misspelt, entity(plain, "records/a.csv#1")),
            ("articles/c.txt#1", misspelt),
        ):
            r = solve((subject, "same", object_))
            assert r.issues == ()
            assert r.entities.height == 2
            assert r.matches.filter(pl.col("decided_by") == "curator")["verdict"].to_list() == ["same"]

    def test_different_splits_what_names_join(self) -> None:
        plain = solve()
        assert entity(plain, "articles/c.txt#1") == entity(plain, "records/a.csv#1")
        r = solve(("articles/c.txt#1", "different", "records/a.csv#1"))
        assert entity(r, "articles/c.txt#1") != entity(r, "records/a.csv#1")
        assert ("different", "curator") in r.matches.select("verdict", "decided_by").rows()

    def test_a_mention_can_be_taken_out_of_its_entity(self) -> None:
        whole = entity(solve(), "records/a.csv#1")
        r = solve(("articles/c.txt#1", "different", whole))
        assert r.issues == ()
        assert entity(r, "articles/c.txt#1") != entity(r, "records/a.csv#1")
        assert entity(r, "records/a.csv#1") == whole

    def test_what_was_split_off_can_be_joined_elsewhere_by_its_own_iri(self) -> None:
        plain = solve()
        split = ("articles/c.txt#1", "different", "records/a.csv#1")
        own = entity(solve(split), "articles/c.txt#1")
        assert own not in plain.entities["entity"].to_list()
        r = solve(split, (own, "same", entity(plain, "records/b.csv#1")))
        assert r.issues == ()
        assert entity(r, "articles/c.txt#1") == entity(r, "records/b.csv#1") != entity(r, "records/a.csv#1")

    def test_an_iri_keeps_its_meaning_when_its_line_changes_the_clustering(self) -> None:
        plain = solve()
        a, b = entity(plain, "records/a.csv#1"), entity(plain, "records/b.csv#1")
        merged = solve((a, "same", b))
        assert b not in merged.entities["entity"].to_list()
        assert same_tables(merged, solve((a, "same", b)))

    def test_an_iri_whose_label_changed_is_found_by_its_id(self) -> None:
        r = solve((f"{BASE}person/old-label-nm1", "same", "records/b.csv#1"))
        assert r.issues == ()
        assert entity(r, "records/a.csv#1") == entity(r, "records/b.csv#1")

    def test_unsure_keeps_apart_and_says_so(self) -> None:
        r = solve(("articles/c.txt#1", "unsure", "records/a.csv#1"))
        assert entity(r, "articles/c.txt#1") != entity(r, "records/a.csv#1")
        curated = r.matches.filter(pl.col("decided_by") == "curator")
        assert curated["verdict"].to_list() == ["possiblySame"]

    def test_the_curator_beats_ids(self) -> None:
        a, b = Collector("a"), Collector("b")
        a.mention("1", "Person", "A B", ids=["imdb:nm1"])
        b.mention("1", "Person", "C D", ids=["imdb:nm2"])
        b.mention("2", "Person", "E F", ids=["imdb:nm1"])
        tables = [x.tables({}) for x in (a, b)]
        lines = (Decision("a#1", "b#1", "same", 2), Decision("a#1", "b#2", "different", 3))
        r = resolve(pl.concat([t.mentions for t in tables]), {}, Decisions(lines), BASE)
        assert entity(r, "a#1") == entity(r, "b#1") != entity(r, "b#2")

    def test_deleting_the_line_gives_the_earlier_result(self, tmp_path: Path) -> None:
        path = tmp_path / "d.tsv"
        before = resolve(*world(), read_decisions(path, "d.tsv")[0], BASE)
        append_decision(path, "imdb:nm1", "same", "records/b.csv#1")
        during = resolve(*world(), read_decisions(path, "d.tsv")[0], BASE)
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
        after = resolve(*world(), read_decisions(path, "d.tsv")[0], BASE)
        assert not same_tables(before, during)
        assert same_tables(before, after)

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (("nobody#1", "same", "records/a.csv#1"), "nobody#1"),
            ((f"{BASE}person/nobody-nm9", "same", "records/a.csv#1"), "nobody-nm9"),
            (("imdb:nm99", "different", "records/a.csv#1"), "imdb:nm99"),
            (("articles/c.txt#2", "same", "records/a.csv#1"), "different types"),
            ((f"{BASE}person/sam-garbarski-nm1", "different", f"{BASE}person/x-nm1"), "one and the same"),
        ],
    )
    def test_lines_that_mean_nothing_are_reported_and_the_rest_is_used(
        self, line: tuple[str, str, str], words: str
    ) -> None:
        r = solve(line, ("records/b.csv#1", "same", "imdb:nm1"))
        assert [i.where for i in r.issues] == ["line 2"]
        assert words in r.issues[0].message
        assert entity(r, "records/b.csv#1") == entity(r, "records/a.csv#1")

    def test_ids_that_stand_on_one_mention_cannot_differ(self) -> None:
        a, b = Collector("a"), Collector("b")
        a.mention("1", "Person", "Ann Lee", ids=["imdb:nm1"])
        a.mention("2", "Person", "Anna Lee", ids=["imdb:nm1", "wikidata:Q1"])
        b.mention("1", "Person", "Anne Lee", ids=["wikidata:Q1"])
        tables = [x.tables({}) for x in (a, b)]
        line = Decision("imdb:nm1", "wikidata:Q1", "different", 2)
        r = resolve(pl.concat([t.mentions for t in tables]), {}, Decisions((line,)), BASE)
        assert [i.where for i in r.issues] == ["line 2"]
        assert r.entities.height == 1

    def test_a_contradiction_through_others_is_reported_and_the_last_wins(self) -> None:
        r = solve(
            ("records/a.csv#1", "same", "records/b.csv#1"),
            ("records/b.csv#1", "same", "articles/c.txt#1"),
            ("articles/c.txt#1", "different", "records/a.csv#1"),
        )
        assert [(i.where, i.severity) for i in r.issues] == [("line 2", "warning")]
        assert "line 4" in r.issues[0].message
        assert entity(r, "articles/c.txt#1") == entity(r, "records/b.csv#1") != entity(r, "records/a.csv#1")


class TestFile:
    def test_dirt_costs_its_line_only(self, tmp_path: Path) -> None:
        path = tmp_path / "d.tsv"
        path.write_text(
            "\ufeff# mapping_set_id: https://example.org/set\n#curie_map:\n#  id: https://example.org/id/\n"
            + HEADER.rstrip("\n")
            + "\tpredicate_modifier\tcomment\tconfidence\n"
            + f"a#1\tskos:exactMatch\tb#1\t{MANUAL}\t\tfine\t0.9\n"
            + "a#2\tskos:exactMatch\tb#2\n"
            + f"a#3\tskos:closeMatch\tb#3\t{MANUAL}\t\t\t\n"
            + f"\towl:sameAs\tb#4\t{MANUAL}\t\t\t\n"
            + f"a#5\towl:sameAs\tb#5\t{MANUAL}\t\t\tvery\n"
            + f"a#6\towl:sameAs\ta#6\t{MANUAL}\t\t\t\n"
            + f'a#7\tskos:exactMatch\tb#7\t{MANUAL}\tNot\t"odd\t\n'
            + "\n# a remark\n"
            + f"id:person/x-nm1\thttp://www.w3.org/2002/07/owl#differentFrom\timdb:nm2\t{MANUAL}\t\t\t\n"
            + f"a#8\tav:unsure\tb#8\t{MANUAL}\t\t\t\n",
            encoding="utf-8",
        )
        decisions, issues = read_decisions(path, "d.tsv")
        assert [(d.subject, d.verdict, d.line) for d in decisions.rows] == [
            ("a#1", "same", 5),
            ("a#7", "different", 11),
            ("https://example.org/id/person/x-nm1", "different", 14),
            ("a#8", "unsure", 15),
        ]
        assert decisions.rows[0].confidence == 0.9
        assert decisions.rows[1].comment == '"odd'
        assert [i.where for i in issues] == [f"line {n}" for n in (6, 7, 8, 9, 10)]
        assert all(i.hint and i.n_rows == 1 for i in issues)

    def test_of_contradicting_lines_the_last_wins(self, tmp_path: Path) -> None:
        path = tmp_path / "d.tsv"
        path.write_text(HEADER + f"a#1\towl:sameAs\tb#1\t{MANUAL}\nb#1\towl:differentFrom\ta#1\t{MANUAL}\n")
        decisions, issues = read_decisions(path, "d.tsv")
        assert [d.verdict for d in decisions.rows] == ["different"]
        assert [(i.where, i.severity) for i in issues] == [("line 2", "warning")]

    def test_a_missing_file_holds_no_verdicts(self, tmp_path: Path) -> None:
        assert read_decisions(tmp_path / "no.tsv", "no.tsv") == (Decisions(name="no.tsv"), ())

    @pytest.mark.parametrize("content", [b"\xff\xfe", b"subject\tobject\na\tb\n"])
    def test_a_file_that_is_no_table_is_one_issue_and_is_never_appended_to(
        self, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "d.tsv"
        path.write_bytes(content)
        decisions, (issue,) = read_decisions(path, "d.tsv")
        assert decisions.rows == ()
        assert (issue.source, issue.severity) == ("d.tsv", "error")
        assert issue.hint
        with pytest.raises(SourceError):
            append_decision(path, "a#1", "same", "b#1")

    def test_written_lines_are_read_back(self, tmp_path: Path) -> None:
        path = tmp_path / "d.tsv"
        first = append_decision(
            path, "a#1", "same", "b#1", author="M. Curator", comment="two\tcells\nand a line", confidence=1
        )
        path.write_text(path.read_text().rstrip("\n"))
        second = append_decision(path, "a#2", "different", "b#2")
        append_decision(path, "a#3", "unsure", "b#3")
        decisions, issues = read_decisions(path, "d.tsv")
        assert issues == ()
        assert [d.verdict for d in decisions.rows] == ["same", "different", "unsure"]
        assert [d.line for d in decisions.rows][:2] == [first, second]
        assert (decisions.rows[0].author, decisions.rows[0].comment) == ("M. Curator", "two cells and a line")
        assert MANUAL in path.read_text()

    def test_writing_follows_the_columns_of_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "d.tsv"
        path.write_text("object_id\tsubject_id\tpredicate_id\textra\n")
        append_decision(path, "a#1", "same", "b#1", comment="lost: no such column")
        assert path.read_text().splitlines()[1] == "b#1\ta#1\tskos:exactMatch\t"

    def test_a_date_has_its_column_or_goes_into_the_comment(self, tmp_path: Path) -> None:
        new, old = tmp_path / "new.tsv", tmp_path / "old.tsv"
        old.write_text("subject_id\tpredicate_id\tobject_id\tcomment\n")
        for path in (new, old):
            append_decision(path, "a#1", "same", "b#1", date="2026-01-31", comment="seen")
            append_decision(path, "a#2", "same", "b#2", date="2026-01-31")
        head, first, _ = (line.split("\t") for line in new.read_text().splitlines()[-3:])
        assert dict(zip(head, first, strict=True))["mapping_date"] == "2026-01-31"
        assert [d.comment for d in read_decisions(new, "d")[0].rows] == ["seen", ""]
        assert [d.comment for d in read_decisions(old, "d")[0].rows] == ["seen (2026-01-31)", "(2026-01-31)"]

    @pytest.mark.parametrize("end", [b"\n", b"\r\n"])
    def test_exactly_one_line_is_removed(self, tmp_path: Path, end: bytes) -> None:
        path = tmp_path / "d.tsv"
        lines = [b"#c", b"subject_id\tpredicate_id\tobject_id", b"x", b"y", b"x", b"\xe2\x80\xa8z"]
        path.write_bytes(end.join(lines))
        remove_decision(path, b"x")
        assert path.read_bytes() == end.join([*lines[:4], lines[5]])
        remove_decision(path, lines[5])
        assert path.read_bytes() == end.join(lines[:4]) + end
        for gone in (lines[5], b"", b"#"):
            with pytest.raises(SourceError, match="not there any more"):
                remove_decision(path, gone)
        with pytest.raises(SourceError, match="cannot be changed"):
            remove_decision(tmp_path / "none.tsv", b"x")

    @pytest.mark.parametrize("wrong", [("a", "maybe", "b"), ("a", "same", "a"), ("", "same", "b")])
    def test_wrong_verdicts_are_not_written(self, tmp_path: Path, wrong: tuple[str, str, str]) -> None:
        with pytest.raises(ValueError):
            append_decision(tmp_path / "d.tsv", *wrong)
        assert not (tmp_path / "d.tsv").exists()


class TestExplain:
    def test_the_chain_of_links(self) -> None:
        r = solve(("records/b.csv#1", "same", "imdb:nm1"))
        reasons = explain(r, "records/b.csv#1", "articles/c.txt#1")
        links = [f for f in reasons if f.feature == "link"]
        assert [f.detail for f in links] == ["same, decided by curator", "same, decided by name"]
        assert {f.left for f in reasons if f.feature == "name"} == {"Sam Garbarski"}

    def test_why_not(self) -> None:
        r = solve()
        assert explain(r, "records/a.csv#1", "articles/c.txt#2")[0].feature == "type"
        assert explain(r, "records/a.csv#1", entity(r, "records/b.csv#1"))[0].detail.startswith("possiblySame")
        a = Collector("a")
        a.mention("1", "Person", "Ann Lee", ids=["imdb:nm1"])
        a.mention("2", "Person", "Ann Lee", ids=["imdb:nm2"])
        a.mention("3", "Person", "Bo Widerberg")
        a.mention("4", "Person", "Annabel Leese")
        table = a.tables({})
        r = resolve(table.mentions, table.claims, Decisions(), BASE)
        assert explain(r, "a#1", "a#2")[0].feature == "id"
        assert explain(r, "a#1", "a#3")[0].feature == "never compared"
        assert explain(r, "a#1", "a#1")[0].score == 1.0

    def test_an_unknown_id(self) -> None:
        with pytest.raises(NotFoundError):
            explain(solve(), "records/a.csv#1", "nobody#1")
