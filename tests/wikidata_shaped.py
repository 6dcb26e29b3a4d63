"""Statements about a few works, people and companies in the RDF shape of Wikidata, and a server that answers of them.

Who made what is as in the example workspace, details beside that are made up. The numbers of the items are our own
(from Q900000000), those of properties and classes are Wikidata's. The shape is that of the Wikibase RDF dump format:
full statements with ranks, qualifiers and value nodes beside the direct properties; an unknown value is a
``.well-known/genid`` IRI.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

import pyoxigraph

ENTITY = "http://www.wikidata.org/entity/"
UNKNOWN = f"<{ENTITY.replace('entity/', '.well-known/genid/')}0c1e>"
_PREFIXES = f"""
PREFIX wd: <{ENTITY}>
PREFIX s: <{ENTITY}statement/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX wdno: <http://www.wikidata.org/prop/novalue/>
PREFIX p: <http://www.wikidata.org/prop/>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX psv: <http://www.wikidata.org/prop/statement/value/>
PREFIX pq: <http://www.wikidata.org/prop/qualifier/>
PREFIX pqv: <http://www.wikidata.org/prop/qualifier/value/>
PREFIX v: <http://www.wikidata.org/value/>
PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
EXTERNAL = ("P345", "P214", "P2704", "P4947", "P8013")
MR_HUBLOT, WITZ, ESPIGARES, ZEILT, BELGIUM, LUXEMBOURG, FRANCE = (f"Q90000000{n}" for n in range(1, 8))
OSCAR, UNITE, SEASON, WAGNER, ROBOT, IRINA, OLD_IRINA, GARBARSKI, RTBF, DUO = (f"Q9000000{n}" for n in range(10, 20))
VANDER, OF_NOBODY = "Q900000020", "Q900000021"


def day(text: str, precision: int = 11) -> tuple[str, int]:
    """Return a time value with its precision: 11 day, 10 month, 9 year, 8 decade."""
    return f'"{text}T00:00:00Z"^^xsd:dateTime', precision


@dataclass
class Item:
    labels: dict[str, str]
    aliases: list[tuple[str, str]] = field(default_factory=list)
    #: (property, value as Turtle or (Turtle, precision), qualifiers, rank)
    claims: list[tuple[Any, ...]] = field(default_factory=list)


def _of(*claims: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return list(claims)


ITEMS: dict[str, Item] = {
    MR_HUBLOT: Item(
        {"fr": "Mr Hublot", "en": "Mr. Hublot", "de": "Mr. Hublot", "ja": "ミスター・ユーブロ"},
        [("en", "Mister Hublot"), ("pt", "O Sr. Hublot")],
        _of(
            ("P31", "wd:Q24862"), ("P345", '"tt3043542"'), ("P8013", '"movies/mr-hublot-2013"'),
            ("P1476", '"Mr Hublot"@fr'), ("P57", f"wd:{WITZ}"), ("P57", f"wd:{ESPIGARES}"),
            ("P57", f"wd:{WAGNER}", {}, "Deprecated"), ("P58", f"wd:{WITZ}"), ("P272", f"wd:{ZEILT}"),
            ("P162", UNKNOWN), ("P495", f"wd:{LUXEMBOURG}"), ("P495", f"wd:{FRANCE}"),
            ("P577", day("2013-10-11"), {"P291": f"wd:{LUXEMBOURG}"}), ("P577", day("2013-01-01", 9)),
            ("P577", day("2010-01-01", 8)),
            ("P2047", ('"+11"^^xsd:decimal', "Q7727")),
            ("P161", f"wd:{ROBOT}", {"P4633": '"Robot Pet"', "P1545": '"2"'}),
            ("P166", f"wd:{OSCAR}", {"P585": day("2014-03-02"), "P1346": f"wd:{WITZ} , wd:{ESPIGARES}"}),
            ("P1411", f"wd:{OSCAR}", {"P585": day("2010-01-01", 8)}, "Preferred"),
        ),
    ),
    UNITE: Item(
        {"fr": "Unité 42"}, [("en", "Unit 42")],
        _of(("P31", "wd:Q5398426"), ("P449", f"wd:{RTBF}"), ("P495", f"wd:{BELGIUM}"),
            ("P2047", ('"1"^^xsd:decimal', "Q25235"))),
    ),
    SEASON: Item(
        {"en": "Unité 42, season 2"}, [],
        _of(("P31", "wd:Q3464665"), ("P179", f"wd:{UNITE}", {"P1545": '"2"'}), ("P57", f"wd:{WAGNER}")),
    ),
    IRINA: Item(
        {"mul": "Irina Palm"}, [],
        _of(("P31", "wd:Q11424"), ("P345", '"tt0762110"'), ("P57", f"wd:{GARBARSKI}"), ("P577", day("2007-02-01", 10)),
            ("P495", f"wd:{BELGIUM}"), ("P495", f"wd:{LUXEMBOURG}")),
    ),
    WITZ: Item(
        {"en": "Laurent Witz"}, [("fr", "Laurent Witz (réalisateur)")],
        _of(("P31", "wd:Q5"), ("P345", '"nm5793837"'), ("P214", '"307419846"'), ("P27", f"wd:{FRANCE}"),
            ("P569", day("1975-01-01", 9)), ("P108", f"wd:{ZEILT}", {"P580": day("2007-01-01", 9)}),
            ("P166", f"wd:{OSCAR}",
             {"P585": day("2014-03-02"), "P1686": f"wd:{MR_HUBLOT}", "P1706": f"wd:{ESPIGARES}"})),
    ),
    ESPIGARES: Item({"en": "Alexandre Espigares"}, [], _of(("P31", "wd:Q5"))),
    ROBOT: Item({"en": "Duo of voices"}, [], _of(("P31", "wd:Q10648343"))),
    WAGNER: Item({"fr": "Christophe Wagner"}, [], _of(("P31", "wd:Q5"))),
    GARBARSKI: Item({"en": "Sam Garbarski"}, [], _of(("P31", "wd:Q5"), ("P345", '"nm0305174"'))),
    ZEILT: Item(
        {"en": "ZEILT productions"}, [("fr", "Zeilt")],
        _of(("P31", "wd:Q1762059"), ("P345", '"co0255374"'), ("P17", f"wd:{LUXEMBOURG}"),
            ("P571", day("2007-01-01", 9)),
            ("P112", f"wd:{WITZ}"), ("P749", UNKNOWN)),
    ),
    RTBF: Item({"fr": "RTBF", "en": "RTBF"}, [], _of(("P31", "wd:Q1616075"), ("P17", f"wd:{BELGIUM}"))),
    OSCAR: Item({"en": "Academy Award for Best Animated Short Film"}, [], _of(("P31", "wd:Q618779"))),
    BELGIUM: Item({"en": "Belgium", "fr": "Belgique"}, [], _of(("P297", '"BE"'))),
    LUXEMBOURG: Item({"en": "Luxembourg", "de": "Luxemburg"}, [], _of(("P297", '"LU"'))),
    FRANCE: Item({"en": "France"}, [], _of(("P297", '"FR"'))),
    VANDER: Item({"en": "Namesake"}, [], _of(("P345", '"tt0000099"'))),
    OF_NOBODY: Item({"en": "Namesake"}, [], _of(("P345", '"tt0000099"'))),
}  # fmt: skip


def wikidata_turtle(items: dict[str, Item] | None = None) -> str:
    """Return the items in the shape of the Wikibase RDF dumps."""
    lines = [_PREFIXES, f"wd:{OLD_IRINA} owl:sameAs wd:{IRINA} ."]
    for id_ in EXTERNAL:
        lines.append(f"wd:{id_} wikibase:propertyType wikibase:ExternalId ; wikibase:directClaim wdt:{id_} .")
    lines.append("wd:P57 wikibase:propertyType wikibase:WikibaseItem ; wikibase:directClaim wdt:P57 .")
    for item, about in (ITEMS if items is None else items).items():
        lines += [f'wd:{item} rdfs:label "{text}"@{code} .' for code, text in about.labels.items()]
        lines += [f'wd:{item} skos:altLabel "{text}"@{code} .' for code, text in about.aliases]
        lines.append(f"wd:{item} a wdno:P21 .")
        for number, claim in enumerate(about.claims):
            lines += _statement(item, f"{item}-{number:04d}", *claim)
    return "\n".join(lines)


def _statement(
    item: str, id_: str, property_: str, value: Any, qualifiers: dict[str, Any] | None = None, rank: str = "Normal"
) -> Iterator[str]:
    yield f"wd:{item} p:{property_} s:{id_} . s:{id_} wikibase:rank wikibase:{rank}Rank ."
    yield from _value(f"s:{id_}", "ps", "psv", property_, value, id_)
    if rank != "Deprecated":
        yield f"wd:{item} wdt:{property_} {value[0] if isinstance(value, tuple) else value} ."
    for qualifier, of in (qualifiers or {}).items():
        yield from _value(f"s:{id_}", "pq", "pqv", qualifier, of, f"{id_}-{qualifier}")


def _value(subject: str, simple: str, full: str, property_: str, value: Any, node: str) -> Iterator[str]:
    if not isinstance(value, tuple):
        yield f"{subject} {simple}:{property_} {value} ."
        return
    text, about = value
    yield f"{subject} {simple}:{property_} {text} ; {full}:{property_} v:{node} ."
    yield (
        f"v:{node} wikibase:timeValue {text} ; wikibase:timePrecision {about} ."
        if isinstance(about, int)
        else f"v:{node} wikibase:quantityAmount {text} ; wikibase:quantityUnit wd:{about} ."
    )


def wikidata_store() -> pyoxigraph.Store:
    """Return the items in a store."""
    store = pyoxigraph.Store()
    store.load(wikidata_turtle().encode(), pyoxigraph.RdfFormat.TURTLE)
    return store


@dataclass
class Fault:
    """What goes wrong with one request instead of an answer.

    Attributes
    ----------
    status, headers, body
        Of the reply.
    cut
        Whether the connection is closed in the middle of the answer.
    delay_s
        Waited before the reply.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: bool = False
    delay_s: float = 0.0


class Flaky:
    """A SPARQL endpoint that fails as it is told to, request by request, and else answers."""

    def __init__(self, answer: Callable[[str], bytes]) -> None:
        self.answer = answer
        self.url = ""
        #: What goes wrong with the next requests, in turn; None for nothing.
        self.faults: list[Fault | None] = []
        #: Tells for each query what goes wrong with it, once the list is used up.
        self.judge: Callable[[str], Fault | None] = lambda query: None
        self.queries: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.n_open = self.most_open = 0


def answers_of(store: pyoxigraph.Store) -> Callable[[str], bytes]:
    """Return what answers queries from a store, as SPARQL JSON."""

    def answer(query: str) -> bytes:
        solutions = store.query(query)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        return solutions.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b""

    return answer


def forwarded_to(url: str) -> Callable[[str], bytes]:
    """Return what passes queries on to a server."""

    def answer(query: str) -> bytes:
        headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
        with urlopen(Request(url, query.encode(), headers), timeout=60) as reply:
            return bytes(reply.read())

    return answer


@contextmanager
def serving_wikidata(answer: Callable[[str], bytes]) -> Iterator[Flaky]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            flaky.times.append(time.monotonic())
            flaky.n_open += 1
            flaky.most_open = max(flaky.most_open, flaky.n_open)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = parse_qs(body)["query"][0]
            flaky.queries.append(query)
            flaky.headers.append(dict(self.headers))
            fault = flaky.faults.pop(0) if flaky.faults else flaky.judge(query)
            with suppress(OSError):  # the client gave up
                self._reply(fault or Fault(), query)

        def _reply(self, fault: Fault, query: str) -> None:
            time.sleep(fault.delay_s)
            data = flaky.answer(query) if fault.body is None and fault.status == 200 else fault.body or b"busy"
            self.send_response(fault.status)
            for name, value in {"Content-Type": "application/sparql-results+json", **fault.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            flaky.n_open -= 1  # before the last bytes, after which the next request may come
            self.wfile.write(data[: len(data) // 2] if fault.cut else data)

        def log_message(self, *args: object) -> None:
            pass

    flaky = Flaky(answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    flaky.url = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield flaky
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
