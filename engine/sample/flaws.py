"""Rows that a loader must not take: made-up entries added to the ends of files, and what is expected of each.

No planted matter is among them; they name documents of their own, so that nothing else is lost with them.
"""

from dataclasses import dataclass

import polars as pl

NUMBER = "行政处罚决定书文号"


@dataclass(frozen=True)
class Flaw:
    """One bad row: which delivery, its cells by header, what must become of it (reject, skip or flag), and why."""

    delivery: str
    cells: dict[str, str]
    outcome: str
    why: str


def _penalty(number: int, outcome: str, why: str, **cells: str) -> Flaw:
    base = {"行政相对人名称": "霁川市测试缺陷商行", "行政相对人类别": "个体工商户",
        NUMBER: f"霁市监处罚〔2025〕{number}号",
            "违法行为类型": "未明码标价", "违法事实": "销售商品未标明价格", "处罚类别": "罚款", "处罚内容": "罚款500元",
            "罚款金额（万元）": "0.05", "处罚决定日期": "2025-03-12", "处罚机关": "霁川市市场监督管理局"}
    return Flaw("publicity", base | cells, outcome, why)


def _ledger(number: int, outcome: str, why: str, **cells: str) -> Flaw:
    base = {"行政管理领域": "市场监管", "行政区划代码": "419801", "处罚机关": "霁川市市场监督管理局",
            "处罚决定书文号": f"霁市监处罚〔2025〕{number}号", "当事人": "霁川市测试缺陷商行",
            "违法行为类型": "未明码标价",
            "决定日期": "2025-03-12", "送达日期": "2025-03-13", "罚款金额（元）": "500", "已缴金额（元）": "500",
            "当前状态": "已缴清"}
    return Flaw("ledger", base | cells, outcome, why)


FLAWS: tuple[Flaw, ...] = (
    _penalty(99001, "reject", "不存在的日期", 处罚决定日期="2025-02-30"),
    _penalty(99002, "reject", "金额是文字", **{"罚款金额（万元）": "详见附件"}),
    _penalty(99003, "reject", "金额为负", **{"罚款金额（万元）": "-0.05"}),
    _penalty(99004, "reject", "证件号被改成科学计数法", 证件类型="身份证", 证件号码="4.1E+17"),
    _penalty(99005, "reject", "文号为空", **{NUMBER: ""}),
    _penalty(99006, "flag", "证件号校验位不符", 行政相对人类别="自然人", 行政相对人名称="样某", 证件类型="身份证",
             证件号码="419800199001010010"),
    _penalty(99007, "reject", "年份只有两位", 处罚决定日期="25-3-12"),
    _ledger(99011, "reject", "日期为零", 决定日期="0000-00-00"),
    _ledger(99012, "reject", "日期是表格软件的序列号", 送达日期="45352"),
    _ledger(99013, "reject", "金额小数超过两位", **{"罚款金额（元）": "500.005"}),
    _ledger(99014, "keep", "与下一行同一件、内容不同：留前一行"),
    _ledger(99014, "reject", "与前一行同一件、内容不同", **{"罚款金额（元）": "800"}),
    _ledger(99015, "keep", "与下一行完全相同：留前一行"),
    _ledger(99015, "skip", "完全重复的行"),
    _ledger(99016, "flag", "送达早于决定", 送达日期="2025-03-10"),
    Flaw("review",
        {"案号": "（2025）豫9802行审9901号", "审查法院": "霁川市东澄区人民法院", "申请执行人": "霁川市市场监督管理局",
                    "被执行人": "霁川市测试缺陷商行", "申请日期": "2025-13-01"}, "reject", "不存在的月份"),
    Flaw("review",
        {"案号": "", "审查法院": "霁川市东澄区人民法院", "申请执行人": "霁川市市场监督管理局",
        "被执行人": "霁川市测试缺陷商行",
                    "申请日期": "2025-03-01"}, "reject", "案号为空"),
    Flaw("enforcement",
        {"案号": "（2025）豫9802执99901号", "执行法院": "霁川市东澄区人民法院", "申请执行人": "霁川市市场监督管理局",
                         "被执行人": "霁川市测试缺陷商行", "立案日期": "2025-04-01", "申请执行标的（元）": "1e309"},
                         "reject", "不是有限数"),
    Flaw("opinion", {"检察意见书文号": "霁检行意〔2025〕9901号", "制发单位": "霁川市人民检察院", "文书种类": "意见函件",
                     "被监督单位": "霁川市市场监督管理局", "制发日期": "2025-04-01"}, "reject", "不认识的文书种类"),
    Flaw("payment",
        {"票据号": "41982599999901", "执收单位": "霁川市市场监督管理局", "处罚决定书文号": "霁市监处罚〔2025〕99015号",
                     "缴款人": "霁川市测试缺陷商行", "缴款日期": "2025-03-14", "缴款金额（元）": "伍佰圆不等"},
                     "reject", "金额是文字"),
)
"""All bad rows, by delivery in the order they are appended."""


def flawed(frame: pl.DataFrame, delivery: str) -> pl.DataFrame:
    """Return the delivered table with its bad rows at the end; cells not named stay empty."""
    rows = [flaw.cells for flaw in FLAWS if flaw.delivery == delivery]
    if not rows:
        return frame
    extra = pl.DataFrame({name: [row.get(name) or None for row in rows] for name in frame.columns},
                         schema=dict.fromkeys(frame.columns, pl.String))
    return pl.concat([frame, extra])


def listed() -> pl.DataFrame:
    """Return the bad rows as a table: delivery, outcome, why."""
    return pl.DataFrame({"delivery": [f.delivery for f in FLAWS], "outcome": [f.outcome for f in FLAWS],
                         "why": [f.why for f in FLAWS]})
