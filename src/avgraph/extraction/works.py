"""Works beyond plain titles: seasons, single episodes, and works that are only described."""

from __future__ import annotations

import re
from functools import lru_cache

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import Lexicon
from avgraph.extraction.lexicon import lexicon as read_lexicon
from avgraph.extraction.masking import mask, slot_class
from avgraph.extraction.mentions import Mention

__all__ = ["add_described_works", "add_episodes", "add_seasons"]

_W = f"[{slot_class('W')}]"
_w = f"[{slot_class('w')}]"


@lru_cache(maxsize=4)
def _season_patterns(language: str) -> tuple[tuple[re.Pattern[str], ...], dict[str, str]]:
    """Return the patterns with groups ``n`` (which season) and ``w`` (the series), and word → number."""
    words = read_lexicon(language).words
    patterns: tuple[str, ...]
    numbers = {word: str(i) for i, word in enumerate(("one", *words["numbers"][:9]), 1)} if language == "en" else {}
    if language == "en":
        ordinals = dict(zip(words["ordinals"], map(str, range(1, 11)), strict=False))
        n = rf"(?P<n>{'|'.join(words['ordinals'])})"
        m = rf"(?P<n>\d{{1,2}}|{'|'.join(numbers)})"
        patterns = (
            rf"(?:[Tt]he |[Aa] )?{n} (?:and final |new )?(?:season|series|run) of "
            rf"(?:the )?(?:[a-z]+ ){{0,3}}(?P<w>{_w})",
            rf"[Ss]eason {m} of (?:the )?(?:[a-z]+ ){{0,3}}(?P<w>{_w})",
            rf"(?P<w>{_w})(?:,|'s|'|:)? (?:[Ss]eason {m})(?!\w)",
            rf"(?P<w>{_w})(?:'s|') {n} (?:season|series)",
        )
    else:
        ordinals = {w: str(i) for i, w in enumerate(words["ordinals"], 1)} | {
            "premier": "1",
            "second": "2",
            "seconde": "2",
        }
        n = rf"(?P<n>{'|'.join(words['ordinals'])})"
        patterns = (
            rf"(?:[Ll]a |[Uu]ne )?{n} saison (?:de la série |de |d'|du )(?P<w>{_w})",
            rf"(?:[Ll]a )?[Ss]aison (?P<n>\d{{1,2}}) (?:de la série |de |d'|du )(?P<w>{_w})",
            rf"(?P<w>{_w}),? \(?[Ss]aison (?P<n>\d{{1,2}})\)?",
        )
    return tuple(re.compile(p) for p in patterns), ordinals | numbers


@lru_cache(maxsize=4)
def _bare_pattern(language: str) -> re.Pattern[str]:
    words = read_lexicon(language).words
    if language == "en":
        first, numbers = "|".join(words["ordinals"][:6]), "|".join(("one", *words["numbers"][:5]))
        number = rf"(?:(?P<n>{first}) season|[Ss]eason (?P<m>\d{{1,2}}|{numbers}))"
        return re.compile(rf"\b(?:[Tt]he |[Aa] |[Ii]ts )?{number}\b")
    first = "|".join((*words["ordinals"][:5], "seconde"))
    return re.compile(rf"\b(?:[Ll]a |[Uu]ne )?(?:(?P<n>{first}) saison|[Ss]aison (?P<m>\d{{1,2}}))\b")


def add_seasons(segments: list[Segment], mentions: list[list[Mention]], lexicon: Lexicon) -> None:
    """Turn "the second season of X" into one mention of the season, its series in ``attributes``."""
    patterns, numbers = _season_patterns(lexicon.language)
    series: str | None = None
    names: dict[tuple[str, str], str] = {}
    for segment, group in zip(segments, mentions, strict=True):
        masked = mask(segment.text, 0, len(segment.text), group)
        for pattern in patterns:
            for match in pattern.finditer(masked.text):
                work = masked.mentions[match.start("w")]
                start, end = masked.offsets[match.start()], masked.offsets[match.end()]
                if "season" in work.attributes or work not in group:
                    continue
                number = numbers.get(match["n"].casefold(), match["n"])
                title = f"{segment.text[start : work.start]}{work.name}{segment.text[work.end : end]}"
                name = re.sub(r"\s+", " ", title).strip()
                season = Mention("W", segment.index, start, end, name, True, surface=segment.text[start:end],
                                 attributes={"season": number, "series": work.name, "named": "yes"})  # fmt: skip
                group[:] = [m for m in group if not (m.start < end and start < m.end)] + [season]
        group.sort(key=lambda m: m.start)
        for m in group:
            if m.kind == "W" and m.strong:
                series = m.attributes.get("series") or (m.name if not m.generic else series)
        if series:
            _bare_seasons(segment, group, lexicon.language, numbers, series)
        for m in group:
            if "season" in m.attributes:
                m.name = names.setdefault((m.attributes["series"], m.attributes["season"]), m.name)


def _bare_seasons(segment: Segment, group: list[Mention], language: str, numbers: dict[str, str], last: str) -> None:
    """Turn "season one" without a title into a season of the work named last."""
    for match in _bare_pattern(language).finditer(segment.text):
        if any(m.start < match.end() and match.start() < m.end for m in group):
            continue
        earlier = [m for m in group if m.kind == "W" and m.strong and m.end <= match.start() and not m.generic]
        series = (earlier[-1].attributes.get("series") or earlier[-1].name) if earlier else last
        raw = (match["n"] or match["m"]).casefold()
        number = numbers.get(raw, raw)
        label = "season" if language == "en" else "saison"
        group.append(Mention("W", segment.index, match.start(), match.end(), f"{series} {label} {number}", True,
                             surface=match.group(), attributes={"season": number, "series": series}))  # fmt: skip
    group.sort(key=lambda m: m.start)


_EPISODES = {
    "en": re.compile(r"\b[Tt]he (?P<mod>[a-z]+-?[a-z]*(?:ed|ew)|first (?:\w+ )?|last (?:\w+ )?)\s?episodes\b"),
    "fr": re.compile(r"\b[Ll]es (?:(?P<mod>nouveaux|premiers|derniers) )?épisodes(?P<mod2> [a-zé-]+és)\b"),
}


def add_episodes(segments: list[Segment], mentions: list[list[Mention]], lexicon: Lexicon) -> None:
    """Read "the co-produced episodes" as the season or series named last, with a scope of these episodes only."""
    last: Mention | None = None
    for segment, group in zip(segments, mentions, strict=True):
        added = []
        for match in _EPISODES[lexicon.language].finditer(segment.text):
            earlier = [m for m in group if m.kind == "W" and m.strong and m.end <= match.start()]
            work = earlier[-1] if earlier else last
            if work and not any(m.start < match.end() and match.start() < m.end for m in group):
                words = re.sub(r"^(?:the|les) ", "", match.group(), flags=re.I)
                scope = f"{words} only" if lexicon.language == "en" else f"seulement les {words}"
                attributes = {k: v for k, v in work.attributes.items() if k != "named"} | {"scope": scope}
                added.append(Mention("W", segment.index, match.start(), match.end(), work.name, True,
                                     surface=match.group(), attributes=attributes))  # fmt: skip
        works = [m for m in group if m.kind == "W" and m.strong]
        last = works[-1] if works else last
        group.extend(added)
        group.sort(key=lambda m: m.start)


@lru_cache(maxsize=4)
def _described(language: str) -> re.Pattern[str]:
    lexicon = read_lexicon(language)
    nouns = lexicon.group("work_nouns")
    if language == "en":
        return re.compile(
            rf"(?P<np>\b[Aa]n? (?:[a-z-]+ ){{0,2}}?{nouns}) (?P<how>inspired by|based on|adapted from) "
            r"(?P<basis>(?:the|his|her|another|one|a|an)\b[^.;,()\"“”]{3,80})"
        )
    return re.compile(
        rf"(?P<np>\b[Uu]ne? (?:[a-zéè-]+ )?{nouns}) "
        r"(?P<how>inspirée? (?:de|du|par)|adaptée? (?:de|du)|tirée? (?:de|du)|d'après) "
        r"(?P<basis>(?:l'univers|l'œuvre|la vie|un autre|une autre|un de|un|une|son|sa|le|la|l')\b[^.;,()«»\"]{3,80})"
    )


def add_described_works(segments: list[Segment], mentions: list[list[Mention]], lexicon: Lexicon) -> None:
    """Add works without a title: "a film inspired by the universe of the sculptor".

    The noun phrase alone is the name, unless another described work of the text has it; then the whole phrase is.
    ``attributes`` hold ``how`` and ``basis``.
    """
    pattern = _described(lexicon.language)
    used: set[str] = set()
    for segment, group in zip(segments, mentions, strict=True):
        for match in pattern.finditer(segment.text):
            if any(m.kind in "WLN" and m.start < match.start("basis") and match.start() < m.end for m in group):
                continue
            short = match["np"].casefold()
            name = match.group() if short in used else match["np"]
            used.add(short)
            end = match.end("how")
            name = name[0].lower() + name[1:]
            group.append(Mention("W", segment.index, match.start(), end, name, True, True, match.group(),
                                 attributes={"how": match["how"], "basis": match["basis"]}))  # fmt: skip
            group[:] = [m for m in group if m is group[-1] or not (m.start < end and match.start() < m.end)]
        group.sort(key=lambda m: m.start)
