"""Sentences with places: `申请日{applied_on}晚于最后一日{last_day}，超{days_over}日`.

A place takes any name an expression may use. Dates read 2024年3月1日, money 12,500元 (12,500.50元), coded texts their
Chinese, a period its length with its unit, NULL （未记载）. `{{` and `}}` are the braces themselves.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from engine.rules.model import Template
from engine.rules.names import Name, Scope
from engine.rules.rendering import Renderer, index_of, text_literal
from engine.rules.tree import Fault
from engine.rules.whitelist import MAX_FAULTS

UNKNOWN_TEXT = "（未记载）"
UNIT = {"day": "日", "workday": "个工作日", "month": "个月", "year": "年"}

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
MAX_CHARACTERS = 1_000


def read_template(text: str, scope: Scope) -> tuple[Template, list[Fault]]:
    """Return the template and the faults in it."""
    parts: list[str | Name] = []
    faults: list[Fault] = []
    end = 0
    for found in _PART.finditer(text):
        parts.append(text[end:found.start()])
        end = found.end()
        written = found.group(1)
        if found.group() in ("{{", "}}"):
            parts.append(found.group()[0])
        elif written is None:
            fix = "名称写成 {名称}；花括号本身写成 {{ 或 }}"
            faults.append(Fault(found.start(), "花括号没有成对", fix, "E-RULE-SAY"))
        elif (name := scope.find(written)) is not None:
            parts.append(name)
            if name.kind.name == "money" and text.startswith(("万", "元"), end):
                what = f"{{{written}}}会写成“12,500元”，后面不能再接“{text[end:end + 2]}”"
                faults.append(Fault(end, what, "金额一律以元计，自带单位，请删去后面的单位", "E-RULE-YUAN"))
        elif len(faults) <= MAX_FAULTS:
            what, fix = scope.complaint(written)
            faults.append(Fault(found.start() + 1, what, fix, "E-RULE-SAY"))
    parts.append(text[end:])
    if len(text) > MAX_CHARACTERS:
        faults.append(Fault(0, f"句子超过 {MAX_CHARACTERS} 字", "请缩短", "E-RULE-SAY"))
    return Template(text, tuple(p for p in parts if p != "")), faults


def template_sql(template: Template, renderer: Renderer) -> str:
    """Return SQL for the sentence; never NULL."""
    parts = [text_literal(p) if isinstance(p, str) else _shown_sql(p, renderer) for p in template.parts]
    return "(" + " || ".join(parts or ["''"]) + ")"


def shown(value: object, kind: str, codes: tuple[tuple[str, str], ...] = ()) -> str:
    """Return a value as a sentence shows it.

    >>> shown(date(2024, 3, 1), "date"), shown(Decimal("-12500.50"), "money"), shown(None, "date")
    ('2024年3月1日', '-12,500.50元', '（未记载）')
    """
    if value is None:
        return UNKNOWN_TEXT
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if kind == "bool":
        return "是" if value else "否"
    if kind == "money":
        amount = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return (f"{amount:,.2f}".removesuffix(".00")) + "元"
    if kind == "number":
        return f"{Decimal(str(value)):.6f}".rstrip("0").rstrip(".")
    return dict(codes).get(str(value), str(value))


def _shown_sql(name: Name, renderer: Renderer) -> str:
    sql = renderer.name(name)
    writers: dict[str, Callable[[str], str]] = {
        "date": _date, "money": _money, "number": _number, "bool": _truth, "period": lambda _: _period(name),
    }
    if name.kind.codes:
        whens = " ".join(f"WHEN {text_literal(c)} THEN {text_literal(label)}" for c, label in name.kind.codes)
        text = f"CASE {sql} {whens} ELSE {sql} END"
    else:
        text = writers.get(name.kind.name, _plain)(sql)
    return f"coalesce({text}, {text_literal(UNKNOWN_TEXT)})"


def _plain(sql: str) -> str:
    return f"CAST({sql} AS VARCHAR)"


def _date(sql: str) -> str:
    return f"strftime({sql}, '%Y年%-m月%-d日')"


def _money(sql: str) -> str:
    """Write thousands and two decimals from whole cents, so that no double rounds a large sum."""
    cents = f"CAST(abs(TRY_CAST({sql} AS DECIMAL(18,2))) * 100 AS BIGINT)"
    sign = f"CASE WHEN {sql} < 0 THEN '-' ELSE '' END"
    yuan = f"format('{{:,}}', {cents} // 100)"
    rest = f"CASE WHEN {cents} % 100 = 0 THEN '' ELSE '.' || lpad(CAST({cents} % 100 AS VARCHAR), 2, '0') END"
    return f"coalesce({sign} || {yuan} || {rest}, CAST({sql} AS VARCHAR)) || '元'"


def _number(sql: str) -> str:
    return f"rtrim(rtrim(CAST(CAST({sql} AS DECIMAL(28,6)) AS VARCHAR), '0'), '.')"


def _truth(sql: str) -> str:
    return f"CASE {sql} WHEN TRUE THEN '是' WHEN FALSE THEN '否' END"


def _period(name: Name) -> str:
    parameter = name.parameter
    values = parameter.values if parameter is not None else ()
    whens = " ".join(f"WHEN {i} THEN {text_literal(f'{v.length}{UNIT[v.unit]}')}" for i, v in enumerate(values))
    return f"CASE {index_of(name.path)} {whens} END"


