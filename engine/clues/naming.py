"""What the names stored with a finding mean: label, kind of value, and the record column behind them.

`hit.facts` is keyed by the names authors write (`applied_on`, `penalty.served_on`, `days_over`); people read
「申请执行日」「行政处罚决定·送达日」. All of it comes from the rules as read, so words and rules cannot disagree.
"""

import polars as pl

from engine.rules import RuleSet
from engine.rules.model import Rule
from engine.rules.names import Name
from engine.rules.sheet import Sheet

UNKNOWN = "（未记载）"
"""How a missing value is shown."""

_WORDS = {
    "rule_id": pl.String, "name": pl.String, "label": pl.String, "kind": pl.String, "source": pl.String,
    "alias": pl.String, "its_table": pl.String, "its_column": pl.String, "formula": pl.String, "turn": pl.Int64,
    "moves": pl.Boolean,
}
_CODES = {"rule_id": pl.String, "name": pl.String, "code": pl.String, "shown": pl.String}


def words(rules: RuleSet) -> pl.DataFrame:
    """Return a row for each rule and stored name.

    `source` is column, fact, let or law; `alias` is '' for the subject's own; `its_table` and `its_column` name the
    record column (NULL where computed); `formula` is the author's expression of a computed name; `turn` is its place
    in the rule's evidence, others follow; `moves`: the value changes with the as-of date alone.
    """
    rows = []
    for rule in rules.rules.values():
        sheet = Sheet(rule, rules.facts)
        shown = {name.path: turn for turn, name in enumerate(rule.evidence)}
        formulas = {let.name.path: let.text for let in rule.let}
        for other, name in enumerate(sheet.stored(), start=len(shown)):
            is_column = name.source == "column"
            rows.append((
                rule.id, name.path, _label(name, rule), name.kind.name, name.source, name.alias,
                name.table if is_column else None, name.column if is_column else None,
                formulas.get(name.path) or _formula(name, rules), shown.get(name.path, other), sheet.moves(name),
            ))
    return pl.DataFrame(rows, schema=_WORDS, orient="row")


def codes(rules: RuleSet) -> pl.DataFrame:
    """Return the Chinese of every code of an enumerated name: rule_id, name, code, shown."""
    rows = [(rule.id, name.path, code, shown) for rule in rules.rules.values()
            for name in Sheet(rule, rules.facts).stored() for code, shown in name.kind.codes]
    return pl.DataFrame(rows, schema=_CODES, orient="row")


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


def _formula(name: Name, rules: RuleSet) -> str | None:
    fact = rules.facts.get(name.table, {}).get(name.column) if name.source == "fact" else None
    return fact.text if fact else None
