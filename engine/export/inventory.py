"""任务清单 as files for the government: a workbook and a CSV, no formula, no identity number, contacts left open."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from engine.export.files import write_csv
from engine.export.masking import hide_in_texts
from engine.export.workbook import Sheet, write
from engine.text import first_title

WIDTHS = {"序号": 5, "被监督单位": 20, "事项": 30, "文号、案号": 24, "文书": 14, "文书文号": 20, "发出日期": 12,
          "送达日期": 12, "回复期限": 12, "回复情况": 12, "回复日期": 12, "整改情况": 30, "挽回、追缴（元）": 14,
          "联系人": 10, "联系电话": 14, "线索编号": 16}
NOTE = "府检联动任务清单；联系人、联系电话由被监督单位填写。机器筛查结果不是违法认定，以文书为准。"


def inventory_frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return the list's rows (`review.inventory`) as a table with Chinese columns; contacts are empty."""
    lines = [(number, row["organ"], first_title(row["titles"]), row["numbers"], row["document"], row["document_no"],
              row["sent_on"], row["served_happened_on"], row["served_due_on"], row["state"], row["reply_happened_on"],
              row["rectified_words"] or "", _yuan(row["recovered_cents"]), "", "", row["clue_id"])
             for number, row in enumerate(rows, 1)]
    days = {"发出日期", "送达日期", "回复期限", "回复日期"}
    kinds: dict[str, Any] = {name: pl.Date if name in days else pl.String for name in WIDTHS}
    kinds |= {"序号": pl.Int64, "挽回、追缴（元）": pl.Decimal(18, 2)}
    return hide_in_texts(pl.DataFrame(lines, schema=kinds, orient="row"))


def inventory_file(rows: Sequence[Mapping[str, Any]], kind: str, about: str, made_at: datetime) -> bytes:
    """Return the list as `csv` or `xlsx`; `about` is its second title and the footer."""
    frame = inventory_frame(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{kind}"
        if kind == "csv":
            write_csv(path, frame)
        else:
            sheet = Sheet("任务清单", frame, WIDTHS, f"任务清单　　{about}", NOTE, frame.height, frozen=2)
            write(path, [sheet], about, made_at)
        return path.read_bytes()


def _yuan(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents) / 100
