"""Facts that a snapshot derives from its claims, so that everyday questions need not join them again.

They stand in the tables of entities and of sources: which countries produce a work and which of them lead, what
entities have in common, and what each source holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import polars as pl

from avgraph.model import KINDS, STATUSES, ClaimKind, Shortcut
from avgraph.vocabulary import entity_class

__all__ = ["COUNTRIES", "COVERAGE", "SHARED", "producing_countries", "shared_values", "shortcut_ends", "with_countries",
           "with_coverage", "with_shared"]  # fmt: skip

#: Columns that :func:`producing_countries` gives.
COUNTRIES = ("producing_countries", "majority_countries", "first_listed_countries")
#: Columns that :func:`shared_values` gives.
SHARED = ("shared_names", "shared_ids")
#: Columns that :func:`with_coverage` gives.
COVERAGE = ("n_claims", *(f"n_{status}" for status in STATUSES), "n_works", "first_year", "last_year")
#: Properties by which a work names its countries and companies, and one by which a company names its seat.
_PRODUCERS = ("schema:countryOfOrigin", "av:coProductionCountry", "schema:productionCompany")
_COMPANY, _SEAT = "schema:productionCompany", "schema:location"
#: Roles of what a claim is about.
_ABOUT = ("work", "entity")

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)
_Scan = Callable[[str], pl.LazyFrame]


def shortcut_ends(claims: _Frame, kind: ClaimKind, shortcut: Shortcut) -> _Frame:
    """Return the claims that say a shortcut triple; columns ``_from`` and ``_to`` hold its ends, one pair a row."""
    if shortcut.when:
        column, values = shortcut.when
        claims = claims.filter(pl.col(column).is_in(values))
    claims = claims.filter(pl.col("status") == "asserted")
    claims = claims.with_columns(_from=pl.col(shortcut.subject), _to=pl.col(shortcut.object))
    for end, column in (("_from", shortcut.subject), ("_to", shortcut.object)):
        if column in kind.role_names and kind.role(column).many:
            claims = claims.explode(end, empty_as_null=True)
    return claims.filter(pl.col("_from").is_not_null() & (pl.col("_from") != pl.col("_to")))


def producing_countries(entities: pl.LazyFrame, scan: _Scan) -> pl.DataFrame:
    """Return the countries of works: ``entity`` and the columns :data:`COUNTRIES`, sorted ISO 3166-1 codes.

    A country produces a work if an asserted claim states it as a country of origin or of co-production, or if a
    company that does is of that country or has its seat there. It is a majority country if such a claim gives it, or
    a company of it, the majority, and a first-listed country if one lists it first among these countries.

    Parameters
    ----------
    entities
        With columns ``entity``, ``type`` and ``countries``.
    scan
        Gives a claim table by its name, lazily; roles hold entity IRIs.

    Returns
    -------
    One row for each work that has any; null in a column for which nothing is known.
    """
    works = entities.filter(pl.col("type") == "Work").select("entity")
    codes = entities.select(_to="entity", _code="countries").explode("_code", empty_as_null=True).drop_nulls()
    seats = _triples(scan, _SEAT).rename({"_from": "_company"})
    partners = scan("participation").filter(pl.col("status") == "asserted")
    places = scan("place_relation").filter(pl.col("status") == "asserted")
    majority, is_first = pl.col("standing") == "majority", pl.col("rank") == 1
    leading, listed = partners.filter(majority), places.filter(is_first & (pl.col("relation") == "country of origin"))
    companies = leading.select(_from="work", _to="organization")
    told = {
        "producing_countries": [
            *(_triples(scan, predicate) for predicate in _PRODUCERS),
            _seated(_triples(scan, _COMPANY), seats),
        ],
        "majority_countries": [
            leading.select(_from="work", _to="country"), places.filter(majority).select(_from="entity", _to="place"),
            companies, _seated(companies, seats),
        ],
        "first_listed_countries": [
            partners.filter(is_first).select(_from="work", _to="country"), listed.select(_from="entity", _to="place"),
        ],
    }  # fmt: skip
    table = pl.DataFrame(schema={"entity": pl.String()})
    for column in COUNTRIES:
        found = (
            pl.concat(told[column])
            .join(codes, on="_to")
            .join(works, left_on="_from", right_on="entity", how="semi")
            .group_by(entity="_from")
            .agg(pl.col("_code").unique().sort().alias(column))
            .collect(engine="streaming")
        )
        table = table.join(found, on="entity", how="full", coalesce=True)
    return table


def with_countries(entities: pl.DataFrame, countries: pl.DataFrame) -> pl.DataFrame:
    """Return some entities with the columns :data:`COUNTRIES`, empty where nothing is known.

    Parameters
    ----------
    entities
        With a column ``entity``.
    countries
        What :func:`producing_countries` returns for all.
    """
    return _with(entities, countries, COUNTRIES)


def _seated(producers: pl.LazyFrame, seats: pl.LazyFrame) -> pl.LazyFrame:
    """Return the works of companies and the places of these companies' seats."""
    return producers.rename({"_to": "_company"}).join(seats, on="_company").drop("_company")


def _triples(scan: _Scan, predicate: str) -> pl.LazyFrame:
    """Return the subjects and objects of a shortcut, of all kinds of claim that say it."""
    parts = [
        shortcut_ends(scan(kind.table), kind, shortcut).select("_from", "_to").unique()
        for kind in KINDS.values()
        for shortcut in kind.shortcuts
        if shortcut.predicate == predicate
    ]
    return pl.concat(parts)


def shared_values(entities: pl.LazyFrame) -> pl.DataFrame:
    """Return what entities have in common with others: ``entity`` and the columns :data:`SHARED`, sorted lists.

    A name is shared if another entity of the same class has it, too, be it as its label or as another name; an
    identifier if another entity has it, of whatever class.

    Parameters
    ----------
    entities
        With columns ``entity``, ``type``, ``subtype``, ``label``, ``names`` and ``ids``.

    Returns
    -------
    One row for each entity that shares anything; null in a column for which it shares nothing.
    """
    kinds = entities.select("type", "subtype").unique().collect()
    classes = [entity_class(type_, subtype) for type_, subtype in kinds.iter_rows()]
    kinds = kinds.with_columns(_class=pl.Series(classes, dtype=pl.String()))
    classed = entities.join(kinds.lazy(), on=("type", "subtype"), nulls_equal=True)
    labels = classed.select("entity", "_class", _value="label")
    names = classed.select("entity", "_class", _value="names").explode("_value", empty_as_null=True)
    ids = entities.select("entity", _value="ids").explode("_value", empty_as_null=True)
    table = pl.DataFrame(schema={"entity": pl.String()})
    for column, had, by in (("shared_names", pl.concat([labels, names]), ["_class"]), ("shared_ids", ids, [])):
        had = had.drop_nulls().unique()
        several = had.group_by(*by, "_value").len().filter(pl.col("len") > 1)
        common = had.join(several, on=[*by, "_value"], how="semi")
        lists = common.group_by("entity").agg(pl.col("_value").sort().alias(column)).collect(engine="streaming")
        table = table.join(lists, on="entity", how="full", coalesce=True)
    return table


def with_shared(entities: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """Return some entities with the columns :data:`SHARED`, empty where nothing is shared.

    Parameters
    ----------
    entities
        With a column ``entity``.
    shared
        What :func:`shared_values` returns for all.
    """
    return _with(entities, shared, SHARED)


def _with(entities: pl.DataFrame, known: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    none = pl.lit([], dtype=pl.List(pl.String()))
    table = entities.drop(*columns, strict=False).join(known, on="entity", how="left", maintain_order="left")
    return table.with_columns(pl.col(columns).fill_null(none))


def with_coverage(sources: pl.DataFrame, entities: pl.LazyFrame, scan: _Scan) -> pl.DataFrame:
    """Return the sources with the columns :data:`COVERAGE`.

    ``n_claims`` counts claims of every status, ``n_<status>`` those of one, ``n_works`` the works that they are about;
    ``first_year`` and ``last_year`` are the least and the greatest year of these, null where none is known.

    Parameters
    ----------
    sources
        With a column ``source``.
    entities
        With columns ``entity``, ``type`` and ``year``.
    scan
        Gives a claim table by its name, lazily; roles hold entity IRIs.
    """
    counts = _summed(scan(kind.table).group_by("source", "status").len() for kind in KINDS.values())
    by_status = counts.group_by("source").agg(
        n_claims=pl.col("len").sum(),
        **{f"n_{status}": pl.col("len").filter(pl.col("status") == status).sum() for status in STATUSES},
    )
    works = entities.filter(pl.col("type") == "Work").select("entity", "year")
    about = [
        scan(kind.table).select("source", entity=role.name).unique()
        for kind in KINDS.values()
        for role in kind.roles
        if role.name in _ABOUT and "Work" in role.types and not role.many
    ]
    named = pl.concat(about).unique().join(works, on="entity").group_by("source")
    years = named.agg(n_works=pl.len(), first_year=pl.col("year").min(), last_year=pl.col("year").max())
    table = sources.drop(*COVERAGE, strict=False)
    for found in (by_status, years.collect(engine="streaming")):
        table = table.join(found, on="source", how="left", maintain_order="left")
    return table.with_columns(pl.col("^n_(claims|works|" + "|".join(STATUSES) + ")$").fill_null(0).cast(pl.Int64()))


def _summed(counts: Iterable[pl.LazyFrame]) -> pl.DataFrame:
    return pl.concat(list(counts)).collect()
