"""The claims of the IMDb tables by morph-kgc, a general engine for RML, in a virtual environment of its own.

RML has no hashes of content, no identity and no numbers of rows. So the engine gets tables to which the number of the
row, the cells as one text, and the names of roles and kinds have been added beforehand; that time is not counted. Its
claims have IRIs made of ids (``claim/credit/tt0000001-1``), its works and people likewise.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from avgraph.model import KINDS
from avgraph.vocabulary import AV, CONCEPT, OA, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, entity_class, expand

__all__ = ["morph_python", "write_morph"]

_BASE = "https://w3id.org/avgraph/id/"
_PREFIXES = """\
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
"""
_SUBTYPES = {
    "movie": "film",
    "tvMovie": "television film",
    "short": "short film",
    "tvShort": "short film",
    "tvSeries": "series",
    "tvMiniSeries": "series",
    "tvEpisode": "episode",
}
_ROLES = {"actress": "actor"} | {
    r: r for r in ("director", "writer", "producer", "actor", "composer", "editor", "cinematographer", "self")
}


@dataclass(frozen=True)
class _Value:
    """An object of RML: a template of an IRI or text, or a column."""

    template: str = ""
    column: str = ""
    is_iri: bool = False
    datatype: str = ""

    def turtle(self) -> str:
        """Return the term map."""
        if self.column:
            typed = f" ; rr:datatype <{self.datatype}>" if self.datatype else ""
            kind = " ; rr:termType rr:IRI" if self.is_iri else ""
            return f'[ rml:reference "{self.column}"{typed}{kind} ]'
        kind = "rr:IRI" if self.is_iri else "rr:Literal"
        how = "template" if "{" in self.template else "constant"
        if how == "constant":
            value = f"<{self.template}>" if self.is_iri else f'"{self.template}"'
            typed = f" ; rr:datatype <{self.datatype}>" if self.datatype else ""
            return f"[ rr:constant {value}{typed} ]"
        return f'[ rr:template "{self.template}" ; rr:termType {kind} ]'


def _iri(template: str) -> _Value:
    return _Value(template, is_iri=True)


def _column(name: str, datatype: str = "", *, is_iri: bool = False) -> _Value:
    return _Value(column=name, datatype=XSD + datatype if datatype else "", is_iri=is_iri)


def _text(value: str, datatype: str = "") -> _Value:
    return _Value(value, datatype=XSD + datatype if datatype else "")


def morph_python(folder: Path) -> Path:
    """Return the interpreter of the environment in `folder`, which is made where there is none."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "morph-kgc"], check=True
        )
    return python


def write_morph(records: Path, folder: Path) -> Path:
    """Write the tables, the mapping and the configuration for morph-kgc into `folder`; return the configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    principals = _read(records, "title.principals").with_columns(
        role=pl.col("category").replace_strict(_ROLES, default="other"),
    )
    shortcut = {value: expand(s.predicate) for s in KINDS["Credit"].shortcuts if s.when for value in s.when[1]}
    principals.with_columns(shortcut=pl.col("role").replace_strict(shortcut, default=None)).write_csv(
        folder / "credits.csv"
    )
    subtype = pl.col("titleType").replace(_SUBTYPES)
    titles = _read(records, "title.basics").with_columns(subtype=subtype)
    classes = {s: entity_class("Work", s) for s in titles["subtype"].unique()}
    titles.with_columns(
        kind=pl.col("subtype").replace_strict(classes),
        other=pl.when(pl.col("originalTitle") != pl.col("primaryTitle")).then("originalTitle"),
    ).write_csv(folder / "titles.csv")
    people = _read(records, "name.basics")
    credited = pl.col("nconst").is_in(principals["nconst"].unique().implode())
    people.with_columns(credited=pl.when(credited).then("nconst")).write_csv(folder / "people.csv")
    mapping = folder / "mapping.ttl"
    mapping.write_text(_PREFIXES + "\n".join(_maps(folder)), encoding="utf-8")
    config = folder / "config.ini"
    lines = [
        "[CONFIGURATION]",
        "output_format = N-QUADS",
        f"output_file = {folder / 'quads.nq'}",
        "na_values = ",
        "logging_level = WARNING",
        "[records]",
        f"mappings = {mapping}",
    ]
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config


def _read(records: Path, name: str) -> pl.DataFrame:
    """Return a table with the number of each row and its known cells as one text."""
    path = next(records.glob(f"{name}.tsv*"))
    table = pl.read_csv(path, separator="\t", quote_char=None, null_values="\\N", infer_schema=False)
    cells = [pl.concat_str(pl.lit(f"{column}: "), pl.col(column)) for column in table.columns]
    quote = pl.concat_list(cells).list.drop_nulls().list.join(" | ")
    return table.with_row_index("row", 2).with_columns(quote=quote)


def _maps(folder: Path) -> list[str]:
    source = {n: f"{_BASE}source/records/{n}.tsv.gz" for n in ("title.basics", "title.principals", "name.basics")}
    credits, titles = source["title.principals"], source["title.basics"]
    made = []

    def add(table: str, subject: str, graph: str, pairs: list[tuple[str, _Value]]) -> None:
        made.append(_triples_map(f"m{len(made)}", folder / f"{table}.csv", subject, graph, pairs))

    def claim(kind: str, table: str, key: str, graph: str, pairs: list[tuple[str, _Value]]) -> None:
        own = [
            (RDF + "type", _iri(AV + kind)),
            (AV + "status", _iri(CONCEPT + "status-asserted")),
            (AV + "confidence", _text("1", "decimal")),
            (AV + "method", _text(f"mapping:{graph.rsplit('/', 1)[-1].removesuffix('.tsv.gz')}.toml@00000000")),
            (PROV + "wasDerivedFrom", _iri(graph)),
            (AV + "evidence", _iri(f"{graph}#row={{row}}-00000000")),
        ]
        add(table, f"{_BASE}claim/{KINDS[kind].table.replace('_', '-')}/{key}", graph, own + pairs)

    def evidence(table: str, graph: str) -> None:
        pairs = [
            (RDF + "type", _iri(AV + "RowSelector")),
            (OA + "exact", _column("quote")),
            (AV + "row", _column("row", "integer")),
            (PROV + "wasDerivedFrom", _iri(graph)),
        ]
        add(table, f"{graph}#row={{row}}-00000000", graph, pairs)

    work, person = f"{_BASE}work/{{tconst}}", f"{_BASE}person/{{nconst}}"
    claim(
        "Credit",
        "credits",
        "{tconst}-{ordering}",
        credits,
        [
            (AV + "work", _iri(work)),
            (AV + "agent", _iri(person)),
            (AV + "role", _iri(CONCEPT + "credit-{role}")),
            (AV + "character", _column("characters")),
            (AV + "jobTitle", _column("job")),
            (AV + "billing", _column("ordering", "integer")),
        ],
    )
    evidence("credits", credits)
    made.append(_triples_map("shortcuts", folder / "credits.csv", work, credits, [("{shortcut}", _iri(person))]))
    facts = (
        ("production year", "production-year", "startYear", "gYear"),
        ("runtime", "runtime", "runtimeMinutes", "decimal"),
    )
    for _, name, column, datatype in facts:
        unit = [(AV + "unit", _text("min"))] if name == "runtime" else []
        claim(
            "WorkFact",
            "titles",
            f"{{tconst}}-{name}-{{{column}}}",
            titles,
            [
                (AV + "work", _iri(work)),
                (AV + "property", _iri(f"{CONCEPT}work-fact-{name}")),
                (AV + "value", _column(column, datatype)),
                *unit,
            ],
        )
    evidence("titles", titles)
    add("titles", work, titles, [(AV + "productionYear", _column("startYear", "gYear"))])
    entities = f"{_BASE}graph/entities"
    for table, subject, key, name, year in (
        ("titles", work, "tconst", "primaryTitle", "startYear"),
        ("people", person, "nconst", "primaryName", "birthYear"),
    ):
        kind = _column("kind", is_iri=True) if table == "titles" else _iri(SCHEMA + "Person")
        more = (
            [(AV + "subtype", _column("subtype")), (SKOS + "altLabel", _column("other"))] if table == "titles" else []
        )
        add(
            table,
            subject,
            entities,
            [
                (RDF + "type", kind),
                (RDFS + "label", _column(name)),
                (SKOS + "altLabel", _column(name)),
                (SCHEMA + "identifier", _text(f"imdb:{{{key}}}")),
                (AV + "year", _column(year, "integer")),
                *more,
            ],
        )
    identity = f"{_BASE}graph/identity"
    mentions = (
        ("titles", "title.basics", "tconst", "primaryTitle", work),
        ("people", "name.basics", "nconst", "primaryName", person),
        ("credits", "title.principals", "tconst", "tconst", work),
        ("credits", "title.principals", "nconst", "nconst", person),
    )
    for table, file, key, name, entity in mentions:
        add(
            table,
            f"{_BASE}mention/{file}-{{{key}}}",
            identity,
            [
                (RDF + "type", _iri(AV + "Mention")),
                (AV + "name", _column(name)),
                (AV + "denotes", _iri(entity)),
                (PROV + "wasDerivedFrom", _iri(source[file])),
            ],
        )
    for table, file, key in (("titles", "title.basics", "tconst"), ("people", "name.basics", "credited")):
        add(
            table,
            f"{_BASE}match/{{{key}}}",
            identity,
            [
                (RDF + "type", _iri(AV + "Match")),
                (AV + "verdict", _iri(CONCEPT + "verdict-same")),
                (AV + "left", _iri(f"{_BASE}mention/{file}-{{{key}}}")),
                (AV + "right", _iri(f"{_BASE}mention/title.principals-{{{key}}}")),
                (AV + "score", _text("1", "decimal")),
                (AV + "decidedBy", _text("id")),
                (AV + "reason", _text(f"id 1.0: imdb:{{{key}}} ~ imdb:{{{key}}}")),
            ],
        )
    return made


def _triples_map(name: str, table: Path, subject: str, graph: str, pairs: list[tuple[str, _Value]]) -> str:
    objects = " ;\n".join(
        f"  rr:predicateObjectMap [ rr:predicateMap {_predicate(predicate)} ; rr:objectMap {value.turtle()} ]"
        for predicate, value in pairs
    )
    return (
        f'<#{name}> rml:logicalSource [ rml:source "{table}" ; rml:referenceFormulation ql:CSV ] ;\n'
        f'  rr:subjectMap [ rr:template "{subject}" ; rr:graphMap [ rr:constant <{graph}> ] ] ;\n{objects} .\n'
    )


def _predicate(predicate: str) -> str:
    if predicate.startswith("{"):
        return f'[ rml:reference "{predicate[1:-1]}" ; rr:termType rr:IRI ]'
    return f"[ rr:constant <{predicate}> ]"
