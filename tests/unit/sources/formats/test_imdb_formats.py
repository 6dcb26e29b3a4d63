"""The seven IMDb tables, with lines of our own in their layout."""

from __future__ import annotations

import gzip

import pytest
from bound_formats import FormatReader, golden, said

BASICS = (
    "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"
    'tt0000011\ttvMiniSeries\tThe "River\tDer Fluß\t0\t2001\t2003\t45\tDrama,History\n'
    "tt0000012\tmovie\tUnknown\tUnknown\t0\t\\N\t\\N\t\\N\t\\N\n"
    "tt0000013\tshort\tNights\tNights\t1\t1999\t\\N\t7\tShort,Adult\n"
    "tt0000014\ttvEpisode\tPilot\tPilot\t0\t20o1\t\\N\t\\N\t\\N\n"
)


@pytest.mark.parametrize("name", ["title.basics.tsv", "title.basics.tsv.gz"])
def test_titles(read_format: FormatReader, name: str) -> None:
    data = gzip.compress(BASICS.encode(), mtime=0) if name.endswith("gz") else BASICS
    tables = read_format("imdb-title-basics", data, name)
    assert said(tables) == golden("""
        2 WorkFact work=imdb:tt0000011 property=release date value=2001
        2 WorkFact work=imdb:tt0000011 property=end date value=2003
        2 WorkFact work=imdb:tt0000011 property=runtime value=45 unit=minutes
        2 WorkFact work=imdb:tt0000011 property=genre value=Drama
        2 WorkFact work=imdb:tt0000011 property=genre value=History
        2 WorkFact work=imdb:tt0000011 property=description value=miniseries
        4 WorkFact work=imdb:tt0000013 property=release date value=1999
        4 WorkFact work=imdb:tt0000013 property=runtime value=7 unit=minutes
        4 WorkFact work=imdb:tt0000013 property=genre value=Short
        4 WorkFact work=imdb:tt0000013 property=genre value=Adult
    """)
    assert tables.mentions.select("name", "names", "subtype", "year", "ids").rows() == [
        ('The "River', ["Der Fluß"], "series", 2001, ["imdb:tt0000011"]),
        ("Unknown", [], "film", None, ["imdb:tt0000012"]),
        ("Nights", [], "short film", 1999, ["imdb:tt0000013"]),
    ]
    assert [(i.where, i.n_rows) for i in tables.issues] == [("line 5", 1)]


PRINCIPALS = (
    "tconst\tordering\tnconst\tcategory\tjob\tcharacters\n"
    'tt0000011\t1\tnm0000001\tactress\t\\N\t["Eve","Ada \\"Q\\" M\\u00fcller"]\n'
    "tt0000011\t2\tnm0000002\tdirector\tco-director\t\\N\n"
    "tt0000011\t3\tnm0000003\tproduction_designer\t\\N\t\\N\n"
    "tt0000011\t4\tnm0000004\tcasting_director\tcasting: London\t\\N\n"
    'tt0000011\t5\tnm0000005\tarchive_footage\t\\N\t["Self"]\n'
    "tt0000011\t6\tnm0000006\tarchive_sound\t\\N\t\\N\n"
    'tt0000011\t7\tnm0000007\tself\t\\N\t["Self - Host"]\n'
    'tt0000011\t8\tnm0000008\tactor\t\\N\t["Truncated\n'
    "tt0000011\t9\tnm0000009\tchoreographer\t\\N\t[]\n"
)


def test_principals(read_format: FormatReader) -> None:
    tables = read_format("imdb-title-principals", PRINCIPALS, "title.principals.tsv")
    assert said(tables) == golden("""
        2 Credit work=imdb:tt0000011 agent=imdb:nm0000001 role=actor character=Eve billing=1
        2 Credit work=imdb:tt0000011 agent=imdb:nm0000001 role=actor character=Ada "Q" Müller billing=1
        3 Credit work=imdb:tt0000011 agent=imdb:nm0000002 role=director job_title=co-director billing=2
        4 Credit work=imdb:tt0000011 agent=imdb:nm0000003 role=other job_title=production designer billing=3
        5 Credit work=imdb:tt0000011 agent=imdb:nm0000004 role=other job_title=casting: London billing=4
        8 Credit work=imdb:tt0000011 agent=imdb:nm0000007 role=self character=Self - Host billing=7
        10 Credit work=imdb:tt0000011 agent=imdb:nm0000009 role=other job_title=choreographer billing=9
    """)
    assert [(i.where, i.message) for i in tables.issues] == [
        ("line 9", "column 'characters': '[\"Truncated' is not a JSON array of texts")
    ]
    # Characters are no people, and who is only heard or seen from an archive did no work.
    people = tables.mentions.filter(type="Person")["ids"].explode().to_list()
    assert people == [f"imdb:nm000000{n}" for n in (1, 2, 3, 4, 7, 9)]


def test_crew_episodes_and_ratings(read_format: FormatReader) -> None:
    crew = "tconst\tdirectors\twriters\ntt0000011\tnm0000001,nm0000002\t\\N\ntt0000012\t\\N\t\\N\n"
    assert said(read_format("imdb-title-crew", crew, "title.crew.tsv")) == golden("""
        2 Credit work=imdb:tt0000011 agent=imdb:nm0000001 role=director
        2 Credit work=imdb:tt0000011 agent=imdb:nm0000002 role=director
    """)
    episodes = "tconst\tparentTconst\tseasonNumber\tepisodeNumber\ntt0000014\ttt0000011\t1\t2\n"
    episodes += "tt0000015\ttt0000011\t\\N\t\\N\n"
    tables = read_format("imdb-title-episode", episodes, "title.episode.tsv")
    assert said(tables) == golden("""
        2 WorkRelation work=imdb:tt0000014 other=imdb:tt0000011 relation=episode of season=1 episode=2
        3 WorkRelation work=imdb:tt0000015 other=imdb:tt0000011 relation=episode of
    """)
    assert dict(tables.mentions.select("ref", "subtype").rows()) == {
        "title.episode.tsv#imdb:tt0000014": "episode",
        "title.episode.tsv#imdb:tt0000015": "episode",
        "title.episode.tsv#imdb:tt0000011": "series",
    }
    ratings = "tconst\taverageRating\tnumVotes\ntt0000011\t7.1\t1234\n"
    assert said(read_format("imdb-title-ratings", ratings, "title.ratings.tsv")) == golden("""
        2 Statistic subject=imdb:tt0000011 measure=average rating value=7.1 unit=of 10
        2 Statistic subject=imdb:tt0000011 measure=ratings value=1234 unit=votes
    """)


AKAS = (
    "titleId\tordering\ttitle\tregion\tlanguage\ttypes\tattributes\tisOriginalTitle\n"
    "tt0000011\t1\tDer Fluß\t\\N\t\\N\toriginal\t\\N\t1\n"
    "tt0000011\t2\tLe fleuve\tFR\tfr\timdbDisplay\t\\N\t0\n"
    "tt0000011\t3\tThe River\tXWW\ten\timdbDisplay\x02tv\tliteral title\t0\n"
    "tt0000011\t4\tReka\tSUHH\tru\t\\N\t\\N\t0\n"
    "tt0000011\t5\tRzeka\tAN\t\\N\t\\N\t\\N\t0\n"
)


def test_titles_by_market_and_language(read_format: FormatReader) -> None:
    tables = read_format("imdb-title-akas", AKAS, "title.akas.tsv")
    assert tables.source["n_quarantined"] == 0
    assert said(tables) == golden("""
        2 WorkFact work=imdb:tt0000011 property=title value=Der Fluß scope=original
        3 WorkFact work=imdb:tt0000011 territories=[iso3166:FR] property=title value=Le fleuve scope=imdbDisplay value_language=fr
        4 WorkFact work=imdb:tt0000011 territories=[Place/world/] property=title value=The River scope=imdbDisplay, tv; literal title value_language=en
        5 WorkFact work=imdb:tt0000011 territories=[iso3166:SU] property=title value=Reka value_language=ru
        6 WorkFact work=imdb:tt0000011 territories=[Place/an/] property=title value=Rzeka
    """)  # noqa: E501
    (work,) = tables.mentions.filter(type="Work").to_dicts()
    assert (work["name"], work["names"]) == ("Der Fluß", ["Le fleuve", "Reka", "Rzeka", "The River"])
    # A market is no country of origin.
    assert "PlaceRelation" not in tables.claims
    assert work["countries"] == []


def test_people(read_format: FormatReader) -> None:
    people = (
        "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n"
        "nm0000001\tAnn Roe\t1950\t\\N\tactress,producer\ttt0000011,tt0000012\n"
        "nm0000002\tBo Dahl\t\\N\t\\N\t\\N\t\\N\n"
    )
    tables = read_format("imdb-name-basics", people, "name.basics.tsv")
    assert said(tables) == golden("""
        2 WorkFact work=imdb:nm0000001 property=birth date value=1950
        2 WorkFact work=imdb:nm0000001 property=profession value=actress
        2 WorkFact work=imdb:nm0000001 property=profession value=producer
        2 WorkRelation work=imdb:tt0000011 other=imdb:nm0000001 relation=known work of
        2 WorkRelation work=imdb:tt0000012 other=imdb:nm0000001 relation=known work of
    """)
    named = tables.mentions.filter(type="Person").select("name", "year").rows()
    assert named == [("Ann Roe", 1950), ("Bo Dahl", None)]
