"""What to fetch: from whom, which table and fields, which period, how many wait, what it would settle."""

import csv
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from clue_world import LATE, ROOT, link, night, penalty, put, review, ruleset

from engine import export
from engine.export import requests, tables
from engine.export.layout import REQUESTS
from engine.export.workbook import HEADER
from engine.rules import RuleSet
from engine.sources import read_mappings
from engine.store import Store

LURE = "=cmd|'/c calc'!A1"
ORGAN, COURT = "测试市市场监督管理局", "测试市测试区人民法院"


@pytest.fixture
def found(tmp_path: Path) -> RuleSet:
    return ruleset(tmp_path / "rules", open="")


def waiting() -> Store:
    """Return three reviews: one of a penalty without its service, one of an unknown penalty, one whose court is late.

    The first also lacks its acceptance day; so does the second.
    """
    store = Store()
    put(store, "penalty", penalty(party_name=LURE), penalty("3", served_on=date(2024, 3, 1)))
    put(store, "court_review",
        review(applied_on=date(2024, 7, 1), ruled_on=date(2024, 9, 1), party_name="测试某乙"),
        review("2", applied_on=date(2023, 5, 4), ruled_on=date(2023, 6, 1)),
        review("3", applied_on=date(2024, 4, 1), ruled_on=date(2024, 5, 1)))
    link(store, numbers=("1", "3"))
    return store


def asked(store: Store, found: RuleSet) -> dict[tuple[str, str], dict[str, object]]:
    night(store, found)
    return listed(store, found)


def listed(store: Store, found: RuleSet) -> dict[tuple[str, str], dict[str, object]]:
    tables.prepare(store, found, which="false")
    frame = requests.requests(store, found, read_mappings(ROOT / "pipelines" / "sources"))
    return {(row["向谁调取"], row["调取什么"]): row for row in frame.to_dicts()}


def test_gaps_become_one_line_for_each_unit_and_table(found: RuleSet) -> None:
    got = asked(waiting(), found)

    assert list(got) == [(COURT, "非诉执行审查（行审）"), (ORGAN, "行政处罚决定")]
    organ = got[ORGAN, "行政处罚决定"]
    assert (organ["待判断件数"], organ["期间起"], organ["期间止"]) == (2, date(2023, 5, 4), date(2024, 7, 1))
    assert str(organ["需要的项目"]).split("\n") == [
        "整条记录（须有处罚决定书文号、送达日、延期或分期最后届满日）（1件）", "送达日（1件）"]
    assert organ["补齐后可判断的规则"] == "测试超期申请（2件）"
    assert "行政机关" in str(organ["可用的文件格式"])


def test_what_would_settle_a_record_alone_is_told_apart(found: RuleSet, tmp_path: Path) -> None:
    both = LATE.replace("expr: applied_on > last_day,", "expr: applied_on > last_day AND accepted_on > applied_on,")

    got = asked(waiting(), ruleset(tmp_path / "other", open="", slow="", late=both))

    alone = {unit: (row["待判断件数"], row["只缺这一项"]) for (unit, _), row in got.items()}
    assert alone == {COURT: (2, 0), ORGAN: (2, 0)}
    assert {row["只缺这一项"] for row in asked(waiting(), found).values()} == {2, 3}


def test_examples_are_numbers_and_no_names(found: RuleSet) -> None:
    store = waiting()
    put(store, "court_review", *(review(str(n), applied_on=date(2024, 7, 1)) for n in range(10, 20)))

    court = asked(store, found)[COURT, "非诉执行审查（行审）"]

    assert str(court["举例（文号、案号）"]).split("\n") == [f"(2024)豫0000行审{n}号" for n in (10, 11, 12, 13, 14)]


def test_a_unit_the_record_does_not_name_is_called_so(found: RuleSet) -> None:
    store = waiting()
    put(store, "court_review", review(applied_on=date(2024, 7, 1), applicant=None))

    assert ("行政机关（未记载）", "行政处罚决定") in asked(store, found)


def test_what_no_unit_has_stands_last_and_says_so(found: RuleSet) -> None:
    store = waiting()
    night(store, found)
    store.run("UPDATE hit SET missing = ['calendar'] WHERE answer = 'gap' AND rule_id = 'non_litigation.slow'")

    *_, last = listed(store, found).items()

    assert last[0] == (requests.MAINTAINER, "法定参数、日历、对照表")
    assert str(last[1]["需要的项目"]).startswith("节假日安排")


def published(found: RuleSet, out: Path) -> Path:
    store = waiting()
    night(store, found)
    store.run("INSERT INTO run VALUES (1, DATE '2026-06-30', TIMESTAMP '2026-07-01', TIMESTAMP '2026-07-01', '', '', "
              "?)", [json.dumps({})])
    export.export(store, out, found)
    return out


def test_the_workbook_has_both_sheets_as_declared_and_text_only(found: RuleSet, tmp_path: Path) -> None:
    out = published(found, tmp_path / "out")

    book = openpyxl.load_workbook(out / "调取清单.xlsx")
    assert {page.title: [c.value for c in page[HEADER + 1]] for page in book} == {
        name: list(own.widths) for name, own in REQUESTS.items()}
    assert {cell.data_type for page in book for row in page.iter_rows(min_row=HEADER + 2) for cell in row} <= {
        "s", "n", "d"}


def test_no_party_is_named_in_any_of_its_files(found: RuleSet, tmp_path: Path) -> None:
    out = published(found, tmp_path / "out")

    book = openpyxl.load_workbook(out / "调取清单.xlsx")
    cells = {str(cell.value) for page in book for row in page.iter_rows() for cell in row}
    texts = [path.read_text(encoding="utf-8-sig") for path in (out / "调取清单.csv", out / "明细" / "调取明细.csv")]
    assert not any(name in text for name in (LURE, "测试某乙", "测试甲有限公司") for text in (*cells, *texts))


def test_the_details_name_every_waiting_record_once_for_each_unit(found: RuleSet, tmp_path: Path) -> None:
    out = published(found, tmp_path / "out")

    with (out / "明细" / "调取明细.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = [(r["向谁调取"], r["文号、案号"], r["需要的项目"]) for r in csv.DictReader(handle)]
    assert (ORGAN, "(2024)豫0000行审1号", "送达日") in rows
    assert len(rows) == len(set(rows)) == 5


def test_every_column_is_explained() -> None:
    page = (ROOT / "docs" / "clue-list.md").read_text(encoding="utf-8")

    assert [c for own in REQUESTS.values() for c in own.widths if f"| {c} |" not in page] == []
