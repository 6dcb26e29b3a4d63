"""The records of an evaluation set as a tool for tables would get them: names in parts, years, countries, partners."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations

import polars as pl
from identity_data import EvaluationSet

from avgraph.model import KINDS
from avgraph.text import name_tokens

__all__ = ["records_of"]

_HOME = ("nationality", "located in", "country of origin")
_LIST = pl.List(pl.String())


def records_of(data: EvaluationSet, type_: str, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return a record for each mention of a type.

    Parameters
    ----------
    data
        The set.
    type_
        Type of its mentions.
    pairs
        The pairs to compare: left, right.

    Returns
    -------
    ref, name (plain words), first, last, start (six letters), year, countries, around (plain names of what stands in
    claims with it), keys (numbers of its pairs), label (its truth, if that is known and of the part train); lists
    without elements are null.
    """
    names = dict(data.mentions.select("ref", "name").iter_rows())
    codes = {
        ref: [value[-2:] for value in ids if value.startswith("iso3166:")]
        for ref, ids in data.mentions.select("ref", "ids").iter_rows()
    }
    types = dict(data.mentions.select("ref", "type").iter_rows())
    around, countries = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for kind, table in data.claims.items():
        roles = KINDS[kind].roles
        for row in table.iter_rows(named=True):
            given = [(row[role.name] or ()) if role.many else (row[role.name],) for role in roles]
            members = [ref for refs in given for ref in refs if ref]
            if len(members) > 20:
                continue
            at_home = kind == "Participation" or row.get("relation") in _HOME
            for one, other in permutations(members, 2):
                if types[one] != type_:
                    continue
                if types[other] in ("Person", "Work", "Organization"):
                    around[one].add(" ".join(name_tokens(names[other])))
                elif types[other] == "Place" and at_home:
                    countries[one].update(codes[other])
    keys = defaultdict[str, list[str]](list)
    for number, (left, right) in enumerate(pairs.select("left", "right").iter_rows()):
        keys[left].append(str(number))
        keys[right].append(str(number))
    labels = dict(data.units.filter(pl.col("part") == "train").select("ref", "truth").iter_rows())
    rows = []
    mentions = data.mentions.filter((pl.col("type") == type_) & ~pl.col("generic"))
    for ref, name, year, given in mentions.select("ref", "name", "year", "countries").iter_rows():
        words = name_tokens(name) or [name]
        home = sorted({*given, *countries[ref]})
        rows.append((ref, " ".join(words), words[0], words[-1], "".join(words)[:6], year,
                     home or None, sorted(around[ref]) or None, keys[ref] or None, labels.get(ref)))  # fmt: skip
    schema = {"ref": pl.String(), "name": pl.String(), "first": pl.String(), "last": pl.String(), "start": pl.String(),
              "year": pl.Int64(), "countries": _LIST, "around": _LIST, "keys": _LIST, "label": pl.String()}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
