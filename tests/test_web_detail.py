"""The page of one clue: conditions that can be computed again, the timeline, the checklist of exclusions."""

import itertools
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from review_world import Clock, clue, finding, person, publish, value
from web_world import Browser

from engine import review
from engine.errors import EngineError
from engine.law import read_calendar
from engine.law.statutes import read_statutes
from engine.review import Review
from engine.web import finding_view
from engine.web.timeline import drawn

LAW = {"name": "law.window", "title": "申请期限", "length": 3, "unit": "month", "law": "行政强制法",
       "article": "第五十三条", "from": "2012-01-01", "confidence": "高", "rolls": True}
COUNTED = {"counted": "最后一日：自2024年1月5日次日起算3个月，末日2024年4月5日（星期五）为休息日，"
                      "顺延2日至2024年4月7日（星期日）",
           "owner": "last_day", "of": "law.window", "rolls": True, "from": "2024-01-05"}
TEXTS = {
    "conditions": [{"say": "", "asks": "申请晚于最后一日", "value": "true", "uses": ["applied_on", "last_day"],
                    "reaches": ["applied_on", "last_day", "served_on"]}],
    "exclusions": [{"reason": "已延期", "value": "false"}], "innocent": ["有正当理由"], "law": [LAW, COUNTED],
    "evidence": [["申请日", "2024年6月1日", "column", "r", None, None, None, "2024-06-01", "1", "applied_on"],
                 ["最后一日", "2024年4月7日", "let", "r", None, None, None, "2024-04-07", "1", "last_day"],
                 ["超期日数", "55", "let", "r", None, None, None, None, "1", "days_over"]],
}


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Review]:
    """Yield a review database with one clue."""
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    publish(base, clue(1), finding(1, texts=json.dumps(TEXTS, ensure_ascii=False)))
    yield base
    base.close()


def page(site: Review) -> str:
    """Return the page of the clue."""
    return Browser(site, person(site)).get("/clues/C1").text


def test_a_limit_is_told_so_that_it_can_be_computed_by_hand(site: Review) -> None:
    shown = page(site)

    assert "申请晚于最后一日" in shown
    for cell in ("2024年1月5日", "3个月", "2024年4月5日（星期五）", "2024年4月5日清明", "2024年4月6日清明",
                 "2024年4月7日（星期日）", "行政强制法第五十三条"):
        assert cell in shown


def test_a_limit_that_comes_out_otherwise_today_is_told_as_it_was(site: Review) -> None:
    was = COUNTED | {"counted": "最后一日：自2024年1月5日次日起算3个月，届满日为2024年4月8日（星期一）"}
    publish(site, clue(1), finding(1, texts=json.dumps(TEXTS | {"law": [LAW, was]})), number=2)

    shown = page(site)

    assert "自2024年1月5日次日起算3个月，届满日为2024年4月8日（星期一）" in shown
    assert "2024年4月6日清明" not in shown


def item(label: str, said: str, day: str | None, recorded: bool = True) -> dict[str, object]:
    """Return an item of evidence."""
    return {"label": label, "value": said, "day": day, "recorded": recorded, "listed": "1"}


def test_the_timeline_is_scaled_and_marks_the_days_over() -> None:
    picture = drawn([{"evidence": [item("甲", "", "2024-01-01"), item("限", "", "2024-04-01", recorded=False),
                                   item("乙", "", "2024-05-01"), item("超期日数", "30", None)]}], None)

    assert [(d.day, d.computed, d.since) for d in picture.days] == [
        (date(2024, 1, 1), False, None), (date(2024, 4, 1), True, 91), (date(2024, 5, 1), False, 30)]
    assert [(s.start, s.end, s.days) for s in picture.spans] == [(date(2024, 4, 1), date(2024, 5, 1), 30)]
    first, limit, last = (d.y for d in picture.days)
    assert (limit - first) / (last - limit) == pytest.approx(91 / 30, rel=0.05)


def test_a_limit_still_running_out_today_is_marked_to_the_as_of_date() -> None:
    items = [item("甲", "", "2024-01-01"), item("限", "", "2024-02-01", recorded=False), item("已过日数", "29", None)]

    picture = drawn([{"evidence": items}], date(2024, 3, 1))

    assert (picture.days[-1].what, picture.spans[0].days) == (("截至日",), 29)


@pytest.mark.parametrize("number", [3, 25])
def test_labels_of_near_days_never_cover_each_other(number: int) -> None:
    days = [item("日", "", f"2024-01-{n:02}") for n in range(1, number)] + [item("末", "", "2031-01-01")]

    picture = drawn([{"evidence": days}], None)

    places = [d.at for d in picture.days]
    assert len(places) == number
    assert all(later - earlier >= 20 for earlier, later in itertools.pairwise(places))
    assert picture.height >= places[-1]


def test_what_a_reviewer_found_of_an_exclusion_is_kept_and_shown(site: Review) -> None:
    client = Browser(site, person(site))
    form = {"version": 1, "finding_id": "F1late", "item": ["已延期", "有正当理由"], "answer": ["absent", "unchecked"]}

    first = client.post("/clues/C1/check", data=client.form(**form))
    client.post("/clues/C1/check", data=client.form(**form | {"version": 2, "answer": ["present", "absent"]}))
    shown = client.get("/clues/C1").text

    assert first.status_code == 303
    assert '<option value="present" selected>' in shown
    assert "已延期：有此情形" in shown
    assert "已延期：核实无此情形" in shown
    assert value(site, "SELECT count(*) FROM exclusion_check") == 3
    assert review.verify(site) == []


@pytest.mark.parametrize("answers", [{"别的事由": "absent"}, {"已延期": "maybe"}])
def test_an_unknown_exclusion_or_answer_is_refused(site: Review, answers: dict[str, str]) -> None:
    with pytest.raises(EngineError) as refused:
        review.check_exclusions(site, person(site), "C1", 1, "F1late", answers)

    assert refused.value.code == "E-REVIEW-CHECK"
    assert value(site, "SELECT version FROM clue WHERE clue_id = 'C1'") == 1


def row(alias: str, key: str, **rest: object) -> dict[str, object]:
    """Return a delivered row of a finding."""
    return {"alias": alias, "label": "记录", "number": key, "file": "a.csv", "sheet": "", "line": 1, "why": "名称相近",
            "confidence": 0.7, "candidates": 1, "key": f"penalty|{key}", "record": key, "raw": "{}"} | rest


COMPARED = [{"label": "名称", "one": "甲公司", "other": "乙公司", "same": False},
            {"label": "文号", "one": "〔2024〕1号", "other": "[2024]1号", "same": True}]


@pytest.fixture
def linked(site: Review) -> Review:
    """Return the database with a linked record beside the clue's own."""
    rows = [row("", "A"), row("penalty", "B", compared=json.dumps(COMPARED, ensure_ascii=False))]
    publish(site, clue(1), finding(1, texts=json.dumps(TEXTS | {"rows": rows})), number=2)
    return site


def test_differences_are_marked_on_what_is_compared_not_on_spelling(linked: Review) -> None:
    shown = page(linked)

    assert "<mark>甲</mark>公司" in shown
    assert "<mark>乙</mark>公司" in shown
    assert "〔2024〕1号" in shown
    assert "<mark>〔" not in shown


def test_an_answer_on_a_pair_is_shown_and_can_be_taken_back(linked: Review) -> None:
    client = Browser(linked, person(linked))
    form = {"finding_id": "F1late", "alias": "penalty", "question": "party"}
    version = int(str(value(linked, "SELECT version FROM clue")))

    client.post("/clues/C1/pair", data=client.form(version=version, answer="same", **form))
    given = client.get("/clues/C1").text
    client.post("/clues/C1/pair", data=client.form(version=version + 1, answer="withdrawn", **form))

    assert "已答：是" in given
    assert "已答" not in client.get("/clues/C1").text
    assert [value(linked, f"SELECT {c} FROM pair_answer WHERE pair_answer_id = 1") for c in ("question", "answer")] == [
        "party", "same"]


def test_without_a_warehouse_beside_it_the_page_says_so(site: Review) -> None:
    answer = Browser(site, person(site)).get("/why", params={"number": "行审1号"})

    assert answer.status_code == 400
    assert "没有数据仓" in answer.text


@pytest.mark.parametrize(("scopes", "seen"), [
    ((("4111", ""),), True), ((("411102", "行政检察部门"),), True), ((("4112", ""),), False),
    ((("", "公益诉讼部门"),), False), ((), False), ((("", ""),), True)])
def test_a_record_without_a_clue_is_seen_by_its_place_and_department(
    site: Review, scopes: tuple[tuple[str, str], ...], seen: bool
) -> None:
    actor = person(site, "li", scopes=scopes)

    assert review.reading.may_read_record(site, actor, "penalty|unknown", "411102", "行政检察部门") is seen


def test_a_record_that_clues_are_about_goes_with_them(site: Review) -> None:
    publish(site, clue(1, division="411103"), finding(1), number=2)
    actor = person(site, "li", scopes=(("411102", ""),))

    assert not review.reading.may_read_record(site, actor, "court_review|R1", "411102", "行政检察部门")


def test_a_full_number_needs_a_reason_and_leaves_one(site: Review) -> None:
    actor = person(site)
    with pytest.raises(EngineError) as refused:
        review.reading.unmask(site, actor, "C1", "F1late", " ")

    record = review.reading.unmask(site, actor, "C1", "F1late", "核对身份")

    newest = review.browsing.entries(site)[0]
    assert (refused.value.code, record) == ("E-REVIEW-WORDS", "court_review|R1")
    assert (newest["action"], json.loads(newest["detail"])["reason"]) == ("unmask", "核对身份")


def test_an_account_sees_thirty_full_numbers_an_hour(site: Review, clock: Clock) -> None:
    actor = person(site)
    for _ in range(review.reading.FULL_NUMBERS):
        review.reading.unmask(site, actor, "C1", "F1late", "核对身份")

    with pytest.raises(EngineError) as refused:
        review.reading.unmask(site, actor, "C1", "F1late", "核对身份")
    clock.move(minutes=61)

    assert refused.value.code == "E-REVIEW-LIMIT"
    assert review.reading.unmask(site, actor, "C1", "F1late", "核对身份")


def test_the_articles_a_finding_rests_on_are_told_in_full(tmp_path: Path) -> None:
    (tmp_path / "行政强制法_2012-01-01.txt").write_text("第五十三条　当事人<b>在法定期限内</b>……", encoding="utf-8")
    texts = {"basis": ["《行政强制法》第五十三条（2012年1月1日起施行）"], "law": [LAW]}

    shown = finding_view.shown({"texts": texts}, read_calendar(), read_statutes(tmp_path))

    assert [(a.title, a.text) for a in shown["articles"]] == [("第五十三条", "当事人<b>在法定期限内</b>……")]
