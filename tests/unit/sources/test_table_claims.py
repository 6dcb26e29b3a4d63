from __future__ import annotations

from typing import Any

FILM = """
[entity.film]
type = "Work"
subtype = "film"
name = "{title}"
year = "{year}"
"""


def rows(table: Any, *columns: str) -> list[tuple[Any, ...]]:
    return table.select(columns).rows()


def test_split_roles_make_one_claim_per_piece_with_rank_and_evidence(read: Any) -> None:
    tables = read(
        "year,title,countries\n2007,Irina Palm,BE|DE|LU\n2007,\"Luxemburg, USA\",LU|BE\n",
        '[table]\ndate = "2023-05"\n' + FILM + """
[entity.country]
type = "Place"
subtype = "country"
ids.iso3166 = "{countries|upper}"
split = "|"
[[claim]]
kind = "PlaceRelation"
entity = "film"
place = "country"
relation = "country of origin"
rank = "{#}"
""",
    )  # fmt: skip
    table = tables.claims["PlaceRelation"]
    source = "records/data.csv#"
    assert rows(table, "entity", "place", "rank", "row") == [
        (f"{source}Work/irina palm/2007", f"{source}iso3166:BE", 1, 2),
        (f"{source}Work/irina palm/2007", f"{source}iso3166:DE", 2, 2),
        (f"{source}Work/irina palm/2007", f"{source}iso3166:LU", 3, 2),
        (f"{source}Work/luxemburg, usa/2007", f"{source}iso3166:LU", 1, 3),
        (f"{source}Work/luxemburg, usa/2007", f"{source}iso3166:BE", 2, 3),
    ]
    assert table["quote"][0] == "year: 2007 | title: Irina Palm | countries: BE|DE|LU"
    assert set(table["observed"]) == {"2023-05"}
    assert table["method"][0].startswith("mapping:data.toml@")
    names = dict(tables.mentions.select("ref", "name").rows())
    assert names[f"{source}iso3166:DE"] == "Germany"
    assert tables.mentions.filter(type="Work")["year"].to_list() == [2007, 2007]


def test_two_split_roles_cross_unless_paired(read: Any) -> None:
    entities = FILM + """
[entity.company]
type = "Organization"
name = "{companies}"
split = ";"
[entity.country]
type = "Place"
subtype = "country"
ids.iso3166 = "{countries}"
split = ";"
[[claim]]
kind = "Participation"
work = "film"
organization = "company"
country = "country"
role = "producer"
"""  # fmt: skip
    data = "title,year,companies,countries\nA,2001,Samsa;Artemis,LU;BE\n"
    assert read(data, entities).claims["Participation"].height == 4
    table = read(data, entities + "pair = true\nrank = '{#}'\n").claims["Participation"]
    pairs = [(o.rsplit("/", 2)[1], c[-2:], r) for o, c, r in rows(table, "organization", "country", "rank")]
    assert pairs == [("samsa", "LU", 1), ("artemis", "BE", 2)]


def test_pairs_of_unequal_length_are_refused(read: Any) -> None:
    tables = read(
        "title,year,companies,countries\nA,2001,X;Y;Z,LU;BE\nB,2002,X,LU\n",
        FILM + """
[entity.company]
type = "Organization"
name = "{companies}"
split = ";"
[entity.country]
type = "Place"
ids.iso3166 = "{countries}"
split = ";"
[[claim]]
kind = "Participation"
work = "film"
organization = "company"
country = "country"
role = "producer"
pair = true
""",
    )  # fmt: skip
    assert tables.source["n_quarantined"] == 1
    assert tables.issues[0].where == "line 2"
    assert "company has 3 pieces and country 2" in tables.issues[0].message
    assert tables.claims["Participation"].height == 1


def test_unknown_pieces_keep_the_others_in_step(read: Any) -> None:
    tables = read(
        "names|ids\n".replace("|", "\t") + "Ann;Bob;Cy\tnm0000001;?;nm0000003\n",
        '[table]\nnull = ["", "?"]\n[entity.person]\ntype = "Person"\nname = "{names}"\nids.imdb = "{ids}"\nsplit = ";"\n',  # noqa: E501
        "data.tsv",
    )
    assert tables.mentions.select("name", "ids").rows() == [
        ("Ann", ["imdb:nm0000001"]), ("Bob", []), ("Cy", ["imdb:nm0000003"]),
    ]  # fmt: skip


def test_one_id_for_two_names_is_refused(read: Any) -> None:
    tables = read(
        "names,ids\nAnn;Bob,nm0000001\n",
        '[entity.person]\ntype = "Person"\nname = "{names}"\nids.imdb = "{ids}"\nsplit = ";"\n',
    )
    assert tables.source["n_quarantined"] == 1
    assert "'names' has 2, 'ids' has 1" in tables.issues[0].message


def test_conditions_and_maps_and_list_roles(read: Any) -> None:
    tables = read(
        "film,who,winner,note\nA,Ann|Bob,True,\nB,Ann,,\nC,,True,withdrawn\nD,Cy,True,withdrawn\n",
        """
[map.result]
True = "won"
"" = "nominated"
[entity.film]
type = "Work"
name = "{film}"
[entity.person]
type = "Person"
name = "{who}"
split = "|"
[entity.award]
type = "Award"
name = "Prize"
[[claim]]
kind = "AwardOutcome"
award = "award"
work = "film"
recipients = "person"
result = "{winner|map:result}"
when = "{note} != withdrawn"
[[claim]]
kind = "Credit"
work = "film"
agent = "person"
role = "director"
when = ["{winner|map:result} == won", "{#} == 1"]
""",
    )
    outcome = tables.claims["AwardOutcome"]
    assert [[r.split("/")[-2] for r in refs] for refs in outcome["recipients"].to_list()] == [["ann", "bob"], ["ann"]]
    assert outcome["result"].to_list() == ["won", "nominated"]
    assert [a.split("/")[-2] for a in tables.claims["Credit"]["agent"]] == ["ann", "cy"]


def test_pieces_of_a_split_column_are_read_piece_by_piece(read: Any) -> None:
    tables = read(
        'title,year,company,share\nA,2001,X;Y,"63,5 %;36,5 %"\n',
        FILM + """
[entity.company]
type = "Organization"
name = "{company}"
split = ";"
split_columns = ["company", "share"]
[[claim]]
kind = "Participation"
work = "film"
organization = "company"
role = "co-producer"
share = "{share|percent}"
""",
    )  # fmt: skip
    assert tables.claims["Participation"]["share"].to_list() == [0.635, 0.365]


def test_mentions_of_one_key_are_united(read: Any) -> None:
    tables = read(
        "id,title,other,country,year\n7,Blind Spot,Doudege Wénkel,LU,\n7,Doudege Wénkel,,BE,2012\n8,X,,,\n",
        """
[entity.film]
type = "Work"
name = "{title}"
names = ["{other}"]
countries = "{country}"
year = "{year}"
key = "{id}"
""",
    )
    first, second = tables.mentions.sort("row").to_dicts()
    assert (first["ref"], first["name"], first["names"]) == (
        "records/data.csv#Work/7",
        "Blind Spot",
        ["Doudege Wénkel"],
    )
    assert (first["countries"], first["year"], first["row"]) == (["BE", "LU"], 2012, 2)
    assert second["name"] == "X"


def test_countries_by_code_or_name(read: Any) -> None:
    tables = read(
        "c\nuk\nPays-Bas\nNazi Germany\nSU\n",
        '[entity.c]\ntype = "Place"\nsubtype = "country"\nname = "{c|map:x}"\n[map.x]\n"*" = "*"\n',
    )
    assert tables.mentions.select("name", "ids").rows() == [
        ("uk", ["iso3166:GB"]), ("Pays-Bas", ["iso3166:NL"]), ("Nazi Germany", []), ("SU", ["iso3166:SU"]),
    ]  # fmt: skip


def test_ids_have_one_form_and_a_nameless_entity_is_no_name(read: Any) -> None:
    tables = read(
        "q,url,eidr\n"
        "http://www.wikidata.org/entity/q42,https://www.imdb.com/name/nm0010930/?ref_=x,"
        "https://doi.org/10.5240/47c0-f5bb-0000-1111-2222-x\n",
        '[entity.p]\ntype = "Person"\nids.wikidata = "{q}"\nids.imdb = "{url}"\nids.eidr = "{eidr}"\nids.own = " {q|left:4} "\n',  # noqa: E501
    )
    mention = tables.mentions.to_dicts()[0]
    assert mention["ids"] == ["wikidata:Q42", "imdb:nm0010930", "eidr:10.5240/47C0-F5BB-0000-1111-2222-X", "own:http"]
    assert mention["name"] == "Q42"
    assert mention["generic"] is True


def test_required_role_empty_gives_no_claim_and_no_fault(read: Any) -> None:
    tables = read(
        "title,year,director\nA,2001,\nB,2002,Ann\n",
        FILM + """
[entity.d]
type = "Person"
name = "{director}"
[[claim]]
kind = "Credit"
work = "film"
agent = "d"
role = "director"
""",
    )  # fmt: skip
    assert tables.claims["Credit"].height == 1
    assert (tables.source["n_accepted"], tables.issues) == (2, ())


def test_a_partnership_needs_two_parties(read: Any) -> None:
    tables = read(
        "a,b\nX,Y\nX,\nX,X\n",
        """
[entity.a]
type = "Organization"
name = "{a}"
[entity.b]
type = "Organization"
name = "{b}"
[[claim]]
kind = "Partnership"
parties = ["a", "b"]
partnership = "treaty"
""",
    )
    assert tables.claims["Partnership"]["row"].to_list() == [2]


def test_result_does_not_depend_on_other_rows_order(read: Any) -> None:
    mapping = (
        FILM + '[[claim]]\nkind = "WorkFact"\nwork = "film"\nproperty = "release date"\nvalue = "{date|date:mdy}"\n'
    )
    data = ["A,2001,2/14/2018", "B,2002,03/04/2019", "C,2003,2020"]
    values = []
    for order in (data, data[::-1]):
        tables = read("title,year,date\n" + "\n".join(order) + "\n", mapping)
        values.append(sorted(tables.claims["WorkFact"].select("work", "value").rows()))
    assert values[0] == values[1]
    assert [v for _, v in values[0]] == ["2018-02-14", "2019-03-04", "2020"]
