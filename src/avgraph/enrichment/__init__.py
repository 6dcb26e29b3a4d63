"""Enriching a workspace from a public knowledge base: ids → queries → rows of record files that a build reads."""

from avgraph.enrichment.answers import AnswerStore
from avgraph.enrichment.pulling import CACHE_NAME, ENDPOINT, PullReport, Wanted, plan_lines, pull_wikidata, wanted_ids

__all__ = ["CACHE_NAME", "ENDPOINT", "AnswerStore", "PullReport", "Wanted", "plan_lines", "pull_wikidata",
           "wanted_ids"]  # fmt: skip
