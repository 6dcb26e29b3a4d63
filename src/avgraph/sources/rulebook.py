"""The checks of a mapping's entities, claims and value maps; problems are gathered, not raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from avgraph.model import ENTITY_TYPES, KINDS, SCHEMES, Attribute, ClaimKind
from avgraph.sources.rules import ClaimRule, EntityRule
from avgraph.sources.templates import (
    LIST_SEPARATOR,
    Condition,
    Template,
    TemplateError,
    parse_condition,
    parse_template,
)

__all__ = ["COMMON_ATTRIBUTES", "Rulebook", "nearest"]

#: Columns that a claim of any kind may fill.
COMMON_ATTRIBUTES = (
    Attribute("status", scheme="status"),
    Attribute("confidence", "decimal"),
    Attribute("valid_from", "date"),
    Attribute("valid_to", "date"),
    Attribute("observed", "date"),
)
_ENTITY_TEMPLATES = ("name", "subtype", "year", "language", "countries", "key")
_LISTS = ("names", "countries")
_ENTITY_KEYS = ("type", *_ENTITY_TEMPLATES, "names", "ids", "split", "split_columns", "where")
_CLAIM_KEYS = ("kind", "when", "pair", "split", "split_columns", "once")

Maps = dict[str, dict[str, str]]


def nearest(name: str, known: Iterable[str], plural: str, n_listed: int = 20) -> str:
    """Return a hint with the name most like `name`, or the names there are: at most `n_listed`, the most alike.

    >>> nearest("titel", ["title", "year"], "columns")
    "did you mean 'title'?"
    >>> nearest("x", ["title", "year"], "columns")
    'columns: title, year'
    >>> nearest("films", ["abc", "dfe", "xyz"], "files", n_listed=1)
    'files: dfe …'
    """
    from rapidfuzz.process import extract
    from rapidfuzz.utils import default_process

    names = [k for k in known if k]
    found = extract(name, names, processor=default_process, limit=2, score_cutoff=60)
    if found:
        like = [n for n, score, _ in found if score >= found[0][1] - 10]
        return "did you mean " + " or ".join(repr(n) for n in like) + "?"
    alike = {n for n, _, _ in extract(name, names, processor=default_process, limit=n_listed)}
    listed = ", ".join(n for n in names if n in alike) + (" …" if len(alike) < len(names) else "")
    return f"{plural}: {listed}" if listed else ""


class Rulebook:
    """Builds rules out of TOML and gathers what is wrong as (key path, message, hint)."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str, str]] = []

    def add(self, key: str, message: str, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append((key, message, hint))

    def section(self, data: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> dict[str, Any]:
        """Return a section of the file with only known keys."""
        section = data.get(name, {})
        if not isinstance(section, dict):
            self.add(name, f"a section [{name}] is expected")
            return {}
        self.unknown_keys(name, section, keys)
        return {k: v for k, v in section.items() if k in keys}

    def unknown_keys(self, path: str, section: Mapping[str, Any], known: Iterable[str]) -> None:
        """Note every key that is not known."""
        known = list(known)
        for key in section:
            if key not in known:
                self.add(f"{path}.{key}" if path else key, "this key is not known", nearest(key, known, "keys"))

    def maps(self, data: Any) -> Maps:
        """Return the value maps."""
        maps: Maps = {}
        if not isinstance(data, dict):
            self.add("map", "sections [map.NAME] are expected")
            return maps
        for name, entries in data.items():
            if not isinstance(entries, dict):
                self.add(f"map.{name}", f'a section [map.{name}] of lines "cell" = "value" is expected')
                continue
            maps[name] = {}
            for key, value in entries.items():
                if isinstance(value, (dict, list)):
                    self.add(f"map.{name}.{key}", "a text is expected")
                else:
                    maps[name][key] = _scalar(value)
        return maps

    def entities(self, data: Any, maps: Maps) -> dict[str, EntityRule]:
        """Return the entity rules."""
        if not isinstance(data, dict):
            self.add("entity", "sections [entity.NAME] are expected")
            return {}
        found = {name: self._entity(name, entry, maps) for name, entry in data.items()}
        return {name: rule for name, rule in found.items() if rule is not None}

    def _entity(self, name: str, entry: Any, maps: Maps) -> EntityRule | None:
        path = f"entity.{name}"
        if not isinstance(entry, dict):
            self.add(path, f"a section [{path}] is expected")
            return None
        self.unknown_keys(path, entry, _ENTITY_KEYS)
        type_ = entry.get("type")
        if type_ not in ENTITY_TYPES:
            self.add(f"{path}.type", f"{type_!r} is no entity type" if type_ else "the type is missing",
                     nearest(str(type_ or ""), ENTITY_TYPES, "types"))  # fmt: skip
        templates = {
            key: template
            for key in _ENTITY_TEMPLATES
            if key in entry
            and (template := self._template(f"{path}.{key}", entry[key], maps, key in _LISTS)) is not None
        }
        ids = entry.get("ids", {})
        if not isinstance(ids, dict):
            self.add(f"{path}.ids", "ids need a scheme", 'such as ids.imdb = "{column}"')
            ids = {}
        id_templates = tuple(
            (scheme.lower(), template)
            for scheme, value in ids.items()
            if (template := self._template(f"{path}.ids.{scheme}", value, maps)) is not None
        )
        names = tuple(
            template
            for value in _as_list(entry.get("names", []))
            if (template := self._template(f"{path}.names", value, maps, True)) is not None
        )
        if "name" not in entry and not ids:
            self.add(path, "the entity has neither a name nor ids", 'write name = "{column}"')
        split, columns = self._split(path, entry)
        where = self._conditions(f"{path}.where", entry.get("where", []), maps)
        rule = EntityRule(name, str(type_), templates, names, id_templates, split, columns, where)
        if split and not columns:
            rule = replace(rule, split_columns=tuple(dict.fromkeys(c for t in rule.identifying for c in t.columns)))
        for key, template in rule.keyed_templates():
            if any(field.position and field.column for field in template.fields):
                self.add(key, "positions of other entities are known to claims only", "write {#}")
        return rule

    def claims(self, data: Any, entities: Mapping[str, EntityRule], maps: Maps) -> tuple[ClaimRule, ...]:
        """Return the claim rules."""
        if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
            self.add("claim", "sections [[claim]] are expected", "with two brackets on each side")
            return ()
        found = [self._claim(number, entry, entities, maps) for number, entry in enumerate(data, start=1)]
        return tuple(rule for rule in found if rule is not None)

    def _claim(
        self, number: int, entry: dict[str, Any], entities: Mapping[str, EntityRule], maps: Maps
    ) -> ClaimRule | None:
        path = f"claim[{number}]"
        kind = KINDS.get(str(entry.get("kind")))
        if kind is None:
            given = entry.get("kind")
            self.add(f"{path}.kind", f"{given!r} is no kind of claim" if given else "the kind is missing",
                     nearest(str(given or ""), KINDS, "kinds"))  # fmt: skip
            return None
        attributes = {a.name: a for a in (*kind.attributes, *COMMON_ATTRIBUTES)}
        self.unknown_keys(path, entry, (*_CLAIM_KEYS, *kind.role_names, *attributes))
        roles = {
            name: chosen
            for name in kind.role_names
            if name in entry and (chosen := self._role(f"{path}.{name}", kind, name, entry[name], entities))
        }
        templates: dict[str, Template] = {}
        for name, attribute in attributes.items():
            if name in entry and (template := self._template(f"{path}.{name}", entry[name], maps)) is not None:
                templates[name] = template
                self._closed(f"{path}.{name}", attribute, template, maps)
        self._missing(path, kind, entry)
        when = self._conditions(f"{path}.when", entry.get("when", []), maps)
        for flag in ("pair", "once"):
            if not isinstance(entry.get(flag, False), bool):
                self.add(f"{path}.{flag}", "true or false is expected")
        split, columns = self._split(path, entry)
        if split and not columns:
            columns = tuple(dict.fromkeys(c for t in templates.values() for c in t.columns))
        pair, once = (entry.get(flag) is True for flag in ("pair", "once"))
        rule = ClaimRule(number, kind, roles, templates, when, pair, split, columns, once)
        self._positions(rule, entities)
        return rule

    def _split(self, path: str, entry: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the separators and the columns that they split, as far as these are named."""
        given = entry.get("split", [])
        split = (LIST_SEPARATOR,) if given is True else self._texts(f"{path}.split", given)
        columns = self._texts(f"{path}.split_columns", entry.get("split_columns", []))
        if columns and not split:
            self.add(f"{path}.split_columns", "there is no split", 'write split = "|"')
        return split, columns

    def _role(
        self, key: str, kind: ClaimKind, role_name: str, value: Any, entities: Mapping[str, EntityRule]
    ) -> tuple[str, ...]:
        """Return the entities of a role."""
        role = kind.role(role_name)
        chosen = []
        for name in _as_list(value):
            entity = entities.get(name) if isinstance(name, str) else None
            if entity is None:
                self.add(key, f"there is no entity {name!r}", nearest(str(name), entities, "entities"))
            elif entity.type not in role.types and entity.type in ENTITY_TYPES:
                self.add(key, f"takes {' or '.join(role.types)}; entity {name!r} is of type {entity.type}")
            else:
                chosen.append(entity.name)
        return tuple(chosen)

    def _missing(self, path: str, kind: ClaimKind, entry: Mapping[str, Any]) -> None:
        """Note roles and attributes that the kind needs and the claim lacks."""
        required = [r.name for r in kind.roles if r.required] + [a.name for a in kind.attributes if a.required]
        for name in required:
            if name not in entry:
                self.add(path, f"a {kind.name} needs {name!r}")
        if kind.any_of and not any(name in entry for name in kind.any_of):
            self.add(path, f"a {kind.name} needs " + " or ".join(repr(n) for n in kind.any_of))

    def _closed(self, key: str, attribute: Attribute, template: Template, maps: Maps) -> None:
        """Note values outside a closed list, as far as the mapping itself shows them."""
        if attribute.scheme is None:
            return
        allowed = SCHEMES[attribute.scheme]
        values = [template.constant] if template.constant is not None else []
        if template.final_map in maps:
            values = [v for v in maps[template.final_map or ""].values() if v not in ("", "*")]
        for value in dict.fromkeys(values):
            if value not in allowed:
                self.add(key, f"{value!r} is not in the closed list", nearest(str(value), allowed, "values"))

    def _positions(self, rule: ClaimRule, entities: Mapping[str, EntityRule]) -> None:
        """Note ``{#}`` and split columns whose piece cannot be told."""
        single = [e for role in rule.kind.roles if not role.many for e in rule.roles.get(role.name, ())]
        split = [e for e in single if entities[e].split]
        for column in rule.split_columns:
            if own := [e for e in split if column in entities[e].split_columns]:
                self.add(f"claim[{rule.number}].split", f"column {column!r} is split for {own[0]} already",
                         "name other columns in split_columns")  # fmt: skip
        for key, template in rule.keyed_templates():
            for field in template.fields:
                if field.position and field.column:
                    if field.column not in single:
                        self.add(key, f"{{#{field.column}}}: no single role takes entity {field.column!r}",
                                 nearest(field.column, single, "entities"))  # fmt: skip
                elif field.position and len(split) > 1 and not rule.pair:
                    self.add(key, "{#} could be the position of " + " or of ".join(split), f"write {{#{split[0]}}}")
                elif not rule.pair and len([e for e in split if field.column in entities[e].split_columns]) > 1:
                    self.add(key, f"column {field.column!r} is split for {' and '.join(split)}",
                             "pair = true pairs their pieces")  # fmt: skip

    def _template(self, key: str, value: Any, maps: Maps, may_list: bool = False) -> Template | None:
        if isinstance(value, (dict, list)) or value is None:
            self.add(key, "a text is expected", 'such as "{column}"')
            return None
        try:
            template = parse_template(value if isinstance(value, str) else _scalar(value))
        except TemplateError as error:
            self.add(key, error.message, error.hint)
            return None
        for field in template.fields:
            if field.is_list and not (may_list and len(template.parts) == 1):
                self.add(key, "split gives several values here", "add |first or |last")
        self._known_maps(key, template, maps)
        return template

    def _conditions(self, key: str, value: Any, maps: Maps) -> tuple[Condition, ...]:
        found = []
        for text in self._texts(key, value):
            try:
                condition = parse_condition(text)
            except TemplateError as error:
                self.add(key, error.message, error.hint)
                continue
            self._known_maps(key, condition.template, maps)
            known = maps.get(condition.template.final_map or "", {})
            for literal in condition.values:
                if known and "*" not in known.values() and literal and literal not in known.values():
                    self.add(key, f"[map.{condition.template.final_map}] never gives {literal!r}",
                             nearest(literal, known.values(), "values"))  # fmt: skip
            found.append(condition)
        return tuple(found)

    def _known_maps(self, key: str, template: Template, maps: Maps) -> None:
        for field in template.fields:
            for filter_ in field.filters:
                if filter_.name == "map" and filter_.argument not in maps:
                    self.add(
                        key, f"there is no [map.{filter_.argument}]", nearest(filter_.argument or "", maps, "maps")
                    )

    def _texts(self, key: str, value: Any) -> tuple[str, ...]:
        """Return a text or list of texts as a tuple."""
        values = _as_list(value)
        if not all(isinstance(v, str) and v for v in values):
            self.add(key, "a text is expected")
            return ()
        return tuple(values)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _scalar(value: Any) -> str:
    """Return a TOML number, date or truth value as a template's text."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if isinstance(value, str) else text.replace("{", "{{").replace("}", "}}")
