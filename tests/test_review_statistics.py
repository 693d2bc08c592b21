"""Counts of what became of clues, and how right each rule version was, on SQLite and PostgreSQL."""

from collections.abc import Mapping
from datetime import date

import pytest
from review_world import Clock, clue, finding, person, publish, value

from engine import review
from engine.review import Actor, Decision, Review
from engine.review.precision import precision, wilson, words
from engine.review.statistics import Filter, figures


@pytest.fixture
def wang(base: Review) -> Actor:
    publish(base, *(clue(n) for n in (1, 2, 3)), clue(4, division="411103", unit="另一局"), clue(5, first_run=9),
            *(finding(n) for n in (1, 2, 3, 4, 5)), finding(1, "early", rule_version=2))
    return person(base, roles=("head",))


def decide(base: Review, actor: Actor, number: int, decision: str, **rest: str) -> None:
    """Decide on the first finding of clue C<number>."""
    version = value(base, f"SELECT version FROM clue WHERE clue_id = 'C{number}'")
    assert isinstance(version, int)
    review.judge(base, actor, f"C{number}", version, [Decision(f"F{number}late", decision, **rest)])


def follow(base: Review, actor: Actor, number: int, step: str, day: str = "2026-11-02", **rest: object) -> None:
    """Add a step to clue C<number>."""
    version = value(base, f"SELECT version FROM clue WHERE clue_id = 'C{number}'")
    assert isinstance(version, int)
    review.follow(base, actor, f"C{number}", version, {"step": step, "happened_on": date.fromisoformat(day), **rest})


def send(base: Review, actor: Actor) -> None:
    """Have a recommendation on clue C1 sent and served."""
    follow(base, actor, 1, "case_opened")
    follow(base, actor, 1, "recommendation", sent_to="某局")
    follow(base, actor, 1, "served")


def total(base: Review, actor: Actor, **asked: str) -> Mapping[str, int]:
    """Return the row of totals."""
    return figures(base, actor, Filter(**asked)).total.row(0, named=True)


def test_a_clue_counts_once_in_every_stage_it_reached(base: Review, wang: Actor) -> None:
    decide(base, wang, 1, "confirm")
    decide(base, wang, 2, "dismiss", reason="lawful")
    follow(base, wang, 1, "case_opened")
    follow(base, wang, 1, "recommendation", sent_to="某局")
    follow(base, wang, 1, "recommendation", sent_to="另一局")

    found = total(base, wang)

    assert [found[name] for name in ("listed", "decided", "valid", "opened", "sent")] == [5, 2, 1, 1, 1]


@pytest.mark.parametrize(("outcome", "counts"), [
    ("adopted", [1, 1, 1]), ("partly", [1, 1, 0]), ("refused", [1, 0, 0])])
def test_a_reply_counts_by_what_it_says(base: Review, wang: Actor, outcome: str, counts: list[int]) -> None:
    send(base, wang)
    follow(base, wang, 1, "reply", outcome=outcome)

    found = total(base, wang)

    assert [found[name] for name in ("replied", "adopted", "wholly")] == counts


def test_a_term_that_passed_is_no_reply(base: Review, wang: Actor, clock: Clock) -> None:
    send(base, wang)
    clock.move(days=150)
    follow(base, wang, 1, "reply", "2027-03-20", outcome="none")

    assert total(base, wang)["replied"] == 0


def test_money_counts_in_the_month_it_came_back(base: Review, wang: Actor, clock: Clock) -> None:
    send(base, wang)
    clock.move(days=40)
    follow(base, wang, 1, "rectified", words="已整改", recovered_cents=1234_56)
    follow(base, wang, 1, "rectified", "2026-12-01", words="又整改", recovered_cents=100_00)

    found = figures(base, wang, Filter())

    assert found.total["cents"][0] == 1334_56
    assert found.months.select("month", "cents").rows() == [("2026-11", 1234_56), ("2026-12", 100_00)]


def test_an_entry_taken_back_counts_nowhere(base: Review, wang: Actor) -> None:
    follow(base, wang, 1, "case_opened")
    follow(base, wang, 1, "struck", replaces=value(base, "SELECT follow_up_id FROM follow_up"))

    assert total(base, wang)["opened"] == 0


def test_needing_material_is_not_decided(base: Review, wang: Actor) -> None:
    decide(base, wang, 1, "need_material", words="送达回证")

    assert total(base, wang)["decided"] == 0


def test_an_undone_decision_counts_nowhere(base: Review, wang: Actor) -> None:
    decide(base, wang, 1, "confirm")
    review.undo(base, wang, "C1", 2, 1)

    assert total(base, wang)["valid"] == 0
    assert precision(base, wang, Filter()).rules["decided"].sum() == 0


def test_a_share_counts_only_what_reached_its_base(base: Review, wang: Actor) -> None:
    decide(base, wang, 2, "dismiss", reason="lawful")
    follow(base, wang, 1, "case_opened")

    found = total(base, wang)

    assert (found["opened"], found["opened_of"]) == (1, 0)


def test_a_clue_of_another_place_is_not_counted(base: Review, wang: Actor) -> None:
    decide(base, wang, 4, "confirm")
    li = person(base, "li", scopes=(("411102", ""),))

    found = figures(base, li, Filter())

    assert found.total["listed"][0] == 4
    assert found.units["unit"].to_list() == ["测试市某局"]
    assert precision(base, li, Filter()).rules["decided"].sum() == 0


def test_a_clue_of_two_rules_stands_in_both_rows(base: Review, wang: Actor) -> None:
    rules = figures(base, wang, Filter()).rules

    assert rules.select("rule_id", "rule_version", "listed").rows() == [
        ("non_litigation.early", 2, 1), ("non_litigation.late", 1, 5)]


def test_months_tell_what_happened_in_them(base: Review, wang: Actor, clock: Clock) -> None:
    clock.move(days=31)
    decide(base, wang, 1, "confirm")
    clock.move(days=50)
    follow(base, wang, 1, "case_opened", "2026-12-15")
    follow(base, wang, 1, "recommendation", "2027-01-15", sent_to="某局")

    months = figures(base, wang, Filter()).months

    assert months.select("month", "listed", "valid", "sent").rows() == [
        ("2026-11", 5, 0, 0), ("2026-12", 0, 1, 0), ("2027-01", 0, 0, 1)]


def test_a_period_keeps_clues_first_listed_in_it(base: Review, wang: Actor) -> None:
    assert total(base, wang, since="2026-11", until="2026-11")["listed"] == 5
    assert total(base, wang, since="2026-12")["listed"] == 0


@pytest.mark.parametrize(("asked", "listed"), [
    ({"division": "411103"}, 1), ({"field": "行政非诉执行监督"}, 5), ({"field": "无"}, 0),
    ({"rule": "non_litigation.early"}, 1)])
def test_a_filter_keeps_its_clues(base: Review, wang: Actor, asked: dict[str, str], listed: int) -> None:
    assert total(base, wang, **asked)["listed"] == listed


def test_an_empty_database_counts_nothing(base: Review) -> None:
    found = figures(base, person(base), Filter())

    assert found.total["listed"][0] == 0
    assert found.months.height == 0
    assert precision(base, person(base, "li"), Filter()).rules.height == 0


def test_a_changed_rule_shows_as_another_row(base: Review, wang: Actor) -> None:
    decide(base, wang, 1, "dismiss", reason="rule_fault")
    decide(base, wang, 2, "confirm")
    publish(base, clue(1), clue(2), *(finding(n, rule_version=2, evidence_hash="e2") for n in (1, 2)), number=2)
    decide(base, wang, 1, "confirm")

    rules = precision(base, wang, Filter(rule="non_litigation.late")).rules

    assert rules.select("rule_version", "valid", "decided", "untouched").rows() == [(2, 1, 1, 1), (1, 1, 2, 0)]


def test_precision_is_of_what_was_decided_and_the_rest_is_told(base: Review, wang: Actor) -> None:
    decide(base, wang, 1, "confirm")
    decide(base, wang, 2, "transfer", transfer_to="某局")
    decide(base, wang, 3, "dismiss", reason="other", words="已核实")
    decide(base, wang, 4, "need_material", words="回证")

    found = precision(base, wang, Filter(rule="non_litigation.late"))

    row = found.rules.row(0, named=True)
    assert [row[name] for name in ("valid", "decided", "known")] == [2, 3, 5]
    assert row["precision"] == pytest.approx(2 / 3)
    assert (row["low"], row["high"]) == pytest.approx(wilson(2, 3))
    assert row["open_share"] == pytest.approx(2 / 5)
    assert found.reasons.rows() == [("non_litigation.late", 1, "other", 1)]


def test_the_last_decision_of_a_finding_counts(base: Review, wang: Actor) -> None:
    decide(base, wang, 1, "confirm")
    decide(base, wang, 1, "dismiss", reason="minor")

    row = precision(base, wang, Filter(rule="non_litigation.late")).rules.row(0, named=True)

    assert (row["valid"], row["decided"], row["precision"], row["low"]) == (0, 1, 0, 0)


def test_reviewers_words_are_read_in_scope_and_the_audit_says_so(base: Review, wang: Actor) -> None:
    decide(base, wang, 1, "dismiss", reason="lawful", words="已核实")
    decide(base, wang, 4, "dismiss", reason="lawful", words="另案")
    li = person(base, "li", scopes=(("411103", ""),))

    found = words(base, li, "non_litigation.late")

    assert [(row["words"], row["reason"]) for row in found] == [("另案", "依法不构成违法")]
    assert review.browsing.entries(base)[0]["object"] == "rule:non_litigation.late"
