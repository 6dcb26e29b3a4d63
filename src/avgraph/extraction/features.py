"""What speaks for and against each proposal, as numbers: itself, its rivals, its names, and its evidence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.lexicon import LANGUAGES, choice
from avgraph.extraction.neural import PAIR_LABELS, STATUS
from avgraph.extraction.ranking import Proposal
from avgraph.model import RELATIONS, Document, Fact
from avgraph.text import fold

__all__ = ["denial_features", "features", "matrix"]

#: What stands for a score where there is none.
_NONE = -9.0
_FAR = 999.0
_QUOTES = tuple("“«„‘\"'")
_DENIALS = ("no", "no_longer", "refused", "given_up", "replaced", "mistaken")
_NUMBER = {relation: float(i) for i, relation in enumerate(RELATIONS)}

Row = dict[str, float]


def features(document: Document, found: Sequence[Proposal], odds: Sequence[float]) -> Iterator[Row]:
    """Yield name → value for each proposal of a document.

    Parameters
    ----------
    document
        The article.
    found
        All proposals on it: each is compared to the others on the same names, relation and words.
    odds
        For each, the logarithm of its odds of being right by itself, −8 to 8.
    """
    rivals, names, evidence = _Rivals(found, odds), _Names(found, odds), _Evidence(found, odds)
    for i, proposal in enumerate(found):
        row = {"odds": odds[i], "denial": proposal.denial, **_own(document, proposal), **rivals.of(i), **evidence.of(i)}
        for side in ("subject", "object"):
            row |= {f"{side} {k}": v for k, v in names.of(i, side).items()}
        yield row


def denial_features(document: Document, proposal: Proposal) -> Row:
    """Return name → value of what tells whether the text denies a proposal: words before, between, behind its names."""
    row = _own(document, proposal)
    first, last = sorted((row["subject at"], row["object at"]))
    for name, pattern in _denials().items():
        at = [match.start() for match in pattern.finditer(proposal.fact.evidence)]
        row[name] = float(len(at))
        row[f"{name} between"] = float(sum(first <= x < last for x in at))
        row[f"{name} behind"] = float(sum(x >= last for x in at))
    row["evidence length"] = float(len(proposal.fact.evidence))
    row["lacking"] = float(_is_lacking(proposal.fact, int(row["subject at"]), int(row["object at"])))
    return row


def _is_lacking(fact: Fact, subject_at: int, object_at: int) -> bool:
    """Tell whether the second name stands behind words such as "without a partner in", which speak of it alone."""
    names = sorted(((subject_at, fact.subject_mention), (object_at, fact.object_mention)))
    (first, name), (last, _) = names
    end = first + len(name or "")
    return first >= 0 and _lacking().search(fact.evidence, end, max(end, last)) is not None


@lru_cache(maxsize=1)
def _lacking() -> re.Pattern[str]:
    return re.compile(choice("denial_lacking") + "$")


@lru_cache(maxsize=1)
def _denials() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(rf"(?i)\b{choice(f'denial_{name}')}\b") for name in _DENIALS}


def matrix(rows: Sequence[Row], names: Sequence[str]) -> NDArray[np.float32]:
    """Return the values of `names` in rows: shape (rows, names)."""
    return np.array([[row[name] for name in names] for row in rows], np.float32).reshape(len(rows), len(names))


def _own(document: Document, proposal: Proposal) -> Row:
    fact = proposal.fact
    number = int(_NUMBER[fact.relation])
    row = {f"language {code}": float(document.language == code) for code in LANGUAGES}
    row |= {
        "relation": float(number),
        "logit": _NONE if proposal.logit is None else proposal.logit, "names": proposal.names,
        "far": float(proposal.far), "by phrase": float(proposal.by_phrase), "rule": float(proposal.rule is not None),
        "scored": float(proposal.scored),
    }  # fmt: skip
    row |= {status: float(fact.certainty == status) for status in STATUS}
    nothing = np.full(len(PAIR_LABELS) + len(STATUS), _NONE, np.float32)
    pair = nothing if proposal.pair is None else proposal.pair
    row |= zip((f"pair {label}" for label in (*PAIR_LABELS, *STATUS)), pair.tolist(), strict=True)
    others = np.delete(pair[: len(RELATIONS)], number)
    row |= {"best other relation": float(others.max()), "above other relations": float(pair[number] - others.max())}
    for side, surface in (("subject", fact.subject_mention), ("object", fact.object_mention)):
        row |= {f"{side} {k}": v for k, v in _place(document.text, fact, surface).items()}
    first, second = row["subject at"], row["object at"]
    row["gap"] = second - first if min(first, second) >= 0 else _FAR
    return row


class _Rivals:
    """Proposals that say the same of another name, or something else of the same two."""

    def __init__(self, found: Sequence[Proposal], odds: Sequence[float]) -> None:
        self._keys: list[dict[str, Hashable]] = []
        self._odds = odds
        groups: dict[Hashable, list[float]] = defaultdict(list)
        for proposal, value in zip(found, odds, strict=True):
            f = proposal.fact
            s, o = fold(f.subject), fold(f.object)
            keys: dict[str, Hashable] = {
                "subjects": ("subjects", f.relation, o), "objects": ("objects", f.relation, s),
                "relations": frozenset((s, o)),
            }  # fmt: skip
            self._keys.append(keys)
            for key in keys.values():
                groups[key].append(value)
        self._groups = {key: sorted(values) for key, values in groups.items()}

    def of(self, i: int) -> Row:
        row: Row = {}
        own = self._odds[i]
        for kind, key in self._keys[i].items():
            values = self._groups[key]
            above = len(values) - bisect_right(values, own)
            best = values[-1] if above or len(values) == 1 else values[-2]
            row[f"{kind}: others"] = float(len(values) - 1)
            row[f"{kind}: above"] = float(above)
            row[f"{kind}: best"] = _NONE if len(values) == 1 else best
            row[f"{kind}: margin"] = _NONE if len(values) == 1 else best - own
        return row


class _Names:
    """What the other proposals say of a name, how it looks, and which other names are parts of it."""

    def __init__(self, found: Sequence[Proposal], odds: Sequence[float]) -> None:
        self._sides: list[dict[str, tuple[str, str, str]]] = []
        self._odds = odds
        values: dict[str, list[float]] = defaultdict(list)
        self._types: dict[str, dict[str, float]] = defaultdict(dict)
        for proposal, value in zip(found, odds, strict=True):
            f = proposal.fact
            sides = {
                "subject": (fold(f.subject), f.subject, f.subject_type),
                "object": (fold(f.object), f.object, f.object_type),
            }
            self._sides.append(sides)
            for key, _, type_ in sides.values():
                values[key].append(value)
                types = self._types[key]
                types[type_] = max(types.get(type_, _NONE), value)
        self._values = {key: sorted(numbers) for key, numbers in values.items()}
        self._sums = {key: sum(numbers) for key, numbers in self._values.items()}
        self._parts, self._wholes = _containment(values)

    def of(self, i: int, side: str) -> Row:
        key, name, type_ = self._sides[i][side]
        values, own = self._values[key], self._odds[i]
        types = self._types[key]
        others = [value for other, value in types.items() if other != type_]
        return {
            "facts": float(len(values)), "best": values[-1], "mean": self._sums[key] / len(values),
            "best other": _NONE if len(values) == 1 else values[-1] if values[-1] > own else values[-2],
            "as another type": max(others, default=_NONE) - types[type_],
            "parts": float(self._parts[key]), "wholes": float(self._wholes[key]),
            "length": float(len(name)), "words": float(len(name.split())), "lower": float(name[:1].islower()),
            "upper": float(name.isupper()), "digit": float(any(c.isdigit() for c in name)),
        }  # fmt: skip


def _containment(names: Mapping[str, object]) -> tuple[Counter[str], Counter[str]]:
    """Return for each name how many others are part of it, and of how many it is part, by whole words."""
    words = {name: frozenset(name.split()) for name in names}
    holders: dict[str, list[str]] = defaultdict(list)
    for name, its in words.items():
        for word in its:
            holders[word].append(name)
    parts: Counter[str] = Counter()
    wholes: Counter[str] = Counter()
    for name, its in words.items():
        rarest = min(its, key=lambda word: (len(holders[word]), word), default=None)
        longer = [] if rarest is None else [other for other in holders[rarest] if its < words[other]]
        wholes[name] = len(longer)
        parts.update(longer)
    return parts, wholes


def _place(text: str, fact: Fact, surface: str | None) -> Row:
    """Return where in its evidence a mention stands, −1 where it stands elsewhere."""
    at = fact.evidence.find(surface) if surface else -1
    before = text[fact.start + at - 1 : fact.start + at] if at >= 0 else ""
    return {
        "at": float(at), "quoted": float(before in _QUOTES),
        "first in line": float(at >= 0 and before in ("", "\n")),
    }  # fmt: skip


class _Evidence:
    """What is proposed from the same words."""

    def __init__(self, found: Sequence[Proposal], odds: Sequence[float]) -> None:
        self._facts = [p.fact for p in found]
        everything = range(len(found))
        self._all = _Spans(self._facts, odds, everything)
        groups: dict[str, list[int]] = defaultdict(list)
        for i in everything:
            groups[self._facts[i].relation].append(i)
        self._same = {relation: _Spans(self._facts, odds, group) for relation, group in groups.items()}

    def of(self, i: int) -> Row:
        fact = self._facts[i]
        n, total = self._all.overlapping(fact)
        words = fact.evidence.split()
        return {
            "evidence length": float(len(fact.evidence)), "evidence lines": float(fact.evidence.count("\n")),
            "evidence capitals": sum(word[:1].isupper() for word in words) / max(1, len(words)),
            "evidence facts": float(n), "evidence odds": total / n,
            "evidence of relation": float(self._same[fact.relation].overlapping(fact)[0]),
        }  # fmt: skip


class _Spans:
    """Evidence of some facts, to count those that overlap another."""

    def __init__(self, facts: Sequence[Fact], odds: Sequence[float], chosen: Sequence[int]) -> None:
        by_start = sorted(chosen, key=lambda i: facts[i].start)
        by_end = sorted(chosen, key=lambda i: facts[i].end)
        self._starts = [facts[i].start for i in by_start]
        self._ends = [facts[i].end for i in by_end]
        self._begun = list(accumulate((odds[i] for i in by_start), initial=0.0))
        self._over = list(accumulate((odds[i] for i in by_end), initial=0.0))

    def overlapping(self, fact: Fact) -> tuple[int, float]:
        """Return how many overlap a fact's evidence, itself among them, and the sum of their odds."""
        begun, over = bisect_left(self._starts, fact.end), bisect_right(self._ends, fact.start)
        return begun - over, self._begun[begun] - self._over[over]
