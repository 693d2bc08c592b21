"""Findings on one matter are one clue: one id for life, whatever joins, leaves, or turns out to belong together."""

import json
import re
from datetime import date
from pathlib import Path

import clue_world
import pytest
from clue_world import AS_OF, LATE_ID, LINK, OPEN_ID, SLOW, SLOW_ID, link, night, penalty, put, review, ruleset

from engine import clues, export, rules
from engine.clues.matters import CROWD, find_roots
from engine.clues.relating import MOST
from engine.rules import RuleSet
from engine.rules.model import LinkShape
from engine.store import Store

SERVED_ID = "non_litigation.served"
SERVED = SLOW.replace("测试超期裁定", "测试超期送达").replace("subject: court_review", "subject: penalty").replace(
    "accepted_on", "decided_on").replace("ruled_on", "served_on").replace("case_no", "document_no").replace(
    "court_review:", "penalty:").replace("addressee: court", "addressee: authority")
"""A rule about the penalty itself."""

LATE_DAYS = {"applied_on": date(2024, 7, 1)}
SLOW_DAYS = {"accepted_on": date(2024, 7, 2), "ruled_on": date(2024, 9, 1)}
SERVED_LATE = {"decided_on": date(2024, 1, 1), "served_on": date(2024, 3, 1)}
ONE = penalty(**SERVED_LATE)
IN_TIME = penalty(decided_on=date(2024, 2, 20), served_on=date(2024, 3, 1))


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RuleSet:
    """The tiny world, whose link says that a review is of its penalty's matter, with a rule on penalties."""
    monkeypatch.setattr(clue_world, "LINK", LINK.replace("one: from\n", "one: from\nhead: to\n"))
    return ruleset(tmp_path, served=SERVED)


def world(*penalties: dict[str, object], reviews: tuple[dict[str, object], ...] = ()) -> Store:
    """Return a store with penalties and reviews, and no link yet."""
    store = Store()
    put(store, "penalty", *penalties)
    put(store, "court_review", *(reviews or (review(**LATE_DAYS),)))
    return store


def clue_id(store: Store, key: str) -> str:
    return str(store.rows("SELECT 'C' || left(md5($1), 12)", [key])[0][0])


PENALTY_1, REVIEW_1 = "penalty|测试局|P1", "court_review|测试法院|R1"


def told(store: Store) -> dict[str, tuple[str, str | None]]:
    return {i: (status, changed) for i, status, changed in store.rows("SELECT clue_id, status, changed FROM clue")}


def test_findings_on_a_penalty_and_its_review_are_one_clue_named_after_the_penalty(found: RuleSet) -> None:
    store = world(ONE)
    link(store)

    counts = night(store, found)

    assert counts["新增"] == 1
    assert store.rows("SELECT clue_id, rule_ids FROM clue") == [
        (clue_id(store, PENALTY_1), [LATE_ID, SERVED_ID])]
    assert store.rows("SELECT table_name, rule_id FROM finding ORDER BY rule_id") == [
        ("court_review", LATE_ID), ("penalty", SERVED_ID)]


def test_the_id_stays_when_a_finding_leaves_or_joins(found: RuleSet) -> None:
    store = world(ONE)
    link(store)
    night(store, found)
    put(store, "penalty", IN_TIME)

    night(store, found, 2)
    left = told(store)
    put(store, "court_review", review(**LATE_DAYS, **SLOW_DAYS))
    night(store, found, 3)

    own = clue_id(store, PENALTY_1)
    assert left[own][0] == "变化"
    assert "不再成立：测试超期送达（已不符合条件）" in str(left[own][1])
    assert told(store) == {own: ("变化", "新增情形：测试超期裁定")}


def test_the_id_stays_when_only_the_finding_on_the_head_is_left(found: RuleSet) -> None:
    store = world(ONE)
    link(store)
    night(store, found)
    put(store, "court_review", review(applied_on=date(2024, 5, 1)))

    night(store, found, 2)

    assert told(store) == {clue_id(store, PENALTY_1): ("变化", "不再成立：测试超期申请（已不符合条件）")}


@pytest.mark.parametrize(("confidence", "candidates"), [(0.89, 1), (0.99, 2)])
def test_a_weak_or_ambiguous_link_makes_no_matter(found: RuleSet, confidence: float, candidates: int) -> None:
    store = world(ONE)
    link(store, confidence)
    store.run("UPDATE link SET candidates = ?", [candidates])

    night(store, found)

    assert set(told(store)) == {clue_id(store, PENALTY_1), clue_id(store, REVIEW_1)}


def test_a_clue_keeps_its_id_when_the_penalty_behind_it_is_delivered_later(found: RuleSet) -> None:
    store = world(reviews=(review(**SLOW_DAYS),))
    night(store, found)
    put(store, "penalty", ONE)
    link(store)

    night(store, found, 2)

    assert told(store) == {clue_id(store, REVIEW_1): ("变化", "新增情形：测试超期送达")}


def test_two_clues_that_prove_one_matter_are_joined_and_parted_again_with_their_ids(found: RuleSet) -> None:
    store = world(ONE, reviews=(review(**SLOW_DAYS),))
    night(store, found)
    first, second = clue_id(store, PENALTY_1), clue_id(store, REVIEW_1)
    link(store)

    night(store, found, 2)
    joined = told(store)
    night(store, found, 3)
    quiet = told(store)
    store.run("DELETE FROM link")
    night(store, found, 4)

    since = "第2次运行（截至2026年6月30日）起不再列入"
    gone = ("消失", f"{since}：与线索{first}是同一事项，已并入")
    assert joined == {first: ("变化", f"同一事项的线索{second}并入本线索"), second: gone}
    assert quiet == {first: ("持续", None), second: gone}
    parted = "不再成立：测试超期裁定（与本事项不再有可靠关联，另列线索）"
    assert told(store) == {first: ("变化", parted), second: ("复现", f"曾自{since}")}


def test_a_clue_follows_its_findings_where_its_head_is_gone(found: RuleSet) -> None:
    store = world(IN_TIME)
    link(store)
    night(store, found)
    put(store, "penalty", penalty("2", served_on=date(2024, 3, 1)))
    store.run("DELETE FROM penalty WHERE natural_key = '测试局|P1'")
    store.run("UPDATE link SET to_id = (SELECT record_id FROM penalty)")

    night(store, found, 2)

    (clue,) = told(store).items()
    assert clue[0] == clue_id(store, PENALTY_1)
    assert clue[1][0] == "变化"
    assert "关联的行政处罚决定改为另一条记录" in str(clue[1][1])


def test_one_rule_may_find_two_reviews_of_one_penalty(found: RuleSet, tmp_path: Path) -> None:
    store = world(IN_TIME, reviews=(review(**LATE_DAYS), review("2", applied_on=date(2024, 8, 1))))
    link(store)
    store.run("INSERT INTO link SELECT * REPLACE (md5_number_lower('court_review|测试法院|R2') AS from_id) FROM link")
    night(store, found)

    shown = export.top(store, rules=found)

    assert store.rows("SELECT rule_ids FROM clue") == [([LATE_ID],)]
    assert [line[:12] for line in shown["违法情形"][0].split("\n")] == ["1. 2024年7月1日", "2. 2024年8月1日"]


def test_findings_of_a_stopped_rule_stay_in_their_matter(found: RuleSet) -> None:
    store = world(ONE)
    link(store)
    night(store, found)
    store.run("DELETE FROM hit WHERE rule_id = ?", [LATE_ID])

    counts = clues.fold(store, 2, AS_OF, found, not_run=[LATE_ID])

    assert counts["持续"] == 1
    assert store.rows("SELECT rule_ids FROM clue") == [([LATE_ID, SERVED_ID],)]


def test_clues_of_an_older_engine_are_joined_without_losing_their_ids(found: RuleSet) -> None:
    store = world(ONE, reviews=(review(**SLOW_DAYS),))
    night(store, found)
    for key, evidence in store.rows("SELECT clue_id, evidence FROM clue"):
        bare = re.sub(r'"table_name":"\w+","record_id":\d+,', "", evidence)
        store.run("UPDATE clue SET evidence = ?, fingerprint = 'old' WHERE clue_id = ?", [bare, key])
    link(store)

    night(store, found, 2)

    assert {i: status for i, (status, _) in told(store).items()} == {
        clue_id(store, PENALTY_1): "变化", clue_id(store, REVIEW_1): "消失"}
    assert "并入本线索" in str(told(store)[clue_id(store, PENALTY_1)][1])


def test_why_finds_the_rules_own_record_by_the_clue(found: RuleSet) -> None:
    store = world(ONE)
    link(store)
    night(store, found)
    own = clue_id(store, PENALTY_1)

    asked = {rule_id: rules.find(store, found, rule_id, own) for rule_id in (LATE_ID, SERVED_ID)}

    assert asked == dict(store.rows("SELECT rule_id, record_id FROM finding"))


def shape(name: str, head: str, several: bool = False) -> LinkShape:
    return LinkShape(name, name, "court_review", "enforcement", "", head, several)


def roots(table: str, rows: list[tuple[int, int, float]], link: LinkShape) -> dict[int, int]:
    store = Store()
    for start, end, confidence in rows:
        values = [link.id, start, end, "s", confidence, 1, ""]
        store.run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    find_roots(store, [link])
    return dict(store.rows("SELECT * FROM fold_root ORDER BY 1"))


def test_the_heads_head_is_the_root() -> None:
    assert roots("link", [(3, 2, 0.95), (2, 1, 0.95)], shape("a", "to")) == {2: 1, 3: 1}


def test_all_enforcement_cases_of_a_review_belong_to_it() -> None:
    rows = [(1, 7, 0.99), (1, 8, 0.99), (1, 9, 0.5)]

    assert roots("link_candidate", rows, shape("a", "from", several=True)) == {7: 1, 8: 1}


def test_a_record_with_two_equally_sure_heads_stays_alone() -> None:
    assert roots("link", [(1, 7, 0.95), (2, 7, 0.95)], shape("a", "from")) == {}
    assert roots("link", [(1, 7, 0.95), (2, 7, 0.99)], shape("a", "from")) == {7: 2}


def test_records_that_head_each_other_stay_alone() -> None:
    assert roots("link", [(1, 2, 0.95), (2, 1, 0.95)], shape("a", "to")) == {}


def test_a_record_that_heads_a_crowd_heads_nobody() -> None:
    rows = [(n, 1, 0.95) for n in range(2, CROWD + 2)]

    assert len(roots("link", rows, shape("a", "to"))) == CROWD
    assert roots("link", [*rows, (CROWD + 2, 1, 0.95)], shape("a", "to")) == {}


def test_a_link_that_names_no_head_makes_no_matter() -> None:
    assert roots("link", [(2, 1, 0.99)], shape("a", "")) == {}


def related(store: Store, place: int) -> list[tuple[str, int, int]]:
    [(text,)] = store.rows("SELECT related FROM clue WHERE place = ?", [place])
    return [(r["why"], len(r["clues"]), r["of"]) for r in json.loads(text)] if text else []


def test_related_clues_are_named_at_most_five_a_reason_and_never_the_clue_itself(found: RuleSet) -> None:
    several = tuple(review(str(n), accepted_on=date(2024, 1, n), ruled_on=date(2024, 9, 1)) for n in range(1, 9))
    store = world(reviews=several)

    night(store, found)

    assert {tuple(related(store, place)) for place in range(1, 9)} == {
        (("同一当事人", MOST, 7), ("同一机关同类问题", MOST, 7))}
    own = store.rows("SELECT count(*) FROM clue WHERE contains(related, clue_id)")
    assert own == [(0,)]


def test_clues_of_one_day_and_applicant_are_a_batch(found: RuleSet) -> None:
    reviews = tuple(review(str(n), **SLOW_DAYS, **LATE_DAYS, party_id=n, court=f"测试法院{n}") for n in (1, 2))
    store = world(reviews=(*reviews, review("3", **SLOW_DAYS, applied_on=date(2024, 7, 2), party_id=3, court="他院")))

    night(store, found)

    assert sorted(related(store, place) for place in (1, 2, 3)) == [
        [], [("同一机关同日申请执行", 1, 1)], [("同一机关同日申请执行", 1, 1)]]


def test_the_list_shows_related_clues(found: RuleSet, tmp_path: Path) -> None:
    store = world(reviews=(review(**SLOW_DAYS), review("2", accepted_on=date(2025, 1, 1))))
    night(store, found)
    store.run("INSERT INTO run VALUES (1, ?, TIMESTAMP '2026-07-01', TIMESTAMP '2026-07-01', '', '', '')", [AS_OF])

    export.export(store, tmp_path / "out", found)

    shown = (tmp_path / "out" / "线索清单.csv").read_text(encoding="utf-8-sig")
    ids = dict(store.rows("SELECT rule_ids[1], clue_id FROM clue"))
    assert f"同一当事人：{ids[OPEN_ID]}" in shown
    assert f"同一当事人：{ids[SLOW_ID]}" in shown
