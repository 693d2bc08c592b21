"""What the cases of a rule leave unshown is said; a stable rule may leave nothing."""

from pathlib import Path

import pytest
from rule_world import HEAD, read

from engine.rules import RuleCheck, check_rules

RULE = """
    subject: penalty
    when:
      - {is: large, expr: fine_yuan > 100}
      - {is: served, expr: served_on IS NOT NULL}
    unless:
      - {is: revoked, expr: revoked_on IS NOT NULL}
    points:
      - {is: huge, expr: fine_yuan > 1000, add: 5}
    cases:
      - name: 四种答案
        given:
          penalty:
            - {id: A, fine_yuan: 2000, served_on: 2024-01-05}
            - {id: B, fine_yuan: 100, served_on: 2024-01-05}
            - {id: D, served_on: 2024-01-05}
            - {id: E, fine_yuan: 200}
    """
REVOKED = "        - {id: F, fine_yuan: 200, served_on: 2024-01-05, revoked_on: 2024-02-01}\n    "
MODEST = "        - {id: G, fine_yuan: 101, served_on: 2024-01-05}\n    "


def checked(folder: Path, rows: str = "", then: str = "", maturity: str = "trial") -> RuleCheck:
    rule = f"{RULE}{rows}    then: {{hit: [A{', G' if 'id: G' in rows else ''}], clear: [B, E], gap: [D]{then}}}\n"
    rules = read(folder, rule, head=HEAD.replace("trial", maturity))
    assert [str(p) for p in rules.problems] == []
    return check_rules(rules)[0]


def test_what_was_not_seen_is_named(tmp_path: Path) -> None:
    coverage = checked(tmp_path).coverage

    assert str(coverage) == "条件覆盖 7/9；未见：排除 revoked 成立、加减分 huge 不成立"


def test_what_can_never_be_unknown_need_not_be_shown_so(tmp_path: Path) -> None:
    coverage = checked(tmp_path, REVOKED + MODEST, ", excluded: [F]").coverage

    assert str(coverage) == "条件覆盖 9/9"


def test_a_stable_rule_with_something_unseen_fails(tmp_path: Path) -> None:
    failed = [r for r in checked(tmp_path, REVOKED, ", excluded: [F]", "stable").results if not r.passed]

    assert [r.name for r in failed] == ["条件覆盖"]
    assert "条件覆盖 8/9；未见：加减分 huge 不成立" in failed[0].failures[0]


def test_a_stable_rule_with_all_seen_passes(tmp_path: Path) -> None:
    assert all(r.passed for r in checked(tmp_path, REVOKED + MODEST, ", excluded: [F]", "stable").results)


def test_a_trial_rule_with_something_unseen_passes(tmp_path: Path) -> None:
    assert all(r.passed for r in checked(tmp_path).results)


@pytest.mark.parametrize(("none", "missing"), [("gap", "关联 review 无"), ("keep", "")])
def test_a_link_that_must_be_there_is_to_be_shown_missing_as_well(tmp_path: Path, none: str, missing: str) -> None:
    rule = f"""
        subject: penalty
        links:
          review: {{use: penalty_of_review, none: {none}}}
        when:
          - {{is: granted, expr: review.ruling = 'granted'}}
        cases:
          - name: 有
            given:
              penalty: [{{id: A}}, {{id: B}}, {{id: D}}]
              court_review: [{{id: P, ruling: granted}}, {{id: Q, ruling: refused}}, {{id: R}}]
              links:
                - {{use: penalty_of_review, from: P, to: A}}
                - {{use: penalty_of_review, from: Q, to: B}}
                - {{use: penalty_of_review, from: R, to: D}}
            then: {{hit: [A], clear: [B], gap: [D]}}
        """

    coverage = check_rules(read(tmp_path, rule))[0].coverage

    assert coverage is not None
    assert "、".join(coverage.missing) == missing


def test_known_errors_show_nothing(tmp_path: Path) -> None:
    rule = RULE + "    then: {hit: [A], clear: [B, E], gap: [D]}\n" + """
      - name: 已知误报
        todo: 撤销登记为状态文字的认不出
        given: {penalty: [{id: A, fine_yuan: 200, served_on: 2024-01-05}]}
        then: {excluded: [A]}
    """

    coverage = check_rules(read(tmp_path, rule))[0].coverage

    assert coverage is not None
    assert "加减分 huge 不成立" in coverage.missing
