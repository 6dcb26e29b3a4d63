"""Binding a mapping to the columns of one file: names with ``*``, and columns that a file may lack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from avgraph.sources.rules import ClaimRule, EntityRule, TableMapping
from avgraph.sources.templates import Condition, Template

__all__ = ["bind_columns", "fitting_columns"]


def fitting_columns(name: str, columns: Iterable[str]) -> list[str]:
    """Return the columns that a mapping's column name means: itself, else all that its ``*`` fits.

    >>> fitting_columns("Admissions *", ["Title", "Admissions 1996-2024"])
    ['Admissions 1996-2024']
    """
    columns = list(columns)
    if name in columns or "*" not in name:
        return [name] if name in columns else []
    pattern = re.compile(".*".join(map(re.escape, name.split("*"))), re.DOTALL)
    return [c for c in columns if pattern.fullmatch(c)]


def bind_columns(mapping: TableMapping, columns: Iterable[str]) -> TableMapping:
    """Return the mapping with each column name that has ``*`` and fits one column as that column's name.

    Names that fit none or several stay as they are; :func:`avgraph.sources.mapping.check_columns` tells them.
    """
    columns = list(columns)
    names = {}
    for name in {column for _, column in mapping.column_uses() if "*" in column}:
        fitting = fitting_columns(name, columns)
        if len(fitting) == 1:
            names[name] = fitting[0]
    if not names:
        return mapping
    entities = {name: _entity(rule, names) for name, rule in mapping.entities.items()}
    return replace(mapping, entities=entities, claims=tuple(_claim(rule, names) for rule in mapping.claims))


def _entity(rule: EntityRule, names: Mapping[str, str]) -> EntityRule:
    return replace(
        rule,
        templates=_renamed(rule.templates, names),
        names=tuple(t.renamed(names) for t in rule.names),
        ids=tuple((scheme, t.renamed(names)) for scheme, t in rule.ids),
        split_columns=tuple(names.get(c, c) for c in rule.split_columns),
        where=_conditions(rule.where, names),
    )


def _claim(rule: ClaimRule, names: Mapping[str, str]) -> ClaimRule:
    return replace(
        rule,
        templates=_renamed(rule.templates, names),
        when=_conditions(rule.when, names),
        split_columns=tuple(names.get(c, c) for c in rule.split_columns),
    )


def _renamed(templates: Mapping[str, Template], names: Mapping[str, str]) -> dict[str, Template]:
    return {key: template.renamed(names) for key, template in templates.items()}


def _conditions(conditions: Iterable[Condition], names: Mapping[str, str]) -> tuple[Condition, ...]:
    return tuple(replace(c, template=c.template.renamed(names)) for c in conditions)
