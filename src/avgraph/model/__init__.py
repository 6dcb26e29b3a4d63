"""What flows through avgraph: documents, claims, mentions."""

from avgraph.model.document import BLOCK_KINDS, Block, Document
from avgraph.model.facts import DETAILS, QUALIFIERS, RELATIONS, Fact, Rejected
from avgraph.model.kinds import COMMON, ENTITY_TYPES, KINDS, SCHEMES, STATUSES, Attribute, ClaimKind, Role, Shortcut
from avgraph.model.tables import (
    MENTION_SCHEMA,
    SOURCE_SCHEMA,
    ClaimTables,
    Collector,
    SourceTables,
    claim_schema,
    concat_claims,
    empty_claims,
    with_claim_ids,
)

__all__ = [
    "BLOCK_KINDS",
    "COMMON",
    "DETAILS",
    "ENTITY_TYPES",
    "KINDS",
    "MENTION_SCHEMA",
    "QUALIFIERS",
    "RELATIONS",
    "SCHEMES",
    "SOURCE_SCHEMA",
    "STATUSES",
    "Attribute",
    "Block",
    "ClaimKind",
    "ClaimTables",
    "Collector",
    "Document",
    "Fact",
    "Rejected",
    "Role",
    "Shortcut",
    "SourceTables",
    "claim_schema",
    "concat_claims",
    "empty_claims",
    "with_claim_ids",
]
