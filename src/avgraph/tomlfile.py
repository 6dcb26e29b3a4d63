"""TOML as people write it: a fault is told with its line."""

from __future__ import annotations

import re
import tomllib
from typing import Any

__all__ = ["TomlError", "parse_toml"]

_PLACE = re.compile(r"\s*\((?:at )?(?:line (\d+), column (\d+)|end of document)\)$")


class TomlError(ValueError):
    """Bytes that are no TOML.

    Parameters
    ----------
    message
        What is wrong.
    hint
        What to do.
    place
        ``"line 3, column 5"``, or the line alone.
    """

    def __init__(self, message: str, hint: str, place: str) -> None:
        super().__init__(f"{place}: {message}")
        self.message = message
        self.hint = hint
        self.place = place


def parse_toml(data: bytes) -> dict[str, Any]:
    r"""Return what a TOML file says; a byte order mark and any line ends are allowed.

    Raises
    ------
    TomlError
        If it is not UTF-8, or not TOML.

    >>> parse_toml(b"a = 1")
    {'a': 1}
    >>> parse_toml(b"a = 1\nb =\n")
    Traceback (most recent call last):
    avgraph.tomlfile.TomlError: line 2, column 4: not valid TOML: Invalid value
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TomlError("not UTF-8", "save the file as UTF-8", f"line {line}") from error
    text = text.replace("\r\n", "\n")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        last = text.rstrip().count("\n") + 1
        found = _PLACE.search(str(error))
        place = f"line {found[1]}, column {found[2]}" if found and found[1] else f"line {last}"
        message = f"not valid TOML: {_PLACE.sub('', str(error))}"
        raise TomlError(
            message, "mend that line, or the one before; https://toml.io/en/v1.0.0 tells the format", place
        ) from error
