"""The text of articles, from a folder of laws that an office keeps: `xiezhi serve --statutes FOLDER`.

One file a law, .txt or .md, UTF-8 or GB18030. Its name is the first heading (`# 中华人民共和国行政处罚法`) or the
file's name; a day in the file's name (`行政处罚法_2021-07-15.txt`), or `effective: 2021-07-15` in the first line, says
since when that text is in force. An article begins a line: `第五十三条　…` or `第53条 …`, up to the next one.
What cannot be read is left out and named in `problems`; nothing in a file is ever run or followed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from engine.text import chinese_number

LARGEST = 4_000_000
"""Bytes of a file; the longest law has a tenth of it."""

MOST = 20_000
"""Characters of an article that are shown."""

_ARTICLE = re.compile(r"第([0-9零〇○一二三四五六七八九十百千]{1,9})条(?:之([一二三四五六七八九十]{1,3}))?")
_BEGINS = re.compile(rf"^[#*\s　]*{_ARTICLE.pattern}[*]*(?=[\s　])", re.MULTILINE)
_CHAPTER = re.compile(r"^[#*\s　]*第[0-9零〇一二三四五六七八九十百]{1,6}[编章节][\s　].*$", re.MULTILINE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EFFECTIVE = re.compile(r"effective: *(\d{4}-\d{2}-\d{2})")
_ASIDE = re.compile(r"[（(][^（）()]*[）)]|[《》\s　]")


@dataclass(frozen=True)
class Article:
    """An article as the folder has it: the law's name there, the day that text is in force from, and the words."""

    law: str
    from_on: date | None
    title: str
    text: str


@dataclass
class Statutes:
    """The laws of a folder by name, each with its texts, the newest first."""

    laws: dict[str, list[tuple[date, str, str]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def articles(self, law: str, cited: str, on: date | None = None) -> list[Article]:
        """Return the articles of a law that are cited (第五十六条第一款、第六十九条), as in force on a day.

        Without a day, or where every text is younger, the newest counts. What is not there is left out.
        """
        texts = self.laws.get(_name(law), [])
        chosen = next((t for t in texts if on is None or t[0] <= on), texts[0] if texts else None)
        if chosen is None:
            return []
        day, title, text = chosen
        found = (_cut(text, number) for number in dict.fromkeys(_numbers(cited)))
        return [Article(title, day if day > date.min else None, head, words) for head, words in found if words]


def read_statutes(folder: Path) -> Statutes:
    """Return the laws of a folder; whatever cannot be read is named in `problems` and left out."""
    found = Statutes()
    for path in sorted(p for pattern in ("*.txt", "*.md") for p in folder.rglob(pattern)):
        try:
            if not path.is_file() or path.stat().st_size > LARGEST:
                raise ValueError("太大，或不是文件")
            text = _text(path.read_bytes())
        except (OSError, ValueError) as fault:
            found.problems.append(f"{path.name}：{fault if isinstance(fault, ValueError) else '读不了'}")
            continue
        head = re.search(r"^#+[ \t　]*(.+)$", text[:2000], re.MULTILINE)
        title = (head[1] if head else _DAY.sub("", path.stem).strip("_ -"))[:100]
        found.laws.setdefault(_name(title), []).append((_since(path.stem, text), title, text))
    for texts in found.laws.values():
        texts.sort(key=lambda t: t[0], reverse=True)
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _since(stem: str, text: str) -> date:
    told = _EFFECTIVE.search(text.split("\n", 1)[0][:2000])
    day = told[1] if told else next(iter(_DAY.findall(stem)), "")
    try:
        return date.fromisoformat(day)
    except ValueError:
        return date.min


def _name(law: str) -> str:
    return _ASIDE.sub("", law).removeprefix("中华人民共和国")


def _numbers(cited: str) -> Iterator[tuple[int, int]]:
    for found in _ARTICLE.finditer(cited):
        yield from _number(found)


def _number(found: re.Match[str]) -> Iterator[tuple[int, int]]:
    number, after = chinese_number(found[1]), chinese_number(found[2]) if found[2] else 0
    if number is not None and after is not None:
        yield number, after


def _cut(text: str, number: tuple[int, int]) -> tuple[str, str]:
    """Return an article's heading and words; both empty where the text has no such article."""
    begins = list(_BEGINS.finditer(text))
    for place, found in enumerate(begins):
        if number in _number(found):
            end = begins[place + 1].start() if place + 1 < len(begins) else len(text)
            words = _CHAPTER.split(text[found.end():end])[0].strip(" \n\t　#*")
            return f"第{found[1]}条" + (f"之{found[2]}" if found[2] else ""), words[:MOST]
    return "", ""
