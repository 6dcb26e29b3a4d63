"""Learn what each level of each comparison of identity weighs: ``python training/identity.py``.

It counts the words of names (``name_counts.tsv``), resolves the evaluation sets of ``benchmarks/identity_sets.py``,
whose ids are known and hidden, with the weights so far, and fits those of people, works and organisations to the pairs
that were compared, in rounds, for what is joined first is context for the rest. Pairs with an end in the part ``test``
are left out (only the words of all names are counted). The real tables are those of ``../shared/data``; without them it
stops. ``identity_priors.toml`` holds what the tables cannot teach. The same tables give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

_ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_ROOT / "benchmarks"))

from identity_data import EvaluationSet  # noqa: E402
from identity_sets import HARD_SETS, REAL_SETS, MissingError  # noqa: E402

from avgraph.evaluation import calibration_error  # noqa: E402
from avgraph.identity import Decisions, rarity, resolve, stages, weights  # noqa: E402
from avgraph.identity.likeness import OTHER_TITLE  # noqa: E402
from avgraph.identity.names import parse_name  # noqa: E402
from avgraph.identity.nodes import Node  # noqa: E402
from avgraph.identity.observations import observations  # noqa: E402
from avgraph.identity.scoring import MERGE, PairScore, best_name, score_pair  # noqa: E402
from avgraph.text import content_hash, fold  # noqa: E402

_PACKAGE = _ROOT / "src" / "avgraph" / "identity"
LEARNED = ("Person", "Work", "Organization")
#: Words in fewer names are left out: they are as rare as rare can be.
_MIN_COUNT = 3
#: What weights cost: a level that few pairs have stays near its start.
_PENALTY = 0.5
#: Pairs of companies of the same two names count as their number to this power less: to the eighty ceremonies that have
#: two names of one studio there is little more than to one.
_REPEATED = {"Person": 0.0, "Work": 0.0, "Organization": 0.25}
#: Most bits that a bit of rarity may weigh.
_STEEPEST = 0.5
_PRIORS = tomllib.loads((Path(__file__).parent / "identity_priors.toml").read_text(encoding="utf-8"))
#: Levels that hold for another of the same feature as well: their weight is added to its.
_MORE = {
    "several in common": "one in common", "in common, titles differ": "in common",
    "in common, titles differ, one of several": "in common",
}  # fmt: skip
#: Levels whose names are the same, or one the longer form of the other: a rare name is one's own. At the others they
#: share a surname, or letters, and so do brothers and translations: these have a slope of their own.
_WHOLE = {
    "same name", "same but for particles", "same words in another order", "middle initial", "middle initial spelt out",
    "middle names", "same title", "same one-word title", "same title but for an article", "same title but for spaces",
    "same one-word title but for an article",
    "same but for the word fund", "word of kind", "same words, but only of kind", "same name, only words of kind",
    "same but for legal form, plural or order",
}  # fmt: skip
#: Levels that rarity says nothing of: fathers and sons, and mentions by surname.
_WITHOUT_RARITY = {"same single word", "Jr, Sr or number in one", "another of Jr, Sr or number", "surname only"}

_Column = tuple[str, str]
#: What was seen of a pair: feature and level → 1, and the rarity of the names.
_Seen = dict[_Column, float]
_Levels = dict[str, dict[str, float]]
_Compared = tuple[str, str, frozenset[str], _Seen]


@dataclass(frozen=True)
class Pairs:
    """Compared pairs of one type: what was seen of each, and whether it is one entity.

    Attributes
    ----------
    seen
        Names of the columns that are not 0, with their values, by pair.
    same, weight, sets
        By pair: the truth (0 or 1), how much it counts, and the name of its set.
    """

    seen: list[_Seen]
    same: NDArray[np.float64]
    weight: NDArray[np.float64]
    sets: NDArray[np.str_]


def count_words(sets: Sequence[EvaluationSet]) -> str:
    """Return how many names of each type have a word, as the text of a table."""
    lines = ["# type, word, number of names with it (no word: of all names); written by training/identity.py"]
    for type_ in LEARNED:
        names = {
            name.core
            for data in sets
            for text in data.mentions.filter((pl.col("type") == type_) & ~pl.col("generic"))["name"].unique()
            for name in parse_name(type_, text)[:1]
        }
        counts = Counter(word for core in names for word in set(core))
        lines.append(f"{type_}\t\t{len(names)}")
        lines += [f"{type_}\t{word}\t{n}" for word, n in sorted(counts.items()) if n >= _MIN_COUNT]
    return "\n".join(lines) + "\n"


class _Noted:
    """What a resolution compares, noted pair by pair."""

    def __init__(self) -> None:
        self.pairs: dict[str, list[_Compared]] = {t: [] for t in LEARNED}

    def score(self, left: Node, right: Node) -> PairScore | None:
        found = score_pair(left, right)
        if left.level in self.pairs and found is not None:
            named = best_name(left.type, left, right)
            if named is not None:
                _, level, bits = named
                columns = {("name", level): 1.0}
                if level not in _WITHOUT_RARITY:
                    columns["rarity", "whole" if level in _WHOLE else "loose"] = bits - weights.USUAL_BITS
                for o in observations(left, right, level):
                    columns[o.feature, o.level] = 1.0
                    if o.level in _MORE:
                        columns[o.feature, _MORE[o.level]] = 1.0
                mentions = left.scene.mentions
                refs = (mentions.refs[left.number], mentions.refs[right.number])
                names = frozenset(fold(mentions.name[node.number]) for node in (left, right))
                self.pairs[left.level].append((*refs, names, columns))
        return found


def compared(data: EvaluationSet) -> dict[str, list[_Compared]]:
    """Resolve a set; return left, right, the two names and what was seen of each pair, by type."""
    noted = _Noted()
    stages.score_pair = noted.score
    try:
        resolve(data.mentions, data.claims, Decisions(), "https://example.org/id/")
    finally:
        stages.score_pair = score_pair
    return noted.pairs


def _not_taken(pairs: list[_Compared]) -> Iterator[_Compared]:
    """Yield the pairs but those that the stages refuse: of other titles, where a table has the work under its own."""
    titled = {
        (mine, theirs.partition("#")[0])
        for left, right, _, seen in pairs
        for mine, theirs in ((left, right), (right, left))
        if ("name", OTHER_TITLE) not in seen
    }
    for left, right, names, seen in pairs:
        ends = ((left, right.partition("#")[0]), (right, left.partition("#")[0]))
        if ("name", OTHER_TITLE) not in seen or titled.isdisjoint(ends):
            yield left, right, names, seen


def _with_less(seen: _Seen, name: str) -> _Seen:
    """Return what would be known of a pair if each feature beside the names were missing in half of the sources.

    These tables know the year of nearly each film and the award of each person, articles and many tables do not.
    """
    if ("name", OTHER_TITLE) in seen:
        return seen  # compared for year and director
    features = sorted({feature for feature, _ in seen} - {"name", "rarity"})
    bits = int(content_hash(name, n_hex=8), 16)
    lost = {feature for place, feature in enumerate(features) if bits >> place & 1}
    return {column: value for column, value in seen.items() if column[0] not in lost}


def gather(sets: Sequence[EvaluationSet], excluded: str) -> dict[str, Pairs]:
    """Return the pairs of all sets whose truth is known, but those with an end in the part `excluded`."""
    found: dict[str, list[tuple[_Seen, bool, str, frozenset[str]]]] = {t: [] for t in LEARNED}
    for data in sets:
        truth: dict[str, set[str]] = {}
        part: dict[str, str] = {}
        for ref, true, where in data.units.select("ref", "truth", "part").iter_rows():
            truth.setdefault(ref, set()).add(true)
            part[ref] = where
        for type_, pairs in compared(data).items():
            for left, right, names, seen in _not_taken(pairs):
                if left in truth and right in truth and excluded not in (part[left], part[right]):
                    same = bool(truth[left] & truth[right])
                    less = _with_less(seen, left + right)
                    found[type_] += [(seen, same, data.name, names), (less, same, data.name, names)]
    gathered = {}
    for type_, rows in found.items():
        names = np.array([name for _, _, name, _ in rows])
        sizes = Counter(names.tolist())
        # A set counts as the square root of its pairs: neither as if all were alike, nor as if it were the world.
        often = Counter((name, both) for _, _, name, both in rows if len(both) > 1)
        repeated = np.array([often.get((name, both), 1) for _, _, name, both in rows])
        weight = np.array([1 / np.sqrt(sizes[name]) for name in names]) / repeated ** _REPEATED[type_]
        weight *= sum(np.sqrt(n) for n in sizes.values()) / weight.sum()
        gathered[type_] = Pairs([s for s, *_ in rows], np.array([float(t) for _, t, *_ in rows]), weight, names)
    return gathered


def fit(type_: str, pairs: Pairs) -> _Seen:
    """Return the weights (bits) that make the pairs most likely, at a price for each; print how good they are."""
    columns = sorted({column for seen in pairs.seen for column in seen})
    place = {column: k for k, column in enumerate(columns)}
    x = np.zeros((len(pairs.seen), len(columns)))
    for row, seen in enumerate(pairs.seen):
        for column, value in seen.items():
            x[row, place[column]] = value
    bounds = [_bounds(type_, c) for c in columns]
    prior = np.array([min(max(0.0, low), high) for low, high in bounds])
    price = np.array([0.1 * _PENALTY if c[0] == "name" else _PENALTY for c in columns])
    weight = pairs.weight * (len(pairs.seen) / pairs.weight.sum()) ** 0.5
    sign = 2 * pairs.same - 1

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = x @ w * np.log(2)
        value = float(weight @ np.logaddexp(0, -sign * z) + 0.5 * price @ (w - prior) ** 2)
        slopes = x.T @ (weight * (1 / (1 + np.exp(-z)) - pairs.same)) * np.log(2)
        return value, slopes + price * (w - prior)

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    scores = 1 / (1 + np.exp2(-(x @ found.x)))
    for name in sorted(set(pairs.sets.tolist())):
        here = pairs.sets == name
        error = calibration_error(pl.Series(scores[here]), pl.Series(pairs.same[here] > 0.5))
        sure = here & (scores >= MERGE)
        n_right = pairs.same[sure].sum()
        print(
            f"  {name:<16}{here.sum():>8} pairs, ECE {error or 0:.4f}, {sure.sum():>7} to join, of which "
            f"{n_right / max(1, sure.sum()):.4f} are one, {n_right / max(1, pairs.same[here].sum()):.4f} of all"
        )
    given = {(f, level): w for f, levels in _PRIORS["fixed"].get(type_, {}).items() for level, w in levels.items()}
    return {**{c: round(float(w), 2) for c, w in zip(columns, found.x, strict=True)}, **given}


def _bounds(type_: str, column: _Column) -> tuple[float, float]:
    feature, level = column
    fixed = _PRIORS["fixed"].get(type_, {}).get(feature, {})
    if level in fixed:
        return fixed[level], fixed[level]
    if feature == "rarity":
        return 0.0, _STEEPEST
    if column == ("one table", "two names") and type_ != "Person":
        return -5.0, -0.5  # what a catalogue lists; people stand in lists of their own prizes and jobs
    low, high = _PRIORS["bounds"].get(feature, {}).get(level, (-np.inf, np.inf))
    return low, high


def levels_of(learned: _Seen) -> _Levels:
    """Return feature → level → weight of what was fitted to columns."""
    slopes = {"whole": learned.get(("rarity", "whole"), 0.0), "loose": learned.get(("rarity", "loose"), 0.0)}
    found: _Levels = {}
    for (feature, level), weight in sorted(learned.items()):
        if feature == "name" and level not in _WITHOUT_RARITY:
            found.setdefault("rarity", {})[level] = slopes["whole" if level in _WHOLE else "loose"]
        if feature != "rarity":
            more = learned.get((feature, _MORE.get(level, "")), 0.0)
            found.setdefault(feature, {})[level] = round(weight + more, 2)
    return found


def text_of(types: Mapping[str, _Levels]) -> str:
    """Return the text of ``weights.toml``."""
    lines = ["# Log2 odds by type, feature and level; written by training/identity.py."]
    for type_, features in types.items():
        for feature, levels in sorted(features.items()):
            lines += ["", f"[{type_}.{_key(feature)}]"]
            lines += [f"{_key(level)} = {weight}" for level, weight in sorted(levels.items()) if weight]
    return "\n".join(lines) + "\n"


def _key(text: str) -> str:
    return text if text.replace("_", "").isalnum() and text.isascii() else f'"{text}"'


def _sets(data: Path) -> Iterator[EvaluationSet]:
    for make in (*REAL_SETS.values(), *HARD_SETS.values()):
        yield make(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--kept", type=Path, help="sets made before, each in a folder")
    arguments = parser.parse_args()
    try:
        kept = arguments.kept
        sets = [EvaluationSet.read(f) for f in sorted(kept.iterdir())] if kept else list(_sets(arguments.data))
    except MissingError as missing:
        sys.exit(f"error: {missing}")
    sets.sort(key=lambda data: data.name)
    counts, target = _PACKAGE / "name_counts.tsv", _PACKAGE / "weights.toml"
    counts.write_text(count_words(sets), encoding="utf-8")
    rarity.word_counts.cache_clear()
    target.write_text(text_of({**_PRIORS["start"], **_PRIORS["by_hand"]}), encoding="utf-8")
    for number in range(arguments.rounds):
        weights.all_weights.cache_clear()
        print(f"round {number + 1}", flush=True)
        learned = {}
        for type_, pairs in gather(sets, "test").items():
            print(type_)
            learned[type_] = levels_of(fit(type_, pairs))
        target.write_text(text_of({**learned, **_PRIORS["by_hand"]}), encoding="utf-8")
    hashes = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in (counts, target)]
    (Path(__file__).parent / "identity.sha256").write_text("".join(hashes), encoding="utf-8")


if __name__ == "__main__":
    main()
