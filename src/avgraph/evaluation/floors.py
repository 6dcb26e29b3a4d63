"""Floors: figures that must be reached, so that continuous integration refuses a drop.

.. code-block:: toml

    [overall]
    f1 = 0.61
    evidence_verbatim = 1.0

    [relation.directed]
    precision = 0.9

    [language.fr]
    recall = 0.5

    [at_most]
    n_denied_asserted = 0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avgraph.errors import SourceError
from avgraph.evaluation.result import CEILINGS, GROUPS, SHARES, Evaluation
from avgraph.evaluation.scores import MEASURES
from avgraph.tomlfile import TomlError, parse_toml

__all__ = ["Floor", "below_floors", "read_floors"]

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Floor:
    """A figure that must be reached.

    Attributes
    ----------
    group
        ``"overall"``, ``"at_most"``, or one of :data:`~avgraph.evaluation.result.GROUPS`.
    name
        Relation, language, origin or layout; empty for the two others.
    measure
        What is measured, such as ``"f1"``.
    value
        The least value allowed; for ``"at_most"`` the greatest.
    """

    group: str
    name: str
    measure: str
    value: float

    @property
    def label(self) -> str:
        """The floor's key in the file, such as ``relation.directed.precision``."""
        return ".".join(part for part in (self.group, self.name, self.measure) if part)


def read_floors(path: Path) -> tuple[Floor, ...]:
    """Return the floors of a TOML file.

    Raises
    ------
    SourceError
        If the file cannot be read, is no TOML, or holds a key that is none of the measures: a misspelt floor would
        hold nothing.
    """
    try:
        tables = parse_toml(Path(path).read_bytes())
    except OSError as error:
        reason = error.strerror or error
        raise SourceError(f"cannot be read: {reason}", "check that it exists and may be read", str(path)) from error
    except TomlError as fault:
        raise SourceError(fault.message, fault.hint, str(path), fault.place) from fault
    return tuple(_floors(tables, str(path)))


def below_floors(evaluation: Evaluation, floors: Sequence[Floor]) -> list[str]:
    """Return one line for each floor that `evaluation` does not reach; a figure that was not measured reaches none.

    >>> from avgraph.evaluation import score
    >>> below_floors(score([], {}), [Floor("relation", "directed", "f1", 0.5)])
    ['relation.directed.f1: not measured, the floor is 0.5']
    """
    missed = []
    for floor in floors:
        value = _measured(evaluation, floor)
        if value is None:
            missed.append(f"{floor.label}: not measured, the floor is {floor.value:g}")
        elif floor.group == "at_most" and value > floor.value + _TOLERANCE:
            missed.append(f"{floor.label}: {value:.4g} is over {floor.value:g}")
        elif floor.group != "at_most" and value < floor.value - _TOLERANCE:
            missed.append(f"{floor.label}: {value:.4f} is below {floor.value:g}")
    return missed


def _measured(evaluation: Evaluation, floor: Floor) -> float | None:
    if floor.group in GROUPS:
        score = evaluation.groups[floor.group].get(floor.name)
        return getattr(score, floor.measure) if score else None
    owner = evaluation.overall if floor.measure in MEASURES else evaluation
    value: float | None = getattr(owner, floor.measure)
    return value


def _floors(tables: dict[str, Any], where: str) -> Iterator[Floor]:
    for group, table in tables.items():
        if group not in ("overall", "at_most", *GROUPS) or not isinstance(table, dict):
            raise SourceError(f"{group!r} is no group of floors",
                              hint=f"write [overall], [at_most] or [GROUP.NAME] with one of {', '.join(GROUPS)}",
                              where=where)  # fmt: skip
        named = table.items() if group in GROUPS else [("", table)]
        allowed = {"overall": (*MEASURES, *SHARES), "at_most": CEILINGS}.get(group, MEASURES)
        for name, values in named:
            if not isinstance(values, dict):
                raise SourceError(f"{group}.{name} is no table", hint=f"write [{group}.NAME] above it", where=where)
            for measure, value in values.items():
                floor = Floor(group, name, measure, value)
                if measure not in allowed:
                    raise SourceError(
                        f"{floor.label} is not measured", hint=f"one of {', '.join(allowed)}", where=where
                    )
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise SourceError(f"{floor.label} is no number: {value!r}", hint="such as 0.61", where=where)
                yield floor
