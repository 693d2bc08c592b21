"""Rows of the tests about parties and links."""

from typing import Any

import polars as pl

from engine.records import BY_NAME
from engine.store import Store
from engine.text import keys_of


def put(store: Store, table: str, *rows: dict[str, Any]) -> None:
    """Insert rows; `key` is the natural key, comparable forms are computed."""
    for row in rows:
        frame = pl.DataFrame([{k: v for k, v in row.items() if k != "key"}])
        for column in BY_NAME[table].columns:
            if column.form and column.name in frame.columns:
                frame = frame.with_columns(keys_of(column.form, frame[column.name]).alias(f"{column.name}_key"))
        with store.lend("new", frame):
            store.run(f"INSERT INTO {table} BY NAME SELECT *, $key AS natural_key, "
                      f"md5_number_lower('{table}|' || $key) AS record_id FROM new", {"key": row["key"]})
