"""Views of the list kept under a name: private, shared by a head, entered by, bounded, and never more than text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from review_world import Clock, clue, finding, person, publish
from web_world import Browser

from engine import review
from engine.errors import EngineError
from engine.review import Actor, Review, views
from engine.review.filters import Query


@pytest.fixture
def wang(base: Review) -> Actor:
    return person(base, "wang", ("head",), (("4111", "行政检察部门"),))


def names(base: Review, actor: Actor) -> list[str]:
    return [view.name for view in views.views(base, actor)]


def test_a_view_keeps_what_the_list_was_asked_for(base: Review, wang: Actor) -> None:
    views.keep(base, wang, " 大额 ", Query(words="甲 乙", presence="", amount_from="50000", sort="amount", page=3))

    kept, = views.views(base, wang)

    assert (kept.name, kept.is_own, kept.is_shared, kept.is_first) == ("大额", True, False, False)
    assert kept.asked == {"words": "甲 乙", "presence": "", "amount_from": "50000", "sort": "amount"}


def test_the_same_name_replaces(base: Review, wang: Actor) -> None:
    views.keep(base, wang, "大额", Query(amount_from="1"))
    views.keep(base, wang, "大额", Query(amount_from="2"))

    assert [view.asked for view in views.views(base, wang)] == [{"amount_from": "2"}]


def test_a_view_is_private(base: Review, wang: Actor) -> None:
    views.keep(base, wang, "大额", Query())
    li = person(base, "li", ("head",), (("4111", "行政检察部门"),))

    assert names(base, li) == []
    for change in (lambda: views.rename(base, li, 1, "我的"), lambda: views.drop(base, li, 1),
                   lambda: views.enter_by(base, li, 1)):
        with pytest.raises(EngineError, match="E-REVIEW-VIEW"):
            change()
    assert names(base, wang) == ["大额"]


@pytest.mark.parametrize(("scopes", "sees"), [
    ((("41", "行政检察部门"),), True), ((("", ""),), True), ((("4111", "公益诉讼部门"),), False), ((), False),
])
def test_a_head_shares_a_view_with_the_department(
    base: Review, wang: Actor, scopes: tuple[tuple[str, str], ...], sees: bool
) -> None:
    views.keep(base, wang, "大额", Query(), shared=True)
    li = person(base, "li", ("handler",), scopes)

    assert names(base, li) == (["大额"] if sees else [])
    with pytest.raises(EngineError, match="E-REVIEW-VIEW"):
        views.rename(base, li, 1, "我的")


def test_a_handler_shares_nothing(base: Review) -> None:
    with pytest.raises(EngineError, match="E-RIGHTS"):
        views.keep(base, person(base), "大额", Query(), shared=True)


def test_what_a_head_shared_ends_with_the_role(base: Review, wang: Actor) -> None:
    views.keep(base, wang, "大额", Query(), shared=True)
    li = person(base, "li")

    review.accounts.grant(base, review.Who("测试"), "wang", ["handler"], [("", "")])

    assert names(base, li) == []


def test_one_enters_by_a_view_until_it_is_gone(base: Review, wang: Actor) -> None:
    views.keep(base, wang, "大额", Query(amount_from="1"), shared=True)
    li = person(base, "li")
    for actor in (wang, li):
        views.enter_by(base, actor, 1)
        assert views.entrance(base, actor) == {"amount_from": "1"}

    views.drop(base, wang, 1)

    assert (views.entrance(base, wang), views.entrance(base, li)) == ({}, {})


def test_a_view_no_longer_shared_is_entered_by_no_more(base: Review, wang: Actor) -> None:
    views.keep(base, wang, "大额", Query(amount_from="1"), shared=True)
    li = person(base, "li")
    views.enter_by(base, li, 1)

    views.keep(base, wang, "大额", Query(amount_from="1"))

    assert views.entrance(base, li) == {}


@pytest.mark.parametrize("name", ["", "  ", "一" * 31, "a\u202eb", "a\u200bb", "a\0b"])
def test_an_unfit_name_is_refused(base: Review, wang: Actor, name: str) -> None:
    views.keep(base, wang, "好", Query())

    with pytest.raises(EngineError, match="E-REVIEW-VIEW"):
        views.keep(base, wang, name, Query())
    with pytest.raises(EngineError, match="E-REVIEW-VIEW"):
        views.rename(base, wang, 1, name)


def test_a_taken_name_is_refused(base: Review, wang: Actor) -> None:
    views.keep(base, wang, "甲", Query())
    views.keep(base, wang, "乙", Query())

    with pytest.raises(EngineError, match="同名"):
        views.rename(base, wang, 1, "乙")
    views.rename(base, wang, 1, "丙")

    assert names(base, wang) == ["丙", "乙"]


def test_an_account_keeps_fifty_views(base: Review, wang: Actor) -> None:
    for number in range(50):
        views.keep(base, wang, f"视图{number}", Query())

    views.keep(base, wang, "视图0", Query(due="week"))
    with pytest.raises(EngineError, match="已有50个视图"):
        views.keep(base, wang, "又一个", Query())


def test_every_change_is_in_the_audit(base: Review, wang: Actor) -> None:
    views.keep(base, wang, "甲", Query())
    views.rename(base, wang, 1, "乙")
    views.enter_by(base, wang, 1)
    views.drop(base, wang, 1)

    assert [e["action"] for e in review.browsing.entries(base)][:4] == [
        "view:drop", "view:first", "view:rename", "view:keep"]
    assert review.verify(base) == []


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Browser]:
    """Yield a head's browser on a workbench with one clue."""
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    publish(base, clue(1), finding(1))
    yield Browser(base, person(base, "zhao", ("head",)))
    base.close()


def test_a_view_is_kept_opened_entered_by_and_deleted_on_the_page(site: Browser) -> None:
    kept = site.post("/views", data=site.form(name="本周", asked="due=week&presence=", shared="1"))
    shown = site.get(kept.headers["location"]).text
    site.post("/views/first", data=site.form(view_id=1))
    entered = site.get("/").headers["location"]
    site.post("/views/rename", data=site.form(view_id=1, name="七日"))
    renamed = site.get("/clues").text
    site.post("/views/delete", data=site.form(view_id=1))

    assert '<a href="/clues?presence=&amp;due=week" aria-current="true">本周</a><small>（部门共用）</small>' in shown
    assert entered == "/clues?presence=&due=week"
    assert "七日" in renamed
    assert "（进入时）" in renamed
    assert site.get("/").headers["location"] == "/clues"


@pytest.mark.parametrize("values", [{"name": "x", "asked": "state=x"}, {"name": "", "asked": ""},
                                    {"name": "x", "asked": "page=-1"}])
def test_what_cannot_be_kept_is_told(site: Browser, values: dict[str, str]) -> None:
    answer = site.post("/views", data=site.form(**values))

    assert answer.status_code == 400
    assert views.views(site.base, review.sessions.find(site.base, site.token).actor) == []


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "{{7*7}}", "' OR 1=1 --", "=1+1"])
def test_a_hostile_name_stays_a_name(site: Browser, name: str) -> None:
    site.post("/views", data=site.form(name=name, asked=f"words={name}"))

    shown = site.get("/clues").text

    assert "<script" not in shown
    assert "<img" not in shown
    assert ">49<" not in shown
    assert [view.name for view in views.views(site.base, review.sessions.find(site.base, site.token).actor)] == [name]
