"""A change of a rule that no case notices survives, with the missing case to paste; pasting it kills the mutant."""

from datetime import date
from pathlib import Path

import pytest
from rule_world import good
from test_rules_boundaries import LATE, pasted

from engine.rules import Mutation, mutate
from engine.rules.kinds import BOOL, DATE, INT
from engine.rules.mutants import changes, normal
from engine.rules.names import Name
from engine.rules.tree import Expr, literal
from engine.rules.writing import written

AT_LIMIT = "排除 small：penalty.fine_yuan < 100 改为 penalty.fine_yuan <= 100"


def found(folder: Path, rule: str) -> Mutation:
    rules = good(folder, rule)
    return mutate(rules, rules.rules["trial.it"])


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Mutation:
    """The mutants of a rule with three cases."""
    return found(tmp_path_factory.mktemp("late"), LATE)


def test_pasting_all_missing_cases_leaves_no_survivor(tmp_path: Path, late: Mutation) -> None:
    after = found(tmp_path, pasted(LATE, tuple(case.yaml for case in late.missing)))

    assert (after.fault, after.survivors, after.passed) == ("", (), True)
    assert after.killed == late.killed + len(late.survivors)


def test_a_missing_boundary_case_leaves_just_its_survivors(tmp_path: Path, late: Mutation) -> None:
    at_limit = next(case for case in late.missing if AT_LIMIT in case.mutants)
    others = tuple(case.yaml for case in late.missing if case is not at_limit)

    told = found(tmp_path, pasted(LATE, others))

    assert set(told.survivors) == {AT_LIMIT, "排除 small：penalty.fine_yuan < 100 改为 penalty.fine_yuan < 100.01"}
    assert "change: {P: {fine_yuan: 100}}" in told.missing[0].yaml
    assert not told.passed


def test_the_numbers_add_up(late: Mutation) -> None:
    assert late.mutants == late.killed + late.equivalent + len(late.survivors) + len(late.doubtful)


def test_periods_of_law_are_shifted_for_each_value(late: Mutation) -> None:
    assert any("180日 改为 181日" in mutant for mutant in (*late.survivors, *late.doubtful))


OLD = """
    subject: penalty
    when: [{is: old, expr: overdue}]
    cases:
      - name: 三个答案
        as_of: 2024-12-31
        given: {penalty: [{id: A, served_on: 2024-01-01}, {id: B, served_on: 2024-12-30}, {id: D}]}
        then: {hit: [A], clear: [B], gap: [D]}
    """
OVERDUE = """
    table: penalty
    facts:
      overdue: {type: bool, title: 逾期, expr: "days_between(served_on, as_of) > 30"}
    """


def test_facts_are_changed_as_well(tmp_path: Path) -> None:
    rules = good(tmp_path, OLD, {"penalty": OVERDUE})

    told = mutate(rules, rules.rules["trial.it"])

    place = "推导事实 penalty.overdue：days_between(served_on, as_of) > 30 改为 days_between(served_on, as_of)"
    assert set(told.survivors) == {f"{place} >= 30", f"{place} > 31"}
    assert told.equivalent == 1


def test_a_change_the_facts_own_cases_notice_needs_no_case_of_the_rule(tmp_path: Path) -> None:
    limits = OVERDUE + """
    cases:
      - name: 第三十日与次日
        as_of: 2024-12-31
        given: {penalty: [{id: A, served_on: 2024-12-01}, {id: B, served_on: 2024-11-30}]}
        then: {A: {overdue: false}, B: {overdue: true}}
    """
    rules = good(tmp_path, OLD, {"penalty": limits})

    told = mutate(rules, rules.rules["trial.it"])

    assert (told.survivors, told.by_facts) == ((), 2)


def test_a_rule_whose_cases_fail_says_so(tmp_path: Path) -> None:
    told = found(tmp_path, LATE.replace("hit: [A]", "clear: [A]"))

    assert told.fault == "用例“逾期”：A 应为未命中（clear），得到命中（hit）"
    assert not told.passed


DAYS = Expr("name", (), INT, Name("days", INT, "天数", "column"))
DAY = Expr("name", (), DATE, Name("day", DATE, "日期", "column"))


@pytest.mark.parametrize(
    ("sign", "number", "same"), [(">=", 6, "days > 5"), ("<=", 6, "days < 7"), (">", 5, "days > 5")])
def test_comparisons_of_whole_numbers_have_one_normal_form(sign: str, number: int, same: str) -> None:
    assert written(normal(Expr(sign, (DAYS, literal(number, INT)), BOOL))) == same


@pytest.mark.parametrize("sign", ["<=", ">=", "<"])
def test_the_day_of_an_open_end_is_not_moved(sign: str) -> None:
    expr = Expr(sign, (DAY, literal(date(9999, 12, 31), DATE)), BOOL)

    assert written(normal(expr)) == f"day {sign} DATE '9999-12-31'"
    assert all("9999-12-31" in written(new) for _, new in changes(expr))


ROUNDED = """
    subject: penalty
    when: [{is: much, expr: "round(fine_yuan / 3, 2) > 100"}]
    cases:
      - {name: 三个答案, given: {penalty: [{id: A, fine_yuan: 301}, {id: B, fine_yuan: 299}, {id: D}]},
        then: {hit: [A], clear: [B], gap: [D]}}
"""


def test_the_places_of_a_rounded_sum_are_moved_by_one(tmp_path: Path) -> None:
    told = found(tmp_path, ROUNDED)

    assert told.fault == ""
    assert any(mutant.endswith("round(fine_yuan / 3, 3)") for mutant in (*told.survivors, *told.doubtful))


ONLY_BRANCH = """
    subject: penalty
    law: {window: {use: window, on: served_on}}
    let: {from_day: {expr: "CASE WHEN fine_yuan > 0 THEN served_on END", title: 起算日}}
    when: [{is: old, expr: "as_of > period_end(CASE WHEN fine_yuan > 0 THEN from_day END, law.window)"}]
    cases:
      - name: 三个答案
        given:
          penalty: [{id: A, fine_yuan: 1, served_on: 2024-03-15}, {id: B, fine_yuan: 1, served_on: 2026-06-15},
            {id: D, fine_yuan: 0, served_on: 2024-03-15}]
        then: {hit: [A], clear: [B], gap: [D]}
"""


def test_the_only_branch_of_a_case_can_be_taken_away(tmp_path: Path) -> None:
    told = found(tmp_path, ONLY_BRANCH)

    assert told.fault == ""
    assert told.killed > 0


def test_each_part_of_an_expression_is_changed_once() -> None:
    expr = Expr("and", (Expr(">", (DAYS, literal(5, INT)), BOOL), Expr("not", (Expr("is_null", (DAY,), BOOL),), BOOL)),
                BOOL)

    assert sorted(written(new) for _, new in changes(expr)) == [
        "NOT day IS NULL", "days > 4 AND NOT day IS NULL", "days > 5", "days > 5 AND day IS NULL",
        "days > 6 AND NOT day IS NULL", "days >= 5 AND NOT day IS NULL"]
