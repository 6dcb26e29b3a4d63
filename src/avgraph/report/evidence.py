"""Which words of the sources are shown behind a tie, a broker or a pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from avgraph.knowledge import KnowledgeGraph
from avgraph.report.parts import Quote

__all__ = ["words_behind"]

#: Claims of one row of a table whose words are looked up.
_LOOKED_UP = 200


def words_behind(kg: KnowledgeGraph, rows: Sequence[tuple[Iterable[str], Sequence[str]]], most: int) -> list[list[Quote]]:
    """Return for each row the quotes that together name most of its members.

    Parameters
    ----------
    kg
        The graph.
    rows
        The claims behind each row, and the names that it is about, the most important first.
    most
        Number of quotes for a row.

    Returns
    -------
    list
        For each row up to `most` quotes: at each step the one that names most of who is not named yet, of such the
        longest, which is rather a sentence than the cells of a table, and then the first by claim.
    """
    claims = [list(islice(sorted(set(wanted)), _LOOKED_UP)) for wanted, _ in rows]
    quotes = kg.quotes({claim for wanted in claims for claim in wanted})
    return [
        _choose([Quote(words, place) for place, words in (quotes[c] for c in wanted if c in quotes) if words], names, most)
        for wanted, (_, names) in zip(claims, rows, strict=True)
    ]


def _choose(quotes: list[Quote], names: Sequence[str], most: int) -> list[Quote]:
    found: list[Quote] = []
    left = [name.casefold() for name in names]
    while quotes and len(found) < most:
        named = {quote: [name for name in left if name in quote.words.casefold()] for quote in quotes}
        best = max(quotes, key=lambda quote: (len(named[quote]), len(quote.words)))
        if found and not named[best]:
            break
        found.append(best)
        left = [name for name in left if name not in named[best]]
        quotes = [quote for quote in quotes if quote.words != best.words]
    return found
