"""统计 and 规则 as a browser meets them: numbers, files, rights, hostile names, help where there is nothing."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from argon2 import PasswordHasher
from review_world import Clock, batch, clue, finding, night, person
from web_world import Browser

from engine import catalogue, review
from engine.law import read_law
from engine.review import Actor, Decision, Review
from engine.review.publishing import DEFECTS, GAPS, RULE_TEXTS, Boards
from engine.rules import read_rules

HOSTILE = "=1+1<script>alert(1)</script>\u202e"

TEXTS = {"title": "超期申请", "summary": "超过期限才申请", "maturity": "试用", "level": "高", "addressee": "行政机关",
         "subject": "行审案件", "basis": [
             {"law": "行政强制法", "article": "第五十三条", "from": "2012-01-01", "to": "", "note": ""}],
         "law": [{"title": "申请期限", "law": "行政强制法", "article": "第五十三条", "length": "3个月",
                  "quote": "可以自期限届满之日起三个月内", "from": "2012-01-01", "to": ""}],
         "conditions": [{"what": "晚于最后一日吗", "means": "申请日晚于最后一日", "say": "才申请", "unknown": ""}],
         "exclusions": [{"what": "准予延期", "means": "", "say": "", "unknown": ""}],
         "points": [{"add": -10, "what": "超期不到五日", "say": ""}],
         "let": [{"name": "最后一日", "how": "届满加三个月"}],
         "links": ["处罚决定：按文号"], "evidence": ["申请日"], "check": ["调取送达回证"], "innocent": ["分期缴纳"],
         "blind": ["看不见口头延期"], "cases": [["期限最后一日", "申请日 2024年6月1日", "未命中"]]}


def boards(**rest: str) -> Boards:
    """Return one row of each."""
    gap = ("某局", "处罚决定", "送达日（7件）", date(2025, 1, 1), None, 7, 3, "超期申请（7件）")
    defect = ("双公示", "单元格", "处罚决定日", "E-DATE-FUTURE", "日期晚于导入日", "请核对该日期", 5, 1)
    gaps = pl.DataFrame([gap], schema=GAPS, orient="row").with_columns(pl.lit(v).alias(k) for k, v in rest.items())
    return Boards(gaps, pl.DataFrame([defect], schema=DEFECTS, orient="row"),
                  pl.DataFrame([("non_litigation.late", 1, json.dumps(TEXTS))], schema=RULE_TEXTS, orient="row"))


def put(base: Review, *rows: dict[str, object], told: Boards | None = None) -> None:
    """Publish clues and findings with boards."""
    run = night()
    review.publish(base, review.Run(*(getattr(run, name) for name in (
        "run_id", "as_of", "ended_at", "engine", "rules", "data")), told or boards()), [batch(*rows)])


@pytest.fixture
def empty(tmp_path: Path, clock: Clock) -> Iterator[Review]:
    """Yield an empty review database."""
    base = review.open_review(f"sqlite:///{tmp_path / 'r.db'}", clock, PasswordHasher(1, 8, 1))
    yield base
    base.close()


@pytest.fixture
def site(empty: Review) -> Review:
    """Return it with clues of two places, one of them dismissed, and the boards."""
    put(empty, clue(1), clue(2, division="411103", unit="另一局"), finding(1), finding(2))
    review.judge(empty, person(empty, "zhao"), "C2", 1, [Decision("F2late", "dismiss", "lawful", "另一地的话")])
    return empty


def here(base: Review) -> Actor:
    """Return somebody who sees 411102 alone."""
    return person(base, "li", scopes=(("411102", ""),))


def file(client: Browser, name: str, **asked: str) -> str:
    """Return a downloaded file."""
    answer = client.get("/statistics/file", params={"name": name} | asked)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    return answer.content.decode("utf-8-sig")


def test_the_page_counts_what_its_reader_may_see(site: Review) -> None:
    shown = Browser(site, here(site)).get("/statistics").text

    assert "测试市某局" in shown
    assert "另一局" not in shown
    assert "样本太少" in Browser(site, person(site)).get("/statistics").text


def test_boards_are_for_who_sees_every_place(site: Review) -> None:
    narrow, wide = Browser(site, here(site)), Browser(site, person(site))

    assert "送达日（7件）" not in narrow.get("/statistics").text
    assert "不分地区" in narrow.get("/statistics").text
    assert narrow.get("/statistics/file?name=gaps.csv").status_code == 400
    assert "送达日（7件）" in wide.get("/statistics").text
    assert "日期晚于导入日" in wide.get("/statistics").text


@pytest.mark.parametrize(("name", "head"), [
    ("total", "线索,已研判,有效"), ("rules", "规则编号,规则,版本,线索"), ("units", "被监督单位,线索"),
    ("divisions", "地区,线索"), ("months", "月份,线索"), ("gaps", "向谁调取,调取什么"), ("defects", "来源,类别")])
def test_every_table_is_a_csv_with_chinese_headers(site: Review, name: str, head: str) -> None:
    told = file(Browser(site, person(site)), f"{name}.csv")

    assert told.startswith(head)
    assert len(told.splitlines()) > 1


def test_a_share_in_a_file_names_its_base(site: Review) -> None:
    assert "有效率（分母：已研判）" in file(Browser(site, person(site)), "total.csv")


@pytest.mark.parametrize("name", ["funnel", "months"])
def test_every_chart_is_a_picture_with_a_title(site: Review, name: str) -> None:
    drawn = ET.fromstring(file(Browser(site, person(site)), f"{name}.svg", since="2026-01"))

    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "2026-01至最近" in (drawn[0].text or "")


def test_a_filter_reaches_the_files(site: Review) -> None:
    told = file(Browser(site, person(site)), "units.csv", division="411103")

    assert "另一局,1" in told
    assert "测试市某局" not in told


@pytest.mark.parametrize("path", ["/statistics?since=昨天", "/statistics?since=2026-13", "/statistics/file?name=x.csv",
                                  "/statistics/file?name=total.exe", "/rules/no.such"])
def test_a_wrong_address_is_told_in_chinese(site: Review, path: str) -> None:
    answer = Browser(site, person(site)).get(path)

    assert answer.status_code in (400, 404)
    assert "请" in answer.text


def test_an_empty_database_says_what_to_do(empty: Review) -> None:
    client = Browser(empty, person(empty))

    assert "xiezhi publish" in client.get("/statistics").text
    assert "xiezhi publish" in client.get("/rules").text
    assert "线索" in file(client, "total.csv")


def test_the_catalogue_lists_rules_with_what_stands(site: Review) -> None:
    shown = Browser(site, here(site)).get("/rules").text

    assert all(word in shown for word in ("超期申请", "超过期限才申请", "行政非诉执行监督", ">1</a>", "还没有结论"))


def test_a_rule_s_page_tells_all_of_it(site: Review) -> None:
    shown = Browser(site, person(site)).get("/rules/non_litigation.late").text

    for word in ("第五十三条", "三个月内", "申请日晚于最后一日", "准予延期", "-10", "最后一日", "调取送达回证",
                 "分期缴纳", "看不见口头延期", "期限最后一日", "第1版", "依法不构成违法", "另一地的话", "样本太少"):
        assert word in shown, word


def test_another_place_s_words_stay_there(site: Review) -> None:
    shown = Browser(site, here(site)).get("/rules/non_litigation.late").text

    assert "另一地的话" not in shown
    assert "依法不构成违法" not in shown


def test_a_rule_no_run_uses_any_more_still_has_its_decisions(site: Review) -> None:
    put(site, clue(2), finding(2), told=Boards(boards().gaps, boards().defects, pl.DataFrame(schema=RULE_TEXTS)))

    shown = Browser(site, person(site)).get("/rules/non_litigation.late").text

    assert "最近一次运行没有使用这条规则" in shown
    assert "另一地的话" in shown


def test_hostile_titles_and_organs_stay_text(empty: Review) -> None:
    told = boards(unit=HOSTILE)
    texts = json.dumps(TEXTS | {"title": HOSTILE, "summary": HOSTILE, "check": [HOSTILE]})
    put(empty, clue(1, unit=HOSTILE), finding(1, title=HOSTILE),
        told=Boards(told.gaps, told.defects, told.rules.with_columns(texts=pl.lit(texts))))
    client = Browser(empty, person(empty))

    pages = [client.get(path).text for path in ("/statistics", "/rules", "/rules/non_litigation.late")]
    files = [file(client, f"{name}.csv") for name in ("units", "rules", "gaps")]

    assert [("<script" in page, "\u202e" in page) for page in pages] == [(False, False)] * 3
    assert ["'=1+1" in told for told in files] == [True] * 3


def test_every_rule_of_the_house_is_told_in_words(empty: Review) -> None:
    root = Path(review.__file__).parents[2]
    told = catalogue.rule_texts(read_rules(root / "rules", read_law(root / "rules" / "law"), locked=False))
    put(empty, clue(1), finding(1), told=Boards(boards().gaps, boards().defects, told))
    client = Browser(empty, person(empty))

    assert told.height > 40
    assert client.get("/rules").text.count('href="/rules/') == told.height
    for rule_id in told["rule_id"].sample(8, seed=1):
        assert "怎样判断" in client.get(f"/rules/{rule_id}").text
