"""The small language of anchors: words that must stand there, signs for what was found, and gaps of bounded length.

于{date}向本院[提出|]申请{8}执行   {date} is captured; [a|b] one of several, an empty one allowed; {8} up to eight
characters of the same clause; {~40} up to forty of the same sentence; {text:20} captures up to twenty characters of a
clause; {^} and {$} are the edges of a paragraph; {=case} the number read for the field `case`. A gap behind what is
captured does not cross another of its kind: of several dates before 送达 the nearest counts.

Patterns are folded like the documents. Gaps are few and short, so no text can make matching slow: that is checked when
a pattern is read.
"""

import re
from dataclasses import dataclass
from math import prod

from engine.extract import flat
from engine.text import fold

LONGEST = 160
MOST_GAPS = 3
MOST_WORK = 12_000
"""Product of the gap lengths: how many ways of matching one beginning may be tried."""

SIGNS = {
    "date": flat.DATE, "amount": flat.AMOUNT, "case_no": flat.CASE_NO, "document_no": flat.DOCUMENT_NO,
    "number": flat.CASE_NO + flat.DOCUMENT_NO, "resident_id": flat.RESIDENT_ID, "uscc": flat.USCC,
    "article": flat.ARTICLE,
}
"""Slot → the signs it stands for."""

_ALL = "".join(dict.fromkeys("".join(SIGNS.values())))
_HAN = "\u4e00-\u9fff"
_NAMED = {
    "court": f"(?:最高人民法院|[{_HAN}某*×]{{2,30}}?法院)",
    "procuratorate": f"(?:最高人民检察院|[{_HAN}某*×]{{2,30}}?检察院)",
    "charge": f"(?:[{_HAN}、]{{1,30}}?(?<!犯)罪(?:、[{_HAN}]{{1,24}}?(?<!犯)罪){{0,5}})(?!名)",
    "organ": (f"(?:[{_HAN}某*×()]{{2,36}}?(?:监督管理局|管理局|委员会|人民政府|办事处|管理处|监察(?:大|支|总)队|"
              "执法(?:大|支|总)队|分局|管委会|公安局|海关|[^,。;:《》()]局|厅|支队|大队|总队|管理所|派出所)(?![局队会]))"),
}
"""Slots that capture the name of a kind of office, or of one or several charges."""

_PARTS = re.compile(r"\{(?P<slot>[^{}]*)\}|\[(?P<choice>[^\[\]{}]*)\]|(?P<plain>[^\[\]{}]+)")
_GAP = re.compile(r"(?P<sentence>~?)(?P<most>[0-9]{1,3})")
_TEXT = re.compile(r"text:(?P<most>[0-9]{1,3})")
_REFERENCE = re.compile(r"=(?P<field>[a-z_]{1,40})")
TARGET = "target"
_OWN = "own"


class PatternFault(ValueError):
    """What is wrong with a pattern, at which character, and how to put it right."""

    def __init__(self, what: str, fix: str, place: int = 0) -> None:
        super().__init__(what)
        self.what, self.fix, self.place = what, fix, place


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern; `captures` is the slot whose content is the value ("" where there is none)."""

    source: str
    regex: re.Pattern[str]
    captures: str
    refers_to: str = ""


def compile_pattern(source: str, wanted: str = "") -> Pattern:
    """Return the compiled pattern that captures the first slot of kind `wanted`, or the one marked with !.

    Raises PatternFault for anything unknown, unbounded or without a word to hold on to.
    """
    if not source or len(source) > LONGEST:
        raise PatternFault(f"模式为空或超过{LONGEST}字", "请缩短，或拆成几条")
    slots = [found["slot"] for found in _PARTS.finditer(source) if found["slot"] is not None]
    marked = [slot for slot in slots if slot.endswith("!")]
    if len(marked) > 1:
        raise PatternFault("有两处标了!", "只在要取的那一处标!", source.rfind("!"))
    fitting = ("text", *_NAMED) if wanted == "text" else (wanted,)
    target = marked[0] if marked else next((slot for slot in slots if _kind(slot) in fitting), "")
    made, gaps, reference, done, free = "", list[int](), "", 0, True
    for found in _PARTS.finditer(source):
        if found.start() != done:
            break
        done = found.end()
        piece, gap = _piece(found, target if free else "", "" if free else SIGNS.get(_kind(target), ""))
        free = free and f"<{TARGET}>" not in piece
        made += piece
        gaps += [gap] if gap else []
        if found["slot"] is not None and (other := _REFERENCE.fullmatch(found["slot"])):
            reference = other["field"]
    if done != len(source):
        raise PatternFault(f"看不懂“{source[done:done + 10]}”", "括号要成对；[甲|乙]里只写文字", done)
    if wanted and not target:
        raise PatternFault(f"模式里没有要取的 {{{wanted}}}", f"请写上 {{{wanted}}}")
    _check_work(source, gaps)
    return Pattern(source, re.compile(made), _kind(target), reference)


def _piece(found: re.Match[str], target: str, barred: str) -> tuple[str, int]:
    """Return one part as a regular expression, and how many ways it can match; gaps do not cross `barred` signs."""
    if found["plain"] is not None:
        return re.escape(fold(found["plain"])), 0
    if found["choice"] is not None:
        words = [fold(word) for word in found["choice"].split("|")]
        if len(words) < 2:
            raise PatternFault("[ ]里只有一种写法", "写成[甲|乙]，可有可无写成[甲|]", found.start())
        return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")", 0
    slot = found["slot"]
    pattern, gap = _slot(slot.removesuffix("!"), found.start(), barred)
    return (f"(?P<{TARGET}>{pattern})", gap) if slot == target else (pattern, gap)


def _slot(slot: str, place: int, barred: str) -> tuple[str, int]:
    if slot in SIGNS:
        return f"[{SIGNS[slot]}]", 0
    if slot in _NAMED:
        return _NAMED[slot], 0
    if slot == "^":
        return f"(?<![^{flat.BREAK}])", 0
    if slot == "$":
        return f"(?=[。;]?(?:{flat.BREAK}|\\Z))", 0
    if gap := _GAP.fullmatch(slot):
        most = int(gap["most"])
        stops = f"。{flat.BREAK}" if gap["sentence"] else f",。;:{flat.BREAK}"
        return f"[^{stops}{barred}]{{0,{most}}}?", most + 1
    if text := _TEXT.fullmatch(slot):
        return f"[^,。;:、{flat.BREAK}{_ALL}]{{1,{int(text['most'])}}}", int(text["most"])
    if _REFERENCE.fullmatch(slot):
        return f"(?P<{_OWN}>[{SIGNS['number']}])", 0
    known = "、".join([*SIGNS, *_NAMED, "数字", "~数字", "text:数字", "^", "$", "=字段"])
    raise PatternFault(f"没有“{{{slot[:20]}}}”这种写法", f"可用：{known}", place)


def _kind(slot: str) -> str:
    """Return the kind of a slot: text for text:20."""
    return slot.removesuffix("!").partition(":")[0]


def _check_work(source: str, gaps: list[int]) -> None:
    if len(gaps) > MOST_GAPS or prod(gaps) > MOST_WORK:
        what = f"间隔太多或太长（最多{MOST_GAPS}处，长度之积不超过{MOST_WORK}）"
        raise PatternFault(what, "请缩短间隔，或拆成几条更具体的模式")
    words = re.sub(r"\{[^{}]*\}|\[[^\]]*\]", "", source)
    signs = any(_kind(found["slot"]) in (*SIGNS, *_NAMED, "^") or found["slot"].startswith("=")
                for found in _PARTS.finditer(source) if found["slot"] is not None)
    choice = any(all(found["choice"].split("|")) for found in _PARTS.finditer(source) if found["choice"] is not None)
    if not words and not signs and not choice:
        raise PatternFault("模式里没有可以依托的文字", "请写上前后固定出现的词")


def reference_place(found: re.Match[str]) -> int | None:
    """Return where the number stands that must be the one read for another field, or None."""
    return found.start(_OWN) if _OWN in found.re.groupindex else None
