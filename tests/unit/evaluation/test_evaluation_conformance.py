"""The shared corpus comes with a scorer of its own: ours must say the same of the same predictions."""

from __future__ import annotations

import importlib.util
import io
import json
import random
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from avgraph.evaluation import read_aliases, read_gold, score
from avgraph.model import Fact

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"
PARTS = ("dev", "train")
TOLERANCE = 0.01

pytestmark = pytest.mark.skipif(not (CORPUS / "score.py").exists(), reason="needs ../shared/corpus")


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("corpus_scorer", CORPUS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.load_aliases()
    return module


def perturbed(facts: list[Fact], rnd: random.Random) -> list[Fact]:
    """Drop a tenth, break a fifth, and write a third of the rest in another way."""
    kept = []
    for fact in facts:
        dice = rnd.random()
        if dice < 0.10:
            continue
        if dice < 0.15:
            fact = replace(fact, object=rnd.choice(facts).object)
        elif dice < 0.20:
            fact = replace(fact, subject="Zorblax Pictures 999")
        elif dice < 0.25:
            fact = replace(fact, relation=rnd.choice(facts).relation)
        elif dice < 0.30:
            fact = replace(fact, certainty="asserted" if fact.certainty == "negated" else "negated")
        elif dice < 0.37:
            fact = replace(fact, subject=fact.subject.upper(), object=fact.object.lower())
        elif dice < 0.44:
            fact = replace(fact, subject=fact.subject.split()[-1])
        elif dice < 0.51:
            fact = replace(fact, object=fact.object[:-1], qualifiers={})
        kept.append(fact)
    return kept


def test_precision_and_recall_agree_with_the_corpus_scorer(scorer: ModuleType, tmp_path: Path) -> None:
    rnd = random.Random(20)
    gold = [text for part in PARTS for text in read_gold(CORPUS / part)]
    predictions = {text.name: perturbed([g.fact for g in text.facts], rnd) for text in gold}
    for name, facts in predictions.items():
        lines = [json.dumps(fact.to_json(), ensure_ascii=False) for fact in facts]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    items = scorer.items_of([str(CORPUS / part) for part in PARTS], None, None)
    theirs = scorer.evaluate(items, str(tmp_path), out=io.StringIO())
    ours = score(gold, predictions, aliases=read_aliases(CORPUS), n_resamples=50)

    assert len(gold) == len(items) > 400
    assert 0.6 < ours.overall.f1 < 0.9  # type: ignore[operator]
    assert (ours.overall.precision, ours.overall.recall, ours.overall.f1) == pytest.approx(
        (theirs["precision"], theirs["recall"], theirs["f1"]), abs=TOLERANCE
    )
    assert ours.evidence_verbatim == pytest.approx(theirs["evidence"], abs=TOLERANCE)
    assert ours.n_denied_asserted == theirs["neg_asserted"] > 0
    for group, key in (("language", "languages"), ("origin", "origins"), ("relation", "relations")):
        assert set(ours.groups[group]) == set(theirs[key])
        for name, figures in theirs[key].items():
            mine = ours.groups[group][name]
            if mine.tally.n_required >= 100:
                assert (mine.precision, mine.recall) == pytest.approx(figures[:2], abs=TOLERANCE), (group, name)
