"""Whole files: recognised, accounted for, refused, repeated."""

from datetime import date
from pathlib import Path

import pytest
from load_world import HEAD, LEDGER, World, csv

from engine.errors import SourceError
from engine.sources.received import check_unchanged, keep

ROW = ("漯市监处罚〔2024〕1号", "漯河市市场监督管理局", "测某甲", "2024-03-01")


def _row(number: int, **changed: str) -> tuple[str, ...]:
    cells = {"文号": f"漯市监处罚〔2024〕{number}号", "机关": ROW[1], "当事人": ROW[2], "决定日期": ROW[3], **changed}
    return tuple(cells.values())


def test_a_loaded_row_can_be_walked_back_to_its_file_and_line(tmp_path: Path) -> None:
    world = World(tmp_path)

    world.rows(HEAD, ROW)

    base = world.store.rows("SELECT natural_key, source_id, file, sheet, line, batch_id, raw FROM penalty")[0]
    assert base[:6] == ("漯河市市场监督管理局|漯市监处罚(2024)1", "ledger", "a.csv", "", 2, 1)
    assert base[6] == (
        '{"文号":"漯市监处罚〔2024〕1号","机关":"漯河市市场监督管理局","当事人":"测某甲","决定日期":"2024-03-01"}')


def test_the_record_id_comes_from_the_natural_key_alone(tmp_path: Path) -> None:
    world = World(tmp_path)

    world.rows(HEAD, _row(7), _row(1, 文号="（漯）市监处罚 [2024] 第001号"))

    assert world.store.count(
        "SELECT count(*) FROM penalty WHERE record_id <> md5_number_lower('penalty|' || natural_key)") == 0


def test_every_row_is_loaded_rejected_or_skipped(tmp_path: Path) -> None:
    world = World(tmp_path)

    report = world.rows(HEAD, _row(1), _row(2, 决定日期="2024-02-30"), _row(1), _row(3, 文号="/"))[0]

    counts = report.rows_in, report.rows_loaded, report.rows_rejected, report.rows_skipped
    assert counts == (4, 1, 2, 1)
    ledger = "SELECT rows_in, rows_loaded, rows_rejected, rows_skipped, status FROM delivery"
    assert world.store.rows(ledger) == [(*counts, "loaded")]


def test_the_original_is_kept_write_once_under_its_hash(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = csv(tmp_path / "a.csv", HEAD, ROW)

    report = world.load(path)[0]

    kept = tmp_path / "home" / "received" / report.sha256[:2] / report.sha256
    assert kept.read_bytes() == path.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o400


def test_the_same_content_under_another_name_is_loaded_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.rows(HEAD, ROW)

    report = world.rows(HEAD, ROW, name="b.csv")[0]

    assert (report.status, report.rows_loaded) == ("duplicate", 0)
    assert "入库的“a.csv”内容相同" in report.message
    assert world.store.count("SELECT count(*) FROM penalty_delivered") == 1


def test_other_content_under_the_same_name_is_a_new_version(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.rows(HEAD, _row(1), _row(2))

    report = world.rows(HEAD, _row(2, 当事人="测某乙"), _row(3), _row(4))[0]

    assert "2行→3行，新出现2件，不再出现1件" in report.changes
    assert world.store.count("SELECT count(*) FROM penalty_delivered") == 5
    assert world.store.count("SELECT count(*) FROM penalty") == 4
    assert world.store.rows("SELECT party_name FROM penalty WHERE document_no LIKE '%2号'") == [("测某乙",)]


def test_columns_in_another_order_are_found_by_name(tmp_path: Path) -> None:
    world = World(tmp_path)

    world.rows(HEAD[::-1], ROW[::-1])

    assert world.store.rows("SELECT document_no, decided_on FROM penalty") == [(ROW[0], date(2024, 3, 1))]


def test_a_renamed_column_refuses_the_file_and_names_both(tmp_path: Path) -> None:
    world = World(tmp_path, ledger=LEDGER.replace("[罚款金额]", "[处罚金额]"))
    world.rows((*HEAD, "处罚金额"), (*ROW, "100"))

    report = world.rows((*HEAD, "罚款金额"), (*_row(2), "100"), name="b.csv")[0]

    assert report.refused
    assert report.message.startswith("b.csv：缺少列“处罚金额”，多出列“罚款金额”。若是改名，请在映射里加别名")
    assert world.store.count("SELECT count(*) FROM penalty") == 1


def test_a_missing_key_column_refuses_the_file(tmp_path: Path) -> None:
    report = World(tmp_path).rows(("文号", "当事人", "决定日期"), ("甲〔2024〕1号", "测某甲", "2024-03-01"))[0]

    assert (report.code, report.rows_loaded) == ("E-HEADER-UNKNOWN", 0)
    assert "最接近“处罚台账”（ledger）：缺少列“机关”" in report.message


def test_a_header_nobody_knows_is_refused_with_the_next_step(tmp_path: Path) -> None:
    report = World(tmp_path).rows(("甲", "乙"), ("1", "2"))[0]

    assert report.code == "E-HEADER-UNKNOWN"
    assert "--explain" in report.message


def test_a_refused_file_leaves_its_attempt_and_nothing_else(tmp_path: Path) -> None:
    world = World(tmp_path)

    world.rows(("甲", "乙"), ("1", "2"))

    assert world.store.rows("SELECT file, status, rows_in, rows_loaded FROM delivery") == [("a.csv", "refused", 0, 0)]
    assert world.store.rows("SELECT kind, code, line FROM reject") == [("file", "E-HEADER-UNKNOWN", None)]


def test_a_refused_file_is_tried_again_and_does_not_stop_the_others(tmp_path: Path) -> None:
    world = World(tmp_path)
    bad, good = csv(tmp_path / "bad.csv", ("甲",), ("1",)), csv(tmp_path / "good.csv", HEAD, ROW)

    first, second = world.load(bad, good), world.load(bad, good)

    assert [r.status for r in first] == ["refused", "loaded"]
    assert [r.status for r in second] == ["refused", "duplicate"]


def test_a_missing_file_is_a_report_too(tmp_path: Path) -> None:
    report = World(tmp_path).load(tmp_path / "none.csv")[0]

    assert (report.code, report.refused) == ("E-FILE-READ", True)


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    report = World(tmp_path).rows(("文号", "机关", "罚款金额", " 罚款金额　"), ("甲〔2024〕1号", "某局", "1", "2"))[0]

    assert (report.refused, "列名“罚款金额”出现2次（第3、4列）" in report.message) == (True, True)


def test_spaces_around_names_do_not_matter(tmp_path: Path) -> None:
    world = World(tmp_path)

    report = world.rows((" 文号 ", "机关　", "当事人", "决定日期"), ROW)[0]

    assert report.rows_loaded == 1


def test_data_under_no_name_refuses_the_file(tmp_path: Path) -> None:
    report = World(tmp_path).rows(("文号", "", "机关"), ("甲〔2024〕1号", "x", "某局"))[0]

    assert (report.refused, "第2列没有列名但有数据" in report.message) == (True, True)


def test_a_header_alone_is_loaded_with_an_alarm_and_takes_nothing_away(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.rows(HEAD, ROW)

    report = world.rows(HEAD, name="b.csv")[0]

    assert (report.status, report.rows_in) == ("loaded", 0)
    assert any("没有数据行" in warning for warning in report.warnings)
    assert world.store.count("SELECT count(*) FROM penalty") == 1


def test_twenty_bad_rows_are_borne_and_one_more_refuses_the_file(tmp_path: Path) -> None:
    world = World(tmp_path)
    bad = [_row(n, 决定日期="2024-02-30") for n in range(21)]

    borne, refused = world.rows(HEAD, *bad[:20])[0], world.rows(HEAD, *bad, name="b.csv")[0]

    assert (borne.rows_rejected, borne.status) == (20, "loaded")
    assert refused.code == "E-QUARANTINE-LIMIT"
    assert "21行中有21行不能入库，超过上限20行（“决定日期”不存在的日期21行）" in refused.message
    assert world.store.count("SELECT count(*) FROM reject WHERE file = 'b.csv'") == 1


def test_the_limit_is_a_share_of_a_long_file(tmp_path: Path) -> None:
    rows = [_row(n) for n in range(2970)] + [_row(n, 决定日期="2024-02-30") for n in range(2970, 3000)]

    report = World(tmp_path).rows(HEAD, *rows)[0]

    assert (report.status, report.rows_loaded, report.rows_rejected) == ("loaded", 2970, 30)


def test_columns_without_use_are_named(tmp_path: Path) -> None:
    world = World(tmp_path)

    report = world.rows((*HEAD, "承办人"), (*ROW, "测某丙"))[0]

    assert report.unmapped == ["承办人"]
    assert world.store.rows("SELECT kind, reason FROM reject WHERE code = 'E-COLUMN-UNMAPPED'") == [
        ("note", "映射没有用到的列：“承办人”；内容保留在原始行")]


def test_a_unit_nobody_knows_refuses_the_file(tmp_path: Path) -> None:
    report = World(tmp_path).rows((*HEAD, "罚款金额（十万元）"), (*ROW, "1"))[0]

    assert report.code == "E-UNIT"


def test_two_mappings_that_read_a_header_differently_need_the_source_named(tmp_path: Path) -> None:
    other = LEDGER.replace("处罚台账", "另一台账").replace("[罚款金额]", "{headers: [罚款金额], unit: 万元}")
    world = World(tmp_path, ledger=LEDGER, other=other)
    path = csv(tmp_path / "a.csv", (*HEAD, "罚款金额"), (*ROW, "2"))

    unsure, named = world.load(path)[0], world.load(path, source="other")[0]

    assert unsure.code == "E-MAPPING-AMBIGUOUS"
    assert (named.source_id, world.value("fine_yuan")) == ("other", 20000)


def test_an_unknown_source_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", HEAD, ROW)

    report = World(tmp_path).load(path, source="legder")[0]

    assert report.message.startswith("a.csv：没有来源“legder”，是否“ledger”？")


SPLIT = """
title: 案件清单
feeds:
  - table: court_review
    rows: {类别: [非诉执行]}
    optional_key: [court]
    columns: {case_no: [案号], applicant: [机关]}
  - table: litigation
    rows: {类别: [一审, 二审]}
    optional_key: [court]
    columns: {case_no: [案号], defendant: [机关], procedure: [类别]}
"""


def test_one_file_feeds_two_tables_and_each_row_counts_once(tmp_path: Path) -> None:
    world = World(tmp_path, cases=SPLIT)

    reports = world.rows(
        ("案号", "机关", "类别"),
        ("（2024）豫1102行审1号", "某局", "非诉执行"), ("（2024）豫1102行初2号", "某局", "一审"),
        ("（2024）豫11行终3号", "某局", "二审"), ("（2024）豫11行赔4号", "某局", "赔偿"),
    )

    counted = [(r.table, r.rows_in, r.rows_loaded, r.rows_rejected, r.rows_skipped) for r in reports]
    assert counted == [("court_review", 4, 1, 1, 2), ("litigation", 4, 2, 0, 2)]
    assert reports[1].skipped == {"不属于本表": 1, "已列入前一张表的缺陷": 1}
    assert world.defects() == [("row", "E-ROW-KIND", "类别")]


BOTH = """
title: 裁定要素
feeds:
  - table: court_review
    columns: {case_no: [案号], court: [法院], penalty_document_no: [处罚文号], applicant: [申请人]}
  - table: penalty
    columns:
      document_no: [处罚文号]
      authority: [申请人]
      relief: {headers: [救济], values: {无: none, 复议: reconsideration, 诉讼: litigation}}
      reconsidered_on: {headers: [救济日期], when: {救济: [复议]}}
      sued_on: {headers: [救济日期], when: {救济: [诉讼]}}
      demand_served_on: {headers: [催告], parse: first}
"""


def test_one_row_feeds_two_tables(tmp_path: Path) -> None:
    world = World(tmp_path, ruling=BOTH)
    header = ("案号", "法院", "处罚文号", "申请人", "救济", "救济日期", "催告")

    reports = world.rows(
        header,
        ("（2024）豫1102行审1号", "甲法院", "甲〔2024〕1号", "某局", "复议", "2024-01-02", "2024-05-01；2024-06-01"),
        ("（2024）豫1102行审2号", "甲法院", "", "某局", "诉讼", "2024-01-03", ""),
    )

    assert [(r.table, r.rows_loaded, r.rows_rejected) for r in reports] == [("court_review", 2, 0), ("penalty", 1, 1)]
    assert world.store.rows("SELECT relief, reconsidered_on, sued_on, demand_served_on FROM penalty") == [
        ("reconsideration", date(2024, 1, 2), None, date(2024, 5, 1))]


def test_a_row_may_be_left_to_one_table_where_it_says_nothing_of_the_other(tmp_path: Path) -> None:
    feed = "  - table: penalty\n"
    world = World(tmp_path, ruling=BOTH.replace(feed, feed + '    rows: {处罚文号: ["*"]}\n'))
    header = ("案号", "法院", "处罚文号", "申请人", "救济", "救济日期", "催告")

    reports = world.rows(header, ("（2024）豫1102行审2号", "甲法院", "", "某局", "诉讼", "2024-01-03", ""))

    assert [(r.table, r.rows_loaded, r.rows_rejected, r.skipped) for r in reports] == [
        ("court_review", 1, 0, {}), ("penalty", 0, 0, {"不属于本表": 1})]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", HEAD, ROW)
    received = keep(path, tmp_path / "home")
    csv(path, HEAD, ROW, _row(2))

    with pytest.raises(SourceError, match="E-FILE-CHANGED"):
        check_unchanged(path, received)


def test_several_columns_become_one_text_or_fill_each_other(tmp_path: Path) -> None:
    text = LEDGER.replace("  fine_yuan:", "  kind_text: {headers: [类别1, 类别2], join: true}\n"
                          "  violation: [违法行为, 违法类型]\n  fine_yuan:")
    world = World(tmp_path, ledger=text)

    world.one(类别1="罚款", 类别2="没收", 违法行为="", 违法类型="无证经营")

    assert (world.value("kind_text"), world.value("violation")) == ("罚款；没收", "无证经营")


def test_markup_is_read_as_text(tmp_path: Path) -> None:
    text = LEDGER.replace("  fine_yuan:", "  content_text: {headers: [摘要], parse: html}\n  fine_yuan:")
    world = World(tmp_path, ledger=text)

    world.one(摘要="<p>罚款&nbsp;100元<br/>限<b>15</b>日 &lt;缴清&gt;</p>")

    assert world.value("content_text") == "罚款 100元 限15日 <缴清>"


def test_constants_fill_what_the_file_does_not_say(tmp_path: Path) -> None:
    text = LEDGER + "constants: {field: 市场监管, procedure: ordinary, legal_review: true, fine_yuan: 5}\n"
    world = World(tmp_path, ledger=text)

    world.one(罚款金额="")

    row = world.store.rows("SELECT field, procedure, legal_review, fine_yuan FROM penalty")
    assert row == [("市场监管", "ordinary", True, 5)]


def test_a_declared_coverage_is_recorded_with_the_load(tmp_path: Path) -> None:
    declared = "coverage: {division: '4111', covers_from: 2020-01-01, covers_until: today}\n"
    world = World(tmp_path, ledger=LEDGER + declared)

    world.rows(HEAD, ROW)
    world.rows(HEAD, _row(2), name="b.csv")

    found = world.store.rows(
        "SELECT table_name, supplier, division, covers_from, covers_until, exhaustive FROM coverage")
    assert found == [("penalty", "某局", "4111", date(2020, 1, 1), date(2026, 6, 30), True)]


def test_the_court_is_left_out_of_the_key_where_the_case_number_names_it(tmp_path: Path) -> None:
    text = "title: 执行\ntable: enforcement\ncolumns: {case_no: [案号], court: [法院]}\n"
    world = World(tmp_path, courts=text)

    court = "漯河市源汇区人民法院"
    world.rows(("案号", "法院"), ("（2024）豫1102执1号", court), ("（2014）源执字第2号", court))

    assert world.store.rows("SELECT natural_key FROM enforcement ORDER BY line") == [
        ("|(2024)豫1102执1号",), ("漯河市源汇区人民法院|(2014)源执2号",)]


def test_values_in_a_file_are_never_part_of_a_statement(tmp_path: Path) -> None:
    world = World(tmp_path)
    hostile = "x'); DROP TABLE penalty; --"

    world.rows(HEAD, _row(1, 当事人=hostile))

    assert world.store.rows("SELECT party_name FROM penalty") == [(hostile,)]


@pytest.mark.parametrize("word", ["文号", "文  号", "*文号", "文号：", "文号*"])
def test_marks_in_a_header_do_not_matter(tmp_path: Path, word: str) -> None:
    assert World(tmp_path).rows((word, *HEAD[1:]), ROW)[0].rows_loaded == 1
