"""What a page is asked for, and addresses of pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

__all__ = ["LANGUAGES", "Asked", "iri_below", "path_below"]

LANGUAGES = ("en", "fr")
_SAFE = "/%:@!$&'()*+,;=~-._"
_ENCODED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")


@dataclass(frozen=True)
class Asked:
    """A request for a page; equal ones about one graph get the same page.

    Attributes
    ----------
    path
        Of the address, as it was sent.
    parameters
        Of the address, those without a value left out.
    language
        One of :data:`LANGUAGES`.
    origin
        Scheme, host and port of the server.
    may_write
        Whether the one who asks is known and may write.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    origin: str = ""
    may_write: bool = False

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a parameter."""
        return next((value for key, value in self.parameters if key == name), default)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a parameter as a number between two bounds; what is none counts as the default."""
        text = self.get(name)
        return min(most, max(least, int(text))) if re.fullmatch(r"-?\d{1,9}", text) else default

    def link(self, **changed: object) -> str:
        """Return the address of this page with some parameters changed, or left out where they are None."""
        kept = [(name, value) for name, value in self.parameters if name not in changed]
        kept += [(name, str(value)) for name, value in changed.items() if value is not None]
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def in_language(self, language: str) -> Asked:
        """Return the same page in another language."""
        return replace(self, language=language)


def path_below(iri: str, base_iri: str) -> str | None:
    """Return the path of an IRI below the base as addresses hold it, None for IRIs of elsewhere.

    >>> path_below("https://w3id.org/avgraph/id/work/панк", "https://w3id.org/avgraph/id/")
    'work/%D0%BF%D0%B0%D0%BD%D0%BA'
    """
    if not iri.startswith(base_iri) or iri == base_iri:
        return None
    return quote(iri[len(base_iri) :].partition("#")[0], safe=_SAFE)


def iri_below(path: str, base_iri: str) -> str:
    """Return the IRI of a path below the base; what an IRI writes with %, such as a space, stays so.

    The IRIs of sources write all letters but ASCII with %, those of entities do not.

    >>> iri_below("work/%D0%BF%D0%B0%D0%BD%D0%BA%20rock", "https://w3id.org/avgraph/id/")
    'https://w3id.org/avgraph/id/work/панк%20rock'
    """

    def decoded(match: re.Match[str]) -> str:
        try:
            return bytes.fromhex(match.group().replace("%", "")).decode()
        except UnicodeDecodeError:
            return match.group()

    return base_iri + (path if path.startswith("source/") else _ENCODED.sub(decoded, path))
