"""For each comparison the engine makes the cases at its limit that are not there yet; they can be pasted as is."""

import textwrap
from pathlib import Path

import pytest
from rule_world import good

from engine.rules import Boundaries, RuleSet, boundaries, check

LATE = """
    subject: court_review
    links:
      penalty: {use: penalty_of_review, none: gap}
    law:
      window: {use: window, on: penalty.served_on}
    let:
      last_day: period_end(penalty.served_on, law.window)
    when:
      - {is: late, expr: applied_on > last_day}
    unless:
      - {is: small, expr: penalty.fine_yuan < 100}
    cases:
      - name: 逾期
        given:
          penalty: [{id: P, served_on: 2024-01-05, fine_yuan: 500}]
          court_review: [{id: A, applied_on: 2024-04-20}]
          links: [{use: penalty_of_review, from: A, to: P}]
        then: {hit: [A]}
      - name: 最后一日
        like: 逾期
        change: {A: {applied_on: 2024-04-07}}
        then: {clear: [A]}
      - name: 未记载
        like: 逾期
        change: {A: {applied_on: null}}
        then: {gap: [A]}
    """


def found(folder: Path, rule: str) -> tuple[RuleSet, Boundaries]:
    rules = good(folder, rule)
    return rules, boundaries(rules, rules.rules["trial.it"])


def pasted(rule: str, cases: tuple[str, ...]) -> str:
    return textwrap.dedent(rule) + "\n".join(cases) + "\n"


def test_limits_the_cases_reach_already_are_not_given_again(tmp_path: Path) -> None:
    _, limits = found(tmp_path, LATE)

    assert (limits.wanted, limits.reached, len(limits.cases), limits.unreached) == (6, 1, 5, ())


def test_a_date_is_moved_to_the_day_before_and_after_the_limit(tmp_path: Path) -> None:
    _, limits = found(tmp_path, LATE)

    assert limits.cases[0] == "\n".join((
        "  # 条件 late：applied_on > last_day，左边早一日；待作者确认",
        '  - name: "界限 条件 late，左边早一日"',
        '    like: "最后一日"',
        "    change: {A: {applied_on: 2024-04-06}}",
        "    then: {clear: [A]}",
    ))
    assert "applied_on: 2024-04-08" in limits.cases[1]


def test_a_sum_is_moved_by_a_cent(tmp_path: Path) -> None:
    _, limits = found(tmp_path, LATE)

    assert ["fine_yuan: 99.99" in limits.cases[2], "fine_yuan: 100}" in limits.cases[3]] == [True, True]
    assert "then: {excluded: [A]}" in limits.cases[2]


def test_pasted_as_they_are_the_cases_are_read_and_come_out(tmp_path: Path) -> None:
    _, limits = found(tmp_path / "before", LATE)

    rules, after = found(tmp_path / "after", pasted(LATE, limits.cases))

    assert [r.failures for r in check(rules) if r.failures] == []
    assert (after.reached, after.cases) == (6, ())


@pytest.mark.parametrize(("expr", "fact"), [("overdue", "days_between(served_on, as_of) > 30"),
                                            ("overdue", "served_on < DATE '2024-01-05'")])
def test_limits_inside_facts_and_of_the_as_of_date_are_found(tmp_path: Path, expr: str, fact: str) -> None:
    rule = f"""
        subject: penalty
        when: [{{is: old, expr: {expr}}}]
        cases:
          - name: 旧
            as_of: 2024-12-31
            given: {{penalty: [{{id: A, served_on: 2023-06-01}}]}}
            then: {{hit: [A]}}
          - name: 新
            like: 旧
            change: {{A: {{served_on: 2024-12-30}}}}
            then: {{clear: [A]}}
          - name: 不明
            given: {{penalty: [{{id: A}}]}}
            then: {{gap: [A]}}
        """
    facts = {"penalty": f'table: penalty\nfacts:\n  overdue: {{type: bool, title: 逾期, expr: "{fact}"}}\n'}

    rules = good(tmp_path, rule, facts)
    limits = boundaries(rules, rules.rules["trial.it"])

    assert len(limits.cases) == 3
    again = good(tmp_path / "again", pasted(rule, limits.cases), facts)
    assert [r.failures for r in check(again) if r.failures] == []
