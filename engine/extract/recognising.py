"""Which kind of document a text is, told by its own title and number; the file's name is only compared with it."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from engine.errors import SourceError
from engine.extract import flat
from engine.extract.document import refuse
from engine.extract.kinds import Kind, Kinds
from engine.extract.numbers import case_type
from engine.extract.words import Words
from engine.text import fold

_TOP = 16
_LONGEST_TITLE = 60
_LOOK_FOR_NUMBER = 5
_OTHER = ("不予", "撤销", "变更", "终止", "拟", "关于")
_ANY_TITLE = re.compile(r"[\u4e00-\u9fff()]{2,40}(?:书|函|笔录|通知|公告|意见)")
_ANNEX = re.compile(r"(?:\([^()]{1,30}\))?(?:\(?(?:正本|副本|存根|样本)\)?)?$")


def recognise(words: Words, kinds: Kinds, where: str) -> Kind:
    """Return the kind of the document. Raises SourceError where it is none of the declared, or several at once."""
    lines = words.text.split(flat.BREAK)[:_TOP]
    number = _own_type(words)
    titled = [kind for kind in kinds.values() if any(title_of(line, kind) for line in lines)]
    fitting = [kind for kind in titled if not kind.numbers or number in kind.numbers
               or (not number and _has_phrases(words, kind))]
    if not titled:
        fitting = [kind for kind in kinds.values() if kind.phrases and _has_phrases(words, kind)]
    if len(fitting) > 1 and number:
        fitting = [kind for kind in fitting if number in kind.numbers] or fitting
    if len(fitting) == 1:
        _refuse_several(words, fitting[0], where)
        return fitting[0]
    raise _unknown(lines, titled, fitting, number, (kinds, where))


def _has_phrases(words: Words, kind: Kind) -> bool:
    """Tell whether all the phrases of a kind stand in the text; a kind without phrases makes no demand."""
    return all(pattern.regex.search(words.text) for pattern in kind.phrases)


def title_of(line: str, kind: Kind) -> str:
    """Return the title a paragraph consists of (an office may stand before it), or ''."""
    body = _ANNEX.sub("", line) if line.endswith((")", "本")) else line
    if len(body) > _LONGEST_TITLE:
        return ""
    for title in kind.titles:
        if body.endswith(title) and not body.removesuffix(title).endswith(_OTHER):
            return title
    return ""


def title_end(text: str, kind: Kind) -> int:
    """Return the place behind the title's paragraph, 0 where the document has no title."""
    place = 0
    for line in text.split(flat.BREAK)[:_TOP]:
        place += len(line) + 1
        if title_of(line, kind):
            return place
    return 0


def named_otherwise(name: str, kind: Kind, kinds: Kinds) -> str:
    """Return what the file's name calls the document where that is another declared kind, or ''."""
    stem = fold(PurePath(name).stem)
    called = [other for other in kinds.values() if any(word in stem for word in _calls(other))]
    return "" if kind in called or not called else called[0].title


def _calls(kind: Kind) -> set[str]:
    """Return what a kind is called in file names: its titles, also without 行政 (处罚决定书)."""
    titles = {fold(kind.title), *kind.titles}
    return titles | {title.removeprefix("行政") for title in titles if len(title) > 5}


def _own_type(words: Words) -> str | None:
    """Return the type code of the first case number at the top; None without one, or where it is of no listed type.

    Before 2016 each court chose its own words (行非执字), which tell nothing here.
    """
    top = _start_of(words.text, _TOP)
    for place, found in words.found.items():
        if place < top and found.sign == flat.CASE_NO:
            return case_type(found.text)
    return None


def _start_of(text: str, paragraph: int) -> int:
    place = 0
    for _ in range(paragraph):
        following = text.find(flat.BREAK, place)
        if following < 0:
            return len(text)
        place = following + 1
    return place


def _refuse_several(words: Words, kind: Kind, where: str) -> None:
    """Refuse a file that holds several documents: two titles, each with a number of its own."""
    numbers = set(_numbers_below_titles(words, kind))
    if len(numbers) > 1:
        what = f"一个文件里有{len(numbers)}份文书"
        raise refuse(where, what, "请一份文书一个文件", "E-DOCUMENT-SEVERAL")


def _numbers_below_titles(words: Words, kind: Kind) -> Iterator[str]:
    lines = words.text.split(flat.BREAK)
    place = 0
    for number, line in enumerate(lines):
        if title_of(line, kind):
            below = "\n".join(lines[number:number + _LOOK_FOR_NUMBER])
            for offset, character in enumerate(below):
                if character in (flat.CASE_NO, flat.DOCUMENT_NO):
                    yield words.at(place + offset).text
                    break
        place += len(line) + 1


def _unknown(
    lines: list[str], titled: list[Kind], fitting: list[Kind], number: str | None, setting: tuple[Kinds, str]
) -> SourceError:
    kinds, where = setting
    known = "、".join(kind.title for kind in kinds.values())
    if len(fitting) > 1:
        what = f"同时像{'、'.join(kind.title for kind in fitting)}"
        return refuse(where, what, "请核对文书标题和案号", "E-DOCUMENT-KIND")
    if titled:
        why = f"案号类型却是“{number}”" if number else "却没有这种文书的特征语句"
        what = f"标题像{titled[0].title}，{why}，不是{titled[0].title}"
        return refuse(where, what, f"能抽取的文书：{known}", "E-DOCUMENT-KIND")
    title = next((line for line in lines if _ANY_TITLE.fullmatch(line)), "")
    what = f"是“{title}”，不在能抽取的文书之列" if title else "认不出是什么文书（没有标题，也没有足够的特征语句）"
    return refuse(where, what, f"能抽取的文书：{known}", "E-DOCUMENT-KIND")
