"""Tables for people: a grid where it fits, one block per row where it does not."""

from __future__ import annotations

import pytest

from avgraph.cli import output


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("terminal")
def test_few_columns_are_a_grid(capsys: pytest.CaptureFixture[str]) -> None:
    output.echo_table(("name", "value"), [("Samsa Film", 0.461372), ("[bold]x[/bold]", 36_700_000.0)])
    shown = capsys.readouterr().out
    assert "0.4614" in shown
    assert "36,700,000" in shown
    assert "[bold]x[/bold]" in shown
    assert "│" in shown


@pytest.mark.usefixtures("terminal")
def test_many_wide_columns_are_one_block_per_row(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ("title", "director", "source", "quote", "claim")
    rows = [("Unité 42", None, "records/a.csv", "a quote\nof two lines" * 5, "https://example.org/1"), (None,) * 5]
    output.echo_table(columns, rows)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Unité 42"
    assert lines[1] == "  source    records/a.csv"
    assert lines[2].startswith("  quote     a quote of two lines")
    assert lines[4:] == ["–"]


@pytest.mark.usefixtures("terminal")
def test_no_rows_are_an_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    output.echo_table(("a", "b", "c", "d", "e"), [])
    assert "a" in capsys.readouterr().out


def test_a_pipe_gets_every_digit_and_one_line_per_row(capsys: pytest.CaptureFixture[str]) -> None:
    output.echo_table(("a", "b"), [(1 / 3, "x\ty\nz"), (None, True), (36_700_000.0, ["p", "q"])])
    assert capsys.readouterr().out == "a\tb\n0.333333333333333\tx y z\n\tyes\n36700000\tp, q\n"
