from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from avgraph.extraction import Extractor, Gazetteer
from avgraph.model import Block, Document

pytest.importorskip("onnxruntime", reason="needs the articles extra")
CORPUS = Path(__file__).resolve().parents[3] / ".." / "shared" / "corpus"
pytestmark = pytest.mark.skipif(
    not (CORPUS / "dev" / "seed.txt").exists(), reason="no shared/corpus beside the checkout"
)


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_score", CORPUS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.load_aliases()
    return module


def documents() -> dict[str, tuple[Document, Gazetteer]]:
    head, body = (CORPUS / "dev" / "seed.txt").read_text("utf-8").split("\n---\n", 1)
    title = next(line.removeprefix("title: ") for line in head.split("\n") if line.startswith("title: "))
    blocks, at = [], 0
    for part in body.split("\n\n"):
        if part.strip():
            blocks.append(Block("paragraph", at, at + len(part)))
        at += len(part) + 2
    names = Gazetteer.from_names([("Unité 42", "Work"), ("Stéphane Halleux", "Person"), ("RTBF", "Organization")])
    return {
        "bare": (Document("seed.txt", body, language="en"), Gazetteer()),
        "header": (Document("seed.txt", body, title=title, date="2019-10-16", language="en"), Gazetteer()),
        "paragraphs": (Document("seed.txt", body, blocks=tuple(blocks), language="en"), Gazetteer()),
        "headline first": (Document("seed.txt", f"{title}\n\n{body}", title=title, language="en"), Gazetteer()),
        "gazetteer": (Document("seed.txt", body, language="en"), names),
        "CRLF": (Document("seed.txt", body.replace("\n", "\r\n"), language="en"), Gazetteer()),
    }


@pytest.mark.parametrize("form", ["bare", "header", "paragraphs", "headline first", "gazetteer", "CRLF"])
def test_every_fact_of_the_seed_article_and_none_besides(scorer: ModuleType, form: str):
    document, names = documents()[form]
    gold = scorer.load(CORPUS / "dev" / "seed.jsonl")
    extraction = Extractor().extract(document, names)
    found = [f.to_json() for f in extraction.facts]
    missed = [g for g in gold if not g.get("optional") and not any(scorer.fact_sim(p, g) for p in found)]
    wrong = [p for p in found if not any(scorer.fact_sim(p, g) for g in gold)]
    assert [(g["subject"], g["relation"], g["object"]) for g in missed] == []
    assert [(p["subject"], p["relation"], p["object"]) for p in wrong] == []
    assert [p["relation"] for p in found if p["object"] == "Unité 42"] == ["part_of_series"]
    certain = {(p["relation"], p["subject"], p["object"]): p["certainty"] for p in found}
    assert [k for k, status in certain.items() if status == "planned"] == [("based_on", "a film", "Stéphane Halleux")]
    assert extraction.document.date == "2019-10-16"
