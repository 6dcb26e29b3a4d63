"""The workspace: the folder a user keeps, and where everything in it lies."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from avgraph.endpoints import address_fault, key_env_fault, model_fault
from avgraph.errors import Issue, WorkspaceError
from avgraph.text import single_line
from avgraph.tomlfile import TomlError, parse_toml

__all__ = ["ARTICLE_SUFFIXES", "CONFIG_NAME", "LanguageModel", "Workspace", "holds_records", "init_workspace"]

CONFIG_NAME = "avgraph.toml"
ARTICLE_SUFFIXES = (".html", ".htm", ".xhtml", ".txt", ".md")
_DEFAULT_BASE = "https://w3id.org/avgraph/id/"
#: Files of ``records/`` that are for people.
_ABOUT_FILES = ("readme", "readme.md", "readme.txt", "license", "licence")
_KEYS = {
    "workspace": {"name", "base_iri", "licence", "publisher"},
    "sources": {"precedence"},
    "articles": {"recall", "llm"},
}
_TEMPLATE = """\
# An avgraph workspace. `avgraph build` reads articles/ and records/ and writes .avgraph/.
[workspace]
name = {name}
base_iri = "https://w3id.org/avgraph/id/"   # entities, claims and sources get IRIs below this
# licence = "CC-BY-4.0"      # of what you publish (avgraph export --describe): an SPDX id or an address
# publisher = "Our archive"

[sources]
# Where sources disagree, those matched first are preferred (glob patterns on the path inside this folder).
precedence = ["records/*", "articles/*"]

[articles]
recall = false   # true keeps less certain facts too: more are found, more of them are wrong
"""


@dataclass(frozen=True)
class LanguageModel:
    """A language model that reads the articles as well: ``[articles.llm]``.

    Attributes
    ----------
    endpoint
        Address of its chat-completions endpoint.
    model
        What the endpoint calls it.
    key_env
        Name of the environment variable with the key, None for the usual one.
    """

    endpoint: str
    model: str
    key_env: str | None = None


@dataclass(frozen=True)
class Workspace:
    """A folder: ``avgraph.toml``, ``articles/``, ``records/``, ``decisions.sssom.tsv``, perhaps ``conflicts.toml``.

    Attributes
    ----------
    root
        Absolute path of the folder.
    name
        What the user calls it.
    base_iri
        Every IRI of the build starts with it; ends in ``/`` or ``#``.
    precedence
        Glob patterns of source paths, most trusted first.
    recall
        Whether less certain facts of articles are kept too.
    llm
        The language model that reads the articles as well, None for none.
    licence
        IRI of the licence under which the graph is published, None where it is not stated.
    publisher
        Who publishes it, None where it is not stated.
    """

    root: Path
    name: str
    base_iri: str = _DEFAULT_BASE
    precedence: tuple[str, ...] = ("records/*", "articles/*")
    recall: bool = False
    llm: LanguageModel | None = None
    licence: str | None = None
    publisher: str | None = None

    @classmethod
    def load(cls, path: str | Path) -> Workspace:
        """Read the workspace in folder `path`.

        Raises
        ------
        WorkspaceError
            If there is no ``avgraph.toml``, or it is not what it should be.
        """
        root = Path(path).expanduser().resolve()
        config = root / CONFIG_NAME
        if not config.is_file():
            raise WorkspaceError(
                f"{root} is not a workspace: it has no {CONFIG_NAME}",
                f"create one with: avgraph init {shlex.quote(str(path))}",
            )
        try:
            data = parse_toml(config.read_bytes())
        except TomlError as fault:
            raise WorkspaceError(fault.message, fault.hint, str(config), fault.place) from fault
        except OSError as error:
            raise WorkspaceError(f"cannot be read: {error.strerror}", "check its permissions", str(config)) from error
        _refuse_unknown_keys(data, str(config))
        about = data.get("workspace", {})
        base_iri = _text(about, "base_iri", _DEFAULT_BASE, str(config))
        if not base_iri.startswith(("http://", "https://", "urn:")) or any(c in base_iri for c in ' <>"{}|\\^`\n'):
            raise WorkspaceError(
                f"workspace.base_iri is not an IRI: {base_iri!r}", "give one like https://example.org/id/", str(config)
            )
        if not base_iri.endswith(("/", "#", ":")):
            base_iri += "/"
        precedence = data.get("sources", {}).get("precedence", ["records/*", "articles/*"])
        if not isinstance(precedence, list) or not all(isinstance(p, str) for p in precedence):
            hint = 'write precedence = ["records/*", "articles/*"]'
            raise WorkspaceError("sources.precedence must be a list of patterns", hint, str(config))
        recall = data.get("articles", {}).get("recall", False)
        if not isinstance(recall, bool):
            hint = "write recall = true or recall = false, without quotes"
            raise WorkspaceError("articles.recall must be true or false", hint, str(config))
        llm = _language_model(data.get("articles", {}).get("llm"), str(config))
        name = _text(about, "name", root.name, str(config))
        licence = _licence(_text(about, "licence", "", str(config)) if "licence" in about else None, str(config))
        publisher = _text(about, "publisher", "", str(config)) if "publisher" in about else None
        return cls(root, name, base_iri, tuple(precedence), recall, llm, licence, publisher)

    @property
    def build_dir(self) -> Path:
        """Folder of snapshots and caches."""
        return self.root / ".avgraph"

    @property
    def decisions_path(self) -> Path:
        """The curator's verdicts."""
        return self.root / "decisions.sssom.tsv"

    @property
    def conflicts_path(self) -> Path:
        """Rules of comparison, primary sources and providers; the file need not be there."""
        return self.root / "conflicts.toml"

    def relative(self, path: Path) -> str:
        """Return the source id of a file: its path inside the workspace, with ``/``."""
        return path.relative_to(self.root).as_posix()

    def article_paths(self) -> list[Path]:
        """Return the article files, sorted by path."""
        return [p for p in self._files("articles") if p.suffix.lower() in ARTICLE_SUFFIXES]

    def mapping_paths(self) -> list[Path]:
        """Return the table mappings (``records/**/*.toml``), sorted by path."""
        return [p for p in self._files("records") if p.suffix.lower() == ".toml"]

    def record_paths(self) -> list[Path]:
        """Return the data files below ``records/``, sorted by path: all but mappings and a README."""
        return [p for p in self._files("records") if holds_records(p)]

    def unread_files(self) -> list[Issue]:
        """Return an issue for each file that cannot be what articles/ and records/ hold.

        An error where somebody meant it to be read (a link that leads nowhere, an unreadable name), else a warning.
        """
        issues = [
            Issue(self.relative(p), "", f"not read: {p.suffix or 'no suffix'} is not an article format",
                  f"save it as one of {' '.join(ARTICLE_SUFFIXES)}", "warning")
            for p in self._files("articles")
            if p.suffix.lower() not in ARTICLE_SUFFIXES
        ]  # fmt: skip
        for folder in ("articles", "records"):
            issues += [
                Issue(_printable(self.relative(p)), "", "not read: the file's name is not UTF-8", "rename the file")
                for p in self._files(folder, readable=False)
            ]
            issues += self._no_files(folder)
        return issues

    def source_iri(self, source: str) -> str:
        """Return the IRI of a source, which is also its named graph."""
        return f"{self.base_iri}source/{quote(source, safe='/~')}"

    def rank(self, source: str) -> int:
        """Return the position of the first precedence pattern that fits `source`; less is more trusted."""
        for position, pattern in enumerate(self.precedence):
            if fnmatchcase(source, pattern):
                return position
        return len(self.precedence)

    def _files(self, folder: str, *, readable: bool = True) -> list[Path]:
        """Return the files below `folder` whose names are UTF-8 (with ``readable=False`` the others), sorted."""
        base = self.root / folder
        found = (p for p in base.rglob("*") if p.is_file() and not p.name.startswith((".", "~$")))
        named = ((self.relative(p), p) for p in found)
        return [p for name, p in sorted(named) if (name == _printable(name)) is readable]

    def _no_files(self, folder: str) -> list[Issue]:
        """Return an error for each entry below `folder` that looks like a file and cannot be read as one."""
        found = []
        for path in sorted((self.root / folder).rglob("*")):
            if path.name.startswith((".", "~$")) or path.is_file() or (path.is_dir() and not path.is_symlink()):
                continue
            if path.is_dir():
                message, hint = "not read: links to folders are not followed", "put the folder itself here"
            elif path.is_symlink():
                message, hint = f"not read: it links to {os.readlink(path)}, which does not exist", "mend the link"
            else:
                message, hint = "not read: it is no file", "put a file in its place"
            found.append(Issue(_printable(self.relative(path)), "", _printable(message), hint))
        return found


def holds_records(path: Path) -> bool:
    """Tell whether a file of ``records/`` is to be read as data: all but mappings, and what is for people.

    >>> [holds_records(Path(name)) for name in ("films.csv", "films.toml", "README.md")]
    [True, False, False]
    """
    return path.suffix.lower() != ".toml" and path.name.lower() not in _ABOUT_FILES


def init_workspace(path: str | Path, name: str | None = None) -> Workspace:
    """Create an empty workspace in folder `path` and return it.

    Raises
    ------
    WorkspaceError
        If the folder is a workspace already, or cannot be written.
    """
    root = Path(path).expanduser().resolve()
    config = root / CONFIG_NAME
    if config.exists():
        raise WorkspaceError(f"{root} is a workspace already", "choose another folder, or build this one")
    try:
        for folder in ("articles", "records"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        # A JSON string of one line is a TOML string.
        title = "".join(c for c in _printable(single_line(name or root.name)) if c.isprintable())
        title = json.dumps(title or "my graph", ensure_ascii=False)
        config.write_text(_TEMPLATE.format(name=title), encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(
            f"cannot create a workspace in {root}: {error.strerror}", "choose another folder"
        ) from error
    return Workspace.load(root)


def _printable(name: str) -> str:
    """Return `name` with the bytes of a file name that are not UTF-8 as question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _text(table: dict[str, object], key: str, default: str, where: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value.strip():
        raise WorkspaceError(f"workspace.{key} must be a text", "put it in quotes", where)
    return value


def _licence(given: str | None, where: str) -> str | None:
    """Return the IRI of a licence given by its address or its SPDX id."""
    if given is None or re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", given):
        return given
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]*", given):
        hint = 'give an SPDX id such as "CC-BY-4.0" (https://spdx.org/licenses), or an address'
        raise WorkspaceError(f"workspace.licence is neither an SPDX id nor an address: {given!r}", hint, where)
    return f"https://spdx.org/licenses/{given}"


def _language_model(given: object, where: str) -> LanguageModel | None:
    if given is None:
        return None
    known = ("endpoint", "model", "key_env")
    if not isinstance(given, dict):
        raise WorkspaceError("articles.llm must be a section", "write [articles.llm], and its keys below", where)
    for key in given:
        if key not in known:
            raise WorkspaceError(f"unknown key articles.llm.{key}", f"known: {', '.join(known)}", where)
    for key in known:
        if not isinstance(given.get(key), str) and (key in given or key != "key_env"):
            raise WorkspaceError(f"articles.llm.{key} must be a text", f'give it: {key} = "…"', where)
    endpoint, model, key_env = str(given["endpoint"]), str(given["model"]), given.get("key_env")
    if fault := address_fault(endpoint):
        hint = "give one like http://localhost:11434/v1; the key belongs in an environment variable, see key_env"
        raise WorkspaceError(f"articles.llm.endpoint {fault}", hint, where)
    if fault := model_fault(model):
        raise WorkspaceError(f"articles.llm.model {fault}", "give the name that the endpoint knows", where)
    if key_env is not None and (fault := key_env_fault(key_env)):
        hint = "give the name of the variable that holds the key, not the key"
        raise WorkspaceError(f"articles.llm.key_env {fault}", hint, where)
    return LanguageModel(endpoint, model, key_env)


def _refuse_unknown_keys(data: dict[str, object], where: str) -> None:
    for section, content in data.items():
        if section not in _KEYS:
            raise WorkspaceError(f"unknown section [{section}]", f"known: {', '.join(f'[{s}]' for s in _KEYS)}", where)
        if not isinstance(content, dict):
            raise WorkspaceError(f"{section} must be one section", f"write [{section}] once, its keys below", where)
        for key in content:
            if key not in _KEYS[section]:
                raise WorkspaceError(
                    f"unknown key {section}.{key}", f"known: {', '.join(sorted(_KEYS[section]))}", where
                )
