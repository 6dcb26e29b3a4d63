"""Addresses of chat-completions endpoints: what is one, what is asked, what may be shown."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

__all__ = ["address_fault", "chat_url", "key_env_fault", "model_fault", "shown_address"]

_PATH = "/chat/completions"


def address_fault(address: str) -> str | None:
    """Return what keeps a text from being the address of an endpoint, or None; the text itself is not repeated.

    >>> address_fault("http://localhost:11434/v1")
    >>> address_fault("https://ada:secret@example.org/v1")
    'holds a user name or password'
    >>> address_fault("localhost:11434")
    'does not start with http:// or https://'
    """
    if not address.isascii() or not address.isprintable() or " " in address:
        return "holds a space or a character that an address cannot hold"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "has no usable host or port"
    if parts.scheme not in ("http", "https"):
        return "does not start with http:// or https://"
    if "@" in parts.netloc:
        return "holds a user name or password"
    return None if host else "has no usable host or port"


def model_fault(model: str) -> str | None:
    """Return what keeps a text from being the name of a model, or None."""
    if not model.strip():
        return "is empty"
    return None if model.isprintable() and " " not in model else "holds a space or a control character"


def key_env_fault(name: str) -> str | None:
    """Return what keeps a text from naming an environment variable, or None; it is not repeated: it may be the key.

    >>> key_env_fault("MY_KEY"), key_env_fault("sk-123")
    (None, 'is no name of an environment variable')
    """
    return None if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else "is no name of an environment variable"


def chat_url(address: str) -> str:
    """Return where completions are asked for.

    >>> chat_url("http://localhost:11434/v1/"), chat_url("https://example.org/v1/chat/completions?api-version=1")
    ('http://localhost:11434/v1/chat/completions', 'https://example.org/v1/chat/completions?api-version=1')
    """
    parts = urlsplit(address)
    path = parts.path.rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path if path.endswith(_PATH) else path + _PATH, parts.query, ""))


def shown_address(address: str) -> str:
    """Return the address as messages show it: no user, no password, no query.

    >>> shown_address("https://ada:secret@example.org:8000/v1?key=secret#x")
    'https://example.org:8000/v1'
    """
    parts: SplitResult = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
