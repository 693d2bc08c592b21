"""The follow-up ledger: which step may follow which, days that run forward, terms of law, corrections."""

import re
from datetime import date
from pathlib import Path

import pytest
from review_world import clue, finding, person, publish, value

from engine import review
from engine.errors import EngineError
from engine.law import read_law
from engine.review import Actor, Review, audit, ledger, schema

LAW = Path(__file__).parents[1] / "rules" / "law"

LETTERS = {
    "h": "handed_over", "o": "case_opened", "n": "not_opened", "i": "investigated", "d": "opinion", "s": "served",
    "r": "reply", "v": "supervise", "e": "rectified", "t": "terminated", "c": "closed", "a": "archived",
}

IMPOSSIBLE = [
    "c.*[^ah]", "a.*a", "^[^c]*a", "o.*[on]", "n.*[noi]", "^[^o]*[dt]", "t.*[td]", "^[^d]*s", "s.*s", "^[^s]*[re]",
    "^[^r]*v", "^[^ntreh]*c", "d[^s]*c", "s[^re]*c", "^[^dt]*o[^dt]*c",
]
"""Courses of a case with one document that cannot be, one letter a step."""


def stand(course: str) -> list[dict[str, object]]:
    """Return a course as entries that stand, all about the one document."""
    document = course.find("d") + 1
    about = [document if ledger.ORDER[LETTERS[letter]].about else None for letter in course]
    return [{"root": n, "step": LETTERS[letter], "about": about[n - 1]} for n, letter in enumerate(course, 1)]


def test_every_course_of_a_case_is_possible_or_refused_as_the_order_says() -> None:
    courses, wrong = [""], []
    for course in courses:
        offered = ledger.possible(stand(course))
        for letter, step in LETTERS.items():
            if letter == "d" and "d" in course:
                continue
            may_be = not any(re.search(pattern, course + letter) for pattern in IMPOSSIBLE)
            if may_be != (step in offered):
                wrong.append(course + letter)
            if may_be and len(course) < 6:
                courses.append(course + letter)

    assert wrong == []
    assert len(courses) > 2000


@pytest.fixture
def wang(base: Review) -> Actor:
    review.publish_law(base, read_law(LAW))
    publish(base, clue(1), finding(1), clue(2, unit="测试市某区人民法院"), finding(2),
            clue(3, field="行刑反向衔接"), finding(3))
    return person(base)


def write(base: Review, actor: Actor, *steps: dict[str, object], clue_id: str = "C1") -> None:
    """Write steps into a clue's ledger, each on 1 October 2026 unless it says otherwise."""
    for step in steps:
        version = int(str(value(base, f"SELECT version FROM clue WHERE clue_id = '{clue_id}'")))
        review.follow(base, actor, clue_id, version, {"happened_on": date(2026, 10, 1)} | step)


def step(code: str, day: str = "2026-10-01", **fields: object) -> dict[str, object]:
    """Return a step of the ledger."""
    return {"step": code, "happened_on": date.fromisoformat(day)} | fields


def entries(base: Review, clue_id: str = "C1") -> list[ledger.Entry]:
    """Return what stands in a clue's ledger."""
    with base.reading() as connection:
        return ledger.standing(connection, clue_id)


@pytest.mark.parametrize(("document", "clue_id", "served_on", "due_on"), [
    ("opinion", "C1", "2026-08-01", "2026-10-08"),          # 10月1日至7日国庆放假
    ("opinion", "C1", "2025-12-31", "2026-02-28"),          # 二月没有31日；28日星期六补班，不顺延
    ("recommendation", "C1", "2026-08-24", "2026-10-26"),   # 10月24日星期六
    ("recommendation", "C2", "2026-07-24", "2026-10-26"),   # 对法院三个月
    ("retrial", "C2", "2026-06-24", "2026-09-24"),
    ("opinion", "C1", "2026-11-02", "2027-01-04"),          # 1月2日星期六，2027年放假安排未公布
])
def test_a_reply_is_due_as_the_law_counts(
    base: Review, wang: Actor, document: str, clue_id: str, served_on: str, due_on: str,
) -> None:
    write(base, wang, step("case_opened", "2025-12-01"), step(document, "2025-12-01"), step("served", served_on),
          clue_id=clue_id)

    assert entries(base, clue_id)[-1]["due_on"] == date.fromisoformat(due_on)


def test_a_date_shows_its_working_and_its_doubt(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("opinion"), step("served", "2026-11-02"))

    words = entries(base)[-1]["due_words"]

    assert all(part in words for part in (
        "自2026年11月2日次日起算2个月", "2027年1月2日（星期六）为休息日", "顺延至2027年1月4日",
        "2026年以后的放假安排还没有公布", "关于推进行政执法与刑事司法衔接工作的规定", "把握中"))


def test_an_examination_of_a_referral_is_due_after_ten_working_days(base: Review, wang: Actor) -> None:
    # 9月25日至27日中秋，10月1日至7日国庆，10月10日星期六上班
    write(base, wang, step("case_opened", "2026-09-23"), clue_id="C3")

    assert entries(base, "C3")[0]["due_on"] == date(2026, 10, 14)
    assert str(value(base, "SELECT follow_due_on FROM clue WHERE clue_id = 'C3'")) == "2026-10-14"


def test_a_term_named_in_the_letter_counts_with_its_reason(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("opinion"))

    with pytest.raises(EngineError, match="E-REVIEW-WORDS"):
        write(base, wang, step("served", due_on=date(2026, 10, 20)))
    write(base, wang, step("served", due_on=date(2026, 10, 20), words="情况紧急，意见书要求二十日内回复"))

    assert entries(base)[-1]["due_on"] == date(2026, 10, 20)
    assert "依法计算" in entries(base)[-1]["due_words"]


def test_a_notice_of_correction_has_no_term_but_its_own(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("correction"), step("served"))

    assert entries(base)[-1]["due_on"] is None


def test_a_step_out_of_order_says_what_is_missing(base: Review, wang: Actor) -> None:
    with pytest.raises(EngineError, match="不能记“检察意见”：前面没有“立案（成案）”"):
        write(base, wang, step("opinion"))

    assert value(base, "SELECT count(*) FROM follow_up") == 0
    assert value(base, "SELECT version FROM clue WHERE clue_id = 'C1'") == 1


@pytest.mark.parametrize("wrong", [
    step("opinion", "2026-09-30"), step("opinion", "2026-11-03"), step("handed_over"), step("terminated"),
    step("opinion", due_on=date(2026, 12, 1)), step("burnt"), step("struck"), step("investigated", replaces=99),
    {"step": "investigated", "happened_on": None},
], ids=["before the case", "tomorrow", "to whom", "why", "no term", "unknown", "strike what", "correct what", "when"])
def test_half_a_step_is_refused(base: Review, wang: Actor, wrong: dict[str, object]) -> None:
    write(base, wang, step("case_opened"))

    with pytest.raises(EngineError):
        write(base, wang, wrong)

    assert value(base, "SELECT count(*) FROM follow_up") == 1


def test_no_reply_in_time_is_not_told_before_the_time(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened", "2026-08-01"), step("opinion", "2026-08-01"), step("served", "2026-08-01"))

    with pytest.raises(EngineError, match="回复期限到 2026-10-08"):
        write(base, wang, step("reply", "2026-10-08", outcome="none"))
    write(base, wang, step("reply", "2026-10-09", outcome="none"))

    assert str(value(base, "SELECT follow_due_on FROM clue WHERE clue_id = 'C1'")) == "2026-10-08"


def test_a_case_ends_with_its_money(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("recommendation", document_no="测检建〔2026〕1号"), step("served"),
          step("reply", outcome="adopted"), step("rectified", recovered_cents=123_456_00), step("closed"),
          step("archived"))

    assert [e["step"] for e in entries(base)][-2:] == ["closed", "archived"]
    assert value(base, "SELECT sum(recovered_cents) FROM follow_up") == 123_456_00
    assert value(base, "SELECT follow_due_on FROM clue WHERE clue_id = 'C1'") is None
    assert review.verify(base) == []


def test_a_document_without_an_answer_keeps_the_case_open(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("opinion"), step("recommendation"), step("served", about=2),
          step("reply", about=2, outcome="adopted"))

    with pytest.raises(EngineError, match="《检察建议》还没有送达"):
        write(base, wang, step("closed"))


def test_of_several_documents_one_must_be_named(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("opinion"), step("recommendation"))

    with pytest.raises(EngineError, match="没有选所针对的文书"):
        write(base, wang, step("served"))


def test_a_correction_stands_in_the_place_of_what_it_corrects(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("opinion"), step("served"),
          step("reply", "2026-10-20", outcome="partly"))
    write(base, wang, step("served", "2026-10-10", replaces=3))

    assert [(e["step"], str(e["happened_on"])) for e in entries(base)][2] == ("served", "2026-10-10")
    assert value(base, "SELECT count(*) FROM follow_up") == 5
    assert review.verify(base) == []


def test_a_correction_that_overthrows_what_follows_is_refused(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("opinion"), step("served"),
          step("reply", "2026-10-20", outcome="partly"))

    with pytest.raises(EngineError, match="早于它前面步骤的日期"):
        write(base, wang, step("served", "2026-10-21", replaces=3))
    with pytest.raises(EngineError, match="不能记“回复”"):
        write(base, wang, step("struck", replaces=3))


def test_an_entry_taken_back_may_be_written_again(base: Review, wang: Actor) -> None:
    write(base, wang, step("not_opened", words="证据不足"), step("struck", replaces=1), step("case_opened"))

    assert [e["step"] for e in entries(base)] == ["case_opened"]
    assert value(base, "SELECT step FROM clue WHERE clue_id = 'C1'") == "case_opened"


def test_a_row_from_before_the_new_columns_keeps_its_hash(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"))
    with base.reading() as connection:
        row = dict(connection.execute(schema.follow_up.select()).mappings().one())
        old = {name: held for name, held in row.items() if name not in schema.LATER}

    assert audit.row_hash(row) == audit.row_hash(old)


def test_a_date_changed_past_the_engine_is_found(base: Review, wang: Actor) -> None:
    write(base, wang, step("case_opened"), step("opinion"), step("served"))
    with base.writing() as connection:
        connection.exec_driver_sql("UPDATE clue SET follow_due_on = '2030-01-01' WHERE clue_id = 'C1'")

    assert review.verify(base) == ["线索 C1 的跟进步骤、期限与台账不符"]
