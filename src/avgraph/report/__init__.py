"""A self-contained HTML report of a graph: figures, disagreements, drawn networks, and what the networks answer."""

from avgraph.report.brokers import country_pair
from avgraph.report.page import report_html, write_report

__all__ = ["country_pair", "report_html", "write_report"]
