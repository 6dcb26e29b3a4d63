"""Which words of the sources are shown behind a tie, a broker or a pair."""

from __future__ import annotations

from collections.abc import Sequence

from avgraph.knowledge import KnowledgeGraph
from avgraph.network import Tie
from avgraph.report.parts import Quote

__all__ = ["words_behind"]

#: Joint works of a tie whose words are looked up, the latest.
_WORKS = 12
#: Quotes for a tie: a sentence that names both, or one for either end.
_QUOTES = 2


def words_behind(kg: KnowledgeGraph, rows: Sequence[Sequence[Tie]]) -> list[list[Quote]]:
    """Return for each row of a table the words behind its ties, each quote once.

    Of a tie those of one joint work are shown: of the works whose quotes name both ends the one that needs fewest
    quotes, of such the latest.
    """
    latest = {id(tie): list(tie.works["claims"].tail(_WORKS))[::-1] for row in rows for tie in row}
    found = kg.quotes({claim for works in latest.values() for claims in works for claim in claims})
    quotes = {claim: Quote(words, place) for claim, (place, words) in found.items() if words}
    chosen = []
    for row in rows:
        of_row: list[Quote] = []
        for tie in row:
            names = (tie.source_label, tie.target_label)
            works = [_choose([quotes[c] for c in sorted(claims) if c in quotes], names) for claims in latest[id(tie)]]
            best = max(works, key=lambda work: (work[0], -len(work[1])), default=(0, []))
            of_row += [quote for quote in best[1] if quote not in of_row]
        chosen.append(of_row)
    return chosen


def _choose(quotes: list[Quote], names: Sequence[str]) -> tuple[int, list[Quote]]:
    """Return how many of the names the quotes of a work tell, and these quotes.

    At each step the one that names most of who is not named yet is taken, of such the longest, which is rather a
    sentence than the cells of a table.
    """
    found: list[Quote] = []
    left = {name.casefold() for name in names}
    while quotes and len(found) < _QUOTES:
        named = {quote: {name for name in left if name in quote.words.casefold()} for quote in quotes}
        best = max(quotes, key=lambda quote: (len(named[quote]), len(quote.words)))
        if found and not named[best]:
            break
        found.append(best)
        left -= named[best]
        quotes = [quote for quote in quotes if quote.words != best.words]
    return len(names) - len(left), found
