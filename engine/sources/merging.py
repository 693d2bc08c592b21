"""One row a record from what all sources delivered about it, and a flag where they disagree.

Columns are taken from the source with the highest priority that has a value, then from the newest delivery. Columns of
the party come together: only from rows that name the same party, or none.
"""

from collections.abc import Iterable

from engine.records import BY_NAME, PARTY, TABLES, Column, Table
from engine.sources.defects import FAULTS
from engine.store import BASE_NAMES, Store, delivered

DISAGREE = "E-SOURCES-DISAGREE"

_PARTY_NAMES = frozenset((*(c.name for c in PARTY), *(f"{c.name}_key" for c in PARTY if c.form)))


def merge(store: Store, tables: Iterable[str] | None = None) -> dict[str, int]:
    """Rebuild the record tables (all, or those named) from the current rows of their history; return rows by table."""
    wanted = [BY_NAME[name] for name in tables] if tables is not None else list(TABLES)
    return {table.name: _merge(store, table) for table in wanted}


def _merge(store: Store, table: Table) -> int:
    history = delivered(table)
    store.run("CREATE OR REPLACE TEMP TABLE shared AS SELECT record_id FROM "
              f"{history} WHERE is_current GROUP BY record_id HAVING count(*) > 1")
    names = ", ".join(name for name, _ in table.stored)
    store.run(f"DELETE FROM {table.name}")
    store.run(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {history} WHERE is_current "
              "AND record_id NOT IN (SELECT record_id FROM shared)")
    _forget(store, table)
    if store.count("SELECT count(*) FROM shared"):
        _rank(store, table)
        store.run(f"INSERT INTO {table.name} ({names}) SELECT {_chosen(table)} FROM ranked GROUP BY record_id")
        for column in table.columns:
            if column.type in ("date", "money") and column not in PARTY:
                _flag(store, table, column)
    return store.count(f"SELECT count(*) FROM {table.name}")


def _rank(store: Store, table: Table) -> None:
    """Number the rows of every shared record from the most to the least trusted one."""
    party = "true"
    if table.has_party:
        # 掩码的姓名不作主名：有全名的行优先提供当事人各列
        party = ("party_name_key IS NULL OR party_name_key = first_value(party_name_key) OVER "
                 "(PARTITION BY record_id ORDER BY party_name_key IS NULL, "
                 "regexp_matches(party_name_key, '[*某×]'), priority DESC, h.batch_id DESC, line)")
    store.run(
        f"""CREATE OR REPLACE TEMP TABLE ranked AS
        SELECT h.*, coalesce({party}, true) AS same_party, row_number() OVER (
            PARTITION BY record_id ORDER BY priority DESC, h.batch_id DESC, line) AS place
        FROM {delivered(table)} h
        LEFT JOIN (SELECT batch_id, any_value(priority) AS priority FROM delivery GROUP BY batch_id) d
            ON d.batch_id = h.batch_id
        WHERE is_current AND record_id IN (SELECT record_id FROM shared)"""
    )


def _chosen(table: Table) -> str:
    """Return the select list: the first value in order of trust, base columns from the most trusted row."""
    chosen = []
    for name, _ in table.stored:
        if name == "record_id":
            chosen.append(name)
        elif name in BASE_NAMES:
            chosen.append(f"arg_min_null({name}, place)")
        elif name in _PARTY_NAMES and table.has_party:
            chosen.append(f"arg_min({name}, place) FILTER (same_party)")
        else:
            chosen.append(f"arg_min({name}, place)")
    return ", ".join(chosen)


def _forget(store: Store, table: Table) -> None:
    """Drop the disagreements found by the last merge."""
    batches = "SELECT batch_id FROM delivery WHERE table_name = $t"
    store.run(f"DELETE FROM reject WHERE code = $c AND batch_id IN ({batches})", {"c": DISAGREE, "t": table.name})


def _flag(store: Store, table: Table, column: Column) -> None:
    """Flag records for which two sources give different values, at the less trusted row, naming both places."""
    value = f"a.{column.name}", f"b.{column.name}"
    say = ("file || CASE WHEN {0}.sheet <> '' THEN '（' || {0}.sheet || '）' ELSE '' END || '第' || {0}.line || '行为' "
           "|| {1}")
    one, other = f"a.{say.format('a', value[0])}", f"b.{say.format('b', value[1])}"
    reason, fix = FAULTS[DISAGREE]
    store.run(
        f"""INSERT INTO reject BY NAME
        SELECT b.batch_id, b.source_id, b.file, b.sheet, b.line, 'flag' AS kind, $name AS column_name,
            $label AS column_label, {value[1]}::VARCHAR AS value, $code AS code,
            $reason || '：' || {one} || '，' || {other} AS reason, $fix AS fix, b.raw
        FROM ranked b JOIN (
            SELECT record_id, min(place) AS place FROM ranked WHERE {column.name} IS NOT NULL GROUP BY record_id
        ) first USING (record_id) JOIN ranked a ON a.record_id = first.record_id AND a.place = first.place
        WHERE {value[0]} <> {value[1]}""",
        {"name": column.name, "label": column.label, "code": DISAGREE, "reason": reason, "fix": fix},
    )
