"""What stands in the lists: the whole clue, the row behind each value, who lacks what, why something is absent."""

import csv
import json
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from clue_world import LATE, ROOT, link, night, penalty, put, review, ruleset

from engine import export
from engine.export import layout
from engine.export.workbook import HEADER
from engine.rules import RuleSet
from engine.sources import Mappings, read_mappings
from engine.store import Store
from engine.text import NEUTRALISED

RARE = "𠮷㐀䶮测某甲"
MAPPING = """
title: 测试台账
table: penalty
columns:
  authority: 机关
  document_no: 决定书文号
  served_on: [送达日期, 送达时间]
"""

Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    return ruleset(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def store() -> Store:
    """One late review of a penalty, one review without a link (a gap), one excluded."""
    store = Store()
    put(store, "penalty", penalty(served_on=date(2024, 3, 1), fine_yuan=50_000),
        penalty("3", served_on=date(2024, 3, 1), deferral_end_on=date(2026, 1, 1)))
    put(store, "court_review", review(applied_on=date(2024, 7, 1)), review("2", applied_on=date(2024, 7, 1)),
        review("3", applied_on=date(2024, 7, 1)))
    link(store, numbers=("1", "3"))
    return store


def publish(
    store: Store, found: RuleSet, out: Path, run_id: int = 1, mappings: Mappings | None = None, masked: bool = True
) -> Path:
    """Do a night and write its lists."""
    night(store, found, run_id)
    store.run("INSERT INTO run VALUES (?, DATE '2026-06-30', TIMESTAMP '2026-07-01 01:00:00', "
              "TIMESTAMP '2026-07-01 01:30:00', '0.1', 'abc', ?)", [run_id, json.dumps({"versions": {"law": "l1"}})])
    export.export(store, out, found, mappings, masked=masked)
    return out


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def sheet(out: Path, name: str) -> Rows:
    page = openpyxl.load_workbook(out / "线索清单.xlsx")[name]
    names, *rows = page.iter_rows(min_row=HEADER + 1, values_only=True)
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def test_a_line_tells_the_whole_clue(store: Store, found: RuleSet, tmp_path: Path) -> None:
    out = publish(store, found, tmp_path / "out")

    (clue,) = sheet(out, "线索")
    expected = {
        "规则": "测试超期申请",
        "违法情形": "2024年7月1日申请，晚于最后一日2024年6月3日，超28日",
        "被监督单位": "测试市市场监督管理局",
        "当事人": "测试甲有限公司",
        "文号、案号": "非诉执行审查（行审）：(2024)豫0000行审1号\n行政处罚决定：测市监罚〔2024〕1号",
        "关键日期": "行政处罚决定·送达日2024年3月1日\n最后一日2024年6月3日\n申请执行日2024年7月1日",
        "计算过程": "最后一日：自2024年3月1日次日起算3个月，末日2024年6月1日（星期六）为休息日，"
                    "顺延2日至2024年6月3日（星期一）",
        "法律依据": "《行政强制法》第五十三条（2012年1月1日起施行）\n适用：行政机关申请法院强制执行期限3个月",
        "可能的排除事由及机器判断": "资料不足：准予延期\n须人工核实：有正当理由",
        "需调取核实材料": "调取送达回证\n核对是否申请复议",
        "匹配方式与置信度": "行政处罚决定测市监罚〔2024〕1号：处罚文号一致（置信度0.99）",
        "数据来源": "行审.xlsx（台账）第3行\n处罚.csv第11行",
        "首次发现": "第1次（2026-06-30）",
    }
    assert {name: clue[name] for name in expected} == expected


def test_a_law_that_is_not_sure_says_so_on_the_clue(store: Store, found: RuleSet, tmp_path: Path) -> None:
    put(store, "penalty", penalty(served_on=date(2011, 3, 1)))
    put(store, "court_review", review(applied_on=date(2012, 7, 1)))

    out = publish(store, found, tmp_path / "out")

    (clue,) = sheet(out, "线索")
    assert "适用：行政机关申请法院强制执行期限180日（把握中，须核原文）" in str(clue["法律依据"])
    assert any("（把握中，须核原文）" in str(row["依据或算式"]) for row in sheet(out, "证据"))


def test_findings_of_one_clue_are_numbered_the_leading_first(store: Store, found: RuleSet, tmp_path: Path) -> None:
    put(store, "court_review",
        review(applied_on=date(2024, 7, 1), accepted_on=date(2024, 7, 2), ruled_on=date(2024, 9, 1)))

    out = publish(store, found, tmp_path / "out")

    (clue,) = sheet(out, "线索")
    assert clue["规则"] == "1. 测试超期申请\n2. 测试超期裁定"
    assert clue["被监督单位"] == "测试市市场监督管理局\n测试市测试区人民法院"
    assert str(clue["违法情形"]).startswith("1. 2024年7月1日申请")


@pytest.mark.parametrize("name", list(layout.WIDTHS))
def test_a_list_has_the_same_rows_and_columns_in_every_form(
    store: Store, found: RuleSet, tmp_path: Path, name: str
) -> None:
    out = publish(store, found, tmp_path / "out")

    stem = out / "线索清单" if name == "线索" else out / "明细" / name
    frame = pl.read_parquet(stem.with_suffix(".parquet"))
    rows = read_csv(stem.with_suffix(".csv"))
    assert frame.columns == list(layout.WIDTHS[name])
    assert len(rows) == frame.height == len(sheet(out, name))
    assert [list(row) for row in rows[:1]] in ([], [[*frame.columns, NEUTRALISED]])


def test_a_value_shows_the_text_as_delivered_and_its_header(store: Store, found: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "organ.yaml").write_text(MAPPING, encoding="utf-8")
    mappings = read_mappings(tmp_path / "sources")

    out = publish(store, found, tmp_path / "out", mappings=mappings)

    served = next(row for row in sheet(out, "证据") if row["项目"] == "行政处罚决定·送达日")
    assert [served[name] for name in ("值", "来源文件", "行号", "原始值")] == [
        "2024年3月1日", "处罚.csv", 11, "送达时间：2024/3/1"]


def test_a_merged_value_leads_to_the_delivery_that_gave_it(store: Store, found: RuleSet, tmp_path: Path) -> None:
    store.run("INSERT INTO penalty_delivered BY NAME SELECT * REPLACE ('公示.csv' AS file, 77 AS line) "
              "FROM penalty_delivered WHERE natural_key = '测试局|P1'")
    store.run("UPDATE penalty_delivered SET served_on = NULL WHERE file = '处罚.csv'")

    out = publish(store, found, tmp_path / "out")

    places = {row["项目"]: (row["来源文件"], row["行号"]) for row in sheet(out, "证据")}
    assert places["行政处罚决定·送达日"] == ("公示.csv", 77)
    assert places["行政处罚决定·处罚决定书文号"] == ("处罚.csv", 11)


def test_a_value_no_record_was_linked_for_says_so(store: Store, tmp_path: Path) -> None:
    unlinked = LATE.replace("none: gap", "none: keep").replace(
        "expr: applied_on > last_day", "expr: applied_on IS NOT NULL")

    out = publish(store, ruleset(tmp_path / "rules", late=unlinked), tmp_path / "out")

    values = {(row["所在记录"], row["项目"]): row["值"] for row in sheet(out, "证据")}
    assert values[None, "行政处罚决定·送达日"] == "（没有关联到记录）"


def test_rare_characters_survive(store: Store, found: RuleSet, tmp_path: Path) -> None:
    put(store, "court_review", review(applied_on=date(2024, 7, 1), party_name=RARE))

    out = publish(store, found, tmp_path / "out")

    assert sheet(out, "线索")[0]["当事人"] == RARE
    assert read_csv(out / "线索清单.csv")[0]["当事人"] == RARE


def test_a_number_the_record_lacks_comes_from_a_linked_record_of_the_party(
    store: Store, found: RuleSet, tmp_path: Path
) -> None:
    out = publish(store, found, tmp_path / "out", masked=False)

    assert sheet(out, "线索")[0]["证件号"] == "91410000MA00000001"


def test_gaps_are_counted_by_what_is_missing_and_where(store: Store, found: RuleSet, tmp_path: Path) -> None:
    out = publish(store, found, tmp_path / "out")

    groups = {(row["缺少的资料"], row["单位"]): (row["待判断件数"], row["涉及规则"]) for row in sheet(out, "资料缺口")}
    waiting = [(row["规则"], row["数据来源"]) for row in sheet(out, "缺口明细")]
    assert groups["关联记录（裁定所依据的处罚）", "测试市市场监督管理局"] == (1, "测试超期申请")
    assert groups["非诉执行审查（行审）的受理日", "测试市测试区人民法院"] == (3, "测试未作裁定、测试超期裁定")
    assert ("测试超期申请", "行审.xlsx（台账）第4行") in waiting


def test_exclusions_and_gone_clues_have_their_reasons(store: Store, found: RuleSet, tmp_path: Path) -> None:
    night(store, found)
    put(store, "court_review", review(applied_on=date(2024, 5, 1)))

    out = publish(store, found, tmp_path / "out", 2)

    assert sheet(out, "线索") == []
    assert [row["排除理由"] for row in sheet(out, "排除")] == ["排除：准予延期"]
    assert [row["原因"] for row in sheet(out, "消失")] == [
        "第2次运行（截至2026年6月30日）起不再列入：测试超期申请（已不符合条件）"]


def test_defects_have_place_reason_and_fix(store: Store, found: RuleSet, tmp_path: Path) -> None:
    store.put("reject", pl.DataFrame({
        "batch_id": [1], "source_id": ["organ"], "file": ["处罚.csv"], "sheet": [""], "line": [7], "kind": ["row"],
        "column_label": ["送达日期"], "value": ["2024-02-30"], "code": ["E-DATE-NONE"], "reason": ["没有这一天"],
        "fix": ["请核对"]}))

    out = publish(store, found, tmp_path / "out")

    (row,) = sheet(out, "数据缺陷")
    assert [row[name] for name in ("来源文件", "行号", "类别", "列", "值", "原因", "处理办法", "代码")] == [
        "处罚.csv", 7, "整行", "送达日期", "2024-02-30", "没有这一天", "请核对", "E-DATE-NONE"]


def test_notes_tell_versions_counts_files_and_coverage(store: Store, found: RuleSet, tmp_path: Path) -> None:
    store.put("delivery", pl.DataFrame({
        "batch_id": [1], "source_id": ["organ"], "table_name": ["penalty"], "file": ["处罚.csv"], "sheet": [""],
        "status": ["loaded"], "rows_in": [12], "rows_loaded": [10], "rows_rejected": [1], "rows_skipped": [1]}))
    store.put("coverage", pl.DataFrame({
        "natural_key": ["c"], "table_name": ["penalty"], "supplier": ["测试局"], "division": ["410000"],
        "covers_from": [date(2020, 1, 1)], "covers_until": [date(2026, 6, 30)], "exhaustive": [True]}))

    out = publish(store, found, tmp_path / "out")

    told = {(row["类别"], row["项目"]): str(row["内容"]) for row in sheet(out, "运行说明")}
    assert told["运行", "数据截止日"] == "2026年6月30日"
    assert told["版本", "法定参数"] == "l1"
    assert told["线索状态", "新增"] == "1 条"
    assert told["规则结果", "测试超期申请（non_litigation.late 第1版）"] == "命中 1，排除 1，资料缺口 1"
    assert "共 12 行，入库 10，缺陷 1，跳过 1" in told["收到的文件", "处罚.csv"]
    assert "2020年1月1日 至 2026年6月30日" in told["数据覆盖声明", "行政处罚决定"]
    assert NEUTRALISED in told["怎样读", "CSV"]


def test_an_empty_warehouse_gives_empty_lists(found: RuleSet, tmp_path: Path) -> None:
    out = publish(Store(), found, tmp_path / "out")

    assert {name: len(sheet(out, name)) for name in layout.WIDTHS if name != "运行说明"} == dict.fromkeys(
        [name for name in layout.WIDTHS if name != "运行说明"], 0)


def test_short_lists_for_the_screen(store: Store, found: RuleSet) -> None:
    night(store, found)

    assert export.top(store, 5).select("序号", "当事人", "违法情形").rows() == [
        (1, "测试甲有限公司", "2024年7月1日申请，晚于最后一日2024年6月3日，超28日")]
    assert export.gaps(store, 1, found).select("调取什么", "待判断件数").rows() == [("非诉执行审查（行审）", 3)]
    assert export.rejects(store).height == 0


def test_short_lists_need_no_right_to_write(store: Store, found: RuleSet, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    night(store, found)
    store.run(f"ATTACH '{path}' AS aside")
    store.run("COPY FROM DATABASE memory TO aside")
    store.run("DETACH aside")

    reader = Store(path, read_only=True)

    assert (export.top(reader).height, export.gaps(reader).height) == (1, 2)


@pytest.mark.parametrize("name", list(layout.WIDTHS))
def test_every_column_is_explained(name: str) -> None:
    page = (ROOT / "docs" / "clue-list.md").read_text(encoding="utf-8")

    assert [column for column in layout.WIDTHS[name] if f"| {column} |" not in page] == []
