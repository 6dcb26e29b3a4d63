"""Write an invented workspace of any size: every kind of claim, from records of the industry and from articles.

Run it with ``python benchmarks/workspace_data.py FOLDER --films 1300 --titles 1000 --articles 40``. The tables have the
columns of the example workspace and are read by its mappings; the films are some of the titles of `imdb_data`, so that
sources speak of the same works in their own ways. A few companies, funds and countries have most of the works; sources
contradict each other on shares, years and winners, and spell names in two ways. The same numbers give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from imdb_data import write_imdb
from workspace_tables import WorkspaceTables

__all__ = ["write_workspace"]

_HERE = Path(__file__).resolve().parent
_EXAMPLE = _HERE.parent / "examples" / "belgium-luxembourg" / "records"
_TEXTS = _HERE.parent / "tests" / "data" / "press"
_CONFIG = '[workspace]\nname = "Invented"\n\n[sources]\nprecedence = ["records/films.csv", "records/*", "articles/*"]\n'


def write_workspace(
    folder: Path, n_films: int = 1300, n_titles: int = 1000, n_articles: int = 40, seed: int = 7
) -> dict[str, int]:
    """Write a workspace into an empty folder and return the number of rows of each table, and of articles.

    Parameters
    ----------
    folder
        Where; it is made if need be.
    n_films
        How many films the records of the industry speak of.
    n_titles
        How many titles stand in the IMDb tables.
    n_articles
        How many articles: the press texts of the tests, each with a sentence of its own.
    seed
        Another seed gives other data.
    """
    records = folder / "records"
    records.mkdir(parents=True)
    (folder / "avgraph.toml").write_text(_CONFIG, encoding="utf-8")
    made, rows = WorkspaceTables(n_films, n_titles, seed), {}
    for name, like, listed in made.tables():
        rows[name] = _write_table(records, name, listed, like)
    if n_titles:
        rows |= write_imdb(records, n_titles, seed, gz=True)
        for path in sorted(records.glob("*.tsv.gz")):
            mapping = _HERE / "mappings" / f"{path.name.removesuffix('.tsv.gz')}.toml"
            if mapping.exists():
                shutil.copy(mapping, records)
            else:
                path.unlink()
                del rows[path.name.removesuffix(".tsv.gz")]
    rows["articles"] = _write_articles(folder / "articles", made, n_articles)
    return rows


def _write_table(records: Path, name: str, rows: Iterable[dict[str, Any]], like: str) -> int:
    """Write a table with the columns of the example's, and its mapping; return the number of rows."""
    own = _HERE / "mappings" / f"{like}.toml"
    data = next((p for p in sorted(_EXAMPLE.glob(f"{like}.*")) if p.suffix != ".toml"), _HERE / f"{like}.csv")
    mapping = (own if own.exists() else _EXAMPLE / f"{like}.toml").read_text(encoding="utf-8")
    (records / f"{name}.toml").write_text(mapping.replace(data.name, f"{name}{data.suffix}"), encoding="utf-8")
    listed = [row | {"reference": f"{like}, no. {k}"} for k, row in enumerate(rows, 1)]
    with (records / f"{name}{data.suffix}").open("w", encoding="utf-8", newline="") as out:
        if data.suffix == ".jsonl":
            lines = data.read_text(encoding="utf-8").splitlines()
            keys = dict.fromkeys(key for line in lines for key in json.loads(line))
            out.writelines(json.dumps(dict.fromkeys(keys, "") | row, ensure_ascii=False) + "\n" for row in listed)
            return len(listed)
        delimiter = "\t" if data.suffix == ".tsv" else ","
        columns = list(dict.fromkeys(key for row in listed for key in row))
        if data.exists():
            with data.open(encoding="utf-8", newline="") as example:
                columns = next(csv.reader(example, delimiter=delimiter))
        writer = csv.DictWriter(out, columns, "", delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    return len(listed)


def _write_articles(folder: Path, made: WorkspaceTables, n: int) -> int:
    folder.mkdir(exist_ok=True)
    texts = [path.read_text(encoding="utf-8") for path in sorted(_TEXTS.glob("*.txt"))]
    for k in range(n):
        film = made.random.choice(made.films)
        fund = made.some(made.funds)
        verb = "will support" if k % 2 else "supported"
        own = f"{fund} {verb} the film {film['work']}, which {film['companies'][0][0]} produces. Note {k}.\n"
        (folder / f"article-{k:04}.txt").write_text(f"{texts[k % len(texts)].rstrip()}\n\n{own}", encoding="utf-8")
    return n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--films", type=int, default=1300, help="films in the records of the industry (default 1,300)")
    parser.add_argument("--titles", type=int, default=1000, help="titles in the IMDb tables (default 1,000)")
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    for name, n in write_workspace(
        arguments.folder, arguments.films, arguments.titles, arguments.articles, arguments.seed
    ).items():
        print(f"{name:<24}{n:>10,}")


if __name__ == "__main__":
    main()
