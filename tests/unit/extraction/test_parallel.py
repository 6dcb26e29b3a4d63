"""Several processes give what one gives; what fails in one of them is said as in this one."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from avgraph.errors import SourceError
from avgraph.extraction import EMPTY, Extraction, Extractor, Gazetteer, WorkerError, extract_many
from avgraph.model import Document, Fact

TEXTS = {
    "en": "“Gutland” was directed by Govinda Van Maele. It is produced by Les Films Fauves (Luxembourg).",
    "fr": "« Gutland » est réalisé par Govinda Van Maele et produit par Les Films Fauves.",
    "de": "Govinda Van Maele drehte den Spielfilm „Gutland“ mit Les Films Fauves.",
    "xx": "Nothing is read of this.",
}
NAMES = Gazetteer.from_names([("Les Films Fauves", "Organization")])


@dataclass(frozen=True)
class Fussy:
    """Finds one fact, fails on some articles, and dies of others."""

    version: str = "fussy"

    def extract(self, document: Document, gazetteer: Gazetteer = EMPTY) -> Extraction:
        if "bad" in document.text:
            raise SourceError("not to be read", "write it again", document.path, "line 1")
        if "deadly" in document.text:
            os._exit(9)
        names = "".join(name for name, _ in gazetteer.entries.values())
        fact = Fact("A", "Person", "directed", names or "B", "Work", document.text, 0, len(document.text))
        return Extraction(document, (fact,), (), self.version)


def documents(*texts: str) -> list[Document]:
    return [Document(f"{i}.txt", text, language="en") for i, text in enumerate(texts)]


@pytest.mark.parametrize("start_method", multiprocessing.get_all_start_methods())
def test_any_number_of_processes_gives_the_same_in_the_same_order(start_method: str) -> None:
    given = [*documents(*"abcdefghijklmnopqrstuvw"), (Document("x.txt", "x", language="en"), NAMES)]
    alone = list(extract_many(iter(given), 1, extractor=Fussy()))
    assert [e.document.text for e in alone] == [*"abcdefghijklmnopqrstuvwx"]
    assert alone[-1].facts[0].object == "Les Films Fauves"
    assert list(extract_many(iter(given), 2, extractor=Fussy(), start_method=start_method)) == alone


def test_what_fails_in_a_worker_is_said_as_in_this_process() -> None:
    given = documents("a", "bad", "c")
    alone, two = (list(extract_many(given, n, extractor=Fussy())) for n in (1, 2))
    assert two == alone
    assert [len(e.facts) for e in two] == [1, 0, 1]
    (issue,) = two[1].issues
    assert (issue.source, issue.where, issue.message, issue.hint, issue.severity) == (
        "1.txt", "line 1", "not to be read", "write it again", "error",
    )  # fmt: skip


def test_a_worker_that_is_ended_from_outside_is_an_error_to_act_on() -> None:
    with pytest.raises(WorkerError, match="ended from outside") as caught:
        list(extract_many(documents("a", "deadly", "c"), 2, extractor=Fussy()))
    assert "--jobs 1" in (caught.value.hint or "")


def test_a_list_is_not_read_ahead_of_its_use() -> None:
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield Document(f"{len(taken)}.txt", "a", language="en")

    found = extract_many(endless(), 2, extractor=Fussy())
    assert [next(found).document.path for _ in range(3)] == ["1.txt", "2.txt", "3.txt"]
    found.close()
    assert len(taken) < 20


def test_no_process_is_left_when_the_last_article_is_handed_over() -> None:
    before = set(multiprocessing.active_children())
    given = documents("a", "b", "c")
    found = extract_many(iter(given), 2, extractor=Fussy())
    assert len(list(zip(given, found, strict=False))) == 3  # the documents end first: the generator is never finished
    assert set(multiprocessing.active_children()) <= before


def test_no_process_is_none_too_few() -> None:
    with pytest.raises(ValueError, match="1 or more, not 0"):
        extract_many([], 0)
    assert list(extract_many([], 2)) == []


@pytest.mark.parametrize("n_processes", ["2", 1.5, True])
def test_the_number_of_processes_is_a_whole_number(n_processes: object) -> None:
    with pytest.raises(TypeError, match="n_processes must be a whole number"):
        extract_many([], n_processes)  # type: ignore[arg-type]


@pytest.mark.parametrize("item", ["a text", None, (Document("a.txt", "a"), "Les Films Fauves"), (1, 2, 3)])
def test_what_is_no_document_is_told(item: object) -> None:
    with pytest.raises(TypeError, match="reads Documents, or pairs"):
        list(extract_many([item], 1, extractor=Fussy()))  # type: ignore[list-item]


def test_a_script_that_starts_processes_unguarded_is_told_how_to_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from avgraph.errors import AvgraphError\nfrom avgraph.extraction import extract_many\n"
        "from avgraph.model import Document\n"
        "try:\n    list(extract_many([Document(f'{i}.txt', 'a', language='en') for i in range(3)], 2))\n"
        "except AvgraphError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert "cannot start" in done.stdout
    assert 'if __name__ == "__main__":' in done.stdout
    assert "memory" not in done.stdout


def test_the_model_reads_the_same_in_two_processes() -> None:
    pytest.importorskip("onnxruntime", reason="needs the articles extra")
    given = [Document(f"{language}.txt", text, language=language) for language, text in TEXTS.items()]
    alone, two = (list(extract_many(given, n, extractor=Extractor(0.0))) for n in (1, 2))
    assert two == alone
    assert [bool(e.facts) for e in two] == [True, True, True, False]
    for a, b in zip(alone, two, strict=True):
        assert a.tables("0").claims.keys() == b.tables("0").claims.keys()
        assert all(table.equals(b.tables("0").claims[kind]) for kind, table in a.tables("0").claims.items())
