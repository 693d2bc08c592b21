"""The full circle over own rows: found by a night, decided in the browser and in Excel, and what nights make of it.

Names are invented.
"""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import night_world
import openpyxl
import pytest
from argon2 import PasswordHasher
from review_world import person, value
from test_web_browser import CHROMIUM, log_in
from web_world import Browser, served

from engine import review, run
from engine.cli.commands import cli
from engine.review import Actor, Review
from engine.run import Plan
from engine.web import make_app

pytestmark = pytest.mark.slow


def listed(plan: Plan) -> dict[str, str]:
    """Return the list people get: party → status."""
    with (plan.out / "线索清单.csv").open(encoding="utf-8-sig") as file:
        return {row["当事人"]: row["状态"] for row in csv.DictReader(file)}


@contextmanager
def desk(plan: Plan) -> Iterator[Review]:
    """Yield the review database."""
    base = night_world.opened(plan, hasher=PasswordHasher(1, 8, 1))
    yield base
    base.close()


def told(capfd: pytest.CaptureFixture[str], plan: Plan, *words: object) -> str:
    """Run a command that ends well and return what it printed."""
    where = ("--home", plan.home, "--out", plan.out, "--rules", plan.rules)
    capfd.readouterr()
    assert cli.main([str(word) for word in (*words, *where)], standalone_mode=False) == 0
    return capfd.readouterr().out


def clue_of(base: Review, party: str) -> str:
    """Return the id of a party's clue."""
    return str(value(base, f"SELECT clue_id FROM clue WHERE party = '{party}'"))


def decide_on_pages(plan: Plan, base: Review, actor: Actor) -> None:
    """Dismiss the first clue and confirm the second as a person does: in Chromium, or as its forms do without one."""
    if CHROMIUM is None:
        client = Browser(base, actor)
        for party, made in (("测试1有限公司", {"decision": "dismiss", "reason": "justified"}),
                            ("测试2有限公司", {"decision": "confirm"})):
            clue_id = clue_of(base, party)
            finding = value(base, f"SELECT finding_id FROM finding WHERE clue_id = '{clue_id}'")
            form = client.form(version=1, finding_id=finding, **made)
            assert client.post(f"/clues/{clue_id}/judge", data=form).status_code == 303
        return
    from playwright.sync_api import sync_playwright

    with served(make_app(base, plan)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(locale="zh-CN")
        log_in(page, address, actor.login)
        page.goto(f"{address}/clues/{clue_of(base, '测试1有限公司')}")
        page.get_by_label("排除", exact=True).check()
        page.get_by_label("排除理由").select_option("justified")
        page.get_by_role("button", name="保存结论").click()
        page.goto(f"{address}/clues/{clue_of(base, '测试2有限公司')}")
        page.get_by_label("确认", exact=True).check()
        page.get_by_role("button", name="保存结论").click()
        assert page.locator(".head .state").inner_text() == "已确认"
        browser.close()


def decide_in_excel(capfd: pytest.CaptureFixture[str], plan: Plan, login: str) -> None:
    """Take the clues out as a workbook, dismiss the third and confirm the fourth in it, and hand it in."""
    (made,) = json.loads(told(capfd, plan, "export", "--for-review", "--json"))
    book = openpyxl.load_workbook(made["file"])
    page = book["研判"]
    rows = list(page.iter_rows())
    head = next(row for row in rows if "结论" in [cell.value for cell in row])
    at = {cell.value: cell.column for cell in head}
    for row in rows[head[0].row:]:
        texts = " ".join(str(cell.value) for cell in row)
        if "测试3有限公司" in texts:
            page.cell(row[0].row, at["结论"]).value, page.cell(row[0].row, at["理由"]).value = "排除", "有正当理由"
        if "测试4有限公司" in texts:
            page.cell(row[0].row, at["结论"]).value = "确认"
    book.save(made["file"])
    done = json.loads(told(capfd, plan, "review", "import", made["file"], "--as", login, "--json"))
    assert [one["counts"].get("saved") for one in done] == [2]


def test_what_people_decide_steers_the_nights_that_follow(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = night_world.house(tmp_path)
    rows = [night_world.late(n) for n in range(1, 6)]
    night_world.night(plan, night_world.deliver(tmp_path / "in" / "行审.csv", rows))
    run.publish_review(plan)
    assert len(listed(plan)) == 5

    with desk(plan) as base:
        zhao = person(base, "zhao", ("head",))
        decide_on_pages(plan, base, zhao)
    decide_in_excel(capfd, plan, "zhao")

    second = night_world.night(plan)
    assert second["dismissed"] == 2
    assert sorted(listed(plan)) == ["测试2有限公司", "测试4有限公司", "测试5有限公司"]

    corrected = night_world.deliver(tmp_path / "in" / "更正.csv", [night_world.late(1, 裁定日期="2026-05-25")])
    third = night_world.night(plan, corrected)
    assert third["dismissed"] == 1
    assert sorted(listed(plan)) == ["测试1有限公司", "测试2有限公司", "测试4有限公司", "测试5有限公司"]

    with desk(plan) as base:
        assert dict(base_rows(base)) == {"测试1有限公司": "open standing", "测试2有限公司": "confirmed standing",
                                         "测试3有限公司": "dismissed held", "测试4有限公司": "confirmed standing",
                                         "测试5有限公司": "open standing"}
        assert review.verify(base) == []

    (rule,) = json.loads(told(capfd, plan, "evaluate", "--judgements", "--json"))
    assert (rule["rule_id"], rule["confirm"], rule["dismiss"], rule["untouched"]) == (
        "non_litigation.late_ruling", 2, 2, 1)
    assert (rule["precision"], rule["reasons"]) == (0.5, {"有正当理由": 2})


def base_rows(base: Review) -> list[tuple[str, str]]:
    """Return party and state of every clue in the review database."""
    with base.reading() as connection:
        return [(party, f"{state} {presence}") for party, state, presence in connection.exec_driver_sql(
            "SELECT party, state, presence FROM clue ORDER BY party")]
