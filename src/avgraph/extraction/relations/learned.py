"""The model's mentions and relations, as mentions and candidates like those of the rules."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import dropwhile

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.coreference import link_names, without_genitives
from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import LANGUAGES, RULED, Place, combining_forms, country_codes, names, places, word_set
from avgraph.extraction.mentions import TYPES, Mention
from avgraph.extraction.neural import GENERIC, PAIR_LABELS, STATUS, Reading
from avgraph.extraction.relations.evidence import Evidence, Key, gather
from avgraph.extraction.titles import opening_titles
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
    r"^(?:[Tt]he|[Aa]n?|[Ll][ea]s?|[Ll]['’]|[Dd]e[rmns]?|[Dd]ie|[Dd]as|[Hh]et|[Ee]en|[Ee]ine?"
    r"|[Tt]h(?:is|at|ese|ose)|[Cc]e(?:t|tte|s)?|[Dd]iese[mnrs]?|[Dd]eze|[Dd]it|[Dd]at)\b ?"
)
#: What makes an adjective of a place.
_SUFFIX = re.compile(r"[-‑](?:born|based|set|led|backed|produced|made|language|speaking)$")
#: German nouns all begin with a capital: "das Drama" is no title.
_GERMAN_PHRASE = re.compile(r"(?:d(?:er|ie|as|en|em|es)|ein\w*|dies\w*|sein\w*|ihr\w*) ")
_N_LABELS = len(PAIR_LABELS)
_AWARDED = [_LABEL["received_award"], _LABEL["nominated_for"]]
#: Logit above which an award counts as one of several.
_ONE_OF_SEVERAL = -1.0
#: A word at the start of a sentence has a capital and is no name for that.
_NAMELESS = word_set("pronouns") | _ARTICLES | {"un", "une", "des", "du", "dem", "den", "ein", "eine", "l", "d"}
_PRIZES = frozenset(("prize", "award", "awards", "prix", "récompense", "preis", "prijs", "trophy", "trophée"))
_QUOTES = tuple("“«„‘\"'")
#: A phrase is linked to the best name only if the model finds it this probable among all names of the kind.
_LINK_SHARE = 0.4
_QUALIFIER = 0.5
#: What nobody plans: the model takes the status from the verb of the sentence.
_TIMELESS = frozenset(("nationality", "born_in", "located_in"))


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

    def pair(self, subject: str, object_: str) -> NDArray[np.float32] | None:
        """Return the logits of all labels between two names, None where the model saw them nowhere together."""
        return self.logits.get((loose_name(subject), loose_name(object_)))


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
        if tagged.tag == "Work" and language in RULED:
            start, end = _whole_title(segments[line], start, end, language)
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
    if language in ("de", "nl"):
        without_genitives(found)
    link_names(list(segments), named)
    learned = Learned(reading, list(found))
    _link_phrases(learned, found)
    learned.by_segment = [[] for _ in segments]
    for kept in learned.mentions:
        if kept is not None:
            learned.by_segment[kept.segment].append(kept)
    return learned


def _whole_title(segment: Segment, start: int, end: int, language: str) -> tuple[int, int]:
    """Return the title that opens the sentence where the model tags a part of it: "Resident Evil: Degeneration"."""
    sentence = segment.sentence_at(start)
    opening = opening_titles(segment.text, sentence.start, sentence.end, language)
    return opening if opening and opening[0] <= start and end <= opening[1] else (start, end)


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
        return tag != "Award" or _DETERMINER.sub("", surface).casefold() not in _PRIZES
    words = _DETERMINER.sub("", surface).split()
    if tag in ("Organization", "Work") and text[start - 1 : start] not in _QUOTES:
        # "Luxembourg audio-visual productions" and "Flemish film" describe; a place alone may be a title.
        words = list(dropwhile(lambda word: bool(_places(word, language)), words))
        if not words:
            return tag == "Work"
    if tag == "Organization" and not names().organization_heads.isdisjoint(map(str.casefold, words)):
        return True
    if tag == "Work" and len(words) > 1 and surface[0].islower() and text[start - 1 : start] not in _QUOTES:
        return False  # "comics by Anna Novak"
    return bool(_CAPITAL.search(" ".join(words))) and not (language == "de" and _GERMAN_PHRASE.match(surface))


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
    evidence = gather(learned.reading.pairs, [None if m is None else _entity(m) for m in learned.mentions])
    names = {_entity(m): loose_name(m.name) for m in learned.mentions if m is not None}
    logits: dict[tuple[str, str], NDArray[np.float32]] = {}
    for (subject, object_), scores in zip(evidence.pairs, evidence.logits, strict=True):
        key = names[subject], names[object_]
        logits[key] = np.maximum(logits[key], scores) if key in logits else scores
    return Scores(tuple(_relations(learned, evidence, _qualifiers(learned, evidence), minimum)), logits)


#: (link, entity) → values with their logits, best first.
Values = Mapping[tuple[str, Key], list[tuple[float, str]]]


def _relations(learned: Learned, evidence: Evidence, qualifiers: Values, minimum: float) -> Iterator[Scored]:
    mentions = learned.mentions
    statuses = evidence.logits[:, _N_LABELS:].argmax(1)
    given = np.argwhere(evidence.logits[:, _AWARDED] > _ONE_OF_SEVERAL).tolist()
    n_awards = Counter((_AWARDED[k], evidence.pairs[row][0]) for row, k in given)
    for row, label in np.argwhere(evidence.logits[:, : len(RELATIONS)] >= minimum).tolist():
        relation, (subject, object_), logits = PAIR_LABELS[label], evidence.pairs[row], evidence.logits[row]
        if not _typed(relation, subject[0], object_[0]):
            continue
        s, o = (mentions[i] for i in evidence.best(row, label))
        assert s is not None
        assert o is not None
        status = int(statuses[row])
        certainty = STATUS[status] if logits[_N_LABELS + status] > 0 else "asserted"
        certainty = "asserted" if certainty == "planned" and relation in _TIMELESS else certainty
        found, categories = _for_relation(relation, subject, object_, qualifiers)
        if n_awards[label, subject] > 1:
            categories = ()  # which award a category belongs to is not known
        for place in (o.name, *filter(None, o.attributes.get("also", "").split("|"))):
            named = o if place == o.name else replace(o, name=place)
            yield Scored(s, relation, named, float(logits[label]), certainty, found, categories)


def _typed(relation: str, subject: str, object_: str) -> bool:
    subjects, objects = RELATIONS[relation]
    return TYPES.get(subject) in subjects and TYPES.get(object_) in objects


def _qualifiers(learned: Learned, evidence: Evidence) -> Values:
    """Return the values of qualifiers."""
    names = {_entity(m): m.name for m in learned.mentions if m is not None}
    found: dict[tuple[str, Key], list[tuple[float, str]]] = defaultdict(list)
    for link, kind in (("amount", "Q"), ("share", "Q"), ("category", "C"), ("role", "R"), ("for_work", "W")):
        logits = evidence.logits[:, _LABEL[link]]
        for row in np.flatnonzero(logits > 0).tolist():
            left, right = evidence.pairs[row]
            if right[0] == kind:
                found[link, left].append((float(logits[row]), names[right]))
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
