"""The four answers, what is stored with them, links, coverage and law: rows in, `hit` out."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rule_world import HEAD, filled, good, penalty_link, read

from engine.rules import Counts, RuleSet, apply, prepare
from engine.store import Store

AS_OF = date(2026, 6, 30)

LATE = """
    subject: court_review
    links:
      penalty: {use: penalty_of_review, none: gap}
    law:
      window: {use: window, on: penalty.served_on}
    let:
      last_day: period_end(penalty.served_on, law.window)
      over: days_between(last_day, applied_on)
    when:
      - {is: late, expr: applied_on > last_day, say: "申请日{applied_on}晚于{last_day}，超{over}日"}
      - {is: admitted, expr: "ruling = 'granted' OR accepted_on IS NOT NULL", say: "结果{ruling}，标的{sought_yuan}"}
    unless:
      - {is: deferred, expr: penalty.deferral_end_on > last_day, say: "延期至{penalty.deferral_end_on}"}
    points:
      - {is: long, expr: over > 30, add: 20, say: 超过三十日}
      - {is: weak, title: 关联不牢, expr: links.penalty.confidence < 0.9, add: -30}
    evidence: [case_no]
    """
# served 2024-01-05 → three months: 2024-04-05, a rest day of Qingming, rolls to 2024-04-07 (a working Sunday)
SERVED = {"record_id": 1, "served_on": date(2024, 1, 5), "deferral_end_on": date(2024, 2, 1)}
REVIEW = {"record_id": 10, "case_no": "(2024)豫1102行审1号", "applied_on": date(2024, 6, 1), "ruling": "granted",
          "sought_yuan": Decimal("12500.50")}


def run(store: Store, rules: RuleSet) -> Counts:
    prepare(store, rules, AS_OF)
    return apply(store, rules, AS_OF)["trial.it"]


def late(folder: Path, review: dict[str, Any], penalty: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Return the stored answer about one review with its penalty; {'answer': 'clear'} where none is stored."""
    store = filled(court_review=[REVIEW | review], penalty=[SERVED | (penalty or {})],
                   link=[penalty_link(10, 1, **more)] if penalty is not None else [])
    rules = good(folder, LATE)
    run(store, rules)
    rows = store.frame("SELECT * FROM hit").to_dicts()
    return rows[0] if rows else {"answer": "clear"}


def test_all_conditions_true_is_a_hit_with_its_sentence_and_values(tmp_path: Path) -> None:
    hit = late(tmp_path, {}, {})

    assert hit["answer"] == "hit"
    assert hit["say"] == "申请日2024年6月1日晚于2024年4月7日，超55日；结果准予执行，标的12,500.50元"
    assert (hit["flags"], hit["missing"]) == ([], [])
    assert json.loads(hit["points"]) == [{"is": "long", "add": 20, "say": "超过三十日"}]
    assert json.loads(hit["facts"]) == {
        "accepted_on": None, "applied_on": "2024-06-01", "case_no": "(2024)豫1102行审1号", "ruling": "granted",
        "sought_yuan": 12500.50, "penalty.deferral_end_on": "2024-02-01", "penalty.served_on": "2024-01-05",
        "law.window": 3, "last_day": "2024-04-07", "over": 55,
    }
    assert json.loads(hit["linked"]) == {
        "penalty": {"table": "penalty", "record_id": "1", "step": "number", "confidence": 1.0, "candidates": 1}}


def test_the_law_that_was_in_force_is_stored_with_its_article(tmp_path: Path) -> None:
    hit = late(tmp_path, {"applied_on": date(2011, 12, 1)}, {"served_on": date(2011, 1, 5), "deferral_end_on": None})

    assert [(x["name"], x["length"], x["unit"], x["article"]) for x in json.loads(hit["law"]) if "name" in x] == [
        ("law.window", 180, "day", "第八十八条")]
    assert "参数把握：中（申请期限）" in hit["flags"]


def test_the_last_day_itself_is_clear(tmp_path: Path) -> None:
    assert late(tmp_path, {"applied_on": date(2024, 4, 7)}, {})["answer"] == "clear"
    assert late(tmp_path / "next", {"applied_on": date(2024, 4, 8)}, {})["answer"] == "hit"


def test_a_proven_exclusion_is_excluded_and_says_why(tmp_path: Path) -> None:
    hit = late(tmp_path, {}, {"deferral_end_on": date(2024, 5, 1)})

    assert (hit["answer"], hit["say"]) == ("excluded", "排除：延期至2024年5月1日")


def test_an_unknown_exclusion_leaves_a_flagged_hit_and_names_what_is_missing(tmp_path: Path) -> None:
    hit = late(tmp_path, {}, {"deferral_end_on": None})

    assert hit["answer"] == "hit"
    assert hit["flags"] == ["排除条件待核：延期至（未记载）"]
    assert hit["missing"] == ["penalty.deferral_end_on"]


def test_an_unknown_condition_is_a_gap_naming_the_base_column(tmp_path: Path) -> None:
    hit = late(tmp_path, {}, {"served_on": None})

    assert (hit["answer"], hit["missing"]) == ("gap", ["penalty.served_on"])
    assert hit["say"] == "无法判断，缺：行政处罚决定的送达日"


@pytest.mark.parametrize(("review", "penalty", "answer"), [
    ({"ruling": "refused"}, {"served_on": None}, "clear"),
    ({"ruling": "refused"}, {"deferral_end_on": date(2025, 1, 1)}, "clear"),
    ({"ruling": "refused"}, {"deferral_end_on": None}, "clear"),
    ({"applied_on": None}, {"deferral_end_on": date(2025, 1, 1)}, "excluded"),
    ({"applied_on": None}, {"deferral_end_on": None}, "gap"),
    ({"applied_on": None}, {}, "gap"),
    ({}, {"deferral_end_on": date(2025, 1, 1)}, "excluded"),
    ({}, {"deferral_end_on": None}, "hit"),
])
def test_false_goes_before_excluded_goes_before_unknown(
    tmp_path: Path, review: dict[str, Any], penalty: dict[str, Any], answer: str
) -> None:
    assert late(tmp_path, review, penalty)["answer"] == answer


def test_a_law_not_yet_in_force_is_a_gap_naming_the_parameter(tmp_path: Path) -> None:
    hit = late(tmp_path, {"applied_on": date(1999, 6, 1)}, {"served_on": date(1999, 1, 5)})

    assert (hit["answer"], hit["missing"]) == ("gap", ["law:window"])


def test_a_date_beyond_the_announced_holidays_is_a_gap_naming_the_calendar(tmp_path: Path) -> None:
    hit = late(tmp_path, {"applied_on": date(2099, 6, 1)}, {"served_on": date(2098, 1, 5)})

    assert (hit["answer"], hit["missing"]) == ("gap", ["calendar"])
    assert "节假日安排（只有2004年至2026年，其他年份未公布或未收录）" in hit["say"]


def test_a_link_that_must_be_there_is_a_gap_when_it_is_not(tmp_path: Path) -> None:
    hit = late(tmp_path, {}, None)

    assert (hit["answer"], hit["missing"]) == ("gap", ["link:penalty_of_review"])
    assert json.loads(hit["linked"]) == {"penalty": None}


def test_a_weak_link_takes_points_off(tmp_path: Path) -> None:
    hit = late(tmp_path, {}, {}, confidence=0.85)

    assert [p["is"] for p in json.loads(hit["points"])] == ["long", "weak"]


def test_counts_tell_the_clear_ones_too(tmp_path: Path) -> None:
    early = REVIEW | {"record_id": 11, "applied_on": date(2024, 2, 1)}
    store = filled(court_review=[REVIEW, early], penalty=[SERVED], link=[penalty_link(10, 1), penalty_link(11, 1)])

    counts = run(store, good(tmp_path, LATE))

    assert (counts.hit, counts.excluded, counts.gap, counts.clear) == (1, 0, 0, 1)
    assert store.count("SELECT count(*) FROM hit") == 1


def test_applying_twice_gives_the_same_rows(tmp_path: Path) -> None:
    store, rules = filled(court_review=[REVIEW], penalty=[SERVED], link=[penalty_link(10, 1)]), good(tmp_path, LATE)
    run(store, rules)
    before = store.rows("SELECT * FROM hit")

    run(store, rules)

    assert store.rows("SELECT * FROM hit") == before


def test_a_clear_link_takes_the_subject_out(tmp_path: Path) -> None:
    rule = LATE.replace("none: gap", "none: clear")
    store = filled(court_review=[REVIEW], penalty=[SERVED], link=[])

    assert run(store, good(tmp_path, rule)).clear == 1


PICK = """
    subject: penalty
    links:
      review: {use: penalty_of_review, none: clear, pick: applied_on asc, min_confidence: 0.8}
    when:
      - {is: any, expr: links.review.found, say: "{review.case_no}"}
    points:
      - {is: weak, expr: links.review.weak, add: -10}
    """


@pytest.mark.parametrize(("links", "picked"), [
    ([(10, 0.9), (11, 0.95)], "B"),
    ([(10, 0.9), (11, 0.9)], "A"),
    ([(11, 0.9), (12, 0.9)], "B"),
    ([(10, 0.79), (12, 0.9)], "C"),
])
def test_of_several_linked_records_the_surest_then_the_picked_one_is_taken(
    tmp_path: Path, links: list[tuple[int, float]], picked: str
) -> None:
    reviews = [{"record_id": 10, "case_no": "A", "applied_on": date(2024, 1, 1)},
               {"record_id": 11, "case_no": "B", "applied_on": date(2024, 1, 2)},
               {"record_id": 12, "case_no": "C", "applied_on": None}]
    store = filled(court_review=reviews, penalty=[SERVED], link=[penalty_link(i, 1, c) for i, c in links])

    run(store, good(tmp_path, PICK))

    assert store.rows("SELECT say FROM hit") == [(picked,)]


def test_a_link_below_the_least_confidence_is_no_link_but_weak(tmp_path: Path) -> None:
    store = filled(court_review=[{"record_id": 10, "case_no": "A"}, {"record_id": 11, "case_no": "B"}],
                   penalty=[SERVED], link=[penalty_link(10, 1, 0.5), penalty_link(11, 1, 0.8)])

    run(store, good(tmp_path, PICK))

    assert store.rows("SELECT say, points FROM hit") == [("B", '[{"is":"weak","add":-10,"say":""}]')]


def test_a_chain_of_links_starts_from_the_record_before(tmp_path: Path) -> None:
    rule = """
        subject: payment
        links:
          penalty: {use: penalty_of_payment, none: clear}
          review: {use: penalty_of_review, none: clear, from: penalty}
        when:
          - {is: any, expr: review.applied_on > paid_on, say: "{review.case_no}"}
        """
    store = filled(payment=[{"record_id": 20, "paid_on": date(2024, 1, 1)}], penalty=[SERVED], court_review=[REVIEW],
                   link=[penalty_link(20, 1, link="penalty_of_payment"), penalty_link(10, 1)])

    run(store, good(tmp_path, rule))

    assert store.rows("SELECT say FROM hit") == [("(2024)豫1102行审1号",)]


ABSENT = """
    subject: penalty
    links:
      review:
        use: penalty_of_review
        none: keep
        min_confidence: 0.8
        coverage: {table: court_review, division: authority_division, from: decided_on, until: as_of}
    when:
      - {is: none, expr: links.review.found = FALSE, say: 未申请}
    points:
      - {is: weak, expr: links.review.weak, add: -30}
    """


def absent(folder: Path, coverage: list[dict[str, Any]], penalty: dict[str, Any] | None = None, **more: Any) -> str:
    row = {"record_id": 1, "decided_on": date(2024, 1, 1), "authority_division": "411102"} | (penalty or {})
    statements = [{"table_name": "court_review", "division": "411100", "covers_from": date(2020, 1, 1),
                   "covers_until": date(2026, 12, 31), "exhaustive": True} | c for c in coverage]
    store = filled(penalty=[row], coverage=statements, **more)
    run(store, good(folder, ABSENT))
    rows = store.rows("SELECT answer, missing FROM hit")
    return f"{rows[0][0]} {' '.join(rows[0][1])}".strip() if rows else "clear"


@pytest.mark.parametrize(("coverage", "penalty", "answer"), [
    ([{}], {}, "hit"),
    ([{"table_name": "非诉执行审查（行审）"}], {}, "hit"),
    ([{"division": None}], {}, "hit"),
    ([{"division": "410000"}], {}, "hit"),
    ([{"division": "4111"}], {}, "hit"),
    ([{"covers_until": date(2025, 1, 1)}, {"covers_from": date(2025, 1, 2)}], {}, "hit"),
    ([{"covers_until": date(2025, 1, 1)}, {"covers_from": date(2025, 1, 3)}], {}, "gap coverage:court_review"),
    ([{"division": "411100"}], {"authority_division": "411100"}, "hit"),
    ([], {}, "gap coverage:court_review"),
    ([{"exhaustive": False}], {}, "gap coverage:court_review"),
    ([{"exhaustive": None}], {}, "gap coverage:court_review"),
    ([{"division": "411000"}], {}, "gap coverage:court_review"),
    ([{"division": "411102"}], {"authority_division": "411100"}, "gap coverage:court_review"),
    ([{"covers_until": None}], {}, "gap coverage:court_review"),
    ([{"covers_until": date(2026, 6, 29)}], {}, "gap coverage:court_review"),
    ([{"covers_from": date(2024, 1, 2)}], {}, "gap coverage:court_review"),
    ([{"table_name": "payment"}], {}, "gap coverage:court_review"),
    ([{}], {"authority_division": None}, "gap penalty.authority_division"),
    ([{"division": ""}], {"authority_division": None}, "hit"),
    ([{}], {"decided_on": None}, "gap penalty.decided_on"),
])
def test_absence_needs_a_statement_that_covers_place_and_time(
    tmp_path: Path, coverage: list[dict[str, Any]], penalty: dict[str, Any], answer: str
) -> None:
    assert absent(tmp_path, coverage, penalty) == answer


def test_a_linked_record_is_not_absent_and_a_weak_one_does_not_silence(tmp_path: Path) -> None:
    linked = {"court_review": [{"record_id": 10}]}

    assert absent(tmp_path / "a", [{}], link=[penalty_link(10, 1)], **linked) == "clear"
    assert absent(tmp_path / "b", [{}], link=[penalty_link(10, 1, 0.5)], **linked) == "hit"


def test_nothing_is_concluded_from_the_columns_of_a_record_that_is_not_there(tmp_path: Path) -> None:
    rule = """
        subject: court_review
        links:
          penalty: {use: penalty_of_review, none: keep}
        when:
          - {is: unpaid, expr: penalty.paid_on IS NULL}
          - {is: none, expr: "coalesce(penalty.paid_yuan, 0) = 0"}
          - {is: not_told, expr: penalty.remedies_told IS NOT TRUE}
        """
    store = filled(court_review=[REVIEW, REVIEW | {"record_id": 11}], penalty=[SERVED], link=[penalty_link(11, 1)])

    run(store, good(tmp_path, rule))

    assert store.rows("SELECT record_id, answer, missing FROM hit ORDER BY 1") == [
        (10, "gap", ["link:penalty_of_review"]), (11, "hit", [])]


FACTS = """
    table: penalty
    facts:
      end_on:
        type: date
        title: 届满日
        law: {period: {use: window, on: from_on}}
        let: {from_on: "coalesce(served_on, decided_on)"}
        expr: period_end(from_on, law.period)
      long: {type: bool, title: 很久, expr: "days_between(end_on, as_of) > 100"}
      unpaid: {type: bool, title: 未缴, expr: paid_on IS NULL}
    """


def test_facts_are_seen_through_links_and_their_gaps_name_base_columns(tmp_path: Path) -> None:
    rule = """
        subject: court_review
        links:
          penalty: {use: penalty_of_review, none: keep}
        when:
          - {is: late, expr: applied_on > penalty.end_on AND penalty.unpaid, say: "{penalty.end_on}"}
        """
    rows = [REVIEW, REVIEW | {"record_id": 11}, REVIEW | {"record_id": 12}]
    empty = {"record_id": 2, "served_on": None}
    store = filled(court_review=rows, penalty=[SERVED, empty], link=[penalty_link(10, 1), penalty_link(11, 2)])

    run(store, good(tmp_path, rule, {"penalty": FACTS}))

    assert store.rows("SELECT record_id, answer, missing FROM hit ORDER BY 1") == [
        (10, "hit", []), (11, "gap", ["penalty.decided_on", "penalty.served_on"]),
        (12, "gap", ["link:penalty_of_review"])]


def test_a_view_shows_each_table_with_its_facts(tmp_path: Path) -> None:
    store, rules = filled(penalty=[SERVED]), good(tmp_path, LATE, {"penalty": FACTS})

    prepare(store, rules, AS_OF)

    assert store.rows("SELECT record_id, end_on, long, unpaid FROM fact_penalty") == [
        (1, date(2024, 4, 7), True, True)]


def test_only_alternatives_that_matter_are_missing(tmp_path: Path) -> None:
    rule = """
        subject: court_review
        when:
          - {is: a, expr: "coalesce(accepted_on, applied_on) > served_on"}
          - {is: b, expr: sought_yuan > 5 OR penalty_fine_yuan > 5}
          - {is: c, expr: "CASE WHEN ruling = 'granted' THEN sought_yuan > 1 ELSE additional_fine_yuan > 1 END"}
        """
    known = {"record_id": 10, "accepted_on": date(2024, 1, 1), "sought_yuan": Decimal(9), "ruling": "granted"}
    store = filled(court_review=[known | {"served_on": None}])

    run(store, good(tmp_path, rule))

    assert store.rows("SELECT missing FROM hit") == [(["court_review.served_on"],)]


def test_a_date_that_would_have_been_taken_is_missing_beside_what_stands_in_for_it(tmp_path: Path) -> None:
    rule = """
        subject: enforcement
        let:
          until: CASE WHEN closed_on IS NOT NULL THEN closed_on WHEN status_text = '在执' THEN as_of END
        when:
          - {is: late, expr: until > filed_on}
        """
    store = filled(enforcement=[{"record_id": 1, "filed_on": date(2024, 3, 1), "closed_on": None, "status_text": None}])

    run(store, good(tmp_path, rule))

    assert store.rows("SELECT answer, missing FROM hit") == [
        ("gap", ["enforcement.closed_on", "enforcement.status_text"])]


def test_an_impossible_calculation_is_a_gap_that_says_so(tmp_path: Path) -> None:
    rule = """
        subject: court_review
        when:
          - {is: a, expr: sought_yuan / penalty_fine_yuan > 0.5}
        """
    store = filled(court_review=[{"record_id": 1, "sought_yuan": Decimal(1), "penalty_fine_yuan": Decimal(0)}])

    run(store, good(tmp_path, rule))

    assert store.rows("SELECT answer, missing FROM hit") == [("gap", ["calculation"])]


def test_an_exclusion_that_says_when_it_is_unknown_stays_open(tmp_path: Path) -> None:
    rule = """
        subject: court_review
        when:
          - {is: a, expr: applied_on IS NOT NULL}
        unless:
          - {is: relief, expr: "relief IS NOT NULL AND relief <> 'none'", unknown: relief IS NULL, say: 有救济}
        """
    rows = [REVIEW | {"relief": None}, REVIEW | {"record_id": 11, "relief": "none"},
            REVIEW | {"record_id": 12, "relief": "both"}]
    store = filled(court_review=rows)

    run(store, good(tmp_path, rule))

    assert store.rows("SELECT record_id, answer, flags, missing FROM hit ORDER BY 1") == [
        (10, "hit", ["排除条件待核：有救济"], ["court_review.relief"]), (11, "hit", [], []), (12, "excluded", [], [])]


def test_sentences_show_every_kind_of_value(tmp_path: Path) -> None:
    rule = """
        subject: court_review
        law:
          cap: {use: cap, on: applied_on}
          limit: {use: limit, on: applied_on}
          window: {use: window, on: applied_on}
        let:
          share: round(sought_yuan / 3, 2)
          end: period_end(applied_on, law.window)
        when:
          - is: a
            expr: applied_on IS NOT NULL
            say: "{{{court}}} {applied_on} {accepted_on} {sought_yuan} {share} {hearing_held} {ruling} {as_of} {law.cap}
              {law.limit} {law.window} {end} {additional_fine_yuan}"
        """
    row = {"record_id": 1, "court": "某'院", "applied_on": date(2024, 3, 1), "sought_yuan": Decimal("-1234567.00"),
           "hearing_held": False, "ruling": "partly", "additional_fine_yuan": Decimal("0.05")}
    store = filled(court_review=[row])

    run(store, good(tmp_path, rule))

    assert store.rows("SELECT say FROM hit") == [(
        "{某'院} 2024年3月1日 （未记载） -1,234,567元 -411,522.33元 否 部分准予 2026年6月30日 1 200元 3个月 "
        "2024年6月3日 0.05元",)]


def test_a_rule_that_cannot_be_run_has_its_fault_in_its_counts(tmp_path: Path) -> None:
    store, rules = filled(court_review=[REVIEW]), good(tmp_path, LATE)
    prepare(store, rules, AS_OF)
    store.run("ALTER TABLE court_review DROP COLUMN applied_on")

    counts = apply(store, rules, AS_OF)["trial.it"]

    assert counts.fault is not None
    assert "E-RULE-RUN" in counts.as_dict()["fault"]
    assert "applied_on" not in str(counts.fault)


def test_a_rule_that_does_not_end_is_ended_and_the_next_can_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, rules = filled(penalty=[SERVED]), good(tmp_path, LATE)
    store.run("INSERT INTO court_review BY NAME SELECT i AS record_id, DATE '2024-06-01' AS applied_on, "
              "'granted' AS ruling FROM range(300000) AS r(i)")
    monkeypatch.setattr("engine.rules.applying.MAX_SECONDS", 0.02)
    stopped = run(store, rules)
    monkeypatch.undo()

    again = run(store, rules)

    assert stopped.fault is not None
    assert (stopped.fault.code, stopped.fault.what) == ("E-RULE-TIME", "规则 trial.it 超过0.02秒被终止")
    assert again.gap == 300_000


@pytest.mark.parametrize(("expected", "complaint"), [
    ("{max: 2}", "多于预期上限 2"), ("{max: 3}", None), ("{min: 4}", "少于预期下限 4"), ("{min: 3, max: 3}", None),
    ("{max_share: 0.74}", "超过主体总数 4 的 74.0%"), ("{max_share: 0.75}", None),
])
def test_hits_out_of_the_expected_number_are_held_back(tmp_path: Path, expected: str, complaint: str | None) -> None:
    rule = f"""
        subject: penalty
        when:
          - {{is: small, expr: fine_yuan < 100}}
        expected: {expected}
        """
    fines = [{"record_id": i, "fine_yuan": Decimal(fine)} for i, fine in enumerate((10, 20, 30, 400))]

    counts = run(filled(penalty=fines), good(tmp_path, rule))

    assert (counts.hit, counts.clear) == (3, 1)
    assert (counts.fault.what if counts.fault else None) == (
        complaint and f"规则 trial.it 命中 3 条，{complaint}；本次不列入清单，沿用上次的线索")


@pytest.mark.parametrize(("expected", "what"), [
    ("{}", "expected 没有写界限"), ("{max: -1}", "min、max 应为非负整数，max 不小于 min"),
    ("{min: 5, max: 4}", "min、max 应为非负整数，max 不小于 min"), ("{max_share: 5}", "max_share 应大于 0、不大于 1"),
    ("{maximum: 5}", "没有键“maximum”，是否指“max”"),
])
def test_a_slip_in_the_expected_number_is_named(tmp_path: Path, expected: str, what: str) -> None:
    rule = f"""
        subject: penalty
        when:
          - {{is: small, expr: fine_yuan < 100}}
        expected: {expected}
        """

    assert what in {problem.what for problem in read(tmp_path, rule).problems}


@pytest.mark.parametrize(("maturity", "applied"), [("draft", 0), ("trial", 1), ("stable", 1), ("retired", 0)])
def test_drafts_and_retired_rules_are_not_applied(tmp_path: Path, maturity: str, applied: int) -> None:
    rules = read(tmp_path, LATE, head=HEAD.replace("maturity: trial", f"maturity: {maturity}"))

    assert rules.problems == []
    assert len(apply(filled(), rules, AS_OF)) == applied
