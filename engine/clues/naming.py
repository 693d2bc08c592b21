"""What the names stored with a finding mean: label, kind of value, and the record column behind them.

`hit.facts` is keyed by the names authors write (`applied_on`, `penalty.served_on`, `days_over`); people read
「申请执行日」「行政处罚决定·送达日」. All of it comes from the rules as read, so words and rules cannot disagree.
"""

import re
from collections.abc import Mapping

import polars as pl

from engine.records import BY_NAME
from engine.rules import RuleSet
from engine.rules.model import Basis, Rule
from engine.rules.names import Name
from engine.rules.sheet import Sheet
from engine.rules.tree import Expr
from engine.rules.wording import asked, called
from engine.rules.working import COUNTING

UNKNOWN = "（未记载）"
"""How a missing value is shown."""

SPOKEN = {
    "period_end": "期限届满日", "period_end_unrolled": "期限届满日（不顺延）", "workdays_end": "工作日届满日",
    "days_between": "相隔日数", "workdays_between": "相隔工作日数", "date_add_days": "加日数", "age_on": "年龄",
    "is_workday": "是否工作日", "latest": "最晚者", "earliest": "最早者", "latest_known": "有记载的最晚者",
    "coalesce": "依次取有记载者", "contains": "含有", "starts_with": "开头为", "round": "四舍五入", "abs": "绝对值",
    "length": "字数", "concat": "连写", "ends_with": "结尾为", "earliest_known": "有记载的最早者", "true": "是",
    "false": "否",
}
"""Functions of the rule language as a formula shows them to a reader."""

_KEYWORDS = {
    "IS NOT NULL": "有记载", "IS NULL": "未记载", "IS TRUE": "为是", "IS FALSE": "为否", "NOT IN": "不属于",
    "IN": "属于",
    "CASE WHEN": "若", "WHEN": "；若", "THEN": "，则", "ELSE": "；否则", "END": "", "AND": "且", "OR": "或",
    "NOT": "非", "DATE": "",
}

_WORD = re.compile(rf"'[^']*'| ?\b(?:{'|'.join(_KEYWORDS)})\b ?|[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
_WORDS = {
    "rule_id": pl.String, "name": pl.String, "label": pl.String, "kind": pl.String, "source": pl.String,
    "alias": pl.String, "its_table": pl.String, "its_column": pl.String, "ground": pl.String, "turn": pl.Int64,
    "listed": pl.Boolean, "moves": pl.Boolean,
}
_CODES = {"rule_id": pl.String, "name": pl.String, "code": pl.String, "shown": pl.String}


def words(rules: RuleSet) -> pl.DataFrame:
    """Return a row for each rule and stored name.

    `source` is column, fact, let or law; `alias` is '' for the subject's own; `its_table` and `its_column` name the
    record column (NULL where computed); `ground` is a let's formula in Chinese words, a fact's articles; `turn` is its
    place in the rule's evidence, others follow; `listed`: the rule's evidence names it; `moves`: the value changes with
    the as-of date alone.
    """
    rows = []
    for rule in rules.rules.values():
        sheet = Sheet(rule, rules.facts)
        shown = {name.path: turn for turn, name in enumerate(rule.evidence)}
        labels = _labels_of(rule.subject, rules) | {n.path: n.label for n in sheet.stored()}
        formulas = {let.name.path: spoken(let.text, labels) for let in rule.let}
        for other, name in enumerate(sheet.stored(), start=len(shown)):
            is_column = name.source == "column"
            rows.append((
                rule.id, name.path, _label(name, rule), name.kind.name, name.source, name.alias,
                name.table if is_column else None, name.column if is_column else None,
                formulas.get(name.path) or _basis(name, rules), shown.get(name.path, other), name.path in shown,
                sheet.moves(name),
            ))
    return pl.DataFrame(rows, schema=_WORDS, orient="row")


def codes(rules: RuleSet) -> pl.DataFrame:
    """Return the Chinese of every code of an enumerated name: rule_id, name, code, shown."""
    rows = [(rule.id, name.path, code, shown) for rule in rules.rules.values()
            for name in Sheet(rule, rules.facts).stored() for code, shown in name.kind.codes]
    return pl.DataFrame(rows, schema=_CODES, orient="row")


def reasons(rules: RuleSet) -> pl.DataFrame:
    """Return what each exclusion of a rule is called in Chinese: rule_id, name, reason."""
    rows = [(rule.id, condition.id, called(condition))
            for rule in rules.rules.values() for condition in rule.unless]
    return pl.DataFrame(rows, schema={"rule_id": pl.String, "name": pl.String, "reason": pl.String}, orient="row")


def conditions(rules: RuleSet) -> pl.DataFrame:
    """Return what each condition of a rule asks, in Chinese words: rule_id, name, asks, uses, reaches.

    `uses` are the names in it, `reaches` all it is computed from, through however many others.
    """
    rows = []
    for rule in rules.rules.values():
        sheet = Sheet(rule, rules.facts)
        for condition in rule.when:
            uses = list(dict.fromkeys(name.path for name in condition.expr.names()))
            rows.append((rule.id, condition.id, asked(condition), uses, _reached(sheet, condition.expr)))
    texts = pl.List(pl.String)
    return pl.DataFrame(rows, orient="row", schema={"rule_id": pl.String, "name": pl.String, "asks": pl.String,
                                                    "uses": texts, "reaches": texts})


def _reached(sheet: Sheet, asked_for: Expr) -> list[str]:
    """Return the names and all they are computed from; '' stands for what is counted in the condition itself."""
    found = dict.fromkeys(name.path for name in asked_for.names())
    waiting = list(found)
    while waiting:
        definition = sheet.definitions.get(waiting.pop())
        exprs = (definition.expr, definition.law.on if definition.law else None) if definition else ()
        new = [n.path for expr in exprs if expr is not None for n in expr.names() if n.path not in found]
        found |= dict.fromkeys(new)
        waiting += new
    counts = any(node.op == "call" and node.value.name in COUNTING for node in asked_for.walk())
    return [*([""] if counts else []), *found]


def shown_sql(value: str, kind: str, code: str) -> str:
    """Return SQL for a value as people read it; `value` is text taken from JSON, `kind` and `code` come from the words.

    Dates as 2024年3月1日, sums as 12,500.50元, NULL as （未记载）; anything not of its kind is shown as it is.
    """
    cents = f"CAST(round(abs(TRY_CAST({value} AS DECIMAL(28,6))) * 100, 0) AS HUGEINT)"
    sign = f"CASE WHEN starts_with({value}, '-') THEN '-' ELSE '' END"
    rest = f"CASE WHEN {cents} % 100 = 0 THEN '' ELSE '.' || lpad(CAST({cents} % 100 AS VARCHAR), 2, '0') END"
    money = f"{sign} || format('{{:,}}', CAST({cents} // 100 AS BIGINT)) || {rest} || '元'"
    number = f"rtrim(rtrim(CAST(TRY_CAST({value} AS DECIMAL(28,6)) AS VARCHAR), '0'), '.')"
    date = f"strftime(TRY_CAST({value} AS DATE), '%Y年%-m月%-d日')"
    return (f"CASE WHEN {value} IS NULL THEN '{UNKNOWN}' ELSE coalesce({code}, CASE {kind} WHEN 'date' THEN {date} "
            f"WHEN 'money' THEN {money} WHEN 'number' THEN {number} "
            f"WHEN 'bool' THEN CASE {value} WHEN 'true' THEN '是' WHEN 'false' THEN '否' END END, {value}) END")


def _label(name: Name, rule: Rule) -> str:
    """Return the Chinese label; a let without a title that only renames another name takes that one's."""
    if name.source == "let" and name.label == name.column:
        let = next((item for item in rule.let if item.name.path == name.path), None)
        if let is not None and let.expr.op == "name":
            return _label(let.expr.value, rule)
    return name.label


def _labels_of(table: str, rules: RuleSet) -> dict[str, str]:
    facts = {path: fact.name.label for path, fact in rules.facts.get(table, {}).items()}
    return {column.name: column.label for column in BY_NAME[table].columns} | facts | {"as_of": "截至日"}


def _basis(name: Name, rules: RuleSet) -> str | None:
    fact = rules.facts.get(name.table, {}).get(name.column) if name.source == "fact" else None
    return "；".join(cited(basis) for basis in fact.basis) if fact else None


def cited(basis: Basis) -> str:
    """Return an article as it is cited, with the time it is in force.

    >>> from datetime import date
    >>> cited(Basis("行政强制法", "第五十三条", date(2012, 1, 1)))
    '《行政强制法》第五十三条（2012年1月1日起施行）'
    """
    law = basis.law if "〔" in basis.law or "《" in basis.law else f"《{basis.law}》"
    times = [f"{day.year}年{day.month}月{day.day}日{word}" for day, word in
             ((basis.from_on, "起施行"), (basis.to_on, "废止")) if day is not None]
    return f"{law}{basis.article}" + (f"（{'，'.join(times)}）" if times else "")


def spoken(formula: str, labels: Mapping[str, str]) -> str:
    """Return an expression with its names, functions and keywords in Chinese; what has no label stays as written.

    >>> spoken("days_between(last_day, applied_on) + 1", {"last_day": "最后一日", "applied_on": "申请执行日"})
    '相隔日数(最后一日, 申请执行日) + 1'
    >>> spoken("CASE WHEN ruled_on IS NULL THEN 0 ELSE 1 END", {"ruled_on": "裁定日"})
    '若裁定日未记载，则0；否则1'
    """
    def word(found: re.Match[str]) -> str:
        written = found.group()
        return _KEYWORDS.get(written.strip(), labels.get(written) or SPOKEN.get(written) or written)

    return _WORD.sub(word, " ".join(formula.split())).strip()
