"""A graph on the web: SPARQL endpoint, linked data, named queries, pages."""

from avgraph.web.limits import Limits
from avgraph.web.server import serve
from avgraph.web.service import Settings

__all__ = ["Limits", "Settings", "serve"]
