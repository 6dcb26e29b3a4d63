"""Sums of money, dates and counts in running text."""

from __future__ import annotations

import re
from functools import lru_cache

from avgraph.extraction.lexicon import Lexicon, alternatives
from avgraph.extraction.lexicon import lexicon as read_lexicon

__all__ = ["count_value", "money_value", "partial_date", "value_mentions"]

_NUMBER = r"\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_SCALE = r"(?:\s?(?:million|millions|mio|mln|bn|billion|milliard|milliards)\b(?: d'| de)?|\s?(?:m|M|k|K)\b)"
_UNIT = r"(?:€|euros?\b|EUR\b|US\$|\$|dollars?\b|£|pounds?\b|CHF\b|francs?\b|USD\b|GBP\b|SEK\b|NOK\b|DKK\b|ISK\b|PLN\b|CZK\b|HUF\b|CAD\b|AUD\b|NZD\b|ZAR\b|zloty\b|kroner?\b|kronor\b|dirhams?\b)"  # noqa: E501
_PREFIX = r"(?:€|US\$|C\$|CA\$|A\$|NZ\$|\$|£|EUR|USD|GBP|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|CAD|AUD|NZD|ZAR|RSD|GEL|MAD|INR|JPY|KRW|TRY|UAH|QAR|BRL|ARS|MXN)"  # noqa: E501
_MONEY = re.compile(
    rf"(?:{_PREFIX}\s?(?:{_NUMBER}){_SCALE}?(?!\w)|(?<![\w.,])(?:{_NUMBER}){_SCALE}?\s?{_UNIT}(?!\w)|(?<![\w.,])(?:{_NUMBER})\s?(?:million|millions)\b)"
)
_CODES = {"€": "EUR", "euro": "EUR", "$": "USD", "us$": "USD", "dollar": "USD", "£": "GBP", "pound": "GBP",
          "c$": "CAD", "ca$": "CAD", "a$": "AUD", "nz$": "NZD", "franc": "CHF", "zloty": "PLN"}  # fmt: skip
_YEAR = r"(?:19|20)\d\d"


@lru_cache(maxsize=4)
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    lexicon = read_lexicon(language)
    months = lexicon.group("months", "months_short")
    if language == "en":
        dates = (
            rf"(?:(?:early|mid|late|mid-)[\s-]?)?(?:from )?\d{{1,2}}(?:st|nd|rd|th)?(?: ?(?:to|–|-|and) ?\d{{1,2}}(?:st|nd|rd|th)?)? {months}\.?,?(?: {_YEAR})?"  # noqa: E501
            rf"|{months}\.? \d{{1,2}}(?:st|nd|rd|th)?(?! ?\d)(?:,? {_YEAR})?|{months}\.?,? {_YEAR}|(?:early|late|mid-?|the|this|next|last) ?(?:spring|summer|autumn|fall|winter)(?: of)?(?: {_YEAR})?"  # noqa: E501
            rf"|(?:spring|summer|autumn|fall|winter) {_YEAR}"
        )
        counted = r"(?:[a-z-]+ ){0,3}?(?:films|features|series|projects|titles|productions|co-productions|coproductions|episodes|countries|territories|shorts|documentaries|admissions|viewers|tickets|nominations|applications|spectators|subscribers|employees|people|companies|half-hours|awards|prizes|screens|hours)"  # noqa: E501
    else:
        dates = (
            rf"(?:du |le |les )?\d{{1,2}}(?:er)?(?: (?:au|et) \d{{1,2}}(?:er)?)? {months}\.?(?: {_YEAR})?|(?:(?:début|fin|mi-?) ?)?{months} {_YEAR}"  # noqa: E501
            rf"|(?:au |cet |l')?(?:printemps|été|automne|hiver) {_YEAR}|(?:au printemps|à l'automne|cet été|cet hiver|cet automne)(?: prochain)?"  # noqa: E501
        )
        counted = r"(?:[a-zéèêàç-]+ ){0,2}?(?:films|longs métrages|courts métrages|séries|projets|titres|productions|coproductions|épisodes|pays|territoires|documentaires|entrées|spectateurs|téléspectateurs|billets|nominations|dossiers|abonnés|salariés|personnes|sociétés|prix|salles|heures|étudiants|œuvres|candidatures)(?: [a-zéèê]+és?\b)?"  # noqa: E501
    starting = alternatives(word.capitalize() for word in lexicon.words["numbers"])
    number = rf"(?:{lexicon.group('about')} )?(?:(?<![\w€$£.,])(?:{_NUMBER})(?: (?:million|millions)(?: de| d')?)?|\b{lexicon.group('numbers')}|\b{starting})"  # noqa: E501
    return re.compile(rf"(?<!\w)(?:{dates}|\d{{1,2}}/\d{{1,2}}/{_YEAR}|{_YEAR}-\d\d-\d\d)(?!\w)"), re.compile(
        rf"{number} {counted}(?!\w)"
    )


def value_mentions(text: str, lexicon: Lexicon) -> list[tuple[int, int, str, dict[str, str]]]:
    """Return (start, end, kind, attributes) of sums (M), dates (D), years (D) and counts (Q)."""
    dates, counts = _patterns(lexicon.language)
    found: list[tuple[int, int, str, dict[str, str]]] = [(m.start(), m.end(), "M", {}) for m in _MONEY.finditer(text)]
    found += [(m.start(), m.end(), "D", {}) for m in dates.finditer(text)]
    found += [(m.start(), m.end(), "Q", {}) for m in counts.finditer(text)]
    found += [(m.start(), m.end(), "D", {}) for m in re.finditer(rf"(?<![\w.,/€$-]){_YEAR}(?![\w]|[.,]\d)", text)]
    return sorted(found, key=lambda f: (f[0] - f[1] if f[2] == "Q" else 0, f[0], -f[1]))


def money_value(text: str) -> tuple[float | None, str | None]:
    """Return (amount, ISO 4217 currency) of a sum as prose writes it.

    >>> money_value("€1.85m"), money_value("477.500 euros"), money_value("NOK 6 million")
    ((1850000.0, 'EUR'), (477500.0, 'EUR'), (6000000.0, 'NOK'))
    """
    match = re.search(_NUMBER, text)
    if not match:
        return None, None
    digits = re.sub(r"[.,\s](?=\d{3}(?!\d))", "", match.group()).replace(",", ".")
    try:
        amount = float(digits)
    except ValueError:
        return None, None
    rest = text[match.end() :].casefold()
    if re.match(r"\s?(?:million|mio|mln|m\b)", rest):
        amount *= 1e6
    elif re.match(r"\s?(?:bn\b|billion|milliard)", rest):
        amount *= 1e9
    elif re.match(r"\s?k\b", rest):
        amount *= 1e3
    unit = re.search(rf"{_PREFIX}|{_UNIT}", text)
    if not unit:
        return round(amount, 2), None
    code = unit.group()
    return round(amount, 2), _CODES.get(
        code.casefold().rstrip("s"), code if len(code) == 3 and code.isupper() else None
    )


def count_value(text: str) -> float | None:
    """Return the number of a count in digits or words, in English or French.

    >>> count_value("about 60 films"), count_value("1.212 coproductions"), count_value("Sixteen films"), count_value("past year")
    (60.0, 1212.0, 16.0, None)
    """  # noqa: E501
    if re.search(r"\d", text):
        return money_value(text)[0]
    for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold()):
        if word in _NUMBER_WORDS:
            return float(_NUMBER_WORDS[word])
    return None


_NUMBER_WORDS = {
    word: n
    for words in (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",  # noqa: E501
        "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt",  # noqa: E501
    )
    for n, word in enumerate(words.split(), 1)
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100, "trente": 30, "quarante": 40, "cinquante": 50,
     "soixante": 60, "cent": 100, "dizaine": 10, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "centaine": 100}  # fmt: skip  # noqa: E501


def partial_date(text: str, language: str) -> str | None:
    """Return the ISO form of a date in words, as precise as it is.

    >>> partial_date("5 March 2016", "en"), partial_date("mars 2025", "fr"), partial_date("2014", "en")
    ('2016-03-05', '2025-03', '2014')
    """
    lexicon = read_lexicon(language)
    year = re.search(_YEAR, text)
    if not year:
        return None
    rest = text.casefold()
    for i, month in enumerate(lexicon.words["months"], 1):
        if re.search(rf"\b{month[:3] if language == 'en' else month}", rest, re.I):
            day = re.search(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er)?(?!\d)", rest.replace(year.group(), ""))
            return f"{year.group()}-{i:02d}" + (f"-{int(day[1]):02d}" if day and 1 <= int(day[1]) <= 31 else "")
    return year.group()
