"""What was read from documents, as files: records for `xiezhi load`, and the sheet a person checks them with.

The records (要素/*.csv) have one row a document and a column a field; 出处 says for every value where it stands. The
check sheet has one row a field with its words, and an empty column for the checker.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from engine.export.files import published, write_csv
from engine.export.workbook import Sheet, write
from engine.extract import STATUSES, Extraction, Kind, Record, Value

RECORDS = "要素"
"""Folder of the records; everything in it can be loaded."""

ITEMS = "处罚项"
CHECK_SHEET = "核对表"
CONFLICTS = "冲突"
REJECTS = "拒收"

OWN_COLUMNS = ("文书", "文书SHA256", "存疑字段", "出处")
"""Columns of every record file beside its fields."""

_CHECK = ("文书", "文书种类", "字段", "值", "状态", "段落", "字符", "引文", "原因与说明", "核对结果")
_WIDTHS = {"文书": 30, "文书种类": 16, "字段": 18, "值": 30, "状态": 12, "段落": 8, "字符": 12, "引文": 60,
           "原因与说明": 34, "核对结果": 14, "不一致": 60, "原因": 40, "处理办法": 40, "代码": 20}
_NOTES = {
    CHECK_SHEET: "每个值都写明出自第几段第几个字；存疑的不取，两处原文都列出；请对照原件，在最后一列写“对”或正确的值。",
    CONFLICTS: "文书内部或文书之间说法不一致的地方，两边的原文都列出；值照原文保留，没有改动。",
    REJECTS: "没有读取的文件；收到文件数 = 已抽取 + 重复 + 拒收。",
}


def write_extraction(done: Extraction, out: Path, made_at: datetime) -> list[Path]:
    """Write the record files, the check sheet, conflicts and rejects into `out`, and return the files.

    What an earlier extraction left in the same folder is replaced as a whole.
    """
    out.mkdir(parents=True, exist_ok=True)
    lists = {CHECK_SHEET: _check_rows(done.records), CONFLICTS: _conflict_rows(done), REJECTS: _reject_rows(done)}
    with published(out) as folder:
        (folder / RECORDS).mkdir()
        for kind in {record.kind.name: record.kind for record in done.records}.values():
            records = [record for record in done.records if record.kind.name == kind.name]
            write_csv(folder / RECORDS / f"{kind.title}.csv", _record_rows(kind, records))
            if kind.items:
                write_csv(folder / RECORDS / f"{ITEMS}.csv", _item_rows(kind, records))
        about = f"文书要素抽取，{made_at:%Y-%m-%d}，内部资料，注意保密"
        sheets = [Sheet(name, frame, _WIDTHS, f"{name}　　{about}", _NOTES[name], frame.height, frozen=1)
                  for name, frame in lists.items()]
        write(folder / f"{CHECK_SHEET}.xlsx", sheets, about, made_at)
        for name in (CONFLICTS, REJECTS):
            write_csv(folder / f"{name}.csv", lists[name])
        names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    for path in (out / RECORDS).iterdir():
        if path.relative_to(out) not in names:
            path.unlink()
    return [out / name for name in names]


def _frame(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(columns, pl.String), orient="row")


def _record_rows(kind: Kind, records: Sequence[Record]) -> pl.DataFrame:
    """Return one row a document, one column a field; a value not taken is empty."""
    columns = [*(field.label for field in kind.fields), *OWN_COLUMNS]
    return _frame(columns, (
        [*(record.text(field.name) for field in kind.fields), record.document.name, record.document.sha256,
         "、".join(v.field.label for v in record.values.values() if v.status == "unsure"), _origin(record)]
        for record in records))


def _origin(record: Record) -> str:
    """Return where every value stands, as JSON: {"裁定日期": "第20段第1—10字“…”"}; the evidence list shows it."""
    told = {value.field.label: "、".join(map(str, value.quotes))
            for value in record.values.values() if value.status == "taken"}
    return json.dumps(told, ensure_ascii=False)


def _item_rows(kind: Kind, records: Sequence[Record]) -> pl.DataFrame:
    keys = [kind.label(name) for name in kind.items_key]
    columns = [*keys, "项次", "种类", "金额", "文书", "文书SHA256", "出处"]
    return _frame(columns, (
        [*(record.text(name) for name in kind.items_key), str(number), item.label,
         "" if item.amount is None else f"{item.amount:f}", record.document.name, record.document.sha256,
         json.dumps({"种类": str(item.quote), "金额": str(item.quote)}, ensure_ascii=False)]
        for record in records for number, item in enumerate(record.items, start=1)))


def _check_rows(records: Sequence[Record]) -> pl.DataFrame:
    rows: list[list[str]] = []
    first: dict[str, Value] = {}
    for record in records:
        first = record.values if record.is_first else first
        for name, value in record.values.items():
            if record.is_first or value != first[name]:
                rows.append(_check_row(record, value))
        for number, item in enumerate(record.items, start=1):
            amount = "" if item.amount is None else f" {item.amount:f}"
            rows.append([record.document.name, record.kind.title, f"处罚项{number}", f"{item.label}{amount}",
                         STATUSES["unsure" if item.reason else "taken"], str(item.quote.paragraph),
                         f"{item.quote.start + 1}—{item.quote.end}", item.quote.text, item.reason, ""])
    return _frame(_CHECK, rows)


def _check_row(record: Record, value: Value) -> list[str]:
    quotes = value.quotes
    label = f"{value.field.label}（第{record.party}名）" if record.party else value.field.label
    return [
        record.document.name, record.kind.title, label, value.text, STATUSES[value.status],
        "\n".join(str(quote.paragraph) for quote in quotes),
        "\n".join(f"{quote.start + 1}—{quote.end}" for quote in quotes),
        "\n".join(quote.text for quote in quotes), value.reason or value.note, "",
    ]


def _conflict_rows(done: Extraction) -> pl.DataFrame:
    rows = [[record.document.name, record.kind.title, conflict.what,
             "\n".join(f"{name} {quote}" for name, quote in conflict.quotes)]
            for record in done.records for conflict in record.conflicts]
    rows += [[name, "", f"与“{first}”的文字相同，只取一份", ""] for name, first in done.repeated]
    return _frame(("文书", "文书种类", "不一致", "引文"), rows)


def _reject_rows(done: Extraction) -> pl.DataFrame:
    return _frame(("文书", "原因", "处理办法", "代码"),
                  ([fault.where, fault.what, fault.fix, fault.code] for fault in done.rejects))
