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
        most = _rank(store, table)
        store.run(f"INSERT INTO {table.name} ({names}) {_chosen(table, most)}")
        _flag_all(store, table)
    return store.count(f"SELECT count(*) FROM {table.name}")


def _rank(store: Store, table: Table) -> int:
    """Number the rows of every shared record from the most to the least trusted one; return the highest number.

    Only what decides the order is sorted; the view `ranked` puts the other columns beside it.
    """
    party, key = "true", ""
    if table.has_party:
        # 掩码的姓名不作主名：有全名的行优先提供当事人各列
        key = "party_name_key, "
        party = ("party_name_key IS NULL OR party_name_key = first_value(party_name_key) OVER "
                 "(PARTITION BY record_id ORDER BY party_name_key IS NULL, "
                 "regexp_matches(party_name_key, '[*某×]'), priority DESC, h.batch_id DESC, line)")
    store.run(
        f"""CREATE OR REPLACE TEMP TABLE rank AS
        SELECT row_id, coalesce({party}, true) AS same_party, row_number() OVER (
            PARTITION BY record_id ORDER BY priority DESC, h.batch_id DESC, line) AS place
        FROM (SELECT rowid AS row_id, record_id, batch_id, {key}line FROM {delivered(table)}
              WHERE is_current AND record_id IN (SELECT record_id FROM shared)) h
        LEFT JOIN (SELECT batch_id, any_value(priority) AS priority FROM delivery GROUP BY batch_id) d
            ON d.batch_id = h.batch_id"""
    )
    store.run(f"CREATE OR REPLACE TEMP VIEW ranked AS SELECT h.*, same_party, place FROM {delivered(table)} h "
              "JOIN rank ON rank.row_id = h.rowid")
    return store.count("SELECT max(place) FROM rank")


def _chosen(table: Table, most: int) -> str:
    """Return the SELECT of merged rows: the first value in order of trust, base columns from the most trusted row.

    The rows of one record are laid side by side, as many as it has sources: cheaper than grouping seventy columns.
    """
    chosen = []
    for name, _ in table.stored:
        if name in BASE_NAMES:
            chosen.append(f"r1.{name}")
        elif name in _PARTY_NAMES and table.has_party:
            chosen.append(_first(f"CASE WHEN r{{0}}.same_party THEN r{{0}}.{name} END", most))
        else:
            chosen.append(_first(f"r{{0}}.{name}", most))
    beside = ["record_id", "same_party", *(name for name, _ in table.stored if name not in BASE_NAMES)]
    others = "".join(f" LEFT JOIN (SELECT {', '.join(beside)} FROM ranked WHERE place = {n}) r{n} USING (record_id)"
                     for n in range(2, most + 1))
    return f"SELECT {', '.join(chosen)} FROM (SELECT * FROM ranked WHERE place = 1) r1{others}"


def _first(value: str, most: int) -> str:
    return f"coalesce({', '.join(value.format(n) for n in range(1, most + 1))})"


def _forget(store: Store, table: Table) -> None:
    """Drop the disagreements found by the last merge."""
    batches = "SELECT batch_id FROM delivery WHERE table_name = $t"
    store.run(f"DELETE FROM reject WHERE code = $c AND batch_id IN ({batches})", {"c": DISAGREE, "t": table.name})


def _flag_all(store: Store, table: Table) -> None:
    """Flag records for which two sources give different dates or sums."""
    columns = [c for c in table.columns if c.type in ("date", "money") and c not in PARTY]
    values = ", ".join(c.name for c in columns)
    if columns:
        store.run("CREATE OR REPLACE TEMP TABLE compared AS SELECT row_id, record_id, place, batch_id, source_id, "
                  f"file, sheet, line, {values} FROM {delivered(table)} h JOIN rank ON rank.row_id = h.rowid")
    for column in columns:
        _flag(store, table, column)


def _flag(store: Store, table: Table, column: Column) -> None:
    """Flag the less trusted row of two that give different values, naming both places."""
    value = f"a.{column.name}", f"b.{column.name}"
    say = ("file || CASE WHEN {0}.sheet <> '' THEN '（' || {0}.sheet || '）' ELSE '' END || '第' || {0}.line || '行为' "
           "|| {1}")
    one, other = f"a.{say.format('a', value[0])}", f"b.{say.format('b', value[1])}"
    reason, fix = FAULTS[DISAGREE]
    store.run(
        f"""INSERT INTO reject BY NAME
        SELECT b.batch_id, b.source_id, b.file, b.sheet, b.line, 'flag' AS kind, $name AS column_name,
            $label AS column_label, {value[1]}::VARCHAR AS value, $code AS code,
            $reason || '：' || {one} || '，' || {other} AS reason, $fix AS fix, h.raw
        FROM compared b JOIN (
            SELECT record_id, min(place) AS place FROM compared WHERE {column.name} IS NOT NULL GROUP BY record_id
        ) first USING (record_id) JOIN compared a ON a.record_id = first.record_id AND a.place = first.place
        JOIN {delivered(table)} h ON h.rowid = b.row_id
        WHERE {value[0]} <> {value[1]}""",
        {"name": column.name, "label": column.label, "code": DISAGREE, "reason": reason, "fix": fix},
    )
