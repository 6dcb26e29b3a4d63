"""Eurimages-style co-producers, LUMIERE, the Danish Film Institute and Wikidata companies: rows of our own."""

from __future__ import annotations

import io

import pytest
from bound_formats import FormatReader, golden, said

EURIMAGES = """\
ID;Reference;refyear;OriginalTitle;FrenchTitle;EnglishTitle;kind;Genre;AskAmount;AwardedAmount;AnnouncedAmount;budgetTotal;CoproducerId;country1;percentage_participation;contributor_rank;majmin;financing_plan;CommitteDecisionDate
1;12-001-F;2012;Der Fluss;Le fleuve;The River;Fiction;Drama;300000;250000;260000;2000000;501;FR ;0.6;1;MAJ;FP1;2012-03-14 00:00:00
2;12-001-F;2012;Der Fluss;Le fleuve;The River;Fiction;Drama;300000;250000;260000;2000000;502;UK;0,37;2;min;FP1;14/03/2012
3;12-001-F;2012;Der Fluss;Le fleuve;The River;Fiction;Drama;300000;250000;260000;2100000.50;502;GB;0.4;2;MIN;FP2;14.03.2012
4;12-002-C;2013;Nacht;NULL;NULL;NULL;NULL;NULL;NULL;NULL;NULL;503;LU;NULL;NULL;NULL;NULL;NULL
5;12-003-F;2012;Wrong;NULL;NULL;NULL;NULL;NULL;NULL;NULL;NULL;504;BE;60;NULL;NULL;FP1;NULL
"""  # noqa: E501


def test_coproducers_keep_their_plan_and_amounts_are_claimed_once(read_format: FormatReader) -> None:
    tables = read_format("eurimages", EURIMAGES)
    assert said(tables) == golden("""
        2 Participation work=eurimages:12-001-F organization=eurimages-coproducer:501 country=iso3166:FR role=co-producer standing=majority share=0.6 rank=1 plan=FP1
        2 PlaceRelation entity=eurimages:12-001-F place=iso3166:FR relation=country of origin
        2 Support funder=Organization/eurimages/ work=eurimages:12-001-F stage=production amount=300000 currency=EUR date=2012-03-14 purpose=amount asked for status=planned
        2 Support funder=Organization/eurimages/ work=eurimages:12-001-F stage=production amount=250000 currency=EUR date=2012-03-14 purpose=amount awarded
        2 Support funder=Organization/eurimages/ work=eurimages:12-001-F stage=production amount=260000 currency=EUR date=2012-03-14 purpose=amount announced status=reported
        2 WorkFact work=eurimages:12-001-F property=budget value=2000000 unit=EUR scope=FP1
        2 WorkFact work=eurimages:12-001-F property=genre value=Drama
        2 WorkFact work=eurimages:12-001-F property=description value=Fiction
        3 Participation work=eurimages:12-001-F organization=eurimages-coproducer:502 country=iso3166:GB role=co-producer standing=minority share=0.37 rank=2 plan=FP1
        3 PlaceRelation entity=eurimages:12-001-F place=iso3166:GB relation=country of origin
        4 Participation work=eurimages:12-001-F organization=eurimages-coproducer:502 country=iso3166:GB role=co-producer standing=minority share=0.4 rank=2 plan=FP2
        4 WorkFact work=eurimages:12-001-F property=budget value=2100000.5 unit=EUR scope=FP2
        5 Participation work=eurimages:12-002-C organization=eurimages-coproducer:503 country=iso3166:LU role=co-producer
        5 PlaceRelation entity=eurimages:12-002-C place=iso3166:LU relation=country of origin
    """)  # noqa: E501
    (issue,) = tables.issues
    assert issue.where == "line 6"
    assert "'60' is not a fraction from 0 to 1" in issue.message
    project = tables.mentions.filter(type="Work").row(0, named=True)
    assert (project["name"], project["names"]) == ("Der Fluss", ["Le fleuve", "The River"])


LUMIERE = [
    ["Original title", "Producing country", "Production year", "Directors", "Admissions 1996-2026",
     "Total EU27+GB since 1996"],
    ["Der Fluss", "DE, FR, GB", 2013, "Anna Berg, Bo Dahl", 1234567, 1200000],
    ["Nacht", "LU", 2014, None, None, None],
]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lumiere_search_results(read_format: FormatReader, kind: str) -> None:
    if kind == "csv":
        data = "\n".join(";".join("" if c is None else str(c) for c in row) for row in LUMIERE).encode()
    else:
        import xlsxwriter

        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream) as book:
            sheet = book.add_worksheet("lumiere search results")
            for place, row in enumerate(LUMIERE):
                sheet.write_row(place, 0, row)
        data = stream.getvalue()
    tables = read_format("lumiere-search", data, f"lumiere_search.{kind}")
    assert said(tables) == golden("""
        2 Credit work=Work/der fluss/2013 agent=Person/anna berg/ role=director
        2 Credit work=Work/der fluss/2013 agent=Person/bo dahl/ role=director
        2 PlaceRelation entity=Work/der fluss/2013 place=iso3166:DE relation=country of origin rank=1
        2 PlaceRelation entity=Work/der fluss/2013 place=iso3166:FR relation=country of origin rank=2
        2 PlaceRelation entity=Work/der fluss/2013 place=iso3166:GB relation=country of origin rank=3
        2 Statistic subject=Work/der fluss/2013 measure=admissions value=1234567 unit=admissions period=1996-2026
        2 Statistic subject=Work/der fluss/2013 measure=admissions value=1200000 unit=admissions period=since 1996 scope=EU27+GB
        2 WorkFact work=Work/der fluss/2013 property=production year value=2013
        3 PlaceRelation entity=Work/nacht/2014 place=iso3166:LU relation=country of origin rank=1
        3 WorkFact work=Work/nacht/2014 property=production year value=2014
    """)  # noqa: E501
    # The order is a hint, no majority.
    assert tables.claims["PlaceRelation"]["standing"].null_count() == 4


def test_lumiere_vod(read_format: FormatReader) -> None:
    head = "Original title;Producing country;Production year;Directors;Work type;Season;Catalog;Catalog group;"
    head += "Business model;Country;Presence date;Lumiere ID;IMDb ID\n"
    row = "Der Fluss;DE, FR;2013;Anna Berg;Film;;Big Stream [BE];Big;SVOD;{};03/02/2024;777;tt0000011\n"
    assert said(read_format("lumiere-vod", head + row.format("BE") + row.format("LU"))) == golden("""
        2 Affiliation agent=Organization/big stream [be]/ organization=Organization/big/ role=part of
        2 Credit work=imdb:tt0000011 agent=Person/anna berg/ role=director
        2 Distribution company=Organization/big stream [be]/ work=imdb:tt0000011 territories=[iso3166:BE] distribution=streaming date=2024-02-03
        2 PlaceRelation entity=imdb:tt0000011 place=iso3166:DE relation=country of origin rank=1
        2 PlaceRelation entity=imdb:tt0000011 place=iso3166:FR relation=country of origin rank=2
        2 WorkFact work=imdb:tt0000011 property=production year value=2013
        3 Distribution company=Organization/big stream [be]/ work=imdb:tt0000011 territories=[iso3166:LU] distribution=streaming date=2024-02-03
    """)  # noqa: E501


DFI = (
    "Titel\tManusforfatter\tInstruktør\tProducent\tKonsulent\tManus 2018\tUdvikling 2018\tProduktion 2018\t"
    "I alt - alle år\t\n"
    "Havet\tAnna Berg, Bo Dahl\tAnna Berg\tNordlys Film ApS\tEva Lund\t60.000\t\t2.300.000\t2.460.000\t\n"
)


def test_danish_support(read_format: FormatReader) -> None:
    fund = "Organization/danish film institute/"
    assert said(read_format("dfi-support", DFI, "dfi.tsv")) == golden(f"""
        2 Affiliation agent=Person/eva lund/ organization={fund} role=employee job_title=film consultant
        2 Credit work=Work/havet/ agent=Person/anna berg/ role=writer
        2 Credit work=Work/havet/ agent=Person/bo dahl/ role=writer
        2 Credit work=Work/havet/ agent=Person/anna berg/ role=director
        2 Participation work=Work/havet/ organization=Organization/nordlys film aps/ role=producer
        2 Statistic subject=Work/havet/ measure=support by the Danish Film Institute value=2460000 unit=DKK period=all years
        2 Support funder={fund} work=Work/havet/ stage=writing amount=60000 currency=DKK date=2018
        2 Support funder={fund} work=Work/havet/ stage=production amount=2300000 currency=DKK date=2018
    """)  # noqa: E501


def test_danish_support_without_a_consultant(read_format: FormatReader) -> None:
    lines = [line.split("\t") for line in DFI.splitlines()]
    data = "\n".join("\t".join(cells[:4] + cells[5:]) for cells in lines) + "\n"
    tables = read_format("dfi-support", data, "dfi.tsv")
    assert tables.claims["Support"].height == 2
    assert "Affiliation" not in tables.claims or tables.claims["Affiliation"].is_empty()


def test_wikidata_companies(read_format: FormatReader) -> None:
    tables = read_format(
        "wikidata-company-imdb", '"QID","imdb"\n"Q1","co0000001"\n"Q1","co0000002"\n"Q2","nm0000001"\n'
    )
    assert tables.mentions["ids"].to_list() == [["imdb:co0000001", "imdb:co0000002", "wikidata:Q1"]]
    assert [i.where for i in tables.issues] == ["line 4"]
    tables = read_format(
        "wikidata-company-country", '"QID","country"\n"Q1","Belgium"\n"Q2",NA\n"Q3","Austria-Hungary"\n'
    )
    assert said(tables) == golden("""
        2 PlaceRelation entity=wikidata:Q1 place=iso3166:BE relation=located in
        4 PlaceRelation entity=wikidata:Q3 place=Place/austria-hungary/ relation=located in
    """)
    data = (
        '"QID","itemLabel","itemDescription","article"\n"Q1","Coop99","film production company",NA\n"Q2","Q2",NA,NA\n'
    )
    tables = read_format("wikidata-company-details", data)
    assert said(tables) == [
        "2 WorkFact work=wikidata:Q1 property=description value=film production company value_language=en"
    ]
    assert tables.mentions.select("name", "generic").rows() == [("Coop99", False), ("Q2", True)]
    tables = read_format("wikidata-company-eidr", '"QID","eidrparty"\n"Q1","10.5237/47C0-F5BB"\n')
    assert tables.mentions["ids"].to_list() == [["wikidata:Q1", "eidr:10.5237/47C0-F5BB"]]
