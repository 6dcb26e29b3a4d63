"""What the report answers about its networks, on works where the answer is known beforehand."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.knowledge import KnowledgeGraph
from avgraph.network import Network, project
from avgraph.report import country_pair
from avgraph.report.brokers import brokers_section
from avgraph.report.change import change_section
from avgraph.report.charts import bars, lines
from avgraph.report.networks import Effort, drawn, tied_networks
from avgraph.report.partnerships import partnerships_section
from avgraph.report.parts import Part, Section
from avgraph.report.prospects import prospects_section


@pytest.fixture(scope="module")
def networks(six_works: KnowledgeGraph) -> dict[str, Network]:
    return tied_networks(six_works)


def part(section: Section, title: str) -> Part:
    return next(part for part in section.parts if part.title == title)


def cells(found: Part, table: int = 0) -> list[list[str]]:
    return [list(row.cells) for row in found.tables[table].rows]


def quoted(found: Part) -> list[list[str]]:
    return [[quote.words for quote in row.quotes] for row in found.tables[0].rows]


class Said:
    """A graph that knows no more than the words behind some claims."""

    def __init__(self, words: dict[str, str] | None = None) -> None:
        self.words = words or {}

    def quotes(self, claims: Sequence[str]) -> dict[str, tuple[str, str]]:
        return {claim: ("a.txt", self.words[claim]) for claim in claims if claim in self.words}

    def query(self, _: str) -> list[dict[str, Any]]:
        return []


def teams(rows: Sequence[tuple[str, int | None, str]]) -> dict[str, Network]:
    """Return a network of people: work, year, and the names of its members, with a claim for each member."""
    table = pl.DataFrame(
        [(work, member, year, f"{work}-{member}") for work, year, members in rows for member in members.split()],
        {"work": pl.String, "member": pl.String, "year": pl.Int64, "claim": pl.String}, orient="row",
    )  # fmt: skip
    return {"person": project(table)}


def test_brokers_stand_between_the_countries_with_most_joint_works(
    six_works: KnowledgeGraph, networks: dict[str, Network]
) -> None:
    section = brokers_section(six_works, networks, None)
    assert section.title == "Brokers between Belgium and Luxembourg"
    companies = part(section, "Companies")
    assert cells(companies) == [["Gamma (FR), liaison", "1", "1 (1–1)", "Alpha", "Beta", "One (2004), Two (2005)"]]
    (words,) = quoted(companies)
    of = [(work, name) for said in words for work in ("One", "Two") for name in ("Alpha", "Beta", "Gamma")
          if f"title: {work} |" in said and f"company: {name} |" in said]  # fmt: skip
    assert sorted(of) == [("One", "Alpha"), ("One", "Gamma"), ("Two", "Beta"), ("Two", "Gamma")]
    assert len(words) == 4


def test_people_are_of_the_countries_of_their_nationalities(
    six_works: KnowledgeGraph, networks: dict[str, Network]
) -> None:
    people = part(brokers_section(six_works, networks, None), "People")
    assert cells(people) == [
        ["Ben Bodson, of unknown country", "1", "1 (1–1)", "Ann Aerts", "Cleo Conter", "One (2004), Two (2005)"]
    ]
    assert people.notes[0].startswith("2 of 3 people are of known country. 1 stand between the two; all are shown.")


def test_other_countries_may_be_asked_for(six_works: KnowledgeGraph, networks: dict[str, Network]) -> None:
    section = brokers_section(six_works, networks, ("BE", "FR"))
    assert [row[0] for row in cells(part(section, "Companies"))] == ["Beta (LU), liaison"]
    assert part(section, "People").notes == (
        "Left out: of no person with a part in a work it is known to be of France.",
    )  # fmt: skip
    with pytest.raises(AvgraphError) as caught:
        brokers_section(six_works, networks, ("BE", "DE"))
    assert "known to be of Germany" in caught.value.message
    assert caught.value.hint == "countries of companies and people in this graph: AT, BE, FR, LU"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("BE", "does not name two", "BE,LU"),
        ("BE,", "does not name two", "BE,LU"),
        ("BE,LU,FR", "does not name two", "BE,LU"),
        ("BE,Luxemburgo", "'Luxemburgo' is no country", "'Luxembourg'"),
        ("BE,??", "'??' is no country", "BE,LU"),
        ("BE,Belgium", "one country twice", "two different"),
    ],
)
def test_a_pair_that_is_none_is_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(AvgraphError) as caught:
        country_pair(text)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_partnerships_that_recur_say_whether_they_live(six_works: KnowledgeGraph, networks: dict[str, Network]) -> None:
    section = partnerships_section(six_works, networks)
    companies = part(section, "Companies")
    # Two seasons are one work: Beta and Delta did not come together again.
    assert cells(companies) == [["Alpha and Epsilon", "3", "2006–2009", "ended", "Five, Four, Three"]]
    assert "title: Five" in quoted(companies)[0][0]
    # Four pairs; of these one had a second work after two years, while the others wait since 2004, 2005 and 2019.
    assert cells(companies, 1)[0] == ["1 joint work", "4", "1 (25 %)", "2.9 % (0.52–15 %)", "34"]
    assert part(section, "People").notes == ("No two of 3 people have two joint works.",)


def test_the_words_behind_a_tie_are_of_one_work() -> None:
    works = [("One", 2001, "Ann Ben"), ("Two", 2002, "Ann Ben"), ("Three", 2003, "Ann Ben")]
    words = {"One-Ann": "ANN and Ben made One.", "Two-Ann": "Two is by Ann, as all know.", "Three-Ben": "By Ben."}
    section = partnerships_section(Said(words), teams(works))  # type: ignore[arg-type]
    assert quoted(part(section, "People")) == [["ANN and Ben made One."]]
    del words["One-Ann"]
    words["Three-Ann"] = "And of Ann."
    section = partnerships_section(Said(words), teams(works))  # type: ignore[arg-type]
    assert sorted(quoted(part(section, "People"))[0]) == ["And of Ann.", "By Ben."]


def test_without_years_nothing_is_said_of_time() -> None:
    found = teams([("One", None, "A B"), ("Two", None, "A B"), ("Three", None, "B C")])
    people = part(partnerships_section(Said(), found), "People")  # type: ignore[arg-type]
    assert [row[:4] for row in cells(people)] == [["A and B", "2", "unknown", "unknown"]]
    assert len(people.tables) == 1
    assert "no work has a year" in people.notes[1]
    assert part(change_section(found), "People").notes == ("Left out: no work has a year.",)
    people = part(prospects_section(Said(), found), "People")  # type: ignore[arg-type]
    assert "no work has a year" in people.notes[0]
    assert cells(people) == [["A and C", "1 common partner: B", "One, Three, Two"]]


def test_windows_are_as_wide_as_the_years_allow() -> None:
    short = change_section(teams([("One", 2018, "A B"), ("Two", 2020, "B C"), ("Three", 2023, "A B")]))
    (table,) = part(short, "People").tables
    assert [row.cells[:3] for row in table.rows] == [
        ("2018–2019", "2", "1"), ("2019–2020", "2", "1"), ("2020–2021", "2", "1"), ("2021–2022", "0", "0"),
        ("2022–2023", "2", "1"),
    ]  # fmt: skip
    assert table.rows[0].cells[4:] == ("–",) * 6
    long = change_section(teams([("One", 2000, "A B"), ("Two", 2013, "A C")]))
    assert [row.cells[0] for row in part(long, "People").tables[0].rows][:2] == ["2000–2006", "2001–2007"]
    century = change_section(teams([("One", 1900, "A B"), ("Two", 1999, "A C")]))
    assert len(part(century, "People").tables[0].rows) == 24
    assert part(change_section(teams([("One", 2000, "A B")])), "People").notes == ("Left out: all works are of 2000.",)


def foretold(n: int) -> list[tuple[str, int | None, str]]:
    """Return works by which `n` pairs with two common partners come to be tied in the last of five years.

    Five pairs more have two common partners by then.
    """
    rows: list[tuple[str, int | None, str]] = []
    for i in range(n + 5):
        late = 3 if i >= n else 0
        rows += [(f"{i}-1", 2001, f"a{i} c{i}"), (f"{i}-2", 2002 + late, f"b{i} c{i}")]
        rows += [(f"{i}-3", 2002, f"a{i} d{i}"), (f"{i}-4", 2002 + late, f"b{i} d{i}"), (f"{i}-5", 2004, f"c{i} d{i}")]
        if not late:
            rows.append((f"{i}-6", 2005, f"a{i} b{i}"))
    return rows


def test_a_probability_is_told_where_the_method_was_seen_to_foretell() -> None:
    people = part(prospects_section(Said(), teams(foretold(24))), "People")  # type: ignore[arg-type]
    assert "24 came to be tied in 2005" in people.notes[0]
    assert "better than chance" in people.notes[0]
    assert "within 1 year, learnt from" in people.notes[1]
    assert [column.title for column in people.tables[0].columns][1] == "Probability"
    assert people.tables[1].columns[1].title == "AUC (95 %)"


def test_too_little_to_test_is_said_and_nothing_is_promised() -> None:
    people = part(prospects_section(Said(), teams([*foretold(3), ("u", 2002, "A B"), ("v", 2005, "B C")])), "People")  # type: ignore[arg-type]
    assert "are 3, too few for a test" in people.notes[0]
    assert "no probability is given" in people.notes[1]
    assert len(people.tables) == 1
    assert [column.title for column in people.tables[0].columns] == [
        "Pair", "What speaks for it", "Works with common partners",
    ]  # fmt: skip


def test_ranks_come_with_intervals_and_communities_with_their_stability(networks: dict[str, Network]) -> None:
    company = next(network for network in drawn(networks) if network["kind"] == "company")
    strength, betweenness = company["ranks"]
    assert [column.title for column in strength.columns] == ["Member", "Works", "Rank (95 %)"]
    assert betweenness.columns[1].title == "Share"
    assert strength.rows[0].cells[0] == "Alpha (BE)"
    rank = strength.rows[0].cells[2]
    assert rank.startswith("1 (1–")
    assert rank != "1 (1–1)"
    # Who stands on no shortest path has no rank.
    assert [row.cells[0] for row in betweenness.rows] == ["Gamma (FR)", "Alpha (BE)", "Beta (LU)"]
    assert "communities on which 20 runs of the Leiden method agree (modularity 0." in company["communities"]
    assert "adjusted Rand index" in company["communities"]


def test_no_network_leaves_its_reason(six_works: KnowledgeGraph) -> None:
    assert brokers_section(six_works, {}, None).note == "Left out: no work is known to be of two countries."
    for section in (partnerships_section(six_works, {}), prospects_section(six_works, {})):
        assert section.parts == []
        assert section.note.endswith(" Companies and people are left out: no two are known to have a joint work.")


def test_a_kind_without_a_network_is_told_in_one_line(networks: dict[str, Network], six_works: KnowledgeGraph) -> None:
    people = {"person": networks["person"]}
    for section in (
        brokers_section(six_works, people, ("BE", "LU")), partnerships_section(six_works, people),
        prospects_section(six_works, people),
    ):  # fmt: skip
        assert [part.title for part in section.parts] == ["People"]
        assert section.note.endswith(" Companies are left out: no two are known to have a joint work.")


def brokered(confidence: float) -> dict[str, Network]:
    """Return a network in which Val stands between Ann and Bea of the one side and Lou of the other, while Lou's claim
    stands, and Zoe between Ada and Liz in any case.
    """
    works = {"1": "Val Ann", "2": "Val Bea", "3": "Val Lou", "4": "Zoe Ada", "5": "Zoe Liz"}
    rows = [
        (work, member, f"{work}-{member}", confidence if member == "Lou" else 1.0)
        for work, members in works.items()
        for member in members.split()
    ]
    countries = {"Ann": ["BE"], "Bea": ["BE"], "Ada": ["BE"], "Lou": ["LU"], "Liz": ["LU"], "Val": ["AE", "FR"]}
    nodes = pl.DataFrame({"member": list(countries), "countries": list(countries.values())})
    return {"person": project(pl.DataFrame(rows, ["work", "member", "claim", "confidence"], orient="row"), nodes)}


def test_brokers_have_the_interval_of_doubted_claims_and_ranks_that_of_works_too() -> None:
    people = part(brokers_section(Said(), brokered(0.5), ("BE", "LU")), "People")  # type: ignore[arg-type]
    (table,) = people.tables
    assert [column.title for column in table.columns][1:3] == ["Pairs (95 %)", "Rank (95 %)"]
    assert [row[:3] for row in cells(people)] == [
        ["Val (AE), liaison", "2 (0–2)", "1 (1–2)"], ["Zoe, of unknown country", "1 (1–1)", "2 (1–2)"],
    ]  # fmt: skip
    assert table.caption.endswith("no tie but through the broker; ranks from 100 resamples")
    assert people.notes[1] == (
        "The interval of the pairs is that of 100 draws that keep each doubted claim (1 in all) by its confidence."
    )
    sure = part(brokers_section(Said(), brokered(1.0), ("BE", "LU")), "People")  # type: ignore[arg-type]
    assert sure.tables[0].columns[1].title == "Pairs"
    assert [row[:3] for row in cells(sure)] == [
        ["Val (AE), liaison", "2", "1 (1–2)"], ["Zoe, of unknown country", "1", "2 (1–2)"],
    ]  # fmt: skip
    assert sure.notes[1] == "No claim of this network is doubted, so that the number of pairs has no interval."


def test_a_member_is_named_with_all_its_countries(monkeypatch: pytest.MonkeyPatch) -> None:
    (person,) = drawn(brokered(1.0))
    assert person["ranks"][0].rows[0].cells[:2] == ("Val (AE, FR)", "3")
    assert person["sampled"] is None
    assert [title for title, _ in person["summaries"]] == ["Extent", "Shape"]
    assert dict(person["summaries"][0][1])["first year"] == "unknown"
    monkeypatch.setattr("avgraph.report.networks._EFFORTS", ((Effort(3, 2, 1), None),))
    (person,) = drawn(brokered(1.0))
    assert person["sampled"] == 2
    assert person["ranks"][1].caption == "Highest betweenness; ranks from 3 resamples"


def test_countries_are_told_apart_as_they_are_drawn() -> None:
    # Of all members most are of FR, of the 80 that are drawn most of BE.
    strong = [(f"s{i}-{again}", None, f"s{i} s{i + 1}") for i in range(0, 80, 2) for again in range(3)]
    weak = [(f"w{i}", None, f"w{i} w{i + 1}") for i in range(0, 60, 2)]
    net = teams([*strong, *weak])["person"]
    country = {node: "BE" if node in {f"s{i}" for i in range(41)} else "FR" for node in net.nodes["node"]}
    nodes = pl.DataFrame({"member": list(country), "countries": [[code] for code in country.values()]})
    (person,) = drawn({"person": project(net.memberships, nodes)})
    assert re.findall(r">(\w\w \(\d+\))<", person["svg"]) == ["BE (41)", "FR (39)"]


def test_a_method_that_is_no_better_than_chance_is_not_followed() -> None:
    draw = random.Random(4)
    rows = [(f"w{i}", 2001 + i % 5, " ".join(draw.sample([f"p{n}" for n in range(40)], 2))) for i in range(200)]
    people = part(prospects_section(Said(), teams(rows)), "People")  # type: ignore[arg-type]
    assert "not shown to be better than chance" in people.notes[0]
    assert "no probability is given" in people.notes[1]
    assert [len(table.columns) for table in people.tables] == [3, 4]


def test_words_that_name_nobody_new_are_left_out() -> None:
    words = {"One-Ann": "By Ann alone, it seems.", "One-Ben": "By somebody.", "Two-Cy": "By Cy, Ann says."}
    section = partnerships_section(
        Said(words),  # type: ignore[arg-type]
        teams([("One", 2001, "Ann Ben"), ("Two", 2002, "Ben Cy"), ("Three", 2003, "Ann Ben")]),
    )
    assert quoted(part(section, "People")) == [["By Ann alone, it seems."]]


def test_long_numbers_of_a_chart_have_room() -> None:
    for chart in (lines("a", ["2001"], {"ties": [12_345]}), bars("a", ["2001"], ("up", "down"), [123_456], [1])):
        numbers = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="end">([\d,]+)<', chart)
        assert len(numbers) == 3
        # In DejaVu Sans of 11 pixels a figure is 7 pixels wide, a comma half of that.
        assert all(float(x) > 7 * len(number.replace(",", "")) + 3.5 * number.count(",") for x, number in numbers)
        (first,) = {float(x) for x in re.findall(r'<line x1="([\d.]+)" x2="330.0"', chart)}
        assert first == float(numbers[0][0]) + 5


def test_charts_are_drawn_to_scale() -> None:
    drawn_lines = lines("a & b", ["2000–2001", "2002–2003"], {"ties": [0, 6], "members": [3, None]})
    points = re.findall(r'points="([^"]*)"', drawn_lines)
    # Six is the upper end, at 26 of 190 pixels, and nothing the lower one, at 166.
    assert [[p.partition(",")[2] for p in line.split()] for line in points] == [["166.0", "26.0"], ["96.0"]]
    assert "<title>a &amp; b</title>" in drawn_lines
    assert re.findall(r'text-anchor="middle">(\d+)<', drawn_lines) == ["2001", "2003"]
    drawn_bars = bars("a", ["2001", "2002"], ("born", "dissolved"), [10, 0], [5, 2])
    heights = re.findall(r'<rect x="[\d.]+" y="([\d.]+)" width="26.0" height="([\d.]+)"', drawn_bars)
    assert heights == [("26.0", "70.0"), ("96.0", "35.0"), ("96.0", "0.0"), ("96.0", "14.0")]
