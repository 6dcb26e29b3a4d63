"""What the model tells apart: kinds of mentions and relations between two mentions."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from avgraph.model import RELATIONS

__all__ = ["GENERIC", "LINKS", "PAIR_LABELS", "STATUS", "TAGGED", "TAGS", "allowed_labels"]

#: Entity type → tag of phrases and pronouns that stand for such an entity ("the film", "elle").
GENERIC = {"Work": "work", "Organization": "organization", "Person": "person"}
#: Tags of mentions; Category and Role are values of qualifiers.
TAGGED = (
    "Person", "Organization", "Work", "Award", "Event", "Place", "Quantity", "Date", "Agreement", "Category", "Role",
    *GENERIC.values(),
)  # fmt: skip
#: BIO tags of words; 0 is outside.
TAGS = ("O", *(f"{prefix}-{tag}" for tag in TAGGED for prefix in "BI"))
#: Links beside the relations: a phrase to a name it stands for, and a fact's side to the value of a qualifier.
LINKS = ("same", "amount", "share", "category", "role", "for_work")
PAIR_LABELS = (*RELATIONS, *LINKS)
#: Status of a relation between two mentions; "asserted" is none of them.
STATUS = ("planned", "reported", "negated")

_KIND = {tag: i for i, tag in enumerate(TAGGED)}
_LABEL = {label: i for i, label in enumerate(PAIR_LABELS)}


@lru_cache(maxsize=1)
def allowed_labels() -> NDArray[np.bool_]:
    """Return which label may hold between mentions of two tags: shape (tags, tags, labels)."""
    allowed = np.zeros((len(TAGGED), len(TAGGED), len(PAIR_LABELS)), bool)
    for relation, (subjects, objects) in RELATIONS.items():
        for subject in subjects:
            for object_ in objects:
                allowed[_KIND[subject], _KIND[object_], _LABEL[relation]] = True
    for subject in ("Work", "Organization"):
        allowed[_KIND[subject], _KIND["Quantity"], [_LABEL["amount"], _LABEL["share"]]] = True
    for subject in ("Work", "Organization", "Person"):
        allowed[_KIND[subject], _KIND["Category"], _LABEL["category"]] = True
    allowed[_KIND["Person"], _KIND["Role"], _LABEL["role"]] = True
    allowed[_KIND["Person"], _KIND["Work"], _LABEL["for_work"]] = True
    for type_, generic in GENERIC.items():
        allowed[_KIND[generic]] |= allowed[_KIND[type_]]
    for type_, generic in GENERIC.items():
        allowed[:, _KIND[generic]] |= allowed[:, _KIND[type_]]
    for type_, generic in GENERIC.items():
        allowed[_KIND[generic], _KIND[type_], _LABEL["same"]] = True
    return allowed
