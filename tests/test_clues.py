"""Hits folded into clues: one id for life, and what became of each since the last run."""

import json
from datetime import date
from pathlib import Path

import pytest
from clue_world import AS_OF, LATE, LATE_ID, OPEN_ID, SLOW_ID, link, night, penalty, put, review, ruleset

from engine import clues, rules
from engine.law import read_law
from engine.rules import RuleSet
from engine.store import Store

LATE_REVIEW = {"applied_on": date(2024, 7, 1)}
SLOW_REVIEW = {"accepted_on": date(2024, 7, 2), "ruled_on": date(2024, 9, 1)}


@pytest.fixture
def found(tmp_path: Path) -> RuleSet:
    return ruleset(tmp_path)


@pytest.fixture
def store() -> Store:
    """One penalty and the review of it that came 28 days too late."""
    store = Store()
    put(store, "penalty", penalty(served_on=date(2024, 3, 1)))
    put(store, "court_review", review(**LATE_REVIEW))
    link(store)
    return store


def status(store: Store) -> list[tuple[str, str | None]]:
    return [(s, c) for s, c in store.rows("SELECT status, changed FROM clue ORDER BY clue_id")]


def test_hits_on_one_record_become_one_clue(store: Store, found: RuleSet) -> None:
    put(store, "court_review", review(**LATE_REVIEW, **SLOW_REVIEW))

    counts = night(store, found)

    assert counts == {"新增": 1, "复现": 0, "变化": 0, "持续": 0, "消失": 0}
    assert store.rows("SELECT rule_ids, status, first_run, last_run FROM clue") == [([LATE_ID, SLOW_ID], "新增", 1, 1)]


def test_excluded_and_gap_answers_are_no_clues(store: Store, found: RuleSet) -> None:
    put(store, "penalty", penalty(served_on=date(2024, 3, 1), deferral_end_on=date(2026, 1, 1)))
    put(store, "court_review", review("2", applied_on=date(2024, 7, 1)))

    counts = night(store, found)

    assert dict(store.rows("SELECT answer, count(*) FROM hit WHERE rule_id = ? GROUP BY answer", [LATE_ID])) == {
        "excluded": 1, "gap": 1}
    assert counts["新增"] == 0


def test_the_id_is_made_of_the_record_alone(store: Store, found: RuleSet, tmp_path: Path) -> None:
    night(store, found)
    before = store.rows("SELECT clue_id FROM clue")
    put(store, "court_review", review(**LATE_REVIEW, line=999, file="重报.xlsx"))
    reworded = ruleset(tmp_path, late=LATE.replace("测试超期申请", "换了标题").replace("version: 1", "version: 2"))

    counts = night(store, reworded, 2)

    assert before == store.rows("SELECT 'C' || left(md5('court_review|测试法院|R1'), 12)")
    assert store.rows("SELECT clue_id, status, changed FROM clue") == [(before[0][0], "持续", None)]
    assert counts["持续"] == 1


def test_a_changed_value_is_told_old_and_new(store: Store, found: RuleSet) -> None:
    night(store, found)
    put(store, "penalty", penalty(served_on=date(2024, 3, 2)))

    night(store, found, 2)

    assert status(store) == [("变化", "行政处罚决定·送达日由2024年3月1日改为2024年3月2日")]


def test_days_counted_to_the_as_of_date_are_no_change(store: Store, found: RuleSet) -> None:
    put(store, "court_review", review("2", accepted_on=date(2025, 1, 1)))
    night(store, found)

    night(store, found, 2, date(2026, 7, 15))

    assert status(store) == [("持续", None), ("持续", None)]
    assert "已560日" in store.rows("SELECT say FROM finding WHERE rule_id = ?", [OPEN_ID])[0][0]


def test_a_surer_link_to_the_same_record_is_no_change(store: Store, found: RuleSet) -> None:
    link(store, 0.85)
    night(store, found)
    link(store, 0.99)

    night(store, found, 2)

    assert status(store) == [("持续", None)]


def test_another_linked_record_is_a_change(store: Store, found: RuleSet) -> None:
    night(store, found)
    put(store, "penalty", penalty("2", natural_key="测试局|P1|补正", served_on=date(2024, 3, 1)))
    store.run("UPDATE link SET to_id = (SELECT record_id FROM penalty WHERE natural_key LIKE '%补正')")

    night(store, found, 2)

    assert status(store)[0][1] == (
        "关联的行政处罚决定改为另一条记录；"
        "行政处罚决定·处罚决定书文号由测市监罚〔2024〕1号改为测市监罚〔2024〕2号")


def test_a_further_finding_is_a_change(store: Store, found: RuleSet) -> None:
    night(store, found)
    put(store, "court_review", review(**LATE_REVIEW, **SLOW_REVIEW))

    night(store, found, 2)

    assert status(store) == [("变化", "新增情形：测试超期裁定")]


def test_a_finding_that_no_longer_holds_is_a_change_with_the_reason(store: Store, found: RuleSet) -> None:
    put(store, "court_review", review(**LATE_REVIEW, **SLOW_REVIEW))
    night(store, found)
    put(store, "penalty", penalty(served_on=date(2024, 3, 1), deferral_end_on=date(2026, 1, 1)))

    night(store, found, 2)

    assert status(store) == [("变化", "不再成立：测试超期申请（排除：准予延期）")]


def test_an_exclusion_that_becomes_known_is_a_change(store: Store, found: RuleSet) -> None:
    night(store, found)
    put(store, "penalty", penalty(served_on=date(2024, 3, 1), deferral_end_on=date(2024, 4, 1)))

    night(store, found, 2)

    assert status(store) == [
        ("变化", "行政处罚决定·延期或分期最后届满日由（未记载）改为2024年4月1日；"
                 "排除事由“准予延期”由资料不足改为不存在")]


def test_a_gone_clue_keeps_evidence_and_score_but_no_place(store: Store, found: RuleSet) -> None:
    night(store, found)
    before = store.rows("SELECT evidence, score FROM clue")
    put(store, "court_review", review(applied_on=date(2024, 5, 1)))

    counts = night(store, found, 2)

    assert counts["消失"] == 1
    assert store.rows("SELECT evidence, score FROM clue") == before
    assert store.rows("SELECT status, place, last_run, changed FROM clue") == [
        ("消失", None, 1, "第2次运行（截至2026年6月30日）起不再列入：测试超期申请（已不符合条件）")]


def test_a_clue_gone_for_missing_data_says_what_is_missing(store: Store, found: RuleSet) -> None:
    night(store, found)
    put(store, "penalty", penalty(served_on=None))

    night(store, found, 2)

    assert status(store)[0][1] == (
        "第2次运行（截至2026年6月30日）起不再列入：测试超期申请（无法判断，缺：行政处罚决定的送达日）")


def test_a_clue_whose_record_is_gone_says_so(store: Store, found: RuleSet) -> None:
    night(store, found)
    store.run("DELETE FROM court_review")

    night(store, found, 2)

    assert status(store) == [("消失", "第2次运行（截至2026年6月30日）起不再列入：记录已不在数据中")]


def test_a_clue_of_a_retired_rule_says_so(store: Store, found: RuleSet, tmp_path: Path) -> None:
    night(store, found)

    night(store, ruleset(tmp_path, late=""), 2)

    assert status(store) == [("消失", f"第2次运行（截至2026年6月30日）起不再列入：{LATE_ID}（规则已停用）")]


def test_a_gone_clue_stays_gone_and_is_counted_once(store: Store, found: RuleSet) -> None:
    night(store, found)
    put(store, "court_review", review(applied_on=date(2024, 5, 1)))
    night(store, found, 2)
    told = status(store)

    counts = night(store, found, 3)

    assert counts["消失"] == 0
    assert status(store) == told


def test_a_gone_clue_that_returns_keeps_its_id_and_first_run(store: Store, found: RuleSet) -> None:
    night(store, found)
    put(store, "court_review", review(applied_on=date(2024, 5, 1)))
    night(store, found, 2)
    put(store, "court_review", review(applied_on=date(2024, 7, 2)))

    counts = night(store, found, 3)

    assert counts["复现"] == 1
    assert store.rows("SELECT status, first_run, last_run, changed FROM clue") == [
        ("复现", 1, 3, "曾自第2次运行（截至2026年6月30日）起不再列入；申请执行日由2024年7月1日改为2024年7月2日；"
                    "超期日数由28改为29")]


def test_findings_of_a_stopped_rule_are_taken_over(store: Store, found: RuleSet) -> None:
    night(store, found)
    before = store.rows("SELECT evidence, fingerprint FROM clue")
    store.run("DELETE FROM hit")

    counts = clues.fold(store, 2, date(2026, 7, 1), found, not_run=[LATE_ID])

    assert counts["持续"] == 1
    assert store.rows("SELECT evidence, fingerprint FROM clue") == before


def test_a_stopped_rule_keeps_no_finding_on_a_record_that_is_gone(store: Store, found: RuleSet) -> None:
    night(store, found)
    store.run("DELETE FROM hit")
    store.run("DELETE FROM court_review")

    counts = clues.fold(store, 2, AS_OF, found, not_run=[LATE_ID])

    assert counts["消失"] == 1


def test_the_finding_view_shows_every_rule_of_a_clue(store: Store, found: RuleSet) -> None:
    put(store, "court_review", review(**LATE_REVIEW, **SLOW_REVIEW))
    night(store, found)

    rows = store.rows("SELECT rule_id, as_of, facts FROM finding ORDER BY rule_id")

    assert [(rule, day) for rule, day, _ in rows] == [(LATE_ID, AS_OF), (SLOW_ID, AS_OF)]
    assert json.loads(rows[0][2])["days_over"] == 28


def test_order_of_hits_does_not_matter(store: Store, found: RuleSet) -> None:
    put(store, "court_review", review(**LATE_REVIEW, **SLOW_REVIEW))
    night(store, found)
    first = store.rows("SELECT clue_id, fingerprint, evidence FROM clue")
    store.run("DELETE FROM clue")
    store.run("CREATE TEMP TABLE turned AS SELECT * FROM hit ORDER BY rule_id DESC")
    store.run("DELETE FROM hit")
    store.run("INSERT INTO hit SELECT * FROM turned")

    clues.fold(store, 1, AS_OF, found)

    assert store.rows("SELECT clue_id, fingerprint, evidence FROM clue") == first


def test_words_name_every_stored_value_of_every_rule(found: RuleSet) -> None:
    table = {(r, n): (label, column) for r, n, label, column in clues.words(found).select(
        "rule_id", "name", "label", "its_column").rows()}

    assert table[LATE_ID, "penalty.served_on"] == ("行政处罚决定·送达日", "served_on")
    assert table[LATE_ID, "days_over"] == ("超期日数", None)


def test_words_of_the_repository_are_all_chinese() -> None:
    folder = Path(__file__).parents[1] / "rules"
    words = clues.words(rules.read_rules(folder, read_law(folder / "law")))

    bare = words.filter(~words["label"].str.contains("[一-鿿]"))

    assert bare.select("rule_id", "name").rows() == []


@pytest.mark.parametrize(("value", "kind", "shown"), [
    (None, "date", "（未记载）"), ("2024-03-01", "date", "2024年3月1日"),
    ("12500.50", "money", "12,500.50元"),
    ("12500.0", "money", "12,500元"), ("-88.05", "money", "-88.05元"), ("true", "bool", "是"),
    ("0.990000", "number", "0.99"), ("28", "int", "28"), ("不是日期", "date", "不是日期"),
    ("granted", "text", "granted"),
])
def test_values_are_shown_as_people_write_them(value: str | None, kind: str, shown: str) -> None:
    sql = clues.shown_sql("v", "k", "CAST(NULL AS VARCHAR)")

    assert Store().rows(f"SELECT {sql} FROM (SELECT CAST($1 AS VARCHAR) AS v, CAST($2 AS VARCHAR) AS k)",
                        [value, kind]) == [(shown,)]
