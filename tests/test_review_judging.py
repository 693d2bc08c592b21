"""Deciding, undoing, assigning, commenting; nobody's work is lost or done behind their back."""

import threading
from datetime import date

import pytest
from review_world import START, clue, finding, person, publish, value

from engine import review
from engine.errors import EngineError
from engine.review import Actor, Decision, Review

CONFIRM = [Decision("F1late", "confirm")]


@pytest.fixture
def wang(base: Review) -> Actor:
    publish(base, clue(1), clue(2, division="411103"), finding(1), finding(2))
    return person(base)


def clue_state(base: Review) -> object:
    return value(base, "SELECT state FROM clue WHERE clue_id = 'C1'")


def test_a_decision_is_kept_with_the_evidence_it_was_made_on(base: Review, wang: Actor) -> None:
    assert review.judge(base, wang, "C1", 1, CONFIRM) == 2

    assert clue_state(base) == "confirmed"
    assert value(base, "SELECT evidence_hash FROM judgement") == "e1"


def test_a_stale_version_is_refused_and_nothing_is_written(base: Review, wang: Actor) -> None:
    review.judge(base, wang, "C1", 1, CONFIRM)

    with pytest.raises(EngineError, match="E-REVIEW-STALE"):
        review.judge(base, wang, "C1", 1, [Decision("F1late", "dismiss", "lawful")])

    assert value(base, "SELECT count(*) FROM judgement") == 1
    assert clue_state(base) == "confirmed"


@pytest.mark.parametrize("wrong", [
    Decision("F1late", "dismiss"), Decision("F1late", "dismiss", "other", " "), Decision("F1late", "burn"),
    Decision("F1late", "need_material"), Decision("F1late", "transfer"), Decision("F9late", "confirm"),
    Decision("F2late", "confirm"),
], ids=["no reason", "no words", "unknown", "what material", "to whom", "no finding", "finding of another clue"])
def test_half_a_decision_is_refused_whole(base: Review, wang: Actor, wrong: Decision) -> None:
    with pytest.raises(EngineError):
        review.judge(base, wang, "C1", 1, [*CONFIRM, wrong])

    assert value(base, "SELECT version FROM clue WHERE clue_id = 'C1'") == 1
    assert value(base, "SELECT count(*) FROM judgement") == 0


def test_undo_brings_the_decision_before_back(base: Review, wang: Actor) -> None:
    review.judge(base, wang, "C1", 1, CONFIRM)
    review.judge(base, wang, "C1", 2, [Decision("F1late", "dismiss", "lawful")])

    review.undo(base, wang, "C1", 3, 2)

    assert clue_state(base) == "confirmed"


def test_undoing_the_only_decision_opens_the_clue(base: Review, wang: Actor) -> None:
    review.judge(base, wang, "C1", 1, CONFIRM)

    review.undo(base, wang, "C1", 2, 1)

    assert clue_state(base) == "open"
    assert value(base, "SELECT count(*) FROM judgement") == 2


def test_a_decision_cannot_be_undone_twice(base: Review, wang: Actor) -> None:
    review.judge(base, wang, "C1", 1, CONFIRM)
    review.undo(base, wang, "C1", 2, 1)

    with pytest.raises(EngineError, match="E-REVIEW-UNDO"):
        review.undo(base, wang, "C1", 3, 1)


def test_another_s_decision_is_undone_by_a_head_alone(base: Review, wang: Actor) -> None:
    review.judge(base, wang, "C1", 1, CONFIRM)

    with pytest.raises(EngineError, match="E-RIGHTS"):
        review.undo(base, person(base, "li"), "C1", 2, 1)

    assert review.undo(base, person(base, "zhao", ("head",)), "C1", 2, 1) == 3


@pytest.mark.parametrize("scopes", [(("411103", ""),), (("", "公益诉讼部门"),), ()],
                         ids=["place", "department", "none"])
def test_a_clue_out_of_scope_is_not_there(base: Review, wang: Actor, scopes: tuple[tuple[str, str], ...]) -> None:
    stranger = person(base, "li", scopes=scopes)

    with pytest.raises(EngineError) as judged:
        review.judge(base, stranger, "C1", 1, CONFIRM)
    with pytest.raises(EngineError) as opened:
        review.browsing.open_clue(base, stranger, "C1")
    with pytest.raises(EngineError) as unknown:
        review.browsing.open_clue(base, stranger, "C999")

    assert judged.value.code == "E-REVIEW-CLUE"
    assert str(opened.value) == str(unknown.value)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "auditor"])
def test_administrators_see_no_clue(base: Review, wang: Actor, role: str) -> None:
    administrator = person(base, "admin", (role,))

    assert review.browsing.find(base, administrator, review.browsing.Query()).matching == 0
    with pytest.raises(EngineError):
        review.browsing.open_clue(base, administrator, "C1")


def test_clues_are_assigned_together_or_not_at_all(base: Review, wang: Actor) -> None:
    head = person(base, "zhao", ("head",))

    with pytest.raises(EngineError, match="E-REVIEW-STALE"):
        review.assign(base, head, {"C1": 1, "C2": 7}, wang.account_id)
    review.assign(base, head, {"C1": 1, "C2": 1}, wang.account_id, date(2026, 12, 1))

    assert value(base, "SELECT count(*) FROM assignment") == 2
    assert value(base, f"SELECT count(*) FROM clue WHERE assignee_id = {wang.account_id}") == 2


def test_a_clue_is_not_given_to_somebody_who_may_not_see_it(base: Review, wang: Actor) -> None:
    elsewhere = person(base, "li", scopes=(("411103", ""),))

    with pytest.raises(EngineError, match="E-REVIEW-ASSIGNEE"):
        review.assign(base, person(base, "zhao", ("head",)), {"C1": 1}, elsewhere.account_id)


def test_a_handler_assigns_nothing(base: Review, wang: Actor) -> None:
    with pytest.raises(EngineError, match="E-RIGHTS"):
        review.assign(base, wang, {"C1": 1}, wang.account_id)


def test_a_lease_tells_others_and_ends_by_itself(base: Review, wang: Actor, clock) -> None:
    other = person(base, "li")

    assert review.lease(base, wang, "C1") == ""
    assert review.lease(base, other, "C1") == "wang某"
    clock.move(minutes=11)
    assert review.lease(base, other, "C1") == ""


def test_comments_and_steps_stand_in_the_history(base: Review, wang: Actor) -> None:
    review.remark(base, wang, "C1", 1, "已电话核实")
    review.follow(base, wang, "C1", 2, {"step": "case_opened", "happened_on": date(2026, 11, 2)})

    history = review.browsing.open_clue(base, wang, "C1").history

    assert [entry["kind"] for entry in history] == ["follow_up", "comment"]


def test_the_newest_answer_on_a_pair_counts(base: Review, wang: Actor) -> None:
    pair = {"finding_id": "F1late", "question": "link", "one": "court_review|R1", "other": "penalty|P1"}
    review.answer_pair(base, wang, "C1", 1, pair | {"answer": "same"})
    review.answer_pair(base, wang, "C1", 2, pair | {"one": "penalty|P1", "other": "court_review|R1",
                                                     "answer": "different"})

    assert review.pairs(base).rows() == [("link", "court_review|R1", "penalty|P1", False, START.date())]


def test_an_answer_taken_back_is_no_answer(base: Review, wang: Actor) -> None:
    pair = {"finding_id": "F1late", "question": "party", "one": "a|1", "other": "b|2"}
    review.answer_pair(base, wang, "C1", 1, pair | {"answer": "same"})
    review.answer_pair(base, wang, "C1", 2, pair | {"answer": "withdrawn"})

    assert review.pairs(base).height == 0


def test_eight_writers_lose_nothing(base: Review, wang: Actor) -> None:
    faults: list[BaseException] = []

    def write() -> None:
        for _ in range(6):
            while True:
                version = int(str(value(base, "SELECT version FROM clue WHERE clue_id = 'C1'")))
                try:
                    review.remark(base, wang, "C1", version, "同时写")
                    break
                except EngineError as fault:
                    if fault.code != "E-REVIEW-STALE":
                        faults.append(fault)
                        return

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert faults == []
    assert value(base, "SELECT count(DISTINCT version) FROM comment") == 48
    assert value(base, "SELECT version FROM clue WHERE clue_id = 'C1'") == 49
    assert review.verify(base) == []


def test_a_publication_and_a_reviewer_at_once_lose_nothing(base: Review, wang: Actor) -> None:
    faults: list[BaseException] = []

    def night_after_night() -> None:
        try:
            for number in range(2, 8):
                publish(base, clue(1, score=float(number)), clue(2), finding(1), finding(2), number=number)
        except BaseException as fault:
            faults.append(fault)

    runs = threading.Thread(target=night_after_night)
    runs.start()
    for version in range(1, 11):
        review.remark(base, wang, "C1", version, "发布时写")
    runs.join()

    assert faults == []
    assert value(base, "SELECT count(*) FROM comment") == 10
    assert value(base, "SELECT publication FROM clue WHERE clue_id = 'C1'") == 7
