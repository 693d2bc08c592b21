"""The rule files of this repository: their cases come out, and every condition and exclusion is shown at work."""

from pathlib import Path

import pytest

from engine import rules
from engine.law import read_law

QUICK = ("administrative_violation.late_service", "non_litigation.late_ruling", "referral.late_handover")
"""Rules whose mutants take seconds; `xiezhi mutate` runs those of all."""
FOLDER = Path(__file__).parents[1] / "rules"
RULES = rules.read_rules(FOLDER, read_law(FOLDER / "law"))
BY_DATE = (
    "non_litigation.no_application", "non_litigation.late_application", "non_litigation.early_application",
    "non_litigation.late_ruling", "non_litigation.not_filed", "referral.no_reply", "referral.no_penalty",
)
"""Rules that turn on dates; these want ten cases or more."""


def test_all_rule_files_are_read_without_a_fault() -> None:
    assert [str(problem) for problem in RULES.problems] == []


def test_every_case_of_every_rule_comes_out() -> None:
    assert [(r.rule_id, r.name, r.failures) for r in rules.check(RULES) if r.failures] == []


@pytest.mark.parametrize("rule_id", sorted(RULES.rules))
def test_a_rule_shows_all_four_answers(rule_id: str) -> None:
    shown = {answer for case in RULES.rules[rule_id].cases for answer in case.then.values()}

    assert shown == {"hit", "excluded", "gap", "clear"}


@pytest.mark.parametrize("rule_id", BY_DATE)
def test_a_rule_about_dates_has_ten_cases(rule_id: str) -> None:
    assert len(RULES.rules[rule_id].cases) >= 10


@pytest.mark.parametrize("rule_id", sorted(RULES.rules))
def test_the_part_before_the_cases_fits_on_two_screens(rule_id: str) -> None:
    folder, _, name = rule_id.partition(".")
    lines = (FOLDER / folder / f"{name}.yaml").read_text(encoding="utf-8").split("\ncases:\n")[0].splitlines()

    assert len(lines) <= 75


@pytest.mark.parametrize("rule_id", sorted(RULES.rules))
def test_a_rule_says_what_to_fetch_what_may_be_innocent_and_what_it_cannot_see(rule_id: str) -> None:
    rule = RULES.rules[rule_id]

    assert all((rule.basis, rule.evidence, rule.check, rule.innocent, rule.blind))
    assert all(basis.from_on for basis in rule.basis)


def test_all_that_would_be_stored_can_be_computed() -> None:
    assert [r.failures for r in rules.check(RULES, only=RULES.rules) if r.failures] == []


@pytest.mark.parametrize("checked", rules.check_rules(RULES), ids=sorted(RULES.rules))
def test_cases_show_every_condition_and_point_both_ways(checked: rules.RuleCheck) -> None:
    assert checked.coverage is not None
    assert checked.coverage.missing == ()


@pytest.mark.slow
@pytest.mark.parametrize("rule_id", QUICK)
def test_no_case_is_missing_that_would_notice_a_change_of_the_rule(rule_id: str) -> None:
    assert rules.mutate(RULES, RULES.rules[rule_id]).survivors == ()
