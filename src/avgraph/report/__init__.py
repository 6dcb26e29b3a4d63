"""A self-contained HTML report of a graph: figures, disagreements, a drawn network."""

from avgraph.report.page import report_html, write_report

__all__ = ["report_html", "write_report"]
