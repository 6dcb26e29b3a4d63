"""``extract --llm``: the facts of an endpoint, what was not kept, and what goes wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avgraph.cli import app
from fake_endpoint import FakeEndpoint, as_json, completion

KEY = "sk-very-secret-0123456789"
CLAIM: dict[str, Any] = {
    "subject": "Govinda Van Maele", "subject_type": "Person", "relation": "directed", "object": "Gutland",
    "object_type": "Work", "qualifiers": [], "certainty": "asserted",
    "quote": "“Gutland” was directed by Govinda Van Maele",
}  # fmt: skip
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def extract(
    endpoint: FakeEndpoint, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Run ``avgraph extract`` on articles ``a.txt``, ``b.txt`` … in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*args: str, articles: int = 1) -> tuple[int, str, str]:
        names = ["a.txt", "b.txt", "c.txt"][:articles]
        for name in names:
            text = f"language: en\n---\n“Gutland” was directed by Govinda Van Maele. This is {name}.\n"
            Path(name).write_text(text, encoding="utf-8")
        monkeypatch.setattr(
            sys, "argv", ["avgraph", "extract", *names, "--llm", endpoint.url, "--llm-model", "m", *args]
        )
        with pytest.raises(SystemExit) as caught:
            app.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return int(caught.value.code or 0), out, err

    return call


def test_facts_go_to_stdout_and_rejected_claims_to_stderr(extract: Run, endpoint: FakeEndpoint) -> None:
    endpoint.replies = [completion({"facts": [CLAIM, {**CLAIM, "subject": "Ada"}]})]
    code, out, err = extract()
    assert code == 0
    assert "Govinda Van Maele — directed → Gutland" in out
    assert "asserted, 0.50, llm:m@1" in out
    (line,) = err.splitlines()
    assert line.startswith("warning: a.txt, characters 0 to ")
    assert 'not kept: the subject does not stand in the article: {"subject": "Ada"' in line
    code, out, _ = extract("--json")
    (fact,) = map(json.loads, out.splitlines())
    assert (fact["rule"], fact["confidence"], fact["subject"]) == ("llm:m@1", 0.5, "Govinda Van Maele")


def test_the_key_comes_from_the_variable_named_and_is_never_shown(
    extract: Run, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv("AVGRAPH_LLM_KEY", "another-key")
    endpoint.replies = [completion({"facts": [CLAIM, {**CLAIM, "subject": KEY}]})]
    code, out, err = extract("--llm-key-env", "MY_KEY")
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert code == 0
    assert KEY not in out + err
    endpoint.replies = [as_json({"error": f"bad key {KEY}"}, 401)]
    code, out, err = extract("--llm-key-env", "MY_KEY")
    assert code == 3
    assert out == ""
    assert err == (
        f"error: its key is refused (401): bad key ***\n  at: {endpoint.url}\n"
        "  hint: put a valid key into the environment variable MY_KEY\n"
    )
    code, _, err = extract("--llm-key-env", "NO_SUCH_KEY")
    assert code == 3
    assert "export NO_SUCH_KEY=…" in err


def test_an_article_that_gets_no_answer_makes_exit_code_1_and_the_next_is_read(
    extract: Run, endpoint: FakeEndpoint
) -> None:
    endpoint.replies = [completion("Sorry."), as_json({"error": "no"}), completion({"facts": [CLAIM]})]
    code, out, err = extract("--json", articles=3)
    assert code == 1
    assert len(out.splitlines()) == 1
    assert [line.split(", ")[0] for line in err.splitlines()] == ["error: a.txt", "error: b.txt"]


def test_a_time_out_is_said(extract: Run, endpoint: FakeEndpoint) -> None:
    reply = completion({"facts": []})
    reply.delay_s = 0.5
    endpoint.replies = [reply]
    code, _, err = extract("--llm-timeout", "0.1")
    assert code == 1
    assert "no answer within 0.1 s (2 tries)" in err
