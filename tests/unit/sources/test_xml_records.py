"""XML files: records by local name, flattened, with their lines; and what must never be expanded or fetched."""

from __future__ import annotations

import gzip
import re
import time
from pathlib import Path
from typing import Any

import pytest

from avgraph.errors import SourceError
from avgraph.sources.readers import ROW, RawTable, read_columns
from avgraph.sources.rules import TableOptions
from avgraph.sources.xmlrecords import read_xml

FILMS = """<?xml version="1.0" encoding="UTF-8"?>
<l:list xmlns:l="urn:list" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x y">
  <l:film id="1">
    <l:title xml:lang="fr">Rêves
      d'or</l:title>
    <l:credits><l:person role="director"><l:name>A</l:name></l:person><l:person><l:name>B</l:name></l:person>
    </l:credits><l:country>BE</l:country><l:country>LU</l:country><l:empty/><l:nothing xsi:nil="true"/>
  </l:film>
  <l:film id="2"><l:title>Hot</l:title><l:title xml:lang="de">Heiß</l:title></l:film>
</l:list>
"""


def table(tmp_path: Path, text: str | bytes, name: str = "data.xml", **options: Any) -> RawTable:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_xml(path, TableOptions("xml", **options), name)


def rows(raw: RawTable) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if v is not None and k != ROW} for row in raw.frame.iter_rows(named=True)]


@pytest.mark.parametrize("names", [("film",), ()])
def test_elements_become_columns_by_their_local_names(tmp_path: Path, names: tuple[str, ...]) -> None:
    raw = table(tmp_path, FILMS, records=names)
    assert raw.frame[ROW].to_list() == [3, 9]
    first, second = rows(raw)
    assert first == {
        "@id": "1",
        "title": "Rêves d'or",
        "title@lang": "fr",
        "credits.person@role": "director\x1f",
        "credits.person.name": "A\x1fB",
        "country": "BE\x1fLU",
    }
    assert second == {"@id": "2", "title": "Hot\x1fHeiß", "title@lang": "\x1fde"}


def test_by_an_attribute(tmp_path: Path) -> None:
    text = '<r><id type="IMDB">tt1</id><id type="ISAN" relation="x">0</id><id>9</id></r>'
    (row,) = rows(table(tmp_path, text, records=("r",), by=(("id", "@type"),)))
    assert (row["id[IMDB]"], row["id[ISAN]"], row["id"]) == ("tt1", "0", "tt1\x1f0\x1f9")
    (row,) = rows(table(tmp_path, '<r><id type="IMDB">tt1</id></r>', records=("r",), by=(("id", "@type"),)))
    assert (row["id[IMDB]"], row["id"]) == ("tt1", "tt1")


def test_a_root_without_siblings_is_the_record(tmp_path: Path) -> None:
    assert rows(table(tmp_path, "<film><title>A</title><year>2010</year></film>")) == [{"title": "A", "year": "2010"}]


def test_several_names_the_outermost_counts(tmp_path: Path) -> None:
    text = "<x><full><base><t>A</t></base></full><base><t>B</t></base></x>"
    assert rows(table(tmp_path, text, records=("full", "base"))) == [{"base.t": "A"}, {"t": "B"}]


def test_encodings(tmp_path: Path) -> None:
    for encoding in ("utf-16", "iso-8859-1", "windows-1252"):
        text = f'<?xml version="1.0" encoding="{encoding}"?><film><title>Rêves</title></film>'
        assert rows(table(tmp_path, text.encode(encoding))) == [{"title": "Rêves"}]


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
    + "]>\n<x>&m;</x>"
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<film><title>&e;</title></film>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]>\n<film/>',
        '<!DOCTYPE film SYSTEM "http://127.0.0.1:9/film.dtd">\n<film><title>A</title></film>',
        '<!DOCTYPE film PUBLIC "-//X" "http://127.0.0.1:9/film.dtd">\n<film/>',
    ],
)
def test_declarations_are_refused_with_their_place(tmp_path: Path, text: str) -> None:
    started = time.monotonic()
    with pytest.raises(SourceError, match="document type") as caught:
        table(tmp_path, f"<?xml version='1.0'?>\n{text}")
    assert caught.value.where == "data.xml"
    assert re.fullmatch(r"line 2, column \d+", caught.value.place or "")
    assert time.monotonic() - started < 2


def test_undeclared_entities_are_not_well_formed(tmp_path: Path) -> None:
    raw = table(tmp_path, "<l><f><t>A</t></f>\n<f><t>&nbsp;</t></f></l>", records=("f",))
    assert raw.frame["t"].to_list() == ["A"]
    assert [(b.row, b.kind) for b in raw.bad] == [(2, "not well-formed XML")]
    assert "line 2, column 7" in raw.bad[0].message


def test_a_truncated_file_keeps_what_stands_before(tmp_path: Path) -> None:
    raw = table(tmp_path, FILMS[:-40])
    assert raw.frame["@id"].to_list() == ["1"]
    assert [b.row for b in raw.bad] == [9]


def test_deep_elements_cost_their_record_only(tmp_path: Path) -> None:
    deep = "<x>" * 100_000 + "</x>" * 100_000
    raw = table(tmp_path, f"<l><f><t>A</t></f>\n<f>{deep}</f>\n<f><t>C</t></f></l>", records=("f",))
    assert raw.frame["t"].to_list() == ["A", "C"]
    assert [(b.row, b.kind) for b in raw.bad] == [(2, "too large")]


def test_many_elements_cost_their_record_only(tmp_path: Path) -> None:
    raw = table(tmp_path, f"<l><f>{'<x>1</x>' * 200_001}</f><f><t>C</t></f></l>", records=("f",))
    assert raw.frame["t"].to_list() == ["C"]
    assert len(raw.bad) == 1


def test_an_endless_attribute_is_refused(tmp_path: Path) -> None:
    raw = table(tmp_path, f"<l><f><t>A</t></f><f a='{'x' * 13_000_000}'/></l>", records=("f",))
    assert raw.frame["t"].to_list() == ["A"]
    assert [b.kind for b in raw.bad] == ["too long"]


@pytest.mark.parametrize("text", ["", " ", "<", "not xml", "<a></b>", "\x00", "<a>" * 3])
def test_what_is_no_xml_raises_nothing_else(tmp_path: Path, text: str) -> None:
    raw = table(tmp_path, text)
    assert raw.frame.height == 0
    assert [b.kind for b in raw.bad] == ["not well-formed XML"]


def test_a_missing_element_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no element movie.*film, list"):
        table(tmp_path, FILMS, records=("movie",))


def test_gzip_and_the_head(tmp_path: Path) -> None:
    raw = table(tmp_path, gzip.compress(FILMS.encode(), mtime=0), "f.xml.gz")
    assert raw.frame.height == 2
    assert read_columns(tmp_path / "f.xml.gz", TableOptions("xml"), "f")[:2] == ["@id", "title"]  # type: ignore[index]
    cut = table(tmp_path, gzip.compress(FILMS.encode(), mtime=0)[:-20], "f.xml.gz")
    assert any("ends early" in i.message for i in cut.issues)
