"""When two values agree: dates of unlike precision, rounded amounts, names spelt in two ways, places in each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from rapidfuzz.fuzz import ratio, token_sort_ratio

from avgraph.dates import year_of
from avgraph.graph.conflict_facts import Facts
from avgraph.graph.conflict_rules import Rule
from avgraph.text import fold, name_tokens

__all__ = ["agree", "alike", "versions"]

#: Names of persons with this likeness (0–100) are spellings of one, and first names before one family name.
_SPELT, _FIRST = 88, 50
#: A rounded amount stands for at most this share of itself more or less.
_ROUNDED = Decimal("0.05")


def versions(facts: Facts, rule: Rule, values: Iterable[str]) -> dict[str, str]:
    """Return value → the version that it belongs to, which is the most exact value of that version.

    A value that agrees with several versions speaks for none and is left out. Less than two versions: no conflict.
    """
    found: dict[str, str] = {}
    heads: list[str] = []
    for value in sorted(set(values), key=lambda v: (-_exactness(v), v)):
        fits = [head for head in heads if agree(facts, rule, value, head)]
        if not fits:
            heads.append(value)
            found[value] = value
        elif len(fits) == 1:
            found[value] = fits[0]
    return found


def agree(facts: Facts, rule: Rule, one: str, other: str) -> bool:
    """Tell whether one fact can be behind two values."""
    if one == other:
        return True
    match rule.values:
        case "date":
            return _dates_agree(one, other)
        case "number" | "amount":
            return _numbers_agree(rule, one, other)
        case "entity":
            return facts.type_.get(one) == facts.type_.get(other) and alike(facts.label[one], facts.label[other])
        case "country":
            return bool(set(facts.countries.get(one, ())) & set(facts.countries.get(other, ())))
        case "place":
            return _places_agree(facts, one, other)
    return fold(one) == fold(other)


def _dates_agree(one: str, other: str) -> bool:
    about = one.endswith("~") or other.endswith("~")
    one, other = one.rstrip("~"), other.rstrip("~")
    if about:
        first, second = year_of(one), year_of(other)
        return first is None or second is None or abs(first - second) <= 1
    return one.startswith(other) or other.startswith(one)


def _numbers_agree(rule: Rule, one: str, other: str) -> bool:
    first, second = _number(one), _number(other)
    if first is None or second is None:
        return fold(one) == fold(other)
    difference = abs(first - second)
    if rule.values == "amount":
        return difference <= max(_slack(first), _slack(second))
    return difference <= Decimal(str(rule.tolerance))


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _slack(amount: Decimal) -> Decimal:
    """Return by how much an amount in round thousands may have been rounded, else half a unit."""
    step = Decimal(1)
    while amount and step < amount and amount % (step * 10) == 0:
        step *= 10
    return min(step / 2, amount * _ROUNDED) if step >= 1000 else Decimal("0.5")


def _places_agree(facts: Facts, one: str, other: str) -> bool:
    """A town agrees with the country it lies in; a place whose country is unknown with any country."""
    of_one, of_other = set(facts.countries.get(one, ())), set(facts.countries.get(other, ()))
    if "country" not in (facts.subtype.get(one), facts.subtype.get(other)):
        return fold(facts.label[one]) == fold(facts.label[other])
    return not of_one or not of_other or bool(of_one & of_other)


def alike(one: str, other: str) -> bool:
    """Tell whether two names can be spellings of one: letters that differ, short forms, further names.

    >>> alike("Tobi Baumann", "Tobias Baumann"), alike("Igor Tuveri", "Igor Tuveri Igort")
    (True, True)
    >>> alike("Joel Coen", "Ethan Coen"), alike("Tom Sommerlatte", "Erkan Acar")
    (False, False)
    """
    mine, theirs = name_tokens(one), name_tokens(other)
    if not mine or not theirs:
        return False
    fewer, more = sorted((set(mine), set(theirs)), key=len)
    if fewer <= more and len(fewer) > 1:
        return True
    if token_sort_ratio(" ".join(mine), " ".join(theirs)) >= _SPELT:
        return True
    return mine[-1] == theirs[-1] and _first_names(mine, theirs)


def _first_names(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    if mine[0] in theirs[0] or theirs[0] in mine[0]:
        return True  # an initial, a short form
    return mine[0][0] == theirs[0][0] and ratio(mine[0], theirs[0]) >= _FIRST


def _exactness(value: str) -> int:
    """Dates are more exact the longer they are, and amounts the more digits they have before their zeros."""
    number = _number(value)
    if number is None:
        return len(value.rstrip("~"))
    return len(number.normalize().as_tuple().digits)
