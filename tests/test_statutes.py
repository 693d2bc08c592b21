"""Articles found in a folder of laws, whatever else lies there."""

from datetime import date
from pathlib import Path

import pytest

from engine.law.statutes import read_statutes

OLD = "# 中华人民共和国试验法\n\n第一条　旧的第一条。\n\n第二条　旧的第二条。\n"
NEW = ("<!-- effective: 2021-07-15 -->\n# 中华人民共和国试验法\n第一章 总则\n"
       "第一条　新的第一条。\n第一项。\n\n第二章 其他\n第二十三条之一　插入的一条。\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two texts of one law."""
    (tmp_path / "试验法_2010-01-01.txt").write_bytes(OLD.encode("gb18030"))
    (tmp_path / "new.md").write_text(NEW, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("cited", "on", "words"), [
    ("第一条第二款", date(2020, 1, 1), ["旧的第一条。"]), ("第一条", date(2022, 1, 1), ["新的第一条。\n第一项。"]),
    ("第一条、第二十三条之一", None, ["新的第一条。\n第一项。", "插入的一条。"]), ("第九条", None, []),
    ("第一条", date(1990, 1, 1), ["新的第一条。\n第一项。"])])
def test_an_article_is_found_by_its_number_in_the_text_of_its_time(
    folder: Path, cited: str, on: date | None, words: list[str]
) -> None:
    found = read_statutes(folder).articles("试验法（2021年修订）", cited, on)

    assert [a.text for a in found] == words


def test_strange_files_are_named_and_left_out(folder: Path) -> None:
    (folder / "坏.txt").write_bytes(b"\xff\xff\xff\xfe\x00")
    (folder / "空.md").write_bytes(b"")
    (folder / "夹.txt").mkdir()
    (folder / "日_2021-99-99.txt").write_text("第条　第一条", encoding="utf-8")
    (folder / "图.png").write_bytes(b"\x89PNG")

    found = read_statutes(folder)

    assert sorted(p.split("：")[0] for p in found.problems) == ["坏.txt", "夹.txt"]
    assert found.articles("试验法", "第二条", date(2015, 1, 1))[0].text == "旧的第二条。"
    assert found.articles("没有的法", "第一条") == []
