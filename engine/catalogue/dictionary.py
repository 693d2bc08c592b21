"""The data dictionary: every table and column with its Chinese, type and note."""

from engine.columns import Column, Table
from engine.records import TABLES

_TYPE = {"text": "文本", "date": "日期", "money": "金额（元）", "int": "整数", "bool": "是否"}
_MASK = {"": "", "name": "姓名", "number": "证件号", "address": "住址", "text": "长文本"}
_FORM = {"document_no": "文号", "case_no": "案号", "name": "名称", "organ": "机关", "citation": "条文",
         "charge": "罪名", "": ""}

_HEAD = """# 数据字典

本页由 `engine/records.py` 中的声明生成（`make docs`），请勿手改。

- 空值一律表示**来源文件没有记载**，绝不表示“没有发生”。
- 每张表另有公共列：`record_id`（由自然键算出，与来源行号无关）、`natural_key`、`source_id`、`batch_id`、`file`、
  `sheet`、`line`（来源文件的物理行号）、`loaded_at`、`raw`（交来时的原始行，JSON）；
  有当事人的表还有 `party_id`（主体归一后填入）。
- “比对形式”一栏有值的列，另存一列 `<列名>_key`，关联与归一只比较该列，界面只显示原列。
- `<表名>_delivered` 保存每次交来的每一行（含被后来更正替代的旧行，`is_current` 为假）；`<表名>` 为合并后的当前记录。
"""


def data_dictionary() -> str:
    """Return the data dictionary of all record tables as a Markdown page."""
    return "\n".join([_HEAD, *(_section(table) for table in TABLES)])


def _section(table: Table) -> str:
    lines = [f"## {table.name} {table.label}", ""]
    lines += [f"自然键：{' + '.join(f'`{k}`' for k in table.key)}", ""]
    lines += [f"{table.note}。", ""] if table.note else []
    lines += ["| 列 | 中文 | 类型 | 比对形式 | 脱敏类别 | 说明 |", "|---|---|---|---|---|---|"]
    lines += [_line(column) for column in table.columns]
    return "\n".join([*lines, ""])


def _line(column: Column) -> str:
    codes = "；".join(f"`{ours}` {label}" for ours, label in column.values)
    note = "。".join(part for part in (column.note, codes) if part)
    cells = (f"`{column.name}`", column.label, _TYPE[column.type], _FORM[column.form], _MASK[column.mask], note)
    return f"| {' | '.join(cells)} |"
