"""The few words of a drawing, in English or as a page says them."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Say", "say_plainly", "written"]


class Say(Protocol):
    """Says a text in the language of a page.

    A text without places may be a value of the graph, and is not looked through for any.
    """

    def __call__(self, text: str, /, **places: object) -> str:
        """Return a text with its ``{places}`` filled, numbers as :func:`written`."""


def say_plainly(text: str, /, **places: object) -> str:
    """Return an English text with its places filled.

    >>> say_plainly("{n} ties, strength {strength}", n=1200, strength=8.53219)
    '1,200 ties, strength 8.53'
    """
    return text.format(**{name: written(value) for name, value in places.items()}) if places else text


def written(value: object) -> str:
    """Return a number as drawings write it, and anything else as text."""
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
