"""A build that asks a language model: once for each article, and never at the cost of the rest."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from avgraph.build import BuildReport, build_workspace
from avgraph.workspace import Workspace, init_workspace
from fake_endpoint import FakeEndpoint, Reply, as_json, completion

# The built-in reader does not read Finnish, so that all facts are the model's.
ARTICLE = "title: News\nlanguage: fi\ndate: 2020-01-02\n---\n{film} ohjaaja on Anna Novak.\n"
KEY = "sk-very-secret-0123456789"


def claim(film: str) -> dict[str, Any]:
    return {
        "subject": "Anna Novak", "subject_type": "Person", "relation": "directed", "object": film,
        "object_type": "Work", "qualifiers": [], "certainty": "asserted", "quote": f"{film} ohjaaja on Anna Novak",
    }  # fmt: skip


@pytest.fixture
def root(endpoint: FakeEndpoint, tmp_path: Path) -> Path:
    root = init_workspace(tmp_path / "w").root
    setting(root, endpoint)
    for name in ("Suolatuuli", "Yölautta"):
        (root / "articles" / f"{name}.txt").write_text(ARTICLE.format(film=name), encoding="utf-8")

    def answer(request: dict[str, Any]) -> Reply:
        said = request["messages"][1]["content"]
        return completion({"facts": [claim(film) for film in ("Suolatuuli", "Yölautta") if film in said] + ["?"]})

    endpoint.replies = answer
    return root


def setting(root: Path, endpoint: FakeEndpoint, model: str = "m") -> None:
    text = f'[articles.llm]\nendpoint = "{endpoint.url}"\nmodel = "{model}"\n'
    (root / "avgraph.toml").write_text(text, encoding="utf-8")


def build(root: Path, **options: bool) -> BuildReport:
    return build_workspace(Workspace.load(root), **options)


def methods(report: BuildReport) -> list[str]:
    return sorted(report.snapshot.table("credit")["method"])


def errors(report: BuildReport) -> list[str]:
    return [f"{i.source}, {i.where}: {i.message}" for i in report.issues if i.severity == "error"]


def test_each_article_is_asked_about_once(root: Path, endpoint: FakeEndpoint) -> None:
    first = build(root)
    assert len(endpoint.requests) == 2
    assert first.n_claims == {"Credit": 2}
    assert methods(first) == ["llm:m@1", "llm:m@1"]
    assert errors(first) == []
    assert sum("it is no object" in i.message for i in first.issues) == 2
    endpoint.replies = [Reply(500)]
    again, forced = build(root), build(root, force=True)
    shutil.rmtree(root / ".avgraph" / "cache")
    anew = build(root)
    assert len(endpoint.requests) == 2
    assert len({r.snapshot.manifest["content"] for r in (first, again, forced, anew)}) == 1
    assert again.n_reused == 2
    assert first.issues == again.issues == forced.issues == anew.issues


def test_another_model_or_text_is_asked_about_again(root: Path, endpoint: FakeEndpoint) -> None:
    build(root)
    setting(root, endpoint, "m-2")
    assert methods(build(root)) == ["llm:m-2@1", "llm:m-2@1"]
    assert len(endpoint.requests) == 4
    path = root / "articles" / "Yölautta.txt"
    path.write_text(path.read_text(encoding="utf-8") + "Lisää.\n", encoding="utf-8")
    build(root)
    assert len(endpoint.requests) == 5
    setting(root, endpoint, "m")
    build(root)
    assert len(endpoint.requests) == 6


def test_without_the_setting_nothing_is_asked(root: Path, endpoint: FakeEndpoint) -> None:
    (root / "avgraph.toml").write_text("", encoding="utf-8")
    assert build(root).n_claims == {}
    assert endpoint.requests == []


def test_an_endpoint_that_cannot_be_asked_is_one_error_and_costs_its_own_facts(
    root: Path, endpoint: FakeEndpoint
) -> None:
    answer = endpoint.replies
    kept = root / "articles" / "Suolatuuli.txt"
    late = root / "articles" / "Yölautta.txt"
    late.rename(root / "late")
    build(root)
    (root / "late").rename(late)
    (root / "articles" / "Zoo.txt").write_text(ARTICLE.format(film="Zoo"), encoding="utf-8")
    endpoint.replies = [as_json({}, 401)]
    report = build(root)
    assert kept.exists()
    assert len(endpoint.requests) == 2
    assert errors(report) == [
        "avgraph.toml, articles.llm: the language model has not read 2 articles: it wants a key (401): {} "
        f"(at {endpoint.url})"
    ]
    assert methods(report) == ["llm:m@1"]
    assert report.sources.height == 3
    endpoint.replies = answer
    mended = build(root)
    assert errors(mended) == []
    assert len(methods(mended)) == 2


def test_an_answer_that_fails_is_an_error_of_its_article_and_is_asked_for_again(
    root: Path, endpoint: FakeEndpoint
) -> None:
    answer = endpoint.replies
    endpoint.replies = [Reply(200, b"?"), completion({"facts": [claim("Yölautta")]})]
    first = build(root)
    assert len(errors(first)) == 1
    assert errors(first)[0].startswith("articles/Suolatuuli.txt, characters 0 to ")
    endpoint.replies = answer
    second = build(root)
    assert errors(second) == []
    assert len(endpoint.requests) == 3


def test_the_key_is_stored_nowhere(root: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVGRAPH_LLM_KEY", KEY)
    endpoint.replies = [completion({"facts": [claim("Suolatuuli"), KEY]}), as_json({"error": KEY}, 403)]
    report = build(root)
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in str(report)
    files = [p for p in root.rglob("*") if p.is_file()]
    assert any("answers" in p.parts for p in files)
    assert [p for p in files if KEY.encode() in p.read_bytes()] == []
