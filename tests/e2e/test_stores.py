"""Push, pull and every verb that only asks, against three real servers; and the page that tells of them, as typed."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avgraph.cli import app
from avgraph.graph.push import push_graph_iri
from avgraph.graph.sparql_server import SparqlServer
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.knowledge.membership import NETWORK_KINDS
from servers import Running, avgraph_serving, emptied, logged_in, oxigraph_serving

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "stores.md").read_text(encoding="utf-8")
Verb = Callable[..., tuple[int, str, str]]
MAKES = ("oxigraph", "virtuoso", "avgraph")
ASKING = [
    ("query", "coproductions", "-p", "country=BE", "-p", "partner=LU", "--json"),
    ("query", "CONSTRUCT { ?c a av:Conflict } WHERE { ?c a av:Conflict }"),
    ("query", "ASK { ?s a av:Credit }"),
    ("show", "Unité 42", "--json"),
    ("show", "unite 42"),
    ("show", "Film Fund Luxenburg"),
    ("show", "--search", "film fund"),
    ("explain", "Artémis Productions"),
    ("conflicts", "--json"),
    *(("network", kind, "--json") for kind in NETWORK_KINDS),
    ("network", "company", "--from", "2009", "--to", "2018", "--weight", "share", "--show", "communities", "--json"),
]


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with oxigraph_serving(tmp_path_factory.mktemp("oxigraph") / "store") as server:
        yield server


@pytest.fixture(scope="module")
def avgraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with avgraph_serving(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="module")
def servers(example_graph: Path, oxigraph: Running, virtuoso: Running, avgraph_server: Running) -> dict[str, Running]:
    """The servers, pushed to."""
    found = {"oxigraph": oxigraph, "virtuoso": emptied(virtuoso), "avgraph": avgraph_server}
    for server in found.values():
        with logged_in(server):
            assert len(open_graph(example_graph).push(server.url).of("write")) > 30
    return found


@pytest.fixture
def verb(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Verb:
    """Run the command line in this process; exit code, stdout and stderr."""

    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["avgraph", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            app.main()
        said = capsys.readouterr()
        return int(caught.value.code or 0), said.out, said.err

    return run


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_a_server_answers_as_the_local_build(
    servers: dict[str, Running], example_graph: Path, verb: Verb, make: str, words: tuple[str, ...]
) -> None:
    local = verb(*words, "-g", example_graph)
    assert verb(*words, "-g", servers[make].url) == local
    assert local[1] or local[0] == 2


@pytest.mark.parametrize("make", MAKES)
def test_the_report_is_the_same(
    servers: dict[str, Running], example_graph: Path, verb: Verb, make: str, tmp_path: Path
) -> None:
    pages = []
    for target in (example_graph, servers[make].url):
        assert verb("report", "-g", target, "-o", tmp_path / "r.html", "--title", "x")[0] == 0
        pages.append(re.sub(r", snapshot \w+", "", (tmp_path / "r.html").read_text(encoding="utf-8")))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("make", MAKES)
def test_membership_from_tables_is_membership_by_sparql(
    servers: dict[str, Running], example_graph: Path, make: str
) -> None:
    local, remote = open_graph(example_graph), open_graph(servers[make].url)
    for kind in NETWORK_KINDS:
        assert local.membership(kind).height > 0
        assert remote.membership(kind).equals(local.membership(kind)), kind
    assert (remote.counts(), remote.sources()) == (local.counts(), local.sources())


@pytest.mark.parametrize("make", MAKES)
def test_by_updates_as_by_the_graph_store(servers: dict[str, Running], tiny_build: KnowledgeGraph, make: str) -> None:
    server = servers[make]
    with logged_in(server):
        report = tiny_build.push(server.url, graph_store="none")
        assert report.how == "SPARQL Update"
        assert report.make.lower() == make
        assert set(report.verified.values()) == {"digest"}
        assert [c.action for c in tiny_build.push(server.url).changes] == ["keep"] * len(report.changes)
        there = SparqlServer(server.url)
        for change in report.changes:
            there.drop(change.graph)
        assert {c.reason for c in tiny_build.push(server.url, dry_run=True).changes} == {"differs"}
        for graph in (*(c.graph for c in report.changes), push_graph_iri("https://example.org/tiny/")):
            there.drop(graph)


@pytest.fixture(scope="module")
def tiny_build(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """A workspace with a base IRI of its own, and names that need escapes."""
    from avgraph.build import build_workspace
    from avgraph.workspace import CONFIG_NAME, Workspace, init_workspace

    root = init_workspace(tmp_path_factory.mktemp("tiny"), "tiny").root
    config = root / CONFIG_NAME
    config.write_text('[workspace]\nname = "tiny"\nbase_iri = "https://example.org/tiny/"\n', encoding="utf-8")
    (root / "records" / "films.toml").write_text(
        '[entity.film]\ntype = "Work"\nname = "{title}"\n[entity.who]\ntype = "Person"\nname = "{who}"\n'
        '[[claim]]\nkind = "Credit"\nwork = "film"\nagent = "who"\nrole = "director"\n',
        encoding="utf-8",
    )
    rows = [
        "title,who",
        '"Le ""noir"" \\ <b>",Zoë O\'Hara',
        "東京 😀,Æ Ø",
        *(f"Film {i},Person {i}" for i in range(200)),
    ]
    (root / "records" / "films.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    report = build_workspace(Workspace.load(root))
    assert report.issues == ()
    return open_graph(root)


@pytest.mark.parametrize("make", MAKES)
def test_a_pull_brings_what_an_export_writes(
    servers: dict[str, Running], example_graph: Path, verb: Verb, make: str, tmp_path: Path
) -> None:
    code, said, _ = verb("pull", servers[make].url, "-o", tmp_path / "copy.nq")
    assert (code, said.splitlines()[-1]) == (0, "verified: statement by statement")
    assert verb("export", tmp_path / "made.nq", "-g", example_graph)[0] == 0
    assert (tmp_path / "copy.nq").read_bytes() == (tmp_path / "made.nq").read_bytes()


def test_the_wrong_login_is_said_without_it(
    servers: dict[str, Running], tiny_build: KnowledgeGraph, verb: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = servers["virtuoso"].url
    target = ("push", url, "-g", tiny_build.location)
    code, out, err = verb(*target)
    assert code == 3
    assert "wants a login (401)" in err
    for name, value in servers["virtuoso"].env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AVGRAPH_PASSWORD", "Wr0ng-pass")
    code, out, err = verb(*target)
    assert code == 3
    assert "refuses the login (401)" in err
    code, out2, err2 = verb("push", url.replace("://", "://dba:Wr0ng-pass@"), "-g", tiny_build.location)
    assert code == 3
    assert "AVGRAPH_USER" in err2
    assert "Wr0ng-pass" not in out + err + out2 + err2


def test_the_page_is_as_it_is(
    servers: dict[str, Running], example_graph: Path, verb: Verb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(example_graph, tmp_path / "avgraph-demo")
    monkeypatch.chdir(tmp_path)
    places = {
        "http://localhost:7878/query": servers["oxigraph"].url,
        "http://localhost:8890/sparql": emptied(servers["virtuoso"]).url,
    }
    emptied(servers["oxigraph"])

    def here(text: str) -> str:
        for told, real in places.items():
            text = text.replace(told, real)
        return text

    def plain(text: str) -> list[str]:
        return [re.sub(r"\d+", "N", line) for line in text.splitlines()]

    typed = 0
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        for command, told in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            words = shlex.split(here(command))
            if words[0] == "export":
                for name, _, value in (word.partition("=") for word in words[1:]):
                    monkeypatch.setenv(name, value)
                continue
            code, out, err = verb(*words[1:])
            assert code == 0, f"{command}\n{err}"
            assert not told or plain(out) == plain(here(told)), command
            typed += 1
    assert typed > 10
    (code_block,) = re.findall(r"^```py\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    exec(compile(here(code_block), "stores.md", "exec"), {})
