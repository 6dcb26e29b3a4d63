from __future__ import annotations

from avgraph.extraction import Gazetteer
from avgraph.model import Collector


def test_key_is_independent_of_order():
    pairs = [("Salt Wind", "Work"), ("Dune Films", "Organization")]
    assert Gazetteer.from_names(pairs).key == Gazetteer.from_names(reversed(pairs)).key
    assert Gazetteer.from_names(pairs).key != Gazetteer.from_names(pairs[:1]).key


def test_occurring_wants_whole_words():
    known = Gazetteer.from_names([("Salt", "Work"), ("Salt Wind", "Work")])
    assert set(known.occurring("Salt Windmills").entries) == {("salt",)}
    assert set(known.occurring("SALT WIND returns").entries) == {("salt", "wind")}


def test_ambiguous_and_generic_names_are_left_out():
    collector = Collector("r.csv")
    collector.mention("1", "Work", "Cargo", names=["Lading"])
    collector.mention("2", "Organization", "Cargo")
    collector.mention("3", "Work", "A film without a name", generic=True)
    entries = Gazetteer.from_mentions(collector.tables({}).mentions, ["Cargo, a film, was sold as Lading."]).entries
    assert set(entries) == {("lading",)}


def test_names_of_which_no_text_speaks_are_not_held():
    collector = Collector("r.csv")
    for number, name in enumerate(("Anna Novak", "Jan Novak", "Élodie Novak", "C.C.A. Films", "L’Ours")):
        collector.mention(str(number), "Person", name)
    entries = Gazetteer.from_mentions(collector.tables({}).mentions, ["« ANNA NOVAK » et C.C.A. Films"]).entries
    assert set(entries) == {("anna", "novak"), ("elodie", "novak"), ("c", "c", "a", "films"), ("l", "ours")}
