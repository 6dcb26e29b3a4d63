"""What an evaluation holds, and how it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from avgraph.errors import Issue
from avgraph.evaluation.scores import MEASURES, Score
from avgraph.model import STATUSES, Fact

__all__ = ["CEILINGS", "GROUPS", "SHARES", "Evaluation", "Judged", "Share"]

#: What figures are broken down by; ``layout`` only where texts state one.
GROUPS = ("language", "origin", "layout", "relation")
#: Shares (0..1) beside precision, recall and F1.
SHARES = ("macro_f1", "certainty_right", "qualifiers_found", "types_right", "evidence_verbatim")
#: Counts that must stay low.
CEILINGS = ("n_denied_asserted",)

COLUMNS = ("group", "name", "precision", "recall", "f1", "f1 from", "f1 to",
           "right", "wrong", "optional", "found", "required", "texts")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many.

    >>> Share(3, 4) + Share(1, 4), Share(3, 4).value, Share(0, 0).value
    (Share(n=4, n_all=8), 0.75, None)
    """

    n: int = 0
    n_all: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.n + other.n, self.n_all + other.n_all)

    def __str__(self) -> str:
        return f"{self.n} of {self.n_all}" + (f" ({self.n / self.n_all:.3f})" if self.n_all else "")

    @property
    def value(self) -> float | None:
        """The quotient, None for none of none."""
        return self.n / self.n_all if self.n_all else None


@dataclass(frozen=True)
class Judged:
    """A wrong or missed fact.

    Attributes
    ----------
    text
        Name of the text.
    fact
        The wrong prediction, or the annotated fact that was missed.
    fault
        ``"denial"`` (denied on one side only), ``"relation"`` (another relation between the two), ``"subject"`` or
        ``"object"`` (another one), ``"repeated"`` (missed: what matches it stands for another fact),
        ``"nothing near"``.
    nearest
        The fact of the other side that the fault was read off.
    """

    text: str
    fact: Fact
    fault: str
    nearest: Fact | None = None

    def __str__(self) -> str:
        near = f", nearest {_brief(self.nearest)}" if self.nearest else ""
        return f"{self.text}: {_brief(self.fact)} [{self.fault}{near}]"

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        return {
            "text": self.text,
            "fault": self.fault,
            "fact": self.fact.to_json(),
            "nearest": self.nearest.to_json() if self.nearest else None,
        }


@dataclass(frozen=True)
class Evaluation:
    """How well extracted facts agree with annotated ones.

    Attributes
    ----------
    overall
        All texts together.
    groups
        For each of :data:`GROUPS`: name → score.
    texts
        Name of the text → score (without intervals).
    certainty_recall
        Certainty → required facts found.
    certainty
        Found facts with the certainty of the annotation.
    qualifiers
        Annotated amounts, dates, years, seasons, categories, works and territories that the found facts carry.
    types
        Subjects and objects of found facts with the annotated type.
    evidence
        Predictions whose evidence stands in the text letter by letter (white space aside).
    n_denied_asserted
        Wrong predictions that assert what the text denies.
    wrong, missed
        Every one of them, in the order of the texts.
    issues
        Unusable and doubtful lines of the annotations, texts that could not be read, predictions for unknown texts.
    n_resamples, seed
        Of the bootstrap over texts behind the 95 % intervals.
    """

    overall: Score
    groups: Mapping[str, Mapping[str, Score]]
    texts: Mapping[str, Score]
    certainty_recall: Mapping[str, Share]
    certainty: Share
    qualifiers: Share
    types: Share
    evidence: Share
    n_denied_asserted: int
    wrong: tuple[Judged, ...]
    missed: tuple[Judged, ...]
    issues: tuple[Issue, ...]
    n_resamples: int
    seed: int

    @property
    def macro_f1(self) -> float | None:
        """Mean F1 over the texts that have required facts; a text without a right prediction counts as 0."""
        values = [score.f1 or 0.0 for score in self.texts.values() if score.tally.n_required]
        return sum(values) / len(values) if values else None

    @property
    def certainty_right(self) -> float | None:
        """Share of found facts with the right certainty."""
        return self.certainty.value

    @property
    def qualifiers_found(self) -> float | None:
        """Share of annotated qualifiers that found facts carry."""
        return self.qualifiers.value

    @property
    def types_right(self) -> float | None:
        """Share of right types at found facts."""
        return self.types.value

    @property
    def evidence_verbatim(self) -> float | None:
        """Share of predictions whose evidence stands in the text."""
        return self.evidence.value

    def to_json(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "overall": self.overall.to_json(),
            **{
                group: {name: score.to_json() for name, score in scores.items()}
                for group, scores in self.groups.items()
            },
            "text": {name: score.to_json() for name, score in self.texts.items()},
            **{share: getattr(self, share) for share in SHARES},
            "certainty_recall": {name: share.value for name, share in self.certainty_recall.items()},
            **{ceiling: getattr(self, ceiling) for ceiling in CEILINGS},
            "bootstrap": {"over": "texts", "level": 0.95, "n_resamples": self.n_resamples, "seed": self.seed},
            "wrong": [judged.to_json() for judged in self.wrong],
            "missed": [judged.to_json() for judged in self.missed],
            "issues": [issue.to_json() for issue in self.issues],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Return column names and rows: overall, then each group, the largest first."""
        rows = [_row("overall", "", self.overall)]
        for group in GROUPS:
            ordered = sorted(self.groups[group].items(), key=lambda item: (-item[1].tally.n_required, item[0]))
            rows += [_row(group, name, score) for name, score in ordered]
        return COLUMNS, rows

    def summary_lines(self, n_shown: int = 0) -> list[str]:
        """Return what the table leaves out, and the first `n_shown` wrong and missed facts."""
        recalls = [f"{c} {self.certainty_recall[c]}" for c in STATUSES if c in self.certainty_recall]
        macro = "" if self.macro_f1 is None else f"; mean F1 over texts {self.macro_f1:.3f}"
        lines = [
            f"{len(self.texts)} texts{macro}",
            f"found by certainty: {', '.join(recalls) or 'none'}",
            f"certainty right: {self.certainty}; denied facts asserted: {self.n_denied_asserted}",
            f"qualifiers found: {self.qualifiers}; types right: {self.types}",
            f"evidence verbatim in the text: {self.evidence}",
            f"faults of wrong facts: {_faults(self.wrong)}; of missed facts: {_faults(self.missed)}",
            f"95 % intervals: bootstrap over texts, {self.n_resamples} resamples, seed {self.seed}",
        ]
        lines += [f"wrong: {judged}" for judged in self.wrong[:n_shown]]
        return lines + [f"missed: {judged}" for judged in self.missed[:n_shown]]


def _row(group: str, name: str, score: Score) -> tuple[Any, ...]:
    tally = score.tally
    interval = score.intervals.get("f1") or (None, None)
    return (group, name, *(getattr(score, m) for m in MEASURES), *interval, tally.n_right, tally.n_wrong,
            tally.n_optional, tally.n_found, tally.n_required, score.n_texts)  # fmt: skip


def _faults(judged: tuple[Judged, ...]) -> str:
    counted = Counter(j.fault for j in judged)
    return ", ".join(f"{fault} {n}" for fault, n in sorted(counted.items(), key=lambda c: (-c[1], c[0]))) or "none"


def _brief(fact: Fact) -> str:
    denied = "" if fact.certainty == "asserted" else f" ({fact.certainty})"
    return f"{fact.subject} | {fact.relation} | {fact.object}{denied}"
