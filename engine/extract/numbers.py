"""Case numbers and document numbers in running text, where nothing marks their beginning.

A number is found by its year in brackets; what stands before belongs to it as far as the last word that cannot
(作出的|甬镇市监处〔2018〕289号). Masked numbers are found too and keep their mask.
"""

import re
from collections.abc import Iterator

from engine.extract.flat import CASE_NO, DOCUMENT_NO
from engine.extract.found import Found
from engine.identifiers import case_no, document_no
from engine.identifiers.case_types import LONGEST_FIRST
from engine.text.numbers import PROVINCES, is_masked

_YEAR = re.compile(r"\((?:19|20)[0-9]{2}年?\)")
_MASK = "某*×X■□"
_SUB = r"(?:之(?:[一二三四五六七八九十]{1,3}|[0-9]{1,3}))?"
_CASE = re.compile(
    rf"(?:最高法知?|[{PROVINCES}{_MASK}][0-9{_MASK}]{{0,5}})[\u4e00-\u9fff]{{1,6}}(?:字第|第)?[0-9{_MASK}]{{1,9}}"
    rf"(?:[、,][0-9]{{1,8}}){{0,20}}号{_SUB}")
_TYPED = re.compile(rf"[\u4e00-\u9fff][0-9]{{2,4}}(?P<type>{'|'.join(LONGEST_FIRST)})[0-9]{{1,8}}号{_SUB}")
_OLD_CASE = re.compile(rf"[\u4e00-\u9fff()]{{2,16}}字第?[0-9{_MASK}]{{1,8}}号{_SUB}")
_YEAR_FIRST = re.compile(r"[\u4e00-\u9fff]{2,16}?字?第?[0-9]{1,6}号")
_SERIAL = re.compile(rf"字?(?:[0-9A-Z{_MASK}_第-]|[零〇一二三四五六七八九十百]){{0,20}}号{_SUB}")
_BEFORE = re.compile(r"[\u4e00-\u9fff0-9A-Z()]{1,40}$")
_BARE_CASE = re.compile(rf"(?<![0-9(])(?:19|20)[0-9]{{2}}年?[\u4e00-\u9fff]{{2,14}}字第[0-9]{{1,8}}号{_SUB}")
_NO_BRACKET = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}年?第[0-9]{1,6}号")

_LEAD_TWO = re.compile(
    "作出|做出|送达|下达|制发|出具|制作|发出|签发|依据|根据|依照|按照|不服|撤销|维持|变更|收到|提交|文号|编号|案号|"
    "决定书|告知书|催告书|通知书|裁定书|判决书|意见书|起诉书|本院|我局|我院|我会|我委|该局|该院|上述|以及|关于|涉案|"
    "[0-9]日|[0-9]号|的|了|因|在|对|以|为|是|及|与|其|向|称|即|称")
_LEAD_THREE = re.compile(
    "申请|强制执行|执行|履行|缴纳|管理局|监督局|公安局|规划局|资源局|环境局|环保局|水利局|税务局|运输局|执法局|"
    "管理局|检察院|法院|人民政府|委员会|分局|支队|大队|总队|办事处|管理处|[\u4e00-\u9fff]{2}局(?=[^检]{3})|于")
_LEADS = ((_LEAD_TWO, 2), (_LEAD_THREE, 3))
_PREFIX = re.compile(r"[0-9A-Z()]*[\u4e00-\u9fff][\u4e00-\u9fff0-9A-Z()]*")


def find_numbers(text: str) -> Iterator[Found]:
    """Yield the case and document numbers of a folded text in order."""
    for year in _YEAR.finditer(text):
        if found := _case(text, year) or _document(text, year):
            yield found
    for bare in _BARE_CASE.finditer(text):
        if case_no.parse(bare.group()):
            yield Found(bare.start(), bare.end(), CASE_NO, bare.group(), bare.group())
    for bare in _NO_BRACKET.finditer(text):
        start = _start(text, bare.start())
        if start is not None and document_no.parse(number := text[start:bare.end()]):
            yield Found(start, bare.end(), DOCUMENT_NO, number, number)


def case_type(number: str) -> str | None:
    """Return the type code of a case number in folded form; None for an old one, whose words each court chose."""
    if parsed := case_no.parse(number):
        return None if parsed.old else parsed.type
    typed = _TYPED.search(number)
    return typed["type"] if typed else None


def _case(text: str, year: re.Match[str]) -> Found | None:
    """Return the court case number that begins with this year, or None.

    A listed type behind a code of the right form is one even where no province has that code.
    """
    if rest := _TYPED.match(text, year.end()):
        number = text[year.start():rest.end()]
        return Found(year.start(), rest.end(), CASE_NO, number, number)
    for shape in (_CASE, _OLD_CASE):
        if rest := shape.match(text, year.end()):
            number = text[year.start():rest.end()]
            if case_no.parse(number):
                return Found(year.start(), rest.end(), CASE_NO, number, number)
            if shape is _CASE and "、" in number:
                fault = "一处写了几个案号"
                return Found(year.start(), rest.end(), CASE_NO, None, number, fault)
            if is_masked(number) and not _ends_prefix(text, year.start()):
                return Found(year.start(), rest.end(), CASE_NO, number, number, masked=True)
    return None


def _ends_prefix(text: str, place: int) -> bool:
    """Tell whether a number's prefix ends here, so that the year is in the middle of a document number."""
    return text[max(0, place - 1):place] in ("罚", "处", "字", "决", "诉", "告", "催", "意")


def _document(text: str, year: re.Match[str]) -> Found | None:
    """Return the document number this year is part of, or None."""
    rest = _SERIAL.match(text, year.end())
    start = _start(text, year.start()) if rest else None
    if rest is None or start is None:
        return _year_first(text, year)
    number = text[start:rest.end()]
    hidden = is_masked(number)
    if not hidden and document_no.parse(number) is None:
        return None
    unnumbered = not hidden and document_no.key(number) is None
    return Found(start, rest.end(), DOCUMENT_NO, number, number, masked=hidden, note="没有编号" if unnumbered else "")


def _year_first(text: str, year: re.Match[str]) -> Found | None:
    rest = _YEAR_FIRST.match(text, year.end())
    if rest is None:
        return None
    number = text[year.start():rest.end()]
    parsed = document_no.parse(number)
    return Found(year.start(), rest.end(), DOCUMENT_NO, number, number) if parsed else None


def _start(text: str, end: int) -> int | None:
    """Return where the prefix that ends here begins, or None where nothing before can be one."""
    run = _BEFORE.search(text, max(0, end - 40), end)
    if run is None:
        return None
    words, start = run.group(), 0
    for leads, fewest in _LEADS:
        for lead in leads.finditer(words):
            if len(words) - lead.end() >= fewest:
                start = max(start, lead.end())
    start = max(start, _unopened(words, start))
    prefix = words[start:]
    return run.start() + start if len(prefix) >= 2 and _PREFIX.fullmatch(prefix) else None


def _unopened(words: str, start: int) -> int:
    """Return the place behind the last bracket closed but not opened (…以下简称某局)武工商处, or `start`."""
    depth = 0
    for place in range(start, len(words)):
        if words[place] == "(":
            depth += 1
        elif words[place] == ")":
            depth -= 1
            if depth < 0:
                start, depth = place + 1, 0
    return start
