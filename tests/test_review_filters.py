"""The list's filters: what each finds, what it hides, what it refuses, and how it is taken off again."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from review_world import Clock, clue, finding, night, person, publish
from web_world import Browser

from engine import review
from engine.errors import EngineError
from engine.export.clue_kinds import LIVELIHOOD
from engine.review import Actor, Review, browsing, filters
from engine.review.filters import Query, read

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture
def listed(base: Review) -> Review:
    """A database with three clues that differ in everything the list filters by."""
    publish(base, clue(1, amount_cents=500_00, score=90.0, division="411102", unit="甲局", enterprise="yes",
                       livelihood="yes", first_run=1, first_on=date(2026, 9, 1), status="持续"),
            clue(2, amount_cents=70_000_00, score=70.0, division="411103", unit="乙局", enterprise="no",
                 livelihood="no", first_run=2, first_on=date(2026, 10, 30)),
            clue(3, amount_cents=None, score=None, division="", unit="", enterprise="unknown", first_run=2,
                 first_on=None, field="行刑反向衔接"),
            finding(1), finding(2), finding(3, rule="slow"), number=2)
    return base


@pytest.fixture
def wang(listed: Review) -> Actor:
    """A head who sees everything; C1 is given to them, due tomorrow, C2 was due yesterday."""
    head = person(listed, "wang", ("head",))
    review.assign(listed, head, {"C1": 1}, head.account_id, date(2026, 11, 3))
    review.assign(listed, head, {"C2": 1}, None, date(2026, 11, 1))
    return head


FINDS = [
    ({"amount_from": "500"}, "1 2"), ({"amount_from": "500.01"}, "2"), ({"amount_to": "500"}, "1"),
    ({"amount_from": "1,000", "amount_to": "70000"}, "2"), ({"score_from": "70"}, "1 2"), ({"score_from": "70.1"}, "1"),
    ({"due": "overdue"}, "2"), ({"due": "week"}, "1"), ({"due": "none"}, "3"), ({"due_from": "2026-11-02"}, "1"),
    ({"due_from": "2026-11-01", "due_to": "2026-11-01"}, "2"), ({"unit": "甲局"}, "1"), ({"division": "4111"}, "1 2"),
    ({"division": "411103"}, "2"), ({"status": "新增"}, "2 3"), ({"rule": "non_litigation.slow"}, "3"),
    ({"field": "行刑反向衔接"}, "3"), ({"found": "tonight"}, "2 3"), ({"found": "7"}, "2"), ({"found": "30"}, "2"),
    ({"enterprise": "yes"}, "1"), ({"enterprise": "no"}, "2"), ({"enterprise": "unknown"}, "3"),
    ({"livelihood": "yes"}, "1"), ({"livelihood": "unknown"}, "3"), ({"assignee": "me"}, "1"),
    ({"assignee": "nobody"}, "2 3"), ({"words": "豫1102行审 测试2"}, "2"), ({"words": "%"}, ""), ({"words": "_"}, ""),
    ({"unit": "没有这个单位"}, ""), ({"rule": "没有.这条"}, ""), ({"presence": "gone"}, ""),
    ({"state": "confirmed"}, ""),
    ({"amount_from": "1", "division": "411103", "enterprise": "no"}, "2"), ({"unknown": "x"}, "1 2 3"),
]


@pytest.mark.parametrize(("asked", "expected"), FINDS, ids=[str(asked) for asked, _ in FINDS])
def test_a_filter_finds_these_and_counts_the_rest_as_hidden(
    listed: Review, wang: Actor, asked: dict[str, str], expected: str
) -> None:
    found = browsing.find(listed, wang, read(asked))

    assert [row["clue_id"] for row in found.rows] == [f"C{n}" for n in expected.split()]
    assert (found.matching, found.matching + found.hidden) == (len(expected.split()), 3)


@pytest.mark.parametrize(("sort", "expected"), [("place", "123"), ("score", "123"), ("amount", "213"), ("due", "213"),
                                                ("newest", "213")])
def test_the_list_is_ordered_and_what_is_unknown_comes_last(
    listed: Review, wang: Actor, sort: str, expected: str
) -> None:
    found = browsing.find(listed, wang, Query(sort=sort))

    assert [row["clue_id"] for row in found.rows] == [f"C{n}" for n in expected]


def test_a_decided_clue_is_not_overdue(listed: Review, wang: Actor) -> None:
    review.judge(listed, wang, "C2", 2, [review.Decision("F2late", "confirm")])

    assert browsing.find(listed, wang, Query(due="overdue")).matching == 0


def test_what_was_new_is_not_after_the_next_night(listed: Review, wang: Actor) -> None:
    review.publish(listed, night(3), [])

    assert browsing.find(listed, wang, Query(presence="", found="tonight")).matching == 0


REFUSED = [("state", "x"), ("presence", "x"), ("status", "x"), ("assignee", "1"), ("due", "x"), ("found", "x"),
           ("enterprise", "maybe"), ("livelihood", "x"), ("sort", "x"), ("division", "漯河"), ("division", "4111020"),
           ("division", "٤١"), ("amount_from", "十"), ("amount_to", "-1"), ("amount_from", "1e99"),
           ("amount_to", "nan"),
           ("score_from", "inf"), ("due_from", "昨天"), ("due_to", "2026-02-30"), ("page", "0"), ("page", "x"),
           ("page", "9" * 30), ("page", "²"), ("words", "x" * 201), ("words", "a\0b"),
           ("words", "一 二 三 四 五 六 七 八 九"),
           ("unit", "x" * 201)]


@pytest.mark.parametrize(("name", "value"), REFUSED, ids=[f"{n}={v[:9]!r}" for n, v in REFUSED])
def test_a_filter_that_cannot_be_meant_is_refused_in_chinese(name: str, value: str) -> None:
    with pytest.raises(EngineError, match="E-REVIEW-FILTER"):
        read({name: value})


@pytest.mark.parametrize("ends", [{"amount_from": "5", "amount_to": "4"},
                                  {"due_from": "2026-11-02", "due_to": "2026-11-01"}])
def test_a_span_turned_round_is_refused(ends: dict[str, str]) -> None:
    with pytest.raises(EngineError, match="起点在终点之后"):
        read(ends)


def test_every_filter_that_is_on_has_a_chip_that_takes_it_off(listed: Review) -> None:
    everything = Query(
        "甲 乙", "open", "standing", "新增", "某领域", "a.b", "甲局", "4111", "me", "1", "2", "3", "week", "2026-11-01",
        "2026-11-02", "7", "yes", "no", "amount", 3)
    left: dict[str, Any] = vars(everything)

    for chip in filters.chips(everything, {"a.b": "超期"}):
        if "words" not in chip.without:
            left = left | chip.without

    assert Query(**left) == Query(words="甲 乙", presence="", sort="amount", page=3)


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Browser]:
    """Yield a head's browser on a workbench with two clues."""
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    publish(base, clue(1), clue(2, unit="<b>局"), finding(1), finding(2))
    yield Browser(base, person(base, "zhao", ("head",)))
    base.close()


def test_the_page_shows_each_filter_with_its_way_back(site: Browser) -> None:
    shown = site.get("/clues", params={"amount_from": "150", "unit": "<b>局", "page": "1"}).text

    assert "<strong>1</strong> 条，筛选条件另外隐去 1 条" in shown
    assert '<a href="/clues?amount_from=150" aria-label="去掉：被监督单位：&lt;b&gt;局">×</a>' in shown
    assert '<a href="/clues?unit=%3Cb%3E%E5%B1%80" aria-label="去掉：金额：150元起">×</a>' in shown
    assert "<details open>" in shown


@pytest.mark.parametrize("address", ["/clues?state=x", "/clues?page=x", "/clues?amount_from=abc", "/clues?due_to=1"])
def test_a_wrong_address_is_answered_in_chinese(site: Browser, address: str) -> None:
    answer = site.get(address)

    assert answer.status_code == 400
    assert "筛选条件“" in answer.text


def test_the_manual_prints_the_words_of_livelihood() -> None:
    manual = (DOCS / "review.md").read_text(encoding="utf-8")

    assert [w for words in LIVELIHOOD.values() for w in words if w not in manual] == []
