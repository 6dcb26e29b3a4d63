"""Evaluation sets of identity: mentions and claims as avgraph's readers make them, their ids kept apart as the truth.

A table is read through its mapping with an extra key made of name and id, so that each spelling of each entity in a
source is told apart. Then the ids are taken away and the mentions get the references that the reader would have given
them without ids: equal names of one source become one mention. What is scored is a *unit*: a mention and the entity
that it truly is; a mention of two entities (two films of one title in one table) is two units that no method can part.

A unit is easy if no other entity of the set bears its name, written alike but for case, accents and the order of words:
pairs of such units of one name are what every method gets right. All other pairs are the hard part.

Units are split into train, dev and test by blocks of names. Entities whose names share a block key (a surname with an
initial, a title, a company's first word that is not of kind) are in one part, so no name is in two of them. True pairs
lie within a part; wrong ones may have their ends in two, and whoever counts or trains on pairs within parts alone takes
loose likenesses of names for better than they are.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from avgraph.model import KINDS, MENTION_SCHEMA, ClaimTables, SourceTables, concat_claims
from avgraph.sources import read_mapping, read_table
from avgraph.text import content_hash, fold, name_tokens

__all__ = ["PARTS", "EvaluationSet", "Truth", "hidden", "parted", "read_part", "with_keys"]

#: Of five blocks three are for training.
PARTS = ("train", "train", "train", "dev", "test")
#: Gives what a mention truly is: type, name, id (None without one) → id, None where nobody knows.
Truth = Callable[[str, str, str | None], str | None]
_UNITS = ("ref", "type", "truth", "name")
_GENERATIONS = {"jr", "sr", "ii", "iii", "iv"}
_ARTICLES = {
    "the", "a", "an", "le", "la", "les", "l", "un", "une", "der", "die", "das", "il", "lo", "el", "los", "de", "het",
}  # fmt: skip
#: Words with which many companies begin.
_KINDS = _ARTICLES | {
    "film", "films", "studio", "studios", "production", "productions", "company", "compagnie", "societe", "pictures",
    "entertainment", "media", "group", "united", "national", "new", "american", "british", "international",
}  # fmt: skip


@dataclass(frozen=True)
class EvaluationSet:
    """Mentions to be resolved, and what they truly are.

    Attributes
    ----------
    name
        What it is called.
    mentions, claims
        As :func:`avgraph.identity.resolve` takes them, without the ids that say what is one entity.
    units
        ref, type, truth (an id), name, names (all of the mention), part (train, dev or test), easy (the normalised
        name where no other entity bears it, else null).
    """

    name: str
    mentions: pl.DataFrame
    claims: ClaimTables
    units: pl.DataFrame

    @classmethod
    def of(cls, name: str, mentions: pl.DataFrame, claims: ClaimTables, units: pl.DataFrame) -> EvaluationSet:
        """Make a set of mentions, claims and units (ref, type, truth, name)."""
        further = mentions.select("ref", names=pl.concat_list(pl.concat_list("name"), pl.col("names").fill_null([])))
        units = units.join(further, on="ref", how="left", maintain_order="left").sort("type", "truth", "ref", "name")
        normal = pl.Series("normal", [" ".join(sorted(name_tokens(text))) or text for text in units["name"]])
        alone = pl.col("truth").n_unique().over("type", "normal") == 1
        units = units.with_columns(normal.cast(pl.String)).with_columns(
            easy=pl.when(alone).then(pl.concat_str("type", pl.lit(" "), "normal"))
        )
        return cls(name, mentions, claims, units.drop("normal").with_columns(_parts(units)))

    def write(self, folder: Path) -> None:
        """Write the set as Parquet files into a folder."""
        (folder / "claims").mkdir(parents=True, exist_ok=True)
        self.mentions.write_parquet(folder / "mentions.parquet")
        self.units.write_parquet(folder / "units.parquet")
        for kind, table in self.claims.items():
            table.write_parquet(folder / "claims" / f"{kind}.parquet")

    @classmethod
    def read(cls, folder: Path) -> EvaluationSet:
        """Read what :meth:`write` wrote."""
        claims = {path.stem: pl.read_parquet(path) for path in sorted((folder / "claims").glob("*.parquet"))}
        units = pl.read_parquet(folder / "units.parquet")
        return cls(folder.name, pl.read_parquet(folder / "mentions.parquet"), claims, units)


def read_part(mapping: str, table: str | Path, source: str, ending: str = "csv") -> SourceTables:
    """Read a table, a file or its text, through the text of a mapping, as the source of that name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mapping.toml"
        path.write_text(mapping, encoding="utf-8")
        data = table if isinstance(table, Path) else Path(folder) / f"table.{ending}"
        if not isinstance(table, Path):
            data.write_text(table, encoding="utf-8")
        return read_table(read_mapping(path, Path(folder), data_path=data, name=source))


def with_keys(mapping: str, part: str = "") -> str:
    r"""Return the text of a mapping in which each entity has a key of its name and its first id, if it has any.

    `part` is a template of columns that comes first in every key: its values are sources of their own.

    >>> print(with_keys('[entity.film]\nname = "{title}"\nids.imdb = "{id}"', "{year}"))
    [entity.film]
    name = "{title}"
    key = "{year} ¦ {title} ¦ {id}"
    ids.imdb = "{id}"
    """
    blocks = re.split(r"(?m)^(?=\[)", mapping)
    for number, block in enumerate(blocks):
        name = re.search(r"""(?m)^name = (["'])(.+)\1$""", block)
        id_ = re.search(r"""(?m)^ids\.\w+ = (["'])(.+)\1$""", block)
        if block.startswith("[entity.") and name:
            quote = id_[1] if id_ else name[1]
            key = " ¦ ".join([*([part] if part else []), name[2], *([id_[2]] if id_ else [])])
            blocks[number] = block.replace(name[0], f"{name[0]}\nkey = {quote}{key}{quote}", 1)
    return "".join(blocks)


def parted(tables: SourceTables, part_of: Mapping[int, str]) -> SourceTables:
    """Return what a table yields with each row's part as the source of what stands there."""
    parts = pl.col("row").replace_strict(part_of, return_dtype=pl.String)
    claims = {kind: table.with_columns(source=parts) for kind, table in tables.claims.items()}
    return replace(tables, mentions=tables.mentions.with_columns(source=parts), claims=claims)


def hidden(
    tables: Iterable[SourceTables], schemes: Mapping[str, Sequence[str]], truth: Truth = lambda _type, _name, id_: id_
) -> tuple[pl.DataFrame, ClaimTables, pl.DataFrame]:
    """Take ids away, and unite what the reader would have united without them.

    Parameters
    ----------
    tables
        What was read with :func:`with_keys`.
    schemes
        Type → schemes to take away. The first that a mention has an id of gives its id.
    truth
        Gives what a mention truly is from its type, its name and its id (None without one); None where nobody knows,
        then nothing is told of the mention. By default the id.

    Returns
    -------
    Mentions, claims, and units: ref, type, truth, name.
    """
    tables = list(tables)
    mentions = pl.concat([pl.DataFrame(schema=MENTION_SCHEMA), *(t.mentions for t in tables)])
    claims = concat_claims(t.claims for t in tables)
    taken, kept, refs, true = [], [], [], []
    columns = ("ref", "source", "type", "name", "ids", "year")
    for ref, source, type_, name, ids, year in mentions.select(columns).iter_rows():
        mine = [i for scheme in schemes.get(type_, ()) for i in ids if i.startswith(f"{scheme}:")]
        others = [i for i in ids if i not in mine]
        taken.append(bool(mine))
        kept.append(others)
        true.append(truth(type_, name, mine[0] if mine else None))
        refs.append(ref if others else f"{source}#{type_}/{_as_key(name)}/{year or ''}")
    mentions = mentions.with_columns(
        pl.Series("new", refs, dtype=pl.String()), pl.Series("ids", kept, dtype=pl.List(pl.String())),
        pl.Series("truth", true, dtype=pl.String()), pl.Series("had_id", taken, dtype=pl.Boolean()),
    )  # fmt: skip
    # Without its id, a row without a name names nothing.
    nameless = pl.col("generic") & pl.col("had_id")
    gone = mentions.filter(nameless)["ref"].to_list()
    mentions = mentions.filter(~nameless)
    unknown = mentions.filter(pl.col("truth").is_null())["new"]
    units = mentions.filter(~pl.col("new").is_in(unknown.implode()) & ~pl.col("generic"))
    units = units.select("type", "truth", "name", ref="new").select(_UNITS)
    units = units.unique(["ref", "truth"], maintain_order=True)
    new = dict(mentions.select("ref", "new").iter_rows())
    return _united(mentions), _rewritten(claims, new, gone), units


def _as_key(name: str) -> str:
    """Return the name as the reader writes it into references."""
    return re.sub(r"\s+", " ", fold(name))


def _united(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return one mention for each new reference: the first row's values, the names and more of all."""
    lists = ("names", "ids", "countries")
    single = [c for c in MENTION_SCHEMA if c not in (*lists, "ref")]
    spellings = pl.concat_list(pl.concat_list("name"), pl.col("names").fill_null([]))
    united = mentions.with_columns(names=spellings).group_by("new", maintain_order=True).agg(
        *(pl.col(c).drop_nulls().first() for c in single), *(pl.col(c).explode().drop_nulls().unique() for c in lists)
    )  # fmt: skip
    others = pl.col("names").list.set_difference(pl.concat_list("name")).list.sort()
    return (
        united.with_columns(others, pl.col("ids", "countries").list.sort(), ref="new")
        .select(pl.col(c).cast(t) for c, t in MENTION_SCHEMA.items())
        .sort("ref")
    )


def _rewritten(claims: ClaimTables, new: Mapping[str, str], gone: Sequence[str]) -> ClaimTables:
    """Return the claims with new references, without those about what is gone."""
    lost = pl.Series(gone, dtype=pl.String()).implode()
    old, now = list(new), list(new.values())
    written = {}
    for name, table in claims.items():
        for role in KINDS[name].roles:
            if role.many:
                kept = pl.element().filter(~pl.element().is_in(list(gone))) if gone else pl.element()
                table = table.with_columns(pl.col(role.name).list.eval(kept).list.eval(pl.element().replace(old, now)))
            else:
                table = table.filter(~pl.col(role.name).is_in(lost) | pl.col(role.name).is_null())
                table = table.with_columns(pl.col(role.name).replace(old, now))
        written[name] = table
    return written


def _parts(units: pl.DataFrame) -> pl.Series:
    """Return the part of each unit, from the blocks of names that its entity stands in."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def join(a: str, b: str) -> None:
        a, b = sorted((root(a), root(b)))
        parent[b] = a

    for type_, truth, names in units.select("type", "truth", "names").iter_rows():
        for name in names:
            join(f"name {_block(type_, name)}", f"truth {truth}")
    blocks = [root(f"truth {truth}") for truth in units["truth"]]
    return pl.Series("part", [PARTS[int(content_hash(block), 16) % len(PARTS)] for block in blocks], dtype=pl.String())


def _block(type_: str, name: str) -> str:
    tokens = name_tokens(name) or [name]
    if type_ == "Person":
        tokens = [t for t in tokens if t not in _GENERATIONS] or tokens
        return f"{tokens[-1]} {tokens[0][0]}"
    if type_ == "Work":
        return "".join(tokens[1:] if len(tokens) > 1 and tokens[0] in _ARTICLES else tokens)
    return next((t for t in tokens if t not in _KINDS), " ".join(tokens))
