"""The lists as files: what a prosecutor opens, what no spreadsheet runs, what is hidden."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from clue_world import AS_OF, ROOT, link, night, penalty, put, review, ruleset

from engine import export
from engine.errors import EngineError
from engine.export import workbook
from engine.export.files import published
from engine.export.layout import WIDTHS
from engine.export.workbook import HEADER, MOST_CHARACTERS, Sheet
from engine.rules import RuleSet
from engine.store import Store
from engine.text import NEUTRALISED, neutralise

LURE = '=HYPERLINK("http://x","张")'
RESIDENT = "410000199001010010"
"""Made up; no such division."""


NIGHT = datetime(2026, 6, 30, 1, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    return ruleset(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def out(found: RuleSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lists of one night, for tests that only read them."""
    out = tmp_path_factory.mktemp("out")
    export.export(one_night(found), out, found)
    return out


@pytest.fixture
def store(found: RuleSet) -> Store:
    return one_night(found)


def one_night(found: RuleSet) -> Store:
    """Return a warehouse with one clue, whose party is named like a formula, and one review without a penalty."""
    store = Store()
    party = {"party_name": LURE, "resident_id": RESIDENT, "uscc": None}
    put(store, "penalty", penalty(served_on=date(2024, 3, 1), **party))
    put(store, "court_review", review(applied_on=date(2024, 7, 1), sought_yuan=12500, party_name=LURE),
        review("2", applied_on=date(2024, 7, 1)))
    link(store)
    night(store, found)
    summary = {"versions": {"engine": "0.1.0", "rules": "r1", "law": "l1", "data": "d1"}, "clues": {"新增": 1}}
    row = (1, AS_OF, NIGHT, NIGHT, "0.1.0", "r1", json.dumps(summary))
    store.run("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return store


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def cell(out: Path, column: str) -> openpyxl.cell.Cell:
    """Return the cell of the first clue in that column."""
    page = openpyxl.load_workbook(out / "线索清单.xlsx")["线索"]
    names = [head.value for head in page[HEADER + 1]]
    return page.cell(HEADER + 2, names.index(column) + 1)


def test_the_workbook_has_its_sheets_in_order(out: Path) -> None:
    book = openpyxl.load_workbook(out / "线索清单.xlsx")

    assert book.sheetnames == ["线索", "证据", "资料缺口", "缺口明细", "排除", "消失", "数据缺陷", "运行说明"]


def test_every_sheet_says_what_it_is_and_of_which_run(out: Path) -> None:
    titles = {page.title: page["A1"].value for page in openpyxl.load_workbook(out / "线索清单.xlsx")}

    assert titles["线索"].startswith("线索清单")
    assert all("第1次运行，数据截止日2026年6月30日" in title for title in titles.values())


def test_the_header_stays_in_sight_and_filters(out: Path) -> None:
    page = openpyxl.load_workbook(out / "线索清单.xlsx")["线索"]

    assert page.freeze_panes == "H4"
    assert page.auto_filter.ref == "A3:AA4"


def test_only_the_columns_to_work_with_are_printed(out: Path) -> None:
    page = openpyxl.load_workbook(out / "线索清单.xlsx")["线索"]

    assert page.print_area == "'线索'!$A$1:$M$5"
    assert page["M3"].value == "需调取核实材料"
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$3:$3")


def test_a_name_like_a_formula_stays_a_text_cell(out: Path) -> None:
    party = cell(out, "当事人")

    assert party.value == LURE
    assert party.data_type in ("s", "inlineStr")
    assert party.hyperlink is None


def test_csv_quotes_a_name_like_a_formula_and_says_so(out: Path) -> None:
    (clue,) = rows_of(out / "线索清单.csv")

    assert clue["当事人"] == "'" + LURE
    assert clue[NEUTRALISED] == "当事人"
    assert list(clue)[-1] == NEUTRALISED


def test_parquet_keeps_the_text_as_delivered(out: Path) -> None:
    assert pl.read_parquet(out / "线索清单.parquet")["当事人"].to_list() == [LURE]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a"])
def test_every_sign_a_spreadsheet_runs_is_quoted(text: str) -> None:
    quoted = neutralise(pl.DataFrame({"值": [text]}))

    assert quoted.rows() == [("'" + text, "值")]


def test_texts_and_numbers_without_danger_are_left_alone() -> None:
    quoted = neutralise(pl.DataFrame({"值": ["甲=乙", None], "金额": [-1, 2]}))

    assert quoted.rows() == [("甲=乙", -1, ""), (None, 2, "")]


def test_a_resident_number_is_masked_in_every_file(out: Path) -> None:
    texts = [path.read_text(encoding="utf-8-sig") for path in out.rglob("*.csv")]
    book = openpyxl.load_workbook(out / "线索清单.xlsx")
    texts += [str(value) for page in book for row in page.iter_rows(values_only=True) for value in row]

    assert not any(RESIDENT in text for text in texts)
    assert cell(out, "证件号").value == "410*************10"


def test_a_resident_number_is_whole_where_asked(store: Store, found: RuleSet, tmp_path: Path) -> None:
    export.export(store, tmp_path / "whole", found, masked=False)

    assert cell(tmp_path / "whole", "证件号").value == RESIDENT


def test_every_value_of_a_record_has_its_file_and_line(out: Path) -> None:
    values = rows_of(out / "明细" / "证据.csv")

    placed = {(v["项目"], v["来源文件"], v["工作表"], v["行号"]) for v in values if v["类别"] == "原始记录"}
    assert ("申请执行日", "行审.xlsx", "台账", "3") in placed
    assert ("行政处罚决定·送达日", "处罚.csv", "", "11") in placed
    assert all(v["来源文件"] and v["行号"] for v in values if v["类别"] != "法定参数")


def test_a_computed_value_shows_its_formula_and_a_period_its_article(out: Path) -> None:
    values = {v["项目"]: v for v in rows_of(out / "明细" / "证据.csv")}

    assert values["超期日数"]["依据或算式"] == "相隔日数(最后一日, 申请执行日)"
    assert any(v["类别"] == "法定参数" and "《行政强制法》第五十三条" in v["依据或算式"] for v in values.values())


def test_an_exclusion_is_told_in_chinese(out: Path) -> None:
    told = cell(out, "可能的排除事由及机器判断").value

    assert told == "资料不足：准予延期\n须人工核实：有正当理由"


def test_a_sum_is_a_number_with_two_places(out: Path) -> None:
    money = cell(out, "金额（元）")

    assert (money.value, money.number_format) == (12500, "#,##0.00")


def test_what_is_missing_is_told_with_the_record_that_waits(out: Path) -> None:
    waiting = rows_of(out / "明细" / "缺口明细.csv")

    (gap,) = [row for row in waiting if row["规则"] == "测试超期申请"]
    assert (gap["文号、案号"], gap["数据来源"]) == ("(2024)豫0000行审2号", "行审.xlsx（台账）第4行")


def test_run_json_tells_versions_and_counts(out: Path) -> None:
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))

    assert told["versions"] == {"engine": "0.1.0", "rules": "r1", "law": "l1", "data": "d1"}
    assert (told["run_id"], told["as_of"], told["lists"]["线索"]) == (1, "2026-06-30", 1)
    assert {(a["rule_id"], a["answer"], a["count"]) for a in told["answers"]} >= {
        ("non_litigation.late", "hit", 1), ("non_litigation.late", "gap", 1)}


def test_a_list_before_any_run_is_an_error(found: RuleSet, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="还没有完整的运行"):
        export.export(Store(), tmp_path / "out", found)

    assert not (tmp_path / "out").exists()


def test_a_failing_export_leaves_the_files_of_the_run_before(store: Store, found: RuleSet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export.export(store, out, found)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    store.run("DROP TABLE coverage")

    with pytest.raises(Exception, match="coverage"):
        export.export(store, out, found)

    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")

    def fail_half_way() -> None:
        with published(tmp_path) as folder:
            (folder / "a").write_text("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


def test_the_same_run_is_exported_the_same_twice(store: Store, found: RuleSet, out: Path, tmp_path: Path) -> None:
    export.export(store, tmp_path / "again", found)

    for name in ("线索清单.xlsx", "线索清单.csv", "明细/证据.csv"):
        assert (out / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_text_too_long_for_a_cell_is_cut_in_sight(tmp_path: Path) -> None:
    sheet = Sheet("长", pl.DataFrame({"值": ["长" * 40_000]}))

    workbook.write(tmp_path / "a.xlsx", [sheet], "", NIGHT)

    value = openpyxl.load_workbook(tmp_path / "a.xlsx")["长"].cell(HEADER + 2, 1).value
    assert len(value) == MOST_CHARACTERS
    assert value.endswith("…（截断，全文见CSV）")


def test_a_list_longer_than_its_sheet_says_where_the_rest_is(tmp_path: Path) -> None:
    sheet = Sheet("短", pl.DataFrame({"值": ["甲", "乙"]}), total=1_002)

    workbook.write(tmp_path / "a.xlsx", [sheet], "", NIGHT)

    last = openpyxl.load_workbook(tmp_path / "a.xlsx")["短"].cell(HEADER + 4, 1)
    assert last.value == "（其余 1,000 行见同名 CSV 文件）"


def test_a_date_before_spreadsheet_time_is_written_as_text(tmp_path: Path) -> None:
    sheet = Sheet("日期", pl.DataFrame({"日": [date(1899, 12, 31), date(2024, 3, 1)]}))

    workbook.write(tmp_path / "a.xlsx", [sheet], "", NIGHT)

    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["日期"]
    assert [str(page.cell(row, 1).value) for row in (4, 5)] == ["1899-12-31", "2024-03-01 00:00:00"]


def test_every_column_of_every_sheet_is_explained(out: Path) -> None:
    page = (ROOT / "docs" / "clue-list.md").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(out / "线索清单.xlsx")

    assert [(sheet.title, head.value) for sheet in book for head in sheet[HEADER + 1] if head.value not in page] == []


def test_every_column_has_a_width_of_its_own(out: Path) -> None:
    book = openpyxl.load_workbook(out / "线索清单.xlsx")

    assert {sheet.title: [head.value for head in sheet[HEADER + 1]] for sheet in book} == {
        name: list(widths) for name, widths in WIDTHS.items()}
