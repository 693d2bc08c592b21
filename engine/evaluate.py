"""How right the answers and their order are: planted answers against what the rules said, per rule and kind of link.

The answers file is a CSV with rule_id, table_name, key1 … (the natural key as delivered), expected (hit, excluded, gap
or clear), link (exact, fuzzy or none) and scenario. A hit on a record the file does not expect to be one is a false
alarm, whether the file names the record or not. Of the list, a clue is right where one of its findings was planted;
it is a planted innocent where none was, and one is about a record that was planted not to be found.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from engine.errors import EngineError
from engine.records import BY_NAME, Table
from engine.rules import ANSWERS
from engine.store import Store
from engine.text import keys_of

NEEDED = ("rule_id", "table_name", "key1", "expected", "link", "scenario")

HELP = "答案文件的列见 docs/clue-list.md"

TOP = (10, 50, 100, 200)
"""Lengths of the head of the list whose precision is told."""


@dataclass(frozen=True)
class RuleScore:
    """One rule: planted hits, found, false alarms; the same on exact and fuzzy links; agreement of all answers.

    Average precision: over the planted hits, the share of planted ones among the rule's findings down to each in the
    order of the list; one that was not found counts 0; 1 where none was planted.
    """

    rule_id: str
    planted: int
    found: int
    false_alarms: int
    exact_planted: int
    exact_found: int
    fuzzy_planted: int
    fuzzy_found: int
    answers: int
    agreed: int
    average_precision: float

    @property
    def recall(self) -> float:
        """Share of the planted hits that were found; 1 where none was planted."""
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Share of the hits that were planted; 1 where there was no hit."""
        return self.found / (self.found + self.false_alarms) if self.found + self.false_alarms else 1.0


@dataclass(frozen=True)
class Difference:
    """A record whose answer is not the expected one."""

    rule_id: str
    key: str
    expected: str
    got: str
    link: str
    scenario: str


@dataclass(frozen=True)
class Evaluation:
    """All rules, every difference; of the first clues of the list, the shares that were planted and that are innocent.

    Average precision is that of the whole list, by clue.
    """

    rules: tuple[RuleScore, ...]
    differences: tuple[Difference, ...]
    precision_at: dict[int, float]
    innocent_at: dict[int, float]
    average_precision: float

    @property
    def recall(self) -> float:
        """Recall over all rules."""
        planted = sum(r.planted for r in self.rules)
        return sum(r.found for r in self.rules) / planted if planted else 1.0

    @property
    def precision(self) -> float:
        """Precision over all rules."""
        hits = sum(r.found + r.false_alarms for r in self.rules)
        return sum(r.found for r in self.rules) / hits if hits else 1.0

    def as_dict(self) -> dict[str, Any]:
        """Return the evaluation for `--json`."""
        rules = [asdict(r) | {"recall": r.recall, "precision": r.precision} for r in self.rules]
        return {"recall": self.recall, "precision": self.precision, "precision_at": self.precision_at,
                "innocent_at": self.innocent_at, "average_precision": self.average_precision, "rules": rules,
                "differences": [asdict(d) for d in self.differences]}


def evaluate(store: Store, answers: Path) -> Evaluation:
    """Return how the hits of the last run compare with an answers file; raises EngineError where it is not one."""
    planted = _read(answers)
    store.run("CREATE OR REPLACE TEMP TABLE planted AS SELECT * FROM (VALUES (NULL::VARCHAR, NULL::VARCHAR, "
              "NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR, NULL::UBIGINT, NULL::VARCHAR)) "
              "v(rule_id, table_name, key, expected, link, scenario, record_id, got) WHERE false")
    for (name,), rows in planted.group_by("table_name", maintain_order=True):
        _place(store, _table(answers, str(name)), rows)
    store.run(f"CREATE OR REPLACE TEMP TABLE placed AS {_PLACED}")
    return Evaluation(_scores(store), _differences(store), _share_at(store, "is_right"),
                      _share_at(store, "is_innocent"), _average_precision(store))


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise EngineError(path.name, "不是可读的 UTF-8 CSV 文件", HELP, "E-ANSWERS") from fault
    lacking = [name for name in NEEDED if name not in frame.columns]
    if lacking:
        raise EngineError(path.name, f"缺少列 {'、'.join(lacking)}", HELP, "E-ANSWERS")
    frame = frame.with_columns(pl.col("expected", "link", "scenario").fill_null(""))
    odd = sorted({word or "（空白）" for word in frame["expected"]} - set(ANSWERS))
    if odd:
        fix = f"expected 只能是 {'、'.join(ANSWERS)}"
        raise EngineError(path.name, f"不认识的答案 {'、'.join(odd)[:40]}", fix, "E-ANSWERS")
    return frame


def _table(path: Path, name: str) -> Table:
    if name not in BY_NAME:
        raise EngineError(path.name, f"没有表 {name[:40]}", "table_name 写数据字典中的英文表名", "E-ANSWERS")
    return BY_NAME[name]


def _place(store: Store, table: Table, rows: pl.DataFrame) -> None:
    """Find each planted record by the comparable forms of its natural key, and what the rule answered on it."""
    keys = {f"place{n}": _comparable(table, column, rows, n) for n, column in enumerate(table.key, 1)}
    rows = rows.with_columns(**keys).with_columns(key=pl.concat_str([f"key{n}" for n in range(1, len(keys) + 1)],
                                                                    separator="｜", ignore_nulls=True))
    same = " AND ".join(f"r.{_key_column(table, column)} IS NOT DISTINCT FROM p.place{n}"
                        for n, column in enumerate(table.key, 1))
    with store.lend("planted_rows", rows):
        store.run(
            f"INSERT INTO planted SELECT p.rule_id, p.table_name, p.key, p.expected, p.link, p.scenario, r.record_id, "
            f"CASE WHEN r.record_id IS NULL THEN 'missing' ELSE coalesce(h.answer, 'clear') END "
            f"FROM planted_rows p LEFT JOIN {table.name} r ON {same} "
            f"LEFT JOIN hit h ON h.record_id = r.record_id AND h.rule_id = p.rule_id AND h.table_name = p.table_name")


def _comparable(table: Table, column: str, rows: pl.DataFrame, number: int) -> pl.Series:
    declared = table.column(column)
    if f"key{number}" not in rows.columns:
        reason = f"缺少列 key{number}：{table.name} 的自然键有 {len(table.key)} 列"
        raise EngineError("答案文件", reason, HELP, "E-ANSWERS")
    delivered = rows[f"key{number}"].replace("", None)
    return keys_of(declared.form, delivered) if declared is not None and declared.form else delivered


def _key_column(table: Table, column: str) -> str:
    declared = table.column(column)
    return f"{column}_key" if declared is not None and declared.form else column


def _scores(store: Store) -> tuple[RuleScore, ...]:
    found = store.rows(
        "WITH counted AS (SELECT rule_id, count(*) FILTER (expected = 'hit') AS planted, "
        "count(*) FILTER (expected = 'hit' AND got = 'hit') AS found, "
        "count(*) FILTER (expected = 'hit' AND link <> 'fuzzy') AS exact_planted, "
        "count(*) FILTER (expected = 'hit' AND link <> 'fuzzy' AND got = 'hit') AS exact_found, "
        "count(*) FILTER (expected = 'hit' AND link = 'fuzzy') AS fuzzy_planted, "
        "count(*) FILTER (expected = 'hit' AND link = 'fuzzy' AND got = 'hit') AS fuzzy_found, "
        "count(*) AS answers, count(*) FILTER (expected = got) AS agreed FROM planted GROUP BY rule_id), "
        "alarms AS (SELECT h.rule_id, count(*) AS false_alarms FROM hit h ANTI JOIN planted p "
        "ON p.record_id = h.record_id AND p.rule_id = h.rule_id AND p.expected = 'hit' "
        "WHERE h.answer = 'hit' GROUP BY h.rule_id) "
        f"SELECT rule_id, planted, found, coalesce(false_alarms, 0), exact_planted, exact_found, fuzzy_planted, "
        f"fuzzy_found, answers, agreed, CASE WHEN planted = 0 THEN 1 ELSE coalesce(shares, 0) / planted END "
        f"FROM counted LEFT JOIN alarms USING (rule_id) "
        f"LEFT JOIN ({_shares('rule_id', 'placed')}) USING (rule_id) ORDER BY rule_id")
    return tuple(RuleScore(*row) for row in found)


def _differences(store: Store) -> tuple[Difference, ...]:
    """Return planted answers that came out differently, then false alarms on records nobody planted."""
    rows = store.rows("SELECT rule_id, key, expected, got, link, scenario FROM planted WHERE expected <> got "
                      "ORDER BY rule_id, expected, scenario, key LIMIT 1000")
    alarms = store.rows(
        "SELECT h.rule_id, h.table_name || ' ' || format('{:x}', h.record_id), 'clear', 'hit', 'none', '未预设的命中' "
        "FROM hit h ANTI JOIN planted p ON p.record_id = h.record_id AND p.rule_id = h.rule_id "
        "WHERE h.answer = 'hit' AND h.rule_id IN (SELECT rule_id FROM planted) ORDER BY 1, 2 LIMIT 1000")
    return tuple(Difference(*row) for row in rows + alarms)


_PLACED = """
    SELECT f.rule_id, f.record_id, clue_id, c.place, coalesce(p.is_hit, false) AS is_right,
           coalesce(NOT p.is_hit, false) AS is_innocent
    FROM finding f JOIN clue c USING (clue_id)
    LEFT JOIN (SELECT rule_id, record_id, bool_or(expected = 'hit') AS is_hit FROM planted GROUP BY ALL) p
        ON p.rule_id = f.rule_id AND p.record_id = f.record_id
    WHERE c.place IS NOT NULL"""
"""Every finding of the list with its clue's place."""

_CLUES = """
    SELECT clue_id, place, bool_or(is_right) AS is_right, bool_or(is_innocent) AND NOT bool_or(is_right) AS is_innocent,
           '' AS whole, 0 AS record_id FROM placed GROUP BY clue_id, place"""


def _share_at(store: Store, test: str) -> dict[int, float]:
    """Return the share of clues that pass among the first of the list, for each length it reaches."""
    rows = store.rows(f"SELECT {test} FROM ({_CLUES}) WHERE place <= {max(TOP)} ORDER BY place")
    passed = [bool(ok) for (ok,) in rows]
    return {n: sum(passed[:n]) / n for n in TOP if len(passed) >= n}


def _shares(by: str, rows: str) -> str:
    """SQL: the sum, over what is right, of the share of right ones down to it."""
    order = f"PARTITION BY {by} ORDER BY place, record_id"
    return (f"SELECT {by}, sum(found / nth) FILTER (is_right) AS shares FROM ("
            f"SELECT {by}, is_right, row_number() OVER ({order}) AS nth, sum(is_right::INT) OVER ({order}) AS found "
            f"FROM {rows}) GROUP BY {by}")


def _average_precision(store: Store) -> float:
    """Return the average precision of the list; planted hits that are not in it count each as a clue with 0."""
    shares = store.rows(f"SELECT coalesce(sum(shares), 0) FROM ({_shares('whole', f'({_CLUES})')})")[0][0]
    right = store.count(f"SELECT count(*) FROM ({_CLUES}) WHERE is_right")
    missed = store.count("SELECT count(*) FROM planted WHERE expected = 'hit' AND got <> 'hit'")
    return float(shares) / (right + missed) if right + missed else 1.0
