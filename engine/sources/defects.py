"""What is wrong with delivered data, as rows of `reject` with words a data clerk can act on.

Kinds: file (refused), row (quarantined), cell (row loaded, cell emptied), flag (loaded but doubtful) and note (how
cells were normalised, what was left out: one row a column and kind of change, with the count and the first place).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from engine import text
from engine.columns import Column

FAULTS: dict[str, tuple[str, str]] = {
    **text.FAULTS,
    "E-DATE-FUTURE": ("日期晚于导入日", "请核对该日期"),
    "E-DATE-ORDER": ("两个日期先后颠倒", "请核对两个日期"),
    "E-SUM-TEXT": ("文字写的金额与金额栏不一致", "请与决定书核对，更正其中一处"),
    "E-CASE-KIND": ("案号是另一类案件的，不属于这张表", "请核对案号；整份文件都是的，可能交错了文件"),
    "E-KEY-MISSING": ("没有填写，无法确定是哪一件", "请补填后重新导出"),
    "E-KEY-SHORT": ("被屏蔽或不完整，无法确定是哪一件", "请提供完整的号码或名称"),
    "E-DUPLICATE-KEY": ("与同一文件前面的一行是同一件、同一当事人，内容却不同", "请只保留正确的一行"),
    "E-VALUE-UNKNOWN": ("不认识的取值", "请核对；若是新的写法，请在映射的 values 里写明它对应哪个代码"),
    "E-NAME-EMOJI": ("含表情符号", "请与登记姓名或名称核对"),
    "E-ID-15": ("由15位换算为18位", "如有18位号码请更新"),
    "E-SOURCES-DISAGREE": ("不同来源的记载不一致", "请与原件核对，以正确的为准更正来源"),
    "E-ROW-KIND": ("不属于映射声明的任何一类", "请在映射的 rows 里写明这一类归入哪张表"),
}
"""Fault code → (reason, what to do next)."""

SCHEMA: dict[str, pl.DataType] = {
    "line": pl.Int64(), "kind": pl.String(), "column_name": pl.String(), "column_label": pl.String(),
    "value": pl.String(), "code": pl.String(), "reason": pl.String(), "fix": pl.String(), "raw": pl.String(),
}
"""Columns of a defect as loading collects it; file, sheet, source and batch are added when it is stored."""

Advice = Callable[[str, str], tuple[str, str]]
"""(code, value) → (reason, fix)."""


def advise(code: str, value: str) -> tuple[str, str]:
    """Return reason and fix of a code whatever the value."""
    return FAULTS[code]


def label_of(column: Column, header: str) -> str:
    """Return how a message calls a column: the supplier's header, with our label where the header is only a code.

    >>> label_of(Column("decided_on", "date", "处罚决定日"), "CF_JDRQ")
    'CF_JDRQ（处罚决定日）'
    """
    has_chinese = any("一" <= character <= "鿿" for character in header)
    return header if has_chinese else f"{header}（{column.label}）" if header else column.label


def shown(value: str, kind: str) -> str:
    """Return a delivered value as a message may show it: masked, without characters a reader cannot see.

    >>> shown("\\x00张三", "name")
    '张＊＊'
    """
    return text.mask(text.clean_text(value), kind)


def defect_rows(
    found: pl.DataFrame, column: Column, *, label: str, kind: str, advice: Advice = advise
) -> pl.DataFrame:
    """Return defects for cells found faulty or doubtful (line, value, code); values are masked here."""
    distinct = found.select("value", "code").unique()
    pairs = [(value or "", code) for value, code in distinct.iter_rows()]
    words = [advice(code, value) for value, code in pairs]
    told = distinct.with_columns(
        pl.Series("shown", [shown(value, column.mask) for value, _ in pairs], dtype=pl.String),
        pl.Series("reason", [reason for reason, _ in words], dtype=pl.String),
        pl.Series("fix", [fix for _, fix in words], dtype=pl.String),
    )
    whole = found.join(told, on=["value", "code"], how="left", nulls_equal=True)
    return whole.select(
        "line", pl.lit(kind).alias("kind"), pl.lit(column.name).alias("column_name"),
        pl.lit(label).alias("column_label"), pl.col("shown").alias("value"), "code", "reason", "fix",
        pl.lit(None, dtype=pl.String).alias("raw"),
    )


@dataclass
class _Note:
    count: int
    line: int
    example: str


@dataclass
class Tally:
    """Counts of what was normalised or left empty, over all chunks of a sheet."""

    notes: dict[tuple[str, str, str], _Note] = field(default_factory=dict)

    def add(self, column: Column, label: str, code: str, found: pl.DataFrame) -> None:
        """Count cells: `found` has line and before, and after where a value was changed."""
        if not found.height:
            return
        key = (column.name, label, code)
        if key in self.notes:
            self.notes[key].count += found.height
            return
        first = found.sort("line").row(0, named=True)
        sides = [shown(first[side] or "", column.mask) for side in ("before", "after") if side in first]
        self.notes[key] = _Note(found.height, first["line"], "→".join(f"“{side}”" for side in sides))

    def rows(self) -> pl.DataFrame:
        """Return the notes as defects."""
        return pl.DataFrame(
            [
                (note.line, "note", name, label, note.example, code, _told(code, note), "无需处理", None)
                for (name, label, code), note in sorted(self.notes.items())
            ],
            schema=SCHEMA, orient="row",
        )


def _told(code: str, note: _Note) -> str:
    words = {
        "E-NORMALISED": "处写法已规范后入库，原文保留在原始行",
        "E-NULL-WORD": "处写明没有内容，按未记载入库",
        "E-BLANK": "处空白，按未记载入库",
    }[code]
    return f"{note.count}{words}；首见于第{note.line}行"


def note(code: str, reason: str, *, line: int | None = None, kind: str = "note", fix: str = "无需处理") -> pl.DataFrame:
    """Return one defect about a whole file or sheet."""
    row = (line, kind, None, None, None, code, reason, fix, None)
    return pl.DataFrame([row], schema=SCHEMA, orient="row")
