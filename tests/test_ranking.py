"""The score: five visible parts, weights in one file, the same order every night."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from clue_world import LATE, LAW, OPEN, ROOT, WEIGHTS, link, night, penalty, put, review, ruleset

from engine import ranking
from engine.errors import RuleError
from engine.rules import RuleSet, read_rules
from engine.store import Store

YAML = (ROOT / "rules" / "ranking.yaml").read_text(encoding="utf-8")


@pytest.fixture
def found(tmp_path: Path) -> RuleSet:
    return ruleset(tmp_path)


def late_store(confidence: float = 0.99, applied_on: date = date(2024, 7, 1), **columns: object) -> Store:
    """Return a store with one late review; further columns go to its penalty."""
    store = Store()
    put(store, "penalty", penalty(**{"served_on": date(2024, 3, 1), "deferral_end_on": date(2024, 3, 2), **columns}))
    put(store, "court_review", review(applied_on=applied_on))
    link(store, confidence)
    return store


def parts(store: Store, place: int = 1) -> dict[str, tuple[float, str]]:
    found = json.loads(store.rows("SELECT parts FROM clue WHERE place = ?", [place])[0][0])
    return {p["part"]: (p["points"], p["why"]) for p in found}


def test_the_score_is_the_sum_of_its_parts(found: RuleSet) -> None:
    store = late_store(fine_yuan=50_000)

    night(store, found)

    shown = parts(store)
    assert list(shown) == ["严重程度", "把握程度", "紧迫程度", "可挽回金额", "相互印证"]
    assert store.rows("SELECT score FROM clue") == [(round(sum(p for p, _ in shown.values()), 1),)]
    assert all(why for _, why in shown.values())


def test_positive_points_of_a_rule_add_gravity_up_to_the_most(found: RuleSet) -> None:
    store = late_store(applied_on=date(2025, 7, 1))

    night(store, found)

    assert parts(store)["严重程度"] == (38, "“测试超期申请”等级高；超期半年以上（规则+20）")


def test_gravity_stops_at_its_most(tmp_path: Path) -> None:
    store = late_store(applied_on=date(2025, 7, 1))

    night(store, ruleset(tmp_path, late=LATE.replace("add: 20", "add: 90")))

    assert parts(store)["严重程度"][0] == 40


def test_a_weak_link_and_negative_points_take_certainty(found: RuleSet) -> None:
    store = late_store(confidence=0.85)

    night(store, found)

    assert parts(store)["把握程度"] == (30 - 60 * 0.15 - 10, "最弱关联置信度0.85；关联较弱（规则-20）")


def test_an_open_exclusion_takes_certainty(found: RuleSet) -> None:
    store = late_store(deferral_end_on=None)

    night(store, found)

    assert parts(store)["把握程度"] == (25.4, "最弱关联置信度0.99；1项排除事由待核")


def test_a_doubtful_reading_of_the_law_takes_certainty(found: RuleSet) -> None:
    store = late_store()
    night(store, found)
    sure = parts(store)["把握程度"][0]
    store.run("UPDATE clue SET evidence = replace(evidence, '\"flags\":[]', '\"flags\":[\"参数把握：中（某期限）\"]')")

    ranking.rank(store, found.rules, WEIGHTS)

    assert parts(store)["把握程度"] == (sure - 3, "最弱关联置信度0.99；1项法定参数把握为中")


def test_points_called_urgent_count_as_urgency_only(found: RuleSet) -> None:
    store = Store()
    put(store, "court_review", review(accepted_on=date(2025, 1, 1)))

    night(store, found)

    assert parts(store)["紧迫程度"] == (6, "将满一年（规则+6）")
    assert parts(store)["严重程度"] == (12, "“测试未作裁定”等级低")


@pytest.mark.parametrize(("due", "points"), [
    (date(2026, 6, 29), 0), (date(2026, 6, 30), 10), (date(2026, 7, 15), 10), (date(2026, 7, 16), 8),
    (date(2026, 12, 27), 2), (date(2026, 12, 28), 0),
])
def test_the_days_left_to_a_deadline_count_as_urgency(tmp_path: Path, due: date, points: float) -> None:
    store = Store()
    put(store, "court_review", review(accepted_on=date(2026, 5, 1)))
    dated = OPEN.replace("let:\n", f"let:\n  reply_due_on: {{expr: \"DATE '{due}'\", title: 回复期限}}\n").replace(
        "evidence: [case_no,", "evidence: [case_no, reply_due_on,")

    night(store, ruleset(tmp_path, open=dated))

    assert parts(store)["紧迫程度"][0] == points


DUE = ranking.Deadline("penalty", "deferral_end_on", "延期", ("non_litigation.late",))


@pytest.mark.parametrize(("rules", "points", "why"), [
    (("non_litigation.late",), 8, "距延期届满20日"), (("non_litigation",), 8, "距延期届满20日"),
    (("non_litigation.slow", "referral"), 0, "没有未过的期限"),
])
def test_a_date_of_a_linked_record_is_a_deadline_for_the_rules_it_is_meant_for(
    tmp_path: Path, rules: tuple[str, ...], points: float, why: str
) -> None:
    store = late_store(deferral_end_on=date(2026, 7, 20))
    found = ruleset(tmp_path, late=LATE.replace("penalty.deferral_end_on > last_day", "penalty.sued_on > last_day"))
    night(store, found)
    store.run("CREATE TEMP VIEW fact_penalty AS SELECT * FROM penalty")

    ranking.rank(store, found.rules, replace(WEIGHTS, facts=(replace(DUE, rules=rules),)))

    assert parts(store)["紧迫程度"] == (points, why)


def test_a_deadline_whose_fact_the_session_lacks_is_not_met(found: RuleSet) -> None:
    store = late_store()

    night(store, found)

    assert parts(store)["紧迫程度"] == (0, "没有未过的期限")


def test_the_most_urgent_finding_of_a_clue_gives_the_urgency(tmp_path: Path) -> None:
    store = Store()
    put(store, "court_review", review(accepted_on=date(2025, 1, 1), applied_on=date(2025, 1, 1)))
    grave = OPEN.replace("level: low", "level: high").replace("测试未作裁定", "测试久未裁定")

    night(store, ruleset(tmp_path, late="", slow=grave.replace("urgent_now", "long")))

    assert parts(store)["严重程度"][1].startswith("“测试久未裁定”等级高")
    assert parts(store)["紧迫程度"] == (6, "将满一年（规则+6）")


def test_a_weights_file_without_deadlines_of_records_is_read(tmp_path: Path) -> None:
    (tmp_path / "ranking.yaml").write_text(
        YAML[:YAML.index("  facts:")] + YAML[YAML.index("  steps:"):], encoding="utf-8")

    assert ranking.read_weights(tmp_path / "ranking.yaml").facts == ()


def test_every_deadline_of_the_weights_file_is_a_fact_of_the_rules_it_is_meant_for() -> None:
    known = read_rules(ROOT / "rules", LAW)

    for due in WEIGHTS.facts:
        assert known.facts[due.table][due.column].name.kind.name == "date"
        assert [r for r in due.rules if not any(i == r or i.startswith(f"{r}.") for i in known.rules)] == []


@pytest.mark.parametrize(("yuan", "points"), [
    (None, 0), (800, 0), (1_000, 0), (10_000, 3), (1_000_000, 9), (10_000_000, 12), (99_000_000, 12),
])
def test_money_counts_by_its_order_of_magnitude(found: RuleSet, yuan: int | None, points: float) -> None:
    store = late_store(fine_yuan=yuan)

    night(store, found)

    assert parts(store)["可挽回金额"][0] == points


def test_the_subjects_own_sum_goes_before_a_linked_records(found: RuleSet) -> None:
    store = late_store(fine_yuan=90_000)
    put(store, "court_review", review(applied_on=date(2024, 7, 1), sought_yuan=20_000))

    night(store, found)

    assert store.count("SELECT amount_yuan FROM clue") == 20_000
    assert parts(store)["可挽回金额"][1] == "申请执行金额20,000元"


def test_a_linked_penalty_counts_without_what_was_paid(found: RuleSet) -> None:
    store = late_store(fine_yuan=90_000, confiscated_yuan=5_000, paid_yuan=15_000)

    night(store, found)

    assert parts(store)["可挽回金额"][1] == "罚没款减已缴80,000元"


def test_further_findings_and_clues_of_the_party_corroborate(found: RuleSet) -> None:
    store = late_store()
    slow = {"accepted_on": date(2024, 7, 2), "ruled_on": date(2024, 9, 1)}
    put(store, "court_review", review(applied_on=date(2024, 7, 1), **slow), review("2", **slow))

    night(store, found)

    assert parts(store)["相互印证"] == (6, "1个其他命中；1条同一当事人的线索")
    assert parts(store, 2)["相互印证"] == (2, "1条同一当事人的线索")


def test_the_gravest_and_surest_finding_leads(found: RuleSet) -> None:
    store = late_store()
    slow = {"accepted_on": date(2024, 7, 2), "ruled_on": date(2024, 9, 1)}
    put(store, "court_review", review(applied_on=date(2024, 7, 1), **slow))
    night(store, found)
    first = store.rows("SELECT rule_ids FROM clue")
    link(store, 0.5)

    night(store, found, 2)

    assert first == [(["non_litigation.late", "non_litigation.slow"],)]
    assert store.rows("SELECT rule_ids FROM clue") == [(["non_litigation.slow", "non_litigation.late"],)]


def test_ties_are_broken_by_clue_id(tmp_path: Path) -> None:
    store = Store()
    slow = {"accepted_on": date(2024, 1, 1), "ruled_on": date(2024, 3, 1)}
    put(store, "court_review", *(review(str(n), **slow) for n in range(1, 8)))

    night(store, ruleset(tmp_path))

    ids = [i for (i,) in store.rows("SELECT clue_id FROM clue ORDER BY place")]
    assert ids == sorted(ids)


def test_gone_clues_have_no_place_and_are_not_counted(found: RuleSet) -> None:
    store = late_store()
    night(store, found)
    put(store, "court_review", review(applied_on=date(2024, 5, 1)))
    night(store, found, 2)

    placed = ranking.rank(store, found.rules, WEIGHTS)

    assert placed == 0
    assert store.rows("SELECT place FROM clue") == [(None,)]


def test_a_finding_of_an_unknown_rule_scores_low(found: RuleSet) -> None:
    store = late_store()
    night(store, found)

    ranking.rank(store, {}, WEIGHTS)

    assert parts(store)["严重程度"] == (12, "“non_litigation.late”等级低")


def test_ranking_twice_gives_the_same(found: RuleSet) -> None:
    store = late_store(fine_yuan=50_000)
    night(store, found)
    first = store.rows("SELECT * FROM clue")

    ranking.rank(store, found.rules, WEIGHTS)

    assert store.rows("SELECT * FROM clue") == first


def test_an_empty_warehouse_ranks_nothing() -> None:
    assert ranking.rank(Store(), {}, WEIGHTS) == 0


@pytest.mark.parametrize(("old", "new", "code"), [
    ("most: 40", "most: 41", "E-RANKING-SUM"), ("  link_share: 60", "  link_shrae: 60", "E-YAML-KEY"),
    ("low: 12", "low: 低", "E-YAML-TYPE"), ("{15: 10", "{十五: 10", "E-YAML-TYPE"),
    ("  same_party: 2", "  x_party: 2", "E-YAML-KEY"),
    ("fact: penalty.application_last_on", "fact: fine.application_last_on", "E-RANKING-FACT"),
    ("fact: penalty.application_last_on", "fact: penalty.x); DROP", "E-RANKING-FACT"),
])
def test_a_faulty_weights_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, code: str) -> None:
    path = tmp_path / "ranking.yaml"
    path.write_text(YAML.replace(old, new), encoding="utf-8")

    with pytest.raises(RuleError) as fault:
        ranking.read_weights(path)

    assert fault.value.code == code
    assert fault.value.where.startswith("ranking.yaml:")


def test_every_part_of_the_weights_file_has_a_reason() -> None:
    assert YAML.count("  why: ") == len(ranking.PARTS)
    assert set(WEIGHTS.label.values()) == {"严重程度", "把握程度", "紧迫程度", "可挽回金额", "相互印证"}
