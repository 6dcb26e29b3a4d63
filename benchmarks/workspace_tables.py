"""The rows of an invented workspace: who made which film, and what each source says of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from random import Random
from typing import Any

import numpy as np
from imdb_data import ImdbData
from invented import company_names

__all__ = ["WorkspaceTables"]

_COUNTRIES = [
    "FR",
    "BE",
    "LU",
    "DE",
    "GB",
    "IT",
    "ES",
    "NL",
    "IE",
    "DK",
    "SE",
    "NO",
    "FI",
    "PL",
    "CZ",
    "HU",
    "RO",
    "PT",
    "CH",
    "AT",
    "CA",
    "US",
    "GR",
    "BG",
    "HR",
    "RS",
    "SI",
    "SK",
    "EE",
    "LV",
    "LT",
    "IS",
    "TR",
    "IL",
    "MA",
    "TN",
]
_LANGUAGES = ("fr", "nl", "en", "de", "lb", "it", "es")
_CITIES = ("Liège", "Namur", "Esch", "Köln", "Lille", "Porto", "Gdańsk", "Malmö", "Trieste", "Galway", "Brno", "Szeged")
_CATEGORIES = (
    "Best Film",
    "Best Director",
    "Best Actor",
    "Best Actress",
    "Best Screenplay",
    "Best Music",
    "Best First Film",
)
_STAGES = ("writing", "development", "production", "production", "distribution")


class WorkspaceTables:
    """The films, the companies behind them, and one method for each table."""

    def __init__(self, n_films: int, n_titles: int, seed: int) -> None:
        self.random = Random(seed)
        data = ImdbData(max(n_titles, n_films * 8), seed)
        at = np.flatnonzero(data.is_type("movie", "tvMovie"))[:n_films]
        people = data.principals(at).join(
            data.names(np.arange(data.n_people), _Unknown()).select("nconst", "primaryName"), on="nconst", how="left"
        )
        self.credits: dict[int, list[tuple[str, str, str]]] = {}
        for title, category, name, characters in people.select(
            "title", "category", "primaryName", "characters"
        ).iter_rows():
            part = json.loads(characters)[0] if characters else ""
            self.credits.setdefault(title, []).append((category, name, part))
        self.films = [
            {"at": k, "work": row["primaryTitle"], "imdb": row["tconst"], "year": row["startYear"] or 2011}
            for k, row in zip(at.tolist(), data.titles(at).iter_rows(named=True), strict=True)
        ]
        names = list(dict.fromkeys(company_names(seed, np.arange(n_films))))[: max(30, n_films // 2)]
        self.companies = [(name, self.country()) for name in names]
        n_houses = max(8, n_films // 75)
        self.funds = [
            f"{city} Film Fund{'' if k < len(_CITIES) else f' {k}'}" for k, city in zip(range(n_houses), cycle(_CITIES))
        ]
        self.channels = [f"Kanal {k + 1}" for k in range(n_houses)]
        self.festivals = [
            f"{city} Film Festival{'' if k < len(_CITIES) else f' {k}'}"
            for k, city in zip(range(n_houses), cycle(_CITIES))
        ]
        for film in self.films:
            self.complete(film)

    def country(self) -> str:
        """Return the code of a country."""
        return self.some(_COUNTRIES, 2.5)

    def some(self, values: Sequence[Any], skew: float = 2.0) -> Any:
        """Return one of the values; the first ones have most of the chances."""
        return values[int(self.random.random() ** skew * len(values))]

    def complete(self, film: dict[str, Any]) -> None:
        """Decide who made a film: every sixth is made by Belgium and Luxembourg, as in the example."""
        countries = dict.fromkeys(self.country() for _ in range(self.random.randint(1, 4)))
        if self.random.random() < 1 / 6:
            countries = dict.fromkeys(self.random.sample(["BE", "LU"], 2)) | countries
        film["countries"] = list(countries)
        film["companies"] = list(dict.fromkeys(self.some(self.companies) for _ in range(len(countries) + 1)))
        film["directors"] = [name for category, name, _ in self.credits[film["at"]] if category == "director"]
        film["about"] = {"work": film["work"], "kind": "film", "year": film["year"]}

    def sample(self, share: float) -> list[dict[str, Any]]:
        """Return so large a part of the films."""
        return [film for film in self.films if self.random.random() < share]

    def tables(self) -> Iterator[tuple[str, str, Iterable[dict[str, Any]]]]:
        """Yield each table: its name, that of the table which it is like, and its rows."""
        for method in sorted(name for name in dir(self) if name.endswith("_rows")):
            name = method.removesuffix("_rows").removeprefix("_")
            if name == "participations":
                yield name, name, self._participations_rows(0.8)
                yield f"{name}-again", name, self._participations_rows(0.3)
            else:
                yield name, name, getattr(self, method)()

    def _companies_rows(self) -> Iterable[dict[str, Any]]:
        for k, (name, country) in enumerate(self.companies):
            other = f"{name} SA" if k % 9 == 0 else ""
            yield {
                "name": name,
                "other_names": other,
                "type": "production company",
                "country": country,
                "wikidata": f"Q{900000 + k}",
            }
        for kind, names in (("fund", self.funds), ("broadcaster", self.channels)):
            for name in names:
                yield {"name": name, "type": kind, "country": self.country()}

    def _films_rows(self) -> Iterable[dict[str, Any]]:
        for k, film in enumerate(self.films):
            known = k % 3 > 0
            yield {
                "no": f"F{k:06}",
                "film": film["work"],
                "year": film["year"],
                "countries": ";".join(film["countries"]),
                "directors": ";".join(film["directors"]),
                "imdb": film["imdb"] if known else "",
            }

    def _agec_rows(self) -> Iterable[dict[str, Any]]:
        """The same films in another source, which has another leading country now and then."""
        for film in self.sample(0.3):
            countries = film["countries"] if self.random.random() < 0.7 else film["countries"][::-1]
            for rank, country in enumerate(countries):
                yield {
                    "agec": f"{countries[0]}{film['year']}_{film['at']}",
                    "title": film["work"],
                    "release": f"{film['year']}-{self.random.randint(1, 12):02}-11",
                    "directors": ";".join(film["directors"]),
                    "country": country,
                    "prod_share": "MIN" if rank else "MAJ",
                    "genre": "drama",
                }

    def _participations_rows(self, share: float) -> Iterable[dict[str, Any]]:
        for film in self.sample(share):
            weights = [self.random.randint(1, 9) for _ in film["companies"]]
            whole = sum(weights) * (1 if self.random.random() < 0.9 else 1.2)
            stated = self.random.random() < 0.5
            for rank, ((name, country), weight) in enumerate(zip(film["companies"], weights, strict=True)):
                yield film["about"] | {
                    "company": f"{name} SA" if rank == 0 and self.random.random() < 0.05 else name,
                    "country": country,
                    "role": "co-producer" if rank else "delegate",
                    "share": round(weight / whole, 3) if stated else "",
                    "standing": ("minority" if rank else "majority") if self.random.random() < 0.3 else "",
                }

    def _credits_rows(self) -> Iterable[dict[str, Any]]:
        roles = ("writer", "producer", "composer", "cinematographer", "editor", "actor", "actress")
        for film in self.films:
            for billing, (category, name, part) in enumerate(self.credits[film["at"]]):
                if category in roles:
                    role = "actor" if category == "actress" else category
                    yield film["about"] | {"person": name, "role": role, "character": part, "billing": billing + 1}

    def _people_rows(self) -> Iterable[dict[str, Any]]:
        names = dict.fromkeys(name for film in self.films for name in film["directors"])
        for name in names:
            if self.random.random() < 0.6:
                yield {
                    "name": name,
                    "birth_year": self.random.randint(1930, 1998),
                    "nationality": self.country(),
                    "born_in": self.country(),
                }

    def _support_rows(self) -> Iterable[dict[str, Any]]:
        for film in self.sample(0.8):
            for fund in dict.fromkeys(self.some(self.funds) for _ in range(self.random.randint(1, 3))):
                date = self.random.choice(
                    [str(film["year"] - 1), f"{film['year'] - 1}-{self.random.randint(1, 12):02}"]
                )
                yield {
                    "funder": fund,
                    "funder_type": "organization",
                    **film["about"],
                    "stage": self.random.choice(_STAGES),
                    "amount": self.random.randint(5, 250) * 10_000,
                    "currency": "EUR",
                    "date": date,
                }

    def _broadcasts_rows(self) -> Iterable[dict[str, Any]]:
        for film in self.sample(0.4):
            yield film["about"] | {
                "broadcaster": self.some(self.channels),
                "role": self.random.choice(["airs", "airs", "pre-buys", "commissions"]),
                "territory": self.country(),
                "date": film["year"] + 1,
            }

    def _distribution_rows(self) -> Iterable[dict[str, Any]]:
        for film in self.sample(0.6):
            for kind in self.random.sample(
                ["theatrical", "world sales", "video", "streaming"], self.random.randint(1, 2)
            ):
                territories = dict.fromkeys(self.country() for _ in range(self.random.randint(0, 3)))
                yield film["about"] | {
                    "company": self.some(self.companies, 4)[0],
                    "distribution": kind,
                    "territories": ";".join(territories),
                }

    def _facts_rows(self) -> Iterable[dict[str, Any]]:
        for film in self.sample(0.7):
            yield film["about"] | {"property": "runtime", "value": self.random.randint(60, 160), "unit": "min"}
            yield film["about"] | {"property": "budget", "value": self.random.randint(5, 90) * 100_000, "unit": "EUR"}
            yield film["about"] | {"property": "language", "value": self.some(_LANGUAGES)}
            if self.random.random() < 0.2:  # the list of films and this table differ by a year or two
                year = film["year"] + self.random.randint(0, 2)
                yield film["about"] | {"property": "production year", "value": year}

    def _origins_rows(self) -> Iterable[dict[str, Any]]:
        for film in self.sample(0.1):
            origin = self.random.choice(self.films)
            if origin is not film:
                yield film["about"] | {
                    "relation": self.random.choice(["based on", "remake of", "inspired by"]),
                    "origin": origin["work"],
                    "origin_type": "work",
                    "origin_year": origin["year"],
                }

    def _works_rows(self) -> Iterable[dict[str, Any]]:
        """Series and their seasons, which gain a country from time to time."""
        for k, film in enumerate(self.films[:: max(1, len(self.films) // max(4, len(self.films) // 12))]):
            series = {"series": f"{film['work']} – The Series {k}", "series_year": film["year"]}
            yield {"title": series["series"], "kind": "series", "year": film["year"], "countries": film["countries"][0]}
            for season in range(1, self.random.randint(2, 5)):
                yield series | {
                    "title": f"{series['series']}, season {season}",
                    "kind": "season",
                    "year": film["year"] + season - 1,
                    "season": season,
                    "countries": ";".join(film["countries"][: season + 1]),
                }

    def _prizes_rows(self) -> Iterable[dict[str, Any]]:
        """Each year's prizes: a winner among five; a few are told of two winners."""
        for year in range(1990, 2026):
            films = [film for film in self.films if film["year"] == year - 1]
            for award in (f"{festival.split()[0]} Award" for festival in self.festivals[: max(3, len(films) // 6)]):
                for category in _CATEGORIES[: len(films) // 4]:
                    for place, film in enumerate(self.random.sample(films, min(5, len(films)))):
                        people = film["directors"][:1] if "Director" in category else []
                        yield film["about"] | {
                            "award": award,
                            "edition": str(year - 1980),
                            "award_year": year,
                            "category": category,
                            "result": "nominated" if place else "won",
                            "recipients": ";".join(people),
                            "event": f"{award}s",
                        }

    def _awards_rows(self) -> Iterable[dict[str, Any]]:
        """Prizes of people that prizes.csv tells too, of another winner in one case of three."""
        for film in self.sample(0.2):
            names = [name for _, name, _ in self.credits[film["at"]]]
            yield {
                "edition": str(film["year"] - 1979),
                "ceremony_year": film["year"] + 1,
                "category": self.random.choice(_CATEGORIES),
                "kind": "film",
                "film": film["work"],
                "film_imdb": film["imdb"],
                "film_year": film["year"],
                "recipients": self.random.choice(names),
                "won": self.random.choice(["yes", "no"]),
            }

    def _screenings_rows(self) -> Iterable[dict[str, Any]]:
        for film in self.sample(0.6):
            for festival in dict.fromkeys(self.some(self.festivals) for _ in range(self.random.randint(1, 3))):
                yield film["about"] | {
                    "festival": festival,
                    "festival_year": film["year"],
                    "section": "Official Selection",
                    "screening": self.random.choice(["competition", "premiere", "screening", "project"]),
                }

    def _partnerships_rows(self) -> Iterable[dict[str, Any]]:
        for k in range(len(self.films) // 10):
            parties = list(
                dict.fromkeys(self.some(self.funds + self.channels) for _ in range(self.random.randint(2, 3)))
            )
            row = {
                "organizations": parties,
                "partnership": "collaboration",
                "purpose": "joint works",
                "since": str(1995 + k % 28),
            }
            if k % 4 == 0:
                row |= {"partnership": "joint fund", "agreement": f"{parties[0]} and {parties[-1]} joint fund {k}"}
            if k % 4 == 1:
                pair = dict.fromkeys(self.country() for _ in range(2))
                row = {
                    "countries": list(pair),
                    "partnership": "treaty",
                    "purpose": "co-productions",
                    "since": str(1980 + k % 40),
                }
            if len(row.get("countries", parties)) > 1:
                yield row

    def _affiliations_rows(self) -> Iterable[dict[str, Any]]:
        people = list(dict.fromkeys(name for film in self.films for name in film["directors"]))
        for name, _ in self.companies:
            for role in self.random.sample(["founder", "owner", "employee"], self.random.randint(1, 3)):
                agent = {"agent": self.some(people), "agent_type": "person"}
                if role == "owner":
                    agent = {"agent": self.some(self.companies)[0], "agent_type": "company"}
                if agent["agent"] != name:
                    yield agent | {"organization": name, "role": role, "since": str(self.random.randint(1970, 2020))}

    def _figures_rows(self) -> Iterable[dict[str, Any]]:
        for fund in self.funds:
            for year in range(2005, 2024):
                yield {
                    "subject": fund,
                    "subject_type": "Organization",
                    "measure": "aid granted",
                    "value": self.random.randint(1, 400) * 100_000,
                    "unit": "EUR",
                    "approximate": "no",
                    "from": year,
                    "to": year,
                    "period": str(year),
                }

    def _admissions_rows(self) -> Iterable[dict[str, Any]]:
        for film in self.sample(0.35):
            for country in dict.fromkeys([*film["countries"], self.country(), self.country()]):
                yield film["about"] | {
                    "territory": country,
                    "value": self.random.randint(100, 900_000),
                    "period": film["year"],
                }


class _Unknown:
    """Careers of which nothing is told."""

    def professions(self, at: np.ndarray) -> list[None]:
        return [None] * len(at)

    known_for = professions
