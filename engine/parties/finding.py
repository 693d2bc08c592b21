"""What a person wrote to name a party or a record: a party id, a number of a record, or a name."""

import re
from dataclasses import dataclass

import polars as pl

from engine.errors import EngineError
from engine.records import BY_NAME, TABLES, Table
from engine.store import Store
from engine.text import keys_of, mask

CANDIDATES = 8
"""Most candidates that are named."""

_NUMBER = re.compile("[0-9A-Za-z]{15,}")
_WITH_PARTY = [t for t in TABLES if t.has_party]


@dataclass(frozen=True)
class Side:
    """One record and its party. `is_whole`: the party was asked for, so what its other records tell counts too."""

    record_id: int
    party_id: int
    table: str
    shown: str
    name: str
    is_whole: bool


def find(store: Store, written: str) -> Side:
    """Return the record that is meant; raises EngineError where there is none, or several, then with the candidates.

    Written may be: a party id; a document or case number, a natural key, each with `table:` in front where two tables
    have it (`行政处罚决定:…` or `penalty:…`); a name.
    """
    written = written.strip()
    is_party = "SELECT count(*) FROM party WHERE party_id = TRY_CAST(? AS UBIGINT)"
    if written.isdigit() and store.count(is_party, [written]):
        return whole(store, int(written))
    if found := _records(store, written):
        return _only(store, written, found)
    name = keys_of("name", pl.Series([written]))[0]
    tables = " UNION ALL ".join(f"SELECT DISTINCT party_id FROM {t.name} WHERE party_name_key = $name"
                                for t in _WITH_PARTY)
    ids = [i for (i,) in store.rows(f"SELECT DISTINCT party_id FROM ({tables}) WHERE party_id IS NOT NULL ORDER BY 1",
                                    {"name": name})]
    if not ids:
        fix = "可写主体编号、文号、案号（前面可加表名和冒号，如 行政处罚决定:文号）或完整的名称"
        raise EngineError(_hidden(written), "没有这样的主体或记录", fix, "E-WHO-NONE")
    if len(ids) > 1:
        raise EngineError(_hidden(written), f"有 {len(ids):,} 个主体用这个名称", _pick(store, ids), "E-WHO-MANY")
    return whole(store, ids[0])


def _records(store: Store, written: str) -> list[tuple[Table, int]]:
    head, colon, rest = written.replace("：", ":").partition(":")
    table = BY_NAME.get(head) or next((t for t in TABLES if t.label == head), None)
    tables, key = ([table], rest.strip()) if colon and table else (_WITH_PARTY, written)
    found = []
    for each in tables:
        if each.has_party:
            values: dict[str, object] = {"key": key}
            tests = ["natural_key = $key", "trim(natural_key, '|') = $key"]
            for column in each.columns:
                if column.form in ("document_no", "case_no") and column.name in each.key:
                    values[column.name] = keys_of(column.form, pl.Series([key]))[0]
                    tests.append(f"{column.name}_key = ${column.name}")
            rows = store.rows(f"SELECT record_id FROM {each.name} WHERE party_id IS NOT NULL "
                              f"AND ({' OR '.join(tests)}) ORDER BY record_id LIMIT {CANDIDATES + 1}", values)
            found += [(each, int(record_id)) for (record_id,) in rows]
    return found


def _only(store: Store, written: str, found: list[tuple[Table, int]]) -> Side:
    if len(found) == 1:
        return _side(store, found[0][0], found[0][1], is_whole=False)
    sides = [_side(store, table, record_id, is_whole=False) for table, record_id in found[:CANDIDATES]]
    told = "；".join(f"{side.table}:{side.shown.partition(' ')[2]}（{side.name}，主体 {side.party_id}）"
                    for side in sides)
    fix = f"请改用其中一个，前面写表名，或者用主体编号：{told}"
    raise EngineError(_hidden(written), "这个编号有几条记录", fix, "E-WHO-MANY")


def whole(store: Store, party_id: int, but: int = -1) -> Side:
    """Return a party by its surest record; by another than `but` where it has one."""
    table, record_id = store.rows(
        "SELECT table_name, record_id FROM party_member WHERE party_id = $party "
        "ORDER BY record_id = $but, confidence DESC, step <> 'number', record_id LIMIT 1",
        {"party": party_id, "but": but})[0]
    return _side(store, BY_NAME[table], record_id, is_whole=True)


def _side(store: Store, table: Table, record_id: int, *, is_whole: bool) -> Side:
    key, name, party_id = store.rows(
        f"SELECT natural_key, coalesce(party_name, ''), party_id FROM {table.name} WHERE record_id = ?", [record_id])[0]
    return Side(record_id, party_id, table.name, f"{table.label} {_hidden(key.strip('|'))}", name, is_whole)


def _pick(store: Store, ids: list[int]) -> str:
    rows = store.rows(f"SELECT party_id, name, mentions, coalesce(resident_id, uscc, '') FROM party WHERE party_id "
                      f"IN (SELECT unnest(?)) ORDER BY mentions DESC, party_id LIMIT {CANDIDATES}", [ids])
    told = "；".join(f"{party_id}（{name}，{mentions:,} 条记录{'，号码 ' + mask(number, 'number') if number else ''}）"
                    for party_id, name, mentions, number in rows)
    return f"请改用主体编号：{told}{'；……' if len(ids) > CANDIDATES else ''}"


def _hidden(text: str) -> str:
    """Return the text with every number of a person or an organisation in it masked."""
    return _NUMBER.sub(lambda number: mask(number[0], "number"), text)
