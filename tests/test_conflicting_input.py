"""Deliveries that contradict themselves, from file to list: both values told, no false clue, nothing dropped."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from load_world import LEDGER, World, csv

from engine import run
from engine.run import Plan
from engine.store import Store, reading

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 6, 30)
PENALTIES = ("处罚决定书文号", "处罚机关", "当事人名称", "处罚决定日期", "送达日期", "罚款金额（元）", "处罚内容")
REVIEWS = ("案号", "审查法院", "申请执行人", "被执行人", "处罚决定书文号", "申请执行日期", "受理日期", "裁定日期",
           "裁定结果", "承办法官")
LATE = ("2025-05-06", "2025-05-07", "2025-05-12", "准予执行", "测某")
"""An application more than a year after the service below."""

RULES = ("late_application", "early_application", "late_ruling")

Rows = Sequence[Sequence[str]]


def penalty(number: str, county: str, party: str, fine: str = "5000", text: str = "罚款5000元") -> tuple[str, ...]:
    return number, f"虚构市{county}市场监督管理局", party, "2024-03-01", "2024-03-04", fine, text


def review(case: str, county: str, party: str, number: str, days: Sequence[str] = LATE) -> tuple[str, ...]:
    return case, f"虚构市{county}人民法院", f"虚构市{county}市场监督管理局", party, number, *days


def few_rules(folder: Path) -> Path:
    """Write the rules about court reviews below the folder and return where: a night with all of them takes long."""
    for name in ("law", "links", "facts"):
        shutil.copytree(ROOT / "rules" / name, folder / "rules" / name)
    (folder / "rules" / "non_litigation").mkdir()
    for name in ("ranking.yaml", *(f"non_litigation/{rule}.yaml" for rule in RULES)):
        shutil.copy(ROOT / "rules" / name, folder / "rules" / name)
    return folder / "rules"


def listed(folder: Path, penalties: Rows, reviews: Rows) -> Plan:
    """Do a night over the two files and return its plan."""
    files = [csv(folder / "处罚.csv", PENALTIES, *penalties), csv(folder / "行审.csv", REVIEWS, *reviews)]
    plan = Plan(folder / "data", folder / "out", AS_OF, AS_OF, few_rules(folder))
    summary = run.run(plan, files)
    loaded = summary["loaded"]
    assert summary["refused"] == []
    assert loaded["rows_in"] == loaded["rows_loaded"] + loaded["rows_rejected"] + loaded["rows_skipped"]
    return plan


def clues(plan: Plan) -> list[tuple[str, str]]:
    """Return rule and number of every finding of the list."""
    with reading(plan.home) as store:
        return sorted((rule.split(".")[1], _number(store, table, record_id)) for rule, table, record_id in store.rows(
            "SELECT rule_id, table_name, record_id FROM finding"))


def _number(store: Store, table: str, record_id: int) -> str:
    column = "case_no" if table == "court_review" else "document_no"
    return str(store.rows(f"SELECT {column} FROM {table} WHERE record_id = ?", [record_id])[0][0])


def defects(plan: Plan) -> list[tuple[str, str, str]]:
    """Return code, value and reason of every defect in the list that people get."""
    frame = pl.read_parquet(plan.out / "明细" / "数据缺陷.parquet").filter(
        (pl.col("类别") != "说明") & (pl.col("代码") != "E-FILE-WARNING"))
    return [(code, value, reason) for code, value, reason in frame.select("代码", "值", "原因").rows()]


def test_one_number_in_two_counties_stays_two_penalties_and_accuses_neither_for_the_other(tmp_path: Path) -> None:
    number = "市监处罚〔2024〕1号"
    penalties = [penalty(number, "甲县", "恒丰食品有限公司"), penalty(number, "乙县", "德润建材有限公司")]
    in_time = ("2024-11-06", "2024-11-07", "2024-11-12", "准予执行", "测某")

    plan = listed(tmp_path, penalties, [
        review("（2025）豫9801行审1号", "甲县", "恒丰食品有限公司", number),
        review("（2024）豫9802行审1号", "乙县", "德润建材有限公司", number, in_time)])

    with reading(plan.home) as store:
        assert store.count("SELECT count(*) FROM penalty") == 2
        assert store.count("SELECT count(*) FROM link WHERE link = 'penalty_of_review' AND confidence > 0.95") == 2
    assert clues(plan) == [("late_application", "（2025）豫9801行审1号")]


def test_a_number_of_two_counties_without_party_and_organ_is_no_ground_for_a_clue(tmp_path: Path) -> None:
    number = "市监处罚〔2024〕1号"
    penalties = [penalty(number, "甲县", "恒丰食品有限公司"), penalty(number, "乙县", "德润建材有限公司")]

    plan = listed(tmp_path, penalties, [
        ("（2025）豫9801行审1号", "虚构市中心区人民法院", "", "", number, *LATE)])

    assert clues(plan) == []


def test_a_fine_in_words_that_is_not_the_fine_in_the_column_is_told_with_both(tmp_path: Path) -> None:
    plan = listed(tmp_path, [penalty("市监处罚〔2024〕1号", "甲县", "恒丰食品有限公司", fine="50000")], [])

    assert defects(plan) == [("E-SUM-TEXT", "50000.00", "处罚内容写的是罚款5000元，罚款金额一栏是50000.00元")]
    with reading(plan.home) as store:
        assert store.rows("SELECT fine_yuan, content_text FROM penalty") == [(50000, "罚款5000元")]


@pytest.mark.parametrize(("text", "flagged"), [
    ("罚款人民币5,000元", False), ("罚款0.5万元", False), ("罚款伍仟元整", False), ("罚款伍万元整", True),
    ("没收违法所得300元；罚款4700元", True), ("罚款3000元；罚款2000元", False),
    ("每日按罚款数额的3%加处罚款6000元", False), ("可处罚款10000元以下", False),
    ("警告", False), ("罚款 6000 元", True),
])
def test_only_one_plain_fine_in_words_can_contradict_the_column(tmp_path: Path, text: str, flagged: bool) -> None:
    content = LEDGER.replace("  fine_yuan:", "  content_text: [处罚内容]\n  fine_yuan:")

    _, found = World(tmp_path, ledger=content).one(罚款金额="5000", 处罚内容=text)

    assert found == [("flag", "E-SUM-TEXT", "罚款金额")] * flagged


def test_a_ruling_that_cites_another_partys_number_accuses_nobody(tmp_path: Path) -> None:
    penalties = [penalty("市监处罚〔2024〕1号", "甲县", "恒丰食品有限公司"),
                 penalty("市监处罚〔2024〕2号", "甲县", "德润建材有限公司")]

    plan = listed(tmp_path, penalties, [
        review("（2025）豫9801行审1号", "甲县", "海川运输有限公司", "市监处罚〔2024〕2号")])

    with reading(plan.home) as store:
        [(confidence, why)] = store.rows("SELECT confidence, why FROM link WHERE link = 'penalty_of_review'")
    assert clues(plan) == []
    assert (confidence, "当事人不同" in why) == (0.6, True)


def test_an_application_after_its_ruling_is_told_with_both_days_and_is_no_clue(tmp_path: Path) -> None:
    reversed_days = ("2025-06-06", "", "2025-05-12", "准予执行", "测某")

    plan = listed(tmp_path, [penalty("市监处罚〔2024〕1号", "甲县", "恒丰食品有限公司")], [
        review("（2025）豫9801行审1号", "甲县", "恒丰食品有限公司", "市监处罚〔2024〕1号", reversed_days)])

    assert clues(plan) == []
    assert ("E-DATE-ORDER", "2025-05-12", "裁定日早于申请执行日（2025-06-06）") in defects(plan)
    excluded = pl.read_parquet(plan.out / "明细" / "排除.parquet")
    assert "（2025）豫9801行审1号" in excluded["文号、案号"].to_list()


def test_a_civil_case_among_the_reviews_is_set_aside_and_the_others_are_loaded(tmp_path: Path) -> None:
    number = "市监处罚〔2024〕1号"
    plan = listed(tmp_path, [penalty(number, "甲县", "恒丰食品有限公司")], [
        review("（2025）豫9801行审1号", "甲县", "恒丰食品有限公司", number),
        review("（2025）豫9801民初7号", "甲县", "恒丰食品有限公司", number)])

    assert {found for _, found in clues(plan)} == {"（2025）豫9801行审1号"}
    assert defects(plan) == [
        ("E-CASE-KIND", "（2025）豫9801民初7号", "案号是另一类案件的，不属于这张表")]


@pytest.mark.parametrize("case", [
    "（2014）民行初字第3号", "（2025）豫9801行审复7号", "（2025）豫9801非诉7号", "行审7号",
])
def test_old_and_unlisted_case_numbers_are_no_other_kind(tmp_path: Path, case: str) -> None:
    mapping = "title: 行审台账\ntable: court_review\ncolumns:\n  case_no: [案号]\n  court: [法院]\n"
    world = World(tmp_path, courts=mapping)

    world.rows(("案号", "法院"), (case, "虚构市人民法院"))

    assert "E-CASE-KIND" not in [code for _, code, _ in world.defects()]


def test_a_whole_file_of_another_kind_under_the_wrong_name_is_refused_with_the_reason(tmp_path: Path) -> None:
    civil = [review(f"（2025）豫9801民初{n}号", "甲县", "恒丰食品有限公司", "市监处罚〔2024〕1号")
             for n in range(1, 40)]
    plan = Plan(tmp_path / "data", tmp_path / "out", AS_OF, AS_OF, few_rules(tmp_path))

    summary = run.run(plan, [csv(tmp_path / "行审裁定.csv", REVIEWS, *civil)])

    assert len(summary["refused"]) == 1
    assert "案号是另一类案件的" in summary["refused"][0]
