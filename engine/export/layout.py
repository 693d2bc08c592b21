"""How the lists are laid out in the workbook: order of sheets, widths, notes, what is printed."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from engine.export.workbook import Sheet


@dataclass(frozen=True)
class Layout:
    """A sheet of the workbook of requests: most rows, its first two lines, widths by column."""

    most: int
    title: str
    note: str
    widths: Mapping[str, float]


REQUESTS: dict[str, Layout] = {
    "调取清单": Layout(
        20_000, "调取清单",
        "因缺少资料而不能判断的，按向谁调取、调取什么汇总；只写文号、案号，不写姓名。补齐后下次运行自动判断。",
        {"向谁调取": 26, "调取什么": 18, "需要的项目": 40, "期间起": 12, "期间止": 12, "待判断件数": 10,
         "只缺这一项": 10, "补齐后可判断的规则": 40, "举例（文号、案号）": 30, "可用的文件格式": 30}),
    "调取明细": Layout(
        100_000, "调取明细", "每一件待判断的记录；可按单位筛选后附在调取函后。",
        {"向谁调取": 26, "调取什么": 18, "需要的项目": 40, "待判断的记录": 20, "文号、案号": 28, "日期": 12,
         "补齐后可判断的规则": 40, "数据来源": 36}),
}
"""The sheets of 调取清单.xlsx."""

MOST: dict[str, int] = {
    "线索": 1_000_000, "证据": 100_000, "资料缺口": 20_000, "缺口明细": 20_000, "排除": 20_000, "消失": 20_000,
    "数据缺陷": 20_000, "运行说明": 20_000,
}
"""Rows of each list in the workbook, so that it opens at once; its CSV has them all."""

WIDTHS: dict[str, dict[str, float]] = {
    "线索": {
        "序号": 5, "线索编号": 15, "状态": 6, "得分": 6, "规则": 18, "被监督单位": 16, "当事人": 16, "文号、案号": 26,
        "违法情形": 38, "关键日期": 26, "金额（元）": 14, "可能的排除事由及机器判断": 44, "需调取核实材料": 24,
        "关联线索": 38, "计算过程": 50, "法律依据": 44, "变化内容": 24, "监督领域": 18, "监督对象类别": 10,
        "规则编号与版本": 34, "评分构成": 70,
        "证件号": 20, "匹配方式与置信度": 48, "数据来源": 44, "首次发现": 12, "运行批次": 8, "数据截止日": 12,
    },
    "证据": {
        "线索编号": 15, "规则": 34, "项目": 34, "值": 24, "类别": 10, "所在表": 18, "所在记录": 26, "来源文件": 28,
        "工作表": 12, "行号": 8, "原始值": 34, "依据或算式": 50,
    },
    "资料缺口": {"缺少的资料": 36, "单位": 30, "待判断的记录": 22, "待判断件数": 11, "涉及规则": 60},
    "缺口明细": {
        "缺少的资料": 32, "单位": 26, "规则": 28, "待判断的记录": 20, "文号、案号": 26, "当事人": 20, "数据来源": 40,
    },
    "排除": {"规则": 28, "记录": 20, "文号、案号": 26, "当事人": 20, "单位": 26, "排除理由": 44, "数据来源": 36},
    "消失": {"线索编号": 15, "原得分": 8, "原因": 56, "原规则": 28, "原违法情形": 60, "首次发现": 10, "最后列入": 10},
    "数据缺陷": {
        "来源": 26, "来源文件": 28, "工作表": 10, "行号": 8, "类别": 10, "列": 18, "值": 20, "原因": 36, "处理办法": 36,
        "代码": 20,
    },
    "运行说明": {"类别": 14, "项目": 44, "内容": 110},
}
"""Column widths of each sheet, in characters."""

NOTES: dict[str, str] = {
    "线索": "机器筛查结果，不是违法认定，须调卷核实；只打印到“需调取核实材料”，怎样读见“运行说明”。",
    "证据": "每个数值都可以查回来源文件的行；计算得出的写明算式，推导的写明条文。",
    "资料缺口": "因缺少资料而不能判断的，既不是命中也不是未命中；补齐后下次运行自动判断。",
    "缺口明细": "每一件待判断的记录缺什么、向谁要。",
    "排除": "符合条件但有排除事由的，不列为线索；排除有误的请反馈。",
    "消失": "曾经列为线索、本次不再符合的，附原因。",
    "数据缺陷": "没有用上的行和单元格，以及存疑的值；请来源单位更正后重报。",
    "运行说明": "怎样读这些清单，用的什么数据、什么规则，机器看不到什么。",
}
"""The line below the title of each sheet."""

TITLES = {
    "线索": "线索清单", "证据": "证据清单", "资料缺口": "资料缺口汇总", "缺口明细": "资料缺口明细",
    "排除": "有排除事由的记录", "消失": "已消失的线索", "数据缺陷": "数据缺陷清单", "运行说明": "运行说明",
}
"""What each sheet calls itself in its first line."""

PRINTED = {"线索": "需调取核实材料", "证据": "依据或算式"}
"""The last printed column of sheets on large paper; the others are printed whole."""

FROZEN = {"线索": 7, "证据": 1}


def sheets(frames: Mapping[str, pl.DataFrame], totals: Mapping[str, int], about: str) -> list[Sheet]:
    """Return the sheets of the workbook in order; `totals` are the rows of the whole lists, `about` names the run."""
    return [
        Sheet(
            name, frames[name], widths, f"{TITLES[name]}　　{about}", NOTES[name], totals.get(name, 0),
            frozen=FROZEN.get(name, 0), printed=list(widths).index(PRINTED[name]) + 1 if name in PRINTED else 0,
        )
        for name, widths in WIDTHS.items()
    ]


def request_sheets(frames: Mapping[str, pl.DataFrame], totals: Mapping[str, int], about: str) -> list[Sheet]:
    """Return the sheets of the workbook of requests, as `sheets` does for the list."""
    return [Sheet(name, frames[name], own.widths, f"{own.title}　　{about}", own.note, totals.get(name, 0), frozen=2)
            for name, own in REQUESTS.items()]
