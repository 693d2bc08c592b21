"""Cells that hold a date. A date is read whole and exactly, or not at all."""

import re
from datetime import date, datetime, timedelta

from engine.text.folding import fold
from engine.text.numerals import chinese_number
from engine.text.parsed import Parsed

_LONGEST = 48
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_PLACEHOLDER_YEARS = (0, 1)
_ENDLESS_YEAR = 9999
_SERIAL_ZERO = date(1899, 12, 30)
_CHINA = timedelta(hours=8)

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_HOUR = "(?:[01]?[0-9]|2[0-3])"
_CLOCK = (
    rf"(?:[T,]|(?<=[日号])| +)[T ]*(?:上午|下午)?(?P<hour>{_HOUR}):(?P<minute>[0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?"
    r" ?(?P<zone>Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?"
    rf"|(?:(?<=[日号])| +)(?:上午|下午)?{_HOUR}时(?:[0-5]?[0-9]分)?(?:[0-5]?[0-9]秒)?"
)
_TAIL = rf"(?: ?\(?(?:星期|周)[一二三四五六日天]\)?)?(?:{_CLOCK})?[.。]?"
_YEAR, _MONTH, _DAY = "(?P<year>[0-9]{1,4})", "(?P<month>[0-9]{1,2})", "(?P<day>[0-9]{1,2})"
_WRITTEN = re.compile(rf"{_YEAR} ?年 ?{_MONTH} ?月 ?{_DAY} ?[日号]?{_TAIL}")
_MARKED = re.compile(rf"{_YEAR} ?(?P<mark>[-/.\\、。,· ]) ?{_MONTH} ?(?P=mark) ?{_DAY}日?{_TAIL}")
_COMPACT = re.compile(
    rf"(?P<year>[0-9]{{4}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})(?:[0-2][0-9][0-5][0-9](?:[0-5][0-9])?|{_TAIL})"
)
_IN_CHINESE = re.compile(rf"(?P<year>[^年]{{1,8}})年(?P<month>[^月]{{1,3}})月(?P<day>[^日号]{{1,4}})[日号]{_TAIL}")
_PART = re.compile(r"[0-9]{4}(?: ?年| ?[-/.年] ?[0-9]{1,2} ?月?|[0-9]{2})?")
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:\.[0-9]+)?")


def read_date(text: str, serial: bool = False) -> Parsed:
    """Return the date; a time of day behind it is dropped, a UTC instant is taken on China's calendar.

    Day-first, two-digit and incomplete dates are faults; a spreadsheet's serial number is a date only with `serial`.

    >>> read_date("2024年3月1日").value == read_date("二〇二四年三月一日").value == date(2024, 3, 1)
    True
    >>> read_date("2024-02-30").fault, read_date("24-3-1").fault, read_date("45352").fault
    ('E-DATE-NONE', 'E-DATE-SHORT-YEAR', 'E-DATE-SERIAL')
    """
    if iso := _ISO.fullmatch(text):
        return _dated(iso[1], iso[2], iso[3])
    if len(text) > _LONGEST:
        return Parsed(None, "E-DATE")
    body = " ".join(part for part in map(fold, text.split()) if part)
    if not body:
        return Parsed(None)
    answer = _read_body(body, serial)
    return answer._replace(changed=not answer.fault)


def _read_body(body: str, serial: bool) -> Parsed:
    for shape in (_WRITTEN, _MARKED, _COMPACT):
        if found := shape.fullmatch(body):
            return _in_china(_dated(found["year"], found["month"], found["day"]), found)
    if number := _SERIAL.fullmatch(body):
        return _from_serial(int(number[1])) if serial else Parsed(None, "E-DATE-SERIAL")
    if _PART.fullmatch(body):
        month_day = re.fullmatch("[0-9]{6}", body) and body[:2] not in ("19", "20", "21")
        return Parsed(None, "E-DATE-SHORT-YEAR" if month_day else "E-DATE-PART")
    if found := _IN_CHINESE.fullmatch(body.replace(" ", "")):
        return _from_chinese(found)
    return Parsed(None, "E-DATE")


def _dated(year: str, month: str, day: str) -> Parsed:
    """Return the real date of three runs of digits, or the fault."""
    if len(year) < 4:
        return Parsed(None, "E-DATE-SHORT-YEAR" if len(year) == 2 else "E-DATE")
    if int(year) in _PLACEHOLDER_YEARS:
        return Parsed(None, "E-DATE-RANGE")
    if int(year) == _ENDLESS_YEAR:
        return Parsed(None, "E-DATE-ENDLESS")
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        return Parsed(None, "E-DATE-NONE")
    return Parsed(value) if _FIRST_YEAR <= value.year <= _LAST_YEAR else Parsed(None, "E-DATE-YEAR")


def _in_china(answer: Parsed, found: re.Match[str]) -> Parsed:
    """Return the day in China of an instant written with its offset: 2024-02-29T16:00Z is 1 March there."""
    if not found["zone"] or not isinstance(answer.value, date):
        return answer
    offset = datetime.strptime(found["zone"].replace("Z", "+0000"), "%z").utcoffset() or timedelta()
    clock = timedelta(hours=int(found["hour"]), minutes=int(found["minute"]))
    return Parsed(answer.value + timedelta(days=(clock - offset + _CHINA).days))


def _from_serial(number: int) -> Parsed:
    value = _SERIAL_ZERO + timedelta(days=number)
    return Parsed(value) if value.year <= _LAST_YEAR else Parsed(None, "E-DATE-YEAR")


def _from_chinese(found: re.Match[str]) -> Parsed:
    """Read 二〇二四年三月一日 and the cheque form 贰零贰肆年零叁月零壹日; 元月 is January."""
    numbers = []
    for part in (found["year"], found["month"], found["day"]):
        is_arabic = part.isdigit()
        number = chinese_number(part if is_arabic else re.sub("[0O]", "〇", part).replace("元", "一"))
        if number is None:
            return Parsed(None, "E-DATE")
        numbers.append(number)
    year = f"{numbers[0]:02d}" if len(found["year"]) < 4 else f"{numbers[0]:04d}"
    return _dated(year, str(numbers[1]), str(numbers[2]))
