"""The shapes of the two numbers that tie records together: court case numbers and document numbers.

Here they are only taken apart and put into comparable form; what the parts mean is in `engine.identifiers`.
All functions take folded text (`engine.text.fold`).
"""

import re
from typing import NamedTuple

from engine.text.numerals import chinese_number

PROVINCES = "京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔云滇藏陕甘青宁新兵军"
"""First character of a court's code: the short name of the province, 兵 (兵团) or 军 (军事法院)."""

_LAST_OF_TYPE = "初终再监申抗执审核更提辖复督催破保恢异协特撤他清赔惩令调解没医止教救算认请送管赃引移指备民刑行访台港澳"
_OLD_TYPE = re.compile(
    r"(?:执[民刑行商非裁]|[初终再监申抗执审提辖复督催破保恢异特赔他减假])(?:\([^()]*\))?[一二三四五六七八九十]{0,2}$"
)
_FIRST_YEAR_OF_CODES = 2016
_MASK = "*×✕╳■□?※#_某"
_PLACEHOLDER = re.compile(rf"[{_MASK}]|XX|\.\.|\)第?X号")
_SUB = r"(?:之(?P<sub>[一二三四五六七八九十]{1,3}|[0-9]{1,3}))?"
_PAPER = r"(?:《[^》]*》?|[^0-9号之、,;]{0,12}书(?:\([^)]*\))?)?"

_CASE = re.compile(
    rf"\(?(?P<year>(?:19|20)[0-9]{{2}})年?\)?(?P<body>[^号、,;。]{{0,23}}[^0-9号、,;。字第])(?P<word>字)?(?P<ordinal>第)?"
    rf"(?P<serial>[0-9]{{1,8}})(?:号{_SUB}|{_SUB.replace('sub', 'early')}号)?{_PAPER}"
)
_COURT_CODE = re.compile(rf"(?:最高法知?|[{PROVINCES}](?P<digits>[0-9]{{2,4}})?)[^0-9A-Z(){_MASK}]{{1,6}}")
_CASE_LIKE = re.compile(rf"\(?(?:19|20)[0-9]{{2}}年?\)?(?:最高法|[{PROVINCES}][0-9*×]{{2,4}})")
_SEVERAL = re.compile("号.*号|[0-9][、,;和及][0-9(]")
_OLD_BODY = re.compile(rf"[^0-9A-Z{_MASK}]+")

_DOCUMENT = re.compile(
    rf"《?(?P<prefix>[^、;。]{{1,40}})\((?P<year>(?:19|20)?[0-9]{{2}})年?\)字?第?"
    rf"(?P<serial>[^()、,;。号]{{0,20}})(?:号{_SUB})?{_PAPER}"
)
_YEAR_FIRST = re.compile(
    rf"\((?P<year>(?:19|20)[0-9]{{2}})年?\)(?P<prefix>[^、;。0-9]{{2,40}}?)字?第?(?P<serial>[0-9]{{1,8}}(?:-[0-9]+)?)号{_SUB}{_PAPER}"
)
_NO_BRACKET = re.compile(
    rf"(?P<prefix>[^、;。]{{2,40}}?[^0-9、;。])(?P<year>(?:19|20)[0-9]{{2}})年?第(?P<serial>[0-9]{{1,8}}(?:-[0-9]+)?)号{_SUB}{_PAPER}"
)
_DASHED = re.compile("([0-9]+)-([0-9]+)")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


class CaseParts(NamedTuple):
    """A court case number taken apart; `body` is court and type together, `old` the style before 2016 (字第)."""

    year: str
    body: str
    serial: str
    sub: str
    old: bool


class DocumentParts(NamedTuple):
    """A document number taken apart; `serial` has no leading zeros, `sub` is what follows a dash or 之."""

    prefix: str
    year: str
    serial: str
    sub: str


def case_parts(folded: str) -> CaseParts | None:
    """Return the parts of one court case number; None for anything else, several numbers, or a masked one."""
    found = _CASE.fullmatch(folded)
    if found is None:
        return None
    body, serial = found["body"], found["serial"]
    sub = _plain(found["sub"] or found["early"] or "")
    if _has_court_code(body, int(found["year"])):
        return CaseParts(found["year"], body, serial.lstrip("0") or "0", sub, old=False)
    marked_old = found["ordinal"] or found["word"] or int(found["year"]) < _FIRST_YEAR_OF_CODES
    if marked_old and _OLD_TYPE.search(body) and _OLD_BODY.fullmatch(body):
        return CaseParts(found["year"], body, serial, sub, old=True)
    return None


def _has_court_code(body: str, year: int) -> bool:
    """Tell a code of 2016 (豫1102行审, 豫行终) from the place words of an old number (浙杭知初)."""
    court = _COURT_CODE.fullmatch(body)
    if court is None:
        return False
    return bool(court["digits"] or body.startswith("最高法")) or (
        year >= _FIRST_YEAR_OF_CODES and body[-1] in _LAST_OF_TYPE
    )


def document_parts(folded: str) -> DocumentParts | None:
    """Return the parts of one document number; None for anything else."""
    found = _DOCUMENT.fullmatch(folded) or _YEAR_FIRST.fullmatch(folded) or _NO_BRACKET.fullmatch(folded)
    if found is None:
        return None
    serial, sub = found["serial"], _plain(found["sub"] or "")
    if not serial.isdigit():
        serial = _ZEROS.sub("", serial)
        if dashed := _DASHED.fullmatch(serial):
            serial, sub = dashed[1], dashed[2]
        elif (number := chinese_number(serial)) is not None:
            serial = str(number)
    elif serial[0] == "0":
        serial = serial.lstrip("0") or "0"
    return DocumentParts(found["prefix"], _four(found["year"]), serial, sub)


def is_masked(folded: str) -> bool:
    """Return whether a number has masked places; such a number identifies nothing."""
    return _PLACEHOLDER.search(folded) is not None


def case_no_key(folded: str) -> str | None:
    """Return the comparable form of a case number, or of what stands in its place.

    An enforcement may rest on a penalty decision, so a document number is compared as one. None: empty, masked,
    or several case numbers.
    """
    parts = case_parts(folded)
    if parts is None:
        return None if _SEVERAL.search(folded) or _CASE_LIKE.match(folded) else document_no_key(folded)
    sub = f"之{parts.sub}" if parts.sub else ""
    return f"({parts.year}){parts.body}{parts.serial.lstrip('0') or '0'}号{sub}"


def document_no_key(folded: str) -> str | None:
    """Return the comparable form of a document number; the folded text itself where it is not one.

    None: empty, masked, or without its serial (a draft), because such numbers do not tell two documents apart.
    """
    if not folded or is_masked(folded):
        return None
    parts = document_parts(folded)
    if parts is None:
        return folded
    if not parts.serial:
        return None
    sub = f"-{parts.sub}" if parts.sub else ""
    return f"{parts.prefix.removesuffix('字')}({parts.year}){parts.serial}{sub}"


def _plain(sub: str) -> str:
    return str(chinese_number(sub)) if sub else ""


def _four(year: str) -> str:
    if len(year) == 4:
        return year
    return f"20{year}" if int(year) < 50 else f"19{year}"
