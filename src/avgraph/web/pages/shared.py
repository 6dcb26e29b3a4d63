"""What several pages show: claims with those who say them, and the graph's directory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from avgraph.knowledge.directory import Directory
from avgraph.knowledge.entity import Claim
from avgraph.web.worker import Served

__all__ = ["Statement", "directory_of", "statements"]

_directories: dict[str, Directory] = {}


@dataclass(frozen=True)
class Statement:
    """Claims that say the same, with their evidence one by one."""

    text: str
    status: str
    claims: tuple[Claim, ...]

    @property
    def year(self) -> str:
        """Year or date that the claims give, empty where they give none."""
        first = self.claims[0].attributes
        return str(first.get("year") or first.get("date") or first.get("period") or "")[:4]


def statements(claims: Iterable[Claim]) -> list[Statement]:
    """Return claims that say the same as one statement each, in the order of the first of each."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        found.setdefault((claim.text, claim.status), []).append(claim)
    return [Statement(text, status, tuple(said)) for (text, status), said in found.items()]


def directory_of(served: Served) -> Directory | None:
    """Return the directory of a build, made once in a worker; None for what is no build."""
    snapshot = served.graph.snapshot
    if snapshot is None:
        return None
    content = str(snapshot.manifest["content"])
    if content not in _directories:
        _directories.clear()
        _directories[content] = Directory(snapshot)
    return _directories[content]
