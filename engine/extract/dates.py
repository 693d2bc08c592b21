"""Dates in running text: written in full, or told from the date before (同日, 次日, 同年5月3日).

A date is only ever counted from the date mentioned last before it, and both places are kept. Without a year, with
hidden digits, or counted from an unsure date, it has no value.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from engine.extract.flat import DATE
from engine.extract.found import Found
from engine.text import FAULTS, chinese_number, read_date

_MASK = "*×X某"
_HAN_YEAR = "一二三四五六七八九〇零○O0"
_HAN = "元正一二三四五六七八九十廿卅"
_MONTH = rf"(?:[0-9]{{1,2}}|[{_HAN}]{{1,3}})"
_DAY = rf"(?:[0-9]{{1,2}}|[{_HAN}]{{1,3}})"
_FULL = rf"(?:(?:19|20)[0-9]{{2}}|[{_HAN_YEAR}]{{4}})年{_MONTH}月{_DAY}[日号]"
_MARKED = r"(?<![0-9.])(?:19|20)[0-9]{2}(?P<mark>[-/.])[0-9]{1,2}(?P=mark)[0-9]{1,2}(?![0-9.])"
_HIDDEN = rf"(?:19|20)[0-9{_MASK}]{{2}}年[0-9{_MASK}]{{1,2}}月[0-9{_MASK}]{{1,2}}日"
_RELATIVE = (
    rf"(?P<day_word>同日|当日|次日|翌日)"
    rf"|(?P<year_word>同年|当年|次年|翌年)(?P<month>{_MONTH})月(?P<day>{_DAY})[日号]"
    rf"|(?P<month_word>同月|当月|次月)(?P<only_day>{_DAY})[日号]"
)
_BARE = rf"(?<![0-9{_HAN}年])(?P<bare>{_MONTH}月{_DAY}日)"
_PART = rf"(?P<part>(?:19|20)[0-9]{{2}}年{_MONTH}月(?![0-9{_HAN}]))"
_DATES = re.compile(rf"(?P<full>{_FULL}|{_MARKED})|(?P<hidden>{_HIDDEN})|{_RELATIVE}|{_PART}|{_BARE}")

_NO_YEAR = "没有写年份"


def find_dates(text: str) -> Iterator[Found]:
    """Yield the dates of a folded text in order; relative ones are counted from the one before."""
    before: Found | None = None
    for found in _DATES.finditer(text):
        mention = _read(found, before)
        yield mention
        before = mention


def _read(found: re.Match[str], before: Found | None) -> Found:
    place = (found.start(), found.end())
    if found["full"]:
        parsed = read_date(found["full"])
        fault = FAULTS[parsed.fault][0] if parsed.fault else ""
        return Found(*place, DATE, parsed.value, found.group(), fault)
    if found["hidden"]:
        return Found(*place, DATE, None, found.group(), "日期有遮盖", masked=True)
    if found["part"]:
        return Found(*place, DATE, None, found.group(), "只有年月，没有日")
    if found["bare"]:
        return Found(*place, DATE, None, found.group(), _NO_YEAR)
    if before is None:
        return Found(*place, DATE, None, found.group(), "前文没有日期可据以推算")
    base = (before.start, before.end)
    if not isinstance(before.value, date):
        return Found(*place, DATE, None, found.group(), "据以推算的前一日期不确定", base=base)
    value = _counted(found, before.value)
    fault = "" if value else "推算出的日期不存在"
    return Found(*place, DATE, value, found.group(), fault, base=base, note="据前一日期推算" if value else "")


def _counted(found: re.Match[str], base: date) -> date | None:
    """Return the day a relative date means, or None where there is no such day."""
    if word := found["day_word"]:
        return base if word in ("同日", "当日") else base + timedelta(days=1)
    if word := found["year_word"]:
        return _day(base.year + (word in ("次年", "翌年")), _number(found["month"]), _number(found["day"]))
    later = found["month_word"] == "次月"
    year, month = (base.year + 1, 1) if later and base.month == 12 else (base.year, base.month + later)
    return _day(year, month, _number(found["only_day"]))


def _number(text: str) -> int:
    return chinese_number(text.replace("元", "一").replace("正", "一")) or 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
