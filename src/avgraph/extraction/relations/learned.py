"""The model's mentions and relations, as mentions and candidates like those of the rules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.coreference import link_names
from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import LANGUAGES, Place, combining_forms, country_codes, places
from avgraph.extraction.mentions import TYPES, Mention
from avgraph.extraction.neural import GENERIC, PAIR_LABELS, STATUS, Reading
from avgraph.model import RELATIONS
from avgraph.text import fold

__all__ = ["Learned", "Scored", "learned_mentions", "scored_pairs"]

_KINDS = {"Person": "P", "Organization": "O", "Work": "W", "Award": "A", "Event": "E", "Place": "L", "Quantity": "Q",
          "Date": "D", "Agreement": "G", "Category": "C", "Role": "R"}  # fmt: skip
_NAMED = {generic: type_ for type_, generic in GENERIC.items()}
_LABEL = {label: i for i, label in enumerate(PAIR_LABELS)}
#: Names of these kinds hold a capital or a digit beside their article.
_CAPITALISED = frozenset(("Person", "Organization", "Work", "Event"))
_CAPITAL = re.compile(r"[A-ZÀ-Þ\d]|[^\W\d_a-zß-ÿ]")
_DETERMINER = re.compile(
    r"^(?:[Tt]he|[Aa]n?|[Ll][ea]s?|[Ll]['’]|[Dd]e[rmns]?|[Dd]ie|[Dd]as|[Hh]et|[Ee]en|[Ee]ine?)\b ?"
)
#: German nouns all begin with a capital: "das Drama" is no title.
_GERMAN_PHRASE = re.compile(r"(?:d(?:er|ie|as|en|em|es)|ein\w*|dies\w*|sein\w*|ihr\w*) ")
_N_LABELS = len(PAIR_LABELS)
#: A phrase is linked to the best name only if the model finds it this probable among all names of the kind.
_LINK_SHARE = 0.4
_QUALIFIER = 0.5


@dataclass
class Learned:
    """The mentions of a reading as the rules know them; those that stand for no name are None."""

    reading: Reading
    mentions: list[Mention | None]
    by_segment: list[list[Mention]] = field(default_factory=list)


@dataclass(frozen=True)
class Scored:
    """A relation between two entities as the model scores it.

    Attributes
    ----------
    subject, object
        The mentions that speak for it most.
    logit
        Of all their mentions together.
    status
        ``asserted|planned|reported|negated``.
    qualifiers
        Values with their own probability above one half; each category makes a fact of its own.
    """

    subject: Mention
    relation: str
    object: Mention
    logit: float
    status: str
    qualifiers: dict[str, str]
    categories: tuple[str, ...] = ()


def learned_mentions(reading: Reading, segments: Sequence[Segment], language: str) -> Learned:
    """Return the model's mentions with names in their fullest form, phrases named after what they stand for.

    Places are named by their noun in `language`, one of :data:`avgraph.extraction.lexicon.LANGUAGES`.
    """
    starts = np.cumsum([0, *(len(s.text) + 1 for s in segments)])
    words = reading.words
    found: list[Mention] = []
    for tagged in reading.mentions:
        line = int(words.lines[tagged.first])
        start = int(words.starts[tagged.first] - starts[line])
        end = int(words.ends[tagged.last] - starts[line])
        type_ = _NAMED.get(tagged.tag, tagged.tag)
        surface = segments[line].text[start:end]
        unnamed = tagged.tag in _CAPITALISED and (
            not _CAPITAL.search(_DETERMINER.sub("", surface)) or (language == "de" and _GERMAN_PHRASE.match(surface))
        )
        mention = Mention(_KINDS[type_], line, start, end, surface, strong=True)
        if tagged.tag in _NAMED:
            mention.attributes["by"] = "reference"
        elif tagged.tag == "Place" and (place := _place(mention.name, language)) is not None:
            mention.name, mention.attributes["iso"] = place.name[language], place.country
        found.append(mention)
        if unnamed:
            mention.attributes["by"] = "nothing"
    named: list[list[Mention]] = [[] for _ in segments]
    for mention in found:
        if "by" not in mention.attributes:
            named[mention.segment].append(mention)
    link_names(list(segments), named)
    learned = Learned(reading, list(found))
    _link_phrases(learned, found)
    learned.by_segment = [[] for _ in segments]
    for kept in learned.mentions:
        if kept is not None:
            learned.by_segment[kept.segment].append(kept)
    return learned


def _place(name: str, language: str) -> Place | None:
    for known in (language, *LANGUAGES):
        nouns, adjectives = places(known)
        if found := nouns.get(name) or adjectives.get(name) or adjectives.get(name.capitalize()):
            return found
    code = combining_forms().get(name.casefold())
    return country_codes().get(code or name)


def _entity(mention: Mention) -> tuple[str, str]:
    return mention.kind, fold(mention.name)


def _link_phrases(learned: Learned, found: list[Mention]) -> None:
    """Name each phrase after the entity whose mentions the model links it to, or drop it."""
    same: dict[int, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    example: dict[tuple[str, str], Mention] = {}
    for scores in learned.reading.pairs:
        if not len(scores.logits):
            continue
        for left, right, logit in zip(scores.left, scores.right, scores.logits[:, _LABEL["same"]], strict=True):
            g, n = found[left], found[right]
            if "by" in g.attributes and "by" not in n.attributes and g.kind == n.kind:
                same[int(left)][_entity(n)].append(float(logit))
                example.setdefault(_entity(n), n)
    for i, mention in enumerate(found):
        if "by" not in mention.attributes:
            continue
        entities = same.get(i) if mention.attributes["by"] == "reference" else None
        if not entities:
            learned.mentions[i] = None
            continue
        totals = {e: float(np.logaddexp.reduce(logits)) for e, logits in entities.items()}
        best = max(sorted(totals), key=lambda e: totals[e])
        if np.exp(totals[best] - np.logaddexp.reduce(list(totals.values()))) < _LINK_SHARE:
            learned.mentions[i] = None
        else:
            mention.name = example[best].name


def scored_pairs(learned: Learned, minimum: float) -> Iterator[Scored]:
    """Yield every relation whose logit reaches `minimum`, with status and qualifiers."""
    totals, best = _gather(learned)
    qualifiers = _qualifiers(learned, totals)
    mentions = learned.mentions
    for (subject, object_), logits in totals.items():
        for relation in RELATIONS:
            label = _LABEL[relation]
            if logits[label] < minimum or not _typed(relation, subject[0], object_[0]):
                continue
            left, right = best[subject, object_, label]
            s, o = mentions[left], mentions[right]
            assert s is not None
            assert o is not None
            status = logits[_N_LABELS:]
            certainty = STATUS[int(status.argmax())] if status.max() > 0 else "asserted"
            found, categories = _for_relation(relation, subject, object_, qualifiers)
            yield Scored(s, relation, o, float(logits[label]), certainty, found, categories)


def _typed(relation: str, subject: str, object_: str) -> bool:
    subjects, objects = RELATIONS[relation]
    return TYPES.get(subject) in subjects and TYPES.get(object_) in objects


Key = tuple[str, str]


def _gather(
    learned: Learned,
) -> tuple[dict[tuple[Key, Key], NDArray[np.float32]], dict[tuple[Key, Key, int], tuple[int, int]]]:
    """Sum the evidence of all mention pairs of two entities; of windows that overlap the better one counts."""
    totals: dict[tuple[Key, Key], NDArray[np.float32]] = {}
    top: dict[tuple[Key, Key, int], tuple[float, int, int]] = {}
    for scores in learned.reading.pairs:
        grouped: dict[tuple[Key, Key], list[int]] = defaultdict(list)
        for k, (left, right) in enumerate(zip(scores.left.tolist(), scores.right.tolist(), strict=True)):
            s, o = learned.mentions[left], learned.mentions[right]
            if s is not None and o is not None and _entity(s) != _entity(o):
                grouped[_entity(s), _entity(o)].append(k)
        for pair, rows in grouped.items():
            logits = scores.logits[rows]
            total = np.logaddexp.reduce(logits, 0)
            totals[pair] = np.maximum(totals[pair], total) if pair in totals else total
            for label in np.flatnonzero(total[:_N_LABELS] > -4):
                k = int(logits[:, label].argmax())
                one = (float(logits[k, label]), int(scores.left[rows[k]]), int(scores.right[rows[k]]))
                key = (*pair, int(label))
                if key not in top or one[0] > top[key][0]:
                    top[key] = one
    return totals, {key: (left, right) for key, (_, left, right) in top.items()}


def _qualifiers(
    learned: Learned, totals: dict[tuple[Key, Key], NDArray[np.float32]]
) -> dict[tuple[str, Key], list[tuple[float, str]]]:
    """Return (link, entity) → values with their logits, best first."""
    names = {_entity(m): m.name for m in learned.mentions if m is not None}
    found: dict[tuple[str, Key], list[tuple[float, str]]] = defaultdict(list)
    for (left, right), logits in totals.items():
        for link, kind in (("amount", "Q"), ("share", "Q"), ("category", "C"), ("role", "R"), ("for_work", "W")):
            if right[0] == kind and logits[_LABEL[link]] > 0:
                found[link, left].append((float(logits[_LABEL[link]]), names[right]))
    return {key: sorted(values, key=lambda v: (-v[0], v[1])) for key, values in found.items()}


def _for_relation(
    relation: str, subject: Key, object_: Key, values: dict[tuple[str, Key], list[tuple[float, str]]]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the qualifiers of a fact, and the categories that make facts of their own."""
    wanted = {
        "supported": (("amount", object_),), "co_produced": (("share", subject),),
        "produced_by_company": (("share", subject),), "works_for": (("role", subject),),
        "received_award": (("for_work", subject),), "nominated_for": (("for_work", subject),),
    }.get(relation, ())  # fmt: skip
    found = {link: values[link, entity][0][1] for link, entity in wanted if values.get((link, entity))}
    categories: tuple[str, ...] = ()
    if relation in ("received_award", "nominated_for"):
        categories = tuple(value for _, value in values.get(("category", subject), ()))
    return found, categories
