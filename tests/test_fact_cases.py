"""Facts carry their own cases: rows in, values out; what is not as expected is said in words."""

from pathlib import Path

import pytest
from rule_world import read

from engine.law import read_law
from engine.rules import RuleSet, check_facts, read_rules

ROOT = Path(__file__).parents[1]
RULE = """
    subject: penalty
    when: [{is: due, expr: "last_on < as_of"}]
    """
FACTS = """
    table: penalty
    facts:
      last_on:
        type: date
        title: 最后一日
        law: {window: {use: window, on: served_on}}
        expr: period_end(served_on, law.window)
      power: {type: text, title: 执行权, expr: "CASE WHEN fine_yuan > 0 THEN enforcement_power END"}
      half: {type: number, title: 一半, expr: fine_yuan / 2}
      over: {type: bool, title: 已过, expr: last_on < as_of}
    cases:
      - name: 三个月，末日清明顺延
        given: {penalty: [{id: P, served_on: 2024-01-05, fine_yuan: 5}, {id: Q}]}
        as_of: 2024-04-07
        then: {P: {last_on: 2024-04-07, over: false, half: 2.5}, Q: {last_on: , power: }}
      - name: 次日
        given: {penalty: [{id: P, served_on: 2024-01-05}]}
        as_of: 2024-04-08
        then: {P: {over: true}}
    """


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return read_rules(ROOT / "rules", read_law(ROOT / "rules" / "law"), locked=False)


def test_the_cases_of_this_repository_come_out(shipped: RuleSet) -> None:
    results = check_facts(shipped)

    assert [(r.rule_id, r.name, r.failures) for r in results if r.failures] == []
    assert {r.rule_id for r in results} == {f"facts.{table}" for table in shipped.facts}


def test_every_fact_of_this_repository_has_a_case(shipped: RuleSet) -> None:
    shown = {(table, name) for table, cases in shipped.fact_cases.items() for case in cases
             for values in case.expected.values() for name in values}

    assert {(table, name) for table, facts in shipped.facts.items() for name in facts} - shown == set()


def test_every_remedy_scenario_has_a_case_with_both_readings(shipped: RuleSet) -> None:
    scenarios = {values["remedy_scenario"] for case in shipped.fact_cases["penalty"]
                 for values in case.expected.values() if "remedy_scenario" in values}
    written = shipped.facts["penalty"]["remedy_scenario"].text.split("'")[1::2]

    assert scenarios == {word for word in written if "\u4e00" <= word[0] <= "\u9fff"}


def test_cases_that_come_out_have_no_failure(tmp_path: Path) -> None:
    rules = read(tmp_path, RULE, {"penalty": FACTS})

    assert [str(p) for p in rules.problems] == []
    assert [(r.rule_id, r.name, r.failures) for r in check_facts(rules)] == [
        ("facts.penalty", "三个月，末日清明顺延", ()), ("facts.penalty", "次日", ())]


@pytest.mark.parametrize(("old", "new", "words"), [
    ("last_on: 2024-04-07, over", "last_on: 2024-04-05, over",
     "P 的最后一日（last_on）应为2024年4月5日，得到2024年4月7日"),
    ("over: true", "over: false", "P 的已过（over）应为否，得到是"),
    ("power: }", "power: court}", "Q 的执行权（power）应为申请法院强制执行，得到不明"),
    ("half: 2.5", "half: ", "P 的一半（half）应为不明，得到2.5"),
])
def test_a_wrong_expectation_fails_in_words(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in FACTS
    rules = read(tmp_path, RULE, {"penalty": FACTS.replace(old, new)})

    assert [str(p) for p in rules.problems] == []
    assert [failure for r in check_facts(rules) for failure in r.failures] == [words]


@pytest.mark.parametrize(("old", "new", "words"), [
    ("over: true", "ovre: true", "没有键“ovre”，是否指“over”"),
    ("power: }", "power: own}", "没有取值“own”"),
    ("{P: {over: true}}", "{Q: {over: true}}", "没有行“Q”"),
    ("{P: {over: true}}", "{P: {}}", "没有写预期值的行：P"),
    ("last_on: 2024-04-07", "last_on: 五月", "last_on应为日期"),
    ("name: 次日", "name: 三个月，末日清明顺延", "重名"),
    ("given: {penalty: [{id: P, served_on: 2024-01-05}]}", "given: {payment: [{id: P}]}", "没有表“payment”"),
    ("as_of: 2024-04-08", "at: 2024-04-08", "没有键“at”"),
])
def test_a_faulty_case_is_named_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in FACTS
    rules = read(tmp_path, RULE, {"penalty": FACTS.replace(old, new)})

    told = "\n".join(map(str, rules.problems))
    assert words in told
    assert "facts/penalty.yaml:" in told
