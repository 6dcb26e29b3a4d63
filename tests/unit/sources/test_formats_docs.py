"""docs/formats.md lists what ships, and its ten minutes lead to claims."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from avgraph.cli import app
from avgraph.knowledge import open_graph
from avgraph.sources import archives
from avgraph.sources.recognition import shipped_formats

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")


def typed(line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run a line of the page; ``>`` and ``cp`` do what a shell does."""
    words = shlex.split(line)
    if words[0] == "cp":
        for name in words[1:-1]:
            shutil.copy(name, words[-1])
        return 0, ""
    target = words.index(">") if ">" in words else len(words)
    monkeypatch.setattr(sys, "argv", words[:target])
    with pytest.raises(SystemExit) as caught:
        app.main()
    out = capsys.readouterr().out
    if target < len(words):
        Path(words[target + 1]).write_text(out, encoding="utf-8")
    return int(caught.value.code or 0), out


def test_the_page_lists_the_formats_that_ship() -> None:
    section = PAGE[PAGE.index("## The formats that ship") : PAGE.index("## How a format is told")]
    listed = re.findall(r"^\| `([\w-]+)` \| (.+?) \|$", section, re.MULTILINE)
    assert listed == sorted((f.key, f.name) for f in shipped_formats())


def test_the_ten_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        Path(name).write_text(text, encoding="utf-8")
    # Beside the first file lies nothing yet.
    Path("archive-catalogue.toml").rename("later.txt")
    lines = [line[2:] for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
             for line in block.splitlines()]  # fmt: skip
    (shown,) = re.findall(r"^```text\n(catalogue-2017.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    outputs = {}
    for line in lines:
        if line.startswith("avgraph init"):
            Path("later.txt").rename("archive-catalogue.toml")
        code, outputs[line] = typed(line, capsys, monkeypatch)
        assert code == (1 if line == "avgraph inspect catalogue-2017.csv" else 0), outputs[line]
    assert outputs["avgraph inspect catalogue-2017.csv"].startswith(shown)
    assert "Credit: work: The Secret of Kells; agent: Tomm Moore" in outputs[lines[2]]
    kg = open_graph(tmp_path / "archive")
    assert kg.snapshot is not None
    sources = kg.snapshot.table("sources").select("source", "reader", "n_accepted", "n_quarantined")
    told = [f"{s}: {r}, {a} accepted, {q} quarantined" for s, r, a, q in sources.iter_rows()]
    for kind, table in (("Credit", "credit"), ("PlaceRelation", "place_relation")):
        told.append(f"{kind}: {kg.snapshot.table(table).height}")
    (result,) = re.findall(r"^```result\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert told == result.strip().split("\n")
    assert "Archive catalogue" in outputs["avgraph query source-coverage -g archive"]
    assert "Ross Stewart" in outputs["avgraph show Wolfwalkers -g archive"]


def test_the_limits_told_are_those_of_the_code() -> None:
    section = PAGE[PAGE.index("## Archives") :]
    told = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) (?:GB|times|MB|files)", section)]
    limits = [archives.MAX_MEMBER_BYTES // 10**9, archives.MAX_ARCHIVE_BYTES // 10**9, archives.MAX_MEMBERS]
    limits += [archives.MAX_RATIO, archives.RATIO_FROM_BYTES // 10**6, archives.MAX_SPREADSHEET_BYTES // 10**9]
    assert told == limits


def test_every_key_of_the_section_is_explained() -> None:
    section = PAGE[PAGE.index("### `[format]`") : PAGE.index("## A format that needs code")]
    assert set(re.findall(r"^\| `(\w+)` ", section, re.MULTILINE)) == {
        "name",
        "reference",
        "columns",
        "absent",
        "files",
    }
