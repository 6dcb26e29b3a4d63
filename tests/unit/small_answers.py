"""What each named query must find in the small graph, worked out by hand from its claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["ANSWERS", "Case"]


@dataclass(frozen=True)
class Case:
    """A query with its parameters, some of its columns, and the rows of these in order."""

    query: str
    parameters: dict[str, Any]
    columns: str
    rows: list[tuple[Any, ...]]


# fmt: off
ANSWERS = (
    Case("films", {}, "title year kind countries directors", [
        ("Nightwatch, season 2", None, "season", "BE, LU", ""),
        ("Plan B", None, "film", "", ""),
        ("Nightwatch", 2017, "series", "", ""),
        ("Nightwatch, season 1", 2017, "season", "BE", "Emil Director"),
        ("First Light", 2018, "film", "BE, LU", "Dora Director"),
        ("Home Only", 2019, "film", "BE", "Emil Director"),
        ("Second Wind", 2020, "film", "BE, FR, LU", "Dora Director"),
        ("Third Rail", 2020, "film", "BE, LU", "Dora Director"),
    ]),
    Case("films", {"country": "FR"}, "title", [
        ("Second Wind",),
    ]),
    Case("films", {"since": 2019, "until": 2020}, "title", [
        ("Home Only",),
        ("Second Wind",),
        ("Third Rail",),
    ]),
    Case("coproductions", {}, "title year countries majority listed_first", [
        ("Nightwatch, season 2", None, "BE, LU", "", "BE"),
        ("First Light", 2018, "BE, LU", "BE", "BE"),
        ("Second Wind", 2020, "BE, FR, LU", "LU", "LU"),
        ("Third Rail", 2020, "BE, LU", "BE", "BE"),
    ]),
    Case("coproductions", {"partner": "FR", "since": 2019}, "title majority", [
        ("Second Wind", "LU"),
    ]),
    Case("coproductions-with", {}, "name countries n_titles first_year last_year funders", [
        ("Alpha Films", "BE", 3, 2018, 2020, "Fund One, Fund Two"),
        ("Gamma Cinéma", "FR", 1, 2020, 2020, "Fund One, Fund Two"),
    ]),
    Case("coproductions-with", {"since": 2020}, "name n_titles", [
        ("Alpha Films", 2),
        ("Gamma Cinéma", 1),
    ]),
    Case("coproductions-per-year", {},
         "year n_titles majority_country majority_partner listed_first_country listed_first_partner", [
        (None, 1, 0, 0, 1, 0),
        (2018, 1, 1, 0, 1, 0),
        (2020, 2, 1, 1, 1, 1),
    ]),
    Case("partner-rank", {}, "rank partner n_titles share_percent n_shares amount_eur n_grants", [
        (1, "LU", 4, 38, 3, 450000, 3),
        (2, "FR", 1, 20, 1, None, 0),
    ]),
    Case("partners-of", {"work": "First Light"}, "partner countries role standing share_percent source", [
        ("Alpha Films", "BE", "delegate", "majority", 70, "records/shares.csv"),
        ("Beta Prod", "LU", "co-producer", "minority", 30, "records/shares.csv"),
        ("Beta Prod", "LU", "co-producer", None, 25, "articles/news.txt"),
        ("Belgium", "BE", "country of origin", None, None, "records/films.csv"),
        ("Belgium", "BE", "producer", None, None, "records/films.csv"),
        ("Luxembourg", "LU", "country of origin", None, None, "articles/news.txt"),
        ("Luxembourg", "LU", "country of origin", None, None, "records/films.csv"),
        ("Luxembourg", "LU", "producer", None, None, "records/films.csv"),
    ]),
    Case("share-disagreements", {}, "title problem partner share_percent source other_share_percent other_source", [
        ("First Light", "differs", "Beta Prod", 25, "articles/news.txt", 30, "records/shares.csv"),
        ("Second Wind", "sums to", "(all companies)", 110, "records/shares.csv", None, None),
    ]),
    Case("supported-by", {"funder": "Fund One"},
         "beneficiary stage scheme amount currency date budget_percent source", [
        ("First Light", "production", "selective", 100000, "EUR", "2017-06-01", None, "articles/news.txt"),
        ("First Light", "production", "selective", 100000, "EUR", "2017-06-01", None, "records/grants.csv"),
        ("Second Wind", "production", "selective", 300000, "EUR", "2019-03-01", 7.5, "records/grants.csv"),
        ("Third Rail", "development", "selective", 50000, "EUR", "2019-03-01", None, "records/grants.csv"),
    ]),
    Case("grants-per-year", {}, "year fund scheme kind currency n_grants n_amounts total mean", [
        (2016, "Canal Un", None, None, None, 1, 0, None, None),
        (2017, "Fund One", "selective", "film", "EUR", 1, 1, 100000, 100000),
        (2018, "Fund Two", None, "film", None, 1, 0, None, None),
        (2019, "Fund One", "selective", "film", "EUR", 2, 2, 350000, 175000),
        (2019, "Fund Two", "selective", "film", "EUR", 1, 1, 200000, 200000),
    ]),
    Case("grants-per-year", {"fund": "Fund Two", "since": 2019}, "year n_grants total", [
        (2019, 1, 200000),
    ]),
    Case("backed-by-both", {"first": "Fund One", "second": "Fund Two"}, "title first_as second_as", [
        ("Second Wind", "support", "support"),
    ]),
    Case("broadcasters-roles", {}, "name n_coproduced n_supported n_commissioned n_pre_bought n_aired", [
        ("Canal Un", 1, 1, 0, 1, 1),
    ]),
    Case("seasons-coproduced", {}, "series_title n partner_name joined", [
        ("Nightwatch", 2, "Belgium", False),
        ("Nightwatch", 2, "Luxembourg", True),
    ]),
    Case("seasons-coproduced", {"partner": "LU"}, "season_title joined", [
        ("Nightwatch, season 2", True),
    ]),
    Case("seasons-coproduced", {"partner": "luxembourg"}, "season_title joined", [
        ("Nightwatch, season 2", True),
    ]),
    Case("seasons-coproduced", {"partner": "lu"}, "season_title joined", [
        ("Nightwatch, season 2", True),
    ]),
    Case("members-of", {"fund": "Series Pool"}, "member part since", [
        ("Canal Un", "financier", "2016"),
        ("Fund One", "joint-fund", "2014"),
        ("Fund Two", "founder", "2014"),
        ("Fund Two", "joint-fund", "2014"),
        ("Luxembourg", "member", "2019"),
    ]),
    Case("members-of", {"fund": "Series Pool", "at": "2015-06"}, "member part since", [
        ("Fund One", "joint-fund", "2014"),
        ("Fund Two", "founder", "2014"),
        ("Fund Two", "joint-fund", "2014"),
    ]),
    Case("agreements-between", {}, "kind parties instrument since title", [
        ("joint-fund", "Fund One, Fund Two", "Series Pool", "2014", None),
        ("treaty", "Belgium, Luxembourg", None, "2001", "First Light"),
    ]),
    Case("agreements-between", {"partner": "FR", "at": "1995"}, "kind parties purpose since until", [
        ("treaty", "Belgium, France", "films", "1990", "2000"),
    ]),
    Case("agreements-between", {"kind": "treaty", "at": "2001-07-01"}, "parties", [
        ("Belgium, Luxembourg",),
    ]),
    Case("awards-of-coproductions", {}, "year category result title recipient n_sources", [
        (2019, "Best Director", "won", "First Light", "Dora Director", 1),
        (2019, "Best Director", "won", "First Light", "Emil Director", 1),
        (2021, "Best Director", "nominated", "Second Wind", "Dora Director", 1),
        (2021, "Best Film", "nominated", "Third Rail", None, 1),
        (2021, "Best Music", "won", "Second Wind", "Carl Composer", 1),
    ]),
    Case("award-recipients", {}, "year category title recipient recipient_type contradicted preferred source", [
        (2019, "Best Director", "First Light", "Emil Director", "Person", True, False, "articles/news.txt"),
        (2019, "Best Director", "First Light", "Dora Director", "Person", True, True, "records/films.csv"),
        (2020, "Best Foreign Film", "Home Only", "Belgium", "Country", False, None, "records/films.csv"),
        (2021, "Best Music", "Second Wind", "Carl Composer", "Person", False, None, "records/films.csv"),
    ]),
    Case("award-recipients", {"work": "Second Wind", "result": "nominated"}, "category recipient", [
        ("Best Director", "Dora Director"),
    ]),
    Case("nominated-not-winning", {}, "award_year category title companies", [
        (2021, "Best Director", "Second Wind", "Alpha Films, Beta Prod, Gamma Cinéma"),
        (2021, "Best Film", "Third Rail", "Alpha Films, Beta Prod"),
    ]),
    Case("nominated-not-winning", {"company": "Gamma Cinéma"}, "title", [
        ("Second Wind",),
    ]),
    Case("directors-abroad", {}, "director ties title basis", [
        ("Dora Director", "born in", "First Light", "majority"),
        ("Dora Director", "born in", "Second Wind", "partner"),
        ("Dora Director", "born in", "Third Rail", "majority"),
    ]),
    Case("directors-abroad", {"home": "BE", "abroad": "BE"}, "director ties title basis", [
        ("Emil Director", "nationality", "Nightwatch, season 1", "listed first"),
        ("Emil Director", "nationality", "Home Only", "listed first"),
    ]),
    Case("first-last-collaboration", {}, "name partner_name n_titles first_year last_year titles", [
        ("Alpha Films", "Beta Prod", 3, 2018, 2020, "First Light, Second Wind, Third Rail"),
        ("Alpha Films", "Gamma Cinéma", 1, 2020, 2020, "Second Wind"),
        ("Beta Prod", "Gamma Cinéma", 1, 2020, 2020, "Second Wind"),
    ]),
    Case("first-last-collaboration", {"company": "Alpha", "min": 2}, "partner_name", [
        ("Beta Prod",),
    ]),
    Case("recurrent-teams", {}, "director_name producer_name composer_name n_titles first_year last_year", [
        ("Dora Director", "Alpha Films", None, 3, 2018, 2020),
        ("Dora Director", "Alpha Films", "Carl Composer", 3, 2018, 2020),
        ("Dora Director", "Beta Prod", None, 3, 2018, 2020),
        ("Dora Director", "Beta Prod", "Carl Composer", 3, 2018, 2020),
        ("Dora Director", "Paul Producer", None, 3, 2018, 2020),
        ("Dora Director", "Paul Producer", "Carl Composer", 3, 2018, 2020),
    ]),
    Case("recurrent-teams", {"min": 4}, "director_name", [
    ]),
    Case("portfolio", {"company": "Beta Prod"}, "title roles partners funds", [
        ("First Light", "co-producer", "BE: Alpha Films", "Fund One"),
        ("Second Wind", "delegate", "BE: Alpha Films, FR: Gamma Cinéma", "Fund One, Fund Two"),
        ("Third Rail", "co-producer", "BE: Alpha Films", "Fund One"),
    ]),
    Case("portfolio", {"company": "Canal Un"}, "title roles", [
        ("Nightwatch, season 1", "airs"),
        ("First Light", "pre-buys"),
        ("Home Only", "co-producer"),
    ]),
    Case("sales-agents", {}, "company_name distribution title territories funds", [
        ("Salix Sales", "world sales", "Second Wind", "France", "Fund One, Fund Two"),
    ]),
    Case("sales-agents", {"fund": "Fund Two"}, "title", [
        ("Second Wind",),
    ]),
    Case("admissions", {}, "title type side territory admissions", [
        ("First Light", "co-production", "elsewhere", "France", 50),
        ("First Light", "co-production", "home", "Belgium", 1000),
        ("First Light", "co-production", "partner", "Luxembourg", 250),
        ("Home Only", "national", "home", "Belgium", 700),
    ]),
    Case("in-development", {}, "title why quote", [
        ("Nightwatch, season 2", "planned", "Sentence 14 of the news."),
        ("Plan B", "planned", "Sentence 6 of the news."),
        ("Plan B", "planned", "Sentence 7 of the news."),
        ("Plan B", "reported", "Sentence 16 of the news."),
    ]),
    Case("statements-of", {"article": "articles/news.txt"},
         "start kind names status confirmed_by contradicted_by", [
        (0, "Credit", "Dora Director, First Light", "asserted", "records/films.csv", ""),
        (100, "Credit", "Dora Director, Home Only", "negated", "", ""),
        (200, "PlaceRelation", "First Light, Luxembourg", "asserted", "records/films.csv", ""),
        (300, "Support", "First Light, Fund One", "asserted", "records/grants.csv", ""),
        (400, "Participation", "Beta Prod, First Light", "asserted", "", "records/shares.csv: 0.3"),
        (500, "AwardOutcome", "Emil Director, First Light, Golden Reel", "asserted", "",
         "records/films.csv: Dora Director"),
        (600, "Participation", "Beta Prod, Plan B", "planned", "", ""),
        (700, "Participation", "Alpha Films, Plan B", "planned", "", ""),
        (800, "Affiliation", "Luxembourg, Series Pool", "asserted", "", ""),
        (900, "Affiliation", "Fund Two, Series Pool", "asserted", "", ""),
        (1000, "Partnership", "Fund One, Fund Two, Series Pool", "asserted", "", ""),
        (1100, "Partnership", "Belgium, France", "asserted", "", ""),
        (1200, "Partnership", "Belgium, First Light, Luxembourg", "asserted", "", ""),
        (1300, "Statistic", "Belgium, Luxembourg", "asserted", "", ""),
        (1400, "Broadcast", "Canal Un, Nightwatch, season 2", "planned", "", ""),
        (1500, "Support", "Canal Un, Series Pool", "asserted", "", ""),
        (1600, "Participation", "Gamma Cinema, Plan B", "reported", "", ""),
        (1700, "PlaceRelation", "Belgium, Dora Director", "negated", "", ""),
    ]),
    Case("possible-duplicates", {}, "why name other_name score", [
        ("possibly the same", "Gamma Cinéma", "Gamma Cinema", 0.82),
    ]),
    Case("who-directed", {"work": "First Light"}, "director status source", [
        ("Dora Director", "asserted", "articles/news.txt"),
        ("Dora Director", "asserted", "records/films.csv"),
    ]),
    Case("who-directed", {"work": "Home Only"}, "director status source", [
        ("Dora Director", "negated", "articles/news.txt"),
        ("Emil Director", "asserted", "records/films.csv"),
    ]),
    Case("who-directed", {"work": "Nightwatch"}, "title director", [
        ("Nightwatch, season 1", "Emil Director"),
    ]),
    Case("filmography", {"person": "Paul Producer"}, "year title roles", [
        (2018, "First Light", "producer"),
        (2020, "Second Wind", "producer"),
        (2020, "Third Rail", "producer"),
    ]),
    Case("conflicts", {"outcome": "contradicted"}, "rule subject source value preferred", [
        ("award-recipients", "First Light", "records/films.csv", "Dora Director", True),
        ("award-recipients", "First Light", "articles/news.txt", "Emil Director", False),
        ("share", "First Light", "records/shares.csv", "0.3", True),
        ("share", "First Light", "articles/news.txt", "0.25", False),
        ("share-sum", "Second Wind", "records/shares.csv", "Alpha Films 0.3", False),
        ("share-sum", "Second Wind", "records/shares.csv", "Beta Prod 0.6", False),
        ("share-sum", "Second Wind", "records/shares.csv", "Gamma Cinéma 0.2", False),
    ]),
    Case("conflicts", {"outcome": "not comparable"}, "rule", [
    ]),
    Case("conflicts", {"rule": "share"}, "value independent preferred_by", [
        ("0.3", 1, "precedence"),
        ("0.25", 1, "precedence"),
    ]),
    Case("conflicts", {"entity": "Première lueur"}, "rule value", [
        ("award-recipients", "Dora Director"),
        ("award-recipients", "Emil Director"),
        ("share", "0.3"),
        ("share", "0.25"),
    ]),
    Case("confirmed", {}, "independent kind subject others sources", [
        (2, "Credit", "First Light", "Dora Director", "articles/news.txt, records/films.csv"),
        (2, "Participation", "First Light", "Beta Prod", "articles/news.txt, records/shares.csv"),
        (2, "PlaceRelation", "First Light", "Luxembourg", "articles/news.txt, records/films.csv"),
        (2, "Support", "First Light", "Fund One", "articles/news.txt, records/grants.csv"),
    ]),
    Case("confirmed", {"min": 3}, "kind", [
    ]),
    Case("weighed-claims", {"entity": "Emil Director", "only": "disputed"}, "kind others outweighed independent", [
        ("AwardOutcome", "First Light, Golden Reel", True, 1),
    ]),
    Case("weighed-claims", {"entity": "Golden Reel", "only": "preferred"}, "others disputed source", [
        ("Belgium, Home Only", False, "records/films.csv"),
        ("Carl Composer, Second Wind", False, "records/films.csv"),
        ("Dora Director, First Light", True, "records/films.csv"),
        ("Dora Director, Second Wind", False, "records/films.csv"),
        ("Third Rail", False, "records/films.csv"),
    ]),
    Case("weighed-claims", {"entity": "Beta Prod", "only": "confirmed"}, "others independent outweighed source", [
        ("First Light", 2, True, "articles/news.txt"),
        ("First Light", 2, False, "records/shares.csv"),
    ]),
    Case("claims-of", {"entity": "Beta Prod"}, "kind part others status source", [
        ("Participation", "organization", "First Light", "asserted", "articles/news.txt"),
        ("Participation", "organization", "First Light", "asserted", "records/shares.csv"),
        ("Participation", "organization", "Plan B", "planned", "articles/news.txt"),
        ("Participation", "organization", "Second Wind", "asserted", "records/shares.csv"),
        ("Participation", "organization", "Third Rail", "asserted", "records/shares.csv"),
        ("PlaceRelation", "entity", "Luxembourg", "asserted", "records/films.csv"),
    ]),
    Case("statistics", {}, "subject_name measure value unit period", [
        ("Belgium", "number of films", 3, "films", "2018-2020"),
        ("First Light", "admissions", 50, "tickets", None),
        ("First Light", "admissions", 250, "tickets", None),
        ("First Light", "admissions", 1000, "tickets", None),
        ("Home Only", "admissions", 700, "tickets", None),
    ]),
    Case("source-coverage", {},
         "path type n_claims n_asserted n_planned_or_reported n_negated n_works first_year last_year", [
        ("articles/news.txt", "article", 18, 12, 4, 2, 4, 2018, 2019),
        ("records/films.csv", "record", 43, 43, 0, 0, 6, 2017, 2020),
        ("records/grants.csv", "record", 9, 9, 0, 0, 5, 2017, 2020),
        ("records/shares.csv", "record", 7, 7, 0, 0, 3, 2018, 2020),
    ]),
)
# fmt: on
