"""A rule's own cases are executed, each in its own world; explanations tell all about one record."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from rule_world import filled, good, penalty_link, read
from test_rules_answers import AS_OF, LATE, REVIEW, SERVED

from engine.errors import EngineError
from engine.rules import CaseResult, check, explain, find, unnamed
from engine.text import keys_of

CASES = """
    cases:
      - name: 逾期一日
        given:
          penalty: [{id: P, served_on: 2024-01-05, deferral_end_on: 2024-02-01}]
          court_review: [{id: A, applied_on: 2024-04-08, ruling: granted}]
          links: [{use: penalty_of_review, from: A, to: P}]
        then: {hit: [A]}
      - name: 最后一日
        given:
          penalty: [{id: P, served_on: 2024-01-05}]
          court_review: [{id: A, applied_on: 2024-04-07, ruling: granted}]
          links: [{use: penalty_of_review, from: A, to: P}]
        then: {clear: [A]}
      - name: 没有处罚
        given: {court_review: [{id: A, applied_on: 2024-04-07}, {id: B, ruling: refused}]}
        then: {gap: [A], clear: [B]}
    """


def outcome(folder: Path, rule: str) -> list[CaseResult]:
    return check(good(folder, rule))


def test_cases_that_come_out_pass(tmp_path: Path) -> None:
    assert [(r.name, r.passed) for r in outcome(tmp_path, LATE + CASES)] == [
        ("逾期一日", True), ("最后一日", True), ("没有处罚", True)]


def test_a_case_that_does_not_come_out_says_what_was_expected(tmp_path: Path) -> None:
    results = outcome(tmp_path, LATE + CASES.replace("2024-04-08", "2024-04-06"))

    assert results[0].failures == ("A 应为命中（hit），得到未命中（clear）",)
    assert results[0].where.startswith("rules/trial/it.yaml:")
    assert [r.passed for r in results[1:]] == [True, True]


LIKE = CASES + """
      - {name: 次日, like: 最后一日, change: {A: {applied_on: 2024-04-08}, P: {deferral_end_on: 2024-02-01}},
         then: {hit: [A]}}
      - {name: 又次日, like: 次日, change: {A: {applied_on: 2024-04-09}}, then: {hit: [A]}}
      - {name: 送达日未记载, like: 又次日, change: {P: {served_on: null}}, then: {gap: [A]}}
      - name: 加一件未关联的
        like: 次日
        given: {court_review: [{id: B, applied_on: 2024-04-08, ruling: granted}]}
        then: {hit: [A], gap: [B]}
    """


def test_a_case_like_another_changes_only_the_values_it_names(tmp_path: Path) -> None:
    assert [(r.name, r.failures) for r in outcome(tmp_path, LATE + LIKE)][3:] == [
        ("次日", ()), ("又次日", ()), ("送达日未记载", ()), ("加一件未关联的", ())]


def test_a_case_like_another_keeps_its_as_of_date(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        when:
          - {is: old, expr: "days_between(decided_on, as_of) > 100"}
        cases:
          - name: 早
            as_of: 2024-02-01
            given: {penalty: [{id: A, decided_on: 2024-01-01}]}
            then: {clear: [A]}
          - {name: 更早, like: 早, change: {A: {decided_on: 2023-01-01}}, then: {hit: [A]}}
          - {name: 还是早, like: 早, then: {clear: [A]}}
          - {name: 不明, like: 早, change: {A: {decided_on: null}}, then: {gap: [A]}}
        """

    assert [r.failures for r in outcome(tmp_path, rule)] == [(), (), (), ()]


@pytest.mark.parametrize(("case", "what"), [
    ("{name: x, like: 最后一曰, then: {clear: [A]}}", "没有用例“最后一曰”，是否指“最后一日”"),
    ("{name: x, like: 最后一日, change: {Q: {ruling: granted}}, then: {clear: [A]}}", "没有行“Q”"),
    ("{name: x, like: 最后一日, change: {A: {applied: 2024-04-08}}, then: {clear: [A]}}",
     "没有键“applied”，是否指“applied_on”"),
    ("{name: x, change: {A: {applied_on: 2024-04-08}}, then: {clear: [A]}}", "缺少键“given”"),
    ("{name: x, like: x, then: {clear: [A]}}", "没有用例“x”"),
    ("{name: x, like: 最后一日, then: {}}", "没有写预期答案的行：A"),
])
def test_a_slip_in_like_or_change_is_named(tmp_path: Path, case: str, what: str) -> None:
    found = read(tmp_path, LATE + CASES.rstrip() + f"\n      - {case}\n")

    assert what in found.problems[0].what


TODO = CASES + """
      - name: 另有延期审批表
        like: 逾期一日
        then: {excluded: [A]}
        todo: 来源没有延期审批表
    """


def test_a_known_false_alarm_is_open_but_no_failure(tmp_path: Path) -> None:
    result = outcome(tmp_path, LATE + TODO)[3]

    assert (result.passed, result.todo) == (True, "来源没有延期审批表（A 应为排除（excluded），得到命中（hit））")


def test_a_known_false_alarm_that_comes_right_must_be_no_longer_marked(tmp_path: Path) -> None:
    result = outcome(tmp_path, LATE + TODO.replace("then: {excluded: [A]}", "then: {hit: [A]}"))[3]

    assert (result.failures, result.todo) == (("已能判对，请删去 todo",), "")


def test_a_rule_beyond_a_draft_must_show_hit_clear_and_gap(tmp_path: Path) -> None:
    results = outcome(tmp_path, LATE)

    assert [r.failures for r in results] == [("缺少这些答案的用例：命中（hit）、未命中（clear）、资料缺口（gap）",)]


def test_cases_with_other_coverage_or_other_dates_do_not_meet(tmp_path: Path) -> None:
    rule = """
        subject: penalty
        links:
          review:
            use: penalty_of_review
            none: keep
            coverage: {table: court_review, from: decided_on, until: as_of}
        when:
          - {is: none, expr: links.review.found = FALSE}
          - {is: old, expr: "days_between(decided_on, as_of) > 100"}
        cases:
          - name: 有覆盖
            given:
              penalty: [{id: A, decided_on: 2024-01-01}]
              coverage:
                - {table_name: court_review, covers_from: 2020-01-01, covers_until: 2027-01-01, exhaustive: true}
            then: {hit: [A]}
          - name: 无覆盖
            given: {penalty: [{id: A, decided_on: 2024-01-01}]}
            then: {gap: [A]}
          - name: 截至日早
            as_of: 2024-02-01
            given: {penalty: [{id: A, decided_on: 2024-01-01}]}
            then: {clear: [A]}
        """

    assert [r.failures for r in outcome(tmp_path, rule)] == [(), (), ()]


def test_comparable_forms_are_made_for_the_rows_of_cases(tmp_path: Path) -> None:
    rule = """
        subject: court_review
        links:
          penalty: {use: penalty_of_review, none: gap}
        when:
          - {is: other, expr: applicant_key <> penalty.authority_key}
        cases:
          - name: 同一机关
            given:
              court_review: [{id: A, applicant: 漯河市工商行政管理局}]
              penalty: [{id: P, authority: "漯河市市场监督管理局 "}]
              links: [{use: penalty_of_review, from: A, to: P}]
            then: {clear: [A]}
          - name: 不同机关
            given:
              court_review: [{id: A, applicant: 漯河市城市管理局}]
              penalty: [{id: P, authority: 漯河市市场监督管理局}]
              links: [{use: penalty_of_review, from: A, to: P}]
            then: {hit: [A]}
          - name: 未记载
            given: {court_review: [{id: A}]}
            then: {gap: [A]}
        """

    assert [r.failures for r in outcome(tmp_path, rule)] == [(), (), ()]


def test_an_explanation_tells_conditions_links_law_and_counting(tmp_path: Path) -> None:
    review = REVIEW | {"file": "行审.csv", "line": 3, "natural_key": "行审1号"}
    penalty = SERVED | {"natural_key": "处罚1号", "file": "处罚.xlsx", "line": 8}
    store = filled(
        court_review=[review], penalty=[penalty, {"record_id": 2, "natural_key": "处罚2号"}],
        link=[penalty_link(10, 1)],
        link_candidate=[{"link": "penalty_of_review", "from_id": 10, "to_id": 2, "step": "name", "confidence": 0.4,
                         "place": 2, "why": "名称相近"}])
    rules = good(tmp_path, LATE)

    found = explain(store, rules, "trial.it", 10, AS_OF)

    assert (found.answer, found.record.place) == ("hit", "行审.csv 第3行")
    assert [(c.id, c.truth) for c in found.conditions] == [("late", True), ("admitted", True)]
    assert [v.shown for v in found.conditions[0].values] == ["2024年6月1日", "2024年4月7日"]
    assert (found.links[0].record.key, found.links[0].candidates[0].why) == ("处罚1号", "名称相近")
    assert found.law[0].why == "按行政处罚决定·送达日（penalty.served_on）＝2024年1月5日选用2012年1月1日起至今的规定"
    text = found.text()
    assert "自2024年1月5日次日起算3个月" in text
    assert "（late）　申请日2024年6月1日晚于2024年4月7日，超55日" in text
    assert found.as_dict()["as_of"] == "2026-06-30"


def test_a_clear_record_is_explained_too(tmp_path: Path) -> None:
    review = REVIEW | {"applied_on": date(2024, 4, 7)}
    store = filled(court_review=[review], penalty=[SERVED], link=[penalty_link(10, 1)])

    found = explain(store, good(tmp_path, LATE), "trial.it", 10, AS_OF)

    assert (found.answer_label, [c.truth for c in found.conditions]) == ("未命中", [False, True])


def test_an_unlinked_gap_says_what_is_missing_and_what_could_not_be_chosen(tmp_path: Path) -> None:
    found = explain(filled(court_review=[REVIEW]), good(tmp_path, LATE), "trial.it", 10, AS_OF)

    assert (found.answer, [m.label for m in found.missing]) == ("gap", ["关联记录（penalty_of_review）"])
    assert found.law[0].why == "行政处罚决定·送达日未知，不能确定适用哪一时期的规定"
    assert "penalty penalty_of_review：未找到，不能认定没有" in found.text()


def test_a_record_is_found_by_its_number_however_written(tmp_path: Path) -> None:
    key = keys_of("case_no", pl.Series(["(2024)豫1102行审1号"]))[0]
    store = filled(court_review=[REVIEW | {"case_no_key": key, "natural_key": "甲|乙"}])
    rules = good(tmp_path, LATE)

    assert find(store, rules, "trial.it", "（2024）豫1102行审 1号") == 10
    assert find(store, rules, "trial.it", "甲|乙") == 10
    with pytest.raises(EngineError, match="没有这个编号的记录"):
        find(store, rules, "trial.it", "(2024)豫1102行审2号")
    with pytest.raises(EngineError, match=r"没有规则“trial\.ti”，是否指“trial\.it”"):
        find(store, rules, "trial.ti", "x")


def test_a_number_with_several_records_asks_which(tmp_path: Path) -> None:
    rows = [REVIEW | {"record_id": n, "case_no_key": "(2024)豫1102行审1号", "natural_key": f"院{n}"} for n in (1, 2)]

    with pytest.raises(EngineError, match="院1、院2"):
        find(filled(court_review=rows), good(tmp_path, LATE), "trial.it", "(2024)豫1102行审1号")


def test_a_condition_needs_chinese_words(tmp_path: Path) -> None:
    rules = good(tmp_path, LATE.replace(', say: "结果{ruling}，标的{sought_yuan}"', ""))

    told = unnamed(rules)

    assert [p.what for p in told if p.what.startswith("条件")] == ["条件 admitted 没有中文说法，检察官看不懂"]


def test_a_title_is_what_a_condition_is_called(tmp_path: Path) -> None:
    rules = good(tmp_path, LATE.replace("{is: admitted, ", "{is: admitted, title: 法院受理了, "))
    store = filled(court_review=[REVIEW], penalty=[SERVED], link=[penalty_link(10, 1)])

    assert [p.what for p in unnamed(rules) if "admitted" in p.what] == []
    assert "法院受理了（admitted）" in explain(store, rules, "trial.it", 10, AS_OF).text()
