"""The collaboration network to look around in, the sentences behind a tie, and the way from one member to another."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import polars as pl

from avgraph.errors import NotFoundError, QueryError
from avgraph.network import Network
from avgraph.network.drawing import svg
from avgraph.network.style import strongest
from avgraph.network.summary import IN_WORDS
from avgraph.network.tie import joint_works
from avgraph.web.pages.asked import Asked
from avgraph.web.pages.rendering import base_iri_of, html_reply, path_of
from avgraph.web.pages.shared import statements
from avgraph.web.pages.wording import name_in, sayer, words
from avgraph.web.problems import Reply
from avgraph.web.worker import Served

__all__ = ["COLOURS", "KINDS", "SCRIPT_WORDS", "WEIGHTS", "network", "path", "tie"]

KINDS = ("company", "person", "country", "funder", "broadcaster", "distributor", "partner")
WEIGHTS = ("newman", "count", "share")
COLOURS = ("country", "community")
#: Kinds with places among their members.
_OF_PLACES = ("country", "funder", "partner")
_MOST_NODES = 150
_MOST_CLAIMS = 80
_MOST_WORKS = 60
_KEPT = 3
SCRIPT_WORDS = ("{n} ties here", "its page", "1 joint work", "{n} joint works", "weight", "and {n} more",
                 "What sources say", "{members} members, {ties} ties")  # fmt: skip
_networks: OrderedDict[tuple[object, ...], Network] = OrderedDict()


def network(served: Served, asked: Asked) -> Reply:
    """Show a network: drawing, figures, members and ties.

    Raises
    ------
    QueryError
        If there is no such kind of network.
    """
    kind = _kind(asked)
    net = _network(served, asked, kind)
    colour = asked.get("colour") if asked.get("colour") in COLOURS else COLOURS[0]
    drawn = strongest(net, _MOST_NODES)
    looked = _by_community(drawn, net, asked) if colour == "community" else drawn
    members = drawn.nodes.sort("strength", "node", descending=[True, False]).to_dicts()
    place = {member["node"]: i for i, member in enumerate(members)}
    ties = drawn.edges.sort("weight", "source", "target", descending=[True, False, False]).to_dicts()
    summary = net.summary(paths=net.nodes.height <= 20_000).to_dict()
    data = _data(served, asked, drawn, members, ties, place)
    say = sayer(asked.language)
    return html_reply(
        "network.html", served, asked, kind=kind, kinds=KINDS, weights=WEIGHTS, colours=COLOURS, colour=colour,
        members=members, ties=[row | {"one": place[row["source"]], "other": place[row["target"]]} for row in ties],
        data=data,
        drawing=svg(looked, max_nodes=_MOST_NODES, title=_title(asked, kind), marked=True, say=say) if ties else "",
        countries=sorted({m["country"] for m in members if m["country"]}), years=net.covered,
        figures=[(text, summary[name]) for name, text in IN_WORDS.items() if summary[name] is not None],
        n_members=net.nodes.height, n_ties=net.edges.height, settings=net.settings.said(say),
        roles=sorted(set(net.memberships["role"].drop_nulls())),
        work_kinds=sorted(set(served.graph.membership(kind)["kind"].drop_nulls())),
        tie_link=lambda a, b: _link(kind, "tie", asked, a=a, b=b), python=_python(asked, kind),
    )  # fmt: skip


def _title(asked: Asked, kind: str) -> str | None:
    """Return the title of a drawing, None where its own is in the language of the page."""
    say = sayer(asked.language)
    return None if asked.language == "en" else say("Network: {kind}", kind=say(kind))


def _data(
    served: Served, asked: Asked, drawn: Network, members: list[dict[str, Any]], ties: list[dict[str, Any]],
    place: dict[str, int],
) -> dict[str, Any]:  # fmt: skip
    """Return what the script of the page needs."""
    base_iri = base_iri_of(served)
    works: dict[tuple[str, str], list[tuple[str, int | None, str]]] = {}
    labels = dict(drawn.works.select("work", "label").iter_rows())
    rows = joint_works(drawn).select("source", "target", "work", "first_year").sort("first_year", "work")
    for source, target, work, year in rows.iter_rows():
        works.setdefault((source, target), []).append((labels[work], year, path_of(work, base_iri)))
    told = words(asked.language)
    return {
        "members": [member["label"] for member in members],
        "addresses": [path_of(member["node"], base_iri) for member in members],
        "words": {text: told[text] for text in SCRIPT_WORDS if text in told},
        "ties": [
            {
                "a": place[tie["source"]], "b": place[tie["target"]], "w": tie["weight"], "n": tie["n_works"],
                "f": tie["first_year"], "l": tie["last_year"], "said": [], "n_said": 0,
                "works": works.get((tie["source"], tie["target"]), [])[:_MOST_WORKS],
                "address": _link(_kind(asked), "tie", asked, a=tie["source"], b=tie["target"]),
            }
            for tie in ties
        ],
    }  # fmt: skip


def _kind(asked: Asked) -> str:
    parts = asked.path.split("/")
    kind = parts[2] if len(parts) > 2 else KINDS[0]
    if kind not in KINDS:
        raise QueryError(f"no kind of network {kind!r}", f"kinds: {', '.join(KINDS)}")
    return kind


def _link(kind: str, page: str, asked: Asked, **ends: str) -> str:
    kept = [(name, value) for name, value in asked.parameters if name in _CHOICES]
    return f"/network/{kind}/{page}?{urlencode([*kept, *ends.items()])}"


_CHOICES = ("from", "until", "role", "work", "weight", "least")


def _choices(asked: Asked) -> dict[str, Any]:
    """Return how a network is projected, as :meth:`avgraph.KnowledgeGraph.network` takes it."""
    first, last = (asked.number(name, -1, -1, 9999) for name in ("from", "until"))
    chosen: dict[str, Any] = {}
    if first >= 0 or last >= 0:
        chosen["years"] = (first if first >= 0 else None, last if last >= 0 else None)
    for name, parameter in (("roles", "role"), ("work_kinds", "work")):
        if values := tuple(sorted({value for key, value in asked.parameters if key == parameter})):
            chosen[name] = values
    if asked.get("weight") in WEIGHTS:
        chosen["weight"] = asked.get("weight")
    return chosen


def _network(served: Served, asked: Asked, kind: str) -> Network:
    """Return a network; the last few are kept."""
    chosen = _choices(asked)
    key = (served.content, kind, *sorted(chosen.items()))
    if key not in _networks:
        _networks[key] = served.graph.network(kind, **chosen)
        while len(_networks) > _KEPT:
            _networks.popitem(last=False)
    found = _networks[key]
    return _renamed(found, asked.language) if kind in _OF_PLACES and asked.language != "en" else found


def _renamed(net: Network, language: str) -> Network:
    """Return a network whose places have their names in a language."""
    named = [name_in(label, node, language) for label, node in net.nodes.select("label", "node").iter_rows()]
    return replace(net, nodes=net.nodes.with_columns(label=pl.Series(named, dtype=pl.String)))


def _by_community(drawn: Network, net: Network, asked: Asked) -> Network:
    """Return the network with the number of its community in place of each member's country."""
    found = net.communities().table.select(
        "node", country=pl.format("{} {}", pl.lit(words(asked.language).get("community", "community")),
                                  pl.col("community") + 1),
    )  # fmt: skip
    nodes = drawn.nodes.drop("country").join(found, on="node", how="left", maintain_order="left")
    return replace(drawn, nodes=nodes.select(drawn.nodes.columns))


def _python(asked: Asked, kind: str) -> str:
    told = "".join(f", {name}={value!r}" for name, value in _choices(asked).items())
    return f'avgraph.open("{asked.origin}/sparql").network("{kind}"{told})'


def tie(served: Served, asked: Asked) -> Reply:
    """Show the works that two members have in common, and who says so.

    Raises
    ------
    NotFoundError
        If one is no member, or they have no tie.
    """
    kind = _kind(asked)
    net = _network(served, asked, kind)
    found = net.edge(asked.get("a"), asked.get("b"))
    claims = [served.graph.claim(iri) for iri in found.claims[:_MOST_CLAIMS]]
    return html_reply(
        "tie.html", served, asked, kind=kind, tie=found, works=found.works.to_dicts(),
        said=statements(claims, asked.language), n_claims=len(found.claims), back=f"/network/{kind}",
    )  # fmt: skip


def path(served: Served, asked: Asked) -> Reply:
    """Show a shortest way between two members: the fewest ties, then the heaviest.

    Raises
    ------
    NotFoundError
        If one is no member, or no way leads from one to the other.
    """
    kind = _kind(asked)
    net = _network(served, asked, kind)
    ends = [_member(net, asked.get(name)) for name in ("a", "b")] if asked.get("a") and asked.get("b") else []
    steps = net.shortest_path(*ends) if ends else []
    pairs = [net.edge(a, b) for a, b in pairwise(steps)]
    labels = dict(net.nodes.select("node", "label").iter_rows())
    return html_reply(
        "path.html", served, asked, kind=kind, steps=[(node, labels[node]) for node in steps],
        ties=[(t, t.works.head(6).to_dicts(), _link(kind, "tie", asked, a=t.source, b=t.target)) for t in pairs],
        members=net.nodes.sort("strength", descending=True)["label"].head(500).to_list(),
    )  # fmt: skip


def _member(net: Network, text: str) -> str:
    """Return the member of an IRI or a name; of several with one name the strongest."""
    try:
        return net.find(text)
    except NotFoundError:
        named = net.nodes.filter(pl.col("label") == text).sort("strength", descending=True)["node"]
        if named.is_empty():
            raise
        return str(named[0])
