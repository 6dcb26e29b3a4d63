"""One stage of the resolution: compare the nodes of one level, and join those that are one entity.

Pairs are joined from the highest score down, ties by reference, so the result does not depend on the order of the
input.  A node that fits two others about equally, where those two cannot be one, joins neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from avgraph.identity.candidates import candidate_pairs
from avgraph.identity.clusters import MAX_YEAR_SPAN
from avgraph.identity.dismissal import perhaps_alike
from avgraph.identity.likeness import NEAR_IDENTICAL, spelling
from avgraph.identity.mentions import SINGLE_VALUED
from avgraph.identity.nodes import Node, Scene
from avgraph.identity.scoring import MERGE, POSSIBLE, Feature, PairScore, score_pair

__all__ = ["LEVELS", "Link", "link_by_ids", "nodes_of", "run_stage"]

#: The order of the stages: what later stages take as context is settled before them.
LEVELS = ("Place", "Event", "Award", "Work", "season", "episode", "Person", "Organization", "Agreement")
#: Two partners whose log2 odds differ by no more than this fit about equally.
MARGIN_BITS = 1.0
#: So many of a node's best partners are checked for rivals.
_MAX_RIVALS = 50
#: Of so many pairs, those that cannot be alike are found at once rather than one by one.
MANY_PAIRS = 20_000
#: Levels whose open pairs are compared twice.
_TWICE = frozenset(("Organization",))
_Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Link:
    """A verdict on two mentions (by number, the smaller first), who gave it, and why."""

    left: int
    right: int
    verdict: str
    score: float
    decided_by: str
    reasons: tuple[Feature, ...]


def link(left: int, right: int, verdict: str, score: float, decided_by: str, reasons: Iterable[Feature]) -> Link:
    """Return a link with the smaller number on the left and each reason's values turned with it."""
    reasons = tuple(reasons)
    if left > right:
        left, right = right, left
        reasons = tuple(reason.turned() for reason in reasons)
    return Link(left, right, verdict, score, decided_by, reasons)


def link_by_ids(scene: Scene, leave_out: Collection[int] = ()) -> list[Link]:
    """Join mentions that share an external id, but for those of `leave_out`; return the links.

    Where holders of one id disagree in another id, they stay apart, and a holder that fits two of them joins neither.
    """
    mentions, clusters = scene.mentions, scene.clusters
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, ids in enumerate(mentions.ids):
        for value in ids if i not in leave_out else ():
            holders[mentions.type[i], value].append(i)
    links: list[Link] = []
    for (_, value), members in sorted(holders.items()):
        derived = any(value in mentions.derived[m] for m in members)
        heads: list[int] = []
        for member in sorted(members, key=lambda m: (-len(mentions.ids[m]), m)):
            obstacles = [clusters.obstacle(head, member, by_id=True) for head in heads]
            open_heads = [h for h, o in zip(heads, obstacles, strict=True) if o is None]
            same = Feature("id", 1.0, value, value, "the same country" if derived else "the same external id")
            if len({clusters.root(h) for h in open_heads}) == 1:
                if clusters.root(member) != clusters.root(open_heads[0]):
                    clusters.join(open_heads[0], member)
                    links.append(link(open_heads[0], member, "same", 1.0, "country" if derived else "id", [same]))
                continue
            for head, obstacle in zip(heads, obstacles, strict=True):
                if obstacle != "curator":
                    reason = Feature("apart", -0.3, mentions.refs[head], mentions.refs[member], _why(obstacle))
                    links.append(link(head, member, "possiblySame", 0.7, "id", [same, reason]))
            if not open_heads:
                heads.append(member)
    return links


def nodes_of(scene: Scene, level: str) -> list[Node]:
    """Return the nodes of a level: its clusters that have a name, by number."""
    mentions = scene.mentions
    members: dict[int, list[int]] = defaultdict(list)
    for i, its_level in enumerate(mentions.levels):
        if its_level == level:
            members[scene.clusters.root(i)].append(i)
    return [
        Node(root, level, tuple(group), scene)
        for root, group in sorted(members.items())
        if not all(mentions.generic[m] for m in group)
    ]


def run_stage(scene: Scene, level: str) -> list[Link]:
    """Compare and join the nodes of `level`; return the links, ``same`` and ``possiblySame``.

    What one mention leaves open, all mentions of two entities together may tell: the pairs of organisations that stayed
    open are compared once more, with all that is known of either side by then.
    """
    nodes = [n for n in nodes_of(scene, level) if n.names or n.series]
    pairs = candidate_pairs(nodes)
    if pairs.height >= MANY_PAIRS:
        pairs = perhaps_alike(nodes, pairs)
    links = _joined(nodes, pairs.iter_rows())
    if level not in _TWICE:
        return links
    root = scene.clusters.root
    grown = {n.number: n for n in nodes_of(scene, level) if n.names}
    again = sorted(
        {
            (min(a, b), max(a, b))
            for a, b in ((root(x.left), root(x.right)) for x in links if x.verdict != "same")
            if a != b and a in grown and b in grown and len(grown[a].members) + len(grown[b].members) > 2
        }
    )
    place = {number: k for k, number in enumerate(grown)}
    more = _joined(list(grown.values()), [(place[a], place[b]) for a, b in again])
    more = [x for x in more if x.verdict == "same"]
    return [x for x in links if x.verdict == "same" or root(x.left) != root(x.right)] + more


def _joined(nodes: Sequence[Node], pairs: Iterable[_Edge]) -> list[Link]:
    """Compare the pairs of nodes (by position), join those that are one, and return the links."""
    scored: dict[_Edge, PairScore] = {}
    for a, b in pairs:
        found = score_pair(nodes[a], nodes[b])
        if found and (found.score >= POSSIBLE or found.against):
            scored[a, b] = found
    if not scored:
        return []
    clusters = nodes[0].scene.clusters
    obstacle = {
        e: clusters.obstacle(nodes[e[0]].number, nodes[e[1]].number)
        for e, found in scored.items()
        if found.score >= POSSIBLE
    }
    edges = [e for e, found in scored.items() if found.score >= MERGE and obstacle[e] is None]
    demoted = _demoted(nodes, edges, scored) | _taken(nodes, edges, scored)
    links: list[Link] = []
    for edge in sorted(edges, key=lambda e: (-scored[e].bits, e)):
        if edge in demoted:
            continue
        left, right = nodes[edge[0]].number, nodes[edge[1]].number
        found = scored[edge]
        if clusters.root(left) == clusters.root(right):
            continue
        if (why := clusters.obstacle(left, right)) is None:
            clusters.join(left, right)
            links.append(Link(left, right, "same", found.score, found.rule, found.features))
        elif why != "curator":
            demoted[edge] = Feature(
                "apart", 0.0, _ref(nodes, edge[0]), _ref(nodes, edge[1]), f"their entities cannot be one: {_why(why)}"
            )
    for edge, found in scored.items():
        features = found.features
        if edge in demoted:
            features = (*features, demoted[edge])
        elif found.score < POSSIBLE or obstacle[edge] not in (None, "list"):
            continue
        elif obstacle[edge] == "list":
            near = max(spelling(x, y) for x in nodes[edge[0]].names for y in nodes[edge[1]].names)
            if near < NEAR_IDENTICAL:
                continue
            values = (_ref(nodes, edge[0]), _ref(nodes, edge[1]))
            features = (*features, Feature("same list", 0.0, *values, "one source lists both side by side"))
        elif found.score >= MERGE:
            continue
        left, right = nodes[edge[0]].number, nodes[edge[1]].number
        links.append(Link(left, right, "possiblySame", min(found.score, MERGE - 0.01), found.rule, features))
    return links


def _ref(nodes: Sequence[Node], position: int) -> str:
    return nodes[position].scene.mentions.refs[nodes[position].number]


def _why(obstacle: str | None) -> str:
    return {
        "id": "external ids disagree",
        "subtype": "one is a part or a group, the other is not",
        "list": "one source lists both side by side",
        "year": "their years are too far apart",
        "season": "their numbers differ",
        "curator": "the curator keeps them apart",
        None: "it fits several entities equally",
    }.get(obstacle, "they are of different types")


def _demoted(nodes: Sequence[Node], edges: list[_Edge], scored: dict[_Edge, PairScore]) -> dict[_Edge, Feature]:
    """Return the edges that must not join because a node fits two rivals about equally, with the reason."""
    partners: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for a, b in edges:
        partners[a].append((-scored[a, b].bits, b))
        partners[b].append((-scored[a, b].bits, a))
    suspicious = _suspicious(nodes, partners, scored)
    rivals: dict[int, set[int]] = {}
    for node in sorted(suspicious):
        ranked = sorted(partners[node])[:_MAX_RIVALS]
        near = [p for minus, p in ranked if minus <= ranked[0][0] + MARGIN_BITS]
        found = {p for a, b in combinations(near, 2) if _exclude_each_other(nodes, a, b, scored) for p in (a, b)}
        if found:
            rivals[node] = found
    demoted: dict[_Edge, Feature] = {}
    for a, b in edges:
        mine, theirs = rivals.get(a, set()), rivals.get(b, set())
        if b in mine or a in theirs:
            between = sorted(_ref(nodes, r) for r in (mine if b in mine else theirs))
            demoted[a, b] = Feature(
                "rivals", 0.0, between[0], between[1], f"fits {len(between)} entities about equally"
            )
        elif mine & theirs and not scored[a, b].contextual:
            between = sorted(_ref(nodes, r) for r in mine & theirs)
            demoted[a, b] = Feature("rivals", 0.0, between[0], between[-1], "several entities bear this name")
    return demoted


def _taken(nodes: Sequence[Node], edges: list[_Edge], scored: dict[_Edge, PairScore]) -> dict[_Edge, Feature]:
    """Return the edges between works of other titles of which one end fits another work of the other's table better.

    A table lists a work once: what is found under its own title there is not also the one under another title.
    """
    partners: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for a, b in edges:
        partners[a].append((b, scored[a, b].bits))
        partners[b].append((a, scored[a, b].bits))
    taken: dict[_Edge, Feature] = {}
    for edge in edges:
        if scored[edge].alike:
            continue
        for mine, theirs in (edge, edge[::-1]):
            tables = nodes[theirs].tables
            better = [
                p for p, bits in partners[mine]
                if bits > scored[edge].bits and not tables.isdisjoint(nodes[p].tables)
            ]  # fmt: skip
            if better:
                values = (_ref(nodes, mine), _ref(nodes, better[0]))
                taken[edge] = Feature("rivals", 0.0, *values, "the same table has it under a title more alike")
    return taken


def _exclude_each_other(nodes: Sequence[Node], a: int, b: int, scored: dict[_Edge, PairScore]) -> bool:
    clusters = nodes[a].scene.clusters
    if clusters.obstacle(nodes[a].number, nodes[b].number) is not None:
        return True
    found = scored.get((min(a, b), max(a, b)))
    return found is not None and found.against and found.score < MERGE


def _suspicious(
    nodes: Sequence[Node], partners: dict[int, list[tuple[float, int]]], scored: dict[_Edge, PairScore]
) -> set[int]:
    """Return the nodes of those groups of linked nodes in which any two exclude each other.

    Found in linear time from what a whole group holds, so that rivals are looked for only where there are any.
    """
    group: dict[int, int] = {}
    for start in sorted(partners):
        waiting = [] if start in group else [start]
        while waiting:
            node = waiting.pop()
            if node not in group:
                group[node] = start
                waiting.extend(p for _, p in partners[node] if p not in group)
    held: dict[tuple[int, str], set[object]] = defaultdict(set)
    years: dict[int, list[int]] = defaultdict(list)
    bad: set[int] = set()
    for node, start in group.items():
        for value in nodes[node].ids:
            scheme = value.partition(":")[0]
            if scheme in SINGLE_VALUED:
                held[start, scheme].add(value)
        years[start].extend(nodes[node].years)
        held[start, "season"].add(nodes[node].season)
        for member in nodes[node].members:
            for kind, numbers in (
                ("list", nodes[node].scene.context.apart),
                ("verdict", nodes[node].scene.clusters.tags),
            ):
                for number in numbers.get(member, ()):
                    key = (start, f"{kind} {number if kind == 'list' else number // 2}")
                    held[key].add(node if kind == "list" else number)
    bad = {start for (start, _), values in held.items() if len(values) > 1}
    bad |= {start for start, found in years.items() if found and max(found) - min(found) > MAX_YEAR_SPAN}
    bad |= {
        group[a]
        for (a, b), found in scored.items()
        if found.against and found.score < MERGE and a in group and group[a] == group.get(b)
    }
    return {node for node, start in group.items() if start in bad}
