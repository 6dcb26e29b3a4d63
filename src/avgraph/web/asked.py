"""Tasks of the SPARQL endpoint, as workers do them."""

from __future__ import annotations

from avgraph.errors import QueryError
from avgraph.graph.answering import Answer, DatasetChoice, answer
from avgraph.knowledge.syntax import ask_plainly
from avgraph.sparql import may_use
from avgraph.web.negotiation import choose
from avgraph.web.problems import Reply
from avgraph.web.worker import Served

__all__ = ["answer_query"]


def answer_query(
    served: Served, sparql: str, accept: str, dataset: DatasetChoice, base_iri: str | None = None
) -> Reply:
    """Answer a query in the form that `accept` prefers; `base_iri` is for its relative IRIs."""
    if may_use(sparql, "SERVICE"):
        raise QueryError(
            "SERVICE asks another server, and this one asks nobody",
            "leave it out, or ask that server itself; a prefix of that name needs another one",
        )

    def ask(text: str) -> Answer:
        store, bounds = served.backend.store, served.limits.bounds
        return answer(store, text, lambda offered: choose(accept, offered), bounds, dataset, base_iri)

    found = ask_plainly(ask, sparql, sparql)
    return Reply(200, found.media_type, found.body)
