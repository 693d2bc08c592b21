"""A supplier's ledger in the smallest form, for tests that load files."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from engine.sources import LoadReport, Mappings, load, read_mapping
from engine.store import Store

TODAY = date(2026, 6, 30)

LEDGER = """
title: 处罚台账
supplier: 某局
table: penalty
priority: 10
columns:
  document_no: [文号]
  authority: [机关]
  party_name: [当事人]
  resident_id: [身份证号]
  uscc: [信用代码]
  party_kind: {headers: [类型], values: {企业: organisation}}
  birth_date: [出生日期]
  decided_on: [决定日期]
  served_on: [送达日期]
  fine_yuan: [罚款金额]
  publicity_to: [公示截止]
  hearing_requested: [是否听证]
  detention_days: [拘留天数]
quarantine_limit: {rows: 20, share: 0.01}
"""

HEAD = ("文号", "机关", "当事人", "决定日期")


def mappings(folder: Path, **files: str) -> Mappings:
    """Return mappings written as YAML; the keyword is the source id."""
    read = []
    for source_id, text in files.items():
        path = folder / f"{source_id}.yaml"
        path.write_text(text, encoding="utf-8")
        mapping, problems = read_mapping(path)
        assert problems == []
        assert mapping is not None
        read.append(mapping)
    return Mappings(read)


def csv(path: Path, header: Sequence[str], *rows: Sequence[str]) -> Path:
    """Write a plain CSV file and return its path."""
    lines = [",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in (header, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class World:
    """A folder, a store and the mappings of a test."""

    def __init__(self, folder: Path, **files: str) -> None:
        self.folder, self.store = folder, Store()
        self.mappings = mappings(folder, **(files or {"ledger": LEDGER}))

    def load(self, *paths: Path, source: str | None = None, today: date = TODAY) -> list[LoadReport]:
        """Load files into the store."""
        return load(self.store, self.mappings, paths, home=self.folder / "home", source=source, today=today)

    def rows(self, header: Sequence[str], *rows: Sequence[str], name: str = "a.csv") -> list[LoadReport]:
        """Load rows written as a CSV file."""
        return self.load(csv(self.folder / name, header, *rows))

    def one(self, **cells: str) -> tuple[LoadReport, list[tuple[Any, ...]]]:
        """Load one row with the cells given by header, and return its report and its defects (kind, code, label)."""
        row = {"文号": "漯市监处罚〔2024〕1号", "机关": "漯河市市场监督管理局", **cells}
        report = self.rows(tuple(row), tuple(row.values()))[0]
        return report, self.defects()

    def defects(self) -> list[tuple[Any, ...]]:
        """Return what is wrong with loaded data: (kind, code, column label)."""
        return self.store.rows("SELECT kind, code, column_label FROM reject WHERE kind <> 'note' ORDER BY line, code")

    def value(self, column: str, table: str = "penalty") -> Any:
        """Return one column of the single record."""
        return self.store.rows(f"SELECT {column} FROM {table}")[0][0]
