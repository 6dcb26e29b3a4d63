"""EBUCore XML: titles, contributors with role labels and links, organisations, dates, places, showings, awards."""

from __future__ import annotations

from typing import Any

import pytest
from bound_documents import mention, told

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<ebucore:ebuCoreMain xmlns:ebucore="urn:ebu:metadata-schema:ebucore" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xml="http://www.w3.org/XML/1998/namespace" version="1.8" dateLastModified="2020-01-01">
  <ebucore:coreMetadata>
    <ebucore:title typeLabel="main"><dc:title xml:lang="fr">La Vallée tranquille</dc:title></ebucore:title>
    <ebucore:alternativeTitle typeLabel="English"><dc:title xml:lang="en">The Quiet Valley</dc:title></ebucore:alternativeTitle>
    <ebucore:creator>
      <ebucore:contactDetails contactId="p1"><ebucore:name>Jo Doe</ebucore:name></ebucore:contactDetails>
      <ebucore:role typeLabel="Director"/><ebucore:role typeLabel="Screenwriter"/>
    </ebucore:creator>
    <ebucore:subject><dc:subject>valleys</dc:subject></ebucore:subject>
    <ebucore:description><dc:description>A valley.</dc:description></ebucore:description>
    <ebucore:publisher>
      <ebucore:organisationDetails><ebucore:organisationName>Big Screens</ebucore:organisationName></ebucore:organisationDetails>
    </ebucore:publisher>
    <ebucore:contributor>
      <ebucore:contactDetails><ebucore:givenName>Al</ebucore:givenName><ebucore:familyName>Roe</ebucore:familyName></ebucore:contactDetails>
      <ebucore:role typeLink="http://www.ebu.ch/metadata/roles#voice_actor"/>
    </ebucore:contributor>
    <ebucore:contributor>
      <ebucore:contactDetails><ebucore:name>Cy Poe</ebucore:name></ebucore:contactDetails>
      <ebucore:role typeLabel="Stunt coordinator"/>
    </ebucore:contributor>
    <ebucore:contributor>
      <ebucore:organisationDetails organisationId="o1"><ebucore:organisationName>Vallée Films</ebucore:organisationName>
        <ebucore:details><ebucore:address><ebucore:country typeLabel="Luxembourg"/></ebucore:address></ebucore:details>
      </ebucore:organisationDetails>
      <ebucore:role typeLabel="Production Company"/>
    </ebucore:contributor>
    <ebucore:contributor>
      <ebucore:organisationDetails><ebucore:organisationName>Nowhere Pictures</ebucore:organisationName></ebucore:organisationDetails>
      <ebucore:role typeLabel="co-producer"/>
    </ebucore:contributor>
    <ebucore:contributor>
      <ebucore:organisationDetails><ebucore:organisationName>Fund of the Valley</ebucore:organisationName></ebucore:organisationDetails>
      <ebucore:role typeLabel="Financial support"/>
    </ebucore:contributor>
    <ebucore:contributor>
      <ebucore:organisationDetails><ebucore:organisationName>Bits</ebucore:organisationName></ebucore:organisationDetails>
      <ebucore:role typeLabel="Laboratory"/>
    </ebucore:contributor>
    <ebucore:date><ebucore:produced startYear="2018"/><ebucore:released startDate="2019-10-16+01:00"/></ebucore:date>
    <ebucore:date typeLabel="First broadcast"><dc:date>2021-03</dc:date></ebucore:date>
    <ebucore:type><ebucore:objectType typeLabel="Feature film"/><ebucore:genre typeLabel="Drama"/></ebucore:type>
    <ebucore:format><ebucore:duration><ebucore:normalPlayTime>PT1H31M</ebucore:normalPlayTime></ebucore:duration></ebucore:format>
    <ebucore:identifier typeLabel="EIDR"><dc:identifier>10.5240/0000-0000-0000-0000-0000-X</dc:identifier></ebucore:identifier>
    <ebucore:identifier formatLabel="House number"><dc:identifier>A/7</dc:identifier></ebucore:identifier>
    <ebucore:identifier typeLabel="Tape" attributor="Archive"><dc:identifier>9</dc:identifier></ebucore:identifier>
    <ebucore:language><dc:language>fr</dc:language></ebucore:language>
    <ebucore:coverage><ebucore:spatial>
      <ebucore:location typeLabel="Country of origin"><ebucore:name>Luxembourg</ebucore:name></ebucore:location>
      <ebucore:location typeLabel="Filming location"><ebucore:name>Vianden</ebucore:name></ebucore:location>
      <ebucore:location><ebucore:name>Ghent</ebucore:name></ebucore:location>
    </ebucore:spatial></ebucore:coverage>
    <ebucore:publicationHistory>
      <ebucore:publicationEvent><ebucore:publicationDate>2021-03-04</ebucore:publicationDate>
        <ebucore:publicationService><ebucore:publicationServiceName>La Deux</ebucore:publicationServiceName></ebucore:publicationService>
        <ebucore:publicationRegion><ebucore:country typeLabel="Belgium"/></ebucore:publicationRegion></ebucore:publicationEvent>
      <ebucore:publicationEvent><ebucore:publicationDate>2022-01-01</ebucore:publicationDate>
        <ebucore:publicationChannel>RTL</ebucore:publicationChannel></ebucore:publicationEvent>
    </ebucore:publicationHistory>
    <ebucore:award awardId="a1"><ebucore:name>Prize of the Valley</ebucore:name><ebucore:category typeLabel="Best film"/>
      <ebucore:ceremony>Valley Days</ebucore:ceremony><ebucore:date startYear="2020"/></ebucore:award>
    <ebucore:isPartOf><dc:relation>Valleys</dc:relation></ebucore:isPartOf>
  </ebucore:coreMetadata>
</ebucore:ebuCoreMain>
"""  # noqa: E501
FILM = "Work/La Vallée tranquille (2018)"


@pytest.fixture
def tables(read_format: Any) -> Any:
    return read_format("ebucore", DOCUMENT, "data.xml")


def test_the_work(tables: Any) -> None:
    assert tables.issues == ()
    assert mention(tables, FILM) == {
        "type": "Work", "subtype": "film", "name": "La Vallée tranquille", "names": ["The Quiet Valley"],
        "language": "fr", "year": 2018, "ids": ["ebucore-local:data/House number/A/7", "ebucore:Archive/Tape/9",
                                "eidr:10.5240/0000-0000-0000-0000-0000-X"],
    }  # fmt: skip
    assert told(tables, "WorkFact") == [
        (FILM, "production date", "2018"), (FILM, "release date", "2019-10-16"), (FILM, "broadcast date", "2021-03"),
        (FILM, "genre", "Drama"), (FILM, "subject", "valleys"), (FILM, "language", "fr"),
        (FILM, "description", "A valley."), (FILM, "runtime", "91", "minutes"),
    ]  # fmt: skip


def test_contributors_by_label_and_link(tables: Any) -> None:
    assert told(tables, "Credit") == [
        (FILM, "Person/p1", "director"), (FILM, "Person/p1", "writer", "Screenwriter"),
        (FILM, "Person/al roe/", "voice", "voice actor"), (FILM, "Person/cy poe/", "other", "Stunt coordinator"),
        (FILM, "Organization/bits/", "other", "Laboratory"),
    ]  # fmt: skip
    assert told(tables, "Participation") == [
        (FILM, "Organization/o1", "producer"), (FILM, "Organization/nowhere pictures/", "co-producer"),
    ]  # fmt: skip
    assert told(tables, "Distribution") == [("Organization/big screens/", FILM, "any")]
    assert told(tables, "Support") == [("Organization/fund of the valley/", FILM)]


def test_places_showings_and_awards(tables: Any) -> None:
    assert told(tables, "PlaceRelation") == [
        ("Organization/o1", "iso3166:LU", "located in"), (FILM, "iso3166:LU", "country of origin"),
        (FILM, "Place/vianden/", "filmed in"), (FILM, "Place/ghent/", "set in"),
    ]  # fmt: skip
    assert told(tables, "Broadcast") == [
        ("Organization/la deux/", FILM, ["iso3166:BE"], "airs", "2021-03-04"),
        ("Organization/rtl/", FILM, "airs", "2022-01-01"),
    ]
    assert told(tables, "AwardOutcome") == [("Award/a1", FILM, "Event/valley days/", "Best film", 2020, "won")]
    assert told(tables, "WorkRelation") == [(FILM, "Work/valleys/", "part of")]


def test_a_document_without_a_title_says_nothing(read_format: Any) -> None:
    empty = DOCUMENT[: DOCUMENT.index("<ebucore:title")] + "</ebucore:coreMetadata></ebucore:ebuCoreMain>"
    tables = read_format("ebucore", empty, "data.xml")
    assert (tables.source["n_read"], tables.mentions.height) == (1, 0)


def test_a_truncated_document_is_told_with_its_line(read_format: Any) -> None:
    tables = read_format("ebucore", DOCUMENT[: len(DOCUMENT) // 2], "data.xml")
    (issue, *_) = tables.issues
    assert (issue.where, tables.source["n_quarantined"]) == ("line 4", 1)
    assert "not well-formed at line" in issue.message
