"""Packed files: what is refused of them, and how the rest is unpacked.

Nobody should trust an archive: its names may lead out of the folder, and a few kilobytes may hold gigabytes.  All
limits stand here.  ``.zip`` is unpacked member by member, ``.gz`` is read as a stream, and a spreadsheet (itself a zip)
is checked before a library opens it.
"""

from __future__ import annotations

import gzip
import io
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from avgraph.errors import Issue, SourceError

__all__ = ["Member", "RefusedError", "check_spreadsheet", "is_archive", "open_binary", "unpack"]

#: What one archive may hold, nested ones together with theirs.
MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 20_000_000_000
MAX_ARCHIVE_BYTES = 50_000_000_000
#: The parts of one spreadsheet together; a library reads them into memory.
MAX_SPREADSHEET_BYTES = 4_000_000_000
#: What grows more than this many times, to more than so many bytes, is no data: tables of text shrink 4 to 30 times.
MAX_RATIO = 200
RATIO_FROM_BYTES = 100_000_000
#: An archive inside an archive is read; one inside that is not.
MAX_DEPTH = 1

_CHUNK_BYTES = 1 << 20
_DEFLATE_RATIO = 1_032  # the most that deflate can do
_DRIVE = re.compile(r"^[A-Za-z]:")
_PACK_IT = "pack it again without this"
_BOMB = "data does not shrink so much: it may be made to fill the memory; unpack it yourself if you trust it"


class RefusedError(Exception):
    """A member that is not unpacked: what is wrong, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive.

    Attributes
    ----------
    name
        Path inside the archive, ``/`` as separator; ``inner.zip/films.csv`` inside a nested one.
    path
        Where it was unpacked; None where it was refused.
    issue
        Why it was refused.
    """

    name: str
    path: Path | None = None
    issue: Issue | None = None


@dataclass
class _Budget:
    """What may still be unpacked."""

    n_members: int = MAX_MEMBERS
    n_bytes: int = MAX_ARCHIVE_BYTES


def is_archive(path: Path) -> bool:
    """Tell whether a file is an archive whose members are read, by its name.

    >>> is_archive(Path("records/dump.ZIP")), is_archive(Path("films.xlsx")), is_archive(Path("title.basics.tsv.gz"))
    (True, False, False)
    """
    return path.suffix.lower() == ".zip"


def unpack(path: Path, folder: Path, source: str) -> Iterator[Member]:
    """Unpack a zip archive into `folder`, one member after the other; nothing is written elsewhere.

    A member is refused, with an issue, if its name leads out of the folder, is absolute or stands twice, if it is a
    link, encrypted, damaged or packed by an unknown method, larger than it says or than the limits of this module, or
    an archive more than :data:`MAX_DEPTH` deep.  Folders and hidden files are passed over.

    Parameters
    ----------
    source
        The archive's own name, for messages.

    Raises
    ------
    SourceError
        If it is no zip archive, or has too many members.
    """
    yield from _unpack(path, folder, source, "", _Budget(), 0)


def _unpack(path: Path, folder: Path, source: str, prefix: str, budget: _Budget, depth: int) -> Iterator[Member]:
    where = f"{source}/{prefix}".rstrip("/")
    with _opened(path, where) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        budget.n_members -= len(members)
        if budget.n_members < 0:
            raise SourceError(f"the archive has more than {MAX_MEMBERS:,} files", "pack fewer files together", where)
        seen: set[str] = set()
        for info in members:
            name = f"{prefix}{info.filename}"
            try:
                _check_name(info.filename, seen)
                if any(part.startswith((".", "__MACOSX", "~$")) for part in info.filename.split("/")):
                    continue
                target = folder.joinpath(*name.split("/"))
                nested = is_archive(target)
                if nested and depth >= MAX_DEPTH:
                    raise RefusedError("an archive in an archive in an archive", "unpack it yourself")
                _check_member(info, budget)
                _extract(archive, info, target.with_name(target.name + ".nested") if nested else target, budget)
            except RefusedError as refused:
                yield Member(name, issue=Issue(f"{source}/{name}", "", refused.message, refused.hint))
                continue
            if not nested:
                yield Member(name, target)
                continue
            inner = target.with_name(target.name + ".nested")
            try:
                yield from _unpack(inner, folder, source, f"{name}/", budget, depth + 1)
            except SourceError as error:
                yield Member(name, issue=Issue(f"{source}/{name}", "", error.message, error.hint or ""))
            finally:
                inner.unlink(missing_ok=True)


def _opened(path: Path, where: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise SourceError(
            f"the zip archive cannot be read: {error}", "it may be cut off: download or pack it again", where
        ) from error
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror or error}", "check that it exists and may be read", where
        ) from error


def _check_name(name: str, seen: set[str]) -> None:
    """Refuse names that lead elsewhere."""
    parts = re.split(r"[/\\]", name)
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        raise RefusedError("the name of this member is an absolute path", _PACK_IT)
    if ".." in parts:
        raise RefusedError("the name of this member leads out of the archive", _PACK_IT)
    if "\\" in name or "" in parts or "." in parts or any(ord(c) < 32 for c in name):
        raise RefusedError("the name of this member is no plain path", "pack it again with plain names")
    if name in seen:
        raise RefusedError("the archive has two members of this name", "pack it again with different names")
    seen.add(name)


def _check_member(info: zipfile.ZipInfo, budget: _Budget) -> None:
    """Refuse what the archive's own directory says of a member."""
    mode = info.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0):
        raise RefusedError("this member is a link or no file", "pack the file itself")
    if info.flag_bits & 1:
        raise RefusedError("this member is encrypted", "unpack it with its password")
    _check_sizes(info.file_size, info.compress_size)
    if info.file_size > MAX_MEMBER_BYTES:
        raise RefusedError(f"this member has more than {_gigabytes(MAX_MEMBER_BYTES)}", "unpack it yourself")
    if info.file_size > budget.n_bytes:
        raise RefusedError(f"the archive holds more than {_gigabytes(MAX_ARCHIVE_BYTES)}", "unpack it yourself")


def _check_sizes(n_bytes: int, n_packed: int) -> None:
    """Refuse what grows too much."""
    if n_bytes > RATIO_FROM_BYTES and n_bytes > MAX_RATIO * max(n_packed, 1):
        raise RefusedError(f"{n_packed:,} bytes grow to {_gigabytes(n_bytes)}, more than {MAX_RATIO} times", _BOMB)


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: _Budget) -> None:
    """Write one member; what is written counts, not what the archive says."""
    if info.file_size > shutil.disk_usage(_existing(target)).free:
        raise RefusedError(f"there is no room to unpack its {_gigabytes(info.file_size)}", "free some disk space")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as packed, target.open("xb") as out:
            budget.n_bytes -= _copied(packed, out)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        target.unlink(missing_ok=True)
        raise RefusedError(
            f"this member is damaged: {error or type(error).__name__}", "download or pack it again"
        ) from error
    except OSError as error:
        target.unlink(missing_ok=True)
        raise RefusedError(
            f"this member cannot be unpacked: {error.strerror or error}", "unpack the archive yourself"
        ) from error


def _copied(packed: IO[bytes], out: IO[bytes] | None) -> int:
    """Copy a member and return its size."""
    n_bytes = 0
    while chunk := packed.read(_CHUNK_BYTES):
        n_bytes += len(chunk)
        if n_bytes > MAX_MEMBER_BYTES:
            raise RefusedError(f"this member has more than {_gigabytes(MAX_MEMBER_BYTES)}", "unpack it yourself")
        if out is not None:
            out.write(chunk)
    return n_bytes


def _existing(path: Path) -> Path:
    return next(p for p in path.parents if p.exists())


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e8 else f"{n_bytes:,} bytes"


def check_spreadsheet(path: Path, source: str) -> None:
    """Refuse a spreadsheet that would grow beyond the limits, before a library opens it.

    Spreadsheets that are no zip (old XLS) pass.

    Raises
    ------
    SourceError
        If it is too large, encrypted, or its parts are not as large as it says.
    """
    with path.open("rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            return
    with _opened(path, source) as archive:
        try:
            total = sum(info.file_size for info in archive.infolist())
            if total > MAX_SPREADSHEET_BYTES:
                raise RefusedError(f"the spreadsheet unpacks to {_gigabytes(total)}", "export it as CSV")
            for info in archive.infolist():
                if info.flag_bits & 1:
                    raise RefusedError("the spreadsheet is encrypted", "save it without a password")
                _check_sizes(info.file_size, info.compress_size)
                if info.compress_size * _DEFLATE_RATIO > RATIO_FROM_BYTES:
                    # Its size is a claim of the file: zipfile stops there, and the checksum then tells the lie.
                    with archive.open(info) as packed:
                        _copied(packed, None)
        except RefusedError as refused:
            raise SourceError(refused.message, refused.hint, source) from refused
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise SourceError(
                f"the spreadsheet is damaged: {error or type(error).__name__}", "open and save it again", source
            ) from error


class _Unzipped(io.RawIOBase):
    """A gzip stream that refuses to grow beyond the limits."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._unzipped = gzip.GzipFile(fileobj=self._file)
        self._n_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = cast(memoryview, buffer)
        try:
            # What can be had is given before the end of a cut file is told: readinto would first fill the buffer.
            chunk = self._unzipped.read1(len(view))
        except zlib.error as error:
            raise gzip.BadGzipFile(f"the gzip archive is damaged ({error})") from error
        n_read = len(chunk)
        view[:n_read] = chunk
        self._n_bytes += n_read
        if self._n_bytes > RATIO_FROM_BYTES and self._n_bytes > MAX_RATIO * self._file.tell():
            message = f"the gzip archive grows to more than {MAX_RATIO} times its size"
            raise SourceError(message, _BOMB)
        return n_read

    def close(self) -> None:
        self._unzipped.close()
        self._file.close()
        super().close()


def open_binary(path: Path) -> io.BufferedReader:
    """Open a file to be read as bytes, one that ends in ``.gz`` unpacked.

    While reading, a damaged gzip file raises ``OSError``, one that is cut off ``EOFError``, and one that grows beyond
    the limits :class:`~avgraph.errors.SourceError`.
    """
    if path.suffix.lower() == ".gz":
        return io.BufferedReader(_Unzipped(path), _CHUNK_BYTES)
    return path.open("rb")
