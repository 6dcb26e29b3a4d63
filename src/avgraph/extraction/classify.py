"""The kind of a capitalised name: its own words decide, then its neighbours, then the model's guess."""

from __future__ import annotations

import re
from functools import lru_cache

from avgraph.extraction.lexicon import Lexicon, alternatives, first_names, names

__all__ = ["classify", "known_kind"]


def known_kind(name: str, lexicon: Lexicon) -> tuple[str | None, bool]:
    """Return the kind that the name's own words give it."""
    known = names()
    if name in known.organizations:
        return "O", True
    if name in known.awards:
        return "A", True
    if name in known.events:
        return "E", True
    words = name.split()
    first, last = words[0].strip(",.("), words[-1].strip(",.)")
    if last in known.company_suffixes or words[-1] in known.company_suffixes:
        return "O", True
    if len(words) > 1:
        if last in known.award_heads or first in ("Prix", "Trophée", "Prize") or "Award" in words or "Prize" in words:
            return "A", True
        if (
            any(w in ("Festival", "Biennale", "Filmfest", "Filmfestival", "Filmtage") for w in words)
            or last in known.event_heads
        ):
            return "E", True
        heads = known.organization_heads
        if (
            last in heads
            or first in heads
            or (first in ("Les", "La", "Le", "The") and len(words) > 2 and words[1] in heads)
        ):
            return "O", True
        if any(
            w
            in (
                "Films",
                "Productions",
                "Pictures",
                "Entertainment",
                "Fund",
                "Fonds",
                "Institute",
                "Studios",
                "Ministry",
                "Council",
                "Centre",
                "Commission",
            )
            for w in words
        ):
            return "O", True
    elif last in ("Festival",):
        return None, False
    elif (
        re.search(r"(?:[a-z](?:films?|film|media|studios?|pictures|prod|productions?)$)", name, re.I) and len(name) > 6
    ):
        return "O", False
    return None, False


def classify(
    text: str, start: int, end: int, lexicon: Lexicon, guesses: list[tuple[int, int, str]]
) -> tuple[str, bool]:
    """Return (kind, whether sure) of a capitalised span: its own words, its neighbours, then the model's guess."""
    name = text[start:end]
    kind, sure = known_kind(name, lexicon)
    if kind and sure:
        return kind, sure
    before, after = text[max(0, start - 60) : start], text[end : end + 40]
    words = name.split()
    person = 1 < len(words) <= 5 and words[0] in first_names() and words[-1][:1].isupper() and not name.isupper()
    if person:
        return "P", True
    if near := _neighbours(before, after, lexicon):
        return near, True
    if kind:
        return kind, sure
    best = max(
        (
            (min(end, e) - max(start, s), k, s <= start + 1 and e >= end - 1)
            for s, e, k in guesses
            if min(end, e) > max(start, s)
        ),
        default=None,
    )
    if len(words) > 1 and name.isupper() and not re.search(r"\d", name):
        return "W", False
    if best and best[0] * 2 > end - start:
        if best[1] == "P":
            return "P", False
        if best[1] in "OLW":
            return best[1], False
    if len(words) == 1 and name.isupper() and 2 <= len(name) <= 6:
        return "O", False
    return "U", False


@lru_cache(maxsize=4)
def _neighbour_patterns(lexicon_language: str, works: str, people: str, orgs: str) -> dict[str, re.Pattern[str]]:
    if lexicon_language == "en":
        kinds = r"(?:film|drama|comedy|series|documentary|thriller|feature|miniseries|sitcom|short|biopic|western|musical|adaptation|co-production|dramedy|docuseries|whodunit|romance)"  # noqa: E501
        other = r"(?! (?:compan|studio|fund|produc|director|festival|institute|school|distribut|maker|sales|market|commission|actor|critic|at|which is held))"  # noqa: E501
        return {
            "W": re.compile(
                rf"(?:\b{works} |\b(?:photography|filming|shooting|production|cameras? roll(?:ed|ing)?) (?:is under way |has (?:begun|started|wrapped) |began |starts )?(?:in (?:the )?[A-Z]\w+ )?on )$"  # noqa: E501
            ),
            "P": re.compile(rf"\b{people} $"),
            "O": re.compile(rf"\b(?:{orgs}|company) $|\b{orgs}, $"),
            "after W": re.compile(
                rf"(?:,? (?:is |was |will be |to be )?(?:co-)?(?:directed|written and directed|written) by\b|,? (?:is |was )?(?:an?|the|his|her) (?:[\w'-]+ ){{0,5}}?{kinds}\b{other}"  # noqa: E501
                rf"| (?:will )?(?:premieres?|premiered|stars|follows|opens in|tells the story|is set in|has wrapped|is being shot|was shot|was filmed|airs on|aired on)\b)"  # noqa: E501
            ),
        }
    kinds = r"(?:film|drame|comédie|série|documentaire|thriller|long métrage|court métrage|premier long|téléfilm|mini-série|feuilleton|polar|coproduction|adaptation|fiction|docu-série|websérie)"  # noqa: E501
    return {
        "W": re.compile(rf"\b{works} (?:de fiction |d'animation )?$"),
        "P": re.compile(rf"\b{people} $"),
        "O": re.compile(rf"\b{orgs} $"),
        "after W": re.compile(
            rf"(?:,? (?:est |a été |sera )?(?:co-?)?(?:réalisée?|écrite? et réalisée?|mise? en scène|tournée?) par\b|,? (?:est )?(?:un|une|le|la|son|sa|l') ?(?:[\w'-]+ ){{0,3}}?{kinds}\b"  # noqa: E501
            rf"| (?:sort(?:ira)? en salles?|suit|raconte|met en scène|se déroule|sera diffusée?|est diffusée?)\b)"
        ),
    }


@lru_cache(maxsize=4)
def _singular_nouns(words: tuple[str, ...]) -> str:
    return alternatives(word for word in words if not word.endswith("s") or word.endswith("series"))


def _singular(lexicon: Lexicon) -> str:
    return _singular_nouns(lexicon.words["work_nouns"])


def _neighbours(before: str, after: str, lexicon: Lexicon) -> str | None:
    """Return the kind that the words beside a name give it: "the series X", "studio X", "director X"."""
    patterns = _neighbour_patterns(
        lexicon.language, _singular(lexicon), lexicon.group("person_nouns"), lexicon.group("org_nouns")
    )
    if patterns["after W"].match(after):
        return "W"
    if patterns["P"].search(before) and not patterns["O"].search(before):
        return "P"
    for kind in "OW":
        if patterns[kind].search(before):
            return kind
    return None
