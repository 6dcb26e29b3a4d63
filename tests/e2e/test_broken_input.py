"""A folder of broken files builds: every problem is listed with file, place and remedy; the rest is in the graph."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

ARTICLE = "title: A\nlanguage: en\ndate: 2020-01-02\n---\nThe film “Gutland” was directed by Govinda Van Maele.\n"
MAPPING = """\
[entity.film]
type = "Work"
subtype = "film"
name = "{title}"
year = "{year}"
[[claim]]
kind = "WorkFact"
work = "film"
property = "release date"
value = "{year}"
"""


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def broken_workspace(root: Path) -> set[str]:
    """Write a workspace of which most files are broken; return the paths that must appear among the issues."""
    articles, records = root / "articles", root / "records"
    articles.mkdir(parents=True)
    records.mkdir()
    (root / "avgraph.toml").write_text('[workspace]\nname = "broken"\n')
    (articles / "good.txt").write_text(ARTICLE)
    files: dict[str, bytes] = {
        "articles/empty.txt": b"",
        "articles/empty.html": b"",
        "articles/blank.txt": b" \n\n\t\n",
        "articles/binary.txt": bytes(range(256)) * 20,
        "articles/picture.html": b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 300,
        "articles/truncated.html": b"<html><head><title>Cut",
        "articles/huge-line.txt": b"word " * 10_500_000,
        "articles/no-body.html": b"<html><head><title>x</title></head><body></body></html>",
        "articles/scan.pdf": b"%PDF-1.4 nothing",
    }
    kept = {  # hostile or odd, yet readable: these need not be problems, but must not stop anything
        "articles/latin1.txt": "title: Été\nlanguage: fr\n---\n« Gutland » a été tourné.\n".encode("latin-1"),
        "articles/deep.html": b"<div>" * 60_000 + b"<p>The film was shot.</p>",
        "articles/script.html": b"<html><body><p>A film <script>alert(1)</script> &lt;img onerror=x&gt; ran.</p></body></html>",  # noqa: E501
        "articles/bomb.html": (
            b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            b"<html><body><p>&b; film</p></body></html>"
        ),
        "articles/odd \"name'\n1.txt": ARTICLE.encode(),
        "articles/utf16.txt": ARTICLE.encode("utf-16"),
    }
    tables: dict[str, bytes] = {
        "empty": b"",
        "header-only-missing": b"name,when\n",
        "ragged": b"title,year\nA,2001\nB\nC,2003,x,y\nD,2004\n",
        "duplicate-header": b"title,title,year\nA,A,2001\n",
        "missing-column": b"title,annee\nA,2001\n",
        "bad-year": b"title,year\nA,soon\nB,2002\n",
        "bad-bytes": b"title,year\nA\xff\xfe,2001\nB,2002\n",
        "nul": b"title,year\nA\x00B,2001\nC,2002\n",
        "open-quote": b'title,year\n"A,2001\nB,2002\n',
        "utf16": "title,year\nA,2001\n".encode("utf-16"),
        "huge-cell": b"title,year\n" + b"x" * 50_000_000 + b",2001\nB,2002\n",
    }
    for name, data in {**files, **kept}.items():
        (root / name).write_bytes(data)
    for name, data in tables.items():
        (records / f"{name}.csv").write_bytes(data)
        (records / f"{name}.toml").write_text(MAPPING)
    (records / "quotes.csv").write_text('title,year\n"He said ""go""\nnow; \'DROP\'",2001\n=1+1,2002\n')
    (records / "quotes.toml").write_text(MAPPING)
    (records / "lines.jsonl").write_text(
        '{"title": "A", "year": 2001}\n{"title": "B", "ye\n[1]\n{"title": "C", "year": 2003}\n'
    )
    (records / "lines.toml").write_text(MAPPING)
    (records / "notatoml.toml").write_text("[entity\n")
    (records / "wrongkeys.toml").write_text(MAPPING.replace("property", "proprety"))
    (records / "wrongkeys.csv").write_text("title,year\nA,2001\n")
    (records / "nofile.toml").write_text(MAPPING)
    (records / "sheet.xlsx").write_bytes(b"PK\x03\x04 not really")
    (records / "sheet.toml").write_text(MAPPING)
    (records / "orphan.csv").write_text("title,year\nA,2001\n")
    junk = {
        "junk.csv": bytes(range(256)) * 300, "nothing.csv": b"", "nothing.tsv.gz": b"", "text.xlsx": b"no spreadsheet",
        "spoilt.tsv.gz": b"\x1f\x8b\x08\x00" + bytes(range(200)), "cut.zip": zipped({"a.csv": b"x"})[:-15],
        "one-line.csv": b"x" * 3_000_000, "text.zip": b"no archive",
    }  # fmt: skip
    for name, data in junk.items():
        (records / name).write_bytes(data)
    (records / "folder.csv").mkdir()
    bomb = bytearray(zipped({"bomb.csv": b"title,year\n", "../out.csv": b"x", "good.csv": b"title,year\nZipped,2004\n",
                             "good.toml": MAPPING.encode()}))  # fmt: skip
    size = bomb.index(b"PK\x01\x02") + 24
    bomb[size : size + 4] = (1_000_000_000).to_bytes(4, "little")
    (records / "dump.zip").write_bytes(bytes(bomb))
    (root / "decisions.sssom.tsv").write_text("subject_id\tpredicate_id\tobject_id\nx\ty\nz\tskos:exactMatch\tq\n")
    named = {f"records/{n}.csv" for n in tables if n not in ("utf16",)}
    named |= {f"records/{name}" for name in junk} | {"records/dump.zip/bomb.csv", "records/dump.zip/../out.csv"}
    named |= {"records/lines.jsonl", "records/notatoml.toml", "records/wrongkeys.toml", "records/nofile.toml",
              "records/sheet.xlsx", "records/orphan.csv", "decisions.sssom.tsv"}  # fmt: skip
    return set(files) | named


@pytest.fixture(scope="module")
def built(avgraph, tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("broken")
    expected = broken_workspace(root)
    done = avgraph("build", root, "--json")
    return root, expected, done


def test_it_builds_and_says_so_with_exit_code_1(built) -> None:
    _, _, done = built
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["claims"]["WorkFact"] >= 7


def test_every_broken_file_is_listed_with_a_remedy(built) -> None:
    _, expected, done = built
    issues = json.loads(done.stdout)["issues"]
    stems = {i["source"].rsplit(".", 1)[0] for i in issues}
    missing = {e for e in expected if e.rsplit(".", 1)[0] not in stems}
    assert not missing
    assert all(i["message"] for i in issues)
    assert [i for i in issues if not i["hint"]] == []


def test_rows_add_up(built) -> None:
    _, _, done = built
    for source in json.loads(done.stdout)["sources"]:
        assert source["n_read"] == source["n_accepted"] + source["n_quarantined"], source


def test_the_good_rows_are_in_the_graph(built, avgraph) -> None:
    root, _, _ = built
    done = avgraph("query", "SELECT DISTINCT ?l WHERE { ?c av:work/rdfs:label ?l } ORDER BY ?l", "-g", root, "--json")
    labels = {row["l"] for row in json.loads(done.stdout)}
    assert {"A", "B", "C", "D", "Gutland", "=1+1", "Zipped"} <= labels


def test_validate_finds_the_same_without_building(built, avgraph) -> None:
    root, expected, _ = built
    done = avgraph("validate", root, "--json")
    stems = {i["source"].rsplit(".", 1)[0] for i in json.loads(done.stdout)["issues"]}
    assert not {e for e in expected if e.rsplit(".", 1)[0] not in stems}
