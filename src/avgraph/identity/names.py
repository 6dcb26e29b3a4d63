"""Names taken apart: what of a name carries identity, kind by kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii

from avgraph.identity import lexicon
from avgraph.identity.lexicon import singular, words
from avgraph.identity.sounds import sound
from avgraph.text import fold

__all__ = ["OTHER_SCRIPT", "PARTS", "Name", "Season", "parse_name", "parse_season"]

_PARENTHESIS = re.compile(r"(?:^|\s+)[(\[]([^()\[\]]+)[)\]]")
_SUBTITLE = re.compile(r"\s*(?::|\s[-–—]\s|,\s(?:le film|der film|the movie)\b)\s*")
#: Letters of alphabets that are transliterated letter by letter: Greek, Cyrillic, Armenian, Georgian. Arabic and Hebrew
#: leave vowels out, and Hangul joins what names keep apart: their transliterations are no spelling that anybody uses.
OTHER_SCRIPT = re.compile(r"[\u0370-\u058f\u10a0-\u10ff]")
#: Short forms of what a number counts.
PARTS = {"vol": "volume", "pt": "part", "ep": "episode", "ch": "chapter"}
#: What numbers count; behind these, and nowhere else, a word for one is the number.
_COUNTED = frozenset((
    *PARTS.values(), "book", "number", "tome", "partie", "chapitre", "livre", "teil", "kapitel", "folge", "band",
    "buch", "deel", "hoofdstuk", "boek", "parte", "capitolo", "capitulo", "libro",
))  # fmt: skip
#: Words for one.
ONES = frozenset(("one", "i", "un", "une", "uno", "una", "eins", "een"))
_SARL = re.compile(r"\bs\.?\s*à\.?\s*r\.?\s*l\.?(?=\W|$)", re.IGNORECASE)
_SLASHED_FORM = re.compile(r"\b([aAkK])/([sS])\b")
_DIGITS = re.compile(r"\d{1,18}")
_NONE: frozenset[str] = frozenset()
_QUOTED = re.compile(r"[\"“”„«‹‘](.+?)[\"“”»›’]")


@dataclass(frozen=True, slots=True)
class Name:
    """One name, taken apart.

    Attributes
    ----------
    text
        As written.
    tokens
        Folded words.
    core
        The words that carry identity for the kind of entity.
    main
        Works: the words before a subtitle; organisations: without kind words; otherwise the core.
    ordered
        The main words, sorted.
    sounds
        People: how the main words sound, between spaces.
    generations
        People: the words among the core that tell a father from a son ("jr").
    joined
        The core as one string.
    key
        Order-free: equal for names with the same identifying words.
    numbers
        Numbers among the words; titles that differ in them are parts of a series.
    countries
        Organisations: ISO codes of the countries among the words.
    initials
        First letters of the core, and of all words.
    group
        Awards, events, places: first name of the alias group; for a country its ISO code.
    placeholder
        Whether it only fills a cell ("Various Directors").
    """

    text: str
    tokens: tuple[str, ...]
    core: tuple[str, ...]
    main: tuple[str, ...]
    ordered: tuple[str, ...]
    sounds: str
    generations: frozenset[str]
    joined: str
    key: str
    numbers: tuple[int, ...]
    countries: frozenset[str]
    initials: tuple[str, str]
    group: str | None
    placeholder: bool

    @property
    def one_word(self) -> bool:
        """Whether it is a single word (three signs of a script without spaces are a full name)."""
        return len(self.core) == 1 and not (len(self.joined) >= 3 and self.joined[0] >= "\u2e80")

    @property
    def spelt(self) -> tuple[str, ...]:
        """All its words but those that connect others ("and", "of", "the")."""
        return tuple(t for t in self.tokens if t not in words("connectors")) or self.tokens

    @property
    def bare(self) -> tuple[str, ...]:
        """The core without the words that name a country."""
        return tuple(t for t in self.core if not lexicon.country_of_token(t)) if self.countries else self.core


class Season(NamedTuple):
    """A season's name taken apart: the series' title and the number."""

    title: str
    number: int | None


def parse_season(text: str) -> Season:
    """Take the name of a season apart.

    >>> parse_season('The second season of "Unité 42"')
    Season(title='Unité 42', number=2)
    >>> parse_season("Unité 42, saison 2"), parse_season("Unité 42")
    (Season(title='Unité 42', number=2), Season(title='Unité 42', number=None))
    """
    kinds = "|".join(sorted(words("season_kinds")))
    number, rest = None, text
    for pattern in (rf"\b(?:{kinds})\s+(\w+)", rf"\b(\w+)\.?\s+(?:{kinds})\b", r"\bS(\d{1,2})\b"):
        for match in re.finditer(pattern, text, re.IGNORECASE):
            number = _number(fold(match.group(1)))
            if number is not None:
                rest = text.replace(match.group(), " ")
                break
        if number is not None:
            break
    if quoted := _QUOTED.search(text):
        return Season(quoted.group(1).strip(), number)
    linked = rf"^\W*(?:(?:the|la|le|l|die|de|het|{kinds})\b\W*)*(?:(?:of|de|du|von|van|der)\s+|d['’]\s*)"
    title = re.sub(linked, "", rest, flags=re.IGNORECASE) if rest != text else rest
    return Season(title.strip(" ,:–-()"), number)


def _number(word: str) -> int | None:
    if digits := re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th|e|er|re|ere|eme|ste|de)?", word):
        return int(digits.group(1))
    return lexicon.ordinal_words().get(word) or lexicon.number_words().get(word)


@lru_cache(maxsize=1 << 18)
def parse_name(type_: str, text: str) -> tuple[Name, ...]:
    """Return `text` and the names inside it (title in brackets, title after a slash), taken apart for `type_`.

    >>> [n.core for n in parse_name("Organization", "Tarantula S.à r.l.")]
    [('tarantula',)]
    >>> [n.text for n in parse_name("Work", "Aquel No Era Yo (That Wasn't Me)")]
    ["Aquel No Era Yo (That Wasn't Me)", 'Aquel No Era Yo', "That Wasn't Me"]
    """
    texts = [text]
    if type_ in ("Work", "Organization", "Event") and (brackets := _PARENTHESIS.search(text)):
        outside = _PARENTHESIS.sub("", text).strip()
        inside = brackets.group(1).strip()
        if type_ == "Organization" and not (_is_acronym(inside) or _is_acronym(outside)):
            inside = ""  # a place, or what kind of body it is
        texts += [t for t in (outside, inside) if t and not t.isdigit() and not lexicon.country_code(t)]
    if type_ == "Work" and " / " in text:
        texts += [t.strip() for t in text.split(" / ") if t.strip()]
    texts += [anyascii(t) for t in texts if OTHER_SCRIPT.search(t)]
    return tuple(name for t in dict.fromkeys(texts) if (name := _take_apart(type_, t)).joined)


def _is_acronym(text: str) -> bool:
    letters = text.replace(".", "")
    return letters.isupper() and letters.isalpha() and len(letters) <= 8


def _take_apart(type_: str, text: str) -> Name:
    if type_ == "Organization":
        text_ = _SLASHED_FORM.sub(r"\1\2", _SARL.sub("sarl", text))
    elif type_ in ("Award", "Event"):
        text_ = lexicon.without_edition(text)
    else:
        text_ = text.replace("½", " 1/2") if type_ == "Work" else text
    tokens = lexicon.folded(text_)
    core = main = tokens
    sounds, generations = "", _NONE
    if type_ == "Person":
        core = _unless_empty(tuple(t for t in tokens if t not in words("honorifics")), tokens)
        lesser = words("particles") | words("generations")
        main = _unless_empty(tuple(t for t in core if t not in lesser or _is_initial(t, text)), core)
        sounds = " ".join(map(sound, main))
        generations = words("generations").intersection(core) or _NONE
    elif type_ == "Work":
        tokens = _numbered(tokens)
        core = tokens[1:] if len(tokens) > 1 and tokens[0] in words("articles") else tokens
        head = _numbered(lexicon.folded(_SUBTITLE.split(text_, maxsplit=1)[0]))
        main = _unless_empty(head[1:] if len(head) > 1 and head[0] in words("articles") else head, core)
    elif type_ == "Organization":
        if len(tokens) > 1:
            tokens = tuple(lexicon.numerals().get(t, t) for t in tokens)
        core = _without_legal_forms(tokens)
        core = _unless_empty(tuple(singular(t) for t in core if t not in words("connectors")), core)
        main = tuple(t for t in core if not _is_kind(t) and not lexicon.country_of_token(t))
    elif type_ in ("Award", "Event", "Agreement"):
        core = _unless_empty(tuple(singular(t) for t in tokens if t not in words("connectors")), tokens)
        kinds = words({"Award": "award_kinds", "Event": "event_kinds", "Agreement": "agreement_kinds"}[type_])
        main = tuple(t for t in core if t not in kinds)
    group = None
    if type_ in ("Award", "Event"):
        group = lexicon.alias_group(type_, text)
    elif type_ == "Place":
        group = lexicon.country_code(text) or lexicon.alias_group(type_, text)
    several = len(core) > 1
    return Name(
        text=text,
        tokens=tokens,
        core=core,
        main=main,
        ordered=tuple(sorted(main)),
        sounds=sounds,
        generations=generations,
        joined="".join(core),
        key=" ".join(sorted(core)),
        numbers=_numbers(core),
        countries=_countries(tokens) if type_ == "Organization" else _NONE,
        initials=("".join(t[:1] for t in core), "".join(t[:1] for t in tokens)) if several else ("", ""),
        group=group,
        placeholder=lexicon.generic_name(text),
    )


def _numbered(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a title with numbers in digits and the words before them in full.

    >>> _numbered(("kill", "bill", "vol", "two"))
    ('kill', 'bill', 'volume', '2')
    >>> _numbered(("part", "one", "of", "one", "day"))
    ('part', '1', 'of', 'one', 'day')
    """
    values = lexicon.number_words()
    found = list(tokens[:1])
    for token in tokens[1:]:
        if token in ONES and PARTS.get(found[-1], found[-1]) in _COUNTED:
            found.append("1")
        else:
            found.append(PARTS.get(token) or (str(values[token]) if token in values else token))
    return tuple(found)


def _numbers(tokens: Sequence[str]) -> tuple[int, ...]:
    values = lexicon.number_words()
    found: list[int] = []
    for token in tokens:
        if not token.isalpha():
            found += [int(digits) for digits in _DIGITS.findall(token)]
        if token in values:
            found.append(values[token])
    return tuple(found)


def _countries(tokens: Sequence[str]) -> frozenset[str]:
    return frozenset(c for t in tokens if (c := lexicon.country_of_token(t))) or _NONE


def _is_initial(token: str, text: str) -> bool:
    """Tell whether a single letter is an initial ("T.") rather than a particle ("d'", "y")."""
    return len(token) == 1 and bool(re.search(rf"\b{token.upper()}(?![\w'’])", text))


def _unless_empty(tokens: tuple[str, ...], otherwise: tuple[str, ...]) -> tuple[str, ...]:
    return tokens or otherwise


def _without_legal_forms(tokens: tuple[str, ...]) -> tuple[str, ...]:
    end = len(tokens)
    while end > 1 and tokens[end - 1] in words("legal"):
        end -= 1
    return tokens[:end]


def _is_kind(token: str) -> bool:
    return token in words("organization_kinds") or token in words("fund_kinds")
