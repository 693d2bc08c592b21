"""Articles of law and criminal charges as people cite them, in one comparable form.

A citation's comparable form lists every article once, `;水法65;土地管理法83;`: the law without 《》 and 中华人民共和国,
the article as a number, 之一 as `-1`. Paragraph and item are left out: what is looked up by article holds for all of
it. A charge's form lists charges without 罪 and without marks: `;盗窃;掩饰隐瞒犯罪所得;`.
"""

import functools
import re
from collections.abc import Iterator

from engine.text.numerals import chinese_number

_NUMBER = "[0-9零〇一二三四五六七八九十百千两]{1,8}"
_MARKS = "、,;和及与"
_ARTICLES = re.compile(
    rf"第?(?P<numbers>{_NUMBER}(?:(?:[{_MARKS}]|条?[至到-])第?{_NUMBER}){{0,30}})条(?P<sub>之{_NUMBER})?")
_TITLE = re.compile(r".*《([^《》]{1,80})》(.*)$")
_BARE = re.compile(r"[\u4e00-\u9fff]*(?:法典|法|条例|办法|规定|规则|细则|规范|解释|决定)$")
_EDITION = re.compile(r"\([^()]*\)$")
_LEADING = re.compile(
    "^(?:.*(?:中华人民共和国|依据|根据|依照|按照|违反|参照))?"
    "(?:(?:的|之)?规定|以及|及其|并且|同时|应当|[和及与或并已了按依条款项的之])*")
_RANGE = re.compile(rf"({_NUMBER})条?[至到-]第?({_NUMBER})$")
_LONGEST_RANGE = 30
_LONGEST_GAP = 200
"""Characters before an article in which its law is looked for."""

_CHARGE_END = re.compile("罪(?=[、,;和及与或等/()]|$)|;")
_CHARGE_START = re.compile("^(?:(?:因)?涉嫌(?:犯)?|犯|[和及与或等])+")
_NOT_IN_CHARGE = re.compile(r"[^\u4e00-\u9fffA-Z0-9]")


def citation_key(folded: str) -> str | None:
    """Return the cited articles of a folded text; None where it cites none.

    >>> citation_key("《中华人民共和国水法》第六十五条第二款、第六十六条,土地管理法第83条")
    ';水法65;水法66;土地管理法83;'
    """
    return _listed(_cited(folded))


def charge_key(folded: str) -> str | None:
    """Return the charges of a folded text; None where nothing is left.

    >>> charge_key("涉嫌掩饰、隐瞒犯罪所得罪、盗窃罪"), charge_key("盗窃")
    (';掩饰隐瞒犯罪所得;盗窃;', ';盗窃;')
    """
    parts = (_CHARGE_START.sub("", _NOT_IN_CHARGE.sub("", part)) for part in _CHARGE_END.split(folded))
    return _listed(part for part in parts if part)


def _listed(items: Iterator[str]) -> str | None:
    found = list(dict.fromkeys(items))
    return f";{';'.join(found)};" if found else None


def _cited(folded: str) -> Iterator[str]:
    law, end = "", 0
    for found in _ARTICLES.finditer(folded):
        law = _law_before(folded[end : found.start()]) or law
        end = found.end()
        if law:
            yield from (f"{law}{article}" for article in _numbers(found["numbers"], found["sub"]))


@functools.lru_cache(maxsize=4096)
def _law_before(text: str) -> str:
    """Return the law named last, directly before an article; '' for none and for 本法, which mean the one before."""
    title = _TITLE.match(text[-_LONGEST_GAP:])
    tail = _EDITION.sub("", title[2] if title else text[-_LONGEST_GAP:])
    bare = _BARE.search(tail)
    name = _law_name(_LEADING.sub("", bare[0])) if bare else ""
    if len(name) > 1 and name[0] not in "本该":
        return name
    return _law_name(title[1]) if title else ""


def _law_name(title: str) -> str:
    return _EDITION.sub("", title).replace("中华人民共和国", "")


@functools.lru_cache(maxsize=4096)
def _number(word: str) -> int | None:
    return chinese_number(word)


def _numbers(written: str, sub: str | None) -> Iterator[str]:
    """Yield the articles of `六十五、六十六` or `六十三至六十五`; a 之一 belongs to the last."""
    parts = re.split(f"[{_MARKS}]第?", written)
    for place, part in enumerate(parts, start=1):
        ends = _RANGE.search(part)
        bounds = [_number(word) for word in (ends.groups() if ends else (part, part))]
        first, last = bounds
        if first is None or last is None or not 0 <= last - first <= _LONGEST_RANGE:
            continue
        suffix = f"-{_number(sub[1:])}" if sub and place == len(parts) else ""
        yield from (f"{number}{suffix if number == last else ''}" for number in range(first, last + 1))
