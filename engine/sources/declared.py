"""A source that declares its files complete for a place and time says so in `coverage`, like a delivered row."""

import json
from datetime import date

import polars as pl

from engine.clock import now
from engine.records import BY_NAME
from engine.sources import settling
from engine.sources.batch import File, put_delivery
from engine.sources.cast import KINDS, with_keys
from engine.sources.mapping import Coverage, Feed, Mapping
from engine.store import Store
from engine.text import fold

_TABLE = BY_NAME["coverage"]
_FEED = Feed(_TABLE, (), optional_key=frozenset(("supplier", "division", "covers_from")))


def declare(store: Store, mapping: Mapping, file: File, today: date) -> None:
    """Record what the mapping declares about every table it feeds; a newer declaration takes an older one's place."""
    if mapping.coverage is None:
        return
    batch_id = next(file.numbers)
    tables = sorted({feed.table.name for feed in mapping.feeds})
    values = [_row(mapping, mapping.coverage, table, today) for table in tables]
    schema = {c.name: KINDS[c.type] for c in _TABLE.columns}
    rows = pl.DataFrame(values, schema=schema).with_columns(
        pl.Series("line", range(1, len(values) + 1), dtype=pl.Int64),
        pl.Series("raw", [json.dumps(v, ensure_ascii=False, default=str) for v in values]),
    )
    constants: dict[str, object] = {
        "source_id": mapping.source_id, "batch_id": batch_id, "file": f"{mapping.source_id}.yaml", "sheet": "",
        "loaded_at": now(),
    }
    keyed = with_keys(rows, _FEED)
    settling.insert(store, _TABLE, keyed.select(c for c in keyed.columns if not c.startswith("key_part_")), constants)
    settling.supersede(store, _TABLE, batch_id, mapping.source_id)
    put_delivery(store, {**constants, "table_name": _TABLE.name, "sha256": "", "bytes": 0, "format": "", "encoding": "",
                         "status": "declared", "priority": mapping.priority, "rows_in": len(values),
                         "rows_loaded": len(values), "rows_rejected": 0, "rows_skipped": 0})


def _row(mapping: Mapping, coverage: Coverage, table: str, today: date) -> dict[str, object]:
    until = today.isoformat() if coverage.covers_until == "today" else coverage.covers_until
    return {
        "table_name": table, "supplier": mapping.supplier or None, "division": fold(coverage.division) or None,
        "covers_from": date.fromisoformat(coverage.covers_from) if coverage.covers_from else None,
        "covers_until": date.fromisoformat(until) if until else None,
        "exhaustive": coverage.exhaustive,
    }
