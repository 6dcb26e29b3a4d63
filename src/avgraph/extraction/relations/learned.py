"""The model's mentions and relations, as mentions and candidates like those of the rules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.coreference import link_names
from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import LANGUAGES, Place, combining_forms, country_codes, names, places, word_set
from avgraph.extraction.mentions import TYPES, Mention
from avgraph.extraction.neural import GENERIC, PAIR_LABELS, STATUS, Reading
from avgraph.model import RELATIONS
from avgraph.text import fold, name_tokens

__all__ = ["Learned", "Scored", "Scores", "learned_mentions", "loose_name", "score_pairs"]

_KINDS = {"Person": "P", "Organization": "O", "Work": "W", "Award": "A", "Event": "E", "Place": "L", "Quantity": "Q",
          "Date": "D", "Agreement": "G", "Category": "C", "Role": "R"}  # fmt: skip
_NAMED = {generic: type_ for type_, generic in GENERIC.items()}
_LABEL = {label: i for i, label in enumerate(PAIR_LABELS)}
_ARTICLES = frozenset(("the", "a", "an", "le", "la", "les", "l", "de", "het", "een", "der", "die", "das"))
#: Names of these kinds hold a capital or a digit beside their article.
_CAPITALISED = frozenset(("Person", "Organization", "Work", "Event"))
_CAPITAL = re.compile(r"[A-ZÀ-Þ\d]|[^\W\d_a-zß-ÿ]")
_DETERMINER = re.compile(
    r"^(?:[Tt]he|[Aa]n?|[Ll][ea]s?|[Ll]['’]|[Dd]e[rmns]?|[Dd]ie|[Dd]as|[Hh]et|[Ee]en|[Ee]ine?)\b ?"
)
#: What makes an adjective of a place.
_SUFFIX = re.compile(r"[-‑](?:born|based|set|led|backed|produced|made|language|speaking)$")
#: German nouns all begin with a capital: "das Drama" is no title.
_GERMAN_PHRASE = re.compile(r"(?:d(?:er|ie|as|en|em|es)|ein\w*|dies\w*|sein\w*|ihr\w*) ")
_N_LABELS = len(PAIR_LABELS)
#: A word at the start of a sentence has a capital and is no name for that.
_NAMELESS = word_set("pronouns") | _ARTICLES | {"un", "une", "des", "du", "dem", "den", "ein", "eine", "l", "d"}
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


@dataclass(frozen=True)
class Scores:
    """What the model thinks of the relations between a document's entities.

    Attributes
    ----------
    found
        Relations that reach the least logit.
    logits
        (loose name, loose name) → logits of all labels, for every pair of entities that it saw together.
    """

    found: tuple[Scored, ...] = ()
    logits: Mapping[tuple[str, str], NDArray[np.float32]] = field(default_factory=dict, repr=False)

    def logit(self, subject: str, relation: str, object_: str) -> float | None:
        """Return the score of a relation between two names, None where the model saw them nowhere together."""
        logits = self.logits.get((loose_name(subject), loose_name(object_)))
        return None if logits is None else float(logits[_LABEL[relation]])


def loose_name(name: str) -> str:
    """Return the name's words without an article before them, folded."""
    words = name_tokens(name)
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words) or fold(name)


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
        unnamed = not _is_name(tagged.tag, segments[line].text, start, end, language)
        mention = Mention(_KINDS[type_], line, start, end, surface, strong=True, probability=tagged.probability)
        if tagged.tag in _NAMED:
            mention.attributes["by"] = "reference"
        elif tagged.tag == "Place" and (found_places := _places(mention.name, language)):
            mention.name, mention.attributes["iso"] = found_places[0].name[language], found_places[0].country
            if len(found_places) > 1:
                mention.attributes["also"] = "|".join(place.name[language] for place in found_places[1:])
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


def _is_name(tag: str, text: str, start: int, end: int, language: str) -> bool:
    """Tell whether ``text[start:end]`` can be what its tag says: no pronoun, no part of a word, no mere description."""
    surface = text[start:end]
    cut = text[end : end + 1] in ("-", "‑") and text[end + 1 : end + 2].isalpha()
    if (cut and tag != "Place") or surface.casefold().strip("'’ ") in _NAMELESS:
        return False
    if tag not in _CAPITALISED:
        return True
    bare = _DETERMINER.sub("", surface)
    if tag == "Organization":
        # "Belgian", "Luxembourg audio-visual productions"
        words = bare.split()
        while words and _places(words[0], language):
            words = words[1:]
        if not words or not names().organization_heads.isdisjoint(map(str.casefold, words)):
            return bool(words)
        bare = " ".join(words)
    return bool(_CAPITAL.search(bare)) and not (language == "de" and _GERMAN_PHRASE.match(surface))


def _places(name: str, language: str) -> list[Place]:
    """Return the place that a name or adjective means, or those of a compound such as "belgisch-irische"."""
    name = _SUFFIX.sub("", name)
    if place := _place(name, language):
        return [place]
    parts = [_place(part, language) for part in re.split(r"[-–]", name)]
    known = [part for part in parts if part is not None]
    return known if len(known) == len(parts) > 1 else []


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


def score_pairs(learned: Learned, minimum: float) -> Scores:
    """Return every relation whose logit reaches `minimum`, with status and qualifiers, and the scores of all."""
    evidence = _gather(learned, minimum)
    totals = {key: logits for key, (logits, _) in evidence.items()}
    names = {_entity(m): loose_name(m.name) for m in learned.mentions if m is not None}
    logits: dict[tuple[str, str], NDArray[np.float32]] = {}
    for (subject, object_), scores in totals.items():
        key = names[subject], names[object_]
        logits[key] = np.maximum(logits[key], scores) if key in logits else scores
    return Scores(tuple(_relations(learned, evidence, _qualifiers(learned, totals), minimum)), logits)


def _relations(
    learned: Learned, evidence: Mapping[tuple[Key, Key], Evidence], qualifiers: Values, minimum: float
) -> Iterator[Scored]:
    mentions = learned.mentions
    for (subject, object_), (logits, best) in evidence.items():
        for label in np.flatnonzero(logits[: len(RELATIONS)] >= minimum).tolist():
            relation = PAIR_LABELS[label]
            if not _typed(relation, subject[0], object_[0]):
                continue
            s, o = (mentions[i] for i in best[label])
            assert s is not None
            assert o is not None
            status = logits[_N_LABELS:]
            certainty = STATUS[int(status.argmax())] if status.max() > 0 else "asserted"
            found, categories = _for_relation(relation, subject, object_, qualifiers)
            for place in (o.name, *filter(None, o.attributes.get("also", "").split("|"))):
                named = o if place == o.name else replace(o, name=place)
                yield Scored(s, relation, named, float(logits[label]), certainty, found, categories)


def _typed(relation: str, subject: str, object_: str) -> bool:
    subjects, objects = RELATIONS[relation]
    return TYPES.get(subject) in subjects and TYPES.get(object_) in objects


Key = tuple[str, str]
#: Logits of two entities, and for each relation that reaches the minimum the mentions that speak for it most.
Evidence = tuple[NDArray[np.float32], dict[int, tuple[int, int]]]
#: (link, entity) → values with their logits, best first.
Values = Mapping[tuple[str, Key], list[tuple[float, str]]]


def _gather(learned: Learned, minimum: float) -> dict[tuple[Key, Key], Evidence]:
    """Sum the evidence of all mention pairs of two entities; of windows that overlap the better one counts."""
    keys = [None if m is None else _entity(m) for m in learned.mentions]
    entities = sorted({key for key in keys if key is not None})
    number = {key: i for i, key in enumerate(entities)}
    owner = np.array([-1 if key is None else number[key] for key in keys], np.int64)
    n = len(entities)
    found: dict[tuple[Key, Key], Evidence] = {}
    for scores in learned.reading.pairs:
        left, right = owner[scores.left], owner[scores.right]
        rows = np.flatnonzero((left >= 0) & (right >= 0) & (left != right))
        if not len(rows):
            continue
        codes, group = np.unique(left[rows] * n + right[rows], return_inverse=True)
        order = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[order], np.arange(len(codes)))
        logits = scores.logits[rows[order]]
        top = np.maximum.reduceat(logits, starts)
        total = np.log(np.add.reduceat(np.exp(logits - top[group[order]]), starts)) + top
        ends = [*starts[1:].tolist(), len(order)]
        for code, sums, start, end in zip(codes.tolist(), total, starts.tolist(), ends, strict=True):
            pair = entities[code // n], entities[code % n]
            known = found.get(pair)
            best = dict(known[1]) if known else {}
            for label in np.flatnonzero(sums[: len(RELATIONS)] >= minimum).tolist():
                if known is None or label not in best or sums[label] > known[0][label]:
                    k = rows[order[start + int(logits[start:end, label].argmax())]]
                    best[label] = int(scores.left[k]), int(scores.right[k])
            found[pair] = (sums if known is None else np.maximum(known[0], sums)), best
    return found


def _qualifiers(learned: Learned, totals: Mapping[tuple[Key, Key], NDArray[np.float32]]) -> Values:
    """Return the values of qualifiers."""
    names = {_entity(m): m.name for m in learned.mentions if m is not None}
    found: dict[tuple[str, Key], list[tuple[float, str]]] = defaultdict(list)
    for (left, right), logits in totals.items():
        for link, kind in (("amount", "Q"), ("share", "Q"), ("category", "C"), ("role", "R"), ("for_work", "W")):
            if right[0] == kind and logits[_LABEL[link]] > 0:
                found[link, left].append((float(logits[_LABEL[link]]), names[right]))
    return {key: sorted(values, key=lambda v: (-v[0], v[1])) for key, values in found.items()}


def _for_relation(relation: str, subject: Key, object_: Key, values: Values) -> tuple[dict[str, str], tuple[str, ...]]:
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
