"""How well contradictions are found: on invented records that are known, and listed from real ones to be looked at.

    python benchmarks/conflicts.py                       # 10 contradictions and 10 look-alikes of every rule
    python benchmarks/conflicts.py --seed 7 --each 20
    python benchmarks/conflicts.py --list WORKSPACE -o sample.tsv --sample 100

The invented records are three providers' tables, read by ``avgraph build`` like any others. Recall counts the known
contradictions that are reported under their rule; precision counts the reported contradictions (and announcements that
nothing confirms) that are known. ``--list`` writes those of a built workspace, a part drawn by ``--seed`` if asked for.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

from conflicts_cases import Cases, invented_cases

from avgraph.build import build_workspace
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.workspace import Workspace, init_workspace

_MAPPINGS = tomllib.loads(Path(__file__).with_name("conflicts_mappings.toml").read_text(encoding="utf-8"))
#: Kinds of table whose rows name a person, and those that name no work.
_WITH_PERSON, _WITHOUT_WORK = ("lives", "founders", "credits", "awards"), ("lives", "founders", "figures", "ranks")
#: What counts as reported.
_REPORTED = ("contradicted", "unconfirmed")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=10, help="contradictions, and look-alikes, of every rule")
    parser.add_argument("--list", metavar="WORKSPACE", help="list the conflicts of a built workspace instead")
    parser.add_argument("--sample", type=int, default=0, help="so many of them, drawn by the seed")
    parser.add_argument("-o", "--output", type=Path, help="where to write the list (TSV)")
    given = parser.parse_args(arguments)
    if given.list:
        return _list(Path(given.list), given.sample, given.seed, given.output)
    with tempfile.TemporaryDirectory() as folder:
        cases = invented_cases(given.seed, given.each)
        kg, seconds = _built(Path(folder) / "w", cases)
        _report(kg, cases, seconds)
    return 0


def _built(root: Path, cases: Cases) -> tuple[KnowledgeGraph, float]:
    workspace = init_workspace(root)
    for (source, kind), rows in sorted(cases.rows.items()):
        name = f"{source}-{kind}"
        parts = [f'[table]\nfile = "{name}.jsonl"\npublisher = "Provider {source}"\n']
        parts += [_MAPPINGS["work"]] * (kind not in _WITHOUT_WORK)
        parts += [_MAPPINGS["person"]] * (kind in _WITH_PERSON)
        mapping = "".join([*parts, _MAPPINGS[kind]])
        columns = sorted(set(re.findall(r"\{(\w+)", mapping)))
        lines = (json.dumps({c: row.get(c, "") for c in columns}, ensure_ascii=False) for row in rows)
        (root / "records" / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (root / "records" / f"{name}.toml").write_text(mapping, encoding="utf-8")
    started = time.perf_counter()
    report = build_workspace(Workspace.load(workspace.root))
    for issue in report.issues:
        print(f"{issue.severity}: {issue.source} {issue.where}: {issue.message}", file=sys.stderr)
    return open_graph(root), time.perf_counter() - started


def _report(kg: KnowledgeGraph, cases: Cases, seconds: float) -> None:
    assert kg.snapshot is not None
    entities = kg.snapshot.table("entities")
    names = {
        entity: {label, *(ids or ())} for entity, label, ids in entities.select("entity", "label", "ids").iter_rows()
    }
    found: set[tuple[str, str]] = set()
    wrong: Counter[str] = Counter()
    for conflict in kg.conflicts():
        if conflict.outcome in _REPORTED:
            keys = {(conflict.rule, name) for name in names[conflict.subject]}
            found |= keys & cases.true
            if not keys & cases.true:
                wrong[conflict.rule] += 1
                print(f"not known: [{conflict.rule}] {conflict.explanation}", file=sys.stderr)
    for rule, subject in sorted(cases.true - found):
        print(f"missed: [{rule}] {subject}", file=sys.stderr)
    print(f"{'rule':<24}{'known':>7}{'found':>7}{'look-alikes':>13}{'wrong':>7}")
    for rule in sorted({rule for rule, _ in cases.true}):
        known, like, right = (sum(r == rule for r, _ in part) for part in (cases.true, cases.false, found))
        print(f"{rule:<24}{known:>7}{right:>7}{like:>13}{wrong[rule]:>7}")
    n_wrong = sum(wrong.values())
    print(
        f"recall {len(found) / len(cases.true):.3f} ({len(found)} of {len(cases.true)}), precision "
        f"{len(found) / max(1, len(found) + n_wrong):.3f} ({n_wrong} wrong; {len(cases.false)} look-alikes); "
        f"build {seconds:.1f} s"
    )


def _list(root: Path, n_sample: int, seed: int, output: Path | None) -> int:
    """Write the contradictions of a workspace with the words behind each side."""
    kg = open_graph(root)
    found = [conflict for conflict in kg.conflicts() if conflict.outcome in _REPORTED]
    print(", ".join(f"{rule} {n}" for rule, n in sorted(Counter(c.rule for c in found).items())), file=sys.stderr)
    if n_sample and n_sample < len(found):
        found = sorted(random.Random(seed).sample(found, n_sample), key=lambda c: (c.rule, c.subject_label, c.iri))
    out = output.open("w", encoding="utf-8", newline="") if output else sys.stdout
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(("rule", "subject", "aspect", "outcome", "preferred by", "side", "sources", "words", "conflict"))
    for conflict in found:
        for side in conflict.sides:
            about = (conflict.rule, conflict.subject_label, conflict.property, conflict.outcome, conflict.preferred_by)
            writer.writerow((*about, side.value, ", ".join(side.sources), side.quote, conflict.iri))
    if output:
        out.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
