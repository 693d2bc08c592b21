"""The working of every date is shown: start, period, last day, rest days met, day it rolls to."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rule_world import filled, good, penalty_link

from engine.law import read_law
from engine.rules import RuleSet, apply, explain, prepare, read_rules
from engine.rules.compiling import compile_rule
from engine.rules.rendering import Renderer
from engine.rules.working import COUNTING, calls
from engine.store import Store

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 6, 30)
FACTS = """
    table: penalty
    facts:
      last_on:
        type: date
        title: 最后一日
        law: {window: {use: window, on: served_on}}
        let: {again: {expr: "coalesce(deferral_end_on, period_end(served_on, law.window))", title: 起算日}}
        expr: "CASE WHEN remedies_told THEN latest(again, period_end_unrolled(again, law.window)) ELSE served_on END"
    """
RULE = """
    subject: court_review
    links: {penalty: {use: penalty_of_review, none: gap}}
    law: {service: {use: service, on: penalty.decided_on}}
    let:
      served_by: {expr: "period_end(penalty.decided_on, law.service)", title: 送达期满日}
      used: {expr: "workdays_between(applied_on, accepted_on)", title: 受理所用}
    when:
      - {is: late, expr: "applied_on > penalty.last_on"}
      - {is: slow, expr: "accepted_on > workdays_end(applied_on, 5)"}
      - {is: counted, expr: "used > 5 AND served_by IS NOT NULL"}
    """
PENALTY = {"record_id": 1, "decided_on": date(2024, 9, 27), "served_on": date(2024, 1, 5), "remedies_told": True}
REVIEW = {"record_id": 10, "applied_on": date(2024, 9, 27), "accepted_on": date(2024, 10, 15)}
AGAIN = "自2024年1月5日次日起算3个月"
LAST = "自2024年4月7日次日起算3个月"


def world(folder: Path, **penalty: Any) -> tuple[Store, RuleSet]:
    rules = good(folder, RULE, {"penalty": FACTS})
    return filled(penalty=[PENALTY | penalty], court_review=[REVIEW], link=[penalty_link(10, 1)]), rules


def told(folder: Path, **penalty: Any) -> dict[str, tuple[str, ...]]:
    store, rules = world(folder, **penalty)
    found = explain(store, rules, "trial.it", 10, AS_OF)
    store.close()
    return {step.name: step.counted for step in found.computed} | {c.id: c.measured for c in found.conditions}


def test_a_period_inside_a_fact_and_its_let_is_told_with_the_rest_days_met(tmp_path: Path) -> None:
    found = told(tmp_path)

    assert found["penalty.last_on/again"] == (
        f"{AGAIN}（当日不计入），末日2024年4月5日（星期五）为休息日（2024年4月5日清明、2024年4月6日清明），"
        "顺延至2024年4月7日（星期日）",)
    assert found["penalty.last_on"] == (f"{LAST}（当日不计入），届满日为2024年7月7日（星期日）（末日不顺延）",)


def test_a_branch_that_was_not_taken_is_not_told(tmp_path: Path) -> None:
    assert told(tmp_path, remedies_told=False)["penalty.last_on"] == ()


def test_working_days_are_told_with_the_rest_days_skipped(tmp_path: Path) -> None:
    found = told(tmp_path)

    assert found["served_by"][0].startswith(
        "自2024年9月27日次日起算7个工作日（当日不计入），届满日为2024年10月12日（星期六）")
    assert "2024年10月1日国庆" in found["served_by"][0]
    assert found["used"][0].startswith(
        "自2024年9月27日次日至2024年10月15日，共9个工作日，其间休息日不计：2024年9月28日星期六")


def test_a_count_inside_a_condition_is_told_with_the_condition(tmp_path: Path) -> None:
    assert any(sentence.startswith("自2024年9月27日次日起算5个工作日（当日不计入），届满日为2024年10月10日")
               for sentence in told(tmp_path)["slow"])


def test_a_hit_keeps_how_its_dates_were_counted(tmp_path: Path) -> None:
    store, rules = world(tmp_path)
    prepare(store, rules, AS_OF)
    apply(store, rules, AS_OF)

    law = json.loads(store.rows("SELECT law FROM hit")[0][0])
    store.close()

    assert [entry["counted"] for entry in law if "counted" in entry] == [
        "行政处罚决定·起算日：自2024年1月5日次日起算3个月，末日2024年4月5日（星期五）为休息日，顺延2日至2024年4月7日（星期日）",
        "行政处罚决定·最后一日：自2024年4月7日次日起算3个月，届满日为2024年7月7日（星期日）（末日不顺延）",
        "受理所用：自2024年9月27日次日至2024年10月15日，共9个工作日，其间休息日9日不计",
        "送达期满日：自2024年9月27日次日起算7个工作日，届满日为2024年10月12日（星期六），其间休息日8日不计",
        "自2024年9月27日次日起算5个工作日，届满日为2024年10月10日（星期四），其间休息日8日不计",
    ]


def test_a_day_beyond_the_announced_holidays_is_said_to_be_unknown(tmp_path: Path) -> None:
    found = told(tmp_path, served_on=date(2026, 11, 2))

    assert found["penalty.last_on/again"][0].endswith("届满日超出已公布的放假安排（至2026年12月31日），不能确定")


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return read_rules(ROOT / "rules", read_law(ROOT / "rules" / "law"), locked=False)


def test_every_count_of_the_shipped_rules_is_among_those_told(shipped: RuleSet) -> None:
    for rule in shipped.rules.values():
        sheet = compile_rule(rule, shipped, AS_OF).sheet
        found = {call.expr for call in calls(Renderer(sheet, AS_OF))}
        exprs = [d.expr for d in sheet.definitions.values() if d.expr is not None] + list(rule.roots())
        assert {n for e in exprs for n in e.walk() if n.op == "call" and n.value.name in COUNTING} == found
