"""Files that ship with avgraph: ontology, shapes, queries, lexicons, the example workspace.

In a wheel they lie inside the package, in a checkout beside ``src``; both are found here.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["resource"]

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE / "_data", _PACKAGE.parent.parent)


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as ``resource("queries")``.

    Raises
    ------
    FileNotFoundError
        If this installation lacks it.
    """
    for root in _ROOTS:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"avgraph was installed without {'/'.join(parts)}: reinstall the package")
