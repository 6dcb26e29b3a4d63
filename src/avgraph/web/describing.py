"""What the server says of itself and of its data: SPARQL 1.1 Service Description, VoID and DCAT."""

from __future__ import annotations

from avgraph.graph.answering import RDF_TYPES
from avgraph.graph.describe import dataset_description
from avgraph.graph.service import service_description
from avgraph.web.negotiation import choose
from avgraph.web.problems import Problem, Reply, problem_reply
from avgraph.web.worker import Served

__all__ = ["describe_dataset", "describe_service"]


def describe_service(served: Served, address: str, accept: str, is_writable: bool) -> Reply:
    """Describe the SPARQL endpoint at `address`."""
    media_type = choose(accept, RDF_TYPES)
    text = service_description(served.backend.store, address, media_type, is_writable=is_writable)
    return Reply(200, media_type, text)


def describe_dataset(served: Served, origin: str, accept: str) -> Reply:
    """Describe the data set that the server at `origin` serves."""
    snapshot = served.graph.snapshot
    if snapshot is None:
        return problem_reply(
            Problem(404, "not-found", "There is no description", "What is served is no build of a workspace.")
        )
    media_type = choose(accept, RDF_TYPES)
    return Reply(200, media_type, dataset_description(snapshot, origin, media_type))
