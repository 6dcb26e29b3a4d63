"""What attacks on a server have in common."""

from __future__ import annotations

import re
import time

from serving import TOKEN, Served, Told

__all__ = [
    "ENDLESS",
    "FORM",
    "KNOWN",
    "QUERY",
    "TIMEOUT_S",
    "UPDATE",
    "posted",
    "statuses",
    "timed",
]

TIMEOUT_S = 2
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
KNOWN = {"Authorization": f"Bearer {TOKEN}"}


#: Queries that would take ages.
ENDLESS = [
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } LIMIT 9000000",
    "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x-a:p>|^!<urn:x-a:q>)* ?b . ?c (!<urn:x-a:p>|^!<urn:x-a:q>)* ?d }",
    "SELECT (COUNT(*) AS ?n) { ?a ((!<urn:x-a:p>)*/(^!<urn:x-a:p>)*/(!<urn:x-a:p>)*)* ?b . ?c ?d ?e . ?f ?g ?h }",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER REGEX(STR(?c), CONCAT('^(', STR(?f), '|.*)*$')) }",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER NOT EXISTS { ?c ?x ?y . ?y ?z ?f } }",
    "SELECT (SHA512(GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g)))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a = ?i) }",
]  # fmt: skip


def timed(server: Served) -> tuple[Told, float]:
    began = time.monotonic()
    told = server.query("ASK { ?film a schema:Movie }")
    return told, time.monotonic() - began


def posted(server: Served, body: str | bytes, kind: str = QUERY, **headers: str) -> Told:
    return server.ask("POST", "/sparql", body, Content_Type=kind, **headers)


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]
