"""Which files a sample consists of, and in which layout each is written.

A small sample looks like what comes in by mail: one workbook a county, one ledger a field, title rows, a note, a
totals row, bad rows at the end. A large one is the same tables in plain parts.
"""

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl

from engine.sample import convictions, court_files, delivery, files, flaws
from engine.sample.draws import Draws
from engine.sample.world import DIVISIONS, FIELDS, PREFECTURE, UNCOVERED

WAN = ("罚款金额（万元）", "没收违法所得、没收非法财物的金额（万元）")
NOTE = "表格说明：金额单位为万元，日期为处罚决定书落款日期。"


class Small:
    """Writes a small sample in one go, in the layouts suppliers use."""

    def __init__(self, out: Path, draws: Draws) -> None:
        self.out, self.draws = out, draws
        self.counts: Counter[str] = Counter()

    def write(self, built: pl.DataFrame, cases: pl.DataFrame, people: pl.DataFrame, chunk: int) -> None:
        """Write every file; a small sample has one chunk."""
        assert chunk == 0
        self.publicity(built)
        self.ledgers(built)
        self.courts(built)
        draws = self.draws
        self.csv("罚没款缴纳明细.csv", flaws.flawed(delivery.payments(built, draws), "payment"), "utf-8-sig")
        cards = delivery.nonprosecutions(cases, draws, 3)
        self.workbook("不起诉案卡.xlsx", cards, [["不起诉案卡导出（虚构数据）"]])
        self.csv("检察意见台账.csv", flaws.flawed(delivery.opinions(cases, draws, 0), "opinion"), "gb18030")
        self.csv("涉案财物台账.csv", delivery.seizures(cases, draws, 1), "gb18030")
        companies = delivery.companies(people)
        files.write_gzip(companies, self.out / "市场主体登记.csv.gz")
        self.counts["市场主体登记.csv.gz"] = companies.height
        self.csv("死亡人员信息.csv", delivery.deaths(people), "utf-8-sig")

    def convicted(self, frame: pl.DataFrame, seed: int) -> None:
        """The courts' judgments, the licences of the convicted, the companies they represent."""
        self.csv("刑事裁判.csv", convictions.judgments(frame), "gb18030")
        self.csv("驾驶证登记.csv", convictions.licences(frame), "utf-8-sig")
        self.csv("市场主体登记_法定代表人.csv", convictions.companies(frame, seed), "utf-8-sig")

    def publicity(self, built: pl.DataFrame) -> None:
        """One workbook a division: a title, a note in the first data row, a totals row at the end."""
        whole = delivery.publicity(built, self.draws, pl.col("division") % 4)
        divisions = built.filter("in_publicity")["division"]
        for place, division in enumerate(DIVISIONS):
            frame = whole.filter(divisions == place)
            if place == 0:
                frame = flaws.flawed(frame, "publicity")
            name = f"双公示行政处罚_{'市本级' if place == 0 else division.name}.xlsx"
            self.workbook(name, _noted(frame), [[f"{division.name}行政处罚信用信息公示表（虚构数据）"]], WAN)

    def ledgers(self, built: pl.DataFrame) -> None:
        """One GB18030 table a field of administration; the first has bad rows, one of them too long."""
        whole = delivery.ledger(built, self.draws, pl.col("field") % 4)
        fields = built.filter("in_ledger")["field"]
        for place, field in enumerate(FIELDS):
            frame, longer = whole.filter(fields == place), []
            if place == 0:
                frame = flaws.flawed(frame, "ledger")
                longer = ["9999,市场监管,419801,霁川市市场监督管理局,多出一列的行" + "," * frame.width]
            self.csv(f"处罚执行台账_{field.name}.csv", frame, "gb18030", longer)

    def courts(self, built: pl.DataFrame) -> None:
        """The courts' registers: reviews with two header rows, enforcement as CSV, the public list as JSON lines."""
        frame = flaws.flawed(delivery.reviews(built, self.draws, 0), "review")
        groups = [""] * frame.width
        for place, name in ((0, "案件"), (5, "行政处罚"), (7, "期限"), (11, "裁定"), (14, "金额")):
            groups[place] = name
        self.workbook("法院非诉执行审查案件.xlsx", frame, [groups],
            ("申请执行标的（元）", "罚款金额（元）", "加处罚款（元）"))
        frame = flaws.flawed(court_files.enforcements(built, self.draws, 1), "enforcement")
        self.csv("法院执行案件.csv", frame, "utf-8-sig")
        self.csv("限制消费人员名单.csv", court_files.restrictions(built, self.draws), "utf-8")
        frame = court_files.listings(built, self.draws)
        files.write_json_lines(frame, self.out / "失信被执行人.jsonl")
        self.counts["失信被执行人.jsonl"] = frame.height

    def csv(self, name: str, frame: pl.DataFrame, encoding: str, extra: "list[str] | None" = None) -> None:
        """Write and count a delimited file."""
        files.write_csv(frame, self.out / name, encoding, extra or [])
        self.counts[name] = frame.height + len(extra or [])

    def workbook(
        self, name: str, frame: pl.DataFrame, above: list[list[str]], numeric: "tuple[str, ...]" = ()
    ) -> None:
        """Write and count a workbook."""
        files.write_workbook(frame, self.out / name, above, numeric)
        self.counts[name] = frame.height

    def close(self) -> None:
        """Write the list of bad rows."""
        flaws.listed().write_csv(self.out / "defects.csv")


class Large:
    """Writes a large sample in parts, one after the other; no bad rows."""

    def __init__(self, out: Path, draws: Draws) -> None:
        self.out, self.draws = out, draws
        self.counts: Counter[str] = Counter()

    def write(self, built: pl.DataFrame, cases: pl.DataFrame, people: pl.DataFrame, chunk: int) -> None:
        """Write one part of every file."""
        draws, part = self.draws, f"_{chunk + 1:03d}"
        self.parquet(f"双公示行政处罚{part}.parquet", delivery.publicity(built, draws, 0))
        self.csv(f"处罚执行台账{part}.csv", delivery.ledger(built, draws, 1), "gb18030")
        self.parquet(f"法院非诉执行审查案件{part}.parquet", delivery.reviews(built, draws, 0))
        self.csv(f"法院执行案件{part}.csv", court_files.enforcements(built, draws, 1), "utf-8-sig")
        self.csv(f"限制消费人员名单{part}.csv", court_files.restrictions(built, draws), "utf-8")
        self.csv(f"罚没款缴纳明细{part}.csv", delivery.payments(built, draws), "utf-8")
        self.parquet(f"不起诉案卡{part}.parquet", delivery.nonprosecutions(cases, draws, 3))
        self.csv(f"检察意见台账{part}.csv", delivery.opinions(cases, draws, 0), "gb18030")
        self.csv(f"涉案财物台账{part}.csv", delivery.seizures(cases, draws, 1), "gb18030")
        self.parquet(f"市场主体登记{part}.parquet", delivery.companies(people))
        self.csv(f"死亡人员信息{part}.csv", delivery.deaths(people), "utf-8")
        listed = court_files.listings(built, draws)
        files.write_json_lines(listed, self.out / f"失信被执行人{part}.jsonl")
        self.counts[f"失信被执行人{part}.jsonl"] = listed.height

    def convicted(self, frame: pl.DataFrame, seed: int) -> None:
        """Write the judgments, licences and companies of the convicted in one part."""
        self.csv("刑事裁判.csv", convictions.judgments(frame), "utf-8")
        self.csv("驾驶证登记.csv", convictions.licences(frame), "utf-8")
        self.csv("市场主体登记_法定代表人.csv", convictions.companies(frame, seed), "utf-8")

    def csv(self, name: str, frame: pl.DataFrame, encoding: str) -> None:
        """Write and count a delimited file."""
        files.write_csv(frame, self.out / name, encoding)
        self.counts[name] = frame.height

    def parquet(self, name: str, frame: pl.DataFrame) -> None:
        """Write and count a Parquet file."""
        files.write_parquet(frame, self.out / name)
        self.counts[name] = frame.height

    def close(self) -> None:
        """Nothing is left to write."""


def _noted(frame: pl.DataFrame) -> pl.DataFrame:
    """Put a note row above the data and a totals row below it, as the public lists have them."""
    first, money = frame.columns[0], WAN[0]
    total = frame[money].cast(pl.Float64, strict=False).sum()
    empty = dict.fromkeys(frame.columns, pl.String)
    note = pl.DataFrame({first: [NOTE]}).select(pl.lit(None,
        pl.String).alias(c) if c != first else pl.col(c) for c in empty)
    sums = pl.DataFrame({first: ["合计"], money: [f"{total:.6f}".rstrip("0").rstrip(".")]}).select(
        pl.col(c) if c in (first, money) else pl.lit(None, pl.String).alias(c) for c in empty)
    return pl.concat([note, frame, sums])


def write_coverage(out: Path, as_of: date) -> int:
    """Write what each supplier declares to be complete; the last county's data are not. Returns the rows written."""
    court, treasury = f"{PREFECTURE}中级人民法院", f"{PREFECTURE}财政局"
    tables = (("非诉执行审查", court), ("法院执行案件", court), ("缴款", treasury), ("行政处罚", f"{PREFECTURE}司法局"))
    rows = [(table, supplier, d.code, "2021-01-01", as_of.isoformat(), "否" if place == UNCOVERED else "是")
            for table, supplier in tables for place, d in enumerate(DIVISIONS)]
    whole = (("不起诉", f"{PREFECTURE}人民检察院"), ("检察意见", f"{PREFECTURE}人民检察院"),
             ("市场主体登记", f"{PREFECTURE}市场监督管理局"), ("死亡", f"{PREFECTURE}公安局"),
             ("证照", f"{PREFECTURE}公安局"), ("裁量基准", f"{PREFECTURE}司法局"))
    rows += [(table, supplier, "4198", "2021-01-01", as_of.isoformat(), "是") for table, supplier in whole]
    names = ("数据表", "供数单位", "行政区划", "覆盖起始日", "覆盖截止日", "是否完整")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    files.write_csv(frame, out / "数据覆盖声明.csv", "utf-8-sig")
    return frame.height


def write_readme(out: Path, rows: int, seed: int, as_of: date) -> None:
    """Write the explanation that goes with a sample."""
    text = (Path(__file__).parent / "readme.md").read_text(encoding="utf-8")
    filled = text.replace("{rows}", str(rows)).replace("{seed}", str(seed)).replace("{as_of}", as_of.isoformat())
    (out / "README.md").write_text(filled, encoding="utf-8")
