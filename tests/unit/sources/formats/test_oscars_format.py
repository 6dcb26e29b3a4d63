"""The Academy Awards table, with rows that are true facts in its layout or, where no fact is needed, made up."""

from __future__ import annotations

from bound_formats import FormatReader, golden, said

COLUMNS = ("Ceremony", "Year", "Class", "CanonicalCategory", "Category", "Film", "FilmId", "Name", "Nominees",
           "NomineeIds", "Winner", "Detail", "Note", "Citation")  # fmt: skip


def table(*rows: dict[str, str]) -> str:
    lines = ["\t".join(COLUMNS)]
    for row in rows:
        row = {"Category": row["CanonicalCategory"], **row}
        cells = [row.get(c, "") for c in COLUMNS]
        lines.append("\t".join(cells).rstrip("\t"))  # the file leaves out empty cells at the end
    return "\n".join(lines) + "\n"


ACTING = {"Ceremony": "1", "Year": "1927/28", "Class": "Acting", "CanonicalCategory": "ACTRESS IN A LEADING ROLE",
          "Film": "7th Heaven|Street Angel", "FilmId": "tt0018379|tt0018429", "Nominees": "Janet Gaynor",
          "NomineeIds": "nm0310980", "Winner": "True", "Detail": "Diane|Angela"}  # fmt: skip


def test_a_prize_for_two_parts_in_two_films(read_format: FormatReader) -> None:
    assert said(read_format("oscars", table(ACTING))) == golden("""
        2 AwardOutcome award=wikidata:Q19020 work=imdb:tt0018379 recipients=[imdb:nm0310980] category=ACTRESS IN A LEADING ROLE edition=1 year=1927 result=won detail=Diane
        2 AwardOutcome award=wikidata:Q19020 work=imdb:tt0018429 recipients=[imdb:nm0310980] category=ACTRESS IN A LEADING ROLE edition=1 year=1927 result=won detail=Angela
        2 Credit work=imdb:tt0018379 agent=imdb:nm0310980 role=actor character=Diane
        2 Credit work=imdb:tt0018429 agent=imdb:nm0310980 role=actor character=Angela
    """)  # noqa: E501


def test_people_companies_and_unknown_ids_are_told_apart(read_format: FormatReader) -> None:
    row = {"Ceremony": "27", "Year": "1954", "Class": "SciTech", "CanonicalCategory": "AWARD (Class III)",
           "Nominees": "Wes Mill|J.W. Stay|Acme Sound Corp.|Metro", "NomineeIds": "nm0000501|?|?|co0000143",
           "Winner": "True", "Detail": "Sound", "Citation": "For a device."}  # fmt: skip
    agency = {"Ceremony": "16", "Year": "1943", "Class": "Title", "CanonicalCategory": "DOCUMENTARY (Short Subject)",
              "Film": "A Short", "FilmId": "?", "Nominees": "Denham", "NomineeIds": "?"}  # fmt: skip
    pseudonym = {"Ceremony": "69", "Year": "1996", "Class": "Production", "CanonicalCategory": "FILM EDITING",
                 "Film": "Fargo", "FilmId": "tt0116282", "Nominees": "Roderick Jaynes",
                 "NomineeIds": "nm0001053,nm0001054"}  # fmt: skip
    tables = read_format("oscars", table(row, agency, pseudonym))
    assert said(tables) == golden("""
        2 AwardOutcome award=wikidata:Q19020 recipients=[imdb:nm0000501, imdb:co0000143, Person/j.w. stay/, Organization/acme sound corp./] category=AWARD (Class III) edition=27 year=1954 result=won detail=Sound; For a device.
        3 AwardOutcome award=wikidata:Q19020 work=Work/a short/ recipients=[Organization/denham/] category=DOCUMENTARY (Short Subject) edition=16 year=1943 result=nominated
        4 AwardOutcome award=wikidata:Q19020 work=imdb:tt0116282 recipients=[Person/roderick jaynes/] category=FILM EDITING edition=69 year=1996 result=nominated
        4 Credit work=imdb:tt0116282 agent=Person/roderick jaynes/ role=editor
    """)  # noqa: E501
    assert tables.source["n_quarantined"] == 0


def test_a_country_receives_the_prize_and_what_is_not_official_is_reported(read_format: FormatReader) -> None:
    film = {"Ceremony": "64", "Year": "1991", "Class": "Title", "CanonicalCategory": "INTERNATIONAL FEATURE FILM",
            "Film": "Toto le héros", "FilmId": "tt0103105", "Name": "Belgium"}  # fmt: skip
    co = film | {"Name": "Federal Republic of Germany - West; A. Producer, Producer", "FilmId": "tt0103106"}
    write_in = {"Ceremony": "8", "Year": "1935", "Class": "Directing", "CanonicalCategory": "DIRECTING", "Film": "F",
                "FilmId": "tt0000001", "Nominees": "Ann Roe", "NomineeIds": "nm0000001",
                "Note": "came in 2nd|NOTE: THIS IS NOT AN OFFICIAL NOMINATION. Write-in candidate."}  # fmt: skip
    tables = read_format("oscars", table(film, co, write_in, write_in | {"Winner": "True"}))
    outcomes = [line for line in said(tables) if "AwardOutcome" in line]
    assert "recipients=[iso3166:BE] category=INTERNATIONAL FEATURE FILM" in outcomes[0]
    assert "recipients=[Place/west germany/]" in outcomes[1]
    assert outcomes[2].endswith("result=nominated detail=" + write_in["Note"] + " status=reported")
    assert outcomes[3].endswith("result=won detail=" + write_in["Note"])
    assert "PlaceRelation" not in tables.claims  # who enters a film is not stated as its country of origin


def test_uneven_and_broken_ids_keep_the_row_out(read_format: FormatReader) -> None:
    uneven = ACTING | {"FilmId": "tt0018379"}
    broken = ACTING | {"NomineeIds": "nm12"}
    tables = read_format("oscars", table(uneven, broken, ACTING))
    assert [i.where for i in tables.issues] == ["line 2", "line 3"]
    assert tables.claims["Credit"].height == 2
