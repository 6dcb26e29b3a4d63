"""Every text of the pages has a French translation, every translation a text, and every value of the graph a name."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from string import Formatter

import pytest
from jinja2 import nodes

from avgraph.graph.conflict_rules import read_rules
from avgraph.knowledge.disagreement import OUTCOMES
from avgraph.knowledge.phrases import phrases
from avgraph.model import ENTITY_TYPES, KINDS
from avgraph.model.kinds import SCHEMES
from avgraph.network.collaboration import Settings
from avgraph.network.summary import IN_WORDS
from avgraph.queries import named_queries
from avgraph.web.pages.network import COLOURS, SCRIPT_WORDS, WEIGHTS
from avgraph.web.pages.network import KINDS as NETWORKS
from avgraph.web.pages.rendering import environment
from avgraph.web.pages.results import VIEWS
from avgraph.web.pages.shared import KIND_TITLES
from avgraph.web.pages.wording import ASPECTS, FILTERS, sayer, words

PAGES = files("avgraph.web.pages")
FRENCH = words("fr")


def texts() -> Iterator[str]:
    """Yield the texts that templates and scripts say."""
    yield from SCRIPT_WORDS
    for template in PAGES.joinpath("templates").iterdir():
        tree = environment().parse(template.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_":
                chosen = call.args[0].find_all(nodes.Pair) if not isinstance(call.args[0], nodes.Const) else ()
                for const in [call.args[0], *(pair.value for pair in chosen)]:
                    if isinstance(const, nodes.Const):
                        yield const.value


def titles() -> Iterator[str]:
    """Yield the titles of problems that pages show."""
    web = files("avgraph.web")
    for module in [*PAGES.iterdir(), web.joinpath("problems.py"), web.joinpath("session.py")]:
        if not module.name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                yield from (a.value for a in node.args[2:3] if isinstance(a, ast.Constant))
            elif module.name == "problems.py" and isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                yield from (title.value for title in node.value.elts[2:3] if isinstance(title, ast.Constant))


def columns() -> set[str]:
    return {name for kind in KINDS.values() for name in (*kind.role_names, *kind.attribute_names)}


def told(name: str) -> dict[str, str]:
    return tomllib.loads(PAGES.joinpath(f"{name}.fr.toml").read_text(encoding="utf-8"))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_text_has_a_translation_and_every_translation_a_text() -> None:
    said = set(texts())
    assert len(said) > 200
    assert said == set(told("words"))


@pytest.mark.parametrize("file", ["words", "values"])
def test_a_translation_has_the_places_of_its_text(file: str) -> None:
    for text, translation in told(file).items():
        assert places(text) == places(translation), text
        assert translation.strip(), text


def test_values_are_said_once() -> None:
    """What the phrases of claims tell of a closed list is not told again."""
    assert not set(told("words")) & set(told("values"))
    for scheme in SCHEMES:
        for value, name in phrases("fr").values[scheme].items():
            assert told("values").get(value) != name, value


VALUES = {
    "kinds": set(KINDS) | set(KIND_TITLES.values()) | set(ENTITY_TYPES),
    "columns": {name.replace("_", " ") for name in columns()} | {"valid from", "valid to"},
    "closed values": {value for values in SCHEMES.values() for value in values},
    "rules": {rule.name for rule in read_rules().rules},
    "aspects": {rule.aspect for rule in read_rules().rules if rule.aspect} | set(ASPECTS),
    "outcomes": set(OUTCOMES) | {"same", "different", "possibly same", "unsure"},
    "networks": {*NETWORKS, *WEIGHTS, *COLOURS, *VIEWS, *IN_WORDS.values()},
    "types of parameters": {p.type for query in named_queries() for p in query.parameters},
    "titles of problems": set(titles()),
}  # fmt: skip


@pytest.mark.parametrize("what", VALUES)
def test_every_value_has_a_french_name(what: str) -> None:
    assert VALUES[what]
    assert not VALUES[what] - set(FRENCH)


def test_titles_of_problems_are_found() -> None:
    assert {"There is no such page", "The form is not whole", "The answer is too large"} <= set(titles())


def test_no_line_ends_before_a_mark() -> None:
    assert FRENCH["In SPARQL:"] == "En SPARQL\u00a0:"
    assert words("en") == {}


@pytest.mark.parametrize(
    ("text", "french"),
    [
        ("release date", "date de sortie"),
        ("share of Samsa Film", "part – Samsa Film"),
        ("recipients of Academy Award", "lauréats – Academy Award"),
        ("rank of Luxembourg as a partner", "rang comme partenaire – Luxembourg"),
        ("release date (Belgium)", "date de sortie (Belgium)"),
        ("something else", "something else"),
    ],
)
def test_what_a_conflict_is_about(text: str, french: str) -> None:
    template = environment().from_string("{{ text | aspect }}")
    assert template.render(text=text, asked=_Asked("fr")) == french
    assert template.render(text=text, asked=_Asked("en")) == text


def test_numbers_and_dates_of_a_page() -> None:
    template = environment().from_string('{{ 1234 | number }}|{{ 0.5 | number(".2f") }}|{{ "2014-03-01" | date }}')
    assert template.render(asked=_Asked("fr")) == "1\u202f234|0,50|1er mars 2014"
    assert template.render(asked=_Asked("en")) == "1,234|0.50|2014-03-01"
    assert {"number", "date"} <= set(FILTERS)


def test_english_words_are_marked_on_a_french_page() -> None:
    template = environment().from_string("<p{{ english() }}>")
    assert template.render(asked=_Asked("fr")) == '<p lang="en">'
    assert template.render(asked=_Asked("en")) == "<p>"


def test_settings_of_a_network_in_words() -> None:
    settings = Settings("count", (2010, None), ("co-producer",), ("film",), 5.0, 2023, 1.5, 0.05)
    assert str(settings) == (
        "weight count; years 2010 to …; roles co-producer; works of kind film; halved every 5 years before 2023; "
        "edges of at least 1.5; edges significant at 0.05"
    )
    assert settings.said(sayer("fr")) == (
        "poids nombre d’œuvres\u00a0; années 2010 à …\u00a0; rôles\u00a0: coproduction\u00a0; "
        "œuvres de type\u00a0: film\u00a0; divisé par deux tous les 5 ans avant 2023\u00a0; "
        "liens d’au moins 1,5\u00a0; liens significatifs à 0,05"
    )


class _Asked:
    def __init__(self, language: str) -> None:
        self.language = language
