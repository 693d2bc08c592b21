"""Publishing: a run copied in whole, decisions kept, states that follow from them."""

import polars as pl
import pytest
from review_world import batch, clue, finding, night, person, publish, value

from engine import review
from engine.review import Decision, Review


def state(base: Review, clue_id: str = "C1") -> tuple[object, ...]:
    return tuple(value(base, f"SELECT {name} FROM clue WHERE clue_id = '{clue_id}'")
                 for name in ("state", "presence", "version"))


def test_published_clues_can_be_read(base: Review) -> None:
    publish(base, clue(1), clue(2), finding(1), finding(2))

    opened = review.browsing.open_clue(base, person(base), "C2")

    assert opened.clue["party"] == "测试2公司"
    assert [f["say"] for f in opened.findings] == ["第2件超30日"]


@pytest.mark.parametrize("text", ["带\n换行", '引"号，逗,号', "\\N", "", "𠮷㐀䶮", "\t制表", "=1+1"])
def test_every_text_arrives_as_it_is(base: Review, text: str) -> None:
    publish(base, clue(party=text), finding(say=text))

    assert value(base, "SELECT party FROM clue") == text
    assert value(base, "SELECT say FROM finding_text") == text


def test_what_is_not_known_stays_unknown(base: Review) -> None:
    publish(base, clue(amount_cents=None, score=None), finding())

    assert value(base, "SELECT amount_cents FROM clue") is None
    assert value(base, "SELECT score FROM clue") is None


def test_publishing_twice_changes_no_version(base: Review) -> None:
    publish(base, clue(), finding())
    publish(base, clue(), finding())

    assert state(base) == ("open", "standing", 1)
    assert value(base, "SELECT count(*) FROM finding") == 1


def test_a_broken_publication_leaves_nothing(base: Review) -> None:
    publish(base, clue(), finding())

    def batches():
        yield batch(clue(1, party="另一个"), clue(2), finding(1), finding(2))
        raise RuntimeError("打断")

    with pytest.raises(RuntimeError):
        review.publish(base, night(2), batches())

    assert value(base, "SELECT count(*) FROM clue") == 1
    assert value(base, "SELECT party FROM clue") == "测试1公司"


def test_new_words_on_the_same_evidence_keep_the_version(base: Review) -> None:
    publish(base, clue(), finding())
    publish(base, clue(says="已等待31日"), finding(say="已等待31日"), number=2)

    assert state(base) == ("open", "standing", 1)
    assert value(base, "SELECT say FROM finding_text") == "已等待31日"


@pytest.mark.parametrize("now", [[finding(evidence_hash="e2")], [finding(), finding(rule="slow", turn=2)],
                                 [finding(rule="slow")]], ids=["value", "one more", "another"])
def test_other_evidence_moves_the_version(base: Review, now: list[dict[str, object]]) -> None:
    publish(base, clue(), finding())
    publish(base, clue(), *now, number=2)

    assert int(str(state(base)[2])) > 1


def test_a_decision_holds_on_the_same_evidence(base: Review) -> None:
    publish(base, clue(), finding())
    review.judge(base, person(base), "C1", 1, [Decision("F1late", "confirm")])

    publish(base, clue(score=12.0), finding(), number=2)

    assert state(base) == ("confirmed", "standing", 2)


def test_a_decision_ends_with_its_evidence(base: Review) -> None:
    publish(base, clue(), finding())
    review.judge(base, person(base), "C1", 1, [Decision("F1late", "dismiss", "lawful")])

    publish(base, clue(), finding(evidence_hash="e2"), number=2)

    assert state(base)[0] == "open"


def test_a_dismissed_finding_that_stays_away_is_shown_as_such(base: Review) -> None:
    publish(base, clue(1), clue(2), finding(1), finding(2))
    review.judge(base, person(base), "C1", 1, [Decision("F1late", "dismiss", "lawful")])

    publish(base, clue(2), finding(2), held=("F1late",), number=2)

    assert state(base) == ("dismissed", "held", 2)


def test_a_clue_that_left_says_why(base: Review) -> None:
    publish(base, clue(1), finding(1))
    review.publish(base, night(2), [batch(clue(2), finding(2))],
                   gone=pl.DataFrame({"clue_id": ["C1"], "reason": ["已缴清"]}))

    assert state(base)[1] == "gone"
    assert value(base, "SELECT gone_reason FROM clue WHERE clue_id = 'C1'") == "已缴清"


def test_a_clue_that_comes_back_stands_again(base: Review) -> None:
    publish(base, clue(1), finding(1))
    publish(base, clue(2), finding(2), number=2)
    publish(base, clue(1), finding(1), number=3)

    assert state(base)[1] == "standing"
    assert value(base, "SELECT gone_reason FROM clue WHERE clue_id = 'C1'") == ""


def test_one_undecided_finding_keeps_a_clue_open(base: Review) -> None:
    publish(base, clue(), finding(), finding(rule="slow", turn=2))
    review.judge(base, person(base), "C1", 1, [Decision("F1late", "dismiss", "lawful")])

    assert state(base)[0] == "open"


@pytest.mark.parametrize(("second", "expected"), [
    (Decision("F1slow", "confirm"), "confirmed"), (Decision("F1slow", "dismiss", "minor"), "dismissed"),
    (Decision("F1slow", "need_material", words="送达回证"), "need_material"),
    (Decision("F1slow", "transfer", transfer_to="公益诉讼部门"), "transferred"),
])
def test_the_furthest_decision_leads(base: Review, second: Decision, expected: str) -> None:
    publish(base, clue(), finding(), finding(rule="slow", turn=2))

    review.judge(base, person(base), "C1", 1, [Decision("F1late", "dismiss", "lawful"), second])

    assert state(base)[0] == expected


def test_a_head_s_other_department_stays_after_the_next_run(base: Review) -> None:
    publish(base, clue(), finding())
    with base.writing() as connection:
        connection.exec_driver_sql("UPDATE clue SET department = '公益诉讼部门'")

    publish(base, clue(), finding(), number=2)

    assert value(base, "SELECT department FROM clue") == "公益诉讼部门"


def test_a_publication_counts_what_stands(base: Review) -> None:
    done = publish(base, clue(1), clue(2), finding(1), finding(2), finding(2, rule="slow"))

    assert (done.clues, done.findings) == (2, 3)
    assert value(base, "SELECT clues FROM run") == 2
