"""YAML files: keys that are data, values as they stand, and what must not be unfolded."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from avgraph.errors import SourceError
from avgraph.sources.readers import ROW, RawTable
from avgraph.sources.rules import TableOptions
from avgraph.sources.yamldocument import read_yaml

AWARDS = """# an event
'2019':  # the year
  prize of the jury:
    best film:
      nominee: [tt1, tt2]
      winner:
      - tt2
2018:
  prize of the jury:
    best film: {nominee: [tt3], winner: []}
"""


def table(tmp_path: Path, text: str | bytes, **options: Any) -> RawTable:
    path = tmp_path / "data.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(path, TableOptions("yaml", **options), "data.yml")


def test_keys_that_are_data_become_columns(tmp_path: Path) -> None:
    raw = table(tmp_path, AWARDS, records=("*.*.*",))
    assert raw.frame.select(ROW, "key 1", "key 2", "key 3", "nominee", "winner").rows() == [
        (4, "2019", "prize of the jury", "best film", "tt1\x1ftt2", "tt2"),
        (10, "2018", "prize of the jury", "best film", "tt3", None),
    ]


def test_values_are_the_text_that_stands_there(tmp_path: Path) -> None:
    raw = table(
        tmp_path, "- {country: NO, on: yes, date: 2019-01-02, n: 0123, x: ~, y: 'null', z: !!python/name:os.system a}"
    )
    (row,) = raw.frame.drop(ROW).rows(named=True)
    assert row == {"country": "NO", "on": "yes", "date": "2019-01-02", "n": "0123", "y": "null", "z": "a"}


def test_aliases_and_merged_maps(tmp_path: Path) -> None:
    raw = table(tmp_path, "- &a {t: A, year: 2010}\n- {<<: *a, t: B}\n- *a\n")
    assert raw.frame.select(ROW, "t", "year").rows() == [(1, "A", "2010"), (2, "B", "2010"), (3, "A", "2010")]


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    started = time.monotonic()
    raw = table(tmp_path, "\n".join(lines))
    assert [b.kind for b in raw.bad] == ["too large"]
    assert time.monotonic() - started < 20
    raw = table(tmp_path, "a: &a\n  b: *a\n")
    assert [b.kind for b in raw.bad] == ["unknown alias"]


@pytest.mark.parametrize(
    ("text", "kind", "row"),
    [
        ("a: [1, 2", "not YAML", 1),
        ("- {a: 1}\n- {a: 1, a: 2}\n", "repeated key", 2),
        ("- {a: 1}\n- [[[[" + "[" * 100 + "]" * 104, "nests too deep", 2),
        ("- {a: 1}\n- text\n", "no map", 2),
        ("- {a: 1}\n- {? [x] : 2}\n", "no text as key", 2),
        ("- {a: 1}\n- {a: \x07}\n", "not YAML", 1),
        (b"- {a: 1}\n- {a: \xe9}\n", "bytes in another encoding", 2),
        ("\t- a", "not YAML", 1),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str | bytes, kind: str, row: int) -> None:
    raw = table(tmp_path, text)
    assert [(b.kind, b.row) for b in raw.bad] == [(kind, row)]


def test_nothing_at_the_path(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no records at 'films'"):
        table(tmp_path, AWARDS, records=("films",))
    with pytest.raises(SourceError, match="no records"):
        table(tmp_path, "# nothing\n")
