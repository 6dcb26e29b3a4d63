"""Which sources say something of their own: copies of one press text count once, so do the files of one provider."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations

import polars as pl

from avgraph.graph.conflict_rules import RuleSet
from avgraph.text import name_tokens

__all__ = ["Origins", "copied_texts", "providers", "same_words"]

#: Words of a shingle, and the share of the shorter text's shingles in the longer one from which it is a copy.
_WORDS, _COPIED = 6, 0.5
#: A shingle in more texts than this is a boilerplate of all.
_MAX_TEXTS = 50
#: Quotes of at least so many words count, and the share of common words from which two are one.
_MIN_QUOTE, _QUOTED = 8, 0.8


class Origins:
    """Tells how many sources are independent of each other.

    Parameters
    ----------
    sources
        With columns ``source``, ``kind``, ``publisher``.
    rules
        With the providers that a workspace names.
    scan
        Gives the table ``documents`` with columns ``source`` and ``text``.
    """

    def __init__(self, sources: pl.DataFrame, rules: RuleSet, scan: Callable[[str], pl.LazyFrame]) -> None:
        self._sources = sources
        self._rules = rules
        self._scan = scan

    @cached_property
    def of(self) -> Mapping[str, str]:
        """Source → origin: what files of one provider, and copies of one text, have in common."""
        documents = self._scan("documents").select("source", "text").collect()
        copies = copied_texts(documents.rows())
        known = providers(self._sources, self._rules)
        return {source: known.get(source) or copies.get(source, source) for source in self._sources["source"]}

    @cached_property
    def _articles(self) -> set[str]:
        return set(self._sources.filter(pl.col("kind") == "article")["source"])

    def n_independent(self, said: Iterable[tuple[str, str]], quotes: Mapping[str, str]) -> int:
        """Return how many independent sources stand behind claims.

        Parameters
        ----------
        said
            (source, claim).
        quotes
            Claim → its words; articles with the same words count once.
        """
        words: dict[str, set[str]] = defaultdict(set)
        for source, claim in said:
            words[self.of.get(source, source)].update(
                [quotes[claim]] if source in self._articles and claim in quotes else []
            )
        joined = _Groups(words)
        quoting = sorted(origin for origin, texts in words.items() if texts)
        for one, other in combinations(quoting, 2):
            if any(same_words(a, b) for a in words[one] for b in words[other]):
                joined.join(one, other)
        return joined.n_groups


def providers(sources: pl.DataFrame, rules: RuleSet) -> dict[str, str]:
    """Return source → its provider, of those that have one: as the workspace says, else the publisher of records."""
    found = {}
    for source, kind, publisher in sources.select("source", "kind", "publisher").iter_rows():
        provider = rules.provider(source) or (publisher if kind == "record" else None)
        if provider:
            found[source] = f"provider {provider}"
    return found


def copied_texts(texts: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return source → the first source, by name, of the texts that are copies of each other.

    A text is a copy if half of its shingles of six words (Broder 1997) stand in the other: a press release that was
    shortened, or got a headline and a last paragraph of its own, stays one.

    >>> release = "the fund backs six films this spring and the jury met twice in march to read the projects"
    >>> copied_texts([("a", release), ("b", "Exclusive: " + release), ("c", "another text " * 9)])
    {'a': 'a', 'b': 'a', 'c': 'c'}
    """
    holders: dict[int, list[str]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for source, text in sorted(texts):
        shingles = _shingles(text)
        sizes[source] = len(shingles)
        for shingle in shingles:
            holders[shingle].append(source)
    common: Counter[tuple[str, str]] = Counter()
    for sources in holders.values():
        if 1 < len(sources) <= _MAX_TEXTS:
            common.update(combinations(sources, 2))
    groups = _Groups(sizes)
    for (one, other), n_common in sorted(common.items()):
        if n_common >= _COPIED * min(sizes[one], sizes[other]):
            groups.join(one, other)
    return {source: groups.first(source) for source in sorted(sizes)}


def _shingles(text: str) -> set[int]:
    words = name_tokens(text)
    spans = (" ".join(words[i : i + _WORDS]) for i in range(max(len(words) - _WORDS + 1, 1 if words else 0)))
    return {zlib.crc32(span.encode()) for span in spans}


def same_words(one: str, other: str) -> bool:
    """Tell whether two quotes are one: nearly the same words, and enough of them not to be alike by chance.

    >>> same_words("Samsa Film co-produces", "Samsa Film co-produces")
    False
    """
    mine, theirs = set(name_tokens(one)), set(name_tokens(other))
    if min(len(mine), len(theirs)) < _MIN_QUOTE:
        return False
    return len(mine & theirs) >= _QUOTED * len(mine | theirs)


class _Groups:
    """Names that were joined."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parent = {name: name for name in names}

    def first(self, name: str) -> str:
        """Return the least name of the group of `name`."""
        while self._parent[name] != name:
            name = self._parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        """Make two groups one."""
        least, most = sorted((self.first(one), self.first(other)))
        self._parent[most] = least

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return sum(name == parent for name, parent in self._parent.items())
