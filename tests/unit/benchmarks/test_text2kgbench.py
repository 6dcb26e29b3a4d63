from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from avgraph.errors import SourceError
from avgraph.model import Fact

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "text2kgbench.py"
LABELS = ("director", "genre", "publication date", "filming location", "narrative location", "nominated for",
          "award received", "cast member", "characters", "cost")  # fmt: skip
SENTENCES = [
    "The Night of the Otter is a 2013 Danish black comedy film directed by Anna Novak.",
    "Orbit was shot in Bergen and stars Ida Holm as Nora Lind.",
    "Set in Ghent, The Long Quay has a budget of €4.2 million.",
]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("text2kgbench", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_predictions_are_written_and_scored(bench: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("onnxruntime", reason="needs the articles extra")
    ontology = tmp_path / "ontology.json"
    ontology.write_text(json.dumps({"relations": [{"label": label} for label in LABELS]}), "utf-8")
    sentences = write(tmp_path / "s.jsonl", [{"id": f"s{i}", "sent": s} for i, s in enumerate(SENTENCES)])
    output = tmp_path / "p.jsonl"
    bench.main(["predict", "--sentences", str(sentences), "--ontology", str(ontology), "--output", str(output)])
    lines = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["s0", "s1", "s2"]
    first, second, third = ({tuple(t) for t in line["triples"]} for line in lines)
    otter, quay = "The Night of the Otter", "The Long Quay"
    assert {(otter, "director", "Anna Novak"), (otter, "genre", "black comedy"),
            (otter, "publication date", "01 January 2013")} <= first  # fmt: skip
    assert {("Orbit", "filming location", "Bergen"), ("Orbit", "cast member", "Ida Holm"),
            ("Orbit", "characters", "Nora Lind")} <= second  # fmt: skip
    assert {(quay, "narrative location", "Ghent"), (quay, "cost", "4200000.0")} <= third
    gold = write(tmp_path / "g.jsonl", [
        {"id": "s0", "sent": SENTENCES[0], "sub_label": otter, "rel_label": "director", "obj_label": "Anna Novak"},
        {"id": "s2", "sent": SENTENCES[2], "triples": [{"sub": quay, "rel": "director", "obj": "Nobody"}]},
    ])  # fmt: skip
    bench.main(["score", "--gold", str(gold), "--predictions", str(output)])
    assert "macro_f1               0.500" in capsys.readouterr().out


def test_the_score_is_the_published_one(bench: ModuleType, tmp_path: Path):
    gold = write(tmp_path / "g.jsonl", [
        {"id": "a", "sent": "x", "sub_label": "Low Tide", "rel_label": "cast member", "obj_label": "Ida Holm"},
        {"id": "b", "sent": "x", "sub_label": "Low Tide", "rel_label": "cast member", "obj_label": "Jan Kok"},
        {"id": "c", "sent": "y", "sub_label": "Orbit", "rel_label": "genre", "obj_label": "drama"},
    ])  # fmt: skip
    found = write(tmp_path / "p.jsonl", [
        {"id": "a", "triples": [["low_tide", "castmember", "IdaHolm"], ["Low Tide", "genre", "drama"]]},
        {"id": "c", "triples": []},
    ])  # fmt: skip
    figures = bench.score(gold, found)
    assert figures["sentences"] == 2
    assert figures["macro_f1"] == pytest.approx((2 / 3) / 2)
    assert figures["macro_f1_unfiltered"] == pytest.approx((2 / 4) / 2)


@pytest.mark.parametrize(
    ("relation", "object_", "label", "value"),
    [
        ("release_or_date", "3 May 2013", "publication date", "03 May 2013"),
        ("release_or_date", "2013", "publication date", "01 January 2013"),
        ("release_or_date", "May 2013", "releaseDate", "2013-05-01"),
        ("release_or_date", "next spring", "publication date", None),
        ("received_award", "2013 Alder Award for Best Film", "award received", "Alder Award for Best Film"),
        ("running_time", "98 minutes", "runtime", "98.0"),
    ],
)
def test_values_are_worded_as_the_benchmark_does(
    bench: ModuleType, relation: str, object_: str, label: str, value: str | None
):
    assert bench.value(Fact("Orbit", "Work", relation, object_, "Date", object_, 0, len(object_)), label) == value


def test_text_read_in_the_wrong_encoding_is_put_right(bench: ModuleType):
    assert bench.repaired("ZoltÃ¡n in LiÃ¨ge, café") == "Zoltán in Liège, café"


def test_a_broken_line_is_named(bench: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "s.jsonl"
    path.write_text('{"id": 1}\nno json\n', "utf-8")
    with pytest.raises(SourceError, match="not a JSON object"):
        bench.read_lines(path)
    with pytest.raises(SystemExit) as stop:
        bench.main(["score", "--gold", str(path), "--predictions", str(path)])
    assert stop.value.code == SourceError.exit_code
    assert "line 2" in capsys.readouterr().err
