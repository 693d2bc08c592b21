"""The audit finds what was done past the engine."""

import pytest
from review_world import clue, finding, person, publish, value

from engine import review
from engine.errors import EngineError
from engine.review import Decision, Review, Who, audit


@pytest.fixture
def worked(base: Review) -> Review:
    """A database with two clues, a decision, a comment and an assignment."""
    publish(base, clue(1), clue(2), finding(1), finding(2))
    wang, head = person(base), person(base, "zhao", ("head",))
    review.judge(base, wang, "C1", 1, [Decision("F1late", "dismiss", "lawful")])
    review.remark(base, wang, "C1", 2, "核实过")
    review.assign(base, head, {"C2": 1}, wang.account_id)
    return base


def tamper(base: Review, *statements: str) -> None:
    """Do what somebody with the server's password could: switch the guards off first."""
    with base.writing() as connection:
        for table in ("judgement", "assignment", "comment", "audit"):
            if base.is_sqlite:
                for event in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{event}")
            else:
                connection.exec_driver_sql(f"DROP TRIGGER {table}_frozen ON {table}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_honest_work_verifies(worked: Review) -> None:
    assert review.verify(worked) == []


@pytest.mark.parametrize("statement", [
    "UPDATE audit SET actor = '别人' WHERE audit_id = 3",
    "DELETE FROM audit WHERE audit_id = 3",
    "UPDATE audit SET audit_id = 99 WHERE audit_id = 3",
    "UPDATE judgement SET reason = 'minor'",
    "DELETE FROM judgement",
    "UPDATE comment SET words = '没有核实'",
    "INSERT INTO comment (clue_id, account_id, at, version, words) VALUES ('C1', 1, '2026-11-02', 9, '加的')",
    "UPDATE finding SET decision = 'confirm' WHERE finding_id = 'F1late'",
    "UPDATE finding SET decision = NULL, decided_hash = NULL, judgement_id = NULL",
    "UPDATE clue SET assignee_id = NULL",
    "UPDATE clue SET state = 'confirmed' WHERE clue_id = 'C1'",
    "UPDATE account SET password_hash = 'x' WHERE login = 'wang'",
    "INSERT INTO account_role VALUES (1, 'auditor')",
    "DELETE FROM account_scope",
])
def test_a_change_past_the_engine_is_found(worked: Review, statement: str) -> None:
    tamper(worked, statement)

    assert review.verify(worked) != []


def test_entries_swapped_are_found(worked: Review) -> None:
    tamper(worked, "UPDATE audit SET audit_id = 100 WHERE audit_id = 3",
           "UPDATE audit SET audit_id = 3 WHERE audit_id = 4", "UPDATE audit SET audit_id = 4 WHERE audit_id = 100")

    assert review.verify(worked) != []


def test_a_cut_tail_is_found_by_an_anchor_alone(worked: Review) -> None:
    with worked.reading() as connection:
        last = audit.anchor(connection)
    audit.refused(worked, Who("wang"), "read", "clue:C1", "E-X")
    with worked.reading() as connection:
        anchor = audit.anchor(connection)

    tamper(worked, f"DELETE FROM audit WHERE audit_id > {last.number}")

    assert review.verify(worked) == []
    assert "末尾被截去" in review.verify(worked, {anchor.number: anchor.hash})[0]


def test_a_chain_written_anew_is_found_by_an_anchor(worked: Review) -> None:
    with worked.reading() as connection:
        anchor = audit.anchor(connection)

    assert review.verify(worked, {anchor.number: anchor.hash}) == []
    assert "重写" in review.verify(worked, {anchor.number: "0" * 64})[0]


def test_reading_a_clue_leaves_an_entry(worked: Review) -> None:
    review.browsing.open_clue(worked, person(worked, "li"), "C2")

    newest = review.browsing.entries(worked)[0]

    assert (newest["actor"], newest["action"], newest["object"]) == ("li某（li）", "read", "clue:C2")


def test_a_refused_decision_leaves_no_entry_of_its_own(worked: Review) -> None:
    before = value(worked, "SELECT count(*) FROM audit")

    with pytest.raises(EngineError):
        review.judge(worked, person(worked, "sun", ("auditor",)), "C1", 3, [Decision("F1late", "confirm")])

    assert value(worked, "SELECT count(*) FROM audit") == int(str(before)) + 1     # the account's own
