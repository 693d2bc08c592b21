"""A tiny world for clue, ranking and export tests: three rules of its own, two record tables, one link.

Names of people, companies and organs are invented.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from engine import clues, ranking, rules
from engine.law import read_law
from engine.records import BY_NAME
from engine.rules import RuleSet
from engine.store import Store

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 6, 30)
LAW = read_law(ROOT / "rules" / "law")
WEIGHTS = ranking.read_weights(ROOT / "rules" / "ranking.yaml")

LINK = """
title: 裁定所依据的处罚
from: court_review
to: penalty
one: from
steps:
  - {step: number, confidence: 0.99, where: ["penalty_document_no_key = document_no_key"], say: 处罚文号一致}
"""

LATE = """
title: 测试超期申请
version: 1
maturity: trial
level: high
addressee: authority
summary: 超过三个月才申请。
basis:
  - {law: 行政强制法, article: 第五十三条, from: 2012-01-01}
subject: court_review
links:
  penalty: {use: penalty_of_review, none: gap}
law:
  window: {use: application_window, on: penalty.served_on}
let:
  last_day: {expr: "period_end(penalty.served_on, law.window)", title: 最后一日}
  days_over: {expr: "days_between(last_day, applied_on)", title: 超期日数}
when:
  - {is: late, expr: applied_on > last_day, say: "{applied_on}申请，晚于最后一日{last_day}，超{days_over}日"}
unless:
  - {is: deferred, expr: penalty.deferral_end_on > last_day, say: 准予延期}
points:
  - {is: long, expr: days_over > 180, add: 20, say: 超期半年以上}
  - {is: weak_link, expr: links.penalty.confidence < 0.9, add: -20, say: 关联较弱}
evidence: [case_no, applied_on, penalty.document_no, penalty.served_on, last_day, days_over]
check: [调取送达回证, 核对是否申请复议]
innocent: [有正当理由]
blind: [来源未记载复议的期限可能算短]
cases:
  - name: 逾期一日
    given:
      penalty: [{id: P, served_on: 2024-03-01}]
      court_review: [{id: A, applied_on: 2024-06-04}]
      links: [{use: penalty_of_review, from: A, to: P}]
    then: {hit: [A]}
"""

SLOW = """
title: 测试超期裁定
version: 2
maturity: trial
level: medium
addressee: court
summary: 受理后超过三十日才裁定。
basis:
  - {law: 行政强制法, article: 第五十七条, from: 2012-01-01}
subject: court_review
let:
  days_taken: {expr: "days_between(accepted_on, ruled_on)", title: 审查日数}
when:
  - {is: slow, expr: days_taken > 30, say: "{accepted_on}受理，{ruled_on}裁定，历时{days_taken}日"}
evidence: [case_no, accepted_on, ruled_on, days_taken]
check: [调取审查卷宗]
innocent: [补正材料]
blind: [补正期间未记载]
cases:
  - name: 三十一日
    given: {court_review: [{id: A, accepted_on: 2024-01-01, ruled_on: 2024-02-01}]}
    then: {hit: [A]}
"""

OPEN = """
title: 测试未作裁定
version: 1
maturity: trial
level: low
addressee: court
summary: 受理后一直没有裁定。
basis:
  - {law: 行政强制法, article: 第五十七条, from: 2012-01-01}
subject: court_review
let:
  days_open: {expr: "days_between(accepted_on, as_of)", title: 至今日数}
when:
  - {is: open, expr: ruled_on IS NULL AND ruling IS NULL, say: 没有裁定}
  - {is: long_open, expr: days_open > 30, say: "已{days_open}日"}
points:
  - {is: urgent_now, expr: days_open > 300, add: 6, say: 将满一年}
evidence: [case_no, accepted_on, days_open]
check: [查询审判系统]
innocent: [已裁定未录入]
blind: [录入迟延]
cases:
  - name: 一直未裁定
    as_of: 2026-06-30
    given: {court_review: [{id: A, accepted_on: 2024-01-01}]}
    then: {hit: [A]}
"""

LATE_ID, SLOW_ID, OPEN_ID = "non_litigation.late", "non_litigation.slow", "non_litigation.open"


def ruleset(folder: Path, **changed: str) -> RuleSet:
    """Return the rules of the tiny world, written below `folder`; `late="…"` replaces one, an empty text removes it."""
    texts = {"late": LATE, "slow": SLOW, "open": OPEN} | changed
    (folder / "links").mkdir(parents=True, exist_ok=True)
    (folder / "links" / "penalty_of_review.yaml").write_text(LINK, encoding="utf-8")
    (folder / "non_litigation").mkdir(exist_ok=True)
    for name, text in texts.items():
        path = folder / "non_litigation" / f"{name}.yaml"
        path.unlink(missing_ok=True)
        if text:
            path.write_text(text, encoding="utf-8")
    found = rules.read_rules(folder, LAW)
    if found.problems:
        raise found.problems[0]
    return found


def penalty(number: str = "1", **columns: object) -> dict[str, object]:
    """Return a penalty row; its natural key and document number come from `number`."""
    document = f"测市监罚〔2024〕{number}号"
    return {
        "natural_key": f"测试局|P{number}", "document_no": document, "authority": "测试市市场监督管理局",
        "party_name": "测试甲有限公司", "uscc": "91410000MA00000001", "party_id": 1,
        "source_id": "organ", "batch_id": 1, "file": "处罚.csv", "sheet": "", "line": 10 + int(number),
        "raw": json.dumps({"决定书文号": document, "送达时间": "2024/3/1"}, ensure_ascii=False),
    } | columns


def review(number: str = "1", **columns: object) -> dict[str, object]:
    """Return a court review row; its natural key and case number come from `number`."""
    case = f"(2024)豫0000行审{number}号"
    return {
        "natural_key": f"测试法院|R{number}", "case_no": case, "court": "测试市测试区人民法院",
        "applicant": "测试市市场监督管理局", "party_name": "测试甲有限公司", "party_id": 1,
        "source_id": "court", "batch_id": 2, "file": "行审.xlsx", "sheet": "台账", "line": 2 + int(number),
        "raw": json.dumps({"案号": case, "申请日期": "2024年7月1日"}, ensure_ascii=False),
    } | columns


def put(store: Store, table: str, *rows: Mapping[str, object]) -> None:
    """Write rows as the loader leaves them: the current table and its history."""
    declared = BY_NAME[table]
    for name in (table, f"{table}_delivered"):
        store.run(f"DELETE FROM {name} WHERE natural_key IN (SELECT unnest(?))", [[r["natural_key"] for r in rows]])
    for row in rows:
        given: dict[str, Any] = {**row, "is_current": True}
        columns = ", ".join(f'"{name}"' for name in given)
        marks = ", ".join("?" for _ in given)
        store.run(f"INSERT INTO {table}_delivered (record_id, {columns}) "
                  f"VALUES (md5_number_lower('{declared.name}|' || ?), {marks})", [row["natural_key"], *given.values()])
    names = ", ".join(f'"{name}"' for name, _ in declared.stored)
    store.run(f"INSERT INTO {table} BY NAME SELECT {names} FROM {table}_delivered "
              f"ANTI JOIN {table} USING (record_id) WHERE is_current")


def link(store: Store, confidence: float = 0.99, numbers: Sequence[str] = ("1",)) -> None:
    """Link each review to the penalty of the same number."""
    for number in numbers:
        (review_id,), (penalty_id,) = store.rows(
            "SELECT md5_number_lower(unnest(['court_review|测试法院|R' || $1, 'penalty|测试局|P' || $1]))", [number])
        store.run("DELETE FROM link WHERE from_id = ?", [review_id])
        row = ("penalty_of_review", review_id, penalty_id, "number", confidence, 1, "处罚文号一致")
        store.run("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def night(store: Store, found: RuleSet, run_id: int = 1, as_of: date = AS_OF) -> dict[str, int]:
    """Apply the rules, fold and rank; return the counts by status."""
    rules.prepare(store, found, as_of)
    rules.apply(store, found, as_of)
    counts = clues.fold(store, run_id, as_of, found)
    ranking.rank(store, found.rules, WEIGHTS)
    clues.relate(store, found)
    return counts

