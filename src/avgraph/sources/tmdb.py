"""Titles of TMDb as rows: one movie or series with what was asked along (credits, release dates, seasons).

Reference: https://developer.themoviedb.org/reference/movie-details and tv-series-details.  A number 0 and an empty text
are unknown.  The order of companies says nothing of their shares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["title_row"]

Json = Mapping[str, Any]

_JOBS = {
    "Director": "director", "Co-Director": "director", "Writer": "writer", "Screenplay": "writer", "Story": "writer",
    "Teleplay": "writer", "Co-Writer": "writer", "Adaptation": "writer", "Dialogue": "writer",
    "Scenario Writer": "writer", "Producer": "producer", "Executive Producer": "executive producer",
    "Co-Executive Producer": "executive producer", "Co-Producer": "co-producer",
    "Original Music Composer": "composer", "Music": "composer", "Composer": "composer", "Editor": "editor",
    "Director of Photography": "cinematographer", "Creator": "creator", "Characters": "character creator",
}  # fmt: skip
_RELEASES = {1: "premiere", 2: "theatrical (limited)", 3: "theatrical", 4: "digital", 5: "physical", 6: "television"}
#: Remarks behind a character: what they make of the credit.
_REMARK = re.compile(r"\s*\(([^()]*)\)\s*$")
_SELF = re.compile(r"(?:self|himself|herself|themselves|themself)\b", re.IGNORECASE)


def title_row(record: Json) -> dict[str, Any] | None:
    """Return the columns of a movie or series; None for an object that is neither.

    >>> row = title_row({"id": 550, "title": "T", "original_title": "T", "release_date": "", "budget": 0})
    >>> row["tmdb"], row["date"], row["budget"]
    ('movie/550', None, None)
    """
    series = "original_name" in record and "first_air_date" in record
    if not series and not ("original_title" in record and "release_date" in record):
        return None
    title = _text(record.get("name" if series else "title"))
    original = _text(record.get("original_name" if series else "original_title"))
    language = _text(record.get("original_language"))
    outside = _map(record.get("external_ids"))
    date = _text(record.get("first_air_date" if series else "release_date"))
    ended = record.get("status") in ("Ended", "Canceled", "Cancelled")
    last = _text(record.get("last_air_date"))
    row: dict[str, Any] = {
        "tmdb": f"{'tv' if series else 'movie'}/{record['id']}" if _number(record.get("id")) else None,
        "imdb": _text(record.get("imdb_id")) or _text(outside.get("imdb_id")),
        "wikidata": _text(outside.get("wikidata_id")),
        "subtype": "series" if series else "film",
        "title": title or original,
        "title language": language if title == original and language and len(language) == 2 else None,
        "titles": [t for t in dict.fromkeys([original, *_titles(record)]) if t and t != title],
        "original language": language if language != "xx" else None,
        "date": date,
        "last date": None if ended else last,
        "end date": last if ended else None,
        "status": _text(record.get("status")),
        "overview": _text(record.get("overview")),
        "runtime": _number(record.get("runtime")),
        "episode runtimes": [r for r in _list(record.get("episode_run_time")) if _number(r)],
        "budget": _number(record.get("budget")),
        "revenue": _number(record.get("revenue")),
        "votes": _number(record.get("vote_count")),
        "rating": record.get("vote_average") if _number(record.get("vote_count")) else None,
        "popularity": _number(record.get("popularity")),
        "n seasons": _number(record.get("number_of_seasons")),
        "n episodes": _number(record.get("number_of_episodes")),
        "genre": [_text(_map(g).get("name")) for g in _list(record.get("genres"))],
        "keyword": [_text(_map(k).get("name")) for k in _keywords(record)],
        "spoken": [_text(_map(x).get("iso_639_1")) for x in _list(record.get("spoken_languages"))],
        "company": list(_named(record.get("production_companies"))),
        "network": list(_named(record.get("networks"))),
        "country": [{"code": code} for code in _countries(record)],
        "credit": [*_creators(record), *_cast(record), *_crew(record)],
        "release": list(_releases(record)),
        "season": list(_seasons(record, title or original)),
        "episode": [e for key in ("last_episode_to_air", "next_episode_to_air") if (e := _episode(record.get(key)))],
    }  # fmt: skip
    collection = _map(record.get("belongs_to_collection"))
    return {**row, "collection": {"id": collection.get("id"), "name": _text(collection.get("name"))}}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _map(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _number(value: Any) -> int | float | None:
    """Return a number over 0; 0 is unknown."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 else None


def _titles(record: Json) -> Iterator[str | None]:
    other = _map(record.get("alternative_titles"))
    for title in (*_list(other.get("titles")), *_list(other.get("results"))):
        yield _text(_map(title).get("title"))
    for translation in _list(_map(record.get("translations")).get("translations")):
        data = _map(_map(translation).get("data"))
        yield _text(data.get("title")) or _text(data.get("name"))


def _keywords(record: Json) -> list[Any]:
    keywords = _map(record.get("keywords"))
    return [*_list(keywords.get("keywords")), *_list(keywords.get("results"))]


def _named(value: Any) -> Iterator[dict[str, Any]]:
    for item in map(_map, _list(value)):
        yield {"id": _number(item.get("id")), "name": _text(item.get("name")),
               "country": _text(item.get("origin_country"))}  # fmt: skip


def _countries(record: Json) -> list[str]:
    """Return the production countries, then further countries of origin."""
    codes = [_text(_map(c).get("iso_3166_1")) for c in _list(record.get("production_countries"))]
    codes += [_text(c) for c in _list(record.get("origin_country"))]
    return [c for c in dict.fromkeys(codes) if c]


def _person(item: Json) -> dict[str, Any]:
    return {"id": _number(item.get("id")), "name": _text(item.get("name")), "names": _text(item.get("original_name"))}


def _creators(record: Json) -> Iterator[dict[str, Any]]:
    for item in map(_map, _list(record.get("created_by"))):
        yield {**_person(item), "role": "creator", "job": None, "character": None, "billing": None, "episodes": None}


def _all(record: Json, key: str) -> Iterator[Json]:
    """Yield cast or crew: of the whole series where the answer has it, else of the title."""
    whole = _map(record.get("aggregate_credits"))
    yield from map(_map, _list((whole or _map(record.get("credits"))).get(key)))


def _cast(record: Json) -> Iterator[dict[str, Any]]:
    for item in _all(record, "cast"):
        order = item.get("order")
        billing = order + 1 if isinstance(order, int) and not isinstance(order, bool) and order >= 0 else None
        for part in _list(item.get("roles")) or [item]:
            for character in (_text(_map(part).get("character")) or "").split(" / "):
                role, job, name = _part(character)
                yield {**_person(item), "role": role, "job": job, "character": name, "billing": billing,
                       "episodes": _episodes(part)}  # fmt: skip


def _episodes(part: Any) -> str | None:
    count = _number(_map(part).get("episode_count"))
    return None if count is None else "1 episode" if count == 1 else f"{count} episodes"


def _part(character: str) -> tuple[str, str | None, str | None]:
    """Return role, job and name of a character: ``"Ann (voice)"`` is a voice called Ann."""
    remarks: list[str] = []
    while match := _REMARK.search(character):
        remarks.insert(0, match[1].strip().lower())
        character = character[: match.start()]
    name = character.strip() or None
    if "archive footage" in remarks or "archive sound" in remarks:
        return "other", "archive footage" if "archive footage" in remarks else "archive sound", name
    if name and _SELF.match(name):
        return "self", None, None
    job = "uncredited" if "uncredited" in remarks else None
    return "voice" if "voice" in remarks else "actor", job, name


def _crew(record: Json) -> Iterator[dict[str, Any]]:
    for item in _all(record, "crew"):
        for task in _list(item.get("jobs")) or [item]:
            job = _text(_map(task).get("job")) or _text(item.get("department"))
            yield {**_person(item), "role": _JOBS.get(job or "", "other"), "job": job, "character": None,
                   "billing": None, "episodes": _episodes(task)}  # fmt: skip


def _releases(record: Json) -> Iterator[dict[str, Any]]:
    for market in map(_map, _list(_map(record.get("release_dates")).get("results"))):
        for release in map(_map, _list(market.get("release_dates"))):
            date = _text(release.get("release_date"))
            if date:
                kind = release.get("type")
                yield {"country": _text(market.get("iso_3166_1")), "date": date[:10],
                       "kind": _RELEASES.get(kind) if isinstance(kind, int) else None}  # fmt: skip


def _seasons(record: Json, title: str | None) -> Iterator[dict[str, Any]]:
    for season in map(_map, _list(record.get("seasons"))):
        name = _text(season.get("name"))
        number = season.get("season_number")
        yield {"id": _number(season.get("id")), "name": f"{title}: {name}" if title and name else None,
               "number": number if isinstance(number, int) else None, "date": _text(season.get("air_date")),
               "episodes": _number(season.get("episode_count"))}  # fmt: skip


def _episode(value: Any) -> dict[str, Any] | None:
    episode = _map(value)
    if not _number(episode.get("id")):
        return None
    return {"id": episode["id"], "name": _text(episode.get("name")), "season": episode.get("season_number"),
            "number": episode.get("episode_number"), "date": _text(episode.get("air_date")),
            "runtime": _number(episode.get("runtime"))}  # fmt: skip
