"""What docs/conflicts.md says of the rules and of conflicts.toml is so."""

from __future__ import annotations

import re
from pathlib import Path

from avgraph.graph.conflict_rules import _KEYS, COMPARISONS, CRITERIA, VALUES, read_rules

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "conflicts.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def names(text: str) -> set[str]:
    without_blocks = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return set(re.findall(r"`([^`]+)`", without_blocks))


def test_every_rule_is_in_the_list() -> None:
    rows = re.findall(r"^\| (`.*?) \|", section("The rules"), re.MULTILINE)
    assert {name for row in rows for name in names(row)} == {rule.name for rule in read_rules().rules}


def test_the_example_is_read_as_the_page_says(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "conflicts.toml").write_text(text, encoding="utf-8")
    found = read_rules(tmp_path / "conflicts.toml")
    rules = {rule.name: rule for rule in found.rules}
    assert rules["language"].complete == "record"
    assert rules["runtime"].tolerance == 5
    assert rules["release-date"].prefer == ("recency", "precedence")
    assert "budget" not in rules
    assert found.is_primary("records/academy/a.csv", "award-winner")
    assert found.provider("records/archive-2.csv") == "Our archive"


def test_every_key_and_value_is_explained() -> None:
    told = section("Rules of your own")
    assert names(told) >= (_KEYS - {"name"}) | set(COMPARISONS) | set(VALUES)
    assert names(section("Which side is preferred")) >= set(CRITERIA)
