"""``shapes.ttl``: one SHACL node shape for each claim kind, read off the claim kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from terms import label

from avgraph import vocabulary
from avgraph.model import KINDS, SCHEMES, Attribute, ClaimKind, Role

__all__ = ["shapes_turtle"]

_HEAD = """\
# Made by render.py from the claim kinds: change those, or the rules in render_shapes.py, and run it again.
#
# One node shape for each kind of claim and one for each form of evidence. Messages say what to do.
# avgraph checks claim tables against this file before they become quads; any SHACL processor can check the graph.

@prefix av: <https://w3id.org/avgraph/ontology#> .
@prefix avc: <https://w3id.org/avgraph/concept#> .
@prefix avs: <https://w3id.org/avgraph/shapes#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/avgraph/shapes> a owl:Ontology ;
    dct:title "avgraph shapes for claims"@en , "Formes avgraph pour les affirmations"@fr ;
    dct:license <https://spdx.org/licenses/MIT> .
"""

#: (lowest, highest) value of a number column; None is open.
_BOUNDS: dict[str, tuple[str, str | None]] = {
    "confidence": ("0.0", "1.0"), "share": ("0.0", "1.0"), "amount": ("0.0", None), "year": ("1870", "2100"),
    "season": ("0", None), "episode": ("0", None), "billing": ("0", None), "rank": ("0", None),
    "start": ("0", None), "end": ("0", None), "row": ("1", None),
}  # fmt: skip

#: Pattern of a text column, and how a message describes it.
_PATTERNS = {
    "currency": (
        "^[A-Z]{3}$",
        "a three-letter ISO 4217 code such as EUR",
        "un code ISO 4217 de trois lettres comme EUR",
    )
}

_DATES = "sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYearMonth ] [ sh:datatype xsd:gYear ] )"


@dataclass(frozen=True)
class _Property:
    """One property shape: the column it is about, its path, constraints and what each message asks for."""

    name: str
    column: str
    path: str
    constraints: tuple[str, ...]
    wanted: tuple[str, str]
    label: tuple[str, str]
    required: bool = False

    def turtle(self) -> str:
        plain = self.column.replace("_", " ")
        english, french = (f"`{self.column}`" + (f" ({text})" if text != plain else "") for text in self.label)
        english = f"Set {english} to {self.wanted[0]}{'' if self.required else ', or leave it empty'}."
        french = f"Dans {french}, indiquez {self.wanted[1]}{'' if self.required else ', ou rien'}."
        lines = [f"sh:path {self.path}", *self.constraints, f'sh:message "{english}"@en', f'"{french}"@fr']
        body = " ;\n    ".join(lines[:-1]) + " ,\n        " + lines[-1]
        return f"avs:{self.name} a sh:PropertyShape ;\n    {body} .\n"


def shapes_turtle() -> str:
    """Return the shapes as Turtle."""
    common = _common()
    parts = [_HEAD, _title("What every claim has"), *(p.turtle() for p in common)]
    parts += [_title("Evidence"), *_evidence()]
    for kind in KINDS.values():
        own = [_role(kind, r) for r in kind.roles] + [_attribute(kind, a) for a in kind.attributes]
        names = [f"avs:{p.name}" for p in [*own, *common]]
        parts += [_title(kind.name), _node(kind.name, f"av:{kind.name}", names, kind), *(p.turtle() for p in own)]
    return "\n".join(parts)


def _title(text: str) -> str:
    return f"# {'-' * 70}\n# {text}\n"


def _node(name: str, target: str, properties: list[str], kind: ClaimKind | None = None) -> str:
    lines = [f"sh:targetClass {target}"]
    if kind and (choice := _choice(kind)):
        lines += choice
    return (
        f"avs:{name} a sh:NodeShape ;\n    " + " ;\n    ".join([*lines, _wrapped("sh:property", properties)]) + " .\n"
    )


def _wrapped(predicate: str, terms: list[str]) -> str:
    """Return one predicate with its objects, several on a line up to the usual width."""
    lines, line = [], f"{predicate} {terms[0]}"
    for term in terms[1:]:
        if len(line) + len(term) > 105:
            lines.append(f"{line} ,")
            line = f"    {term}"
        else:
            line += f" , {term}"
    return "\n    ".join([*lines, line])


def _choice(kind: ClaimKind) -> list[str]:
    """Return the constraints that hold between roles."""
    if kind.name == "Partnership":
        options = [("parties", 2), ("instrument", 1)]
        english = "Give at least two `parties`, or one of `parties` and the `instrument` that binds it."
        french = "Donnez au moins deux `parties`, ou une seule et l’`instrument` qui la lie."
    elif kind.any_of:
        options = [(name, 1) for name in kind.any_of]
        english = f"Give at least one of {' and '.join(f'`{n}`' for n in kind.any_of)}."
        french = f"Donnez au moins l’un de {' et '.join(f'`{n}`' for n in kind.any_of)}."
    elif kind.name == "WorkFact":
        return _dated()
    else:
        return []
    return _either([f"[ sh:path {_curie(name)} ; sh:minCount {n} ]" for name, n in options], english, french)


def _dated() -> list[str]:
    """Return what a work fact's value must be where its property is a date."""
    undated = [v for v in SCHEMES["work-fact"] if not v.endswith((" date", " year"))]
    members, _ = _closed("work-fact", undated)
    return _either(
        [f"[ sh:path av:property ; {members[0]} ]", f"[ sh:path av:value ; {_DATES} ]"],
        "Set `value` to a date that exists, as 2014, 2014-03 or 2014-03-05: the `property` is one.",
        "Dans `value`, indiquez une date qui existe, comme 2014, 2014-03 ou 2014-03-05 : la `property` en est une.",
    )


def _either(options: list[str], english: str, french: str) -> list[str]:
    """Return a choice between `options` with its message."""
    listed = "\n        ".join(options)
    return [f"sh:or (\n        {listed}\n    )", f'sh:message "{english}"@en ,\n        "{french}"@fr']


def _curie(column: str) -> str:
    return vocabulary.compact(vocabulary.term(column))


def _labels(column: str) -> tuple[str, str]:
    iri = vocabulary.term(column)
    return label(iri, "en"), label(iri, "fr")


def _counts(required: bool, many: bool = False) -> tuple[str, ...]:
    return (("sh:minCount 1",) if required else ()) + (() if many else ("sh:maxCount 1",))


def _role(kind: ClaimKind, role: Role) -> _Property:
    wanted = {
        (True, False): ("exactly one entity", "exactement une entité"),
        (False, False): ("one entity", "une entité"),
        (True, True): ("at least one entity", "au moins une entité"),
        (False, True): ("entities", "des entités"),
    }[role.required, role.many]
    return _Property(
        f"{kind.name}-{_local(role.name)}",
        role.name,
        _curie(role.name),
        (*_counts(role.required, role.many), "sh:nodeKind sh:IRI"),
        wanted,
        _labels(role.name),
        role.required,
    )


def _attribute(kind: ClaimKind, attribute: Attribute) -> _Property:
    column, required = attribute.name, attribute.required
    if attribute.scheme:
        constraints, wanted = _closed(attribute.scheme)
    else:
        constraints, wanted = _literal(column, attribute.dtype, required)
    if (kind.name, column) == ("WorkFact", "value"):
        constraints = ("sh:nodeKind sh:Literal", "sh:minLength 1")  # its datatype depends on the property
    constraints = _counts(required) + constraints
    return _Property(
        f"{kind.name}-{_local(column)}", column, _curie(column), constraints, wanted, _labels(column), required
    )


def _local(column: str) -> str:
    return vocabulary.term(column).removeprefix(vocabulary.AV)


def _closed(scheme: str, values: Sequence[str] | None = None) -> tuple[tuple[str, ...], tuple[str, str]]:
    """Return the constraints and the message of a closed list, or of some of its values."""
    values = values or SCHEMES[scheme]
    terms = [vocabulary.compact(vocabulary.concept(scheme, value)) for value in values]
    listed = ", ".join(values)
    members = _wrapped("sh:in (", terms).replace(" ,", "").removeprefix("sh:in ( ")
    return (f"sh:in ( {members} )",), (f"one of: {listed}", f"l’une de ces valeurs : {listed}")


def _literal(column: str, dtype: str, required: bool) -> tuple[tuple[str, ...], tuple[str, str]]:
    """Return the constraints and the message of a free value."""
    if dtype == "date":
        return (_DATES,), (
            "a date that exists, as 2014, 2014-03 or 2014-03-05",
            "une date qui existe, comme 2014, 2014-03 ou 2014-03-05",
        )
    constraints = [f"sh:datatype xsd:{dtype}"]
    english, french = {
        "string": ("one text", "un texte"),
        "integer": ("a whole number", "un nombre entier"),
        "decimal": ("a number", "un nombre"),
        "boolean": ("true or false", "true ou false"),
    }[dtype]
    if dtype == "string" and required:
        constraints.append("sh:minLength 1")
    if column in _PATTERNS:
        pattern, english, french = _PATTERNS[column]
        constraints.append(f'sh:pattern "{pattern}"')
    if column in _BOUNDS:
        low, high = _BOUNDS[column]
        constraints.append(f"sh:minInclusive {low}")
        low, shown = (low.removesuffix(".0"), (high or "").removesuffix(".0"))
        if high:
            constraints.append(f"sh:maxInclusive {high}")
            english, french = f"{english} from {low} to {shown}", f"{french} de {low} à {shown}"
        else:
            english, french = f"{english} of {low} or more", f"{french} supérieur ou égal à {low}"
    if column in {"share", "confidence"}:
        english, french = f"{english} (0.35 for 35 %)", f"{french} (0.35 pour 35 %)"
    return tuple(constraints), (english, french)


def _common() -> list[_Property]:
    """Return the property shapes that every claim kind has."""
    listed, wanted = _closed("status")
    shapes = [
        _Property("source", "source", "prov:wasDerivedFrom", (*_counts(True), "sh:nodeKind sh:IRI"),
                  ("the one file it was read from", "le fichier dont elle est lue"), ("source", "source"), True),
        _Property("status", "status", "av:status", _counts(True) + listed, wanted, _labels("status"), True),
        _Property("evidence", "evidence", "av:evidence", (*_counts(True), "sh:nodeKind sh:IRI"),
                  ("either `start`, `end` and `quote`, or `row`", "soit `start`, `end` et `quote`, soit `row`"),
                  _labels("evidence"), True),
    ]  # fmt: skip
    for column, dtype, required in (
        ("confidence", "decimal", True),
        ("method", "string", False),
        ("valid_from", "date", False),
        ("valid_to", "date", False),
        ("observed", "date", False),
    ):
        constraints, asked = _literal(column, dtype, False)
        shapes.append(
            _Property(
                _local(column),
                column,
                _curie(column),
                _counts(required) + constraints,
                asked,
                _labels(column),
                required,
            )
        )
    return shapes


def _evidence() -> list[str]:
    """Return the shapes of evidence nodes: a stretch of text, or a row."""

    def number(name: str, path: str, column: str, labels: tuple[str, str], *more: str) -> _Property:
        constraints, wanted = _literal(column, "integer", True)
        if more:
            wanted = (f"{wanted[0]}, below `end`", f"{wanted[1]}, inférieur à `end`")
        return _Property(name, column, path, _counts(True) + constraints + more, wanted, labels, True)

    def quote(name: str, required: bool) -> _Property:
        constraints = (*_counts(required), "sh:datatype xsd:string", "sh:minLength 1")
        wanted = ("the words as they stand in the source", "les mots tels qu’ils figurent dans la source")
        return _Property(name, "quote", "oa:exact", constraints, wanted, ("quote", "citation"), required)

    text = [
        number(
            "TextEvidence-start", "oa:start", "start", ("first code point", "premier caractère"), "sh:lessThan oa:end"
        ),
        number("TextEvidence-end", "oa:end", "end", ("character after the last", "caractère après le dernier")),
        quote("TextEvidence-exact", True),
    ]
    row = [number("RowEvidence-row", "av:row", "row", _labels("row")), quote("RowEvidence-exact", False)]
    parts = []
    for name, target, shapes in (
        ("TextEvidence", "oa:TextPositionSelector", text),
        ("RowEvidence", "av:RowSelector", row),
    ):
        parts += [_node(name, target, [f"avs:{s.name}" for s in shapes]), *(s.turtle() for s in shapes)]
    return parts
