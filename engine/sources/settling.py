"""What can only be seen when a whole file is in: doubled rows, co-parties of one decision, earlier versions.

All of it in SQL over the rows of one batch in the history table; nothing is visible until the file's transaction ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from engine.records import Table
from engine.sources.defects import FAULTS
from engine.store import Store, delivered


@dataclass(frozen=True)
class Twins:
    """Rows of a batch that repeat an earlier row: `same` word for word, `other` with different content."""

    same: tuple[int, ...]
    other: pl.DataFrame


def insert(store: Store, table: Table, rows: pl.DataFrame, constants: dict[str, object]) -> None:
    """Append cast rows to the history table; `constants` are the base columns every row of the batch shares."""
    key = f"md5_number_lower('{table.name}|' || natural_key)"
    shared = [pl.lit(value).alias(name) for name, value in constants.items()]
    store.put(delivered(table), rows.with_columns(shared), {"record_id": key, "key_id": key, "is_current": "true"})


def remove_twins(store: Store, table: Table, batch_id: int) -> Twins:
    """Take rows out of the batch that repeat an earlier row of it, and return which."""
    history, party = delivered(table), _party(table)
    content = ", ".join(f"'{c.name}': {c.name}" for c in table.columns)
    store.run(
        f"""CREATE OR REPLACE TEMP TABLE twin AS
        WITH repeated AS (                           -- 同一件、同一当事人出现多次
            SELECT key_id, {party} AS party FROM {history} WHERE batch_id = $b GROUP BY ALL HAVING count(*) > 1),
        shown AS (
            SELECT h.line, h.raw, r.key_id, r.party, to_json({{{content}}}) AS content
            FROM {history} h JOIN repeated r ON h.key_id = r.key_id AND {party} = r.party WHERE h.batch_id = $b)
        SELECT line, raw, first_value(line) OVER w AS first_line, content = first_value(content) OVER w AS is_same
        FROM shown WINDOW w AS (PARTITION BY key_id, party ORDER BY line)
        QUALIFY line <> first_line""",
        {"b": batch_id},
    )
    if store.count("SELECT count(*) FROM twin"):
        store.run(f"DELETE FROM {history} WHERE batch_id = $b AND line IN (SELECT line FROM twin)", {"b": batch_id})
    same = store.rows("SELECT line FROM twin WHERE is_same ORDER BY line")
    other = store.frame("SELECT line, first_line, raw FROM twin WHERE NOT is_same ORDER BY line")
    return Twins(tuple(line for (line,) in same), other)


def twin_defects(twins: Twins, table: Table) -> pl.DataFrame:
    """Return the defects of the rows that say something else about the same matter and party."""
    name = table.key[-1] if table.key[-1] != "party_name" else table.key[-2]
    column = table.column(name)
    reason = pl.format("与第{}行是同一件、同一当事人，内容却不同（第{}行未入库）", "first_line", "line")
    return twins.other.select(
        "line", pl.lit("row").alias("kind"), pl.lit(name).alias("column_name"),
        pl.lit(column.label if column else name).alias("column_label"), pl.lit(None, dtype=pl.String).alias("value"),
        pl.lit("E-DUPLICATE-KEY").alias("code"), reason.alias("reason"),
        pl.lit(FAULTS["E-DUPLICATE-KEY"][1]).alias("fix"), "raw",
    )


def part_co_parties(store: Store, table: Table, batch_id: int) -> None:
    """Give co-parties of one matter records of their own: the party's name joins the natural key.

    A matter is parted once any delivery names several parties under its key; rows of earlier deliveries follow, so the
    state does not depend on the order of files.
    """
    if not table.has_party or "party_name" in table.key:
        return
    history, party = delivered(table), _party(table)
    store.run(
        f"""CREATE OR REPLACE TEMP TABLE parted AS
        SELECT key_id FROM {history} WHERE batch_id = $b GROUP BY key_id HAVING count(DISTINCT {party}) > 1
        UNION
        SELECT key_id FROM {history} WHERE record_id <> key_id
            AND key_id IN (SELECT key_id FROM {history} WHERE batch_id = $b)""",
        {"b": batch_id},
    )
    if store.count("SELECT count(*) FROM parted"):
        longer = f"natural_key || '|' || {party}"
        store.run(
            f"UPDATE {history} SET natural_key = {longer}, record_id = md5_number_lower($t || '|' || {longer}) "
            "WHERE record_id = key_id AND key_id IN (SELECT key_id FROM parted)",
            {"t": table.name},
        )


def supersede(store: Store, table: Table, batch_id: int, source_id: str) -> None:
    """Let the batch's rows take the place of the same source's earlier rows about the same records."""
    history = delivered(table)
    store.run(
        f"UPDATE {history} SET is_current = false WHERE is_current AND source_id = $s AND batch_id < $b "
        f"AND record_id IN (SELECT record_id FROM {history} WHERE batch_id = $b)",
        {"s": source_id, "b": batch_id},
    )


def differs(store: Store, table: Table, batch_id: int, earlier: int) -> tuple[int, int]:
    """Return how many records the batch has that an earlier one has not, and the other way round."""
    history = delivered(table)
    one_way = (
        f"SELECT count(*) FROM (SELECT DISTINCT record_id FROM {history} WHERE batch_id = $here) "
        f"ANTI JOIN (SELECT DISTINCT record_id FROM {history} WHERE batch_id = $there) USING (record_id)"
    )
    added = store.count(one_way, {"here": batch_id, "there": earlier})
    return added, store.count(one_way, {"here": earlier, "there": batch_id})


def lines_text(lines: Sequence[int], most: int = 5) -> str:
    """Return line numbers as people read them.

    >>> lines_text([3, 5, 8], most=2)
    '第3、5行等3行'
    """
    shown = "、".join(str(line) for line in lines[:most])
    return f"第{shown}行" + (f"等{len(lines)}行" if len(lines) > most else "")


def _party(table: Table) -> str:
    return "coalesce(party_name_key, '')" if table.has_party else "''"
