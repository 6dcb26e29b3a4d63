"""Write invented data in the layout of the IMDb data sets: seven tab-separated files, of any size.

Run it with ``python benchmarks/imdb_data.py FOLDER --titles 100000``. A title has eight principals, and there are 1.6
people to each title; how often people are credited follows a power law, episodes keep the team of their series, and
crews come back. The same size and seed give the same bytes. Titles are made in pieces; only a few numbers per title
and person are held.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl
from columns import gathered, joined, unless, where
from invented import below, is_woman, person_names, uniform, work_titles

__all__ = ["COLUMNS", "ImdbData", "write_imdb"]

COLUMNS = {
    "title.basics": ("tconst", "titleType", "primaryTitle", "originalTitle", "isAdult", "startYear", "endYear",
                     "runtimeMinutes", "genres"),
    "title.principals": ("tconst", "ordering", "nconst", "category", "job", "characters"),
    "title.crew": ("tconst", "directors", "writers"),
    "title.episode": ("tconst", "parentTconst", "seasonNumber", "episodeNumber"),
    "title.ratings": ("tconst", "averageRating", "numVotes"),
    "title.akas": ("titleId", "ordering", "title", "region", "language", "types", "attributes", "isOriginalTitle"),
    "name.basics": ("nconst", "primaryName", "birthYear", "deathYear", "primaryProfession", "knownForTitles"),
}  # fmt: skip
#: Kinds of title with their part of all.
_TYPES = {"tvEpisode": 0.42, "movie": 0.16, "short": 0.16, "video": 0.08, "tvSeries": 0.07, "tvMovie": 0.04,
          "tvSpecial": 0.02, "tvMiniSeries": 0.02, "videoGame": 0.02, "tvShort": 0.01}  # fmt: skip
_CAST = ("actor", "actress", "self", "archive_footage", "archive_sound")
_CREW = ("director", "writer", "producer", "composer", "cinematographer", "editor", "production_designer",
         "casting_director")  # fmt: skip
_CATEGORIES = _CAST + _CREW
_PROFESSIONS = ("actor", "actress", "miscellaneous", "archive_footage", "archive_sound", *_CREW)
_JOBS = {
    "writer": ("screenplay", "written by", "story", "based on the novel by", "created by"),
    "producer": ("producer", "executive producer", "co-producer", "producer (p.g.a.)", "line producer"),
}
_GENRES = ("Action", "Adventure", "Animation", "Biography", "Comedy", "Crime", "Documentary", "Drama", "Family",
           "Fantasy", "History", "Horror", "Music", "Mystery", "News", "Reality-TV", "Romance", "Sci-Fi", "Talk-Show",
           "Thriller")  # fmt: skip
_REGIONS = ("US", "FR", "DE", "JP", "GB", "IN", "ES", "IT", "PT", "BE", "LU", "NL", "CA", "BR", "XWW")
_PARTS = ("Detective", "Dr.", "Nurse", "Inspector", "Mme", "Frau", "Captain", "Young", "Judge", "Señor")
_PEOPLE_PER_TITLE = 1.6
_LAST_YEAR = 2025
_CHUNK = 100_000
_KNOWN_FOR = 4


class ImdbData:
    """The titles, and the people in them.

    Parameters
    ----------
    n_titles
        How many titles, from 1.
    seed
        Another seed gives other data.
    """

    def __init__(self, n_titles: int, seed: int = 7) -> None:
        self.n_titles = n_titles
        self.n_people = max(10, round(n_titles * _PEOPLE_PER_TITLE))
        self.seed = seed
        # The rank of a person in the number of credits says nothing of the id.
        self._stride = next(
            s for s in range(self.n_people * 6 // 10 | 1, 2 * self.n_people, 2) if np.gcd(s, self.n_people) == 1
        )

    @cached_property
    def types(self) -> np.ndarray:
        """Position in the kinds of title, by title; the first title is a series, so that episodes have one."""
        bounds = np.cumsum(list(_TYPES.values()))[:-1]
        types = np.searchsorted(bounds, uniform(self.seed, "type", np.arange(self.n_titles)), side="right")
        types[0] = list(_TYPES).index("tvSeries")
        return types.astype(np.int8)

    def is_type(self, *names: str) -> np.ndarray:
        """Return whether the titles are of one of these kinds."""
        return np.isin(self.types, [list(_TYPES).index(name) for name in names])

    @cached_property
    def parents(self) -> np.ndarray:
        """The series of an episode, -1 for other titles; some series have very many."""
        series = np.flatnonzero(self.is_type("tvSeries", "tvMiniSeries"))
        at = np.flatnonzero(self.is_type("tvEpisode"))
        parents = np.full(self.n_titles, -1, dtype=np.int32)
        parents[at] = series[(uniform(self.seed, "series", at) ** 2 * len(series)).astype(np.int64)]
        return parents

    @cached_property
    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """Season and episode, by title; 0 where there is none."""
        season, episode = np.zeros((2, self.n_titles), dtype=np.int32)
        at = np.flatnonzero(self.parents >= 0)
        at = at[np.argsort(self.parents[at], kind="stable")]
        parents = self.parents[at]
        rank = np.arange(len(at)) - np.searchsorted(parents, parents)
        size = 6 + below(self.seed, "season size", parents, 18)
        season[at], episode[at] = 1 + rank // size, 1 + rank % size
        return season, episode

    @cached_property
    def years(self) -> np.ndarray:
        """First year of each title; an episode's follows from its season."""
        years = _LAST_YEAR - (uniform(self.seed, "year", np.arange(self.n_titles)) ** 2.5 * 110).astype(np.int64)
        episodes = self.parents >= 0
        years[episodes] = years[self.parents[episodes]] + self.numbers[0][episodes] - 1
        return np.minimum(years, _LAST_YEAR)

    def titles(self, at: np.ndarray) -> pl.DataFrame:
        """Return rows of title.basics."""
        seed, years = self.seed, self.years[at]
        title = work_titles(seed, at)
        season, episode = (numbers[at] for numbers in self.numbers)
        numbered = (self.parents[at] >= 0) & (uniform(seed, "numbered", at) < 0.6)
        title = where(numbered, joined("Episode #", season, ".", episode), title)
        original = where(uniform(seed, "original", at) < 0.12, work_titles(seed + 1, at), title)
        series = self.is_type("tvSeries", "tvMiniSeries")[at]
        end = np.minimum(years + below(seed, "seasons", at, 9), _LAST_YEAR)
        names = ("genre 1", "genre 2", "genre 3")
        genres = np.sort(np.stack([below(seed, name, at, len(_GENRES)) for name in names]), axis=0)
        listed = pl.DataFrame({name: gathered(_GENRES, row) for name, row in zip(names, genres, strict=True)})
        n_genres = 1 + below(seed, "genres", at, 3)
        listed = listed.with_columns(pl.Series("n", n_genres)).select(
            pl.concat_list(names).list.unique(maintain_order=True).list.head("n").list.join(",").alias("genres")
        )
        return pl.DataFrame(
            {
                "tconst": _ids("tt", at + 1),
                "titleType": gathered(list(_TYPES), self.types[at]),
                "primaryTitle": title,
                "originalTitle": original,
                "isAdult": (uniform(seed, "adult", at) < 0.01).astype(np.int64),
                "startYear": unless(uniform(seed, "no year", at) < 0.04, years),
                "endYear": unless(~series | (uniform(seed, "ended", at) < 0.5), end),
                "runtimeMinutes": unless(uniform(seed, "no runtime", at) < 0.4, 5 + below(seed, "runtime", at, 140)),
                "genres": unless(uniform(seed, "no genre", at) < 0.03, listed["genres"]),
            }
        )

    def principals(self, at: np.ndarray) -> pl.DataFrame:
        """Return rows of title.principals, with the positions `title`, `person` and `group` of their ids."""
        seed = self.seed
        size = 4 + below(seed, "size", at, 9)
        title = np.repeat(at, size)
        slot = np.arange(len(title)) - np.repeat(np.cumsum(size) - size, size)
        n_cast = np.repeat((size + 1) // 2, size)
        crew = slot - n_cast
        in_crew = crew >= 0
        row = title * 64 + slot
        # Regulars of a series, and crews that go from film to film, are those of another title.
        group = title.copy()
        parents = self.parents[title]
        regular = (parents >= 0) & (np.where(in_crew, crew < 2, slot < 3))
        group[regular] = parents[regular]
        again = (parents < 0) & in_crew & (crew < 3) & (uniform(seed, "team", title) < 0.3)
        group[again] = np.maximum(title[again] - 1 - below(seed, "before", title[again], 6), 0)
        key = group * 64 + np.where(in_crew, 32 + crew, slot)
        rank = (uniform(seed, "person", key) ** 2 * self.n_people).astype(np.int64)
        person = (rank + 1) * self._stride % self.n_people
        shifted = (uniform(seed, "shift", row)[:, None] < (0.25, 0.08)).sum(axis=1)
        category = np.where(in_crew, len(_CAST) + np.minimum(crew + shifted, len(_CREW) - 1), is_woman(seed, person))
        himself = ~in_crew & (uniform(seed, "self", title) < 0.1)
        category[himself] = _CAST.index("self")
        category[~in_crew & (uniform(seed, "archive", row) < 0.015)] = _CAST.index("archive_footage")
        return pl.DataFrame(
            {
                "tconst": _ids("tt", title + 1),
                "ordering": slot + 1,
                "nconst": _ids("nm", person + 1),
                "category": gathered(_CATEGORIES, category),
                "job": self._jobs(row, category),
                "characters": self._characters(key, row, category),
                "title": title,
                "person": person,
                "kind": category.astype(np.int8),
            }
        )

    def _jobs(self, row: np.ndarray, category: np.ndarray) -> pl.Series:
        values = [job for jobs in _JOBS.values() for job in jobs]
        pick = below(self.seed, "job", row, len(values) // len(_JOBS))
        pick += np.where(category == _CATEGORIES.index("producer"), len(values) // len(_JOBS), 0)
        stated = np.isin(category, [_CATEGORIES.index(name) for name in _JOBS])
        return unless(~stated | (uniform(self.seed, "no job", row) < 0.3), gathered(values, pick))

    def _characters(self, key: np.ndarray, row: np.ndarray, category: np.ndarray) -> pl.Series:
        """Return JSON arrays; a part may hold quotes, and one player has two parts now and then."""
        seed = self.seed
        part = person_names(seed + 2, key)
        titled = joined(gathered(_PARTS, below(seed, "part", key, len(_PARTS))), " ", part.str.split(" ").list.last())
        part = where(uniform(seed, "titled", key) < 0.4, titled, part)
        part = where(uniform(seed, "nickname", key) < 0.01, joined('\\"Doc\\" ', part), part)
        part = where(
            category == _CAST.index("self"), gathered(("Self", "Self - Host"), below(seed, "host", key, 2)), part
        )
        both = joined('["', part, '","', person_names(seed + 3, key), '"]')
        listed = where(uniform(seed, "two parts", row) < 0.03, both, joined('["', part, '"]'))
        unknown = (category >= _CAST.index("archive_footage")) | (uniform(seed, "no part", row) < 0.25)
        return unless(unknown, listed)

    def crew(self, principals: pl.DataFrame, at: np.ndarray) -> pl.DataFrame:
        """Return rows of title.crew: the directors and writers among the principals, and one more writer at times."""
        more = at[uniform(self.seed, "one more writer", at) < 0.2]
        extra = pl.DataFrame(
            {
                "title": more,
                "category": ["writer"] * len(more),
                "nconst": _ids("nm", 1 + below(self.seed, "writer", more, self.n_people)),
            }
        )
        people = pl.concat([principals.select("title", "category", "nconst"), extra])
        lists = people.group_by("title").agg(
            pl.col("nconst").filter(pl.col("category") == name).unique(maintain_order=True).str.join(",").alias(column)
            for name, column in (("director", "directors"), ("writer", "writers"))
        )
        frame = pl.DataFrame({"title": at, "tconst": _ids("tt", at + 1)}).join(
            lists, on="title", how="left", maintain_order="left"
        )
        return frame.select("tconst", *(pl.col(c).replace("", None) for c in ("directors", "writers")))

    def episodes(self, at: np.ndarray) -> pl.DataFrame:
        """Return rows of title.episode."""
        at = at[self.parents[at] >= 0]
        season, episode = (numbers[at] for numbers in self.numbers)
        unknown = uniform(self.seed, "no season", at) < 0.1
        return pl.DataFrame(
            {
                "tconst": _ids("tt", at + 1),
                "parentTconst": _ids("tt", self.parents[at] + 1),
                "seasonNumber": unless(unknown, season),
                "episodeNumber": unless(unknown, episode),
            }
        )

    def ratings(self, at: np.ndarray) -> pl.DataFrame:
        """Return rows of title.ratings."""
        at = at[uniform(self.seed, "rated", at) < 0.4]
        votes = 5 + (10 ** (uniform(self.seed, "votes", at) ** 3 * 6)).astype(np.int64)
        rating = (10 + below(self.seed, "rating", at, 91)) / 10
        return pl.DataFrame({"tconst": _ids("tt", at + 1), "averageRating": rating, "numVotes": votes})

    def akas(self, at: np.ndarray) -> pl.DataFrame:
        """Return rows of title.akas: the original title, then those of some regions."""
        seed = self.seed
        size = 1 + (uniform(seed, "akas", at) ** 3 * 7).astype(np.int64)
        title = np.repeat(at, size)
        slot = np.arange(len(title)) - np.repeat(np.cumsum(size) - size, size)
        row = title * 16 + slot
        first = slot == 0
        basics = self.titles(at)["originalTitle"].gather(np.repeat(np.arange(len(at)), size))
        other = where(uniform(seed, "translated", row) < 0.5, work_titles(seed + 4, row), basics)
        types = gathered(("imdbDisplay", "working", "alternative", "dvd"), below(seed, "aka type", row, 4))
        return pl.DataFrame(
            {
                "titleId": _ids("tt", title + 1),
                "ordering": slot + 1,
                "title": where(first, basics, other),
                "region": unless(first, gathered(_REGIONS, below(seed, "region", row, len(_REGIONS)))),
                "language": unless(uniform(seed, "no language", row) < 0.7, gathered(("en", "fr", "ja"), row % 3)),
                "types": where(
                    first,
                    gathered(("original",), np.zeros(len(row), np.int64)),
                    unless(uniform(seed, "no aka type", row) < 0.3, types),
                ),
                "attributes": unless(
                    first | (uniform(seed, "attribute", row) < 0.95), gathered(("literal title",), row * 0)
                ),
                "isOriginalTitle": first.astype(np.int64),
            }
        )

    def names(self, at: np.ndarray, careers: Careers) -> pl.DataFrame:
        """Return rows of name.basics."""
        seed = self.seed
        born = _LAST_YEAR - 18 - (uniform(seed, "born", at) * 110).astype(np.int64)
        no_birth = uniform(seed, "no birth", at) < 0.7
        alive = (born > _LAST_YEAR - 60) | (uniform(seed, "dead", at) < 0.3)
        return pl.DataFrame(
            {
                "nconst": _ids("nm", at + 1),
                "primaryName": person_names(seed, at),
                "birthYear": unless(no_birth, born),
                "deathYear": unless(no_birth | alive, born + 50 + below(seed, "died", at, 8)),
                "primaryProfession": careers.professions(at),
                "knownForTitles": careers.known_for(at),
            }
        )


class Careers:
    """What name.basics tells of the credits of each person, gathered from the principals piece by piece."""

    def __init__(self, n_people: int) -> None:
        self._titles = np.full((n_people, _KNOWN_FOR), -1, dtype=np.int32)
        self._n = np.zeros(n_people, dtype=np.int8)
        self._kinds = np.zeros(n_people, dtype=np.uint16)

    def add(self, principals: pl.DataFrame) -> None:
        """Take in the credits of some titles."""
        np.bitwise_or.at(
            self._kinds, principals["person"].to_numpy(), 1 << principals["kind"].to_numpy().astype(np.uint16)
        )
        pairs = principals.select("person", "title").unique(maintain_order=True).sort("person", maintain_order=True)
        person, title = pairs["person"].to_numpy(), pairs["title"].to_numpy()
        place = np.arange(len(person)) - np.searchsorted(person, person) + self._n[person]
        free = place < _KNOWN_FOR
        self._titles[person[free], place[free]] = title[free]
        np.add.at(self._n, person[free], 1)

    def professions(self, at: np.ndarray) -> pl.Series:
        """Return up to three professions each, joined by commas."""
        bits = self._kinds[at]
        columns = {name: unless((bits >> k & 1) == 0, gathered((name,), at * 0)) for k, name in enumerate(_PROFESSIONS)}
        listed = pl.DataFrame(columns).select(
            pl.concat_list(pl.all()).list.drop_nulls().list.head(3).list.join(",").alias("p")
        )
        return listed["p"].replace("", None)

    def known_for(self, at: np.ndarray) -> pl.Series:
        """Return up to four titles each, joined by commas."""
        titles = self._titles[at]
        columns = {str(k): unless(titles[:, k] < 0, _ids("tt", titles[:, k] + 1)) for k in range(_KNOWN_FOR)}
        listed = pl.DataFrame(columns).select(pl.concat_list(pl.all()).list.drop_nulls().list.join(",").alias("t"))
        return listed["t"].replace("", None)


def write_imdb(folder: Path, n_titles: int, seed: int = 7, *, gz: bool = False) -> dict[str, int]:
    """Write the seven files into `folder` and return the number of rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    data, rows = ImdbData(n_titles, seed), dict.fromkeys(COLUMNS, 0)
    careers = Careers(data.n_people)
    with _Files(folder, gz) as files:
        for at in _pieces(n_titles):
            principals = data.principals(at)
            careers.add(principals)
            parts = {
                "title.basics": data.titles(at),
                "title.principals": principals.select(COLUMNS["title.principals"]),
                "title.crew": data.crew(principals, at),
                "title.episode": data.episodes(at),
                "title.ratings": data.ratings(at),
                "title.akas": data.akas(at),
            }
            for name, part in parts.items():
                rows[name] += files.write(name, part)
        for at in _pieces(data.n_people):
            rows["name.basics"] += files.write("name.basics", data.names(at, careers))
    return rows


class _Files:
    """The seven files, open at once."""

    def __init__(self, folder: Path, gz: bool) -> None:
        self._ending = ".tsv.gz" if gz else ".tsv"
        self._folder = folder
        self._stack = ExitStack()
        self._open: dict[str, IO[bytes]] = {}

    def __enter__(self) -> _Files:
        for name, columns in COLUMNS.items():
            file = self._stack.enter_context((self._folder / f"{name}{self._ending}").open("wb"))
            if self._ending.endswith(".gz"):  # without name and time, so that the bytes are always the same
                file = self._stack.enter_context(gzip.GzipFile("", "wb", 1, file, mtime=0))
            file.write(("\t".join(columns) + "\n").encode())
            self._open[name] = file
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(self, name: str, frame: pl.DataFrame) -> int:
        """Append rows and return their number."""
        text = frame.write_csv(separator="\t", include_header=False, quote_style="never", null_value="\\N")
        self._open[name].write(text.encode())
        return frame.height


def _pieces(n: int) -> Iterator[np.ndarray]:
    for start in range(0, n, _CHUNK):
        yield np.arange(start, min(start + _CHUNK, n))


def _ids(prefix: str, numbers: np.ndarray) -> pl.Series:
    """Return ids of seven digits or more."""
    return joined(prefix, pl.Series(numbers).cast(pl.String).str.zfill(7))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--titles", type=int, default=100_000, help="up to some millions (default 100,000)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--gz", action="store_true", help="compress the files, as IMDb does")
    arguments = parser.parse_args()
    started = time.perf_counter()
    rows = write_imdb(arguments.folder, arguments.titles, arguments.seed, gz=arguments.gz)
    for name, n in rows.items():
        print(f"{name:<18}{n:>12,} rows")
    print(f"{time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
