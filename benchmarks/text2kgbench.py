"""Text2KGBench: triples of an ontology's relations from sentences, and the benchmark's own score of them.

``predict`` reads each sentence with avgraph's extractor, set for recall, and names what it finds as the ontology does;
``score`` gives the figure.  The benchmark (https://github.com/cenguix/Text2KGBench) is not part of avgraph; its parts
``movie`` (ontology 1) and ``film`` (ontology 19) are understood::

    python benchmarks/text2kgbench.py predict --sentences test.jsonl --ontology ontology.json --output found.jsonl
    python benchmarks/text2kgbench.py score --gold gold.jsonl --predictions found.jsonl

The score strips spaces and underscores, lowers case, and compares subject, relation and object as one string; the macro
average over sentences of F1 is printed twice: over the predictions whose relation is among the gold relations of the
sentence (as published), and over all.  A sentence without a right prediction counts 0.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from avgraph.errors import AvgraphError, SourceError, cannot_write
from avgraph.extraction import Extractor
from avgraph.extraction.values import count_value, money_value, partial_date
from avgraph.model import Document, Fact

Triple = tuple[str, str, str]

#: Relation of avgraph → names in the ontologies; the second value tells whether the work is avgraph's object.
RELATIONS: dict[str, tuple[tuple[str, ...], bool]] = {
    "directed": (("director",), True),
    "wrote": (("screenwriter", "writer"), True),
    "produced": (("producer",), True),
    "acted_in": (("cast member", "starring"), True),
    "composed_music_for": (("musicComposer",), True),
    "produced_by_company": (("production company",), True),
    "co_produced": (("production company",), True),
    "distributed": (("distributor",), True),
    "country_of": (("country of origin",), False),
    "release_or_date": (("publication date", "releaseDate"), False),
    # Who won in a category was nominated in it.
    "received_award": (("award received", "nominated for"), False),
    "nominated_for": (("nominated for",), False),
    "based_on": (("based on",), False),
    "genre": (("genre",), False),
    "has_character": (("characters",), False),
    "filmed_in": (("filming location",), False),
    "set_in": (("narrative location",), False),
    "about": (("main subject",), False),
    "budget": (("cost", "budget"), False),
    "running_time": (("runtime",), False),
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
_MISREAD = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]+")
#: Awards are named without the year before them, and in the singular where a category follows.
_AWARD_YEAR = re.compile(r"^(?:the )?(?:\d+(?:st|nd|rd|th)|(?:19|20)\d\d)?\s*")


def repaired(text: str) -> str:
    """Return `text` with UTF-8 that was read as Latin-1 put right, as far as its bytes are all there."""

    def right(match: re.Match[str]) -> str:
        try:
            return match.group().encode("latin-1").decode("utf-8")
        except UnicodeError:
            return match.group()

    return _MISREAD.sub(right, text)


def value(fact: Fact, label: str) -> str | None:
    """Return the object of a fact in the benchmark's wording, None where it has none."""
    if label in ("publication date", "releaseDate"):
        date = partial_date(fact.object, "en") or ""
        parts = [int(part) for part in date.split("-") if part.isdigit()]
        if not parts:
            return None
        year, month, day = (*parts, 1, 1)[:3]
        iso = f"{year:04d}-{month:02d}-{day:02d}"
        return iso if label == "releaseDate" else f"{day:02d} {MONTHS[month - 1]} {year}"
    if label in ("award received", "nominated for"):
        name, category = _AWARD_YEAR.sub("", fact.object), fact.qualifiers.get("category", "")
        category = re.split(r" for | award", category)[0]
        one = re.sub("s$", "", name)
        said = re.search(rf"(?i){re.escape(one)}s?,? (?:for|of) (?:the )?{re.escape(category)}", fact.evidence)
        return f"{one} for {category}" if category and said and category.casefold() not in name.casefold() else name
    if label == "runtime":
        minutes = count_value(fact.object)
        return f"{minutes:.1f}" if minutes else None
    if label in ("cost", "budget"):
        amount, _ = money_value(fact.object)
        return f"{amount:.1f}" if amount else None
    return fact.object


def triples(facts: Sequence[Fact], labels: frozenset[str]) -> Iterator[Triple]:
    """Yield the facts that are not denied as triples of the relations `labels`."""
    for fact in facts:
        names, inverse = RELATIONS.get(fact.relation, ((), False))
        if fact.certainty == "negated":
            continue
        for label in names:
            if label not in labels:
                continue
            found = fact.subject if inverse else value(fact, label)
            # A person's prize for a work is a prize of the work.
            work = fact.object if inverse else fact.qualifiers.get("for_work", fact.subject)
            if label == "nominated for" and fact.relation == "received_award" and " for Best " not in (found or ""):
                continue
            if found and (inverse or fact.subject_type == "Work" or "for_work" in fact.qualifiers):
                yield work, label, found


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the JSON objects of a file, one a line.

    Raises
    ------
    SourceError
        If the file cannot be read or a line is no object with an ``id``.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise SourceError(f"the file cannot be read: {error}", "name a JSON-lines file in UTF-8", str(path)) from None
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or "id" not in row:
            raise SourceError(
                "not a JSON object with an id", "write one such object a line", str(path), f"line {number}"
            )
        rows.append(row)
    return rows


def gold_triples(row: Mapping[str, Any]) -> list[Triple]:
    """Return the triples of a line, which has one triple of its own or a list of them."""
    if "triples" in row:
        return [(str(t["sub"]), str(t["rel"]), str(t["obj"])) for t in row["triples"]]
    return [(str(row["sub_label"]), str(row["rel_label"]), str(row["obj_label"]))] if "rel_label" in row else []


def predict(sentences: Path, ontology: Path, output: Path) -> None:
    """Write the triples of each sentence."""
    try:
        data = json.loads(ontology.read_text("utf-8"))
        labels = frozenset(str(relation["label"]) for relation in data["relations"])
    except (OSError, ValueError, KeyError, TypeError):
        raise SourceError("no ontology of the benchmark", "name its ontology.json", str(ontology)) from None
    extractor = Extractor(recall=True)
    known: dict[str, list[Triple]] = {}
    lines = []
    for row in read_lines(sentences):
        text = repaired(str(row.get("sent", "")))
        if text not in known:
            facts = extractor.extract(Document(str(row["id"]), text, language="en")).facts
            known[text] = list(dict.fromkeys(triples(facts, labels)))
        lines.append(json.dumps({"id": row["id"], "triples": known[text]}, ensure_ascii=False))
    try:
        output.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise cannot_write(output, error) from None


def normal(triple: Sequence[str]) -> str:
    """Return a triple as the score compares it."""
    return "".join(re.sub(r"[\s_]+", "", part).lower() for part in triple)


def f1(gold: set[str], found: set[str]) -> float:
    """Return the F1 of two sets of triples; 0 where they share none."""
    right = len(gold & found)
    return 2 * right / (len(gold) + len(found)) if right else 0.0


def score(gold: Path, predictions: Path) -> dict[str, float]:
    """Return the macro F1 over sentences, with and without the filter; lines of one sentence are taken together."""
    found: dict[str, list[Triple]] = {
        str(row["id"]): [(str(s), str(r), str(o)) for s, r, o in row.get("triples", ())]
        for row in read_lines(predictions)
    }
    wanted: dict[str, tuple[list[Triple], list[Triple]]] = {}
    for row in read_lines(gold):
        right, guessed = wanted.setdefault(str(row.get("sent", row["id"])), ([], []))
        right += gold_triples(row)
        guessed += found.get(str(row["id"]), [])
    filtered, whole = 0.0, 0.0
    for right, guessed in wanted.values():
        relations = {normal(("", relation, "")) for _, relation, _ in right}
        keys = {normal(t) for t in right}
        filtered += f1(keys, {normal(t) for t in guessed if normal(("", t[1], "")) in relations})
        whole += f1(keys, {normal(t) for t in guessed})
    n = max(1, len(wanted))
    return {"sentences": len(wanted), "macro_f1": filtered / n, "macro_f1_unfiltered": whole / n}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("predict", help="write one line of triples for each sentence")
    for name in ("sentences", "ontology", "output"):
        making.add_argument(f"--{name}", type=Path, required=True)
    scoring = commands.add_parser("score", help="print the macro F1 of predictions")
    for name in ("gold", "predictions"):
        scoring.add_argument(f"--{name}", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "predict":
            predict(chosen.sentences, chosen.ontology, chosen.output)
            return
        for name, figure in score(chosen.gold, chosen.predictions).items():
            print(f"{name:<20}{figure:>8.3f}" if isinstance(figure, float) else f"{name:<20}{figure:>8}")
    except AvgraphError as error:
        parser.exit(error.exit_code, f"error: {error}\n")


if __name__ == "__main__":
    main()
