"""Rules of comparison as data: those that ship with avgraph and those of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from avgraph.errors import WorkspaceError
from avgraph.model import KINDS
from avgraph.model.kinds import COMMON, SCHEMES
from avgraph.tomlfile import TomlError, parse_toml

__all__ = ["COMPARISONS", "CRITERIA", "Rule", "RuleSet", "read_rules"]

#: Ways to compare claims; the first three take a kind, a subject and a value.
COMPARISONS = ("single", "sets", "exclusive", "award recipients", "award winners", "share sums", "plans", "shares",
               "majorities", "denied", "announced", "counts", "ranks", "names",
               "foundings")  # fmt: skip
_OF_A_KIND = COMPARISONS[:3]
#: What may decide between sides, in the order in which it does.
CRITERIA = ("primary", "precedence", "independent", "recency")
#: How values are told apart.
VALUES = ("text", "date", "number", "amount", "entity", "place", "country")
_TEXTS = ("aspect", "settle", "kind", "subject", "value", "values", "complete")
_LISTS = ("per", "loose", "of", "ids", "prefer")
_KEYS = {"name", "compare", "where", "groups", "tolerance", "years", "within", "off", *_TEXTS, *_LISTS}


@dataclass(frozen=True)
class Rule:
    """One rule of comparison.

    Attributes
    ----------
    name
        What ``avgraph conflicts --rule`` takes.
    compare
        One of :data:`COMPARISONS`.
    aspect
        What the compared claims are about; empty where the claim says it.
    settle
        What would settle such a conflict.
    prefer
        Of :data:`CRITERIA`, those that decide which side is preferred, the first first.
    kind, where, of
        Kind of the claims; column → values that it must have; subtypes of the subject (``""`` unknown, none for all).
    subject, value, values
        Columns of what is compared, and how values are told apart (:data:`VALUES`).
    per, loose
        Claims are compared only if they have the same in these columns; in those of `loose` unknown fits any.
    tolerance
        Numbers that differ by no more agree; of a counted statement the share of it.
    complete
        Kind of source (``"record"``) whose lists hold all members; empty where any list may be partial.
    within
        Whether a source can contradict itself.
    groups
        Patterns of values that exclude each other, group by group.
    ids
        Schemes of ids that a provider gives to one work each.
    years
        How long after an announcement records must reach before its silence counts.
    """

    name: str
    compare: str
    aspect: str = ""
    settle: str = ""
    prefer: tuple[str, ...] = CRITERIA
    kind: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of: tuple[str, ...] = ()
    subject: str = ""
    value: str = ""
    values: str = "text"
    per: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    tolerance: float = 0.0
    complete: str = ""
    within: bool = True
    groups: tuple[tuple[str, ...], ...] = ()
    ids: tuple[str, ...] = ()
    years: int = 0


@dataclass(frozen=True)
class RuleSet:
    """The rules of a build, and what it knows about where sources come from.

    Attributes
    ----------
    rules
        In the order in which they are applied.
    primary
        Rule name, or ``"*"`` → patterns of the sources that are primary for it.
    providers
        Provider → patterns of its sources: they count as one.
    """

    rules: tuple[Rule, ...]
    primary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    providers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_primary(self, source: str, rule: str) -> bool:
        """Tell whether `source` is a primary source for what a rule compares."""
        patterns = (*self.primary.get(rule, ()), *self.primary.get("*", ()))
        return any(fnmatchcase(source, pattern) for pattern in patterns)

    def provider(self, source: str) -> str | None:
        """Return the provider that a workspace names for `source`."""
        fits = (name for name, patterns in self.providers.items() if any(fnmatchcase(source, p) for p in patterns))
        return next(fits, None)


def read_rules(path: Path | None = None) -> RuleSet:
    """Return the rules that ship with avgraph, changed and completed by the file at `path` if there is one.

    Raises
    ------
    WorkspaceError
        If the file says what no rule can.

    >>> [rule.name for rule in read_rules().rules][:2]
    ['release-date', 'production-year']
    """
    known = {rule.name: rule for rule in _shipped()}
    if path is None or not path.is_file():
        return RuleSet(tuple(known.values()))
    where = str(path)
    try:
        data = parse_toml(path.read_bytes())
    except TomlError as fault:
        raise WorkspaceError(fault.message, fault.hint, where, fault.place) from fault
    except OSError as error:
        raise WorkspaceError(f"cannot be read: {error.strerror}", "check its permissions", where) from error
    if unknown := sorted(data.keys() - {"rule", "primary", "provider"}):
        raise WorkspaceError(f"unknown section {unknown[0]!r}", "known: [[rule]], [primary], [provider]", where)
    off = set()
    for number, table in enumerate(_tables(data.get("rule", []), where), 1):
        place = f"rule {number} ({table.get('name', 'without a name')})"
        name = table.get("name")
        rule = _rule(table, known.get(name) if isinstance(name, str) else None, where, place)
        known[rule.name] = rule
        if table.get("off") is True:
            off.add(rule.name)
    primary = _patterns(data.get("primary", {}), "primary", where)
    if unnamed := sorted(primary.keys() - known.keys() - {"*"}):
        raise WorkspaceError(f"primary.{unnamed[0]} names no rule", f"known: {', '.join(known)}", where)
    rules = tuple(rule for name, rule in known.items() if name not in off)
    return RuleSet(rules, primary, _patterns(data.get("provider", {}), "provider", where))


@cache
def _shipped() -> tuple[Rule, ...]:
    name = "conflict_rules.toml"
    data = parse_toml(files("avgraph.graph").joinpath(name).read_bytes())
    return tuple(_rule(table, None, name, str(table["name"])) for table in data["rule"])


def _tables(given: object, where: str) -> Iterable[Mapping[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(table, dict) for table in given):
        raise WorkspaceError("rules must be written one by one", "write [[rule]], and its keys below", where)
    return given


def _rule(table: Mapping[str, Any], before: Rule | None, where: str, place: str) -> Rule:
    """Return what a table says, with what the rule of that name said before where it is silent."""

    def fault(message: str, hint: str) -> WorkspaceError:
        return WorkspaceError(message, hint, where, place)

    if unknown := sorted(table.keys() - _KEYS):
        raise fault(f"unknown key {unknown[0]!r}", f"known: {', '.join(sorted(_KEYS))}")
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise fault("a rule needs a name", 'give it one: name = "release-date"')
    said: dict[str, Any] = {}
    for key in _TEXTS:
        if key in table:
            if not isinstance(table[key], str):
                raise fault(f"{key} must be a text", "put it in quotes")
            said[key] = table[key]
    for key in _LISTS:
        if key in table:
            said[key] = _texts(table[key], key, fault)
    if "where" in table:
        if not isinstance(table["where"], dict):
            raise fault("where must give values for columns", 'write where.property = ["budget"]')
        said["where"] = {column: _texts(values, f"where.{column}", fault) for column, values in table["where"].items()}
    if "groups" in table:
        if not isinstance(table["groups"], list) or len(table["groups"]) < 2:
            raise fault("groups must be two lists or more", 'write groups = [["fiction"], ["documentary"]]')
        said["groups"] = tuple(_texts(group, "groups", fault) for group in table["groups"])
    for key, type_, example in (("tolerance", (int, float), "1.0"), ("years", int, "3"), ("within", bool, "false")):
        if key in table:
            if not isinstance(table[key], type_) or (type_ is not bool and isinstance(table[key], bool)):
                raise fault(f"{key} is not what it should be: {table[key]!r}", f"write {key} = {example}")
            said[key] = table[key]
    compare = table.get("compare", before.compare if before else None)
    if compare not in COMPARISONS:
        raise fault(f"compare is none of the ways to compare: {compare!r}", f"choose one of: {', '.join(COMPARISONS)}")
    rule = replace(before or Rule(name, compare), name=name, compare=compare, **said)
    _check(rule, fault)
    return rule


def _check(rule: Rule, fault: Any) -> None:
    if wrong := [c for c in rule.prefer if c not in CRITERIA]:
        raise fault(f"prefer names no criterion: {wrong[0]!r}", f"choose from: {', '.join(CRITERIA)}")
    if rule.values not in VALUES:
        raise fault(f"values is none of the known: {rule.values!r}", f"choose one of: {', '.join(VALUES)}")
    if rule.complete not in ("", "record", "article"):
        raise fault(f"complete names no kind of source: {rule.complete!r}", 'write "record" or "article"')
    if rule.compare not in _OF_A_KIND:
        return
    if rule.kind not in KINDS:
        raise fault(f"kind is no kind of claim: {rule.kind!r}", f"choose one of: {', '.join(KINDS)}")
    kind = KINDS[rule.kind]
    columns = {*kind.role_names, *kind.attribute_names, *(name for name, _ in COMMON)}
    for column in (rule.subject, rule.value, *rule.per, *rule.loose, *rule.where):
        if column not in columns:
            raise fault(f"{rule.kind} has no column {column!r}", f"it has: {', '.join(sorted(columns))}")
    if rule.subject not in kind.role_names or kind.role(rule.subject).many:
        raise fault(f"subject must be one entity: {rule.subject!r}", f"choose one of: {', '.join(kind.role_names)}")
    for attribute in kind.attributes:
        allowed = SCHEMES.get(attribute.scheme or "")
        for value in rule.where.get(attribute.name, ()):
            if allowed is not None and value not in allowed:
                hint = f"choose from: {', '.join(allowed)}"
                raise fault(f"where.{attribute.name} has no value {value!r}", hint)
    if rule.compare == "exclusive" and not rule.groups:
        raise fault("an exclusive rule needs groups", 'write groups = [["fiction"], ["documentary"]]')


def _texts(given: object, key: str, fault: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise fault(f"{key} must be a list of texts", f'write {key.rpartition(".")[2]} = ["…"]')
    return tuple(given)


def _patterns(given: object, section: str, where: str) -> dict[str, tuple[str, ...]]:
    """Return name → patterns of a section."""

    def fault(message: str, hint: str) -> WorkspaceError:
        return WorkspaceError(message, hint, where)

    if not isinstance(given, dict):
        raise fault(f"{section} must be one section", f"write [{section}] once, its keys below")
    return {name: _texts(patterns, f"{section}.{name}", fault) for name, patterns in given.items()}
