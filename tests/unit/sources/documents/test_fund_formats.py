"""Decision lists of funds in the four layouts in which they are published; lines that do not fit are kept out."""

from __future__ import annotations

from typing import Any

from bound_documents import mention, told

LUXEMBOURG = """Décisions du comité – mars 2019

Aides à l'écriture et au développement :
La Vallée – montant alloué: 60.000 € – budget global: 90.000,50 € – pourcentage de l'AFS: 89,55 % – fiction – auteur-réalisateur: Jo Doe – production: Samsa Film
AIDE INCONNUE
Aides à la production
Rouille – montant alloué: 1.200.000 € – documentaire – auteur: Al Roe et Cy Poe – réalisatrice: Di Moe – production: Tarantula, Iris Productions – coproduction: Artémis
Froid – montant alloué: beaucoup €
"""  # noqa: E501


def test_film_fund_luxembourg(read_format: Any) -> None:
    tables = read_format("fund-film-fund-luxembourg", LUXEMBOURG, "data.txt")
    valley, rust, fund = "Work/la vallee/", "Work/rouille/", "Organization/film fund luxembourg/"
    assert told(tables, "Support") == [
        (fund, valley, "Aides à l'écriture et au développement", "development", 60000.0, "EUR", "2019"),
        (fund, rust, "Aides à la production", "production", 1200000.0, "EUR", "2019"),
    ]
    assert told(tables, "Credit") == [
        (valley, "Person/jo doe/", "director"), (valley, "Person/jo doe/", "writer"),
        (rust, "Person/di moe/", "director"),
        (rust, "Person/al roe/", "writer"), (rust, "Person/cy poe/", "writer"),
    ]  # fmt: skip
    assert told(tables, "Participation") == [
        (valley, "Organization/samsa film/", "producer"), (rust, "Organization/tarantula/", "producer"),
        (rust, "Organization/iris productions/", "producer"), (rust, "Organization/artemis/", "co-producer"),
    ]  # fmt: skip
    assert told(tables, "WorkFact") == [
        (valley, "genre", "fiction"), (valley, "budget", "90000.5", "EUR"), (rust, "genre", "documentaire"),
    ]  # fmt: skip
    assert told(tables, "Statistic") == [(valley, "share of the selective aid (AFS)", 0.8955)]
    assert [i.where for i in tables.issues] == ["line 5", "line 8"]
    assert tables.source["n_read"] == 4


def test_filmportal_shares_belong_to_countries(read_format: Any) -> None:
    text = (
        "Rust (2019)\nDE: Company A/ Company B (70%)\nLU: Company C (29,5 %)\nBE: Company D\nFrance: Company E (1%)\n"
    )
    tables = read_format("fund-filmportal", text, "data.txt")
    film = "Work/rust/2019"
    assert told(tables, "Participation") == [
        (film, "iso3166:DE", "co-producer", 0.7), (film, "Organization/company a/", "iso3166:DE", "co-producer"),
        (film, "Organization/company b/", "iso3166:DE", "co-producer"), (film, "iso3166:LU", "co-producer", 0.295),
        (film, "Organization/company c/", "iso3166:LU", "co-producer"), (film, "iso3166:BE", "co-producer"),
        (film, "Organization/company d/", "iso3166:BE", "co-producer"),
    ]  # fmt: skip
    assert tables.claims["Participation"]["standing"].null_count() == 7
    assert mention(tables, film)["countries"] == ["BE", "DE", "LU"]
    assert [i.where for i in tables.issues] == ["line 5"]


def test_cineuropa(read_format: Any) -> None:
    text = """Fund: Film Fund of the Valley
2019
Production support:
Black Spot - Jo Doe (BE/LU/UK) (€290,000) (documentary)
One - Two - Al Roe and Cy Poe (LU)
Nothing here
"""
    tables = read_format("fund-cineuropa", text, "data.txt")
    spot, fund = "Work/black spot/", "Organization/film fund of the valley/"
    assert told(tables, "Support") == [
        (fund, spot, "Production support", 290000.0, "EUR", "2019"),
        (fund, "Work/one - two/", "Production support", "2019"),
    ]  # fmt: skip
    assert told(tables, "Credit") == [
        (spot, "Person/jo doe/", "director"), ("Work/one - two/", "Person/al roe/", "director"),
        ("Work/one - two/", "Person/cy poe/", "director"),
    ]  # fmt: skip
    assert told(tables, "PlaceRelation")[:3] == [
        (spot, "iso3166:BE", "country of origin", 1), (spot, "iso3166:LU", "country of origin", 2),
        (spot, "iso3166:GB", "country of origin", 3),
    ]  # fmt: skip
    assert told(tables, "WorkFact") == [(spot, "genre", "documentary")]
    assert [i.where for i in tables.issues] == ["line 6"]


def test_eurimages(read_format: Any) -> None:
    text = """At its 150th meeting, in March 2018, Eurimages supports 2 films for a total of 5 530 000 Euros.

Documentaries
Black Spot - Jo Doe (France, Luxembourg, Belgium) 290 000 €
Rust by Al Roe (Belgium, United Kingdom)
Cold - Cy Poe (Atlantis, Belgium) 5 €
"""
    tables = read_format("fund-eurimages", text, "data.txt")
    spot, fund = "Work/black spot/", "Organization/eurimages/"
    assert told(tables, "Support") == [
        (fund, spot, "production", 290000.0, "EUR", "2018"), (fund, "Work/rust/", "production", "2018"),
    ]  # fmt: skip
    assert told(tables, "Statistic") == [(fund, "support awarded", 5530000.0, "EUR", "2018")]
    assert told(tables, "PlaceRelation") == [
        (spot, "iso3166:FR", "country of origin", 1), (spot, "iso3166:LU", "country of origin", 2),
        (spot, "iso3166:BE", "country of origin", 3), ("Work/rust/", "iso3166:BE", "country of origin", 1),
        ("Work/rust/", "iso3166:GB", "country of origin", 2),
    ]  # fmt: skip
    (issue,) = tables.issues
    assert issue.where == "line 6"
    assert "Atlantis" in issue.message
