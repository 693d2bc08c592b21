"""Publishing: a run copied in whole, decisions kept, states that follow from them."""

import polars as pl
import pytest
from review_world import batch, clue, finding, night, person, publish, value

from engine import review
from engine.review import Decision, Review
from engine.review.filters import Query
from engine.review.memo import MOST, Memo


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


WRITTEN = {True: "SELECT count(*) FROM written",
           False: "SELECT count(*) FROM clue JOIN finding USING (clue_id) JOIN finding_text u USING (finding_id) WHERE "
                  "greatest(clue.xmin::text::int, finding.xmin::text::int, u.xmin::text::int) > {0}"}
"""Rows written since: told by triggers, or by the transaction that wrote them."""


def test_publishing_again_writes_no_row_that_is_the_same(base: Review) -> None:
    rows = [clue(1, amount_cents=None), clue(2), finding(1), finding(2)]
    publish(base, *rows)
    publish(base, *rows)
    with base.writing() as connection:
        if base.is_sqlite:
            connection.exec_driver_sql("CREATE TABLE written (name TEXT)")
            for name in ("clue", "clue_text", "finding", "finding_text"):
                connection.exec_driver_sql(f"CREATE TRIGGER w_{name} AFTER UPDATE ON {name} BEGIN "
                                           f"INSERT INTO written VALUES ('{name}'); END")
        now = "" if base.is_sqlite else connection.exec_driver_sql("SELECT txid_current()").scalar()

    publish(base, *rows, number=2)
    assert value(base, WRITTEN[base.is_sqlite].format(now)) == 0

    publish(base, *rows[:1], clue(2, score=1.0), *rows[2:], number=3)
    assert value(base, WRITTEN[base.is_sqlite].format(now)) == 1


def test_a_clue_tells_the_last_run_that_named_it(base: Review) -> None:
    wang = person(base)
    for number in (1, 2):
        publish(base, clue(1), clue(2), finding(1), finding(2), number=number)
    publish(base, clue(2), finding(2), number=3)
    publish(base, clue(2), finding(2), number=4)

    told = [review.browsing.open_clue(base, wang, clue_id).run for clue_id in ("C1", "C2")]

    assert [run["run_id"] if run else None for run in told] == [2, 4]


def test_counts_follow_every_decision_and_publication_at_once(base: Review) -> None:
    publish(base, clue(1), clue(2), finding(1), finding(2))
    wang = person(base)
    counts = [review.browsing.find(base, wang, Query()).by_state]
    review.judge(base, wang, "C1", 1, [Decision("F1late", "confirm")])
    counts.append(review.browsing.find(base, wang, Query()).by_state)
    publish(base, clue(2), finding(2), number=2)
    counts.append(review.browsing.find(base, wang, Query()).by_state)

    assert counts == [{"open": 2}, {"open": 1, "confirmed": 1}, {"open": 1}]


def test_what_is_remembered_is_nobody_else_s(base: Review) -> None:
    publish(base, clue(1), clue(2, division="411103", unit="别处的局"), finding(1), finding(2))
    chief, wang = person(base, "chief"), person(base, "wang", scopes=(("411102", ""),))

    assert len(review.browsing.choices(base, chief)["unit"]) == 2
    assert [unit for unit, _ in review.browsing.choices(base, wang)["unit"]] == ["测试市某局"]
    assert review.browsing.find(base, chief, Query()).matching == 2
    assert [row["clue_id"] for row in review.browsing.find(base, wang, Query()).rows] == ["C1"]


def test_no_more_is_remembered_than_fits() -> None:
    memo = Memo()
    for number in range(MOST + 1):
        memo.get(number, lambda: 1)

    assert memo.get(MOST, lambda: 2) == 1
    assert memo.get(0, lambda: 2) == 2


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
