"""An extractor that asks a language model of the user's choice; never used unless asked for."""

from avgraph.extraction.llm.checking import CONFIDENCE
from avgraph.extraction.llm.endpoint import KEY_ENV, TIMEOUT_S, Answer, ChatEndpoint
from avgraph.extraction.llm.extractor import Answers, Asked, Endpoint, LlmExtractor

__all__ = [
    "CONFIDENCE",
    "KEY_ENV",
    "TIMEOUT_S",
    "Answer",
    "Answers",
    "Asked",
    "ChatEndpoint",
    "Endpoint",
    "LlmExtractor",
]
