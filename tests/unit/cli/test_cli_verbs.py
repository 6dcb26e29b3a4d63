"""Every verb: exit codes, what goes to stdout and what to stderr, and errors a person can act on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from avgraph.cli import analysing, app, asking
from avgraph.knowledge.disagreement import OUTCOMES
from avgraph.knowledge.membership import NETWORK_KINDS
from avgraph.model import ENTITY_TYPES
from avgraph.network import MEASURES

Run = Callable[..., "Outcome"]
VERBS = ("init", "demo", "build", "inspect", "extract", "query", "show", "explain", "review", "conflicts", "match",
         "network", "report", "serve", "export", "import", "push", "pull", "validate", "evaluate")  # fmt: skip


class Outcome:
    """Exit code and both streams of one call."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process."""

    def call(*args: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["avgraph", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            app.main()
        captured = capsys.readouterr()
        code = caught.value.code
        outcome = Outcome(0 if code is None else int(code), captured.out, captured.err)
        assert "Traceback" not in outcome.out + outcome.err
        return outcome

    return call


@pytest.fixture
def at(example_graph: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Stand in an empty folder; the built example is returned."""
    monkeypatch.chdir(tmp_path)
    return example_graph


def test_help_lists_every_verb(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    listed = done.out.split("Commands:\n")[1].split("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines()] == [*VERBS]
    assert "Exit codes" in done.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(run: Run, verb: str) -> None:
    done = run(verb, "--help")
    assert done.code == 0
    assert done.err == ""
    assert f"avgraph {verb}" in done.out.split("\n", 1)[1]


def test_the_choices_offered_are_those_of_the_library() -> None:
    assert asking._ENTITY_TYPES == ENTITY_TYPES
    assert asking._OUTCOMES == OUTCOMES
    assert tuple(NETWORK_KINDS) == analysing._KINDS
    assert tuple(MEASURES) == analysing._MEASURES


def test_help_and_version_load_nothing_heavy() -> None:
    code = (
        "import sys; import avgraph, avgraph.cli.app, avgraph.cli.making, avgraph.cli.reading, avgraph.cli.asking, "
        "avgraph.cli.analysing, avgraph.cli.demo, avgraph.cli.exchanging, avgraph.cli.stores; "
        "slow = {'polars', 'rdflib', 'pyoxigraph', 'networkx', 'numpy', 'onnxruntime', 'rich', 'httpx'}; "
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ((), 2, "Usage"),
        (("quer",), 2, "Did you mean 'query'?"),
        (("--nonsense",), 2, "No such option"),
        (("init",), 2, "Missing argument"),
        (("build", "nowhere"), 2, "avgraph init nowhere"),
        (("validate", "nowhere"), 2, "avgraph init nowhere"),
        (("query",), 2, "--list"),
        (("query", "films", "-g", "nowhere"), 3, "at: nowhere"),
        (("query", "nothing.rq", "-g", "EXAMPLE"), 4, "at: nothing.rq"),
        (("query", "film", "-g", "EXAMPLE"), 4, "did you mean 'films'"),
        (("query", "films", "-p", "x", "-g", "EXAMPLE"), 2, "NAME=VALUE"),
        (("query", "films", "-p", "x=1", "-g", "EXAMPLE"), 4, "it has: "),
        (("query", "films", "-p", "since=soon", "-g", "EXAMPLE"), 4, "whole number"),
        (("query", "who-directed", "-p", "work=Nothing Such", "-g", "EXAMPLE"), 4, "work: no entity named"),
        (("query", "coproductions", "-p", "country=Belgum", "-g", "EXAMPLE"), 4, "did you mean 'Belgium'?"),
        (("query", "SELECT * { SERVICE <http://127.0.0.1:9/> {} }", "-g", "EXAMPLE"), 4, "without the network"),
        (("query", "SELECT ?x WHERE {", "-g", "EXAMPLE"), 4, "line 1, column"),
        (("query", "DROP ALL", "-g", "EXAMPLE"), 4, "does not parse"),
        (("show", "-g", "EXAMPLE"), 2, "--search TEXT"),
        (("show", "Mr. Hublott", "-g", "EXAMPLE"), 2, "Hublot'?"),
        (("show", "X", "--type", "Thing", "-g", "EXAMPLE"), 2, "'person', 'organization'"),
        (("show", "--claim", "nothing", "-g", "EXAMPLE"), 4, "not an IRI"),
        (("explain", "Nobody At All", "-g", "EXAMPLE"), 2, "no entity named"),
        (("conflicts", "--outcome", "x", "-g", "EXAMPLE"), 2, "'contradicted'"),
        (("conflicts", "--rule", "x", "-g", "EXAMPLE"), 4, "'x'\n  hint: choose one of: announced, "),
        (("conflicts", "--entity", "Nobody At All", "-g", "EXAMPLE"), 2, "no entity named"),
        (("network", "actors", "-g", "EXAMPLE"), 2, "person, company"),
        (("network", "person", "--top", "0", "-g", "EXAMPLE"), 2, "--top"),
        (("network", "person", "--from", "2018", "--to", "2009", "-g", "EXAMPLE"), 2, "2018 to 2009"),
        (("network", "person", "--year", "2009", "-g", "EXAMPLE"), 2, "see --from"),
        (("network", "person", "--role", "clown", "-g", "EXAMPLE"), 2, "director"),
        (("network", "person", "-o", "x.txt", "-g", "EXAMPLE"), 2, ".graphml"),
        (("network", "person", "-o", "none/x.gexf", "-g", "EXAMPLE"), 3, "none/x.gexf\n  hint: make it: mkdir -p none"),
        (("network", "person", "-o", "none/x.parquet", "-g", "EXAMPLE"), 3, "there is no folder none\n"),
        (("report", "-o", "none/r.html", "-g", "EXAMPLE"), 3, "none/r.html"),
        (("export", "x.foo", "-g", "EXAMPLE"), 2, ".trig"),
        (
            ("export", "none/x.nq", "-g", "EXAMPLE"),
            3,
            "no folder none\n  at: none/x.nq\n  hint: make it: mkdir -p none",
        ),
        (("export", "a b/x.ttl", "-g", "EXAMPLE"), 3, "hint: make it: mkdir -p 'a b'"),
        (("extract", "none/nothing.html"), 1, "none/nothing.html: the file cannot be read: No such file"),
        (("extract", "/"), 1, "/: a folder, no file → name the articles in it"),
        (("extract", "x.html", "--date", "20-1-1"), 2, "2014-03-05"),
        (("extract", "x.html", "--language", "klingon"), 2, "two-letter"),
        (("extract", "x.html", "--min-confidence", "nan"), 2, "--min-confidence': 'nan' is not a number"),
        (("evaluate", ".", "--min-confidence", "nan"), 2, "--min-confidence': 'nan' is not a number"),
        (("network", "person", "--min-weight", "inf", "-g", "EXAMPLE"), 2, "--min-weight': 'inf' is not a number"),
        (("extract", "-", "--llm", "http://h/v1"), 2, "--llm-model NAME"),
        (("extract", "-", "--llm-model", "m"), 2, "need --llm URL"),
        (("extract", "-", "--llm", "h", "--llm-model", "m"), 2, "http://localhost:11434/v1"),
        (("extract", "-", "--llm", "http://u:secret@h/v1", "--llm-model", "m"), 2, "user name or password"),
        (("extract", "-", "--llm", "http://h/v1", "--llm-model", "a b"), 2, "--llm-model: the name holds a space"),
        (("extract", "-", "--llm", "http://h/v1", "--llm-model", "m", "--recall"), 2, "leave out --min-confidence"),
        (("extract", "-", "--llm", "http://h/v1", "--llm-model", "m", "--llm-timeout", "0"), 2, "--llm-timeout"),
        (("extract", "-", "--llm", "http://h/v1", "--llm-model", "m", "--llm-timeout", "nan"), 2, "is not a number"),
        (("extract", "-", "--llm", "http://h/v1", "--llm-model", "m", "--jobs", "2"), 2, "leave out --jobs"),
        (("extract", "-", "--llm", "http://h/v1", "--llm-model", "m", "--llm-key-env", "my secret"), 2, "not the key"),
        (("evaluate", "nowhere"), 2, "nowhere"),
        (("evaluate", "."), 1, "NAME.jsonl"),
        (("query", "films", "-g", "http://127.0.0.1:9/sparql"), 3, "http://127.0.0.1:9/sparql"),
        (("query", "films", "-g", "http://u:secret@host:port/"), 3, "not the address"),
    ],
)
def test_what_goes_wrong_is_said_on_stderr_with_its_exit_code(
    run: Run, at: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    done = run(*(at if a == "EXAMPLE" else a for a in args))
    assert done.code == code, done
    assert said in done.err, done
    assert done.out == "", done
    assert "secret" not in done.err


def test_init_build_and_validate_an_empty_workspace(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "été d'hiver"
    done = run("init", folder)
    assert done.code == 0
    assert f"avgraph build '{tmp_path}/été d'\"'\"'hiver'" in done.out
    assert run("init", folder).code == 2
    done = run("build", folder)
    assert done.code == 0
    assert "no claims: put articles into articles/" in done.err
    assert run("validate", folder).out == "0 rows read = 0 accepted + 0 quarantined; 0 issues\n"
    for args in (("conflicts",), ("network", "person"), ("show", "--search", "x"), ("query", "films")):
        done = run(*args, "-g", folder)
        assert done.code == 0, done
        assert done.out.count("\n") == 1, done


def test_a_bad_row_makes_exit_code_1_and_names_its_line(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path)
    (tmp_path / "records" / "f.toml").write_text(
        '[entity.film]\ntype = "Work"\nname = "{t}"\nyear = "{y}"\n'
        '[[claim]]\nkind = "WorkFact"\nwork = "film"\nproperty = "release date"\nvalue = "{y}"\n'
    )
    (tmp_path / "records" / "f.csv").write_text("t,y\nA,2001\nB,soon\n")
    for verb in ("build", "validate"):
        done = run(verb, tmp_path)
        assert done.code == 1, done
        assert "records/f.csv, line 3" in done.out + done.err
        assert "2 rows read = 1 accepted + 1 quarantined" in done.out
        data = json.loads(run(verb, tmp_path, "--json").out)
        assert [i["where"] for i in data["issues"]] == ["line 3"]


BROKEN = '[entity.film]\ntype = "Work"\nnam = "{t}"\n[[claim]]\nkind = "WorkFact"\nwork = "flim"\n'


@pytest.mark.parametrize("verb", ["build", "validate"])
def test_each_error_of_a_mapping_is_a_line_with_its_place(run: Run, tmp_path: Path, verb: str) -> None:
    run("init", tmp_path)
    (tmp_path / "records" / "f.toml").write_text(BROKEN)
    (tmp_path / "records" / "f.csv").write_text("t\nA\n")
    (tmp_path / "records" / "s.toml").write_text(BROKEN.replace("nam ", "name "))
    (tmp_path / "records" / "s.xlsx").write_bytes(b"PK no spreadsheet")
    done = run(verb, tmp_path)
    assert done.code == 1
    lines = [line for line in (done.out + done.err).splitlines() if line.startswith("error: ")]
    assert lines[:2] == [
        "error: records/f.toml, entity.film.nam: this key is not known → did you mean 'names' or 'name'?",
        'error: records/f.toml, entity.film: the entity has neither a name nor ids → write name = "{column}"',
    ]
    assert [line.split(": ")[1] for line in lines[2:]] == [
        "records/f.toml, claim[1].work", *["records/f.toml, claim[1]"] * 2, "records/s.xlsx",
    ]  # fmt: skip
    issues = json.loads(run(verb, tmp_path, "--json").out)["issues"]
    assert [(i["source"], i["where"]) for i in issues][:2] == [
        ("records/f.toml", "entity.film.nam"), ("records/f.toml", "entity.film"),
    ]  # fmt: skip
    assert not any("\n" in i["message"] for i in issues)


def test_a_build_says_why_nothing_came_of_what_is_there(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path)
    (tmp_path / "records" / "f.toml").write_text(BROKEN)
    (tmp_path / "records" / "f.csv").write_text("t\nA\n")
    assert run("build", tmp_path).err.endswith("no claims: nothing could be read; see the issues above\n")
    (tmp_path / "records" / "f.toml").write_text('[entity.film]\ntype = "Work"\nname = "{t}"\n')
    assert run("build", tmp_path).err == "no claims: what was read states none\n"


def test_a_line_break_in_a_file_name_leaves_one_line_for_each_issue(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path)
    (tmp_path / "articles" / "two\nlines.txt").write_text("")
    for verb in ("build", "validate"):
        done = run(verb, tmp_path)
        (line,) = [line for line in (done.out + done.err).splitlines() if "error: " in line]
        assert line.startswith("error: articles/two\\nlines.txt: the file is empty")


def test_an_empty_network_says_which_years_there_are(run: Run, at: Path, tmp_path: Path) -> None:
    done = run("network", "company", "--from", "2030", "-g", at)
    assert done.code == 0
    assert "the network is empty: the works are of the years 2002 to 2023; 2 memberships have no year\n" in done.err
    (tmp_path / "members.csv").write_text("film,person\nA,x\nA,y\n")
    table = ("network", "members.csv", "--work", "film", "--member", "person")
    assert "no work with a year is known" in run(*table, "--to", "2000").err
    assert "empty" not in run(*table).err


def test_a_pipe_gets_tsv_with_every_digit(run: Run, at: Path) -> None:
    done = run("query", "statistics", "-g", at)
    header, *rows = (line.split("\t") for line in done.out.splitlines())
    assert {len(row) for row in rows} == {len(header)}
    assert "36700000" in {row[header.index("value")] for row in rows}
    done = run("network", "company", "-g", at)
    assert len(done.out.splitlines()) == 16
    assert max(len(line.rsplit("\t", 1)[-1]) for line in done.out.splitlines()[1:]) > 8
    assert "\nnodes: 148\n" in done.err


def test_names_are_shown_and_iris_on_request(run: Run, at: Path) -> None:
    query = "SELECT ?s WHERE { ?s a schema:TVSeason ; rdfs:label 'Unité 42, season 2' }"
    assert run("query", query, "-g", at).out.splitlines()[1] == "Unité 42, season 2"
    assert run("query", query, "--iris", "-g", at).out.splitlines()[1].startswith("https://w3id.org/avgraph/id/work/")


@pytest.mark.parametrize(
    "args",
    [
        ("query", "--list"), ("query", "films"), ("query", "ASK { ?s ?p ?o }"), ("show", "Mr. Hublot"),
        ("show", "--search", "fund"), ("explain", "Samsa Film"), ("conflicts",), ("network", "country"),
        ("network", "company", "--show", "communities"),
    ],
)  # fmt: skip
def test_json_is_json_and_alone_on_stdout(run: Run, at: Path, args: tuple[str, ...]) -> None:
    done = run(*args, "--json", "-g", at)
    assert done.code == 0, done
    assert json.loads(done.out)


def test_ask_construct_and_describe(run: Run, at: Path) -> None:
    assert run("query", "ASK { ?s a av:Credit }", "-g", at).out == "yes\n"
    assert run("query", "ask { ?s a av:Nothing }", "-g", at).out == "no\n"
    triples = run("query", "PREFIX x: <urn:x>\n# a comment\nCONSTRUCT WHERE { ?s av:share ?o }", "-g", at).out
    assert all(line.endswith(" .") for line in triples.splitlines())


def test_the_sparql_of_a_named_query_can_be_printed_and_asked_again(run: Run, at: Path, tmp_path: Path) -> None:
    printed = run("query", "who-directed", "-p", "work=Unité 42", "--sparql", "-g", at)
    assert printed.code == 0, printed
    (tmp_path / "mine.rq").write_text(printed.out, encoding="utf-8")
    assert run("query", tmp_path / "mine.rq", "-g", at).out == run("query", "who-directed", "-g", at).out


def test_show_prints_quotes_places_and_other_spellings(run: Run, at: Path) -> None:
    out = run("show", "unite 42, season 2", "-g", at).out
    assert "“Only the co-produced episodes were directed by Christophe Wagner" in out
    assert "records/credits.tsv line 17" in out
    assert "also written" in out
    iri = json.loads(run("show", "Mr. Hublot", "-g", at, "--json").out)["claims"][0]["claim"]
    assert iri in run("show", "--claim", iri, "-g", at).out


def test_explain_says_same_and_never_compared(run: Run, at: Path) -> None:
    assert "Same:" in run("explain", "Film Fund Luxembourg", "Luxembourg Film Fund", "-g", at).out
    assert "Not the same" in run("explain", "Film Fund Luxembourg", "Mr. Hublot", "-g", at).out


def test_files_are_written_where_asked(run: Run, at: Path, tmp_path: Path) -> None:
    for name in ("a.nq", "a.ttl", "a.trig"):
        assert run("export", name, "-g", at).code == 0
        assert (tmp_path / name).stat().st_size > 1_000_000
    assert run("export", "tables", "--tables", "csv", "-w", at).code == 0
    assert (tmp_path / "tables" / "credit.csv").is_file()
    for name in ("n.gexf", "n.graphml", "n.csv", "n.parquet"):
        done = run("network", "country", "-o", name, "-g", at)
        assert done.code == 0
        assert f"written: {name}" in done.err
        assert (tmp_path / name).stat().st_size > 1000


def test_a_table_becomes_a_network(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("film,person,year\nA,x,2001\nA,y,2001\nB,y,2002\nB,z,2002\n")
    done = run("network", path, "--work", "film", "--member", "person", "--year", "year", "--rank", "degree")
    assert done.out.splitlines()[1].split("\t") == ["1", "y", "y", "", "2"]
    assert run("network", path).code == 2
    assert "did you mean 'person'" in run("network", path, "--work", "film", "--member", "persn").err


GUTLAND = "“Gutland” was directed by Govinda Van Maele.\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("films.csv", "not an article format → save its text as one of .html"),
        ("README", "not an article format"),
        ("folder", "a folder, no file → name the articles in it: "),
        ("missing.txt", "the file cannot be read: No such file or directory → check"),
        ("forbidden.txt", "the file cannot be read: Permission denied → check that it exists and may be read"),
    ],
)
def test_a_path_that_is_no_article_is_told_and_the_others_are_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    for file in ("films.csv", "good.txt", "README", "forbidden.txt"):
        (tmp_path / file).write_text(GUTLAND)
    (tmp_path / "folder").mkdir()
    may, read = os.access, Path.read_bytes

    def may_be_read(path: Path, mode: int, **more: bool) -> bool:
        return "forbidden" not in str(path) and may(path, mode, **more)

    def refused(path: Path) -> bytes:
        if path.name == "forbidden.txt":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(os, "access", may_be_read)
    monkeypatch.setattr(Path, "read_bytes", refused)
    done = run("extract", tmp_path / name, tmp_path / "good.txt")
    assert done.code == 1
    assert "Govinda Van Maele — directed → Gutland" in done.out
    assert done.err.startswith(f"error: {tmp_path / name}: {said}"), done


def test_extract_reads_files_and_standard_input(run: Run, at: Path, tmp_path: Path) -> None:
    article = at / "articles" / "2019-10-16-partners-on-screen.html"
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "empty.txt").write_text("")
    done = run("extract", article, "sub/empty.txt", "--json")
    assert done.code == 1
    assert "sub/empty.txt: the file is empty" in done.err
    facts = [json.loads(line) for line in done.out.splitlines()]
    assert "Christophe Wagner" in {f["subject"] for f in facts}


def test_each_fact_says_which_file_it_is_from(run: Run, at: Path, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(GUTLAND)
    done = run("extract", "a.txt", "b.txt", "--json")
    assert [json.loads(line)["source"] for line in done.out.splitlines()] == ["a.txt", "b.txt"]


def test_extract_says_what_build_says_of_a_file(run: Run, at: Path, tmp_path: Path) -> None:
    header = b"date: 2019-99-99\nlanguage: klingon\n---\n"
    (tmp_path / "a.txt").write_bytes(header + "Un film réalisé par Hélène Dupré.\n".encode("cp1252"))
    lines = run("extract", "a.txt").err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["a.txt", "a.txt, date", "a.txt, language"]
    assert "read as windows-1252" in lines[0]
    lines = run("extract", "a.txt", "--language", "fr", "--date", "2019").err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["a.txt"]


@pytest.mark.parametrize("given", ["EN", "en-GB", "english"])
def test_the_language_given_is_that_of_all_files(run: Run, at: Path, tmp_path: Path, given: str) -> None:
    (tmp_path / "a.txt").write_text("language: fr\ndate: 2017\n---\n" + GUTLAND)
    done = run("extract", "a.txt", "--language", given)
    assert (done.code, done.err) == (0, "")
    assert "directed → Gutland" in done.out
    assert "whatever they say" in " ".join(run("extract", "--help").out.split())


def test_an_article_in_no_language_that_is_read_is_one_warning_everywhere(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path)
    (tmp_path / "articles" / "a.txt").write_text("Un film di Anna Novak.\n")
    for args in (("build", tmp_path), ("validate", tmp_path), ("extract", tmp_path / "articles" / "a.txt")):
        done = run(*args)
        (line,) = [line for line in (done.out + done.err).splitlines() if "warning" in line]
        assert done.code == 0
        assert "neither stated nor recognised" in line
        assert '"language: en"' in line


def test_a_person_is_told_that_a_long_text_is_being_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avgraph.cli.reading._LONG", 40)
    (tmp_path / "a.txt").write_text(GUTLAND)
    assert run("extract", tmp_path / "a.txt").err == ""
    monkeypatch.setattr("avgraph.cli.reading.is_terminal", lambda stream: True)
    assert run("extract", tmp_path / "a.txt").err == f"reading {tmp_path / 'a.txt'}: 44 characters …\n"


def test_an_annotation_that_cannot_be_used_is_told_on_stderr_with_exit_code_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("language: en\n---\n" + GUTLAND)
    fact = {
        "subject": "Govinda Van Maele", "subject_type": "Person", "relation": "directed", "object": "Gutland",
        "object_type": "Work", "certainty": "asserted", "evidence": GUTLAND.strip(),
    }  # fmt: skip
    good = json.dumps(fact)
    (tmp_path / "a.jsonl").write_text(f"{good}\n{good}\n")
    done = run("evaluate", tmp_path)
    assert done.code == 0
    assert done.err.startswith("warning: a.jsonl, line 2: the same fact as line 1, counted once → ")
    (tmp_path / "a.jsonl").write_text(f"{good}\n{json.dumps(fact | {'relation': 'directd'})}\n")
    for more in ((), ("--json",)):
        done = run("evaluate", tmp_path, *more)
        assert done.code == 1
        assert done.err.startswith("error: a.jsonl, line 2: relation 'directd' is unknown → write one of directed, ")
        assert "error:" not in done.out
    (issue,) = json.loads(done.out)["issues"]
    assert (issue["severity"], issue["source"], issue["where"]) == ("error", "a.jsonl", "line 2")
    assert "directed" in issue["hint"]


def call(*args: object, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from avgraph.cli import main; main()", *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload,no-any-return]


def test_a_reader_that_goes_away_is_no_fault(example_graph: Path) -> None:
    process = call("show", "Luxembourg", "--json", "-g", example_graph)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"{\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_pipe_gets_utf8_in_any_locale(example_graph: Path, encoding: str) -> None:
    process = call(
        "show", "Mr. Hublot", "-g", example_graph, env={**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    )
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "Stéphane Halleux" in out.decode("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said(example_graph: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [
            sys.executable,
            "-c",
            "from avgraph.cli import main; main()",
            "query",
            "films",
            "-g",
            str(example_graph),
        ]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_says_so_and_leaves_the_last_build(example_graph: Path, tmp_path: Path) -> None:
    root = tmp_path / "w"
    shutil.copytree(example_graph, root)
    pointer = (root / ".avgraph" / "current").read_text()
    handlers = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    process = call("build", "--force", root, **handlers)
    cache = root / ".avgraph" / "cache"
    before = {p: p.stat().st_mtime_ns for p in cache.iterdir()}
    while process.poll() is None and all(p.exists() and p.stat().st_mtime_ns == t for p, t in before.items()):
        time.sleep(0.02)  # until the build has kept its first source
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert err.decode().strip() == "interrupted"
    assert (root / ".avgraph" / "current").read_text() == pointer


def test_ctrl_c_while_the_program_loads_is_no_traceback() -> None:
    code = (
        "import sys\nclass Interrupted:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\nfrom avgraph.cli import main\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_that_comes_again_while_the_first_one_is_dealt_with_is_no_traceback() -> None:
    code = """
import signal
def rows():
    try: yield 1
    finally: signal.raise_signal(signal.SIGINT)
class Verb:
    def main():
        kept = rows()
        next(kept)
        try: raise KeyboardInterrupt
        finally: del kept
signal.signal(signal.SIGINT, signal.default_int_handler)
import avgraph.cli.app
avgraph.cli.app.main = Verb.main
from avgraph.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_a_fault_of_our_own_is_one_line_and_exit_code_70(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise KeyError("boom")

    monkeypatch.setattr("avgraph.workspace.Workspace.load", broken)
    monkeypatch.delenv("AVGRAPH_DEBUG", raising=False)
    done = run("validate", ".")
    assert done.code == 70
    assert "KeyError: 'boom'" in done.err
    assert "AVGRAPH_DEBUG=1" in done.err
    monkeypatch.setenv("AVGRAPH_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["avgraph", "validate", "."])
    with pytest.raises(KeyError):
        app.main()
