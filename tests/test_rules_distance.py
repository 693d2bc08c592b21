"""`why` tells for each comparison how far it is from turning, and for the answer by how many days it stands."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_world import filled, good, penalty_link
from test_rules_answers import AS_OF, LATE, REVIEW, SERVED

from engine.rules import Explanation, explain
from engine.rules.distance import _TURNS


def told(folder: Path, review: dict[str, Any], penalty: dict[str, Any] | None = None) -> Explanation:
    """Return why the late application of tests (last day 2024-04-07) is answered as it is."""
    store = filled(court_review=[REVIEW | review], penalty=[SERVED | (penalty or {})], link=[penalty_link(10, 1)])
    return explain(store, good(folder, LATE), "trial.it", 10, AS_OF)


def test_a_hit_tells_by_how_many_days_it_stands(tmp_path: Path) -> None:
    found = told(tmp_path, {"applied_on": date(2024, 4, 9)})

    assert (found.answer, found.other_answer) == ("hit", "差2日即不再命中")
    assert found.conditions[0].measured == ("申请执行日2024年4月9日 > last_day2024年4月7日：成立，差2日即不成立",)


@pytest.mark.parametrize(("applied_on", "days"), [(date(2024, 4, 7), "1"), (date(2024, 4, 6), "2")])
def test_a_clear_answer_tells_how_many_days_are_short(tmp_path: Path, applied_on: date, days: str) -> None:
    found = told(tmp_path, {"applied_on": applied_on})

    assert (found.answer, found.other_answer) == ("clear", f"只差{days}日，条件“申请执行日 > last_day”即成立")
    assert found.conditions[0].measured[0].endswith(f"：不成立，差{days}日即成立")


def test_a_comparison_with_an_unknown_side_has_no_distance(tmp_path: Path) -> None:
    found = told(tmp_path, {"applied_on": None})

    assert (found.answer, found.other_answer, found.conditions[0].measured) == ("gap", "", ())


def test_what_fails_in_two_conditions_is_not_nearly_a_hit(tmp_path: Path) -> None:
    found = told(tmp_path, {"applied_on": date(2024, 4, 6), "ruling": "refused"})

    assert (found.answer, found.other_answer) == ("clear", "")


MEASURES = """
    subject: penalty
    let:
      late: days_between(decided_on, served_on) > 7
      took: workdays_between(decided_on, served_on)
    when:
      - {is: sum, expr: fine_yuan >= 200.00}
      - {is: days, expr: late}
      - {is: work, expr: took > 7}
      - {is: share, expr: fine_yuan / 3 < 100}
    """


def test_sums_and_counts_are_told_in_their_own_measure(tmp_path: Path) -> None:
    row = {"record_id": 1, "fine_yuan": Decimal("199.98"), "decided_on": date(2024, 3, 1),
           "served_on": date(2024, 3, 14)}

    found = explain(filled(penalty=[row]), good(tmp_path, MEASURES), "trial.it", 1, AS_OF)

    assert [c.measured for c in found.conditions] == [
        ("罚款金额199.98元 >= 200：不成立，差0.02元即成立",),
        ("13 > 7：成立，差6日即不成立",),
        ("took9 > 7：成立，差2个工作日即不成立",),
        ("66.66元 < 100：成立，差33.34元即不成立",),
    ]


@given(st.sampled_from(sorted(_TURNS)), st.integers(-50, 50))
def test_a_comparison_turns_after_its_distance_and_not_before(sign: str, margin: int) -> None:
    truth, distance = _TURNS[sign](Decimal(margin), Decimal(1))

    reached = [_TURNS[sign](Decimal(margin + way * n), Decimal(1))[0] for n in range(int(distance)) for way in (-1, 1)]
    turned = [_TURNS[sign](Decimal(margin + way * int(distance)), Decimal(1))[0] for way in (-1, 1)]

    assert set(reached) <= {truth}
    assert (not truth) in turned
