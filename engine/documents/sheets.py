"""A clue's evidence as CSV that a spreadsheet opens and does not run: one row an entry, everything as text.

Signs nobody sees are written out (⟦U+202E⟧), texts that look like a formula get a quote and are named in the last
column; the exact texts are in the JSON file beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from engine.documents.kinds import File
from engine.text import safe_csv, visible

_Rows = Sequence[Mapping[str, Any]]


def sheets(file: File) -> dict[str, bytes]:
    """Return the CSV files of a clue by name; the values of a clue file with `review` (see `documents.work`)."""
    found: dict[str, tuple[tuple[str, ...], _Rows]] = {
        "证据.csv": (("规则", "项目", "值", "类别", "来源文件", "工作表", "行", "原始文字", "算式、条文", "是否列示"),
                   [_item(f, item) for f in file["findings"] for item in f["evidence"]]),
        "原始记录.csv": (("记录", "文号、案号", "与线索的关系", "来源", "文件", "工作表", "行", "文件SHA-256", "列名",
                      "内容"),
                     [_cell(r, row, header, text) for r in file["records"] for row in r["rows"]
                      for header, text in row["cells"].items()]),
        "法律依据.csv": (("规则", "条文", "说明", "期限或标准", "原文", "把握"),
                     [line for f in file["findings"] for line in _law(f)]),
        "研判.csv": (("时间", "人员", "事项", "规则", "理由", "接收单位", "文号", "日期", "说明"),
                   [_entry(entry) for entry in file["review"].get("history", ())]),
    }
    return {name: _csv(columns, rows) for name, (columns, rows) in found.items()}


def _csv(columns: Sequence[str], rows: _Rows) -> bytes:
    texts = [[visible(str(row[name])) if row.get(name) is not None else "" for name in columns] for row in rows]
    return safe_csv(pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String), orient="row"))


def _item(finding: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    sources = {"column": "原始记录", "fact": "推导事实"}
    return {"规则": finding["rule_id"], "项目": item["label"], "值": item["value"],
            "类别": sources.get(item["source"], "计算"), "来源文件": item["file"], "工作表": item["sheet"],
            "行": item["line"], "原始文字": item["raw"], "算式、条文": item["ground"],
            "是否列示": "是" if item["listed"] else "否"}


def _cell(record: Mapping[str, Any], row: Mapping[str, Any], header: str, text: str) -> dict[str, Any]:
    return {"记录": record["label"], "文号、案号": record["number"],
            "与线索的关系": "命中的记录" if record["is_subject"] else f"关联：{record['why'] or '按关联规则'}",
            "来源": row["source_id"], "文件": row["file"], "工作表": row["sheet"], "行": row["line"],
            "文件SHA-256": row["sha256"], "列名": header, "内容": text}


def _law(finding: Mapping[str, Any]) -> list[dict[str, Any]]:
    basis = [{"规则": finding["rule_id"], "条文": b["article"], "说明": b["note"]} for b in finding["basis"]]
    return basis + [{"规则": finding["rule_id"], "条文": line["article"], "说明": "；".join(
        filter(None, (line["title"], line["note"]))), "期限或标准": line["length"], "原文": line["quote"],
        "把握": "高" if line["sure"] else "中，须核原文"} for line in finding["law"]]


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"时间": entry["at"], "人员": entry["by"], "事项": entry["what"], "规则": entry["rule_id"],
            "理由": entry["reason"], "接收单位": entry["to"], "文号": entry["document_no"], "日期": entry["on"],
            "说明": entry["words"]}
