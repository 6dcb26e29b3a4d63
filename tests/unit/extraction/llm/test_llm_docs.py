"""What docs/extraction.md tells a reader to type works, with an endpoint of this machine for those it names."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from avgraph.cli import app
from avgraph.extraction.llm import CONFIDENCE, KEY_ENV, prompt
from avgraph.workspace import LanguageModel, Workspace
from fake_endpoint import FakeEndpoint, completion

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "extraction.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## A language model, instead or as well") :]
COMMANDS, PYTHON = re.findall(r"^```text\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
ARTICLE = "“Gutland” was directed by Govinda Van Maele."
CLAIM: dict[str, Any] = {
    "subject": "Govinda Van Maele", "subject_type": "Person", "relation": "directed", "object": "Gutland",
    "object_type": "Work", "qualifiers": {}, "certainty": "asserted",
}  # fmt: skip


def here(text: str, endpoint: FakeEndpoint) -> str:
    return re.sub(r"https?://[\w.:]+/v1", endpoint.url, text)


@pytest.fixture
def answering(endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEndpoint:
    monkeypatch.chdir(tmp_path)
    endpoint.replies = [completion({"facts": [{**CLAIM, "quote": ARTICLE}]})]
    return endpoint


def test_the_commands(answering: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("article.html").write_text(f"<html lang='en'><body><article><p>{ARTICLE}</p></article></body></html>")
    lines = COMMANDS.splitlines()
    assert len(lines) == 2
    for line in lines:
        monkeypatch.setattr(sys, "argv", shlex.split(here(line, answering)))
        with pytest.raises(SystemExit) as caught:
            app.main()
        assert not caught.value.code
    assert [r["model"] for r in answering.requests] == ["llama3.1", "gpt-4o-mini"]


def test_the_settings(tmp_path: Path) -> None:
    (settings,) = re.findall(r"^```toml\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
    (tmp_path / "avgraph.toml").write_text(settings, encoding="utf-8")
    assert Workspace.load(tmp_path).llm == LanguageModel("http://localhost:11434/v1", "llama3.1", "MY_KEY")


def test_the_python(answering: FakeEndpoint, capsys: pytest.CaptureFixture[str]) -> None:
    gold = {**CLAIM, "evidence": ARTICLE, "start": 0, "end": len(ARTICLE)}
    Path("annotated").mkdir()
    Path("annotated/a.txt").write_text(ARTICLE, encoding="utf-8")
    Path("annotated/a.jsonl").write_text(json.dumps(gold), encoding="utf-8")
    exec(compile(here(PYTHON, answering), "docs/extraction.md", "exec"), {})
    assert "'f1': 1.0" in capsys.readouterr().out


def test_the_figures() -> None:
    assert f"confidence, {CONFIDENCE}" in SECTION
    assert f"`{KEY_ENV}`" in SECTION
    assert f"pieces of {prompt._PIECE:,} characters" in SECTION
