"""Archives: unpacked only where their names, sizes and checksums are in order; each member is a file of its own."""

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest
from reading_world import HEADER, ROW_1, ROW_2, read, read_all, refused

from engine.sources.archive import member_name
from engine.sources.reading import ReadOptions, open_file
from engine.sources.shapes import MIB

TABLE = (HEADER + ROW_1 + ROW_2).encode()
NAME = "甲.zip"


def packed(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def test_a_gz_file_is_its_content(tmp_path: Path) -> None:
    plain = read(tmp_path, TABLE)

    seen = read(tmp_path, gzip.compress(TABLE), "甲.csv.gz")

    assert (seen.rows, seen.delivered.sha256) == (plain.rows, plain.delivered.sha256)
    assert (seen.delivered.name, seen.delivered.format) == ("甲.csv.gz", "csv")


def test_a_cut_gz_file_is_refused(tmp_path: Path) -> None:
    content = gzip.compress(TABLE)

    error = refused(tmp_path, content[: len(content) // 2], "甲.csv.gz")

    assert (error.code, error.what) == ("E-ARCHIVE-CRC", "压缩包校验失败，文件不完整或已损坏")


@pytest.mark.parametrize("place", [-8, -6, -4, -1])
def test_a_gz_file_with_a_wrong_checksum_or_size_is_refused(tmp_path: Path, place: int) -> None:
    content = bytearray(gzip.compress(TABLE))
    content[place] ^= 1

    assert refused(tmp_path, bytes(content), "甲.csv.gz").code == "E-ARCHIVE-CRC"


def test_each_member_of_a_zip_is_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / NAME
    members = (("处罚.csv", TABLE), ("子/收费.jsonl", b'{"a": "1"}\n'), ("说明.docx", b"x"), ("__MACOSX/a", b""))
    path.write_bytes(packed(*members))

    seen = read_all(path)

    assert [(s.delivered.name, s.delivered.member, len(s.rows)) for s in seen] == [
        (NAME, "处罚.csv", 2), (NAME, "子/收费.jsonl", 1)]
    assert [sheet.name for d in open_file(path) for sheet in d.tables] == ["处罚.csv", "子/收费.jsonl"]
    assert seen[0].warnings == ["压缩包内的“说明.docx”不是表格，未读取"]


@pytest.mark.parametrize("name", [
    "../../x.csv", "/etc/x.csv", "a/../../x.csv", "..\\x.csv", "C:\\x.csv", "\\\\host\\x.csv", "C:x.csv",
])
def test_a_member_path_that_leads_outside_refuses_the_file(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, packed(("a.csv", TABLE), (name, TABLE)), NAME, ReadOptions(scratch=tmp_path / "scratch"))

    assert error.code == "E-ARCHIVE-PATH"
    assert error.what.startswith("压缩包内路径不合法")
    assert not any(path.is_file() for path in (tmp_path / "scratch").rglob("*"))


def test_a_link_in_a_zip_refuses_the_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    assert refused(tmp_path, stream.getvalue(), NAME).code == "E-ARCHIVE-PATH"


def test_a_damaged_member_refuses_the_file(tmp_path: Path) -> None:
    content = bytearray(packed(("a.csv", TABLE)))
    content[content.index(b"a.csv") + 30] ^= 0xFF

    assert refused(tmp_path, bytes(content), NAME).code == "E-ARCHIVE-CRC"


def test_a_cut_zip_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, packed(("a.csv", TABLE))[:-30], NAME).code == "E-ARCHIVE-CRC"


@pytest.mark.parametrize("inner", [gzip.compress(TABLE), packed(("b.csv", TABLE))])
def test_an_archive_in_an_archive_is_refused(tmp_path: Path, inner: bytes) -> None:
    name = "b.csv.gz" if inner.startswith(b"\x1f") else "b.zip"

    assert refused(tmp_path, packed((name, inner)), NAME).code == "E-ARCHIVE-DEPTH"
    assert refused(tmp_path, gzip.compress(inner), f"{name}.gz").code == "E-ARCHIVE-DEPTH"


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_content_blown_up_beyond_belief_is_refused(tmp_path: Path, kind: str) -> None:
    bomb = b"a,b\n" * (15 * MIB)
    content = packed(("a.csv", bomb)) if kind == "zip" else gzip.compress(bomb)

    error = refused(tmp_path, content, f"甲.csv.{kind}" if kind == "gz" else NAME)

    assert error.code == "E-ARCHIVE-SIZE"
    assert error.what.startswith("压缩比异常")


def test_content_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(3 * MIB)

    error = refused(tmp_path, gzip.compress(noise), "甲.csv.gz", ReadOptions(max_unpacked_bytes=2 * MIB))

    assert (error.code, error.what) == ("E-ARCHIVE-SIZE", "解压后超过上限（2 MiB）")


def test_a_zip_without_tables_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, packed(("说明.docx", b"x")), NAME).code == "E-ARCHIVE-EMPTY"
    assert refused(tmp_path, packed(), NAME).code == "E-ARCHIVE-EMPTY"


def test_member_names_of_old_tools_are_read_as_chinese() -> None:
    item = zipfile.ZipInfo("处罚.csv".encode("gb18030").decode("cp437"))

    assert member_name(item) == "处罚.csv"


def test_unpacked_content_goes_when_it_has_been_read(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"

    read(tmp_path, gzip.compress(TABLE), "甲.csv.gz", ReadOptions(scratch=scratch))

    assert list(scratch.iterdir()) == []


def test_unpacked_content_goes_when_the_file_is_refused(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"

    refused(tmp_path, gzip.compress(b"\n"), "甲.csv.gz", ReadOptions(scratch=scratch))

    assert list(scratch.iterdir()) == []
