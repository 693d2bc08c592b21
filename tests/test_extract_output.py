"""A folder of documents becomes records that load, a check sheet, conflicts and rejects; nothing is left out."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from extract_world import ENFORCEMENT, KINDS, NONPROSECUTION, OPINION, PENALTY, RULING, docx, pdf, zipped
from openpyxl import load_workbook
from test_cli import xiezhi

from engine import export, extract, sources
from engine.store import Store

ROOT = Path(__file__).parents[1]
MADE = datetime(2026, 10, 31, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one document of each kind, in different formats, and three that cannot be read."""
    inbox = tmp_path / "文书"
    inbox.mkdir()
    (inbox / "裁定.txt").write_text(RULING, encoding="gb18030")
    (inbox / "裁定副本.txt").write_text(RULING, encoding="utf-8")
    zipped(inbox / "处罚.docx", docx(PENALTY.strip().split("\n")))
    (inbox / "不起诉.pdf").write_bytes(pdf(NONPROSECUTION.strip().split("\n")))
    page = "".join(f"<p>{line}</p>" for line in OPINION.strip().split("\n"))
    (inbox / "意见.html").write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    (inbox / "执行.txt").write_text(ENFORCEMENT, encoding="utf-8")
    (inbox / "判决.txt").write_text("虚构市人民法院\n民事判决书", encoding="utf-8")
    (inbox / "空.txt").write_bytes(b"")
    (inbox / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    return inbox


def done(folder: Path) -> extract.Extraction:
    return extract.extract([(path, path.name) for path in sorted(folder.iterdir())], KINDS)


@pytest.fixture
def loaded(folder: Path, tmp_path: Path) -> Iterator[Store]:
    """Yield a store into which the extracted records were loaded with the shipped mappings."""
    export.write_extraction(done(folder), tmp_path / "out", MADE)
    store = Store()
    mappings = sources.read_mappings(ROOT / "pipelines" / "sources")
    files = sorted((tmp_path / "out" / "要素").iterdir())
    reports = sources.load(store, mappings, files, home=tmp_path / "home", today=date(2026, 10, 31))
    assert [(r.file, r.message) for r in reports if r.refused] == []
    yield store
    store.close()


def test_every_file_is_read_repeated_or_rejected(folder: Path) -> None:
    result = done(folder)

    assert (result.files, len(result.records), len(result.repeated), len(result.rejects)) == (9, 5, 1, 3)
    assert result.repeated == [("裁定副本.txt", "裁定.txt")]
    assert [(r.where, r.code) for r in result.rejects] == [
        ("判决.txt", "E-DOCUMENT-KIND"), ("旧.doc", "E-FILE-TYPE"), ("空.txt", "E-FILE-EMPTY")]


def test_the_records_load_with_the_shipped_mappings(loaded: Store) -> None:
    asked = "SELECT case_no, party_kind, applied_on, ruling, relief, sought_yuan::INT FROM court_review"
    assert loaded.rows(asked) == [
        ("（2025）豫9902行审15号", "organisation", date(2025, 3, 10), "granted", "none", 43000)]
    assert loaded.rows("SELECT document_no, decided_on, served_on, fine_yuan::INT, demand_served_on FROM penalty") == [
        ("虚市监处罚〔2024〕88号", date(2024, 8, 1), date(2024, 8, 2), 20000, date(2025, 2, 20))]
    assert loaded.rows("SELECT item, kind, amount_yuan::INT FROM penalty_item ORDER BY item") == [
        (1, "confiscation", 3000), (2, "fine", 20000)]
    assert loaded.rows("SELECT basis_no, sought_yuan::INT, fee_yuan::INT FROM enforcement") == [
        ("（2025）豫9902行审15号", 12500, 88)]
    assert loaded.rows("SELECT party_name, sex, charge, kind, decided_on FROM nonprosecution") == [
        ("周某戊", "male", "故意伤害罪", "discretionary", date(2024, 4, 2))]
    assert loaded.rows("SELECT addressee, kind, nonprosecution_document_no, issued_on FROM opinion") == [
        ("虚构市公安局虚构分局", "opinion", "虚虚检刑不诉〔2024〕7号", date(2024, 4, 15))]


def test_two_parties_of_one_ruling_load_as_two_records(tmp_path: Path) -> None:
    second = "被执行人：郑某庚，男，1981年2月3日出生，住虚构市戊路5号。\n申请执行人虚构市市场监督管理局于"
    text = RULING.replace("申请执行人虚构市市场监督管理局于", second, 1)
    (tmp_path / "甲.txt").write_text(text, encoding="utf-8")
    result = extract.extract([(tmp_path / "甲.txt", "甲.txt")], KINDS)
    export.write_extraction(result, tmp_path / "out", MADE)
    store = Store()

    mappings = sources.read_mappings(ROOT / "pipelines" / "sources")
    sources.load(store, mappings, [tmp_path / "out" / "要素" / "行审裁定书.csv"], home=tmp_path, today=MADE.date())

    assert (result.files, result.read, len(result.records)) == (1, 1, 2)
    assert sorted(store.rows("SELECT party_name, party_kind, birth_date FROM court_review")) == [
        ("虚构市乙食品有限公司", "organisation", None), ("郑某庚", "person", date(1981, 2, 3))]
    store.close()


def test_a_loaded_value_leads_back_to_the_words_of_the_document(loaded: Store) -> None:
    [(raw,)] = loaded.rows("SELECT raw FROM court_review")
    row = json.loads(raw)

    assert (row["文书"], len(row["文书SHA256"])) == ("裁定.txt", 64)
    assert json.loads(row["出处"])["受理日期"] == "第8段第60—66字“本院于同日受理”、第8段第17—26字“2025年3月10日”"


@pytest.mark.slow
def test_the_evidence_of_a_clue_shows_the_words_of_the_document(folder: Path, tmp_path: Path) -> None:
    export.write_extraction(done(folder), tmp_path / "out", MADE)

    places = ("--home", tmp_path / "home", "--out", tmp_path / "lists", "--as-of", "2026-10-31")
    xiezhi("run", tmp_path / "out" / "要素", *places)

    evidence = pl.read_csv(tmp_path / "lists" / "明细" / "证据.csv", infer_schema=False)
    told = evidence.filter(pl.col("项目") == "裁定日")["原始值"].to_list()
    assert told == ["裁定日期：2025-03-17（裁定.txt 第14段第1—10字“二〇二五年三月十七日”）"]


def test_the_check_sheet_has_one_row_a_field_and_room_for_the_checker(folder: Path, tmp_path: Path) -> None:
    export.write_extraction(done(folder), tmp_path / "out", MADE)

    book = load_workbook(tmp_path / "out" / "核对表.xlsx")

    rows = list(book["核对表"].iter_rows(min_row=3, values_only=True))
    found = {(row[0], row[2]): row for row in rows[1:]}
    assert rows[0] == ("文书", "文书种类", "字段", "值", "状态", "段落", "字符", "引文", "原因与说明", "核对结果")
    assert found["不起诉.pdf", "出生日期"][4:9] == (
        "未取（存疑）", "4", "1—24", "被不起诉人周某戊，男，1990年**月**日出生", "日期有遮盖")
    assert found["裁定.txt", "受理日期"][5:8] == ("8\n8", "60—66\n17—26", "本院于同日受理\n2025年3月10日")
    assert len(found) == sum(len(r.values) + len(r.items) for r in done(folder).records)
    assert book.sheetnames == ["核对表", "冲突", "拒收"]


def test_a_second_extraction_leaves_nothing_of_the_first(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export.write_extraction(done(folder), out, MADE)
    for path in folder.glob("执行*"):
        path.unlink()

    export.write_extraction(done(folder), out, MADE)

    assert sorted(p.name for p in (out / "要素").iterdir()) == [
        "不起诉决定书.csv", "处罚项.csv", "检察意见书.csv", "行审裁定书.csv", "行政处罚决定书.csv"]


def test_words_that_a_spreadsheet_might_run_are_quoted(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(RULING.replace("虚构市乙食品", "=cmd()乙食品"), encoding="utf-8")

    export.write_extraction(extract.extract([(tmp_path / "甲.txt", "甲.txt")], KINDS), tmp_path / "out", MADE)

    frame = pl.read_csv(tmp_path / "out" / "要素" / "行审裁定书.csv", infer_schema=False)
    assert frame["被执行人"].to_list() == ["'=cmd()乙食品有限公司"]


def test_a_document_is_read_by_what_it_says_whatever_its_name_claims(tmp_path: Path) -> None:
    (tmp_path / "行审裁定书.txt").write_text(PENALTY, encoding="utf-8")

    [record] = extract.extract([(tmp_path / "行审裁定书.txt", "行审裁定书.txt")], KINDS).records

    assert record.kind.title == "行政处罚决定书"


def test_one_number_in_two_counties_is_told_and_both_are_kept(tmp_path: Path) -> None:
    for name, county in (("甲.txt", "虚构市甲县"), ("乙.txt", "虚构市乙县")):
        text = PENALTY.replace("虚构市市场监督管理局", f"{county}市场监督管理局")
        (tmp_path / name).write_text(text, encoding="utf-8")

    result = extract.extract([(tmp_path / name, name) for name in ("甲.txt", "乙.txt")], KINDS)

    said = "同一处罚决定书文号见于两个机关的文书：虚构市甲县市场监督管理局 / 虚构市乙县市场监督管理局"
    assert [[c.what for c in r.conflicts] for r in result.records] == [[said], [said]]
    assert [name for name, _ in result.records[0].conflicts[0].quotes] == ["甲.txt", "乙.txt"]


def test_what_differs_between_two_documents_is_told_without_names(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(NONPROSECUTION, encoding="utf-8")
    (tmp_path / "乙.txt").write_text(NONPROSECUTION.replace("周某戊", "吴某己"), encoding="utf-8")

    result = extract.extract([(tmp_path / name, name) for name in ("甲.txt", "乙.txt")], KINDS)

    [conflict] = result.records[1].conflicts
    assert conflict.what == "同一不起诉决定书文号的两份文书，被不起诉人不同：周＊＊ / 吴＊＊"
    assert [quote.text for _, quote in conflict.quotes] == ["被不起诉人周某戊", "被不起诉人吴某己"]


@pytest.mark.parametrize("text", [
    "于" * 60_000, "1" * 60_000, "罚款1元" * 20_000, "《刑法》第一条" * 9_000, "被执行人" * 20_000,
])
def test_a_hostile_document_takes_seconds_at_most(tmp_path: Path, text: str) -> None:
    (tmp_path / "甲.txt").write_text(RULING + text, encoding="utf-8")
    begun = time.process_time()

    assert extract.extract([(tmp_path / "甲.txt", "甲.txt")], KINDS).files == 1
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("piece", ["<a ", "<!--", "</", "<a b=\"", "<div><table><tr><td>", "<![CDATA["])
def test_a_hostile_page_takes_seconds_at_most(tmp_path: Path, piece: str) -> None:
    (tmp_path / "甲.html").write_text("<html>" + piece * 60_000, encoding="utf-8")
    begun = time.process_time()

    assert extract.extract([(tmp_path / "甲.html", "甲.html")], KINDS).files == 1
    assert time.process_time() - begun < 5


def test_fifty_documents_a_second_are_read(tmp_path: Path) -> None:
    facts = "经查，当事人于2023年3月5日购进货物30件，单价12元，货款360元，有送货单、进货台账、询问笔录为证。\n" * 40
    files = [(tmp_path / f"{number}.txt", f"{number}.txt") for number in range(100)]
    longer = RULING.replace("本院认为", f"{facts}本院认为")
    for path, name in files:
        path.write_text(longer.replace("行审15号", f"行审{name.removesuffix('.txt')}号"), encoding="gb18030")
    begun = time.process_time()

    done = extract.extract(files, KINDS)

    assert len(done.records) == 100
    assert time.process_time() - begun < 2


def test_the_command_reports_in_chinese_and_ends_in_part(folder: Path, tmp_path: Path) -> None:
    shown = xiezhi("extract", folder, "--out", tmp_path / "out", code=4).stdout

    assert "收到 9 份 = 已抽取 5 + 重复 1 + 拒收 3" in shown
    assert "旧.doc：是旧版Word或WPS文档" in shown
    assert str(folder) not in shown


def test_the_command_speaks_json(folder: Path, tmp_path: Path) -> None:
    told = json.loads(xiezhi("extract", folder / "裁定.txt", "--out", tmp_path / "out", "--json").stdout)

    assert (told["files"], told["rejected"], told["extracted"][0]["kind"]) == (1, [], "court_review_ruling")


def test_the_mappings_know_every_column_that_is_written(folder: Path, tmp_path: Path) -> None:
    export.write_extraction(done(folder), tmp_path / "out", MADE)
    mappings = sources.read_mappings(ROOT / "pipelines" / "sources")

    found = sources.explain(mappings, sorted((tmp_path / "out" / "要素").iterdir()))

    assert [f.refusal for f in found if f.refusal] == []
    assert all("不认识" not in f.text() for f in found), [f.text() for f in found]
