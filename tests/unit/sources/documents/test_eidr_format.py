"""EIDR records: movies, series, seasons and episodes, new and old schema; edits are no works."""

from __future__ import annotations

from typing import Any

import pytest
from bound_documents import mention, told

NEW, OLD = "http://www.eidr.org/schema", "http://www.eidr.org/schema/1.0"


def id_(n: int) -> str:
    return f"10.5240/0000-0000-0000-0000-{n:04d}-X"


def base(n: int, kind: str, title: str, more: str = "", structure: str = "Abstraction") -> str:
    return f"""<BaseObjectData>
      <ID>{id_(n)}</ID><StructuralType>{structure}</StructuralType><Mode>AudioVisual</Mode>
      <ReferentType>{kind}</ReferentType><ResourceName lang="en-US" titleClass="release">{title}</ResourceName>
      {more}<Status>valid</Status>
    </BaseObjectData>"""


MOVIE = base(1, "Movie", "The Quiet Valley", """
      <AlternateResourceName lang="fr">La Vallée tranquille</AlternateResourceName>
      <OriginalLanguage mode="Audio" type="primary">fr</OriginalLanguage>
      <OriginalLanguage mode="Visual">fr</OriginalLanguage>
      <AssociatedOrg idType="EIDRPartyID" organizationID="10.5237/47C0-F5BB" role="producer">
        <md:DisplayName>Vallée Films</md:DisplayName><md:AlternateName>Vallee</md:AlternateName></AssociatedOrg>
      <AssociatedOrg role="producer"><md:DisplayName>Nowhere Pictures</md:DisplayName></AssociatedOrg>
      <AssociatedOrg role="distributor"><md:DisplayName>Big Screens</md:DisplayName></AssociatedOrg>
      <AssociatedOrg role="network"><md:DisplayName>La Deux</md:DisplayName></AssociatedOrg>
      <AssociatedOrg role="encoder"><md:DisplayName>Bits</md:DisplayName></AssociatedOrg>
      <AssociatedOrg role="other"><md:DisplayName>Someone</md:DisplayName></AssociatedOrg>
      <ReleaseDate>2019-10</ReleaseDate><CountryOfOrigin>LU</CountryOfOrigin><CountryOfOrigin>SUHH</CountryOfOrigin>
      <CountryOfOrigin>150</CountryOfOrigin><ApproximateLength>PT1H31M</ApproximateLength>
      <AlternateID xsi:type="IMDB" relation="IsSameAs">tt9000001</AlternateID>
      <AlternateID xsi:type="IMDB" relation="ContainsAllOf">tt9000009</AlternateID>
      <AlternateID xsi:type="Proprietary">7</AlternateID>
      <AlternateID xsi:type="ISAN">0000-0001-2345-0000-A</AlternateID>
      <AlternateID xsi:type="Proprietary" domain="vallee.example/films">V-7</AlternateID>
      <Credits><Director><md:DisplayName>Jo Doe</md:DisplayName></Director>
        <Actor><md:DisplayName>Al Roe</md:DisplayName></Actor>
        <Actor><md:DisplayName>Cy Poe</md:DisplayName></Actor></Credits>
""")  # fmt: skip


def response(*records: str, ns: str = NEW) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Response xmlns="{ns}" xmlns:md="http://www.movielabs.com/schema/md/v2.1/md"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="2.0.9">
  <Status><Code>0</Code><Type>success</Type></Status>
  {"".join(records)}
</Response>
"""


def full(record: str, extra: str = "") -> str:
    return f"<FullMetadata>{record}<ExtraObjectMetadata>{extra}</ExtraObjectMetadata></FullMetadata>\n"


@pytest.fixture(params=[NEW, OLD])
def movie(read_format: Any, request: Any) -> Any:
    return read_format("eidr", response(full(MOVIE), ns=request.param), "data.xml")


def test_the_movie(movie: Any) -> None:
    film = f"eidr:{id_(1)}"
    assert movie.issues == ()
    assert mention(movie, film) == {
        "type": "Work", "subtype": "film", "name": "The Quiet Valley", "names": ["La Vallée tranquille"],
        "language": "en", "year": 2019,
        "ids": ["eidr-alternate:vallee.example/films/V-7", film, "imdb:tt9000001", "isan:0000-0001-2345-0000-A"],
    }  # fmt: skip
    assert told(movie, "Credit") == [
        (film, "Person/jo doe/", "director"), (film, "Person/al roe/", "actor", 1),
        (film, "Person/cy poe/", "actor", 2),
    ]  # fmt: skip
    assert told(movie, "Participation") == [
        (film, "eidr:10.5237/47C0-F5BB", "producer"), (film, "Organization/nowhere pictures/", "producer"),
        (film, "Organization/bits/", "service"),
    ]  # fmt: skip
    assert told(movie, "Distribution") == [("Organization/big screens/", film, "any")]
    assert told(movie, "Broadcast") == [("Organization/la deux/", film, "airs")]
    assert told(movie, "PlaceRelation") == [
        (film, "iso3166:LU", "country of origin"), (film, "iso3166:SU", "country of origin"),
        (film, "m49:150", "country of origin"),
    ]  # fmt: skip
    assert told(movie, "WorkFact") == [
        (film, "release date", "2019-10"), (film, "runtime", "91", "minutes"), (film, "language", "fr", "original"),
    ]  # fmt: skip
    assert mention(movie, "Organization/someone/")["name"] == "Someone"


def test_series_season_and_episode(read_format: Any) -> None:
    data = response(
        full(base(2, "Series", "Rust"), "<SeriesInfo><EndDate>2019</EndDate></SeriesInfo>"),
        full(base(3, "Season", "Rust: Season 2"),
             f"<SeasonInfo><Parent>{id_(2)}</Parent><SequenceNumber>2</SequenceNumber></SeasonInfo>"),
        full(base(4, "TV", "The end"), f"""<EpisodeInfo><Parent>{id_(3)}</Parent><SequenceInfo>
             <md:DistributionNumber>10</md:DistributionNumber></SequenceInfo></EpisodeInfo>"""),
        full(base(5, "TV", "A special")),
    )  # fmt: skip
    tables = read_format("eidr", data, "data.xml")
    series, season, episode = (f"eidr:{id_(n)}" for n in (2, 3, 4))
    assert told(tables, "WorkRelation") == [
        (season, series, "season of", 2), (episode, season, "episode of", 10),
    ]  # fmt: skip
    assert [mention(tables, f"eidr:{id_(n)}")["subtype"] for n in (2, 3, 4, 5)] == [
        "series", "season", "episode", "television programme",
    ]  # fmt: skip
    assert told(tables, "WorkFact") == [(series, "end date", "2019")]


def test_simple_and_base_records_and_edits(read_format: Any) -> None:
    simple = base(6, "Short", "Small").replace("BaseObjectData", "SimpleMetadata")
    data = response(simple, base(7, "Web", "Clip"), full(base(8, "Movie", "The Quiet Valley", structure="Performance")))
    tables = read_format("eidr", data, "data.xml")
    assert tables.mentions.sort("row").select("name", "subtype").rows() == [
        ("Small", "short film"),
        ("Clip", "web video"),
    ]
    assert tables.source["n_read"] == 3
    assert [i.message for i in tables.issues if "kinds" in i.message] == ["1 of 3 records are of other kinds"]


def test_wrong_values_keep_out_their_record(read_format: Any) -> None:
    bad = base(9, "Movie", "Bad", "<ReleaseDate>soon</ReleaseDate><ApproximateLength>long</ApproximateLength>")
    tables = read_format("eidr", response(full(bad), full(MOVIE)), "data.xml")
    (issue,) = tables.issues
    assert (issue.where, tables.source["n_accepted"]) == ("line 5", 1)
    assert "'soon' is not a year" in issue.message
