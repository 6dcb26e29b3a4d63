"""The commands of docs/exchange.md run in their order; its Python runs with that of all pages."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from avgraph import enrichment
from avgraph.cli import app
from avgraph.enrichment.properties import ID_PROPERTIES, PROPERTIES
from wikidata_shaped import answers_of, serving_wikidata, wikidata_store

PAGE = Path(__file__).resolve().parents[2] / "docs" / "exchange.md"
TEXT = PAGE.read_text(encoding="utf-8")
CONSOLE = re.findall(r"^```console\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def test_the_page_runs_from_top_to_bottom(
    example_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(example_graph, tmp_path / "avgraph-demo")
    monkeypatch.chdir(tmp_path)
    typed = [line[2:] for block in CONSOLE for line in block.splitlines() if line.startswith("$ ")]
    assert len(typed) > 15
    with serving_wikidata(answers_of(wikidata_store())) as server:
        monkeypatch.setattr(enrichment, "ENDPOINT", server.url)
        for command in typed:
            monkeypatch.setattr(sys, "argv", shlex.split(command) + (["--pause", "0"] if " pull " in command else []))
            with pytest.raises(SystemExit) as caught:
                app.main()
            assert caught.value.code in (0, None), f"{command}\n{capsys.readouterr().err}"
    pulled = tmp_path / "avgraph-demo" / "records" / "wikidata" / "works.tsv"
    assert "Mr. Hublot" in pulled.read_text(encoding="utf-8")


def test_the_page_names_every_scheme_of_ids() -> None:
    names = {"allocine": "AlloCiné", "filmaffinity": "FilmAffinity", "tmdb": "TMDb", "imdb": "IMDb"}
    for scheme in ID_PROPERTIES.values():
        plain = scheme.split("-")[0]
        assert names.get(plain, plain.upper()) in TEXT, scheme


def test_every_property_asked_for_is_mapped_or_fills_the_entity() -> None:
    mappings = Path(enrichment.__file__).parent / "mappings"
    for kind, properties in PROPERTIES.items():
        text = (mappings / f"{kind}.toml").read_text(encoding="utf-8")
        missing = [p.name for p in properties if p.value != "text" and not re.search(rf"\b{re.escape(p.name)}\b", text)]
        assert missing == [], kind
