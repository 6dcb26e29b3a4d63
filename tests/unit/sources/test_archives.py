"""Archives are read member by member; what would harm is refused, and costs nothing else."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from avgraph.errors import SourceError
from avgraph.sources import archives
from avgraph.sources.archives import Member, check_spreadsheet, open_binary, unpack
from avgraph.sources.readers import read_raw
from avgraph.sources.rules import TableOptions

GOOD = b"title,year\nDeux,2019\n"


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def opened(tmp_path: Path, data: bytes) -> dict[str, Member]:
    """Unpack an archive into a folder of its own, and check that nothing lies beside that folder."""
    path = tmp_path / "dump.zip"
    path.write_bytes(data)
    folder = tmp_path / "out" / "inner"
    folder.mkdir(parents=True)
    found = {member.name: member for member in unpack(path, folder, "records/dump.zip")}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dump.zip", "out"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["inner"]
    on_disk = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert on_disk == {name for name, member in found.items() if member.path is not None}
    return found


def refusals(found: dict[str, Member]) -> dict[str, str]:
    issues = {name: member.issue for name, member in found.items() if member.path is None}
    assert all(i is not None and i.hint and i.source == f"records/dump.zip/{n}" for n, i in issues.items())
    return {name: issue.message for name, issue in issues.items() if issue is not None}


def test_members_are_unpacked_with_their_folders_and_hidden_ones_passed_over(tmp_path: Path) -> None:
    data = packed({"a.csv": GOOD, "sub/b.csv": GOOD, "sub/": b"", ".DS_Store": b"x", "__MACOSX/._a.csv": b"x"})
    found = opened(tmp_path, data)
    assert sorted(found) == ["a.csv", "sub/b.csv"]
    assert all(m.path is not None and m.path.read_bytes() == GOOD for m in found.values())


@pytest.mark.parametrize(
    ("name", "reason"),
    [("../a.csv", "leads out"), ("x/../../a.csv", "leads out"), ("/etc/a.csv", "absolute"), ("C:/a.csv", "absolute"),
     ("..\\a.csv", "leads out"), ("\\a.csv", "absolute"), ("x\\a.csv", "no plain path"), ("x//a.csv", "no plain path"),
     ("./a.csv", "no plain path"), ("a\n.csv", "no plain path")],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    found = opened(tmp_path, packed({name: GOOD, "good.csv": GOOD}))
    (message,) = refusals(found).values()
    assert reason in message
    assert found["good.csv"].path is not None


def test_links_are_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.csv", GOOD)
    assert refusals(opened(tmp_path, out.getvalue())) == {"link.csv": "this member is a link or no file"}


def test_a_name_that_stands_twice_is_refused_once(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", GOOD)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.csv", b"other")
    path = tmp_path / "d.zip"
    path.write_bytes(out.getvalue())
    first, second = unpack(path, tmp_path / "out", "d.zip")
    assert first.path is not None
    assert first.path.read_bytes() in (GOOD, b"other")
    assert second.issue is not None
    assert "two members of this name" in second.issue.message


def test_encrypted_and_damaged_members_are_refused_and_the_others_read(tmp_path: Path) -> None:
    data = bytearray(packed({"secret.csv": GOOD, "spoilt.csv": GOOD * 50, "good.csv": GOOD}))
    secret = data.index(b"PK\x01\x02")
    data[secret + 8] |= 1  # the flag in the directory
    spoilt = data.index(b"spoilt.csv") + len(b"spoilt.csv")
    data[spoilt + 2] ^= 0xFF
    found = opened(tmp_path, bytes(data))
    told = refusals(found)
    assert told["secret.csv"] == "this member is encrypted"
    assert told["spoilt.csv"].startswith("this member is damaged")
    assert found["good.csv"].path is not None


def test_what_grows_too_much_is_refused_by_what_it_says(tmp_path: Path) -> None:
    found = opened(tmp_path, packed({"zeros.csv": bytes(101_000_000), "good.csv": GOOD}))
    assert "more than 200 times" in refusals(found)["zeros.csv"]
    assert found["good.csv"].path is not None


def test_a_declared_gigabyte_is_refused_and_a_lie_about_the_size_is_found(tmp_path: Path) -> None:
    data = bytearray(packed({"a.csv": GOOD, "b.csv": GOOD}))
    first = data.index(b"PK\x01\x02")
    data[first + 24 : first + 28] = struct.pack("<I", 1_000_000_000)
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 24 : second + 28] = struct.pack("<I", 5)  # says less than it holds
    told = refusals(opened(tmp_path, bytes(data)))
    assert "more than 200 times" in told["a.csv"]
    assert told["b.csv"].startswith("this member is damaged")


def test_the_limits_of_members_and_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1_000)
    monkeypatch.setattr(archives, "MAX_ARCHIVE_BYTES", 1_500)
    monkeypatch.setattr(archives._Budget, "__init__", lambda self: self.__dict__.update(n_members=3, n_bytes=1_500))
    data = {"large.csv": bytes(1_001), "a.csv": bytes(900), "b.csv": bytes(700)}
    told = refusals(opened(tmp_path, packed(data)))
    assert "this member has more than" in told["large.csv"]
    assert "the archive holds more than" in told["b.csv"]
    path = tmp_path / "many.zip"
    path.write_bytes(packed({f"{i}.csv": GOOD for i in range(4)}))
    with pytest.raises(SourceError, match="files"):
        list(unpack(path, tmp_path / "other", "many.zip"))


def test_an_archive_in_an_archive_is_read_and_one_deeper_is_not(tmp_path: Path) -> None:
    inner = packed({"a.csv": GOOD, "deeper.zip": packed({"b.csv": GOOD})})
    found = opened(tmp_path, packed({"inner.zip": inner, "c.csv": GOOD, "broken.zip": b"PK\x03\x04"}))
    assert {name for name, member in found.items() if member.path} == {"inner.zip/a.csv", "c.csv"}
    told = refusals(found)
    assert told["inner.zip/deeper.zip"] == "an archive in an archive in an archive"
    assert "cannot be read" in told["broken.zip"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not really", packed({"a.csv": GOOD})[:-30], b"title\nDeux\n"])
def test_what_is_no_zip_is_an_error_with_a_remedy(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "d.zip"
    path.write_bytes(data)
    with pytest.raises(SourceError, match="zip archive cannot be read") as caught:
        list(unpack(path, tmp_path / "out", "records/d.zip"))
    assert caught.value.where == "records/d.zip"
    assert caught.value.hint


def test_a_gzip_bomb_is_refused_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "films.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as out:
        out.write(b"title,year\n")
        for _ in range(105):
            out.write(bytes(1_000_000))
    with pytest.raises(SourceError, match="200 times") as caught:
        read_raw(path, TableOptions("csv"), "records/films.csv.gz")
    assert caught.value.where == "records/films.csv.gz"
    assert caught.value.hint


def test_a_damaged_gzip_file_is_an_error_and_an_empty_one_empty(tmp_path: Path) -> None:
    path = tmp_path / "films.csv.gz"
    data = bytearray(gzip.compress(GOOD * 100, mtime=0))
    data[10] |= 0x06  # a kind of block that there is not
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match="cannot be read"):
        read_raw(path, TableOptions("csv"), "films.csv.gz")
    with open_binary(path) as stream, pytest.raises(OSError, match="damaged"):
        stream.read()
    path.write_bytes(b"")
    assert read_raw(path, TableOptions("csv"), "films.csv.gz").n_read == 0
    path.write_bytes(gzip.compress(b"", mtime=0))
    assert read_raw(path, TableOptions("csv"), "films.csv.gz").n_read == 0


def test_a_cut_gzip_file_gives_what_it_has(tmp_path: Path) -> None:
    rows = "".join(f"film {i * i},{1900 + i % 100}\n" for i in range(5_000))
    path = tmp_path / "films.csv.gz"
    path.write_bytes(gzip.compress(b"title,year\n" + rows.encode(), mtime=0)[:8_000])
    with open_binary(path) as stream:
        assert stream.read1(11) == b"title,year\n"
    raw = read_raw(path, TableOptions("csv"), "films.csv.gz")
    assert 100 < raw.frame.height < 5_000
    assert any("ends early" in issue.message for issue in raw.issues)


def test_a_spreadsheet_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "films.xlsx"
    path.write_bytes(packed({"xl/worksheets/sheet1.xml": bytes(101_000_000)}))
    with pytest.raises(SourceError, match="200 times"):
        check_spreadsheet(path, "films.xlsx")
    data = bytearray(packed({"xl/worksheets/sheet1.xml": bytes(101_000_000)}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 1_000)  # says that it is small
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match="damaged"):
        check_spreadsheet(path, "films.xlsx")
    path.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(SourceError, match="cannot be read"):
        read_raw(path, TableOptions("xlsx"), "films.xlsx")
    path.write_bytes(b"no spreadsheet")
    with pytest.raises(SourceError, match="cannot be read"):
        read_raw(path, TableOptions("xlsx"), "films.xlsx")
